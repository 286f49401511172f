/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files and blocks as devices, on a disk of pseudo-random bytes.  The file
 * system has one file per path in a table, on whatever volume it is asked: what
 * should be read is known from the extents.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/fs/blocks.h"
#include "src/fs/loop.h"
#include "tests/support/runner.h"
#include "tests/support/tablefs.h"

#define DISK_SIZE (4U << 20)
#define MANY (LOOP_EXTENTS_MAX + 1)

static uint8_t disk_bytes[DISK_SIZE];
static struct disk disk;
static struct devices devices;
static struct device *root; /* the whole disk */
static struct arena arena;
static struct error err;

static const struct tablefs_file files[] = {
	{ "one", FS_FILE, true, { { 0, 4096, 102400 } }, 102400 },
	{ "pieces", FS_FILE, true,
		{ { 0, 1 << 20, 512 }, { 512, FS_HOLE, 5000 },
			{ 5512, (2 << 20) + 77, 60000 }, { 65512, 0, 24 } },
		65536 },
	{ "odd", FS_FILE, true, { { 0, 8192, 700 } }, 700 },
	{ "unmapped", FS_FILE, false, { { 0, 12345, 70001 } }, 70001 },
	{ "inner", FS_FILE, true, { { 0, 600, 1024 }, { 1024, 5000, 2000 } },
		3024 },
	{ "many", FS_FILE, true, { { 0, 0, 2 * MANY } }, 2 * MANY },
	{ "later", FS_FILE, true, { { 0, 0, 512 }, { 512, DISK_SIZE, 512 } },
		1024 },
	{ "outside", FS_FILE, true, { { 0, DISK_SIZE - 5, 512 } }, 512 },
	{ "empty", FS_FILE, true, { { 0 } }, 0 },
	{ "dir", FS_DIR, true, { { 0 } }, 4096 },
	{ 0 },
};

/* "many" has gaps of nothing between its pieces: it is one byte at a time. */
static int map_many(fs_visit_extent *visit, void *ctx, struct error *fault)
{
	struct fs_extent extent = { .len = 2 };
	int r = 0;

	for (size_t i = 0; i < MANY && r == 0; i++) {
		extent.file = 2 * i;
		extent.vol = 2 * (MANY - i);
		r = visit(ctx, &extent, fault);
	}
	return r;
}

static int map_file(struct fs *fs, const struct fs_node *node,
	fs_visit_extent *visit, void *ctx, struct error *fault)
{
	if (strcmp(files[node->id].name, "many") == 0)
		return map_many(visit, ctx, fault);
	return tablefs_map(fs, node, visit, ctx, fault);
}

static struct fs_driver driver; /* the table's, with that map */
static const struct fs_driver *const drivers[] = { &driver, NULL };

static void setup(void)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);

	tablefs_files = files;
	tablefs_maps = 0;
	driver = tablefs_driver;
	driver.map = map_file;
	tablefs_noise(disk_bytes, DISK_SIZE);
	memset(disk_bytes + 440, 0, 72); /* no partition table */
	ck_assert_int_eq(write(fd, disk_bytes, DISK_SIZE), DISK_SIZE);
	error_clear(&err);
	arena_init(&arena, 64 << 20);
	ck_assert_int_eq(disk_open(&disk, fd, "a.img", 0, &err), 0);
	ck_assert_int_eq(
		devices_scan(&devices, &disk, 1, &arena, drivers, &err), 0);
	root = devices.list[0];
}

static void teardown(void)
{
	devices_close(&devices);
	disk_close(&disk);
	close(disk.fd);
	arena_free(&arena);
}

static struct device *add(
	const char *name, struct device *under, const char *path)
{
	ck_assert_msg(loop_add(&devices, name, under, path, &err) == 0, "%s",
		err.text);
	return loop_find(&devices, name);
}

