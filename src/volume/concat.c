/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/base/checked.h"
#include "src/volume/raid.h"

int concat_add(struct concat *concat, struct arena *arena, struct volume *vol,
	uint64_t off, uint64_t len, struct error *err)
{
	struct concat_piece *last;
	uint64_t size;

	if (!add_u64(concat->size, len, &size) || size > INT64_MAX)
		return error_set(err, ERR_CORRUPT, "the size is too large");
	last = concat->count ? &concat->list[concat->count - 1] : NULL;
	if (last && last->vol == vol && last->off + last->len == off) {
		last->len += len;
		concat->size = size;
		return 0;
	}
	if (len == 0)
		return 0;
	concat->list = arena_grow(arena, concat->list, concat->count,
		&concat->capacity, sizeof(*concat->list), err);
	if (!concat->list)
		return -1;
	concat->list[concat->count++] =
		(struct concat_piece){ concat->size, len, vol, off };
	concat->size = size;
	return 0;
}

/* The piece that holds the byte at off, which is inside the volume. */
static const struct concat_piece *find_piece(
	const struct concat *concat, uint64_t off)
{
	size_t low = 0, high = concat->count, middle;

	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (concat->list[middle].start <= off)
			low = middle;
		else
			high = middle;
	}
	return &concat->list[low];
}

static int concat_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	const struct concat_piece *piece;
	uint8_t *to = buf;
	uint64_t skip;
	size_t n;

	if (len == 0)
		return 0;
	for (piece = find_piece(vol->priv, off); len > 0; piece++) {
		skip = off - piece->start;
		n = len;
		if (n > piece->len - skip)
			n = (size_t)(piece->len - skip);
		if (volume_read(piece->vol, piece->off + skip, to, n, err) < 0)
			return -1;
		to += n;
		off += n;
		len -= n;
	}
	return 0;
}

static int concat_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	const struct concat_piece *piece;
	uint64_t skip;

	if (len == 0)
		return 1;
	piece = find_piece(vol->priv, off);
	skip = off - piece->start;
	if (len > piece->len - skip)
		len = piece->len - skip;
	return volume_run_below(piece->vol, piece->off + skip, len, run, err);
}

void volume_of_concat(struct volume *vol, struct concat *concat)
{
	*vol = (struct volume){
		.size = concat->size,
		.priv = concat,
		.read = concat_read,
		.locate = concat_locate,
	};
}
