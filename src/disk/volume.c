/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/volume.h"

#include <inttypes.h>

#include "src/base/checked.h"

static int check_range(
	const struct volume *vol, uint64_t off, uint64_t len, struct error *err)
{
	if (range_inside(off, len, vol->size))
		return 0;
	return error_set(err, ERR_CORRUPT,
		"%" PRIu64 " bytes at 0x%" PRIx64
		" lie beyond the volume's end (0x%" PRIx64 ")",
		len, off, vol->size);
}

int volume_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	if (check_range(vol, off, len, err) < 0)
		return -1;
	return vol->read(vol, off, buf, len, err);
}

int volume_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	int r;

	if (check_range(vol, off, len, err) < 0)
		return -1;
	if (!vol->locate)
		return 0;
	r = vol->locate(vol, off, len, run, err);
	return r < 0 ? -1 : r == 0;
}

int volume_run_below(struct volume *below, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	int located = volume_locate(below, off, len, run, err);

	return located < 0 ? -1 : !located;
}

static int disk_range_read(struct volume *vol, uint64_t off, void *buf,
	size_t len, struct error *err)
{
	struct disk_range *range = vol->priv;
	uint64_t pos;

	if (!add_u64(range->start, off, &pos))
		return error_set(err, ERR_CORRUPT,
			"offset 0x%" PRIx64 " + 0x%" PRIx64 " is too large",
			range->start, off);
	return disk_read(range->disk, pos, buf, len, err);
}

static int disk_range_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	struct disk_range *range = vol->priv;
	uint64_t pos = UINT64_MAX;

	if (!add_u64(range->start, off, &pos) ||
		!range_inside(pos, len, range->disk->size))
		return error_set(err, ERR_IO,
			"%" PRIu64 " bytes at 0x%" PRIx64
			" lie beyond the disk's end (0x%" PRIx64 ")",
			len, pos, range->disk->size);
	if (range->disk->over)
		return volume_run_below(range->disk->over, pos, len, run, err);
	*run = (struct volume_run){ range->disk->fd, pos, len };
	return 0;
}

void volume_of_disk(struct volume *vol, struct disk_range *range, uint64_t size)
{
	*vol = (struct volume){
		.size = size,
		.priv = range,
		.read = disk_range_read,
		.locate = disk_range_locate,
	};
}
