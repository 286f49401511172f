/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs.c - XFS of versions 4 and 5
 *
 * Format: "XFS Algorithms & Data Structures", third edition, of the XFS
 * project, and Documentation/filesystems/xfs of the Linux kernel.  The log is
 * replayed in memory; where that cannot be, fs->notice says so.  Files of the
 * realtime device cannot be read.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/xfs.h"
#include "src/base/checked.h"
#include "src/base/crc32c.h"
#include "src/base/length.h"
#include "src/fs/filemap.h"

#define MAGIC 0x58465342 /* "XFSB" */
#define SECTOR_MIN 512
#define SECTOR_MAX 32768

struct super {
	be32 magic;
	be32 block_size;
	be64 blocks;
	uint8_t unused1[16];
	uint8_t uuid[XFS_UUID_SIZE];
	be64 log_block;
	be64 root;
	uint8_t unused2[20];
	be32 group_blocks;
	be32 groups;
	be32 unused3;
	be32 log_blocks;
	be16 version;
	be16 sector_size;
	be16 inode_size;
	be16 block_inodes;
	char label[12];
	uint8_t block_log;
	uint8_t sector_log;
	uint8_t inode_log;
	uint8_t block_inodes_log;
	uint8_t group_log;
	uint8_t unused4;
	uint8_t in_progress; /* mkfs is, or was killed */
	uint8_t unused5[65];
	uint8_t dir_log; /* blocks in a directory's block */
	uint8_t unused6[7];
	be32 features2;
	uint8_t unused7[12];
	be32 incompat;
	be32 log_incompat;
	le32 crc;
	uint8_t unused8[20];
	uint8_t meta_uuid[XFS_UUID_SIZE];
};

_Static_assert(sizeof(struct super) == 264, "as the format has it");

/* Bits of version */
#define VERSION_MASK 0xf
#define VERSION_DIR2 0x2000
#define VERSION_FOLD 0x4000
#define VERSION_MORE 0x8000 /* features2 has a meaning */

#define FEATURES2_TYPES 0x200

/* Bits of incompat */
#define INCOMPAT_TYPES 0x1
#define INCOMPAT_META_UUID 0x4
#define INCOMPAT_NEEDS_REPAIR 0x10
#define INCOMPAT_KNOWN 0xff /* up to parent pointers, which are attributes */

static const char repair_notice[] =
	"xfs_repair was begun and did not finish: files may be missing or "
	"wrong";
static const char log_notice[] =
	"the log was not replayed: %s: files changed just before a crash may "
	"be missing or old";
static const char pending_notice[] =
	"the guest crashed while it moved blocks between files: %zu such "
	"changes are not finished, and these files may be wrong";
static const char elsewhere_notice[] =
	"the log is on another disk: if it was not replayed, files changed "
	"last may be missing or old";

static int xfs_probe(struct volume *vol, struct error *err)
{
	be32 magic;

	if (vol->size < SECTOR_MIN)
		return 0;
	if (volume_read(vol, 0, &magic, sizeof(magic), err) < 0)
		return -1;
	return be32_get(magic) == MAGIC;
}

/* Bits of incompat that have a name and no code behind it. */
static const struct {
	uint32_t bit;
	const char *name;
} strange_features[] = {
	{ 0x100, "metadir" },
	{ 0x200, "zoned" },
	{ 0x400, "zone_gaps" },
};

static int refuse_feature(uint32_t bits, struct error *err)
{
	size_t i;

	for (i = 0; i < LENGTH(strange_features); i++)
		if (bits & strange_features[i].bit)
			return error_set(err, ERR_UNSUPPORTED, "feature %s",
				strange_features[i].name);
	return error_set(err, ERR_UNSUPPORTED, "unknown feature 0x%" PRIx32,
		bits & ~(uint32_t)INCOMPAT_KNOWN);
}

static int set_features(
	struct xfs *xfs, const struct super *super, struct error *err)
{
	unsigned int version = be16_get(super->version);
	uint32_t incompat = be32_get(super->incompat);

	xfs->v5 = (version & VERSION_MASK) == 5;
	xfs->fold = version & VERSION_FOLD;
	memcpy(xfs->uuid, super->uuid, XFS_UUID_SIZE);
	if (!xfs->v5) {
		if ((version & VERSION_MASK) != 4 || !(version & VERSION_DIR2))
			return error_set(err, ERR_UNSUPPORTED,
				"version 0x%x of the format", version);
		xfs->type_size = (version & VERSION_MORE) &&
			(be32_get(super->features2) & FEATURES2_TYPES) != 0;
		return 0;
	}
	if (incompat & ~(uint32_t)INCOMPAT_KNOWN)
		return refuse_feature(incompat, err);
	xfs->type_size = (incompat & INCOMPAT_TYPES) != 0;
	if (incompat & INCOMPAT_META_UUID)
		memcpy(xfs->uuid, super->meta_uuid, XFS_UUID_SIZE);
	return 0;
}

