/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makefs makes of one tree of files, in both versions, both orders of
 * bytes and several sizes of blocks, is read back and compared; so are the
 * forms of other systems, which are made of that by changing what differs.
 * What is broken is in test_ufs_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"
#include "tests/support/ufsimage.h"

static struct image image;

/* Sizes around fragments, blocks, and what the first pointers reach */
static void make_files(void)
{
	image_file("tree/noise", NULL, 700001);
	image_file("tree/block", NULL, 8192);
	image_file("tree/longer", NULL, 8193);
	image_file("tree/direct", NULL, 12 * 8192);
	image_file("tree/indirect", NULL, 12 * 8192 + 1);
	image_file("tree/small", "hello, world", 12);
	image_file("tree/empty", "", 0);
	image_run("cd tree && cat noise noise noise noise >large && "
		  "for n in 1 511 512 1023 1024 1025 4095 4097 7169; do "
		  "head -c $n noise >size-$n; done && truncate -s 3M hole && "
		  "dd if=noise of=hole bs=4K seek=300 count=9 conv=notrunc");
}

/* Links of every length that stands in an inode, and longer */
static void make_names(void)
{
	image_file("tree/gr\xc3\xbc\xc3\x9f"
		   "e-\xe6\x97\xa5\xe6\x9c\xac.txt",
		"x", 1);
	image_file("tree/1/2/3/4/5/6/7/8/9/deep", "deep", 4);
	image_run("cd tree && touch $(printf 'n%%0254d' 7) && "
		  "ln -s small link && ln -s 1/2/3 dirlink && ln small linked "
		  "&& for n in 1 55 56 57 58 59 60 61 118 119 120 121 1000; do "
		  "ln -s $(printf 'x%%.0s' $(seq $n)) link-$n; done && "
		  "mkfifo fifo");
}

static void make_tree(void)
{
	image_run("mkdir -p tree/many tree/none tree/1/2/3/4/5/6/7/8/9 few && "
		  "echo hello >few/hello && ln -s hello few/link");
	make_files();
	make_names();
	image_run("cd tree/many && seq -f 'file%%.0f of a directory' 3000 | "
		  "xargs -d '\\n' touch && cd ../.. && "
		  "find tree few -exec touch -h -d @1700000002 {} +");
	image_run("touch -d @0 tree/empty && touch -d @2147483647 tree/small");
}

static const struct {
	bool second, big;
	const char *options; /* of makefs */
} made[] = {
	{ false, false, "version=1" },
	{ false, true, "version=1" },
	{ true, false, "version=2" },
	{ true, true, "version=2" },
	{ false, false, "version=1,bsize=4096,fsize=512" },
	{ false, true, "version=1,bsize=4096,fsize=4096" },
	{ true, false, "version=2,bsize=4096,fsize=512" },
	{ false, false, "version=1,bsize=65536,fsize=8192 -s 64m" },
	{ true, true, "version=2,bsize=65536,fsize=65536 -s 128m" },
	{ true, false, "version=2,bsize=32768,fsize=4096 -s 64m" },
	{ true, false, "version=2,bsize=16384,fsize=2048,density=1024" },
};

static struct ufs_image make(bool second, bool big, const char *options,
	const char *more, const char *tree)
{
	image_run("rm -f made.img && makefs -t ffs -B %s -o %s %s made.img %s",
		big ? "be" : "le", options, more, tree);
	return (struct ufs_image){ "made.img", second, big };
}

/* Few files, and free inodes where superblocks have other places. */
static struct ufs_image make_few(bool second, bool big)
{
	return make(second, big, second ? "version=2" : "version=1",
		"-s 4m -f 2000", "few");
}

static void open_made(void)
{
	image_must_mount(&image, "made.img", &ufs_driver);
}

static void compare_made(const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_made();
	image_compare(&image, host, NULL, true);
	image_close(&image);
}

