/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mkfs.f2fs and sload.f2fs make of one tree of files, with every feature
 * that changes what is on the disk, is read back and compared, and also what
 * Linux itself wrote.  What is broken is in test_f2fs_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static struct image image;

/* sload.f2fs makes no holes, and takes minutes for thousands of names. */
static void make_tree(void)
{
	image_tree("--few");
	image_run(
		"cd tree && head -c 20000000 /dev/zero | tr '\\0' x >large && "
		"cp lines \"$(printf 'x%%0199d' 1)\" && "
		"find . -exec touch -h -d @1700000002 {} +");
}

/* Options of mkfs.f2fs. */
static const char *const made[] = {
	"",
	"-O extra_attr,inode_checksum,sb_checksum",
	"-O extra_attr,inode_crtime,project_quota",
	"-i",
	"-s 2 -z 1",
	"-g android",
};

static void make(int how)
{
	image_run("rm -f made.img && truncate -s 200M made.img && "
		  "mkfs.f2fs -q -l 'a l\xc3\xa4"
		  "bel' -U 01234567-89ab-cdef-0123-456789abcdef %s made.img && "
		  "sload.f2fs -f tree made.img >/dev/null",
		made[how]);
}

static void open_image(const char *name)
{
	image_must_mount(&image, name, &f2fs_driver);
}

static void compare(const char *name, const char *tree, const char *except)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_image(name);
	image_compare(&image, host, except, true);
	image_close(&image);
}

START_TEST(reads_all_that_the_tools_make)
{
	make(_i);
	open_image("made.img");
	ck_assert_str_eq(image.fs.type, "f2fs");
	ck_assert_str_eq(image.fs.label,
		"a l\xc3\xa4"
		"bel");
	ck_assert_str_eq(image.fs.uuid, "01234567-89ab-cdef-0123-456789abcdef");
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
	compare("made.img", "tree", "lost+found");
}
END_TEST

START_TEST(maps_a_large_file_for_the_cost_of_its_nodes)
{
	struct fs_node node;
	int extents;

	make(0);
	open_image("made.img");
	image_find(&image, "/large", &node);
	image.reads = 0;
	extents = image_count_extents(&image, &node);
	ck_assert_int_ge(extents, 1);
	ck_assert_int_le(extents, 12);
	ck_assert_uint_le(image.reads, 40);
	image_close(&image);
}
END_TEST

START_TEST(reads_at_any_offset)
{
	struct fs_node large, other;

	make(_i);
	open_image("made.img");
	image_find(&image, "/lines", &large);
	image_find(&image, "/small.txt", &other);
	image_read_anywhere(&image, &large, &other, 9000, 300);
	image_close(&image);
}
END_TEST

START_TEST(takes_the_second_superblock)
{
	make(1);
	image_write("made.img", 1024 + 16, "x", 1);
	compare("made.img", "tree", "lost+found");
}
END_TEST

START_TEST(reads_a_partition)
{
	make(0);
	image_compare_in_disk("made.img", &f2fs_driver, "tree");
}
END_TEST

static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "mkfs.f2fs -q made.img && mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkfs.f2fs -q made.img && mkfs.fat made.img", "fat16" },
	{ "mke2fs -q -F -t ext4 made.img && mkfs.f2fs -q -f made.img", "f2fs" },
	{ "mkfs.fat made.img && mkfs.f2fs -q -f made.img", "f2fs" },
};

START_TEST(is_told_apart_from_others)
{
	image_run("rm -f made.img && truncate -s 60M made.img && %s",
		remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

/* GRUB knows neither more fields in inodes nor compression. */
START_TEST(reads_what_grub_reads)
{
	if (system("command -v grub-fstest >/dev/null") != 0) {
		fputs("f2fs: not compared with GRUB: no grub-fstest\n", stderr);
		return;
	}
	make(0);
	image_run("cd tree && find . -maxdepth 2 -type f -size +0 "
		  "! -path './many/*' | while read -r f; do "
		  "grub-fstest ../made.img cmp \"(loop0)/$f\" \"$f\" "
		  "|| exit 1; done");
	image_run("LC_ALL=C grub-fstest made.img ls -- -l '(loop0)' >said; "
		  "grep -F 'UUID 01234567-89ab-cdef-0123-456789abcdef' said");
}
END_TEST

/* Written by Linux 6.1: testimages/stored/README. */
static const struct {
	const char *name;
	const char *except;
	bool clean;
} stored[] = {
	{ "f2fs-casefold.img", "Folded", true },
	{ "f2fs-zstd.img", NULL, true },
	{ "f2fs-lz4.img", NULL, true },
	{ "f2fs-lzo.img", NULL, true },
	{ "f2fs-dirty.img", NULL, false },
};

START_TEST(reads_what_the_kernel_wrote)
{
	struct fs_node node;

	image_run("rm -rf theirs && mkdir theirs && cd theirs && " TESTIMAGES
		  "/tree.sh tree --few");
	image_stored(stored[_i].name);
	open_image(stored[_i].name);
	ck_assert_int_eq(!image.fs.notice, stored[_i].clean);
	if (!stored[_i].clean) {
		image_find(&image, "/lines", &node);
		ck_assert_int_eq(image_read_all(&image, &node, 65536), 0);
		image_find(&image, "/later", &node);
	}
	image_close(&image);
	if (stored[_i].clean)
		compare(stored[_i].name, "theirs/tree", stored[_i].except);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("f2fs");

	tcase_set_timeout(tc, 300);
	tcase_add_unchecked_fixture(tc, make_tree, image_cleanup);
	tcase_add_loop_test(tc, reads_all_that_the_tools_make, 0, COUNT(made));
	tcase_add_test(tc, maps_a_large_file_for_the_cost_of_its_nodes);
	tcase_add_loop_test(tc, reads_at_any_offset, 0, 2);
	tcase_add_test(tc, takes_the_second_superblock);
	tcase_add_test(tc, reads_a_partition);
	tcase_add_loop_test(tc, is_told_apart_from_others, 0, COUNT(remade));
	tcase_add_test(tc, reads_what_grub_reads);
	tcase_add_loop_test(tc, reads_what_the_kernel_wrote, 0, COUNT(stored));
	return run_suite("f2fs", &tc, 1);
}
