/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pools with bytes changed or cut off, and the small parsers alone: lists of
 * values, compression, checksums.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/zfs.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static struct image image;
static struct error err;

#define HEADER                                                                 \
	"\1\1\0\0"                                                             \
	"\0\0\0\0\0\0\0\1"
#define END "\0\0\0\0\0\0\0\0"

/* name "a", u64 7: 32 bytes */
#define PAIR                                                                   \
	"\0\0\0\40\0\0\0\40"                                                   \
	"\0\0\0\1"                                                             \
	"a\0\0\0"                                                              \
	"\0\0\0\10"                                                            \
	"\0\0\0\1"                                                             \
	"\0\0\0\0\0\0\0\7"

static const struct {
	const char *bytes;
	size_t len;
	int result;
} lists[] = {
	{ HEADER PAIR END, 12 + 32 + 8, 1 }, { HEADER END, 20, 0 },
	{ HEADER, 12, -1 }, { HEADER PAIR, 12 + 31, -1 },
	{ HEADER PAIR, 11, -1 }, { "\0" HEADER, 12, -1 }, /* the encoding */
	{ HEADER "\0\0\0\4" END, 24, -1 }, /* shorter than a pair */
	{ HEADER "\377\377\377\377" END, 24, -1 },
	{ HEADER "\0\0\0\40\0\0\0\40\377\377\377\377a\0\0\0\0\0\0\10\0\0\0\1"
		 "\0\0\0\0\0\0\0\7" END,
		52, -1 }, /* the name's length */
	{ HEADER "\0\0\0\30\0\0\0\40\0\0\0\1a\0\0\0\0\0\0\10\0\0\0\1" END, 44,
		-1 }, /* no value */
};

START_TEST(a_list_of_values_is_read_or_refused)
{
	struct bytes pairs,
		packed = { (const uint8_t *)lists[_i].bytes, lists[_i].len };
	uint64_t value = 0;
	int result = zfs_nvlist_begin(packed, &pairs, &err);

	if (result == 0)
		result = zfs_nvlist_u64(pairs, "a", &value, &err);
	ck_assert_int_eq(result, lists[_i].result);
	ck_assert_uint_eq(value, result > 0 ? 7 : 0);
}
END_TEST

static const struct {
	unsigned int kind;
	const char *packed;
	size_t packed_len;
	const char *text; /* NULL: refused */
	size_t len;
} packs[] = {
	/* a copy of 6 bytes from 2 before */
	{ 3, "\4ab\14\2", 5, "abababab", 8 },
	{ 3, "\0abc", 4, "abc", 3 },
	{ 3, "\4ab\14\3", 5, NULL, 8 }, /* before the start */
	{ 3, "\4ab\14\0", 5, NULL, 8 }, /* itself */
	{ 3, "\4ab\14", 4, NULL, 8 },
	{ 3, "\4ab", 3, NULL, 8 },
	{ 3, "", 0, NULL, 1 },
	{ 3, "\4ab\374\2", 5, "abab", 4 }, /* a copy ends with the block */
	{ 14, "\2abc\101", 5, "abc\0\0", 5 },
	{ 14, "\2ab", 3, NULL, 3 },
	{ 14, "\2abc", 4, NULL, 2 },
	{ 14, "\377", 1, NULL, 5 },
	{ 14, "", 0, NULL, 1 },
	{ 15, "\0\0\0\4\60abc", 8, "abc\0", 4 }, /* zeros behind */
	{ 15, "\0\0\0\5\60abc", 8, NULL, 4 },
	{ 15, "\377\377\377\377\60abc", 8, NULL, 4 },
	{ 15, "\0\0\0\0", 4, NULL, 4 },
	{ 16, "\0\0\0\1\0\0\0\1\0", 9, NULL, 4 },
	{ 2, "abcd", 4, "abc", 3 },
	{ 2, "ab", 2, NULL, 3 },
};

START_TEST(what_is_packed_is_unpacked_or_refused)
{
	uint8_t packed[64] = { 0 }, out[64];
	int result;

	memcpy(packed, packs[_i].packed, packs[_i].packed_len);
	result = zfs_unpack(packs[_i].kind, packed, packs[_i].packed_len, out,
		packs[_i].len, &err);
	ck_assert_int_eq(result, packs[_i].text ? 0 : -1);
	if (packs[_i].text)
		ck_assert_mem_eq(out, packs[_i].text, packs[_i].len);
}
END_TEST

/* FIPS 180-4 has the first two; the last has its length in a block of its own
 */
