/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_vdev.c - the tree of virtual devices below one top-level vdev
 *
 * What is spread is spread over the top-level vdevs, by the number in each
 * block pointer; below one there are mirrors, raidz, and while a disk is being
 * replaced a mirror of the old one and the new one.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/zfs.h"
#include "src/base/checked.h"
#include "src/base/length.h"

static const struct {
	const char *name;
	enum zfs_vdev_kind kind;
} kinds[] = {
	{ "disk", ZFS_VDEV_DEVICE },
	{ "file", ZFS_VDEV_DEVICE },
	{ "mirror", ZFS_VDEV_MIRROR },
	{ "replacing", ZFS_VDEV_MIRROR },
	{ "spare", ZFS_VDEV_MIRROR },
	{ "raidz", ZFS_VDEV_RAIDZ },
};

static int find_kind(
	struct zfs_vdev *vdev, struct bytes pairs, struct error *err)
{
	char type[32];
	size_t i;
	int found = zfs_nvlist_string(pairs, "type", type, sizeof(type), err);

	if (found < 0)
		return -1;
	if (!found)
		return error_set(err, ERR_CORRUPT, "a vdev without a type");
	for (i = 0; i < LENGTH(kinds); i++)
		if (strcmp(kinds[i].name, type) == 0) {
			vdev->kind = kinds[i].kind;
			return 0;
		}
	return error_set(err, ERR_UNSUPPORTED, "a vdev of type \"%s\"", type);
}

/* Of what the pool itself has written off, nothing is up to date. */
static int find_device(struct zfs_vdev *vdev, struct bytes pairs,
	const struct zfs_devices *devices, struct error *err)
{
	static const char *const off[] = { "offline", "faulted", "removed" };
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < LENGTH(off); i++) {
		if (zfs_nvlist_u64(pairs, off[i], &value, err) < 0)
			return -1;
		if (value)
			return 0;
	}
	for (i = 0; i < devices->count; i++)
		if (devices->list[i].guid == vdev->guid) {
			vdev->vol = devices->list[i].vol;
			break;
		}
	return 0;
}

static int parse_raidz(
	struct zfs_vdev *vdev, struct bytes pairs, struct error *err)
{
	uint64_t parity = 1;

	if (zfs_nvlist_u64(pairs, "nparity", &parity, err) < 0)
		return -1;
	if (parity < 1 || parity > 3 || vdev->count <= parity)
		return error_set(err, ERR_CORRUPT,
			"raidz of %u devices, %" PRIu64 " of them parity",
			vdev->count, parity);
	vdev->parity = (unsigned int)parity;
	vdev->ways = vdev->count + 1;
	return 0;
}

static int parse_ashift(
	struct zfs_vdev *vdev, struct bytes pairs, struct error *err)
{
	uint64_t ashift = ZFS_ASHIFT_MIN;

	if (zfs_nvlist_u64(pairs, "ashift", &ashift, err) < 0)
		return -1;
	if (ashift < ZFS_ASHIFT_MIN || ashift > ZFS_ASHIFT_MAX)
		return error_set(err, ERR_CORRUPT,
			"sectors of 2^%" PRIu64 " bytes", ashift);
	vdev->ashift = (unsigned int)ashift;
	return 0;
}

struct parsing {
	const struct zfs_devices *devices;
	struct arena *arena;
};

static int parse(const struct parsing *parsing, struct zfs_vdev *vdev,
	struct bytes pairs, unsigned int depth, struct error *err);

static int parse_children(const struct parsing *parsing, struct zfs_vdev *vdev,
	struct bytes pairs, unsigned int depth, struct error *err)
{
	struct bytes rest, child;
	uint32_t count, i;
	int found = zfs_nvlist_lists(pairs, "children", &rest, &count, err);

	if (found < 0)
		return -1;
	if (!found || count == 0)
		return error_set(err, ERR_CORRUPT, "a vdev without children");
	if (count > ZFS_CHILDREN_MAX || depth == 0)
		return error_set(err, ERR_LIMIT,
			"a vdev of more than %d others, or more than %d deep",
			ZFS_CHILDREN_MAX, ZFS_VDEV_DEPTH);
	vdev->children = arena_array(
		parsing->arena, count, sizeof(*vdev->children), err);
	if (!vdev->children)
		return -1;
	vdev->count = count;
	for (i = 0; i < count; i++) {
		if (zfs_nvlist_take(&rest, &child, err) < 0 ||
			parse(parsing, &vdev->children[i], child, depth - 1,
				err) < 0)
			return -1;
		vdev->ways += vdev->children[i].ways;
	}
	return 0;
}

static int parse(const struct parsing *parsing, struct zfs_vdev *vdev,
	struct bytes pairs, unsigned int depth, struct error *err)
{
	*vdev = (struct zfs_vdev){ 0 };
	if (find_kind(vdev, pairs, err) < 0 ||
		zfs_nvlist_u64(pairs, "guid", &vdev->guid, err) < 0 ||
		parse_ashift(vdev, pairs, err) < 0)
		return -1;
	/* ZFS never nests them, and reading would take far too long */
	if (vdev->kind == ZFS_VDEV_RAIDZ && depth != ZFS_VDEV_DEPTH)
		return error_set(err, ERR_CORRUPT, "raidz inside of a vdev");
	if (vdev->kind == ZFS_VDEV_DEVICE) {
		vdev->ways = 1;
		return find_device(vdev, pairs, parsing->devices, err);
	}
	if (parse_children(parsing, vdev, pairs, depth, err) < 0)
		return -1;
	return vdev->kind == ZFS_VDEV_RAIDZ ? parse_raidz(vdev, pairs, err) : 0;
}

int zfs_vdev_parse(struct zfs_vdev *vdev, struct bytes pairs,
	const struct zfs_devices *devices, struct arena *arena,
	struct error *err)
{
	struct parsing parsing = { devices, arena };

	return parse(&parsing, vdev, pairs, ZFS_VDEV_DEPTH, err);
}

int zfs_buffer_grow(struct zfs_buffer *buffer, size_t size, struct arena *arena,
	struct error *err)
{
	size_t rounded = buffer->size ? buffer->size : ZFS_DNODE_MAX;
	uint8_t *data;

	if (size <= buffer->size)
		return 0;
	while (rounded < size)
		rounded *= 2;
	data = arena_alloc(arena, rounded, err);
	if (!data)
		return -1;
	buffer->data = data;
	buffer->size = rounded;
	return 0;
}

/* The depth is bounded: it was when the tree was made. */
int zfs_vdev_read(struct zfs_pool *pool, const struct zfs_vdev *vdev,
	uint64_t off, uint8_t *buf, size_t size, unsigned int way,
	struct error *err)
{
	unsigned int i;

	if (vdev->kind == ZFS_VDEV_RAIDZ)
		return zfs_raidz_read(pool, vdev, off, buf, size, way, err);
	if (vdev->kind == ZFS_VDEV_MIRROR) {
		for (i = 0; way >= vdev->children[i].ways; i++)
			way -= vdev->children[i].ways;
		return zfs_vdev_read(
			pool, &vdev->children[i], off, buf, size, way, err);
	}
	if (!vdev->vol)
		return error_set(err, ERR_NOT_FOUND,
			"device %" PRIu64 " of the pool is not there",
			vdev->guid);
	if (!add_u64(off, ZFS_DATA_OFF, &off))
		return error_set(err, ERR_CORRUPT,
			"a block lies beyond the end of any device");
	return volume_read(vdev->vol, off, buf, size, err);
}
