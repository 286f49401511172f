/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File systems with several directories that may be the guest's root: where
 * its paths begin.  Each guest here is laid out as an installer does it.
 */
#include <stdio.h>
#include <string.h>

#include "src/config/config.h"
#include "src/config/sniff.h"
#include "tests/support/fakeguest.h"
#include "tests/support/found.h"
#include "tests/support/runner.h"

#define SNAPSHOT "/@/.snapshots/1/snapshot"

static struct fakeguest fake;
static struct fakefs *boot;  /* hd0,gpt1 */
static struct fakefs *files; /* hd0,gpt2 */
static struct device *dev;   /* the same */
static struct config_search search;
static struct config config;
static struct outcome outcome;
static struct error err;

static const char *const ubuntu[] = { "/@", "/@home", NULL };
static const char *const fedora[] = { "/root", "/home", NULL };
static const char *const opensuse[] = { SNAPSHOT, "/@", NULL };

static void setup(void)
{
	fakeguest_init(&fake);
	boot = fakeguest_add(&fake, "hd0,gpt1", "1234-ABCD", "boot");
	files = fakeguest_add(&fake, "hd0,gpt2", "abcd", "data");
	dev = fakeguest_device(&fake, "hd0,gpt2");
	search = (struct config_search){ NULL, NULL };
}

static void teardown(void)
{
	fakeguest_free(&fake);
}

static void use(const char *const *roots, const char *usual)
{
	ck_assert_int_eq(dev->state, DEVICE_MOUNTED);
	dev->fs.roots = roots;
	dev->fs.start = dev->fs.usual_start = usual;
}

/* The number of a node found by its path; its time says which it is. */
static int64_t at(const char *path)
{
	struct fs *fs = device_fs(&fake.devices, dev, &err);
	struct fs_node node;

	ck_assert_ptr_nonnull(fs);
	return fs_find(fs, path, &node, &err) == 0 ? node.mtime : -1;
}

static void put(const char *path, int64_t number)
{
	fakefs_text(files, path, "a file");
	fakefs_touch(files, path, number);
}

START_TEST(a_path_that_leads_nowhere_begins_below_the_start)
{
	use(opensuse, SNAPSHOT);
	put("/both", 1);
	put(SNAPSHOT "/both", 2);
	put(SNAPSHOT "/boot/below", 3);
	put("/@/boot/other", 4);
	fakefs_dir(files, "/boot");
	ck_assert_int_eq(at("/both"), 1);
	ck_assert_int_eq(at("/boot/below"), 3);
	ck_assert_int_eq(at("boot/./../boot/below"), 3);
	ck_assert_int_eq(at("/boot/other"), -1);
	ck_assert_str_eq(err.text, "/boot/other: no such file");
	device_start(dev, "/@");
	ck_assert_int_eq(at("/boot/other"), 4);
	ck_assert_int_eq(at("/boot/below"), -1);
	device_start(dev, NULL);
	ck_assert_int_eq(at("/boot/below"), 3);
}
END_TEST

START_TEST(links_stay_where_their_path_began)
{
	use(ubuntu, "/@");
	put("/boot/a", 1);
	put("/@/boot/a", 2);
	put("/@/boot/b", 3);
	fakefs_link(files, "/@/a", "/boot/a");
	fakefs_link(files, "/@/b", "/boot/b");
	fakefs_link(files, "/@/up", "../../boot/b");
	ck_assert_int_eq(at("/a"), 2);
	ck_assert_int_eq(at("/b"), 3);
	ck_assert_int_eq(at("/up"), 3);
	ck_assert_int_eq(at("/@/a"), 1);
	ck_assert_int_eq(at("/@/b"), -1);
}
END_TEST

