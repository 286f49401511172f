/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Minix file systems as Linux writes them, and the same tree in every version,
 * size of names and of blocks, and order of bytes as tests/support/minix.py
 * does; then what is broken, cut short or hostile.
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

static struct image image;

static void make_trees(void)
{
	image_tree("--few --no-odd-names");
	image_run("cp -a tree tree14 && rmdir tree14/empty-directory");
}

/* The same in small, for what is done many times */
static void make_small_trees(void)
{
	image_run("mkdir -p tree/dir tree/many");
	image_file("tree/lines", NULL, 30000);
	image_file("tree/dir/below", "x", 1);
	image_run("ln -s dir/below tree/link && ln -s $(printf 'd%%.0s' "
		  "$(seq 300)) tree/longlink && cd tree/many && "
		  "seq -f '%%010.0f' 100 | xargs touch && cp -a ../../tree "
		  "../../tree14");
}

static const struct {
	unsigned int version, name_size;
	const char *order;
	unsigned int block;
} made[] = {
	{ 1, 14, "le", 1024 },
	{ 1, 30, "le", 1024 },
	{ 1, 14, "be", 1024 },
	{ 1, 30, "be", 1024 },
	{ 2, 14, "le", 1024 },
	{ 2, 30, "le", 1024 },
	{ 2, 14, "be", 1024 },
	{ 2, 30, "be", 1024 },
	{ 3, 60, "le", 1024 },
	{ 3, 60, "le", 2048 },
	{ 3, 60, "le", 4096 },
	{ 3, 60, "be", 4096 },
	{ 3, 60, "be", 32768 },
};

static const char *tree_for(unsigned int name_size)
{
	return name_size == 14 ? "tree14" : "tree";
}

static void make(int i)
{
	image_run("%s/support/minix.py %s made.img %u %u %s %u", TESTS,
		tree_for(made[i].name_size), made[i].version, made[i].name_size,
		made[i].order, made[i].block);
}

static void open_image(const char *name)
{
	image_must_mount(&image, name, &minix_driver);
}

static void compare(const char *name, const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_image(name);
	ck_assert_str_eq(image.fs.type, "minix");
	ck_assert_str_eq(image.fs.label, "");
	ck_assert_str_eq(image.fs.uuid, "");
	image_compare(&image, host, NULL, true);
	image_close(&image);
}

static const struct {
	const char *name;
	unsigned int name_size;
} stored[] = {
	{ "minix1-14.img", 14 },
	{ "minix2-30.img", 30 },
	{ "minix3-60.img", 60 },
};

START_TEST(reads_what_linux_wrote)
{
	image_stored(stored[_i].name);
	compare(stored[_i].name, tree_for(stored[_i].name_size));
}
END_TEST

START_TEST(reads_every_form)
{
	make(_i);
	compare("made.img", tree_for(made[_i].name_size));
	image_is_taken_for("made.img", fs_drivers, "minix");
}
END_TEST

START_TEST(says_that_it_was_not_unmounted)
{
	static const struct {
		int form;
		uint8_t state;
		bool notice;
	} states[] = { { 0, 0, true }, { 0, 1, false }, { 0, 3, true },
		{ 5, 0, true }, { 5, 2, true } };
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		make(states[i].form);
		image_write("made.img", 1024 + 18, &states[i].state, 1);
		open_image("made.img");
		ck_assert_int_eq(image.fs.notice != NULL, states[i].notice);
		image_close(&image);
	}
}
END_TEST

START_TEST(reads_a_partition)
{
	make(5);
	image_compare_in_disk("made.img", &minix_driver, "tree");
}
END_TEST

static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkfs.fat made.img", "fat16" },
	{ "mkfs.fat made.img && mkfs.minix -3 made.img", "minix" },
	{ "mke2fs -q -F made.img && mkfs.minix -1 -n 14 made.img", "minix" },
};