START_TEST(sha256_is_that_of_the_standard)
{
	static const struct {
		const char *text;
		uint64_t first;
	} sums[] = {
		{ "abc", UINT64_C(0xba7816bf8f01cfea) },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
			UINT64_C(0x248d6a61d20638b8) },
		{ "", UINT64_C(0xe3b0c44298fc1c14) },
	};
	struct zfs_sum sum;
	int i;

	for (i = 0; i < COUNT(sums); i++) {
		zfs_sha256((struct bytes){ (const uint8_t *)sums[i].text,
				   strlen(sums[i].text) },
			&sum);
		ck_assert_uint_eq(sum.word[0], sums[i].first);
	}
}
END_TEST

/* The labels: each copy that is broken leaves another. */
static const char *const paths[] = { "/ROOT/zstd@/longlink", "/small.txt" };

START_TEST(one_changed_byte_changes_nothing_that_has_a_copy)
{
	struct fs_node node;
	uint64_t at;

	for (at = 16 << 10; at < 256 << 10; at += 8191) {
		image_open(&image, "zfs-all.img");
		image.patched = true;
		image.patch = (struct image_patch){ at, 0x5a };
		ck_assert_msg(image_mount(&image, &zfs_driver) == 0, "%s",
			image.err.text);
		image_find(&image, "/small.txt", &node);
		image_close(&image);
	}
}
END_TEST

/* A byte of the blocks, or of the first label, that is not zero. */
static uint64_t some_place(unsigned int i)
{
	static uint64_t seed = 1;
	uint8_t byte = 0;
	uint64_t at = 0;

	while (byte == 0) {
		seed = seed * UINT64_C(6364136223846793005) + 1;
		at = i % 4 ? ZFS_DATA_OFF + (seed >> 33) % (24U << 20)
			   : (16U << 10) + (seed >> 33) % (16U << 10);
		ck_assert_int_eq(
			volume_read(&image.below, at, &byte, 1, &image.err), 0);
	}
	return at;
}

START_TEST(changed_bytes_are_survived)
{
	unsigned int i;

	for (i = 0; i < 400; i++) {
		image_open(&image, "zfs-all.img");
		image.patched = true;
		image.patch = (struct image_patch){ some_place(i),
			(uint8_t)(i * 37) };
		if (image_use(&image, &zfs_driver, paths[i % 2]) < 0)
			ck_assert_str_ne(image.err.text, "");
		image_close(&image);
	}
}
END_TEST

START_TEST(a_device_that_is_cut_short_is_survived)
{
	static const uint64_t sizes[] = { 0, 1, 16 << 10, 17 << 10, 256 << 10,
		512 << 10, 1 << 20, 4 << 20, 5 << 20, 6 << 20, 8 << 20,
		16 << 20, 24 << 20 };
	int i;

	for (i = 0; i < COUNT(sizes); i++) {
		image_open(&image, "zfs-all.img");
		image.vol.size = sizes[i];
		image.below.size = sizes[i];
		image_survive(&image, &zfs_driver, paths, COUNT(paths));
		image_close(&image);
	}
}
END_TEST

START_TEST(what_is_not_zfs_is_not_taken_for_it)
{
	image_run("truncate -s 2M none.img");
	image_open(&image, "none.img");
	ck_assert_int_eq(zfs_driver.probe(&image.vol, &image.err), 0);
	image_close(&image);
	/* another list of values, as a file may have one */
	image_write("none.img", 16384, HEADER PAIR END, 52);
	image_open(&image, "none.img");
	ck_assert_int_eq(zfs_driver.probe(&image.vol, &image.err), 0);
	image_close(&image);
}
END_TEST

static void prepare(void)
{
	image_stored("zfs-all.img");
}

static TCase *parsers(void)
{
	TCase *tcase = tcase_create("parsers");

	tcase_add_loop_test(
		tcase, a_list_of_values_is_read_or_refused, 0, COUNT(lists));
	tcase_add_loop_test(
		tcase, what_is_packed_is_unpacked_or_refused, 0, COUNT(packs));
	tcase_add_test(tcase, sha256_is_that_of_the_standard);
	return tcase;
}

static TCase *images(void)
{
	TCase *tcase = tcase_create("images");

	tcase_add_unchecked_fixture(tcase, prepare, image_cleanup);
	tcase_set_timeout(tcase, 400);
	tcase_add_test(tcase, one_changed_byte_changes_nothing_that_has_a_copy);
	tcase_add_test(tcase, changed_bytes_are_survived);
	tcase_add_test(tcase, a_device_that_is_cut_short_is_survived);
	tcase_add_test(tcase, what_is_not_zfs_is_not_taken_for_it);
	return tcase;
}

int main(void)
{
	TCase *const cases[] = { parsers(), images() };

	return run_suite("zfs_faults", cases, COUNT(cases));
}
