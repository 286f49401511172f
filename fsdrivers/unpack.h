/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unpack.h - one compressed piece into a buffer that bounds what comes of it
 *
 * A piece is what file systems compress at once: it stands alone, and its size
 * before compression has a limit that the format gives.  Nothing is kept
 * between two calls, so there is nothing to release.
 */
#ifndef FSDRIVERS_UNPACK_H
#define FSDRIVERS_UNPACK_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/bytes.h"
#include "src/base/error.h"

enum unpack_method {
	UNPACK_ZLIB, /* with zlib's header and checksum; also called gzip */
	UNPACK_LZMA, /* the format of the old lzma program */
	UNPACK_LZO,  /* LZO1X, bare */
	UNPACK_XZ,
	UNPACK_LZ4, /* a bare block */
	UNPACK_ZSTD,
	UNPACK_DEFLATE,   /* what zlib packs, bare */
	UNPACK_MICROLZMA, /* LZMA as liblzma names it; only unpack_first() */
};

/*
 * Decompress packed into out, which has room for size bytes; *len is how many
 * came.  zlib and zstd know where theirs ends: what is behind it is ignored.
 * The library takes at most 16 MiB for that, and gives them back.
 * ERR_CORRUPT: it cannot be decompressed, or gives more than size bytes.
 */
int unpack(enum unpack_method method, struct bytes packed, uint8_t *out,
	size_t size, size_t *len, struct error *err)
	__attribute__((warn_unused_result));

/*
 * The first size bytes of what comes of packed; if there is more, in or behind
 * it, it is left.  For LZ4, zstd, Deflate and MicroLZMA.
 */
int unpack_first(enum unpack_method method, struct bytes packed, uint8_t *out,
	size_t size, struct error *err) __attribute__((warn_unused_result));

#endif
