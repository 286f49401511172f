/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * patches.h - a volume some blocks of which were changed in memory
 *
 * For a log that holds parts of blocks: what they make of the blocks is kept,
 * and whoever reads the volume sees it where it belongs.  Nothing is written.
 * Where a log holds whole blocks nothing has to be kept: overlay.h.
 */
#ifndef DISK_PATCHES_H
#define DISK_PATCHES_H

#include <stdbool.h>

#include "src/base/arena.h"
#include "src/disk/volume.h"

struct patch_block {
	uint64_t number; /* in blocks from the start of the volume */
	uint8_t *data;   /* NULL: this place of the table is free */
};

struct patches {
	struct volume vol;    /* to read from, at any time */
	struct volume *below; /* borrowed */
	struct arena *arena;
	uint32_t block_size; /* bytes */
	struct patch_block *table;
	size_t slots; /* of the table: a power of two */
	size_t count; /* blocks in it */
	size_t limit; /* most blocks */
};

/*
 * Blocks have block_size bytes, at most limit bytes of them are kept.  The
 * volume lives as long as the arena.
 */
int patches_init(struct patches *patches, struct volume *below,
	uint32_t block_size, size_t limit, struct arena *arena,
	struct error *err);

/* Change len bytes at off; ERR_LIMIT: that would be too many blocks. */
int patches_write(struct patches *patches, uint64_t off, const void *data,
	size_t len, struct error *err);

/* Does any of these bytes lie in a block that was changed? */
bool patches_cover(const struct patches *patches, uint64_t off, uint64_t len);

#endif
