/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/mounts.h"

#include <stdio.h>
#include <string.h>

#include "src/base/length.h"
#include "tests/support/fakeguest.h"
#include "tests/support/runner.h"

static struct fakeguest fake;
static struct fakefs *root, *second, *third, *other_disk;
static struct boot_file file;
static struct error err;

/* A root file system, two partitions beside it, and a disk without a table. */
static void setup(void)
{
	fakeguest_init(&fake);
	root = fakeguest_add(&fake, "hd0,gpt1", "1111-AAAA", "root");
	second = fakeguest_add(&fake, "hd0,gpt2", "2222-bbbb", "boot fs");
	third = fakeguest_add(&fake, "hd0,gpt3", "3333-cccc", "third");
	other_disk = fakeguest_add(&fake, "hd1", "4444-dddd", "");
	fakeguest_describe(&fake, "hd0,gpt2",
		"0fc63daf-8483-4772-8e79-3d69d8477de4", "Boot");
	fakefs_dir(root, "/boot");
	file = (struct boot_file){ 0 };
	error_clear(&err);
}

static void teardown(void)
{
	fakeguest_free(&fake);
}

static int find_at(const char *device, const char *path)
{
	struct mounts mounts;

	mounts_init(&mounts, &fake.guest, fakeguest_device(&fake, device));
	return mounts_find_file(&mounts, path, &file, &err);
}

static int find(const char *path)
{
	return find_at("hd0,gpt1", path);
}

static void expect(const char *device, const char *path)
{
	ck_assert_str_eq(file.dev->grub, device);
	ck_assert_str_eq(file.path, path);
}

static void expect_note(const char *text)
{
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_DETAIL);
	ck_assert_str_eq(fake.guest.notes[0].text, text);
}

START_TEST(what_is_on_the_root_is_no_news)
{
	fakefs_text(root, "/boot/k", "kernel");
	fakefs_text(second, "/k", "another");
	fakefs_text(root, "/etc/fstab", "/dev/sda2 /boot ext2\n");
	ck_assert_int_eq(find("/boot/k"), 0);
	expect("hd0,gpt1", "/boot/k");
	ck_assert_uint_eq(fake.guest.note_count, 0);
}
END_TEST

static const struct {
	const char *spec;
	const char *device;
} specs[] = {
	{ "UUID=2222-BBBB", "hd0,gpt2" },
	{ "UUID=\"3333-cccc\"", "hd0,gpt3" },
	{ "/dev/disk/by-uuid/3333-cccc", "hd0,gpt3" },
	{ "LABEL=third", "hd0,gpt3" },
	{ "LABEL=\"third\"", "hd0,gpt3" },
	{ "/dev/disk/by-label/third", "hd0,gpt3" },
	{ "PARTUUID=0FC63DAF-8483-4772-8E79-3D69D8477DE4", "hd0,gpt2" },
	{ "/dev/disk/by-partuuid/0fc63daf-8483-4772-8e79-3d69d8477de4",
		"hd0,gpt2" },
	{ "PARTLABEL=Boot", "hd0,gpt2" },
	{ "/dev/disk/by-partlabel/Boot", "hd0,gpt2" },
	{ "/dev/sda2", "hd0,gpt2" },
	{ "/dev/hdc3", "hd0,gpt3" },
	{ "/dev/nvme0n1p3", "hd0,gpt3" },
	{ "/dev/disk/by-id/ata-QEMU-part2", "hd0,gpt2" },
	/* the numbers of a disk without partitions mean all of it */
	{ "/dev/xvdb", "hd1" },
	{ "/dev/xvda7", "hd1" },
};

START_TEST(fstab_says_what_is_mounted)
{
	char line[128];

	fakefs_text(second, "/k", "kernel");
	fakefs_text(third, "/k", "kernel");
	fakefs_text(other_disk, "/k", "kernel");
	snprintf(line, sizeof(line), "# x\n%s /boot ext2 defaults 0 2\n",
		specs[_i].spec);
	fakefs_text(root, "/etc/fstab", line);
	ck_assert_msg(find("/boot/k") == 0, "%s: %s", specs[_i].spec, err.text);
	expect(specs[_i].device, "/k");
}
END_TEST

START_TEST(a_note_says_where_it_is)
{
	fakefs_text(third, "/k", "kernel");
	fakefs_text(root, "/etc/fstab", "/dev/sda3 /boot ext2\n");
	ck_assert_int_eq(find("/boot/k"), 0);
	expect_note("/boot/k is /k of disk0: partition 3, as fstab says");
}
END_TEST

START_TEST(boot_is_looked_for_where_fstab_fails)
{
	fakefs_text(third, "/k", "kernel");
	fakefs_text(root, "/etc/fstab", "/dev/mapper/vg-boot2 /boot ext2\n");
	ck_assert_int_eq(find("/boot/k"), 0);
	expect("hd0,gpt3", "/k");
	expect_note("/boot/k is /k of disk0: partition 3, which fstab does not "
		    "say");
}
END_TEST

