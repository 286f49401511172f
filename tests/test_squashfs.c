/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mksquashfs and gensquashfs make of one tree of files, with every
 * compression, size of blocks and way to leave something uncompressed, is read
 * back and compared.  What is broken is in test_squashfs_faults.c.
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

/* Sizes around a block and a metadata block, what can be packed and what not */
static void make_files(void)
{
	image_file("tree/small.txt", "hello, world", 12);
	image_file("tree/empty", "", 0);
	image_file("tree/noise", NULL, 700001);
	image_file("tree/noise-4096", NULL, 4096);
	image_file("tree/noise-4097", NULL, 4097);
	image_file("tree/noise-1M", NULL, 1 << 20);
	image_run("cd tree && yes a compressible line | head -c 3000001 >lines "
		  "&& head -c 1048576 /dev/zero >zeros && "
		  "cat noise lines noise >both && cp both copy && "
		  "head -c 4095 lines >lines-4095 && "
		  "head -c 131072 lines >lines-128K && "
		  "head -c 131073 lines >lines-128K-1");
	image_run("cd tree && truncate -s 5M sparse && "
		  "dd if=noise of=sparse bs=4K seek=100 count=70 conv=notrunc "
		  "&& dd if=lines of=sparse bs=4K seek=700 count=70 "
		  "conv=notrunc && cp sparse sparse-tail && echo >>sparse-tail "
		  "&& truncate -s 1M all-hole && truncate -s 1000001 odd-hole");
}

static void make_names(void)
{
	image_file("tree/gr\xc3\xbc\xc3\x9f"
		   "e-\xe6\x97\xa5\xe6\x9c\xac.txt",
		"x", 1);
	image_file("tree/\xff not utf-8", "y", 1);
	image_file("tree/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/deep", "deep", 4);
	image_run("cd tree && touch $(printf 'n%%0254d' 7) && "
		  "ln -s small.txt link && ln -s 1/2/3 dirlink && "
		  "ln -s nowhere dangling && "
		  "ln -s \"$(printf './%%.0s' $(seq 500))small.txt\" longlink "
		  "&& ln noise linked && ln lines 1/linked && mkfifo fifo && "
		  "python3 -c 'import os, socket\n"
		  "socket.socket(socket.AF_UNIX).bind(\"socket\")\n"
		  "try: os.setxattr(\"noise-4097\", \"user.a\", b\"v\" * 99)\n"
		  "except OSError: pass'; [ $(id -u) != 0 ] || "
		  "{ mknod char c 1 3; mknod block b 7 0; }");
}

static void make_tree(void)
{
	image_run("mkdir -p tree/many tree/long tree/empty_dir "
		  "tree/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f");
	make_files();
	make_names();
	/* 5,001 names, and 300 of 255 bytes: both have an index */
	image_run("cd tree/many && seq -f 'file%%.0f in a directory' 5000 | "
		  "xargs -d '\\n' touch && echo last >zzz && "
		  "for i in $(seq 1 300); do echo $i >f$i; done && cd ../long "
		  "&& seq -f '%%0255.0f' 300 | xargs touch && cd .. && "
		  "find . -exec touch -h -d @1700000002 {} +");
	image_run("touch -d @0 tree/empty && touch -d @4294967295 tree/lines "
		  "&& touch -d @2147483648 tree/zeros");
}

/* Commands that make made.img of the tree. */
static const char *const made[] = {
	"mksquashfs tree made.img",
	"mksquashfs tree made.img -b 4K",
	"mksquashfs tree made.img -b 1M",
	"mksquashfs tree made.img -Xwindow-size 8",
	"mksquashfs tree made.img -comp lzma",
	"mksquashfs tree made.img -comp lzma -b 1M",
	"mksquashfs tree made.img -comp lzo",
	"mksquashfs tree made.img -comp lzo -Xalgorithm lzo1x_1_11 -b 1M",
	"mksquashfs tree made.img -comp xz",
	"mksquashfs tree made.img -comp xz -b 1M -Xdict-size 100% -Xbcj x86,arm",
	"mksquashfs tree made.img -comp xz -b 4K",
	"mksquashfs tree made.img -comp lz4",
	"mksquashfs tree made.img -comp lz4 -Xhc -b 64K",
	"mksquashfs tree made.img -comp zstd",
	"mksquashfs tree made.img -comp zstd -b 4K",
	"mksquashfs tree made.img -comp zstd -b 1M -Xcompression-level 22",
	"mksquashfs tree made.img -noI",
	"mksquashfs tree made.img -noD",
	"mksquashfs tree made.img -noF",
	"mksquashfs tree made.img -noX -noId",
	"mksquashfs tree made.img -noI -noD -noF -noX",
	"mksquashfs tree made.img -comp zstd -noI -noD -noF -b 4K -tailends",
	"mksquashfs tree made.img -no-fragments",
	"mksquashfs tree made.img -tailends -b 8K",
	"mksquashfs tree made.img -no-sparse -no-duplicates -no-hardlinks",
	"mksquashfs tree made.img -no-exports -no-xattrs",
	"gensquashfs -k -D tree made.img",
	"gensquashfs -k -D tree -c xz -b 1M made.img",
	"gensquashfs -k -D tree -c zstd -b 4096 -T made.img",
	"gensquashfs -k -D tree -c lz4 -e -x made.img",
};

