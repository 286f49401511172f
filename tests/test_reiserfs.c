/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Linux's ReiserFS made of one tree of files is read back and compared;
 * testimages/stored/README says how.  What is broken is in
 * test_reiserfs_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define UUID "4c8e0f5e-7a43-4c5b-8f52-51a1f0d0c0de"

static struct image image;

static void open_image(const char *name)
{
	image_must_mount(&image, name, &reiserfs_driver);
}

static void compare(const char *name, const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_image(name);
	ck_assert_ptr_null(image.fs.notice);
	image_compare(&image, host, ".reiserfs_priv", true);
	image_close(&image);
}

/* Blocks of each size, each hash, both versions; trees two to four high. */
static const struct {
	const char *name;
	const char *label;
	const char *uuid; /* NULL: whatever mkfs thought of */
	bool small;       /* the target of a link has to fit into a block */
} stored[] = {
	{ "reiserfs-36.img", "reiser-36", UUID, false },
	{ "reiserfs-36-512.img", "", NULL, true },
	{ "reiserfs-36-1k.img", "reiser-1k", UUID, true },
	{ "reiserfs-35.img", "", "", false },
};

START_TEST(reads_all_that_linux_wrote)
{
	image_stored(stored[_i].name);
	open_image(stored[_i].name);
	ck_assert_str_eq(image.fs.type, "reiserfs");
	ck_assert_str_eq(image.fs.label, stored[_i].label);
	if (stored[_i].uuid)
		ck_assert_str_eq(image.fs.uuid, stored[_i].uuid);
	image_close(&image);
	if (stored[_i].small)
		image_run("rm tree/longlink");
	compare(stored[_i].name, "tree");
}
END_TEST

/* Saved while it was mounted, after a second mount had changed this much. */
START_TEST(replays_the_journal_in_memory)
{
	image_run("cd tree && mkdir new && cp -a lines new && "
		  "echo journalled >new/tiny && rm size-59 && "
		  "ln -s tiny new/link && mv boot moved && "
		  "touch -d @1700000002 new/tiny");
	image_stored("reiserfs-crash.img");
	compare("reiserfs-crash.img", "tree");
	image_run("rm -r tree");
}
END_TEST

/* Saved in its first mount, before the journal had a header. */
START_TEST(replays_a_journal_without_a_header)
{
	image_run(
		"mkdir young && mv tree/boot young && echo young >young/tiny && "
		"touch -d @1700000002 young/tiny");
	image_stored("reiserfs-young.img");
	compare("reiserfs-young.img", "young");
}
END_TEST

/* Overwrite what begins every description of a transaction. */
static void forget_journal(const char *name)
{
	image_run("python3 -c 'import re\n"
		  "with open(\"%s\", \"r+b\") as f:\n"
		  "    data = f.read()\n"
		  "    for m in re.finditer(b\"ReIsErLB\", data):\n"
		  "        f.seek(m.start()); f.write(b\"FORGET!!\")'",
		name);
}

/* And so the tests above can fail. */
START_TEST(sees_an_older_state_without_the_journal)
{
	struct fs_node node;

	image_stored("reiserfs-young.img");
	forget_journal("reiserfs-young.img");
	open_image("reiserfs-young.img");
	ck_assert_int_eq(fs_find(&image.fs, "/tiny", &node, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	image_close(&image);
}
END_TEST

/* Before 3.5.10 and Linux 2.4 the superblock was at 8 KiB. */
START_TEST(finds_the_superblock_of_old)
{
	image_stored("reiserfs-35.img");
	image_run("dd if=reiserfs-35.img of=old.img bs=1 count=4096 "
		  "skip=65536 && dd if=old.img of=reiserfs-35.img bs=4096 "
		  "seek=2 conv=notrunc && dd if=/dev/zero of=reiserfs-35.img "
		  "bs=4096 seek=16 count=1 conv=notrunc && rm old.img");
	compare("reiserfs-35.img", "tree");
}
END_TEST

START_TEST(maps_neighbours_as_one)
{
	struct fs_node node;
	int extents;

	image_stored("reiserfs-36.img");
	open_image("reiserfs-36.img");
	image_find(&image, "/boot/initrd.img", &node);
	extents = image_count_extents(&image, &node);
	ck_assert_int_ge(extents, 1);
	ck_assert_int_le(extents, 4);
	image_close(&image);
}
END_TEST

START_TEST(reads_at_any_offset)
{
	struct fs_node holes, lines;

	image_stored("reiserfs-36-1k.img");
	open_image("reiserfs-36-1k.img");
	image_find(&image, "/odd-hole", &holes);
	image_find(&image, "/lines", &lines);
	image_read_anywhere(&image, &lines, &holes, 9000, 300);
	image_read_anywhere(&image, &holes, &lines, 9000, 300);
	image_close(&image);
}
END_TEST

START_TEST(stays_small)
{
	struct fs_node node;

	image_stored("reiserfs-crash.img");
	open_image("reiserfs-crash.img");
	image_find(&image, "/new/lines", &node);
	ck_assert_int_eq(image_map(&image, &node), 0);
	ck_assert_int_eq(image_list(&image, &image.fs.root), 0);
	ck_assert_uint_le(image.arena.used, 128 << 10);
	ck_assert_uint_le(image.bytes, 512 << 10);
	image_close(&image);
}
END_TEST

START_TEST(reads_a_partition)
{
	image_stored("reiserfs-35.img");
	/* Linux made it */
	image_run("mkdir tree/.reiserfs_priv");
	image_compare_in_disk("reiserfs-35.img", &reiserfs_driver, "tree");
}
END_TEST

/* One is made over the other: the last one is there, whatever is left. */
static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "true", "reiserfs" },
	{ "mke2fs -q -F -t ext4 young.img", "ext4" },
};

START_TEST(is_told_apart_from_others)
{
	image_stored("reiserfs-young.img");
	image_run("mv reiserfs-young.img young.img && %s", remade[_i].commands);
	image_is_taken_for("young.img", fs_drivers, remade[_i].type);
}
END_TEST

static void setup(void)
{
	image_directory();
}

static void setup_tree(void)
{
	image_run("rm -rf tree");
	image_tree("");
}

int main(void)
{
	Suite *suite = suite_create("reiserfs");
	TCase *trees = tcase_create("trees"), *others = tcase_create("others");
	SRunner *runner;
	int failed;

	tcase_set_timeout(trees, 120);
	tcase_add_unchecked_fixture(trees, setup, NULL);
	tcase_add_checked_fixture(trees, setup_tree, NULL);
	tcase_add_loop_test(
		trees, reads_all_that_linux_wrote, 0, COUNT(stored));
	tcase_add_test(trees, replays_the_journal_in_memory);
	tcase_add_test(trees, replays_a_journal_without_a_header);
	tcase_add_test(trees, finds_the_superblock_of_old);
	tcase_add_test(trees, reads_a_partition);
	suite_add_tcase(suite, trees);

	tcase_set_timeout(others, 120);
	tcase_add_unchecked_fixture(others, setup, image_cleanup);
	tcase_add_test(others, sees_an_older_state_without_the_journal);
	tcase_add_test(others, maps_neighbours_as_one);
	tcase_add_test(others, reads_at_any_offset);
	tcase_add_test(others, stays_small);
	tcase_add_loop_test(
		others, is_told_apart_from_others, 0, COUNT(remade));
	suite_add_tcase(suite, others);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
