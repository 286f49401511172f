/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What systemd-boot's configuration may be at most (promise P5).
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/sdboot.h"
#include "tests/support/formattest.h"
#include "tests/support/runner.h"

#define SNIPPET "/loader/entries/a.conf"

static void setup(void)
{
	formattest_begin(&sdboot_format, "/loader/loader.conf");
}

static void teardown(void)
{
	formattest_end();
}

static void load_entry(const char *text)
{
	fakefs_text(files, SNIPPET, text);
	ck_assert_msg(load("") == 0, "%s", err.text);
}

static void add_entries(size_t from, size_t to)
{
	char path[64];
	size_t i;

	for (i = from; i < to; i++) {
		snprintf(path, sizeof(path), "/loader/entries/e%04zu.conf", i);
		fakefs_text(files, path, "title the same\nlinux /k\n");
	}
}

START_TEST(a_menu_has_so_many_entries)
{
	add_entries(0, BLS_ENTRIES_MAX);
	ck_assert_msg(load("") == 0, "%s", err.text);
	ck_assert_uint_eq(config.menu->count, BLS_ENTRIES_MAX);
	ck_assert_str_eq(
		config.menu->entries[0].title, "the same (e1023.conf)");
	add_entries(BLS_ENTRIES_MAX, BLS_ENTRIES_MAX + 1);
	ck_assert_int_eq(load(""), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "/loader/entries: more than 1024 entries");
}
END_TEST

/* A snippet of that many bytes: linux, and a comment. */
static void put_long(const char *path, size_t len)
{
	static const char begin[] = "linux /k\n#";
	char *text = repeat(begin, "x", len - (sizeof(begin) - 1));

	fakefs_put(files, path, text, len);
	free(text);
}

START_TEST(a_file_that_is_too_long_is_left_out)
{
	put_long("/loader/entries/b.conf", CONFIG_FILE_MAX + 1);
	load_entry("linux /k\n");
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"partition 1: left out: fakefs: /loader/entries/b.conf: "
		"4194305 bytes are more than the limit of 4194304 for a "
		"configuration");
}
END_TEST

START_TEST(all_files_together_have_a_limit)
{
	char path[64];
	int i;

	for (i = 0; i < 4; i++) {
		snprintf(path, sizeof(path), "/loader/entries/l%d.conf", i);
		put_long(path, CONFIG_FILE_MAX);
	}
	fakefs_text(files, "/loader/entries/z.conf", "linux /k\n");
	ck_assert_int_eq(load(""), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"fakefs: /loader/entries/z.conf: all "
		"configuration files together are more than the limit of "
		"16777216 bytes");
}
END_TEST

/* Titles of every part that they can have. */
START_TEST(the_longest_title_is_not_too_long)
{
	char *half = repeat("title ", "t", SDBOOT_NAME_MAX), *text;
	char name[300];
	int i;

	text = repeat(half, "\nlinux /k\nmachine-id 0123456789\nversion ", 1);
	free(half);
	half = text;
	text = repeat(half, "v", SDBOOT_NAME_MAX);
	for (i = 0; i < 2; i++) {
		snprintf(name, sizeof(name), "/loader/entries/%d%0245d.conf", i,
			0);
		fakefs_text(files, name, text);
	}
	ck_assert_int_eq(load(""), 0);
	ck_assert_uint_eq(config.menu->count, 2);
	ck_assert_uint_gt(strlen(config.menu->entries[0].title),
		2 * SDBOOT_NAME_MAX + 245);
	ck_assert_uint_le(
		strlen(config.menu->entries[0].title), MENU_TITLE_MAX);
	free(half);
	free(text);
}
END_TEST

START_TEST(ramdisks_have_a_limit)
{
	char *text = repeat("linux /k\n", "initrd /i\n", BLS_INITRDS_MAX);
	char *words = repeat(
		"linux /k\noptions", " initrd=\\i", BOOT_RAMDISKS_MAX + 1);

	load_entry(text);
	ck_assert_int_eq(run(0), 0);
	ck_assert_uint_eq(outcome.boot.ramdisk_count, BLS_INITRDS_MAX);
	ck_assert_uint_eq(outcome.boot.ramdisk_align, 4);
	load_entry(words);
	ck_assert_int_eq(run(0), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, SNIPPET ": line 1: options: more than 64 ramdisks");
	free(text);
	free(words);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("sdboot_limits");

	tcase_set_timeout(tc, 60); /* seconds; for a sanitizer's sake */
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_menu_has_so_many_entries);
	tcase_add_test(tc, a_file_that_is_too_long_is_left_out);
	tcase_add_test(tc, all_files_together_have_a_limit);
	tcase_add_test(tc, the_longest_title_is_not_too_long);
	tcase_add_test(tc, ramdisks_have_a_limit);
	return run_suite("sdboot_limits", &tc, 1);
}
