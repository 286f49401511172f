/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mke2fs makes of one tree of files, with every feature it knows, is read
 * back and compared.  What is broken is in test_ext_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"

/* mke2fs takes two seconds for so many, so only some images have them. */
#define MANY_NAMES 5001

static struct image image;

static void make_links(void)
{
	char slow[1001];

	memset(slow, 'x', sizeof(slow) - 1);
	slow[sizeof(slow) - 1] = '\0';
	image_run("cd tree && ln -s small.txt fast && ln -s %s slow && "
		  "ln -s /boot/vmlinuz absolute && ln -s nowhere dangling && "
		  "ln -s 123456789012345678901234567890123456789012345678901234"
		  "567890 sixty && ln -s 12345678901234567890123456789012345678"
		  "901234567890123456789 fifty-nine && ln small.txt hard",
		slow);
}

/* One block of data, one of nothing, 2,500 times: as many extents. */
static void make_fragmented(const char *name, int blocks, int size)
{
	char path[256];
	FILE *file;
	int i, k;

	snprintf(path, sizeof(path), "%s/%s", image_directory(), name);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	for (i = 0; i < blocks; i++) {
		ck_assert_int_eq(fseek(file, (long)i * 2 * size, SEEK_SET), 0);
		for (k = 0; k < size; k++)
			putc('a' + (i + k) % 26, file);
	}
	ck_assert_int_eq(fclose(file), 0);
}

static void make_tree(void)
{
	image_run("mkdir -p tree/boot/grub tree/many "
		  "tree/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f");
	image_file("tree/small.txt", "hello, world", 12);
	image_file("tree/empty", "", 0);
	image_file("tree/sixty", NULL, 60);
	image_file("tree/sixty-one", NULL, 61);
	image_file("tree/hundred", NULL, 100);
	image_file("tree/thousand", NULL, 1000);
	image_file("tree/block", NULL, 4096);
	image_file("tree/boot/vmlinuz", NULL, 3000001);
	image_file("tree/boot/grub/gr\xc3\xbc\xc3\x9f"
		   "e-\xe6\x97\xa5",
		"x", 1);
	image_file("tree/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/deep", "deep", 4);
	make_fragmented("tree/fragmented", 2500, 4096);
	image_run("rm tree/sixty; truncate -s 64M tree/sparse && for at in 0 "
		  "4095 70000 5000000 33554432 67108863; do printf x | dd "
		  "of=tree/sparse bs=1 seek=$at conv=notrunc; done");
	image_run("mkfifo tree/fifo && touch -d 2021-12-13 tree/small.txt && "
		  "touch -d 2036-01-02 tree/empty && "
		  "touch -d 1950-01-02 tree/thousand && cd tree && "
		  "touch $(printf 'n%%0254d' 7)");
	make_links();
	image_run("cd tree/many && seq -f 'a-name-in-a-large-directory-%%g' "
		  "400 | xargs touch");
	image_run("mkdir -p large/many && cp -a tree/boot large && "
		  "cd large/many && seq -f 'a-name-in-a-large-directory-%%g' "
		  "%d | xargs touch",
		MANY_NAMES);
}

