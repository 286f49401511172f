/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pieces.h - where a range of a file lies, put together from the pieces that a
 * driver's walk meets
 *
 * A format tells in units of its own, with parts left out and parts that are
 * not wanted.  Here they become extents in rising order, without a gap, cut to
 * the range, and neighbours are joined.
 */
#ifndef FSDRIVERS_PIECES_H
#define FSDRIVERS_PIECES_H

#include "src/fs/fs.h"

struct pieces {
	uint64_t next;          /* bytes: all of the file before was given */
	uint64_t to;            /* where the range ends */
	struct fs_extent wait;  /* given, but not yet visited; len 0: none */
	fs_visit_extent *visit; /* what wants to know */
	void *ctx;
	bool stopped; /* by visit, and not by a fault of the walk */
};

/* Bytes [from, to) of a file for visit. */
void pieces_begin(struct pieces *pieces, uint64_t from, uint64_t to,
	fs_visit_extent *visit, void *ctx);

/*
 * len bytes at file of the file lie at vol of the volume, or nowhere (FS_HOLE);
 * file + len and vol + len are no overflow.  Pieces come in rising order; what
 * they leave out is a hole.  0, or what visit returned.
 */
int pieces_add(struct pieces *pieces, uint64_t file, uint64_t vol, uint64_t len,
	struct error *err);

/* There are no more. */
int pieces_end(struct pieces *pieces, struct error *err);

/* For pieces_begin(): a visitor that reads what it visits into buf. */
struct pieces_copy {
	struct volume *vol;
	uint8_t *buf; /* moves on */
};

int pieces_copy(void *ctx, const struct fs_extent *extent, struct error *err);

#endif
