/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Joliet, made by hand, and which of several trees on a volume is read.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/count.h"
#include "tests/support/isoimage.h"
#include "tests/support/runner.h"

static struct isoimage iso;
static struct image image;

#define JOLIET_ROOT 0x20000

/* A name in UCS-2 of a record; ASCII here. */
static void add_joliet(const char *name, uint32_t size)
{
	char units[256] = { 0 };
	size_t i, len = strlen(name);

	for (i = 0; i < len; i++)
		units[2 * i + 1] = name[i];
	isoimage_add(&iso,
		&(struct isoimage_record){
			.name = units, .name_len = 2 * len, .size = size });
}

/* The second tree, in a descriptor with these escapes. */
static void make_joliet(bool rock, const char *escapes)
{
	static const char label[33] = "\0L\0 \0\xfc\x20\xac\0 \0 ";

	isoimage_start(&iso, 2048, rock);
	isoimage_add(
		&iso, &(struct isoimage_record){ .name = "FILE", .size = 1 });
	isoimage_descriptor(&iso, ISOIMAGE_SECOND, 2, JOLIET_ROOT, 2048);
	memcpy(iso.data + ISOIMAGE_SECOND + 88, escapes, strlen(escapes));
	memcpy(iso.data + ISOIMAGE_SECOND + 40, label, 32);
	memcpy(iso.data + ISOIMAGE_SECOND + 830, "2022", 4);
	isoimage_directory(&iso, JOLIET_ROOT, 2048, JOLIET_ROOT);
	add_joliet("Joliet File;1", 2);
}

static const char *const levels[] = { "%/@", "%/C", "%/E" };

START_TEST(reads_joliet_of_each_level)
{
	make_joliet(false, levels[_i]);
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/Joliet File", 2);
	isoimage_has_not(&image, "/file");
	ck_assert_str_eq(image.fs.label, "L \xc3\xbc\xe2\x82\xac");
	ck_assert_str_eq(image.fs.uuid, "2022-02-03-04-05-06-07");
	image_close(&image);
}
END_TEST

START_TEST(prefers_rock_ridge_to_joliet)
{
	make_joliet(true, "%/E");
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/file", 1);
	isoimage_has_not(&image, "/Joliet File");
	ck_assert_str_eq(image.fs.label, "LABEL");
	ck_assert_str_eq(image.fs.uuid, "2021-02-03-04-05-06-07");
	image_close(&image);
}
END_TEST

static const char *const strange[] = { "", "%/B", "%/", "%-E" };

START_TEST(leaves_other_second_trees_alone)
{
	make_joliet(false, strange[_i]);
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/file", 1);
	ck_assert_str_eq(image.fs.label, "LABEL");
	image_close(&image);
}
END_TEST

START_TEST(looks_names_of_joliet_up_without_case)
{
	struct fs_node node;

	make_joliet(false, "%/E");
	add_joliet("Kernel", 3);
	add_joliet("KERNEL", 4);
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/JOLIET FILE", 2);
	isoimage_has(&image, "/kernel", 3);
	isoimage_has(&image, "/KERNEL", 4);
	isoimage_has(&image, "/Kernel", 3);
	isoimage_has_not(&image, "/Kerne");
	image_find(&image, "/", &node);
	image_close(&image);
}
END_TEST

/* 110 units of 3 bytes are more than a name can have; 85 are all of it. */
START_TEST(knows_names_of_joliet_in_any_script)
{
	char units[170], name[256];
	int i;

	make_joliet(false, "%/E");
	isoimage_add(&iso,
		&(struct isoimage_record){ .name = "\xd8\x3d\xde\0\0a",
			.name_len = 6,
			.size = 6 });
	for (i = 0; i < 85; i++) {
		units[2 * i] = 0x20;
		units[2 * i + 1] = (char)0xac;
		memcpy(name + 3 * i, "\xe2\x82\xac", 4);
	}
	isoimage_add(&iso,
		&(struct isoimage_record){
			.name = units, .name_len = 170, .size = 7 });
	isoimage_mount(&iso, &image);
	isoimage_has(&image,
		"/\xf0\x9f\x98\x80"
		"a",
		6);
	isoimage_has(&image, name, 7);
	image_close(&image);
}
END_TEST

/* No UTF-16: a name that cannot be shown, and nobody can ask for. */
START_TEST(has_no_names_of_broken_joliet)
{
	isoimage_start(&iso, 2048, false);
	isoimage_descriptor(&iso, ISOIMAGE_SECOND, 2, JOLIET_ROOT, 2048);
	memcpy(iso.data + ISOIMAGE_SECOND + 88, "%/E", 3);
	memcpy(iso.data + ISOIMAGE_SECOND + 40, "\xdc\0\0A", 4);
	isoimage_directory(&iso, JOLIET_ROOT, 2048, JOLIET_ROOT);
	isoimage_add(&iso,
		&(struct isoimage_record){ .name = "\xdc\0", .name_len = 2 });
	isoimage_add(&iso,
		&(struct isoimage_record){ .name = "\0a\0/", .name_len = 4 });
	isoimage_add(&iso,
		&(struct isoimage_record){ .name = "\0a\0", .name_len = 3 });
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/a", 0);
	ck_assert_str_eq(image.fs.label, "");
	ck_assert_int_eq(image_list(&image, &image.fs.root), -1);
	ck_assert_str_eq(image.err.text,
		"directory record at 0x20044: has no name that can be one");
	image_close(&image);
}
END_TEST

START_TEST(takes_the_size_of_blocks_from_the_primary_descriptor)
{
	make_joliet(false, "%/E");
	isoimage_both16(iso.data + ISOIMAGE_SECOND + 128, 3000);
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/Joliet File", 2);
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("iso9660_joliet");

	tcase_add_unchecked_fixture(tc, isoimage_setup, image_cleanup);
	tcase_add_loop_test(tc, reads_joliet_of_each_level, 0, COUNT(levels));
	tcase_add_test(tc, prefers_rock_ridge_to_joliet);
	tcase_add_loop_test(
		tc, leaves_other_second_trees_alone, 0, COUNT(strange));
	tcase_add_test(tc, looks_names_of_joliet_up_without_case);
	tcase_add_test(tc, knows_names_of_joliet_in_any_script);
	tcase_add_test(tc, has_no_names_of_broken_joliet);
	tcase_add_test(
		tc, takes_the_size_of_blocks_from_the_primary_descriptor);
	return run_suite("iso9660_joliet", &tc, 1);
}
