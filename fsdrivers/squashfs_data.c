/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * squashfs_data.c - contents of files, and where they are if not compressed
 *
 * The blocks of a file lie one behind the other.  Behind its inode stand their
 * sizes on the disk, and what is left over at the end, the tail, may be in a
 * block that it shares with the tails of other files.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/squashfs.h"
#include "src/base/checked.h"

/* 64 GiB of the smallest; the sizes of holes are packed to next to nothing */
#define BLOCKS_MAX (1U << 24)

/* How the table says where a block of tails is. */
struct fragment {
	le64 pos; /* in the volume, bytes */
	le32 raw;
	le32 unused;
};

_Static_assert(sizeof(struct fragment) * SQUASHFS_FRAGMENTS_PER_BLOCK ==
		SQUASHFS_METADATA_SIZE,
	"as the format has it");

/* A file being read. */
struct file {
	struct squashfs *sq;
	struct squashfs_inode inode;
	uint64_t blocks; /* of its own, without the tail in a fragment */
	struct squashfs_place place;
};

static int next_block(struct file *file, struct error *err)
{
	struct squashfs_place *place = &file->place;
	uint32_t old = place->block.raw & SQUASHFS_SIZE_MASK;
	le32 raw;

	if (!add_u64(place->block.pos, old, &place->block.pos))
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu64 " lies beyond any disk", place->index);
	if (squashfs_table_read(file->sq, &place->next, file->sq->directories,
		    &raw, sizeof(raw), err) < 0)
		return error_in(err, "size of block %" PRIu64, place->index);
	place->block.raw = le32_get(raw);
	return 0;
}

/* Start with the first block, if there is one. */
static int rewind_file(struct file *file, uint64_t id, struct error *err)
{
	file->place = (struct squashfs_place){
		.id = id,
		.block.pos = file->inode.start,
		.next = file->inode.rest,
	};
	return file->blocks > 0 ? next_block(file, err) : 0;
}

/* Go to a block of the file's own. */
static int seek_block(struct file *file, const struct fs_node *node,
	uint64_t index, struct error *err)
{
	struct squashfs_place *place = &file->place;

	*place = file->sq->place;
	if ((place->id != node->id || index < place->index) &&
		rewind_file(file, node->id, err) < 0)
		return -1;
	while (place->index < index) {
		place->index++;
		if (next_block(file, err) < 0)
			return -1;
	}
	file->sq->place = *place;
	return 0;
}

static int open_file(struct file *file, struct squashfs *sq,
	const struct fs_node *node, struct error *err)
{
	if (squashfs_inode_again(sq, node, &file->inode, err) < 0)
		return -1;
	file->sq = sq;
	file->blocks = node->size / sq->block_size;
	if (file->inode.fragment == SQUASHFS_NO_FRAGMENT &&
		node->size % sq->block_size)
		file->blocks++;
	if (file->blocks > BLOCKS_MAX)
		return error_set(err, ERR_LIMIT,
			"a file of more than %u blocks", BLOCKS_MAX);
	return 0;
}

/* Bytes of the file in a block of its own. */
static uint32_t block_len(const struct file *file, uint64_t index)
{
	uint64_t left = file->inode.size - index * file->sq->block_size;

	return left < file->sq->block_size ? (uint32_t)left
					   : file->sq->block_size;
}

/* Where the block with the file's tail is, and where in it the tail ends. */
static int find_fragment(const struct file *file,
	struct squashfs_stored *stored, uint32_t *end, struct error *err)
{
	struct squashfs *sq = file->sq;
	uint32_t number = file->inode.fragment,
		 off = file->inode.fragment_offset;
	uint32_t len = (uint32_t)(file->inode.size % sq->block_size);
	struct squashfs_at at = { .off = number % SQUASHFS_FRAGMENTS_PER_BLOCK *
			sizeof(struct fragment) };
	struct fragment fragment;
	le64 block;

