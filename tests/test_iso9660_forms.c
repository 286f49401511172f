/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is valid in ISO 9660, Rock Ridge and Joliet and neither xorriso nor
 * genisoimage write, or not on request: made by hand.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/count.h"
#include "tests/support/isoimage.h"
#include "tests/support/runner.h"

#define MIDNIGHT 1699999200 /* the records' date: 2023-11-14 22:00:00 */

static struct isoimage iso;
static struct image image;

/* len bytes from off in the file are the noise at that place. */
static void has_noise(
	const struct fs_node *node, uint64_t off, size_t len, size_t place)
{
	static uint8_t buf[65536];
	size_t got, i;

	ck_assert_uint_le(len, sizeof(buf));
	ck_assert_msg(
		fs_read(&image.fs, node, off, buf, len, &got, &image.err) == 0,
		"%s", image.err.text);
	ck_assert_uint_eq(got, len);
	for (i = 0; i < len; i++)
		ck_assert_msg(buf[i] == isoimage_noise(place + i),
			"byte %lu differs", (unsigned long)(off + i));
}

static const uint32_t block_sizes[] = { 512, 1024, 2048, 4096 };

/* Records fill sectors, which are as large as blocks if these are larger. */
START_TEST(knows_each_size_of_blocks)
{
	char name[8];
	struct fs_node node;
	int i;

	isoimage_start(&iso, block_sizes[_i], false);
	for (i = 0; i < 300; i++) {
		uint32_t sector = block_sizes[_i] == 4096 ? 4096 : 2048;

		snprintf(name, sizeof(name), "F%03d", i);
		if (iso.next % sector > sector - 38)
			iso.next += sector - iso.next % sector;
		isoimage_add(&iso,
			&(struct isoimage_record){ .name = name,
				.at = ISOIMAGE_DATA + (uint32_t)i % 50 * 4096,
				.size = 1000 + (uint32_t)i });
	}
	ck_assert_uint_gt(iso.next, ISOIMAGE_ROOT + 0x2000);
	isoimage_mount(&iso, &image);
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "f%03d", i);
		isoimage_has(&image, name, 1000 + (uint64_t)i);
	}
	image_find(&image, "/f123", &node);
	has_noise(&node, 0, 1123, ISOIMAGE_DATA + 23 * 4096);
	image_close(&image);
}
END_TEST

START_TEST(knows_names_with_versions_and_dots)
{
	static const struct {
		const char *stored;
		const char *shown;
	} names[] = {
		{ "PLAIN.TXT;1", "plain.txt" },
		{ "NODOT.;1", "nodot" },
		{ "NOVERSION.TXT", "noversion.txt" },
		{ "OLDER.TXT;32767", "older.txt" },
		{ "DOT.", "dot" },
		{ "lower.txt;1", "lower.txt" },
		{ "SEMI;COLON;1", "semi;colon" },
		{ "A/B", "a.b" },
		{ "LATIN\xc4", "latin\xc4" },
		{ "A B+C", "a b+c" },
		{ ".HIDDEN;1", ".hidden" },
	};
	int i;

	isoimage_start(&iso, 2048, false);
	for (i = 0; i < COUNT(names); i++)
		isoimage_add(&iso,
			&(struct isoimage_record){ .name = names[i].stored,
				.size = 100 + (uint32_t)i });
	isoimage_mount(&iso, &image);
	for (i = 0; i < COUNT(names); i++)
		isoimage_has(&image, names[i].shown, 100 + (uint64_t)i);
	image_close(&image);
}
END_TEST

START_TEST(looks_plain_names_up_without_case)
{
	isoimage_start(&iso, 2048, false);
	isoimage_add(&iso, &(struct isoimage_record){ .name = "KERNEL.;1" });
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/kernel", 0);
	isoimage_has(&image, "/KERNEL", 0);
	isoimage_has(&image, "/Kernel", 0);
	isoimage_has_not(&image, "/kernel.");
	isoimage_has_not(&image, "/kernel.;1");
	isoimage_has_not(&image, "/kerne");
	image_close(&image);
}
END_TEST

/* As GRUB, and as a writer of a newer version means it. */
START_TEST(takes_the_first_of_two_versions)
{
	isoimage_start(&iso, 2048, false);
	isoimage_add(
		&iso, &(struct isoimage_record){ .name = "FILE;2", .size = 2 });
	isoimage_add(
		&iso, &(struct isoimage_record){ .name = "FILE;1", .size = 1 });
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/file", 2);
	image_close(&image);
}
END_TEST

