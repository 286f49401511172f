/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What lies beside a unified image and changes what it boots.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/runner.h"
#include "tests/support/ukitest.h"

#define OWN "/EFI/Linux/a.efi.extra.d/"
#define COMMON "/loader/addons/"

static void setup(void)
{
	ukitest_begin();
	put("/EFI/Linux/a.efi", ".linux", "k", ".cmdline", "own", ".uname",
		"6.1.0-18");
	ck_assert_int_eq(open_uki(), 1);
}

START_TEST(arguments_follow_in_the_order_of_folders_and_names)
{
	put(OWN "10.addon.efi", ".cmdline", "d");
	put(OWN "9.addon.efi", ".cmdline", "e");
	put(COMMON "b.addon.efi", ".cmdline", "b\n");
	put(COMMON "a.addon.efi", ".cmdline", "a", ".text", "code");
	put(COMMON "c.addon.efi", ".cmdline", " c\nc ");
	check_args(NULL, "own a b c c d e");
	check_args("given", "given a b c c d e");
	check_note(NOTE_WARNING, NULL);
}
END_TEST

START_TEST(ramdisks_of_addons_are_outside_of_the_image_s_own)
{
	put("/EFI/Linux/a.efi", ".linux", "k", ".initrd", "I", ".ucode", "U");
	put(COMMON "a.addon.efi", ".initrd", "ia", ".ucode", "ua");
	put(COMMON "b.addon.efi", ".ucode", "ub", ".initrd", "ib");
	put(OWN "c.addon.efi", ".cmdline", "c", ".initrd", "ic", ".ucode",
		"uc");
	ck_assert_int_eq(open_uki(), 1);
	check_boot(0, NULL,
		"kernel (hd0,msdos1)/EFI/Linux/a.efi [512+1: k]\n"
		"ramdisk (hd0,msdos1)" OWN "c.addon.efi [1536+2: uc]\n"
		"ramdisk (hd0,msdos1)" COMMON "b.addon.efi [512+2: ub]\n"
		"ramdisk (hd0,msdos1)" COMMON "a.addon.efi [1024+2: ua]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [1536+1: U]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [1024+1: I]\n"
		"ramdisk (hd0,msdos1)" COMMON "a.addon.efi [512+2: ia]\n"
		"ramdisk (hd0,msdos1)" COMMON "b.addon.efi [1024+2: ib]\n"
		"ramdisk (hd0,msdos1)" OWN "c.addon.efi [1024+2: ic]\n"
		"align 4\n"
		"args c\n");
}
END_TEST

START_TEST(an_image_without_arguments_gets_those_of_addons)
{
	put("/EFI/Linux/a.efi", ".linux", "k");
	put(COMMON "a.addon.efi", ".cmdline", "");
	put(COMMON "b.addon.efi", ".cmdline", "b");
	put(COMMON "c.addon.efi", ".cmdline", "\n");
	put(COMMON "d.addon.efi", ".dtb", "d");
	ck_assert_int_eq(open_uki(), 1);
	check_args(NULL, "b");
	check_note(NOTE_WARNING, NULL);
}
END_TEST

START_TEST(every_profile_has_the_addons)
{
	put("/EFI/Linux/a.efi", ".linux", "k", ".profile", "ID=a", ".cmdline",
		"a", ".profile", "ID=b", ".cmdline", "b");
	put(OWN "x.addon.efi", ".cmdline", "x");
	ck_assert_int_eq(open_uki(), 1);
	ck_assert_int_eq(boot_profile(0, NULL), 0);
	ck_assert_str_eq(boot.args, "a x");
	ck_assert_int_eq(boot_profile(1, NULL), 0);
	ck_assert_str_eq(boot.args, "b x");
}
END_TEST

/* The stub's rule for names. */
START_TEST(only_files_of_that_name_are_addons)
{
	put(COMMON "UPPER.ADDON.EFI", ".cmdline", "upper");
	put(COMMON ".addon.efi", ".cmdline", "hidden");
	put(COMMON ".x.addon.efi", ".cmdline", "hidden");
	put(COMMON "gr\xc3\xbcn.addon.efi", ".cmdline", "green");
	put(COMMON "x.addon.efi.bak", ".cmdline", "backup");
	put(COMMON "x.efi", ".cmdline", "efi");
	put(COMMON "x.addon", ".cmdline", "addon");
	put(COMMON "sub.addon.efi/x.addon.efi", ".cmdline", "below");
	put("/elsewhere.efi", ".cmdline", "link");
	fakefs_link(files, COMMON "link.addon.efi", "/elsewhere.efi");
	fakefs_other(files, COMMON "fifo.addon.efi");
	check_args(NULL, "own upper");
	check_note(NOTE_WARNING, NULL);
}
END_TEST

START_TEST(a_folder_that_is_none_holds_no_addons)
{
	fakefs_text(files, "/loader/addons", "text");
	fakefs_text(files, "/EFI/Linux/a.efi.extra.d", "text");
	check_args(NULL, "own");
	check_note(NOTE_WARNING, NULL);
}
END_TEST

