/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * FAT file systems that are broken, cut short or hostile, and what is none.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/fat.h"
#include "tests/support/count.h"
#include "tests/support/fatimage.h"

static struct image image;

/* Bytes to overwrite, from the start of the image or of a path's entry. */
static const struct broken_bytes {
	int kind;
	const char *entry; /* NULL: the boot sector */
	struct {
		unsigned int at;
		unsigned int len;
		const char *bytes;
	} patch[3];
	const char *path; /* what is then asked for */
	const char *text; /* the answer */
} broken_bytes[] = {
	{ FAT16, NULL, { { 19, 2, "\x28\0" } }, "/file",
		"fat: boot sector: 40 sectors have no room for a cluster "
		"behind 97" },
	{ FAT16, NULL, { { 19, 2, "\x64\0" } }, "/file",
		"fat: boot sector: 100 sectors have no room for a cluster "
		"behind 97" },
	{ FAT16, NULL, { { 16, 1, "\xff" }, { 22, 2, "\xff\xff" } }, "/file",
		"fat: boot sector: 32768 sectors have no room for a cluster "
		"behind 16711458" },
	{ FAT16, NULL,
		{ { 19, 2, "\0\0" }, { 22, 2, "\xff\xff" },
			{ 32, 4, "\0\0\0\x10" } },
		"/file",
		"fat: boot sector: 16776958 clusters, FAT16 has at most "
		"65524" },
	{ FAT32, NULL,
		{ { 13, 1, "\x01" }, { 32, 4, "\xff\xff\xff\xff" },
			{ 36, 4, "\0\0\0\x10" } },
		"/file",
		"fat: boot sector: 3758096351 clusters, FAT32 has at most "
		"268435444" },
	{ FAT32, NULL, { { 40, 1, "\x82" } }, "/file",
		"fat: boot sector: allocation table 3 of 2 is the one in "
		"use" },
	{ FAT32, NULL, { { 44, 4, "\0\0\0\0" } }, "/file",
		"fat32: root directory: begins at cluster 0, which does not "
		"exist" },
	{ FAT32, NULL, { { 44, 4, "\xff\xff\xff\xff" } }, "/file",
		"fat32: root directory: begins at cluster 4294967295, which "
		"does not exist" },
	{ FAT16, "/file", { { 26, 2, "\0\0" } }, "/file",
		"begins at cluster 0, which does not exist" },
	{ FAT12, "/file", { { 26, 2, "\x01\0" } }, "/file",
		"begins at cluster 1, which does not exist" },
	{ FAT16, "/file", { { 26, 2, "\xf8\xff" } }, "/file",
		"begins at cluster 65528, which does not exist" },
	{ FAT32, "/file", { { 20, 2, "\xff\x0f" } }, "/file",
		"begins at cluster 268369923, which does not exist" },
	{ FAT16, "/file", { { 28, 4, "\x01\x50\0\0" } }, "/file",
		"its chain has 10 clusters, too few for 20481 bytes" },
	{ FAT32, "/file", { { 28, 4, "\xff\xff\xff\xff" } }, "/file",
		"its chain has 40 clusters, too few for 4294967295 bytes" },
	{ FAT16, "/dir", { { 26, 2, "\0\0" } }, "/dir/below",
		"/dir/below: begins at cluster 0, which does not exist" },
	{ FAT16, "/dir", { { 26, 2, "\0\0" } }, "/dir",
		"begins at cluster 0, which does not exist" },
	{ FAT16, "/dir", { { 11, 1, "\0" } }, "/dir/below",
		"/dir/below: not a directory" },
};

START_TEST(says_what_is_broken)
{
	const struct broken_bytes *how = &broken_bytes[_i];
	uint64_t at;
	int i;

	fatimage_take(how->kind);
	at = how->entry ? fatimage_entry_of(how->entry) : 0;
	for (i = 0; i < 3 && how->patch[i].len > 0; i++)
		fatimage_patch(at + how->patch[i].at, how->patch[i].bytes,
			how->patch[i].len);
	image_open(&image, "made.img");
	ck_assert_msg(image_use(&image, &fat_driver, how->path) < 0, "%s: read",
		how->path);
	ck_assert_str_eq(image.err.text, how->text);
	ck_assert_int_eq(image.err.code,
		strstr(how->text, "not a dir") ? ERR_NOT_FOUND : ERR_CORRUPT);
	image_close(&image);
}
END_TEST

