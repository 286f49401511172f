/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fat.c - FAT12, FAT16 and FAT32 with long names
 *
 * Format: Microsoft's "FAT: General Overview of On-Disk Format" (fatgen103).
 * Where the disks that exist differ from it, Linux decides: a small FAT32 is
 * one, and a table too short for all clusters makes these fewer.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/fat.h"
#include "src/base/checked.h"

/* Clusters that a table of so many bits can count, from fatgen103. */
#define CLUSTERS_MAX_12 4084
#define CLUSTERS_MAX_16 65524
#define CLUSTERS_MAX_32 0x0ffffff4
#define CLUSTER_MASK_32 0x0fffffff

#define EXTENDED 0x29    /* serial, label and type follow the signature */
#define ONE_TABLE 0x80   /* of flags: the tables are not mirrored, and... */
#define WHICH_TABLE 0x0f /* ...this one is kept */
#define NOT_UNMOUNTED 0x01

const char fat_dirty_notice[] =
	"it was not unmounted: files changed just before may be incomplete";

/* What the two kinds of boot sector have in common at different places. */
struct extended {
	uint8_t drive;
	uint8_t state;
	uint8_t signature;
	le32 serial;
	uint8_t label[11];
	uint8_t type[8]; /* "FAT12   ": for people, nothing may rely on it */
};

struct boot_sector {
	uint8_t jump[3];
	uint8_t system[8];
	le16 sector_size;
	uint8_t cluster_sectors;
	le16 reserved; /* sectors before the first table */
	uint8_t tables;
	le16 root_entries; /* FAT32: 0 */
	le16 sectors16;    /* 0: see sectors32 */
	uint8_t media;
	le16 table_sectors16; /* FAT32: 0 */
	le16 track_sectors;
	le16 heads;
	le32 hidden;
	le32 sectors32;
	union {
		struct extended ext16;
		struct {
			le32 table_sectors;
			le16 flags;
			le16 version;
			le32 root;
			le16 info;
			le16 backup;
			uint8_t reserved[12];
			struct extended ext;
		} fat32;
	} u;
};

_Static_assert(sizeof(struct boot_sector) == 90, "as the format has it");

static bool is_fat32(const struct boot_sector *boot)
{
	return le16_get(boot->table_sectors16) == 0;
}

static const struct extended *extended_of(const struct boot_sector *boot)
{
	return is_fat32(boot) ? &boot->u.fat32.ext : &boot->u.ext16;
}

static uint32_t total_sectors(const struct boot_sector *boot)
{
	uint32_t sectors = le16_get(boot->sectors16);

	return sectors ? sectors : le32_get(boot->sectors32);
}

static uint32_t table_sectors(const struct boot_sector *boot)
{
	if (is_fat32(boot))
		return le32_get(boot->u.fat32.table_sectors);
	return le16_get(boot->table_sectors16);
}

/*
 * There is no magic number.  NTFS has no reserved sectors, exFAT and GRUB's
 * boot sector have zeros where these numbers are, ext has its own driver.
 */
static bool numbers_fit(const struct boot_sector *boot)
{
	uint32_t size = le16_get(boot->sector_size);

	return is_power_of_two(size) && size >= 512 && size <= 4096 &&
		is_power_of_two(boot->cluster_sectors) &&
		le16_get(boot->reserved) > 0 && boot->tables > 0 &&
		boot->media >= 0xf0 && table_sectors(boot) > 0 &&
		total_sectors(boot) > le16_get(boot->reserved);
}

static int fat_probe(struct volume *vol, struct error *err)
{
	struct boot_sector boot;

	if (vol->size < sizeof(boot))
		return 0;
	if (volume_read(vol, 0, &boot, sizeof(boot), err) < 0)
		return -1;
	if (boot.jump[0] != 0xeb && boot.jump[0] != 0xe9 &&
		memcmp(boot.u.ext16.type, "FAT", 3) != 0 &&
		memcmp(boot.u.fat32.ext.type, "FAT", 3) != 0)
		return 0;
	return numbers_fit(&boot);
}

/* How wide the entries are follows from how many there are, but see above. */
static int set_width(struct fat *fat, const struct boot_sector *boot,
	uint64_t clusters, struct error *err)
{
	uint64_t most = CLUSTERS_MAX_16, entries;

	fat->bits = 16;
	if (is_fat32(boot)) {
		fat->bits = 32;
		most = CLUSTERS_MAX_32;
	} else if (clusters <= CLUSTERS_MAX_12) {
		fat->bits = 12;
	}
	fat->mask = CLUSTER_MASK_32;
	fat->end =
		fat->bits == 32 ? 0x0ffffff8 : (UINT32_C(1) << fat->bits) - 8;
	/* a sector has 128 entries at least; the first two are no clusters */
	entries = (uint64_t)table_sectors(boot) * le16_get(boot->sector_size) *
		8 / fat->bits;
	if (clusters > entries - 2)
		clusters = entries - 2;
	if (clusters > most)
		return error_set(err, ERR_CORRUPT,
			"boot sector: %" PRIu64 " clusters, FAT%u has at "
			"most %" PRIu64,
			clusters, fat->bits, most);
	fat->clusters = (uint32_t)clusters;
	return 0;
}

