/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UFS images that are broken, cut short or hostile, and what is none.
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
#include "tests/support/ufsimage.h"

static struct image image;

static const struct ufs_image kinds[] = {
	{ "ufs1.img", false, false },
	{ "ufs1be.img", false, true },
	{ "ufs2.img", true, false },
	{ "ufs2be.img", true, true },
};

static void make_images(void)
{
	int i;

	image_run("mkdir -p tree/dir/sub tree/many");
	image_file("tree/file", NULL, 300000);
	image_file("tree/dir/below", "x", 1);
	image_run("ln -s dir/below tree/link && ln -s $(printf 'd%%.0s' "
		  "$(seq 300)) tree/long && cd tree/many && "
		  "seq -f '%%0100.0f' 200 | xargs touch");
	for (i = 0; i < COUNT(kinds); i++)
		image_run("makefs -t ffs -s 2m -B %s -o version=%d %s tree",
			kinds[i].big ? "be" : "le", kinds[i].second ? 2 : 1,
			kinds[i].name);
}

/* What the offset of a patch counts from. */
enum anchor {
	SUPER,
	INODE,   /* of a path */
	CONTENT, /* its first block */
};

/*
 * A field of version 1, its offset in version 2 (0: the same), and the answer
 * to who asks for a path then.
 */
static const struct {
	enum anchor anchor;
	const char *of;
	unsigned int at1, at2, width1, width2;
	uint64_t value;
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ SUPER, NULL, 1372, 0, 4, 0, 0x19960408, "/", "no known file system" },
	{ SUPER, NULL, 48, 0, 4, 0, 0, "/",
		"ufs?: superblock: blocks of 0 bytes in fragments of 1024" },
	{ SUPER, NULL, 48, 0, 4, 0, 2048, "/",
		"ufs?: superblock: blocks of 2048 bytes *" },
	{ SUPER, NULL, 48, 0, 4, 0, 131072, "/",
		"ufs?: superblock: blocks of 131072 bytes *" },
	{ SUPER, NULL, 48, 0, 4, 0, 8191, "/",
		"ufs?: superblock: blocks of 8191 bytes *" },
	{ SUPER, NULL, 52, 0, 4, 0, 0, "/",
		"ufs?: superblock: blocks of 8192 bytes in fragments of 0" },
	{ SUPER, NULL, 52, 0, 4, 0, 512, "/",
		"ufs?: superblock: blocks of 8192 bytes in fragments of 512" },
	{ SUPER, NULL, 52, 0, 4, 0, 16384, "/",
		"ufs?: superblock: blocks of 8192 bytes in fragments of "
		"16384" },
	{ SUPER, NULL, 52, 0, 4, 0, 0xffffffff, "/",
		"ufs?: superblock: * in fragments of 4294967295" },
	{ SUPER, NULL, 36, 1080, 4, 8, 0, "/",
		"ufs?: root directory: inode 2: there is no such inode" },
	{ SUPER, NULL, 44, 0, 4, 0, 0, "/",
		"ufs?: superblock: 0 groups of * inodes and * fragments" },
	{ SUPER, NULL, 44, 0, 4, 0, 0xffffffff, "/",
		"ufs?: superblock: 4294967295 groups of *" },
	{ SUPER, NULL, 184, 0, 4, 0, 0, "/",
		"ufs?: superblock: * groups of 0 inodes and * fragments" },
	{ SUPER, NULL, 184, 0, 4, 0, 2, "/",
		"ufs?: superblock: 1 groups of 2 inodes and * fragments" },
	{ SUPER, NULL, 188, 0, 4, 0, 0, "/",
		"ufs?: superblock: * groups of * inodes and 0 fragments" },
	{ SUPER, NULL, 16, 0, 4, 0, 0xffffffff, "/",
		"ufs?: root directory: inode 2: there is no such inode" },
	{ SUPER, NULL, 16, 0, 4, 0, 2047, "/",
		"ufs?: root directory: inode 2: *" },
	{ INODE, "/", 0, 0, 2, 2, 0100644, "/",
		"ufs?: the root is not a directory" },
	{ INODE, "/", 0, 0, 2, 2, 0, "/",
		"ufs?: root directory: inode 2: not in use (mode 00)" },
	{ INODE, "/file", 0, 0, 2, 2, 0755, "/file",
		"/file: inode *: not in use (mode 0755)" },
	{ INODE, "/file", 8, 16, 8, 8, UINT64_MAX, "/file",
		"/file: inode *: a size of 18446744073709551615 bytes" },
	{ INODE, "/file", 40, 112, 4, 8, 0x7ffffff0, "/file",
		"inode *: byte 0x0 of the file lies outside the file system "
		"(block 0x7ffffff0)" },
	{ INODE, "/file", 44, 120, 4, 8, 2047, "/file",
		"inode *: byte 0x2000 of the file lies outside *" },
	{ INODE, "/file", 88, 208, 4, 8, 2048, "/file",
		"inode *: the pointers for byte 0x18000 lie outside the file "
		"system (block 0x800)" },
	{ INODE, "/dir", 8, 16, 8, 8, 300000000, "/dir/below",
		"/dir/below: a directory of more than 264000000 bytes" },
	{ INODE, "/dir", 8, 16, 8, 8, 1024, "/dir/none",
		"/dir/none: the directory at 0x200: a broken entry" },
	{ INODE, "/dir", 8, 16, 8, 8, 500, "/dir/none",
		"/dir/none: the directory at 0x*: a broken entry" },
	{ INODE, "/link", 8, 16, 8, 8, 0, "/link",
		"/link: an empty symbolic link" },
	{ CONTENT, "/dir", 4, 0, 2, 2, 0, "/dir/below",
		"/dir/below: the directory at 0x0: a broken entry" },
	{ CONTENT, "/dir", 4, 0, 2, 2, 10, "/dir/below",
		"/dir/below: the directory at 0x0: a broken entry" },
	{ CONTENT, "/dir", 4, 0, 2, 2, 516, "/dir/below",
		"/dir/below: the directory at 0x0: a broken entry" },
	{ CONTENT, "/dir", 7, 0, 1, 1, 5, "/dir/below",
		"/dir/below: the directory at 0x*: a name of 5 bytes in an "
		"entry of 12" },
	{ CONTENT, "/dir", 8, 0, 1, 1, '/', "/dir",
		"a name that is empty or has a slash or a NUL" },
};

