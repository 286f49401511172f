/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_inode.c - where blocks and inodes are, and what is in an inode
 */
#include "fsdrivers/xfs.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/checked.h"
#include "src/base/crc32c.h"

struct core {
	be16 magic;
	be16 mode;
	uint8_t version;
	uint8_t format;
	uint8_t unused1[18];
	be64 many_extents; /* with XFS_NREXT64 */
	be64 atime;
	be64 mtime;
	be64 ctime;
	be64 size;
	be64 blocks;
	be32 extent_size;
	be32 extents;
	be16 attribute_extents;
	uint8_t fork; /* where attributes begin, in 8 bytes; 0: nowhere */
	uint8_t unused2[7];
	be16 flags;
	be32 generation;
	be32 next_unlinked;
};

/* What version 3 has behind that. */
struct core_v3 {
	le32 crc;
	be64 changes;
	be64 lsn;
	be64 flags2;
	uint8_t unused[24];
	be64 ino;
	uint8_t uuid[XFS_UUID_SIZE];
};

_Static_assert(sizeof(struct core) == 100, "as the format has it");
_Static_assert(sizeof(struct core_v3) == 76, "as the format has it");

static const struct xfs_marks inode_marks = { 100, 160, 152 };

#define INODE_MAGIC 0x494e /* "IN" */
#define FLAG_REALTIME 0x1  /* in flags */
#define FLAG_REFLINK 0x2   /* in flags2 */
#define FLAG_BIGTIME 0x8
#define FLAG_NREXT64 0x10

/* Large times count nanoseconds from what fits in 31 bits before 1970. */
#define BIGTIME_EPOCH (INT64_C(1) << 31)
#define NANOSECONDS 1000000000

int xfs_block_pos(const struct xfs *xfs, uint64_t block, uint64_t count,
	uint64_t *pos, struct error *err)
{
	uint64_t group = block >> xfs->group_log, first;
	uint64_t in_group = block & ((UINT64_C(1) << xfs->group_log) - 1);

	if (group >= xfs->groups ||
		!range_inside(in_group, count, xfs->group_blocks))
		return error_set(err, ERR_CORRUPT,
			"block 0x%" PRIx64 " of group %" PRIu64
			" lies outside the file system",
			in_group, group);
	/* below groups * group_blocks, whose bytes fit in 63 bits */
	first = group * xfs->group_blocks + in_group;
	if (!range_inside(first, count, xfs->blocks))
		return error_set(err, ERR_CORRUPT,
			"block 0x%" PRIx64 " of the last group lies behind "
			"the end of the file system",
			in_group);
	*pos = first << xfs->block_log;
	return 0;
}

int xfs_check_marks(const struct xfs *xfs, const uint8_t *data, size_t len,
	const struct xfs_marks *marks, uint64_t owner, struct error *err)
{
	static const uint8_t zeros[4];
	const le32 *stored = (const void *)(data + marks->crc);
	const be64 *owned_by = (const void *)(data + marks->owner);
	size_t behind = marks->crc + sizeof(zeros);
	uint32_t crc;

	if (!xfs->v5)
		return 0;
	crc = crc32c(~0U, data, marks->crc);
	crc = crc32c(crc, zeros, sizeof(zeros));
	crc = ~crc32c(crc, data + behind, len - behind);
	if (crc != le32_get(*stored))
		return error_set(err, ERR_CORRUPT, "wrong checksum");
	/* sound, but written to the wrong place, or left from before mkfs */
	if (memcmp(data + marks->uuid, xfs->uuid, XFS_UUID_SIZE) != 0)
		return error_set(
			err, ERR_CORRUPT, "belongs to another file system");
	if (be64_get(*owned_by) != owner)
		return error_set(err, ERR_CORRUPT, "belongs to inode %" PRIu64,
			be64_get(*owned_by));
	return 0;
}

static int64_t seconds(uint64_t stored, uint64_t flags2)
{
	if (flags2 & FLAG_BIGTIME)
		return (int64_t)(stored / NANOSECONDS) - BIGTIME_EPOCH;
	return (int32_t)(stored >> 32);
}

