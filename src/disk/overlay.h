/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * overlay.h - a volume some blocks of which are read from elsewhere on it
 *
 * What a journal holds and nobody wrote back yet: the blocks are found in the
 * journal, and whoever reads the volume sees them where they belong.  Nothing
 * is written, and nothing is copied before somebody asks for it.
 */
#ifndef DISK_OVERLAY_H
#define DISK_OVERLAY_H

#include <stdbool.h>

#include "src/base/arena.h"
#include "src/disk/volume.h"

struct overlay_block {
	uint64_t to;     /* bytes into the volume, a multiple of the size */
	uint64_t from;   /* where the contents are, bytes into the volume */
	uint32_t tag[3]; /* the maker's own */
	uint32_t order;  /* of those with the same to, the largest counts */
};

/*
 * Optional: check a block that was read, and make of it what belongs to the
 * place it is for.  Messages name the block.
 */
typedef int overlay_fix(void *ctx, const struct overlay_block *block,
	uint8_t *data, struct error *err);

struct overlay {
	struct volume vol;    /* to read from, once all blocks are added */
	struct volume *below; /* borrowed */
	struct arena *arena;
	uint32_t block_size; /* bytes */
	struct overlay_block *list;
	size_t count;
	size_t capacity;
	overlay_fix *fix; /* NULL: none */
	void *ctx;        /* of fix */
	uint8_t *data;    /* one block */
};

/* block_size is at most 1 MiB.  The overlay lives as long as the arena. */
int overlay_init(struct overlay *overlay, struct volume *below,
	uint32_t block_size, struct arena *arena, struct error *err);

/* A block; one that is added later for the same place takes its place. */
int overlay_add(struct overlay *overlay, uint64_t to, uint64_t from,
	const uint32_t tag[3], struct error *err);

/* All are added: from now on overlay->vol can be read. */
void overlay_finish(struct overlay *overlay);

/* Is any of these bytes read from elsewhere? */
bool overlay_covers(const struct overlay *overlay, uint64_t off, uint64_t len);

#endif
