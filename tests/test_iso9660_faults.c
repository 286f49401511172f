/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ISO 9660 volumes that are broken, cut short or hostile, and what is none.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/isoimage.h"
#include "tests/support/runner.h"

#define SUBDIRECTORY 0x14000
#define AREA 0x18000 /* of the link's fields */

static struct isoimage iso;
static struct image image;

/* Where something is: a record or a field. */
enum where { DISK, FILE_, DIR_, BELOW, PARTS, LINK, PLACES };

static size_t places[PLACES];

static size_t add(const char *name, uint32_t at, uint32_t size, uint8_t flags)
{
	return isoimage_add(&iso,
		&(struct isoimage_record){
			.name = name, .at = at, .size = size, .flags = flags });
}

/* /file, /parts, /dir/below, /link: 34 bytes of record and name, then fields */
static void make(bool rock)
{
	isoimage_start(&iso, 2048, rock);
	places[FILE_] = add("F", ISOIMAGE_DATA, 20000, 0);
	if (rock) {
		isoimage_mode(&iso, S_IFREG | 0644);
		isoimage_field(&iso, "NM", "\0file", 5);
		isoimage_field(&iso, "TF", "\2\x64\1\1\0\0\0\0", 8);
	}
	places[DIR_] = add("DIR", SUBDIRECTORY, 2048, 2);
	if (rock) {
		places[LINK] = add("L", 0, 0, 0);
		isoimage_mode(&iso, S_IFLNK | 0777);
		isoimage_field(&iso, "NM", "\0link", 5);
		isoimage_go_on(&iso, AREA);
		isoimage_field(&iso, "SL", "\0\0\4file", 7);
	}
	places[PARTS] = add("PARTS", ISOIMAGE_DATA, 2048, 0x80);
	add("PARTS", ISOIMAGE_DATA, 100, 0);
	isoimage_directory(&iso, SUBDIRECTORY, 2048, ISOIMAGE_ROOT);
	places[BELOW] = add("BELOW", ISOIMAGE_DATA, 3, 0);
}

static void patch(enum where where, size_t at, const char *bytes, size_t len)
{
	memcpy(iso.data + places[where] + at, bytes, len);
}

static int use(const char *path)
{
	int r = isoimage_open(&iso, &image);

	if (r == 0) {
		fs_close(&image.fs);
		arena_free(&image.arena);
		image.mounted = false;
		r = image_use(&image, &iso9660_driver, path);
	}
	return r;
}

/* The answer is this text; a %zx in it is the place of the record. */
static void says(enum where where, enum error_code code, const char *text)
{
	char expected[256];

	if (strstr(text, "%zx"))
		snprintf(expected, sizeof(expected), "%.*s%zx%s",
			(int)(strstr(text, "%zx") - text), text, places[where],
			strstr(text, "%zx") + 3);
	else
		snprintf(expected, sizeof(expected), "%s", text);
	ck_assert_str_eq(image.err.text, expected);
	ck_assert_int_eq(image.err.code, code);
}

#define PVD ISOIMAGE_PRIMARY

