/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs_data.c - contents of files and links
 *
 * A file is a row of extents, each an item: bytes that stand in the item, a
 * part of an extent on the disk, which may be compressed as a whole, or zeros.
 * What no item is for is zeros, too.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/btrfs.h"
#include "src/base/checked.h"

/* What stands in the item of each extent. */
struct extent_head {
	le64 generation;
	le64 unpacked_len; /* of all of it, as it was before compression */
	uint8_t compression;
	uint8_t encryption;
	le16 other_encoding;
	uint8_t type;
	/* the bytes themselves follow, or a struct extent_place */
};

struct extent_place {
	le64 at;         /* logical address; 0: zeros */
	le64 packed_len; /* bytes on the disk */
	le64 skip;       /* bytes of what was decompressed */
	le64 len;        /* bytes of the file */
};

_Static_assert(sizeof(struct extent_head) == 21, "as the format has it");
_Static_assert(sizeof(struct extent_place) == 32, "as the format has it");

enum { TYPE_INLINE, TYPE_REGULAR, TYPE_PREALLOCATED };
enum { PACKED_NOT, PACKED_ZLIB, PACKED_LZO, PACKED_ZSTD };

enum extent_kind {
	EXTENT_ZEROS,
	EXTENT_PLAIN,
	EXTENT_PACKED,
	EXTENT_INLINE,
};

/* A piece of a file, decoded and checked. */
struct extent {
	enum extent_kind kind;
	uint64_t file; /* offset in the file, bytes */
	uint64_t len;  /* bytes of the file, more than 0 */
	uint64_t at;   /* of what is on the disk: logical address */
	uint64_t skip; /* bytes of it, or of what comes of it, before these */
	uint64_t packed_len;
	uint32_t unpacked_len;
	uint8_t compression;
	struct bytes stored; /* EXTENT_INLINE; valid like the item */
};

static int set_inline(struct extent *extent, const struct extent_head *head,
	struct bytes item, struct error *err)
{
	extent->kind = EXTENT_INLINE;
	extent->stored =
		bytes_sub(item, sizeof(*head), item.len - sizeof(*head));
	extent->len = extent->stored.len;
	if (extent->compression != PACKED_NOT)
		extent->len = le64_get(head->unpacked_len);
	if (extent->len == 0 || extent->len > BTRFS_EXTENT_UNPACKED)
		return error_set(err, ERR_CORRUPT,
			"%" PRIu64 " bytes in the tree", extent->len);
	extent->unpacked_len = (uint32_t)extent->len;
	return 0;
}

static int set_packed(
	struct extent *extent, uint64_t unpacked_len, struct error *err)
{
	extent->kind = EXTENT_PACKED;
	if (extent->packed_len > BTRFS_EXTENT_UNPACKED ||
		unpacked_len > BTRFS_EXTENT_UNPACKED)
		return error_set(err, ERR_LIMIT,
			"%" PRIu64 " bytes compressed to %" PRIu64
			" are more than %u",
			unpacked_len, extent->packed_len,
			BTRFS_EXTENT_UNPACKED);
	if (!range_inside(extent->skip, extent->len, unpacked_len))
		return error_set(err, ERR_CORRUPT,
			"%" PRIu64 " bytes at %" PRIu64 " of %" PRIu64,
			extent->len, extent->skip, unpacked_len);
	extent->unpacked_len = (uint32_t)unpacked_len;
	return 0;
}

static int set_place(struct extent *extent, const struct extent_head *head,
	struct bytes item, struct error *err)
{
	const struct extent_place *place =
		bytes_at(item, sizeof(*head), sizeof(*place));
	uint64_t end;

