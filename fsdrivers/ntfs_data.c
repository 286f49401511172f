/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntfs_data.c - where the bytes of an attribute lie, and packed ones
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/ntfs.h"
#include "src/base/checked.h"
#include "src/fs/filemap.h"

#define UNIT_MAX 65536 /* bytes packed at once: 16 clusters of 4 KiB */

#define FIRST_AT 16 /* in the header of an attribute */
#define RUNS_AT 32

int ntfs_walk_start(
	struct ntfs_walk *walk, struct bytes piece, struct error *err)
{
	size_t runs;

	if (piece.len < 64 || !piece.data[8])
		return error_set(err, ERR_CORRUPT,
			"an attribute is both in its record and outside");
	runs = le16_get(*(const le16 *)(piece.data + RUNS_AT));
	if (runs > piece.len)
		return error_set(err, ERR_CORRUPT, "runs at 0x%zx", runs);
	walk->pairs = bytes_sub(piece, runs, piece.len - runs);
	walk->next = le64_get(*(const le64 *)(piece.data + FIRST_AT));
	walk->cluster = 0;
	return 0;
}

/* A number of len bytes, little end first, with a sign. */
static int64_t signed_number(const uint8_t *raw, size_t len)
{
	uint64_t number = len > 0 && raw[len - 1] & 0x80 ? UINT64_MAX : 0;

	while (len-- > 0)
		number = number << 8 | raw[len];
	return (int64_t)number;
}

/* A byte says how many bytes a length has, and a distance to the last run. */
int ntfs_walk_next(const struct ntfs *ntfs, struct ntfs_walk *walk,
	struct ntfs_clusters *run, struct error *err)
{
	const uint8_t *head = bytes_at(walk->pairs, 0, 1);
	size_t len, distance;
	const uint8_t *raw;
	int64_t count;

	if (!head || *head == 0)
		return 0;
	len = *head & 15;
	distance = *head >> 4;
	raw = bytes_at(walk->pairs, 1, len + distance);
	count = raw && len > 0 && len <= 8 ? signed_number(raw, len) : 0;
	if (count <= 0 || distance > 8 ||
		!range_inside(walk->next, (uint64_t)count,
			(uint64_t)INT64_MAX / ntfs->cluster))
		return error_set(err, ERR_CORRUPT, "a broken run");
	run->at = walk->next;
	run->count = (uint64_t)count;
	run->first = FS_HOLE;
	if (distance > 0) {
		if (__builtin_add_overflow(walk->cluster,
			    signed_number(raw + len, distance),
			    &walk->cluster) ||
			walk->cluster < 0 ||
			!range_inside((uint64_t)walk->cluster, run->count,
				ntfs->clusters))
			return error_set(err, ERR_CORRUPT,
				"a run of %" PRIu64 " clusters from %" PRId64
				" on, of %" PRIu64,
				run->count, walk->cluster, ntfs->clusters);
		run->first = (uint64_t)walk->cluster;
	}
	walk->next += run->count;
	walk->pairs = bytes_sub(walk->pairs, 1 + len + distance,
		walk->pairs.len - 1 - len - distance);
	return 1;
}

/* Add the runs of a piece to what is visited; *end is where the last ended. */
static int map_piece(struct ntfs *ntfs, struct filemap *map, struct bytes piece,
	uint64_t *end, struct error *err)
{
	uint64_t size = ntfs->cluster;
	struct ntfs_clusters run;
	struct ntfs_walk walk;
	int r = 0;

	if (ntfs_walk_start(&walk, piece, err) < 0)
		return -1;
	if (walk.next != *end)
		return error_set(err, ERR_CORRUPT,
			"runs of cluster %" PRIu64 " behind those of %" PRIu64,
			walk.next, *end);
	while (!filemap_full(map) &&
		(r = ntfs_walk_next(ntfs, &walk, &run, err)) > 0) {
		r = filemap_add(map, run.at * size,
			run.first == FS_HOLE ? FS_HOLE : run.first * size,
			run.count * size, err);
		if (r != 0)
			return r;
	}
	*end = walk.next;
	return r;
}

/* Bytes [from, to), without a look at what was written. */
static int map_range(struct ntfs *ntfs, const struct ntfs_attr *attr,
	uint64_t from, uint64_t to, uint64_t zeros, fs_visit_extent *visit,
	void *ctx, struct error *err)
{
	struct filemap map;
	struct bytes piece;
	uint64_t end = 0;
	size_t at = 0;
	int r = 0;

	filemap_start(&map, from, zeros < to ? zeros : to, visit, ctx);
	while (!filemap_full(&map) &&
		(r = ntfs_attr_piece(ntfs, attr, &at, &piece, err)) > 0) {
		r = map_piece(ntfs, &map, piece, &end, err);
		if (r != 0)
			return r;
	}
	if (r < 0)
		return -1;
	map.to = to;
	return filemap_end(&map, err);
}