static const struct broken {
	bool rock;
	enum where where;
	unsigned int at; /* from there */
	unsigned int len;
	const char *bytes;
	const char *path; /* what is then asked for */
	enum error_code code;
	const char *text; /* the answer */
} broken[] = {
	{ 0, DISK, PVD + 128, 2, "\0\0", "/", ERR_CORRUPT,
		"iso9660: volume descriptor at 0x8000: logical blocks of 0 "
		"bytes" },
	{ 0, DISK, PVD + 128, 2, "\0\1", "/", ERR_CORRUPT,
		"iso9660: volume descriptor at 0x8000: logical blocks of 256 "
		"bytes" },
	{ 0, DISK, PVD + 128, 2, "\0\x20", "/", ERR_CORRUPT,
		"iso9660: volume descriptor at 0x8000: logical blocks of 8192 "
		"bytes" },
	{ 0, DISK, PVD + 128, 2, "\1\x08", "/", ERR_CORRUPT,
		"iso9660: volume descriptor at 0x8000: logical blocks of 2049 "
		"bytes" },
	{ 0, DISK, PVD, 1, "\3", "/", ERR_CORRUPT,
		"iso9660: there is no primary descriptor" },
	{ 0, DISK, PVD, 1, "\xff", "/", ERR_CORRUPT,
		"iso9660: there is no primary descriptor" },
	{ 0, DISK, PVD + 158, 4, "\xff\xff\xff\xff", "/", ERR_CORRUPT,
		"iso9660: root directory: 255 bytes at 0x7fffffff800 lie "
		"beyond the volume's end (0x80000)" },
	{ 0, DISK, PVD + 158, 4, "\x20\0\0\0", "/", ERR_CORRUPT,
		"iso9660: root directory: there is none at 0x10000" },
	{ 0, DISK, PVD + 166, 4, "\0\0\0\0", "/", ERR_CORRUPT,
		"iso9660: root directory: there is none at 0xa000" },
	{ 0, DISK, PVD + 166, 4, "\x21\0\0\0", "/", ERR_CORRUPT,
		"iso9660: root directory: directory record at 0xa000: reaches "
		"beyond the directory's end" },
	{ 0, DISK, PVD + 166, 4, "\xff\xff\xff\xff", "/", ERR_LIMIT,
		"a directory of 4294967295 bytes, the limit is 255000000" },
	{ 0, DISK, PVD + 166, 4, "\xc1\xfd\x32\x0f", "/", ERR_LIMIT,
		"a directory of 255000001 bytes, the limit is 255000000" },
	{ 0, DISK, PVD + 166, 4, "\xc0\xfd\x32\x0f", "/absent", ERR_CORRUPT,
		"/absent: directory record at 0x40000: has 32 bytes" },
	{ 0, DISK, ISOIMAGE_ROOT + 33, 1, "\1", "/", ERR_CORRUPT,
		"iso9660: root directory: there is none at 0xa000" },
	{ 0, FILE_, 0, 1, "\x21", "/absent", ERR_CORRUPT,
		"/absent: directory record at 0x%zx: has 33 bytes" },
	{ 0, FILE_, 0, 1, "\1", "/absent", ERR_CORRUPT,
		"/absent: directory record at 0x%zx: has 1 bytes" },
	{ 0, FILE_, 32, 1, "\0", "/absent", ERR_CORRUPT,
		"/absent: directory record at 0x%zx: no room for a name of 0 "
		"bytes" },
	{ 0, FILE_, 32, 1, "\2", "/absent", ERR_CORRUPT,
		"/absent: directory record at 0x%zx: no room for a name of 2 "
		"bytes" },
	{ 0, FILE_, 32, 1, "\xff", "/absent", ERR_CORRUPT,
		"/absent: directory record at 0x%zx: no room for a name of "
		"255 bytes" },
	{ 0, FILE_, 2, 4, "\xff\xff\xff\xff", "/f", ERR_CORRUPT,
		"20000 bytes at 0x7fffffff800 lie beyond the volume's end "
		"(0x80000)" },
	{ 0, FILE_, 10, 4, "\xff\xff\xff\xff", "/f", ERR_CORRUPT,
		"65536 bytes at 0x80000 lie beyond the volume's end "
		"(0x80000)" },
	{ 0, FILE_, 33, 1, "/", "/", ERR_CORRUPT,
		"directory record at 0x%zx: has no name that can be one" },
	{ 0, FILE_, 33, 1, ";", "/", ERR_CORRUPT,
		"directory record at 0x%zx: has no name that can be one" },
	{ 0, FILE_, 33, 1, ";", "/f", ERR_NOT_FOUND, "/f: no such file" },
	{ 0, DIR_, 10, 4, "\x50\0\0\0", "/dir/below", ERR_CORRUPT,
		"/dir/below: directory record at 0x14044: reaches beyond the "
		"directory's end" },
	{ 0, DIR_, 10, 4, "\x44\0\0\0", "/dir/below", ERR_NOT_FOUND,
		"/dir/below: no such file" },
	{ 0, DIR_, 10, 4, "\0\0\0\0", "/dir/below", ERR_NOT_FOUND,
		"/dir/below: no such file" },
	{ 0, DIR_, 10, 4, "\xff\xff\xff\xff", "/dir/below", ERR_LIMIT,
		"/dir/below: a directory of 4294967295 bytes, the limit is "
		"255000000" },
	{ 0, DIR_, 2, 4, "\xff\xff\xff\xff", "/dir/below", ERR_CORRUPT,
		"/dir/below: 255 bytes at 0x7fffffff800 lie beyond the "
		"volume's end (0x80000)" },
	{ 0, DIR_, 1, 1, "\xff", "/dir/below", ERR_CORRUPT,
		"/dir/below: 255 bytes at 0x93800 lie beyond the volume's end "
		"(0x80000)" },
	{ 0, DIR_, 25, 1, "\x82", "/dir/below", ERR_CORRUPT,
		"/dir/below: a directory whose records are not in one "
		"piece" },
	{ 0, DIR_, 26, 1, "\1", "/dir/below", ERR_CORRUPT,
		"/dir/below: a directory whose records are not in one "
		"piece" },
	{ 0, DIR_, 25, 1, "\0", "/dir/below", ERR_NOT_FOUND,
		"/dir/below: not a directory" },
	{ 0, PARTS, 38 + 25, 1, "\x80", "/parts", ERR_CORRUPT,
		"/parts: directory record at 0x%zx: the directory ends before "
		"the file does" },
	/* fields of /file: PX from 34 on, NM from 70, TF from 79 */
	{ 1, DISK, ISOIMAGE_ROOT + 34 + 7 + 2, 1, "\xff", "/", ERR_CORRUPT,
		"iso9660: root directory: a system use field of 255 bytes, "
		"with room for 19" },
	{ 1, FILE_, 36, 1, "\3", "/F", ERR_CORRUPT,
		"/F: directory record at 0x%zx: a system use field of 3 "
		"bytes, with room for 58" },
	{ 1, FILE_, 36, 1, "\0", "/F", ERR_CORRUPT,
		"/F: directory record at 0x%zx: a system use field of 0 "
		"bytes, with room for 58" },
	{ 1, FILE_, 36, 1, "\x3b", "/F", ERR_CORRUPT,
		"/F: directory record at 0x%zx: a system use field of 59 "
		"bytes, with room for 58" },
	{ 1, FILE_, 36, 1, "\x0b", "/F", ERR_CORRUPT,
		"/F: directory record at 0x%zx: PX has 11 bytes" },
	{ 1, FILE_, 72, 1, "\4", "/F", ERR_CORRUPT,
		"/F: directory record at 0x%zx: NM has 4 bytes" },
	{ 1, FILE_, 79 + 2, 1, "\x0b", "/file", ERR_CORRUPT,
		"/file: directory record at 0x%zx: TF has 11 bytes" },
	{ 1, FILE_, 79 + 2, 1, "\4", "/file", ERR_CORRUPT,
		"/file: directory record at 0x%zx: TF has 4 bytes" },
	{ 1, FILE_, 79 + 4, 1, "\3", "/file", ERR_CORRUPT,
		"/file: directory record at 0x%zx: TF has 12 bytes" },
	{ 1, FILE_, 79 + 4, 1, "\x82", "/file", ERR_CORRUPT,
		"/file: directory record at 0x%zx: TF has 12 bytes" },
	{ 1, FILE_, 79, 2, "CL", "/file", ERR_CORRUPT,
		"/file: directory record at 0x%zx: relocated directory: 255 "
		"bytes at 0x80b201000 lie beyond the volume's end (0x80000)" },
	{ 1, FILE_, 79, 3, "CL\x0b", "/file", ERR_CORRUPT,
		"/file: directory record at 0x%zx: CL has 11 bytes" },
	{ 1, FILE_, 79, 2, "ZF", "/file", ERR_CORRUPT,
		"/file: directory record at 0x%zx: ZF has 12 bytes" },
	{ 1, FILE_, 79, 2, "CE", "/file", ERR_CORRUPT,
		"/file: directory record at 0x%zx: CE has 12 bytes" },
	{ 1, FILE_, 75, 4, "a/bc", "/", ERR_CORRUPT,
		"directory record at 0x%zx: has no name that can be one" },
	{ 1, FILE_, 75, 4, "a\0bc", "/", ERR_CORRUPT,
		"directory record at 0x%zx: has no name that can be one" },
	{ 1, FILE_, 75, 4, "a\0bc", "/a", ERR_NOT_FOUND, "/a: no such file" },
	/* fields of /link: CE from 79 on, in whose area is SL */
	{ 1, LINK, 83, 4, "\xff\xff\xff\xff", "/link", ERR_CORRUPT,
		"/link: directory record at 0x%zx: 11 bytes at 0x7fffffff800 "
		"lie beyond the volume's end (0x80000)" },
	{ 1, LINK, 91, 4, "\xff\xff\xff\xff", "/link", ERR_CORRUPT,
		"/link: directory record at 0x%zx: 11 bytes at 0x100017fff "
		"lie beyond the volume's end (0x80000)" },
	{ 1, LINK, 99, 4, "\xff\xff\xff\xff", "/link", ERR_LIMIT,
		"/link: directory record at 0x%zx: system use fields of more "
		"than 32768 bytes" },
	{ 1, LINK, 99, 4, "\1\x80\0\0", "/link", ERR_LIMIT,
		"/link: directory record at 0x%zx: system use fields of more "
		"than 32768 bytes" },
	{ 1, LINK, 99, 4, "\0\x80\0\0", "/link", ERR_NONE, "" },
	{ 1, LINK, 99, 4, "\x0a\0\0\0", "/link", ERR_CORRUPT,
		"/link: directory record at 0x%zx: a system use field of 11 "
		"bytes, with room for 10" },
	{ 1, LINK, 99, 4, "\3\0\0\0", "/link", ERR_NOT_FOUND,
		"/link: an empty symbolic link" },
	{ 1, DISK, AREA + 6, 1, "\5", "/link", ERR_CORRUPT,
		"/link: directory record at 0x%zx: a part of a symbolic link "
		"has no room" },
	{ 1, DISK, AREA + 6, 1, "\3", "/link", ERR_CORRUPT,
		"/link: directory record at 0x%zx: a part of a symbolic link "
		"has no room" },
	{ 1, DISK, AREA + 5, 1, "\x20", "/link", ERR_UNSUPPORTED,
		"/link: directory record at 0x%zx: flags 0x20 in a symbolic "
		"link" },
	{ 1, DISK, AREA + 5, 1, "\x0a", "/link", ERR_UNSUPPORTED,
		"/link: directory record at 0x%zx: flags 0xa in a symbolic "
		"link" },
	{ 1, DISK, AREA + 7, 1, "\0", "/link", ERR_CORRUPT,
		"/link: NUL in a symbolic link" },
};

