/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the box is for: libfdisk, libext2fs and the decompressors, behind our
 * own modules and bare, read disks in it that were made by sfdisk, mke2fs and
 * mksquashfs.
 */
#include <check.h>
#include <fcntl.h>
#include <libfdisk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fsdrivers/drivers.h"
#include "src/base/length.h"
#include "src/disk/partition.h"
#include "tests/support/boxed.h"
#include "tests/support/image.h"

#define MIB ((uint64_t)1 << 20)
#define KERNEL_SIZE 300000

/* Each made by a command; a file system lies in the first partition. */
static const struct {
	const char *name;
	const char *made_by;
	int partitions; /* as libfdisk lists them, the extended one too */
	int listed;     /* as partition_scan() lists them */
} disks[] = {
	{ "msdos.img",
		"mkdir -p tree/boot && cp kernel tree/boot/vmlinuz && "
		"ln -s vmlinuz tree/boot/link && "
		"mke2fs -q -t ext4 -d tree ext.img 2M && "
		"truncate -s 10M msdos.img && "
		"printf '1M,2M,L,*\n3M,2M\n5M,,E\n6M,1M\n8M,1M\n' | "
		"sfdisk -q --label dos msdos.img && "
		"dd if=ext.img of=msdos.img bs=1M seek=1 conv=notrunc",
		5, 4 },
	{ "gpt.img",
		"truncate -s 10M gpt.img && printf '1M,2M\n3M,2M\n5M,1M\n' | "
		"sfdisk -q --label gpt gpt.img && "
		"dd if=ext.img of=gpt.img bs=1M seek=1 conv=notrunc",
		3, 3 },
	{ "damaged.img",
		"cp gpt.img damaged.img && "
		"dd if=/dev/zero of=damaged.img bs=512 seek=1 count=1 "
		"conv=notrunc",
		3, 3 },
};

/* Each packed by another library, in the blocks that need most memory. */
static const char *const methods[] = { "gzip", "lzma", "lzo", "xz", "lz4",
	"zstd" };

static char kernel[KERNEL_SIZE];

static void make_disks(void)
{
	for (size_t i = 0; i < sizeof(kernel); i++)
		kernel[i] = (char)(i * 7919 >> 3);
	image_file("kernel", kernel, sizeof(kernel));
	for (size_t i = 0; i < LENGTH(disks); i++)
		image_run("%s", disks[i].made_by);
	for (size_t i = 0; i < LENGTH(methods); i++)
		image_run("mksquashfs tree %s.img -comp %s -b 1M", methods[i],
			methods[i]);
}

static struct disk disk;

/* The child's disk is this file of the test's directory, or a block device. */
static bool prepare(struct boxed *boxed, int loop, const char *name)
{
	struct error err;
	char path[512];

	if (!boxed_prepare(boxed, loop))
		return false;
	snprintf(path, sizeof(path), "%s%s%s",
		name[0] == '/' ? "" : image_directory(),
		name[0] == '/' ? "" : "/", name);
	close(boxed->disk);
	boxed->disk = open(path, O_RDONLY | O_CLOEXEC);
	ck_assert_msg(boxed->disk >= 0, "%s: cannot be opened", path);
	boxed->keep[1] = boxed->disk;
	ck_assert_msg(disk_open(&disk, boxed->disk, "disk", 0, &err) == 0, "%s",
		err.text);
	return true;
}

/* libfdisk as partition_scan() uses it; and what it does when it lets go. */
static int list_with_libfdisk(struct boxed *boxed)
{
	struct fdisk_context *fdisk = fdisk_new_context();
	struct fdisk_table *table = NULL;
	int count;

	if (!fdisk || fdisk_enable_listonly(fdisk, 1) < 0)
		return 1000;
	if (fdisk_assign_device_by_fd(fdisk, boxed->disk, "disk", 1) < 0)
		return 1001;
	if (!fdisk_has_label(fdisk))
		return 1002;
	if (fdisk_get_partitions(fdisk, &table) < 0)
		return 1003;
	count = (int)fdisk_table_get_nents(table);
	fdisk_unref_table(table);
	/* it asks for fsync here, is refused, and says so or not */
	fdisk_deassign_device(fdisk, 1);
	fdisk_unref_context(fdisk);
	return count;
}

static int scan_partitions(struct boxed *boxed)
{
	struct partition_table table;
	struct arena arena;
	struct error err;

	(void)boxed;
	arena_init(&arena, 1 << 20);
	if (partition_scan(&disk, &table, &arena, &err) < 0)
		return 1000;
	if (table.count == 0 || table.list[0].start != MIB ||
		table.list[0].size != 2 * MIB)
		return 1001;
	return (int)table.count;
}

