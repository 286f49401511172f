/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/fs/blocks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/checked.h"
#include "src/base/text.h"
#include "src/fs/extents.h"
#include "src/fs/loop.h"

struct blocks {
	struct extents extents; /* the first: what the volume knows of us */
	const char *name;       /* of the file: the list as it was given */
	struct fs_extent *list;
	size_t capacity;
	uint64_t size; /* bytes */
};

/* The file system: a root with one file, which is all of the volume. */

static int blocks_probe(struct volume *vol, struct error *err)
{
	(void)vol, (void)err;
	return 1;
}

static int blocks_mount(struct fs *fs, struct error *err)
{
	(void)err;
	fs->root.type = FS_DIR;
	return 0;
}

static struct fs_node file_node(const struct fs *fs)
{
	return (struct fs_node){ .type = FS_FILE, .size = fs->vol->size };
}

static int blocks_readdir(struct fs *fs, const struct fs_node *dir,
	fs_visit *visit, void *ctx, struct error *err)
{
	const struct blocks *blocks = fs->vol->priv;
	const struct fs_node node = file_node(fs);

	(void)dir;
	return visit(ctx, blocks->name, &node, err);
}

static int blocks_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	(void)node;
	return volume_read(fs->vol, off, buf, len, err);
}

static int blocks_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	const struct fs_extent all = { .len = node->size };

	(void)fs;
	return visit(ctx, &all, err);
}

static const struct fs_driver blocks_driver = {
	.name = "blocks",
	.probe = blocks_probe,
	.open = blocks_mount,
	.readdir = blocks_readdir,
	.read = blocks_read,
	.map = blocks_map,
	.data_in_place = true,
};

static const struct fs_driver *const drivers[] = { &blocks_driver, NULL };

/* The list */

/* A number in any base of C's at *at, which moves behind it. */
static bool take_number(const char **at, uint64_t *number)
{
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	*number = strtoull(*at, &end, 0);
	*at = end;
	return errno == 0;
}

/* "first+count" or "+count", in blocks. */
static bool take_range(const char **at, uint64_t *first, uint64_t *count)
{
	*first = 0;
	if (**at != '+' && !take_number(at, first))
		return false;
	if (**at != '+')
		return false;
	++*at;
	return take_number(at, count) && *count > 0;
}

static int add_range(struct blocks *blocks, const struct volume *below,
	uint64_t first, uint64_t count, struct arena *arena, struct error *err)
{
	struct fs_extent extent = { .file = blocks->size };

	if (!mul_u64(first, BLOCKS_SIZE, &extent.vol) ||
		!mul_u64(count, BLOCKS_SIZE, &extent.len) ||
		!range_inside(extent.vol, extent.len, below->size) ||
		!add_u64(blocks->size, extent.len, &blocks->size))
		return error_set(err, ERR_NOT_FOUND,
			"blocks beyond the device's end (0x%" PRIx64 ")",
			below->size);
	blocks->list = arena_grow(arena, blocks->list, blocks->extents.count,
		&blocks->capacity, sizeof(extent), err);
	if (!blocks->list)
		return -1;
	blocks->list[blocks->extents.count++] = extent;
	return 0;
}

static bool is_end(char c)
{
	return c == '\0' || c == ' ' || (c >= '\t' && c <= '\r');
}

/* Bytes of the list, without what is behind it. */
static size_t list_length(const char *list)
{
	size_t len = 0;

	while (!is_end(list[len]))
		len++;
	return len;
}

static int parse(struct blocks *blocks, struct volume *below,
	struct arena *arena, struct error *err)
{
	const char *at = blocks->name;
	uint64_t first, count;

	for (;; at++) {
		if (!take_range(&at, &first, &count) ||
			(*at != ',' && *at != '\0'))
			return error_set(err, ERR_SYNTAX,
				"neither a path, which begins with \"/\", nor "
				"a list of blocks");
		if (add_range(blocks, below, first, count, arena, err) < 0)
			return -1;
		if (*at == '\0')
			break;
	}
	blocks->extents.below = below;
	blocks->extents.list = blocks->list;
	return 0;
}

static struct device *find_made(const struct devices *devices,
	const struct device *under, struct text list)
{
	const struct blocks *blocks;
	struct device *dev;
	size_t i;

	for (i = 0; i < devices->made_count; i++) {
		dev = devices->made[i];
		blocks = dev->vol.priv;
		if (dev->under == under && !dev->file &&
			text_is(list, blocks->name))
			return dev;
	}
	return NULL;
}

static struct device *make(struct devices *devices, struct device *under,
	struct text list, struct error *err)
{
	struct arena *arena = devices->arena;
	struct blocks *blocks = arena_alloc(arena, sizeof(*blocks), err);
	struct device *dev;

	if (!blocks)
		return NULL;
	blocks->name = arena_strndup(arena, list.at, list.len, err);
	if (!blocks->name || parse(blocks, &under->vol, arena, err) < 0)
		return NULL;
	dev = device_above(devices, under, err);
	if (!dev)
		return NULL;
	volume_of_extents(&dev->vol, &blocks->extents, blocks->size);
	snprintf(dev->name, sizeof(dev->name), "%s", under->name);
	snprintf(dev->grub, sizeof(dev->grub), "%s", under->grub);
	if (fs_open(&dev->fs, &dev->vol, NULL, arena, drivers, err) < 0)
		return NULL;
	dev->state = DEVICE_MOUNTED;
	return dev;
}

struct device *blocks_open(struct devices *devices, struct device *under,
	const char *list, const char **path, struct error *err)
{
	struct text text = { list, list_length(list) };
	const struct blocks *blocks;
	struct device *dev;

	if (text.len > FS_NAME_MAX) {
		error_set(err, ERR_LIMIT,
			"a list of blocks of more than %d bytes", FS_NAME_MAX);
		return NULL;
	}
	dev = find_made(devices, under, text);
	if (!dev)
		dev = make(devices, under, text, err);
	if (!dev)
		return NULL;
	blocks = dev->vol.priv;
	*path = blocks->name;
	return dev;
}
