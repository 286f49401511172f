/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fat_names.c - short names, long names, and when two names are the same
 *
 * Short names are in a code page that nothing on the disk names; it is taken
 * for 437, as Linux does.  Names are the same without regard to case: that of
 * the Latin, Greek and Cyrillic letters in the table below.  The full rules of
 * Unicode, or those of the system that wrote the disk, are not followed: boot
 * files have names that differ in more than the case of other scripts.
 */
#include <string.h>

#include "fsdrivers/fat.h"
#include "src/base/length.h"
#include "src/base/utf8.h"

#define LAST_PART 0x40 /* the flag of the part that comes first on the disk */
#define PART_NUMBER 0x3f
#define BASE_LOWER 0x08
#define EXTENSION_LOWER 0x10

/* An entry of a directory that holds a part of a long name. */
struct long_part {
	uint8_t number; /* from 1; flag LAST_PART */
	le16 units1[5];
	uint8_t attributes;
	uint8_t type; /* 0 */
	uint8_t checksum;
	le16 units2[6];
	le16 cluster; /* 0 */
	le16 units3[2];
};

/* What the bytes from 0x80 on are in code page 437. */
static const uint16_t cp437[128] = {
	0x00c7,
	0x00fc,
	0x00e9,
	0x00e2,
	0x00e4,
	0x00e0,
	0x00e5,
	0x00e7,
	0x00ea,
	0x00eb,
	0x00e8,
	0x00ef,
	0x00ee,
	0x00ec,
	0x00c4,
	0x00c5,
	0x00c9,
	0x00e6,
	0x00c6,
	0x00f4,
	0x00f6,
	0x00f2,
	0x00fb,
	0x00f9,
	0x00ff,
	0x00d6,
	0x00dc,
	0x00a2,
	0x00a3,
	0x00a5,
	0x20a7,
	0x0192,
	0x00e1,
	0x00ed,
	0x00f3,
	0x00fa,
	0x00f1,
	0x00d1,
	0x00aa,
	0x00ba,
	0x00bf,
	0x2310,
	0x00ac,
	0x00bd,
	0x00bc,
	0x00a1,
	0x00ab,
	0x00bb,
	0x2591,
	0x2592,
	0x2593,
	0x2502,
	0x2524,
	0x2561,
	0x2562,
	0x2556,
	0x2555,
	0x2563,
	0x2551,
	0x2557,
	0x255d,
	0x255c,
	0x255b,
	0x2510,
	0x2514,
	0x2534,
	0x252c,
	0x251c,
	0x2500,
	0x253c,
	0x255e,
	0x255f,
	0x255a,
	0x2554,
	0x2569,
	0x2566,
	0x2560,
	0x2550,
	0x256c,
	0x2567,
	0x2568,
	0x2564,
	0x2565,
	0x2559,
	0x2558,
	0x2552,
	0x2553,
	0x256b,
	0x256a,
	0x2518,
	0x250c,
	0x2588,
	0x2584,
	0x258c,
	0x2590,
	0x2580,
	0x03b1,
	0x00df,
	0x0393,
	0x03c0,
	0x03a3,
	0x03c3,
	0x00b5,
	0x03c4,
	0x03a6,
	0x0398,
	0x03a9,
	0x03b4,
	0x221e,
	0x03c6,
	0x03b5,
	0x2229,
	0x2261,
	0x00b1,
	0x2265,
	0x2264,
	0x2320,
	0x2321,
	0x00f7,
	0x2248,
	0x00b0,
	0x2219,
	0x00b7,
	0x221a,
	0x207f,
	0x00b2,
	0x25a0,
	0x00a0,
};

/* Upper-case letters beyond ASCII, rising, and how far behind them their
 * lower-case ones are. */
static const struct {
	uint16_t first;
	uint16_t last;
	uint8_t step; /* 2: upper and lower case take turns */
	uint8_t add;
} cases[] = {
	{ 0x00c0, 0x00d6, 1, 32 }, /* Latin-1, without the times sign */
	{ 0x00d8, 0x00de, 1, 32 },
	{ 0x0100, 0x012e, 2, 1 }, /* Latin Extended-A, without dotless i */
	{ 0x0132, 0x0136, 2, 1 },
	{ 0x0139, 0x0147, 2, 1 },
	{ 0x014a, 0x0176, 2, 1 },
	{ 0x0179, 0x017d, 2, 1 },
	{ 0x0386, 0x0386, 1, 38 }, /* Greek */
	{ 0x0388, 0x038a, 1, 37 },
	{ 0x038c, 0x038c, 1, 64 },
	{ 0x038e, 0x038f, 1, 63 },
	{ 0x0391, 0x03a1, 1, 32 },
	{ 0x03a3, 0x03ab, 1, 32 },
	{ 0x0400, 0x040f, 1, 80 }, /* Cyrillic */
	{ 0x0410, 0x042f, 1, 32 },
	{ 0x0460, 0x0480, 2, 1 },
	{ 0x048a, 0x04be, 2, 1 },
	{ 0x04d0, 0x052e, 2, 1 },
};

