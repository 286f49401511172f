/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squashfs_dir.c - directories: listing one and looking a name up
 *
 * A listing is a row of names, sorted by their bytes, in groups of at most 256
 * whose inodes begin in the same metadata block.  A long one has an index
 * behind its inode: for each metadata block of the listing the first name in
 * it.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/squashfs.h"

#define GROUP_MAX 256 /* names, as Linux has it */

/* What stands before each group of names. */
struct group {
	le32 last;   /* how many names there are, less one */
	le32 block;  /* of their inodes, as the table counts */
	le32 number; /* of an inode; only its differences to others are kept */
};

struct dirent {
	le16 off; /* of the inode in what comes of its block */
	le16 number;
	le16 kind;
	le16 last; /* of the name: its length, less one */
};

struct index_entry {
	le32 pos;   /* of the first name in the listing, bytes */
	le32 block; /* with that name, as the table counts */
	le32 last;  /* of the name: its length, less one */
};

_Static_assert(sizeof(struct group) == 12, "as the format has it");
_Static_assert(sizeof(struct dirent) == 8, "as the format has it");
_Static_assert(sizeof(struct index_entry) == 12, "as the format has it");

/* A listing being read. */
struct scan {
	struct squashfs *sq;
	struct squashfs_at at;
	uint64_t left;  /* bytes of the listing from there */
	uint64_t stop;  /* bytes left before which no group is begun */
	uint32_t count; /* names so far */
	uint32_t names; /* left in the group */
	uint32_t block; /* of the group's inodes */
	uint64_t id;    /* of the inode of the name that was read last */
	char name[FS_NAME_MAX + 1];
};

static void scan_start(struct scan *scan, struct squashfs *sq,
	const struct squashfs_inode *dir)
{
	scan->sq = sq;
	scan->at = dir->listing;
	scan->left = dir->size;
	scan->stop = 0;
	scan->count = 0;
	scan->names = 0;
}

static int take(struct scan *scan, void *buf, uint32_t len, struct error *err)
{
	if (len > scan->left)
		return error_set(err, ERR_CORRUPT,
			"the listing ends inside of an entry");
	if (squashfs_table_read(
		    scan->sq, &scan->at, scan->sq->size, buf, len, err) < 0)
		return -1;
	scan->left -= len;
	return 0;
}

static int next_group(struct scan *scan, struct error *err)
{
	struct group group;
	uint32_t last;

	if (take(scan, &group, sizeof(group), err) < 0)
		return -1;
	last = le32_get(group.last);
	if (last >= GROUP_MAX)
		return error_set(err, ERR_CORRUPT,
			"a group of %" PRIu64 " names, at most %d are allowed",
			(uint64_t)last + 1, GROUP_MAX);
	scan->names = last + 1;
	scan->block = le32_get(group.block);
	return 0;
}

/* A name of "last" bytes and one more; no path could lead to any other. */
static int take_name(struct scan *scan, uint32_t last, struct error *err)
{
	size_t len = (size_t)last + 1;

	if (len > FS_NAME_MAX)
		return error_set(err, ERR_CORRUPT, "a name of %zu bytes", len);
	if (take(scan, scan->name, (uint32_t)len, err) < 0)
		return -1;
	scan->name[len] = '\0';
	if (strlen(scan->name) < len || strchr(scan->name, '/') ||
		strcmp(scan->name, ".") == 0 || strcmp(scan->name, "..") == 0)
		return error_set(
			err, ERR_CORRUPT, "an entry with a name that is none");
	return 0;
}

/* The next name: 1, or 0 at the end. */
static int scan_next(struct scan *scan, struct error *err)
{
	struct dirent entry;

	if (scan->names == 0 && scan->left <= scan->stop)
		return 0;
	if (++scan->count > FS_DIR_MAX)
		return error_set(err, ERR_LIMIT,
			"a directory with more than %d names", FS_DIR_MAX);
	if (scan->names == 0 && next_group(scan, err) < 0)
		return -1;
	if (take(scan, &entry, sizeof(entry), err) < 0 ||
		take_name(scan, le16_get(entry.last), err) < 0)
		return -1;
	scan->names--;
	scan->id = (uint64_t)scan->block << 16 | le16_get(entry.off);
	return 1;
}

static int load(struct squashfs *sq, uint64_t id, struct fs_node *node,
	struct error *err)
{
	struct squashfs_inode inode;

	if (squashfs_inode_read(sq, id, &inode, err) < 0)
		return -1;
	*node = squashfs_node(id, &inode);
	return 0;
}

int squashfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct squashfs *sq = fs->priv;
	struct squashfs_inode inode;
	struct fs_node node;
	struct scan scan;
	int r;

	if (squashfs_inode_again(sq, dir, &inode, err) < 0)
		return -1;
	scan_start(&scan, sq, &inode);
	while ((r = scan_next(&scan, err)) > 0) {
		if (load(sq, scan.id, &node, err) < 0)
			return error_in(err, "\"%s\"", scan.name);
		r = visit(ctx, scan.name, &node, err);
		if (r != 0)
			break;
	}
	return r;
}

/* The next entry of an index and the name in it. */
static int next_entry(struct squashfs *sq, struct squashfs_at *at,
	struct index_entry *entry, char name[FS_NAME_MAX + 1],
	struct error *err)
{
	uint32_t last;

	if (squashfs_table_read(
		    sq, at, sq->directories, entry, sizeof(*entry), err) < 0)
		return -1;
	last = le32_get(entry->last);
	if (last >= FS_NAME_MAX)
		return error_set(err, ERR_CORRUPT,
			"index: a name of %" PRIu64 " bytes",
			(uint64_t)last + 1);
	if (squashfs_table_read(sq, at, sq->directories, name, last + 1, err) <
		0)
		return -1;
	name[last + 1] = '\0';
	return 0;
}

/* Narrow a scan to the part of the listing in which a name would be. */
static int use_index(struct scan *scan, const struct squashfs_inode *dir,
	const char *wanted, struct error *err)
{
	struct squashfs *sq = scan->sq;
	struct squashfs_at at = dir->rest;
	uint64_t from = 0, to = dir->size, pos;
	char name[FS_NAME_MAX + 1];
	struct index_entry entry;
	uint32_t i;

	for (i = 0; i < dir->index_count; i++) {
		if (next_entry(sq, &at, &entry, name, err) < 0)
			return -1;
		pos = le32_get(entry.pos);
		if (pos < from || pos > dir->size)
			return error_set(err, ERR_CORRUPT,
				"index: an entry for byte %" PRIu64
				" of %" PRIu64 " behind one for %" PRIu64,
				pos, dir->size, from);
		if (strcmp(name, wanted) > 0) {
			to = pos;
			break;
		}
		from = pos;
		scan->at.block = sq->directories + le32_get(entry.block);
		scan->at.off =
			(dir->listing.off + pos) % SQUASHFS_METADATA_SIZE;
	}
	scan->left = dir->size - from;
	scan->stop = dir->size - to;
	return 0;
}

int squashfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct squashfs *sq = fs->priv;
	struct squashfs_inode inode;
	struct scan scan;
	int r;

	if (squashfs_inode_again(sq, dir, &inode, err) < 0)
		return -1;
	scan_start(&scan, sq, &inode);
	if (use_index(&scan, &inode, name, err) < 0)
		return -1;
	while ((r = scan_next(&scan, err)) > 0)
		if (strcmp(scan.name, name) == 0)
			break;
	if (r <= 0)
		return r;
	return load(sq, scan.id, node, err) < 0 ? -1 : 1;
}
