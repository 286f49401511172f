/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file system here has one file per path in a table: where its pieces lie
 * on a disk of pseudo-random bytes, or that it has no map at all.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/extract.h"
#include "tests/support/runner.h"
#include "tests/support/tablefs.h"

#define DISK_SIZE (4U << 20)
#define NO_LIMIT ((uint64_t)1 << 30)

static uint8_t disk_bytes[DISK_SIZE];
static struct disk disk;
static struct devices devices;
static struct device dev;
static struct arena arena;
static struct error err;
static int out;
static bool only_read; /* the volume cannot say where its bytes lie */

static const struct tablefs_file files[] = {
	{ "one", FS_FILE, true, { { 0, 4096, 100000 } }, 100000 },
	{ "holes", FS_FILE, true,
		{ { 0, FS_HOLE, 5000 }, { 5000, 8192, 70000 },
			{ 75000, FS_HOLE, 300000 } },
		375000 },
	{ "pieces", FS_FILE, true,
		{ { 0, 1 << 20, 300 }, { 300, 2 << 20, 40000 },
			{ 40300, (2 << 20) + 40000, 60000 }, { 100300, 0, 7 } },
		100307 },
	{ "unmapped", FS_FILE, false, { { 0, 12345, 700001 } }, 700001 },
	{ "large", FS_FILE, true, { { 0, 0, DISK_SIZE } }, DISK_SIZE },
	{ "empty", FS_FILE, true, { { 0 } }, 0 },
	{ "dir", FS_DIR, true, { { 0 } }, 4096 },
	{ "fifo", FS_OTHER, true, { { 0 } }, 0 },
	{ "gap", FS_FILE, true, { { 0, 0, 100 }, { 200, 0, 100 } }, 300 },
	{ "short", FS_FILE, true, { { 0, 0, 100 } }, 300 },
	{ "outside", FS_FILE, true, { { 0, DISK_SIZE - 5, 300 } }, 300 },
	{ 0 },
};

static void setup(void)
{
	static struct device *list[] = { &dev };
	int fd = memfd_create("disk", MFD_CLOEXEC);

	tablefs_files = files;
	tablefs_noise(disk_bytes, DISK_SIZE);
	ck_assert_int_eq(write(fd, disk_bytes, DISK_SIZE), DISK_SIZE);
	error_clear(&err);
	arena_init(&arena, 64 << 20);
	ck_assert_int_eq(disk_open(&disk, fd, "a.img", 0, &err), 0);
	dev = (struct device){
		.disk = &disk,
		.range = { &disk, 0 },
		.name = "whole disk",
		.state = DEVICE_MOUNTED,
	};
	volume_of_disk(&dev.vol, &dev.range, DISK_SIZE);
	if (only_read)
		dev.vol.locate = NULL;
	dev.fs = (struct fs){
		.driver = &tablefs_driver,
		.vol = &dev.vol,
		.arena = &arena,
		.root = { .type = FS_DIR },
		.type = "table",
	};
	devices = (struct devices){ .arena = &arena, .list = list, .count = 1 };
	out = memfd_create("out", MFD_CLOEXEC);
}

static void setup_only_read(void)
{
	only_read = true;
	setup();
}

static void teardown(void)
{
	only_read = false;
	disk_close(&disk);
	close(disk.fd);
	close(out);
	arena_free(&arena);
}

/* What a file holds, appended to want; the new length. */
static size_t expect(const char *name, uint8_t *want, size_t len)
{
	const struct tablefs_file *file = files;

	while (strcmp(file->name, name) != 0)
		file++;
	for (size_t i = 0; i < 4 && file->extents[i].len > 0; i++) {
		const struct fs_extent *extent = &file->extents[i];

		if (extent->vol == FS_HOLE)
			memset(want + len, 0, extent->len);
		else
			memcpy(want + len, disk_bytes + extent->vol,
				extent->len);
		len += extent->len;
	}
	return len;
}

static int extract_parts(const struct boot_file *list, size_t count,
	unsigned int align, uint64_t max, uint64_t *written)
{
	return extract_files(
		&devices, list, count, align, max, out, written, &err);
}

static int extract(const char *const *names, size_t count, unsigned int align,
	uint64_t max, uint64_t *written)
{
	struct boot_file list[4];

	for (size_t i = 0; i < count; i++)
		list[i] = whole_file(&dev, names[i]);
	return extract_parts(list, count, align, max, written);
}

static struct boot_file part_of(
	const char *name, uint64_t offset, uint64_t length)
{
	struct boot_file file = whole_file(&dev, name);

	file.offset = offset;
	file.length = length;
	return file;
}

