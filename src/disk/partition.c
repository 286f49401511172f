/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/partition.h"

#include <assert.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/checked.h"
#include "src/disk/fdisk.h"
#include "src/disk/gpt.h"
#include "src/disk/mbr.h"
#include "src/disk/partition_list.h"
#include "src/disk/slices.h"

/* The first volume descriptor of ISO 9660, behind its type byte */
#define ISO_MAGIC_AT 0x8001

static_assert(sizeof(struct mbr) == 512, "one sector");

enum mbr_kind { MBR_NONE, MBR_PARTITIONS, MBR_PROTECTIVE };

/* Is this the boot sector of FAT, exFAT or NTFS, by its own words? */
static bool boots_file_system(const struct mbr *mbr)
{
	return memcmp(mbr->code + 3, "NTFS    ", 8) == 0 ||
		memcmp(mbr->code + 3, "EXFAT   ", 8) == 0 ||
		memcmp(mbr->code + 54, "FAT", 3) == 0 ||
		memcmp(mbr->code + 82, "FAT32", 5) == 0;
}

/*
 * Boot sectors of file systems end in the same magic, with text or code where
 * a table would be.  As GRUB and Linux do, a flag other than 0 or 0x80 is taken
 * for that; where the sector names a file system, so is an entry that leaves
 * the disk.
 */
static enum mbr_kind judge_mbr(const struct disk *disk, const struct mbr *mbr)
{
	uint64_t sectors = disk->size / disk->sector_size;
	bool file_system = boots_file_system(mbr);
	enum mbr_kind kind = MBR_NONE;
	unsigned int i;

	if (le16_get(mbr->magic) != 0xaa55)
		return MBR_NONE;
	for (i = 0; i < 4; i++) {
		const struct mbr_entry *entry = &mbr->entry[i];
		uint32_t start = le32_get(entry->start);
		uint32_t size = le32_get(entry->size);

		if (entry->flag & 0x7f)
			return MBR_NONE;
		if (entry->type == MBR_TYPE_GPT)
			kind = MBR_PROTECTIVE;
		else if (size == 0 || (start == 0 && entry->type == 0))
			continue;
		else if (file_system && !range_inside(start, size, sectors))
			return MBR_NONE;
		else if (kind == MBR_NONE)
			kind = MBR_PARTITIONS;
	}
	return kind;
}

static bool is_iso(struct disk *disk)
{
	struct error ignored;
	char magic[5];

	return range_inside(ISO_MAGIC_AT, sizeof(magic), disk->size) &&
		disk_read(disk, ISO_MAGIC_AT, magic, sizeof(magic), &ignored) ==
		0 &&
		memcmp(magic, "CD001", sizeof(magic)) == 0;
}

/* What is left of a protective MBR whose GPT nobody could read */
static void keep_mbr_rows(struct partition_list *list, size_t rows)
{
	list->table->count = rows;
	partition_list_damage(
		list, "the protective MBR announces a GPT, but none is sound");
}

static int scan_gpt(struct partition_list *list, struct error *err)
{
	struct partition_table *table = list->table;
	enum fdisk_label_kind kind = FDISK_NO_LABEL;
	struct gpt gpt;
	size_t rows;
	int ret;

	gpt_find(list->disk, true);
	gpt_read_headers(list->disk, &gpt);
	ret = gpt_list_primary(list, &gpt, err);
	if (ret != 0)
		return ret < 0 ? -1 : 0;
	if (gpt_harmless(&gpt) && fdisk_list(list, &kind, err) < 0)
		return -1;
	if (kind == FDISK_GPT) {
		gpt_note_damage(list, &gpt);
		return 0;
	}
	/* libfdisk fell back to the MBR, if at all: first try ourselves */
	rows = table->count;
	table->count = 0;
	ret = gpt_list_any(list, &gpt, false, err);
	if (ret == 0)
		keep_mbr_rows(list, rows);
	return ret < 0 ? -1 : 0;
}

/* A GPT whose protective MBR was overwritten, or a disk that BSD has alone */
static int scan_without_mbr(struct partition_list *list, struct error *err)
{
	uint32_t sector_size = list->disk->sector_size;
	struct gpt gpt;
	int ret;

	if (gpt_find(list->disk, false)) {
		gpt_read_headers(list->disk, &gpt);
		ret = gpt_list_any(list, &gpt, true, err);
		if (ret > 0)
			partition_list_damage(
				list, "the GPT has no protective MBR");
		if (ret != 0)
			return ret;
		list->disk->sector_size = sector_size;
	}
	return slices_list_bsd_disk(list, err);
}

int partition_scan(struct disk *disk, struct partition_table *table,
	struct arena *arena, struct error *err)
{
	struct partition_list list = {
		.disk = disk,
		.table = table,
		.arena = arena,
	};
	enum fdisk_label_kind kind;
	struct mbr mbr;
	int ret;

	*table = (struct partition_table){ 0 };
	if (disk->size < sizeof(mbr))
		return 0;
	if (disk_read(disk, 0, &mbr, sizeof(mbr), err) < 0)
		return -1;
	if (le16_get(mbr.magic) == 0xaa55)
		table->whole_first = is_iso(disk);
	switch (judge_mbr(disk, &mbr)) {
	case MBR_PROTECTIVE:
		table->has_table = true;
		return scan_gpt(&list, err);
	case MBR_PARTITIONS:
		ret = fdisk_list(&list, &kind, err);
		table->has_table = kind != FDISK_NO_LABEL;
		return ret;
	case MBR_NONE:
		break;
	}
	ret = scan_without_mbr(&list, err);
	table->has_table = ret > 0;
	return ret < 0 ? -1 : 0;
}
