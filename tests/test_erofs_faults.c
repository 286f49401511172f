/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EROFS images that are broken, cut short or hostile, and what is none.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "src/base/bytes.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define SUPER_AT 1024

static struct image image;

static const struct {
	const char *name;
	const char *options;
} made[] = {
	{ "plain.img", "-Eforce-inode-extended" },
	{ "lz4.img", "-zlz4" },
	{ "full.img", "-zlz4 -C16384 -Elegacy-compress,force-inode-extended" },
	{ "tail.img", "-zlz4 -Eztailpacking" },
};

/* Without a checksum, so that every number can be changed. */
static void make_images(void)
{
	int i;

	image_run("mkdir -p tree/dir/sub tree/many");
	image_file("tree/file", NULL, 20490);
	image_file("tree/dir/below", "x", 1);
	image_run("seq 100000 | head -c 150000 > tree/lines && "
		  "ln -s dir/below tree/link && "
		  "cd tree/many && seq -f '%%0100.0f' 100 | xargs touch");
	for (i = 0; i < COUNT(made); i++) {
		image_run("mkfs.erofs %s --all-root -T1700000002 -x-1 %s tree",
			made[i].options, made[i].name);
		image_write(made[i].name, SUPER_AT + 8, "\0", 1);
	}
}

static uint64_t inode_at(const char *name, const char *path)
{
	struct fs_node node;
	le32 meta;

	image_open(&image, name);
	ck_assert_int_eq(image_mount(&image, &erofs_driver), 0);
	image_find(&image, path, &node);
	ck_assert_int_eq(volume_read(&image.below, SUPER_AT + 40, &meta,
				 sizeof(meta), &image.err),
		0);
	image_close(&image);
	return (uint64_t)le32_get(meta) * 4096 + node.id * 32;
}

#define ONES "\xff\xff\xff\xff\xff\xff\xff\xff"

/* In which image, of what, which bytes, and the answer to who asks then. */
static const struct {
	int in;
	const char *of; /* NULL: the superblock */
	unsigned int at;
	unsigned int len;
	const char *bytes;
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ 0, NULL, 0, 4, "erof", "/", "no known file system" },
	{ 0, NULL, 12, 1, "\x08", "/",
		"erofs: superblock: blocks of 2^8 bytes" },
	{ 0, NULL, 12, 1, "\x11", "/",
		"erofs: superblock: blocks of 2^17 bytes" },
	{ 0, NULL, 8, 1, "\1", "/",
		"erofs: superblock: a checksum of 0x*, it should be 0x*" },
	{ 0, NULL, 80, 4, "\x80\0\0\0", "/",
		"erofs: superblock: made with 48-bit block addresses, which "
		"cannot be read" },
	{ 0, NULL, 80, 4, "\0\1\0\0", "/",
		"erofs: superblock: made with a metabox, which cannot be "
		"read" },
	{ 0, NULL, 80, 4, "\0\0\0\x80", "/",
		"erofs: superblock: unknown feature 31" },
	{ 0, NULL, 90, 1, "\1", "/",
		"erofs: superblock: directories in 2^1 blocks" },
	{ 0, NULL, 40, 4, ONES, "/",
		"erofs: root directory: inode *: 32 bytes at 0x* lie beyond "
		"the volume's end (0x*)" },
	{ 0, NULL, 14, 2, ONES, "/", "erofs: root directory: inode 65535: *" },
	{ 0, "/", 4, 2, "\xa4\x81", "/", "erofs: the root is not a directory" },
	{ 0, "/file", 0, 2, "\x0b\0", "/file",
		"/file: inode *: unknown format 0x000b" },
	{ 0, "/file", 0, 2, "\x11\0", "/file",
		"/file: inode *: unknown format 0x0011" },
	{ 0, "/file", 8, 8, ONES, "/file",
		"/file: inode *: a size of 18446744073709551615 bytes" },
	{ 0, "/file", 16, 4, "\xfe\xff\xff\xff", "/file", "* lie beyond *" },
	{ 0, "/dir/below", 8, 2, "\xff\x0f", "/dir/below",
		"the last 4095 bytes of inode * do not fit into its block" },
	{ 0, "/file", 0, 2, "\x09\0", "/file", "*" },
	{ 0, "/file", 0, 2, "\x07\0", "/file", "*" },
	{ 0, "/dir", 8, 1, "\1", "/dir/below",
		"/dir/below: directory block 0: names from byte 0 on" },
	{ 0, "/dir", 72, 2, "\1\0", "/dir/below",
		"/dir/below: directory block 0: names from byte 1 on" },
	{ 0, "/dir", 72, 2, ONES, "/dir/below",
		"/dir/below: directory block 0: names from byte 65535 on" },
	{ 0, "/dir", 84, 2, ONES, "/dir",
		"directory block 0: a name from byte * to 65535" },
	{ 0, "/dir", 88, 8, ONES, "/dir/below", "*" },
	{ 2, "/lines", 8, 8, "\0\0\0\0\0\1\0\0", "/lines", "*" },
};