static uint64_t place_of(
	const struct ufs_image *made, enum anchor anchor, const char *path)
{
	if (anchor == SUPER)
		return UFS_SUPER;
	return anchor == INODE ? ufs_inode_of(made, path)
			       : ufs_block_of(made, path);
}

START_TEST(says_what_is_broken)
{
	struct ufs_image made = kinds[_i % COUNT(kinds)];
	int i = _i / COUNT(kinds);
	uint64_t at = place_of(&made, broken[i].anchor, broken[i].of);
	bool second = made.second;
	unsigned int off =
		second && broken[i].at2 ? broken[i].at2 : broken[i].at1;

	image_run("cp %s made.img", made.name);
	strcpy(made.name, "made.img");
	ufs_set(&made, at + off,
		second && broken[i].width2 ? broken[i].width2
					   : broken[i].width1,
		broken[i].value);
	image_open(&image, "made.img");
	ck_assert_msg(image_use(&image, &ufs_driver, broken[i].path) == -1,
		"%s", broken[i].text);
	ck_assert_msg(fnmatch(broken[i].text, image.err.text, 0) == 0,
		"%s: %s\nnot: %s", made.name, image.err.text, broken[i].text);
	image_close(&image);
}
END_TEST

/* Pointers to a block of pointers to itself, and a size to match. */
START_TEST(ends_where_pointers_lead_back)
{
	struct ufs_image made = kinds[_i];
	unsigned int width = made.second ? 8 : 4;
	uint64_t block = ufs_block_of(&made, "/file"), i;
	uint64_t inode = ufs_inode_of(&made, "/file");
	struct fs_node node;

	image_run("cp %s made.img", made.name);
	strcpy(made.name, "made.img");
	for (i = 0; i < 8192; i += width)
		ufs_set(&made, block + i, width, block / 1024);
	for (i = 12; i < 15; i++)
		ufs_set(&made, inode + (made.second ? 112 : 40) + i * width,
			width, block / 1024);
	ufs_set(&made, inode + (made.second ? 16 : 8), 8, INT64_MAX);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_mount(&image, &ufs_driver), 0);
	image_find(&image, "/file", &node);
	ck_assert_int_eq(image_map(&image, &node), -1);
	ck_assert_int_eq(image.err.code, ERR_LIMIT);
	ck_assert_msg(fnmatch("inode *: more than 1024 MiB of pointers, or "
			      "than the file system has",
			      image.err.text, 0) == 0,
		"%s", image.err.text);
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/file", "/link", "/dir/below", "/long",
	"/many/none" };

