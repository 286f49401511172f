/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blockcache.h - the blocks of a file system's trees that were asked for last
 *
 * Who goes from the root of a tree to a leaf again and again finds the upper
 * levels here.
 */
#ifndef FSDRIVERS_BLOCKCACHE_H
#define FSDRIVERS_BLOCKCACHE_H

#include "src/base/arena.h"
#include "src/disk/volume.h"

#define BLOCKCACHE_SLOTS 8 /* two ways of a few levels */

struct blockcache_slot {
	uint64_t pos;  /* in the volume, bytes */
	uint32_t used; /* when it was last asked for; 0: it is empty */
	uint8_t *data; /* NULL, or room for a block */
};

struct blockcache {
	struct volume *vol;
	struct arena *arena;
	uint32_t size; /* bytes of a block */
	uint32_t clock;
	struct blockcache_slot slots[BLOCKCACHE_SLOTS];
};

/*
 * The block that begins at pos of the volume: valid until seven others were
 * asked for.  NULL with err filled.
 */
const uint8_t *blockcache_get(
	struct blockcache *cache, uint64_t pos, struct error *err);

#endif