	if (!place)
		return error_set(err, ERR_CORRUPT, "it is cut short");
	extent->at = le64_get(place->at);
	extent->packed_len = le64_get(place->packed_len);
	extent->skip = le64_get(place->skip);
	extent->len = le64_get(place->len);
	if (extent->len == 0 || !add_u64(extent->file, extent->len, &end))
		return error_set(
			err, ERR_CORRUPT, "%" PRIu64 " bytes", extent->len);
	extent->kind = EXTENT_ZEROS;
	if (extent->at == 0 || head->type == TYPE_PREALLOCATED)
		return 0;
	if (extent->compression != PACKED_NOT)
		return set_packed(extent, le64_get(head->unpacked_len), err);
	extent->kind = EXTENT_PLAIN;
	if (!add_u64(extent->at, extent->skip, &extent->at) ||
		!add_u64(extent->at, extent->len, &end))
		return error_set(
			err, ERR_CORRUPT, "it lies beyond all addresses");
	return 0;
}

static int decode(
	struct extent *extent, const struct btrfs_item *item, struct error *err)
{
	const struct extent_head *head = bytes_at(item->data, 0, sizeof(*head));

	*extent = (struct extent){ .file = item->key.offset };
	if (!head)
		return error_set(err, ERR_CORRUPT, "it is cut short");
	extent->compression = head->compression;
	if (head->compression > PACKED_ZSTD || head->encryption != 0 ||
		le16_get(head->other_encoding) != 0)
		return error_set(err, ERR_UNSUPPORTED,
			"compression %u, encryption %u, encoding %u",
			head->compression, head->encryption,
			le16_get(head->other_encoding));
	if (head->type > TYPE_PREALLOCATED)
		return error_set(
			err, ERR_UNSUPPORTED, "it is of type %u", head->type);
	if (head->type == TYPE_INLINE)
		return set_inline(extent, head, item->data, err);
	return set_place(extent, head, item->data, err);
}

/* A file being read. */
struct file {
	struct btrfs *b;
	struct btrfs_tree tree;
	uint64_t inode;
	uint64_t size;
};

static bool is_of(const struct file *file, const struct btrfs_key *key)
{
	return key->id == file->inode && key->type == BTRFS_EXTENT_DATA;
}

/* Zeros from off to the next extent, or the end of the file. */
static int set_gap(const struct file *file, uint64_t off, struct extent *extent,
	struct error *err)
{
	const struct btrfs_key key = { file->inode, BTRFS_EXTENT_DATA,
		off + 1 };
	struct btrfs_item item;
	uint64_t end = file->size;
	int r;

	r = btrfs_next(file->b, &file->tree, &key, &item, err);
	if (r < 0)
		return -1;
	if (r > 0 && is_of(file, &item.key) && item.key.offset < end)
		end = item.key.offset;
	*extent = (struct extent){
		.kind = EXTENT_ZEROS,
		.file = off,
		.len = end - off,
	};
	return 0;
}

/* The piece with the byte at off, which is in the file, up to its end. */
static int find_extent(const struct file *file, uint64_t off,
	struct extent *extent, struct error *err)
{
	const struct btrfs_key key = { file->inode, BTRFS_EXTENT_DATA, off };
	struct btrfs_item item;
	int r;

	r = btrfs_before(file->b, &file->tree, &key, &item, err);
	if (r < 0)
		return -1;
	if (r == 0 || !is_of(file, &item.key))
		return set_gap(file, off, extent, err);
	if (decode(extent, &item, err) < 0)
		return error_in(err, "extent at %" PRIu64, item.key.offset);
	if (off - extent->file >= extent->len)
		return set_gap(file, off, extent, err);
	if (extent->len > file->size - extent->file)
		extent->len = file->size - extent->file;
	return 0;
}

static int open_file(struct file *file, struct btrfs *b,
	const struct fs_node *node, struct error *err)
{
	file->b = b;
	file->inode = node->aux[1];
	file->size = node->size;
	return btrfs_tree_of(b, node, &file->tree, err);
}

/*
 * LZO: the length of all, and then pieces that make a sector each, with their
 * lengths before them.  A length is not put where a sector ends before it does.
 */
