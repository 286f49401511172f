/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/fs/loop.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/checked.h"
#include "src/fs/extents.h"

#define SECTOR 512

/* Stops fs_map() where a file has more pieces than are kept. */
#define TOO_MANY 2

struct loop {
	struct device *dev;
	struct arena *arena;
	struct fs_node node; /* of the file */
	struct extents extents;
	struct fs_extent *list; /* being filled */
	size_t capacity;
};

static unsigned int depth(const struct device *dev)
{
	unsigned int deep = 0;

	for (; dev->under; dev = dev->under)
		deep++;
	return deep;
}

static int keep_made(
	struct devices *devices, struct device *dev, struct error *err)
{
	struct device **made =
		arena_grow(devices->arena, devices->made, devices->made_count,
			&devices->made_capacity, sizeof(*made), err);

	if (!made)
		return -1;
	devices->made = made;
	made[devices->made_count++] = dev;
	return 0;
}

struct device *device_above(
	struct devices *devices, struct device *under, struct error *err)
{
	struct device *dev;

	if (depth(under) == LOOP_DEPTH_MAX) {
		error_set(err, ERR_LIMIT,
			"more than %d files inside each other as devices",
			LOOP_DEPTH_MAX);
		return NULL;
	}
	if (devices->made_count == LOOPS_MADE_MAX) {
		error_set(err, ERR_LIMIT, "more than %d files as devices",
			LOOPS_MADE_MAX);
		return NULL;
	}
	dev = arena_alloc(devices->arena, sizeof(*dev), err);
	if (!dev || keep_made(devices, dev, err) < 0)
		return NULL;
	dev->under = under;
	dev->disk = under->disk;
	return dev;
}

/* Does the extent continue what the list ends with? */
static bool follows(const struct loop *loop, const struct fs_extent *extent)
{
	const struct fs_extent *last;

	if (loop->extents.count == 0)
		return false;
	last = &loop->list[loop->extents.count - 1];
	return last->vol != FS_HOLE && last->vol + last->len == extent->vol;
}

static int add_extent(
	struct loop *loop, const struct fs_extent *extent, struct error *err)
{
	if (follows(loop, extent)) {
		loop->list[loop->extents.count - 1].len += extent->len;
		return 0;
	}
	if (loop->extents.count == LOOP_EXTENTS_MAX)
		return TOO_MANY;
	loop->list = arena_grow(loop->arena, loop->list, loop->extents.count,
		&loop->capacity, sizeof(*extent), err);
	if (!loop->list)
		return -1;
	loop->list[loop->extents.count++] = *extent;
	return 0;
}

static int visit_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	return add_extent(ctx, extent, err);
}

/* The zeros behind a file whose last sector is not full. */
static int add_filling(struct loop *loop, struct error *err)
{
	const struct fs_extent filling = {
		.file = loop->node.size,
		.vol = FS_HOLE,
		.len = loop->dev->vol.size - loop->node.size,
	};

	return filling.len > 0 ? add_extent(loop, &filling, err) : 0;
}

/* A file whose pieces are not known: the file system below gives its bytes. */
static int file_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	struct loop *loop = vol->priv;
	uint8_t *to = buf;
	size_t got;

	if (fs_read(&loop->dev->under->fs, &loop->node, off, to, len, &got,
		    err) < 0)
		return -1;
	memset(to + got, 0, len - got);
	return 0;
}

/*
 * The first who reads or copies from the device asks where the file lies, and
 * then the volume is one of extents, or of a file where they are not known.
 */
static int settle(struct volume *vol, struct error *err)
{
	struct loop *loop = vol->priv;
	struct fs *below = &loop->dev->under->fs;
	int r;

	loop->extents.count = 0; /* it may have failed before */
	r = fs_map(below, &loop->node, visit_extent, loop, err);
	if (r == 0)
		r = add_filling(loop, err);
	if (r < 0)
		return -1;
	if (r > 0) {
		vol->read = file_read;
		vol->locate = NULL;
		return 0;
	}
	loop->extents.below = below->vol;
	loop->extents.list = loop->list;
	volume_of_extents(vol, &loop->extents, vol->size);
	return 0;
}

static int first_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	return settle(vol, err) < 0 ? -1 : vol->read(vol, off, buf, len, err);
}

static int first_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	if (settle(vol, err) < 0)
		return -1;
	return vol->locate ? vol->locate(vol, off, len, run, err) : 1;
}

