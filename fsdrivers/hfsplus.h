/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hfsplus.h - what the files of the HFS+ driver know of each other
 *
 * hfsplus.c is the driver; below it stand hfsplus_catalog.c (names and files)
 * and hfsplus_names.c (which names are the same), and below these
 * hfsplus_tree.c (B-trees, and where forks lie).  All numbers are big-endian.
 */
#ifndef FSDRIVERS_HFSPLUS_H
#define FSDRIVERS_HFSPLUS_H

#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define HFSPLUS_EXTENTS 8
#define HFSPLUS_NODE_MAX 32768 /* bytes, the largest of a tree */
#define HFSPLUS_NAME_MAX 255   /* units of UTF-16 */

/* The parent of the root, the root, and the file of a tree */
#define HFSPLUS_ABOVE_ROOT 1
#define HFSPLUS_ROOT 2
#define HFSPLUS_EXTENTS_FILE 3
#define HFSPLUS_CATALOG_FILE 4

struct hfsplus_raw_fork {
	be64 size;
	be32 clump;
	be32 blocks;
	struct {
		be32 start;
		be32 count;
	} extents[HFSPLUS_EXTENTS];
};

_Static_assert(sizeof(struct hfsplus_raw_fork) == 80, "as the format has it");

/* Where a file lies; from hfsplus_fork_take(). */
struct hfsplus_fork {
	uint32_t file;   /* whose */
	uint64_t size;   /* bytes, at most what its blocks hold */
	uint64_t blocks; /* of the volume */
	struct hfsplus_raw_fork raw;
};

struct hfsplus_tree {
	const char *name; /* for people */
	struct hfsplus_fork fork;
	uint32_t node_size; /* bytes, 512 to HFSPLUS_NODE_MAX; 0: no tree */
	uint32_t nodes;
	uint32_t root;
	unsigned int depth; /* of the leaves; 0: there is nothing */
	bool extents;       /* the keys are those of extents */
	uint8_t compare;    /* the way that names are compared */
};

struct hfsplus {
	struct volume *vol;
	uint64_t start;      /* bytes into vol: behind an HFS wrapper */
	uint32_t block_size; /* bytes, 512 and more */
	uint64_t blocks;     /* with start they end below 2^63 bytes */
	bool binary;         /* names differ if their case does */
	struct hfsplus_tree extents;
	struct hfsplus_tree catalog;
};

/* hfsplus_tree.c */

int hfsplus_fork_take(const struct hfsplus *hfs, struct hfsplus_fork *fork,
	uint32_t file, const struct hfsplus_raw_fork *raw, struct error *err);

/* Where bytes [from, to) of a fork lie, in rising order without a gap. */
int hfsplus_fork_map(struct hfsplus *hfs, const struct hfsplus_fork *fork,
	uint64_t from, uint64_t to, fs_visit_extent *visit, void *ctx,
	struct error *err);

int hfsplus_fork_read(struct hfsplus *hfs, const struct hfsplus_fork *fork,
	uint64_t off, void *buf, size_t len, struct error *err);

/* Read the header of a tree whose fork is set. */
int hfsplus_tree_open(
	struct hfsplus *hfs, struct hfsplus_tree *tree, struct error *err);

/* What a key begins with: all that a search needs. */
struct hfsplus_key {
	uint64_t first;  /* catalogue: the parent; extents: the file */
	uint64_t second; /* 0 without a name, or 1; fork and first block */
};

struct hfsplus_record {
	struct hfsplus_key key;
	struct bytes raw;  /* the key, without its length */
	struct bytes data; /* at least 2 bytes */
	uint64_t place;    /* for hfsplus_tree_record() */
};

/* Called per record; 0 goes on, 1 stops; -1: with err filled. */
typedef int hfsplus_visit(
	void *ctx, const struct hfsplus_record *record, struct error *err);

/* The records with this key and above, in their order: 0, or visit's answer. */
int hfsplus_tree_walk(struct hfsplus *hfs, const struct hfsplus_tree *tree,
	struct hfsplus_key from, hfsplus_visit *visit, void *ctx,
	struct error *err);

/* The record of a place, in node, which has room for HFSPLUS_NODE_MAX. */
int hfsplus_tree_record(struct hfsplus *hfs, const struct hfsplus_tree *tree,
	uint64_t place, uint8_t *node, struct hfsplus_record *record,
	struct error *err);

/* hfsplus_names.c */

struct hfsplus_name {
	size_t len;                           /* units */
	uint16_t units[4 * HFSPLUS_NAME_MAX]; /* of four parts at most */
};

/*
 * The form of a name that all ways to spell it share: characters taken apart
 * and, unless binary, of one case.  false: it is too long, or not UTF-8.
 */
bool hfsplus_name_fold(
	const char *text, bool binary, struct hfsplus_name *name);

/* hfsplus_pairs.c */

/* The two parts of a character, of which mark may be 0; false: it has none. */
bool hfsplus_take_apart(uint16_t whole, uint16_t *base, uint16_t *mark);

/* hfsplus_catalog.c */

int hfsplus_root(struct fs *fs, struct hfsplus *hfs, struct error *err);

int hfsplus_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int hfsplus_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

/* The data of a file or link, which has to be what it was. */
int hfsplus_load(struct hfsplus *hfs, const struct fs_node *node,
	struct hfsplus_fork *fork, struct error *err);

#endif