START_TEST(reads_all_that_makefs_makes)
{
	make(made[_i].second, made[_i].big, made[_i].options, "", "tree");
	open_made();
	ck_assert_str_eq(image.fs.type, made[_i].second ? "ufs2" : "ufs1");
	ck_assert_str_eq(image.fs.label, "");
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
	compare_made("tree");
}
END_TEST

START_TEST(has_the_names_that_grub_gives_it)
{
	struct ufs_image ufs = make_few(_i & 1, _i & 2);

	ufs_set(&ufs, UFS_SUPER + 144, 4, 0x0a0b0c0d);
	ufs_set(&ufs, UFS_SUPER + 148, 4, 0x1a2b3c4d);
	image_write("made.img", UFS_SUPER + 680, "rootfs", 6);
	open_made();
	ck_assert_str_eq(image.fs.label, "rootfs");
	ck_assert_str_eq(image.fs.uuid, "0a0b0c0d1a2b3c4d");
	image_close(&image);
	/* a label without an end is as long as its field */
	image_write("made.img", UFS_SUPER + 680,
		"0123456789abcdef0123456789ABCDEFx", 33);
	ufs_set(&ufs, UFS_SUPER + 144, 4, 0);
	open_made();
	ck_assert_str_eq(image.fs.label, "0123456789abcdef0123456789ABCDEF");
	ck_assert_str_eq(image.fs.uuid, "");
	image_close(&image);
}
END_TEST

/*
 * GRUB 2.06 cuts links, does not know UFS2 of the other order, and loses its
 * way among the pointers of such a UFS1.
 */
START_TEST(reads_what_grub_reads)
{
	if (system("command -v grub-fstest >/dev/null") != 0) {
		fputs("ufs: not compared with GRUB: no grub-fstest\n", stderr);
		return;
	}
	make(_i == 1, _i == 2, _i == 1 ? "version=2" : "version=1", "", "tree");
	compare_made("tree");
	image_run("cd tree && find . -maxdepth 1 -type f -size +0 | "
		  "while read -r f; do grub-fstest ../made.img cmp "
		  "\"(loop0)/$f\" \"$f\" || exit 1; done");
	open_made();
	image_run("LC_ALL=C grub-fstest made.img ls -- -l '(loop0)' | "
		  "grep 'type %s.*UUID %s'",
		image.fs.type, image.fs.uuid);
	image_close(&image);
}
END_TEST

static const struct {
	bool second;
	uint64_t place;
} places[] = { { false, 0 }, { true, 0 }, { true, 65536 }, { true, 262144 },
	{ false, 262144 } };

START_TEST(finds_the_superblock_in_each_place)
{
	struct ufs_image ufs = make_few(places[_i].second, _i & 1);

	image_run("dd if=made.img of=super bs=8K skip=1 count=1 && "
		  "dd if=super of=made.img bs=8K seek=%d conv=notrunc && "
		  "dd if=/dev/zero of=made.img bs=8K seek=1 count=1 "
		  "conv=notrunc",
		(int)(places[_i].place / 8192));
	if (places[_i].second)
		ufs_set(&ufs, places[_i].place + 1000, 8, places[_i].place);
	compare_made("few");
}
END_TEST

/* With blocks of 64 KiB the second one is where UFS2 has its first. */
START_TEST(takes_no_copy_of_the_superblock_for_it)
{
	struct ufs_image ufs = make_few(_i, false);

	image_run("dd if=made.img of=super bs=8K skip=1 count=1 && "
		  "dd if=super of=made.img bs=8K seek=8 conv=notrunc");
	ufs_set(&ufs, 65536 + 52, 4, 3);
	compare_made("few");
}
END_TEST

/* What was UFS1 before has left a superblock at 8 KiB. */
START_TEST(is_the_second_version_where_there_was_the_first)
{
	struct ufs_image ufs = make_few(false, true);

	image_run("dd if=made.img of=first bs=8K skip=1 count=1");
	ufs = make_few(true, false);
	image_run("dd if=made.img of=made.img bs=8K skip=1 seek=8 count=1 "
		  "conv=notrunc && dd if=first of=made.img bs=8K seek=1 "
		  "conv=notrunc");
	ufs_set(&ufs, 65536 + 1000, 8, 65536);
	compare_made("few");
}
END_TEST

