/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Arrays and logical volumes that Linux, mdadm and lvm made
 * (testimages/volumes): each is filled with sectors that begin with its name
 * and their number, so every byte that is read from the wrong place is noticed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/fs/logical.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define SECTOR 512

/* Of the partitions of stored disks */
#define MD_PARTITION 2048 /* sectors; the first one begins there, too */
#define LVM_PARTITION 16384

static const struct fs_driver *const no_drivers[] = { NULL };

static struct disk disk;
static struct devices devices;
static struct arena arena;
static struct error err;

static void open_image(const char *name)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", image_directory(), name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	arena_init(&arena, 64 << 20);
	error_clear(&err);
	ck_assert_int_eq(disk_open(&disk, fd, "vm.img", 0, &err), 0);
	ck_assert_msg(
		devices_scan(&devices, &disk, 1, &arena, no_drivers, &err) == 0,
		"%s", err.text);
}

static void close_image(void)
{
	devices_close(&devices);
	disk_close(&disk);
	close(disk.fd);
	arena_free(&arena);
}

static struct device *named(const char *name)
{
	struct device *dev = devices_by_grub_name(&devices, name);

	ck_assert_msg(dev != NULL, "no %s", name);
	if (dev->why)
		ck_abort_msg("%s: %s", name, dev->why->text);
	return dev;
}

static void read_at(struct device *dev, uint64_t off, uint8_t *buf, size_t len)
{
	ck_assert_msg(volume_read(&dev->vol, off, buf, len, &err) == 0,
		"%s: %s", dev->grub, err.text);
}

static void check_sector(const char *name, uint64_t number, const uint8_t *got)
{
	char want[SECTOR + 1], text[64];

	snprintf(text, sizeof(text), "%s %llu", name,
		(unsigned long long)number);
	snprintf(want, sizeof(want), "%-511s\n", text);
	ck_assert_msg(memcmp(got, want, SECTOR) == 0,
		"sector %llu of %s is \"%.30s\"", (unsigned long long)number,
		name, got);
}

/* What read() gives, in odd pieces, is what was written. */
static void check_read(struct device *dev, const char *name, uint64_t sectors)
{
	static uint8_t buf[151 * SECTOR];
	uint64_t at, i, n;

	for (at = 0; at < sectors; at += n) {
		n = sectors - at < 151 ? sectors - at : 151;
		read_at(dev, at * SECTOR, buf, n * SECTOR);
		for (i = 0; i < n; i++)
			check_sector(name, at + i, buf + i * SECTOR);
	}
}

/* So is what lies where locate() says; -1: it says nothing somewhere. */
static int check_located(struct device *dev, const char *name, uint64_t sectors)
{
	uint8_t sector[SECTOR];
	struct volume_run run;
	uint64_t at, i;
	int r;

	for (at = 0; at < sectors; at += run.len / SECTOR) {
		r = volume_locate(&dev->vol, at * SECTOR,
			(sectors - at) * SECTOR, &run, &err);
		ck_assert_msg(r >= 0, "%s: %s", name, err.text);
		if (r == 0)
			return -1;
		ck_assert_int_eq(run.fd, disk.fd);
		ck_assert_uint_ge(run.len, SECTOR);
		for (i = 0; i < run.len / SECTOR; i++) {
			ck_assert_int_eq(pread(run.fd, sector, SECTOR,
						 (off_t)(run.pos + i * SECTOR)),
				SECTOR);
			check_sector(name, at + i, sector);
		}
	}
	return 0;
}