START_TEST(says_what_is_broken)
{
	const struct broken *how = &broken[_i];
	enum where where = how->where;

	make(how->rock);
	patch(where, how->at, how->bytes, how->len);
	if (how->code == ERR_NONE) {
		ck_assert_msg(use(how->path) == 0, "%s", image.err.text);
	} else {
		ck_assert_int_eq(use(how->path), -1);
		says(where == DISK && how->rock ? LINK : where, how->code,
			how->text);
	}
	image_close(&image);
}
END_TEST

/* What is broken in one file does not keep from the others. */
START_TEST(reads_the_other_files)
{
	const struct broken *how = &broken[_i];

	if (!how->rock || how->code == ERR_NONE || strstr(how->text, "root"))
		return;
	make(true);
	patch(how->where, how->at, how->bytes, how->len);
	ck_assert_msg(use("/dir/below") == 0, "%s", image.err.text);
	image_close(&image);
}
END_TEST

/* Area behind area, of which the last leads to the first or to nothing. */
static void make_areas(int count, bool loop)
{
	int i;

	isoimage_start(&iso, 2048, true);
	add("F", ISOIMAGE_DATA, 5, 0);
	for (i = 0; i < count; i++)
		isoimage_go_on(&iso, AREA + (uint32_t)i * 0x800);
	isoimage_field(&iso, "NM", "\0name", 5);
	if (loop) {
		isoimage_go_on(&iso, AREA);
		isoimage_both32(iso.data + iso.area_len, count > 1 ? 28 : 37);
	}
}