/* A directory whose clusters are full of deleted names. */
static void make_long_directory(uint32_t clusters, uint32_t behind)
{
	static uint8_t names[1025 * 2048];
	uint8_t entry[2] = { 1000 & 0xff, 1000 >> 8 };
	uint16_t table[1025];
	uint32_t i;

	fatimage_take(FAT16);
	memset(names, 0xe5, sizeof(names));
	for (i = 0; i < clusters; i++)
		table[i] = (uint16_t)(1001 + i);
	table[clusters - 1] = (uint16_t)behind;
	fatimage_patch(fatimage_entry_of("/dir") + 26, entry, 2);
	fatimage_patch(512 + 1000 * 2, table, clusters * 2);
	fatimage_patch(97 * 512 + 998 * 2048, names, clusters * 2048);
}

static const struct {
	uint32_t clusters;
	uint32_t behind; /* the last one */
	enum error_code code;
	const char *text;
} long_directories[] = {
	{ 1, 0xffff, ERR_NOT_FOUND, "/dir/below: no such file" },
	{ 1024, 0xffff, ERR_NOT_FOUND, "/dir/below: no such file" },
	{ 1025, 0xffff, ERR_LIMIT,
		"/dir/below: a directory of more than 2097152 bytes" },
	{ 1, 1000, ERR_CORRUPT,
		"/dir/below: the chain of clusters comes back to cluster "
		"1000" },
	{ 30, 1007, ERR_CORRUPT,
		"/dir/below: the chain of clusters comes back to cluster "
		"1007" },
	{ 2, 0, ERR_CORRUPT, "/dir/below: cluster 1001 is marked as free" },
	{ 2, 9999, ERR_CORRUPT,
		"/dir/below: cluster 1001 leads to 9999, which does not "
		"exist" },
};

START_TEST(ends_a_directory_of_deleted_names)
{
	make_long_directory(
		long_directories[_i].clusters, long_directories[_i].behind);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &fat_driver, "/dir/below"), -1);
	ck_assert_str_eq(image.err.text, long_directories[_i].text);
	ck_assert_int_eq(image.err.code, long_directories[_i].code);
	image_close(&image);
}
END_TEST

