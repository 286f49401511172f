/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_unpack.c - compression of blocks: LZJB and ZLE, which only ZFS has, and
 * what stands in front of those that a library knows
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/unpack.h"
#include "fsdrivers/zfs.h"

enum pack_kind {
	PACK_ON = 1, /* what "on" meant in old pools: LZJB */
	PACK_OFF = 2,
	PACK_LZJB = 3,
	PACK_EMPTY = 4,
	PACK_GZIP_1 = 5,
	PACK_GZIP_9 = 13,
	PACK_ZLE = 14,
	PACK_LZ4 = 15,
	PACK_ZSTD = 16,
};

/* LZJB: a copy's length is in 6 bits, its distance in 10. */
#define LZJB_LEN_BITS 6
#define LZJB_LEN_MIN 3
#define LZJB_DISTANCE ((1U << (16 - LZJB_LEN_BITS)) - 1)

/* ZLE: smaller numbers count bytes, larger ones zeros. */
#define ZLE_LEVEL 64

/* A byte of flags, lowest first, is before each eight: one byte, or a copy. */
static bool unpack_lzjb(struct bytes in, uint8_t *out, size_t len)
{
	size_t at = 0, done = 0, n, back;
	unsigned int flags = 0, bit = 8;

	while (done < len) {
		if (bit == 8) {
			if (at >= in.len)
				return false;
			flags = in.data[at++];
			bit = 0;
		}
		if (!(flags >> bit++ & 1)) {
			if (at >= in.len)
				return false;
			out[done++] = in.data[at++];
			continue;
		}
		if (in.len - at < 2)
			return false;
		n = (in.data[at] >> (8 - LZJB_LEN_BITS)) + LZJB_LEN_MIN;
		back = ((size_t)in.data[at] << 8 | in.data[at + 1]) &
			LZJB_DISTANCE;
		at += 2;
		if (back == 0 || back > done)
			return false;
		for (; n > 0 && done < len; n--, done++)
			out[done] = out[done - back];
	}
	return true;
}

static bool unpack_zle(struct bytes in, uint8_t *out, size_t len)
{
	size_t at = 0, done = 0, n;

	while (done < len) {
		if (at >= in.len)
			return false;
		n = (size_t)in.data[at++] + 1;
		if (n <= ZLE_LEVEL) {
			if (n > len - done || n > in.len - at)
				return false;
			memcpy(out + done, in.data + at, n);
			at += n;
		} else {
			n -= ZLE_LEVEL;
			if (n > len - done)
				return false;
			memset(out + done, 0, n);
		}
		done += n;
	}
	return true;
}

/* A number says how long the rest is; a block's end is only there to fill. */
static int unpack_sized(enum unpack_method method, uint8_t *packed,
	size_t packed_len, size_t header, uint8_t *out, size_t len,
	struct error *err)
{
	/* OpenZFS leaves zstd's magic number away */
	static const uint8_t zstd_magic[4] = { 0x28, 0xb5, 0x2f, 0xfd };
	uint64_t size;
	size_t got;

	if (packed_len <= header)
		return error_set(
			err, ERR_CORRUPT, "%zu compressed bytes", packed_len);
	size = be32_get(*(const be32 *)packed);
	if (size > packed_len - header)
		return error_set(err, ERR_CORRUPT,
			"%" PRIu64 " of %zu compressed bytes", size,
			packed_len - header);
	if (method == UNPACK_ZSTD) {
		memcpy(packed + 4, zstd_magic, 4);
		header = 4;
		size += 4;
	}
	if (unpack(method, (struct bytes){ packed + header, (size_t)size }, out,
		    len, &got, err) < 0)
		return -1;
	memset(out + got, 0, len - got);
	return 0;
}

int zfs_unpack(unsigned int kind, uint8_t *packed, size_t packed_len,
	uint8_t *out, size_t len, struct error *err)
{
	struct bytes in = { packed, packed_len };
	size_t got;
	bool ok;

	switch (kind) {
	case PACK_OFF:
		ok = packed_len >= len;
		if (ok)
			memcpy(out, packed, len);
		break;
	case PACK_ON:
	case PACK_LZJB:
		ok = unpack_lzjb(in, out, len);
		break;
	case PACK_ZLE:
		ok = unpack_zle(in, out, len);
		break;
	case PACK_LZ4:
		return unpack_sized(
			UNPACK_LZ4, packed, packed_len, 4, out, len, err);
	case PACK_ZSTD:
		return unpack_sized(
			UNPACK_ZSTD, packed, packed_len, 8, out, len, err);
	default:
		if (kind < PACK_GZIP_1 || kind > PACK_GZIP_9)
			return error_set(err, ERR_UNSUPPORTED,
				"unknown compression %u", kind);
		if (unpack(UNPACK_ZLIB, in, out, len, &got, err) < 0)
			return -1;
		memset(out + got, 0, len - got);
		return 0;
	}
	if (!ok)
		return error_set(err, ERR_CORRUPT,
			"%zu bytes that cannot become %zu (compression %u)",
			packed_len, len, kind);
	return 0;
}
