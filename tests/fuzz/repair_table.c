/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repair_table.c - checksums of file systems where a superblock or the entries
 * of a directory say what is to be summed up
 *
 * Where the fields are is said in the drivers, fsdrivers/<name>*.
 */
#include "src/base/crc32c.h"
#include "tests/fuzz/repair.h"

#define EXFAT_ENTRY 32
#define EXFAT_SUMMED 11 /* sectors, and the next one is full of the sum */

static bool is_exfat(const struct flat *flat)
{
	const uint8_t *boot = flat_at(flat, 0, REPAIR_SECTOR);

	return boot && memcmp(boot + 3, "EXFAT   ", 8) == 0;
}

static void repair_region(uint8_t *region, size_t sector)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < EXFAT_SUMMED * sector; i++)
		if (i != 106 && i != 107 && i != 112)
			sum = (sum << 31 | sum >> 1) + region[i];
	for (; i < (EXFAT_SUMMED + 1) * sector; i += 4)
		put_le(region + i, 4, sum);
}

void repair_exfat_boot(const struct flat *flat)
{
	const uint8_t *boot = flat_at(flat, 0, REPAIR_SECTOR);
	size_t sector, i;
	uint8_t *region;

	if (!is_exfat(flat) || boot[108] < 9 || boot[108] > 12)
		return;
	sector = (size_t)1 << boot[108];
	for (i = 0; i < 2; i++) {
		region = flat_at(flat, i * 12 * sector, 12 * sector);
		if (region)
			repair_region(region, sector);
	}
}

/* Each file's first entry has the sum over it and those behind it. */
void repair_exfat(const struct flat *flat, uint64_t off)
{
	const uint64_t end = off + REPAIR_SECTOR;
	uint16_t sum;
	uint8_t *set;
	size_t len, i;

	if (!is_exfat(flat))
		return;
	for (; off < end; off += EXFAT_ENTRY) {
		set = flat_at(flat, off, 2 * EXFAT_ENTRY);
		if (!set || set[0] != 0x85 || set[EXFAT_ENTRY] != 0xc0)
			continue;
		len = ((size_t)set[1] + 1) * EXFAT_ENTRY;
		if (!flat_at(flat, off, len))
			continue;
		for (sum = 0, i = 0; i < len; i++)
			if (i != 2 && i != 3)
				sum = (uint16_t)((sum << 15 | sum >> 1) +
					set[i]);
		put_le(set + 2, 2, sum);
	}
}

#define EROFS_SUPER 1024

void repair_erofs(const struct flat *flat)
{
	uint8_t *super = flat_at(flat, EROFS_SUPER, 128);
	size_t len;

	if (!super || get_le(super, 4) != 0xe0f5e1e2 || super[12] < 9 ||
		super[12] > 16 || !(super[8] & 1)) /* it has none */
		return;
	len = (size_t)1 << super[12];
	if (len > EROFS_SUPER)
		len -= EROFS_SUPER;
	if (!flat_at(flat, EROFS_SUPER, len))
		return;
	put_le(super + 4, 4, 0);
	put_le(super + 4, 4, crc32c(~0U, super, len));
}

/* Offsets in a superblock of UFS2, and in its inodes */
#define UFS_SUPER 65536
#define UFS_MAGIC_AT 1372
#define UFS_MAGIC 0x19540119
#define UFS_SUM_AT 1304
#define UFS_INODE 256
#define UFS_INODE_SUM 244
#define UFS_GROUPS_MAX 16
#define UFS_INODES_MAX 4096

struct ufs_image {
	const struct flat *flat;
	uint8_t *super;
	bool big;
};

static uint64_t ufs_get(const struct ufs_image *ufs, size_t at)
{
	return ufs->big ? get_be(ufs->super + at, 4)
			: get_le(ufs->super + at, 4);
}

static void ufs_repair(
	const struct ufs_image *ufs, uint8_t *data, size_t len, size_t at)
{
	uint32_t sum;

	put_le(data + at, 4, 0);
	sum = crc32c(~0U, data, len);
	if (ufs->big)
		put_be(data + at, 4, sum);
	else
		put_le(data + at, 4, sum);
}

static void ufs_repair_inodes(const struct ufs_image *ufs, uint64_t off)
{
	uint64_t count = ufs_get(ufs, 184), i;
	uint8_t *inode;

	for (i = 0; i < count && i < UFS_INODES_MAX; i++) {
		inode = flat_at(ufs->flat, off + i * UFS_INODE, UFS_INODE);
		if (inode && (inode[0] || inode[1]))
			ufs_repair(ufs, inode, UFS_INODE, UFS_INODE_SUM);
	}
}

void repair_ufs(const struct flat *flat)
{
	struct ufs_image ufs = { flat, flat_at(flat, UFS_SUPER, 8192), false };
	uint64_t fragment, groups, i;
	size_t len;

	if (!ufs.super)
		return;
	ufs.big = get_be(ufs.super + UFS_MAGIC_AT, 4) == UFS_MAGIC;
	if (ufs_get(&ufs, UFS_MAGIC_AT) != UFS_MAGIC)
		return;
	fragment = ufs_get(&ufs, 52);
	groups = ufs_get(&ufs, 44);
	for (i = 0; i < groups && i < UFS_GROUPS_MAX; i++)
		ufs_repair_inodes(&ufs,
			(i * ufs_get(&ufs, 188) + ufs_get(&ufs, 16)) *
				fragment);
	len = ufs_get(&ufs, 104);
	if (len >= UFS_MAGIC_AT + 4 && len <= 8192)
		ufs_repair(&ufs, ufs.super, len, UFS_SUM_AT);
}
