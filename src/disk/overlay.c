/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/overlay.h"

#include <stdlib.h>
#include <string.h>

/* The first block that does not end in front of off. */
static size_t find(const struct overlay *overlay, uint64_t off)
{
	size_t low = 0, high = overlay->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (overlay->list[middle].to + overlay->block_size <= off)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Some bytes of a block, which is read, and made right, as a whole. */
static int read_block(struct overlay *overlay,
	const struct overlay_block *block, uint64_t skip, uint8_t *buf,
	size_t len, struct error *err)
{
	if (volume_read(overlay->below, block->from, overlay->data,
		    overlay->block_size, err) < 0)
		return -1;
	if (overlay->fix &&
		overlay->fix(overlay->ctx, block, overlay->data, err) < 0)
		return -1;
	memcpy(buf, overlay->data + skip, len);
	return 0;
}

static int overlay_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	struct overlay *overlay = vol->priv;
	size_t i = find(overlay, off), n;
	const struct overlay_block *block;
	uint8_t *to = buf;
	int r;

	for (; len > 0; to += n, off += n, len -= n) {
		block = i < overlay->count ? &overlay->list[i] : NULL;
		n = len;
		if (!block || block->to >= off + len) {
			r = volume_read(overlay->below, off, to, n, err);
		} else if (block->to > off) {
			n = (size_t)(block->to - off);
			r = volume_read(overlay->below, off, to, n, err);
		} else {
			if (n > block->to + overlay->block_size - off)
				n = (size_t)(block->to + overlay->block_size -
					off);
			r = read_block(
				overlay, block, off - block->to, to, n, err);
			i++;
		}
		if (r < 0)
			return -1;
	}
	return 0;
}

int overlay_init(struct overlay *overlay, struct volume *below,
	uint32_t block_size, struct arena *arena, struct error *err)
{
	*overlay = (struct overlay){
		.vol = { .size = below->size,
			.priv = overlay,
			.read = overlay_read },
		.below = below,
		.arena = arena,
		.block_size = block_size,
		.data = arena_alloc(arena, block_size, err),
	};
	return overlay->data ? 0 : -1;
}

int overlay_add(struct overlay *overlay, uint64_t to, uint64_t from,
	const uint32_t tag[3], struct error *err)
{
	struct overlay_block *list = arena_grow(overlay->arena, overlay->list,
		overlay->count, &overlay->capacity, sizeof(*list), err);

	if (!list)
		return -1;
	overlay->list = list;
	list[overlay->count] = (struct overlay_block){
		to,
		from,
		{ tag[0], tag[1], tag[2] },
		(uint32_t)overlay->count,
	};
	overlay->count++;
	return 0;
}

static int compare(const void *one, const void *other)
{
	const struct overlay_block *a = one, *b = other;

	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	return a->order < b->order ? -1 : 1;
}

void overlay_finish(struct overlay *overlay)
{
	struct overlay_block *list = overlay->list;
	size_t i, kept = 0;

	if (overlay->count == 0)
		return;
	qsort(list, overlay->count, sizeof(*list), compare);
	for (i = 0; i < overlay->count; i++) {
		if (i + 1 < overlay->count && list[i + 1].to == list[i].to)
			continue;
		list[kept++] = list[i];
	}
	overlay->count = kept;
}

bool overlay_covers(const struct overlay *overlay, uint64_t off, uint64_t len)
{
	size_t i = find(overlay, off);

	return i < overlay->count && overlay->list[i].to < off + len;
}
