/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mkfs.erofs makes of one tree of files, in every layout, compression and
 * size of blocks, is read back and compared.  What is broken is in
 * test_erofs_faults.c.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static struct image image;

static void make_tree(void)
{
	image_tree("--few");
	image_file("tree/noise", NULL, 700001);
	image_file("tree/noise-4096", NULL, 4096);
	image_run("cd tree && cat noise lines noise >both && cp both copy && "
		  "head -c 3000001 /dev/zero >zeros && "
		  "{ head -c 100000 noise; head -c 4000 lines; "
		  "head -c 7777 noise; cat lines; } >mixed && "
		  "mkfifo fifo && "
		  "python3 -c 'import os\n"
		  "try: os.setxattr(\"noise-4096\", \"user.a\", b\"v\" * 99)\n"
		  "except OSError: pass' && "
		  "find . -exec touch -h -d @1700000002 {} +");
}

/* Options of mkfs.erofs; without -E... inodes have times of their own. */
static const char *const made[] = {
	"",
	"-Enoinline_data",
	"-Eforce-inode-extended",
	"-x-1",
	"-x1 -Eforce-inode-extended",
	"-zlz4",
	"-zlz4hc,3 -C65536",
	"-zlz4 -C1048576",
	"-zlz4 -Elegacy-compress",
	"-zlz4 -C16384 -Elegacy-compress",
	"-zlz4 -Eztailpacking",
	"-zlz4 -C131072 -Eztailpacking",
	"-zlz4 -Elegacy-compress,ztailpacking",
	"-zlz4 -C65536 --max-extent-bytes=65536",
};

static void make(const char *options)
{
	image_run("rm -f made.img && mkfs.erofs -d0 --preserve-mtime "
		  "-U 01234567-89ab-cdef-0123-456789abcdef %s made.img tree",
		options);
}

static void open_image(const char *name)
{
	image_must_mount(&image, name, &erofs_driver);
}

static void compare(const char *name, const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_image(name);
	image_compare(&image, host, NULL, true);
	image_close(&image);
}

