/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scratch.h - memory for as long as a statement runs
 *
 * The arena of the run gives nothing back, and a loop in a guest's script may
 * turn a million times.  So what a statement needs (its tree, its expanded
 * words) is cut from here and given back by a mark, as on a stack.  The chunks
 * come from the arena and count towards its limit.
 */
#ifndef CONFIG_GRUB2_SCRATCH_H
#define CONFIG_GRUB2_SCRATCH_H

#include <stddef.h>

#include "src/base/arena.h"

struct scratch {
	struct arena *arena;
	struct scratch_chunk *first;
	struct scratch_chunk *current; /* the one being cut; NULL at first */
	char *at, *end;                /* what is left of it */
};

struct scratch_mark {
	struct scratch_chunk *chunk;
	char *at;
};

void scratch_init(struct scratch *scratch, struct arena *arena);

/* As scratch_alloc(), when the chunk in use is full. */
void *scratch_refill(struct scratch *scratch, size_t len, struct error *err)
	__attribute__((warn_unused_result));

/* len bytes, not zeroed, aligned for pointers; NULL with err filled. */
static inline void *scratch_alloc(
	struct scratch *scratch, size_t len, struct error *err)
{
	const size_t unit = sizeof(void *);
	char *at = scratch->at;

	if (len > (size_t)(scratch->end - at))
		return scratch_refill(scratch, len, err);
	/* Chunks are whole units, so rounding up does not leave the chunk. */
	scratch->at += (len + unit - 1) / unit * unit;
	return at;
}

/* A NUL-terminated copy. */
char *scratch_strndup(struct scratch *scratch, const char *text, size_t len,
	struct error *err) __attribute__((warn_unused_result));

static inline struct scratch_mark scratch_mark(const struct scratch *scratch)
{
	return (struct scratch_mark){ scratch->current, scratch->at };
}

/* Give back everything that was cut since the mark was taken. */
void scratch_rewind(struct scratch *scratch, struct scratch_mark mark);

#endif
