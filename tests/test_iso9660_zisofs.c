/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that zisofs packed, as xorriso makes them and with bytes changed.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/isoimage.h"
#include "tests/support/runner.h"

static struct image image;

/* Of every size about that of a block, of zeros, of what can be packed little
 * and of what cannot. */
static void make_tree(void)
{
	isoimage_setup();
	image_run("mkdir tree && cd tree && "
		  "for n in 1 32767 32768 32769 65536 131072 1000001; do "
		  "head -c $n /dev/zero >zeros$n; "
		  "yes 'some text' | head -c $n >text$n; done && "
		  "{ cat text131072 zeros131072 text32769; head -c 50000 "
		  "/dev/zero; yes; } | head -c 700000 >mixed && "
		  "ln -s mixed link && echo small >small");
	image_file("tree/noise", NULL, 300000);
	image_run("yes 'some text' | head -c 40000 >>tree/noise && "
		  "find tree -exec touch -hd @1700000002 {} +");
}

static void make(const char *options)
{
	image_run("rm -f made.img && xorriso -outdev made.img "
		  "-zisofs level=6:%s -map tree / "
		  "-set_filter_r --zisofs / -- -commit",
		options);
}

static const char *const block_sizes[] = { "block_size=32k", "block_size=64k",
	"block_size=128k" };

START_TEST(reads_what_xorriso_packed)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/tree", image_directory());
	make(block_sizes[_i]);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_mount(&image, &iso9660_driver), 0);
	image_compare(&image, host, NULL, true);
	image_close(&image);
}
END_TEST

/* Back and forth, and between two files: always the same bytes. */
START_TEST(reads_at_any_offset)
{
	struct fs_node mixed, text;

	make(block_sizes[_i]);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_mount(&image, &iso9660_driver), 0);
	image_find(&image, "/mixed", &mixed);
	image_find(&image, "/text1000001", &text);
	ck_assert_int_eq(image_map(&image, &mixed), 1);
	image_read_anywhere(&image, &mixed, &text, 70000, 300);
	image_close(&image);
}
END_TEST

/* 100,000 bytes of text in four blocks: bytes of the packed file, changed. */
static const struct {
	unsigned int at;
	unsigned int len;
	const char *bytes;
	const char *text; /* as it begins: how much zlib packs may differ */
} broken[] = {
	{ 0, 1, "\0", "zisofs: wrong magic number" },
	{ 8, 4, "\0\0\0\0",
		"zisofs: 0 bytes in the header, 100000 in the directory" },
	{ 12, 1, "\3", "zisofs: a header of 12 bytes, blocks of 2^15" },
	{ 13, 1, "\x0e", "zisofs: a header of 16 bytes, blocks of 2^14" },
	{ 13, 1, "\x12", "zisofs: a header of 16 bytes, blocks of 2^18" },
	{ 13, 1, "\xff", "zisofs: a header of 16 bytes, blocks of 2^255" },
	{ 16, 4, "\xff\xff\xff\xff",
		"zisofs: block 0: lies from 4294967295 to " },
	{ 32, 4, "\xff\xff\xff\xff", "zisofs: block 3: lies from " },
	{ 36, 1, "\0", "zisofs: block 0: " },
	/* all four become one block of 128 KiB, of which 32 KiB are there */
	{ 13, 1, "\x11", "zisofs: block 0: has 32768 bytes, not 100000" },
};

/* Where a number of the file's record is: its block or its size */
static uint32_t number_at(uint64_t at)
{
	uint8_t raw[4];

	ck_assert_int_eq(
		volume_read(&image.vol, at, raw, sizeof(raw), &image.err), 0);
	return raw[0] | (uint32_t)raw[1] << 8 | (uint32_t)raw[2] << 16;
}

static void find_text(struct fs_node *node, uint64_t *at, uint32_t *size)
{
	image_open(&image, "packed.img");
	ck_assert_int_eq(image_mount(&image, &iso9660_driver), 0);
	image_find(&image, "/text", node);
	*at = number_at(node->id + 2) * UINT64_C(2048);
	*size = number_at(node->id + 10);
	image_close(&image);
}

static void make_packed(void)
{
	image_run("rm -rf text made.img && mkdir text && "
		  "yes 'some text' | head -c 100000 >text/text && "
		  "xorriso -outdev made.img -zisofs level=6:block_size=32k "
		  "-map text / -set_filter_r --zisofs / -- -commit && "
		  "mv made.img packed.img");
}

