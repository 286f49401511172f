/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/sniff.h"
#include "tests/support/fakeguest.h"
#include "tests/support/runner.h"

#define UNIX64 "/platform/i86xpv/kernel/amd64/unix"
#define UNIX32 "/platform/i86xpv/kernel/unix"
#define ARCHIVE64 "/platform/i86pc/amd64/boot_archive"
#define ARCHIVE32 "/platform/i86pc/boot_archive"
#define NETWARE "/nwserver/xnloader.sys"

static struct fakeguest fake;
static struct fakefs *files;
static struct device *dev;
static struct boot boot;
static struct error err;
static bool found;

static void setup(void)
{
	fakeguest_init(&fake);
	files = fakeguest_add(&fake, "hd0,msdos1", "", "");
	dev = fakeguest_device(&fake, "hd0,msdos1");
	boot = (struct boot){ .args = "as before" };
	error_clear(&err);
}

static void teardown(void)
{
	fakeguest_free(&fake);
}

static void put(const char *path)
{
	fakefs_text(files, path, "contents");
}

static int look(const char *user_args)
{
	return sniff(&fake.guest, dev, user_args, &boot, &found, &err);
}

static int detect(void)
{
	return autodetect(&fake.guest, dev, &boot, &found, &err);
}

START_TEST(leaves_other_guests_alone)
{
	put("/boot/grub/grub.cfg");
	ck_assert_int_eq(look("x"), 0);
	ck_assert(!found);
	ck_assert_ptr_null(boot.kernel.path);
	ck_assert_str_eq(boot.args, "as before");
}
END_TEST

START_TEST(says_why_a_device_cannot_be_looked_at)
{
	dev = fakeguest_device(&fake, "hd0");
	ck_assert_int_eq(look(""), -1);
	ck_assert_str_eq(err.text, "no known file system");
	ck_assert(!found);
	ck_assert_int_eq(detect(), -1);
	ck_assert_str_eq(err.text, "no known file system");
	ck_assert(!found);
}
END_TEST

START_TEST(netware_gets_the_administrators_arguments)
{
	put(NETWARE);
	ck_assert_int_eq(look("a  b"), 0);
	ck_assert(found);
	ck_assert_ptr_eq(boot.kernel.dev, dev);
	ck_assert_str_eq(boot.kernel.path, NETWARE);
	ck_assert_uint_eq(boot.ramdisk_count, 0);
	ck_assert_str_eq(boot.args, "a  b");
}
END_TEST

START_TEST(netware_with_the_administrators_kernel_is_not_touched)
{
	put(NETWARE);
	boot.kernel = whole_file(dev, "/my/kernel");
	ck_assert_int_eq(look("a"), 0);
	ck_assert(!found);
	ck_assert_str_eq(boot.kernel.path, "/my/kernel");
	ck_assert_str_eq(boot.args, "as before");
}
END_TEST

START_TEST(an_empty_loader_is_no_netware)
{
	fakefs_text(files, NETWARE, "");
	fakefs_dir(files, UNIX64);
	ck_assert_int_eq(look(""), 0);
	ck_assert(!found);
}
END_TEST

/* Byte for byte what pygrub makes of them. */
static const struct {
	const char *user_args;
	const char *args;
} solaris_args[] = {
	{ "", UNIX64 },
	{ "-k", " " UNIX64 " -k " },
	{ "root=/dev/dsk/c0 -k ip=1.2.3.4 -v",
		"root=/dev/dsk/c0 ip=1.2.3.4  " UNIX64 " -k -v " },
	{ "root=/dev/dsk/c0 " UNIX64 " -k",
		"root=/dev/dsk/c0  " UNIX64 " -k " },
	{ " \t ", " " UNIX64 " " },
	{ "ip=1", "ip=1  " UNIX64 " " },
	{ UNIX64, " " UNIX64 " " },
	{ "a\tb\nc  d", " " UNIX64 " a b c d " },
	{ "xroot=1 Root=2", " " UNIX64 " xroot=1 Root=2 " },
	{ UNIX32 " root=", "root=  " UNIX64 " " UNIX32 " " },
	{ "-B zfs-bootfs=rpool/1", " " UNIX64 " -B zfs-bootfs=rpool/1 " },
};

START_TEST(solaris_arguments_are_those_of_pygrub)
{
	put(UNIX64);
	put(ARCHIVE64);
	ck_assert_int_eq(look(solaris_args[_i].user_args), 0);
	ck_assert(found);
	ck_assert_str_eq(boot.args, solaris_args[_i].args);
}
END_TEST

#define ZFS "zfs-bootfs=rpool/52,bootpath='/xpvd/xdf@51712:a'"