static int read_the_kernel(uint64_t start, uint64_t size, const char *type)
{
	struct disk_range range = { .disk = &disk, .start = start };
	static char copy[KERNEL_SIZE + 1];
	struct fs_node node;
	struct volume vol;
	struct arena arena;
	struct error err;
	struct fs fs;
	size_t got;

	arena_init(&arena, 8 << 20);
	volume_of_disk(&vol, &range, size);
	if (fs_open(&fs, &vol, NULL, &arena, fs_drivers, &err) < 0)
		return 1;
	if (strcmp(fs.type, type) != 0)
		return 2;
	if (fs_find(&fs, "/boot/link", &node, &err) < 0)
		return 3;
	if (fs_read(&fs, &node, 0, copy, sizeof(copy), &got, &err) < 0)
		return 4;
	if (got != KERNEL_SIZE || memcmp(copy, kernel, KERNEL_SIZE) != 0)
		return 5;
	fs_close(&fs);
	return 0;
}

static int read_ext4(struct boxed *boxed)
{
	(void)boxed;
	return read_the_kernel(MIB, 2 * MIB, "ext4");
}

static int read_squashfs(struct boxed *boxed)
{
	(void)boxed;
	return read_the_kernel(0, disk.size, "squashfs");
}

static const struct {
	const char *name;
	boxed_task *task;
	bool counts; /* else the answer is 0 */
} tasks[] = {
	{ "libfdisk", list_with_libfdisk, true },
	{ "partition_scan()", scan_partitions, true },
	{ "libext2fs", read_ext4, false },
};

static void check_answer(struct boxed *boxed, int task, int on_disk)
{
	struct boxed_end end = boxed_run(boxed, tasks[task].task);
	int want = 0;

	if (tasks[task].counts)
		want = task == 0 ? disks[on_disk].partitions
				 : disks[on_disk].listed;
	ck_assert_msg(!end.refused, "%s", end.err.text);
	ck_assert_msg(end.signal == 0 && end.answer == want,
		"%s on %s: signal %d, answer %d", tasks[task].name,
		disks[on_disk].name, end.signal, end.answer);
}

START_TEST(libraries_work_on_an_image)
{
	const int task = _i / BOXED_WAYS % (int)LENGTH(tasks);
	const int on_disk = _i / BOXED_WAYS / (int)LENGTH(tasks);
	struct boxed boxed;

	if (!prepare(&boxed, _i, disks[on_disk].name))
		return;
	check_answer(&boxed, task, on_disk);
}
END_TEST

START_TEST(decompressors_work)
{
	const char *method = methods[_i / BOXED_WAYS];
	struct boxed_end end;
	struct boxed boxed;
	char name[16];

	snprintf(name, sizeof(name), "%s.img", method);
	if (!prepare(&boxed, _i, name))
		return;
	end = boxed_run(&boxed, read_squashfs);
	ck_assert_msg(!end.refused, "%s", end.err.text);
	ck_assert_msg(end.signal == 0 && end.answer == 0,
		"%s: signal %d, answer %d", method, end.signal, end.answer);
}
END_TEST

/* A loop device of the image, if the test may have one: "" if not. */
static void attach(const char *image, char *device, size_t size)
{
	char command[512];
	FILE *pipe;

	snprintf(command, sizeof(command),
		"PATH=$PATH:/sbin losetup -f --show -r %s/%s 2>/dev/null",
		image_directory(), image);
	device[0] = '\0';
	pipe = popen(command, "r");
	ck_assert_ptr_nonnull(pipe);
	if (fgets(device, (int)size, pipe))
		device[strcspn(device, "\n")] = '\0';
	pclose(pipe);
}

static void detach(const char *device)
{
	char command[128];

	snprintf(command, sizeof(command), "PATH=$PATH:/sbin losetup -d %s",
		device);
	ck_assert_int_eq(system(command), 0);
}

/* A block device is asked much more, by ioctl and in /sys. */
START_TEST(libraries_work_on_a_block_device)
{
	const int task = _i / BOXED_WAYS % (int)LENGTH(tasks);
	const int on_disk = _i / BOXED_WAYS / (int)LENGTH(tasks);
	char device[64];
	struct boxed boxed;

	attach(disks[on_disk].name, device, sizeof(device));
	if (!device[0]) {
		printf("skipped, as there is no loop device: %s on %s\n",
			tasks[task].name, disks[on_disk].name);
		return;
	}
	if (prepare(&boxed, _i, device)) {
		/* detached when the last descriptor is closed, come what may */
		detach(device);
		check_answer(&boxed, task, on_disk);
	} else {
		detach(device);
	}
}
END_TEST

int main(void)
{
	const int rounds = (int)(BOXED_WAYS * LENGTH(tasks) * LENGTH(disks));
	Suite *suite = suite_create("sandbox_libraries");
	TCase *tc = tcase_create("sandbox_libraries");
	SRunner *runner;
	int failed;

	boxed_name_skipped();
	tcase_add_unchecked_fixture(tc, make_disks, image_cleanup);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, libraries_work_on_an_image, 0, rounds);
	tcase_add_loop_test(tc, libraries_work_on_a_block_device, 0, rounds);
	tcase_add_loop_test(
		tc, decompressors_work, 0, (int)(BOXED_WAYS * LENGTH(methods)));
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
