/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unified images by themselves; what addons change is in test_uki_addon.c.
 * For the offsets see ukitest.h.
 */
#include <stdio.h>
#include <string.h>

#include "tests/support/peimage.h"
#include "tests/support/runner.h"
#include "tests/support/ukitest.h"
START_TEST(kernel_ramdisk_and_arguments_are_parts_of_the_file)
{
	put("/EFI/Linux/a.efi", ".text", "the stub", ".cmdline",
		"root=/dev/xvda1 quiet", ".linux", "the kernel", ".initrd",
		"the ramdisk");
	ck_assert_int_eq(open_uki(), 1);
	ck_assert_uint_eq(uki.machine, PEIMAGE_X64);
	ck_assert_uint_eq(uki.profile_count, 1);
	ck_assert_ptr_null(uki.profiles[0].id);
	ck_assert_ptr_null(uki.title);
	ck_assert_ptr_null(uki.version);
	ck_assert_ptr_null(uki.sort_key);
	ck_assert_ptr_eq(uki.file.dev, dev);
	ck_assert_str_eq(uki.file.path, "/EFI/Linux/a.efi");
	ck_assert_uint_eq(uki.file.length, 0);
	check_boot(0, NULL,
		"kernel (hd0,msdos1)/EFI/Linux/a.efi [1536+10: the kernel]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [2048+11: the "
		"ramdisk]\n"
		"args root=/dev/xvda1 quiet\n");
	check_note(NOTE_WARNING, NULL);
}
END_TEST

START_TEST(a_kernel_is_all_an_image_needs)
{
	put("/EFI/Linux/a.efi", ".linux", "k");
	ck_assert_int_eq(open_uki(), 1);
	check_boot(0, NULL,
		"kernel (hd0,msdos1)/EFI/Linux/a.efi [512+1: k]\n"
		"args \n");
}
END_TEST

START_TEST(microcode_comes_first)
{
	put("/EFI/Linux/a.efi", ".initrd", "i", ".linux", "k", ".ucode", "u");
	ck_assert_int_eq(open_uki(), 1);
	check_boot(0, NULL,
		"kernel (hd0,msdos1)/EFI/Linux/a.efi [1024+1: k]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [1536+1: u]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [512+1: i]\n"
		"align 4\n"
		"args \n");
}
END_TEST

START_TEST(of_two_sections_the_first_counts)
{
	put("/EFI/Linux/a.efi", ".linux", "k", ".cmdline", "a", ".linux", "l",
		".cmdline", "b");
	ck_assert_int_eq(open_uki(), 1);
	check_boot(0, NULL,
		"kernel (hd0,msdos1)/EFI/Linux/a.efi [512+1: k]\n"
		"args a\n");
}
END_TEST

START_TEST(a_file_without_a_kernel_section_is_something_else)
{
	put("/EFI/Linux/a.efi", ".text", "shim");
	ck_assert_int_eq(open_uki(), 0);
	put("/EFI/Linux/a.efi", ".Linux", "x", ".linu", "x", ".linuxx", "x");
	ck_assert_int_eq(open_uki(), 0);
	fakefs_text(files, "/EFI/Linux/a.efi", "text");
	ck_assert_int_eq(open_uki(), 0);
}
END_TEST

START_TEST(what_is_no_file_is_an_error)
{
	ck_assert_int_eq(open_uki(), -1);
	ck_assert_str_eq(err.text, "fakefs: /EFI/Linux/a.efi: no such file");
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	fakefs_text(files, "/EFI/Linux/a.efi", "");
	ck_assert_int_eq(open_uki(), -1);
	ck_assert_str_eq(err.text, "fakefs: /EFI/Linux/a.efi: is empty");
}
END_TEST

/* What systemd-boot takes for title, version and sort key. */
static const struct {
	const char *osrel, *uname;
	const char *title, *version, *sort_key;
} names[] = {
	{ "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"
	  "NAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n"
	  "VERSION=\"12 (bookworm)\"\n",
		"6.1.0-18-amd64", "Debian GNU/Linux 12 (bookworm)",
		"12 (bookworm)", "debian" },
	{ "ID=a\nNAME=B\nIMAGE_ID=c\nPRETTY_NAME=D\nIMAGE_VERSION=1\n"
	  "VERSION=2\nVERSION_ID=3\nBUILD_ID=4\n",
		"5", "D", "1", "c" },
	{ "ID=a\nNAME=B\nIMAGE_ID=c\nVERSION_ID=3\nBUILD_ID=4\n", "5", "c", "3",
		"c" },
	{ "ID=a\nNAME=B\nBUILD_ID=4\n", "5", "B", "4", "a" },
	{ "ID=a\n", " 5\n", "a", "5", "a" },
	{ "PRETTY_NAME=\nNAME=B\n", "\n", "B", NULL, NULL },
	{ "VERSION=2\n", "5", NULL, "2", NULL },
	{ "", "5", NULL, "5", NULL },
};

