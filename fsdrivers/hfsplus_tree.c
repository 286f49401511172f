/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hfsplus_tree.c - B-trees of HFS+, and where forks lie, of which one tree
 * tells what more than eight extents are
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/hfsplus.h"
#include "src/base/checked.h"
#include "src/fs/filemap.h"

#define DEPTH_MAX 16 /* Apple's own limit is 8 */
#define LEAVES_MAX FS_DIR_MAX

enum { NODE_INDEX = 0, NODE_HEADER = 1, NODE_LEAF = 255 };

struct node_head {
	be32 next;
	be32 last;
	uint8_t kind;
	uint8_t height; /* 1: a leaf */
	be16 records;
	be16 unused;
};

struct tree_head {
	struct node_head node;
	be16 depth;
	be32 root;
	be32 leaf_records;
	be32 first_leaf;
	be32 last_leaf;
	be16 node_size;
	be16 key_max;
	be32 nodes;
	be32 free_nodes;
	be16 unused;
	be32 clump;
	uint8_t kind;
	uint8_t compare;
};

_Static_assert(sizeof(struct tree_head) == 52, "as the format has it");

/* Forks */

int hfsplus_fork_take(const struct hfsplus *hfs, struct hfsplus_fork *fork,
	uint32_t file, const struct hfsplus_raw_fork *raw, struct error *err)
{
	*fork = (struct hfsplus_fork){
		.file = file,
		.size = be64_get(raw->size),
		.blocks = be32_get(raw->blocks),
		.raw = *raw,
	};
	if (fork->size > fork->blocks * hfs->block_size)
		return error_set(err, ERR_CORRUPT,
			"file %" PRIu32 ": %" PRIu64 " bytes in %" PRIu64
			" blocks",
			file, fork->size, fork->blocks);
	return 0;
}

/* Eight extents, of which the first begins at *block of the file. */
static int add_extents(const struct hfsplus *hfs,
	const struct hfsplus_raw_fork *raw, struct filemap *map,
	uint64_t *block, struct error *err)
{
	uint64_t start, count, size = hfs->block_size;
	int i, r = 0;

	for (i = 0; i < HFSPLUS_EXTENTS && r == 0; i++) {
		start = be32_get(raw->extents[i].start);
		count = be32_get(raw->extents[i].count);
		if (count == 0)
			break;
		if (!range_inside(start, count, hfs->blocks))
			return error_set(err, ERR_CORRUPT,
				"block %" PRIu64 " of the file lies outside "
				"the volume (block 0x%" PRIx64 ")",
				*block, start);
		r = filemap_add(map, *block * size, hfs->start + start * size,
			count * size, err);
		*block += count;
	}
	return r;
}

struct more {
	struct hfsplus_key key;
	struct hfsplus_raw_fork *raw;
	bool found;
};

static int take_extents(
	void *ctx, const struct hfsplus_record *record, struct error *err)
{
	struct more *more = ctx;
	const size_t size = sizeof(more->raw->extents);

	(void)err;
	more->found = record->key.first == more->key.first &&
		record->key.second == more->key.second &&
		record->data.len >= size;
	if (more->found)
		memcpy(more->raw->extents, record->data.data, size);
	return 1;
}

/* The eight extents that the tree has for block of the file. */
static int more_extents(struct hfsplus *hfs, uint32_t file, uint64_t block,
	struct hfsplus_raw_fork *raw, struct error *err)
{
	struct more more = { { file, block }, raw, false };

	if (file != HFSPLUS_EXTENTS_FILE && hfs->extents.node_size > 0 &&
		hfsplus_tree_walk(hfs, &hfs->extents, more.key, take_extents,
			&more, err) < 0)
		return -1;
	if (more.found && be32_get(raw->extents[0].count) > 0)
		return 0;
	return error_set(err, ERR_CORRUPT,
		"block %" PRIu64 " of the file lies nowhere", block);
}

static int map_fork(struct hfsplus *hfs, const struct hfsplus_fork *fork,
	struct filemap *map, struct error *err)
{
	struct hfsplus_raw_fork raw = fork->raw;
	uint64_t block = 0;
	int r = add_extents(hfs, &raw, map, &block, err);

	/* each record has at least one block more */
	while (r == 0 && map->next < map->to) {
		if (more_extents(hfs, fork->file, block, &raw, err) < 0)
			return -1;
		r = add_extents(hfs, &raw, map, &block, err);
	}
	return r ? r : filemap_end(map, err);
}

int hfsplus_fork_map(struct hfsplus *hfs, const struct hfsplus_fork *fork,
	uint64_t from, uint64_t to, fs_visit_extent *visit, void *ctx,
	struct error *err)
{
	struct filemap map;
	int r;

