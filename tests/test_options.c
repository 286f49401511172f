/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "src/options.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"

#define ARGS_MAX 12

static struct options options;
static struct error err;

/* The arguments of one run; they stay, because options point into them. */
static char store[40][64];

static int parse_as(const char *program, const char *const *args)
{
	char *argv[42] = { 0 };
	int argc = 0, i;

	snprintf(store[argc], sizeof(store[0]), "%s", program);
	argv[argc] = store[argc];
	for (argc = 1, i = 0; args[i]; i++, argc++) {
		snprintf(store[argc], sizeof(store[0]), "%s", args[i]);
		argv[argc] = store[argc];
	}
	memset(&options, 0xa5, sizeof(options));
	return options_parse(&options, argc, argv, &err);
}

static void parse(const char *const *args)
{
	ck_assert_msg(parse_as("hostgrub", args) == 0, "%s", err.text);
}

static void setup(void)
{
	unsetenv("PYGRUB_MAX_FILE_SIZE_MB");
	memset(&err, 0, sizeof(err));
}

#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

START_TEST(an_image_alone_means_these_defaults)
{
	PARSE("disk.img");
	ck_assert_int_eq(options.action, ACTION_BOOT);
	ck_assert(!options.quiet && !options.verbose && !options.list);
	ck_assert(!options.prefer_config && !options.as_toolstack);
	ck_assert(!options.no_sandbox && !options.has_offset);
	ck_assert_uint_eq(options.disk_count, 1);
	ck_assert_str_eq(options.disks[0], "disk.img");
	ck_assert_ptr_null(options.entry);
	ck_assert_ptr_null(options.image_format);
	ck_assert(!options.follow_backing);
	ck_assert_ptr_null(options.kernel);
	ck_assert_ptr_null(options.ramdisk);
	ck_assert_ptr_null(options.output);
	ck_assert_str_eq(options.args, "");
	ck_assert_str_eq(options.platform, "pc");
	ck_assert_int_eq(options.format, OUTPUT_SXP);
	ck_assert_str_eq(options.output_directory, "/var/run/xen/pygrub");
	ck_assert(!options.has_uid);
	ck_assert_int_eq(options.timeout, OPTIONS_TIMEOUT_GUEST);
	ck_assert_uint_eq(options.kernel_max, 1073741824);
	ck_assert_uint_eq(options.ramdisk_max, 1073741824);
	ck_assert_uint_eq(options.memory_max, 256 << 20);
	ck_assert_uint_eq(options.cpu_limit, 10);
	ck_assert_uint_eq(options.no_filesystems, 0);
	ck_assert_uint_eq(options.no_loaders, 0);
	ck_assert_str_eq(options.add_args, "");
	ck_assert_str_eq(options.remove_args, "");
	ck_assert_str_eq(options.forbid_args, "");
	ck_assert(!options.no_edit && !options.no_settings);
	ck_assert_ptr_null(options.settings);
	ck_assert_int_eq(options.time_limit_ms, 30000);
}
END_TEST

START_TEST(takes_what_libxl_passes)
{
	PARSE("--args=root=/dev/xvda1 ro", "--runas=65534", "--quiet",
		"--output=/var/lib/xen/bootloader.7.out",
		"--output-format=simple0",
		"--output-directory=/var/lib/xen/bootloader.7.d",
		"/dev/vg/guest");
	ck_assert_str_eq(options.args, "root=/dev/xvda1 ro");
	ck_assert(options.has_uid && options.quiet && options.as_toolstack);
	ck_assert_uint_eq(options.uid, 65534);
	ck_assert_str_eq(options.output, "/var/lib/xen/bootloader.7.out");
	ck_assert_int_eq(options.format, OUTPUT_SIMPLE0);
	ck_assert_str_eq(
		options.output_directory, "/var/lib/xen/bootloader.7.d");
	ck_assert_str_eq(options.disks[0], "/dev/vg/guest");
}
END_TEST

START_TEST(takes_what_xenserver_passes)
{
	PARSE("-q", "--vm", "0a34-07de", "--default_args=ro", "",
		"--extra_args=x", "--domid=7", "--output-format=simple",
		"/dev/sm/x");
	ck_assert_uint_eq(options.disk_count, 1);
	ck_assert_str_eq(options.disks[0], "/dev/sm/x");
	ck_assert_str_eq(options.args, "");
	ck_assert_int_eq(options.format, OUTPUT_SIMPLE);
}
END_TEST

