/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disk/patches.h"

#include <string.h>

#include "src/base/checked.h"

#define SLOTS_FIRST 64

/* Where a block is in the table, or would be. */
static struct patch_block *find(
	struct patch_block *table, size_t slots, uint64_t number)
{
	/* Fibonacci's hash: neighbours come far apart */
	size_t i = (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 32);

	for (i &= slots - 1; table[i].data && table[i].number != number;)
		i = (i + 1) & (slots - 1);
	return &table[i];
}

/* How many bytes from off on are of one block, of at most len. */
static size_t in_block(const struct patches *patches, uint64_t off, size_t len)
{
	size_t left = patches->block_size - off % patches->block_size;

	return left < len ? left : len;
}

static int patches_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	struct patches *patches = vol->priv;
	const struct patch_block *block;
	uint8_t *to = buf;
	size_t n;

	if (volume_read(patches->below, off, buf, len, err) < 0)
		return -1;
	for (; len > 0; to += n, off += n, len -= n) {
		n = in_block(patches, off, len);
		block = find(patches->table, patches->slots,
			off / patches->block_size);
		if (block->data)
			memcpy(to, block->data + off % patches->block_size, n);
	}
	return 0;
}

int patches_init(struct patches *patches, struct volume *below,
	uint32_t block_size, size_t limit, struct arena *arena,
	struct error *err)
{
	*patches = (struct patches){
		.vol = { .size = below->size,
			.priv = patches,
			.read = patches_read },
		.below = below,
		.arena = arena,
		.block_size = block_size,
		.table = arena_array(
			arena, SLOTS_FIRST, sizeof(*patches->table), err),
		.slots = SLOTS_FIRST,
		.limit = limit / block_size,
	};
	return patches->table ? 0 : -1;
}

/* Half of the table stays free, or a search would take long. */
static int make_room(struct patches *patches, struct error *err)
{
	struct patch_block *table;
	size_t slots = patches->slots * 2, i;

	if (patches->count < patches->slots / 2)
		return 0;
	table = arena_array(patches->arena, slots, sizeof(*table), err);
	if (!table)
		return -1;
	for (i = 0; i < patches->slots; i++)
		if (patches->table[i].data)
			*find(table, slots, patches->table[i].number) =
				patches->table[i];
	patches->table = table;
	patches->slots = slots;
	return 0;
}

/* The block, which is read when it is changed for the first time. */
static uint8_t *block_of(
	struct patches *patches, uint64_t number, struct error *err)
{
	struct patch_block *block =
		find(patches->table, patches->slots, number);
	uint8_t *data;

	if (block->data)
		return block->data;
	if (patches->count == patches->limit) {
		error_set(err, ERR_LIMIT, "more than %zu changed blocks",
			patches->limit);
		return NULL;
	}
	data = arena_alloc(patches->arena, patches->block_size, err);
	if (!data ||
		volume_read(patches->below, number * patches->block_size, data,
			patches->block_size, err) < 0 ||
		make_room(patches, err) < 0)
		return NULL;
	*find(patches->table, patches->slots, number) =
		(struct patch_block){ number, data };
	patches->count++;
	return data;
}

int patches_write(struct patches *patches, uint64_t off, const void *data,
	size_t len, struct error *err)
{
	const uint8_t *from = data;
	uint8_t *block;
	size_t n;

	if (!range_inside(off, len, patches->vol.size))
		return error_set(
			err, ERR_CORRUPT, "changes outside the volume");
	for (; len > 0; from += n, off += n, len -= n) {
		n = in_block(patches, off, len);
		block = block_of(patches, off / patches->block_size, err);
		if (!block)
			return -1;
		memcpy(block + off % patches->block_size, from, n);
	}
	return 0;
}

bool patches_cover(const struct patches *patches, uint64_t off, uint64_t len)
{
	uint64_t number = off / patches->block_size;

	for (; number * patches->block_size < off + len; number++)
		if (find(patches->table, patches->slots, number)->data)
			return true;
	return false;
}
