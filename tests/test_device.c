/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks here are memfds with an MBR written by hand; what is on the partitions
 * does not matter, but for the driver that knows the letter F.
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/fs/device.h"
#include "tests/support/runner.h"

#define SECTOR 512
#define MIB (1 << 20)

static struct disk disks[2];
static struct devices devices;
static struct arena arena;
static struct error err;
static unsigned int opened;

static int probe_f(struct volume *vol, struct error *fault)
{
	char letter;

	if (volume_read(vol, 0, &letter, 1, fault) < 0)
		return -1;
	return letter == 'F' || letter == 'X';
}

static int open_f(struct fs *fs, struct error *fault)
{
	char letter;

	opened++;
	if (volume_read(fs->vol, 0, &letter, 1, fault) < 0)
		return -1;
	if (letter == 'X')
		return error_set(fault, ERR_CORRUPT, "superblock: is an X");
	fs->root.type = FS_DIR;
	return 0;
}

static const struct fs_driver f_driver = {
	.name = "ffs",
	.probe = probe_f,
	.open = open_f,
};

static const struct fs_driver *const drivers[] = { &f_driver, NULL };

static void put(int fd, uint64_t off, const void *data, size_t len)
{
	ck_assert_int_eq(pwrite(fd, data, len, (off_t)off), (ssize_t)len);
}

/* One primary partition of 1 MiB that begins at that MiB of the disk. */
static void put_partition(int fd, unsigned int slot, bool active, uint8_t mib)
{
	uint8_t entry[16] = { active ? 0x80 : 0, 0, 0, 0, 0x83 };
	uint32_t start = (uint32_t)mib * (MIB / SECTOR), size = MIB / SECTOR;

	memcpy(entry + 8, &start, 4);
	memcpy(entry + 12, &size, 4);
	put(fd, 446 + slot * 16, entry, sizeof(entry));
	put(fd, 510, "\x55\xaa", 2);
}

static int new_disk(void)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(ftruncate(fd, 8 * MIB), 0);
	return fd;
}

/* hd0: partitions 1, 2 (active), 3 with an F, nothing and an X; hd1: an F. */
static void setup(void)
{
	int fd[2] = { new_disk(), new_disk() };

	opened = 0;
	error_clear(&err);
	arena_init(&arena, 16 << 20);
	put_partition(fd[0], 0, false, 1);
	put_partition(fd[0], 1, true, 2);
	put_partition(fd[0], 2, false, 3);
	put(fd[0], 1 * MIB, "F", 1);
	put(fd[0], 3 * MIB, "X", 1);
	put(fd[1], 0, "F", 1);
	ck_assert_int_eq(disk_open(&disks[0], fd[0], "a.img", 0, &err), 0);
	ck_assert_int_eq(disk_open(&disks[1], fd[1], "b.img", 1, &err), 0);
	ck_assert_msg(
		devices_scan(&devices, disks, 2, &arena, drivers, &err) == 0,
		"%s", err.text);
}

static void teardown(void)
{
	devices_close(&devices);
	for (size_t i = 0; i < LENGTH(disks); i++) {
		disk_close(&disks[i]);
		close(disks[i].fd);
	}
	arena_free(&arena);
}

START_TEST(disks_and_partitions_are_listed_as_grub_does)
{
	static const char *const names[] = { "hd0", "hd0,msdos1", "hd0,msdos2",
		"hd0,msdos3", "hd1" };

	ck_assert_uint_eq(devices.count, LENGTH(names));
	ck_assert_uint_eq(devices.order_count, LENGTH(names));
	for (size_t i = 0; i < LENGTH(names); i++)
		ck_assert_str_eq(devices.list[i]->grub, names[i]);
}
END_TEST

START_TEST(the_active_partition_is_looked_at_first)
{
	static const char *const names[] = { "hd0,msdos2", "hd0,msdos1",
		"hd0,msdos3", "hd0", "hd1" };

	for (size_t i = 0; i < LENGTH(names); i++)
		ck_assert_str_eq(devices.order[i]->grub, names[i]);
}
END_TEST

/* Partition 1 is the disk once more, partition 2 a part of it. */
START_TEST(a_hybrid_iso_is_looked_at_once)
{
	static const char *const names[] = { "hd0", "hd0,msdos2",
		"hd0,msdos3" };
	struct devices hybrid;

	put_partition(disks[0].fd, 0, false, 0);
	put(disks[0].fd, 0x8001, "CD001", 5);
	disk_close(&disks[0]); /* forgets what it read */
	ck_assert_msg(
		devices_scan(&hybrid, disks, 1, &arena, drivers, &err) == 0,
		"%s", err.text);
	ck_assert_uint_eq(hybrid.count, 4);
	ck_assert_uint_eq(hybrid.order_count, LENGTH(names));
	for (size_t i = 0; i < LENGTH(names); i++)
		ck_assert_str_eq(hybrid.order[i]->grub, names[i]);
	ck_assert_str_eq(
		devices_by_grub_name(&hybrid, "hd0,1")->name, "partition 1");
}
END_TEST