START_TEST(is_told_apart_from_others)
{
	make(10);
	image_run("truncate -s 40M made.img && %s", remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

/* Bytes of made.img, of version 2 with blocks of 1 KiB, and the answer then */
static const struct {
	const char *inode; /* the offset counts from that of a path, or NULL */
	unsigned int at, len;
	const char *bytes;
	const char *path;
	const char *text;
} broken[] = {
	{ NULL, 1024 + 16, 2, "\1\2", "/", "no known file system" },
	{ NULL, 1024 + 0, 2, "\0\0", "/", "no known file system" },
	{ NULL, 1024 + 0, 2, "\xff\xff", "/", "no known file system" },
	{ NULL, 1024 + 4, 2, "\0\0", "/", "no known file system" },
	{ NULL, 1024 + 6, 2, "\0\0", "/", "no known file system" },
	{ NULL, 1024 + 20, 4, "\x08\0\0\0", "/", "no known file system" },
	{ NULL, 1024 + 20, 4, "\xff\xff\xff\xff", "/", "no known file system" },
	{ NULL, 1024 + 10, 2, "\1\0", "/",
		"minix: superblock: zones of 2^1 blocks" },
	{ "/", 0, 2, "\xa4\x81", "/", "minix: the root is not a directory" },
	{ "/", 0, 2, "\0\0", "/",
		"minix: root directory: inode 1: not in use (mode 00)" },
	{ "/lines", 0, 2, "\xa4\x01", "/lines",
		"/lines: inode *: not in use (mode 0644)" },
	{ "/lines", 24, 4, "\1\0\0\0", "/lines",
		"inode *: byte 0x0 of the file lies outside the file system "
		"(block 0x1)" },
	{ "/lines", 24, 4, "\xff\xff\xff\xff", "/lines",
		"inode *: byte 0x0 of the file lies outside the file system "
		"(block 0xffffffff)" },
	{ "/lines", 52, 4, "\xff\xff\xff\x7f", "/lines",
		"inode *: the pointers for byte 0x1c00 lie outside the file "
		"system (block 0x7fffffff)" },
	{ "/dir", 8, 4, "\xff\xff\xff\x7f", "/dir/none",
		"/dir/none: a directory of more than 64000000 bytes" },
	{ "/link", 8, 4, "\0\0\0\0", "/link", "/link: an empty symbolic link" },
};

static uint64_t inode_of(const char *path)
{
	struct fs_node node;
	uint8_t maps[4];

	open_image("made.img");
	ck_assert_int_eq(fs_find_link(&image.fs, path, &node, &image.err), 0);
	ck_assert_int_eq(
		volume_read(&image.vol, 1024 + 4, maps, 4, &image.err), 0);
	image_close(&image);
	return 2048 + maps[0] * 1024U + maps[2] * 1024U + (node.id - 1) * 64;
}

START_TEST(says_what_is_broken)
{
	uint64_t at = broken[_i].at;

	make(5);
	if (broken[_i].inode)
		at += inode_of(broken[_i].inode);
	image_write("made.img", at, broken[_i].bytes, broken[_i].len);
	image_open(&image, "made.img");
	ck_assert_msg(image_use(&image, &minix_driver, broken[_i].path) == -1,
		"%s", broken[_i].text);
	ck_assert_msg(fnmatch(broken[_i].text, image.err.text, 0) == 0,
		"%s\nnot: %s", image.err.text, broken[_i].text);
	image_close(&image);
}
END_TEST

START_TEST(says_which_names_no_file_can_have)
{
	static const char *const names[] = { "/", "a/b", "" };
	static const char zeros[30];
	struct fs_node root;
	uint8_t block[4];
	uint64_t at;

	make(5);
	at = inode_of("/");
	open_image("made.img");
	ck_assert_int_eq(
		volume_read(&image.vol, at + 24, block, 4, &image.err), 0);
	image_close(&image);
	/* the third entry, in its first block */
	at = (block[0] | (uint64_t)block[1] << 8) * 1024 + 64 + 2;
	image_write("made.img", at, zeros, sizeof(zeros));
	image_write("made.img", at, names[_i], strlen(names[_i]));
	open_image("made.img");
	root = image.fs.root;
	ck_assert_int_eq(image_list(&image, &root), -1);
	ck_assert_str_eq(
		image.err.text, "a name that is empty or has a slash or a NUL");
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/lines", "/link", "/dir/below",
	"/longlink", "/many/none", "/many" };

/* Of each version one */
static const int attacked[] = { 0, 5, 11 };

START_TEST(survives_any_change)
{
	make(attacked[_i]);
	image_open(&image, "made.img");
	image_survive_changes(
		&image, &minix_driver, paths, COUNT(paths), 1024, 32, 40 << 10);
	image_close(&image);
}
END_TEST

START_TEST(survives_being_cut_short)
{
	uint64_t size;

	make(attacked[_i]);
	image_open(&image, "made.img");
	for (size = 0; size < 90000; size += 997) {
		image.vol.size = size;
		image_survive(&image, &minix_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("sound"), tcase_create("faults") };
	size_t i;

	for (i = 0; i < 2; i++)
		tcase_set_timeout(cases[i], 120);
	tcase_add_unchecked_fixture(cases[0], make_trees, image_cleanup);
	tcase_add_unchecked_fixture(cases[1], make_small_trees, image_cleanup);
	tcase_add_loop_test(cases[0], reads_what_linux_wrote, 0, COUNT(stored));
	tcase_add_loop_test(cases[0], reads_every_form, 0, COUNT(made));
	tcase_add_test(cases[0], says_that_it_was_not_unmounted);
	tcase_add_test(cases[0], reads_a_partition);
	tcase_add_loop_test(
		cases[0], is_told_apart_from_others, 0, COUNT(remade));
	tcase_add_loop_test(cases[1], says_what_is_broken, 0, COUNT(broken));
	tcase_add_loop_test(cases[1], says_which_names_no_file_can_have, 0, 3);
	tcase_add_loop_test(cases[1], survives_any_change, 0, COUNT(attacked));
	tcase_add_loop_test(
		cases[1], survives_being_cut_short, 0, COUNT(attacked));
	return run_suite("minix", cases, 2);
}
