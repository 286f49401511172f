/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_partition.c - the partition tables of a disk that is the input
 *
 * Checksums would keep a fuzzer out of all that is behind them, so half of the
 * inputs that it makes have theirs put right (mend).
 */
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/utf8.h"
#include "src/disk/partition.h"
#include "tests/fuzz/fuzz.h"

#define MEMORY_MAX (16U << 20)

static void check_partition(const struct partition *part)
{
	MUST(part->number > 0);
	MUST(part->scheme <= SCHEME_SOLARIS);
	MUST(part->size > 0 || part->scheme != SCHEME_MSDOS);
	/* the end can be computed by whoever wants it */
	MUST(part->start <= UINT64_MAX - part->size);
	MUST(strnlen(part->type_guid, sizeof(part->type_guid)) <= 36);
	MUST(strnlen(part->guid, sizeof(part->guid)) <= 36);
	MUST(strnlen(part->name, sizeof(part->name)) < sizeof(part->name));
	MUST(utf8_valid(part->name, strlen(part->name)));
}

static void check_table(const struct partition_table *table)
{
	size_t i, j;

	MUST(table->count <= PARTITIONS_MAX);
	MUST(strnlen(table->damage, sizeof(table->damage)) <
		sizeof(table->damage));
	for (i = 0; i < table->count; i++) {
		check_partition(&table->list[i]);
		/* each can be named, and the name means one of them */
		for (j = 0; j < i; j++)
			MUST(table->list[i].number != table->list[j].number ||
				table->list[i].within !=
					table->list[j].within ||
				table->list[i].scheme != table->list[j].scheme);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct partition_table table;
	struct error err = { 0 };
	struct arena arena;
	struct disk disk;

	if (size == 0)
		return 0;
	fuzz_disk(&disk, data, size);
	arena_init(&arena, MEMORY_MAX);
	if (partition_scan(&disk, &table, &arena, &err) < 0)
		MUST_SAY(&err);
	else
		check_table(&table);
	MUST(disk.sector_size == 512 || disk.sector_size == 4096);
	arena_free(&arena);
	disk_close(&disk);
	return 0;
}

#ifdef FUZZERS
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(
	uint8_t *data, size_t size, size_t max_size, unsigned int seed);

#define HEADER_SIZE 92
#define HEADER_CRC 16
#define ARRAY_CRC 88

static uint32_t crc32(const uint8_t *data, uint64_t len)
{
	uint32_t crc = UINT32_MAX;
	int bit;

	for (; len > 0; len--) {
		crc ^= *data++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void put_le32(uint8_t *at, uint32_t value)
{
	int i;

	for (i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static uint64_t get_le(const uint8_t *at, int bytes)
{
	uint64_t value = 0;

	while (bytes-- > 0)
		value = value << 8 | at[bytes];
	return value;
}

/* Put the checksums of a header right, and of the entries it leads to. */
static void mend_header(
	uint8_t *data, size_t size, size_t sector, uint8_t *header)
{
	uint64_t at = get_le(header + 72, 8), count = get_le(header + 80, 4);
	uint64_t len = get_le(header + 84, 4), header_len;

	if (at < size / sector && count < 4096 && len < 4096 &&
		count * len <= size - at * sector)
		put_le32(header + ARRAY_CRC,
			crc32(data + at * sector, count * len));
	header_len = get_le(header + 12, 4);
	if (header_len < HEADER_SIZE || header_len > sector)
		header_len = HEADER_SIZE;
	put_le32(header + HEADER_CRC, 0);
	put_le32(header + HEADER_CRC, crc32(header, header_len));
}

static void mend(uint8_t *data, size_t size, size_t sector)
{
	size_t at;

	for (at = 0; at + sector <= size; at += sector)
		if (memcmp(data + at, "EFI PART", 8) == 0)
			mend_header(data, size, sector, data + at);
}

size_t LLVMFuzzerCustomMutator(
	uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size = LLVMFuzzerMutate(data, size, max_size);
	if (seed & 1)
		mend(data, size, seed & 6 ? 512 : 4096);
	return size;
}
#endif