START_TEST(follows_as_many_areas_as_linux)
{
	make_areas(32, false);
	ck_assert_msg(use("/name") == 0, "%s", image.err.text);
	image_close(&image);
}
END_TEST

static const struct {
	int count;
	bool loop;
	const char *path; /* the name may stand before the fault, or not */
} areas[] = { { 33, false, "/f" }, { 1, true, "/name" }, { 5, true, "/name" } };

START_TEST(ends_a_chain_of_areas)
{
	char text[128];

	make_areas(areas[_i].count, areas[_i].loop);
	ck_assert_int_eq(use(areas[_i].path), -1);
	snprintf(text, sizeof(text),
		"%s: directory record at 0xa05e: system use fields in more "
		"than 32 areas",
		areas[_i].path);
	ck_assert_str_eq(image.err.text, text);
	ck_assert_int_eq(image.err.code, ERR_LIMIT);
	image_close(&image);
}
END_TEST

START_TEST(takes_names_of_rock_ridge_up_to_the_limit)
{
	char body[251];

	memset(body, 'x', sizeof(body));
	body[0] = 1;
	isoimage_start(&iso, 2048, true);
	add("F", ISOIMAGE_DATA, 5, 0);
	isoimage_field(&iso, "NM", "\1xxxxxx", 7);
	isoimage_go_on(&iso, AREA);
	isoimage_field(&iso, "NM", body, 251);
	ck_assert_int_eq(use("/f"), -1);
	ck_assert_str_eq(image.err.text,
		"/f: directory record at 0xa05e: a name of more than 255 "
		"bytes");
	ck_assert_int_eq(image.err.code, ERR_LIMIT);
	image_close(&image);
}
END_TEST