START_TEST(takes_the_example_of_libvirt)
{
	PARSE("--args=root=/dev/xvda1", "--output=/x", "--append single",
		"/dev/guest");
	ck_assert_str_eq(options.args, "root=/dev/xvda1 single");
	ck_assert_str_eq(options.disks[0], "/dev/guest");
}
END_TEST

START_TEST(takes_every_option)
{
	PARSE("-v", "--entry=2", "--kernel=/k", "--ramdisk=/r",
		"--prefer-config", "--platform=xen_pvh", "--offset=1048576",
		"--timeout=7", "--time-limit=90", "--no-sandbox", "-a", "x");
	ck_assert(options.verbose && options.prefer_config);
	ck_assert(options.no_sandbox && options.has_offset);
	ck_assert_str_eq(options.entry, "2");
	ck_assert_str_eq(options.kernel, "/k");
	ck_assert_str_eq(options.ramdisk, "/r");
	ck_assert_str_eq(options.platform, "xen_pvh");
	ck_assert_uint_eq(options.offset, 1048576);
	ck_assert_int_eq(options.timeout, 7);
	ck_assert_int_eq(options.time_limit_ms, 90000);
	ck_assert_str_eq(options.disks[0], "x");
}
END_TEST

static const struct {
	const char *args[ARGS_MAX];
	enum action action;
	bool list;
} actions[] = {
	{ { "x", "-n" }, ACTION_CHECK, false },
	{ { "x", "-l" }, ACTION_LIST, true },
	{ { "x", "--list" }, ACTION_LIST, true },
	{ { "x", "--list-filesystems" }, ACTION_LIST_DISKS, true },
	{ { "x", "--list-f", "-l" }, ACTION_LIST_DISKS, true },
	{ { "x", "-ln" }, ACTION_LIST, true },
	{ { "x", "-nl" }, ACTION_LIST, true },
	{ { "x", "--isconfig" }, ACTION_IS_CONFIG, false },
	{ { "x", "--isconfig", "-nl" }, ACTION_IS_CONFIG, true },
	{ { "-h" }, ACTION_HELP, false },
	{ { "-h", "--bogus" }, ACTION_HELP, false },
	{ { "--help" }, ACTION_HELP, false },
	{ { "-lh" }, ACTION_HELP, true },
	{ { "-V" }, ACTION_VERSION, false },
	{ { "--version", "x" }, ACTION_VERSION, false },
};

START_TEST(the_last_of_the_actions_in_their_order_is_done)
{
	parse(actions[_i].args);
	ck_assert_int_eq(options.action, actions[_i].action);
	ck_assert_int_eq(options.list, actions[_i].list);
}
END_TEST

static const struct {
	const char *args[ARGS_MAX];
	bool quiet;
} menus[] = {
	{ { "x", "-q" }, true },
	{ { "x", "-qi" }, false },
	{ { "x", "-iq" }, true },
	{ { "x", "--entry=1" }, true },
	{ { "x", "--entry=" }, true },
	{ { "x", "--entry=1", "-i" }, false },
	{ { "x", "--runas=5" }, false },
};

START_TEST(the_last_of_quiet_and_interactive_wins)
{
	parse(menus[_i].args);
	ck_assert_int_eq(options.quiet, menus[_i].quiet);
}
END_TEST

static const struct {
	const char *args[ARGS_MAX];
	const char *joined;
} arguments[] = {
	{ { "x", "--args=a", "--args=b" }, "b" },
	{ { "x", "--args=a", "--args=" }, "" },
	{ { "x", "--append=a", "--append=b" }, "b" },
	{ { "x", "--append=b", "--args=a" }, "a b" },
	{ { "x", "--args=a b", "--append=c" }, "a b c" },
	{ { "x", "--args=", "--append=c" }, "c" },
	{ { "x", "--args=a", "--append=" }, "a" },
};

START_TEST(args_and_append_are_joined)
{
	parse(arguments[_i].args);
	ck_assert_str_eq(options.args, arguments[_i].joined);
}
END_TEST

