/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * indirect.h - files as Unix has kept them since its first edition: pointers to
 * blocks, then one each to blocks of pointers of one, two and three levels
 *
 * UFS and Minix differ in how wide a pointer is, in which order its bytes come
 * and in what it counts.
 */
#ifndef FSDRIVERS_INDIRECT_H
#define FSDRIVERS_INDIRECT_H

#include "src/fs/filemap.h"

struct indirect {
	struct volume *vol;
	uint64_t start;      /* bytes: no block of a file begins before this */
	uint64_t size;       /* bytes of the file system, at most INT64_MAX */
	uint32_t block_size; /* bytes of a block, of data as of pointers */
	uint32_t unit;       /* bytes that a pointer counts */
	unsigned int width;  /* bytes of a pointer: 2, 4 or 8 */
	bool big;            /* the first byte of a pointer counts most */
};

/*
 * Give map what of its range the pointers know: so many direct ones and
 * behind them those of 1, 2... levels (at most 3) of a file of file_size bytes,
 * at most INT64_MAX.  Ends the map.  0, or what its visitor returned.
 */
int indirect_map(const struct indirect *form, const uint8_t *pointers,
	unsigned int direct, unsigned int levels, uint64_t file_size,
	struct filemap *map, struct error *err);

#endif
