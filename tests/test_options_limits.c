/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "src/options.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"

#define ARGS_MAX 12

static struct options options;
static struct error err;

/* The arguments of one run; they stay, because options point into them. */
static char store[ARGS_MAX + 1][64];

static int parse(const char *const *args)
{
	char *argv[ARGS_MAX + 2] = { store[0] };
	int argc = 1;

	strcpy(store[0], "hostgrub");
	for (; *args; args++, argc++) {
		snprintf(store[argc], sizeof(store[0]), "%s", *args);
		argv[argc] = store[argc];
	}
	return options_parse(&options, argc, argv, &err);
}

#define PARSE(...)                                                             \
	ck_assert_msg(parse((const char *const[]){ __VA_ARGS__, NULL }) == 0,  \
		"%s", err.text)

static void setup(void)
{
	unsetenv("PYGRUB_MAX_FILE_SIZE_MB");
	memset(&err, 0, sizeof(err));
}

START_TEST(an_option_counts_more_than_the_environment)
{
	setenv("PYGRUB_MAX_FILE_SIZE_MB", "7", 1);
	PARSE("x", "--kernel-limit=2M");
	ck_assert_uint_eq(options.kernel_max, 2 << 20);
	ck_assert_uint_eq(options.ramdisk_max, 7 << 20);
}
END_TEST

static const struct {
	const char *option;
	uint64_t size;
} sizes[] = {
	{ "--kernel-limit=1", 1 },
	{ "--kernel-limit=4096", 4096 },
	{ "--kernel-limit=64K", 64 << 10 },
	{ "--kernel-limit=64KiB", 64 << 10 },
	{ "--kernel-limit=3M", 3 << 20 },
	{ "--kernel-limit=2G", (uint64_t)2 << 30 },
	{ "--kernel-limit=2TiB", (uint64_t)2 << 40 },
	{ "--kernel-limit=9223372036854775807", INT64_MAX },
};

START_TEST(sizes_have_units)
{
	PARSE(sizes[_i].option, "x");
	ck_assert_uint_eq(options.kernel_max, sizes[_i].size);
}
END_TEST

START_TEST(takes_every_limit)
{
	PARSE("x", "--kernel-limit=1M", "--ramdisk-limit=2M",
		"--memory-limit=128M", "--cpu-limit=3", "--time-limit=4",
		"--filesystems=-zfs", "--loaders=grub", "--no-edit",
		"--settings=/s", "--no-settings");
	ck_assert_uint_eq(options.kernel_max, 1 << 20);
	ck_assert_uint_eq(options.ramdisk_max, 2 << 20);
	ck_assert_uint_eq(options.memory_max, 128 << 20);
	ck_assert_uint_eq(options.cpu_limit, 3);
	ck_assert_int_eq(options.time_limit_ms, 4000);
	ck_assert_uint_ne(options.no_filesystems, 0);
	ck_assert_uint_ne(options.no_loaders, 0);
	ck_assert(options.no_edit && options.no_settings);
	ck_assert_str_eq(options.settings, "/s");
}
END_TEST

START_TEST(takes_what_becomes_of_arguments)
{
	PARSE("x", "--add-args=a=1 b", "--remove-args=quiet x=*",
		"--forbid-args=init");
	ck_assert_str_eq(options.add_args, "a=1 b");
	ck_assert_str_eq(options.remove_args, "quiet x=*");
	ck_assert_str_eq(options.forbid_args, "init");
	ck_assert_str_eq(options.args, "");
}
END_TEST

#define NO_SIZE(text) "\"" text "\" is no size (bytes, or as 64K, 512M, 1G)"
#define NOT_IN(number, low, high) number " is not from " low " to " high

static const struct {
	const char *option;
	const char *text;
} refused[] = {
	{ "--cpu-limit=0", "--cpu-limit: " NOT_IN("0", "1", "86400") },
	{ "--memory-limit=63M",
		"--memory-limit: " NOT_IN("63M", "64M", "64G") },
	{ "--memory-limit=65G",
		"--memory-limit: " NOT_IN("65G", "64M", "64G") },
	{ "--kernel-limit=", "--kernel-limit: " NO_SIZE("") },
	{ "--kernel-limit=-1", "--kernel-limit: " NO_SIZE("-1") },
	{ "--kernel-limit=M", "--kernel-limit: " NO_SIZE("M") },
	{ "--kernel-limit=1m", "--kernel-limit: " NO_SIZE("1m") },
	{ "--kernel-limit=1MB", "--kernel-limit: " NO_SIZE("1MB") },
	{ "--kernel-limit=1MiBs", "--kernel-limit: " NO_SIZE("1MiBs") },
	{ "--ramdisk-limit=0",
		"--ramdisk-limit: " NOT_IN("0", "1", "9223372036854775807") },
	{ "--ramdisk-limit=8388608T",
		"--ramdisk-limit: " NOT_IN(
			"8388608T", "1", "9223372036854775807") },
	{ "--ramdisk-limit=16777216T",
		"--ramdisk-limit: " NOT_IN(
			"16777216T", "1", "9223372036854775807") },
	{ "--filesystems=ext,-xfs",
		"--filesystems: some have a \"-\" in front, others have "
		"none" },
	{ "--forbid-args=a,b",
		"--forbid-args: \"a,b\": there are blanks between words, no "
		"commas" },
};

START_TEST(says_what_is_wrong)
{
	const char *const args[] = { "x", refused[_i].option, NULL };

	ck_assert_int_eq(parse(args), -1);
	ck_assert_str_eq(err.text, refused[_i].text);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("options_limits");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, an_option_counts_more_than_the_environment);
	tcase_add_loop_test(tc, sizes_have_units, 0, COUNT(sizes));
	tcase_add_test(tc, takes_every_limit);
	tcase_add_test(tc, takes_what_becomes_of_arguments);
	tcase_add_loop_test(tc, says_what_is_wrong, 0, COUNT(refused));
	return run_suite("options_limits", &tc, 1);
}