static int set_sizes(
	struct xfs *xfs, const struct super *super, struct error *err)
{
	unsigned int dir_log = super->dir_log;

	xfs->block_log = super->block_log;
	xfs->inode_log = super->inode_log;
	xfs->group_log = super->group_log;
	/* said twice, and so many shifts begin with them */
	if (xfs->block_log < 9 || xfs->block_log > 16 || xfs->inode_log < 8 ||
		xfs->inode_log > 11 || xfs->inode_log > xfs->block_log ||
		dir_log > 16 - xfs->block_log || xfs->group_log > 31 ||
		be32_get(super->block_size) != UINT32_C(1) << xfs->block_log ||
		be16_get(super->inode_size) != 1 << xfs->inode_log)
		return error_set(err, ERR_CORRUPT,
			"superblock: blocks of %" PRIu32
			" or 2^%u bytes, inodes of %u or 2^%u, directories of "
			"2^%u blocks",
			be32_get(super->block_size), xfs->block_log,
			be16_get(super->inode_size), xfs->inode_log, dir_log);
	xfs->block_size = UINT32_C(1) << xfs->block_log;
	xfs->inode_size = UINT32_C(1) << xfs->inode_log;
	xfs->dir_size = xfs->block_size << dir_log;
	return 0;
}

static int set_groups(
	struct xfs *xfs, const struct super *super, struct error *err)
{
	uint64_t log_blocks = be32_get(super->log_blocks), all;

	xfs->groups = be32_get(super->groups);
	xfs->group_blocks = be32_get(super->group_blocks);
	xfs->blocks = be64_get(super->blocks);
	/* 32 bits each; from here on no offset of a block can overflow */
	all = (uint64_t)xfs->groups * xfs->group_blocks;
	if (xfs->group_blocks > UINT64_C(1) << xfs->group_log ||
		xfs->blocks > all ||
		all > (uint64_t)INT64_MAX >> xfs->block_log)
		return error_set(err, ERR_CORRUPT,
			"superblock: %" PRIu64 " blocks in %" PRIu32
			" groups of %" PRIu32 " or 2^%u",
			xfs->blocks, xfs->groups, xfs->group_blocks,
			xfs->group_log);
	xfs->log_block = be64_get(super->log_block);
	xfs->log_sectors = 0;
	if (log_blocks << (xfs->block_log - 9) <= UINT32_MAX)
		xfs->log_sectors =
			(uint32_t)(log_blocks << (xfs->block_log - 9));
	return 0;
}

static void set_names(struct fs *fs, const struct super *super)
{
	snprintf(fs->label, sizeof(fs->label), "%.*s",
		(int)sizeof(super->label), super->label);
	fs_set_uuid(fs, super->uuid);
}

static int set_root(
	struct fs *fs, const struct xfs *xfs, uint64_t ino, struct error *err)
{
	struct xfs_inode root;

	if (xfs_inode_read(xfs, ino, &root, err) < 0)
		return error_in(err, "root directory");
	if (root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	fs->root = xfs_node(&root);
	return 0;
}

/* The superblock, whose checksum is that of its whole sector. */
static int read_super(
	struct volume *vol, struct super *super, struct error *err)
{
	static const uint8_t zeros[sizeof(super->crc)];
	const size_t at = offsetof(struct super, crc);
	uint8_t sector[SECTOR_MAX];
	size_t size;
	uint32_t crc;