/* Each array on its partitions; the numbers are those of mdadm. */
static const struct {
	const char *name;
	const char *grub; /* NULL: md/NAME */
	int level;
	unsigned int first; /* partition */
	unsigned int members;
	unsigned int spare; /* so many may be missing */
	uint64_t sectors;
} arrays[] = {
	{ "raid1-090", "md/3", 1, 1, 2, 1, 1920 },
	{ "raid1-10", NULL, 1, 3, 2, 1, 1920 },
	{ "raid1-11", NULL, 1, 5, 2, 1, 1920 },
	{ "raid1-12", NULL, 1, 7, 2, 1, 1920 },
	{ "raid0", NULL, 0, 11, 3, 0, 5760 },
	{ "linear", NULL, -1, 14, 2, 0, 3840 },
	{ "near2", NULL, 10, 16, 4, 1, 3840 },
	{ "near2of3", NULL, 10, 20, 3, 1, 2880 },
	{ "far2", NULL, 10, 23, 3, 1, 2880 },
	{ "far2of4", NULL, 10, 26, 4, 1, 3840 },
	{ "offset2", NULL, 10, 30, 3, 1, 2880 },
	{ "raid4", NULL, 4, 33, 3, 1, 3840 },
	{ "raid5", NULL, 5, 36, 3, 1, 3840 },
	{ "raid5-090", "md/42", 5, 39, 3, 1, 3840 },
	{ "raid5-10", NULL, 5, 42, 3, 1, 4032 },
	{ "raid5-la", NULL, 5, 45, 4, 1, 5760 },
	{ "raid5-ra", NULL, 5, 49, 4, 1, 5760 },
	{ "raid5-rs", NULL, 5, 53, 4, 1, 5760 },
	{ "raid5-first", NULL, 5, 57, 4, 1, 5760 },
	{ "raid5-last", NULL, 5, 61, 4, 1, 5760 },
	{ "raid6", NULL, 6, 65, 4, 2, 3840 },
	{ "raid6-la", NULL, 6, 69, 5, 2, 5760 },
	{ "raid6-ra", NULL, 6, 74, 5, 2, 5760 },
	{ "raid6-rs", NULL, 6, 79, 5, 2, 5760 },
	{ "raid6-ddf-zero", NULL, 6, 84, 5, 2, 5760 },
	{ "raid6-ddf-nr", NULL, 6, 89, 5, 2, 5760 },
	{ "raid6-ddf-nc", NULL, 6, 94, 5, 2, 5760 },
	{ "raid6-la6", NULL, 6, 99, 5, 2, 5760 },
	{ "raid6-rs6", NULL, 6, 104, 5, 2, 5760 },
	{ "raid0-uneven", NULL, 0, 111, 4, 0, 10240 },
	{ "linear-uneven", NULL, -1, 115, 3, 0, 7608 },
};

static struct device *array_device(size_t i)
{
	char name[64];

	snprintf(name, sizeof(name), "md/%s", arrays[i].name);
	return named(arrays[i].grub ? arrays[i].grub : name);
}

START_TEST(every_array_reads_as_linux_wrote_it)
{
	struct device *dev;

	open_image("md.img");
	dev = array_device((size_t)_i);
	if (arrays[_i].sectors)
		ck_assert_uint_eq(dev->vol.size, arrays[_i].sectors * SECTOR);
	check_read(dev, arrays[_i].name, dev->vol.size / SECTOR);
	ck_assert_int_eq(
		check_located(dev, arrays[_i].name, dev->vol.size / SECTOR), 0);
	close_image();
}
END_TEST

/* Volumes of the group vol-grp */
static const struct {
	const char *name;
	unsigned int spare; /* so many physical volumes may be missing */
	uint64_t sectors;
} volumes[] = {
	{ "linear", 0, 4096 },
	{ "with-dashes", 0, 512 },
	{ "striped", 0, 1536 },
	{ "mirror", 1, 768 },
	{ "raid1", 1, 768 },
	{ "raid0", 0, 1536 },
	{ "raid10", 1, 1536 },
	{ "raid4", 1, 1536 },
	{ "raid5", 1, 1536 },
	{ "raid5-ra", 1, 1536 },
	{ "raid6", 2, 1536 },
	{ "raid6-nc", 2, 1536 },
	{ "origin", 0, 512 },
};

static struct device *logical_volume(const char *name)
{
	char node[64];
	struct device *dev;

	snprintf(node, sizeof(node), "vol-grp/%s", name);
	dev = logical_by_node(&devices, node);
	ck_assert_msg(dev != NULL, "no %s", name);
	return dev;
}

START_TEST(every_logical_volume_reads_as_linux_wrote_it)
{
	struct device *dev;

	open_image("lvm.img");
	dev = logical_volume(volumes[_i].name);
	if (dev->why)
		ck_abort_msg("%s", dev->why->text);
	ck_assert_uint_eq(dev->vol.size, volumes[_i].sectors * SECTOR);
	check_read(dev, volumes[_i].name, volumes[_i].sectors);
	ck_assert_int_eq(
		check_located(dev, volumes[_i].name, volumes[_i].sectors), 0);
	close_image();
}
END_TEST

static void unpack(void)
{
	image_stored("md.img");
	image_stored("lvm.img");
}

