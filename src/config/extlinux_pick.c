/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/base/length.h"
#include "src/config/extlinux.h"

/* What is before the next word "--"; rest begins behind it. */
static struct text cut_at_dashes(struct text *rest)
{
	struct text all = text_trim(*rest), word;
	size_t len = 0;

	*rest = all;
	while (text_next_word(rest, &word) && !text_is(word, "--"))
		len = (size_t)(word.at + word.len - all.at);
	return (struct text){ all.at, len };
}

/* -iso- COMMAND -pxe- COMMAND -sys- COMMAND: whichsys.c32 */
static struct text pick_by_medium(struct text args, const char *medium)
{
	struct text word, command = { args.at, 0 };
	bool ours = false;

	while (text_next_word(&args, &word)) {
		if (word.len > 2 && word.at[0] == '-' &&
			word.at[word.len - 1] == '-') {
			ours = text_is(word, medium);
			continue;
		}
		if (!ours)
			continue;
		if (command.len == 0)
			command.at = word.at;
		command.len = (size_t)(word.at + word.len - command.at);
	}
	return command;
}

bool extlinux_pick(struct text program, struct text args,
	const struct extlinux_file *file, struct text *command)
{
	if (extlinux_has_name(program, "ifcpu64.c32")) {
		*command = cut_at_dashes(&args);
	} else if (extlinux_has_name(program, "ifcpu.c32")) {
		/* what the processor should have, then two commands */
		cut_at_dashes(&args);
		*command = cut_at_dashes(&args);
	} else if (extlinux_has_name(program, "whichsys.c32")) {
		*command = pick_by_medium(args, file->medium);
	} else {
		return false;
	}
	return true;
}
