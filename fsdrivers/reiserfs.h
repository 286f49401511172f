/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reiserfs.h - what the files of the ReiserFS driver know of each other
 *
 * reiserfs.c is the driver; below it stand reiserfs_dir.c (names) and
 * reiserfs_data.c (contents of files), below these reiserfs_tree.c, and at the
 * bottom reiserfs_block.c, which keeps blocks, and reiserfs_journal.c.
 *
 * Everything is an item of one tree, ordered by key: the directory an object
 * was made in, the object, an offset in it, and what kind of item it is.
 */
#ifndef FSDRIVERS_REISERFS_H
#define FSDRIVERS_REISERFS_H

#include <stdbool.h>

#include "fsdrivers/blockcache.h"
#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define REISERFS_BLOCK_MIN 512
#define REISERFS_BLOCK_MAX 32768 /* the field has 16 bits */

/* A block of which the journal holds a newer version. */
struct reiserfs_logged {
	uint32_t block;
	uint32_t copy;  /* the block of the journal with it */
	uint32_t order; /* of two versions the larger is the newer */
};

struct reiserfs {
	struct volume *vol;
	struct arena *arena;
	uint32_t block_size; /* bytes, a power of two */
	uint32_t blocks;     /* 0 .. blocks - 1 exist, if the volume has them */
	uint32_t root;       /* the block of the tree's root */

	struct reiserfs_logged *logged; /* by block, each once */
	size_t logged_count;
	size_t logged_capacity;

	struct blockcache cache;
};

/* reiserfs_journal.c */

/*
 * Find what the journal, whose blocks are first to first + size, with its
 * header behind, holds of transactions that were finished but not written to
 * their places.
 */
int reiserfs_journal_load(
	struct reiserfs *rs, uint32_t first, uint32_t size, struct error *err);

/* reiserfs_block.c */

/* Where the newest version of a block that exists begins, bytes. */
uint64_t reiserfs_block_at(const struct reiserfs *rs, uint32_t block);

/* A block of the tree, valid until seven others were asked for; or NULL. */
const uint8_t *reiserfs_block(
	struct reiserfs *rs, uint32_t block, struct error *err);

/* reiserfs_tree.c */

/* In the order in which they are sorted. */
enum {
	REISERFS_STAT,     /* what an inode is elsewhere */
	REISERFS_INDIRECT, /* numbers of blocks */
	REISERFS_DIRECT,   /* bytes */
	REISERFS_NAMES,
	REISERFS_ANY = 15, /* is behind all */
};

struct reiserfs_key {
	uint32_t dir;
	uint32_t object;
	uint64_t off; /* of contents: counted from 1 */
	unsigned int kind;
};

struct reiserfs_item {
	struct reiserfs_key key;
	unsigned int version; /* 0: of 3.5 */
	unsigned int count;   /* of names */
	struct bytes body;    /* valid as long as its block */
	uint64_t at;          /* where body begins in the volume, bytes */
};

/* The last item that is not behind key: 1, or 0 if there is none nearby. */
int reiserfs_find(struct reiserfs *rs, const struct reiserfs_key *key,
	struct reiserfs_item *item, struct error *err);

/* The first item behind key: 1, or 0 at the end of the tree. */
int reiserfs_next(struct reiserfs *rs, const struct reiserfs_key *key,
	struct reiserfs_item *item, struct error *err);

/* reiserfs_dir.c */

/* The node of an object; ERR_CORRUPT if there is none. */
int reiserfs_stat(struct reiserfs *rs, uint32_t dir, uint32_t object,
	struct fs_node *node, struct error *err);

int reiserfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int reiserfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

/* Nodes are known by the key of their object. */
static inline uint64_t reiserfs_id(uint32_t dir, uint32_t object)
{
	return (uint64_t)dir << 32 | object;
}

static inline struct reiserfs_key reiserfs_key_of(
	const struct fs_node *node, uint64_t off)
{
	return (struct reiserfs_key){
		.dir = (uint32_t)(node->id >> 32),
		.object = (uint32_t)node->id,
		.off = off,
		.kind = REISERFS_ANY,
	};
}

/* Is this a piece of that kind of the object? */
static inline bool reiserfs_is_of(
	const struct reiserfs_item *item, const struct reiserfs_key *key)
{
	return item->key.dir == key->dir && item->key.object == key->object;
}

/* reiserfs_data.c */

int reiserfs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err);
int reiserfs_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err);

#endif