	if (volume_read(vol, 0, super, sizeof(*super), err) < 0)
		return -1;
	if (be32_get(super->magic) != MAGIC)
		return error_set(err, ERR_CORRUPT, "changed while it was read");
	if ((be16_get(super->version) & VERSION_MASK) != 5)
		return 0;
	size = be16_get(super->sector_size);
	if (!is_power_of_two(size) || size < SECTOR_MIN || size > SECTOR_MAX)
		return error_set(
			err, ERR_CORRUPT, "sectors of %zu bytes", size);
	if (volume_read(vol, 0, sector, size, err) < 0)
		return -1;
	memcpy(super, sector, sizeof(*super));
	crc = crc32c(~0U, sector, at);
	crc = crc32c(crc, zeros, sizeof(zeros));
	crc = ~crc32c(
		crc, sector + at + sizeof(zeros), size - at - sizeof(zeros));
	if (crc != le32_get(super->crc))
		return error_set(err, ERR_CORRUPT, "wrong checksum");
	return 0;
}

/* All that is read when the file system is opened. */
static int open_super(
	struct fs *fs, struct xfs *xfs, struct super *super, struct error *err)
{
	if (read_super(xfs->vol, super, err) < 0)
		return error_in(err, "superblock");
	if (super->in_progress)
		return error_set(err, ERR_CORRUPT,
			"superblock: mkfs.xfs did not finish");
	if (set_features(xfs, super, err) < 0 ||
		set_sizes(xfs, super, err) < 0 ||
		set_groups(xfs, super, err) < 0)
		return -1;
	set_names(fs, super);
	return 0;
}

/*
 * Open it once more as it is with what the log holds; also the superblock may
 * be there.  A log that cannot be used is no reason to give up.
 */
static int open_replayed(
	struct fs *fs, struct xfs *xfs, struct super *super, struct error *err)
{
	struct xfs replayed = *xfs;
	struct error why = { 0 };
	struct patches *patches;
	size_t pending = 0;

	fs->dirty = true;
	patches = xfs_log_replay(xfs, fs->arena, &pending, &why);
	if (patches) {
		replayed.patches = patches;
		replayed.vol = &patches->vol;
		if (open_super(fs, &replayed, super, &why) == 0 &&
			set_root(fs, &replayed, be64_get(super->root), &why) ==
				0) {
			*xfs = replayed;
			if (pending > 0)
				fs->notice = arena_printf(fs->arena, err,
					pending_notice, pending);
			return pending > 0 && !fs->notice ? -1 : 0;
		}
	}
	fs->notice = arena_printf(fs->arena, err, log_notice, why.text);
	return fs->notice ? open_super(fs, xfs, super, err) : -1;
}

/* Where what the disk has may not be what the guest would see. */
static int look_at_log(
	struct fs *fs, struct xfs *xfs, struct super *super, struct error *err)
{
	if (xfs->v5 && (be32_get(super->incompat) & INCOMPAT_NEEDS_REPAIR))
		fs->notice = repair_notice;
	else if (xfs->log_block == 0)
		fs->notice = elsewhere_notice;
	else if (!xfs_log_is_clean(xfs))
		return open_replayed(fs, xfs, super, err);
	return 0;
}

static int xfs_open(struct fs *fs, struct error *err)
{
	struct xfs *xfs = arena_alloc(fs->arena, sizeof(*xfs), err);
	struct super super;

	if (!xfs)
		return -1;
	xfs->vol = fs->vol;
	if (open_super(fs, xfs, &super, err) < 0 ||
		look_at_log(fs, xfs, &super, err) < 0 ||
		set_root(fs, xfs, be64_get(super.root), err) < 0)
		return -1;
	fs->priv = xfs;
	return 0;
}

/* The inode behind a node whose data are on this volume. */
static int load(const struct xfs *xfs, const struct fs_node *node,
	struct xfs_inode *inode, struct error *err)
{
	if (xfs_inode_again(xfs, node, inode, err) < 0)
		return -1;
	if (inode->realtime)
		return error_set(err, ERR_UNSUPPORTED,
			"lies on the realtime device (inode %" PRIu64 ")",
			inode->ino);
	return 0;
}

static int xfs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	const struct xfs *xfs = fs->priv;
	struct filemap_copy copy = { xfs->vol, off, buf };
	uint8_t target[XFS_LINK_MAX];
	struct xfs_inode inode;

	if (load(xfs, node, &inode, err) < 0)
		return -1;
	if (len == 0)
		return 0;
	if (inode.type != FS_SYMLINK)
		return xfs_map(
			xfs, &inode, off, off + len, filemap_copy, &copy, err);
	if (xfs_link_read(xfs, &inode, target, err) < 0)
		return -1;
	memcpy(buf, target + off, len);
	return 0;
}

static int xfs_map_file(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	const struct xfs *xfs = fs->priv;
	struct xfs_inode inode;

	if (load(xfs, node, &inode, err) < 0)
		return -1;
	if (inode.type == FS_SYMLINK)
		return 1;
	if (inode.size == 0)
		return 0;
	return xfs_map(xfs, &inode, 0, inode.size, visit, ctx, err);
}

const struct fs_driver xfs_driver = {
	.name = "xfs",
	.data_in_place = true,
	.probe = xfs_probe,
	.open = xfs_open,
	.readdir = xfs_readdir,
	.lookup = xfs_lookup,
	.read = xfs_read,
	.map = xfs_map_file,
};