START_TEST(says_that_it_was_not_unmounted)
{
	struct ufs_image ufs = make_few(_i, false);

	ufs_set(&ufs, UFS_SUPER + 209, 1, 0);
	open_made();
	ck_assert_ptr_nonnull(image.fs.notice);
	ck_assert_ptr_nonnull(strstr(image.fs.notice, "may be missing"));
	image_close(&image);
}
END_TEST

START_TEST(knows_the_other_magic_numbers)
{
	struct ufs_image ufs = make_few(_i, !_i);

	ufs_set(&ufs, UFS_SUPER + 1372, 4, _i ? 0x19012038 : 0x00decade);
	compare_made("few");
}
END_TEST

START_TEST(checks_the_sums_of_freebsd)
{
	struct ufs_image ufs = make(true, _i, "version=2", "-s 16m", "tree");
	uint64_t inode;

	ufs_add_sums(&ufs);
	compare_made("tree");
	inode = ufs_inode_of(&ufs, "/small");
	ufs_set(&ufs, inode + 40, 1, 1);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &ufs_driver, "/small"), -1);
	ck_assert_ptr_nonnull(strstr(image.err.text, "wrong checksum"));
	image_close(&image);
	ufs_set(&ufs, UFS_SUPER + 680, 1, 'x');
	image_open(&image, "made.img");
	ck_assert_int_eq(image_mount(&image, &ufs_driver), -1);
	ck_assert_str_eq(image.err.text, "ufs2: superblock: wrong checksum");
	image_close(&image);
}
END_TEST

/* NetBSD means quotas by that bit, and has no sums. */
START_TEST(takes_quotas_for_no_sums)
{
	struct ufs_image ufs = make_few(true, false);

	ufs_set(&ufs, UFS_SUPER + 1312, 4, 0x200);
	compare_made("few");
}
END_TEST

/* The entries of all systems before 4.4BSD, and of Solaris */
static void make_old_directory(const struct ufs_image *ufs, const char *path)
{
	uint64_t at = ufs_block_of(ufs, path), end = at + 512, len;

	for (; at < end; at += ufs_number(ufs, at + 4, 2)) {
		len = ufs_number(ufs, at + 7, 1);
		ufs_set(ufs, at + 6, 2, len);
	}
}

START_TEST(reads_directories_without_types)
{
	struct ufs_image ufs = make(false, _i, "version=1", "", "tree");
	static const char *const paths[] = { "/1/2/3", "/1/2", "/1", "/" };
	size_t i;

	for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		make_old_directory(&ufs, paths[i]);
	compare_made("tree");
}
END_TEST

/* Neither the length of such links nor the form of inodes is told. */
START_TEST(reads_links_of_solaris)
{
	struct ufs_image ufs = make(false, _i, "version=1", "", "tree");

	ufs_set(&ufs, UFS_SUPER + 1320, 4, 1);  /* its minor version */
	ufs_set(&ufs, UFS_SUPER + 1324, 4, 99); /* where its log is */
	ufs_set(&ufs, UFS_SUPER + 209, 1, 0xfd);
	compare_made("tree");
}
END_TEST

/* Extended attributes have blocks, their number then says nothing. */
START_TEST(reads_a_short_link_with_attributes)
{
	struct ufs_image ufs = make_few(true, _i);

	ufs_set(&ufs, ufs_inode_of(&ufs, "/link") + 24, 8, 8);
	compare_made("few");
}
END_TEST