static void says(int r, const char *text)
{
	ck_assert_int_eq(r, -1);
	ck_assert_int_eq(image.err.code, ERR_CORRUPT);
	ck_assert_msg(strncmp(image.err.text, text, strlen(text)) == 0, "%s",
		image.err.text);
}

START_TEST(says_what_is_broken)
{
	struct fs_node node;
	uint64_t at, off = broken[_i].at == 32 ? 99999 : 0;
	uint32_t size;
	uint8_t byte;
	size_t got;

	make_packed();
	find_text(&node, &at, &size);
	image_write("packed.img", at + broken[_i].at, broken[_i].bytes,
		broken[_i].len);
	image_open(&image, "packed.img");
	ck_assert_int_eq(image_mount(&image, &iso9660_driver), 0);
	says(fs_read(&image.fs, &node, off, &byte, 1, &got, &image.err),
		broken[_i].text);
	image_close(&image);
}
END_TEST

/*
 * The header says that blocks are larger than it said before: the one that was
 * unpacked then does not reach so far (promise P14).
 */
START_TEST(a_header_that_changes_makes_other_blocks)
{
	struct fs_node node;
	uint32_t size;
	uint64_t at;
	uint8_t byte;
	size_t got;

	make_packed();
	find_text(&node, &at, &size);
	image_open(&image, "packed.img");
	ck_assert_int_eq(image_mount(&image, &iso9660_driver), 0);
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 0, &byte, 1, &got, &image.err), 0);
	image.patched = true;
	image.patch = (struct image_patch){ at + 13, 17 };
	says(fs_read(&image.fs, &node, 99999, &byte, 1, &got, &image.err),
		"zisofs: block 0: has 32768 bytes, not 100000");
	image_close(&image);
}
END_TEST

/* Block 1 begins where block 0 does: then block 0 has no bytes. */
START_TEST(reads_a_block_without_bytes_as_zeros)
{
	static const uint8_t zeros[32768];
	static uint8_t buf[32778];
	struct fs_node node;
	uint8_t entry[4];
	uint32_t size;
	uint64_t at;
	size_t got;

	make_packed();
	find_text(&node, &at, &size);
	image_open(&image, "packed.img");
	ck_assert_int_eq(
		volume_read(&image.vol, at + 20, entry, 4, &image.err), 0);
	image_close(&image);
	image_write("packed.img", at + 16, entry, 4);
	image_open(&image, "packed.img");
	ck_assert_int_eq(image_mount(&image, &iso9660_driver), 0);
	ck_assert_int_eq(fs_read(&image.fs, &node, 0, buf, sizeof(buf), &got,
				 &image.err),
		0);
	ck_assert_mem_eq(buf, zeros, sizeof(zeros));
	ck_assert_mem_eq(buf + sizeof(zeros), "t\nsome tex", 10);
	image_close(&image);
}
END_TEST

/* The directory says how long the packed file is: up to a byte of something */
static const struct {
	unsigned int size;
	const char *text;
} sizes[] = {
	{ 15, "zisofs: no room for a header" },
	{ 16, "zisofs: block 0: the file ends before its table" },
	{ 23, "zisofs: block 0: the file ends before its table" },
	{ 24, "zisofs: block 0: lies from 36 to " },
};

START_TEST(says_where_a_packed_file_ends)
{
	struct fs_node node;
	uint8_t raw[8], byte;
	uint32_t size;
	uint64_t at;
	size_t got;

	make_packed();
	find_text(&node, &at, &size);
	isoimage_both32(raw, sizes[_i].size);
	image_write("packed.img", node.id + 10, raw, sizeof(raw));
	image_open(&image, "packed.img");
	ck_assert_int_eq(image_mount(&image, &iso9660_driver), 0);
	says(fs_read(&image.fs, &node, 0, &byte, 1, &got, &image.err),
		sizes[_i].text);
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("iso9660_zisofs");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_tree, image_cleanup);
	tcase_add_loop_test(
		tc, reads_what_xorriso_packed, 0, COUNT(block_sizes));
	tcase_add_loop_test(tc, reads_at_any_offset, 0, COUNT(block_sizes));
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_test(tc, a_header_that_changes_makes_other_blocks);
	tcase_add_test(tc, reads_a_block_without_bytes_as_zeros);
	tcase_add_loop_test(tc, says_where_a_packed_file_ends, 0, COUNT(sizes));
	return run_suite("iso9660_zisofs", &tc, 1);
}
