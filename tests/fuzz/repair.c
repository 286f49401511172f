/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repair.c - the table of repairers, and disks unpacked for them
 */
#include "tests/fuzz/repair.h"

#include <sys/mman.h>

/* Longer disks are repaired so far; it is address space, not memory. */
#define FLAT_MAX (UINT64_C(1) << 30)

#define RUNS_MAX 65535 /* as many as the packed form can have */
#define BASES_MAX 8    /* partitions that are looked into */
#define HEAD 6         /* as fuzz_disk.c has it */
#define PIECE 6

static const struct repairer repairers[] = {
	{ "lvm", repair_lvm, NULL },
	{ "md", repair_md, NULL },
	{ "xfs", repair_xfs, NULL },
	{ "btrfs", repair_btrfs, NULL },
	{ "f2fs", repair_f2fs, NULL },
	{ "nilfs2", repair_nilfs2, NULL },
	{ "udf", repair_udf, NULL },
	{ "ntfs", repair_ntfs, NULL },
	{ "exfat", repair_exfat, repair_exfat_boot },
	{ "erofs", NULL, repair_erofs },
	{ "ufs", NULL, repair_ufs },
	{ "ext", NULL, repair_ext },
	/* last: its sums are of what others leave alone */
	{ "gpt", repair_gpt, NULL },
};

#define REPAIRERS (sizeof(repairers) / sizeof(repairers[0]))

static void repair_from(const struct flat *disk, uint64_t base)
{
	struct flat flat = *disk;
	uint64_t at, end;
	size_t i, r;

	flat.base = base;
	flat.data += base;
	flat.size -= base;
	for (r = 0; r < REPAIRERS; r++)
		if (repairers[r].whole)
			repairers[r].whole(&flat);
	for (i = 0; i < flat.run_count; i++) {
		at = flat.runs[i].first;
		end = at + flat.runs[i].len;
		for (; at + REPAIR_SECTOR <= end; at += REPAIR_SECTOR) {
			if (at < base)
				continue;
			for (r = 0; r < REPAIRERS; r++)
				if (repairers[r].each)
					repairers[r].each(&flat, at - base);
		}
	}
}

/* Where partitions begin, by tables of either kind; 0 is the disk itself. */
static size_t find_bases(const struct flat *disk, uint64_t bases[BASES_MAX])
{
	const uint8_t *mbr = flat_at(disk, 0, 4 * REPAIR_SECTOR), *entry;
	size_t count = 0, i;

	bases[count++] = 0;
	if (!mbr || mbr[510] != 0x55 || mbr[511] != 0xaa)
		return count;
	for (i = 0; i < 3; i++) {
		entry = memcmp(mbr + 512, "EFI PART", 8) == 0
			? mbr + 2 * REPAIR_SECTOR + 128 * i + 32
			: mbr + 446 + 16 * i + 8;
		bases[count] = get_le(entry, 4) * REPAIR_SECTOR;
		if (bases[count] > 0 && bases[count] < disk->size)
			count++;
	}
	return count;
}

static void repair(const struct flat *disk)
{
	uint64_t bases[BASES_MAX];
	size_t count = find_bases(disk, bases);

	while (count-- > 0)
		repair_from(disk, bases[count]);
}

void repair_plain(uint8_t *data, size_t size)
{
	const struct repair_run run = { 0, size };
	const struct flat disk = { data, size, 0, &run, 1 };

	repair(&disk);
}

static struct repair_run runs[RUNS_MAX];

/* The pieces to where they belong, or, if back, from there. */
static void copy_pieces(
	const struct flat *disk, uint8_t *data, size_t size, bool back)
{
	uint8_t *piece = data + HEAD, *bytes;
	size_t left, i;

	bytes = piece + disk->run_count * PIECE;
	left = size - HEAD - disk->run_count * PIECE;
	for (i = 0; i < disk->run_count; i++, piece += PIECE) {
		uint64_t len = get_le(piece + 4, 2) * REPAIR_SECTOR, fits;

		runs[i].first = get_le(piece, 4) * REPAIR_SECTOR;
		if (len > left)
			len = left;
		fits = runs[i].first < disk->size ? disk->size - runs[i].first
						  : 0;
		runs[i].len = fits < len ? fits : len;
		if (back)
			memcpy(bytes, disk->data + runs[i].first, runs[i].len);
		else
			memcpy(disk->data + runs[i].first, bytes, runs[i].len);
		bytes += len;
		left -= len;
	}
}

void repair_sparse(uint8_t *data, size_t size)
{
	static uint8_t *space;
	struct flat disk = { .runs = runs };

	if (!space)
		space = mmap(NULL, FLAT_MAX, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (space == MAP_FAILED || size < HEAD)
		return;
	disk.data = space;
	disk.size = get_le(data, 4) * REPAIR_SECTOR;
	disk.run_count = get_le(data + 4, 2);
	if (disk.size > FLAT_MAX)
		disk.size = FLAT_MAX;
	if (disk.run_count * PIECE > size - HEAD)
		return;
	copy_pieces(&disk, data, size, false);
	repair(&disk);
	copy_pieces(&disk, data, size, true);
	madvise(space, FLAT_MAX, MADV_DONTNEED);
}