	if (number >= sq->fragments)
		return error_set(err, ERR_CORRUPT,
			"its tail is in fragment %" PRIu32 " of %" PRIu32,
			number, sq->fragments);
	if (off > sq->block_size - len)
		return error_set(err, ERR_CORRUPT,
			"its tail of %" PRIu32 " bytes is at byte %" PRIu32
			" of a fragment",
			len, off);
	/* squashfs.c has checked that all of the index is there */
	if (volume_read(sq->vol,
		    sq->fragment_index +
			    number / SQUASHFS_FRAGMENTS_PER_BLOCK *
				    sizeof(block),
		    &block, sizeof(block), err) < 0)
		return -1;
	at.block = le64_get(block);
	if (squashfs_table_read(
		    sq, &at, sq->size, &fragment, sizeof(fragment), err) < 0)
		return error_in(err, "fragment %" PRIu32, number);
	*stored = (struct squashfs_stored){ le64_get(fragment.pos),
		le32_get(fragment.raw) };
	*end = off + len;
	return 0;
}

/* From here on no sum of its position and what is in it can overflow. */
static int check_inside(const struct squashfs *sq,
	const struct squashfs_stored *stored, struct error *err)
{
	uint32_t size = stored->raw & SQUASHFS_SIZE_MASK;

	if (range_inside(stored->pos, size, sq->size))
		return 0;
	return error_set(err, ERR_CORRUPT,
		"block at 0x%" PRIx64 ": its %" PRIu32
		" bytes reach beyond the file system's end (0x%" PRIx64 ")",
		stored->pos, size, sq->size);
}

static int wrong_length(const struct squashfs_stored *stored, uint32_t len,
	uint32_t wanted, struct error *err)
{
	return error_set(err, ERR_CORRUPT,
		"block at 0x%" PRIx64 ": %" PRIu32 " bytes, not %" PRIu32,
		stored->pos, len, wanted);
}

/* Bytes [skip, skip + n) of a block of len bytes, or of more for a fragment. */
static int copy_stored(struct squashfs *sq,
	const struct squashfs_stored *stored, uint32_t len, bool more,
	uint32_t skip, void *buf, uint32_t n, struct error *err)
{
	uint32_t got = stored->raw & SQUASHFS_SIZE_MASK;
	const struct squashfs_kept *block = NULL;

	if (check_inside(sq, stored, err) < 0)
		return -1;
	if (!(stored->raw & SQUASHFS_AS_IS)) {
		block = squashfs_block(sq, stored, err);
		if (!block)
			return -1;
		got = block->len;
	}
	if (more ? got < len : got != len)
		return wrong_length(stored, got, len, err);
	if (!block)
		return volume_read(sq->vol, stored->pos + skip, buf, n, err);
	memcpy(buf, block->data + skip, n);
	return 0;
}

/* At most *len bytes of the block at off; *len is then how many. */
static int read_own(struct file *file, const struct fs_node *node, uint64_t off,
	void *buf, size_t *len, struct error *err)
{
	uint32_t size = file->sq->block_size, skip = (uint32_t)(off % size);
	uint32_t all, n;

	if (seek_block(file, node, off / size, err) < 0)
		return -1;
	all = block_len(file, off / size);
	n = *len < all - skip ? (uint32_t)*len : all - skip;
	*len = n;
	if (file->place.block.raw == 0) {
		memset(buf, 0, n);
		return 0;
	}
	return copy_stored(
		file->sq, &file->place.block, all, false, skip, buf, n, err);
}

/* Bytes of the tail in a fragment, which is shorter than a block. */
static int read_tail(const struct file *file, uint64_t off, void *buf,
	size_t len, struct error *err)
{
	uint32_t skip = (uint32_t)(off % file->sq->block_size), end;
	struct squashfs_stored stored;

	if (find_fragment(file, &stored, &end, err) < 0)
		return -1;
	return copy_stored(file->sq, &stored, end, true,
		file->inode.fragment_offset + skip, buf, (uint32_t)len, err);
}

