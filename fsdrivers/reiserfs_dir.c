/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reiserfs_dir.c - directories: listing one and looking a name up
 *
 * A directory is a row of items with names, sorted by a number that is made of
 * the name by one of three hashes and a counter.  Names are found without it,
 * by reading all: so it does not matter which hash it was, or that machines
 * have disagreed on what it makes of letters beyond ASCII.
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/reiserfs.h"

/* What an inode is elsewhere, of 3.5 and of 3.6. */
struct old_stat {
	le16 mode;
	le16 links;
	le16 uid;
	le16 gid;
	le32 size;
	le32 atime;
	le32 mtime;
	le32 ctime;
	le32 device;
	le32 first_direct;
};

struct new_stat {
	le16 mode;
	le16 attributes;
	le32 links;
	le64 size;
	le32 uid;
	le32 gid;
	le32 atime;
	le32 mtime;
	le32 ctime;
	le32 blocks;
	le32 device;
};

struct entry {
	le32 off; /* by which they are sorted */
	le32 dir; /* of the object */
	le32 object;
	le16 at; /* of the name, in the item */
	le16 state;
};

static_assert(sizeof(struct old_stat) == 32, "as in the format");
static_assert(sizeof(struct new_stat) == 44, "as in the format");
static_assert(sizeof(struct entry) == 16, "as in the format");

#define STATE_VISIBLE 4 /* not of a file that was unlinked while open */

/* A listing in progress. */
struct scan {
	struct reiserfs *rs;
	struct reiserfs_key key; /* of the next entry, or before it */
	uint32_t dir;            /* of the object of the last entry */
	uint32_t object;
	char name[FS_NAME_MAX + 1]; /* of the last entry */
};

static int decode_stat(const struct reiserfs_item *item, struct fs_node *node,
	struct error *err)
{
	const struct old_stat *old;
	const struct new_stat *new;

	if (item->version == 0) {
		old = bytes_at(item->body, 0, sizeof(*old));
		if (!old)
			return error_set(err, ERR_CORRUPT, "too short");
		node->type = fs_type_of_mode(le16_get(old->mode));
		node->size = le32_get(old->size);
		node->mtime = le32_get(old->mtime);
		return 0;
	}
	new = bytes_at(item->body, 0, sizeof(*new));
	if (!new)
		return error_set(err, ERR_CORRUPT, "too short");
	node->type = fs_type_of_mode(le16_get(new->mode));
	node->size = le64_get(new->size);
	node->mtime = le32_get(new->mtime);
	/* an offset has 60 bits */
	if (node->size >= UINT64_C(1) << 60)
		return error_set(err, ERR_CORRUPT,
			"a size of %" PRIu64 " bytes", node->size);
	return 0;
}

static int load_stat(struct reiserfs *rs, const struct reiserfs_key *key,
	struct fs_node *node, struct error *err)
{
	struct reiserfs_item item;
	int found = reiserfs_find(rs, key, &item, err);

	if (found < 0)
		return -1;
	if (!found || !reiserfs_is_of(&item, key) || item.key.off != 0)
		return error_set(err, ERR_CORRUPT, "does not exist");
	return decode_stat(&item, node, err);
}

int reiserfs_stat(struct reiserfs *rs, uint32_t dir, uint32_t object,
	struct fs_node *node, struct error *err)
{
	const struct reiserfs_key key = { dir, object, 0, REISERFS_STAT };

	*node = (struct fs_node){ .id = reiserfs_id(dir, object) };
	if (load_stat(rs, &key, node, err) < 0)
		return error_in(
			err, "object %" PRIu32 " %" PRIu32, dir, object);
	return 0;
}