/* A partition that the guest was not given: nobody looks at it. */
static void take_away(unsigned int partition)
{
	struct device *dev = devices_by_number(&devices, 0, partition);

	ck_assert_ptr_nonnull(dev);
	dev->looked_at = true;
}

static void check_without(
	size_t i, unsigned int one, unsigned int other, unsigned int missing)
{
	char notice[80];
	struct device *dev;

	open_image("md.img");
	take_away(arrays[i].first + one);
	take_away(arrays[i].first + other);
	dev = array_device(i);
	check_read(dev, arrays[i].name, arrays[i].sectors);
	snprintf(notice, sizeof(notice),
		"%u of the %u members of the array are missing", missing,
		arrays[i].members);
	ck_assert_str_eq(dev->made->notice, notice);
	close_image();
}

START_TEST(what_is_missing_is_made_good)
{
	unsigned int one, other;

	for (one = 0; arrays[_i].spare > 0 && one < arrays[_i].members; one++)
		check_without((size_t)_i, one, one, 1);
	for (one = 0; arrays[_i].spare > 1 && one < arrays[_i].members; one++)
		for (other = 0; other < one; other++)
			check_without((size_t)_i, one, other, 2);
}
END_TEST

/* One more than it can do without. */
START_TEST(an_array_without_too_many_says_so)
{
	unsigned int i, left = arrays[_i].members - arrays[_i].spare - 1;
	char name[64], want[128];
	struct device *dev;

	open_image("md.img");
	/* of a copy each, it may well be able to do without more */
	for (i = left; i < arrays[_i].members; i++)
		take_away(arrays[_i].first + i);
	snprintf(name, sizeof(name), "md/%s", arrays[_i].name);
	dev = devices_by_grub_name(
		&devices, arrays[_i].grub ? arrays[_i].grub : name);
	if (left == 0) {
		ck_assert_ptr_null(dev);
	} else if (arrays[_i].level != 10) {
		ck_assert_ptr_null(device_fs(&devices, dev, &err));
		snprintf(want, sizeof(want),
			"of the %u members of the array %u %s here",
			arrays[_i].members, left, left == 1 ? "is" : "are");
		ck_assert_str_eq(err.text, want);
	}
	close_image();
}
END_TEST

START_TEST(a_volume_group_without_a_disk_has_what_is_elsewhere)
{
	unsigned int missing;
	struct device *dev;
	size_t i;

	for (missing = 1; missing <= 5; missing++) {
		open_image("lvm.img");
		take_away(missing);
		for (i = 0; i < LENGTH(volumes); i++) {
			dev = logical_volume(volumes[i].name);
			if (!dev->why)
				check_read(dev, volumes[i].name,
					volumes[i].sectors);
			else if (volumes[i].spare > 0)
				ck_abort_msg("%s: %s", volumes[i].name,
					dev->why->text);
			else
				ck_assert_msg(strncmp(dev->why->text,
						      "the physical volume ",
						      20) == 0,
					"%s", dev->why->text);
		}
		close_image();
	}
}
END_TEST

/* thin: the first 1024 sectors; of thin-snap the first 128 were replaced. */
START_TEST(thin_volumes_have_their_data_and_zeros_elsewhere)
{
	static const uint8_t zeros[SECTOR];
	uint8_t sector[SECTOR];
	struct device *dev;

	open_image("lvm.img");
	dev = logical_volume("thin");
	if (dev->why)
		ck_abort_msg("%s", dev->why->text);
	ck_assert_uint_eq(dev->vol.size, 2 << 20);
	check_read(dev, "thin", 1024);
	ck_assert_int_eq(check_located(dev, "thin", 1024), 0);
	read_at(dev, 1024 * SECTOR, sector, SECTOR);
	ck_assert_mem_eq(sector, zeros, SECTOR);
	dev = logical_volume("thin-snap");
	check_read(dev, "thin-snap", 128);
	read_at(dev, 128 * SECTOR, sector, SECTOR);
	check_sector("thin", 128, sector);
	close_image();
}
END_TEST

START_TEST(what_is_not_read_is_named)
{
	struct device *dev;

	open_image("lvm.img");
	dev = logical_volume("snap");
	ck_assert_ptr_null(device_fs(&devices, dev, &err));
	ck_assert_str_eq(err.text,
		"a volume of the type \"snapshot\", which is not "
		"read");
	close_image();
}
END_TEST

