/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/osrel.h"

#include <string.h>

/* The value of a line "key=value", with its quotes. */
static bool take_assignment(
	struct text line, const char *key, struct text *value)
{
	size_t len = strlen(key);

	line = text_trim(line);
	if (!text_starts_with(line, key) || line.len == len ||
		line.at[len] != '=')
		return false;
	*value = text_trim(text_skip(line, len + 1));
	return true;
}

/* May this character be protected by a backslash inside double quotes? */
static bool is_special(char c)
{
	return c == '"' || c == '\\' || c == '$' || c == '`';
}

/* Is the backslash at i one that protects what follows it? */
static bool protects(struct text value, size_t i, char quote)
{
	if (value.at[i] != '\\' || quote == '\'' || i + 1 == value.len)
		return false;
	return quote == '\0' || is_special(value.at[i + 1]);
}

/* Write the value without its quotes to out, which has room for all of it. */
static void unquote(struct text value, char *out)
{
	char c, quote = '\0'; /* the one that we are inside of */
	size_t i;

	for (i = 0; i < value.len; i++) {
		c = value.at[i];
		if (protects(value, i, quote))
			*out++ = value.at[++i];
		else if (quote == '\0' && (c == '"' || c == '\''))
			quote = c;
		else if (c == quote)
			quote = '\0';
		else
			*out++ = c;
	}
	*out = '\0';
}

int osrel_get(struct text file, const char *key, struct arena *arena,
	const char **value, struct error *err)
{
	struct text line, last = { NULL, 0 };
	char *copy;

	*value = NULL;
	while (text_next_line(&file, &line))
		take_assignment(line, key, &last);
	if (!last.at)
		return 0;
	copy = arena_alloc(arena, last.len + 1, err);
	if (!copy)
		return -1;
	unquote(last, copy);
	*value = copy;
	return 0;
}
