/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fsdrivers/indirect.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/checked.h"

/* Read at once of a block of pointers, bytes; what the disk's cache keeps. */
#define PART_SIZE 4096

/*
 * Pointers of one walk, bytes.  A file of 256 GiB in blocks of 2 KiB needs no
 * more; a loop of pointers would need no end.
 */
#define POINTER_BYTES_MAX (1 << 30)

struct walk {
	const struct indirect *form;
	struct filemap *map;
	uint64_t file_size;
	uint64_t parts_left; /* that may still be read */
};

static uint64_t pointer_at(
	const struct indirect *form, const uint8_t *pointers, uint64_t i)
{
	const void *at = pointers + i * form->width;

	if (form->width == 2)
		return raw16_get(*(const raw16 *)at, form->big);
	if (form->width == 4)
		return raw32_get(*(const raw32 *)at, form->big);
	return raw64_get(*(const raw64 *)at, form->big);
}

/* Where len bytes behind a pointer lie, in bytes. */
static bool find_block(const struct indirect *form, uint64_t pointer,
	uint64_t len, uint64_t *off)
{
	return mul_u64(pointer, form->unit, off) && *off >= form->start &&
		range_inside(*off, len, form->size);
}

/* A block of data.  The last of a file may be shorter on the disk. */
static int add_block(
	struct walk *walk, uint64_t pointer, uint64_t file, struct error *err)
{
	uint64_t len = walk->form->block_size, off;

	if (file >= walk->file_size)
		return 0;
	if (len > walk->file_size - file)
		len = walk->file_size - file;
	if (!find_block(walk->form, pointer, len, &off))
		return error_set(err, ERR_CORRUPT,
			"byte 0x%" PRIx64 " of the file lies outside the file "
			"system (block 0x%" PRIx64 ")",
			file, pointer);
	return filemap_add(walk->map, file, off, len, err);
}

/* The part with the pointers from i on, into part. */
static int read_part(struct walk *walk, uint64_t block, uint64_t i,
	uint8_t *part, size_t size, struct error *err)
{
	if (walk->parts_left-- == 0)
		return error_set(err, ERR_LIMIT,
			"more than %d MiB of pointers, or than the file system "
			"has",
			POINTER_BYTES_MAX >> 20);
	return volume_read(walk->form->vol, block + i * walk->form->width, part,
		size, err);
}

/*
 * A block of pointers; each of them stands for span bytes of the file, the
 * first for those from file on.  span is a block where pointers are to data.
 */
static int walk_pointers(struct walk *walk, uint64_t pointer, uint64_t file,
	uint64_t span, struct error *err)
{
	const struct indirect *form = walk->form;
	uint64_t size = form->block_size, count = size / form->width;
	size_t part_size = size < PART_SIZE ? (size_t)size : PART_SIZE;
	uint64_t per_part = part_size / form->width, i = 0, to, block;
	uint8_t part[PART_SIZE];
	bool read = false;
	int r = 0;

	if (!find_block(form, pointer, size, &block))
		return error_set(err, ERR_CORRUPT,
			"the pointers for byte 0x%" PRIx64 " lie outside the "
			"file system (block 0x%" PRIx64 ")",
			file, pointer);
	if (walk->map->next > file)
		i = (walk->map->next - file) / span;
	for (; i < count && file + i * span < walk->map->to && !r; i++) {
		if (!read || i % per_part == 0) {
			if (read_part(walk, block, i - i % per_part, part,
				    part_size, err) < 0)
				return -1;
			read = true;
		}
		to = pointer_at(form, part, i % per_part);
		if (to == 0)
			continue;
		if (span == size)
			r = add_block(walk, to, file + i * span, err);
		else
			r = walk_pointers(
				walk, to, file + i * span, span / count, err);
	}
	return r;
}

static int walk_direct(struct walk *walk, const uint8_t *pointers,
	unsigned int direct, struct error *err)
{
	uint64_t size = walk->form->block_size, to;
	uint64_t i = walk->map->next / size;
	int r = 0;

	for (; i < direct && i * size < walk->map->to && r == 0; i++) {
		to = pointer_at(walk->form, pointers, i);
		if (to != 0)
			r = add_block(walk, to, i * size, err);
	}
	return r;
}

int indirect_map(const struct indirect *form, const uint8_t *pointers,
	unsigned int direct, unsigned int levels, uint64_t file_size,
	struct filemap *map, struct error *err)
{
	uint64_t bytes =
		form->size < POINTER_BYTES_MAX ? form->size : POINTER_BYTES_MAX;
	struct walk walk = { form, map, file_size, bytes / PART_SIZE + 1 };
	uint64_t first = direct * (uint64_t)form->block_size, all, to;
	uint64_t span = form->block_size;
	unsigned int i;
	int r = walk_direct(&walk, pointers, direct, err);

	for (i = direct; i < direct + levels && r == 0; i++) {
		/* at most 2^16 bytes, times 2^15 pointers to the third */
		all = span * (form->block_size / form->width);
		to = pointer_at(form, pointers, i);
		if (to != 0 && first < map->to && first + all > map->next)
			r = walk_pointers(&walk, to, first, span, err);
		span = all;
		first += all;
	}
	return r ? r : filemap_end(map, err);
}