static struct boot_file bytes_of(const void *bytes, uint64_t length)
{
	return (struct boot_file){
		.dev = &dev,
		.path = "made",
		.length = length,
		.bytes = bytes,
	};
}

static void check_out(const uint8_t *want, size_t len)
{
	static uint8_t got[DISK_SIZE + 1];

	ck_assert_int_eq(pread(out, got, sizeof(got), 0), (ssize_t)len);
	ck_assert_mem_eq(got, want, len);
}

static const char *const good[] = { "one", "holes", "pieces", "unmapped",
	"large" };

START_TEST(a_file_is_copied_byte_for_byte)
{
	static uint8_t want[DISK_SIZE];
	size_t len = expect(good[_i], want, 0);
	uint64_t written;

	ck_assert_msg(extract(&good[_i], 1, 4, NO_LIMIT, &written) == 0, "%s",
		err.text);
	ck_assert_uint_eq(written, len);
	check_out(want, len);
}
END_TEST

START_TEST(a_hole_stays_one)
{
	const char *name = "holes";
	uint64_t written;
	struct stat st;

	ck_assert_int_eq(extract(&name, 1, 0, NO_LIMIT, &written), 0);
	fstat(out, &st);
	ck_assert_int_lt(st.st_blocks * 512, 150000);
}
END_TEST

static const unsigned int alignments[] = { 0, 4, 4096 };

START_TEST(ramdisks_are_joined_with_padding_between)
{
	static const char *const names[] = { "pieces", "unmapped", "one" };
	static uint8_t want[DISK_SIZE];
	unsigned int align = alignments[_i];
	uint64_t written;
	size_t len = 0;

	for (size_t i = 0; i < LENGTH(names); i++) {
		while (align && len % align != 0)
			want[len++] = 0;
		len = expect(names[i], want, len);
	}
	ck_assert_msg(
		extract(names, LENGTH(names), align, NO_LIMIT, &written) == 0,
		"%s", err.text);
	ck_assert_uint_eq(written, len);
	check_out(want, len);
}
END_TEST

static const struct {
	const char *name;
	enum error_code code;
	const char *text;
} bad[] = {
	{ "empty", ERR_NOT_FOUND, "a.img: table: empty: is empty" },
	{ "dir", ERR_NOT_FOUND, "a.img: table: dir: is a directory" },
	{ "fifo", ERR_NOT_FOUND, "a.img: table: fifo: is not a regular file" },
	{ "none", ERR_NOT_FOUND, "a.img: table: none: no such file" },
	{ "gap", ERR_CORRUPT,
		"a.img: table: gap: extents do not follow each other" },
	{ "short", ERR_CORRUPT,
		"a.img: table: short: the extents end before the file does" },
	{ "outside", ERR_CORRUPT,
		"a.img: table: outside: an extent lies beyond the volume's "
		"end" },
};

START_TEST(what_is_no_whole_file_is_refused)
{
	uint64_t written = 7;

	ck_assert_int_eq(extract(&bad[_i].name, 1, 0, NO_LIMIT, &written), -1);
	ck_assert_str_eq(err.text, bad[_i].text);
	ck_assert_int_eq(err.code, bad[_i].code);
	ck_assert_uint_eq(written, 7);
}
END_TEST

START_TEST(the_limit_counts_all_files_before_the_first_byte)
{
	static const char *const names[] = { "one", "holes" };
	uint64_t written;
	struct stat st;

	ck_assert_int_eq(extract(names, 2, 4, 475000 - 1, &written), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"a.img: table: holes: 475000 bytes with the files before it "
		"are more than the limit of 474999");
	fstat(out, &st);
	ck_assert_int_eq(st.st_size, 0);
	ck_assert_int_eq(extract(names, 2, 4, 475000, &written), 0);
}
END_TEST

START_TEST(without_an_output_everything_is_checked)
{
	const char *names[] = { "one", "holes" };
	int kept = out;
	uint64_t written;

	out = -1;
	ck_assert_int_eq(extract(names, 2, 4, 475000, &written), 0);
	ck_assert_uint_eq(written, 475000);
	ck_assert_int_eq(extract(names, 2, 4, 475000 - 1, &written), -1);
	names[1] = "empty";
	ck_assert_int_eq(extract(names, 2, 4, 475000, &written), -1);
	ck_assert_str_eq(err.text, "a.img: table: empty: is empty");
	out = kept;
}
END_TEST

