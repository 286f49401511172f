/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/fs/filemap.h"

#include <string.h>

void filemap_start(struct filemap *map, uint64_t from, uint64_t to,
	fs_visit_extent *visit, void *ctx)
{
	*map = (struct filemap){
		.to = to,
		.next = from,
		.visit = visit,
		.ctx = ctx,
	};
}

static int visit_last(struct filemap *map, struct error *err)
{
	int r = 0;

	if (map->last.len > 0)
		r = map->visit(map->ctx, &map->last, err);
	map->last.len = 0;
	map->stopped = r != 0;
	return r;
}

static bool follows(const struct fs_extent *last, uint64_t vol)
{
	if (last->len == 0)
		return false;
	if (vol == FS_HOLE || last->vol == FS_HOLE)
		return vol == last->vol;
	return last->vol + last->len == vol;
}

/* A piece that begins where the last one ends. */
static int push(
	struct filemap *map, uint64_t vol, uint64_t len, struct error *err)
{
	uint64_t file = map->next;
	int r;

	map->next += len;
	if (follows(&map->last, vol)) {
		map->last.len += len;
		return 0;
	}
	r = visit_last(map, err);
	map->last = (struct fs_extent){ file, vol, len };
	return r;
}

int filemap_add(struct filemap *map, uint64_t file, uint64_t vol, uint64_t len,
	struct error *err)
{
	uint64_t skip = file < map->next ? map->next - file : 0;
	int r = 0;

	if (file >= map->to || skip >= len)
		return 0;
	if (len > map->to - file)
		len = map->to - file;
	if (skip >= len)
		return 0;
	if (file > map->next)
		r = push(map, FS_HOLE, file - map->next, err);
	if (vol != FS_HOLE)
		vol += skip;
	return r ? r : push(map, vol, len - skip, err);
}

int filemap_end(struct filemap *map, struct error *err)
{
	int r = 0;

	if (map->next < map->to)
		r = push(map, FS_HOLE, map->to - map->next, err);
	return r ? r : visit_last(map, err);
}

int filemap_copy(void *ctx, const struct fs_extent *extent, struct error *err)
{
	const struct filemap_copy *copy = ctx;
	uint8_t *to = copy->buf + (extent->file - copy->from);

	/* what is copied fits in memory */
	if (extent->vol != FS_HOLE)
		return volume_read(
			copy->vol, extent->vol, to, (size_t)extent->len, err);
	memset(to, 0, (size_t)extent->len);
	return 0;
}
