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

#include "src/extract.h"
#include "tests/support/runner.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))
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

static const struct file {
	const char *name;
	enum fs_type type;
	bool mapped;
	struct fs_extent extents[4];
	uint64_t size;
} files[] = {
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
};

static int lookup_file(struct fs *fs, const struct fs_node *dir,
	const char *name, struct fs_node *node, struct error *fault)
{
	(void)fs, (void)dir, (void)fault;
	for (size_t i = 0; i < LENGTH(files); i++) {
		if (strcmp(name, files[i].name) != 0)
			continue;
		*node = (struct fs_node){
			.type = files[i].type,
			.size = files[i].size,
			.id = i,
		};
		return 1;
	}
	return 0;
}

static int read_file(struct fs *fs, const struct fs_node *node, uint64_t off,
	void *buf, size_t len, struct error *fault)
{
	return volume_read(
		fs->vol, files[node->id].extents[0].vol + off, buf, len, fault);
}

static int map_file(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *fault)
{
	const struct file *file = &files[node->id];

	(void)fs;
	if (!file->mapped)
		return 1;
	for (size_t i = 0; i < 4 && file->extents[i].len > 0; i++)
		if (visit(ctx, &file->extents[i], fault) < 0)
			return -1;
	return 0;
}

static const struct fs_driver driver = {
	.name = "table",
	.lookup = lookup_file,
	.read = read_file,
	.map = map_file,
};

static void setup(void)
{
	static struct device *list[] = { &dev };
	int fd = memfd_create("disk", MFD_CLOEXEC);
	uint32_t state = 1;

	for (size_t i = 0; i < DISK_SIZE; i++) {
		state = state * 1664525 + 1013904223;
		disk_bytes[i] = (uint8_t)(state >> 24);
	}
	ck_assert_int_eq(write(fd, disk_bytes, DISK_SIZE), DISK_SIZE);
	error_clear(&err);
	arena_init(&arena, 16 << 20);
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
		.driver = &driver,
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
	const struct file *file = files;

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

static int extract(const char *const *names, size_t count, unsigned int align,
	uint64_t max, uint64_t *written)
{
	struct boot_file list[4];

	for (size_t i = 0; i < count; i++)
		list[i] = whole_file(&dev, names[i]);
	return extract_files(
		&devices, list, count, align, max, out, written, &err);
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
	tcase_add_test(
		cases[0], a_disk_that_shrinks_while_it_is_copied_is_an_error);

	tcase_add_checked_fixture(cases[1], setup_only_read, teardown);
	tcase_add_loop_test(
		cases[1], a_file_is_copied_byte_for_byte, 0, (int)LENGTH(good));
	tcase_add_loop_test(cases[1], ramdisks_are_joined_with_padding_between,
		0, (int)LENGTH(alignments));
	return run_suite("extract", cases, LENGTH(cases));
}