START_TEST(names_are_those_of_osrel)
{
	put("/EFI/Linux/a.efi", ".linux", "k", ".osrel", names[_i].osrel,
		".uname", names[_i].uname);
	ck_assert_int_eq(open_uki(), 1);
	ck_assert_pstr_eq(uki.title, names[_i].title);
	ck_assert_pstr_eq(uki.version, names[_i].version);
	ck_assert_pstr_eq(uki.sort_key, names[_i].sort_key);
}
END_TEST

static const struct {
	const char *section;
	size_t len;
	const char *args;
} cmdlines[] = {
	{ "a b", 3, "a b" }, { "a b\n", 4, "a b" }, { "a b\0", 4, "a b" },
	{ "a b\n\0\0\0", 7, "a b" }, { " \t\r\na b \t\r\n", 11, "a b" },
	{ "a\nb\r\nc", 6, "a b  c" }, { "a  \"b  c\"", 9, "a  \"b  c\"" },
	{ "a\0b", 3, "a" }, /* nobody sees what is behind a NUL */
	{ "\0a", 2, "" }, { "\n", 1, "" },
	{ "a\tb\x1b\x7f\xff", 6, "a\tb\x1b\x7f\xff" }, /* refused later */
};

START_TEST(arguments_are_one_line)
{
	struct peimage_section sections[] = { { ".linux", "k", 1 },
		{ ".cmdline", cmdlines[_i].section, cmdlines[_i].len } };
	size_t len;
	uint8_t *image = peimage_make(sections, 2, PEIMAGE_X64, &len);

	fakefs_put(files, "/EFI/Linux/a.efi", image, len);
	free(image);
	ck_assert_int_eq(open_uki(), 1);
	check_args(NULL, cmdlines[_i].args);
}
END_TEST

START_TEST(given_arguments_take_the_place_of_the_image_s_own)
{
	put("/EFI/Linux/a.efi", ".linux", "k", ".cmdline", "own");
	put("/loader/addons/a.addon.efi", ".cmdline", "added");
	ck_assert_int_eq(open_uki(), 1);
	check_args("given", "given added");
	check_args(" given\nso\n", "given so added");
	check_args("", "own added");
	check_args(" \n", "own added");
	check_args(NULL, "own added");
}
END_TEST

START_TEST(texts_have_limits)
{
	static char text[UKI_CMDLINE_MAX + 2];

	memset(text, 'x', UKI_CMDLINE_MAX);
	put("/EFI/Linux/a.efi", ".linux", "k", ".cmdline", text);
	ck_assert_int_eq(open_uki(), 1);
	check_args(NULL, text);
	text[UKI_CMDLINE_MAX] = 'x';
	put("/EFI/Linux/a.efi", ".linux", "k", ".cmdline", text);
	ck_assert_int_eq(open_uki(), 1);
	ck_assert_int_eq(boot_profile(0, NULL), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"fakefs: /EFI/Linux/a.efi: the section .cmdline has 65537 "
		"bytes, more than the limit of 65536");
	put("/EFI/Linux/a.efi", ".linux", "k", ".osrel", text);
	ck_assert_int_eq(open_uki(), -1);
	ck_assert_str_eq(err.text,
		"fakefs: /EFI/Linux/a.efi: the section .osrel has 65537 bytes, "
		"more than the limit of 65536");
	put("/EFI/Linux/a.efi", ".linux", "k", ".profile", text);
	ck_assert_int_eq(open_uki(), -1);
	ck_assert_str_eq(err.text,
		"fakefs: /EFI/Linux/a.efi: the section .profile has 65537 "
		"bytes, more than the limit of 65536");
}
END_TEST

/* The memory and time of images is that of configurations (P5). */
START_TEST(images_share_the_limit_of_all_configurations)
{
	put("/EFI/Linux/a.efi", ".linux", "k", ".cmdline", "x");
	fake.guest.bytes_read = CONFIG_TOTAL_MAX - 1000;
	ck_assert_int_eq(open_uki(), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"fakefs: /EFI/Linux/a.efi: all configuration files together "
		"are more than the limit of 16777216 bytes");
}
END_TEST

static void put_profiles(void)
{
	put("/EFI/Linux/a.efi", ".linux", "k", ".osrel", "NAME=base\n",
		".cmdline", "base", ".initrd", "base", ".ucode", "u",
		".profile", "ID=main\nTITLE=\"Regular boot\"\n", ".profile",
		"ID=reset", ".cmdline", "reset", ".initrd", "reset", ".profile",
		"TITLE=Bare", ".cmdline", "", ".initrd", "", ".ucode", "",
		".profile", "", ".linux", "l", ".osrel", "NAME=last");
}