/* Inodes of each group begin somewhere else, as they did on disks that turn */
START_TEST(finds_inodes_of_groups_that_are_shifted)
{
	struct ufs_image ufs =
		make(false, _i, "version=1,maxbpcg=2048", "-s 64m", "tree");
	uint64_t groups = ufs_number(&ufs, UFS_SUPER + 44, 4), i;
	uint64_t inodes = 128 * ufs_number(&ufs, UFS_SUPER + 184, 4);
	uint64_t group = 1024 * ufs_number(&ufs, UFS_SUPER + 188, 4);
	uint64_t table = 1024 * ufs_number(&ufs, UFS_SUPER + 16, 4);

	ck_assert_uint_gt(groups, 2);
	ck_assert_uint_eq(ufs_number(&ufs, UFS_SUPER + 52, 4), 1024);
	/* they all move on by 7 KiB, which is what their bits amount to */
	for (i = groups; i-- > 0;)
		if (i & 1)
			image_run("dd if=made.img of=part bs=1K skip=%lu "
				  "count=%lu && dd if=part of=made.img bs=1K "
				  "seek=%lu conv=notrunc",
				(unsigned long)((i * group + table) / 1024),
				(unsigned long)(inodes / 1024),
				(unsigned long)((i * group + table) / 1024 +
					7));
	ufs_set(&ufs, UFS_SUPER + 24, 4, 7);
	ufs_set(&ufs, UFS_SUPER + 28, 4, 0xfffffffe);
	open_made();
	ck_assert_msg(
		image_list(&image, &image.fs.root) == 0, "%s", image.err.text);
	image_close(&image);
}
END_TEST

/*
 * Files of one block each are made to be pointers of three levels: far beyond
 * 4 GiB one block of data appears, and holes before and behind it.
 */