static const struct made {
	const char *type;    /* as the driver has to say */
	const char *options; /* of mke2fs */
} made[] = {
	{ "ext2", "-t ext2 -I 128" },
	{ "ext2", "-t ext2 -b 1024" },
	{ "ext2", "-t ext2 -b 2048 -O ^filetype,^sparse_super,^resize_inode" },
	{ "ext2", "-t ext2 -O ^dir_index,^resize_inode" },
	{ "ext3", "-t ext3" },
	{ "ext3", "-t ext3 -b 1024 -I 128" },
	{ "ext4", "-t ext4" },
	{ "ext4", "-t ext4 -b 1024" },
	{ "ext4", "-t ext4 -b 2048 -I 512" },
	{ "ext4", "-t ext4 -b 65536 -F" },
	{ "ext4", "-t ext4 -I 128 -O ^metadata_csum,^64bit" },
	{ "ext4", "-t ext4 -O ^extents,^64bit" },
	{ "ext4", "-t ext4 -b 1024 -O ^extents,^64bit" },
	{ "ext4", "-t ext4 -O bigalloc -C 65536" },
	{ "ext4", "-t ext4 -O bigalloc -b 1024 -C 16384" },
	{ "ext4", "-t ext4 -O inline_data" },
	{ "ext4", "-t ext4 -O inline_data -I 1024" },
	{ "ext4", "-t ext4 -O inline_data,^metadata_csum -b 1024" },
	{ "ext4", "-t ext4 -O inline_data -b 65536 -I 32768 -N 9000 -F" },
	{ "ext4", "-t ext4 -O casefold -E encoding=utf8" },
	{ "ext4", "-t ext4 -O large_dir,ea_inode" },
	{ "ext4", "-t ext4 -O ^64bit" },
	{ "ext4", "-t ext4 -O ^metadata_csum,uninit_bg" },
	{ "ext4", "-t ext4 -O ^metadata_csum,uninit_bg,^64bit" },
	{ "ext4", "-t ext4 -O metadata_csum_seed,orphan_file" },
	{ "ext4", "-t ext4 -O meta_bg,^resize_inode -b 1024" },
	{ "ext4", "-t ext4 -O meta_bg,^resize_inode,^flex_bg" },
	{ "ext4", "-t ext4 -O mmp,sparse_super2,^resize_inode" },
	{ "ext4", "-t ext4 -O fast_commit,stable_inodes,verity" },
	{ "ext4", "-t ext4 -O quota,project -E quotatype=usrquota:prjquota" },
	{ "ext4", "-t ext4 -O ^has_journal,encrypt" },
	{ "ext4", "-t ext4 -O ^dir_index,^filetype" },
};

#define LABEL "a root fs label!" /* all the 16 bytes */
#define UUID "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

static void make(const char *tree, const char *options)
{
	image_run("rm -f made.img && truncate -s 1G made.img && "
		  "mke2fs -q -d %s -N 9000 -L '%s' -U %s %s made.img",
		tree, LABEL, UUID, options);
}

static void open_made(void)
{
	image_must_mount(&image, "made.img", &ext_driver);
}

static void compare_made(const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_made();
	image_compare(&image, host, "lost+found", true);
	image_close(&image);
	image_run("rm made.img");
}

START_TEST(reads_all_that_mke2fs_makes)
{
	make("tree", made[_i].options);
	open_made();
	ck_assert_str_eq(image.fs.type, made[_i].type);
	ck_assert_str_eq(image.fs.label, LABEL);
	ck_assert_str_eq(image.fs.uuid, UUID);
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
	compare_made("tree");
}
END_TEST

/* e2fsck -D makes the hash trees that mke2fs -d does not. */
static const char *const indexed[] = {
	"-t ext3",
	"-t ext3 -b 1024 -I 128 -O ^filetype",
	"-t ext4",
	"-t ext4 -b 1024",
	"-t ext4 -b 1024 -O large_dir,^metadata_csum",
	"-t ext4 -b 1024 -O inline_data",
};

START_TEST(finds_names_by_their_hash)
{
	static const char *const hashes[] = { "half_md4", "tea", "legacy" };

	make("large", indexed[_i]);
	image_run("tune2fs -E hash_alg=%s made.img && "
		  "{ e2fsck -fyD made.img || test $? -le 2; } && "
		  "debugfs -R 'htree_dump /many' made.img | grep -q 'Entry #'",
		hashes[_i % 3]);
	compare_made("large");
}
END_TEST

START_TEST(finds_names_in_a_large_directory_without_an_index)
{
	make("large", "-t ext4 -O ^dir_index");
	compare_made("large");
}
END_TEST

START_TEST(says_that_an_indexed_name_is_not_there)
{
	struct fs_node node;
	char path[64];
	int i;

	make("large", "-t ext4 -b 1024");
	image_run("e2fsck -fyD made.img || test $? -le 2");
	open_made();
	for (i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "/many/no-such-name-%d", i);
		ck_assert_int_eq(
			fs_find(&image.fs, path, &node, &image.err), -1);
		ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	}
	image_close(&image);
}
END_TEST

START_TEST(skips_names_that_were_deleted)
{
	make("tree", "-t ext4 -O inline_data");
	image_run("cp -a tree fewer && for i in $(seq 1 399); do "
		  "echo rm /many/a-name-in-a-large-directory-$i; "
		  "rm fewer/many/a-name-in-a-large-directory-$i; done > cmds "
		  "&& echo rm /1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/deep >> cmds && "
		  "rm fewer/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/deep && "
		  "debugfs -w -f cmds made.img");
	compare_made("fewer");
	image_run("rm -r fewer");
}
END_TEST