/* The counter changes with every boot, the folder's name does not. */
static const struct {
	const char *image, *folder;
} counted[] = {
	{ "/EFI/Linux/b+3.efi", "/EFI/Linux/b.efi.extra.d/" },
	{ "/EFI/Linux/b+0-13.efi", "/EFI/Linux/b.efi.extra.d/" },
	{ "/EFI/Linux/b+3", "/EFI/Linux/b.extra.d/" },
	{ "/a+1/b.efi", "/a+1/b.efi.extra.d/" },
	{ "/b+.efi", "/b+.efi.extra.d/" },
	{ "/b+x.efi", "/b+x.efi.extra.d/" },
	{ "/b+1-.efi", "/b+1-.efi.extra.d/" },
	{ "/b+1-2-3.efi", "/b+1-2-3.efi.extra.d/" },
	{ "/b+1x.efi", "/b+1x.efi.extra.d/" },
	{ "/EFI/Linux/b.efi", "/EFI/Linux/b.efi.extra.d/" },
};

START_TEST(a_boot_counter_is_no_part_of_the_name)
{
	char path[128];

	put(counted[_i].image, ".linux", "k", ".cmdline", "own");
	snprintf(path, sizeof(path), "%sx.addon.efi", counted[_i].folder);
	put(path, ".cmdline", "x");
	ck_assert_int_eq(
		uki_open(&fake.guest, dev, counted[_i].image, &uki, &err), 1);
	check_args(NULL, "own x");
}
END_TEST

START_TEST(an_addon_for_another_machine_is_not_for_this_one)
{
	static const char *const pairs[] = { ".cmdline", "arm", NULL };

	put_for(COMMON "x.addon.efi", PEIMAGE_AA64, pairs);
	check_args(NULL, "own");
	check_note(NOTE_DETAIL,
		"fakefs: " COMMON "x.addon.efi: left out: is for machine "
		"0xaa64, not 0x8664");
}
END_TEST

START_TEST(an_image_with_a_kernel_is_no_addon)
{
	put(COMMON "x.addon.efi", ".cmdline", "x", ".linux", "k");
	check_args(NULL, "own");
	check_note(NOTE_WARNING,
		"fakefs: " COMMON "x.addon.efi: left out: is an image with a "
		"kernel, not an addon");
}
END_TEST

static const struct {
	const char *uname;
	bool taken;
} unames[] = {
	{ "6.1.0-18", true },
	{ "6.1.0-18\n", true },
	{ "6.1.0-1", false },
	{ "6.1.0-180", false },
	{ "5.10", false },
	{ "", true },
};

START_TEST(an_addon_can_be_for_one_kernel)
{
	put(COMMON "x.addon.efi", ".cmdline", "x", ".uname", unames[_i].uname);
	check_args(NULL, unames[_i].taken ? "own x" : "own");
	check_note(NOTE_WARNING,
		unames[_i].taken ? NULL
				 : "fakefs: " COMMON
				   "x.addon.efi: left out: is for "
				   "another kernel (.uname)");
}
END_TEST

START_TEST(an_image_that_does_not_name_its_kernel_takes_all_addons)
{
	put("/EFI/Linux/a.efi", ".linux", "k", ".cmdline", "own");
	put(COMMON "x.addon.efi", ".cmdline", "x", ".uname", "5.10");
	ck_assert_int_eq(open_uki(), 1);
	check_args(NULL, "own x");
}
END_TEST

START_TEST(what_firmware_cannot_load_is_left_out)
{
	static const char *const pairs[] = { ".cmdline", "x", NULL };
	size_t len;
	uint8_t *image = ukitest_image(pairs, PEIMAGE_X64, &len);

	fakefs_text(files, COMMON "x.addon.efi", "text");
	check_args(NULL, "own");
	check_note(NOTE_WARNING,
		"fakefs: " COMMON "x.addon.efi: left out: is no PE image");
	fakefs_text(files, COMMON "x.addon.efi", "");
	check_args(NULL, "own");
	check_note(NOTE_WARNING,
		"fakefs: " COMMON "x.addon.efi: left out: is no PE image");
	fakefs_put(files, COMMON "x.addon.efi", image, len - 1);
	check_args(NULL, "own");
	check_note(NOTE_WARNING,
		"fakefs: " COMMON "x.addon.efi: left out: the section .cmdline "
		"(512 bytes at 512) ends beyond the file (1023 bytes)");
	image[PEIMAGE_OPTIONAL + 68] = 3;
	fakefs_put(files, COMMON "x.addon.efi", image, len);
	check_args(NULL, "own");
	check_note(NOTE_WARNING,
		"fakefs: " COMMON "x.addon.efi: left out: is for subsystem 3, "
		"not an EFI application (10)");
	free(image);
}
END_TEST

