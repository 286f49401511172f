/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repair_volume.c - checksums of partition tables, volume groups and arrays
 */
#include <zlib.h>

#include "tests/fuzz/repair.h"

#define LEN_MAX (1U << 20) /* of what a sum is made of, bytes */

static uint32_t crc32_of(const uint8_t *data, size_t len)
{
	return (uint32_t)crc32(0, data, (uInt)len);
}

/* A header of a GPT, and the entries it leads to, of either sector size. */
void repair_gpt(const struct flat *flat, uint64_t off)
{
	uint8_t *header = flat_at(flat, off, REPAIR_SECTOR), *entries;
	uint64_t at, len, sector;

	if (!header || memcmp(header, "EFI PART", 8) != 0)
		return;
	at = get_le(header + 72, 8);
	len = get_le(header + 80, 4) * get_le(header + 84, 4);
	/* its own place says what it counts in */
	sector = get_le(header + 24, 8) * 4096 == off ? 4096 : 512;
	if (len <= LEN_MAX && at < flat->size / sector) {
		entries = flat_at(flat, at * sector, len);
		if (entries)
			put_le(header + 88, 4, crc32_of(entries, len));
	}
	len = get_le(header + 12, 4);
	if (len < 92 || len > REPAIR_SECTOR)
		len = 92;
	put_le(header + 16, 4, 0);
	put_le(header + 16, 4, crc32_of(header, len));
}

/* LVM's is not inverted, and begins with a number of its own. */
static uint32_t lvm_crc(uint32_t crc, const uint8_t *data, size_t len)
{
	return ~(uint32_t)crc32(~crc, data, (uInt)len);
}

#define LVM_START 0xf597a6cf

static void repair_text(const struct flat *flat, uint64_t off, uint8_t *header)
{
	uint64_t at = get_le(header + 40, 8), len = get_le(header + 48, 8);
	uint64_t size = get_le(header + 32, 8), first;
	const uint8_t *text, *rest;

	if (size > LEN_MAX * 16U || at >= size || len > LEN_MAX || len > size)
		return;
	first = len < size - at ? len : size - at;
	text = flat_at(flat, off + at, first);
	rest = flat_at(flat, off + REPAIR_SECTOR, len - first);
	if (text && rest)
		put_le(header + 56, 4,
			lvm_crc(lvm_crc(LVM_START, text, first), rest,
				len - first));
}

void repair_lvm(const struct flat *flat, uint64_t off)
{
	uint8_t *sector = flat_at(flat, off, REPAIR_SECTOR);

	if (!sector)
		return;
	if (memcmp(sector, "LABELONE", 8) == 0) {
		put_le(sector + 16, 4,
			lvm_crc(LVM_START, sector + 20, REPAIR_SECTOR - 20));
	} else if (memcmp(sector + 4, " LVM2 x[5A%r0N*>", 16) == 0) {
		repair_text(flat, off, sector);
		put_le(sector, 4,
			lvm_crc(LVM_START, sector + 4, REPAIR_SECTOR - 4));
	}
}

/* The sum of little-endian words, among which it is itself. */
static void repair_words(uint8_t *super, size_t len, size_t at)
{
	uint64_t sum = 0;
	size_t i;

	put_le(super + at, 4, 0);
	for (i = 0; i < len; i += 4)
		sum += get_le(super + i, len - i < 4 ? 2 : 4);
	put_le(super + at, 4, (sum & UINT32_MAX) + (sum >> 32));
}

void repair_md(const struct flat *flat, uint64_t off)
{
	uint8_t *super = flat_at(flat, off, 4096);
	size_t len;

	if (!super || get_le(super, 4) != 0xa92b4efc)
		return;
	len = 256 + 2 * get_le(super + 220, 4);
	if (get_le(super + 4, 4) != 1)
		repair_words(super, 4096, 152);
	else if (len <= 4096)
		repair_words(super, len, 216);
}