	filemap_start(&map, from, to, visit, ctx);
	r = map_fork(hfs, fork, &map, err);
	if (r < 0 && !map.stopped)
		return error_in(err, "file %" PRIu32, fork->file);
	return r;
}

int hfsplus_fork_read(struct hfsplus *hfs, const struct hfsplus_fork *fork,
	uint64_t off, void *buf, size_t len, struct error *err)
{
	struct filemap_copy copy = { hfs->vol, off, buf };

	return hfsplus_fork_map(
		hfs, fork, off, off + len, filemap_copy, &copy, err);
}

/* Trees */

int hfsplus_tree_open(
	struct hfsplus *hfs, struct hfsplus_tree *tree, struct error *err)
{
	struct tree_head head;
	uint32_t size;

	if (tree->fork.size < sizeof(head))
		return error_set(err, ERR_CORRUPT, "%s: has %" PRIu64 " bytes",
			tree->name, tree->fork.size);
	if (hfsplus_fork_read(hfs, &tree->fork, 0, &head, sizeof(head), err) <
		0)
		return error_in(err, "%s", tree->name);
	size = be16_get(head.node_size);
	tree->nodes = be32_get(head.nodes);
	tree->root = be32_get(head.root);
	tree->depth = be16_get(head.depth);
	tree->compare = head.compare;
	if (head.node.kind != NODE_HEADER || !is_power_of_two(size) ||
		size < 512 || size > HFSPLUS_NODE_MAX ||
		tree->nodes > tree->fork.size / size ||
		tree->depth > DEPTH_MAX ||
		(tree->depth > 0 && tree->root >= tree->nodes))
		return error_set(err, ERR_CORRUPT,
			"%s: a tree of height %u with %" PRIu32
			" nodes of %" PRIu32 " bytes, its root at %" PRIu32,
			tree->name, tree->depth, tree->nodes, size, tree->root);
	tree->node_size = size;
	return 0;
}

/* So many leaves in a row are not those of one directory or file. */
static int too_many_leaves(
	const struct hfsplus_tree *tree, uint32_t number, struct error *err)
{
	if (tree->nodes > LEAVES_MAX)
		return error_set(err, ERR_LIMIT,
			"%s: a directory of more than %d leaves", tree->name,
			LEAVES_MAX);
	return error_set(err, ERR_CORRUPT,
		"%s: leaves lead back to node %" PRIu32, tree->name, number);
}

/* A node of that height, with its records' number checked. */
static int read_node(struct hfsplus *hfs, const struct hfsplus_tree *tree,
	uint32_t number, unsigned int height, uint8_t *node, struct error *err)
{
	const struct node_head *head = (const void *)node;

	if (number >= tree->nodes)
		return error_set(err, ERR_CORRUPT,
			"%s: there is no node %" PRIu32, tree->name, number);
	if (hfsplus_fork_read(hfs, &tree->fork,
		    (uint64_t)number * tree->node_size, node, tree->node_size,
		    err) < 0)
		return error_in(err, "%s: node %" PRIu32, tree->name, number);
	if (head->height != height ||
		head->kind != (height == 1 ? NODE_LEAF : NODE_INDEX) ||
		be16_get(head->records) >
			(tree->node_size - sizeof(*head)) / 2 - 1)
		return error_set(err, ERR_CORRUPT,
			"%s: node %" PRIu32 " is none of height %u", tree->name,
			number, height);
	return 0;
}

struct catalog_key {
	be32 parent;
	be16 len; /* of the name behind it, units */
};

struct extents_key {
	uint8_t fork; /* 0: of the data */
	uint8_t unused;
	be32 file;
	be32 first;
};

_Static_assert(sizeof(struct catalog_key) == 6, "as the format has it");
_Static_assert(sizeof(struct extents_key) == 10, "as the format has it");

static struct hfsplus_key key_of(
	const struct hfsplus_tree *tree, struct bytes raw)
{
	const struct catalog_key *name = (const void *)raw.data;
	const struct extents_key *extents = (const void *)raw.data;

	if (!tree->extents)
		return (struct hfsplus_key){ be32_get(name->parent),
			be16_get(name->len) != 0 };
	return (struct hfsplus_key){ be32_get(extents->file),
		(uint64_t)extents->fork << 32 | be32_get(extents->first) };
}

