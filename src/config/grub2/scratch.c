/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/scratch.h"

#include <string.h>

/* Enough for most configurations; later chunks double up to the larger. */
#define CHUNK_MIN 8192
#define CHUNK_MAX (1U << 20)

struct scratch_chunk {
	struct scratch_chunk *next;
	size_t size; /* bytes in data, whole units */
	max_align_t data[];
};

void scratch_init(struct scratch *scratch, struct arena *arena)
{
	*scratch = (struct scratch){ .arena = arena };
}

static void use_chunk(struct scratch *scratch, struct scratch_chunk *chunk)
{
	scratch->current = chunk;
	scratch->at = (char *)chunk->data;
	scratch->end = scratch->at + chunk->size;
}

/*
 * Sizes are powers of two, so that a value that grows byte by byte in a loop
 * costs at most twice its last size in all.
 */
static struct scratch_chunk *new_chunk(
	struct scratch *scratch, size_t len, struct error *err)
{
	struct scratch_chunk *chunk;
	size_t size = CHUNK_MIN;

	if (scratch->current && scratch->current->size < CHUNK_MAX)
		size = scratch->current->size * 2;
	while (size < len && size <= scratch->arena->limit)
		size *= 2;
	if (size < len)
		size = len; /* beyond the limit: refused by the arena */
	chunk = arena_alloc(scratch->arena, sizeof(*chunk) + size, err);
	if (chunk)
		chunk->size = size;
	return chunk;
}

void *scratch_refill(struct scratch *scratch, size_t len, struct error *err)
{
	struct scratch_chunk *chunk;

	chunk = scratch->current ? scratch->current->next : scratch->first;
	while (chunk && chunk->size < len)
		chunk = chunk->next;
	if (!chunk) {
		chunk = new_chunk(scratch, len, err);
		if (!chunk)
			return NULL;
		if (scratch->current) {
			chunk->next = scratch->current->next;
			scratch->current->next = chunk;
		} else {
			chunk->next = scratch->first;
			scratch->first = chunk;
		}
	}
	use_chunk(scratch, chunk);
	return scratch_alloc(scratch, len, err);
}

char *scratch_strndup(struct scratch *scratch, const char *text, size_t len,
	struct error *err)
{
	char *copy = scratch_alloc(scratch, len + 1, err);

	if (!copy)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

void scratch_rewind(struct scratch *scratch, struct scratch_mark mark)
{
	if (!mark.chunk) {
		scratch->current = NULL;
		scratch->at = scratch->end = NULL;
		return;
	}
	use_chunk(scratch, mark.chunk);
	scratch->at = mark.at;
}