START_TEST(empty_values_mean_none)
{
	PARSE("--kernel=/k", "--kernel=", "--ramdisk=", "--entry=", "x");
	ck_assert_ptr_null(options.kernel);
	ck_assert_ptr_null(options.ramdisk);
	ck_assert_ptr_null(options.entry);
}
END_TEST

START_TEST(a_hyphen_as_output_is_stdout)
{
	PARSE("--output=/x", "--output=-", "x");
	ck_assert_ptr_null(options.output);
	ck_assert(options.as_toolstack);
}
END_TEST

START_TEST(user_0_is_no_user)
{
	PARSE("--runas=5", "--runas=0", "x");
	ck_assert(!options.has_uid);
	PARSE("--runas=0", "--runas=5", "x");
	ck_assert(options.has_uid);
	ck_assert_uint_eq(options.uid, 5);
}
END_TEST

/* Python's int() */
static const struct {
	const char *option;
	uint64_t value;
} integers[] = {
	{ "--offset=0", 0 },
	{ "--offset=-0", 0 },
	{ "--offset=32256", 32256 },
	{ "--offset= 1 ", 1 },
	{ "--offset=\t+1\n", 1 },
	{ "--offset=007", 7 },
	{ "--offset=1_000_000", 1000000 },
	{ "--offset=9223372036854775807", INT64_MAX },
};

START_TEST(integers_are_those_of_python)
{
	PARSE(integers[_i].option, "x");
	ck_assert(options.has_offset);
	ck_assert_uint_eq(options.offset, integers[_i].value);
}
END_TEST

#define NOT_IN(number, low, high) number " is not from " low " to " high

static const struct {
	const char *args[ARGS_MAX];
	const char *text;
} refused[] = {
	{ { "-q" }, "no disk image given" },
	{ { "" }, "no disk image given" },
	{ { "-x", "img" }, "unknown option -x" },
	{ { "--out=x", "img" },
		"option --out is ambiguous: --output, --output-format, "
		"--output-directory" },
	{ { "--i", "img" },
		"option --i is ambiguous: --interactive, --isconfig" },
	{ { "--output-format=xml", "img" },
		"--output-format: unknown output format \"xml\" (sxp, simple "
		"or simple0)" },
	{ { "--format=xml", "img" },
		"--format: unknown format \"xml\" (raw, qcow2, qcow, qed, vhd, "
		"vhdx, vmdk, vdi or parallels)" },
	{ { "--format=", "img" },
		"--format: unknown format \"\" (raw, qcow2, qcow, qed, vhd, "
		"vhdx, vmdk, vdi or parallels)" },
	{ { "--output=", "img" }, "--output: no name of a file" },
	{ { "--output-directory=", "img" },
		"--output-directory: no name of a directory" },
	{ { "--offset=", "img" }, "--offset: \"\" is not an integer" },
	{ { "--offset=0x10", "img" }, "--offset: \"0x10\" is not an integer" },
	{ { "--offset=1__0", "img" }, "--offset: \"1__0\" is not an integer" },
	{ { "--offset=_1", "img" }, "--offset: \"_1\" is not an integer" },
	{ { "--offset=1_", "img" }, "--offset: \"1_\" is not an integer" },
	{ { "--offset=1 2", "img" }, "--offset: \"1 2\" is not an integer" },
	{ { "--offset=- 1", "img" }, "--offset: \"- 1\" is not an integer" },
	{ { "--offset=9223372036854775808", "img" },
		"--offset: 9223372036854775808 is too large" },
	{ { "--offset=99999999999999999999999", "img" },
		"--offset: 99999999999999999999999 is too large" },
	{ { "--offset=-1", "img" },
		"--offset: " NOT_IN("-1", "0", "9223372036854775807") },
	{ { "--runas=-1", "img" },
		"--runas: " NOT_IN("-1", "0", "4294967294") },
	{ { "--runas=4294967295", "img" },
		"--runas: " NOT_IN("4294967295", "0", "4294967294") },
	{ { "--runas=root", "img" }, "--runas: \"root\" is not an integer" },
	{ { "--timeout=-2", "img" },
		"--timeout: " NOT_IN("-2", "-1", "2147483647") },
	{ { "--time-limit=0", "img" },
		"--time-limit: " NOT_IN("0", "1", "86400") },
	{ { "--time-limit=86401", "img" },
		"--time-limit: " NOT_IN("86401", "1", "86400") },
	{ { "--platform=", "img" }, "--platform: \"\" is no platform" },
	{ { "--platform=a b", "img" }, "--platform: \"a b\" is no platform" },
};

