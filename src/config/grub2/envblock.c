/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/envblock.h"

#include <string.h>

static const char header[] = "# GRUB Environment Block\n";

int envblock_open(struct text *block)
{
	if (!text_starts_with(*block, header))
		return -1;
	*block = text_skip(*block, sizeof(header) - 1);
	return 0;
}

/* The line's length without its newline; escaped newlines do not end it. */
static size_t line_length(struct text text)
{
	size_t len = 0;

	while (len < text.len && text.at[len] != '\n')
		len += text.at[len] == '\\' ? 2 : 1;
	return len < text.len ? len : text.len;
}

static char *unescape(
	struct text value, struct scratch *scratch, struct error *err)
{
	char *copy = scratch_alloc(scratch, value.len + 1, err);
	size_t i, len = 0;

	if (!copy)
		return NULL;
	for (i = 0; i < value.len; i++) {
		if (value.at[i] == '\\' && i + 1 < value.len)
			i++;
		copy[len++] = value.at[i];
	}
	copy[len] = '\0';
	return copy;
}

int envblock_next(struct text *block, struct text *name, const char **value,
	struct scratch *scratch, struct error *err)
{
	struct text line;
	const char *equals;

	while (block->len > 0) {
		line = (struct text){ block->at, line_length(*block) };
		*block = text_skip(*block, line.len + 1);
		equals = line.len ? memchr(line.at, '=', line.len) : NULL;
		if (!equals || line.at[0] == '#')
			continue;
		*name = (struct text){ line.at, (size_t)(equals - line.at) };
		line = text_skip(line, name->len + 1);
		*value = unescape(line, scratch, err);
		return *value ? 1 : -1;
	}
	return 0;
}
