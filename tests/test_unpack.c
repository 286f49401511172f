/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each library compresses is decompressed, into no more room than there
 * is, and what is damaged or asks for too much is refused.
 */
#include <check.h>
#include <lz4.h>
#include <lzma.h>
#include <lzo/lzo1x.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "fsdrivers/unpack.h"
#include "tests/support/runner.h"

#define SIZE 30000
#define ROOM (2 * SIZE)

static uint8_t plain[SIZE], packed[ROOM], out[ROOM];
static size_t packed_len;
static struct error err;

/* Words in an order that repeats itself now and then. */
static void make_plain(void)
{
	unsigned int seed = 5;

	for (size_t i = 0; i < SIZE; i++) {
		if (i % 16 == 0)
			seed = seed * 1103515245 + 12345;
		plain[i] = (uint8_t) "a row of words "[i % 15] ^
			(uint8_t)(seed >> 30);
	}
}

static void pack_lzma(uint32_t dictionary)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_options_lzma options;

	ck_assert(!lzma_lzma_preset(&options, 6));
	options.dict_size = dictionary;
	ck_assert_int_eq(lzma_alone_encoder(&stream, &options), LZMA_OK);
	stream.next_in = plain;
	stream.avail_in = SIZE;
	stream.next_out = packed;
	stream.avail_out = ROOM;
	ck_assert_int_eq(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
	packed_len = stream.total_out;
	lzma_end(&stream);
}

static void pack_xz(uint32_t dictionary)
{
	lzma_options_lzma options;
	lzma_filter filters[] = { { LZMA_FILTER_LZMA2, &options },
		{ LZMA_VLI_UNKNOWN, NULL } };

	ck_assert(!lzma_lzma_preset(&options, 6));
	options.dict_size = dictionary;
	packed_len = 0;
	ck_assert_int_eq(lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32,
				 NULL, plain, SIZE, packed, &packed_len, ROOM),
		LZMA_OK);
}

static void pack_lzo(void)
{
	static lzo_align_t work[LZO1X_1_MEM_COMPRESS / sizeof(lzo_align_t) + 1];
	lzo_uint len = ROOM;

	ck_assert_int_eq(
		lzo1x_1_compress(plain, SIZE, packed, &len, work), LZO_E_OK);
	packed_len = len;
}

static void pack_deflate(void)
{
	z_stream stream = { .next_in = plain,
		.avail_in = SIZE,
		.next_out = packed,
		.avail_out = ROOM };

	ck_assert_int_eq(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED,
				 -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY),
		Z_OK);
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	packed_len = stream.total_out;
	deflateEnd(&stream);
}

static void pack(enum unpack_method method)
{
	uLongf len = ROOM;

	switch (method) {
	case UNPACK_ZLIB:
		ck_assert_int_eq(compress(packed, &len, plain, SIZE), Z_OK);
		packed_len = len;
		break;
	case UNPACK_LZMA:
		pack_lzma(1 << 16);
		break;
	case UNPACK_LZO:
		pack_lzo();
		break;
	case UNPACK_XZ:
		pack_xz(1 << 16);
		break;
	case UNPACK_LZ4:
		packed_len = (size_t)LZ4_compress_default(
			(const char *)plain, (char *)packed, SIZE, ROOM);
		break;
	case UNPACK_ZSTD:
		packed_len = ZSTD_compress(packed, ROOM, plain, SIZE, 3);
		break;
	case UNPACK_DEFLATE:
		pack_deflate();
		break;
	case UNPACK_MICROLZMA: /* has no end of its own: test_erofs.c */
		ck_abort();
	}
	ck_assert_uint_lt(packed_len, SIZE);
}

/* From a copy of just that length, so that a sanitizer sees a step outside. */
static int try_unpack(
	enum unpack_method method, size_t from, size_t room, size_t *len)
{
	uint8_t *copy = malloc(from ? from : 1);
	uint8_t *to = malloc(room ? room : 1);
	int r;

