/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fsdrivers/blockcache.h"

/* The slot with that block, or the one to put it in. */
static struct blockcache_slot *find(struct blockcache *cache, uint64_t pos)
{
	struct blockcache_slot *slot = cache->slots, *oldest = slot;

	for (; slot < cache->slots + BLOCKCACHE_SLOTS; slot++) {
		if (slot->used != 0 && slot->pos == pos)
			return slot;
		if (slot->used < oldest->used)
			oldest = slot;
	}
	oldest->used = 0;
	return oldest;
}

const uint8_t *blockcache_get(
	struct blockcache *cache, uint64_t pos, struct error *err)
{
	struct blockcache_slot *slot = find(cache, pos);
	int i;

	if (!slot->data)
		slot->data = arena_alloc(cache->arena, cache->size, err);
	if (!slot->data)
		return NULL;
	if (slot->used == 0 &&
		volume_read(cache->vol, pos, slot->data, cache->size, err) < 0)
		return NULL;
	/* begun anew, the clock would keep what is old for ever */
	if (cache->clock == UINT32_MAX) {
		for (i = 0; i < BLOCKCACHE_SLOTS; i++)
			cache->slots[i].used = 0;
		cache->clock = 0;
	}
	slot->pos = pos;
	slot->used = ++cache->clock;
	return slot->data;
}
