/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mkfs.fat and mtools make of one tree of files, in every width of the
 * table, size of sectors and size of clusters, is read back and compared.  What
 * is broken is in test_fat_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/fatimage.h"

static struct image image;

static void make_tree(void)
{
	image_run("mkdir -p tree/EFI/BOOT tree/many tree/empty_dir "
		  "tree/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f");
	image_file("tree/small.txt", "hello, world", 12);
	image_file("tree/empty", "", 0);
	image_file("tree/UPPER.TXT", "upper", 5);
	image_file("tree/UPPER.low", "half", 4);
	image_file("tree/lower.LOW", "half", 4);
	image_file("tree/Mixed.Txt", "mixed", 5);
	image_file("tree/N.X", "short", 5);
	image_file("tree/KERNEL", NULL, 512);
	image_file("tree/a+b,c;d=e[f].x.y", "odd", 3);
	image_file("tree/gr\xc3\xbc\xc3\x9f"
		   "e-\xe6\x97\xa5\xe6\x9c\xac.txt",
		"x", 1);
	image_file("tree/n\xc3\xa4me", "code page", 9);
	image_file("tree/vmlinuz-6.1.0-18-amd64", NULL, 700001);
	image_file("tree/EFI/BOOT/BOOTX64.EFI", NULL, 65536);
	image_file("tree/EFI/BOOT/grub.cfg", NULL, 4095);
	image_file("tree/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/deep", "deep", 4);
	image_run("cd tree/many && seq -f 'a name in a large directory %%g' "
		  "400 | xargs -d '\\n' touch && cd .. && "
		  "touch $(printf 'n%%0254d' 7) && "
		  "find . -exec touch -d @1700000002 {} +");
	image_run("touch -d 1980-01-01T00:00:00Z tree/empty && "
		  "touch -d 2107-12-31T23:59:58Z tree/small.txt && "
		  "touch -d 2100-03-01T00:00:00Z tree/UPPER.TXT && "
		  "touch -d 2024-02-29T12:34:56Z tree/UPPER.low && "
		  "touch -d 2024-12-31T12:34:56Z tree/N.X && "
		  "touch -d 2099-12-31T00:00:00Z tree/KERNEL");
}

static const struct fat_made made[] = {
	{ "fat12", "8M", "-F 12 -s 4" },
	{ "fat12", "4080K", "-F 12 -s 2 -f 1" },
	{ "fat12", "100M", "-F 12 -s 128" },
	{ "fat12", "16M", "-F 12 -S 1024 -s 8 -R 7" },
	{ "fat12", "16M", "-F 12 -S 4096 -s 2" },
	{ "fat12", "1G", "-F 12 -S 4096 -s 128" },
	{ "fat16", "16M", "-F 16 -s 1" },
	{ "fat16", "16M", "-F 16 -s 4 -f 4 -r 4096" },
	{ "fat16", "1G", "-F 16 -s 64" },
	{ "fat16", "40M", "-F 16 -S 1024 -s 1" },
	{ "fat16", "64M", "-F 16 -S 2048 -s 1 -R 3" },
	{ "fat16", "80M", "-F 16 -S 4096 -s 1" },
	{ "fat16", "3G", "-F 16 -S 4096 -s 128" },
	{ "fat32", "40M", "-F 32 -s 1" },
	{ "fat32", "300M", "-F 32 -s 8 -f 1" },
	{ "fat32", "5G", "-F 32 -s 128" },
	{ "fat32", "600M", "-F 32 -S 4096 -s 1 -R 2 -b 0" },
	{ "fat32", "40G", "-F 32 -S 4096 -s 128" },
};

static void compare_made(const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	fatimage_open(&image);
	image_compare(&image, host, NULL, true);
	image_close(&image);
}

START_TEST(reads_all_that_mkfs_and_mtools_make)
{
	fatimage_make(&made[_i]);
	fatimage_fill("tree");
	fatimage_open(&image);
	ck_assert_str_eq(image.fs.type, made[_i].type);
	ck_assert_str_eq(image.fs.label, "A b label");
	ck_assert_str_eq(image.fs.uuid, "00C0-FFEE");
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
	compare_made("tree");
}
END_TEST

static const struct fat_made plain = { "fat16", "16M", "-F 16 -s 4" };