/* Where in the inode the data, or their map, begin, and what is before. */
static int decode(const struct xfs *xfs, const uint8_t *raw,
	struct xfs_inode *inode, struct error *err)
{
	const struct core *core = (const void *)raw;
	const struct core_v3 *more = (const void *)(core + 1);
	uint32_t begin = sizeof(*core) + (xfs->v5 ? sizeof(*more) : 0);
	uint64_t flags2 = xfs->v5 ? be64_get(more->flags2) : 0;
	uint32_t room = xfs->inode_size - begin;

	if (core->fork * UINT32_C(8) > room)
		return error_set(err, ERR_CORRUPT,
			"attributes begin at byte %" PRIu32 " of %" PRIu32,
			core->fork * UINT32_C(8), room);
	inode->type = fs_type_of_mode(be16_get(core->mode));
	inode->format = core->format;
	inode->realtime = inode->type == FS_FILE &&
		(be16_get(core->flags) & FLAG_REALTIME);
	inode->shared = flags2 & FLAG_REFLINK;
	inode->size = be64_get(core->size);
	inode->mtime = seconds(be64_get(core->mtime), flags2);
	inode->extents = flags2 & FLAG_NREXT64 ? be64_get(core->many_extents)
					       : be32_get(core->extents);
	inode->data_size = core->fork ? core->fork * UINT32_C(8) : room;
	if (inode->size > INT64_MAX)
		return error_set(err, ERR_CORRUPT,
			"a size of %" PRIu64 " bytes", inode->size);
	memcpy(inode->data, raw + begin, inode->data_size);
	return 0;
}

static int check(const struct xfs *xfs, uint64_t ino, const uint8_t *raw,
	struct error *err)
{
	const struct core *core = (const void *)raw;

	if (be16_get(core->magic) != INODE_MAGIC)
		return error_set(err, ERR_CORRUPT, "wrong magic number");
	if (xfs->v5 != (core->version == 3) || core->version < 1 ||
		core->version > 3)
		return error_set(err, ERR_CORRUPT,
			"version %u in a file system of version %d",
			core->version, xfs->v5 ? 5 : 4);
	return xfs_check_marks(
		xfs, raw, xfs->inode_size, &inode_marks, ino, err);
}

int xfs_inode_pos(
	const struct xfs *xfs, uint64_t ino, uint64_t *pos, struct error *err)
{
	unsigned int log = xfs->block_log - xfs->inode_log;
	uint64_t in_block = ino & ((UINT64_C(1) << log) - 1);

	if (ino == 0)
		return error_set(
			err, ERR_CORRUPT, "there is none of that number");
	if (xfs_block_pos(xfs, ino >> log, 1, pos, err) < 0)
		return -1;
	*pos += in_block << xfs->inode_log;
	return 0;
}

static int read_raw(
	const struct xfs *xfs, uint64_t ino, uint8_t *raw, struct error *err)
{
	uint64_t pos;

	if (xfs_inode_pos(xfs, ino, &pos, err) < 0)
		return -1;
	return volume_read(xfs->vol, pos, raw, xfs->inode_size, err);
}

int xfs_inode_read(const struct xfs *xfs, uint64_t ino, struct xfs_inode *inode,
	struct error *err)
{
	uint8_t raw[XFS_INODE_MAX];

	inode->ino = ino;
	if (read_raw(xfs, ino, raw, err) < 0 || check(xfs, ino, raw, err) < 0 ||
		decode(xfs, raw, inode, err) < 0)
		return error_in(err, "inode %" PRIu64, ino);
	return 0;
}

struct fs_node xfs_node(const struct xfs_inode *inode)
{
	return (struct fs_node){
		.type = inode->type,
		.shared = inode->shared,
		.size = inode->size,
		.mtime = inode->mtime,
		.id = inode->ino,
	};
}

int xfs_inode_again(const struct xfs *xfs, const struct fs_node *node,
	struct xfs_inode *inode, struct error *err)
{
	if (xfs_inode_read(xfs, node->id, inode, err) < 0)
		return -1;
	return fs_node_check(node, inode->type, inode->size, err);
}