int ntfs_attr_map(struct ntfs *ntfs, const struct ntfs_attr *attr,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	return map_range(
		ntfs, attr, 0, attr->size, attr->written, visit, ctx, err);
}

/* Packed bytes, which are in the first clusters of a unit. */
struct gather {
	struct ntfs *ntfs;
	uint64_t from;
	size_t len; /* bytes before the first hole */
	bool hole;
};

static int gather(void *ctx, const struct fs_extent *extent, struct error *err)
{
	struct gather *g = ctx;
	size_t at = (size_t)(extent->file - g->from);

	if (extent->vol == FS_HOLE)
		g->hole = true;
	if (g->hole)
		return 0;
	g->len = at + (size_t)extent->len;
	return volume_read(g->ntfs->vol, extent->vol, g->ntfs->packed + at,
		(size_t)extent->len, err);
}

static int load_unit(struct ntfs *ntfs, const struct ntfs_attr *attr,
	uint64_t from, size_t size, struct error *err)
{
	struct gather g = { .ntfs = ntfs, .from = from };

	if (ntfs->unit_file == ntfs->number && ntfs->unit_at == from)
		return 0;
	ntfs->unit_file = UINT64_MAX;
	if (map_range(ntfs, attr, from, from + size, UINT64_MAX, gather, &g,
		    err) < 0)
		return -1;
	if (!g.hole)
		memcpy(ntfs->unit, ntfs->packed, size);
	else if (ntfs_unpack((struct bytes){ ntfs->packed, g.len }, ntfs->unit,
			 size, err) < 0)
		return -1;
	ntfs->unit_file = ntfs->number;
	ntfs->unit_at = from;
	return 0;
}

static int start_units(struct ntfs *ntfs, struct error *err)
{
	if (!ntfs->packed)
		ntfs->packed = arena_alloc(ntfs->arena, UNIT_MAX, err);
	if (!ntfs->unit)
		ntfs->unit = arena_alloc(ntfs->arena, UNIT_MAX, err);
	return ntfs->packed && ntfs->unit ? 0 : -1;
}

static int read_packed(struct ntfs *ntfs, const struct ntfs_attr *attr,
	uint64_t off, uint8_t *buf, size_t len, struct error *err)
{
	uint64_t size =
		attr->unit < 16 ? (uint64_t)ntfs->cluster << attr->unit : 0;
	size_t skip, n;

	if (size == 0 || size > UNIT_MAX || (attr->flags & NTFS_PACKED) != 1)
		return error_set(err, ERR_UNSUPPORTED,
			"is packed by an unknown method (flags 0x%x)",
			attr->flags);
	if (start_units(ntfs, err) < 0)
		return -1;
	for (; len > 0; off += n, buf += n, len -= n) {
		skip = (size_t)(off & (size - 1));
		n = len < size - skip ? len : (size_t)(size - skip);
		if (load_unit(ntfs, attr, off - skip, (size_t)size, err) < 0)
			return -1;
		memcpy(buf, ntfs->unit + skip, n);
	}
	return 0;
}

int ntfs_attr_read(struct ntfs *ntfs, const struct ntfs_attr *attr,
	uint64_t off, void *buf, size_t len, struct error *err)
{
	struct filemap_copy copy = { ntfs->vol, off, buf };
	uint64_t zeros = off + len;

	/* it is looked for anew each time, in a record that is read anew */
	if (!range_inside(off, len, attr->size))
		return error_set(
			err, ERR_CORRUPT, "it changed while it was read");
	if (attr->value) {
		memcpy(buf, attr->value + off, len);
		return 0;
	}
	if (!(attr->flags & NTFS_PACKED) || attr->type != NTFS_DATA)
		return map_range(ntfs, attr, off, off + len, attr->written,
			filemap_copy, &copy, err);
	/* what was never written is not in the units, either */
	if (zeros > attr->written)
		zeros = attr->written > off ? attr->written : off;
	memset((uint8_t *)buf + (zeros - off), 0, (size_t)(off + len - zeros));
	return read_packed(ntfs, attr, off, buf, (size_t)(zeros - off), err);
}
