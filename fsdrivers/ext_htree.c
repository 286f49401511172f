/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext_htree.c - the index of a large directory: names by their hash
 *
 * Block 0 and those below it hold hashes in rising order, each with the block
 * where names of that hash and more begin.  The blocks of names are ordinary
 * ones, so whatever is strange here is answered with "cannot tell".
 */
#include "fsdrivers/ext.h"

#include <assert.h>

struct htree_root {
	uint8_t dots[24]; /* "." and "..", so that it is a block of names too */
	le32 zero;
	uint8_t hash_version;
	uint8_t info_len; /* bytes from zero on */
	uint8_t levels;   /* of nodes between this and the names */
	uint8_t flags;
};

struct htree_entry {
	le32 hash; /* bit 0: the hash before goes on here */
	le32 block;
};

/* The first entry's hash is always 0, and its place used for these. */
struct htree_count {
	le16 limit;
	le16 count;
};

static_assert(sizeof(struct htree_root) == 32, "as in the format");
static_assert(sizeof(struct htree_entry) == 8, "as in the format");

#define ROOT_ENTRIES sizeof(struct htree_root)
#define NODE_ENTRIES 8 /* behind one nameless entry */
#define LEVELS_MAX 2   /* 1 without the feature "large_dir" */
#define BLOCK_MASK 0x0fffffff

struct htree {
	struct ext *ext;
	const struct ext_inode *dir;
	const char *name;
	size_t len;
	uint32_t hash;
	uint32_t bound; /* where the next node's hashes begin; 0: no next */
	uint32_t *ino;  /* set once found */
};

enum { NOT_THERE, FOUND, UNKNOWN };

static int keep_pblk(void *ctx, const struct ext_run *run, struct error *err)
{
	uint64_t *pblk = ctx;

	(void)err;
	*pblk = run->pblk;
	return 0;
}

/* A block of the directory, counted from its start. */
static const uint8_t *read_block(
	struct htree *tree, uint32_t index, struct error *err)
{
	struct ext *ext = tree->ext;
	uint64_t pblk = FS_HOLE;

	if (index >= tree->dir->size / ext->block_size ||
		ext_map(ext, tree->dir, index, (uint64_t)index + 1, keep_pblk,
			&pblk, err) < 0 ||
		pblk == FS_HOLE)
		return NULL;
	return ext_dir_block(ext, tree->dir, pblk, err);
}

/* The entries of a node, checked to lie in the block; NULL if they do not. */
static const struct htree_entry *node_entries(
	const struct ext *ext, const uint8_t *block, size_t at, size_t *count)
{
	struct bytes all = { block, ext->block_size };
	const struct htree_count *head = bytes_at(all, at, sizeof(*head));

	if (!head)
		return NULL;
	*count = le16_get(head->count);
	if (*count == 0 || *count > le16_get(head->limit))
		return NULL;
	return bytes_at(all, at, *count * sizeof(struct htree_entry));
}

/* The last entry whose hash is not above ours. */
static size_t choose(
	const struct htree_entry *list, size_t count, uint32_t hash)
{
	size_t low = 0, high = count, mid;

	while (high - low > 1) {
		mid = low + (high - low) / 2;
		if (le32_get(list[mid].hash) > hash)
			high = mid;
		else
			low = mid;
	}
	return low;
}

/* Look through one block of names. */
static int search_leaf(struct htree *tree, uint32_t index, struct error *err)
{
	const uint8_t *block = read_block(tree, index, err);
	struct bytes piece = { block, tree->ext->block_size };
	struct ext_dirent entry;
	size_t pos = 0;
	int r;

	if (!block)
		return UNKNOWN;
	while ((r = ext_dirent_next(tree->ext, piece, &pos, &entry, err)) > 0)
		if (ext_dirent_is(tree->ext, tree->dir, &entry, tree->name,
			    tree->len)) {
			*tree->ino = entry.ino;
			return FOUND;
		}
	return r < 0 ? UNKNOWN : NOT_THERE;
}

/* Does a block that begins at this hash go on with names of ours? */
static bool goes_on(const struct htree *tree, uint32_t begins)
{
	return (begins & ~1U) == tree->hash && begins != 0;
}

/*
 * The lowest node's entry at i is where our names begin; those of one hash may
 * fill several blocks.  Each turn takes another entry.
 */
static int search_leaves(
	struct htree *tree, size_t block_index, size_t at, struct error *err)
{
	const struct htree_entry *list;
	const uint8_t *node;
	size_t count, i, turn;
	int r;

	for (turn = 0;; turn++) {
		/* again each time: a leaf may have taken the node's slot */
		node = read_block(tree, (uint32_t)block_index, err);
		list = node ? node_entries(tree->ext, node, at, &count) : NULL;
		if (!list)
			return UNKNOWN;
		i = choose(list, count, tree->hash) + turn;
		if (i >= count)
			return goes_on(tree, tree->bound) ? UNKNOWN : NOT_THERE;
		if (turn > 0 && !goes_on(tree, le32_get(list[i].hash)))
			return NOT_THERE;
		r = search_leaf(
			tree, le32_get(list[i].block) & BLOCK_MASK, err);
		if (r != NOT_THERE)
			return r;
	}
}

/* From the root down to the lowest node. */
static int descend(struct htree *tree, unsigned int levels, struct error *err)
{
	const struct htree_entry *list;
	const uint8_t *node;
	size_t count, i, at = ROOT_ENTRIES;
	uint32_t index = 0;

	for (; levels > 0; levels--) {
		node = read_block(tree, index, err);
		list = node ? node_entries(tree->ext, node, at, &count) : NULL;
		if (!list)
			return UNKNOWN;
		i = choose(list, count, tree->hash);
		if (i + 1 < count)
			tree->bound = le32_get(list[i + 1].hash);
		index = le32_get(list[i].block) & BLOCK_MASK;
		at = NODE_ENTRIES;
	}
	return search_leaves(tree, index, at, err);
}

static bool hash_name(struct htree *tree, unsigned int version)
{
	struct ext2_super_block *super = tree->ext->lib->super;
	int fold = tree->dir->flags & EXT4_CASEFOLD_FL;

	if (version > EXT2_HASH_TEA)
		return false;
	if (super->s_flags & EXT2_FLAGS_UNSIGNED_HASH)
		version += EXT2_HASH_LEGACY_UNSIGNED;
	return ext2fs_dirhash2((int)version, tree->name, (int)tree->len,
		       tree->ext->lib->encoding, fold, super->s_hash_seed,
		       &tree->hash, NULL) == 0;
}

int ext_htree_lookup(struct ext *ext, const struct ext_inode *dir,
	const char *name, size_t len, uint32_t *ino, struct error *err)
{
	struct htree tree = {
		.ext = ext,
		.dir = dir,
		.name = name,
		.len = len,
		.ino = ino,
	};
	const struct htree_root *root;

	if (!(dir->flags & EXT2_INDEX_FL) ||
		(dir->flags & EXT4_INLINE_DATA_FL) ||
		!ext2fs_has_feature_dir_index(ext->lib->super))
		return UNKNOWN;
	root = (const void *)read_block(&tree, 0, err);
	if (!root || le32_get(root->zero) != 0 || root->info_len != 8 ||
		root->levels > LEVELS_MAX ||
		!hash_name(&tree, root->hash_version))
		return UNKNOWN;
	return descend(&tree, root->levels, err);
}