START_TEST(profiles_have_names)
{
	put_profiles();
	ck_assert_int_eq(open_uki(), 1);
	ck_assert_uint_eq(uki.profile_count, 4);
	ck_assert_str_eq(uki.profiles[0].id, "main");
	ck_assert_str_eq(uki.profiles[0].title, "Regular boot");
	ck_assert_str_eq(uki.profiles[1].id, "reset");
	ck_assert_ptr_null(uki.profiles[1].title);
	ck_assert_ptr_null(uki.profiles[2].id);
	ck_assert_str_eq(uki.profiles[2].title, "Bare");
	ck_assert_ptr_null(uki.profiles[3].id);
	ck_assert_ptr_null(uki.profiles[3].title);
	ck_assert_str_eq(uki.title, "base");
}
END_TEST

START_TEST(a_profile_has_its_own_sections_instead_of_those_for_all)
{
	put_profiles();
	ck_assert_int_eq(open_uki(), 1);
	check_boot(0, NULL,
		"kernel (hd0,msdos1)/EFI/Linux/a.efi [1024+1: k]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [3072+1: u]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [2560+4: base]\n"
		"align 4\n"
		"args base\n");
	check_boot(1, NULL,
		"kernel (hd0,msdos1)/EFI/Linux/a.efi [1024+1: k]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [3072+1: u]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [5120+5: reset]\n"
		"align 4\n"
		"args reset\n");
	/* what is empty is there, and nothing */
	check_boot(2, NULL,
		"kernel (hd0,msdos1)/EFI/Linux/a.efi [1024+1: k]\n"
		"args \n");
	check_boot(3, "given",
		"kernel (hd0,msdos1)/EFI/Linux/a.efi [6144+1: l]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [3072+1: u]\n"
		"ramdisk (hd0,msdos1)/EFI/Linux/a.efi [2560+4: base]\n"
		"align 4\n"
		"args given\n");
}
END_TEST

