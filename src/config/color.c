/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/color.h"

#include <string.h>

static const char *const names[ENTRY_COLORS] = { "black", "blue", "green",
	"cyan", "red", "magenta", "brown", "light-gray", "dark-gray",
	"light-blue", "light-green", "light-cyan", "light-red", "light-magenta",
	"yellow", "white" };

static bool read_name(struct text name, uint8_t *number)
{
	uint8_t i;

	for (i = 0; i < ENTRY_COLORS; i++) {
		if (!text_is_nocase(name, names[i]))
			continue;
		*number = i;
		return true;
	}
	return false;
}

bool color_read(struct text pair, struct entry_color *color)
{
	const char *slash = pair.len ? memchr(pair.at, '/', pair.len) : NULL;
	struct text fg = { pair.at, slash ? (size_t)(slash - pair.at) : 0 };
	struct entry_color read = { .known = true };

	if (!slash || !read_name(fg, &read.fg) ||
		!read_name(text_skip(pair, fg.len + 1), &read.bg))
		return false;
	*color = read;
	return true;
}
