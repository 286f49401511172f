/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Linux's JFS made of one tree of files is read back and compared, and
 * then something in it is broken; testimages/stored/README says how the images
 * were made.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define SUPER_AT 0x8000
#define MAP_AT 0xd000 /* the inode that says where inodes are */
#define ONES "\xff\xff\xff\xff\xff\xff\xff\xff"

static struct image image;

static void open_image(const char *name)
{
	image_open(&image, name);
	ck_assert_msg(
		image_mount(&image, &jfs_driver) == 0, "%s", image.err.text);
}

static const struct {
	const char *name;
	const char *label;
} stored[] = {
	{ "jfs.img", "jfs-test" },
	{ "jfs-os2.img", "" },
};

START_TEST(reads_all_that_linux_wrote)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/tree", image_directory());
	open_image(stored[_i].name);
	ck_assert_str_eq(image.fs.type, "jfs");
	ck_assert_str_eq(image.fs.label, stored[_i].label);
	ck_assert_uint_eq(strlen(image.fs.uuid), 36);
	ck_assert_ptr_null(image.fs.notice);
	image_compare(&image, host, NULL, true);
	ck_assert_uint_le(image.arena.used, 128 << 10);
	image_close(&image);
}
END_TEST

START_TEST(knows_no_case_in_what_is_for_os2)
{
	struct fs_node node;

	open_image("jfs-os2.img");
	image_find(&image, "/BOOT/VmLinuz", &node);
	image_close(&image);
	open_image("jfs.img");
	ck_assert_int_eq(
		fs_find(&image.fs, "/BOOT/VmLinuz", &node, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	image_close(&image);
}
END_TEST

START_TEST(says_that_the_log_was_not_replayed)
{
	image_run("cp jfs.img made.img");
	image_write("made.img", SUPER_AT + 40, "\1", 1);
	open_image("made.img");
	ck_assert_ptr_nonnull(image.fs.notice);
	image_close(&image);
}
END_TEST

START_TEST(reads_at_any_offset)
{
	struct fs_node holes, lines;

	open_image("jfs.img");
	image_find(&image, "/odd-hole", &holes);
	image_find(&image, "/lines", &lines);
	image_read_anywhere(&image, &lines, &holes, 9000, 300);
	image_read_anywhere(&image, &holes, &lines, 9000, 300);
	image_close(&image);
}
END_TEST

START_TEST(reads_a_partition)
{
	image_compare_in_disk("jfs.img", &jfs_driver, "tree");
}
END_TEST

/* One is made over the other: the last one is there, whatever is left. */
static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "true", "jfs" },
	{ "mke2fs -q -F -t ext4 made.img", "ext4" },
};