START_TEST(passes_associated_files_over)
{
	isoimage_start(&iso, 2048, false);
	isoimage_add(&iso,
		&(struct isoimage_record){
			.name = "FILE;1", .size = 1, .flags = 4 });
	isoimage_add(
		&iso, &(struct isoimage_record){ .name = "FILE;1", .size = 2 });
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/file", 2);
	image_close(&image);
}
END_TEST

START_TEST(passes_attribute_records_over)
{
	struct fs_node node;

	isoimage_start(&iso, 1024, false);
	isoimage_add(&iso,
		&(struct isoimage_record){ .name = "FILE",
			.at = ISOIMAGE_DATA,
			.size = 5000,
			.attribute_blocks = 3 });
	isoimage_mount(&iso, &image);
	image_find(&image, "/file", &node);
	has_noise(&node, 0, 5000, ISOIMAGE_DATA + 3 * 1024);
	image_close(&image);
}
END_TEST

/* A file in five records, of which one is empty and one in the next sector. */
static const struct {
	uint32_t at;
	uint32_t size;
} parts[] = {
	{ ISOIMAGE_DATA + 0x8000, 6144 },
	{ ISOIMAGE_DATA, 5000 }, /* no multiple of a block */
	{ ISOIMAGE_DATA, 0 },
	{ ISOIMAGE_DATA + 0x4000, 1 },
	{ ISOIMAGE_DATA + 0x10000, 30000 },
};

static void make_parts(bool rock)
{
	int i;

	isoimage_start(&iso, 2048, rock);
	for (i = 0; i < COUNT(parts); i++) {
		if (i == 3)
			isoimage_next_sector(&iso);
		isoimage_add(&iso,
			&(struct isoimage_record){ .name = "PARTS;1",
				.at = parts[i].at,
				.size = parts[i].size,
				.flags = i + 1 < COUNT(parts) ? 0x80 : 0 });
		if (rock)
			isoimage_mode(&iso, S_IFREG | 0644);
	}
	isoimage_add(&iso,
		&(struct isoimage_record){
			.name = "OTHER", .at = ISOIMAGE_DATA, .size = 70 });
}

struct mapped {
	int part;
	uint64_t file;
};

static int compare_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	struct mapped *mapped = ctx;

	(void)err;
	if (parts[mapped->part].size == 0)
		mapped->part++;
	ck_assert_uint_eq(extent->file, mapped->file);
	ck_assert_uint_eq(extent->vol, parts[mapped->part].at);
	ck_assert_uint_eq(extent->len, parts[mapped->part].size);
	mapped->file += extent->len;
	mapped->part++;
	return 0;
}

START_TEST(reads_files_in_parts)
{
	struct mapped mapped = { 0, 0 };
	struct fs_node node, other;
	unsigned int seed = 5, n;
	uint64_t off;
	int i;

	make_parts(_i);
	isoimage_mount(&iso, &image);
	image_find(&image, "/parts", &node);
	ck_assert_uint_eq(node.size, 6144 + 5000 + 1 + 30000);
	ck_assert_int_eq(
		fs_map(&image.fs, &node, compare_extent, &mapped, &image.err),
		0);
	ck_assert_int_eq(mapped.part, COUNT(parts));
	image_find(&image, "/other", &other);
	for (i = 0; i < 1000; i++) {
		int at = 0;

		seed = seed * 1103515245 + 12345;
		off = (seed >> 8) % node.size;
		n = (seed >> 4) % 100;
		if (n > node.size - off)
			n = (unsigned int)(node.size - off);
		for (; n > 0; n--, off++) {
			uint64_t in = off;

			for (at = 0; in >= parts[at].size; at++)
				in -= parts[at].size;
			has_noise(&node, off, 1, parts[at].at + in);
		}
		if (i % 10 == 0)
			has_noise(&other, 3, 60, ISOIMAGE_DATA + 3);
	}
	image_close(&image);
}
END_TEST

START_TEST(reads_across_the_parts)
{
	static uint8_t whole[41145];
	struct fs_node node;
	size_t got, off = 0;
	int i;

	make_parts(false);
	isoimage_mount(&iso, &image);
	image_find(&image, "/parts", &node);
	ck_assert_int_eq(fs_read(&image.fs, &node, 0, whole, sizeof(whole),
				 &got, &image.err),
		0);
	ck_assert_uint_eq(got, sizeof(whole));
	for (i = 0; i < COUNT(parts); off += parts[i++].size)
		ck_assert_mem_eq(
			whole + off, iso.data + parts[i].at, parts[i].size);
	image_close(&image);
}
END_TEST

