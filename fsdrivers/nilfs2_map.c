/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nilfs2_map.c - where the blocks of a file are
 *
 * A file has six pointers in its inode, or the root of a tree of them.  They
 * are numbers that the DAT translates: a block that moves gets another place
 * there, and nothing that leads to it need be written again.  The pointers of
 * the DAT itself are blocks of the volume.
 */
#include <assert.h>
#include <inttypes.h>

#include "fsdrivers/nilfs2.h"
#include "src/base/checked.h"

#define DIRECT 6 /* pointers behind 8 bytes */

#define NODE_ROOT 1 /* flag of a node in an inode: it is a tree, then */

/* Levels of a tree, with that of the pointers to data; NILFS_BTREE_LEVEL_MAX */
#define LEVELS_MAX 14

/* Leaves of a walk: what a file of 512 GiB has in blocks of 4 KiB and more. */
#define LEAVES_MAX (1 << 20)

#define NO_KEY UINT64_MAX

struct node_head {
	uint8_t flags;
	uint8_t level; /* 1: its pointers are to data */
	le16 count;
	le32 unused;
};

struct dat_entry {
	le64 block;
	le64 start; /* the checkpoints it was in use from and to */
	le64 end;
	le64 unused;
};

static_assert(sizeof(struct node_head) == 8, "as in the format");
static_assert(sizeof(struct dat_entry) == 32, "as in the format");

/* The pointers of a node or of an inode, by the blocks they are for. */
struct pointers {
	unsigned int level;
	unsigned int count;
	const le64 *keys; /* NULL: 0, 1, 2... */
	const le64 *values;
};

static uint64_t key_of(const struct pointers *node, unsigned int i)
{
	return node->keys ? le64_get(node->keys[i]) : i;
}

/* Where a block of the volume is, bytes. */
static int block_position(
	struct nilfs2 *nilfs, uint64_t block, uint64_t *at, struct error *err)
{
	if (!mul_u64(block, nilfs->block_size, at) ||
		!range_inside(*at, nilfs->block_size, nilfs->vol->size))
		return error_set(err, ERR_CORRUPT,
			"block 0x%" PRIx64 " lies outside the file system",
			block);
	return 0;
}

/* The root of a tree, or the pointers that are instead of one. */
static int root_of(const struct nilfs2_file *file, struct pointers *node,
	struct error *err)
{
	const struct node_head *head = (const void *)file->map;
	const le64 *room = (const void *)(head + 1);
	/* of keys and pointers each */
	unsigned int most = DIRECT / 2;

	if (!(head->flags & NODE_ROOT)) {
		*node = (struct pointers){ 1, DIRECT, NULL, room };
		return 0;
	}
	*node = (struct pointers){ head->level, le16_get(head->count), room,
		room + most };
	if (node->count > most || node->level < 1 || node->level >= LEVELS_MAX)
		return error_set(err, ERR_CORRUPT,
			"a tree with %u pointers at level %u", node->count,
			node->level);
	return 0;
}

static int decode_node(struct nilfs2 *nilfs, const uint8_t *block,
	unsigned int level, struct pointers *node, struct error *err)
{
	const struct node_head *head = (const void *)block;
	/* there are 8 bytes between head and keys, but in inodes */
	const le64 *room = (const void *)(block + 16);
	unsigned int most = (nilfs->block_size - 16) / 16;

	*node = (struct pointers){ head->level, le16_get(head->count), room,
		room + most };
	if (node->level != level || node->count > most)
		return error_set(err, ERR_CORRUPT,
			"a tree with %u pointers at level %u, where there "
			"should be level %u",
			node->count, node->level, level);
	return 0;
}