static const struct {
	const char *user_args;
	const char *args;
} zfs_args[] = {
	{ "", UNIX64 " -B " ZFS },
	{ "-k", " " UNIX64 " -k  -B " ZFS },
	{ "-B zfs-bootfs=rpool/1 -v", " " UNIX64 " -B " ZFS " -v " },
	{ "-B a=b,zfs-bootfs=x,c=d", " " UNIX64 " -B a=b," ZFS ",c=d " },
	{ "zfs-bootfs= zfs-bootfs=1", " " UNIX64 " " ZFS " " ZFS " " },
};

START_TEST(solaris_on_zfs_is_told_of_its_root)
{
	struct fs *fs;

	put(UNIX64);
	put(ARCHIVE64);
	fs = device_fs(fake.guest.devices, dev, &err);
	ck_assert_ptr_nonnull(fs);
	fs->boot_string = ZFS;
	ck_assert_int_eq(look(zfs_args[_i].user_args), 0);
	ck_assert_str_eq(boot.args, zfs_args[_i].args);
}
END_TEST

START_TEST(solaris_is_64_bits_if_it_can)
{
	put(UNIX32);
	put(ARCHIVE32);
	ck_assert_int_eq(look(""), 0);
	ck_assert(found);
	ck_assert_str_eq(boot.kernel.path, UNIX32);
	ck_assert_uint_eq(boot.ramdisk_count, 1);
	ck_assert_str_eq(boot.ramdisks[0].path, ARCHIVE32);
	boot.kernel.path = NULL;
	put(UNIX64);
	put(ARCHIVE64);
	ck_assert_int_eq(look(""), 0);
	ck_assert_str_eq(boot.kernel.path, UNIX64);
	ck_assert_str_eq(boot.ramdisks[0].path, ARCHIVE64);
	ck_assert_ptr_eq(boot.ramdisks[0].dev, dev);
}
END_TEST

START_TEST(solaris_without_its_archive_is_a_fault)
{
	put(UNIX64);
	put(ARCHIVE32);
	ck_assert_int_eq(look(""), -1);
	ck_assert(found);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_str_eq(
		err.text, "Solaris: fakefs: " ARCHIVE64 ": no such file");
	ck_assert_ptr_null(boot.kernel.path);
}
END_TEST

START_TEST(solaris_keeps_the_administrators_kernel_and_ramdisk)
{
	put(UNIX64);
	boot.kernel = whole_file(dev, "/my/unix");
	boot.ramdisks[0] = whole_file(dev, "/my/archive");
	boot.ramdisk_count = 1;
	ck_assert_int_eq(look("root=x -k /my/unix"), 0);
	ck_assert(found);
	ck_assert_str_eq(boot.kernel.path, "/my/unix");
	ck_assert_str_eq(boot.ramdisks[0].path, "/my/archive");
	ck_assert_str_eq(boot.args, "root=x  /my/unix -k ");
}
END_TEST

START_TEST(solaris_comes_before_netware)
{
	put(UNIX64);
	put(ARCHIVE64);
	put(NETWARE);
	ck_assert_int_eq(look(""), 0);
	ck_assert_str_eq(boot.kernel.path, UNIX64);
}
END_TEST

