/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs.c - the ZFS driver: the devices of a pool, and its root
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/zfs.h"

#define STATE_ACTIVE 0
#define STATE_EXPORTED 1

/* The trees below the top-level vdevs, from the newest label of each. */
struct top {
	uint64_t guid;
	uint64_t txg;
	uint64_t id; /* as block pointers have it */
	struct bytes tree;
};

struct opening {
	struct zfs_pool *pool;
	struct top top[ZFS_TOPS_MAX];
	size_t count;
	struct zfs_uberblock best;
	struct zfs_label first; /* of the volume that was asked for */
	uint8_t *ring;
};

static int check_state(const struct zfs_label *label, struct error *err)
{
	if (label->state != STATE_ACTIVE && label->state != STATE_EXPORTED)
		return error_set(err, ERR_UNSUPPORTED,
			"a pool that was destroyed, or a spare or cache device "
			"(state %" PRIu64 ")",
			label->state);
	return 0;
}

/* Keep the newer tree of a top-level vdev; the label's bytes stay. */
static int add_top(struct opening *opening, const struct zfs_label *label,
	uint64_t *ashift, struct error *err)
{
	struct top top = { label->top, label->txg, 0, { NULL, 0 } };
	size_t i;
	int found = zfs_nvlist_list(label->pairs, "vdev_tree", &top.tree, err);

	if (found > 0)
		found = zfs_nvlist_u64(top.tree, "id", &top.id, err);
	if (found < 0)
		return -1;
	if (!found || top.id >= ZFS_TOPS_MAX)
		return error_set(err, ERR_CORRUPT,
			"no tree of devices, or number %" PRIu64
			" (the highest is %d)",
			top.id, ZFS_TOPS_MAX - 1);
	if (zfs_nvlist_u64(top.tree, "ashift", ashift, err) < 0)
		return -1;
	for (i = 0; i < opening->count; i++)
		if (opening->top[i].id == top.id)
			break;
	if (i == opening->count)
		opening->count++;
	else if (opening->top[i].txg >= top.txg)
		return 0;
	opening->top[i] = top;
	return 0;
}

static int add_device(struct opening *opening, struct volume *vol,
	const struct zfs_label *label, struct error *err)
{
	struct zfs_pool *pool = opening->pool;
	struct zfs_uberblock uber = { 0 };
	struct zfs_device *list;
	uint64_t ashift = ZFS_ASHIFT_MIN;

	if (pool->devices.count == ZFS_DEVICES_MAX)
		return error_set(err, ERR_LIMIT,
			"a pool of more than %d devices", ZFS_DEVICES_MAX);
	if (add_top(opening, label, &ashift, err) < 0 ||
		zfs_uberblock_read(vol, ashift, opening->ring, &uber, err) < 0)
		return -1;
	list = arena_grow(pool->fs->arena, pool->devices.list,
		pool->devices.count, &pool->devices.capacity, sizeof(*list),
		err);
	if (!list)
		return -1;
	pool->devices.list = list;
	list[pool->devices.count++] = (struct zfs_device){ label->device, vol };
	if (uber.txg > opening->best.txg ||
		(uber.txg == opening->best.txg &&
			uber.timestamp > opening->best.timestamp))
		opening->best = uber;
	return 0;
}

/* Another volume of the guest may be of the pool; if not, it is not missed. */
static int add_other(
	struct opening *opening, struct volume *vol, struct error *err)
{
	struct zfs_pool *pool = opening->pool;
	struct zfs_label label;
	struct error ignored;
	size_t i;

	if (zfs_label_probe(vol, &ignored) <= 0)
		return 0;
	label.config = arena_alloc(pool->fs->arena, ZFS_CONFIG_SIZE, err);
	if (!label.config)
		return -1;
	if (zfs_label_read(vol, &label, &ignored) < 0 ||
		label.pool != pool->guid || check_state(&label, &ignored) < 0)
		return 0;
	/* a disk and its only partition can begin with the same bytes */
	for (i = 0; i < pool->devices.count; i++)
		if (pool->devices.list[i].guid == label.device)
			return 0;
	if (add_device(opening, vol, &label, &ignored) < 0 &&
		ignored.code == ERR_LIMIT) {
		*err = ignored;
		return -1;
	}
	return 0;
}

static int make_tops(struct opening *opening, struct error *err)
{
	struct zfs_pool *pool = opening->pool;
	const struct top *top;
	struct zfs_vdev *vdev;
	size_t i;

	for (i = 0; i < opening->count; i++)
		if (opening->top[i].id >= pool->top_count)
			pool->top_count = (unsigned int)opening->top[i].id + 1;
	pool->tops = arena_array(
		pool->fs->arena, pool->top_count, sizeof(*pool->tops), err);
	if (!pool->tops)
		return -1;
	for (i = 0; i < opening->count; i++) {
		top = &opening->top[i];
		vdev = &pool->tops[top->id];
		if (zfs_vdev_parse(vdev, top->tree, &pool->devices,
			    pool->fs->arena, err) < 0)
			return error_in(err, "vdev %" PRIu64, top->id);
	}
	return 0;
}

