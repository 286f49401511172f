/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most guests need less than this in all, and then there is one malloc. */
#define CHUNK_SIZE 32768

#define FIRST_CAPACITY 8

struct arena_chunk {
	struct arena_chunk *next;
	size_t size; /* bytes in data */
	size_t cut;  /* bytes of data given away */
	max_align_t data[];
};

void arena_init(struct arena *arena, size_t limit)
{
	*arena = (struct arena){ .limit = limit };
}

void arena_free(struct arena *arena)
{
	struct arena_chunk *chunk, *next;

	for (chunk = arena->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	arena_init(arena, arena->limit);
}

size_t arena_spare(struct arena *arena, size_t len)
{
	const size_t limit = arena->limit, left = limit - arena->used;

	arena->limit -= len < left ? len : left;
	return limit;
}

static struct arena_chunk *new_chunk(
	struct arena *arena, size_t size, struct error *err)
{
	struct arena_chunk *chunk;

	if (size > arena->limit - arena->used) {
		error_set(err, ERR_LIMIT, "needs more than %zu bytes of memory",
			arena->limit);
		return NULL;
	}
	/* size is below the limit now, so the sum cannot overflow */
	chunk = calloc(1, sizeof(*chunk) + size);
	if (!chunk) {
		error_set(err, ERR_LIMIT, "out of memory");
		return NULL;
	}
	chunk->size = size;
	arena->used += size;
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t len, struct error *err)
{
	const size_t unit = sizeof(max_align_t);
	struct arena_chunk *chunk = arena->chunks;
	size_t room = arena->limit - arena->used;
	size_t size = CHUNK_SIZE;
	uint8_t *at;

	if (len > SIZE_MAX - unit)
		len = SIZE_MAX - unit; /* refused below; no sum overflows */
	len = (len + unit - 1) / unit * unit;
	if (chunk && len <= chunk->size - chunk->cut) {
		at = (uint8_t *)chunk->data + chunk->cut;
		chunk->cut += len;
		return at;
	}
	/* Near the limit, take what is left rather than refuse small pieces. */
	if (size > room)
		size = room / unit * unit;
	if (size < len)
		size = len;
	chunk = new_chunk(arena, size, err);
	if (!chunk)
		return NULL;
	chunk->cut = len;
	/* A large piece goes behind the chunk in use, which has room left. */
	if (size == len && arena->chunks) {
		chunk->next = arena->chunks->next;
		arena->chunks->next = chunk;
	} else {
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	return chunk->data;
}

void *arena_array(
	struct arena *arena, size_t count, size_t size, struct error *err)
{
	size_t len;

	if (__builtin_mul_overflow(count, size, &len))
		len = SIZE_MAX;
	return arena_alloc(arena, len, err);
}

char *arena_strndup(
	struct arena *arena, const char *text, size_t len, struct error *err)
{
	char *copy = arena_alloc(arena, len + 1, err);

	if (copy)
		memcpy(copy, text, len);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text, struct error *err)
{
	return arena_strndup(arena, text, strlen(text), err);
}

char *arena_printf(struct arena *arena, struct error *err, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len >= 0)
		text = arena_alloc(arena, (size_t)len + 1, err);
	if (!text)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}

void *arena_grow(struct arena *arena, void *array, size_t count,
	size_t *capacity, size_t size, struct error *err)
{
	size_t wanted = *capacity ? *capacity * 2 : FIRST_CAPACITY;
	void *larger;

	if (count < *capacity)
		return array;
	larger = arena_array(arena, wanted, size, err);
	if (!larger)
		return NULL;
	if (count > 0)
		memcpy(larger, array, count * size);
	*capacity = wanted;
	return larger;
}