/* The kernel that is taken of those that are there. */
static const struct {
	const char *files[6];
	const char *kernel;
	const char *ramdisk; /* NULL: none */
} kernels[] = {
	{ { "/boot/vmlinuz-6.9.1", "/boot/vmlinuz-6.10.0",
		  "/boot/initrd.img-6.9.1" },
		"/boot/vmlinuz-6.10.0", NULL },
	{ { "/boot/vmlinuz-6.1.0-10-amd64", "/boot/vmlinuz-6.1.0-9-amd64",
		  "/boot/initrd.img-6.1.0-10-amd64",
		  "/boot/initrd.img-6.1.0-9-amd64" },
		"/boot/vmlinuz-6.1.0-10-amd64",
		"/boot/initrd.img-6.1.0-10-amd64" },
	{ { "/vmlinuz-0-rescue-0123456789abcdef", "/vmlinuz-6.8.5.fc40.x86_64",
		  "/initramfs-6.8.5.fc40.x86_64.img",
		  "/initramfs-0-rescue-0123456789abcdef.img" },
		"/vmlinuz-6.8.5.fc40.x86_64",
		"/initramfs-6.8.5.fc40.x86_64.img" },
	{ { "/boot/vmlinuz-9-rescue-x" }, "/boot/vmlinuz-9-rescue-x", NULL },
	{ { "/boot/vmlinuz", "/boot/vmlinuz.old", "/boot/initrd.img",
		  "/boot/initrd.img.old" },
		"/boot/vmlinuz", "/boot/initrd.img" },
	{ { "/boot/vmlinuz-6.2.old", "/boot/vmlinuz-6.1",
		  "/boot/initramfs-6.1" },
		"/boot/vmlinuz-6.1", "/boot/initramfs-6.1" },
	{ { "/boot/vmlinuz-linux-lts", "/boot/vmlinuz-linux",
		  "/boot/initramfs-linux.img",
		  "/boot/initramfs-linux-fallback.img" },
		"/boot/vmlinuz-linux", "/boot/initramfs-linux.img" },
	{ { "/boot/vmlinuz-linux", "/boot/initramfs-linux-fallback.img" },
		"/boot/vmlinuz-linux", "/boot/initramfs-linux-fallback.img" },
	{ { "/boot/vmlinuz-lts", "/boot/initramfs-lts" }, "/boot/vmlinuz-lts",
		"/boot/initramfs-lts" },
	{ { "/boot/vmlinuz-5.14.21-default", "/boot/initrd-5.14.21-default" },
		"/boot/vmlinuz-5.14.21-default",
		"/boot/initrd-5.14.21-default" },
	{ { "/boot/vmlinuz-2.6.18-8.el5xen",
		  "/boot/initrd-2.6.18-8.el5xen.img" },
		"/boot/vmlinuz-2.6.18-8.el5xen",
		"/boot/initrd-2.6.18-8.el5xen.img" },
	{ { "/boot/vmlinuz-6.10-rc3", "/boot/vmlinuz-6.9" },
		"/boot/vmlinuz-6.10-rc3", NULL },
	{ { "/boot/vmlinuz-6.10-rc3", "/boot/vmlinuz-6.10" },
		"/boot/vmlinuz-6.10", NULL },
	{ { "/boot/vmlinuz-5.4.0-1-generic.efi.signed",
		  "/boot/vmlinuz-5.3.0-1-generic", "/boot/vmlinuz-9.hmac",
		  "/boot/vmlinuzfake-9" },
		"/boot/vmlinuz-5.3.0-1-generic", NULL },
	{ { "/vmlinuz-6.1", "/boot/vmlinuz-6.2" }, "/boot/vmlinuz-6.2", NULL },
	{ { "/netbsd", "/netbsd.gz", "/boot/kernel/kernel" }, "/netbsd", NULL },
	{ { "/netbsd.gz" }, "/netbsd.gz", NULL },
	{ { "/boot/kernel/kernel" }, "/boot/kernel/kernel", NULL },
	{ { "/boot/kernel/kernel", "/boot/vmlinuz" }, "/boot/vmlinuz", NULL },
};

START_TEST(takes_the_newest_kernel_with_its_ramdisk)
{
	size_t i;

	for (i = 0; i < 6 && kernels[_i].files[i]; i++)
		put(kernels[_i].files[i]);
	ck_assert_msg(detect() == 0, "%s", err.text);
	ck_assert(found);
	ck_assert_str_eq(boot.kernel.path, kernels[_i].kernel);
	ck_assert_ptr_eq(boot.kernel.dev, dev);
	ck_assert_uint_eq(boot.ramdisk_count, kernels[_i].ramdisk != NULL);
	if (kernels[_i].ramdisk)
		ck_assert_str_eq(boot.ramdisks[0].path, kernels[_i].ramdisk);
	ck_assert_str_eq(boot.args, "");
}
END_TEST

START_TEST(finds_no_kernel_where_there_is_none)
{
	put("/etc/fstab");
	fakefs_dir(files, "/boot/vmlinuz-9");
	fakefs_text(files, "/boot/vmlinuz-8", "");
	fakefs_link(files, "/boot/vmlinuz-7", "gone");
	fakefs_other(files, "/boot/vmlinuz-6");
	fakefs_dir(files, "/netbsd");
	ck_assert_msg(detect() == 0, "%s", err.text);
	ck_assert(!found);
	ck_assert_ptr_null(boot.kernel.path);
}
END_TEST

START_TEST(passes_over_what_is_no_kernel)
{
	fakefs_text(files, "/boot/vmlinuz-8", "");
	fakefs_link(files, "/boot/vmlinuz-7", "gone");
	put("/boot/vmlinuz-5");
	fakefs_link(files, "/boot/vmlinuz-6", "vmlinuz-5");
	ck_assert_int_eq(detect(), 0);
	ck_assert_str_eq(boot.kernel.path, "/boot/vmlinuz-6");
}
END_TEST

