/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/envblock.h"

#include <string.h>

#include "src/config/config.h"

static const char header[] = CONFIG_BLOCK_HEADER;

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

const char *envblock_get(const char *block, const char *name,
	struct scratch *scratch, struct error *err)
{
	struct text rest = text_of(block), at;
	const char *value;

	if (envblock_open(&rest) < 0)
		return NULL;
	while (envblock_next(&rest, &at, &value, scratch, err) > 0)
		if (text_is(at, name))
			return value;
	return NULL;
}

/* A block being written anew; what does not fit sets full. */
static void put(struct text_out *out, const char *bytes, size_t len)
{
	text_put(out, (struct text){ bytes, len });
}

static void put_variable(
	struct text_out *out, const char *name, const char *value)
{
	if (!value)
		return;
	put(out, name, strlen(name));
	put(out, "=", 1);
	for (; *value; value++) {
		if (*value == '\\' || *value == '\n')
			put(out, "\\", 1);
		put(out, value, 1);
	}
	put(out, "\n", 1);
}

static bool is_variable(struct text line, const char *name)
{
	return text_starts_with(line, name) &&
		text_starts_with(text_skip(line, strlen(name)), "=");
}

static bool is_padding(struct text rest)
{
	for (; rest.len > 0; rest = text_skip(rest, 1))
		if (rest.at[0] != '#')
			return false;
	return true;
}

static bool is_name(const char *name)
{
	return name[0] && name[0] != '#' && !strpbrk(name, "=\n");
}

int envblock_set(const char *before, const char *name, const char *value,
	char *after, struct error *err)
{
	struct text line, rest = text_of(before);
	struct text_out out = { after, rest.len, false };
	bool done = false;

	if (!is_name(name))
		return error_set(err, ERR_SYNTAX,
			"no variable can be called \"%s\"", name);
	while (!is_padding(rest)) {
		line = (struct text){ rest.at, line_length(rest) };
		rest = text_skip(rest, line.len + 1);
		if (!done && is_variable(line, name)) {
			put_variable(&out, name, value);
			done = true;
		} else {
			put(&out, line.at, line.len);
			put(&out, "\n", 1);
		}
	}
	if (!done)
		put_variable(&out, name, value);
	if (out.full)
		return error_set(err, ERR_LIMIT,
			"the environment block has no room for %s", name);
	memset(out.at, '#', out.left);
	out.at[out.left] = '\0';
	return 0;
}
