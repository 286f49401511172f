/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * version.h - the pieces that versions are compared by
 *
 * rpm (bls_order.h) and the version format of UAPI.10 (uapi_version.h) read a
 * version as runs of digits and runs of letters; they differ in what the marks
 * between the runs mean.  ASCII only, whatever the locale is.
 */
#ifndef CONFIG_VERSION_H
#define CONFIG_VERSION_H

#include <stdbool.h>
#include <string.h>

#include "src/base/text.h"

static inline bool version_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool version_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool version_begins(struct text text, char c)
{
	return text.len > 0 && text.at[0] == c;
}

/* Skip what is neither letter nor digit nor one of these marks. */
static inline void version_skip(struct text *text, const char *marks)
{
	size_t i = 0;

	while (i < text->len && !version_digit(text->at[i]) &&
		!version_letter(text->at[i]) &&
		!memchr(marks, text->at[i], strlen(marks)))
		i++;
	*text = text_skip(*text, i);
}

/* Cut a run of digits, or of letters, off; it may be empty. */
static inline struct text version_cut(struct text *text, bool digits)
{
	struct text run = { text->at, 0 };

	while (run.len < text->len &&
		(digits ? version_digit(run.at[run.len])
			: version_letter(run.at[run.len])))
		run.len++;
	*text = text_skip(*text, run.len);
	return run;
}

/* Letters: as strcmp() does. */
static inline int version_compare_letters(struct text a, struct text b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.at, b.at, len) : 0;

	if (order != 0)
		return order > 0 ? 1 : -1;
	return (a.len > b.len) - (a.len < b.len);
}

/* Digits: by value, of any length. */
static inline int version_compare_digits(struct text a, struct text b)
{
	while (version_begins(a, '0'))
		a = text_skip(a, 1);
	while (version_begins(b, '0'))
		b = text_skip(b, 1);
	if (a.len != b.len)
		return a.len > b.len ? 1 : -1;
	return version_compare_letters(a, b);
}

#endif
