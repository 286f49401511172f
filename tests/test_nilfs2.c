/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Linux's NILFS2 made of one tree of files is read back and compared;
 * testimages/stored/README says how the images were made.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "src/base/bytes.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define SUPER_AT 1024

static struct image image;

static void open_image(const char *name)
{
	image_open(&image, name);
	ck_assert_msg(
		image_mount(&image, &nilfs2_driver) == 0, "%s", image.err.text);
}

static const struct {
	const char *name;
	const char *label;
} stored[] = {
	{ "nilfs2.img", "a label" },
	{ "nilfs2-1k.img", "" },
};

START_TEST(reads_all_that_linux_wrote)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/tree", image_directory());
	open_image(stored[_i].name);
	ck_assert_str_eq(image.fs.type, "nilfs2");
	ck_assert_str_eq(image.fs.label, stored[_i].label);
	ck_assert_str_eq(image.fs.uuid, "01234567-89ab-cdef-0123-456789abcdef");
	ck_assert_ptr_null(image.fs.notice);
	image_compare(&image, host, ".nilfs", true);
	ck_assert_uint_le(image.arena.used, 128 << 10);
	image_close(&image);
}
END_TEST

START_TEST(reads_at_any_offset)
{
	struct fs_node holes, lines;

	open_image(stored[_i].name);
	image_find(&image, "/odd-hole", &holes);
	image_find(&image, "/lines", &lines);
	image_read_anywhere(&image, &lines, &holes, 9000, 300);
	image_read_anywhere(&image, &holes, &lines, 9000, 300);
	image_close(&image);
}
END_TEST

static int mkfs_time(void)
{
	struct fs_node node;
	int64_t time;

	open_image("nilfs2.img");
	image_find(&image, "/.nilfs", &node);
	time = node.mtime;
	image_close(&image);
	return (int)time;
}

START_TEST(reads_a_partition)
{
	/* mkfs makes it, for its tools */
	image_run("cp -a tree all && touch -d @%d all/.nilfs", mkfs_time());
	image_compare_in_disk("nilfs2.img", &nilfs2_driver, "all");
}
END_TEST

static bool has(const char *path)
{
	struct fs_node node;

	return fs_find(&image.fs, path, &node, &image.err) == 0;
}

static void check_text(const char *path, const char *text)
{
	struct fs_node node;
	char got[16];
	size_t len;

	image_find(&image, path, &node);
	ck_assert_int_eq(fs_read(&image.fs, &node, 0, got, sizeof(got), &len,
				 &image.err),
		0);
	ck_assert_uint_eq(len, strlen(text));
	ck_assert_mem_eq(got, text, len);
}

/* The superblock was written long before. */
START_TEST(finds_what_was_written_last_before_a_crash)
{
	open_image("nilfs2-crash.img");
	ck_assert_ptr_nonnull(image.fs.notice);
	check_text("/last", "last\n");
	check_text("/moved", "after\n");
	ck_assert(!has("/after") && has("/v0") && !has("/v1") && has("/v2"));
	image_close(&image);
}
END_TEST

/* Where the log with the highest checkpoint is, and how long, bytes. */
static uint64_t last_log(uint64_t *len)
{
	uint8_t raw[64];
	uint64_t at, best = 0, highest = 0, number;

	image_open(&image, "nilfs2-crash.img");
	for (at = 2048; at < image.below.size - 4096; at += 2048) {
		ck_assert_int_eq(volume_read(&image.below, at, raw, sizeof(raw),
					 &image.err),
			0);
		number = le64_get(*(const le64 *)(const void *)(raw + 56));
		if (memcmp(raw + 8, "\x11\xfa\xaf\x1e", 4) != 0 ||
			!(raw[14] & 4) || number <= highest)
			continue;
		highest = number;
		best = at;
		*len = le32_get(*(const le32 *)(const void *)(raw + 40)) *
			UINT64_C(2048);
	}
	image_close(&image);
	return best;
}

/* One that was not all written does not count; the one before does. */
START_TEST(goes_back_from_a_log_that_is_torn)
{
	uint64_t len = 0, at = last_log(&len);
	/* of the summary, of the data, of the super root */
	const uint64_t where[] = { at + 20, at + len - 2048 - 5,
		at + len - 2048 + 20 };

	ck_assert_uint_gt(at, 0);
	image_run("cp nilfs2-crash.img made.img");
	image_write("made.img", where[_i], "torn", 4);
	open_image("made.img");
	check_text("/last", "last\n");
	ck_assert(has("/v1"));
	image_close(&image);
}
END_TEST

START_TEST(either_superblock_will_do)
{
	static const uint64_t copy = (32 << 20) - 4096;

	image_run("cp nilfs2.img made.img");
	image_write("made.img", _i == 0 ? SUPER_AT + 100 : copy + 100, "?", 1);
	open_image("made.img");
	check_text("/small.txt", "hello, world");
	image_close(&image);
}
END_TEST

/* One is made over the other: the last one is there, whatever is left. */
static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "true", "nilfs2" },
	{ "mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkfs.fat made.img", "fat16" },
	{ "truncate -s 128M made.img && mkfs.btrfs -q -f made.img", "btrfs" },
	{ "mkfs.minix made.img", "minix" },
};

START_TEST(is_told_apart_from_others)
{
	image_run(
		"cp nilfs2.img made.img && %s >/dev/null", remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

static void setup(void)
{
	int i;

	image_directory();
	image_tree("--few");
	for (i = 0; i < COUNT(stored); i++)
		image_stored(stored[i].name);
	image_stored("nilfs2-crash.img");
}

int main(void)
{
	TCase *tc = tcase_create("nilfs2");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, setup, image_cleanup);
	tcase_add_loop_test(tc, reads_all_that_linux_wrote, 0, COUNT(stored));
	tcase_add_loop_test(tc, reads_at_any_offset, 0, COUNT(stored));
	tcase_add_test(tc, reads_a_partition);
	tcase_add_test(tc, finds_what_was_written_last_before_a_crash);
	tcase_add_loop_test(tc, goes_back_from_a_log_that_is_torn, 0, 3);
	tcase_add_loop_test(tc, either_superblock_will_do, 0, 2);
	tcase_add_loop_test(tc, is_told_apart_from_others, 0, COUNT(remade));
	return run_suite("nilfs2", &tc, 1);
}
