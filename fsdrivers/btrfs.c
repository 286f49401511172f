/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs.c - btrfs on one or several devices
 *
 * Format: https://btrfs.readthedocs.io/en/latest/dev/On-disk-format.html.
 * Checksums of metadata are compared but for SHA-256 and BLAKE2b, those of data
 * are not.  The log of what was synced last is not replayed: fs->notice says
 * so where there is one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/btrfs.h"
#include "fsdrivers/drivers.h"
#include "src/base/checked.h"

#define SUPER_POS 65536

static const char log_notice[] =
	"it was not unmounted and its log is not replayed: what was synced "
	"last may be missing";

/* Features that change nothing for who only reads, or that we know. */
enum {
	MIXED_BACKREF = 1 << 0,
	DEFAULT_SUBVOLUME = 1 << 1,
	MIXED_GROUPS = 1 << 2,
	COMPRESS_LZO = 1 << 3,
	COMPRESS_ZSTD = 1 << 4,
	BIG_METADATA = 1 << 5,
	EXTENDED_IREF = 1 << 6,
	RAID56 = 1 << 7,
	SKINNY_METADATA = 1 << 8,
	NO_HOLES = 1 << 9,
	METADATA_UUID = 1 << 10,
	RAID1C34 = 1 << 11,
	ZONED = 1 << 12,
	SIMPLE_QUOTA = 1 << 16,
};

#define KNOWN_FEATURES                                                         \
	(MIXED_BACKREF | DEFAULT_SUBVOLUME | MIXED_GROUPS | COMPRESS_LZO |     \
		COMPRESS_ZSTD | BIG_METADATA | EXTENDED_IREF | RAID56 |        \
		SKINNY_METADATA | NO_HOLES | METADATA_UUID | RAID1C34 |        \
		ZONED | SIMPLE_QUOTA)

static int btrfs_probe(struct volume *vol, struct error *err)
{
	uint8_t magic[8];

	if (vol->size < SUPER_POS + sizeof(struct btrfs_super))
		return 0;
	if (volume_read(vol, SUPER_POS + offsetof(struct btrfs_super, magic),
		    magic, sizeof(magic), err) < 0)
		return -1;
	return memcmp(magic, "_BHRfS_M", sizeof(magic)) == 0;
}

static int set_sizes(
	struct btrfs *b, const struct btrfs_super *super, struct error *err)
{
	b->sector_size = le32_get(super->sector_size);
	b->node_size = le32_get(super->node_size);
	if (!is_power_of_two(b->sector_size) || b->sector_size < 512 ||
		b->sector_size > BTRFS_NODE_MAX ||
		!is_power_of_two(b->node_size) ||
		b->node_size < BTRFS_NODE_MIN || b->node_size > BTRFS_NODE_MAX)
		return error_set(err, ERR_CORRUPT,
			"superblock: sectors of %" PRIu32
			" and nodes of %" PRIu32 " bytes",
			b->sector_size, b->node_size);
	b->kept = BTRFS_KEPT_SIZE / b->node_size;
	if (b->kept < BTRFS_KEPT_MIN)
		b->kept = BTRFS_KEPT_MIN;
	if (b->kept > BTRFS_KEPT_MAX)
		b->kept = BTRFS_KEPT_MAX;
	b->system_size = le32_get(super->system_size);
	if (b->system_size > BTRFS_SYSTEM_SIZE)
		return error_set(err, ERR_CORRUPT,
			"superblock: %" PRIu32 " bytes of chunks in %d",
			b->system_size, BTRFS_SYSTEM_SIZE);
	memcpy(b->system_chunks, super->system_chunks, BTRFS_SYSTEM_SIZE);
	return 0;
}

static int check_features(const struct btrfs_super *super, struct error *err)
{
	uint64_t unknown =
		le64_get(super->incompat) & ~(uint64_t)KNOWN_FEATURES;

	if (unknown)
		return error_set(err, ERR_UNSUPPORTED,
			"superblock: unknown features 0x%" PRIx64, unknown);
	if (le16_get(super->checksum_type) > BTRFS_BLAKE2B)
		return error_set(err, ERR_UNSUPPORTED,
			"superblock: unknown checksum %u",
			le16_get(super->checksum_type));
	return 0;
}

static int set_trees(
	struct btrfs *b, const struct btrfs_super *super, struct error *err)
{
	b->root_tree =
		(struct btrfs_tree){ BTRFS_ROOT_TREE, le64_get(super->root),
			le64_get(super->generation), super->root_level };
	b->chunk_tree = (struct btrfs_tree){ BTRFS_CHUNK_TREE,
		le64_get(super->chunk_root),
		le64_get(super->chunk_root_generation),
		super->chunk_root_level };
	b->root_dir = le64_get(super->root_dir);
	if (super->root_level >= BTRFS_LEVELS ||
		super->chunk_root_level >= BTRFS_LEVELS)
		return error_set(err, ERR_CORRUPT,
			"superblock: trees of %u and %u levels",
			super->root_level, super->chunk_root_level);
	return 0;
}

static void set_names(struct fs *fs, const struct btrfs_super *super)
{
	fs_set_uuid(fs, super->fsid);
	snprintf(fs->label, sizeof(fs->label), "%.*s", FS_NAME_MAX,
		super->label);
	fs->dirty = le64_get(super->log_root) != 0;
	if (fs->dirty)
		fs->notice = log_notice;
}

static int read_super(
	struct btrfs *b, struct btrfs_super *super, struct error *err)
{
	int r = btrfs_super_read(b->own, super, err);

	if (r == 0)
		return error_set(err, ERR_CORRUPT,
			"superblock: damaged, and so are its copies");
	if (r < 0)
		return error_in(err, "superblock");
	b->checksum = le16_get(super->checksum_type);
	b->device_count = le64_get(super->devices);
	memcpy(b->fsid, super->fsid, BTRFS_UUID_SIZE);
	btrfs_find_devices(b, super);
	return 0;
}

static int set_root(struct btrfs *b, struct error *err)
{
	struct btrfs_tree top;
	int r = btrfs_subvolume(b, BTRFS_TOP_LEVEL, &top, err);

	if (r == 0)
		r = error_set(err, ERR_CORRUPT, "there is none");
	if (r < 0 ||
		btrfs_inode(b, &top, BTRFS_FIRST_FREE, &b->fs->root, err) < 0)
		return error_in(err, "root directory");
	if (b->fs->root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	return 0;
}

static int btrfs_open(struct fs *fs, struct error *err)
{
	struct btrfs *b = arena_alloc(fs->arena, sizeof(*b), err);
	struct btrfs_super super;

	if (!b)
		return -1;
	b->fs = fs;
	b->arena = fs->arena;
	b->own = fs->vol;
	if (read_super(b, &super, err) < 0 || check_features(&super, err) < 0 ||
		set_sizes(b, &super, err) < 0 || set_trees(b, &super, err) < 0)
		return -1;
	btrfs_logical_volume(b);
	if (set_root(b, err) < 0 || btrfs_set_roots(b, err) < 0)
		return -1;
	set_names(fs, &super);
	fs->priv = b;
	fs->vol = &b->logical;
	return 0;
}

const struct fs_driver btrfs_driver = {
	.name = "btrfs",
	.probe = btrfs_probe,
	.open = btrfs_open,
	.readdir = btrfs_readdir,
	.lookup = btrfs_lookup,
	.read = btrfs_read,
	.map = btrfs_map,
};
