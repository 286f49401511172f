/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squashfs.c - squashfs 4.0, with every compression it knows
 *
 * Format: Documentation/filesystems/squashfs.rst of the Linux kernel, and
 * https://dr-emann.github.io/squashfs.  Users, extended attributes and the
 * table for NFS are of no use here and never looked at.
 */
#include <inttypes.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/squashfs.h"
#include "src/base/checked.h"
#include "src/base/length.h"

#define MAGIC 0x73717368 /* "hsqs" */
#define VERSION 4        /* what Linux 2.6.29 and later read; .0 is the only */

struct super {
	le32 magic;
	le32 inode_count;
	le32 mtime;
	le32 block_size;
	le32 fragments;
	le16 compression;
	le16 block_log;
	le16 flags;
	le16 id_count;
	le16 major;
	le16 minor;
	le64 root; /* its inode's reference */
	le64 size;
	le64 ids;
	le64 xattrs;
	le64 inodes;
	le64 directories;
	le64 fragment_index;
	le64 export_table;
};

_Static_assert(sizeof(struct super) == 96, "as the format has it");

static int squashfs_probe(struct volume *vol, struct error *err)
{
	le32 magic;

	if (vol->size < sizeof(struct super))
		return 0;
	if (volume_read(vol, 0, &magic, sizeof(magic), err) < 0)
		return -1;
	return le32_get(magic) == MAGIC;
}

static int set_method(
	struct squashfs *sq, const struct super *super, struct error *err)
{
	static const enum unpack_method methods[] = {
		[1] = UNPACK_ZLIB,
		[2] = UNPACK_LZMA,
		[3] = UNPACK_LZO,
		[4] = UNPACK_XZ,
		[5] = UNPACK_LZ4,
		[6] = UNPACK_ZSTD,
	};
	unsigned int number = le16_get(super->compression);

	if (number < 1 || number >= LENGTH(methods))
		return error_set(err, ERR_UNSUPPORTED,
			"superblock: unknown compression %u", number);
	sq->method = methods[number];
	return 0;
}

static int set_sizes(
	struct squashfs *sq, const struct super *super, struct error *err)
{
	uint32_t block_size = le32_get(super->block_size);
	unsigned int log = le16_get(super->block_log);

	/* said twice so that something else is not taken for a superblock */
	if (!is_power_of_two(block_size) || block_size < SQUASHFS_BLOCK_MIN ||
		block_size > SQUASHFS_BLOCK_MAX || log > 20 ||
		block_size != UINT32_C(1) << log)
		return error_set(err, ERR_CORRUPT,
			"superblock: blocks of %" PRIu32 " or 2^%u bytes",
			block_size, log);
	sq->block_size = block_size;
	sq->size = le64_get(super->size);
	if (sq->size > sq->vol->size)
		return error_set(err, ERR_CORRUPT,
			"superblock: %" PRIu64
			" bytes of file system, but the volume ends at %" PRIu64,
			sq->size, sq->vol->size);
	return 0;
}

static int set_tables(
	struct squashfs *sq, const struct super *super, struct error *err)
{
	uint64_t blocks;

	sq->inodes = le64_get(super->inodes);
	sq->directories = le64_get(super->directories);
	if (sq->inodes < sizeof(*super) || sq->inodes >= sq->directories ||
		sq->directories > sq->size)
		return error_set(err, ERR_CORRUPT,
			"superblock: inodes at 0x%" PRIx64
			" and directories at 0x%" PRIx64 " of 0x%" PRIx64
			" bytes",
			sq->inodes, sq->directories, sq->size);
	sq->fragments = le32_get(super->fragments);
	sq->fragment_index = le64_get(super->fragment_index);
	blocks = ((uint64_t)sq->fragments + SQUASHFS_FRAGMENTS_PER_BLOCK - 1) /
		SQUASHFS_FRAGMENTS_PER_BLOCK;
	if (blocks > 0 &&
		!range_inside(
			sq->fragment_index, blocks * sizeof(le64), sq->size))
		return error_set(err, ERR_CORRUPT,
			"superblock: a table of %" PRIu32
			" fragments at 0x%" PRIx64 " of 0x%" PRIx64 " bytes",
			sq->fragments, sq->fragment_index, sq->size);
	return 0;
}

static int set_root(
	struct fs *fs, struct squashfs *sq, uint64_t id, struct error *err)
{
	struct squashfs_inode inode;

	if (squashfs_inode_read(sq, id, &inode, err) < 0)
		return error_in(err, "root directory");
	if (inode.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	fs->root = squashfs_node(id, &inode);
	return 0;
}

/* There is neither a label nor a UUID. */
static int squashfs_open(struct fs *fs, struct error *err)
{
	struct squashfs *sq = arena_alloc(fs->arena, sizeof(*sq), err);
	struct super super;

	if (!sq)
		return -1;
	sq->vol = fs->vol;
	sq->arena = fs->arena;
	sq->place.id = UINT64_MAX;
	if (volume_read(fs->vol, 0, &super, sizeof(super), err) < 0)
		return error_in(err, "superblock");
	if (le32_get(super.magic) != MAGIC)
		return error_set(err, ERR_CORRUPT,
			"superblock: changed while it was read");
	if (le16_get(super.major) != VERSION || le16_get(super.minor) != 0)
		return error_set(err, ERR_UNSUPPORTED,
			"version %u.%u of the format, only %d.0 can be read",
			le16_get(super.major), le16_get(super.minor), VERSION);
	if (set_method(sq, &super, err) < 0 || set_sizes(sq, &super, err) < 0 ||
		set_tables(sq, &super, err) < 0 ||
		set_root(fs, sq, le64_get(super.root), err) < 0)
		return -1;
	fs->priv = sq;
	return 0;
}

const struct fs_driver squashfs_driver = {
	.name = "squashfs",
	.probe = squashfs_probe,
	.open = squashfs_open,
	.readdir = squashfs_readdir,
	.lookup = squashfs_lookup,
	.read = squashfs_read,
	.map = squashfs_map,
};