/* What a file holds that is on the disk itself, zeros up to whole sectors. */
static size_t contents(const char *name, uint8_t *out)
{
	const struct tablefs_file *file = files;
	const struct fs_extent *extent;

	while (strcmp(file->name, name) != 0)
		file++;
	memset(out, 0, file->size + 511);
	for (extent = file->extents; extent < file->extents + 4; extent++)
		if (extent->len > 0 && extent->vol != FS_HOLE)
			memcpy(out + extent->file, disk_bytes + extent->vol,
				extent->len);
	return (file->size + 511) / 512 * 512;
}

/* Every piece of the volume is what it should be, however it is read. */
static void same_bytes(struct volume *vol, const uint8_t *want, size_t size)
{
	static uint8_t got[1 << 18];

	ck_assert_uint_eq(vol->size, size);
	for (size_t len = 1; len < size; len = len * 5 + 3) {
		for (size_t off = 0; off + len <= size; off += len / 2 + 211) {
			ck_assert_msg(
				volume_read(vol, off, got, len, &err) == 0,
				"%s", err.text);
			ck_assert_mem_eq(got, want + off, len);
		}
	}
}

/* Following the runs gives the same, and no run is one too many. */
static void same_runs(
	struct volume *vol, const uint8_t *want, size_t size, unsigned int runs)
{
	static const uint8_t zeros[8192];
	struct volume_run run;

	for (uint64_t off = 0; off < size; off += run.len, runs--) {
		ck_assert_int_eq(
			volume_locate(vol, off, size - off, &run, &err), 1);
		ck_assert_uint_gt(run.len, 0);
		ck_assert_uint_le(run.len, size - off);
		if (run.fd == VOLUME_HOLE) {
			ck_assert_uint_le(run.len, sizeof(zeros));
			ck_assert_mem_eq(zeros, want + off, run.len);
			continue;
		}
		ck_assert_int_eq(run.fd, disk.fd);
		ck_assert_mem_eq(disk_bytes + run.pos, want + off, run.len);
	}
	ck_assert_uint_eq(runs, 0);
}

static const struct {
	const char *name;
	unsigned int runs;
} mapped[] = {
	{ "one", 1 }, { "pieces", 4 },
	{ "odd", 2 }, /* and the zeros behind it */
};

START_TEST(a_file_is_a_device_with_its_bytes)
{
	static uint8_t want[1 << 18];
	size_t size = contents(mapped[_i].name, want);
	struct device *dev = add("loop0", root, mapped[_i].name);

	same_bytes(&dev->vol, want, size);
	same_runs(&dev->vol, want, size, mapped[_i].runs);
	ck_assert_uint_eq(tablefs_maps, 1);
}
END_TEST

START_TEST(a_copy_may_come_before_all_reading)
{
	static uint8_t want[1 << 18];
	size_t size = contents("pieces", want);

	same_runs(&add("loop0", root, "pieces")->vol, want, size, 4);
}
END_TEST

START_TEST(a_file_without_a_map_is_only_read)
{
	static uint8_t want[1 << 18];
	size_t size = contents("unmapped", want);
	struct device *dev = add("loop0", root, "unmapped");
	struct volume_run run;

	ck_assert_int_eq(volume_locate(&dev->vol, 0, 5, &run, &err), 0);
	same_bytes(&dev->vol, want, size);
	ck_assert_int_eq(volume_locate(&dev->vol, 0, 5, &run, &err), 0);
	ck_assert_uint_eq(tablefs_maps, 1);
}
END_TEST

START_TEST(a_file_in_too_many_pieces_is_only_read)
{
	struct device *dev = add("loop0", root, "many");
	struct volume_run run;
	char byte;

	ck_assert_int_eq(volume_locate(&dev->vol, 7, 5, &run, &err), 0);
	ck_assert_int_eq(volume_read(&dev->vol, 7, &byte, 1, &err), 0);
	ck_assert_int_eq(byte, (char)disk_bytes[7]);
}
END_TEST