START_TEST(a_link_in_the_root_may_lead_to_boot)
{
	fakefs_link(files, "/vmlinuz", "boot/linux-6.1");
	fakefs_link(files, "/initrd.img", "/boot/initrd-6.1");
	put("/boot/linux-6.1");
	put("/boot/initrd-6.1");
	ck_assert_int_eq(detect(), 0);
	ck_assert_str_eq(boot.kernel.path, "/vmlinuz");
	ck_assert_str_eq(boot.ramdisks[0].path, "/initrd.img");
}
END_TEST

START_TEST(boot_may_be_a_file)
{
	put("/boot");
	put("/vmlinuz");
	ck_assert_msg(detect() == 0, "%s", err.text);
	ck_assert_str_eq(boot.kernel.path, "/vmlinuz");
}
END_TEST

static void put_kernels(size_t count)
{
	char path[64];
	size_t i;

	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/boot/vmlinuz-%zu", i);
		put(path);
	}
}

START_TEST(takes_as_many_kernels_as_the_limit)
{
	put_kernels(SNIFF_KERNELS_MAX);
	ck_assert_msg(detect() == 0, "%s", err.text);
	ck_assert_str_eq(boot.kernel.path, "/boot/vmlinuz-1023");
	put_kernels(SNIFF_KERNELS_MAX + 1);
	ck_assert_int_eq(detect(), -1);
	ck_assert(!found);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "fakefs: /boot: more than 1024 kernels");
}
END_TEST

static const struct {
	const char *older;
	const char *newer;
} versions[] = {
	{ "6.9", "6.10" },
	{ "6.9", "6.9.1" },
	{ "6.9", "6.9-1" },
	{ "6.10-rc1", "6.10" },
	{ "6.10-rc1", "6.10-1" },
	{ "6.10-rc9", "6.10-rc10" },
	{ "6.10~1", "6.10" },
	{ "2.6.37.rc2", "2.6.37" },
	{ "6.9", "6.10-rc1" },
	{ "5.14.0-9.el9", "5.14.0-70.el9" },
	{ "1", "99999999999999999999999999" },
	{ "99999999999999999999999998", "99999999999999999999999999" },
	{ "", "1" },
	{ "a", "b" },
};

START_TEST(knows_the_newer_version)
{
	ck_assert_int_lt(
		sniff_compare_versions(versions[_i].older, versions[_i].newer),
		0);
	ck_assert_int_gt(
		sniff_compare_versions(versions[_i].newer, versions[_i].older),
		0);
	ck_assert_int_eq(
		sniff_compare_versions(versions[_i].newer, versions[_i].newer),
		0);
}
END_TEST

START_TEST(leading_zeros_make_no_difference)
{
	ck_assert_int_eq(sniff_compare_versions("6.01", "6.1"), 0);
}
END_TEST

static TCase *known_systems(void)
{
	TCase *tc = tcase_create("sniff");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, leaves_other_guests_alone);
	tcase_add_test(tc, says_why_a_device_cannot_be_looked_at);
	tcase_add_test(tc, netware_gets_the_administrators_arguments);
	tcase_add_test(
		tc, netware_with_the_administrators_kernel_is_not_touched);
	tcase_add_test(tc, an_empty_loader_is_no_netware);
	tcase_add_loop_test(
		tc, solaris_on_zfs_is_told_of_its_root, 0, LENGTH(zfs_args));
	tcase_add_loop_test(tc, solaris_arguments_are_those_of_pygrub, 0,
		LENGTH(solaris_args));
	tcase_add_test(tc, solaris_is_64_bits_if_it_can);
	tcase_add_test(tc, solaris_without_its_archive_is_a_fault);
	tcase_add_test(tc, solaris_keeps_the_administrators_kernel_and_ramdisk);
	tcase_add_test(tc, solaris_comes_before_netware);
	return tc;
}

static TCase *newest_kernels(void)
{
	TCase *tc = tcase_create("autodetect");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, takes_the_newest_kernel_with_its_ramdisk, 0,
		LENGTH(kernels));
	tcase_add_test(tc, finds_no_kernel_where_there_is_none);
	tcase_add_test(tc, passes_over_what_is_no_kernel);
	tcase_add_test(tc, a_link_in_the_root_may_lead_to_boot);
	tcase_add_test(tc, boot_may_be_a_file);
	tcase_add_test(tc, takes_as_many_kernels_as_the_limit);
	tcase_add_loop_test(tc, knows_the_newer_version, 0, LENGTH(versions));
	tcase_add_test(tc, leading_zeros_make_no_difference);
	return tc;
}

int main(void)
{
	TCase *const cases[] = { known_systems(), newest_kernels() };

	return run_suite("sniff", cases, LENGTH(cases));
}