/* A second tree in the descriptor of that number, from 1. */
static const struct {
	int number;
	bool found;
} descriptors[] = { { 2, true }, { 84, true }, { 85, false } };

START_TEST(ends_a_row_of_descriptors)
{
	uint32_t at = PVD;
	int i;

	isoimage_start(&iso, 2048, false);
	/* out of the way of that many */
	isoimage_descriptor(&iso, PVD, 1, 0x38000, 2048);
	isoimage_directory(&iso, 0x38000, 2048, 0x38000);
	add("F", 0, 0, 0);
	for (i = 2; i <= descriptors[_i].number; i++)
		isoimage_descriptor(&iso, at += 2048, 0, 0x39000, 2048);
	iso.data[at] = 2;
	memcpy(iso.data + at + 88, "%/E", 3);
	isoimage_directory(&iso, 0x39000, 2048, 0x39000);
	isoimage_add(&iso,
		&(struct isoimage_record){ .name = "\0J", .name_len = 2 });
	ck_assert_int_eq(use("/j"), descriptors[_i].found ? 0 : -1);
	image_close(&image);
}
END_TEST

/* A directory of 255,000,000 bytes, nothing but zeros: the end is reached. */
START_TEST(ends_a_directory_of_nothing)
{
	make(false);
	isoimage_both32(iso.data + places[DIR_] + 2, 0x100);
	isoimage_both32(iso.data + places[DIR_] + 10, 255000000);
	memset(iso.data + ISOIMAGE_DATA, 0, ISOIMAGE_SIZE - ISOIMAGE_DATA);
	image_file("made.img", iso.data, sizeof(iso.data));
	image_run("truncate -s 300M made.img");
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &iso9660_driver, "/dir/below"), -1);
	ck_assert_str_eq(image.err.text, "/dir/below: no such file");
	image_close(&image);
}
END_TEST