/* The name of an entry: from where it says to where the one before begins. */
static int take_name(struct scan *scan, const struct reiserfs_item *item,
	unsigned int index, struct error *err)
{
	const struct entry *entries = (const void *)item->body.data;
	size_t at = le16_get(entries[index].at), len;
	size_t end =
		index > 0 ? le16_get(entries[index - 1].at) : item->body.len;
	const char *name = at < end ? bytes_at(item->body, at, end - at) : NULL;

	/* filled up with NULs */
	len = name ? strnlen(name, end - at) : 0;
	if (len > 0 && len <= 2 && memcmp(name, "..", len) == 0) {
		scan->name[0] = '\0';
		return 0;
	}
	if (!name || !fs_name_valid(name, len))
		return error_set(
			err, ERR_CORRUPT, "an entry with a name that is none");
	memcpy(scan->name, name, len);
	scan->name[len] = '\0';
	return 0;
}

static bool is_names(
	const struct reiserfs_item *item, const struct reiserfs_key *key)
{
	return item->key.kind == REISERFS_NAMES && reiserfs_is_of(item, key);
}

/* The first entry of an item from scan->key on: 1, or 0. */
static int next_in_item(
	struct scan *scan, const struct reiserfs_item *item, struct error *err)
{
	const struct entry *entries =
		bytes_at(item->body, 0, item->count * sizeof(struct entry));
	unsigned int i;

	if (!entries)
		return error_set(err, ERR_CORRUPT,
			"%u names do not fit into %zu bytes", item->count,
			item->body.len);
	for (i = 0; i < item->count; i++)
		if (le32_get(entries[i].off) >= scan->key.off)
			break;
	if (i == item->count)
		return 0;
	scan->key.off = (uint64_t)le32_get(entries[i].off) + 1;
	scan->dir = le32_get(entries[i].dir);
	scan->object = le32_get(entries[i].object);
	if (!(le16_get(entries[i].state) & STATE_VISIBLE))
		scan->name[0] = '\0';
	else if (take_name(scan, item, i, err) < 0)
		return -1;
	return 1;
}

/* The next entry, whose name is "" if it does not count: 1, or 0. */
static int next_entry(struct scan *scan, struct error *err)
{
	struct reiserfs_item item;
	int r = reiserfs_find(scan->rs, &scan->key, &item, err);

	if (r < 0)
		return -1;
	if (r > 0 && is_names(&item, &scan->key)) {
		r = next_in_item(scan, &item, err);
		if (r != 0)
			return r;
	}
	r = reiserfs_next(scan->rs, &scan->key, &item, err);
	if (r <= 0 || !is_names(&item, &scan->key))
		return r < 0 ? -1 : 0;
	scan->key.off = item.key.off; /* is behind it, so this ends */
	scan->name[0] = '\0';
	return 1;
}

/* The next name: 1, or 0 at the end. */
static int scan_next(struct scan *scan, struct error *err)
{
	int r;

	do
		r = next_entry(scan, err);
	while (r > 0 && scan->name[0] == '\0');
	return r;
}

static void scan_start(
	struct scan *scan, struct reiserfs *rs, const struct fs_node *dir)
{
	scan->rs = rs;
	/* where "." is: the first that there can be */
	scan->key = reiserfs_key_of(dir, 1);
}

int reiserfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct reiserfs *rs = fs->priv;
	struct fs_node node;
	struct scan scan;
	int r;

	scan_start(&scan, rs, dir);
	while ((r = scan_next(&scan, err)) > 0) {
		if (reiserfs_stat(rs, scan.dir, scan.object, &node, err) < 0)
			return error_in(err, "\"%s\"", scan.name);
		r = visit(ctx, scan.name, &node, err);
		if (r != 0)
			break;
	}
	return r;
}

int reiserfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct reiserfs *rs = fs->priv;
	unsigned int count = 0;
	struct scan scan;
	int r;

	scan_start(&scan, rs, dir);
	while ((r = scan_next(&scan, err)) > 0) {
		if (strcmp(scan.name, name) == 0)
			break;
		if (++count == FS_DIR_MAX)
			return error_set(err, ERR_LIMIT,
				"a directory with more than %d names",
				FS_DIR_MAX);
	}
	if (r <= 0)
		return r;
	return reiserfs_stat(rs, scan.dir, scan.object, node, err) < 0 ? -1 : 1;
}