START_TEST(follows_pointers_of_three_levels)
{
	struct ufs_image ufs = make(_i & 1, _i & 2,
		_i & 1 ? "version=2,bsize=8192,fsize=1024"
		       : "version=1,bsize=8192,fsize=1024",
		"", "tree");
	unsigned int width = ufs.second ? 8 : 4;
	uint64_t per = 8192 / width, block, inode, off, data;
	struct fs_node node;
	char text[13] = "";
	size_t got;

	data = ufs_block_of(&ufs, "/block");
	block = ufs_block_of(&ufs, "/direct");
	inode = ufs_inode_of(&ufs, "/empty");
	/* three blocks of /direct, which follow each other */
	image_run("dd if=/dev/zero of=made.img bs=1 seek=%lu count=24576 "
		  "conv=notrunc",
		(unsigned long)block);
	ufs_set(&ufs, block + width, width, block / 1024 + 8);
	ufs_set(&ufs, block + 8192 + 2 * width, width, block / 1024 + 16);
	ufs_set(&ufs, block + 16384 + 3 * width, width, data / 1024);
	image_write("made.img", data, "far far away", 12);
	off = 8192 * (12 + per + per * per + per * per + 2 * per + 3);
	ufs_set(&ufs, inode + (ufs.second ? 112 : 40) + 14 * width, width,
		block / 1024);
	ufs_set(&ufs, inode + (ufs.second ? 16 : 8), 8, off + 20000);
	open_made();
	image_find(&image, "/empty", &node);
	ck_assert_int_eq(
		fs_read(&image.fs, &node, off, text, 12, &got, &image.err), 0);
	ck_assert_str_eq(text, "far far away");
	ck_assert_int_eq(
		fs_read(&image.fs, &node, off - 12, text, 12, &got, &image.err),
		0);
	ck_assert_mem_eq(text, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
	ck_assert_int_eq(fs_read(&image.fs, &node, off + 8192, text, 12, &got,
				 &image.err),
		0);
	ck_assert_mem_eq(text, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
	ck_assert_msg(image_map(&image, &node) == 0, "%s", image.err.text);
	image_close(&image);
}
END_TEST

/* Blocks that follow each other are one extent, pointers cost little. */
START_TEST(maps_a_file_with_few_reads)
{
	struct fs_node node;
	int extents;

	make(_i, false, _i ? "version=2" : "version=1", "", "tree");
	open_made();
	image_find(&image, "/large", &node);
	image.bytes = 0;
	extents = image_count_extents(&image, &node);
	/* the block with pointers lies between */
	ck_assert_int_ge(extents, 1);
	ck_assert_int_le(extents, 5);
	ck_assert_uint_le(image.bytes, 3 * 4096);
	ck_assert_uint_le(image.arena.used, 64 << 10);
	image_close(&image);
}
END_TEST

START_TEST(skips_names_that_hide_others)
{
	struct ufs_image ufs = make_few(_i, false);
	uint64_t at = ufs_block_of(&ufs, "/");
	struct fs_node node;

	at += 24; /* behind "." and ".." */
	if (ufs_number(&ufs, at + 7, 1) != 5)
		at += ufs_number(&ufs, at + 4, 2);
	ufs_set(&ufs, at, 4, 1);
	ufs_set(&ufs, at + 6, 1, 14);
	open_made();
	ck_assert_int_eq(fs_find(&image.fs, "/hello", &node, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	ck_assert_int_eq(image_list(&image, &image.fs.root), 0);
	image_close(&image);
}
END_TEST

START_TEST(reads_a_partition)
{
	make(true, false, "version=2", "", "tree");
	image_compare_in_disk("made.img", &ufs_driver, "tree");
}
END_TEST

static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "true", "ufs1" },
	{ "mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkfs.fat made.img && dd if=ufs of=made.img conv=notrunc", "ufs1" },
	{ "mke2fs -q -F -t ext4 made.img && dd if=/dev/zero of=made.img bs=8K "
	  "count=1 conv=notrunc && dd if=ufs of=made.img bs=8K skip=1 seek=1 "
	  "conv=notrunc",
		"ufs1" },
	{ "dd if=/dev/zero of=made.img bs=8K count=30 && mkfs.fat made.img",
		"fat12" },
};

START_TEST(is_told_apart_from_others)
{
	make(false, false, "version=1", "", "tree");
	image_run("cp made.img ufs && truncate -s 40M made.img && %s",
		remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

int main(void)
{
	TCase *forms = tcase_create("forms");

	tcase_set_timeout(forms, 120);
	tcase_add_unchecked_fixture(forms, make_tree, image_cleanup);
	tcase_add_loop_test(forms, reads_all_that_makefs_makes, 0, COUNT(made));
	tcase_add_loop_test(forms, has_the_names_that_grub_gives_it, 0, 4);
	tcase_add_loop_test(forms, reads_what_grub_reads, 0, 2);
	tcase_add_loop_test(
		forms, finds_the_superblock_in_each_place, 0, COUNT(places));
	tcase_add_loop_test(
		forms, takes_no_copy_of_the_superblock_for_it, 0, 2);
	tcase_add_test(forms, is_the_second_version_where_there_was_the_first);
	tcase_add_loop_test(forms, says_that_it_was_not_unmounted, 0, 2);
	tcase_add_loop_test(forms, knows_the_other_magic_numbers, 0, 2);
	tcase_add_loop_test(forms, checks_the_sums_of_freebsd, 0, 2);
	tcase_add_test(forms, takes_quotas_for_no_sums);
	tcase_add_loop_test(forms, reads_directories_without_types, 0, 2);
	tcase_add_loop_test(forms, reads_links_of_solaris, 0, 2);
	tcase_add_loop_test(forms, reads_a_short_link_with_attributes, 0, 2);
	tcase_add_loop_test(
		forms, finds_inodes_of_groups_that_are_shifted, 0, 2);
	tcase_add_loop_test(forms, follows_pointers_of_three_levels, 0, 4);
	tcase_add_loop_test(forms, maps_a_file_with_few_reads, 0, 2);
	tcase_add_loop_test(forms, skips_names_that_hide_others, 0, 2);
	tcase_add_test(forms, reads_a_partition);
	tcase_add_loop_test(forms, is_told_apart_from_others, 0, COUNT(remade));
	return run_suite("ufs", &forms, 1);
}
