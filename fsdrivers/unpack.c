/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fsdrivers/unpack.h"

#include <limits.h>
#include <lz4.h>
#include <lzma.h>
#include <lzo/lzo1x.h>
#include <stdbool.h>
#define ZLIB_CONST /* or zlib's input is not const */
#include <zlib.h>
#include <zstd.h>

/*
 * What a header may make liblzma ask for.  A dictionary need not be larger than
 * what is decompressed, and no file system packs more than 1 MiB at once.
 */
#define LZMA_MEMORY (16U << 20)
#define ZSTD_WINDOW_MAX 24 /* 2^24 bytes, the same */

/*
 * Each of these returns how many bytes came, at most size; or -1.  Lengths are
 * below INT_MAX.
 */
typedef long unpacker(struct bytes packed, uint8_t *out, size_t size);

/* window: of zlib's format; less than 0: without header and checksum. */
static long inflate_all(
	struct bytes packed, uint8_t *out, size_t size, int window, bool part)
{
	z_stream stream = {
		.next_in = packed.data,
		.avail_in = (uInt)packed.len,
		.next_out = out,
		.avail_out = (uInt)size,
	};
	int r;

	if (inflateInit2(&stream, window) != Z_OK)
		return -1;
	r = inflate(&stream, Z_FINISH);
	inflateEnd(&stream);
	if (r != Z_STREAM_END && !(part && stream.total_out == size))
		return -1;
	return (long)stream.total_out;
}

static long unpack_zlib(struct bytes packed, uint8_t *out, size_t size)
{
	return inflate_all(packed, out, size, MAX_WBITS, false);
}

static long unpack_deflate(struct bytes packed, uint8_t *out, size_t size)
{
	return inflate_all(packed, out, size, -MAX_WBITS, false);
}

static long unpack_lzma(struct bytes packed, uint8_t *out, size_t size)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret r;

	if (lzma_alone_decoder(&stream, LZMA_MEMORY) != LZMA_OK)
		return -1;
	stream.next_in = packed.data;
	stream.avail_in = packed.len;
	stream.next_out = out;
	stream.avail_out = size;
	r = lzma_code(&stream, LZMA_FINISH);
	lzma_end(&stream);
	return r == LZMA_STREAM_END ? (long)stream.total_out : -1;
}

static long unpack_lzo(struct bytes packed, uint8_t *out, size_t size)
{
	lzo_uint len = size;

	if (lzo1x_decompress_safe(packed.data, packed.len, out, &len, NULL) !=
		LZO_E_OK)
		return -1;
	return (long)len;
}

static long unpack_xz(struct bytes packed, uint8_t *out, size_t size)
{
	uint64_t memory = LZMA_MEMORY;
	size_t in_pos = 0, out_pos = 0;

	if (lzma_stream_buffer_decode(&memory, 0, NULL, packed.data, &in_pos,
		    packed.len, out, &out_pos, size) != LZMA_OK)
		return -1;
	return (long)out_pos;
}

static long unpack_lz4(struct bytes packed, uint8_t *out, size_t size)
{
	return LZ4_decompress_safe((const char *)packed.data, (char *)out,
		(int)packed.len, (int)size);
}

static long unpack_zstd(struct bytes packed, uint8_t *out, size_t size)
{
	size_t frame = ZSTD_findFrameCompressedSize(packed.data, packed.len);
	size_t len;

	if (ZSTD_isError(frame))
		return -1;
	len = ZSTD_decompress(out, size, packed.data, frame);
	return ZSTD_isError(len) ? -1 : (long)len;
}

static long first_lz4(struct bytes packed, uint8_t *out, size_t size)
{
	return LZ4_decompress_safe_partial((const char *)packed.data,
		(char *)out, (int)packed.len, (int)size, (int)size);
}

static long first_zstd(struct bytes packed, uint8_t *out, size_t size)
{
	ZSTD_inBuffer in = { packed.data, packed.len, 0 };
	ZSTD_outBuffer to = { out, size, 0 };
	ZSTD_DStream *stream = ZSTD_createDStream();
	size_t r = 1;

	if (!stream)
		return -1;
	ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, ZSTD_WINDOW_MAX);
	while (to.pos < size && in.pos < in.size && r != 0 && !ZSTD_isError(r))
		r = ZSTD_decompressStream(stream, &to, &in);
	ZSTD_freeDStream(stream);
	return (long)to.pos;
}

static long first_deflate(struct bytes packed, uint8_t *out, size_t size)
{
	return inflate_all(packed, out, size, -MAX_WBITS, true);
}

/* The dictionary need not be larger than what comes. */
static long first_microlzma(struct bytes packed, uint8_t *out, size_t size)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret r;

	if (lzma_microlzma_decoder(&stream, packed.len, size, false,
		    (uint32_t)size) != LZMA_OK)
		return -1;
	stream.next_in = packed.data;
	stream.avail_in = packed.len;
	stream.next_out = out;
	stream.avail_out = size;
	do {
		r = lzma_code(&stream, LZMA_RUN);
	} while (r == LZMA_OK && stream.avail_out > 0 && stream.avail_in > 0);
	lzma_end(&stream);
	return (long)stream.total_out;
}

static const struct {
	const char *name;
	unpacker *unpack; /* or NULL */
	unpacker *first;  /* or NULL; fewer bytes than size: it failed */
} methods[] = {
	[UNPACK_ZLIB] = { "gzip", unpack_zlib, NULL },
	[UNPACK_LZMA] = { "lzma", unpack_lzma, NULL },
	[UNPACK_LZO] = { "lzo", unpack_lzo, NULL },
	[UNPACK_XZ] = { "xz", unpack_xz, NULL },
	[UNPACK_LZ4] = { "lz4", unpack_lz4, first_lz4 },
	[UNPACK_ZSTD] = { "zstd", unpack_zstd, first_zstd },
	[UNPACK_DEFLATE] = { "deflate", unpack_deflate, first_deflate },
	[UNPACK_MICROLZMA] = { "lzma", NULL, first_microlzma },
};

int unpack(enum unpack_method method, struct bytes packed, uint8_t *out,
	size_t size, size_t *len, struct error *err)
{
	long got = -1;

	/* zstd would make nothing of nothing */
	if (methods[method].unpack && packed.len > 0 && packed.len <= INT_MAX &&
		size <= INT_MAX)
		got = methods[method].unpack(packed, out, size);
	if (got < 0)
		return error_set(err, ERR_CORRUPT,
			"%zu bytes that %s cannot decompress into %zu",
			packed.len, methods[method].name, size);
	*len = (size_t)got;
	return 0;
}

int unpack_first(enum unpack_method method, struct bytes packed, uint8_t *out,
	size_t size, struct error *err)
{
	long got = -1;

	if (packed.len > 0 && packed.len <= INT_MAX && size <= INT_MAX)
		got = methods[method].first(packed, out, size);
	if (got < 0 || (size_t)got != size)
		return error_set(err, ERR_CORRUPT,
			"%zu bytes of which %s does not get %zu", packed.len,
			methods[method].name, size);
	return 0;
}