START_TEST(a_start_that_is_not_there_hides_nothing)
{
	use(ubuntu, "/@");
	put("/x", 1);
	put("/@home", 2);
	ck_assert_int_eq(at("/x"), 1);
	ck_assert_int_eq(at("/y"), -1);
	ck_assert_str_eq(err.text, "/y: no such file");
	device_start(dev, "/@home"); /* a file */
	ck_assert_int_eq(at("/y"), -1);
	ck_assert_str_eq(err.text, "/y: no such file");
}
END_TEST

/* The other links that lead to each other are a fault, not an absence. */
START_TEST(a_fault_below_the_start_is_told)
{
	use(ubuntu, "/@");
	fakefs_link(files, "/@/loop", "loop");
	ck_assert_int_eq(at("/loop"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, "/@: /loop: more than 40 symbolic links in one path");
}
END_TEST

static const char *found(enum config_stage stage)
{
	return found_on(&fake.guest, dev, &search, stage, &config, &err);
}

START_TEST(configurations_are_found_below_each_root)
{
	use(opensuse, SNAPSHOT);
	fakefs_text(files, "/@/boot/grub/grub.cfg", "true\n");
	fakefs_text(files, "/@/extlinux.conf", "label a\nlinux /a\n");
	fakefs_text(files, SNAPSHOT "/boot/grub2/grub.cfg", "true\n");
	fakefs_text(files, SNAPSHOT "/EFI/x/grub.cfg", "true\n");
	fakefs_text(files, "/boot/grub/menu.lst", "title a\nkernel /a\n");
	ck_assert_str_eq(found(STAGE_BOOT),
		"/boot/grub2/grub.cfg grub, /boot/grub/menu.lst grub-legacy, "
		"/@/boot/grub/grub.cfg grub, /@/extlinux.conf syslinux, ");
	search.loader = "syslinux";
	ck_assert_str_eq(found(STAGE_BOOT), "/@/extlinux.conf syslinux, ");
	ck_assert_str_eq(dev->fs.start, SNAPSHOT);
}
END_TEST

START_TEST(a_file_that_is_named_is_found_below_a_root)
{
	use(ubuntu, NULL);
	fakefs_text(files, "/@/boot/grub/grub.cfg", "true\n");
	fakefs_text(files, "/@home/my.cfg", "title a\nkernel /a\n");
	search.path = "/boot/grub/grub.cfg";
	ck_assert_str_eq(found(STAGE_BOOT), "/@/boot/grub/grub.cfg grub, ");
	search.path = "/my.cfg";
	ck_assert_str_eq(found(STAGE_BOOT), "/@home/my.cfg grub-legacy, ");
	search.path = "/@home/my.cfg";
	ck_assert_str_eq(found(STAGE_BOOT), "/@home/my.cfg grub-legacy, ");
}
END_TEST

/* Start the default entry of the first configuration of that device. */
static void start(const char *device)
{
	struct config_place place = { .stage = STAGE_BOOT };

	ck_assert_msg(
		config_load_next(&fake.guest, fakeguest_device(&fake, device),
			&search, &place, &config, &err) == 1,
		"%s", err.text);
	ck_assert_uint_gt(config.menu->count, 0);
	ck_assert_msg(config_run(&config, config.menu, config.menu->chosen,
			      &outcome, &err) == 0,
		"%s", err.text);
}

static void boots(const char *kernel, const char *ramdisk, int64_t number)
{
	const struct boot *made = &outcome.boot;
	struct fs_node node;
	uint64_t len;
	struct fs *fs;

	ck_assert_str_eq(made->kernel.path, kernel);
	ck_assert_int_eq(boot_file_find(&fake.devices, &made->kernel, &fs,
				 &node, &len, &err),
		1);
	ck_assert_int_eq(node.mtime, number);
	ck_assert_uint_eq(made->ramdisk_count, 1);
	ck_assert_str_eq(made->ramdisks[0].path, ramdisk);
	ck_assert_int_eq(boot_file_find(&fake.devices, &made->ramdisks[0], &fs,
				 &node, &len, &err),
		1);
	ck_assert_int_eq(node.mtime, number + 1);
}

/* GRUB knows no subvolumes: its paths begin at the top. */
START_TEST(ubuntu_names_its_subvolume_in_each_path)
{
	use(ubuntu, NULL);
	put("/@/boot/vmlinuz", 1);
	put("/@/boot/initrd.img", 2);
	fakefs_text(files, "/@/boot/grub/custom.cfg", "set args=ro\n");
	fakefs_text(files, "/@/boot/grub/grub.cfg",
		"source $prefix/custom.cfg\nmenuentry Ubuntu {\n"
		"if [ -f /boot/vmlinuz ]; then set args=rw; fi\n"
		"linux /@/boot/vmlinuz rootflags=subvol=@ $args $prefix\n"
		"initrd /@/boot/initrd.img\n}\n");
	start("hd0,gpt2");
	boots("/@/boot/vmlinuz", "/@/boot/initrd.img", 1);
	ck_assert_str_eq(outcome.boot.args,
		"rootflags=subvol=@ rw (hd0,gpt2)/@/boot/grub");
}
END_TEST

/* Its GRUB follows the default subvolume, which a roll-back changes. */
START_TEST(opensuse_begins_at_the_default_subvolume)
{
	use(opensuse, SNAPSHOT);
	put(SNAPSHOT "/boot/vmlinuz-6", 1);
	put(SNAPSHOT "/boot/initrd-6", 2);
	put("/@/boot/vmlinuz-6", 3);
	put("/@/boot/initrd-6", 4);
	fakefs_link(files, SNAPSHOT "/boot/vmlinuz", "vmlinuz-6");
	fakefs_text(files, SNAPSHOT "/boot/grub2/grub.cfg",
		"set btrfs_relative_path=\"yes\"\nexport btrfs_relative_path\n"
		"menuentry openSUSE {\nsearch --no-floppy --fs-uuid --set=root "
		"abcd\nlinux /boot/vmlinuz root=UUID=abcd $prefix\n"
		"initrd /boot/initrd-6\n}\n");
	start("hd0,gpt2");
	boots("/boot/vmlinuz", "/boot/initrd-6", 1);
	ck_assert_str_eq(
		outcome.boot.args, "root=UUID=abcd (hd0,gpt2)/boot/grub2");
}
END_TEST

/* /boot in the subvolume "root", entries that name it and such that do not. */
START_TEST(fedora_has_its_entries_in_a_subvolume)
{
	use(fedora, NULL);
	put("/root/boot/vmlinuz-6", 1);
	put("/root/boot/initramfs-6.img", 2);
	fakefs_text(
		files, "/root/boot/grub2/grub.cfg", "insmod blscfg\nblscfg\n");
	fakefs_text(files, "/root/boot/loader/entries/a-6.conf",
		"title Fedora 6\nversion 6\nlinux /root/boot/vmlinuz-6\n"
		"initrd /root/boot/initramfs-6.img\n"
		"options ro rootflags=subvol=root\n");
	start("hd0,gpt2");
	boots("/root/boot/vmlinuz-6", "/root/boot/initramfs-6.img", 1);
	fakefs_text(files, "/root/boot/loader/entries/b-7.conf",
		"title Fedora 7\nversion 7\nlinux /boot/vmlinuz-6\n"
		"initrd /boot/initramfs-6.img\noptions ro\n");
	start("hd0,gpt2");
	boots("/boot/vmlinuz-6", "/boot/initramfs-6.img", 1);
}
END_TEST

/* extlinux is installed into a subvolume and sees no more than that. */
START_TEST(extlinux_sees_its_own_subvolume)
{
	use(ubuntu, NULL);
	put("/@/boot/extlinux/vmlinuz", 1);
	put("/@/initrd", 2);
	fakefs_text(files, "/@/boot/extlinux/extlinux.conf",
		"default a\nlabel a\nkernel vmlinuz\ninitrd /initrd\n");
	start("hd0,gpt2");
	boots("/@/boot/extlinux/vmlinuz", "/initrd", 1);
}
END_TEST

/* The configuration is elsewhere, and says which directory is the root. */
START_TEST(rootflags_name_the_subvolume)
{
	use(fedora, NULL);
	put("/guests/one/boot/vmlinuz", 1);
	put("/guests/one/boot/initrd", 2);
	fakefs_text(boot, "/grub2/grub.cfg",
		"menuentry a {\nsearch --label --set=root data\n"
		"linux /boot/vmlinuz rootflags=compress=zstd,subvol=/guests/one"
		" ro\ninitrd /boot/initrd\n}\n");
	start("hd0,gpt1");
	boots("/boot/vmlinuz", "/boot/initrd", 1);
	/* for a boot's files only: GRUB would not find them at all */
	ck_assert_int_eq(at("/boot/vmlinuz"), -1);
}
END_TEST

/* What one configuration's paths begin at is not the next one's business. */
START_TEST(each_configuration_has_its_own_start)
{
	struct config first, second;
	struct config_place place = { .stage = STAGE_BOOT };

	use(ubuntu, NULL);
	put("/@/k", 1);
	put("/@/i", 2);
	put("/@home/k", 3);
	put("/@home/i", 4);
	fakefs_text(files, "/@/boot/grub/grub.cfg",
		"menuentry a { linux /k; initrd /i; }\n");
	fakefs_text(files, "/@home/boot/grub/grub.cfg",
		"menuentry a { linux /k; initrd /i; }\n");
	ck_assert_int_eq(config_load_next(&fake.guest, dev, &search, &place,
				 &first, &err),
		1);
	ck_assert_int_eq(config_load_next(&fake.guest, dev, &search, &place,
				 &second, &err),
		1);
	ck_assert_int_eq(config_run(&first, first.menu, 0, &outcome, &err), 0);
	boots("/k", "/i", 1);
	ck_assert_int_eq(
		config_run(&second, second.menu, 0, &outcome, &err), 0);
	boots("/k", "/i", 3);
	ck_assert_int_eq(config_run(&first, first.menu, 0, &outcome, &err), 0);
	boots("/k", "/i", 1);
}
END_TEST

START_TEST(a_kernel_alone_is_found_below_a_root)
{
	struct boot made;
	bool is_there;

	use(ubuntu, NULL);
	put("/@/boot/vmlinuz-6.1.0", 1);
	put("/@/boot/initrd.img-6.1.0", 2);
	put("/@home/vmlinuz-6.2.0", 3);
	ck_assert_int_eq(
		autodetect(&fake.guest, dev, &made, &is_there, &err), 0);
	ck_assert(is_there);
	outcome.boot = made;
	boots("/@/boot/vmlinuz-6.1.0", "/@/boot/initrd.img-6.1.0", 1);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("roots");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_path_that_leads_nowhere_begins_below_the_start);
	tcase_add_test(tc, links_stay_where_their_path_began);
	tcase_add_test(tc, a_start_that_is_not_there_hides_nothing);
	tcase_add_test(tc, a_fault_below_the_start_is_told);
	tcase_add_test(tc, configurations_are_found_below_each_root);
	tcase_add_test(tc, a_file_that_is_named_is_found_below_a_root);
	tcase_add_test(tc, ubuntu_names_its_subvolume_in_each_path);
	tcase_add_test(tc, opensuse_begins_at_the_default_subvolume);
	tcase_add_test(tc, fedora_has_its_entries_in_a_subvolume);
	tcase_add_test(tc, extlinux_sees_its_own_subvolume);
	tcase_add_test(tc, rootflags_name_the_subvolume);
	tcase_add_test(tc, each_configuration_has_its_own_start);
	tcase_add_test(tc, a_kernel_alone_is_found_below_a_root);
	return run_suite("roots", &tc, 1);
}
