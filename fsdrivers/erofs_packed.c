/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * erofs_packed.c - contents of compressed files
 *
 * The piece that was decompressed last is kept.  What the packed inode holds,
 * ends of many files or whole small ones, is itself compressed, but never in
 * itself.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/erofs.h"
#include "src/base/checked.h"
#include "src/base/length.h"

#define ROOM_MIN (64U << 10) /* bytes that a piece has as a rule */

static int set_method(
	unsigned int number, enum unpack_method *method, struct error *err)
{
	static const enum unpack_method methods[] = {
		UNPACK_LZ4,
		UNPACK_MICROLZMA,
		UNPACK_DEFLATE,
		UNPACK_ZSTD,
	};

	if (number >= LENGTH(methods))
		return error_set(
			err, ERR_UNSUPPORTED, "unknown compression %u", number);
	*method = methods[number];
	return 0;
}

/* Read what is packed, without the zeros in front of it. */
static int read_input(struct erofs *erofs, const struct erofs_piece *piece,
	struct bytes *input, struct error *err)
{
	uint32_t block = UINT32_C(1) << erofs->block_bits, zeros = 0;

	if (!erofs->input)
		erofs->input = arena_alloc(erofs->arena, EROFS_PACKED_MAX, err);
	if (!erofs->input ||
		volume_read(erofs->vol, piece->pos, erofs->input, piece->packed,
			err) < 0)
		return -1;
	*input = (struct bytes){ erofs->input, piece->packed };
	if (piece->method == 0 && !erofs->padded)
		return 0;
	/* less than a block of them: it would not be there otherwise */
	while (zeros < piece->packed && zeros < block && !input->data[zeros])
		zeros++;
	*input = bytes_sub(*input, zeros, piece->packed - zeros);
	return 0;
}

/* Room for what comes of the piece. */
static int make_room(struct erofs *erofs, struct erofs_kept *kept, size_t size,
	struct error *err)
{
	size_t room = ROOM_MIN;

	kept->len = 0;
	if (size <= kept->room)
		return 0;
	/* in few steps, for the old ones stay in the arena */
	while (room < size)
		room *= 16;
	if (room > EROFS_UNPACKED_MAX)
		room = EROFS_UNPACKED_MAX;
	kept->data = arena_alloc(erofs->arena, room, err);
	kept->room = kept->data ? room : 0;
	return kept->data ? 0 : -1;
}

/* At least so many bytes of what comes of the piece, which is compressed. */
static int decompress(struct erofs *erofs, struct erofs_kept *kept,
	const struct erofs_piece *piece, struct error *err)
{
	enum unpack_method method;
	struct bytes input;

	if (kept->len >= piece->len && kept->pos == piece->pos)
		return 0;
	if (piece->len > EROFS_UNPACKED_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %u bytes compressed together",
			EROFS_UNPACKED_MAX);
	if (set_method(piece->method, &method, err) < 0 ||
		make_room(erofs, kept, (size_t)piece->len, err) < 0 ||
		read_input(erofs, piece, &input, err) < 0 ||
		unpack_first(
			method, input, kept->data, (size_t)piece->len, err) < 0)
		return error_in(err, "block at 0x%" PRIx64, piece->pos);
	kept->pos = piece->pos;
	kept->len = piece->len;
	return 0;
}

/* Bytes of a piece that is as it was; those that are rotated wrap around. */
static int read_plain(struct erofs *erofs, const struct erofs_piece *piece,
	uint64_t skip, uint8_t *buf, size_t *len, struct error *err)
{
	uint64_t size = UINT64_C(1) << erofs->block_bits;

	if (piece->len > piece->packed)
		return error_set(err, ERR_CORRUPT,
			"block at 0x%" PRIx64 ": %" PRIu64 " bytes of %" PRIu32,
			piece->pos, piece->len, piece->packed);
	if (piece->kind == EROFS_ROTATED && piece->packed == size) {
		skip = (piece->file + skip) & (size - 1);
		if (*len > size - skip)
			*len = (size_t)(size - skip);
	}
	return volume_read(erofs->vol, piece->pos + skip, buf, *len, err);
}