/* Preallocated blocks hold whatever was there, and read as zeros. */
START_TEST(reads_unwritten_extents_as_zeros)
{
	struct fs_node node;
	char buf[64];
	size_t got, i;

	make("tree", "-t ext4");
	image_run("tr '\\0' 'x' < /dev/zero | head -c 8M > junk && "
		  "debugfs -w -R 'write junk junk' made.img && "
		  "debugfs -w -R 'rm junk' made.img && "
		  "debugfs -w -R 'write tree/small.txt pre' made.img && "
		  "debugfs -w -R 'fallocate pre 0 500' made.img && "
		  "debugfs -w -R 'sif pre size 400000' made.img");
	open_made();
	ck_assert_int_eq(fs_find(&image.fs, "/pre", &node, &image.err), 0);
	ck_assert_uint_eq(node.size, 400000);
	ck_assert_int_eq(fs_read(&image.fs, &node, 300000, buf, sizeof(buf),
				 &got, &image.err),
		0);
	for (i = 0; i < got; i++)
		ck_assert_int_eq(buf[i], 0);
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 0, buf, 12, &got, &image.err), 0);
	ck_assert_mem_eq(buf, "hello, world", 12);
	image_close(&image);
}
END_TEST

START_TEST(folds_cases_where_the_directory_does)
{
	struct fs_node node;

	make("tree", "-t ext4 -O casefold -E encoding=utf8");
	image_run("debugfs -w -R 'sif /boot flags 0x40080000' made.img");
	open_made();
	ck_assert_int_eq(
		fs_find(&image.fs, "/boot/VMLinuz", &node, &image.err), 0);
	ck_assert_int_eq(
		fs_find(&image.fs, "/SMALL.TXT", &node, &image.err), -1);
	ck_assert_str_eq(image.err.text, "/SMALL.TXT: no such file");
	image_close(&image);
}
END_TEST

/* Two more bits of the time: mke2fs does not write them, the kernel does. */
START_TEST(knows_times_beyond_2038)
{
	struct fs_node node;

	make("tree", "-t ext4");
	image_run("debugfs -w -R 'sif /empty mtime @5' made.img && "
		  "debugfs -w -R 'sif /empty mtime_extra 1' made.img");
	open_made();
	ck_assert_int_eq(fs_find(&image.fs, "/empty", &node, &image.err), 0);
	ck_assert_int_eq(node.mtime, (INT64_C(1) << 32) + 5);
	image_close(&image);
}
END_TEST

START_TEST(refuses_what_is_encrypted_and_reads_the_rest)
{
	struct fs_node node;
	char buf[12];
	size_t got;

	make("tree", "-t ext4 -O encrypt");
	image_run("debugfs -w -R 'sif /boot/vmlinuz flags 0x80800' made.img; "
		  "debugfs -w -R 'sif /1 flags 0x80800' made.img");
	open_made();
	ck_assert_int_eq(
		fs_find(&image.fs, "/boot/vmlinuz", &node, &image.err), 0);
	ck_assert_int_eq(fs_read(&image.fs, &node, 0, buf, sizeof(buf), &got,
				 &image.err),
		-1);
	ck_assert_int_eq(image.err.code, ERR_UNSUPPORTED);
	ck_assert_msg(strncmp(image.err.text, "is encrypted (inode ", 20) == 0,
		"%s", image.err.text);
	ck_assert_int_eq(fs_find(&image.fs, "/1/2", &node, &image.err), -1);
	ck_assert_msg(
		strncmp(image.err.text,
			"/1/2: the directory is encrypted (inode ", 40) == 0,
		"%s", image.err.text);
	ck_assert_int_eq(
		fs_find(&image.fs, "/small.txt", &node, &image.err), 0);
	ck_assert_int_eq(fs_read(&image.fs, &node, 0, buf, sizeof(buf), &got,
				 &image.err),
		0);
	ck_assert_mem_eq(buf, "hello, world", 12);
	image_close(&image);
}
END_TEST

