/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/fstab.h"

bool fstab_next(struct text *rest, struct fstab_line *line)
{
	struct text words;

	while (text_next_line(rest, &words)) {
		if (!text_next_word(&words, &line->spec) ||
			line->spec.at[0] == '#' ||
			!text_next_word(&words, &line->dir) ||
			line->dir.at[0] != '/')
			continue;
		text_next_word(&words, &line->type);
		text_next_word(&words, &line->options);
		return true;
	}
	return false;
}

bool fstab_find(struct text file, const char *dir, struct fstab_line *line)
{
	while (fstab_next(&file, line))
		if (text_is(line->dir, dir))
			return true;
	return false;
}