static int open_devices(struct opening *opening, struct error *err)
{
	struct fs *fs = opening->pool->fs;
	struct zfs_label *label = &opening->first;
	size_t i;

	label->config = arena_alloc(fs->arena, ZFS_CONFIG_SIZE, err);
	opening->ring = arena_alloc(fs->arena, ZFS_RING_SIZE, err);
	if (!label->config || !opening->ring ||
		zfs_label_read(fs->vol, label, err) < 0 ||
		check_state(label, err) < 0)
		return -1;
	opening->pool->guid = label->pool;
	if (add_device(opening, fs->vol, label, err) < 0)
		return -1;
	for (i = 0; fs->around && i < fs->around->count; i++)
		if (fs->around->list[i] != fs->vol &&
			add_other(opening, fs->around->list[i], err) < 0)
			return -1;
	return make_tops(opening, err);
}

/* The path that the device of the label has in the guest's firmware. */
static void find_path(struct bytes pairs, char *path, size_t size)
{
	struct error ignored;
	struct bytes rest;
	uint32_t count;
	int depth;

	path[0] = '\0';
	for (depth = 0; depth <= ZFS_VDEV_DEPTH; depth++) {
		if (zfs_nvlist_string(
			    pairs, "phys_path", path, size, &ignored) != 0 ||
			zfs_nvlist_lists(pairs, "children", &rest, &count,
				&ignored) <= 0 ||
			zfs_nvlist_take(&rest, &pairs, &ignored) < 0)
			return;
	}
}

/* As libfsimage of Xen spelled it, and Solaris reads it. */
static int set_boot_string(struct zfs_pool *pool, const struct zfs_label *label,
	uint64_t dataset, struct error *err)
{
	struct bytes tree;
	char path[FS_NAME_MAX + 1] = "";

	if (zfs_nvlist_list(label->pairs, "vdev_tree", &tree, err) > 0)
		find_path(tree, path, sizeof(path));
	pool->fs->boot_string = arena_printf(pool->fs->arena, err,
		"zfs-bootfs=%s/%" PRIu64 ",bootpath='%s'", label->name, dataset,
		path);
	return pool->fs->boot_string ? 0 : -1;
}

/* The boot file system's root, or none's; all datasets are below it, too. */
static int set_root(struct zfs_pool *pool, uint64_t root,
	const struct zfs_label *label, struct error *err)
{
	struct fs *fs = pool->fs;
	struct error ignored;
	uint64_t dataset;
	size_t set;

	if (zfs_default_dataset(pool, root, &dataset, err) < 0)
		return -1;
	/* what GRUB names may be readable even if this is not */
	if (dataset == 0 ||
		zfs_dataset_open(pool, dataset, &set, &ignored) < 0 ||
		zfs_file_node(pool, set, pool->sets[set]->root, &fs->root,
			&ignored) < 0)
		fs->root = (struct fs_node){
			.type = FS_DIR,
			.id = zfs_id(ZFS_NO_SET, root),
		};
	if (fs->root.type != FS_DIR)
		return error_set(
			err, ERR_CORRUPT, "the root is not a directory");
	fs->root.aux[0] = root;
	return set_boot_string(pool, label, dataset, err);
}

static int zfs_open(struct fs *fs, struct error *err)
{
	struct zfs_pool *pool = arena_alloc(fs->arena, sizeof(*pool), err);
	struct opening *opening = arena_alloc(fs->arena, sizeof(*opening), err);
	uint64_t root;

	if (!pool || !opening)
		return -1;
	pool->fs = fs;
	opening->pool = pool;
	fs->priv = pool;
	if (open_devices(opening, err) < 0)
		return -1;
	if (zfs_pool_open(pool, &opening->best, &root, err) < 0 ||
		set_root(pool, root, &opening->first, err) < 0)
		return error_in(err, "pool %s", opening->first.name);
	snprintf(fs->label, sizeof(fs->label), "%s", opening->first.name);
	snprintf(fs->uuid, sizeof(fs->uuid), "%016" PRIx64, pool->guid);
	return 0;
}

const struct fs_driver zfs_driver = {
	.name = "zfs",
	.probe = zfs_label_probe,
	.open = zfs_open,
	.readdir = zfs_readdir,
	.lookup = zfs_lookup,
	.read = zfs_read,
};