/* Every second file is deleted, and a large one takes their places. */
static void make_fragmented(const struct fat_made *how)
{
	fatimage_make(how);
	image_run("rm -rf frag && mkdir frag && cd frag && "
		  "for i in $(seq 100 299); do echo $i > f$i; done");
	fatimage_fill("frag");
	image_run("cd frag && rm f*[02468]");
	image_file("frag/large.bin", NULL, 300000);
	image_run("find frag -exec touch -d @1700000002 {} +; " MTOOLS
		  "mdel -i made.img '::f*[02468]'");
	/* of FAT32: forget behind which cluster the free ones are */
	if (strcmp(how->type, "fat32") == 0)
		fatimage_patch(1004, "\xff\xff\xff\xff", 4);
	image_run(MTOOLS "mcopy -m -i made.img frag/large.bin ::/ && "
			 "mdel -i made.img '::f*[13579]' && cd frag && "
			 "mcopy -m -i ../made.img f* ::/");
}

static const struct fat_made fragmented[] = {
	{ "fat12", "4M", "-F 12 -s 2" },
	{ "fat16", "16M", "-F 16 -s 2" },
	{ "fat32", "40M", "-F 32 -s 1" },
};

START_TEST(reads_files_in_many_pieces)
{
	struct fs_node node;
	int extents;

	make_fragmented(&fragmented[_i]);
	compare_made("frag");
	fatimage_open(&image);
	image_find(&image, "/large.bin", &node);
	extents = image_count_extents(&image, &node);
	ck_assert_int_ge(extents, 90);
	image_close(&image);
}
END_TEST

/* 20,000 clusters of 2 bytes, and at each end of the table a piece begun. */
START_TEST(maps_a_large_file_for_the_cost_of_reading_its_table)
{
	struct fs_node node;
	int extents;

	fatimage_make(&(struct fat_made){ "fat16", "16M", "-F 16 -s 1" });
	image_run("rm -rf big && mkdir big && head -c 10240000 /dev/urandom > "
		  "big/big");
	fatimage_fill("big");
	fatimage_open(&image);
	image_find(&image, "/big", &node);
	image.reads = 0;
	extents = image_count_extents(&image, &node);
	ck_assert_int_eq(extents, 1);
	ck_assert_uint_le(image.reads, 11);
	image_close(&image);
}
END_TEST

/* The table is not followed anew from the start of the file each time. */
START_TEST(reads_in_sequence_in_linear_time)
{
	struct fs_node node;
	uint64_t off;
	char byte;
	size_t got;

	fatimage_make(&(struct fat_made){ "fat16", "16M", "-F 16 -s 1" });
	image_run("rm -rf big && mkdir big && head -c 10240000 /dev/urandom > "
		  "big/big");
	fatimage_fill("big");
	fatimage_open(&image);
	image_find(&image, "/big", &node);
	image.reads = 0;
	for (off = 0; off < node.size; off += 512)
		ck_assert_int_eq(fs_read(&image.fs, &node, off, &byte, 1, &got,
					 &image.err),
			0);
	ck_assert_uint_le(image.reads, 20000 + 20);
	image_close(&image);
}
END_TEST

/* Back and forth, and between two files: always the same bytes. */
START_TEST(reads_at_any_offset)
{
	struct fs_node large, other;

	make_fragmented(&fragmented[_i]);
	fatimage_open(&image);
	image_find(&image, "/large.bin", &large);
	image_find(&image, "/f101", &other);
	image_read_anywhere(&image, &large, &other, 5000, 2000);
	image_close(&image);
}
END_TEST

START_TEST(skips_names_that_were_deleted)
{
	fatimage_make(&plain);
	fatimage_fill("tree");
	image_run("rm -rf fewer && cp -a tree fewer && for i in $(seq 2 399); "
		  "do rm \"fewer/many/a name in a large directory $i\"; done; "
		  "rm fewer/Mixed.Txt; " MTOOLS
		  "mdel -i made.img ::/Mixed.Txt && "
		  "seq -f '::/many/a name in a large directory %%g' 2 399 | "
		  "xargs -d '\\n' mdel -i made.img");
	compare_made("fewer");
}
END_TEST

START_TEST(lists_hidden_and_system_files)
{
	fatimage_make(&plain);
	fatimage_fill("tree");
	image_run(MTOOLS "mattrib +h +s +r -i made.img ::/small.txt ::/EFI "
			 "::/vmlinuz-6.1.0-18-amd64");
	compare_made("tree");
}
END_TEST

/* mkfs.fat -F 32 makes such too, but mtools does not write into them. */
START_TEST(knows_a_small_fat32)
{
	fatimage_make(&(struct fat_made){ "fat32", "40M", "-F 32 -s 1" });
	fatimage_fill("tree");
	fatimage_patch(32, "\0\x50\0\0", 4); /* 20,480 sectors */
	image_run("truncate -s 10M made.img");
	fatimage_open(&image);
	ck_assert_str_eq(image.fs.type, "fat32");
	image_close(&image);
	compare_made("tree");
}
END_TEST

