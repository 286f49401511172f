/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "src/child_state.h"
#include "src/config/grub2/script.h"

static const char *script_name(const struct child *child)
{
	const char *name = child->options->script;

	return strcmp(name, "-") == 0 ? "stdin" : name;
}

/* The parent opened it: a file, or whatever else can be read to its end. */
static int read_script(
	struct child *child, struct text *text, struct error *err)
{
	char *buf = arena_alloc(&child->arena, CONFIG_FILE_MAX + 1, err);
	size_t len = 0;
	ssize_t n;

	if (!buf)
		return -1;
	do {
		n = read(child->setup->script, buf + len,
			CONFIG_FILE_MAX + 1 - len);
		if (n < 0 && errno != EINTR)
			return error_errno(err, "reading");
		len += n > 0 ? (size_t)n : 0;
	} while (n != 0 && len <= CONFIG_FILE_MAX);
	if (len > CONFIG_FILE_MAX)
		return error_set(err, ERR_LIMIT,
			"is larger than %u bytes, the limit for a "
			"configuration",
			CONFIG_FILE_MAX);
	*text = (struct text){ buf, len };
	return 0;
}

static int run_script(struct child *child, struct error *err)
{
	const char *name = script_name(child);
	struct text text;

	guest_stage(&child->guest, "the script %s", name);
	if (read_script(child, &text, err) < 0)
		return error_in(err, "%s", name);
	child_print_begin(child, "the script", SCRIPT_OUTPUT_MAX, false);
	return grub2_script(&child->guest, name, text, err);
}

static int say_lost_notes(struct child *child, struct error *err)
{
	struct error lost;

	if (child->guest.note_count <= GUEST_NOTES_MAX)
		return 0;
	error_set(&lost, ERR_LIMIT, "%zu more messages are not shown",
		child->guest.note_count - GUEST_NOTES_MAX);
	message_begin(&child->out, SAY_NOTE);
	message_put_u8(&child->out, NOTE_WARNING);
	message_put_string(&child->out, lost.text);
	return child_send(child, err);
}

/* What was printed before a failure is sent, too. */
int child_answer_script(struct child *child, struct error *err)
{
	int r = run_script(child, err);
	struct error unsent;

	if (child_print_end(child, &unsent) < 0 ||
		say_lost_notes(child, &unsent) < 0) {
		*err = unsent;
		return -1;
	}
	return r < 0 ? -1 : child_say_done(child, 0, 0, err);
}
