/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NTFS that is broken, cut short or hostile.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "src/base/bytes.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define CLUSTER 4096
#define RECORD 1024

static struct image image;

static void make_images(void)
{
	image_stored("ntfs.img");
	image_stored("ntfs-512.img");
}

static void open_made(void)
{
	image_open(&image, "made.img");
	ck_assert_msg(
		image_mount(&image, &ntfs_driver) == 0, "%s", image.err.text);
}

enum {
	BOOT = -1,
	HEADER = 0,
	INFORMATION = 0x10,
	DATA = 0x80,
	INDEX = 0x90,
	REPARSE = 0xc0
};

static const struct broken {
	int anchor; /* BOOT, HEADER, or an attribute */
	const char *of;
	struct {
		unsigned int at;
		unsigned int len;
		const char *bytes;
	} patch;
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ BOOT, NULL, { 3, 1, "M" }, "/", "no known file system" },
	{ BOOT, NULL, { 11, 2, "\0\3" }, "/",
		"ntfs: boot sector: sectors of 768 bytes, clusters of 6144" },
	{ BOOT, NULL, { 13, 1, "\0" }, "/",
		"ntfs: boot sector: sectors of 512 bytes, clusters of 0" },
	{ BOOT, NULL, { 13, 1, "\xe1" }, "/",
		"ntfs: boot sector: sectors of 512 bytes, clusters of "
		"1099511627776" },
	{ BOOT, NULL, { 64, 1, "\3" }, "/",
		"ntfs: boot sector: records of 12288 bytes" },
	{ BOOT, NULL, { 64, 1, "\x80" }, "/",
		"ntfs: boot sector: records of 0 bytes" },
	{ BOOT, NULL, { 47, 1, "\x7f" }, "/", "ntfs: boot sector: * sectors" },
	{ BOOT, NULL, { 52, 1, "\1" }, "/",
		"ntfs: boot sector: the MFT in cluster 42949* and * of *" },
	{ HEADER, "/small.txt", { 0, 4, "BAAD" }, "/small.txt",
		"/small.txt: record *: it does not begin with FILE" },
	{ HEADER, "/small.txt", { 4, 2, "\xff\xff" }, "/small.txt",
		"/small.txt: record *: 3 fixups of 1024 bytes" },
	{ HEADER, "/small.txt", { 6, 1, "\2" }, "/small.txt",
		"/small.txt: record *: 2 fixups of 1024 bytes" },
	{ HEADER, "/small.txt", { 1022, 2, "\xab\xcd" }, "/small.txt",
		"/small.txt: record *: it was written only in part" },
	{ HEADER, "/small.txt", { 22, 1, "\0" }, "/small.txt",
		"/small.txt: record * is none of a file" },
	{ HEADER, "/small.txt", { 20, 2, "\xf8\3" }, "/small.txt",
		"/small.txt: record *: an attribute of 0 bytes at 0x3f8" },
	{ INFORMATION, "/small.txt", { 4, 1, "\1" }, "/small.txt",
		"/small.txt: record *: an attribute of 1 bytes at 0x38" },
	{ INFORMATION, "/small.txt", { 5, 1, "\xff" }, "/small.txt",
		"/small.txt: record *: an attribute of 653* bytes at 0x38" },
	{ DATA, "/small.txt", { 18, 1, "\1" }, "/small.txt",
		"/small.txt: an attribute of 65548 bytes" },
	{ DATA, "/lines", { 13, 1, "\x40" }, "/lines", "is encrypted" },
	{ DATA, "/lines", { 12, 1, "\2" }, "/lines",
		"is packed by an unknown method (flags 0x2)" },
	{ DATA, "/packed/lines", { 34, 1, "\x0f" }, "/packed/lines",
		"is packed by an unknown method (flags 0x1)" },
	{ DATA, "/lines", { 64, 1, "\x0f" }, "/lines", "a broken run" },
	{ DATA, "/lines", { 64, 1, "\x30" }, "/lines", "a broken run" },
	{ DATA, "/lines", { 64, 4, "\x22\x7f\x7f\xff" }, "/lines",
		"a run of 32639 clusters from * on, of 819*" },
	{ DATA, "/lines", { 32, 2, "\xff\xff" }, "/lines", "runs at 0xffff" },
	{ DATA, "/lines", { 16, 1, "\1" }, "/lines",
		"/lines: an attribute of 1200001 bytes" },
	{ DATA, "/lines", { 55, 1, "\xff" }, "/lines",
		"/lines: an attribute of 18* bytes" },
	{ INDEX, "/dir", { 40, 2, "\0\3" }, "/dir/below",
		"/dir/below: an index of blocks of 768 bytes" },
	{ INDEX, "/dir", { 8, 1, "\1" }, "/dir/below", "/dir/below: *" },
	{ INDEX, "/dir", { 52, 2, "\xff\xff" }, "/dir/below",
		"/dir/below: 65535 bytes of an index" },
	{ INDEX, "/dir", { 72, 2, "\xff\xff" }, "/dir/below",
		"/dir/below: an entry of 65535 bytes in its index" },
	{ INDEX, "/dir", { 72, 2, "\0\0" }, "/dir/below",
		"/dir/below: an entry of 0 bytes in its index" },
	{ REPARSE, "/wsl/link", { 24, 4, "\x17\0\0\x80" }, "/wsl/link",
		"is packed by Windows' overlay filter (\"compact\")" },
	{ REPARSE, "/wsl/link", { 24, 4, "\x13\0\0\x80" }, "/wsl/link",
		"is kept by Windows' data deduplication" },
	{ REPARSE, "/wsl/link", { 24, 4, "\x1a\0\0\x90" }, "/wsl/link",
		"is kept by a filter of Windows (reparse point 0x9000001a)" },
};

