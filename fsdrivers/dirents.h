/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dirents.h - directories that are nothing but names and inode numbers
 *
 * Where no index helps, listing and lookup are the same on every file system:
 * go through all entries, and read the inodes of those that count.
 */
#ifndef FSDRIVERS_DIRENTS_H
#define FSDRIVERS_DIRENTS_H

#include "src/fs/fs.h"

struct dirent {
	uint64_t ino;
	size_t len;
	const char *name; /* any bytes, not terminated */
};

/* Called per entry; 0 goes on, anything else stops and is returned. */
typedef int dirent_visit(
	void *ctx, const struct dirent *entry, struct error *err);

struct dirents {
	/* Every entry in use; "." and ".." may be among them. */
	int (*scan)(struct fs *fs, const struct fs_node *dir,
		dirent_visit *visit, void *ctx, struct error *err);
	/* The node of an inode that an entry names. */
	int (*node)(struct fs *fs, uint64_t ino, struct fs_node *node,
		struct error *err);
};

/* What a driver's readdir() and lookup() do (src/fs/fs.h). */
int dirents_list(const struct dirents *dirents, struct fs *fs,
	const struct fs_node *dir, fs_visit *visit, void *ctx,
	struct error *err);
int dirents_find(const struct dirents *dirents, struct fs *fs,
	const struct fs_node *dir, const char *name, struct fs_node *node,
	struct error *err);

#endif
