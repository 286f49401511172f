/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_index.c - the index of a large directory: names by their hash
 *
 * Leaves hold hashes in rising order, each with the place of a name.  If there
 * are several, they are a chain, and above them are nodes: the highest hash
 * below each child.  Whatever is strange here is answered with "cannot tell",
 * because all names can be found without it.
 */
#include "fsdrivers/xfs.h"

#include <string.h>

/* What all blocks of an index begin with, and what version 5 has behind it. */
struct index_head {
	be32 next; /* block of the directory, in blocks of the file system */
	be32 previous;
	be16 magic;
	be16 unused;
};

#define HEAD_SIZE_V5 56

static const struct xfs_marks index_marks = { 12, 32, 48 };

/* Behind that: */
struct index_count {
	be16 count;
	be16 more; /* of a node: its height; of a leaf: unused entries */
};

struct index_entry {
	be32 hash;
	be32 to; /* of a node: a child's block; of a leaf: a name's place / 8 */
};

_Static_assert(sizeof(struct index_head) == 12, "as the format has it");
_Static_assert(sizeof(struct index_entry) == 8, "as the format has it");

#define NODE_MAGIC 0xfebe
#define LEAF_MAGIC 0xd2ff   /* one of several */
#define SINGLE_MAGIC 0xd2f1 /* the only one */

/* Version 5 has others: */
#define NODE_MAGIC_V5 0x3ebe
#define LEAF_MAGIC_V5 0x3dff
#define SINGLE_MAGIC_V5 0x3df1

#define LEVELS_MAX 5 /* as Linux has it */

/*
 * Names of one hash that are looked at, and leaves they may fill.  Only who
 * wants to can make more, and pays with a search through all names.
 */
#define SAME_MAX 1000
#define LEAVES_MAX 64

#define PLACE_UNIT 8 /* bytes, that places of names are counted in */
#define NO_PLACE 0   /* a deleted name's */

struct index {
	const struct xfs *xfs;
	const struct xfs_inode *dir;
	const char *name;
	size_t len;
	uint32_t hash;
	uint64_t ino;         /* of the best so far */
	enum xfs_match match; /* how well that is the name */
	unsigned int same;    /* names of the hash that were looked at */
	uint64_t names_at;    /* what names holds; UINT64_MAX: nothing */
	size_t names_begin;
	size_t names_end;
	uint8_t names[XFS_BLOCK_MAX];
	uint8_t block[XFS_BLOCK_MAX];
};

/*
 * Kernels before 6.4 folded letters of Latin-1, too, as they hashed names, and
 * stored what came of it.
 */
static bool hash_is_known(const struct xfs *xfs, const char *name, size_t len)
{
	size_t i;

	for (i = 0; xfs->fold && i < len; i++)
		if ((uint8_t)name[i] >= 0x80)
			return false;
	return true;
}

static uint32_t hash_name(const struct xfs *xfs, const char *name, size_t len)
{
	uint32_t hash = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		uint8_t byte = (uint8_t)name[i];

		hash = hash << 7 | hash >> 25;
		hash ^= xfs->fold ? xfs_fold(byte) : byte;
	}
	return hash;
}

/* Read a block of the index, by its number in the directory. */
static bool read_block(struct index *index, uint64_t number, struct error *err)
{
	const struct xfs *xfs = index->xfs;
	uint64_t off = number << xfs->block_log; /* a number of 32 bits */

	return off >= XFS_DIR_INDEX && off < XFS_DIR_FREE &&
		xfs_dir_block(xfs, index->dir, off, index->block, err) == 1 &&
		xfs_check_marks(xfs, index->block, xfs->dir_size, &index_marks,
			index->dir->ino, err) == 0;
}

static unsigned int magic_of(const struct index *index)
{
	const struct index_head *head = (const void *)index->block;
	unsigned int magic = be16_get(head->magic);

	if (!index->xfs->v5)
		return magic;
	return magic == NODE_MAGIC_V5      ? NODE_MAGIC
		: magic == LEAF_MAGIC_V5   ? LEAF_MAGIC
		: magic == SINGLE_MAGIC_V5 ? SINGLE_MAGIC
					   : 0;
}

/* The entries of the block, which are inside it; NULL if they cannot be. */
static const struct index_entry *entries(
	const struct index *index, size_t *count, unsigned int *more)
{
	bool v5 = index->xfs->v5;
	size_t at = v5 ? HEAD_SIZE_V5 : sizeof(struct index_head);
	size_t begin = at + (v5 ? 8 : sizeof(struct index_count));
	struct bytes all = { index->block, index->xfs->dir_size };
	const struct index_count *head = bytes_at(all, at, sizeof(*head));

	*count = be16_get(head->count);
	*more = be16_get(head->more);
	return bytes_at(all, begin, *count * sizeof(struct index_entry));
}

