/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * f2fs.c - F2FS
 *
 * Format: Documentation/filesystems/f2fs.rst of the Linux kernel, and the paper
 * "F2FS: A New File System for Flash Storage" (FAST 2015).  What was written
 * with fsync after the last checkpoint is not looked for: a notice says so.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/f2fs.h"
#include "src/base/utf8.h"

#define SUPER_AT 1024 /* in either of the first two blocks */
#define LABEL_UNITS 512

static const char dirty_notice[] =
	"it was not unmounted: files changed just before may be incomplete";

struct super {
	le32 magic;
	le16 major;
	le16 minor;
	le32 sector_bits;
	le32 block_sectors_bits;
	le32 block_bits;
	le32 segment_bits;
	le32 section_segments;
	le32 zone_sections;
	le32 checksum_at;
	le64 blocks;
	le32 sections;
	le32 segments;
	le32 checkpoint_segments;
	le32 sit_segments;
	le32 nat_segments;
	le32 ssa_segments;
	le32 main_segments;
	le32 segment0;
	le32 checkpoints;
	le32 sit;
	le32 nat;
	le32 ssa;
	le32 main;
	le32 root;
	le32 node;
	le32 meta;
	uint8_t uuid[16];
	le16 label[LABEL_UNITS];
	le32 extensions;
	uint8_t extension[64][8];
	le32 payload;
	uint8_t version[256];
	uint8_t first_version[256];
	le32 features;
	uint8_t encryption[17];
	struct {
		uint8_t path[64];
		le32 segments;
	} devices[8];
	uint8_t rest[323];
	le32 checksum;
};

_Static_assert(offsetof(struct super, uuid) == 108, "as the format has it");
_Static_assert(offsetof(struct super, features) == 2180, "also");
_Static_assert(sizeof(struct super) == 3072, "also");

static int f2fs_probe(struct volume *vol, struct error *err)
{
	le32 magic;

	if (vol->size < 2ULL * F2FS_BLOCK)
		return 0;
	if (volume_read(vol, SUPER_AT, &magic, sizeof(magic), err) < 0)
		return -1;
	return le32_get(magic) == F2FS_MAGIC;
}

static int check_super(const struct super *super, struct error *err)
{
	uint32_t crc;

	if (le32_get(super->magic) != F2FS_MAGIC)
		return error_set(err, ERR_CORRUPT, "it is none of F2FS");
	if (le32_get(super->features) & F2FS_SUPER_CHECKSUM) {
		crc = f2fs_crc(
			F2FS_MAGIC, super, offsetof(struct super, checksum));
		if (crc != le32_get(super->checksum))
			return error_set(err, ERR_CORRUPT,
				"a checksum of 0x%08" PRIx32
				", it should be 0x%08" PRIx32,
				le32_get(super->checksum), crc);
	}
	if (le32_get(super->block_bits) != F2FS_BLOCK_BITS)
		return error_set(err, ERR_UNSUPPORTED,
			"blocks of 2^%" PRIu32 " bytes, only 2^%d can be read",
			le32_get(super->block_bits), F2FS_BLOCK_BITS);
	if (le32_get(super->segment_bits) != 9)
		return error_set(err, ERR_CORRUPT,
			"segments of 2^%" PRIu32 " blocks",
			le32_get(super->segment_bits));
	return 0;
}

/* The second one is as good. */
static int read_super(
	struct volume *vol, struct super *super, struct error *err)
{
	struct error why;

	if (volume_read(vol, SUPER_AT, super, sizeof(*super), err) == 0 &&
		check_super(super, err) == 0)
		return 0;
	if (volume_read(vol, F2FS_BLOCK + SUPER_AT, super, sizeof(*super),
		    &why) == 0 &&
		check_super(super, &why) == 0)
		return 0;
	return error_in(err, "superblock");
}

static void set_names(struct fs *fs, const struct super *super)
{
	const uint8_t *u = super->uuid;
	uint16_t units[LABEL_UNITS];
	size_t len = 0;

	snprintf(fs->uuid, sizeof(fs->uuid),
		"%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
		"%02x%02x%02x%02x%02x%02x",
		u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7], u[8], u[9],
		u[10], u[11], u[12], u[13], u[14], u[15]);
	for (; len < LABEL_UNITS && le16_get(super->label[len]) != 0; len++)
		units[len] = le16_get(super->label[len]);
	if (utf8_of_utf16(units, len, fs->label, sizeof(fs->label)) == SIZE_MAX)
		fs->label[0] = '\0';
}

static void set_fields(struct f2fs *f2fs, const struct super *super)
{
	f2fs->features = le32_get(super->features);
	f2fs->many_devices = super->devices[1].path[0] != '\0';
	f2fs->segment_bits = le32_get(super->segment_bits);
	f2fs->nat = le32_get(super->nat);
	/* half of them hold the other copy */
	f2fs->nat_blocks = ((uint64_t)le32_get(super->nat_segments) / 2)
		<< f2fs->segment_bits;
	f2fs->main = le32_get(super->main);
	f2fs->checksum_seed =
		f2fs_crc(UINT32_MAX, super->uuid, sizeof(super->uuid));
}

static int f2fs_open(struct fs *fs, struct error *err)
{
	struct f2fs *f2fs = arena_alloc(fs->arena, sizeof(*f2fs), err);
	struct f2fs_layout layout;
	struct f2fs_inode root;
	struct super super;
	bool clean;

	if (!f2fs || read_super(fs->vol, &super, err) < 0)
		return -1;
	f2fs->vol = fs->vol;
	f2fs->arena = fs->arena;
	set_fields(f2fs, &super);
	set_names(fs, &super);
	layout.checkpoints = le32_get(super.checkpoints);
	layout.payload = le32_get(super.payload);
	if (f2fs_checkpoint_read(f2fs, &layout, &clean, err) < 0)
		return error_in(err, "checkpoint");
	if (!clean)
		fs->notice = dirty_notice;
	if (f2fs_inode_read(f2fs, le32_get(super.root), &root, err) < 0)
		return error_in(err, "root directory");
	if (root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	fs->root = f2fs_node_of(&root);
	fs->priv = f2fs;
	return 0;
}

const struct fs_driver f2fs_driver = {
	.name = "f2fs",
	.probe = f2fs_probe,
	.open = f2fs_open,
	.readdir = f2fs_readdir,
	.lookup = f2fs_lookup,
	.read = f2fs_read,
	.map = f2fs_map,
	.data_in_place = true,
};