static uint32_t number_at(uint64_t off)
{
	le32 raw;

	ck_assert_int_eq(
		volume_read(&image.below, off, &raw, 4, &image.err), 0);
	return le32_get(raw);
}

static uint64_t record_at(uint64_t number)
{
	return number_at(48) * (uint64_t)CLUSTER + number * RECORD;
}

static uint64_t place_of(int anchor, const char *path)
{
	struct fs_node node;
	uint64_t at;

	open_made();
	ck_assert_int_eq(fs_find_link(&image.fs, path, &node, &image.err), 0);
	at = record_at(node.id);
	if (anchor != HEADER) {
		at += number_at(at + 20) & 0xffff;
		while (number_at(at) != (uint32_t)anchor) {
			ck_assert_uint_ne(number_at(at), UINT32_MAX);
			at += number_at(at + 4);
		}
	}
	image_close(&image);
	return at;
}

/* As for a boot: found, listed or read, and where it lies. */
static int use(const char *path)
{
	struct fs_node node;

	if (image_use(&image, &ntfs_driver, path) < 0)
		return -1;
	return fs_find(&image.fs, path, &node, &image.err) < 0
		? -1
		: image_map(&image, &node);
}

static enum error_code code_of(const char *text)
{
	if (strstr(text, "no known"))
		return ERR_NOT_FOUND;
	return strncmp(text, "is ", 3) == 0 ? ERR_UNSUPPORTED : ERR_CORRUPT;
}

START_TEST(says_what_is_broken)
{
	const struct broken *how = &broken[_i];
	uint64_t at = 0;
	int r;

	image_run("cp ntfs.img made.img");
	if (how->anchor != BOOT)
		at = place_of(how->anchor, how->of);
	image_write("made.img", at + how->patch.at, how->patch.bytes,
		how->patch.len);
	image_open(&image, "made.img");
	r = use(how->path);
	ck_assert_msg(r < 0, "read, in spite of: %s", how->text);
	ck_assert_msg(fnmatch(how->text, image.err.text, 0) == 0,
		"\"%s\", not \"%s\"", image.err.text, how->text);
	ck_assert_int_eq(image.err.code, code_of(how->text));
	image_close(&image);
}
END_TEST

/* The MFT's own record, and those of the volume */
/* Let all files that begin as this one does begin with these bytes instead. */
static void change_contents(const char *path, const char *bytes, size_t len)
{
	struct fs_node node;
	uint8_t want[64], have[64];
	uint64_t at;
	size_t got;

	open_made();
	image_find(&image, path, &node);
	ck_assert_int_eq(fs_read(&image.fs, &node, 0, want, sizeof(want), &got,
				 &image.err),
		0);
	for (at = 0; at < image.vol.size; at += CLUSTER) {
		EXPECT(volume_read(&image.below, at, have, sizeof(have),
			       &image.err) == 0,
			"%s", image.err.text);
		if (memcmp(have, want, sizeof(want)) == 0)
			image_write("made.img", at, bytes, len);
	}
	image_close(&image);
}