/* Flags 0x81: the second table alone is kept up to date. */
START_TEST(follows_the_table_in_use)
{
	fatimage_make(&(struct fat_made){ "fat32", "40M", "-F 32 -s 1" });
	fatimage_fill("tree");
	image_run("dd if=/dev/zero of=made.img bs=512 seek=32 count=600 "
		  "conv=notrunc");
	fatimage_patch(40, "\x81", 1);
	compare_made("tree");
}
END_TEST

static const struct {
	struct fat_made how;
	uint64_t at; /* of the byte with the flag */
} dirty[] = {
	{ { "fat12", "8M", "-F 12 -s 4" }, 37 },
	{ { "fat16", "16M", "-F 16" }, 37 },
	{ { "fat32", "40M", "-F 32 -s 1" }, 65 },
};

START_TEST(warns_of_a_file_system_that_was_not_unmounted)
{
	fatimage_make(&dirty[_i].how);
	fatimage_patch(dirty[_i].at, "\x01", 1);
	fatimage_open(&image);
	ck_assert_str_eq(image.fs.notice,
		"it was not unmounted: files changed just before may be "
		"incomplete");
	image_close(&image);
}
END_TEST

START_TEST(reads_a_partition)
{
	fatimage_make(&plain);
	fatimage_fill("tree");
	image_compare_in_disk("made.img", &fat_driver, "tree");
}
END_TEST

/* One is made over the other: the last one is there, whatever is left. */
static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "mkfs.fat -F 32 made.img && mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkfs.fat -F 16 made.img && mke2fs -q -F -t ext2 made.img", "ext2" },
	{ "mke2fs -q -F -t ext4 made.img && mkfs.fat -F 32 -s 1 made.img",
		"fat32" },
	{ "mke2fs -q -F -t ext4 made.img && mkfs.fat -F 16 made.img", "fat16" },
};

START_TEST(is_told_apart_from_ext)
{
	image_run("rm -f made.img && truncate -s 40M made.img && %s",
		remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

/* GRUB reads each file and compares it with the host's. */
START_TEST(reads_what_grub_reads)
{
	if (system("command -v grub-fstest >/dev/null") != 0) {
		fputs("fat: not compared with GRUB: no grub-fstest\n", stderr);
		return;
	}
	fatimage_make(&made[_i]);
	fatimage_fill("tree");
	compare_made("tree");
	image_run("cd tree && find . -type f -size +0 ! -path './many/*' "
		  "! -name 'a+*' ! -name 'n?*me' | while read -r f; do "
		  "grub-fstest ../made.img cmp \"(loop0)/$f\" \"$f\" "
		  "|| exit 1; done");
	image_run("LC_ALL=C grub-fstest made.img ls -- -l '(loop0)' | grep -F "
		  "\"Filesystem type fat - Label \\`A b label', Last "
		  "modification\" || LC_ALL=C grub-fstest made.img ls -- -l "
		  "'(loop0)' | grep -F \"type fat - Label \\`A b label', UUID "
		  "00C0-FFEE\"");
}
END_TEST

START_TEST(reads_what_the_kernel_reads)
{
	int i;

	for (i = 0; i < COUNT(made); i++) {
		fatimage_make(&made[i]);
		fatimage_fill("tree");
		if (!image_loop_mount("made.img", "ro,utf8,tz=UTC")) {
			fputs("fat: not compared with the kernel: cannot "
			      "mount\n",
				stderr);
			return;
		}
		image_run("rm -rf kernel && mkdir kernel && "
			  "cp -a mnt/. kernel; unmount mnt");
		compare_made("kernel");
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fat");
	TCase *tc = tcase_create("fat");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_tree, image_cleanup);
	tcase_add_loop_test(
		tc, reads_all_that_mkfs_and_mtools_make, 0, COUNT(made));
	tcase_add_loop_test(
		tc, reads_files_in_many_pieces, 0, COUNT(fragmented));
	tcase_add_test(tc, maps_a_large_file_for_the_cost_of_reading_its_table);
	tcase_add_test(tc, reads_in_sequence_in_linear_time);
	tcase_add_loop_test(tc, reads_at_any_offset, 0, COUNT(fragmented));
	tcase_add_test(tc, skips_names_that_were_deleted);
	tcase_add_test(tc, lists_hidden_and_system_files);
	tcase_add_test(tc, knows_a_small_fat32);
	tcase_add_test(tc, follows_the_table_in_use);
	tcase_add_loop_test(tc, warns_of_a_file_system_that_was_not_unmounted,
		0, COUNT(dirty));
	tcase_add_test(tc, reads_a_partition);
	tcase_add_loop_test(tc, is_told_apart_from_ext, 0, COUNT(remade));
	tcase_add_loop_test(tc, reads_what_grub_reads, 0, COUNT(made));
	tcase_add_test(tc, reads_what_the_kernel_reads);
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