START_TEST(files_in_files_are_read_through)
{
	static uint8_t outer[1 << 18], want[4096];
	struct device *dev;

	contents("pieces", outer);
	memcpy(want, outer + 600, 1024);
	memcpy(want + 1024, outer + 5000, 2000);
	dev = add("l2", add("l1", root, "/pieces"), "inner");
	same_bytes(&dev->vol, want, 3072);
	/* hole; hole, piece and filling */
	same_runs(&dev->vol, want, 3072, 4);
	ck_assert_ptr_eq(dev->disk, &disk);
}
END_TEST

START_TEST(a_file_in_one_without_a_map_is_only_read)
{
	struct device *dev = add("l2", add("l1", root, "unmapped"), "inner");
	struct volume_run run;
	uint8_t got[2];

	ck_assert_int_eq(volume_locate(&dev->vol, 0, 5, &run, &err), 0);
	ck_assert_int_eq(volume_read(&dev->vol, 1023, got, 2, &err), 0);
	ck_assert_int_eq(got[0], disk_bytes[12345 + 600 + 1023]);
	ck_assert_int_eq(got[1], disk_bytes[12345 + 5000]);
}
END_TEST

START_TEST(a_fault_tells_the_way_from_outside)
{
	struct device *dev = add("l2", add("l1", root, "/pieces"), "/inner");

	ck_assert_ptr_null(device_file(
		&devices, dev, "/vmlinuz", &(struct fs_node){ 0 }, &err));
	device_error(dev, &err);
	ck_assert_str_eq(err.text,
		"a.img: table: /pieces: table: /inner: table: /vmlinuz: "
		"no such file");
}
END_TEST

START_TEST(a_map_that_leaves_the_disk_is_refused)
{
	static const char *const names[] = { "outside", "later" };
	char byte;

	for (int i = 0; i < 4; i++) {
		struct device *dev = add("loop0", root, names[i / 2]);

		error_clear(&err);
		ck_assert_int_eq(volume_read(&dev->vol, 0, &byte, 1, &err), -1);
		ck_assert_str_eq(
			err.text, "an extent lies beyond the volume's end");
		loop_remove(&devices, "loop0", &err);
	}
}
END_TEST

static const struct {
	const char *path;
	const char *why;
} no_devices[] = {
	{ "nothere", "table: nothere: no such file" },
	{ "empty", "table: empty: is empty" },
	{ "dir", "table: dir: is a directory" },
};

START_TEST(what_is_no_file_is_no_device)
{
	ck_assert_int_eq(
		loop_add(&devices, "loop0", root, no_devices[_i].path, &err),
		-1);
	ck_assert_str_eq(err.text, no_devices[_i].why);
	ck_assert_ptr_null(loop_find(&devices, "loop0"));
}
END_TEST

START_TEST(names_come_and_go)
{
	struct device *one = add("a", root, "one");

	add("b", root, "odd");
	ck_assert_int_eq(loop_remove(&devices, "a", &err), 1);
	ck_assert_int_eq(loop_remove(&devices, "a", &err), 0);
	ck_assert_ptr_null(devices_by_grub_name(&devices, "a"));
	ck_assert_str_eq(devices_by_grub_name(&devices, "b")->file, "odd");
	/* the same again is what was made before */
	ck_assert_ptr_eq(add("a", root, "one"), one);
	ck_assert_uint_eq(devices.made_count, 2);
	ck_assert_str_eq(one->name, "a (one)");
}
END_TEST

START_TEST(a_name_counts_before_that_of_a_disk)
{
	struct device *dev = add("hd0", root, "one");

	ck_assert_ptr_eq(devices_by_grub_name(&devices, "hd0"), dev);
	ck_assert_int_eq(loop_remove(&devices, "hd0", &err), 1);
	ck_assert_ptr_eq(devices_by_grub_name(&devices, "hd0"), root);
}
END_TEST