/* How many of the entries have keys below this one; they rise. */
static unsigned int count_below(const struct pointers *node, uint64_t key)
{
	unsigned int low = 0, high = node->count, middle;

	while (low < high) {
		middle = (low + high) / 2;
		if (key_of(node, middle) < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int translate(struct nilfs2 *nilfs, const struct nilfs2_file *file,
	uint64_t pointer, uint64_t *at, struct error *err);

/*
 * The leaf that a block of the file is below, if anything of it is.  *next is
 * where the leaf behind it begins.
 */
static int find_leaf(struct nilfs2 *nilfs, const struct nilfs2_file *file,
	uint64_t block, struct pointers *node, uint64_t *next,
	struct error *err)
{
	struct blockcache *cache =
		file->physical ? &nilfs->dat_blocks : &nilfs->blocks;
	const uint8_t *raw;
	unsigned int i;
	uint64_t at;

	*next = NO_KEY;
	if (root_of(file, node, err) < 0)
		return -1;
	while (node->level > 1 && node->count > 0) {
		/* the last that does not begin behind it, or the first */
		i = count_below(node, block + 1);
		i -= i > 0;
		if (i + 1 < node->count)
			*next = key_of(node, i + 1);
		if (translate(nilfs, file, le64_get(node->values[i]), &at,
			    err) < 0)
			return -1;
		if (at == FS_HOLE)
			return error_set(err, ERR_CORRUPT,
				"a tree has lost a part of it");
		raw = blockcache_get(cache, at, err);
		if (!raw ||
			decode_node(nilfs, raw, node->level - 1, node, err) < 0)
			return -1;
	}
	return 0;
}

/* Where a block of a file is in the volume, bytes, or FS_HOLE. */
static int find_block(struct nilfs2 *nilfs, const struct nilfs2_file *file,
	uint64_t block, uint64_t *at, struct error *err)
{
	struct pointers leaf;
	uint64_t next;
	unsigned int i;

	if (find_leaf(nilfs, file, block, &leaf, &next, err) < 0)
		return -1;
	i = count_below(&leaf, block);
	*at = FS_HOLE;
	if (i == leaf.count || key_of(&leaf, i) != block)
		return 0;
	return translate(nilfs, file, le64_get(leaf.values[i]), at, err);
}

/* Which block of its file an entry is in, and where there. */
static void locate(const struct nilfs2 *nilfs, const struct nilfs2_table *table,
	uint64_t number, uint64_t *block, uint32_t *off)
{
	/* a bitmap of one block says which entries of a group are in use */
	uint64_t per_group = nilfs->block_size * UINT64_C(8);
	uint64_t per_block = nilfs->block_size / table->entry_size;
	/* an entry is no larger than a block, or nilfs2.c had refused it */
	/* NOLINTNEXTLINE(clang-analyzer-core.DivideZero) */
	uint64_t group_blocks = (per_group + per_block - 1) / per_block + 1;
	/* and a block of 4 bytes each, how many are not, for many groups */
	uint64_t groups = nilfs->block_size / 4;
	uint64_t group = number / per_group, in_group = number % per_group;

	/* a number too large for any file gives a block that is not there */
	*block = group / groups * (groups * group_blocks + 1) + 1 +
		group % groups * group_blocks + 1 + in_group / per_block;
	*off = (uint32_t)(in_group % per_block) * table->entry_size;
}

/* A block of the DAT, where the next entry asked for is as a rule, too. */
static const uint8_t *dat_block(
	struct nilfs2 *nilfs, uint64_t block, struct error *err)
{
	uint64_t at = nilfs->dat_at;

	if (block != nilfs->dat_block || at == FS_HOLE) {
		if (find_block(nilfs, &nilfs->dat.file, block, &at, err) < 0)
			return NULL;
		if (at == FS_HOLE) {
			error_set(
				err, ERR_CORRUPT, "no block 0x%" PRIx64, block);
			return NULL;
		}
		nilfs->dat_block = block;
		nilfs->dat_at = at;
	}
	return blockcache_get(&nilfs->dat_blocks, at, err);
}

/* The place that the DAT gives to a number. */
static int look_up(struct nilfs2 *nilfs, uint64_t number, uint64_t *place,
	struct error *err)
{
	const struct dat_entry *entry;
	const uint8_t *raw;
	uint64_t block;
	uint32_t off;

	locate(nilfs, &nilfs->dat, number, &block, &off);
	raw = dat_block(nilfs, block, err);
	if (!raw)
		return error_in(err, "DAT: entry 0x%" PRIx64, number);
	entry = (const void *)(raw + off);
	*place = le64_get(entry->block);
	if (*place == 0)
		return error_set(err, ERR_CORRUPT,
			"DAT: entry 0x%" PRIx64 " is not in use", number);
	return 0;
}

/* Where a pointer of a file leads in the volume, bytes, or FS_HOLE. */
static int translate(struct nilfs2 *nilfs, const struct nilfs2_file *file,
	uint64_t pointer, uint64_t *at, struct error *err)
{
	*at = FS_HOLE;
	if (pointer == 0)
		return 0;
	/* one level deep: pointers of the DAT are not looked up in it */
	if (!file->physical && look_up(nilfs, pointer, &pointer, err) < 0)
		return -1;
	return block_position(nilfs, pointer, at, err);
}

const uint8_t *nilfs2_file_block(struct nilfs2 *nilfs,
	const struct nilfs2_file *file, uint64_t block, struct error *err)
{
	uint64_t at;

	if (find_block(nilfs, file, block, &at, err) < 0)
		return NULL;
	if (at == FS_HOLE) {
		error_set(err, ERR_CORRUPT, "no block 0x%" PRIx64, block);
		return NULL;
	}
	return blockcache_get(&nilfs->blocks, at, err);
}

const void *nilfs2_table_entry(struct nilfs2 *nilfs,
	const struct nilfs2_table *table, uint64_t number, struct error *err)
{
	const uint8_t *raw;
	uint64_t block;
	uint32_t off;

	locate(nilfs, table, number, &block, &off);
	raw = nilfs2_file_block(nilfs, &table->file, block, err);
	return raw ? raw + off : NULL;
}

/* What a leaf has of a range; *block moves behind its last pointer. */
static int add_leaf(struct nilfs2 *nilfs, const struct nilfs2_file *file,
	const struct pointers *leaf, uint64_t *block, struct filemap *map,
	struct error *err)
{
	unsigned int i = count_below(leaf, *block);
	uint64_t key, from, at;
	int r = 0;

	for (; i < leaf->count && r == 0; i++) {
		key = key_of(leaf, i);
		if (key < *block)
			return error_set(err, ERR_CORRUPT,
				"a tree that is not in order");
		*block = key + 1;
		if (!mul_u64(key, nilfs->block_size, &from) || from >= map->to)
			return 0;
		if (translate(nilfs, file, le64_get(leaf->values[i]), &at,
			    err) < 0)
			return -1;
		if (at != FS_HOLE)
			r = filemap_add(map, from, at, nilfs->block_size, err);
	}
	return r;
}

int nilfs2_file_map(struct nilfs2 *nilfs, const struct nilfs2_file *file,
	struct filemap *map, struct error *err)
{
	uint64_t block = map->next / nilfs->block_size, from, next;
	uint64_t end = map->to / nilfs->block_size +
		(map->to % nilfs->block_size != 0);
	struct pointers leaf;
	unsigned int leaves;
	int r = 0;

	for (leaves = 0; block < end; leaves++) {
		if (leaves == LEAVES_MAX)
			return error_set(err, ERR_LIMIT,
				"more than %d leaves of a tree", LEAVES_MAX);
		if (find_leaf(nilfs, file, block, &leaf, &next, err) < 0)
			return -1;
		from = block;
		r = add_leaf(nilfs, file, &leaf, &block, map, err);
		/* what lies behind the range need not be in order */
		if (r != 0 || block >= end)
			break;
		if (next < block || next <= from)
			return error_set(err, ERR_CORRUPT,
				"a tree that is not in order");
		block = next;
	}
	return r ? r : filemap_end(map, err);
}
