/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_partition.c - the partition tables of a disk that is the input
 *
 * Checksums would keep a fuzzer out of all that is behind them, so half of the
 * inputs that it makes have theirs put right (repair.h).
 */
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/utf8.h"
#include "src/disk/partition.h"
#include "src/disk/volume.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/repair.h"

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

static void scan(struct disk *disk)
{
	struct partition_table table;
	struct error err = { 0 };
	struct arena arena;

	arena_init(&arena, MEMORY_MAX);
	if (partition_scan(disk, &table, &arena, &err) < 0)
		MUST_SAY(&err);
	else
		check_table(&table);
	MUST(disk->sector_size == 512 || disk->sector_size == 4096);
	arena_free(&arena);
}

/* By libfdisk, and as an array is read, which has no descriptor. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct disk_range range;
	struct volume vol;
	struct disk disk, over;

	if (size == 0)
		return 0;
	fuzz_disk(&disk, data, size);
	range = (struct disk_range){ &disk, 0 };
	volume_of_disk(&vol, &range, disk.size);
	disk_over(&over, &vol, "array", 1);
	scan(&disk);
	scan(&over);
	disk_close(&over);
	disk_close(&disk);
	return 0;
}

#ifdef FUZZERS
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(
	uint8_t *data, size_t size, size_t max_size, unsigned int seed);

size_t LLVMFuzzerCustomMutator(
	uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size = LLVMFuzzerMutate(data, size, max_size);
	if (seed & 1)
		repair_plain(data, size);
	return size;
}
#endif
