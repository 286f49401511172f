/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * arena.h - memory that is given back all at once and never exceeds a limit
 *
 * What the child derives from the guest's data lives here until it exits, so
 * parsers need no rules of ownership, and a guest that asks for too much gets
 * ERR_LIMIT instead of the host's memory.  Small pieces are cut from chunks.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#include "src/base/error.h"

struct arena {
	struct arena_chunk *chunks; /* the first is the one being cut */
	size_t used;                /* bytes taken from the system */
	size_t limit;               /* most bytes to take */
};

void arena_init(struct arena *arena, size_t limit);
void arena_free(struct arena *arena);

/*
 * From here on leave so many bytes to others, as far as they are there.  The
 * answer is what to set limit to afterwards.
 */
size_t arena_spare(struct arena *arena, size_t len)
	__attribute__((warn_unused_result));

/* len zeroed bytes aligned for any type; NULL with err filled. */
void *arena_alloc(struct arena *arena, size_t len, struct error *err)
	__attribute__((warn_unused_result));

/* The same for count elements of size bytes each; the product is checked. */
void *arena_array(struct arena *arena, size_t count, size_t size,
	struct error *err) __attribute__((warn_unused_result));

/* A NUL-terminated copy of len bytes. */
char *arena_strndup(struct arena *arena, const char *text, size_t len,
	struct error *err) __attribute__((warn_unused_result));
char *arena_strdup(struct arena *arena, const char *text, struct error *err)
	__attribute__((warn_unused_result));

/* A formatted string. */
char *arena_printf(struct arena *arena, struct error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), warn_unused_result));

/*
 * Room for one more element in a growing array of count elements: array as it
 * is, or a larger copy.  The old one stays in the arena, so the array at most
 * doubles what it costs.  *capacity belongs to the array and starts at 0.
 */
void *arena_grow(struct arena *arena, void *array, size_t count,
	size_t *capacity, size_t size, struct error *err)
	__attribute__((warn_unused_result));

#endif
