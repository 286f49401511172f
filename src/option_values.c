/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/option_values.h"

#include <inttypes.h>
#include <stdbool.h>

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Python's int(): blanks around, a sign, "_" between digits, no hex. */
static int parse_integer(const char *text, int64_t *out, struct error *err)
{
	const char *at = text;
	uint64_t value = 0;
	bool minus;

	while (is_blank(*at))
		at++;
	minus = *at == '-';
	at += *at == '-' || *at == '+';
	do {
		if (*at < '0' || *at > '9')
			goto bad;
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(
				value, (uint64_t)(*at - '0'), &value) ||
			value > INT64_MAX)
			return error_set(
				err, ERR_SYNTAX, "%s is too large", text);
		at++;
		if (*at == '_')
			at++;
	} while (at[-1] == '_' || (*at >= '0' && *at <= '9'));
	while (is_blank(*at))
		at++;
	if (*at)
		goto bad;
	*out = minus ? -(int64_t)value : (int64_t)value;
	return 0;
bad:
	return error_set(err, ERR_SYNTAX, "\"%s\" is not an integer", text);
}

/* The same, and from low to high. */
int value_range(const char *text, int64_t low, int64_t high, int64_t *out,
	struct error *err)
{
	int64_t value;

	if (parse_integer(text, &value, err) < 0)
		return -1;
	if (value < low || value > high)
		return error_set(err, ERR_SYNTAX,
			"%" PRId64 " is not from %" PRId64 " to %" PRId64,
			value, low, high);
	*out = value;
	return 0;
}
