/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tests/support/formattest.h"
#include "tests/support/runner.h"

#define PATH "/boot/xen/pvboot-x86_64.elf"

static void setup(void)
{
	formattest_begin(&pvboot_format, PATH);
}

static void teardown(void)
{
	formattest_end();
}

static const struct {
	const char *bytes;
	size_t len;
} kernels[] = {
	{ "\177ELF and more", 12 },
	{ "\177ELF", 4 },
	{ "\x1f\x8b\x08\x00", 4 },
};

START_TEST(the_guests_loader_is_the_kernel)
{
	fakefs_put(files, PATH, kernels[_i].bytes, kernels[_i].len);
	ck_assert_msg(load("") == 0, "%s", err.text);
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_int_eq(config.menu->timeout, 0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_str_eq(outcome.boot.kernel.path, PATH);
	ck_assert_ptr_eq(outcome.boot.kernel.dev, config.dev);
	ck_assert_uint_eq(outcome.boot.ramdisk_count, 0);
	ck_assert_str_eq(outcome.boot.args, "");
}
END_TEST

START_TEST(a_note_says_who_chooses)
{
	fakefs_text(files, PATH, "\177ELF");
	ck_assert_int_eq(load(""), 0);
	ck_assert_uint_eq(fake.guest.note_count, 0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_str_eq(only_note(NOTE_DETAIL),
		PATH " is a boot loader: what it boots, it chooses itself");
}
END_TEST

static const char *const others[] = { "", "E", "\177EL", "MZ and more",
	"#!/bin/sh\n" };

START_TEST(other_files_are_none)
{
	fakefs_text(files, PATH, others[_i]);
	ck_assert_int_eq(load(""), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_str_eq(err.text, "is no ELF file");
}
END_TEST

START_TEST(says_what_is_wrong_with_the_file)
{
	ck_assert_int_eq(load(""), -1);
	ck_assert_str_eq(err.text, PATH ": no such file");
	fakefs_text(files, PATH, "\177ELF");
	fakefs_break(files, PATH);
	ck_assert_int_eq(load(""), -1);
	ck_assert_str_eq(err.text, "the test broke this file");
	ck_assert_int_eq(err.code, ERR_IO);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("pvboot");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, the_guests_loader_is_the_kernel, 0, (int)LENGTH(kernels));
	tcase_add_test(tc, a_note_says_who_chooses);
	tcase_add_loop_test(tc, other_files_are_none, 0, (int)LENGTH(others));
	tcase_add_test(tc, says_what_is_wrong_with_the_file);
	return run_suite("pvboot", &tc, 1);
}