START_TEST(survives_any_change)
{
	image_open(&image, kinds[_i].name);
	image_survive_changes(&image, &ufs_driver, paths, COUNT(paths),
		UFS_SUPER, UFS_SUPER_SIZE, 1 << 20);
	image_close(&image);
}
END_TEST

START_TEST(survives_being_cut_short)
{
	uint64_t size;

	image_open(&image, kinds[_i].name);
	for (size = 0; size < 1 << 20; size += size < 70000 ? 997 : 50021) {
		image.vol.size = size;
		image_survive(&image, &ufs_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

static const struct {
	uint64_t size;
	const char *text;
} cut[] = {
	{ 0, "no known file system" },
	{ UFS_SUPER + UFS_SUPER_SIZE - 1, "no known file system" },
	{ UFS_SUPER + UFS_SUPER_SIZE, "ufs?: root directory: inode 2: *" },
};

START_TEST(says_that_it_is_cut_short)
{
	image_open(&image, kinds[_i % COUNT(kinds)].name);
	image.vol.size = cut[_i / COUNT(kinds)].size;
	ck_assert_int_eq(image_mount(&image, &ufs_driver), -1);
	ck_assert_msg(
		fnmatch(cut[_i / COUNT(kinds)].text, image.err.text, 0) == 0,
		"%s", image.err.text);
	image_close(&image);
}
END_TEST

/* The volume changes between two reads of the same. */
START_TEST(says_that_an_inode_changed)
{
	struct fs_node node;
	char byte;
	size_t got;

	image_open(&image, "ufs2.img");
	ck_assert_int_eq(image_mount(&image, &ufs_driver), 0);
	image_find(&image, "/file", &node);
	image.patch =
		(struct image_patch){ ufs_inode_of(&kinds[2], "/file") + 16,
			99 };
	image.patched = true;
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 0, &byte, 1, &got, &image.err), -1);
	ck_assert_ptr_nonnull(
		strstr(image.err.text, "changed while it was read"));
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *faults = tcase_create("faults");

	tcase_set_timeout(faults, 120);
	tcase_add_unchecked_fixture(faults, make_images, image_cleanup);
	tcase_add_loop_test(
		faults, says_what_is_broken, 0, COUNT(broken) * COUNT(kinds));
	tcase_add_loop_test(
		faults, ends_where_pointers_lead_back, 0, COUNT(kinds));
	tcase_add_loop_test(faults, survives_any_change, 0, COUNT(kinds));
	tcase_add_loop_test(faults, survives_being_cut_short, 0, COUNT(kinds));
	tcase_add_loop_test(faults, says_that_it_is_cut_short, 0,
		COUNT(cut) * COUNT(kinds));
	tcase_add_test(faults, says_that_an_inode_changed);
	return run_suite("ufs_faults", &faults, 1);
}