/* /dir/sub is /dir again: a path may go round, the walk has its limit. */
START_TEST(walks_in_a_directory_that_contains_itself)
{
	struct fs_node node;
	char path[1024] = "/dir";
	uint8_t cluster[2];
	int i;

	fatimage_take(FAT16);
	fatimage_open(&image);
	image_find(&image, "/dir", &node);
	image_close(&image);
	cluster[0] = (uint8_t)node.aux[0];
	cluster[1] = (uint8_t)(node.aux[0] >> 8);
	fatimage_patch(fatimage_entry_of("/dir/sub") + 26, cluster, 2);
	fatimage_open(&image);
	image_find(&image, "/dir/sub/sub/sub/below", &node);
	for (i = 0; i < 128; i++)
		strcat(path, "/sub");
	ck_assert_int_eq(fs_find(&image.fs, path, &node, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_LIMIT);
	image_close(&image);
}
END_TEST

/* Bytes of a sound boot sector changed: is it still taken for one? */
static const struct {
	struct {
		unsigned int at;
		unsigned int len;
		const char *bytes;
	} patch[2];
	int ours;
} sectors[] = {
	{ { { 0, 1, "\xeb" } }, 1 },
	{ { { 0, 1, "\xe9" } }, 1 },
	{ { { 0, 1, "\0" } }, 1 }, /* by its type */
	{ { { 0, 1, "\0" }, { 54, 3, "MBR" } }, 0 },
	{ { { 11, 2, "\0\0" } }, 0 },
	{ { { 11, 2, "\0\x01" } }, 0 },
	{ { { 11, 2, "\x01\x02" } }, 0 },
	{ { { 11, 2, "\0\x10" } }, 1 },
	{ { { 11, 2, "\0\x20" } }, 0 },
	{ { { 13, 1, "\0" } }, 0 },
	{ { { 13, 1, "\x03" } }, 0 },
	{ { { 13, 1, "\x80" } }, 1 },
	{ { { 14, 2, "\0\0" } }, 0 },
	{ { { 16, 1, "\0" } }, 0 },
	{ { { 16, 1, "\x01" } }, 1 },
	{ { { 19, 2, "\0\0" } }, 0 },
	{ { { 19, 2, "\x01\0" } }, 0 },
	{ { { 21, 1, "\xef" } }, 0 },
	{ { { 21, 1, "\xf0" } }, 1 },
	{ { { 22, 2, "\0\0" }, { 36, 4, "\0\0\0\0" } }, 0 },
	/* as NTFS, exFAT and GRUB in an MBR have it */
	{ { { 3, 8, "NTFS    " }, { 14, 10, "\0\0\0\0\0\0\0\xf8\0\0" } }, 0 },
	{ { { 3, 8, "EXFAT   " },
		  { 11, 53,
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0" } },
		0 },
	{ { { 0, 3, "\xeb\x63\x90" },
		  { 3, 61,
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			  "\0\0\0\0\0\0\0\0\0" } },
		0 },
};

START_TEST(knows_its_boot_sector)
{
	int i;

	fatimage_take(FAT16);
	for (i = 0; i < 2 && sectors[_i].patch[i].len > 0; i++)
		fatimage_patch(sectors[_i].patch[i].at,
			sectors[_i].patch[i].bytes, sectors[_i].patch[i].len);
	image_open(&image, "made.img");
	ck_assert_int_eq(
		fat_driver.probe(&image.vol, &image.err), sectors[_i].ours);
	image_close(&image);
}
END_TEST

START_TEST(checks_again_what_it_reads_again)
{
	fatimage_take(FAT16);
	image_open(&image, "made.img");
	image.patch = (struct image_patch){ 16, 0 }; /* no tables */
	image.patched = true;
	image.steady = 1;
	ck_assert_int_eq(image_use(&image, &fat_driver, "/file"), -1);
	ck_assert_str_eq(
		image.err.text, "fat: boot sector: changed while it was read");
	image_close(&image);
}
END_TEST

/* Where the disk ends, and what cannot be read then. */
static const struct {
	uint64_t size;
	const char *text;
} cuts[] = {
	{ 89, "no known file system" },
	{ 90,
		"fat16: root directory: 4096 bytes at 0x8200 lie beyond the "
		"volume's end (0x5a)" },
	{ 65 * 512 + 4095,
		"fat16: root directory: 4096 bytes at 0x8200 lie "
		"beyond the volume's end (0x91ff)" },
	{ 97 * 512 + 2048,
		"20000 bytes at 0xc200 lie beyond the volume's end "
		"(0xca00)" },
};

START_TEST(says_where_a_disk_that_was_cut_off_ends)
{
	fatimage_take(FAT16);
	image_open(&image, "made.img");
	image.vol.size = cuts[_i].size;
	ck_assert_int_eq(image_use(&image, &fat_driver, "/file"), -1);
	ck_assert_str_eq(image.err.text, cuts[_i].text);
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/", "/file", "/FILE", "/dir/below",
	"/absent" };

START_TEST(survives_any_length)
{
	uint64_t size;

	fatimage_take(_i);
	image_open(&image, "made.img");
	for (size = 0; size < (2 << 20); size += size < 4096 ? 7 : 2003) {
		image.vol.size = size;
		image_survive(&image, &fat_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	fatimage_take(_i);
	image_open(&image, "made.img");
	image_survive_changes(
		&image, &fat_driver, paths, COUNT(paths), 0, 100, 3 << 19);
	image_close(&image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fat_faults");
	TCase *tc = tcase_create("fat_faults");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, fatimage_make_three, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken_bytes));
	tcase_add_loop_test(tc, ends_a_directory_of_deleted_names, 0,
		COUNT(long_directories));
	tcase_add_test(tc, walks_in_a_directory_that_contains_itself);
	tcase_add_loop_test(tc, knows_its_boot_sector, 0, COUNT(sectors));
	tcase_add_test(tc, checks_again_what_it_reads_again);
	tcase_add_loop_test(
		tc, says_where_a_disk_that_was_cut_off_ends, 0, COUNT(cuts));
	tcase_add_loop_test(tc, survives_any_length, 0, 3);
	tcase_add_loop_test(tc, survives_a_changed_byte, 0, 3);
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
