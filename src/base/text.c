/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

struct text text_of(const char *string)
{
	return (struct text){ string, strlen(string) };
}

struct text text_skip(struct text text, size_t n)
{
	if (n > text.len)
		n = text.len;
	return (struct text){ text.at + n, text.len - n };
}

bool text_next_line(struct text *rest, struct text *line)
{
	const char *end;

	if (rest->len == 0)
		return false;
	end = memchr(rest->at, '\n', rest->len);
	*line = *rest;
	if (end)
		line->len = (size_t)(end - rest->at);
	*rest = text_skip(*rest, line->len + 1);
	if (line->len > 0 && line->at[line->len - 1] == '\r')
		line->len--;
	return true;
}

struct text text_trim(struct text text)
{
	while (text.len > 0 && is_blank(text.at[0]))
		text = text_skip(text, 1);
	while (text.len > 0 && is_blank(text.at[text.len - 1]))
		text.len--;
	return text;
}

bool text_next_word(struct text *rest, struct text *word)
{
	*rest = text_trim(*rest);
	*word = (struct text){ rest->at, 0 };
	while (word->len < rest->len && !is_blank(word->at[word->len]))
		word->len++;
	*rest = text_skip(*rest, word->len);
	return word->len > 0;
}

bool text_is(struct text text, const char *string)
{
	return text.len == strlen(string) &&
		memcmp(text.at, string, text.len) == 0;
}

bool text_is_nocase(struct text text, const char *string)
{
	return text.len == strlen(string) &&
		strncasecmp(text.at, string, text.len) == 0;
}

bool text_starts_with(struct text text, const char *string)
{
	size_t len = strlen(string);

	return text.len >= len && memcmp(text.at, string, len) == 0;
}

struct text text_skip_mark(struct text text)
{
	return text_skip(text, text_starts_with(text, "\xef\xbb\xbf") ? 3 : 0);
}

void text_put(struct text_out *out, struct text text)
{
	out->full |= text.len > out->left;
	if (out->full || text.len == 0)
		return;
	memcpy(out->at, text.at, text.len);
	out->at += text.len;
	out->left -= text.len;
}

void text_vprint(char *to, size_t room, const char *fmt, va_list ap)
{
	const char *end = to + room - 1, *at, *string;
	char *out = to;
	va_list words;
	size_t len;

	va_copy(words, ap);
	for (at = fmt; *at && (*at != '%' || at[1] == 's'); at++) {
		if (*at != '%') {
			if (out < end)
				*out++ = *at;
			continue;
		}
		at++;
		string = va_arg(words, const char *);
		len = strnlen(string, (size_t)(end - out));
		memcpy(out, string, len);
		out += len;
	}
	*out = '\0';
	va_end(words);
	if (*at) /* there is more in it than words and %s */
		vsnprintf(to, room, fmt, ap);
}
