/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * minix.h - what the two files of the Minix driver know of each other
 *
 * minix.c is the driver, with inodes and where files lie; minix_dir.c names.
 */
#ifndef FSDRIVERS_MINIX_H
#define FSDRIVERS_MINIX_H

#include "src/base/bytes.h"
#include "src/fs/fs.h"

#define MINIX_NAME_MAX 60
#define MINIX_POINTERS 40 /* bytes of all of an inode */

struct minix {
	struct volume *vol;
	bool big;               /* the first byte of a number counts most */
	unsigned int version;   /* 1, 2 or 3 */
	unsigned int name_size; /* bytes of a name, 14, 30 or 60 */
	uint32_t block_size;    /* bytes, 1024 to 32768 */
	uint32_t inodes;
	uint64_t table; /* where inode 1 is, bytes */
	uint64_t start; /* where data begin, bytes */
	uint64_t size;  /* of the file system, bytes, at most 2^47 */
};

struct minix_inode {
	uint32_t ino;
	enum fs_type type;
	uint32_t size; /* bytes */
	uint32_t mtime;
	uint8_t pointers[MINIX_POINTERS];
};

int minix_inode_read(struct minix *minix, uint32_t ino,
	struct minix_inode *inode, struct error *err);

/* The inode behind a node, which has to be what it was. */
int minix_inode_load(struct minix *minix, const struct fs_node *node,
	struct minix_inode *inode, struct error *err);

struct fs_node minix_node(const struct minix_inode *inode);

/* len bytes of an inode from off, which are inside. */
int minix_copy(struct minix *minix, const struct minix_inode *inode,
	uint64_t off, void *buf, size_t len, struct error *err);

int minix_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err);
int minix_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err);

#endif