/* Arguments that are there and cannot be had are not left out in silence. */
START_TEST(an_addon_on_a_bad_disk_is_an_error)
{
	put(COMMON "x.addon.efi", ".cmdline", "x");
	fakefs_break(files, COMMON "x.addon.efi");
	ck_assert_int_eq(boot_profile(0, NULL), -1);
	ck_assert_int_eq(err.code, ERR_IO);
	ck_assert_str_eq(err.text,
		"fakefs: " COMMON "x.addon.efi: the test broke this file");
	ck_assert_ptr_null(boot.kernel.path);
}
END_TEST

START_TEST(addons_have_a_limit)
{
	char path[64];
	unsigned int i;

	for (i = 0; i < UKI_ADDONS_MAX; i++) {
		snprintf(path, sizeof(path), COMMON "%u.addon.efi", i);
		put(path, ".dtb", "x");
		snprintf(path, sizeof(path), OWN "%u.addon.efi", i);
		put(path, ".dtb", "x");
	}
	ck_assert_msg(boot_profile(0, NULL) == 0, "%s", err.text);
	put(OWN "zz.addon.EFI", ".dtb", "x");
	ck_assert_int_eq(boot_profile(0, NULL), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"fakefs: /EFI/Linux/a.efi.extra.d: more than 64 addons");
}
END_TEST

START_TEST(ramdisks_have_a_limit)
{
	char path[64];
	unsigned int i;

	for (i = 0; i < BOOT_RAMDISKS_MAX / 2; i++) {
		snprintf(path, sizeof(path), OWN "%02u.addon.efi", i);
		put(path, ".initrd", "x", ".ucode", "x");
	}
	ck_assert_int_eq(boot_profile(0, NULL), 0);
	ck_assert_uint_eq(boot.ramdisk_count, BOOT_RAMDISKS_MAX);
	put(COMMON "x.addon.efi", ".initrd", "x");
	ck_assert_int_eq(boot_profile(0, NULL), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"fakefs: /EFI/Linux/a.efi: more than 64 ramdisks in the image "
		"and its addons");
}
END_TEST

START_TEST(arguments_of_addons_have_the_image_s_limit)
{
	static char text[UKI_CMDLINE_MAX + 2];

	memset(text, 'x', UKI_CMDLINE_MAX + 1);
	put(COMMON "x.addon.efi", ".cmdline", text);
	ck_assert_int_eq(boot_profile(0, NULL), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"fakefs: " COMMON "x.addon.efi: the section .cmdline has "
		"65537 bytes, more than the limit of 65536");
}
END_TEST

START_TEST(what_only_the_stub_passes_on_is_said)
{
	fakefs_text(files, OWN "password.CRED", "x");
	put(OWN "x.addon.efi", ".cmdline", "x");
	check_args(NULL, "own x");
	check_note(NOTE_WARNING,
		"fakefs: " OWN "password.CRED: only a unified image's own stub "
		"passes credentials and extensions to the kernel");
	fakefs_other(files, OWN "no-file.raw");
	fakefs_text(files, OWN "debug.sysext.raw", "x");
	check_args(NULL, "own x");
	check_note(NOTE_WARNING,
		"fakefs: " OWN "debug.sysext.raw: only a unified image's own "
		"stub passes credentials and extensions to the kernel");
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("uki_addon") };

	tcase_add_checked_fixture(cases[0], setup, ukitest_end);
	tcase_add_test(
		cases[0], arguments_follow_in_the_order_of_folders_and_names);
	tcase_add_test(
		cases[0], ramdisks_of_addons_are_outside_of_the_image_s_own);
	tcase_add_test(
		cases[0], an_image_without_arguments_gets_those_of_addons);
	tcase_add_test(cases[0], every_profile_has_the_addons);
	tcase_add_test(cases[0], only_files_of_that_name_are_addons);
	tcase_add_test(cases[0], a_folder_that_is_none_holds_no_addons);
	tcase_add_loop_test(cases[0], a_boot_counter_is_no_part_of_the_name, 0,
		(int)LENGTH(counted));
	tcase_add_test(
		cases[0], an_addon_for_another_machine_is_not_for_this_one);
	tcase_add_test(cases[0], an_image_with_a_kernel_is_no_addon);
	tcase_add_loop_test(cases[0], an_addon_can_be_for_one_kernel, 0,
		(int)LENGTH(unames));
	tcase_add_test(cases[0],
		an_image_that_does_not_name_its_kernel_takes_all_addons);
	tcase_add_test(cases[0], what_firmware_cannot_load_is_left_out);
	tcase_add_test(cases[0], an_addon_on_a_bad_disk_is_an_error);
	tcase_add_test(cases[0], addons_have_a_limit);
	tcase_add_test(cases[0], ramdisks_have_a_limit);
	tcase_add_test(cases[0], arguments_of_addons_have_the_image_s_limit);
	tcase_add_test(cases[0], what_only_the_stub_passes_on_is_said);
	return run_suite("uki_addon", cases, LENGTH(cases));
}
