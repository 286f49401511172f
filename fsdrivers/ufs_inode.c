/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ufs_inode.c - inodes, and where their files lie
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "fsdrivers/indirect.h"
#include "fsdrivers/ufs.h"
#include "src/base/checked.h"
#include "src/base/crc32c.h"

struct inode1 {
	raw16 mode;
	raw16 links;
	raw16 old_owner[2];
	raw64 size;
	raw32 atime;
	raw32 atime_part;
	raw32 mtime;
	raw32 mtime_part;
	raw32 ctime;
	raw32 ctime_part;
	uint8_t pointers[60];
	raw32 flags;
	raw32 blocks;
	uint8_t unused[20];
};

_Static_assert(sizeof(struct inode1) == 128, "as the format has it");

struct inode2 {
	raw16 mode;
	raw16 links;
	raw32 owner[2];
	raw32 block_size;
	raw64 size;
	raw64 blocks;
	raw64 atime;
	raw64 mtime;
	raw64 ctime;
	raw64 birth;
	uint8_t unused1[28];
	raw32 attribute_size;
	raw64 attributes[2];
	uint8_t pointers[120];
	uint8_t unused2[12];
	raw32 sum;
	uint8_t unused3[8];
};

_Static_assert(sizeof(struct inode2) == 256, "as the format has it");
_Static_assert(offsetof(struct inode2, pointers) == 112, "as it has it");
_Static_assert(offsetof(struct inode2, sum) == 244, "as it has it");

/* Where an inode lies on the volume, in bytes: false if it is nowhere. */
static bool place_of(const struct ufs *ufs, uint32_t ino, uint64_t *off)
{
	uint64_t group = ino / ufs->group_inodes;
	uint64_t index = ino % ufs->group_inodes;
	uint64_t size =
		ufs->second ? sizeof(struct inode2) : sizeof(struct inode1);
	/* of numbers of 32 bits: each product fits, their sum may not */
	uint64_t start = group * ufs->group_size;
	uint64_t moved = (group & ufs->shift_mask) * ufs->shift;

	if (ino < UFS_ROOT || group >= ufs->groups ||
		!add_u64(start, moved, &start) ||
		!add_u64(start, ufs->inode_table, &start) ||
		start >= ufs->fragments)
		return false;
	*off = start * ufs->fragment_size + index * size;
	return range_inside(*off, size, ufs->fragments * ufs->fragment_size);
}

/* A target that stands in the inode has no blocks, but attributes may. */
static bool is_short_link(
	const struct ufs *ufs, const struct ufs_inode *inode, uint64_t blocks)
{
	uint64_t room = ufs->second ? 120 : 60;

	return inode->type == FS_SYMLINK &&
		(inode->size < ufs->short_link ||
			(blocks == 0 && inode->size <= room));
}

static unsigned int decode1(
	const struct ufs *ufs, const void *raw, struct ufs_inode *inode)
{
	const struct inode1 *from = raw;
	unsigned int mode = raw16_get(from->mode, ufs->big);

	inode->type = fs_type_of_mode(mode);
	inode->size = raw64_get(from->size, ufs->big);
	inode->mtime = (int32_t)raw32_get(from->mtime, ufs->big);
	memcpy(inode->pointers, from->pointers, sizeof(from->pointers));
	inode->short_link =
		is_short_link(ufs, inode, raw32_get(from->blocks, ufs->big));
	return mode;
}

static unsigned int decode2(
	const struct ufs *ufs, const void *raw, struct ufs_inode *inode)
{
	const struct inode2 *from = raw;
	unsigned int mode = raw16_get(from->mode, ufs->big);

	inode->type = fs_type_of_mode(mode);
	inode->size = raw64_get(from->size, ufs->big);
	inode->mtime = (int64_t)raw64_get(from->mtime, ufs->big);
	memcpy(inode->pointers, from->pointers, sizeof(from->pointers));
	inode->short_link =
		is_short_link(ufs, inode, raw64_get(from->blocks, ufs->big));
	return mode;
}

static bool sum_fits(const struct ufs *ufs, const struct inode2 *raw)
{
	struct inode2 copy = *raw;

	copy.sum = (raw32){ { 0 } };
	return crc32c(~UINT32_C(0), &copy, sizeof(copy)) ==
		raw32_get(raw->sum, ufs->big);
}

static int read_inode(struct ufs *ufs, uint32_t ino, struct ufs_inode *inode,
	struct error *err)
{
	union {
		struct inode1 first;
		struct inode2 second;
	} raw;
	unsigned int mode;
	uint64_t off;

	*inode = (struct ufs_inode){ .ino = ino };
	if (!place_of(ufs, ino, &off))
		return error_set(err, ERR_CORRUPT, "there is no such inode");
	if (volume_read(ufs->vol, off, &raw,
		    ufs->second ? sizeof(raw.second) : sizeof(raw.first),
		    err) < 0)
		return -1;
	if (ufs->inode_sums && !sum_fits(ufs, &raw.second))
		return error_set(err, ERR_CORRUPT, "wrong checksum");
	mode = ufs->second ? decode2(ufs, &raw, inode)
			   : decode1(ufs, &raw, inode);
	if ((mode & S_IFMT) == 0)
		return error_set(
			err, ERR_CORRUPT, "not in use (mode 0%o)", mode);
	if (inode->size > INT64_MAX)
		return error_set(err, ERR_CORRUPT,
			"a size of %" PRIu64 " bytes", inode->size);
	return 0;
}

int ufs_inode_read(struct ufs *ufs, uint32_t ino, struct ufs_inode *inode,
	struct error *err)
{
	if (read_inode(ufs, ino, inode, err) < 0)
		return error_in(err, "inode %" PRIu32, ino);
	return 0;
}

int ufs_inode_load(struct ufs *ufs, const struct fs_node *node,
	struct ufs_inode *inode, struct error *err)
{
	if (ufs_inode_read(ufs, (uint32_t)node->id, inode, err) < 0)
		return -1;
	return fs_node_check(node, inode->type, inode->size, err);
}

struct fs_node ufs_node(const struct ufs_inode *inode)
{
	return (struct fs_node){
		.type = inode->type,
		.size = inode->size,
		.mtime = inode->mtime,
		.id = inode->ino,
	};
}

int ufs_map(struct ufs *ufs, const struct ufs_inode *inode, uint64_t from,
	uint64_t to, fs_visit_extent *visit, void *ctx, struct error *err)
{
	const struct indirect form = {
		.vol = ufs->vol,
		.size = ufs->fragments * ufs->fragment_size,
		.block_size = ufs->block_size,
		.unit = ufs->fragment_size,
		.width = ufs->second ? 8 : 4,
		.big = ufs->big,
	};
	struct filemap map;
	int r;

	filemap_start(&map, from, to, visit, ctx);
	r = indirect_map(&form, inode->pointers, UFS_DIRECT, UFS_LEVELS,
		inode->size, &map, err);
	if (r < 0 && !map.stopped)
		return error_in(err, "inode %" PRIu32, inode->ino);
	return r;
}

int ufs_copy(struct ufs *ufs, const struct ufs_inode *inode, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct filemap_copy copy = { ufs->vol, off, buf };

	if (inode->short_link) {
		memcpy(buf, inode->pointers + off, len);
		return 0;
	}
	return ufs_map(ufs, inode, off, off + len, filemap_copy, &copy, err);
}
