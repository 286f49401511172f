/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/option_values.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/checked.h"
#include "src/base/length.h"

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

static const char units[] = "KMGT"; /* each 1024 of the one before it */

void value_show_size(uint64_t size, char *out, size_t room)
{
	unsigned int unit = 0;

	while (size > 0 && size % 1024 == 0 && units[unit]) {
		size /= 1024;
		unit++;
	}
	if (unit > 0)
		snprintf(out, room, "%" PRIu64 "%c", size, units[unit - 1]);
	else
		snprintf(out, room, "%" PRIu64, size);
}

static int size_beyond(
	const char *text, uint64_t low, uint64_t high, struct error *err)
{
	char least[24], most[24];

	value_show_size(low, least, sizeof(least));
	value_show_size(high, most, sizeof(most));
	return error_set(
		err, ERR_SYNTAX, "%s is not from %s to %s", text, least, most);
}

/* Digits, times 1024 for each step of the unit; false: too large. */
static bool compute_size(
	const char *digits, size_t count, size_t steps, uint64_t *size)
{
	size_t i;

	*size = 0;
	for (i = 0; i < count; i++)
		if (!mul_u64(*size, 10, size) ||
			!add_u64(*size, (uint64_t)(digits[i] - '0'), size))
			return false;
	for (i = 0; i < steps; i++)
		if (!mul_u64(*size, 1024, size))
			return false;
	return true;
}

int value_size(const char *text, uint64_t low, uint64_t high, uint64_t *out,
	struct error *err)
{
	size_t digits = strspn(text, "0123456789"), steps = 0;
	const char *unit = text + digits, *known;
	uint64_t size;

	if (*unit) {
		known = strchr(units, *unit++);
		steps = known ? (size_t)(known - units) + 1 : 0;
		if (!known || (*unit && strcmp(unit, "iB") != 0))
			digits = 0;
	}
	if (digits == 0)
		return error_set(err, ERR_SYNTAX,
			"\"%s\" is no size (bytes, or as 64K, 512M, 1G)", text);
	if (!compute_size(text, digits, steps, &size) || size < low ||
		size > high)
		return size_beyond(text, low, high, err);
	*out = size;
	return 0;
}

int value_switch(const char *text, bool *on, struct error *err)
{
	static const char *const words[] = { "no", "yes", "off", "on", "false",
		"true", "0", "1" };

	for (size_t i = 0; i < LENGTH(words); i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*on = i % 2;
		return 0;
	}
	return error_set(err, ERR_SYNTAX, "\"%s\" is neither yes nor no", text);
}