	ck_assert(copy && to);
	memcpy(copy, packed, from);
	error_clear(&err);
	r = unpack(method, (struct bytes){ copy, from }, to, room, len, &err);
	if (r == 0)
		memcpy(out, to, *len);
	else
		ck_assert_int_eq(err.code, ERR_CORRUPT);
	free(copy);
	free(to);
	return r;
}

#define METHODS (UNPACK_DEFLATE + 1)

START_TEST(gives_what_was_packed)
{
	size_t len = 0;

	pack((enum unpack_method)_i);
	ck_assert_int_eq(
		try_unpack((enum unpack_method)_i, packed_len, SIZE, &len), 0);
	ck_assert_uint_eq(len, SIZE);
	ck_assert_mem_eq(out, plain, SIZE);
	ck_assert_int_eq(
		try_unpack((enum unpack_method)_i, packed_len, ROOM, &len), 0);
	ck_assert_uint_eq(len, SIZE);
}
END_TEST

START_TEST(never_gives_more_than_there_is_room_for)
{
	size_t room, len;

	pack((enum unpack_method)_i);
	for (room = 0; room < SIZE; room += room < 100 ? 1 : 997)
		ck_assert_int_eq(try_unpack((enum unpack_method)_i, packed_len,
					 room, &len),
			-1);
	ck_assert_int_eq(
		try_unpack((enum unpack_method)_i, packed_len, SIZE - 1, &len),
		-1);
	ck_assert_ptr_nonnull(strstr(err.text, "cannot decompress into 29999"));
}
END_TEST

/* LZO and lz4 have no mark at the end: what comes then is less, not wrong. */
START_TEST(refuses_what_is_cut_off)
{
	size_t from, len;

	pack((enum unpack_method)_i);
	for (from = 0; from < packed_len; from++) {
		if (try_unpack((enum unpack_method)_i, from, SIZE, &len) < 0)
			continue;
		ck_assert(_i == UNPACK_LZO || _i == UNPACK_LZ4);
		ck_assert_uint_lt(len, SIZE);
		ck_assert_mem_eq(out, plain, len);
	}
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	size_t i, len;
	uint8_t old;

	pack((enum unpack_method)_i);
	for (i = 0; i < packed_len; i++) {
		old = packed[i];
		packed[i] = (uint8_t)(i % 3 ? ~old : old + 1);
		if (try_unpack((enum unpack_method)_i, packed_len, SIZE,
			    &len) == 0)
			ck_assert_uint_le(len, SIZE);
		packed[i] = old;
	}
}
END_TEST

/* A window of 2 GiB in zstd's header costs nothing, the output is the window */
START_TEST(takes_no_more_memory_than_it_says)
{
	static const uint8_t zstd[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8,
		0x53, 0x00, 0x00, 0x78 };
	size_t len;

	pack_xz(8 << 20);
	ck_assert_int_eq(try_unpack(UNPACK_XZ, packed_len, SIZE, &len), 0);
	pack_xz(16 << 20);
	ck_assert_int_eq(try_unpack(UNPACK_XZ, packed_len, SIZE, &len), -1);
	pack_lzma(8 << 20);
	ck_assert_int_eq(try_unpack(UNPACK_LZMA, packed_len, SIZE, &len), 0);
	memcpy(packed + 1, "\xff\xff\xff\xff", 4); /* of its dictionary */
	ck_assert_int_eq(try_unpack(UNPACK_LZMA, packed_len, SIZE, &len), -1);
	memcpy(packed, zstd, sizeof(zstd));
	ck_assert_int_eq(try_unpack(UNPACK_ZSTD, sizeof(zstd), SIZE, &len), 0);
	ck_assert_uint_eq(len, 10);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("unpack");

	make_plain();
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, gives_what_was_packed, 0, METHODS);
	tcase_add_loop_test(
		tc, never_gives_more_than_there_is_room_for, 0, METHODS);
	tcase_add_loop_test(tc, refuses_what_is_cut_off, 0, METHODS);
	tcase_add_loop_test(tc, survives_a_changed_byte, 0, METHODS);
	tcase_add_test(tc, takes_no_more_memory_than_it_says);
	return run_suite("unpack", &tc, 1);
}
