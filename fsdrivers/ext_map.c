/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext_map.c - which blocks of the file system are those of a file
 *
 * Two forms: trees of extents (ext4) and of single blocks (ext2, ext3).  Both
 * are walked from the left, each node read once, and only where they cover
 * the range asked for.  Extents have to rise and nodes may not be empty, so a
 * tree that leads back into itself costs no more than the file has blocks; it
 * may not have more nodes than the file system has blocks either.
 */
#include "fsdrivers/ext.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "src/base/checked.h"

struct extent_header {
	le16 magic;
	le16 entries;
	le16 max;
	le16 depth; /* 0: a leaf */
	le32 generation;
};

struct extent_leaf {
	le32 first;
	le16 len;
	le16 start_high;
	le32 start;
};

struct extent_index {
	le32 first;
	le32 child;
	le16 child_high;
	le16 unused;
};

static_assert(sizeof(struct extent_header) == 12, "as in the format");
static_assert(sizeof(struct extent_leaf) == 12, "as in the format");
static_assert(sizeof(struct extent_index) == 12, "as in the format");

#define EXTENT_MAGIC 0xf30a
#define EXTENT_DEPTH_MAX 5    /* 340^5 is more than 2^32 blocks */
#define EXTENT_INIT_MAX 32768 /* a len above is that much less, unwritten */
#define EXTENT_FILE_MAX (UINT64_C(1) << 32) /* blocks of a file */

#define DIRECT_BLOCKS 12

/*
 * Nodes of one walk, bytes.  A file of 80 GiB scattered in blocks of 1 KiB
 * needs no more; a loop of pointers would need no end.
 */
#define NODE_BYTES_MAX (1 << 30)

/* A walk in progress. */
struct walk {
	struct ext *ext;
	const struct ext_inode *inode;
	uint64_t to;         /* where to stop, in blocks of the file */
	uint64_t next;       /* everything below was emitted */
	uint64_t nodes_left; /* that may still be read */
	struct ext_run run;  /* emitted but not visited; count 0: none */
	ext_visit_run *visit;
	void *ctx;
	bool stopped; /* by visit, and not by a fault of ours */
};

/* Add a run to the one that waits, or visit that and let this one wait. */
static int push(struct walk *walk, uint64_t first, uint64_t pblk,
	uint64_t count, struct error *err)
{
	struct ext_run *run = &walk->run;
	bool follows = pblk == FS_HOLE
		? run->pblk == FS_HOLE
		: run->pblk != FS_HOLE && run->pblk + run->count == pblk;
	int r = 0;

	walk->next = first + count;
	if (run->count > 0 && follows) {
		run->count += count;
		return 0;
	}
	if (run->count > 0)
		r = walk->visit(walk->ctx, run, err);
	walk->stopped = r != 0;
	*run = (struct ext_run){ first, pblk, count };
	return r;
}

/* Emit what of this run lies in the range, and the hole in front of it. */
static int emit(struct walk *walk, uint64_t first, uint64_t pblk,
	uint64_t count, struct error *err)
{
	uint64_t skip = first < walk->next ? walk->next - first : 0;
	int r = 0;

	if (skip >= count || first >= walk->to)
		return 0;
	first += skip;
	count -= skip;
	if (pblk != FS_HOLE)
		pblk += skip;
	if (count > walk->to - first)
		count = walk->to - first;
	if (first > walk->next)
		r = push(walk, walk->next, FS_HOLE, first - walk->next, err);
	return r ? r : push(walk, first, pblk, count, err);
}

static int check_blocks(const struct walk *walk, uint64_t first, uint64_t pblk,
	uint64_t count, struct error *err)
{
	if (pblk > walk->ext->lib->super->s_first_data_block &&
		range_inside(pblk, count, walk->ext->blocks))
		return 0;
	return error_set(err, ERR_CORRUPT,
		"block %" PRIu64 " of the file lies outside the file system "
		"(block 0x%" PRIx64 ")",
		first, pblk);
}

static int read_node(
	struct walk *walk, uint64_t pblk, uint8_t *node, struct error *err)
{
	struct ext *ext = walk->ext;

