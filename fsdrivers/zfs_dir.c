/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_dir.c - directories of files and of datasets, as paths go through them
 *
 * GRUB writes the dataset in front of a path: /ROOT/debian@/boot/vmlinuz, or
 * /ROOT/debian@snapshot/..., where the pool's own file system is /@/...  To
 * loaders of other systems a path is one of the boot file system.  So a
 * directory may be both, one of files and one of datasets: a name with "@" is a
 * dataset's, any other is a file's if there is one.  Both at once is what the
 * root is, and a directory of files for as long as datasets have the same
 * names.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "fsdrivers/zfs.h"

/* A directory's number is in the lower bits; a type is above. */
#define ENTRY_OBJECT ((UINT64_C(1) << ZFS_OBJECT_BITS) - 1)

static bool has_files(const struct fs_node *dir)
{
	return zfs_id_set(dir->id) != ZFS_NO_SET;
}

static struct fs_node datasets_node(uint64_t dir)
{
	return (struct fs_node){
		.type = FS_DIR,
		.id = zfs_id(ZFS_NO_SET, dir & ENTRY_OBJECT),
		.aux = { dir },
	};
}

/* The root of the file system in a dataset. */
static int dataset_root(struct zfs_pool *pool, uint64_t dataset,
	struct fs_node *node, struct error *err)
{
	size_t set;

	if (zfs_dataset_open(pool, dataset, &set, err) < 0)
		return -1;
	return zfs_file_node(pool, set, pool->sets[set]->root, node, err);
}

/* "child@snapshot", where either may be empty, the @ is at at: 1, or 0. */
static int find_dataset(struct zfs_pool *pool, uint64_t dir, const char *name,
	const char *at, struct fs_node *node, struct error *err)
{
	char child[FS_NAME_MAX + 1];
	struct zfs_dir read;
	int found = 1;

	snprintf(child, sizeof(child), "%.*s", (int)(at - name), name);
	if (child[0])
		found = zfs_dir_child(pool, dir, child, &dir, err);
	if (found <= 0)
		return found;
	if (zfs_dir_read(pool, dir, &read, err) < 0)
		return -1;
	if (read.head && at[1])
		found = zfs_snapshot(pool, read.head, at + 1, &read.head, err);
	if (found <= 0 || read.head == 0)
		return found < 0 ? -1 : 0;
	return dataset_root(pool, read.head, node, err) < 0 ? -1 : 1;
}

struct wanted {
	const char *name;
	bool fold_case;
	bool found;
	uint64_t value;
};

/* A name that is the same byte for byte counts before one that is not. */
static int compare(
	void *ctx, const struct zfs_zap_entry *entry, struct error *err)
{
	struct wanted *wanted = ctx;
	bool same = strcmp(entry->name, wanted->name) == 0;

	(void)err;
	if (entry->count > 0 &&
		(same ||
			(wanted->fold_case && !wanted->found &&
				strcasecmp(entry->name, wanted->name) == 0))) {
		wanted->found = true;
		wanted->value = entry->value[0];
	}
	return same;
}

static int find_file(struct zfs_pool *pool, const struct fs_node *dir,
	const char *name, struct fs_node *node, struct error *err)
{
	size_t number = zfs_id_set(dir->id);
	const struct zfs_objset *set = pool->sets[number];
	struct wanted wanted = { name, set->fold_case, false, 0 };
	struct zfs_zap_entry entry;
	struct zfs_dnode dnode;
	int found;

	if (zfs_dnode_read(pool, set, zfs_id_object(dir->id), &dnode, err) < 0)
		return -1;
	if (set->compare) {
		if (zfs_zap_each(pool, &dnode.data, compare, &wanted, err) < 0)
			return -1;
	} else {
		found = zfs_zap_find(pool, &dnode.data, name, &entry, err);
		if (found < 0)
			return -1;
		wanted.found = found && entry.count > 0;
		wanted.value = entry.value[0];
	}
	if (!wanted.found)
		return 0;
	return zfs_file_node(
		       pool, number, wanted.value & ENTRY_OBJECT, node, err) < 0
		? -1
		: 1;
}

int zfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct zfs_pool *pool = fs->priv;
	uint64_t datasets = dir->aux[0], child;
	const char *at = strchr(name, '@');
	int file = 0, found;

	if (datasets && at) {
		found = find_dataset(pool, datasets, name, at, node, err);
		if (found != 0)
			return found;
	}
	if (has_files(dir))
		file = find_file(pool, dir, name, node, err);
	if (file < 0 || !datasets || name[0] == '$' ||
		(file && node->type != FS_DIR))
		return file;
	found = zfs_dir_child(pool, datasets, name, &child, err);
	if (found <= 0)
		return found < 0 ? -1 : file;
	if (file)
		node->aux[0] = child;
	else
		*node = datasets_node(child);
	return 1;
}

struct listing {
	struct zfs_pool *pool;
	size_t set;
	const struct fs_node *dir;
	fs_visit *visit;
	void *ctx;
	const char *prefix; /* of snapshots: "" or the dataset's name */
};

static int list_file(
	void *ctx, const struct zfs_zap_entry *entry, struct error *err)
{
	const struct listing *listing = ctx;
	struct fs_node node;

	if (entry->count < 1 ||
		!fs_name_valid(entry->name, strlen(entry->name)))
		return 0;
	if (zfs_file_node(listing->pool, listing->set,
		    entry->value[0] & ENTRY_OBJECT, &node, err) < 0)
		return error_in(err, "%s", entry->name);
	return listing->visit(listing->ctx, entry->name, &node, err);
}

/* What cannot be opened (encrypted, a volume) is not there for a listing. */
static int list_root(const struct listing *listing, const char *name,
	const char *snapshot, uint64_t dataset, struct error *err)
{
	char full[2 * FS_NAME_MAX + 2];
	struct error ignored;
	struct fs_node node;

	snprintf(full, sizeof(full), "%s@%s", name, snapshot);
	if (!fs_name_valid(full, strlen(full)) ||
		dataset_root(listing->pool, dataset, &node, &ignored) < 0)
		return 0;
	return listing->visit(listing->ctx, full, &node, err);
}

static int list_snapshot(
	void *ctx, const struct zfs_zap_entry *entry, struct error *err)
{
	if (entry->count < 1)
		return 0;
	return list_root(ctx, ((struct listing *)ctx)->prefix, entry->name,
		entry->value[0], err);
}

/* A directory of datasets, unless a directory of files has its name. */
static int list_child(
	void *ctx, const struct zfs_zap_entry *entry, struct error *err)
{
	const struct listing *listing = ctx;
	struct fs_node node, file;
	struct zfs_dir dir;
	int found = 0;

	if (entry->count < 1 || entry->name[0] == '$' ||
		!fs_name_valid(entry->name, strlen(entry->name)))
		return 0;
	if (zfs_dir_read(listing->pool, entry->value[0], &dir, err) < 0)
		return error_in(err, "%s", entry->name);
	if (has_files(listing->dir))
		found = find_file(
			listing->pool, listing->dir, entry->name, &file, err);
	if (found < 0)
		return -1;
	node = datasets_node(entry->value[0]);
	if (!found)
		found = listing->visit(listing->ctx, entry->name, &node, err);
	else
		found = 0;
	if (found != 0 || dir.head == 0)
		return found;
	return list_root(listing, entry->name, "", dir.head, err);
}

static int list_datasets(
	struct listing *listing, uint64_t object, struct error *err)
{
	struct zfs_pool *pool = listing->pool;
	struct zfs_dnode dnode;
	struct zfs_dir dir;
	int r = 0;

	if (zfs_dir_read(pool, object, &dir, err) < 0)
		return -1;
	listing->prefix = "";
	if (dir.head) {
		r = list_root(listing, "", "", dir.head, err);
		if (r == 0)
			r = zfs_snapshots(
				pool, dir.head, list_snapshot, listing, err);
	}
	if (r != 0 || dir.children == 0)
		return r;
	if (zfs_dnode_read(pool, pool->mos, dir.children, &dnode, err) < 0)
		return -1;
	return zfs_zap_each(pool, &dnode.data, list_child, listing, err);
}

int zfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct zfs_pool *pool = fs->priv;
	struct listing listing = { pool, zfs_id_set(dir->id), dir, visit, ctx,
		"" };
	struct zfs_dnode dnode;
	int r = 0;

	if (has_files(dir)) {
		if (zfs_dnode_read(pool, pool->sets[listing.set],
			    zfs_id_object(dir->id), &dnode, err) < 0)
			return -1;
		r = zfs_zap_each(pool, &dnode.data, list_file, &listing, err);
	}
	if (r != 0 || dir->aux[0] == 0)
		return r;
	return list_datasets(&listing, dir->aux[0], err);
}