/* What was found is not there any more when it is read. */
static const struct {
	const char *path;
	size_t at; /* from the start of the record */
	uint8_t value;
	enum where where;
} changes[] = {
	{ "link", 72, 0xff, LINK }, /* no field, but what else */
	{ "link", 79, 'X', LINK },  /* no area */
	{ "parts", 0, 0, PARTS },   /* the directory ends there */
	{ "parts", 38, 0, PARTS },  /* or behind the first part */
};

START_TEST(says_when_a_record_changes)
{
	struct fs_node node;
	char text[128];
	uint8_t buf[4096];
	size_t got;

	make(true);
	isoimage_mount(&iso, &image);
	ck_assert_int_eq(image.fs.driver->lookup(&image.fs, &image.fs.root,
				 changes[_i].path, &node, &image.err),
		1);
	image.patch.off = places[changes[_i].where] + changes[_i].at;
	image.patch.value = changes[_i].value;
	image.patched = true;
	ck_assert_int_eq(fs_read(&image.fs, &node, 0, buf, sizeof(buf), &got,
				 &image.err),
		-1);
	snprintf(text, sizeof(text),
		"directory record at 0x%zx: changed while it was read",
		places[changes[_i].where]);
	if (_i > 0)
		ck_assert_str_eq(image.err.text, text);
	ck_assert_int_eq(image.err.code, ERR_CORRUPT);
	image_close(&image);
}
END_TEST

/* The disk fails in the area of a link: that is no fault of the link's. */
START_TEST(says_when_the_disk_fails)
{
	static const char *const asked[] = { "/link", "/parts", "/" };
	int i;

	make(true);
	image_file("made.img", iso.data, sizeof(iso.data));
	for (i = 0; i < COUNT(asked); i++) {
		image_open(&image, "made.img");
		image.disk.size = AREA;
		ck_assert_int_eq(
			image_use(&image, &iso9660_driver, asked[i]), -1);
		ck_assert_int_eq(image.err.code, ERR_IO);
		ck_assert_ptr_nonnull(strstr(image.err.text,
			"11 bytes at 0x18000 lie beyond the disk's end "
			"(0x18000)"));
		image_close(&image);
	}
}
END_TEST

/* The magic is that of the first descriptor, whatever its type. */
START_TEST(knows_its_magic)
{
	static const char *const magics[] = { "CD001", "CD002", "BEA01",
		"\0\0\0\0\0" };
	int i;

	for (i = 0; i < COUNT(magics); i++) {
		make(false);
		memcpy(iso.data + PVD + 1, magics[i], 5);
		image_file("made.img", iso.data, sizeof(iso.data));
		image_open(&image, "made.img");
		ck_assert_int_eq(
			iso9660_driver.probe(&image.vol, &image.err), i == 0);
		image_close(&image);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("iso9660_faults");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, isoimage_setup, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_loop_test(tc, reads_the_other_files, 0, COUNT(broken));
	tcase_add_test(tc, follows_as_many_areas_as_linux);
	tcase_add_loop_test(tc, ends_a_chain_of_areas, 0, COUNT(areas));
	tcase_add_test(tc, takes_names_of_rock_ridge_up_to_the_limit);
	tcase_add_loop_test(
		tc, ends_a_row_of_descriptors, 0, COUNT(descriptors));
	tcase_add_test(tc, ends_a_directory_of_nothing);
	tcase_add_loop_test(tc, says_when_a_record_changes, 0, COUNT(changes));
	tcase_add_test(tc, says_when_the_disk_fails);
	tcase_add_test(tc, knows_its_magic);
	return run_suite("iso9660_faults", &tc, 1);
}