/* A record of a node; false: it is not inside. */
static bool take_record(const struct hfsplus_tree *tree, const uint8_t *node,
	uint32_t number, unsigned int i, struct hfsplus_record *record)
{
	const uint8_t *end = node + tree->node_size - 2 * ((size_t)i + 1);
	unsigned int from = be16_get(*(const be16 *)(const void *)end);
	unsigned int to = be16_get(*(const be16 *)(const void *)(end - 2));
	struct bytes all = { node, tree->node_size }, raw;
	size_t least = tree->extents ? sizeof(struct extents_key)
				     : sizeof(struct catalog_key);
	unsigned int len;

	if (from < sizeof(struct node_head) || to <= from ||
		to > tree->node_size)
		return false;
	raw = bytes_sub(all, from, to - from);
	if (raw.len < 2)
		return false;
	len = be16_get(*(const be16 *)(const void *)raw.data);
	if (len < least || len > raw.len - 2 || raw.len - 2 - len < 2)
		return false;
	record->raw = bytes_sub(raw, 2, len);
	record->data = bytes_sub(raw, 2 + len, raw.len - 2 - len);
	record->key = key_of(tree, record->raw);
	record->place = (uint64_t)number << 16 | i;
	return true;
}

static bool is_above(struct hfsplus_key a, struct hfsplus_key b)
{
	return a.first != b.first ? a.first > b.first : a.second > b.second;
}

static int bad_record(const struct hfsplus_tree *tree, uint32_t number,
	unsigned int i, struct error *err)
{
	return error_set(err, ERR_CORRUPT,
		"%s: node %" PRIu32 ": record %u is broken", tree->name, number,
		i);
}

/* The child of an index node in which a key is, if it is anywhere. */
static int choose_child(const struct hfsplus_tree *tree, const uint8_t *node,
	uint32_t *number, struct hfsplus_key key, struct error *err)
{
	const struct node_head *head = (const void *)node;
	unsigned int i, count = be16_get(head->records);
	struct hfsplus_record record;
	uint32_t child = 0;

	for (i = 0; i < count; i++) {
		if (!take_record(tree, node, *number, i, &record) ||
			record.data.len < 4)
			return bad_record(tree, *number, i, err);
		if (i > 0 && is_above(record.key, key))
			break;
		child = be32_get(*(const be32 *)(const void *)record.data.data);
	}
	if (count == 0)
		return error_set(err, ERR_CORRUPT,
			"%s: node %" PRIu32 " is empty", tree->name, *number);
	*number = child;
	return 0;
}

static int visit_leaf(const struct hfsplus_tree *tree, const uint8_t *node,
	uint32_t number, struct hfsplus_key from, hfsplus_visit *visit,
	void *ctx, struct error *err)
{
	const struct node_head *head = (const void *)node;
	unsigned int i, count = be16_get(head->records);
	struct hfsplus_record record;
	int r = 0;

	for (i = 0; i < count && r == 0; i++) {
		if (!take_record(tree, node, number, i, &record))
			return bad_record(tree, number, i, err);
		if (!is_above(from, record.key))
			r = visit(ctx, &record, err);
	}
	return r;
}

int hfsplus_tree_walk(struct hfsplus *hfs, const struct hfsplus_tree *tree,
	struct hfsplus_key from, hfsplus_visit *visit, void *ctx,
	struct error *err)
{
	const struct node_head *head;
	uint8_t node[HFSPLUS_NODE_MAX];
	uint32_t number = tree->root;
	uint32_t left = tree->nodes < LEAVES_MAX ? tree->nodes : LEAVES_MAX;
	unsigned int height = tree->depth;
	int r = 0;

	if (height == 0)
		return 0;
	for (; height > 1; height--)
		if (read_node(hfs, tree, number, height, node, err) < 0 ||
			choose_child(tree, node, &number, from, err) < 0)
			return -1;
	head = (const void *)node;
	do {
		if (left-- == 0)
			return too_many_leaves(tree, number, err);
		if (read_node(hfs, tree, number, 1, node, err) < 0)
			return -1;
		r = visit_leaf(tree, node, number, from, visit, ctx, err);
		number = be32_get(head->next);
	} while (r == 0 && number != 0);
	return r;
}

int hfsplus_tree_record(struct hfsplus *hfs, const struct hfsplus_tree *tree,
	uint64_t place, uint8_t *node, struct hfsplus_record *record,
	struct error *err)
{
	const struct node_head *head = (const void *)node;
	uint32_t number = (uint32_t)(place >> 16);
	unsigned int i = place & 0xffff;

	if (read_node(hfs, tree, number, 1, node, err) < 0)
		return -1;
	if (i >= be16_get(head->records) ||
		!take_record(tree, node, number, i, record))
		return bad_record(tree, number, i, err);
	return 0;
}