/* Files that are there and cannot be read, by records and fields. */
static const struct {
	struct isoimage_record record;
	const char *field;
	const char *body;
	size_t body_len;
	const char *text;
	uint64_t size;
} refused[] = {
	{ { .name = "F", .at = ISOIMAGE_DATA, .size = 9, .unit = 1 }, NULL,
		NULL, 0, "is interleaved with another file", 9 },
	{ { .name = "F", .at = ISOIMAGE_DATA, .size = 9, .gap = 1 }, NULL, NULL,
		0, "is interleaved with another file", 9 },
	{ { .name = "F", .at = ISOIMAGE_DATA, .size = 9 }, "SF",
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 17,
		"is in the sparse form of Rock Ridge", 9 },
	{ { .name = "F", .at = ISOIMAGE_DATA, .size = 9 }, "ZF",
		"PZ\x04\x0f\x10\x27\0\0\0\0\x27\x10", 12,
		"is packed by an unknown kind of zisofs", 10000 },
	{ { .name = "F", .size = 9, .flags = 0x80 }, "ZF",
		"pz\x04\x0f\x10\x27\0\0\0\0\x27\x10", 12,
		"is packed by an unknown kind of zisofs", 10000 },
};

START_TEST(says_what_it_does_not_read)
{
	struct fs_node node;
	uint8_t byte;
	size_t got;

	isoimage_start(&iso, 2048, true);
	isoimage_add(&iso, &refused[_i].record);
	isoimage_mode(&iso, S_IFREG | 0644);
	if (refused[_i].field)
		isoimage_field(&iso, refused[_i].field, refused[_i].body,
			refused[_i].body_len);
	/* what a file in parts goes on with, or another */
	isoimage_add(&iso, &(struct isoimage_record){ .name = "F" });
	isoimage_mount(&iso, &image);
	image_find(&image, "/f", &node);
	ck_assert_uint_eq(node.size, refused[_i].size);
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 0, &byte, 1, &got, &image.err), -1);
	ck_assert_str_eq(image.err.text, refused[_i].text);
	ck_assert_int_eq(image.err.code, ERR_UNSUPPORTED);
	error_clear(&image.err);
	ck_assert_int_eq(image_map(&image, &node), -1);
	ck_assert_str_eq(image.err.text, refused[_i].text);
	image_close(&image);
}
END_TEST

/* A part of a file that is interleaved makes all of it so. */
START_TEST(sees_interleaving_in_any_part)
{
	struct fs_node node;

	isoimage_start(&iso, 2048, false);
	isoimage_add(&iso,
		&(struct isoimage_record){
			.name = "F", .size = 2048, .flags = 0x80 });
	isoimage_add(&iso,
		&(struct isoimage_record){
			.name = "F", .size = 1, .unit = 2, .gap = 2 });
	isoimage_mount(&iso, &image);
	image_find(&image, "/f", &node);
	ck_assert_int_eq(image_map(&image, &node), -1);
	ck_assert_str_eq(image.err.text, "is interleaved with another file");
	image_close(&image);
}
END_TEST

static const char *const labels[][2] = {
	{ "LABEL                           ", "LABEL" },
	{ "  in  front                     ", "  in  front" },
	{ "                                ", "" },
	{ "12345678901234567890123456789012",
		"12345678901234567890123456789012" },
	{ "NUL\0behind                      ", "NUL" },
	{ "blank \0behind                   ", "blank" },
};

START_TEST(shows_the_label_as_grub_does)
{
	isoimage_start(&iso, 2048, false);
	memcpy(iso.data + ISOIMAGE_PRIMARY + 40, labels[_i][0], 32);
	isoimage_mount(&iso, &image);
	ck_assert_str_eq(image.fs.label, labels[_i][1]);
	image_close(&image);
}
END_TEST