START_TEST(a_file_may_be_assumed)
{
	struct device *dev;

	ck_assert_int_eq(loop_assume(&devices, "a", root, "nothere", &err), 0);
	dev = loop_find(&devices, "a");
	ck_assert_ptr_null(device_fs(&devices, dev, &err));
	ck_assert_str_eq(err.text, "table: nothere: no such file");
	ck_assert_int_eq(loop_assume(&devices, "b", dev, "below", &err), 0);
	ck_assert_int_eq(loop_assume(&devices, "c", root, "one", &err), 0);
	ck_assert_ptr_nonnull(
		device_fs(&devices, loop_find(&devices, "c"), &err));
}
END_TEST

START_TEST(files_inside_each_other_have_a_limit)
{
	struct device *dev = root;
	char name[16];

	for (int i = 0; i < LOOP_DEPTH_MAX; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		dev = add(name, dev, "inner");
	}
	ck_assert_int_eq(loop_add(&devices, "more", dev, "inner", &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, "more than 6 files inside each other as devices");
}
END_TEST

START_TEST(names_in_use_have_a_limit)
{
	char name[16];

	for (int i = 0; i < LOOPS_MAX; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		add(name, root, "one");
	}
	ck_assert_int_eq(loop_add(&devices, "more", root, "one", &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "more than 64 files as devices at a time");
}
END_TEST

START_TEST(devices_that_were_made_have_a_limit)
{
	char name[16];

	for (int i = 0; i < LOOPS_MADE_MAX; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		add(name, root, "one");
		ck_assert_int_eq(loop_remove(&devices, name, &err), 1);
	}
	ck_assert_int_eq(loop_add(&devices, "more", root, "one", &err), -1);
	ck_assert_str_eq(err.text, "more than 1024 files as devices");
}
END_TEST

START_TEST(a_long_name_is_refused)
{
	static const char name[] = "a name that is as long as no loader would "
				   "ever call a device it made";

	ck_assert_int_eq(loop_add(&devices, name, root, "one", &err), -1);
	ck_assert_str_eq(err.text, "a name of more than 63 bytes for a device");
}
END_TEST

static const struct {
	const char *list;
	const char *name; /* of the file */
	struct {
		size_t first, count;
	} ranges[3];
} lists[] = {
	{ "0+1", "0+1", { { 0, 1 } } },
	{ "+3", "+3", { { 0, 3 } } },
	{ "512+1,600+2,+1", "512+1,600+2,+1",
		{ { 512, 1 }, { 600, 2 }, { 0, 1 } } },
	{ "0x10+0x2,010+1", "0x10+0x2,010+1", { { 16, 2 }, { 8, 1 } } },
	{ "8191+1", "8191+1", { { 8191, 1 } } },
	{ "4+2 and more", "4+2", { { 4, 2 } } },
};

START_TEST(blocks_are_a_file)
{
	static uint8_t want[8192], got[8192];
	const char *path;
	struct device *dev =
		blocks_open(&devices, root, lists[_i].list, &path, &err);
	struct fs_node node;
	size_t size = 0, len, n;

	ck_assert_msg(dev != NULL, "%s", err.text);
	ck_assert_str_eq(path, lists[_i].name);
	for (size_t i = 0; i < 3; i++) {
		len = lists[_i].ranges[i].count * BLOCKS_SIZE;
		memcpy(want + size,
			disk_bytes + lists[_i].ranges[i].first * BLOCKS_SIZE,
			len);
		size += len;
	}
	ck_assert_ptr_nonnull(device_file(&devices, dev, path, &node, &err));
	ck_assert_uint_eq(node.size, size);
	ck_assert_int_eq(
		fs_read(&dev->fs, &node, 0, got, sizeof(got), &n, &err), 0);
	ck_assert_uint_eq(n, size);
	ck_assert_mem_eq(got, want, size);
	same_bytes(&dev->vol, want, size);
	/* the same list is the same device */
	ck_assert_ptr_eq(blocks_open(&devices, root, path, &path, &err), dev);
	ck_assert_str_eq(dev->grub, "hd0");
}
END_TEST

static const char beyond[] = "blocks beyond the device's end (0x400000)";
static const char no_list[] =
	"neither a path, which begins with \"/\", nor a list of blocks";

static const struct {
	const char *list;
	const char *why;
} bad_lists[] = {
	{ "", no_list },
	{ "vmlinuz", no_list },
	{ "1", no_list },
	{ "1+", no_list },
	{ "1+0", no_list },
	{ "1+1,", no_list },
	{ "1+1,,2+1", no_list },
	{ "1+1x", no_list },
	{ "-1+1", no_list },
	{ "1+-1", no_list },
	{ " 1+1", no_list },
	{ "99999999999999999999+1", no_list },
	{ "8192+1", beyond },
	{ "8191+2", beyond },
	{ "0x7fffffffffffffff+1", beyond },
	{ "1+0xffffffffffffffff", beyond },
};

START_TEST(what_is_no_list_of_blocks_is_refused)
{
	const char *path;

	ck_assert_ptr_null(
		blocks_open(&devices, root, bad_lists[_i].list, &path, &err));
	ck_assert_str_eq(err.text, bad_lists[_i].why);
	ck_assert_uint_eq(devices.made_count, 0);
}
END_TEST

START_TEST(a_long_list_of_blocks_is_refused)
{
	char list[300];
	const char *path;

	for (size_t i = 0; i + 4 < sizeof(list); i += 4)
		memcpy(list + i, "1+1,", 5);
	memcpy(list + 296, "1+1", 4);
	ck_assert_ptr_null(blocks_open(&devices, root, list, &path, &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "a list of blocks of more than 255 bytes");
}
END_TEST

START_TEST(blocks_and_files_may_be_inside_each_other)
{
	static uint8_t outer[1 << 18];
	struct device *file = add("file", root, "pieces");
	const char *path;
	struct device *blocks =
		blocks_open(&devices, file, "2+100,1+1", &path, &err);
	struct device *loop = add("loop", blocks, path);
	uint8_t got[2048];

	contents("pieces", outer);
	ck_assert_int_eq(volume_read(&loop->vol, 99 * 512, got, 1024, &err), 0);
	ck_assert_mem_eq(got, outer + 101 * 512, 512);
	ck_assert_mem_eq(got + 512, outer + 512, 512);
	error_set(&err, ERR_NOT_FOUND, "what");
	device_error(loop, &err);
	ck_assert_str_eq(
		err.text, "a.img: table: pieces: blocks: 2+100,1+1: what");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("loop");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, a_file_is_a_device_with_its_bytes, 0, (int)LENGTH(mapped));
	tcase_add_test(tc, a_copy_may_come_before_all_reading);
	tcase_add_test(tc, a_file_without_a_map_is_only_read);
	tcase_add_test(tc, a_file_in_too_many_pieces_is_only_read);
	tcase_add_test(tc, files_in_files_are_read_through);
	tcase_add_test(tc, a_file_in_one_without_a_map_is_only_read);
	tcase_add_test(tc, a_fault_tells_the_way_from_outside);
	tcase_add_test(tc, a_map_that_leaves_the_disk_is_refused);
	tcase_add_loop_test(
		tc, what_is_no_file_is_no_device, 0, (int)LENGTH(no_devices));
	tcase_add_test(tc, names_come_and_go);
	tcase_add_test(tc, a_name_counts_before_that_of_a_disk);
	tcase_add_test(tc, a_file_may_be_assumed);
	tcase_add_test(tc, files_inside_each_other_have_a_limit);
	tcase_add_test(tc, names_in_use_have_a_limit);
	tcase_add_test(tc, devices_that_were_made_have_a_limit);
	tcase_add_test(tc, a_long_name_is_refused);
	tcase_add_loop_test(tc, blocks_are_a_file, 0, (int)LENGTH(lists));
	tcase_add_loop_test(tc, what_is_no_list_of_blocks_is_refused, 0,
		(int)LENGTH(bad_lists));
	tcase_add_test(tc, a_long_list_of_blocks_is_refused);
	tcase_add_test(tc, blocks_and_files_may_be_inside_each_other);
	return run_suite("loop", &tc, 1);
}
