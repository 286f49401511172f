/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/pe.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/checked.h"

/*
 * The DOS header, the COFF header and a section's row: "PE Format", Microsoft.
 * What nobody needs has no name.
 */
struct dos_header {
	uint8_t magic[2]; /* MZ */
	uint8_t unused[58];
	le32 coff; /* where "PE\0\0" is */
};

struct coff_header {
	uint8_t magic[4]; /* PE\0\0 */
	le16 machine;
	le16 section_count;
	uint8_t unused[12];
	le16 optional_size; /* of the header behind this one */
	le16 characteristics;
};

/* The same place in images of 32 and of 64 bits. */
struct optional_header {
	le16 magic;
	uint8_t unused[66];
	le16 subsystem;
};

struct section_row {
	char name[8];
	le32 virtual_size;
	le32 virtual_address;
	le32 raw_size;
	le32 raw_offset;
	uint8_t unused[16];
};

#define OPTIONAL_32 0x10b
#define OPTIONAL_64 0x20b

/* Of an image whose table begins early, as they all do, one read is enough. */
#define HEAD_SIZE 2048

struct image {
	struct guest *guest;
	struct fs *fs;
	const struct fs_node *node;
	struct text head; /* the first bytes of the file */
};

/* len bytes of the file, or NULL with err filled: also if they are not there */
static const void *get(struct image *image, uint64_t off, size_t len,
	const char *what, struct error *err)
{
	struct text part;

	if (!range_inside(off, len, image->node->size)) {
		error_set(err, ERR_CORRUPT,
			"the %s (%zu bytes at %" PRIu64
			") ends beyond the file (%" PRIu64 " bytes)",
			what, len, off, image->node->size);
		return NULL;
	}
	if (range_inside(off, len, image->head.len))
		return image->head.at + off;
	if (guest_read_part(image->guest, image->fs, image->node, off, len,
		    &part, err) < 0)
		return NULL;
	return part.at;
}

/* Find the COFF header: 1 and *at, 0 if this is no PE image, -1. */
static int find_coff(struct image *image, uint64_t *at, struct error *err)
{
	size_t len = HEAD_SIZE;
	const struct dos_header *dos;
	const char *magic;

	if (len > image->node->size)
		len = (size_t)image->node->size;
	if (guest_read_part(image->guest, image->fs, image->node, 0, len,
		    &image->head, err) < 0)
		return -1;
	dos = (const void *)image->head.at;
	if (len < sizeof(*dos) || memcmp(dos->magic, "MZ", 2) != 0)
		return 0;
	*at = le32_get(dos->coff);
	if (!range_inside(*at, 4, image->node->size))
		return 0;
	magic = get(image, *at, 4, "PE signature", err);
	if (!magic)
		return -1;
	return memcmp(magic, "PE\0", 4) == 0;
}

/* The length of a section is what there is of it in memory and in the file. */
static int take_row(const struct image *image, const struct section_row *row,
	struct pe_section *section, struct error *err)
{
	uint32_t memory = le32_get(row->virtual_size);
	uint32_t raw = le32_get(row->raw_size);

	memcpy(section->name, row->name, sizeof(row->name));
	section->offset = le32_get(row->raw_offset);
	section->length = raw < memory ? raw : memory;
	if (raw > 0 && !range_inside(section->offset, raw, image->node->size))
		return error_set(err, ERR_CORRUPT,
			"the section %s (%" PRIu32 " bytes at %" PRIu64
			") ends beyond the file (%" PRIu64 " bytes)",
			section->name, raw, section->offset, image->node->size);
	return 0;
}

/* Of two that begin at the same place, the first in the table is the first. */
static int by_offset(const void *a, const void *b)
{
	const struct pe_section *one = *(const struct pe_section *const *)a;
	const struct pe_section *two = *(const struct pe_section *const *)b;

	if (one->offset != two->offset)
		return one->offset < two->offset ? -1 : 1;
	return one < two ? -1 : one > two;
}

/*
 * Nothing that makes images lets two sections share bytes; one that does was
 * made to mean different things to different readers.
 */
static int check_overlaps(
	const struct image *image, const struct pe *pe, struct error *err)
{
	const struct pe_section **sorted, *last;
	size_t i, count = 0;

	sorted = arena_array(image->guest->arena, pe->count,
		sizeof(struct pe_section *), err);
	if (!sorted)
		return -1;
	for (i = 0; i < pe->count; i++)
		if (pe->sections[i].length > 0)
			sorted[count++] = &pe->sections[i];
	qsort(sorted, count, sizeof(struct pe_section *), by_offset);
	for (i = 1; i < count; i++) {
		last = sorted[i - 1];
		if (sorted[i]->offset - last->offset < last->length)
			return error_set(err, ERR_CORRUPT,
				"the sections %s (at %" PRIu64 ") and %s (at "
				"%" PRIu64 ") overlap",
				last->name, last->offset, sorted[i]->name,
				sorted[i]->offset);
	}
	return 0;
}

static int read_sections(struct image *image, uint64_t table, size_t count,
	struct pe *pe, struct error *err)
{
	const struct section_row *rows;
	size_t i;

	if (count > PE_SECTIONS_MAX)
		return error_set(err, ERR_LIMIT,
			"%zu sections are more than the limit of %d", count,
			PE_SECTIONS_MAX);
	rows = get(image, table, count * sizeof(*rows), "section table", err);
	if (!rows)
		return -1;
	pe->sections = arena_array(
		image->guest->arena, count, sizeof(*pe->sections), err);
	if (!pe->sections)
		return -1;
	for (i = 0; i < count; i++)
		if (take_row(image, &rows[i], &pe->sections[i], err) < 0)
			return -1;
	pe->count = count;
	return check_overlaps(image, pe, err);
}

static int read_headers(
	struct image *image, uint64_t at, struct pe *pe, struct error *err)
{
	const struct coff_header *coff;
	const struct optional_header *optional;
	uint16_t magic, size;

	coff = get(image, at, sizeof(*coff), "COFF header", err);
	if (!coff)
		return -1;
	size = le16_get(coff->optional_size);
	if (size < sizeof(*optional))
		return error_set(err, ERR_CORRUPT,
			"an optional header of %u bytes", size);
	/* sums of numbers of 32 and 16 bits fit into 64 */
	at += sizeof(*coff);
	optional = get(image, at, sizeof(*optional), "optional header", err);
	if (!optional)
		return -1;
	magic = le16_get(optional->magic);
	if (magic != OPTIONAL_32 && magic != OPTIONAL_64)
		return error_set(err, ERR_UNSUPPORTED,
			"an optional header of type 0x%x", magic);
	pe->machine = le16_get(coff->machine);
	pe->subsystem = le16_get(optional->subsystem);
	return read_sections(
		image, at + size, le16_get(coff->section_count), pe, err);
}

int pe_read(struct guest *guest, struct fs *fs, const struct fs_node *node,
	struct pe *pe, struct error *err)
{
	struct image image = { .guest = guest, .fs = fs, .node = node };
	struct pe read = { 0 };
	uint64_t at;
	int r = find_coff(&image, &at, err);

	if (r <= 0)
		return r;
	if (read_headers(&image, at, &read, err) < 0)
		return -1;
	*pe = read;
	return 1;
}