static int open_loop(struct devices *devices, struct device *dev,
	const struct fs_node *node, struct error *err)
{
	struct loop *loop = arena_alloc(devices->arena, sizeof(*loop), err);
	uint64_t size;

	if (!loop)
		return -1;
	if (!add_u64(node->size, SECTOR - 1, &size))
		return error_set(err, ERR_LIMIT,
			"a file of %" PRIu64 " bytes is no device", node->size);
	loop->dev = dev;
	loop->arena = devices->arena;
	loop->node = *node;
	dev->vol = (struct volume){
		.size = size / SECTOR * SECTOR,
		.priv = loop,
		.read = first_read,
		.locate = first_locate,
	};
	return 0;
}

static struct device *find_made(const struct devices *devices,
	const struct device *under, const char *name, const char *path)
{
	const struct device *dev;
	size_t i;

	for (i = 0; i < devices->made_count; i++) {
		dev = devices->made[i];
		if (dev->under == under && dev->file &&
			strcmp(dev->file, path) == 0 &&
			strcmp(dev->grub, name) == 0)
			return devices->made[i];
	}
	return NULL;
}

static struct device *make(struct devices *devices, const char *name,
	struct device *under, const char *path, struct error *err)
{
	const char *file = arena_strdup(devices->arena, path, err);
	struct device *dev = file ? device_above(devices, under, err) : NULL;

	if (!dev)
		return NULL;
	dev->file = file;
	snprintf(dev->grub, sizeof(dev->grub), "%s", name);
	snprintf(dev->name, sizeof(dev->name), "%.16s (%.40s)", name, path);
	return dev;
}

static int link_loop(
	struct devices *devices, struct device *dev, struct error *err)
{
	struct loop_link *link;

	link = arena_alloc(devices->arena, sizeof(*link), err);
	if (!link)
		return -1;
	*link = (struct loop_link){ dev, devices->loops };
	devices->loops = link;
	return 0;
}

static int use(struct devices *devices, struct device *dev, struct error *err)
{
	const struct loop_link *link;
	unsigned int count = 0;

	for (link = devices->loops; link; link = link->older)
		count++;
	if (count == LOOPS_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d files as devices at a time", LOOPS_MAX);
	return link_loop(devices, dev, err);
}

static int check_name(const char *name, struct error *err)
{
	const size_t max = LOOP_NAME_MAX;

	if (strlen(name) > max)
		return error_set(err, ERR_LIMIT,
			"a name of more than %zu bytes for a device", max);
	return 0;
}

int loop_add(struct devices *devices, const char *name, struct device *under,
	const char *path, struct error *err)
{
	struct device *dev = find_made(devices, under, name, path);
	struct fs_node node;

	/* one that was only assumed has nothing to read */
	if (dev && dev->vol.read)
		return use(devices, dev, err);
	if (check_name(name, err) < 0 ||
		!device_file(devices, under, path, &node, err))
		return -1;
	dev = make(devices, name, under, path, err);
	if (!dev || open_loop(devices, dev, &node, err) < 0)
		return -1;
	return use(devices, dev, err);
}

int loop_assume(struct devices *devices, const char *name, struct device *under,
	const char *path, struct error *err)
{
	struct device *dev = find_made(devices, under, name, path);
	struct error *why;

	if (dev)
		return use(devices, dev, err);
	if (loop_add(devices, name, under, path, err) == 0)
		return 0;
	if (err->code == ERR_LIMIT)
		return -1;
	why = arena_alloc(devices->arena, sizeof(*why), err);
	if (!why)
		return -1;
	*why = *err;
	dev = make(devices, name, under, path, err);
	if (!dev)
		return -1;
	dev->why = why;
	dev->state = DEVICE_UNREADABLE;
	return use(devices, dev, err);
}

static const struct loop_link *find_link(
	const struct devices *devices, const char *name)
{
	const struct loop_link *link = devices->loops;

	while (link && strcmp(link->dev->grub, name) != 0)
		link = link->older;
	return link;
}

struct device *loop_find(const struct devices *devices, const char *name)
{
	const struct loop_link *link = find_link(devices, name);

	return link ? link->dev : NULL;
}

int loop_remove(struct devices *devices, const char *name, struct error *err)
{
	const struct loop_link *gone = find_link(devices, name), *link;
	struct device *newer[LOOPS_MAX];
	size_t count = 0;

	if (!gone)
		return 0;
	for (link = devices->loops; link != gone; link = link->older)
		newer[count++] = link->dev;
	for (devices->loops = gone->older; count > 0; count--)
		if (link_loop(devices, newer[count - 1], err) < 0)
			return -1;
	return 1;
}