static int unpack_lzo(const struct btrfs *b, struct bytes packed, uint8_t *out,
	size_t size, size_t *len, struct error *err)
{
	const le32 *number = bytes_at(packed, 0, sizeof(*number));
	uint64_t at = sizeof(*number), left;
	struct bytes piece;
	size_t room, got;

	*len = 0;
	if (!number)
		return error_set(err, ERR_CORRUPT, "cut short");
	packed = bytes_sub(packed, 0, le32_get(*number));
	while (at < packed.len && *len < size) {
		left = b->sector_size - at % b->sector_size;
		if (left < sizeof(*number))
			at += left;
		number = bytes_at(packed, at, sizeof(*number));
		if (!number)
			break; /* what fills the last sector */
		at += sizeof(*number);
		piece = bytes_sub(packed, at, le32_get(*number));
		room = size - *len < b->sector_size ? size - *len
						    : b->sector_size;
		if (unpack(UNPACK_LZO, piece, out + *len, room, &got, err) < 0)
			return -1;
		at += piece.len;
		*len += got;
	}
	if (!packed.data)
		return error_set(err, ERR_CORRUPT, "longer than its extent");
	return 0;
}

/* Decompress; what is missing at the end is zeros, as Linux has it. */
static int unpack_into(const struct btrfs *b, const struct extent *extent,
	struct bytes packed, uint8_t *out, struct error *err)
{
	static const enum unpack_method methods[] = {
		[PACKED_ZLIB] = UNPACK_ZLIB,
		[PACKED_ZSTD] = UNPACK_ZSTD,
	};
	size_t size = extent->unpacked_len, len;
	int r;

	if (extent->compression == PACKED_LZO)
		r = unpack_lzo(b, packed, out, size, &len, err);
	else
		r = unpack(methods[extent->compression], packed, out, size,
			&len, err);
	if (r == 0)
		memset(out + len, 0, size - len);
	return r;
}

static int make_room(struct btrfs *b, struct error *err)
{
	struct btrfs_unpacked *kept = &b->unpacked;

	if (!kept->data)
		kept->data = arena_alloc(b->arena, BTRFS_EXTENT_UNPACKED, err);
	if (!kept->packed)
		kept->packed =
			arena_alloc(b->arena, BTRFS_EXTENT_UNPACKED, err);
	return kept->data && kept->packed ? 0 : -1;
}

/* Any copy that can be decompressed will do; else the first fault is told. */
static int unpack_copies(struct btrfs *b, const struct extent *extent,
	uint8_t *out, struct error *err)
{
	struct bytes packed = { b->unpacked.packed,
		(size_t)extent->packed_len };
	unsigned int copies = btrfs_copies(b, extent->at, err), copy;
	struct error later, *why = err;

	for (copy = 0; copy < copies; copy++) {
		if (btrfs_read_copy(b, extent->at, copy, b->unpacked.packed,
			    packed.len, why) == 0 &&
			unpack_into(b, extent, packed, out, why) == 0)
			return 0;
		why = &later;
	}
	return -1;
}

/* Decompress an extent on the disk, unless it was the last. */
static int unpack_extent(
	struct btrfs *b, const struct extent *extent, struct error *err)
{
	struct btrfs_unpacked *kept = &b->unpacked;

	if (kept->len == extent->unpacked_len && kept->at == extent->at &&
		kept->packed_len == extent->packed_len)
		return 0;
	if (make_room(b, err) < 0)
		return -1;
	kept->len = 0;
	if (unpack_copies(b, extent, kept->data, err) < 0)
		return -1;
	kept->at = extent->at;
	kept->packed_len = extent->packed_len;
	kept->len = extent->unpacked_len;
	return 0;
}

/* len bytes, which are in the extent, from skip bytes into it. */
static int read_packed(struct btrfs *b, const struct extent *extent,
	uint64_t skip, uint8_t *buf, size_t len, struct error *err)
{
	/* all of it is wanted: no need to keep it */
	if (len == extent->unpacked_len && make_room(b, err) == 0)
		return unpack_copies(b, extent, buf, err);
	if (unpack_extent(b, extent, err) < 0)
		return -1;
	memcpy(buf, b->unpacked.data + extent->skip + skip, len);
	return 0;
}

