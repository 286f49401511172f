/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_link.c - targets of symbolic links
 *
 * A short one stands in the inode.  Others have blocks, at most three extents
 * of them, and in version 5 each extent begins with a header of its own.
 */
#include "fsdrivers/xfs.h"

#include <inttypes.h>
#include <string.h>

#include "src/fs/filemap.h"

struct link_head {
	be32 magic;
	be32 offset; /* in the target, of what follows */
	be32 len;
	le32 crc;
	uint8_t uuid[XFS_UUID_SIZE];
	be64 owner;
	be64 block;
	be64 lsn;
};

_Static_assert(sizeof(struct link_head) == 56, "as the format has it");

#define LINK_MAGIC 0x58534c4d /* "XSLM" */

static const struct xfs_marks link_marks = { 12, 16, 32 };

struct target {
	const struct xfs *xfs;
	const struct xfs_inode *inode;
	uint8_t *to;
	uint64_t done; /* bytes of the target */
};

static int check_piece(const struct target *target, const uint8_t *piece,
	size_t len, struct error *err)
{
	const struct link_head *head = (const void *)piece;
	uint64_t left = target->inode->size - target->done;
	uint64_t here = len - sizeof(*head) < left ? len - sizeof(*head) : left;

	if (be32_get(head->magic) != LINK_MAGIC)
		return error_set(err, ERR_CORRUPT, "wrong magic number");
	if (xfs_check_marks(target->xfs, piece, len, &link_marks,
		    target->inode->ino, err) < 0)
		return -1;
	if (be32_get(head->offset) != target->done ||
		be32_get(head->len) != here)
		return error_set(err, ERR_CORRUPT,
			"%" PRIu32 " bytes from %" PRIu32 " on, not %" PRIu64
			" from %" PRIu64,
			be32_get(head->len), be32_get(head->offset), here,
			target->done);
	return 0;
}

static int take_piece(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	struct target *target = ctx;
	const struct link_head *head;
	uint8_t piece[XFS_BLOCK_MAX]; /* one block, or a few small ones */
	size_t len;

	if (extent->vol == FS_HOLE)
		return error_set(err, ERR_CORRUPT, "a link with a hole");
	if (extent->len > sizeof(piece))
		return error_set(err, ERR_CORRUPT,
			"%" PRIu64 " bytes for a link of %" PRIu64, extent->len,
			target->inode->size);
	len = (size_t)extent->len;
	if (volume_read(target->xfs->vol, extent->vol, piece, len, err) < 0 ||
		check_piece(target, piece, len, err) < 0)
		return error_in(err, "piece at 0x%" PRIx64, extent->vol);
	head = (const void *)piece;
	memcpy(target->to + target->done, head + 1, be32_get(head->len));
	target->done += be32_get(head->len);
	return target->done == target->inode->size;
}

/* So many bytes of blocks hold the target: no header has more than a block. */
static uint64_t size_of_blocks(const struct xfs *xfs, uint64_t size)
{
	uint64_t room = xfs->block_size - sizeof(struct link_head);

	return (size + room - 1) / room * xfs->block_size;
}

static int read_pieces(const struct xfs *xfs, const struct xfs_inode *inode,
	uint8_t *to, struct error *err)
{
	struct target target = { xfs, inode, to, 0 };
	int r = xfs_map(xfs, inode, 0, size_of_blocks(xfs, inode->size),
		take_piece, &target, err);

	if (r == 0)
		return error_set(err, ERR_CORRUPT,
			"inode %" PRIu64 ": a link of %" PRIu64
			" bytes that ends at %" PRIu64,
			inode->ino, inode->size, target.done);
	return r < 0 ? error_in(err, "inode %" PRIu64, inode->ino) : 0;
}

int xfs_link_read(const struct xfs *xfs, const struct xfs_inode *inode,
	uint8_t *to, struct error *err)
{
	struct filemap_copy copy = { xfs->vol, 0, to };

	if (inode->size > XFS_LINK_MAX)
		return error_set(err, ERR_LIMIT,
			"a symbolic link of more than %d bytes (inode %" PRIu64
			")",
			XFS_LINK_MAX, inode->ino);
	if (inode->size == 0)
		return 0;
	if (inode->format != XFS_LOCAL)
		return xfs->v5 ? read_pieces(xfs, inode, to, err)
			       : xfs_map(xfs, inode, 0, inode->size,
					 filemap_copy, &copy, err);
	if (inode->size > inode->data_size)
		return error_set(err, ERR_CORRUPT,
			"inode %" PRIu64 ": a link of %" PRIu64
			" bytes in %" PRIu32,
			inode->ino, inode->size, inode->data_size);
	memcpy(to, inode->data, (size_t)inode->size);
	return 0;
}