START_TEST(a_profile_that_is_not_there_is_an_error)
{
	put_profiles();
	ck_assert_int_eq(open_uki(), 1);
	ck_assert_int_eq(boot_profile(4, NULL), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_str_eq(err.text,
		"fakefs: /EFI/Linux/a.efi: there is no profile 4, the last is "
		"3");
	put("/EFI/Linux/a.efi", ".linux", "k");
	ck_assert_int_eq(open_uki(), 1);
	ck_assert_int_eq(boot_profile(1, NULL), -1);
	ck_assert_str_eq(err.text,
		"fakefs: /EFI/Linux/a.efi: there is no profile 1, the last is "
		"0");
}
END_TEST

START_TEST(a_profile_may_be_without_a_kernel)
{
	put("/EFI/Linux/a.efi", ".profile", "ID=a", ".profile", "ID=b",
		".linux", "k");
	ck_assert_int_eq(open_uki(), 1);
	ck_assert_int_eq(boot_profile(1, NULL), 0);
	ck_assert_int_eq(boot_profile(0, NULL), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_str_eq(
		err.text, "fakefs: /EFI/Linux/a.efi: no kernel in profile 0");
	ck_assert_ptr_null(boot.kernel.path);
}
END_TEST

START_TEST(profiles_have_a_limit)
{
	const char *pairs[2 * (UKI_PROFILES_MAX + 2) + 1] = { ".linux", "k" };
	size_t i;

	for (i = 0; i < UKI_PROFILES_MAX; i++) {
		pairs[2 * i + 2] = ".profile";
		pairs[2 * i + 3] = "ID=x";
	}
	put_for("/EFI/Linux/a.efi", PEIMAGE_X64, pairs);
	ck_assert_int_eq(open_uki(), 1);
	ck_assert_uint_eq(uki.profile_count, UKI_PROFILES_MAX);
	ck_assert_int_eq(boot_profile(UKI_PROFILES_MAX - 1, NULL), 0);
	pairs[2 * i + 2] = ".profile";
	pairs[2 * i + 3] = "ID=x";
	put_for("/EFI/Linux/a.efi", PEIMAGE_X64, pairs);
	ck_assert_int_eq(open_uki(), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, "fakefs: /EFI/Linux/a.efi: more than 64 profiles");
}
END_TEST

/* A file of these sections, in which one byte is different. */
static void put_bent(
	const char *path, const char *const *pairs, size_t off, uint8_t value)
{
	size_t len;
	uint8_t *image = ukitest_image(pairs, PEIMAGE_X64, &len);

	image[off] = value;
	fakefs_put(files, path, image, len);
	free(image);
}

static const char *const plain[] = { ".linux", "k", ".cmdline", "c", NULL };

START_TEST(firmware_starts_nothing_but_applications)
{
	put_bent("/EFI/Linux/a.efi", plain, PEIMAGE_OPTIONAL + 68, 3);
	ck_assert_int_eq(open_uki(), -1);
	ck_assert_int_eq(err.code, ERR_UNSUPPORTED);
	ck_assert_str_eq(err.text,
		"fakefs: /EFI/Linux/a.efi: is for subsystem 3, not an EFI "
		"application (10)");
}
END_TEST

START_TEST(a_damaged_image_is_an_error)
{
	/* the kernel's bytes are said to be in front of the file's end */
	put_bent("/EFI/Linux/a.efi", plain, PEIMAGE_TABLE + 21, 7);
	ck_assert_int_eq(open_uki(), -1);
	ck_assert_int_eq(err.code, ERR_CORRUPT);
	ck_assert_str_eq(err.text,
		"fakefs: /EFI/Linux/a.efi: the section .linux (512 bytes at "
		"1792) ends beyond the file (1536 bytes)");
}
END_TEST

START_TEST(cut_off_anywhere_it_never_boots)
{
	static const char *const pairs[] = { ".linux", "k", ".osrel", "NAME=x",
		".cmdline", "c", ".initrd", "i", ".profile", "ID=p", NULL };
	size_t len, whole;
	uint8_t *image = ukitest_image(pairs, PEIMAGE_X64, &whole);

	for (len = 1; len < whole; len++) {
		fakefs_put(files, "/EFI/Linux/a.efi", image, len);
		fake.guest.bytes_read = 0;
		ck_assert_int_le(open_uki(), 0);
	}
	fakefs_put(files, "/EFI/Linux/a.efi", image, whole);
	ck_assert_int_eq(open_uki(), 1);
	free(image);
}
END_TEST

/* What boots of an image with broken headers is inside of it. */
START_TEST(every_byte_of_the_headers_may_be_wrong)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	static const char *const pairs[] = { ".linux", "k", ".cmdline", "c",
		".initrd", "i", ".profile", "ID=p", NULL };
	size_t off, i, j;

	for (off = 0; off < PEIMAGE_TABLE + 4 * 40; off++)
		for (i = 0; i < LENGTH(values); i++) {
			put_bent("/EFI/Linux/a.efi", pairs, off, values[i]);
			fake.guest.bytes_read = 0;
			if (open_uki() <= 0 || boot_profile(0, NULL) < 0)
				continue;
			ck_assert_int_eq(guest_check_file(&fake.guest,
						 &boot.kernel, &err),
				0);
			for (j = 0; j < boot.ramdisk_count; j++)
				ck_assert_int_eq(
					guest_check_file(&fake.guest,
						&boot.ramdisks[j], &err),
					0);
		}
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("uki") };

	tcase_add_checked_fixture(cases[0], ukitest_begin, ukitest_end);
	tcase_add_test(
		cases[0], kernel_ramdisk_and_arguments_are_parts_of_the_file);
	tcase_add_test(cases[0], a_kernel_is_all_an_image_needs);
	tcase_add_test(cases[0], microcode_comes_first);
	tcase_add_test(cases[0], of_two_sections_the_first_counts);
	tcase_add_test(
		cases[0], a_file_without_a_kernel_section_is_something_else);
	tcase_add_test(cases[0], what_is_no_file_is_an_error);
	tcase_add_loop_test(
		cases[0], names_are_those_of_osrel, 0, (int)LENGTH(names));
	tcase_add_loop_test(
		cases[0], arguments_are_one_line, 0, (int)LENGTH(cmdlines));
	tcase_add_test(
		cases[0], given_arguments_take_the_place_of_the_image_s_own);
	tcase_add_test(cases[0], texts_have_limits);
	tcase_add_test(cases[0], images_share_the_limit_of_all_configurations);
	tcase_add_test(cases[0], profiles_have_names);
	tcase_add_test(cases[0],
		a_profile_has_its_own_sections_instead_of_those_for_all);
	tcase_add_test(cases[0], a_profile_that_is_not_there_is_an_error);
	tcase_add_test(cases[0], a_profile_may_be_without_a_kernel);
	tcase_add_test(cases[0], profiles_have_a_limit);
	tcase_add_test(cases[0], firmware_starts_nothing_but_applications);
	tcase_add_test(cases[0], a_damaged_image_is_an_error);
	tcase_add_test(cases[0], cut_off_anywhere_it_never_boots);
	tcase_add_test(cases[0], every_byte_of_the_headers_may_be_wrong);
	return run_suite("uki", cases, LENGTH(cases));
}
