/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * minix_dir.c - names in Minix: entries of one size, an inode's number and a
 * name that zeros fill up
 */
#include <string.h>

#include "fsdrivers/dirents.h"
#include "fsdrivers/minix.h"

#define CHUNK_SIZE 4096 /* read at once, bytes; a multiple of each size */

/* The size of FS_DIR_MAX names, bytes */
#define DIR_SIZE_MAX (FS_DIR_MAX * (4 + MINIX_NAME_MAX))

static struct dirent decode(const struct minix *minix, const uint8_t *raw)
{
	bool third = minix->version == 3;
	const char *name = (const char *)raw + (third ? 4 : 2);
	const void *ino = raw;

	return (struct dirent){
		third ? raw32_get(*(const raw32 *)ino, minix->big)
		      : raw16_get(*(const raw16 *)ino, minix->big),
		strnlen(name, minix->name_size),
		name,
	};
}

static int scan_dir(struct fs *fs, const struct fs_node *node,
	dirent_visit *visit, void *ctx, struct error *err)
{
	struct minix *minix = fs->priv;
	size_t size = minix->name_size + (minix->version == 3 ? 4 : 2), at;
	uint8_t chunk[CHUNK_SIZE];
	struct minix_inode dir;
	struct dirent entry;
	uint64_t off, len;
	int r = 0;

	if (minix_inode_load(minix, node, &dir, err) < 0)
		return -1;
	if (dir.size > DIR_SIZE_MAX)
		return error_set(err, ERR_LIMIT,
			"a directory of more than %d bytes", DIR_SIZE_MAX);
	for (off = 0; off < dir.size && r == 0; off += len) {
		len = dir.size - off < CHUNK_SIZE ? dir.size - off : CHUNK_SIZE;
		if (minix_copy(minix, &dir, off, chunk, len, err) < 0)
			return -1;
		for (at = 0; at + size <= len && r == 0; at += size) {
			entry = decode(minix, chunk + at);
			if (entry.ino != 0)
				r = visit(ctx, &entry, err);
		}
	}
	return r;
}

static int node_of(
	struct fs *fs, uint64_t ino, struct fs_node *node, struct error *err)
{
	struct minix_inode inode;

	if (minix_inode_read(fs->priv, (uint32_t)ino, &inode, err) < 0)
		return -1;
	*node = minix_node(&inode);
	return 0;
}

static const struct dirents dirents = { scan_dir, node_of };

int minix_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	return dirents_list(&dirents, fs, dir, visit, ctx, err);
}

int minix_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	return dirents_find(&dirents, fs, dir, name, node, err);
}
