/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_map.c - which blocks of the file system are those of a file
 *
 * A list of extents in the inode, or a tree of them whose root is there.  Its
 * leaves are a chain, so the tree is walked down once, to where the range asked
 * for begins, and then from leaf to leaf.  No leaf is empty and extents have to
 * rise: a chain that comes back to itself ends there.
 */
#include "fsdrivers/xfs.h"

#include <inttypes.h>

#include "src/base/checked.h"
#include "src/fs/filemap.h"

#define RECORD_SIZE 16 /* bytes: an extent */
#define KEY_SIZE 8     /* bytes: where a child begins */
#define POINTER_SIZE 8 /* bytes: a child's block; behind all keys */

/* 13 extents or more in a block, and no more than 2^48 in a file */
#define LEVELS_MAX 16

#define NO_BLOCK UINT64_MAX

/* The root, in the inode. */
struct root {
	be16 level; /* of nodes below */
	be16 count;
};

struct tree_block {
	be32 magic;
	be16 level;
	be16 count;
	be64 left;
	be64 right;
};

#define BLOCK_MAGIC 0x424d4150    /* "BMAP" */
#define BLOCK_MAGIC_V5 0x424d4133 /* "BMA3" */
#define HEAD_SIZE 24
#define HEAD_SIZE_V5 72

_Static_assert(sizeof(struct tree_block) == HEAD_SIZE, "as in the format");

static const struct xfs_marks block_marks = { 64, 40, 56 };

struct walk {
	const struct xfs *xfs;
	const struct xfs_inode *inode;
	struct filemap map;
	uint64_t first; /* block of the file that the range begins with */
	uint64_t last;  /* and ends with */
	uint64_t next;  /* blocks of the file below were seen */
};

/*
 * 128 bits from the left: 1, is it unwritten; 54, its first block of the file;
 * 52, where that is; 21, how many blocks.
 */
static int add_record(
	struct walk *walk, const uint8_t *record, struct error *err)
{
	const be64 *halves = (const void *)record;
	uint64_t high = be64_get(halves[0]), low = be64_get(halves[1]);
	uint64_t first = high << 1 >> 10, count = low & 0x1fffff;
	uint64_t block = (high & 0x1ff) << 43 | low >> 21;
	unsigned int log = walk->xfs->block_log;
	uint64_t pos;

	if (count == 0 || first < walk->next ||
		first + count > (UINT64_C(1) << 63) >> log)
		return error_set(err, ERR_CORRUPT,
			"the extent of block %" PRIu64
			" is empty, overlaps another or is behind the end of "
			"any file",
			first);
	if (xfs_block_pos(walk->xfs, block, count, &pos, err) < 0)
		return error_in(err, "block %" PRIu64 " of the file", first);
	walk->next = first + count;
	/* unwritten blocks hold whatever was there before */
	return filemap_add(&walk->map, first << log, high >> 63 ? FS_HOLE : pos,
		count << log, err);
}

/* As many as the range needs; 1: the visitor has enough. */
static int add_records(struct walk *walk, const uint8_t *record, uint64_t count,
	struct error *err)
{
	int r;

	for (; count > 0 && walk->next <= walk->last;
		count--, record += RECORD_SIZE) {
		r = add_record(walk, record, err);
		if (r != 0)
			return r;
	}
	return 0;
}

static int walk_list(struct walk *walk, struct error *err)
{
	const struct xfs_inode *inode = walk->inode;

	if (inode->extents > inode->data_size / RECORD_SIZE)
		return error_set(err, ERR_CORRUPT,
			"%" PRIu64 " extents do not fit", inode->extents);
	return add_records(walk, inode->data, inode->extents, err);
}

static size_t head_size(const struct xfs *xfs)
{
	return xfs->v5 ? HEAD_SIZE_V5 : HEAD_SIZE;
}

static int check_block(const struct walk *walk, const uint8_t *block,
	unsigned int level, struct error *err)
{
	const struct tree_block *head = (const void *)block;
	const struct xfs *xfs = walk->xfs;
	size_t room = xfs->block_size - head_size(xfs);
	unsigned int count = be16_get(head->count);

	if (be32_get(head->magic) != (xfs->v5 ? BLOCK_MAGIC_V5 : BLOCK_MAGIC))
		return error_set(err, ERR_CORRUPT, "wrong magic number");
	if (xfs_check_marks(xfs, block, xfs->block_size, &block_marks,
		    walk->inode->ino, err) < 0)
		return -1;
	if (be16_get(head->level) != level)
		return error_set(err, ERR_CORRUPT,
			"at height %u, not %u, of the tree",
			be16_get(head->level), level);
	if (count == 0 || count > room / RECORD_SIZE)
		return error_set(err, ERR_CORRUPT,
			"%u extents, of which 1 to %zu would fit", count,
			room / RECORD_SIZE);
	return 0;
}