/* As GRUB calls it; %s is its name by UUIDs. */
static const char *const spellings[] = {
	"lvm/vol--grp-with--dashes", "vol--grp-with--dashes", /* of GRUB 1.98 */
	"%s",                                                 /* lvmid/... */
};

START_TEST(a_volume_has_grubs_names)
{
	const struct device *dev, *found;
	char name[128];
	size_t i;

	open_image("lvm.img");
	dev = logical_volume("with-dashes");
	ck_assert_str_eq(dev->grub, spellings[0]);
	ck_assert_str_eq(dev->name, "lvm vol-grp/with-dashes");
	ck_assert_ptr_eq(
		logical_by_node(&devices, "mapper/vol--grp-with--dashes"), dev);
	for (i = 0; i < LENGTH(spellings); i++) {
		snprintf(name, sizeof(name), "%s", spellings[i]);
		if (strchr(name, '%'))
			snprintf(name, sizeof(name), "%s", dev->made->id);
		found = devices_by_grub_name(&devices, name);
		ck_assert_ptr_eq(found, dev);
	}
	ck_assert_ptr_null(
		devices_by_grub_name(&devices, "lvm/vol-grp-linear"));
	ck_assert_ptr_null(devices_by_grub_name(&devices, "lvm/"));
	close_image();
}
END_TEST

START_TEST(an_array_has_grubs_names)
{
	const struct device *dev;

	open_image("md.img");
	dev = named("md/raid5");
	ck_assert_str_eq(dev->name, "md raid5");
	ck_assert_ptr_eq(named(dev->made->id), dev);
	ck_assert_uint_eq(strlen(dev->made->id), strlen("mduuid/") + 32);
	ck_assert_ptr_eq(logical_by_node(&devices, "md/raid5"), dev);
	ck_assert_ptr_eq(logical_by_node(&devices, "md42"), named("md/42"));
	ck_assert_ptr_eq(named("md42"), named("md/42"));
	ck_assert_ptr_null(devices_by_grub_name(&devices, "md/nine"));
	ck_assert_ptr_null(devices_by_grub_name(&devices, "md/raid5,1"));
	close_image();
}
END_TEST

/* Wherever memory ends, what was found before is still sound. */
START_TEST(memory_may_end_anywhere)
{
	static const char *const images[] = { "md.img", "lvm.img" };
	unsigned int all;
	size_t limit;

	open_image(images[_i]);
	logical_scan(&devices, LOOKED_EVERYWHERE);
	all = devices.over_count;
	for (limit = 8 << 10; devices.over_count < all || limit == 8 << 10;
		limit += 1000) {
		devices_close(&devices);
		arena_free(&arena);
		arena_init(&arena, limit);
		if (devices_scan(&devices, &disk, 1, &arena, no_drivers, &err) <
			0) {
			ck_assert_int_eq(err.code, ERR_LIMIT);
			continue;
		}
		logical_scan(&devices, LOOKED_REST);
		logical_scan(&devices, LOOKED_EVERYWHERE);
	}
	ck_assert_uint_gt(all, 10);
	close_image();
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("volumes");
	TCase *memory = tcase_create("memory");

	tcase_set_timeout(tc, 300);
	tcase_set_timeout(memory, 300);
	tcase_add_unchecked_fixture(tc, unpack, image_cleanup);
	tcase_add_loop_test(tc, every_array_reads_as_linux_wrote_it, 0,
		(int)LENGTH(arrays));
	tcase_add_loop_test(
		tc, what_is_missing_is_made_good, 0, (int)LENGTH(arrays));
	tcase_add_loop_test(
		tc, an_array_without_too_many_says_so, 0, (int)LENGTH(arrays));
	tcase_add_test(tc, a_volume_group_without_a_disk_has_what_is_elsewhere);
	tcase_add_test(tc, thin_volumes_have_their_data_and_zeros_elsewhere);
	tcase_add_test(tc, what_is_not_read_is_named);
	tcase_add_test(tc, a_volume_has_grubs_names);
	tcase_add_test(tc, an_array_has_grubs_names);
	tcase_add_loop_test(tc, every_logical_volume_reads_as_linux_wrote_it, 0,
		(int)LENGTH(volumes));
	tcase_add_unchecked_fixture(memory, unpack, image_cleanup);
	tcase_add_loop_test(memory, memory_may_end_anywhere, 0, 2);
	return run_suite("volumes", (TCase *[]){ tc, memory }, 2);
}