static const struct {
	const char *name;
	const char *found; /* NULL: nothing */
} spellings[] = {
	{ "hd0", "hd0" },
	{ "hd0,1", "hd0,msdos1" },
	{ "hd0,msdos3", "hd0,msdos3" },
	{ "hd0,gpt2", "hd0,msdos2" },
	{ "xen/xvda,msdos1", "hd0,msdos1" },
	{ "xen/xvda1", "hd0,msdos1" },
	{ "hd1,1", "hd1" }, /* no table: the partition is the disk */
	{ "xen/xvdb,gpt1", "hd1" },
	{ "hd0,4", NULL },
	{ "hd2", NULL },
	{ "hd0,", NULL },
	{ "hd0,msdos", NULL },
	{ "hd0,msdos1,bsd1", NULL },
	{ "hd0,1x", NULL },
	{ "hd", NULL },
	{ "", NULL },
	{ "cd0", NULL },
	{ "hd99999999999", NULL },
	{ "xen/xvdz,1", NULL },
};

START_TEST(a_device_has_many_spellings)
{
	const struct device *dev =
		devices_by_grub_name(&devices, spellings[_i].name);

	if (spellings[_i].found) {
		ck_assert_ptr_nonnull(dev);
		ck_assert_str_eq(dev->grub, spellings[_i].found);
	} else {
		ck_assert_ptr_null(dev);
	}
}
END_TEST

START_TEST(a_file_system_is_opened_once)
{
	struct device *dev = devices_by_number(&devices, 0, 1);
	struct fs *fs = device_fs(&devices, dev, &err);

	ck_assert_ptr_nonnull(fs);
	ck_assert_ptr_eq(device_fs(&devices, dev, &err), fs);
	ck_assert_uint_eq(opened, 1);
}
END_TEST

START_TEST(what_cannot_be_read_says_why_each_time)
{
	struct device *dev = devices_by_number(&devices, 0, 3);

	for (int i = 0; i < 2; i++) {
		error_clear(&err);
		ck_assert_ptr_null(device_fs(&devices, dev, &err));
		ck_assert_int_eq(device_error(dev, &err), -1);
		ck_assert_str_eq(err.text,
			"a.img: partition 3: ffs: superblock: is an X");
	}
	ck_assert_uint_eq(opened, 1);
}
END_TEST

START_TEST(a_whole_disk_is_named_by_its_file_alone)
{
	error_set(&err, ERR_NOT_FOUND, "no known file system");
	device_error(devices_by_number(&devices, 1, 0), &err);
	ck_assert_str_eq(err.text, "b.img: no known file system");
}
END_TEST

START_TEST(an_offset_is_the_only_place_looked_at)
{
	struct devices at;

	ck_assert_int_eq(
		devices_at_offset(&at, &disks[0], MIB, &arena, drivers, &err),
		0);
	ck_assert_uint_eq(at.count, 1);
	ck_assert_ptr_nonnull(device_fs(&at, at.order[0], &err));
	ck_assert_str_eq(at.order[0]->name, "offset 1048576");
	/* whatever the configuration says, it means this */
	ck_assert_ptr_eq(devices_by_grub_name(&at, "hd0,gpt2"), at.order[0]);
	devices_close(&at);
}
END_TEST

START_TEST(an_offset_beyond_the_end_is_refused)
{
	struct devices at;

	ck_assert_int_eq(devices_at_offset(&at, &disks[0], 8 * MIB, &arena,
				 drivers, &err),
		-1);
	ck_assert_str_eq(
		err.text, "a.img: offset 8388608 is beyond the disk's end");
}
END_TEST

START_TEST(a_read_beyond_the_volume_is_refused)
{
	struct device *dev = devices_by_number(&devices, 0, 1);
	struct volume_run run;
	char byte;

	ck_assert_int_eq(volume_read(&dev->vol, MIB, &byte, 1, &err), -1);
	ck_assert_str_eq(err.text,
		"1 bytes at 0x100000 lie beyond the volume's end (0x100000)");
	ck_assert_int_eq(
		volume_locate(&dev->vol, UINT64_MAX, 2, &run, &err), -1);
	ck_assert_int_eq(volume_locate(&dev->vol, 10, 20, &run, &err), 1);
	ck_assert_uint_eq(run.pos, MIB + 10);
	ck_assert_uint_eq(run.len, 20);
}
END_TEST