	if (pblk == 0 || pblk >= ext->blocks)
		return error_set(
			err, ERR_CORRUPT, "lies outside the file system");
	if (walk->nodes_left-- == 0)
		return error_set(err, ERR_LIMIT,
			"more than %d MiB of them, or than the disk has",
			NODE_BYTES_MAX >> 20);
	return volume_read(
		ext->vol, pblk * ext->block_size, node, ext->block_size, err);
}

/* The entries of a node of the extent tree: how many, or -1. */
static int check_header(
	const uint8_t *node, size_t size, unsigned int depth, struct error *err)
{
	const struct extent_header *head = (const void *)node;
	unsigned int entries = le16_get(head->entries);
	unsigned int max = le16_get(head->max);

	if (le16_get(head->magic) != EXTENT_MAGIC)
		return error_set(err, ERR_CORRUPT, "wrong magic number");
	if (le16_get(head->depth) != depth)
		return error_set(err, ERR_CORRUPT,
			"at height %u, not %u, of the extent tree",
			le16_get(head->depth), depth);
	/* max says where the checksum is */
	if (entries > max || max > (size - sizeof(*head)) / 12)
		return error_set(err, ERR_CORRUPT,
			"%u of %u extents do not fit", entries, max);
	return (int)entries;
}

static int walk_node(struct walk *walk, const uint8_t *node, int entries,
	unsigned int depth, uint64_t low, uint64_t high, struct error *err);

static int leaf_entry(struct walk *walk, const struct extent_leaf *leaf,
	uint64_t *low, uint64_t high, struct error *err)
{
	uint64_t first = le32_get(leaf->first), len = le16_get(leaf->len);
	uint64_t pblk = (uint64_t)le16_get(leaf->start_high) << 32 |
		le32_get(leaf->start);
	bool unwritten = len > EXTENT_INIT_MAX;

	if (unwritten)
		len -= EXTENT_INIT_MAX;
	if (len == 0 || first < *low || first + len > high)
		return error_set(err, ERR_CORRUPT,
			"the extent of block %" PRIu64
			" is empty or overlaps another",
			first);
	if (check_blocks(walk, first, pblk, len, err) < 0)
		return -1;
	*low = first + len;
	return emit(walk, first, unwritten ? FS_HOLE : pblk, len, err);
}

/* Read the node below an index entry, whose range is [low, high). */
static int walk_child(struct walk *walk, const struct extent_index *index,
	unsigned int depth, uint64_t low, uint64_t high, struct error *err)
{
	uint64_t pblk = (uint64_t)le16_get(index->child_high) << 32 |
		le32_get(index->child);
	_Alignas(8) uint8_t node[EXT_BLOCK_MAX]; /* for the library */
	int entries;

	if (read_node(walk, pblk, node, err) < 0)
		return error_in(err, "extent block 0x%" PRIx64, pblk);
	entries = check_header(node, walk->ext->block_size, depth, err);
	if (entries == 0)
		error_set(err, ERR_CORRUPT, "is empty");
	if (entries <= 0)
		return error_in(err, "extent block 0x%" PRIx64, pblk);
	walk->ext->sum = walk->inode;
	if (!ext2fs_extent_block_csum_verify(
		    walk->ext->lib, walk->inode->ino, (void *)node))
		return error_set(err, ERR_CORRUPT,
			"extent block 0x%" PRIx64 ": wrong checksum", pblk);
	return walk_node(walk, node, entries, depth, low, high, err);
}

static int index_entry(struct walk *walk, const struct extent_index *index,
	bool last, unsigned int depth, uint64_t *low, uint64_t high,
	struct error *err)
{
	uint64_t first = le32_get(index->first);
	uint64_t end = last ? high : le32_get(index[1].first);

	if (first < *low || end <= first || end > high)
		return error_set(err, ERR_CORRUPT,
			"the extent tree does not rise at block %" PRIu64,
			first);
	*low = end;
	if (end <= walk->next)
		return 0;
	return walk_child(walk, index, depth - 1, first, end, err);
}

/* A node whose header was checked, at depth above the leaves. */
static int walk_node(struct walk *walk, const uint8_t *node, int entries,
	unsigned int depth, uint64_t low, uint64_t high, struct error *err)
{
	const uint8_t *entry = node + sizeof(struct extent_header);
	int i, r;

	for (i = 0; i < entries; i++, entry += 12) {
		/* both kinds of entry begin with their first block */
		if (le32_get(*(const le32 *)(const void *)entry) >= walk->to)
			return 0;
		if (depth == 0)
			r = leaf_entry(
				walk, (const void *)entry, &low, high, err);
		else
			r = index_entry(walk, (const void *)entry,
				i + 1 == entries, depth, &low, high, err);
		if (r != 0)
			return r;
	}
	return 0;
}

