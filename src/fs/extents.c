/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/fs/extents.h"

#include <string.h>

/* The extent that holds the byte at off, which is inside the volume. */
static const struct fs_extent *find_extent(
	const struct extents *extents, uint64_t off)
{
	size_t low = 0, high = extents->count, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (extents->list[middle].file <= off)
			low = middle;
		else
			high = middle;
	}
	return &extents->list[low];
}

static int extents_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	const struct extents *extents = vol->priv;
	const struct fs_extent *extent;
	uint8_t *to = buf;
	uint64_t skip;
	size_t n;

	if (len == 0)
		return 0;
	for (extent = find_extent(extents, off); len > 0; extent++) {
		skip = off - extent->file;
		n = len;
		if (n > extent->len - skip)
			n = (size_t)(extent->len - skip);
		if (extent->vol == FS_HOLE)
			memset(to, 0, n);
		else if (volume_read(extents->below, extent->vol + skip, to, n,
				 err) < 0)
			return -1;
		to += n;
		off += n;
		len -= n;
	}
	return 0;
}

static int extents_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	const struct extents *extents = vol->priv;
	const struct fs_extent *extent = find_extent(extents, off);
	uint64_t skip = off - extent->file;

	if (len > extent->len - skip)
		len = extent->len - skip;
	if (extent->vol == FS_HOLE) {
		*run = (struct volume_run){ .fd = VOLUME_HOLE, .len = len };
		return 0;
	}
	return volume_run_below(
		extents->below, extent->vol + skip, len, run, err);
}

void volume_of_extents(
	struct volume *vol, struct extents *extents, uint64_t size)
{
	*vol = (struct volume){
		.size = size,
		.priv = extents,
		.read = extents_read,
		.locate = extents_locate,
	};
}