static uint16_t lower_case(uint16_t unit)
{
	size_t i;

	if (unit < 0x80)
		return unit >= 'A' && unit <= 'Z' ? (uint16_t)(unit + 32)
						  : unit;
	if (unit == 0x0178) /* the one whose lower case comes before it */
		return 0x00ff;
	for (i = 0; i < LENGTH(cases); i++) {
		if (unit < cases[i].first)
			break;
		if (unit <= cases[i].last &&
			(unit - cases[i].first) % cases[i].step == 0)
			return (uint16_t)(unit + cases[i].add);
	}
	return unit;
}

static void copy_units(uint16_t *to, const le16 *from, size_t count)
{
	while (count-- > 0)
		*to++ = le16_get(*from++);
}

void fat_long_add(struct fat_long *name, const struct fat_dirent *part)
{
	const struct long_part *raw = (const void *)part;
	unsigned int number = raw->number & PART_NUMBER;
	uint16_t *to;

	if (raw->number & LAST_PART) {
		name->next = number <= FAT_PARTS_MAX ? (uint8_t)number : 0;
		name->checksum = raw->checksum;
		name->len = (size_t)number * FAT_PART_UNITS;
	}
	if (number == 0 || number != name->next ||
		raw->checksum != name->checksum) {
		name->next = 0;
		name->len = 0;
		return;
	}
	to = name->units + (size_t)(number - 1) * FAT_PART_UNITS;
	copy_units(to, raw->units1, 5);
	copy_units(to + 5, raw->units2, 6);
	copy_units(to + 11, raw->units3, 2);
	name->next--;
}

static uint8_t checksum(const uint8_t name[11])
{
	unsigned int sum = 0;
	size_t i;

	for (i = 0; i < 11; i++)
		sum = ((sum >> 1 | sum << 7) + name[i]) & 0xff;
	return (uint8_t)sum;
}

void fat_long_end(struct fat_long *name, const struct fat_dirent *entry)
{
	size_t len = 0;

	if (name->next == 0 && name->len > 0 &&
		name->checksum == checksum(entry->name))
		while (len < name->len && name->units[len] != 0)
			len++;
	name->len = len <= FAT_UNITS_MAX ? len : 0;
	name->next = 0;
}

/* The bytes of a short name's part, without the blanks behind it. */
static size_t part_len(const uint8_t *raw, size_t len)
{
	while (len > 0 && raw[len - 1] == ' ')
		len--;
	return len;
}

static uint16_t unit_of(uint8_t byte, bool lower)
{
	uint16_t unit = byte < 0x80 ? byte : cp437[byte - 0x80];

	return lower ? lower_case(unit) : unit;
}

size_t fat_short_name(
	const struct fat_dirent *entry, uint16_t units[FAT_SHORT_MAX])
{
	size_t base = part_len(entry->name, 8), n = 0, i;
	size_t extension = part_len(entry->name + 8, 3);

	for (i = 0; i < base; i++)
		units[n++] =
			unit_of(entry->name[i], entry->lower_case & BASE_LOWER);
	/* the first byte 0xe5 would mean that the entry is free */
	if (base > 0 && entry->name[0] == 0x05)
		units[0] = unit_of(0xe5, false);
	if (base > 0 && extension > 0)
		units[n++] = '.';
	for (i = 0; base > 0 && i < extension; i++)
		units[n++] = unit_of(entry->name[8 + i],
			entry->lower_case & EXTENSION_LOWER);
	for (i = 0; i < n; i++)
		if (units[i] < ' ' || units[i] == 0x7f)
			return 0;
	return n;
}

void fat_label(const uint8_t raw[11], char *out, size_t size)
{
	size_t len = part_len(raw, 11), used = 0, i;

	for (i = 0; i < len && raw[i] != '\0' && size - used > 4; i++) {
		uint8_t byte = i == 0 && raw[i] == 0x05 ? 0xe5 : raw[i];

		used += utf8_encode(unit_of(byte, false), out + used);
	}
	out[used] = '\0';
}

static uint16_t fold(const struct fat_wanted *wanted, uint16_t unit)
{
	return wanted->upper ? wanted->upper[unit] : lower_case(unit);
}

bool fat_wanted_set(
	struct fat_wanted *wanted, const char *name, const uint16_t *upper)
{
	size_t left = strlen(name), n;
	uint32_t point;

	wanted->upper = upper;
	/* a name has at most FS_NAME_MAX bytes, and not more units */
	for (wanted->len = 0; left > 0; name += n, left -= n) {
		n = utf8_decode(name, left, &point);
		if (n == 0)
			return false;
		if (point >= 0x10000) {
			wanted->units[wanted->len++] = fold(wanted,
				(uint16_t)(0xd800 | ((point - 0x10000) >> 10)));
			point = 0xdc00 | (point & 0x3ff);
		}
		wanted->units[wanted->len++] = fold(wanted, (uint16_t)point);
	}
	return true;
}

bool fat_wanted_is(
	const struct fat_wanted *wanted, const uint16_t *units, size_t len)
{
	size_t i;

	if (len != wanted->len || len == 0)
		return false;
	for (i = 0; i < len; i++)
		if (fold(wanted, units[i]) != wanted->units[i])
			return false;
	return true;
}