/* The first entry whose hash is not below ours; count if there is none. */
static size_t first_of(
	const struct index_entry *list, size_t count, uint32_t hash)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (be32_get(list[middle].hash) < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Is the name at this place ours?  false: there cannot be one. */
static bool look_at(struct index *index, uint32_t place, struct error *err)
{
	const struct xfs *xfs = index->xfs;
	uint64_t off = (uint64_t)place * PLACE_UNIT;
	size_t pos = off & (xfs->dir_size - 1);
	struct xfs_dirent entry;
	enum xfs_match match;

	off -= pos;
	if (off != index->names_at) {
		index->names_at = UINT64_MAX;
		if (off >= index->dir->size ||
			xfs_dir_block(
				xfs, index->dir, off, index->names, err) != 1 ||
			xfs_dir_names(xfs, index->dir, index->names,
				&index->names_begin, &index->names_end,
				err) < 0)
			return false;
		index->names_at = off;
	}
	if (pos < index->names_begin || pos >= index->names_end ||
		xfs_dirent_at(xfs, index->names, index->names_end, &pos, &entry,
			err) != 1)
		return false;
	match = xfs_dirent_is(xfs, &entry, index->name, index->len);
	if (match > index->match) {
		index->match = match;
		index->ino = entry.ino;
	}
	return true;
}

/* Entries of the leaf from i on; XFS_CANNOT_TELL also if the next goes on. */
static enum xfs_answer search_leaf(
	struct index *index, bool *goes_on, struct error *err)
{
	const struct index_entry *list;
	unsigned int more;
	size_t count, i;
	uint32_t place;

	list = entries(index, &count, &more);
	if (!list)
		return XFS_CANNOT_TELL;
	for (i = first_of(list, count, index->hash); i < count; i++) {
		if (be32_get(list[i].hash) != index->hash) {
			*goes_on = false;
			return XFS_NOT_THERE;
		}
		place = be32_get(list[i].to);
		if (place == NO_PLACE)
			continue;
		if (++index->same > SAME_MAX || !look_at(index, place, err))
			return XFS_CANNOT_TELL;
		if (index->match == XFS_SAME)
			return XFS_FOUND;
	}
	*goes_on = true;
	return XFS_NOT_THERE;
}

/* From this leaf on to where our hash ends. */
static enum xfs_answer search_leaves(struct index *index, struct error *err)
{
	const struct index_head *head = (const void *)index->block;
	unsigned int turn, magic;
	enum xfs_answer answer;
	bool goes_on;
	uint32_t next;

	for (turn = 0; turn < LEAVES_MAX; turn++) {
		magic = magic_of(index);
		if (magic != LEAF_MAGIC && magic != SINGLE_MAGIC)
			return XFS_CANNOT_TELL;
		answer = search_leaf(index, &goes_on, err);
		if (answer != XFS_NOT_THERE)
			return answer;
		next = be32_get(head->next);
		if (!goes_on || magic == SINGLE_MAGIC || next == 0)
			return index->match == XFS_OTHER ? XFS_NOT_THERE
							 : XFS_FOUND;
		if (!read_block(index, next, err))
			break;
	}
	return XFS_CANNOT_TELL;
}

/* From the root down to the first leaf that can have our hash. */
static enum xfs_answer descend(struct index *index, struct error *err)
{
	uint64_t number = XFS_DIR_INDEX >> index->xfs->block_log;
	const struct index_entry *list;
	unsigned int turn, height, above = LEVELS_MAX + 1;
	size_t count, i;

	for (turn = 0; turn <= LEVELS_MAX; turn++) {
		if (!read_block(index, number, err))
			return XFS_CANNOT_TELL;
		if (magic_of(index) != NODE_MAGIC)
			return search_leaves(index, err);
		list = entries(index, &count, &height);
		if (!list || height == 0 || height >= above)
			return XFS_CANNOT_TELL;
		above = height;
		i = first_of(list, count, index->hash);
		if (i == count)
			return XFS_NOT_THERE;
		number = be32_get(list[i].to);
	}
	return XFS_CANNOT_TELL;
}

enum xfs_answer xfs_index_lookup(const struct xfs *xfs,
	const struct xfs_inode *dir, const char *name, size_t len,
	uint64_t *ino, struct error *err)
{
	struct index index;
	enum xfs_answer answer;

	if (!hash_is_known(xfs, name, len))
		return XFS_CANNOT_TELL;
	index.xfs = xfs;
	index.dir = dir;
	index.name = name;
	index.len = len;
	index.hash = hash_name(xfs, name, len);
	index.match = XFS_OTHER;
	index.same = 0;
	index.names_at = UINT64_MAX;
	answer = descend(&index, err);
	if (answer == XFS_FOUND)
		*ino = index.ino;
	return answer;
}
