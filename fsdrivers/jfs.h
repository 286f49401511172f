/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * jfs.h - what the files of the JFS driver know of each other
 *
 * jfs.c is the driver; below it stand jfs_dir.c (names) and jfs_data.c
 * (contents of files), and below these jfs_inode.c, which finds inodes and the
 * extents of a file.
 */
#ifndef FSDRIVERS_JFS_H
#define FSDRIVERS_JFS_H

#include <stdbool.h>

#include "fsdrivers/blockcache.h"
#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define JFS_PAGE 4096 /* bytes of a page of a tree, whatever the blocks are */
#define JFS_INODE 512 /* bytes of an inode */

#define JFS_ROOT 2 /* inode of the root directory */

/* An inode's own part of a tree, or the data that need no tree: bytes. */
#define JFS_TREE_AT 224
#define JFS_TREE_SIZE 288
#define JFS_INLINE_AT 256
#define JFS_INLINE_MAX 256 /* a link with a shorter target has it there */

struct jfs_inode {
	uint64_t number;
	enum fs_type type;
	uint64_t size;
	int64_t mtime;
	uint8_t raw[JFS_INODE];
};

struct jfs {
	struct volume *vol;
	uint32_t block_size;  /* bytes, 512 to 4096 */
	bool indexed;         /* names have a number that says when they came */
	bool fold;            /* names were made by OS/2, which knows no case */
	struct jfs_inode map; /* the file that says where inodes are */
	struct blockcache cache; /* pages */
};

/* Blocks of the volume: 24 bits of how many, 40 bits where. */
struct jfs_pxd {
	uint8_t len[3];
	uint8_t high;
	le32 low;
};

static inline uint64_t jfs_pxd_block(const struct jfs_pxd *pxd)
{
	return (uint64_t)pxd->high << 32 | le32_get(pxd->low);
}

static inline uint32_t jfs_pxd_len(const struct jfs_pxd *pxd)
{
	return (uint32_t)pxd->len[0] | (uint32_t)pxd->len[1] << 8 |
		(uint32_t)pxd->len[2] << 16;
}

/* jfs_inode.c */

/* A page of a tree, valid until some others were asked for; or NULL. */
const uint8_t *jfs_page(struct jfs *jfs, uint64_t block, struct error *err);

/* Of inode number 16 of the first table, which has the map of all others. */
int jfs_map_open(struct jfs *jfs, struct error *err);

/* Messages begin with "inode <number>". */
int jfs_inode_read(struct jfs *jfs, uint64_t number, struct jfs_inode *inode,
	struct error *err);

/* The inode behind a node, which has to be what it was. */
int jfs_inode_again(struct jfs *jfs, const struct fs_node *node,
	struct jfs_inode *inode, struct error *err);

struct fs_node jfs_node(const struct jfs_inode *inode);

/* Bytes of a file that lie one behind the other, or a hole. */
struct jfs_extent {
	uint64_t end; /* in the file, bytes: behind where it was asked for */
	uint64_t vol; /* of the byte asked for, or FS_HOLE */
};

int jfs_extent_at(struct jfs *jfs, const struct jfs_inode *inode, uint64_t off,
	struct jfs_extent *extent, struct error *err);

/* jfs_dir.c */

int jfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int jfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

/* jfs_data.c */

int jfs_read(struct fs *fs, const struct fs_node *node, uint64_t off, void *buf,
	size_t len, struct error *err);
int jfs_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err);

#endif
