/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mkfs.xfs makes of one tree of files, with every feature it knows, and
 * what the kernel makes where it can be asked, is read back and compared.  What
 * is broken is in test_xfs_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define LABEL "a root disk!" /* all the 12 bytes */
#define UUID "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

static struct image image;

static void make_tree(void)
{
	/*
	 * mkfs.xfs 6.1 makes long links that the kernel cannot read: they are
	 * in the stored images.  Odd names are those that a prototype can hold.
	 */
	image_tree("--no-odd-names");
	image_run(
		"cd tree && rm longlink && mkfifo fifo && mkdir some && cd some && "
		"seq -f 'name-%%.0f' 90 | xargs touch && cd .. && "
		"mkdir long && cd long && seq -f '%%0255.0f' 150 | "
		"xargs touch && cd .. && echo x >gr\xc3\xbc\xc3\x9f"
		"e-\xe6\x97\xa5 && touch 1x0");
	image_run(TESTIMAGES "/xfs_proto.py tree >proto");
}

static void make(const char *options)
{
	image_run(
		"{ umount mnt 2>/dev/null || :; } && rm -f made.img && truncate -s 2G made.img && "
		"mkfs.xfs -q -p proto -L '%s' %s made.img",
		LABEL, options);
}

static void open_made(void)
{
	image_must_mount(&image, "made.img", &xfs_driver);
}

static void compare_made(const char *tree, bool times)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_made();
	image_compare(&image, host, NULL, times);
	image_close(&image);
}

/* Options of mkfs.xfs */
static const char *const made[] = {
	"",
	"-b size=1024",
	"-b size=2048 -i size=1024",
	"-b size=65536",
	"-n size=65536",
	"-b size=1024 -n size=65536",
	"-s size=4096",
	"-i nrext64=1",
	"-i nrext64=1 -b size=1024",
	"-i sparse=0 -m finobt=0,reflink=0,rmapbt=0,inobtcount=0,bigtime=0",
	"-d agcount=17",
	"-d agsize=80m -i maxpct=100",
	"-n version=ci",
	"-m crc=0",
	"-m crc=0 -n ftype=0",
	"-m crc=0 -b size=512",
	"-m crc=0 -b size=512 -n ftype=0,size=16384 -i size=256",
	"-m crc=0 -b size=512 -n size=65536",
	"-m crc=0 -b size=65536 -i size=2048",
	"-m crc=0 -n version=ci -l version=1 -i attr=1,projid32bit=0",
	"-m crc=0 -i size=256 -s size=4096 -b size=4096 -l lazy-count=0",
	"-l size=100m,sunit=512",
	"-l internal,agnum=1",
};

START_TEST(reads_all_that_mkfs_makes)
{
	make(made[_i]);
	open_made();
	ck_assert_str_eq(image.fs.type, "xfs");
	ck_assert_str_eq(image.fs.label, LABEL);
	ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
	image_close(&image);
	compare_made("tree", false);
}
END_TEST

START_TEST(is_known_by_its_uuid)
{
	make("-m uuid=" UUID);
	open_made();
	ck_assert_str_eq(image.fs.uuid, UUID);
	image_close(&image);
	image_is_taken_for("made.img", fs_drivers, "xfs");
}
END_TEST

/* Its metadata go on having the one that mkfs gave them. */
START_TEST(is_known_by_its_new_uuid)
{
	make("");
	image_run("xfs_db -x -c 'uuid " UUID "' made.img");
	open_made();
	ck_assert_str_eq(image.fs.uuid, UUID);
	image_close(&image);
	compare_made("tree", false);
}
END_TEST

START_TEST(folds_cases_where_mkfs_was_told_so)
{
	static const char *const options[] = { "-n version=ci",
		"-m crc=0 -n version=ci", "" };
	static const char *const paths[] = { "/BOOT/VMLINUZ", "/Some/Name-7",
		"/Many/FILE0099", "/SMALL.txt" };
	struct fs_node node;
	int i;

	make(options[_i]);
	open_made();
	for (i = 0; i < COUNT(paths); i++)
		ck_assert_int_eq(
			fs_find(&image.fs, paths[i], &node, &image.err),
			_i == 2 ? -1 : 0);
	image_close(&image);
}
END_TEST

