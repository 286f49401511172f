/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * erofs_dir.c - directories: listing one and looking a name up
 *
 * Each block of a directory stands alone: entries of twelve bytes, of which the
 * first says by where its name begins how many there are, then the names.  They
 * are sorted by their bytes, over all blocks.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/erofs.h"

struct dirent {
	le64 nid;
	le16 name; /* where it begins in the block, bytes */
	uint8_t type;
	uint8_t reserved;
};

_Static_assert(sizeof(struct dirent) == 12, "as the format has it");

/* A block of a directory. */
struct block {
	struct erofs *erofs;
	struct erofs_inode dir;
	uint64_t number;
	size_t len; /* bytes; the last may be shorter */
	unsigned int count;
	uint8_t data[1 << EROFS_BLOCK_BITS_MAX];
};

static const struct dirent *entry_of(const struct block *block, unsigned int i)
{
	return (const struct dirent *)(const void *)block->data + i;
}

static int load(struct block *block, uint64_t number, struct error *err)
{
	uint64_t size = UINT64_C(1) << block->erofs->block_bits;
	uint64_t off = number * size;
	unsigned int names;

	block->number = number;
	block->len =
		(size_t)(block->dir.size - off < size ? block->dir.size - off
						      : size);
	if (erofs_inode_data(block->erofs, &block->dir, off, block->data,
		    block->len, err) < 0)
		return -1;
	names = block->len < sizeof(struct dirent)
		? 0
		: le16_get(entry_of(block, 0)->name);
	block->count = names / (unsigned int)sizeof(struct dirent);
	if (names % sizeof(struct dirent) != 0 || names == 0 ||
		names > block->len)
		return error_set(err, ERR_CORRUPT,
			"directory block %" PRIu64 ": names from byte %u on",
			number, names);
	return 0;
}

/* A name, terminated, and its length. */
static int get_name(const struct block *block, unsigned int i,
	char name[FS_NAME_MAX + 1], struct error *err)
{
	size_t from = le16_get(entry_of(block, i)->name), to = block->len, len;

	if (i + 1 < block->count)
		to = le16_get(entry_of(block, i + 1)->name);
	if (from > to || to > block->len)
		return error_set(err, ERR_CORRUPT,
			"directory block %" PRIu64
			": a name from byte %zu to %zu",
			block->number, from, to);
	len = strnlen((const char *)block->data + from, to - from);
	if (len == 0 || len > FS_NAME_MAX)
		return error_set(err, ERR_CORRUPT,
			"directory block %" PRIu64 ": a name of %zu bytes",
			block->number, len);
	memcpy(name, block->data + from, len);
	name[len] = '\0';
	return 0;
}

static int node_of(const struct block *block, unsigned int i,
	struct fs_node *node, struct error *err)
{
	struct erofs_inode inode;

	if (erofs_inode_read(block->erofs, le64_get(entry_of(block, i)->nid),
		    &inode, err) < 0)
		return -1;
	*node = erofs_node(&inode);
	return 0;
}

static int open_dir(struct block *block, struct fs *fs,
	const struct fs_node *dir, struct error *err)
{
	block->erofs = fs->priv;
	return erofs_inode_read(block->erofs, dir->id, &block->dir, err);
}

static uint64_t blocks_of(const struct block *block)
{
	unsigned int bits = block->erofs->block_bits;

	return (block->dir.size + (UINT64_C(1) << bits) - 1) >> bits;
}

static int visit_entry(const struct block *block, unsigned int i,
	fs_visit *visit, void *ctx, struct error *err)
{
	char name[FS_NAME_MAX + 1];
	struct fs_node node;

	if (get_name(block, i, name, err) < 0)
		return -1;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	if (!fs_name_valid(name, strlen(name)))
		return error_set(
			err, ERR_CORRUPT, "an entry with a name that is none");
	if (node_of(block, i, &node, err) < 0)
		return error_in(err, "\"%s\"", name);
	return visit(ctx, name, &node, err);
}

int erofs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct block block;
	uint64_t number, names = 0;
	unsigned int i;
	int r;

	if (open_dir(&block, fs, dir, err) < 0)
		return -1;
	for (number = 0; number < blocks_of(&block); number++) {
		if (load(&block, number, err) < 0)
			return -1;
		names += block.count;
		if (names > FS_DIR_MAX + 2)
			return error_set(err, ERR_LIMIT,
				"a directory with more than %d names",
				FS_DIR_MAX);
		for (i = 0; i < block.count; i++) {
			r = visit_entry(&block, i, visit, ctx, err);
			if (r != 0)
				return r;
		}
	}
	return 0;
}

/* Find a name in the block: as strcmp() in *order, and which it is in *i. */
static int search_block(const struct block *block, const char *wanted,
	unsigned int *i, int *order, struct error *err)
{
	unsigned int low = 0, high = block->count;
	char name[FS_NAME_MAX + 1];

	*order = 1;
	while (low < high && *order != 0) {
		*i = low + (high - low) / 2;
		if (get_name(block, *i, name, err) < 0)
			return -1;
		*order = strcmp(wanted, name);
		if (*order > 0)
			low = *i + 1;
		else
			high = *i;
	}
	/* in front of all names: only then before this block */
	if (*order != 0)
		*order = low == 0 ? -1 : 1;
	return 0;
}

int erofs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	uint64_t low = 0, high, middle;
	struct block block;
	unsigned int i = 0;
	int order;

	if (open_dir(&block, fs, dir, err) < 0)
		return -1;
	/* the name is in the last block whose first name is not behind it */
	for (high = blocks_of(&block); low < high;) {
		middle = low + (high - low) / 2;
		if (load(&block, middle, err) < 0 ||
			search_block(&block, name, &i, &order, err) < 0)
			return -1;
		if (order == 0)
			return node_of(&block, i, node, err) < 0 ? -1 : 1;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 0;
}