START_TEST(is_told_apart_from_others)
{
	image_run("cp jfs.img made.img && %s", remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

/* Where the inode of a path is: they are all in extents below the root's. */
static uint64_t inode_at(const char *path)
{
	struct fs_node node;
	uint64_t at;
	uint8_t raw[12];

	open_image("jfs.img");
	ck_assert_int_eq(fs_find_link(&image.fs, path, &node, &image.err), 0);
	for (at = 0x10000; at + 512 <= image.below.size; at += 512) {
		ck_assert_int_eq(volume_read(&image.below, at, raw, sizeof(raw),
					 &image.err),
			0);
		/* of the fileset 16, that number, and it has been used */
		if (raw[4] == 16 && raw[5] == 0 && raw[0] != 0 &&
			(raw[8] | raw[9] << 8) == (int)node.id)
			break;
	}
	ck_assert_uint_lt(at + 512, image.below.size);
	image_close(&image);
	return at;
}

/* Bytes to overwrite, and the answer to who asks for a path then. */
static const struct {
	const char *of; /* an inode; NULL: the superblock, "": the map */
	unsigned int at;
	unsigned int len;
	const char *bytes;
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ NULL, 0, 4, "JFS2", "/", "no known file system" },
	{ NULL, 4, 4, "\3\0\0\0", "/", "jfs: version 3 of the format" },
	{ NULL, 4, 4, "\0\0\0\0", "/", "jfs: version 0 of the format" },
	{ NULL, 16, 4, "\0\0\0\0", "/", "jfs: superblock: blocks of 0 bytes" },
	{ NULL, 16, 4, "\0\1\0\0", "/",
		"jfs: superblock: blocks of 256 bytes" },
	{ NULL, 16, 4, "\0\x20\0\0", "/",
		"jfs: superblock: blocks of 8192 bytes" },
	{ NULL, 16, 4, "\0\xc\0\0", "/",
		"jfs: superblock: blocks of 3072 bytes" },
	{ "", 8, 4, "\0\0\0\0", "/", "jfs: map of inodes: is inode 0" },
	{ "", 24, 8, "\0\0\0\0\0\0\0\0", "/",
		"jfs: root directory: inode 2: does not exist" },
	{ "", 24, 8, ONES, "/",
		"jfs: map of inodes: a size of 18446744073709551615 bytes" },
	{ "", 224 + 18, 2, ONES, "/",
		"jfs: root directory: inode 2: tree of extents: 65535 "
		"entries" },
	{ "", 224 + 18, 2, "\0\0", "/",
		"jfs: root directory: inode 2: tree of extents: 0 entries" },
	{ "", 224 + 18, 2, "\2\0", "/",
		"jfs: root directory: inode 2: does not exist" },
	{ "", 224 + 16, 1, "\1", "/", "jfs: root directory: inode 2: *" },
	{ "/", 52, 4, "\xff\x81\0\0", "/", "jfs: the root is not a directory" },
	{ "/", 52, 4, "\0\0\0\0", "/",
		"jfs: root directory: inode 2: not in use (mode 00)" },
	{ "/dir", 224 + 17, 1, "\xff", "/dir/below",
		"/dir/below: 255 names in the inode" },
	{ "/dir", 224 + 16, 1, "\1", "/dir/below",
		"/dir/below: page at block 0x*" },
	{ "/dir", 224 + 24, 1, "\x09", "/dir/below",
		"/dir/below: an entry in piece 9" },
	{ "/dir", 224 + 24, 1, "\0", "/dir/below",
		"/dir/below: an entry in piece 0" },
	{ "/lines", 224 + 18, 2, ONES, "/lines",
		"inode *: tree of extents: 65535 entries" },
	{ "/lines", 224 + 32 + 3, 5, ONES, "/lines", "" },
	{ "/lines", 24, 8, ONES, "/lines",
		"/lines: inode *: a size of 18446744073709551615 bytes" },
	{ "/lines", 224 + 32 + 11, 5, ONES, "/lines", "*beyond*" },
	{ "/link", 24, 8, "\0\0\0\0\0\0\0\0", "/link",
		"/link: an empty symbolic link" },
	{ "/link", 24, 8, "\xff\0\0\0\0\0\0\0", "/link",
		"/link: NUL in a symbolic link" },
};

static enum error_code code_of(const char *text)
{
	if (strstr(text, "no known") || strstr(text, "an empty"))
		return ERR_NOT_FOUND;
	return strstr(text, "version") ? ERR_UNSUPPORTED : ERR_CORRUPT;
}

START_TEST(says_what_is_broken)
{
	const char *of = broken[_i].of;
	uint64_t at = SUPER_AT;
	int r;

	image_run("cp jfs.img made.img");
	if (of)
		at = *of ? inode_at(of) : MAP_AT;
	image_write("made.img", at + broken[_i].at, broken[_i].bytes,
		broken[_i].len);
	image_open(&image, "made.img");
	r = image_use(&image, &jfs_driver, broken[_i].path);
	if (*broken[_i].text == '\0') {
		/* begins behind the end: all of it is a hole */
		ck_assert_msg(r == 0, "%s", image.err.text);
	} else {
		ck_assert_msg(r < 0, "read, in spite of: %s", broken[_i].text);
		ck_assert_msg(fnmatch(broken[_i].text, image.err.text, 0) == 0,
			"\"%s\", not \"%s\"", image.err.text, broken[_i].text);
		ck_assert_int_eq(image.err.code, code_of(broken[_i].text));
	}
	image_close(&image);
}
END_TEST

/* A tree behind all else: its first page, and of how many the root knows */
#define TREE UINT64_C(8192)
#define NODES 9
#define PER_PAGE 254

/* An entry for one block of the file. */
static void put_entry(uint8_t *entry, uint64_t off, uint64_t block)
{
	unsigned int i;

	memset(entry, 0, 16);
	entry[8] = 1;
	for (i = 0; i < 4; i++) {
		entry[4 + i] = (uint8_t)(off >> 8 * i);
		entry[12 + i] = (uint8_t)(block >> 8 * i);
	}
}

/* So many entries of one level, for blocks that are so far apart. */
static void put_page(uint8_t *page, unsigned int count, unsigned int number,
	uint64_t apart, uint64_t to)
{
	uint64_t i, first = (uint64_t)number * PER_PAGE;

	memset(page, 0, 32);
	page[16] = apart == 2 ? 2 : 0; /* a leaf */
	page[18] = (uint8_t)(count + 2);
	page[19] = (uint8_t)((count + 2) >> 8);
	for (i = 0; i < count; i++)
		put_entry(page + 32 + i * 16, (first + i) * apart,
			apart == 2 ? 100 : to + first + i);
}

/* Every second block of a file is there. */
static void make_extents(uint64_t blocks)
{
	uint64_t at = inode_at("/lines"), size = blocks * 4096;
	uint8_t page[32 + PER_PAGE * 16], raw[8];
	unsigned int i;

	image_run("cp jfs.img made.img && truncate -s 64M made.img");
	for (i = 0; i < 8; i++)
		raw[i] = (uint8_t)(size >> 8 * i);
	image_write("made.img", at + 24, raw, sizeof(raw));
	put_page(page, NODES, 0, 2 * PER_PAGE * PER_PAGE, TREE);
	image_write("made.img", at + 224, page, 32 + NODES * 16);
	for (i = 0; i < NODES * PER_PAGE; i++) {
		put_page(page, PER_PAGE, i, 2, 0);
		image_write("made.img", (TREE + NODES + i) * 4096, page,
			sizeof(page));
	}
	for (i = 0; i < NODES; i++) {
		put_page(page, PER_PAGE, i, 2 * PER_PAGE, TREE + NODES);
		image_write("made.img", (TREE + i) * 4096, page, sizeof(page));
	}
}

START_TEST(counts_extents)
{
	struct fs_node node;
	unsigned int more;

	for (more = 0; more < 2; more++) {
		make_extents((1 << 20) + more);
		open_image("made.img");
		image_find(&image, "/lines", &node);
		ck_assert_msg(image_map(&image, &node) == -(int)more, "%s",
			image.err.text);
		if (more) {
			ck_assert_ptr_nonnull(strstr(
				image.err.text, ": more than 1048576 extents"));
			ck_assert_int_eq(image.err.code, ERR_LIMIT);
		}
		image_close(&image);
	}
}
END_TEST

static const char *const paths[] = { "/boot/vmlinuz", "/holes", "/longlink",
	"/dir/below/up", "/small.txt" };

START_TEST(survives_being_cut_short)
{
	static const uint64_t sizes[] = { 0, 1, 511, 0x8000, 0x80a8, 0xd000,
		0xd200, 0x10000, 1 << 20, 3 << 20, 5 << 20, 8 << 20 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		image_open(&image, "jfs.img");
		image.vol.size = sizes[i];
		image_survive(&image, &jfs_driver, paths,
			sizeof(paths) / sizeof(paths[0]));
		image_close(&image);
	}
}
END_TEST

START_TEST(survives_any_changed_byte)
{
	static const char *const few[] = { "/size-4097", "/dir/below/up" };

	image_open(&image, "jfs.img");
	image_survive_changes(&image, &jfs_driver, few,
		sizeof(few) / sizeof(few[0]), SUPER_AT, 168, 4 << 20);
	image_close(&image);
}
END_TEST

static void setup(void)
{
	int i;

	image_directory();
	image_tree("");
	for (i = 0; i < COUNT(stored); i++)
		image_stored(stored[i].name);
}

int main(void)
{
	Suite *suite = suite_create("jfs");
	TCase *tc = tcase_create("jfs");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, setup, image_cleanup);
	tcase_add_loop_test(tc, reads_all_that_linux_wrote, 0, COUNT(stored));
	tcase_add_test(tc, knows_no_case_in_what_is_for_os2);
	tcase_add_test(tc, says_that_the_log_was_not_replayed);
	tcase_add_test(tc, reads_at_any_offset);
	tcase_add_test(tc, reads_a_partition);
	tcase_add_loop_test(tc, is_told_apart_from_others, 0, COUNT(remade));
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_test(tc, counts_extents);
	tcase_add_test(tc, survives_being_cut_short);
	tcase_add_test(tc, survives_any_changed_byte);
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