/* The kernel is the judge, where it may be asked: root and a loop device. */
static void compare_with_kernel(const char *name, const char *how)
{
	char path[128];
	int root;

	if (!image_loop_mount(name, "ro,noatime -t erofs")) {
		fprintf(stderr,
			"erofs: not compared with the kernel, which cannot "
			"mount: %s\n",
			how);
		return;
	}
	snprintf(path, sizeof(path), "%s/mnt", image_directory());
	root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	image_run("umount -l mnt");
	ck_assert_int_ge(root, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", root);
	open_image(name);
	image_compare(&image, path, NULL, true);
	image_close(&image);
	close(root);
}

START_TEST(reads_all_that_mkfs_makes)
{
	make(made[_i]);
	open_image("made.img");
	ck_assert_str_eq(image.fs.type, "erofs");
	ck_assert_str_eq(image.fs.label, "");
	ck_assert_str_eq(image.fs.uuid, "01234567-89ab-cdef-0123-456789abcdef");
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
	compare("made.img", "tree");
	compare_with_kernel("made.img", made[_i]);
}
END_TEST

/* How many extents a file has; -1: it has no map. */
static int extents_of(const char *path)
{
	struct fs_node node;

	image_find(&image, path, &node);
	return image_count_extents(&image, &node);
}

START_TEST(maps_files_that_are_not_compressed)
{
	make("");
	open_image("made.img");
	ck_assert_int_eq(extents_of("/small.txt"), 1);
	ck_assert_int_eq(extents_of("/size-4096"), 1);
	ck_assert_int_le(extents_of("/noise"), 2);
	image_close(&image);
	image_stored("erofs-chunks.img");
	open_image("erofs-chunks.img");
	ck_assert_int_eq(extents_of("/size-4096"), 1);
	ck_assert_int_ge(extents_of("/holes"), 8);
	ck_assert_int_eq(extents_of("/all-hole"), 1);
	image_close(&image);
	make("-zlz4");
	open_image("made.img");
	ck_assert_int_eq(extents_of("/lines"), -1);
	image_close(&image);
}
END_TEST

static const char *const in_sequence[] = { "-zlz4", "-zlz4 -C65536",
	"-zlz4 -Elegacy-compress" };

/* No block is read twice, and the index is not begun anew. */
START_TEST(reads_in_sequence_in_linear_time)
{
	struct fs_node node;
	uint64_t off;
	char byte;
	size_t got;

	make(in_sequence[_i]);
	open_image("made.img");
	image_find(&image, "/both", &node);
	image.bytes = 0;
	for (off = 0; off < node.size; off += 4096)
		ck_assert_int_eq(fs_read(&image.fs, &node, off, &byte, 1, &got,
					 &image.err),
			0);
	ck_assert_uint_le(image.bytes, node.size + (256 << 10));
	image_close(&image);
}
END_TEST

START_TEST(reads_at_any_offset)
{
	struct fs_node both, small;

	make(in_sequence[_i]);
	open_image("made.img");
	image_find(&image, "/both", &both);
	image_find(&image, "/small.txt", &small);
	image_read_anywhere(&image, &both, &small, 9000, 300);
	image_close(&image);
}
END_TEST

START_TEST(looks_a_name_up_by_halves)
{
	struct fs_node node;

	image_run("mkdir -p big && cd big && seq -f file%%05.0f 20000 | "
		  "xargs touch && cd .. && rm -f made.img && "
		  "mkfs.erofs made.img big");
	open_image("made.img");
	image_find(&image, "/file12345", &node);
	ck_assert_uint_le(image.bytes, 60000);
	ck_assert_int_eq(fs_find(&image.fs, "/absent", &node, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	image_close(&image);
}
END_TEST

/* What is on the other device is refused by name, the rest is read. */
START_TEST(says_that_contents_are_on_another_device)
{
	struct fs_node node;

	image_run("rm -f made.img blob && mkfs.erofs --chunksize=4096 "
		  "--blobdev=blob made.img tree");
	open_image("made.img");
	image_find(&image, "/noise", &node);
	ck_assert_int_eq(image_read_all(&image, &node, 4096), -1);
	ck_assert_str_eq(image.err.text,
		"its contents are on another device (number 1 of those of the "
		"file system)");
	ck_assert_int_eq(image.err.code, ERR_UNSUPPORTED);
	image_close(&image);
}
END_TEST

START_TEST(reads_a_partition)
{
	make("-zlz4");
	image_compare_in_disk("made.img", &erofs_driver, "tree");
}
END_TEST

/* One is made over the other: the last one is there, whatever is left. */
static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkfs.fat made.img", "fat16" },
	{ "mke2fs -q -F -t ext4 made.img && dd if=erofs of=made.img "
	  "conv=notrunc",
		"erofs" },
	{ "mkfs.fat made.img && dd if=erofs of=made.img conv=notrunc",
		"erofs" },
};

START_TEST(is_told_apart_from_others)
{
	make("");
	image_run("cp made.img erofs && truncate -s 40M made.img && %s",
		remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

/* Made by a newer mkfs.erofs than Debian 12 has: testimages/stored/README. */
static const char *const stored[] = {
	"erofs-lzma.img",
	"erofs-deflate.img",
	"erofs-zstd.img",
	"erofs-shared.img",
	"erofs-shared-compact.img",
	"erofs-512.img",
	"erofs-chunks.img",
	"erofs-chunk-indexes.img",
};

START_TEST(reads_what_newer_tools_make)
{
	image_run("mkdir -p plain && mv tree keep");
	image_tree("--few");
	image_run("rm -rf plain && mv tree plain && mv keep tree");
	image_stored(stored[_i]);
	compare(stored[_i], "plain");
	compare_with_kernel(stored[_i], stored[_i]);
	open_image(stored[_i]);
	ck_assert_str_eq(image.fs.label, "a label");
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("erofs");

	tcase_set_timeout(tc, 300);
	tcase_add_unchecked_fixture(tc, make_tree, image_cleanup);
	tcase_add_loop_test(tc, reads_all_that_mkfs_makes, 0, COUNT(made));
	tcase_add_test(tc, maps_files_that_are_not_compressed);
	tcase_add_loop_test(
		tc, reads_in_sequence_in_linear_time, 0, COUNT(in_sequence));
	tcase_add_loop_test(tc, reads_at_any_offset, 0, COUNT(in_sequence));
	tcase_add_test(tc, looks_a_name_up_by_halves);
	tcase_add_test(tc, says_that_contents_are_on_another_device);
	tcase_add_test(tc, reads_a_partition);
	tcase_add_loop_test(tc, is_told_apart_from_others, 0, COUNT(remade));
	tcase_add_loop_test(tc, reads_what_newer_tools_make, 0, COUNT(stored));
	return run_suite("erofs", &tc, 1);
}
