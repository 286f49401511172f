/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exfat.c - exFAT, and TexFAT as far as its active table
 *
 * Format: Microsoft's "exFAT file system specification" of 2019.  The bitmap of
 * free clusters is of no use here and never looked at.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/exfat.h"

static int exfat_probe(struct volume *vol, struct error *err)
{
	struct exfat_boot boot;

	if (vol->size < sizeof(boot))
		return 0;
	if (volume_read(vol, 0, &boot, sizeof(boot), err) < 0)
		return -1;
	return exfat_boot_named(&boot);
}

/* Sectors and clusters are fewer than 2^32: nothing here exceeds 2^58. */
static int set_geometry(
	struct fat *fat, const struct exfat_boot *boot, struct error *err)
{
	unsigned int shift = boot->sector_shift;

	fat->bits = 32;
	fat->mask = UINT32_MAX;
	fat->end = 0xfffffff8;
	fat->clusters = le32_get(boot->clusters);
	fat->cluster_size = UINT32_C(1) << (shift + boot->cluster_shift);
	fat->table = (uint64_t)le32_get(boot->table) << shift;
	fat->data = (uint64_t)le32_get(boot->data) << shift;
	if (!(le16_get(boot->flags) & EXFAT_SECOND_TABLE))
		return 0;
	if (boot->tables < 2)
		return error_set(err, ERR_CORRUPT,
			"boot sector: the second allocation table of one is "
			"in use");
	fat->table += (uint64_t)le32_get(boot->table_sectors) << shift;
	return 0;
}

static int exfat_open(struct fs *fs, struct error *err)
{
	struct exfat *exfat = arena_alloc(fs->arena, sizeof(*exfat), err);
	struct exfat_boot boot;
	uint32_t serial;

	if (!exfat)
		return -1;
	exfat->fat.vol = fs->vol;
	exfat->fat.arena = fs->arena;
	if (exfat_boot_read(fs->vol, &boot, err) < 0 ||
		set_geometry(&exfat->fat, &boot, err) < 0)
		return -1;
	fs->priv = &exfat->fat;
	fs->root = (struct fs_node){
		.type = FS_DIR,
		.aux = { le32_get(boot.root) },
	};
	serial = le32_get(boot.serial);
	snprintf(fs->uuid, sizeof(fs->uuid), "%04" PRIX32 "-%04" PRIX32,
		serial >> 16, serial & 0xffff);
	if (le16_get(boot.flags) & EXFAT_DIRTY)
		fs->notice = fat_dirty_notice;
	if (exfat_root(fs, err) < 0)
		return error_in(err, "root directory");
	return 0;
}

const struct fs_driver exfat_driver = {
	.name = "exfat",
	.data_in_place = true,
	.probe = exfat_probe,
	.open = exfat_open,
	.readdir = exfat_readdir,
	.lookup = exfat_lookup,
	.read = fat_read,
	.map = fat_map,
};
