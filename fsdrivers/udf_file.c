/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udf_file.c - file entries, and where the bytes of a file lie
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/udf.h"
#include "src/base/checked.h"
#include "src/fs/filemap.h"

#define CHAIN_MAX 1024 /* newer entries of strategy 4096, as Linux */

/* Sections 4/14.6, 14.9 and 14.17, up to where they differ */
struct entry {
	struct udf_tag tag;
	le32 direct_entries;
	le16 strategy;
	le16 parameter;
	le16 entries;
	uint8_t reserved;
	uint8_t type;
	uint8_t parent[6];
	le16 flags; /* the kind of descriptors in the lowest three bits */
	uint8_t unused[20];
	le64 size;
};

struct file_entry {
	struct entry base;
	uint8_t unused[20];
	struct udf_time modified;
	uint8_t unused2[72];
	le32 attributes_len;
	le32 descs_len;
};

struct extended_entry {
	struct entry base;
	uint8_t unused[28];
	struct udf_time modified;
	uint8_t unused2[104];
	le32 attributes_len;
	le32 descs_len;
};

/* Section 4/14.7 */
struct indirect_entry {
	struct udf_tag tag;
	uint8_t icb[20];
	struct udf_long_extent next;
};

/* Section 4/14.5 */
struct allocation {
	struct udf_tag tag;
	le32 previous;
	le32 len;
};

_Static_assert(sizeof(struct file_entry) == 176, "as the format has it");
_Static_assert(sizeof(struct extended_entry) == 216, "as the format has it");
_Static_assert(sizeof(struct allocation) == 24, "as the format has it");

/* How data are described */
enum { SHORT, LONG, EXTENDED, INSIDE };

/* The kinds of extents */
enum { RECORDED, ALLOCATED, UNALLOCATED, CONTINUED };

struct udf_file *udf_file_new(struct udf *udf, struct error *err)
{
	struct udf_file *file = arena_alloc(udf->arena, sizeof(*file), err);

	if (!file)
		return NULL;
	file->entry = arena_alloc(udf->arena, udf->block_size, err);
	file->more = arena_alloc(udf->arena, udf->block_size, err);
	return file->entry && file->more ? file : NULL;
}

/* What part of the entry the descriptors are. */
static int set_descriptors(const struct udf *udf, struct udf_file *file,
	uint64_t fixed, uint32_t attributes, uint32_t descs, struct error *err)
{
	if (!range_inside(fixed + attributes, descs, udf->block_size))
		return error_set(err, ERR_CORRUPT,
			"%" PRIu32 " bytes of attributes and %" PRIu32
			" of allocation",
			attributes, descs);
	file->descs = (size_t)(fixed + attributes);
	file->descs_len = descs;
	return 0;
}

static int take_entry(
	const struct udf *udf, struct udf_file *file, struct error *err)
{
	const struct entry *entry = (const void *)file->entry;
	const struct file_entry *plain = (const void *)entry;
	const struct extended_entry *extended = (const void *)entry;
	uint16_t id = le16_get(entry->tag.id);
	int r;

	file->type = entry->type;
	file->how = le16_get(entry->flags) & 7;
	file->size = le64_get(entry->size);
	if (id == UDF_FILE) {
		file->mtime = udf_seconds(&plain->modified);
		r = set_descriptors(udf, file, sizeof(*plain),
			le32_get(plain->attributes_len),
			le32_get(plain->descs_len), err);
	} else if (id == UDF_EXTENDED_FILE) {
		file->mtime = udf_seconds(&extended->modified);
		r = set_descriptors(udf, file, sizeof(*extended),
			le32_get(extended->attributes_len),
			le32_get(extended->descs_len), err);
	} else {
		r = error_set(err, ERR_CORRUPT,
			"a descriptor of kind %u, not a file's", id);
	}
	if (r < 0)
		return -1;
	if (file->how > INSIDE)
		return error_set(err, ERR_CORRUPT,
			"allocation descriptors of kind %u", file->how);
	if (file->size > INT64_MAX ||
		(file->how == INSIDE && file->size > file->descs_len))
		return error_set(err, ERR_CORRUPT,
			"a size of %" PRIu64 " bytes", file->size);
	return 0;
}

/* Behind an entry of strategy 4096 may be said where a newer one is: 1. */
static int find_newer(struct udf *udf, struct udf_file *file,
	const struct udf_part **part, uint32_t *block, struct error *err)
{
	const struct entry *entry = (const void *)file->entry;
	const struct indirect_entry *indirect = (const void *)file->more;
	unsigned int strategy = le16_get(entry->strategy);
	struct error why;

	if (strategy == 4)
		return 0;
	if (strategy != 4096)
		return error_set(err, ERR_UNSUPPORTED,
			"entries by strategy %u, only 4 and 4096 can be read",
			strategy);
	if (*block == UINT32_MAX ||
		udf_read_tagged(udf, *part, *block + 1, UDF_INDIRECT,
			file->more, &why) < 0 ||
		le32_get(indirect->next.len) == 0)
		return 0;
	*part = udf_part(udf, le16_get(indirect->next.part), err);
	*block = le32_get(indirect->next.block);
	return *part ? 1 : -1;
}

static bool in_volume(const struct udf_part *part)
{
	return part->kind == UDF_PHYSICAL || part->kind == UDF_SPARABLE;
}

