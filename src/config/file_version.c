/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/file_version.h"

#include <string.h>

/* ASCII only, whatever the locale is. */
static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The rank of what begins here, among what is no number. */
static int rank(struct text text)
{
	if (text.len == 0)
		return -1;
	if (text.at[0] == '~')
		return -2;
	if (is_digit(text.at[0]))
		return 0;
	if (is_letter(text.at[0]))
		return text.at[0];
	return (unsigned char)text.at[0] + 256;
}

static struct text cut_number(struct text *text)
{
	struct text number;

	while (text->len > 0 && text->at[0] == '0')
		*text = text_skip(*text, 1);
	number = (struct text){ text->at, 0 };
	while (number.len < text->len && is_digit(text->at[number.len]))
		number.len++;
	*text = text_skip(*text, number.len);
	return number;
}

/* By value, of any length; no digits are 0. */
static int compare_numbers(struct text *a, struct text *b)
{
	struct text left = cut_number(a), right = cut_number(b);

	if (left.len != right.len)
		return left.len > right.len ? 1 : -1;
	return left.len > 0 ? memcmp(left.at, right.at, left.len) : 0;
}

static int compare_versions(struct text a, struct text b)
{
	int order;

	/* Ends, because each turn cuts something off one of them. */
	while (a.len > 0 || b.len > 0) {
		while ((a.len > 0 && !is_digit(a.at[0])) ||
			(b.len > 0 && !is_digit(b.at[0]))) {
			order = rank(a) - rank(b);
			if (order != 0)
				return order;
			a = text_skip(a, 1);
			b = text_skip(b, 1);
		}
		order = compare_numbers(&a, &b);
		if (order != 0)
			return order;
	}
	return 0;
}

/* Is this a "." with a letter or tilde behind it, then letters and digits? */
static bool is_suffix(struct text text)
{
	size_t i;

	if (text.len < 2 || (!is_letter(text.at[1]) && text.at[1] != '~'))
		return false;
	for (i = 2; i < text.len; i++)
		if (!is_letter(text.at[i]) && !is_digit(text.at[i]) &&
			text.at[i] != '~')
			return false;
	return true;
}

/* Without all suffixes at its end. */
static struct text without_suffixes(struct text name)
{
	struct text last;
	const char *dot;

	while (name.len > 0 && (dot = memrchr(name.at, '.', name.len))) {
		last = text_skip(name, (size_t)(dot - name.at));
		if (!is_suffix(last))
			break;
		name.len -= last.len;
	}
	return name;
}

/* Names of which nothing is compared, and those that are hidden. */
static int class_of(struct text name)
{
	if (name.len == 0)
		return 0;
	if (name.at[0] != '.')
		return 4;
	if (name.len == 1)
		return 1;
	return text_is(name, "..") ? 2 : 3;
}

int file_version_compare(struct text a, struct text b)
{
	int class_a = class_of(a), class_b = class_of(b);
	int order;

	if (class_a != class_b)
		return class_a - class_b;
	order = compare_versions(without_suffixes(a), without_suffixes(b));
	return order != 0 ? order : compare_versions(a, b);
}
