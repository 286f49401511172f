/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udf_part.c - where the blocks of a partition lie
 *
 * A physical partition is a piece of the volume.  A sparable one is, too, but
 * for worn packets that are elsewhere.  In a virtual one, each block is where a
 * table says; metadata lie in a file.  The last two lie in one of the first
 * two, so nothing here goes deeper than that.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/udf.h"
#include "src/base/checked.h"

#define ENTRIES_AT_ONCE 64
#define ENTRY_UNUSED UINT32_MAX

static int in_volume(struct udf *udf, const struct udf_part *part, uint64_t off,
	uint64_t len, uint64_t *at, struct error *err)
{
	uint32_t size = udf->block_size;

	/* blocks have 32 bits */
	if (!range_inside(off, len, part->blocks * size))
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu64 " and on: partition %u has %" PRIu64,
			off / size, part->number, part->blocks);
	*at = part->start * size + off;
	return 0;
}

static int locate_sparable(struct udf *udf, const struct udf_part *part,
	uint64_t off, uint64_t len, uint64_t *at, uint64_t *run,
	struct error *err)
{
	uint64_t packet = (uint64_t)part->packet * udf->block_size;
	uint64_t skip = off & (packet - 1);
	uint64_t first = (off - skip) / udf->block_size;
	size_t i;

	*run = packet - skip < len ? packet - skip : len;
	for (i = 0; i < part->spare_count; i++) {
		if (part->spares[i].packet != first)
			continue;
		*at = (uint64_t)part->spares[i].block * udf->block_size + skip;
		return 0;
	}
	return in_volume(udf, part, off, *run, at, err);
}

/* Blocks that follow each other in the table do so on the disk, or not. */
static int locate_virtual(struct udf *udf, const struct udf_part *part,
	uint64_t off, uint64_t len, uint64_t *at, uint64_t *run,
	struct error *err)
{
	uint32_t size = udf->block_size;
	uint64_t block = off / size, skip = off % size;
	le32 entries[ENTRIES_AT_ONCE];
	uint64_t count = (skip + len - 1) / size + 1;
	uint32_t first;
	size_t same = 1;

	if (block >= part->entries)
		return error_set(err, ERR_CORRUPT,
			"virtual block %" PRIu64 " of %" PRIu64, block,
			part->entries);
	if (count > ENTRIES_AT_ONCE)
		count = ENTRIES_AT_ONCE;
	if (count > part->entries - block)
		count = part->entries - block;
	if (udf_file_read(udf, part->file, part->table + block * 4, entries,
		    (size_t)count * 4, err) < 0)
		return error_in(err, "virtual allocation table");
	first = le32_get(entries[0]);
	if (first == ENTRY_UNUSED)
		return error_set(err, ERR_CORRUPT,
			"virtual block %" PRIu64 " is nowhere", block);
	while (same < count &&
		le32_get(entries[same]) == (uint64_t)first + same)
		same++;
	if (len > same * size - skip)
		len = same * size - skip;
	return udf_locate(udf, part->below, (uint64_t)first * size + skip, len,
		at, run, err);
}

static int take_first(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	(void)err;
	*(struct fs_extent *)ctx = *extent;
	return 1;
}

static int locate_in_file(struct udf *udf, struct udf_file *file, uint64_t off,
	uint64_t len, uint64_t *at, uint64_t *run, struct error *err)
{
	struct fs_extent extent = { .vol = FS_HOLE };

	if (!range_inside(off, len, file->size) || udf_file_inside(file))
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu64 " and on: there are %" PRIu64
			" bytes of metadata",
			off / udf->block_size, file->size);
	if (udf_file_map(udf, file, off, off + len, take_first, &extent, err) <
		0)
		return error_in(err, "metadata");
	if (extent.vol == FS_HOLE)
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu64 " of the metadata is nowhere",
			off / udf->block_size);
	*at = extent.vol;
	*run = extent.len;
	return 0;
}

int udf_locate(struct udf *udf, const struct udf_part *part, uint64_t off,
	uint64_t len, uint64_t *at, uint64_t *run, struct error *err)
{
	switch (part->kind) {
	case UDF_SPARABLE:
		return locate_sparable(udf, part, off, len, at, run, err);
	case UDF_VIRTUAL:
		return locate_virtual(udf, part, off, len, at, run, err);
	case UDF_METADATA:
		return locate_in_file(udf, part->file, off, len, at, run, err);
	case UDF_PHYSICAL:
		break;
	}
	*run = len;
	return in_volume(udf, part, off, len, at, err);
}

int udf_part_read(struct udf *udf, const struct udf_part *part, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	uint8_t *to = buf;
	uint64_t at, run;

	for (; len > 0; to += run, off += run, len -= (size_t)run)
		if (udf_locate(udf, part, off, len, &at, &run, err) < 0 ||
			volume_read(udf->vol, at, to, (size_t)run, err) < 0)
			return -1;
	return 0;
}

static int read_copy(struct udf *udf, const struct udf_part *part,
	uint32_t block, uint16_t wanted, uint8_t *buf, struct error *err)
{
	const struct udf_tag *tag = (const void *)buf;
	uint32_t size = udf->block_size;

	if (udf_part_read(udf, part, (uint64_t)block * size, buf, size, err) <
		0)
		return -1;
	if (wanted != 0 && le16_get(tag->id) != wanted)
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu32 ": a descriptor of kind %u, not %u",
			block, le16_get(tag->id), wanted);
	if (udf_tag_check(buf, size, block, err) < 0)
		return error_in(err, "block %" PRIu32, block);
	return 0;
}

int udf_read_tagged(struct udf *udf, const struct udf_part *part,
	uint32_t block, uint16_t wanted, uint8_t *buf, struct error *err)
{
	struct udf_part other = *part;
	struct error why;

	if (read_copy(udf, part, block, wanted, buf, err) == 0)
		return 0;
	other.file = part->mirror;
	return other.file &&
			read_copy(udf, &other, block, wanted, buf, &why) == 0
		? 0
		: -1;
}

const struct udf_part *udf_part(
	const struct udf *udf, uint16_t index, struct error *err)
{
	if (index < udf->part_count)
		return &udf->parts[index];
	error_set(err, ERR_CORRUPT, "partition %u of %zu", index,
		udf->part_count);
	return NULL;
}