START_TEST(other_folders_are_not_looked_for)
{
	fakefs_text(second, "/k", "kernel");
	fakefs_text(second, "/kernels/k", "kernel");
	ck_assert_int_eq(find("/kernels/k"), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_str_eq(err.text, "fakefs: /kernels/k: no such file");
	ck_assert_int_eq(find("/bootleg/k"), -1);
	ck_assert_int_eq(find("/boot"), -1);
	ck_assert_ptr_null(file.dev);
}
END_TEST

START_TEST(the_deepest_mount_counts)
{
	fakefs_text(second, "/efi/k", "kernel");
	fakefs_text(third, "/k", "kernel");
	fakefs_text(root, "/etc/fstab",
		"/dev/sda2 /boot ext2\n/dev/sda3 /boot/efi vfat\n");
	ck_assert_int_eq(find("/boot/efi/k"), 0);
	expect("hd0,gpt3", "/k");
}
END_TEST

START_TEST(links_lead_across_mounts)
{
	fakefs_text(root, "/etc/fstab", "/dev/sda2 /boot ext2\n");
	fakefs_link(root, "/vmlinuz", "boot/vmlinuz");
	fakefs_link(second, "/vmlinuz", "/boot/kernels/one");
	fakefs_text(second, "/kernels/one", "kernel");
	ck_assert_msg(find("/vmlinuz") == 0, "%s", err.text);
	expect("hd0,gpt2", "/kernels/one");
}
END_TEST

START_TEST(links_that_lead_nowhere_end)
{
	fakefs_link(root, "/a", "/b");
	fakefs_link(root, "/b", "/boot/c");
	fakefs_link(second, "/c", "/boot/d");
	fakefs_link(second, "/d", "/boot/c");
	fakefs_link(root, "/self", "self");
	ck_assert_int_eq(find("/a"), -1);
	ck_assert_str_eq(err.text, "fakefs: /a: no such file");
	ck_assert_int_eq(find("/self"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

START_TEST(the_fault_is_that_of_the_root)
{
	fakefs_text(root, "/boot/k", "");
	fakefs_dir(second, "/k");
	ck_assert_int_eq(find("/boot/k"), -1);
	ck_assert_str_eq(err.text, "fakefs: /boot/k: is empty");
}
END_TEST

START_TEST(a_list_asks_for_no_file)
{
	fake.guest.assume_files = true;
	ck_assert_int_eq(find("/boot/k"), 0);
	expect("hd0,gpt1", "/boot/k");
}
END_TEST

START_TEST(an_mbr_partition_is_known_by_the_number_in_its_uuid)
{
	fakeguest_free(&fake);
	fakeguest_init(&fake);
	root = fakeguest_add(&fake, "hd0,msdos1", "", "");
	fakeguest_add(&fake, "hd0,msdos2", "", "");
	third = fakeguest_add(&fake, "hd0,msdos5", "", "");
	fakefs_text(third, "/k", "kernel");
	fakefs_text(root, "/etc/fstab", "PARTUUID=01234567-05 /boot ext2\n");
	ck_assert_int_eq(find_at("hd0,msdos1", "/boot/k"), 0);
	expect_note("/boot/k is /k of disk0: partition 5, as fstab says");
}
END_TEST

START_TEST(an_fstab_beyond_all_measure_is_left_out)
{
	static char text[(64 << 10) + 2];

	memset(text, '\n', sizeof(text) - 1);
	fakefs_text(root, "/etc/fstab", text);
	ck_assert_int_eq(find("/boot/k"), -1);
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_WARNING);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"/etc/fstab: 65537 bytes are more than the limit of 65536: it "
		"is left out");
}
END_TEST

START_TEST(paths_that_are_looked_for_elsewhere_have_a_limit)
{
	struct mounts mounts;
	int i;

	fakefs_text(third, "/k", "kernel");
	fakefs_text(root, "/boot/here", "kernel");
	mounts_init(&mounts, &fake.guest, fakeguest_device(&fake, "hd0,gpt1"));
	for (i = 0; i < MOUNTS_HUNTS_MAX; i++)
		ck_assert_int_eq(
			mounts_find_file(&mounts, "/boot/k", &file, &err), 0);
	ck_assert_int_eq(
		mounts_find_file(&mounts, "/boot/here", &file, &err), 0);
	ck_assert_int_eq(mounts_find_file(&mounts, "/boot/k", &file, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"/boot/k: more than 1000 paths to look for on other "
		"partitions");
}
END_TEST

START_TEST(a_mount_with_a_nul_does_not_reach_behind_the_path)
{
	static const char path[] = "/boot/k\0b/x";
	static const char fstab[] = "/dev/sda2 /boot/k\0b ext2\n";

	fakefs_text(second, "/x", "kernel");
	fakefs_put(root, "/etc/fstab", fstab, sizeof(fstab) - 1);
	ck_assert_int_eq(find(path), -1);
	ck_assert_str_eq(err.text, "fakefs: /boot/k: no such file");
}
END_TEST

START_TEST(a_device_without_a_file_system_has_no_fstab)
{
	fakeguest_add(&fake, "hd2,msdos1", "", "");
	ck_assert_int_eq(find_at("hd2", "/boot/k"), -1);
	ck_assert_str_eq(err.text, "/boot/k: no known file system");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("mounts");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_on_the_root_is_no_news);
	tcase_add_loop_test(
		tc, fstab_says_what_is_mounted, 0, (int)LENGTH(specs));
	tcase_add_test(tc, a_note_says_where_it_is);
	tcase_add_test(tc, boot_is_looked_for_where_fstab_fails);
	tcase_add_test(tc, other_folders_are_not_looked_for);
	tcase_add_test(tc, the_deepest_mount_counts);
	tcase_add_test(tc, links_lead_across_mounts);
	tcase_add_test(tc, links_that_lead_nowhere_end);
	tcase_add_test(tc, the_fault_is_that_of_the_root);
	tcase_add_test(tc, a_list_asks_for_no_file);
	tcase_add_test(tc, an_mbr_partition_is_known_by_the_number_in_its_uuid);
	tcase_add_test(tc, an_fstab_beyond_all_measure_is_left_out);
	tcase_add_test(tc, paths_that_are_looked_for_elsewhere_have_a_limit);
	tcase_add_test(tc, a_mount_with_a_nul_does_not_reach_behind_the_path);
	tcase_add_test(tc, a_device_without_a_file_system_has_no_fstab);
	return run_suite("mounts", &tc, 1);
}
