/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hfsplus_names.c - which names are the same to HFS+
 *
 * A disk has characters taken apart ("e" and an accent), people write them in
 * one piece, and Linux can be told to leave them so.  Both sides are taken
 * apart before they are compared; then, unless the volume tells cases apart,
 * put in lower case as in Apple's Technical Note 1150, without the characters
 * that it ignores.
 */
#include <string.h>

#include "fsdrivers/hfsplus.h"
#include "src/base/length.h"
#include "src/base/utf8.h"

#define HANGUL 0xac00
#define HANGUL_COUNT 11172

/* Characters that have another case: from first to last, each step-th. */
static const struct {
	uint16_t first, last;
	uint16_t step;
	int16_t lower; /* that much higher */
} cases[] = {
	{ 'A', 'Z', 1, 32 },
	{ 0xc6, 0xc6, 1, 32 },
	{ 0xd0, 0xd0, 1, 32 },
	{ 0xd8, 0xd8, 1, 32 },
	{ 0xde, 0xde, 1, 32 },
	{ 0x110, 0x110, 1, 1 },
	{ 0x126, 0x126, 1, 1 },
	{ 0x132, 0x132, 1, 1 },
	{ 0x13f, 0x141, 2, 1 },
	{ 0x14a, 0x14a, 1, 1 },
	{ 0x152, 0x152, 1, 1 },
	{ 0x166, 0x166, 1, 1 },
	{ 0x391, 0x3a1, 1, 32 },
	{ 0x3a3, 0x3a9, 1, 32 },
	{ 0x3e2, 0x3ee, 2, 1 },
	{ 0x402, 0x40f, 1, 80 },
	{ 0x410, 0x42f, 1, 32 },
	{ 0x460, 0x480, 2, 1 },
	{ 0x490, 0x4be, 2, 1 },
	{ 0x531, 0x556, 1, 48 },
	{ 0x10a0, 0x10c5, 1, 48 },
	{ 0x2160, 0x216f, 1, 16 },
	{ 0xff21, 0xff3a, 1, 32 },
};

/* Marks of the direction, joiners, and the mark of the byte order */
static bool is_ignored(uint16_t unit)
{
	return (unit >= 0x200c && unit <= 0x200f) ||
		(unit >= 0x202a && unit <= 0x202e) ||
		(unit >= 0x206a && unit <= 0x206f) || unit == 0xfeff;
}

static uint16_t lower_of(uint16_t unit)
{
	size_t i;

	for (i = 0; i < LENGTH(cases); i++)
		if (unit >= cases[i].first && unit <= cases[i].last &&
			(unit - cases[i].first) % cases[i].step == 0)
			return (uint16_t)(unit + cases[i].lower);
	return unit;
}

static bool add_unit(struct hfsplus_name *name, uint16_t unit, bool binary)
{
	if (!binary && is_ignored(unit))
		return true;
	if (name->len == LENGTH(name->units))
		return false;
	name->units[name->len++] = binary ? unit : lower_of(unit);
	return true;
}

/* A syllable is two or three letters, by arithmetic (Unicode, section 3.12). */
static bool add_hangul(struct hfsplus_name *name, uint16_t unit, bool binary)
{
	unsigned int index = unit - HANGUL;
	uint16_t lead = (uint16_t)(0x1100 + index / 588);
	uint16_t vowel = (uint16_t)(0x1161 + index % 588 / 28);
	uint16_t tail = (uint16_t)(0x11a7 + index % 28);

	return add_unit(name, lead, binary) && add_unit(name, vowel, binary) &&
		(tail == 0x11a7 || add_unit(name, tail, binary));
}

/* What is first taken apart has its last mark at the end. */
static bool add_parts(struct hfsplus_name *name, uint16_t unit, bool binary)
{
	uint16_t marks[4], mark;
	size_t count = 0;

	if (unit >= HANGUL && unit < HANGUL + HANGUL_COUNT)
		return add_hangul(name, unit, binary);
	while (count < LENGTH(marks) && hfsplus_take_apart(unit, &unit, &mark))
		marks[count++] = mark;
	if (!add_unit(name, unit, binary))
		return false;
	while (count-- > 0)
		if (marks[count] != 0 && !add_unit(name, marks[count], binary))
			return false;
	return true;
}

bool hfsplus_name_fold(const char *text, bool binary, struct hfsplus_name *name)
{
	size_t left = strlen(text), len;
	uint32_t point;

	name->len = 0;
	for (; left > 0; text += len, left -= len) {
		len = utf8_decode(text, left, &point);
		if (len == 0)
			return false;
		if (point < 0x10000) {
			if (!add_parts(name, (uint16_t)point, binary))
				return false;
			continue;
		}
		point -= 0x10000;
		if (!add_unit(name, (uint16_t)(0xd800 | point >> 10), true) ||
			!add_unit(name, (uint16_t)(0xdc00 | (point & 0x3ff)),
				true))
			return false;
	}
	return true;
}