/* A hole costs nothing, however large. */
START_TEST(maps_a_file_of_16_tib_with_two_blocks)
{
	struct fs_node node;
	int extents;
	uint8_t byte = 1;
	size_t got;

	make("tree", "-t ext4");
	image_run("truncate -s 17592186040320 huge && printf x | "
		  "dd of=huge bs=1 seek=17592186040319 conv=notrunc && "
		  "printf x | dd of=huge bs=1 conv=notrunc && "
		  "debugfs -w -R 'write huge huge' made.img");
	open_made();
	ck_assert_int_eq(fs_find(&image.fs, "/huge", &node, &image.err), 0);
	ck_assert_uint_eq(node.size, 17592186040320);
	extents = image_count_extents(&image, &node);
	ck_assert_int_eq(extents, 3);
	ck_assert_int_eq(fs_read(&image.fs, &node, node.size - 1, &byte, 1,
				 &got, &image.err),
		0);
	ck_assert_int_eq(byte, 'x');
	image_close(&image);
}
END_TEST

/* 2,500 extents in 8 leaves: the inode, the directory and these are read. */
START_TEST(maps_many_extents_for_the_cost_of_reading_their_blocks)
{
	struct fs_node node;
	int extents;

	make("tree", "-t ext4");
	image_open(&image, "made.img");
	ck_assert_int_eq(image_mount(&image, &ext_driver), 0);
	ck_assert_int_eq(
		fs_find(&image.fs, "/fragmented", &node, &image.err), 0);
	image.reads = 0;
	extents = image_count_extents(&image, &node);
	ck_assert_int_eq(extents, 4999);
	ck_assert_uint_le(image.reads, 9);
	image_close(&image);
}
END_TEST

/* All descriptors of this disk are 1 MiB; only those needed are read. */
START_TEST(opens_a_disk_of_2_tib_without_reading_all_descriptors)
{
	struct fs_node node;

	image_run("truncate -s 2T big.img && mke2fs -q -t ext4 -d tree/boot "
		  "-E lazy_itable_init=1,lazy_journal_init=1,nodiscard "
		  "big.img");
	image_open(&image, "big.img");
	ck_assert_int_eq(image_mount(&image, &ext_driver), 0);
	ck_assert_int_eq(fs_find(&image.fs, "/vmlinuz", &node, &image.err), 0);
	ck_assert_uint_le(image.reads, 8);
	image_close(&image);
	image_run("rm big.img");
}
END_TEST

/* The kernel is the judge, where it may be asked: root, and a loop device. */
START_TEST(reads_what_the_kernel_reads)
{
	char host[128];

	make("tree", _i == 0 ? "-t ext4 -b 1024" : "-t ext4");
	if (!image_loop_mount("made.img", "rw")) {
		fputs("ext: not compared with the kernel: cannot mount\n",
			stderr);
		return;
	}
	image_run("cd mnt && for i in $(seq 1 300); do "
		  "head -c 9000 /dev/urandom >> one; head -c 5000 /dev/urandom "
		  ">> two; done; fallocate -l 3M three; fallocate -p -o 100K "
		  "-l 1M two; mkdir new; mv one new; cp -r boot new; "
		  "rm -r 1 many/*7; touch -d 2200-01-01 two; cd .. && "
		  "unmount mnt");
	ck_assert(image_loop_mount("made.img", "ro,noload"));
	snprintf(host, sizeof(host), "%s/mnt", image_directory());
	open_made();
	image_compare(&image, host, NULL, true);
	image_close(&image);
	image_run("unmount mnt && rm made.img");
}
END_TEST

static void setup_tree(void)
{
	image_directory();
	make_tree();
}

int main(void)
{
	Suite *suite = suite_create("ext");
	TCase *tc = tcase_create("ext");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, setup_tree, image_cleanup);
	tcase_add_loop_test(tc, reads_all_that_mke2fs_makes, 0, COUNT(made));
	tcase_add_loop_test(tc, finds_names_by_their_hash, 0, COUNT(indexed));
	tcase_add_test(tc, finds_names_in_a_large_directory_without_an_index);
	tcase_add_test(tc, says_that_an_indexed_name_is_not_there);
	tcase_add_test(tc, skips_names_that_were_deleted);
	tcase_add_test(tc, reads_unwritten_extents_as_zeros);
	tcase_add_test(tc, folds_cases_where_the_directory_does);
	tcase_add_test(tc, knows_times_beyond_2038);
	tcase_add_test(tc, refuses_what_is_encrypted_and_reads_the_rest);
	tcase_add_test(tc, maps_a_file_of_16_tib_with_two_blocks);
	tcase_add_test(
		tc, maps_many_extents_for_the_cost_of_reading_their_blocks);
	tcase_add_test(
		tc, opens_a_disk_of_2_tib_without_reading_all_descriptors);
	tcase_add_loop_test(tc, reads_what_the_kernel_reads, 0, 2);
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
