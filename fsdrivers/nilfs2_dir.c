/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nilfs2_dir.c - names: entries as ext2 has them, with longer numbers, of which
 * none crosses the end of a block
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/dirents.h"
#include "fsdrivers/nilfs2.h"

/* The size of FS_DIR_MAX names of the longest kind, bytes */
#define DIR_SIZE_MAX (UINT64_C(272) * FS_DIR_MAX)

/* Read at once, bytes: more than an entry with the longest name */
#define WINDOW_SIZE 4096

struct raw_entry {
	le64 inode; /* 0: it is free */
	le16 size;  /* bytes to the next; 65535 means 65536 */
	uint8_t name_len;
	uint8_t type;
};

/* there are four bytes more, which are the name's */
static_assert(sizeof(struct raw_entry) == 12, "as in the format");

/* A directory while it is read. */
struct scan {
	struct nilfs2 *nilfs;
	struct nilfs2_inode dir;
	uint64_t at;    /* of the entry, bytes of the directory */
	uint64_t start; /* of the window */
	size_t len;     /* bytes that are in it */
	uint8_t window[WINDOW_SIZE];
};

/* Let len bytes from at on be in the window. */
static int fill(struct scan *scan, size_t len, struct error *err)
{
	uint64_t left = scan->dir.size - scan->at;

	if (scan->at >= scan->start &&
		scan->at - scan->start + len <= scan->len)
		return 0;
	scan->start = scan->at;
	scan->len = left < WINDOW_SIZE ? (size_t)left : WINDOW_SIZE;
	if (len > scan->len)
		return error_set(err, ERR_CORRUPT, "is cut short");
	if (nilfs2_copy(scan->nilfs, &scan->dir, scan->start, scan->window,
		    scan->len, err) < 0) {
		scan->len = 0;
		return -1;
	}
	return 0;
}

/* The entry the scan is at, and how long it is. */
static int read_entry(struct scan *scan, struct dirent *entry, uint64_t *size,
	struct error *err)
{
	uint64_t block_left =
		scan->nilfs->block_size - scan->at % scan->nilfs->block_size;
	const struct raw_entry *raw;

	if (fill(scan, sizeof(*raw), err) < 0)
		return -1;
	raw = (const void *)(scan->window + (scan->at - scan->start));
	*entry = (struct dirent){ le64_get(raw->inode), raw->name_len, NULL };
	*size = le16_get(raw->size);
	if (*size == UINT16_MAX)
		*size = UINT16_MAX + 1;
	if (*size < sizeof(*raw) || *size % 8 != 0 || *size > block_left)
		return error_set(err, ERR_CORRUPT,
			"an entry of %" PRIu64 " bytes", *size);
	if (entry->ino == 0)
		return 0;
	if (entry->len == 0 || entry->len > *size - sizeof(*raw))
		return error_set(err, ERR_CORRUPT,
			"a name of %zu bytes in an entry of %" PRIu64,
			entry->len, *size);
	if (fill(scan, sizeof(*raw) + entry->len, err) < 0)
		return -1;
	entry->name = (const char *)scan->window + (scan->at - scan->start) +
		sizeof(*raw);
	return 0;
}

static int scan_dir(struct fs *fs, const struct fs_node *node,
	dirent_visit *visit, void *ctx, struct error *err)
{
	struct nilfs2 *nilfs = fs->priv;
	struct scan scan = { .nilfs = nilfs };
	struct dirent entry;
	uint64_t size;
	int r = 0;

	if (nilfs2_inode_again(nilfs, node, &scan.dir, err) < 0)
		return -1;
	if (scan.dir.size > DIR_SIZE_MAX)
		return error_set(err, ERR_LIMIT,
			"a directory of more than %" PRIu64 " bytes",
			DIR_SIZE_MAX);
	for (; scan.at < scan.dir.size && r == 0; scan.at += size) {
		if (read_entry(&scan, &entry, &size, err) < 0)
			return error_in(
				err, "the directory at 0x%" PRIx64, scan.at);
		if (entry.ino != 0)
			r = visit(ctx, &entry, err);
	}
	return r;
}

static int node_of(
	struct fs *fs, uint64_t ino, struct fs_node *node, struct error *err)
{
	struct nilfs2_inode inode;

	if (nilfs2_inode_read(fs->priv, ino, &inode, err) < 0)
		return -1;
	*node = nilfs2_node(&inode);
	return 0;
}

static const struct dirents dirents = { scan_dir, node_of };

int nilfs2_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	return dirents_list(&dirents, fs, dir, visit, ctx, err);
}

int nilfs2_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	return dirents_find(&dirents, fs, dir, name, node, err);
}