static const struct {
	const char *created;
	const char *modified;
	const char *uuid;
} dates[] = {
	{ "2020010203040506", "2021020304050607", "2021-02-03-04-05-06-07" },
	{ "2020010203040506", "0000000000000000", "2020-01-02-03-04-05-06" },
	{ "2020010203040506", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
		"2020-01-02-03-04-05-06" },
	{ "0000000000000000", "0000000000000000", "" },
	{ "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "0000000000000000", "" },
	{ "2020010203040506", "0000000000000001", "0000-00-00-00-00-00-01" },
};

START_TEST(makes_the_uuid_of_a_date)
{
	isoimage_start(&iso, 2048, false);
	memcpy(iso.data + ISOIMAGE_PRIMARY + 813, dates[_i].created, 16);
	memcpy(iso.data + ISOIMAGE_PRIMARY + 830, dates[_i].modified, 16);
	isoimage_mount(&iso, &image);
	ck_assert_str_eq(image.fs.uuid, dates[_i].uuid);
	ck_assert_str_eq(image.fs.type, "iso9660");
	image_close(&image);
}
END_TEST

/* A byte of a big-endian half: of the blocks' size, of the root, of its own */
static const unsigned int halves[] = { ISOIMAGE_PRIMARY + 130,
	ISOIMAGE_PRIMARY + 156 + 6, ISOIMAGE_PRIMARY + 156 + 14 };

START_TEST(tells_of_numbers_that_differ_in_their_orders)
{
	isoimage_start(&iso, 2048, false);
	isoimage_add(&iso,
		&(struct isoimage_record){
			.name = "F", .at = ISOIMAGE_DATA, .size = 5 });
	iso.data[halves[_i]] ^= 1;
	isoimage_mount(&iso, &image);
	ck_assert_str_eq(image.fs.notice,
		"numbers differ between their two byte orders; the "
		"little-endian ones are used, as GRUB and Linux do");
	isoimage_has(&image, "/f", 5);
	image_close(&image);
}
END_TEST

START_TEST(has_nothing_to_tell_of_a_sound_volume)
{
	isoimage_start(&iso, 2048, true);
	isoimage_mount(&iso, &image);
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
}
END_TEST

static const struct {
	uint8_t time[7];
	int64_t seconds;
} times[] = {
	{ { 123, 11, 14, 22, 0, 0, 0 }, MIDNIGHT },
	{ { 123, 11, 14, 23, 0, 0, 4 }, MIDNIGHT }, /* an hour to the east */
	{ { 123, 11, 14, 12, 0, 0, (uint8_t)-40 }, MIDNIGHT },
	{ { 123, 11, 14, 22, 0, 0, 53 }, MIDNIGHT }, /* no such zone */
	{ { 70, 1, 1, 0, 0, 1, 0 }, 1 },
	{ { 0, 1, 1, 0, 0, 0, 0 }, -2208988800 },
	{ { 255, 12, 31, 23, 59, 59, 0 }, 5869583999 },
	{ { 0, 0, 0, 0, 0, 0, 0 }, 0 },
	{ { 123, 13, 1, 0, 0, 0, 0 }, 0 },
};

START_TEST(knows_when_a_file_was_recorded)
{
	struct fs_node node;
	size_t at;

	isoimage_start(&iso, 2048, false);
	at = isoimage_add(&iso, &(struct isoimage_record){ .name = "F" });
	memcpy(iso.data + at + 18, times[_i].time, 7);
	isoimage_mount(&iso, &image);
	image_find(&image, "/f", &node);
	ck_assert_int_eq(node.mtime, times[_i].seconds);
	image_close(&image);
}
END_TEST

START_TEST(goes_on_behind_an_empty_sector)
{
	isoimage_start(&iso, 2048, false);
	isoimage_next_sector(&iso);
	isoimage_next_sector(&iso);
	isoimage_add(&iso, &(struct isoimage_record){ .name = "F" });
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/f", 0);
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("iso9660_forms");

	tcase_add_unchecked_fixture(tc, isoimage_setup, image_cleanup);
	tcase_add_loop_test(
		tc, knows_each_size_of_blocks, 0, COUNT(block_sizes));
	tcase_add_test(tc, knows_names_with_versions_and_dots);
	tcase_add_test(tc, looks_plain_names_up_without_case);
	tcase_add_test(tc, takes_the_first_of_two_versions);
	tcase_add_test(tc, passes_associated_files_over);
	tcase_add_test(tc, passes_attribute_records_over);
	tcase_add_loop_test(tc, reads_files_in_parts, 0, 2);
	tcase_add_test(tc, reads_across_the_parts);
	tcase_add_loop_test(tc, says_what_it_does_not_read, 0, COUNT(refused));
	tcase_add_test(tc, sees_interleaving_in_any_part);
	tcase_add_loop_test(tc, shows_the_label_as_grub_does, 0, COUNT(labels));
	tcase_add_loop_test(tc, makes_the_uuid_of_a_date, 0, COUNT(dates));
	tcase_add_loop_test(tc, tells_of_numbers_that_differ_in_their_orders, 0,
		COUNT(halves));
	tcase_add_test(tc, has_nothing_to_tell_of_a_sound_volume);
	tcase_add_loop_test(
		tc, knows_when_a_file_was_recorded, 0, COUNT(times));
	tcase_add_test(tc, goes_on_behind_an_empty_sector);
	return run_suite("iso9660_forms", &tc, 1);
}
