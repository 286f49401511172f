/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text.h - slices of text, neither owned nor NUL-terminated
 *
 * A configuration file is read once and then only pointed into.  Any byte is
 * an ordinary character here, NUL included (promise P16).
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct text {
	const char *at;
	size_t len;
};

struct text text_of(const char *string);

/* Move the first line, without its LF and a CR before that, from rest. */
bool text_next_line(struct text *rest, struct text *line);

/* Move the first word, as separated by blanks, tabs and CRs, from rest. */
bool text_next_word(struct text *rest, struct text *word);

/* Without blanks, tabs and CRs at either end. */
struct text text_trim(struct text text);

bool text_is(struct text text, const char *string);
bool text_is_nocase(struct text text, const char *string); /* ASCII only */
bool text_starts_with(struct text text, const char *string);

/* The text without its first n bytes; n may be too large. */
struct text text_skip(struct text text, size_t n);

/* Without a byte order mark, as Windows editors leave it (promise P16). */
struct text text_skip_mark(struct text text);

/* A text being put together in memory of the caller's. */
struct text_out {
	char *at; /* where the next byte goes */
	size_t left;
	bool full; /* something had no room: what is there is not all */
};

void text_put(struct text_out *out, struct text text);

/*
 * What vsnprintf() does; but words and %s, which is what most messages are made
 * of, at a tenth of its cost: each file that is looked for and is not there
 * makes some.  room is more than 0.
 */
void text_vprint(char *to, size_t room, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

#endif