START_TEST(says_that_an_indexed_name_is_not_there)
{
	struct fs_node node;
	char path[64];
	int i;

	make(_i == 0 ? "" : "-b size=1024");
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

/* By the index: its root, a leaf, blocks with names of that hash; not all 18 */
START_TEST(finds_a_name_in_a_large_directory_with_few_reads)
{
	struct fs_node node;

	make("");
	open_made();
	image.bytes = 0;
	image_find(&image, "/many/file1500", &node);
	ck_assert_uint_le(image.bytes, 8 * 4096);
	image_close(&image);
}
END_TEST

START_TEST(refuses_what_lies_on_a_realtime_device)
{
	struct fs_node node;

	make("");
	image_run("xfs_db -x -c 'path /lines' -c 'write core.realtime 1' "
		  "made.img");
	open_made();
	image_find(&image, "/lines", &node);
	ck_assert_int_eq(image_map(&image, &node), -1);
	ck_assert_int_eq(image.err.code, ERR_UNSUPPORTED);
	ck_assert_int_eq(image_read_all(&image, &node, 4096), -1);
	ck_assert_int_eq(strncmp(image.err.text,
				 "lies on the realtime device (inode ", 35),
		0);
	image_close(&image);
}
END_TEST

START_TEST(says_that_a_log_elsewhere_was_not_looked_at)
{
	image_run("truncate -s 100M log.img");
	make("-l logdev=log.img,size=90m");
	open_made();
	ck_assert_str_eq(image.fs.notice,
		"the log is on another disk: if it was not replayed, files "
		"changed last may be missing or old");
	image_close(&image);
	compare_made("tree", false);
}
END_TEST

/*
 * What only the kernel makes: trees of extents of one level and of two,
 * directories of many extents, and so on.
 */
static const struct {
	const char *name;
	unsigned int block_size;
} stored[] = {
	{ "xfs-1k.img", 1024 },
	{ "xfs-4k.img", 4096 },
	{ "xfs-v4.img", 512 },
};

START_TEST(reads_what_the_kernel_made)
{
	image_stored(stored[_i].name);
	image_run("mv %s made.img && rm -rf filled && " TESTIMAGES
		  "/xfs_fill.sh filled 2500 %u",
		stored[_i].name, stored[_i].block_size);
	compare_made("filled", true);
	image_compare_in_disk("made.img", &xfs_driver, "filled");
}
END_TEST

/* The kernel is the judge, where it may be asked: root, and a loop device. */
static const struct {
	const char *options;
	unsigned int block_size;
} mounted[] = {
	{ "", 4096 },
	{ "-b size=1024 -i nrext64=1", 1024 },
	{ "-m crc=0 -b size=512", 512 },
	{ "-m bigtime=0 -n size=16384", 4096 },
};

START_TEST(reads_what_the_kernel_reads)
{
	char host[128];

	make(mounted[_i].options);
	if (!image_loop_mount("made.img", "rw")) {
		fputs("xfs: not compared with the kernel: cannot mount\n",
			stderr);
		return;
	}
	image_run("cp -a --sparse=always tree mnt/copy && "
		  "touch -d 1950-01-02 mnt/copy/empty && "
		  "rm -r mnt/copy/many/*7 mnt/copy/1 mnt/long && " TESTIMAGES
		  "/xfs_fill.sh mnt/filled 2500 %u && unmount mnt",
		mounted[_i].block_size);
	ck_assert(image_loop_mount("made.img", "ro"));
	snprintf(host, sizeof(host), "%s/mnt", image_directory());
	open_made();
	ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
	image_compare(&image, host, NULL, true);
	image_close(&image);
	image_run("unmount mnt");
}
END_TEST

/*
 * The log of a small file system is full after a few of these rounds, and goes
 * on at its start.
 */
START_TEST(knows_a_clean_log_and_one_that_is_not)
{
	int round;

	image_run("rm -f made.img && truncate -s 64M made.img && QA_CHECK_FS=1 "
		  "TEST_DIR=x TEST_DEV=x mkfs.xfs -q made.img");
	for (round = 0; round <= 6; round++) {
		if (!image_loop_mount(
			    "made.img", round % 2 ? "logbsize=256k" : "rw")) {
			fputs("xfs: no logs of the kernel: cannot mount\n",
				stderr);
			return;
		}
		image_run(
			"cd mnt && for i in 1 2 3 4; do seq -f "
			"\"a-name-$i-%%g\" 900 | xargs touch && xfs_io -c "
			"fsync . && rm a-name*; done; cd .. && %s unmount mnt",
			round == 6 ? "xfs_io -x -c 'shutdown -f' mnt &&" : "");
		open_made();
		ck_assert_msg(!image.fs.notice, "%s", image.fs.notice);
		ck_assert_msg(
			(round == 6) == image.fs.dirty, "round %d", round);
		image_close(&image);
	}
}
END_TEST

/* A file that was cloned, and its clone: saved_locate() asks for this. */
START_TEST(knows_files_that_may_share_their_blocks)
{
	struct fs_node node;

	image_stored("xfs-4k.img");
	image_open(&image, "xfs-4k.img");
	ck_assert_int_eq(image_mount(&image, &xfs_driver), 0);
	image_find(&image, "/original", &node);
	ck_assert(node.shared);
	image_find(&image, "/shared", &node);
	ck_assert(node.shared);
	image_find(&image, "/beyond", &node);
	ck_assert(!node.shared);
	image_close(&image);
}
END_TEST

/* A comparison that failed has left the image mounted. */
static void teardown_tree(void)
{
	image_run("umount mnt 2>/dev/null || :");
	image_cleanup();
}

static void setup_tree(void)
{
	image_directory();
	make_tree();
}

int main(void)
{
	TCase *tc = tcase_create("xfs");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, setup_tree, teardown_tree);
	tcase_add_loop_test(tc, reads_all_that_mkfs_makes, 0, COUNT(made));
	tcase_add_test(tc, is_known_by_its_uuid);
	tcase_add_test(tc, is_known_by_its_new_uuid);
	tcase_add_loop_test(tc, folds_cases_where_mkfs_was_told_so, 0, 3);
	tcase_add_loop_test(tc, says_that_an_indexed_name_is_not_there, 0, 2);
	tcase_add_test(tc, finds_a_name_in_a_large_directory_with_few_reads);
	tcase_add_test(tc, refuses_what_lies_on_a_realtime_device);
	tcase_add_test(tc, says_that_a_log_elsewhere_was_not_looked_at);
	tcase_add_loop_test(tc, reads_what_the_kernel_made, 0, COUNT(stored));
	tcase_add_loop_test(tc, reads_what_the_kernel_reads, 0, COUNT(mounted));
	tcase_add_test(tc, knows_a_clean_log_and_one_that_is_not);
	tcase_add_test(tc, knows_files_that_may_share_their_blocks);
	return run_suite("xfs", &tc, 1);
}
