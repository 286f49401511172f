/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fsdrivers/unpack.h"

#include <limits.h>
#include <lz4.h>
#include <lzma.h>
#include <lzo/lzo1x.h>
#define ZLIB_CONST /* or zlib's input is not const */
#include <zlib.h>
#include <zstd.h>

/*
 * What a header may make liblzma ask for.  A dictionary need not be larger than
 * what is decompressed, and no file system packs more than 1 MiB at once.
 */
#define LZMA_MEMORY (16U << 20)

/*
 * Each of these returns how many bytes came, at most size; or -1.  Lengths are
 * below INT_MAX.
 */
typedef long unpacker(struct bytes packed, uint8_t *out, size_t size);

static long unpack_zlib(struct bytes packed, uint8_t *out, size_t size)
{
	z_stream stream = {
		.next_in = packed.data,
		.avail_in = (uInt)packed.len,
		.next_out = out,
		.avail_out = (uInt)size,
	};
	int r;

	if (inflateInit(&stream) != Z_OK)
		return -1;
	r = inflate(&stream, Z_FINISH);
	inflateEnd(&stream);
	return r == Z_STREAM_END ? (long)stream.total_out : -1;
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
	size_t len = ZSTD_decompress(out, size, packed.data, packed.len);

	return ZSTD_isError(len) ? -1 : (long)len;
}

static const struct {
	const char *name;
	unpacker *unpack;
} methods[] = {
	[UNPACK_ZLIB] = { "gzip", unpack_zlib },
	[UNPACK_LZMA] = { "lzma", unpack_lzma },
	[UNPACK_LZO] = { "lzo", unpack_lzo },
	[UNPACK_XZ] = { "xz", unpack_xz },
	[UNPACK_LZ4] = { "lz4", unpack_lz4 },
	[UNPACK_ZSTD] = { "zstd", unpack_zstd },
};

int unpack(enum unpack_method method, struct bytes packed, uint8_t *out,
	size_t size, size_t *len, struct error *err)
{
	long got = -1;

	/* zstd would make nothing of nothing */
	if (packed.len > 0 && packed.len <= INT_MAX && size <= INT_MAX)
		got = methods[method].unpack(packed, out, size);
	if (got < 0)
		return error_set(err, ERR_CORRUPT,
			"%zu bytes that %s cannot decompress into %zu",
			packed.len, methods[method].name, size);
	*len = (size_t)got;
	return 0;
}
