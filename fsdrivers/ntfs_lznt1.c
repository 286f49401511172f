/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ntfs_lznt1.c - LZNT1, by which NTFS packs ([MS-XCA] 2.5)
 *
 * Each chunk becomes 4096 bytes.  In a chunk, a flag tells single bytes from
 * pairs of a distance and a length; how many bits each has depends on how much
 * of the chunk came before.
 */
#include <string.h>

#include "fsdrivers/ntfs.h"

#define CHUNK 4096
#define PACKED 0x8000

static int broken(struct error *err)
{
	return error_set(err, ERR_CORRUPT, "broken packed data");
}

/* Repeat what came before, at the end of done bytes of the chunk. */
static bool repeat(uint8_t *out, size_t *done, size_t room, unsigned int pair)
{
	unsigned int bits = 12;
	size_t distance, len, i;

	if (*done == 0)
		return false;
	for (i = *done - 1; i >= 16; i >>= 1)
		bits--;
	distance = (pair >> bits) + 1;
	len = (pair & ((1U << bits) - 1)) + 3;
	if (distance > *done || len > room - *done)
		return false;
	for (i = 0; i < len; i++)
		out[*done + i] = out[*done + i - distance];
	*done += len;
	return true;
}

static int unpack_chunk(
	struct bytes in, uint8_t *out, size_t room, struct error *err)
{
	size_t at = 0, done = 0;
	unsigned int flags, bit;

	while (at < in.len) {
		flags = in.data[at++];
		for (bit = 0; bit < 8 && at < in.len; bit++, flags >>= 1) {
			if (!(flags & 1)) {
				if (done == room)
					return broken(err);
				out[done++] = in.data[at++];
				continue;
			}
			if (in.len - at < 2 ||
				!repeat(out, &done, room,
					in.data[at] |
						(unsigned int)in.data[at + 1]
							<< 8))
				return broken(err);
			at += 2;
		}
	}
	return 0;
}

int ntfs_unpack(
	struct bytes packed, uint8_t *out, size_t size, struct error *err)
{
	const le16 *header;
	struct bytes chunk;
	size_t room, at = 0;

	memset(out, 0, size);
	for (; size > 0; out += room, size -= room) {
		header = bytes_at(packed, at, sizeof(*header));
		if (!header || le16_get(*header) == 0)
			return 0;
		room = size < CHUNK ? size : CHUNK;
		chunk = bytes_sub(packed, at + 2,
			(le16_get(*header) & (CHUNK - 1)) + (size_t)1);
		if (!chunk.data)
			return broken(err);
		at += 2 + chunk.len;
		if (le16_get(*header) & PACKED) {
			if (unpack_chunk(chunk, out, room, err) < 0)
				return -1;
		} else if (chunk.len > room) {
			return broken(err);
		} else {
			memcpy(out, chunk.data, chunk.len);
		}
	}
	return 0;
}