static int load_last(struct udf *udf, struct udf_file *file,
	const struct udf_part *part, uint32_t block, struct error *err)
{
	unsigned int i;
	int r = 1;

	for (i = 0; r > 0 && i < CHAIN_MAX; i++) {
		if (file->below && !in_volume(part))
			return error_set(err, ERR_CORRUPT,
				"it lies in the partition that it describes");
		if (udf_read_tagged(udf, part, block, 0, file->entry, err) < 0)
			return -1;
		file->part = part;
		r = take_entry(udf, file, err);
		if (r == 0)
			r = find_newer(udf, file, &part, &block, err);
	}
	if (r > 0)
		return error_set(err, ERR_CORRUPT,
			"more than %d entries, each newer than another",
			CHAIN_MAX);
	return r;
}

int udf_file_load(struct udf *udf, struct udf_file *file,
	const struct udf_part *part, uint32_t block, struct error *err)
{
	if (file->loaded && file->from == part && file->block == block)
		return 0;
	file->loaded = false;
	if (load_last(udf, file, part, block, err) < 0)
		return error_in(err, "file entry in block %" PRIu32, block);
	file->loaded = true;
	file->from = part;
	file->block = block;
	return 0;
}

bool udf_file_inside(const struct udf_file *file)
{
	return file->how == INSIDE;
}

/* The descriptors of a file, one after the other. */
struct walk {
	struct udf *udf;
	struct udf_file *file;
	struct bytes left;
	uint64_t blocks; /* with further descriptors, so far */
	uint32_t seen;   /* one of them: a chain to itself comes by again */
};

struct piece {
	unsigned int kind;
	uint32_t len; /* bytes */
	uint32_t block;
	const struct udf_part *part;
};

/* 1 and the next descriptor, 0 at the end. */
static int take_piece(struct walk *walk, struct piece *piece, struct error *err)
{
	static const uint8_t sizes[] = { 8, 16, 20 };
	const struct udf_file *file = walk->file;
	const struct udf_long_extent *desc;
	size_t size = sizes[file->how];
	const uint8_t *raw = bytes_at(walk->left, 0, size);

	if (!raw)
		return 0;
	walk->left = bytes_sub(walk->left, size, walk->left.len - size);
	piece->kind = raw[3] >> 6;
	piece->len = le32_get(*(const le32 *)raw) & 0x3fffffff;
	/* an extended one has two more lengths in front of the place */
	desc = (const void *)(file->how == EXTENDED ? raw + 8 : raw);
	piece->block = le32_get(desc->block);
	piece->part = file->part;
	if (piece->len == 0)
		return 0;
	if (file->how != SHORT && piece->kind != UNALLOCATED) {
		piece->part = udf_part(walk->udf, le16_get(desc->part), err);
		if (!piece->part)
			return -1;
	}
	if (file->below && !in_volume(piece->part))
		return error_set(err, ERR_CORRUPT,
			"it lies in the partition that it describes");
	return 1;
}

static int go_on(
	struct walk *walk, const struct piece *piece, struct error *err)
{
	const struct allocation *more = (const void *)walk->file->more;
	size_t room = walk->udf->block_size - sizeof(*more);

	if (walk->blocks > 0 && walk->seen == piece->block)
		return error_set(err, ERR_CORRUPT,
			"the chain of descriptors returns to block %" PRIu32,
			piece->block);
	if (is_power_of_two(++walk->blocks))
		walk->seen = piece->block;
	if (udf_read_tagged(walk->udf, piece->part, piece->block,
		    UDF_ALLOCATION, walk->file->more, err) < 0)
		return -1;
	if (le32_get(more->len) > room)
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu32 ": %" PRIu32 " bytes of descriptors",
			piece->block, le32_get(more->len));
	walk->left = (struct bytes){ walk->file->more + sizeof(*more),
		le32_get(more->len) };
	return 0;
}

/* Bytes from "from" on of a piece that begins at pos of the file. */
static int add_piece(struct udf *udf, struct filemap *map,
	const struct piece *piece, uint64_t pos, uint64_t from,
	struct error *err)
{
	uint64_t off = (uint64_t)piece->block * udf->block_size;
	uint64_t end = pos + piece->len;
	uint64_t at, run;
	int r;

	if (piece->kind != RECORDED)
		return filemap_add(map, pos, FS_HOLE, piece->len, err);
	if (end > map->to)
		end = map->to;
	if (from < pos)
		from = pos;
	for (off += from - pos; from < end; from += run, off += run) {
		if (udf_locate(udf, piece->part, off, end - from, &at, &run,
			    err) < 0)
			return -1;
		r = filemap_add(map, from, at, run, err);
		if (r != 0)
			return r;
	}
	return 0;
}

int udf_file_map(struct udf *udf, struct udf_file *file, uint64_t from,
	uint64_t to, fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct walk walk = {
		.udf = udf,
		.file = file,
		.left = { file->entry + file->descs, file->descs_len },
	};
	struct filemap map;
	struct piece piece;
	uint64_t pos = 0;
	int r = 0;

	filemap_start(&map, from, to, visit, ctx);
	/* pieces are shorter than 2^30, and there are fewer than 2^33 */
	while (pos < to && (r = take_piece(&walk, &piece, err)) > 0) {
		if (piece.kind == CONTINUED) {
			if (go_on(&walk, &piece, err) < 0)
				return -1;
			continue;
		}
		r = 0;
		if (pos + piece.len > from)
			r = add_piece(udf, &map, &piece, pos, from, err);
		if (r != 0)
			return r;
		pos += piece.len;
	}
	return r < 0 ? -1 : filemap_end(&map, err);
}

int udf_file_read(struct udf *udf, struct udf_file *file, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct filemap_copy copy = { udf->vol, off, buf };

	if (!udf_file_inside(file))
		return udf_file_map(
			udf, file, off, off + len, filemap_copy, &copy, err);
	memcpy(buf, file->entry + file->descs + off, len);
	return 0;
}