/* A link of Interix: a file of the system with these words in front */
START_TEST(a_target_has_a_length)
{
	uint64_t information, data;
	struct fs_node node;

	image_run("cp ntfs.img made.img");
	information = place_of(INFORMATION, "/lines");
	data = place_of(DATA, "/lines");
	change_contents("/lines", "IntxLNK\1", 8);
	image_write("made.img", information + 24 + 32, "\4", 1);
	/*
	 * 8 bytes more than twice the longest path, and all of it written; the
	 * last two bytes of a number may be the sector's fixup
	 */
	image_write("made.img", data + 48, "\x08\x20\0\0\0\0", 6);
	image_write("made.img", data + 56, "\x08\x20\0\0\0\0", 6);
	open_made();
	ck_assert_int_eq(
		fs_find_link(&image.fs, "/lines", &node, &image.err), -1);
	ck_assert_msg(image.err.code == ERR_LIMIT, "%s", image.err.text);
	ck_assert_str_eq(
		image.err.text, "/lines: a target of more than 4096 bytes");
	image_close(&image);
}
END_TEST

/* Contents that become a list of attributes: as long as is read, or longer */
START_TEST(a_list_of_attributes_has_a_length)
{
	struct fs_node node;
	uint64_t data;

	image_run("cp ntfs.img made.img");
	data = place_of(DATA, "/lines");
	image_write("made.img", data, "\x20", 1);
	image_write(
		"made.img", data + 48, _i ? "\1\0\4\0\0\0" : "\0\0\4\0\0\0", 6);
	image_write("made.img", data + 56, "\1\0\4\0\0\0", 6);
	open_made();
	ck_assert_int_eq(
		fs_find(&image.fs, "/lines", &node, &image.err), _i ? -1 : 0);
	if (_i) {
		ck_assert_int_eq(image.err.code, ERR_LIMIT);
		ck_assert_msg(fnmatch("/lines: record *: list of attributes: a "
				      "list of attributes of 262145 bytes, at "
				      "most 262144 are read",
				      image.err.text, 0) == 0,
			"%s", image.err.text);
	}
	image_close(&image);
}
END_TEST

START_TEST(takes_the_mirror_of_the_first_records)
{
	struct fs_node node;

	image_run("cp ntfs.img made.img");
	image_open(&image, "made.img");
	uint64_t at = record_at(_i == 0 ? 0 : 3);
	image_close(&image);
	image_write("made.img", at, "BAAD", 4);
	open_made();
	ck_assert_str_ne(image.fs.label, "");
	image_find(&image, "/lines", &node);
	ck_assert_int_eq(image_read_all(&image, &node, 65536), 0);
	image_close(&image);
}
END_TEST

START_TEST(warns_of_what_was_not_unmounted)
{
	uint64_t at;

	image_run("cp ntfs.img made.img");
	image_open(&image, "made.img");
	at = record_at(3);
	at += number_at(at + 20) & 0xffff;
	while (number_at(at) != 0x70)
		at += number_at(at + 4);
	at += (number_at(at + 20) & 0xffff) + 10;
	image_close(&image);
	image_write("made.img", at, "\1", 1);
	open_made();
	ck_assert_str_eq(image.fs.notice,
		"it was not unmounted: files changed just before may be "
		"incomplete");
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/", "/odd", "/dir/below", "/packed/lines",
	"/packed/holes", "/wsl/absolute", "/absent" };
static const char *const images[] = { "ntfs.img", "ntfs-512.img" };

START_TEST(survives_any_length)
{
	uint64_t size;

	image_open(&image, images[_i]);
	for (size = 0; size < (20 << 20); size += size < 4096 ? 97 : 2000003) {
		image.vol.size = size;
		image_survive(&image, &ntfs_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	image_open(&image, images[_i]);
	image_survive_changes(
		&image, &ntfs_driver, paths, COUNT(paths), 0, 80, 1 << 20);
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("ntfs_faults");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_images, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_test(tc, a_target_has_a_length);
	tcase_add_loop_test(tc, a_list_of_attributes_has_a_length, 0, 2);
	tcase_add_loop_test(tc, takes_the_mirror_of_the_first_records, 0, 2);
	tcase_add_test(tc, warns_of_what_was_not_unmounted);
	tcase_add_loop_test(tc, survives_any_length, 0, COUNT(images));
	tcase_add_loop_test(tc, survives_a_changed_byte, 0, COUNT(images));
	return run_suite("ntfs_faults", &tc, 1);
}