/* Where parts begin and end: around the edges of pieces and holes above. */
static const uint64_t edges[] = { 0, 1, 299, 300, 4999, 5000, 40300, 74999,
	75000, 100000, 100299, 100300, 262144, 375000, 700000 };

static void check_part(const char *name, const uint8_t *whole, size_t len,
	uint64_t from, uint64_t to)
{
	struct boot_file file = part_of(name, from, to - from);
	uint64_t written;

	if (from >= to || to > len)
		return;
	ck_assert_int_eq(ftruncate(out, 0), 0);
	lseek(out, 0, SEEK_SET);
	ck_assert_msg(extract_parts(&file, 1, 4, to - from, &written) == 0,
		"%s", err.text);
	ck_assert_uint_eq(written, to - from);
	check_out(whole + from, to - from);
}

START_TEST(of_a_part_nothing_else_is_copied)
{
	static uint8_t whole[DISK_SIZE];
	size_t len = expect(good[_i], whole, 0);

	for (size_t i = 0; i < LENGTH(edges); i++) {
		for (size_t j = 0; j < LENGTH(edges); j++)
			check_part(good[_i], whole, len, edges[i], edges[j]);
		check_part(good[_i], whole, len, edges[i], len);
	}
}
END_TEST

static int refuse_to_read(struct volume *vol, uint64_t off, void *buf,
	size_t len, struct error *fault)
{
	(void)vol, (void)off, (void)buf, (void)len;
	return error_set(fault, ERR_IO, "the slow way");
}

START_TEST(a_part_takes_the_fast_way_too)
{
	struct boot_file file = part_of("holes", 3000, 70000);
	uint64_t written;

	dev.vol.read = refuse_to_read;
	ck_assert_msg(extract_parts(&file, 1, 0, NO_LIMIT, &written) == 0, "%s",
		err.text);
	ck_assert_uint_eq(written, 70000);
}
END_TEST

START_TEST(parts_and_bytes_are_joined_with_padding_between)
{
	static uint8_t want[DISK_SIZE], whole[DISK_SIZE];
	static const char small[] = "070701", large[300001] = "large";
	struct boot_file list[] = { part_of("pieces", 7, 50001),
		bytes_of(small, 6), part_of("unmapped", 100000, 299999),
		bytes_of(large, sizeof(large)), part_of("holes", 4999, 3) };
	unsigned int align = alignments[_i];
	uint64_t written;
	size_t len = 0;

	for (size_t i = 0; i < LENGTH(list); i++) {
		while (align && len % align != 0)
			want[len++] = 0;
		if (!list[i].bytes)
			expect(list[i].path, whole, 0);
		memcpy(want + len,
			list[i].bytes ? (const uint8_t *)list[i].bytes
				      : whole + list[i].offset,
			list[i].length);
		len += list[i].length;
	}
	ck_assert_msg(
		extract_parts(list, LENGTH(list), align, len, &written) == 0,
		"%s", err.text);
	ck_assert_uint_eq(written, len);
	check_out(want, len);
}
END_TEST

START_TEST(the_limit_counts_parts_and_bytes)
{
	struct boot_file list[] = { part_of("large", 5000, 1001),
		bytes_of("123", 3) };
	uint64_t written;
	struct stat st;

	ck_assert_int_eq(extract_parts(list, 2, 4, 1000, &written), -1);
	ck_assert_str_eq(err.text,
		"a.img: table: large: 1001 bytes are more than the limit of "
		"1000");
	ck_assert_int_eq(extract_parts(list, 2, 4, 1006, &written), -1);
	ck_assert_str_eq(err.text,
		"a.img: made: 1007 bytes with the files before it are more "
		"than the limit of 1006");
	ck_assert_int_eq(err.code, ERR_LIMIT);
	fstat(out, &st);
	ck_assert_int_eq(st.st_size, 0);
	ck_assert_int_eq(extract_parts(list, 2, 4, 1007, &written), 0);
}
END_TEST

static const struct {
	uint64_t offset, length;
	const char *text;
} bad_parts[] = {
	{ 100000, 1,
		"a.img: table: one: 1 bytes at 100000 lie beyond the file's "
		"end (100000)" },
	{ 99999, 2,
		"a.img: table: one: 2 bytes at 99999 lie beyond the file's end "
		"(100000)" },
	{ 0, 100001,
		"a.img: table: one: 100001 bytes at 0 lie beyond the file's "
		"end (100000)" },
	{ 2, UINT64_MAX,
		"a.img: table: one: 18446744073709551615 bytes at 2 lie beyond "
		"the file's end (100000)" },
	{ UINT64_MAX, 2,
		"a.img: table: one: 2 bytes at 18446744073709551615 lie beyond "
		"the file's end (100000)" },
};