static int read_file(struct squashfs *sq, const struct fs_node *node,
	uint64_t off, uint8_t *buf, size_t len, struct error *err)
{
	struct file file;
	size_t n;

	if (open_file(&file, sq, node, err) < 0)
		return -1;
	for (; len > 0; off += n, buf += n, len -= n) {
		n = len;
		if (off / sq->block_size >= file.blocks)
			return read_tail(&file, off, buf, len, err);
		if (read_own(&file, node, off, buf, &n, err) < 0)
			return -1;
	}
	return 0;
}

static int read_link(struct squashfs *sq, const struct fs_node *node,
	uint64_t off, void *buf, size_t len, struct error *err)
{
	struct squashfs_inode inode;

	if (squashfs_inode_again(sq, node, &inode, err) < 0 ||
		squashfs_table_read(
			sq, &inode.rest, sq->directories, NULL, off, err) < 0)
		return -1;
	return squashfs_table_read(
		sq, &inode.rest, sq->directories, buf, len, err);
}

int squashfs_read(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *err)
{
	if (node->type == FS_SYMLINK)
		return read_link(fs->priv, node, off, buf, len, err);
	return read_file(fs->priv, node, off, buf, len, err);
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
	struct mapping *map, uint64_t vol, uint32_t len, struct error *err)
{
	struct fs_extent *run = &map->run;
	int r;

	if (run->len > 0 &&
		(run->vol == FS_HOLE ? vol == FS_HOLE
				     : vol == run->vol + run->len)) {
		run->len += len;
		return 0;
	}
	r = map_rest(map, err);
	*run = (struct fs_extent){ run->file + run->len, vol, len };
	return r;
}

/* A block of len bytes, or of more: 1 if there is no place for its bytes. */
static int map_stored(const struct squashfs *sq,
	const struct squashfs_stored *stored, uint32_t len, bool more,
	struct error *err)
{
	uint32_t size = stored->raw & SQUASHFS_SIZE_MASK;

	if (!(stored->raw & SQUASHFS_AS_IS))
		return 1;
	if (check_inside(sq, stored, err) < 0)
		return -1;
	if (more ? size < len : size != len)
		return wrong_length(stored, size, len, err);
	return 0;
}

/* The block where the file's place is. */
static int map_own(
	const struct file *file, struct mapping *map, struct error *err)
{
	const struct squashfs_stored *stored = &file->place.block;
	uint32_t len = block_len(file, file->place.index);
	int r;

	if (stored->raw == 0)
		return map_piece(map, FS_HOLE, len, err);
	r = map_stored(file->sq, stored, len, false, err);
	return r ? r : map_piece(map, stored->pos, len, err);
}

static int map_tail(
	const struct file *file, struct mapping *map, struct error *err)
{
	struct squashfs_stored stored;
	uint32_t len = (uint32_t)(file->inode.size % file->sq->block_size);
	uint32_t end;
	int r;

	if (find_fragment(file, &stored, &end, err) < 0)
		return -1;
	r = map_stored(file->sq, &stored, end, true, err);
	return r ? r : map_piece(map, stored.pos + end - len, len, err);
}

static int map_file(
	struct file *file, uint64_t id, struct mapping *map, struct error *err)
{
	struct squashfs_place *place = &file->place;
	int r;

	if (rewind_file(file, id, err) < 0)
		return -1;
	while (place->index < file->blocks) {
		r = map_own(file, map, err);
		if (r != 0)
			return r;
		if (++place->index < file->blocks && next_block(file, err) < 0)
			return -1;
	}
	if (file->inode.size > file->blocks * file->sq->block_size) {
		r = map_tail(file, map, err);
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

/* All blocks are looked at before the first is told. */
int squashfs_map(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *err)
{
	struct mapping dry = { .visit = ignore_extent };
	struct mapping map = { .visit = visit, .ctx = ctx };
	struct file file;
	int r;

	if (node->type == FS_SYMLINK)
		return 1;
	if (open_file(&file, fs->priv, node, err) < 0)
		return -1;
	r = map_file(&file, node->id, &dry, err);
	return r ? r : map_file(&file, node->id, &map, err);
}
