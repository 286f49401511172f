/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/saved.h"

#include <inttypes.h>
#include <string.h>

struct piece {
	struct fs_extent extent;
	unsigned int count;
};

static int take_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	struct piece *piece = ctx;

	(void)err;
	piece->extent = *extent;
	/* the second says enough */
	return ++piece->count > 1;
}

/* Where the file lies in its volume, if that is one piece. */
static int find_piece(struct fs *fs, const char *path, size_t size,
	uint64_t *at, struct error *err)
{
	struct piece piece = { .count = 0 };
	struct fs_node node;
	int r;

	if (!fs->driver->data_in_place)
		return error_set(err, ERR_UNSUPPORTED,
			"a file of this file system cannot be changed in "
			"place");
	if (fs->dirty)
		return error_set(err, ERR_UNSUPPORTED,
			"the file system is in use, or its journal waits to be "
			"replayed by the guest");
	if (fs->notice)
		return error_set(err, ERR_UNSUPPORTED, "%s", fs->notice);
	if (fs_find(fs, path, &node, err) < 0)
		return -1;
	if (node.type != FS_FILE || node.size != size)
		return error_set(err, ERR_UNSUPPORTED,
			"is not a file of %zu bytes", size);
	if (node.shared)
		return error_set(err, ERR_UNSUPPORTED,
			"may share its place on the disk with other files");
	r = fs_map(fs, &node, take_extent, &piece, err);
	if (r < 0)
		return -1;
	if (piece.count != 1 || piece.extent.vol == FS_HOLE ||
		piece.extent.len < size)
		return error_set(err, ERR_UNSUPPORTED,
			"does not lie in one piece on the disk");
	*at = piece.extent.vol;
	return 0;
}

/* Where that is on the disk below the volume. */
static int find_on_disk(struct device *dev, uint64_t at, size_t size,
	struct saved_place *place, struct error *err)
{
	struct volume_run run;
	int r = volume_locate(&dev->vol, at, size, &run, err);

	if (r < 0)
		return -1;
	if (dev->disk->fd < 0)
		return error_set(err, ERR_UNSUPPORTED,
			"lies behind a server, where only raw disks of this "
			"host are written");
	if (r == 0 || run.fd != dev->disk->fd || run.len < size)
		return error_set(err, ERR_UNSUPPORTED,
			"does not lie in one piece on the disk");
	*place = (struct saved_place){ dev->disk->index, run.pos };
	return 0;
}

/* GRUB's loopback cannot write, so a script that saves there saves nothing. */
static int check_device(const struct device *dev, struct error *err)
{
	for (; dev->under; dev = dev->under)
		if (dev->file)
			return error_set(err, ERR_UNSUPPORTED,
				"lies in a file that is used as a device");
	return 0;
}

int saved_locate(struct devices *devices, const struct config_block *block,
	struct saved_place *place, struct error *err)
{
	struct device *dev = block->file.dev;
	struct fs *fs = device_fs(devices, dev, err);
	size_t size = strlen(block->before);
	uint64_t at;

	if (fs && check_device(dev, err) == 0 &&
		find_piece(fs, block->file.path, size, &at, err) == 0 &&
		find_on_disk(dev, at, size, place, err) == 0)
		return 0;
	error_in(err, "%s", block->file.path);
	if (fs)
		error_in(err, "%s", fs->type);
	return device_error(dev, err);
}