static int walk_extents(struct walk *walk, struct error *err)
{
	const uint8_t *block = walk->inode->block;
	const struct extent_header *root = (const void *)block;
	unsigned int depth = le16_get(root->depth);
	int entries;

	if (depth > EXTENT_DEPTH_MAX)
		return error_set(
			err, ERR_CORRUPT, "an extent tree of height %u", depth);
	entries = check_header(block, sizeof(walk->inode->block), depth, err);
	if (entries < 0)
		return error_in(err, "extent tree");
	return walk_node(walk, block, entries, depth, 0, EXTENT_FILE_MAX, err);
}

/*
 * A block of pointers; each of them stands for span blocks of the file, the
 * first for those from first on.  span is 1 where pointers are to data.
 */
static int walk_pointers(struct walk *walk, uint64_t pblk, uint64_t first,
	uint64_t span, struct error *err)
{
	uint64_t per_block = walk->ext->block_size / 4, i = 0, at;
	le32 pointers[EXT_BLOCK_MAX / 4];
	uint32_t to;
	int r = 0;

	if (read_node(walk, pblk, (void *)pointers, err) < 0)
		return error_in(err, "indirect block 0x%" PRIx64, pblk);
	if (walk->next > first)
		i = (walk->next - first) / span;
	for (; i < per_block && r == 0; i++) {
		at = first + i * span;
		to = le32_get(pointers[i]);
		if (at >= walk->to)
			break;
		if (to == 0)
			continue;
		if (span > 1)
			r = walk_pointers(walk, to, at, span / per_block, err);
		else if (check_blocks(walk, at, to, 1, err) < 0)
			r = -1;
		else
			r = emit(walk, at, to, 1, err);
	}
	return r;
}

static int walk_direct(
	struct walk *walk, const le32 *pointers, struct error *err)
{
	uint64_t i;
	uint32_t pblk;
	int r = 0;

	for (i = walk->next; i < DIRECT_BLOCKS && i < walk->to && !r; i++) {
		pblk = le32_get(pointers[i]);
		if (pblk == 0)
			continue;
		if (check_blocks(walk, i, pblk, 1, err) < 0)
			return -1;
		r = emit(walk, i, pblk, 1, err);
	}
	return r;
}

/* Twelve pointers to data, then one each to one, two and three levels. */
static int walk_indirect(struct walk *walk, struct error *err)
{
	uint64_t per_block = walk->ext->block_size / 4;
	uint64_t first = DIRECT_BLOCKS, span = 1;
	le32 pointers[15];
	int i, r;

	memcpy(pointers, walk->inode->block, sizeof(pointers));
	r = walk_direct(walk, pointers, err);
	for (i = DIRECT_BLOCKS; i < 15 && r == 0; i++) {
		if (le32_get(pointers[i]) != 0 && first < walk->to &&
			first + span * per_block > walk->next)
			r = walk_pointers(
				walk, le32_get(pointers[i]), first, span, err);
		span *= per_block; /* at most 2^14 to the third */
		first += span;
	}
	return r;
}

static uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

int ext_map(struct ext *ext, const struct ext_inode *inode, uint64_t from,
	uint64_t to, ext_visit_run *visit, void *ctx, struct error *err)
{
	struct walk walk = {
		.ext = ext,
		.inode = inode,
		.to = to,
		.next = from,
		.nodes_left = min_u64(ext->vol->size, NODE_BYTES_MAX) /
			ext->block_size,
		.visit = visit,
		.ctx = ctx,
	};
	int r;

	if (inode->flags & EXT4_EXTENTS_FL)
		r = walk_extents(&walk, err);
	else
		r = walk_indirect(&walk, err);
	if (r < 0 && !walk.stopped)
		return error_in(err, "inode %" PRIu32, inode->ino);
	if (r == 0 && walk.next < to)
		r = push(&walk, walk.next, FS_HOLE, to - walk.next, err);
	if (r == 0 && walk.run.count > 0)
		r = visit(ctx, &walk.run, err);
	return r;
}