static void make(const char *command)
{
	image_run("rm -f made.img && %s", command);
}

static void open_made(void)
{
	image_must_mount(&image, "made.img", &squashfs_driver);
}

static void find(const char *path, struct fs_node *node)
{
	ck_assert_msg(fs_find(&image.fs, path, node, &image.err) == 0, "%s",
		image.err.text);
}

static void compare_made(const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_made();
	image_compare(&image, host, NULL, true);
	image_close(&image);
}

/*
 * The kernel is the judge, where it may be asked: root, a loop device, and not
 * for lzma.  It is unmounted at once, and there until its descriptor is closed.
 */
static void compare_with_kernel(const char *command)
{
	char path[128];
	int root;

	if (!image_loop_mount("made.img", "ro,noatime -t squashfs")) {
		fprintf(stderr,
			"squashfs: not compared with the kernel, which "
			"cannot mount: %s\n",
			command);
		return;
	}
	snprintf(path, sizeof(path), "%s/mnt", image_directory());
	root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	image_run("umount -l mnt");
	ck_assert_int_ge(root, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", root);
	open_made();
	image_compare(&image, path, NULL, true);
	image_close(&image);
	close(root);
}

START_TEST(reads_all_that_the_tools_make)
{
	make(made[_i]);
	open_made();
	ck_assert_str_eq(image.fs.type, "squashfs");
	ck_assert_str_eq(image.fs.label, "");
	ck_assert_str_eq(image.fs.uuid, "");
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
	compare_made("tree");
	compare_with_kernel(made[_i]);
}
END_TEST

/* How many extents a file has; -1: it has no map. */
static int extents_of(const char *path)
{
	struct fs_node node;

	find(path, &node);
	return image_count_extents(&image, &node);
}

static const struct {
	const char *path;
	int compressed; /* extents then; -1: no map */
	int plain;      /* extents when nothing is compressed */
} maps[] = {
	{ "/empty", 0, 0 },
	{ "/small.txt", -1, 1 },
	{ "/noise-1M", 1, 1 }, /* cannot be compressed */
	{ "/lines", -1, 1 },
	{ "/both", -1, 1 },
	{ "/all-hole", 1, 1 },
	{ "/odd-hole", 1, 1 },
	{ "/link", -1, 1 },
};

START_TEST(maps_files_that_are_not_compressed)
{
	size_t i;

	make("mksquashfs tree made.img");
	open_made();
	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		ck_assert_msg(extents_of(maps[i].path) == maps[i].compressed,
			"%s, compressed: %d", maps[i].path,
			extents_of(maps[i].path));
	image_close(&image);
	make("mksquashfs tree made.img -noD -noF");
	open_made();
	for (i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		ck_assert_msg(extents_of(maps[i].path) == maps[i].plain,
			"%s: %d", maps[i].path, extents_of(maps[i].path));
	ck_assert_int_ge(extents_of("/sparse"), 4);
	image_close(&image);
}
END_TEST

static const char *const in_sequence[] = {
	"mksquashfs tree made.img -b 4K",
	"mksquashfs tree made.img -b 4K -no-fragments -comp zstd",
	"mksquashfs tree made.img -b 1M",
	"mksquashfs tree made.img -b 128K -comp lz4",
};

/* No block is read twice, and the list of blocks is not begun anew. */
START_TEST(reads_in_sequence_in_linear_time)
{
	struct fs_node node;
	uint64_t off;
	char byte;
	size_t got;

	make(in_sequence[_i]);
	open_made();
	find("/both", &node);
	image.bytes = 0;
	for (off = 0; off < node.size; off += 512)
		ck_assert_int_eq(fs_read(&image.fs, &node, off, &byte, 1, &got,
					 &image.err),
			0);
	/* 1.4 MB of noise; lines of nearly no bytes; inodes, fragments */
	ck_assert_uint_le(image.bytes, 1400002 + 250000 + (64 << 10));
	image_close(&image);
}
END_TEST

/* What lies between is not read, but for the sizes of blocks. */
START_TEST(looks_a_name_up_by_the_index)
{
	struct fs_node node;

	make("mksquashfs tree made.img -noI");
	open_made();
	find("/many/zzz", &node);
	ck_assert_uint_le(image.bytes, 80000);
	ck_assert_int_eq(
		fs_find(&image.fs, "/many/absent", &node, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	image_close(&image);
}
END_TEST

static const char *const at_any_offset[] = {
	"mksquashfs tree made.img -b 4K",
	"mksquashfs tree made.img -comp xz",
	"mksquashfs tree made.img -b 8K -comp lz4 -noF",
};

/* Back and forth, and between two files: always the same bytes. */
START_TEST(reads_at_any_offset)
{
	struct fs_node both, small;

	make(at_any_offset[_i]);
	open_made();
	find("/both", &both);
	find("/small.txt", &small);
	image_read_anywhere(&image, &both, &small, 9000, 300);
	image_close(&image);
}
END_TEST

/* Of the largest blocks, a partition costs no more than the program may. */
START_TEST(stays_small)
{
	make("mksquashfs tree made.img -b 1M -comp xz");
	open_made();
	ck_assert_uint_le(image.arena.used, 64 << 10);
	ck_assert_int_gt(extents_of("/noise-1M"), 0);
	ck_assert_uint_le(image.arena.used, 128 << 10);
	image_close(&image);
	compare_made("tree");
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &squashfs_driver, "/both"), 0);
	ck_assert_uint_le(image.arena.used, (3 << 20) + (128 << 10));
	image_close(&image);
}
END_TEST

START_TEST(reads_a_partition)
{
	make("mksquashfs tree made.img -comp zstd");
	image_compare_in_disk("made.img", &squashfs_driver, "tree");
}
END_TEST

/* One is made over the other: the last one is there, whatever is left. */
static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkfs.fat made.img", "fat16" },
	{ "mke2fs -q -F -t ext4 made.img && dd if=squash of=made.img "
	  "conv=notrunc",
		"squashfs" },
	{ "mkfs.fat made.img && dd if=squash of=made.img conv=notrunc",
		"squashfs" },
};

START_TEST(is_told_apart_from_others)
{
	make("mksquashfs tree made.img && cp made.img squash && "
	     "truncate -s 40M made.img");
	image_run("%s", remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

/* Whatever squashfs-tools makes, they read themselves; one of each method. */
static const char *const unpacked[] = {
	"mksquashfs tree made.img -b 4K",
	"mksquashfs tree made.img -comp lzma",
	"mksquashfs tree made.img -comp lzo",
	"mksquashfs tree made.img -comp xz -Xbcj x86,arm",
	"mksquashfs tree made.img -comp lz4",
	"mksquashfs tree made.img -comp zstd -noI -b 1M",
};

START_TEST(reads_what_unsquashfs_reads)
{
	make(unpacked[_i]);
	image_run("rm -rf theirs && unsquashfs -q -no-progress -d theirs "
		  "made.img");
	compare_made("theirs");
}
END_TEST

/*
 * GRUB 2.06 reads each file and compares it with the host's.  It knows neither
 * lz4 nor zstd nor lzma, and finds only the first half of a large directory.
 */
static const char *const read_by_grub[] = {
	"mksquashfs tree made.img",
	"mksquashfs tree made.img -comp lzo -b 4K",
	"mksquashfs tree made.img -comp xz -b 1M",
	"mksquashfs tree made.img -noI -noD -noF",
};

START_TEST(reads_what_grub_reads)
{
	if (system("command -v grub-fstest >/dev/null") != 0) {
		fputs("squashfs: not compared with GRUB: no grub-fstest\n",
			stderr);
		return;
	}
	make(read_by_grub[_i]);
	compare_made("tree");
	image_run(
		"cd tree && find . -maxdepth 1 -type f -size +0 "
		"! -name '*not utf*' | while read -r f; do "
		"grub-fstest ../made.img cmp \"(loop0)/$f\" \"$f\" || exit 1; "
		"done");
	image_run("LC_ALL=C grub-fstest made.img ls -- -l '(loop0)' | "
		  "grep -F 'Filesystem type squash4' | grep -v UUID");
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("squashfs"), tcase_create("others") };
	size_t i;

	for (i = 0; i < 2; i++) {
		tcase_set_timeout(cases[i], 300);
		tcase_add_unchecked_fixture(cases[i], make_tree, image_cleanup);
	}
	tcase_add_loop_test(
		cases[0], reads_all_that_the_tools_make, 0, COUNT(made));
	tcase_add_test(cases[0], maps_files_that_are_not_compressed);
	tcase_add_loop_test(cases[0], reads_in_sequence_in_linear_time, 0,
		COUNT(in_sequence));
	tcase_add_test(cases[0], looks_a_name_up_by_the_index);
	tcase_add_loop_test(
		cases[0], reads_at_any_offset, 0, COUNT(at_any_offset));
	tcase_add_test(cases[0], stays_small);
	tcase_add_test(cases[0], reads_a_partition);
	tcase_add_loop_test(
		cases[0], is_told_apart_from_others, 0, COUNT(remade));
	tcase_add_loop_test(
		cases[1], reads_what_unsquashfs_reads, 0, COUNT(unpacked));
	tcase_add_loop_test(
		cases[1], reads_what_grub_reads, 0, COUNT(read_by_grub));
	return run_suite("squashfs", cases, 2);
}