static int read_piece(struct erofs *erofs, struct erofs_open *open,
	uint64_t off, uint8_t *buf, size_t *len, struct error *err)
{
	const struct erofs_piece *piece = &open->piece;
	uint64_t skip = off - piece->file;

	if (*len > piece->len - skip)
		*len = (size_t)(piece->len - skip);
	if (piece->kind != EROFS_COMPRESSED)
		return read_plain(erofs, piece, skip, buf, len, err);
	if (decompress(erofs, &open->kept, piece, err) < 0)
		return -1;
	memcpy(buf, open->kept.data + skip, *len);
	return 0;
}

/* The slot with the inode open, and with the piece that has the byte at off. */
static int seek(struct erofs *erofs, struct erofs_open *open,
	const struct erofs_inode *inode, uint64_t off, struct error *err)
{
	struct erofs_piece *piece = &open->piece;

	if (!open->valid || open->packed.inode.nid != inode->nid) {
		open->valid = false;
		if (erofs_packed_open(erofs, inode, &open->packed, err) < 0)
			return -1;
		open->valid = true;
		piece->len = 0;
	}
	if (off - piece->file < piece->len)
		return 0;
	if (erofs_packed_find(erofs, &open->packed, off, piece, err) < 0) {
		piece->len = 0;
		return -1;
	}
	return 0;
}

/* Bytes of the packed inode, which is never looked for in itself. */
static int read_shared(struct erofs *erofs, uint64_t off, uint8_t *buf,
	size_t len, struct error *err)
{
	struct erofs_open *open = &erofs->open[1];
	struct erofs_inode inode;
	size_t n;

	if (!erofs->shares)
		return error_set(err, ERR_CORRUPT,
			"there is no packed inode, which it needs");
	if (erofs_inode_read(erofs, erofs->shared, &inode, err) < 0)
		return -1;
	if (!range_inside(off, len, inode.size))
		return error_set(err, ERR_CORRUPT,
			"%zu bytes at 0x%" PRIx64
			" of the packed inode, which has %" PRIu64,
			len, off, inode.size);
	if (inode.layout != EROFS_PACKED_FULL &&
		inode.layout != EROFS_PACKED_COMPACT)
		return erofs_inode_data(erofs, &inode, off, buf, len, err);
	for (; len > 0; off += n, buf += n, len -= n) {
		n = len;
		if (seek(erofs, open, &inode, off, err) < 0)
			return -1;
		if (open->piece.kind == EROFS_SHARED)
			return error_set(err, ERR_CORRUPT,
				"the packed inode is in itself");
		if (read_piece(erofs, open, off, buf, &n, err) < 0)
			return -1;
	}
	return 0;
}

int erofs_packed_read(struct erofs *erofs, const struct erofs_inode *inode,
	uint64_t off, uint8_t *buf, size_t len, struct error *err)
{
	struct erofs_open *open = &erofs->open[0];
	const struct erofs_piece *piece = &open->piece;
	uint64_t skip;
	size_t n;

	for (; len > 0; off += n, buf += n, len -= n) {
		n = len;
		if (seek(erofs, open, inode, off, err) < 0)
			return -1;
		if (piece->kind != EROFS_SHARED) {
			if (read_piece(erofs, open, off, buf, &n, err) < 0)
				return -1;
			continue;
		}
		skip = off - piece->file;
		if (n > piece->len - skip)
			n = (size_t)(piece->len - skip);
		if (!add_u64(piece->pos, skip, &skip))
			return error_set(err, ERR_CORRUPT,
				"its end is beyond any packed inode");
		if (read_shared(erofs, skip, buf, n, err) < 0)
			return -1;
	}
	return 0;
}