/* All in sectors, of which there are less than 2^32 of at most 4 KiB each. */
static int set_geometry(
	struct fat *fat, const struct boot_sector *boot, struct error *err)
{
	uint64_t size = le16_get(boot->sector_size);
	uint64_t reserved = le16_get(boot->reserved);
	uint64_t tables = (uint64_t)boot->tables * table_sectors(boot);
	uint64_t root_bytes = le16_get(boot->root_entries) * UINT64_C(32);
	uint64_t root = (root_bytes + size - 1) / size;
	uint64_t data = reserved + tables + root;
	uint64_t total = total_sectors(boot);

	if (total < data + boot->cluster_sectors)
		return error_set(err, ERR_CORRUPT,
			"boot sector: %" PRIu64
			" sectors have no room for a cluster behind %" PRIu64,
			total, data);
	fat->cluster_size = (uint32_t)size * boot->cluster_sectors;
	fat->table = reserved * size;
	fat->root_at = (reserved + tables) * size;
	fat->root_size = (uint32_t)root_bytes;
	fat->data = data * size;
	return set_width(
		fat, boot, (total - data) / boot->cluster_sectors, err);
}

/* FAT32 may keep only one of its tables up to date. */
static int set_table(
	struct fat *fat, const struct boot_sector *boot, struct error *err)
{
	unsigned int flags = le16_get(boot->u.fat32.flags), which;

	if (!is_fat32(boot) || !(flags & ONE_TABLE))
		return 0;
	which = flags & WHICH_TABLE;
	if (which >= boot->tables)
		return error_set(err, ERR_CORRUPT,
			"boot sector: allocation table %u of %u is the one "
			"in use",
			which + 1, boot->tables);
	fat->table += (uint64_t)which * table_sectors(boot) *
		le16_get(boot->sector_size);
	return 0;
}

/* The label of the root directory is the one that the tools change. */
static int set_names(
	struct fs *fs, const struct boot_sector *boot, struct error *err)
{
	const struct extended *ext = extended_of(boot);
	uint32_t serial = le32_get(ext->serial);
	int r;

	snprintf(fs->uuid, sizeof(fs->uuid), "%04" PRIX32 "-%04" PRIX32,
		serial >> 16, serial & 0xffff);
	r = fat_root_label(fs, fs->label, sizeof(fs->label), err);
	if (r < 0)
		return error_in(err, "root directory");
	if (r == 0 && ext->signature == EXTENDED &&
		memcmp(ext->label, "NO NAME    ", sizeof(ext->label)) != 0)
		fat_label(ext->label, fs->label, sizeof(fs->label));
	return 0;
}

static int open_boot_sector(struct fs *fs, struct fat *fat, struct error *err)
{
	struct boot_sector boot;

	if (volume_read(fs->vol, 0, &boot, sizeof(boot), err) < 0)
		return error_in(err, "boot sector");
	if (!numbers_fit(&boot))
		return error_set(err, ERR_CORRUPT,
			"boot sector: changed while it was read");
	if (set_geometry(fat, &boot, err) < 0 || set_table(fat, &boot, err) < 0)
		return -1;
	snprintf(fs->type, sizeof(fs->type), "fat%u", fat->bits);
	if (is_fat32(&boot))
		fs->root.aux[0] = le32_get(boot.u.fat32.root);
	if (extended_of(&boot)->state & NOT_UNMOUNTED)
		fs->notice = fat_dirty_notice;
	return set_names(fs, &boot, err);
}

static int fat_open(struct fs *fs, struct error *err)
{
	struct fat *fat = arena_alloc(fs->arena, sizeof(*fat), err);

	if (!fat)
		return -1;
	fat->vol = fs->vol;
	fat->arena = fs->arena;
	fs->priv = fat;
	fs->root = (struct fs_node){ .type = FS_DIR };
	return open_boot_sector(fs, fat, err);
}

const struct fs_driver fat_driver = {
	.name = "fat",
	.data_in_place = true,
	.probe = fat_probe,
	.open = fat_open,
	.readdir = fat_readdir,
	.lookup = fat_lookup,
	.read = fat_read,
	.map = fat_map,
};
