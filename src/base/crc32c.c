/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/base/crc32c.h"

#include <string.h>

/*
 * What a byte does to the sum is what its halves do, combined: 32 numbers stand
 * for the usual 256.
 */
static const uint32_t low_half[16] = { 0x00000000, 0xf26b8303, 0xe13b70f7,
	0x1350f3f4, 0xc79a971f, 0x35f1141c, 0x26a1e7e8, 0xd4ca64eb, 0x8ad958cf,
	0x78b2dbcc, 0x6be22838, 0x9989ab3b, 0x4d43cfd0, 0xbf284cd3, 0xac78bf27,
	0x5e133c24 };

static const uint32_t high_half[16] = { 0x00000000, 0x105ec76f, 0x20bd8ede,
	0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d, 0x82f63b78,
	0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a,
	0xf36e6f75 };

uint32_t crc32c_by_table(uint32_t crc, const void *data, size_t len)
{
	const uint8_t *at = data;

	for (; len > 0; at++, len--) {
		crc ^= *at;
		crc = crc >> 8 ^ low_half[crc & 15] ^ high_half[crc >> 4 & 15];
	}
	return crc;
}

#ifdef __x86_64__

/* Eight bytes an instruction: of every processor since 2011 */
__attribute__((target("sse4.2"))) static uint32_t by_instruction(
	uint32_t crc, const uint8_t *at, size_t len)
{
	uint64_t sum = crc, piece;

	for (; len >= sizeof(piece);
		at += sizeof(piece), len -= sizeof(piece)) {
		memcpy(&piece, at, sizeof(piece));
		sum = __builtin_ia32_crc32di(sum, piece);
	}
	for (crc = (uint32_t)sum; len > 0; at++, len--)
		crc = __builtin_ia32_crc32qi(crc, *at);
	return crc;
}

uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
	if (__builtin_cpu_supports("sse4.2"))
		return by_instruction(crc, data, len);
	return crc32c_by_table(crc, data, len);
}

#else

uint32_t crc32c(uint32_t crc, const void *data, size_t len)
{
	return crc32c_by_table(crc, data, len);
}

#endif