START_TEST(says_what_is_wrong)
{
	ck_assert_int_eq(parse_as("hostgrub", refused[_i].args), -1);
	ck_assert_str_eq(err.text, refused[_i].text);
}
END_TEST

START_TEST(sixteen_images_are_the_most)
{
	const char *args[19] = { 0 };
	int i;

	for (i = 0; i < OPTIONS_DISKS_MAX; i++)
		args[i] = i % 2 ? "--add=x" : "y";
	parse(args);
	ck_assert_uint_eq(options.disk_count, OPTIONS_DISKS_MAX);
	ck_assert_str_eq(options.disks[0], "y");
	ck_assert_str_eq(options.disks[1], "x");
	args[i] = "z.img";
	ck_assert_int_eq(parse_as("hostgrub", args), -1);
	ck_assert_str_eq(err.text, "more than 16 disk images: z.img");
}
END_TEST

static const struct {
	const char *program;
	const char *args[ARGS_MAX];
	bool as_toolstack;
} callers[] = {
	{ "/usr/lib/xen-4.17/bin/pygrub", { "--bogus" }, true },
	{ "pygrub", { "x" }, true },
	{ "hostgrub", { "x" }, false },
	{ "/pygrub/hostgrub", { "x" }, false },
	{ "pygrub.xen", { "x" }, false },
	{ "hostgrub", { "--bogus" }, false },
	{ "hostgrub", { "--output=-", "--bogus" }, true },
	{ "hostgrub", { "--output-f=simple", "--bogus" }, true },
	{ "hostgrub", { "--output-format=xml" }, true },
	{ "hostgrub", { "--bogus", "--output-format=simple" }, true },
	{ "hostgrub", { "--bogus", "--output", "x" }, true },
	{ "hostgrub", { "--bogus", "--output-directory=x" }, false },
	{ "hostgrub", { "--args", "--output=x", "img" }, false },
	{ "hostgrub", { "--output-directory=/x", "img" }, false },
};

START_TEST(knows_a_toolstack_when_it_fails_too)
{
	parse_as(callers[_i].program, callers[_i].args);
	ck_assert_int_eq(options.as_toolstack, callers[_i].as_toolstack);
}
END_TEST

static const struct {
	const char *value;
	uint64_t file_max;
	const char *text;
} environments[] = {
	{ "1", 1 << 20, NULL },
	{ " 128 ", 128 << 20, NULL },
	{ "8796093022207", (uint64_t)8796093022207 << 20, NULL },
	{ "8796093022208", 0,
		"PYGRUB_MAX_FILE_SIZE_MB: 8796093022208 is not from 1 to "
		"8796093022207" },
	{ "0", 0, "PYGRUB_MAX_FILE_SIZE_MB: 0 is not from 1 to 8796093022207" },
	{ "", 0, "PYGRUB_MAX_FILE_SIZE_MB: \"\" is not an integer" },
	{ "1G", 0, "PYGRUB_MAX_FILE_SIZE_MB: \"1G\" is not an integer" },
};

START_TEST(the_environment_sets_the_largest_file)
{
	static const char *const args[] = { "x", NULL };
	int rc;

	setenv("PYGRUB_MAX_FILE_SIZE_MB", environments[_i].value, 1);
	rc = parse_as("hostgrub", args);
	ck_assert_int_eq(rc, environments[_i].text ? -1 : 0);
	if (environments[_i].text) {
		ck_assert_str_eq(err.text, environments[_i].text);
		return;
	}
	ck_assert_uint_eq(options.kernel_max, environments[_i].file_max);
	ck_assert_uint_eq(options.ramdisk_max, environments[_i].file_max);
}
END_TEST

START_TEST(help_is_had_in_any_environment)
{
	setenv("PYGRUB_MAX_FILE_SIZE_MB", "x", 1);
	PARSE("--help");
	ck_assert_int_eq(options.action, ACTION_HELP);
}
END_TEST

