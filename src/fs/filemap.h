/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * filemap.h - what a driver's map() promises, made of the pieces it finds
 *
 * A driver adds the pieces of a file in rising order.  What is missing between
 * them becomes holes, neighbours become one, and what lies outside of the range
 * asked for is cut off.
 */
#ifndef FS_FILEMAP_H
#define FS_FILEMAP_H

#include "src/fs/fs.h"

struct filemap {
	uint64_t to;           /* where to stop, bytes of the file */
	uint64_t next;         /* everything below was added */
	struct fs_extent last; /* added but not visited; len 0: none */
	fs_visit_extent *visit;
	void *ctx;
	bool stopped; /* by visit, and not by a fault of the driver's */
};

/* Bytes [from, to) of a file are to be visited. */
void filemap_start(struct filemap *map, uint64_t from, uint64_t to,
	fs_visit_extent *visit, void *ctx);

/*
 * len bytes at file lie at vol of the volume, or nowhere (FS_HOLE).  Pieces may
 * lie outside of the range, but begin where those before end, or behind.
 * 0, or what visit returned.
 */
int filemap_add(struct filemap *map, uint64_t file, uint64_t vol, uint64_t len,
	struct error *err);

/* Is everything of the range there?  What lies behind need not be looked at. */
static inline bool filemap_full(const struct filemap *map)
{
	return map->next >= map->to;
}

/* All pieces were added: the rest is a hole.  0, or what visit returned. */
int filemap_end(struct filemap *map, struct error *err);

/* A visit that copies: bytes of the file, from "from" on, to buf. */
struct filemap_copy {
	struct volume *vol;
	uint64_t from;
	uint8_t *buf;
};

int filemap_copy(void *ctx, const struct fs_extent *extent, struct error *err);

#endif
