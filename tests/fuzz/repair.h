/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repair.h - what a fuzzer changed gets its checksums put right
 *
 * A checksum keeps a fuzzer out of all that is behind it.  So each input that
 * it made is unpacked, each repairer finds the structures of its format by
 * their magic numbers and writes their sums again, and what was unpacked is
 * packed as it was: what a fuzzer finds is an input for each other build, too.
 */
#ifndef TESTS_FUZZ_REPAIR_H
#define TESTS_FUZZ_REPAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define REPAIR_SECTOR 512

/* Sectors that the input holds; all others are zeros that stay. */
struct repair_run {
	uint64_t first; /* bytes, from the start of the disk */
	uint64_t len;
};

/* A disk, or what follows the start of a partition. */
struct flat {
	uint8_t *data;
	uint64_t size;
	uint64_t base; /* of data in the disk */
	const struct repair_run *runs;
	size_t run_count;
};

/* The bytes [off, off + len), or NULL. */
static inline uint8_t *flat_at(
	const struct flat *flat, uint64_t off, size_t len)
{
	if (off > flat->size || len > flat->size - off)
		return NULL;
	return flat->data + off;
}

/* Does the input hold all of them?  What goes on elsewhere does not. */
static inline bool flat_holds(const struct flat *flat, uint64_t off, size_t len)
{
	uint64_t at = flat->base + off;
	size_t i;

	for (i = 0; i < flat->run_count; i++)
		if (at >= flat->runs[i].first &&
			at + len <= flat->runs[i].first + flat->runs[i].len)
			return true;
	return false;
}

/* Numbers of so many bytes, in either order */
static inline uint64_t get_le(const uint8_t *at, int bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | at[bytes];
	return value;
}

static inline uint64_t get_be(const uint8_t *at, int bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | *at++;
	return value;
}

static inline void put_le(uint8_t *at, int bytes, uint64_t value)
{
	for (; bytes-- > 0; value >>= 8)
		*at++ = (uint8_t)value;
}

static inline void put_be(uint8_t *at, int bytes, uint64_t value)
{
	for (; bytes-- > 0; value >>= 8)
		at[bytes] = (uint8_t)value;
}

/*
 * Each looks first for what it knows; none trusts a number that it finds.
 * "each" is called for each sector that the input holds, which is all there at
 * off; "whole" once for what may begin a file system.
 */
struct repairer {
	const char *name;
	void (*each)(const struct flat *flat, uint64_t off);
	void (*whole)(const struct flat *flat);
};

void repair_gpt(const struct flat *flat, uint64_t off);
void repair_lvm(const struct flat *flat, uint64_t off);
void repair_md(const struct flat *flat, uint64_t off);
void repair_ntfs(const struct flat *flat, uint64_t off);
void repair_udf(const struct flat *flat, uint64_t off);
void repair_xfs(const struct flat *flat, uint64_t off);
void repair_btrfs(const struct flat *flat, uint64_t off);
void repair_f2fs(const struct flat *flat, uint64_t off);
void repair_nilfs2(const struct flat *flat, uint64_t off);
void repair_exfat(const struct flat *flat, uint64_t off);
void repair_exfat_boot(const struct flat *flat);
void repair_erofs(const struct flat *flat);
void repair_ufs(const struct flat *flat);
void repair_ext(const struct flat *flat);

/* All of a disk as it is, and of one whose zeros are left out (fuzz.h). */
void repair_plain(uint8_t *data, size_t size);
void repair_sparse(uint8_t *data, size_t size);

#endif