START_TEST(args_and_append_may_fill_an_item)
{
	static char args[OUTPUT_ITEM_MAX + 8], append[] = "--append=x";
	char program[] = "hostgrub", image[] = "x";
	char *argv[] = { program, args, append, image, NULL };

	memset(args, 'a', sizeof(args));
	memcpy(args, "--args=", 7);
	args[7 + OUTPUT_ITEM_MAX - 2] = '\0';
	ck_assert_msg(
		options_parse(&options, 4, argv, &err) == 0, "%s", err.text);
	ck_assert_uint_eq(strlen(options.args), OUTPUT_ITEM_MAX);
	args[7 + OUTPUT_ITEM_MAX - 2] = 'a';
	args[7 + OUTPUT_ITEM_MAX - 1] = '\0';
	ck_assert_int_eq(options_parse(&options, 4, argv, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, "--args and --append: more than 8191 bytes together");
}
END_TEST

/* "--name" in the usage, with nothing behind it that belongs to a name. */
static bool usage_has(const char *name)
{
	char option[64];
	const char *at = options_usage;
	size_t len;

	len = (size_t)snprintf(option, sizeof(option), "--%s", name);
	while ((at = strstr(at, option)) != NULL) {
		at += len;
		if (strchr("=, \n", *at))
			return true;
	}
	return false;
}

START_TEST(the_usage_names_every_option)
{
	unsigned int i;

	for (i = 0; options_name(i); i++)
		ck_assert_msg(
			usage_has(options_name(i)), "--%s", options_name(i));
	ck_assert_uint_gt(i, 20);
	ck_assert(!usage_has("out"));
	ck_assert(strncmp(options_usage, "Usage: ", 7) == 0);
	ck_assert(strstr(options_usage, "\nOptions:\n"));
	ck_assert(
		strstr(options_usage, "\nFor more details see hostgrub(8).\n"));
}
END_TEST

START_TEST(the_usage_names_nothing_else)
{
	const char *at = options_usage;
	char name[64];
	unsigned int i;
	size_t len;

	while ((at = strstr(at, "--")) != NULL) {
		at += 2;
		len = strcspn(at, "=, \n");
		snprintf(name, sizeof(name), "%.*s", (int)len, at);
		for (i = 0; options_name(i); i++)
			if (strcmp(options_name(i), name) == 0)
				break;
		ck_assert_msg(options_name(i) != NULL, "--%s", name);
	}
}
END_TEST

START_TEST(the_usage_fits_a_terminal)
{
	const char *line = options_usage, *end;

	for (; (end = strchr(line, '\n')) != NULL; line = end + 1)
		ck_assert_msg(end - line < 80, "%.*s", (int)(end - line), line);
	ck_assert_str_eq(line, "");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("options");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, an_image_alone_means_these_defaults);
	tcase_add_test(tc, takes_what_libxl_passes);
	tcase_add_test(tc, takes_what_xenserver_passes);
	tcase_add_test(tc, takes_the_example_of_libvirt);
	tcase_add_test(tc, takes_every_option);
	tcase_add_loop_test(tc, the_last_of_the_actions_in_their_order_is_done,
		0, COUNT(actions));
	tcase_add_loop_test(
		tc, the_last_of_quiet_and_interactive_wins, 0, COUNT(menus));
	tcase_add_loop_test(
		tc, args_and_append_are_joined, 0, COUNT(arguments));
	tcase_add_test(tc, empty_values_mean_none);
	tcase_add_test(tc, a_hyphen_as_output_is_stdout);
	tcase_add_test(tc, user_0_is_no_user);
	tcase_add_loop_test(
		tc, integers_are_those_of_python, 0, COUNT(integers));
	tcase_add_loop_test(tc, says_what_is_wrong, 0, COUNT(refused));
	tcase_add_test(tc, sixteen_images_are_the_most);
	tcase_add_loop_test(
		tc, knows_a_toolstack_when_it_fails_too, 0, COUNT(callers));
	tcase_add_loop_test(tc, the_environment_sets_the_largest_file, 0,
		COUNT(environments));
	tcase_add_test(tc, help_is_had_in_any_environment);
	tcase_add_test(tc, args_and_append_may_fill_an_item);
	tcase_add_test(tc, the_usage_names_every_option);
	tcase_add_test(tc, the_usage_names_nothing_else);
	tcase_add_test(tc, the_usage_fits_a_terminal);
	return run_suite("options", &tc, 1);
}
