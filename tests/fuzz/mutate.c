/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mutate.c - how libFuzzer changes a disk whose zeros are left out
 *
 * Its own ways insert and remove bytes, which moves all that is behind them:
 * of an image nothing is left then.  So most changes are in place, of numbers
 * as file systems have them, and checksums are put right (repair.h).
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/repair.h"

#define HEAD 6 /* as fuzz_disk.c has it */
#define PIECE 6
#define TRIES 24 /* to find a place that is not empty */
#define WINDOW 64

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(
	uint8_t *data, size_t size, size_t max_size, unsigned int seed);

struct body {
	uint8_t *data; /* behind the head and the table of pieces */
	size_t size;
	uint32_t random;
};

static uint32_t draw(struct body *body, size_t below)
{
	body->random ^= body->random << 13;
	body->random ^= body->random >> 17;
	body->random ^= body->random << 5;
	return body->random % (uint32_t)below;
}

/* Somewhere, as a rule where there is something. */
static uint8_t *draw_place(struct body *body, size_t width)
{
	size_t at = 0, i;
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		at = draw(body, body->size / width) * width;
		for (i = 0; i < width; i++)
			if (body->data[at + i])
				return body->data + at;
	}
	return body->data + at;
}

static uint64_t draw_number(struct body *body, uint64_t was, int width)
{
	const uint64_t top = UINT64_C(1) << (8 * width - 1);

	switch (draw(body, 10)) {
	case 0:
		return 0;
	case 1:
		return top - draw(body, 2);
	case 2:
		return UINT64_MAX - draw(body, 3);
	case 3:
		return was + 1;
	case 4:
		return was - 1;
	case 5:
		return was ^ UINT64_C(1) << draw(body, 8 * (size_t)width);
	case 6:
		return UINT64_C(1) << draw(body, 8 * (size_t)width);
	case 7:
		return was << 1;
	case 8: /* what another field of that width has */
		return get_le(draw_place(body, (size_t)width), width);
	default:
		return draw(body, 256);
	}
}

static void change_number(struct body *body)
{
	static const int widths[] = { 1, 2, 4, 4, 8 };
	int width = widths[draw(body, 5)];
	uint8_t *at = draw_place(body, (size_t)width);

	if (draw(body, 4) > 0)
		put_le(at, width, draw_number(body, get_le(at, width), width));
	else
		put_be(at, width, draw_number(body, get_be(at, width), width));
}

/* libFuzzer knows what the program compared with what. */
static void change_window(struct body *body)
{
	uint8_t *at = draw_place(body, 4);
	size_t len = body->size - (size_t)(at - body->data);

	if (len > WINDOW)
		len = WINDOW;
	LLVMFuzzerMutate(at, len, len);
}

/* A structure, or a whole block, where another was. */
static void copy_part(struct body *body)
{
	static const size_t lens[] = { 8, 16, 32, 64, 512, 1024, 4096 };
	size_t len = lens[draw(body, sizeof(lens) / sizeof(lens[0]))];

	if (len <= body->size)
		memmove(draw_place(body, len), draw_place(body, len), len);
}

size_t LLVMFuzzerCustomMutator(
	uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	struct body body = { .random = seed * 2654435761U | 1 };
	size_t used = SIZE_MAX;
	uint32_t times;

	if (size >= HEAD)
		used = HEAD + get_le(data + 4, 2) * PIECE;
	if (used >= size || size - used < WINDOW || draw(&body, 16) == 0) {
		size = LLVMFuzzerMutate(data, size, max_size);
	} else {
		body.data = data + used;
		body.size = size - used;
		for (times = 1 + draw(&body, 4); times > 0; times--) {
			uint32_t way = draw(&body, 8);

			if (way == 0)
				copy_part(&body);
			else if (way < 3)
				change_window(&body);
			else
				change_number(&body);
		}
	}
	if (draw(&body, 8) > 0)
		repair_sparse(data, size);
	return size;
}