static enum error_code code_of(const char *text)
{
	if (strstr(text, "no known"))
		return ERR_NOT_FOUND;
	if (strstr(text, "made with") || strstr(text, "unknown f") ||
		strstr(text, "directories in"))
		return ERR_UNSUPPORTED;
	return ERR_CORRUPT;
}

START_TEST(says_what_is_broken)
{
	uint64_t at = SUPER_AT;
	int r;

	image_run("cp %s made.img", made[broken[_i].in].name);
	if (broken[_i].of)
		at = inode_at("made.img", broken[_i].of);
	image_write("made.img", at + broken[_i].at, broken[_i].bytes,
		broken[_i].len);
	image_open(&image, "made.img");
	r = image_use(&image, &erofs_driver, broken[_i].path);
	ck_assert_msg(r < 0, "read, in spite of: %s", broken[_i].text);
	ck_assert_msg(fnmatch(broken[_i].text, image.err.text, 0) == 0,
		"\"%s\", not \"%s\"", image.err.text, broken[_i].text);
	if (broken[_i].text[0] != '*')
		ck_assert_msg(image.err.code == code_of(broken[_i].text) ||
				strstr(image.err.text, "beyond"),
			"%d: %s", (int)image.err.code, image.err.text);
	image_close(&image);
}
END_TEST

/* A full index: entries of 8 bytes behind the inode and its two headers */
#define INDEX(number) (64 + 8 + 8 + 8 * (number))
#define CLUSTERS (12 << 20 >> 12) /* that may be unpacked together */

static const struct {
	unsigned int clusters;
	uint64_t from; /* where reading begins */
	bool packed;   /* in too many blocks */
	const char *text;
} large[] = {
	{ CLUSTERS + 1, 0, false,
		"more than 12582912 bytes compressed together" },
	{ CLUSTERS + 4, 0, false,
		"index: a piece of more than 12582912 bytes" },
	{ CLUSTERS + 4, (CLUSTERS + 4) * 4096ULL - 1, false,
		"index: a piece of more than 12582912 bytes" },
	{ CLUSTERS, 0, true,
		"index: more than 1048576 compressed bytes in one piece" },
};

START_TEST(a_piece_has_a_size)
{
	uint64_t at, size = large[_i].clusters * UINT64_C(4096);
	struct fs_node node;
	uint8_t raw[8], byte;
	unsigned int i;
	size_t got;
	int r;

	image_run("mkdir -p large && truncate -s 13M large/file && "
		  "mkfs.erofs -zlz4 -C16384 "
		  "-Elegacy-compress,force-inode-extended -T1700000002 -x-1 "
		  "made.img large");
	image_write("made.img", SUPER_AT + 8, "\0", 1);
	at = inode_at("made.img", "/file");
	for (i = 0; i < sizeof(raw); i++)
		raw[i] = (uint8_t)(size >> (8 * i));
	image_write("made.img", at + 8, raw, sizeof(raw));
	/* all of them belong to the one in front */
	for (i = 1; i < large[_i].clusters; i++)
		image_write("made.img", at + INDEX(i), "\2\0\0\0\1\0\1\0", 8);
	if (large[_i].packed)
		image_write("made.img", at + INDEX(1) + 4, "\x2c\x09", 2);
	image_must_mount(&image, "made.img", &erofs_driver);
	image_find(&image, "/file", &node);
	ck_assert_uint_eq(node.size, size);
	r = fs_read(
		&image.fs, &node, large[_i].from, &byte, 1, &got, &image.err);
	ck_assert_int_eq(r, -1);
	ck_assert_str_eq(image.err.text, large[_i].text);
	ck_assert_int_eq(image.err.code, ERR_LIMIT);
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/", "/file", "/lines", "/link",
	"/dir/below", "/many/x" };

START_TEST(survives_any_length)
{
	uint64_t size;

	image_open(&image, made[_i].name);
	for (size = image.vol.size; size > 0; size -= size < 1200 ? 1 : 997) {
		image.vol.size = size;
		image_survive(&image, &erofs_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	image_open(&image, made[_i].name);
	image_survive_changes(&image, &erofs_driver, paths, COUNT(paths),
		SUPER_AT, 128, image.vol.size);
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("erofs_faults");

	tcase_set_timeout(tc, 300);
	tcase_add_unchecked_fixture(tc, make_images, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_loop_test(tc, a_piece_has_a_size, 0, COUNT(large));
	tcase_add_loop_test(tc, survives_any_length, 0, COUNT(made));
	tcase_add_loop_test(tc, survives_a_changed_byte, 0, COUNT(made));
	return run_suite("erofs_faults", &tc, 1);
}