START_TEST(a_part_that_leaves_the_file_is_refused)
{
	struct boot_file file =
		part_of("one", bad_parts[_i].offset, bad_parts[_i].length);
	uint64_t written = 7;

	ck_assert_int_eq(extract_parts(&file, 1, 0, NO_LIMIT, &written), -1);
	ck_assert_str_eq(err.text, bad_parts[_i].text);
	ck_assert_int_eq(err.code, ERR_CORRUPT);
	ck_assert_uint_eq(written, 7);
}
END_TEST

START_TEST(a_part_without_a_length_is_our_fault)
{
	struct boot_file list[] = { part_of("one", 1, 0), bytes_of("x", 0),
		bytes_of("x", 1) };
	uint64_t written;

	list[2].offset = 1;
	ck_assert_int_eq(extract_parts(list, 1, 0, NO_LIMIT, &written), -1);
	ck_assert_str_eq(err.text, "a.img: one: an offset without a length");
	ck_assert_int_eq(err.code, ERR_SYSTEM);
	for (size_t i = 1; i < 3; i++) {
		ck_assert_int_eq(
			extract_parts(&list[i], 1, 0, NO_LIMIT, &written), -1);
		ck_assert_str_eq(err.text,
			"a.img: made: bytes with an offset or without a "
			"length");
	}
}
END_TEST

START_TEST(what_is_no_file_has_no_parts)
{
	struct boot_file file = part_of(bad[_i].name, 0, 1);
	uint64_t written;

	ck_assert_int_eq(extract_parts(&file, 1, 0, NO_LIMIT, &written), -1);
	ck_assert_str_eq(err.text, bad[_i].text);
}
END_TEST

START_TEST(a_disk_that_shrinks_while_it_is_copied_is_an_error)
{
	const char *name = "large";
	uint64_t written;

	ck_assert_int_eq(ftruncate(disk.fd, DISK_SIZE / 2), 0);
	ck_assert_int_eq(extract(&name, 1, 0, NO_LIMIT, &written), -1);
	ck_assert_str_eq(err.text,
		"a.img: table: large: the disk ends at 0x200000 while it is "
		"copied");
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("extract"),
		tcase_create("by reading") };

	tcase_add_checked_fixture(cases[0], setup, teardown);
	tcase_add_loop_test(
		cases[0], a_file_is_copied_byte_for_byte, 0, (int)LENGTH(good));
	tcase_add_test(cases[0], a_hole_stays_one);
	tcase_add_loop_test(cases[0], ramdisks_are_joined_with_padding_between,
		0, (int)LENGTH(alignments));
	tcase_add_loop_test(cases[0], what_is_no_whole_file_is_refused, 0,
		(int)LENGTH(bad));
	tcase_add_test(
		cases[0], the_limit_counts_all_files_before_the_first_byte);
	tcase_add_test(cases[0], without_an_output_everything_is_checked);
	tcase_add_loop_test(cases[0], of_a_part_nothing_else_is_copied, 0,
		(int)LENGTH(good));
	tcase_add_test(cases[0], a_part_takes_the_fast_way_too);
	tcase_add_loop_test(cases[0],
		parts_and_bytes_are_joined_with_padding_between, 0,
		(int)LENGTH(alignments));
	tcase_add_test(cases[0], the_limit_counts_parts_and_bytes);
	tcase_add_loop_test(cases[0], a_part_that_leaves_the_file_is_refused, 0,
		(int)LENGTH(bad_parts));
	tcase_add_test(cases[0], a_part_without_a_length_is_our_fault);
	tcase_add_loop_test(
		cases[0], what_is_no_file_has_no_parts, 0, (int)LENGTH(bad));
	tcase_add_test(
		cases[0], a_disk_that_shrinks_while_it_is_copied_is_an_error);

	tcase_add_checked_fixture(cases[1], setup_only_read, teardown);
	tcase_add_loop_test(
		cases[1], a_file_is_copied_byte_for_byte, 0, (int)LENGTH(good));
	tcase_add_loop_test(cases[1], ramdisks_are_joined_with_padding_between,
		0, (int)LENGTH(alignments));
	tcase_add_loop_test(cases[1], of_a_part_nothing_else_is_copied, 0,
		(int)LENGTH(good));
	tcase_add_loop_test(cases[1],
		parts_and_bytes_are_joined_with_padding_between, 0,
		(int)LENGTH(alignments));
	return run_suite("extract", cases, LENGTH(cases));
}