static int read_block(const struct walk *walk, uint64_t number,
	unsigned int level, uint8_t *block, struct error *err)
{
	const struct xfs *xfs = walk->xfs;
	uint64_t pos;

	if (xfs_block_pos(xfs, number, 1, &pos, err) < 0 ||
		volume_read(xfs->vol, pos, block, xfs->block_size, err) < 0 ||
		check_block(walk, block, level, err) < 0)
		return error_in(err, "tree block 0x%" PRIx64, number);
	return 0;
}

/* The child that has the first block: of the keys the last not above it. */
static uint64_t choose(
	const struct walk *walk, const uint8_t *keys, size_t count, size_t room)
{
	const be64 *first = (const void *)keys;
	const be64 *child = (const void *)(keys + room * KEY_SIZE);
	size_t i = 1;

	while (i < count && be64_get(first[i]) <= walk->first)
		i++;
	return be64_get(child[i - 1]);
}

static int choose_in_root(const struct walk *walk, unsigned int *level,
	uint64_t *child, struct error *err)
{
	const struct xfs_inode *inode = walk->inode;
	const struct root *root = (const void *)inode->data;
	size_t count, room;

	/* attributes may leave no room for anything */
	if (inode->data_size < sizeof(*root) + KEY_SIZE + POINTER_SIZE)
		return error_set(
			err, ERR_CORRUPT, "no room for the root of a tree");
	room = (inode->data_size - sizeof(*root)) / (KEY_SIZE + POINTER_SIZE);
	count = be16_get(root->count);
	*level = be16_get(root->level);
	if (count == 0 || count > room || *level == 0 || *level > LEVELS_MAX)
		return error_set(err, ERR_CORRUPT,
			"a tree of height %u with %zu of %zu children", *level,
			count, room);
	*child = choose(walk, inode->data + sizeof(*root), count, room);
	return 0;
}

static int walk_leaves(struct walk *walk, uint8_t *block, struct error *err)
{
	const struct tree_block *head = (const void *)block;
	size_t size = head_size(walk->xfs);
	int r;

	for (;;) {
		r = add_records(walk, block + size, be16_get(head->count), err);
		if (r != 0 || walk->next > walk->last ||
			be64_get(head->right) == NO_BLOCK)
			return r;
		if (read_block(walk, be64_get(head->right), 0, block, err) < 0)
			return -1;
	}
}

static int walk_tree(struct walk *walk, struct error *err)
{
	const struct xfs *xfs = walk->xfs;
	size_t size = head_size(xfs);
	size_t room = (xfs->block_size - size) / (KEY_SIZE + POINTER_SIZE);
	uint8_t block[XFS_BLOCK_MAX];
	const struct tree_block *head = (const void *)block;
	unsigned int level;
	uint64_t child;

	if (choose_in_root(walk, &level, &child, err) < 0)
		return -1;
	for (;;) {
		if (read_block(walk, child, --level, block, err) < 0)
			return -1;
		if (level == 0)
			return walk_leaves(walk, block, err);
		child = choose(walk, block + size, be16_get(head->count), room);
	}
}

int xfs_map(const struct xfs *xfs, const struct xfs_inode *inode, uint64_t from,
	uint64_t to, fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct walk walk = {
		.xfs = xfs,
		.inode = inode,
		.first = from >> xfs->block_log,
		.last = (to - 1) >> xfs->block_log,
	};
	int r;

	filemap_start(&walk.map, from, to, visit, ctx);
	if (inode->format == XFS_EXTENTS)
		r = walk_list(&walk, err);
	else if (inode->format == XFS_BTREE)
		r = walk_tree(&walk, err);
	else
		r = error_set(err, ERR_CORRUPT, "unknown form %u of data",
			inode->format);
	if (r < 0 && !walk.map.stopped)
		return error_in(err, "inode %" PRIu64, inode->ino);
	return r ? r : filemap_end(&walk.map, err);
}