static int read_inline(struct btrfs *b, const struct extent *extent,
	uint64_t skip, uint8_t *buf, size_t len, struct error *err)
{
	if (extent->compression == PACKED_NOT) {
		memcpy(buf, extent->stored.data + skip, len);
		return 0;
	}
	if (make_room(b, err) < 0)
		return -1;
	b->unpacked.len = 0;
	if (unpack_into(b, extent, extent->stored, b->unpacked.data, err) < 0)
		return -1;
	memcpy(buf, b->unpacked.data + skip, len);
	return 0;
}

static int read_extent(struct btrfs *b, const struct extent *extent,
	uint64_t skip, uint8_t *buf, size_t len, struct error *err)
{
	switch (extent->kind) {
	case EXTENT_PLAIN:
		return volume_read(
			&b->logical, extent->at + skip, buf, len, err);
	case EXTENT_PACKED:
		return read_packed(b, extent, skip, buf, len, err);
	case EXTENT_INLINE:
		return read_inline(b, extent, skip, buf, len, err);
	default:
		memset(buf, 0, len);
		return 0;
	}
}

int btrfs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	struct extent extent;
	uint8_t *to = buf;
	struct file file;
	uint64_t skip;
	size_t n;

	if (open_file(&file, fs->priv, node, err) < 0)
		return -1;
	for (; len > 0; off += n, to += n, len -= n) {
		if (find_extent(&file, off, &extent, err) < 0)
			return -1;
		skip = off - extent.file;
		n = len;
		if (n > extent.len - skip)
			n = (size_t)(extent.len - skip);
		if (read_extent(file.b, &extent, skip, to, n, err) < 0)
			return error_in(err, "extent at %" PRIu64, extent.file);
	}
	return 0;
}

/* Extents that follow each other on the disk are put together. */
struct mapping {
	struct fs_extent run; /* not visited yet */
	fs_visit_extent *visit;
	void *ctx;
};

static int map_rest(struct mapping *map, struct error *err)
{
	return map->run.len > 0 ? map->visit(map->ctx, &map->run, err) : 0;
}

static int map_piece(
	struct mapping *map, const struct extent *extent, struct error *err)
{
	uint64_t vol = extent->kind == EXTENT_ZEROS ? FS_HOLE : extent->at;
	struct fs_extent *run = &map->run;
	int r;

	if (run->len > 0 &&
		(run->vol == FS_HOLE ? vol == FS_HOLE
				     : vol == run->vol + run->len)) {
		run->len += extent->len;
		return 0;
	}
	r = map_rest(map, err);
	*run = (struct fs_extent){ extent->file, vol, extent->len };
	return r;
}

/* 1 if an extent's bytes lie nowhere as they are. */
static int map_extent(const struct file *file, const struct extent *extent,
	struct mapping *map, struct error *err)
{
	int r;

	if (extent->kind == EXTENT_PLAIN) {
		r = btrfs_is_in_place(file->b, extent->at, extent->len, err);
		if (r <= 0)
			return r < 0 ? -1 : 1;
	} else if (extent->kind != EXTENT_ZEROS) {
		return 1;
	}
	return map_piece(map, extent, err);
}

static int map_file(
	const struct file *file, struct mapping *map, struct error *err)
{
	struct extent extent;
	uint64_t off;
	int r;

	for (off = 0; off < file->size; off += extent.len) {
		if (find_extent(file, off, &extent, err) < 0)
			return -1;
		/* it may begin before the one before it ends */
		extent.at += off - extent.file;
		extent.len -= off - extent.file;
		extent.file = off;
		r = map_extent(file, &extent, map, err);
		if (r != 0)
			return r;
	}
	return map_rest(map, err);
}

static int ignore_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	(void)ctx, (void)extent, (void)err;
	return 0;
}

/* All extents are looked at before the first is told. */
int btrfs_map(struct fs *fs, const struct fs_node *node, fs_visit_extent *visit,
	void *ctx, struct error *err)
{
	struct mapping dry = { .visit = ignore_extent };
	struct mapping map = { .visit = visit, .ctx = ctx };
	struct file file;
	int r;

	if (open_file(&file, fs->priv, node, err) < 0)
		return -1;
	r = map_file(&file, &dry, err);
	return r ? r : map_file(&file, &map, err);
}
