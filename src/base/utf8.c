/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/base/utf8.h"

#include <stdio.h>
#include <string.h>

/* Length of a sequence by its first byte; 0 for a byte that starts none. */
static size_t sequence_length(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	if (first >= 0xf0 && first < 0xf5)
		return 4;
	return 0;
}

size_t utf8_decode(const char *text, size_t len, uint32_t *point)
{
	static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const uint8_t *byte = (const uint8_t *)text;
	size_t i, need = len ? sequence_length(byte[0]) : 0;
	uint32_t value;

	if (need == 0 || need > len)
		return 0;
	value = need == 1 ? byte[0] : byte[0] & (0x7fU >> need);
	for (i = 1; i < need; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (byte[i] & 0x3f);
	}
	if (value < smallest[need] || value > 0x10ffff ||
		(value >= 0xd800 && value <= 0xdfff))
		return 0;
	*point = value;
	return need;
}

bool utf8_valid(const char *text, size_t len)
{
	uint32_t point;
	size_t n;

	for (; len > 0; text += n, len -= n) {
		n = utf8_decode(text, len, &point);
		if (n == 0)
			return false;
	}
	return true;
}

size_t utf8_encode(uint32_t point, char out[4])
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xc0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3f));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (char)(0xe0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3f));
		out[2] = (char)(0x80 | (point & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3f));
	out[2] = (char)(0x80 | (point >> 6 & 0x3f));
	out[3] = (char)(0x80 | (point & 0x3f));
	return 4;
}

static bool is_surrogate(uint16_t unit)
{
	return (unit & 0xf800) == 0xd800;
}

/* Decode a character: how many units it has, or 0 if they are none. */
static size_t decode_utf16(const uint16_t *units, size_t len, uint32_t *point)
{
	*point = units[0];
	if (!is_surrogate(units[0]))
		return 1;
	if (units[0] >= 0xdc00 || len < 2 || (units[1] & 0xfc00) != 0xdc00)
		return 0;
	*point = 0x10000 + ((uint32_t)(units[0] & 0x3ff) << 10) +
		(units[1] & 0x3ff);
	return 2;
}

size_t utf8_of_utf16(const uint16_t *units, size_t len, char *out, size_t size)
{
	size_t i, n, count, used = 0;
	char bytes[4];
	uint32_t point;

	for (i = 0; i < len; i += n) {
		n = decode_utf16(units + i, len - i, &point);
		if (n == 0)
			return SIZE_MAX;
		count = utf8_encode(point, bytes);
		if (count >= size - used)
			return SIZE_MAX;
		memcpy(out + used, bytes, count);
		used += count;
	}
	out[used] = '\0';
	return used;
}

/* Unicode's explicit directional formatting characters (UAX #9, 2.1-2.6). */
static bool turns_direction(uint32_t point)
{
	return point == 0x61c || point == 0x200e || point == 0x200f ||
		(point >= 0x202a && point <= 0x202e) ||
		(point >= 0x2066 && point <= 0x2069);
}

bool utf8_printable(uint32_t point)
{
	if (point < 0x20 || (point >= 0x7f && point < 0xa0))
		return false;
	if (point == 0x2028 || point == 0x2029) /* they break lines */
		return false;
	return !turns_direction(point);
}

/* Characters of keep stay as they are. */
static size_t show(
	const char *text, size_t len, const char *keep, char *out, size_t size)
{
	const char *const start = out;
	size_t n, need;
	uint32_t point = 0;

	for (; len > 0; text += n, len -= n) {
		n = utf8_decode(text, len, &point);
		if (n > 0 &&
			(utf8_printable(point) ||
				(*text && strchr(keep, *text)))) {
			if (n + 1 > size)
				break;
			memcpy(out, text, n);
			out += n;
			size -= n;
			continue;
		}
		n = n ? n : 1;
		need = 4 * n;
		if (need + 1 > size)
			break;
		for (size_t i = 0; i < n; i++)
			out += sprintf(out, "\\x%02x", (uint8_t)text[i]);
		size -= need;
	}
	*out = '\0';
	return (size_t)(out - start);
}

void utf8_show(const char *text, char *out, size_t size)
{
	show(text, strlen(text), "", out, size);
}

size_t utf8_show_lines(const char *text, size_t len, char *out, size_t size)
{
	return show(text, len, "\n\t", out, size);
}

size_t utf8_whole(const char *text, size_t len)
{
	size_t back, need;

	for (back = 1; back <= len && back < 4; back++) {
		need = sequence_length((uint8_t)text[len - back]);
		if (need > back)
			return len - back;
		if (need > 0)
			break;
	}
	return len;
}