START_TEST(reads_of_any_size_and_place_give_the_disks_bytes)
{
	static uint8_t want[3 * DISK_BLOCK_SIZE * 4], got[sizeof(want)];

	for (size_t i = 0; i < sizeof(want); i++)
		want[i] = (uint8_t)(i * 7 + i / 251);
	put(disks[1].fd, 0, want, sizeof(want));
	disk_close(&disks[1]); /* forget what the scan has read */
	for (size_t off = 0; off < 9000; off += 613) {
		for (size_t len = 1; len < 20000; len = len * 3 + 5) {
			memset(got, 0, len);
			ck_assert_int_eq(
				disk_read(&disks[1], off, got, len, &err), 0);
			ck_assert_mem_eq(got, want + off, len);
		}
	}
}
END_TEST

/* Two who read on, of whom one wants parts of blocks, while others jump. */
START_TEST(who_reads_on_gets_the_disks_bytes)
{
	static uint8_t want[MIB], got[DISK_BLOCK_SIZE];
	size_t steps[] = { DISK_BLOCK_SIZE, 300 }, at[] = { 0, 400000 };

	for (size_t i = 0; i < sizeof(want); i++)
		want[i] = (uint8_t)(i * 7 + i / 251);
	put(disks[1].fd, 0, want, sizeof(want));
	disk_close(&disks[1]); /* forget what the scan has read */
	for (unsigned int turn = 0; turn < 400; turn++) {
		for (size_t i = 0; i < 2; i++) {
			if (at[i] + steps[i] > sizeof(want))
				continue;
			ck_assert_int_eq(disk_read(&disks[1], at[i], got,
						 steps[i], &err),
				0);
			ck_assert_mem_eq(got, want + at[i], steps[i]);
			at[i] += steps[i];
		}
		ck_assert_int_eq(
			disk_read(&disks[1], turn * 2500, got, 7, &err), 0);
		ck_assert_mem_eq(got, want + turn * 2500, 7);
	}
}
END_TEST

/* What lies behind cannot be read, and nobody asks for it. */
START_TEST(reading_on_goes_up_to_a_damaged_place)
{
	uint8_t block[DISK_BLOCK_SIZE];
	uint64_t off;

	ck_assert_int_eq(ftruncate(disks[1].fd, MIB), 0);
	disk_close(&disks[1]);
	for (off = 0; off < MIB; off += sizeof(block))
		ck_assert_int_eq(
			disk_read(&disks[1], off, block, sizeof(block), &err),
			0);
	ck_assert_int_eq(
		disk_read(&disks[1], off, block, sizeof(block), &err), -1);
}
END_TEST

START_TEST(a_disk_that_shrinks_is_an_error)
{
	char byte;

	ck_assert_int_eq(ftruncate(disks[1].fd, MIB), 0);
	ck_assert_int_eq(disk_read(&disks[1], 2 * MIB, &byte, 1, &err), -1);
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_str_eq(
		err.text, "the disk ends at 0x200000 while it is read");
}
END_TEST

START_TEST(a_partition_has_a_uuid)
{
	static struct partition gpt = { .scheme = SCHEME_GPT,
		.guid = "0fc63daf-8483-4772-8e79-3d69d8477de4" };
	struct device named = { .part = &gpt };
	char uuid[DEVICE_PART_UUID_SIZE];

	put(disks[0].fd, 0x1b8, "\xcd\xab\x34\x12", 4);
	disk_close(&disks[0]); /* forget what the scan has read */
	ck_assert_int_eq(device_part_uuid(devices.list[2], uuid, &err), 0);
	ck_assert_str_eq(uuid, "1234abcd-02");
	ck_assert_int_eq(device_part_uuid(devices.list[0], uuid, &err), 0);
	ck_assert_str_eq(uuid, "");
	ck_assert_int_eq(device_part_uuid(&named, uuid, &err), 0);
	ck_assert_str_eq(uuid, "0fc63daf-8483-4772-8e79-3d69d8477de4");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("device");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, disks_and_partitions_are_listed_as_grub_does);
	tcase_add_test(tc, the_active_partition_is_looked_at_first);
	tcase_add_test(tc, a_hybrid_iso_is_looked_at_once);
	tcase_add_loop_test(
		tc, a_device_has_many_spellings, 0, (int)LENGTH(spellings));
	tcase_add_test(tc, a_file_system_is_opened_once);
	tcase_add_test(tc, what_cannot_be_read_says_why_each_time);
	tcase_add_test(tc, a_whole_disk_is_named_by_its_file_alone);
	tcase_add_test(tc, an_offset_is_the_only_place_looked_at);
	tcase_add_test(tc, an_offset_beyond_the_end_is_refused);
	tcase_add_test(tc, a_read_beyond_the_volume_is_refused);
	tcase_add_test(tc, a_partition_has_a_uuid);
	tcase_add_test(tc, reads_of_any_size_and_place_give_the_disks_bytes);
	tcase_add_test(tc, who_reads_on_gets_the_disks_bytes);
	tcase_add_test(tc, reading_on_goes_up_to_a_damaged_place);
	tcase_add_test(tc, a_disk_that_shrinks_is_an_error);
	return run_suite("device", &tc, 1);
}
