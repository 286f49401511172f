/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/settings.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"
#include "tests/support/scratch.h"

#define ARGS_MAX 7

static struct options options;
static struct error err;
static char text[4096];
static char args_store[ARGS_MAX + 1][64];

/* The command line of what is tested. */
static void begin(const char *const *args)
{
	char *argv[ARGS_MAX + 2];
	int argc;

	strcpy(args_store[0], "hostgrub");
	argv[0] = args_store[0];
	for (argc = 1; *args; args++, argc++) {
		snprintf(args_store[argc], sizeof(args_store[0]), "%s", *args);
		argv[argc] = args_store[argc];
	}
	argv[argc] = NULL;
	memset(&err, 0, sizeof(err));
	ck_assert_msg(
		options_parse(&options, argc, argv, &err) == 0, "%s", err.text);
}

#define BEGIN(...) begin((const char *const[]){ __VA_ARGS__, NULL })

static int parse_bytes(const char *file, size_t len)
{
	memcpy(text, file, len);
	text[len] = '\0';
	return settings_parse(&options, text, len, &err);
}

static void parse(const char *file)
{
	ck_assert_msg(parse_bytes(file, strlen(file)) == 0, "%s", err.text);
}

START_TEST(a_setting_is_named_as_the_option)
{
	BEGIN("x");
	parse("# of all guests\n"
	      "quiet = yes\n"
	      "\n"
	      "  kernel-limit=64M   # less than Xen takes\n"
	      "\tcpu-limit\t=\t20\t\n"
	      "add-args = console=hvc0  x=\"a b\" # two words\n"
	      "output-directory = /var/lib/guests#1\n"
	      "runas = 1234");
	ck_assert(options.quiet && options.has_uid);
	ck_assert_uint_eq(options.uid, 1234);
	ck_assert_uint_eq(options.kernel_max, 64 << 20);
	ck_assert_uint_eq(options.ramdisk_max, 1 << 30);
	ck_assert_uint_eq(options.cpu_limit, 20);
	ck_assert_str_eq(options.add_args, "console=hvc0  x=\"a b\"");
	ck_assert_str_eq(options.output_directory, "/var/lib/guests#1");
}
END_TEST

START_TEST(a_file_of_windows_is_one)
{
	BEGIN("x");
	parse("\xef\xbb\xbfquiet = yes\r\n\r\nadd-args = a b\r\n");
	ck_assert(options.quiet);
	ck_assert_str_eq(options.add_args, "a b");
}
END_TEST

START_TEST(an_empty_file_changes_nothing)
{
	struct options before;

	BEGIN("x");
	before = options;
	parse("");
	parse("\n\n# nothing\n");
	ck_assert_mem_eq(&before, &options, sizeof(before));
}
END_TEST

static const struct {
	const char *value;
	bool on;
} switches[] = {
	{ "yes", true },
	{ "no", false },
	{ "on", true },
	{ "off", false },
	{ "true", true },
	{ "false", false },
	{ "1", true },
	{ "0", false },
};

START_TEST(a_switch_is_on_or_off)
{
	char line[64];

	BEGIN("x");
	snprintf(line, sizeof(line), "save-env = %s", switches[_i].value);
	parse(line);
	ck_assert_int_eq(options.save_env, switches[_i].on);
}
END_TEST

START_TEST(each_setting_can_be_set_and_the_others_stay)
{
	static const char *const values[] = { "yes", "7", "/dir", "ext", "grub",
		"64M" };
	const char *name;
	unsigned int i, count = 0;
	char line[128];
	size_t v;

	for (i = 0; (name = settings_name(i)) != NULL; i++, count++) {
		for (v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
			BEGIN("x");
			snprintf(line, sizeof(line), "%s = %s\n", name,
				values[v]);
			if (parse_bytes(line, strlen(line)) == 0)
				break;
		}
		ck_assert_msg(v < sizeof(values) / sizeof(values[0]), "%s: %s",
			name, err.text);
	}
	ck_assert_uint_ge(count, 20);
}
END_TEST

START_TEST(the_command_line_counts_more)
{
	BEGIN("x", "--timeout=3", "--interactive", "--kernel-limit=1M",
		"--filesystems=", "--add-args=a", "--runas=0");
	parse("timeout = 9\nquiet = yes\nkernel-limit = 5M\n"
	      "filesystems = ext\nadd-args = b\nrunas = 7\ncpu-limit = 3\n");
	ck_assert_int_eq(options.timeout, 3);
	ck_assert(!options.quiet && !options.has_uid);
	ck_assert_uint_eq(options.kernel_max, 1 << 20);
	ck_assert_uint_eq(options.no_filesystems, 0);
	ck_assert_str_eq(options.add_args, "a");
	ck_assert_uint_eq(options.cpu_limit, 3);
}
END_TEST

START_TEST(the_environment_counts_more_than_the_file)
{
	setenv("PYGRUB_MAX_FILE_SIZE_MB", "2", 1);
	BEGIN("x", "--ramdisk-limit=3M");
	unsetenv("PYGRUB_MAX_FILE_SIZE_MB");
	parse("kernel-limit = 9M\nramdisk-limit = 9M\n");
	ck_assert_uint_eq(options.kernel_max, 2 << 20);
	ck_assert_uint_eq(options.ramdisk_max, 3 << 20);
}
END_TEST

START_TEST(entry_on_the_command_line_shows_no_menu_whatever_is_written)
{
	BEGIN("x", "--entry=1");
	parse("quiet = no\n");
	ck_assert(options.quiet);
}
END_TEST

/* What is overridden is checked, too: else it would be found out too late. */
START_TEST(what_does_not_count_is_checked_nevertheless)
{
	BEGIN("x", "--timeout=3");
	ck_assert_int_eq(parse_bytes("timeout = x", 11), -1);
	ck_assert_str_eq(err.text, "line 1: timeout: \"x\" is not an integer");
}
END_TEST

#define LINE(content) content, sizeof(content) - 1

static const struct {
	const char *file;
	size_t len;
	const char *text;
} wrong[] = {
	{ LINE("tiemout = 5"),
		"line 1: there is no setting \"tiemout\"; the nearest: "
		"\"timeout\", " },
	{ LINE("= 5"), "line 1: there is no setting \"\"; the nearest: " },
	{ LINE("\n\n--quiet = yes"),
		"line 3: there is no setting \"--quiet\"; the nearest: "
		"\"quiet\", " },
	{ LINE("quiet"),
		"line 1: \"quiet\" is no setting: those are name = value" },
	{ LINE("[limits]\n"),
		"line 1: \"[limits]\" is no setting: those are name = value" },
	{ LINE("quiet yes"),
		"line 1: \"quiet yes\" is no setting: those are name = "
		"value" },
	{ LINE("quiet = 5"), "line 1: quiet: \"5\" is neither yes nor no" },
	{ LINE("quiet ="), "line 1: quiet: \"\" is neither yes nor no" },
	{ LINE("quiet = yes\n# again\nquiet = no\n"),
		"line 3: quiet stands in line 1 already" },
	{ LINE("output = /etc/shadow"),
		"line 1: --output is for the command line only" },
	{ LINE("settings = /etc/other"),
		"line 1: --settings is for the command line only" },
	{ LINE("kernel = /boot/vmlinuz"),
		"line 1: --kernel is for the command line only" },
	{ LINE("kernel-limit = 64X"),
		"line 1: kernel-limit: \"64X\" is no size (bytes, or as 64K, "
		"512M, 1G)" },
	{ LINE("kernel-limit = 0"),
		"line 1: kernel-limit: 0 is not from 1 to "
		"9223372036854775807" },
	{ LINE("memory-limit = 1M"),
		"line 1: memory-limit: 1M is not from 64M to 64G" },
	{ LINE("cpu-limit = 0"),
		"line 1: cpu-limit: 0 is not from 1 to 86400" },
	{ LINE("runas = root"), "line 1: runas: \"root\" is not an integer" },
	{ LINE("filesystems = ext4"),
		"line 1: filesystems: no file system is called \"ext4\"; the "
		"nearest: \"ext\", " },
	{ LINE("filesystems = ext, -xfs"),
		"line 1: filesystems: some have a \"-\" in front, others have "
		"none" },
	{ LINE("loaders = grub2"),
		"line 1: loaders: no loader is called \"grub2\"; the nearest: "
		"\"grub\", " },
	{ LINE("forbid-args = init,single"),
		"line 1: forbid-args: \"init,single\": there are blanks "
		"between words, no commas" },
	{ LINE("remove-args = a b,c=d"),
		"line 1: remove-args: \"b,c=d\": there are blanks between "
		"words, no commas" },
	{ LINE("output-directory ="),
		"line 1: output-directory: no name of a directory" },
	{ LINE("add-args = a\0b"), "line 1: control byte 0x00" },
	{ LINE("quiet = yes\radd-args = b\n"), "line 1: control byte 0x0d" },
	{ LINE("add-args = \x1b[1m"), "line 1: control byte 0x1b" },
	{ LINE("\xff\xfeq\0"), "line 1: control byte 0x00" },
};

START_TEST(says_what_is_wrong_and_where)
{
	const char *expected = wrong[_i].text;
	size_t len = strlen(expected);

	BEGIN("x");
	ck_assert_int_eq(parse_bytes(wrong[_i].file, wrong[_i].len), -1);
	ck_assert_int_eq(err.code, ERR_SYNTAX);
	/* the nearest names go on */
	if (len > 2 && strcmp(expected + len - 2, ", ") != 0 &&
		strcmp(expected + len - 2, ": ") != 0)
		ck_assert_str_eq(err.text, expected);
	err.text[len] = '\0';
	ck_assert_str_eq(err.text, expected);
}
END_TEST

START_TEST(arguments_longer_than_a_toolstack_takes_are_refused)
{
	static char line[OUTPUT_ITEM_MAX + 16] = "add-args=";

	BEGIN("x");
	memset(line + 9, 'a', OUTPUT_ITEM_MAX + 1);
	ck_assert_int_eq(
		settings_parse(&options, line, strlen(line), &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"line 1: add-args: 8192 bytes are more than a toolstack takes "
		"(8191)");
}
END_TEST

/* A file of that text and mode, named to be read. */
static void write_file(const char *file, size_t len, mode_t mode)
{
	const char *name = scratch_path("settings");
	int fd;

	unlink(name);
	fd = open(name, O_CREAT | O_WRONLY, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, file, len), (ssize_t)len);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
	options.settings = name;
}

static void refused(const char *reason)
{
	ck_assert_int_eq(settings_apply(&options, &err), -1);
	ck_assert_int_eq(
		strncmp(err.text, options.settings, strlen(options.settings)),
		0);
	ck_assert_msg(strstr(err.text, reason), "%s", err.text);
}

START_TEST(a_file_that_is_named_is_read)
{
	BEGIN("x");
	write_file("quiet = yes\n", 12, 0644);
	ck_assert_msg(settings_apply(&options, &err) == 0, "%s", err.text);
	ck_assert(options.quiet);
}
END_TEST

START_TEST(a_fault_begins_with_the_file)
{
	BEGIN("x");
	write_file("quiet = 5\n", 10, 0600);
	refused(": line 1: quiet: \"5\" is neither yes nor no");
}
END_TEST

START_TEST(no_file_is_read_if_none_is_wanted)
{
	BEGIN("x", "--no-settings");
	write_file("quiet = 5\n", 10, 0600);
	ck_assert_int_eq(settings_apply(&options, &err), 0);
}
END_TEST

START_TEST(a_file_that_others_may_write_is_refused)
{
	BEGIN("x");
	write_file("quiet = yes\n", 12, 0664);
	refused(": others than its owner may write there (mode 0664)");
	write_file("quiet = yes\n", 12, 0646);
	refused(": others than its owner may write there (mode 0646)");
	ck_assert(!options.quiet);
}
END_TEST

START_TEST(a_file_of_another_user_is_refused)
{
	if (geteuid() != 0)
		return; /* only root can give one away */
	BEGIN("x");
	write_file("quiet = yes\n", 12, 0644);
	ck_assert_int_eq(chown(options.settings, 1234, 0), 0);
	refused(": belongs to user 1234");
}
END_TEST

START_TEST(only_regular_files_are_read)
{
	BEGIN("x");
	options.settings = "/dev/null";
	refused(": not a regular file");
	options.settings = scratch_path("fifo"); /* nobody writes to it */
	ck_assert_int_eq(mkfifo(options.settings, 0600), 0);
	refused(": not a regular file");
	options.settings = "/nonexistent/file";
	refused(": cannot be opened: No such file or directory");
}
END_TEST

START_TEST(a_file_that_is_too_large_is_refused)
{
	static char large[SETTINGS_SIZE_MAX + 1];

	BEGIN("x");
	memset(large, '\n', sizeof(large));
	write_file(large, SETTINGS_SIZE_MAX, 0600);
	ck_assert_msg(settings_apply(&options, &err) == 0, "%s", err.text);
	write_file(large, sizeof(large), 0600);
	refused(": is larger than 65536 bytes");
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("settings");

	tcase_add_checked_fixture(tc, scratch_make, scratch_remove);
	tcase_add_test(tc, a_setting_is_named_as_the_option);
	tcase_add_test(tc, a_file_of_windows_is_one);
	tcase_add_test(tc, an_empty_file_changes_nothing);
	tcase_add_loop_test(tc, a_switch_is_on_or_off, 0, COUNT(switches));
	tcase_add_test(tc, each_setting_can_be_set_and_the_others_stay);
	tcase_add_test(tc, the_command_line_counts_more);
	tcase_add_test(tc, the_environment_counts_more_than_the_file);
	tcase_add_test(tc,
		entry_on_the_command_line_shows_no_menu_whatever_is_written);
	tcase_add_test(tc, what_does_not_count_is_checked_nevertheless);
	tcase_add_loop_test(tc, says_what_is_wrong_and_where, 0, COUNT(wrong));
	tcase_add_test(tc, arguments_longer_than_a_toolstack_takes_are_refused);
	tcase_add_test(tc, a_file_that_is_named_is_read);
	tcase_add_test(tc, a_fault_begins_with_the_file);
	tcase_add_test(tc, no_file_is_read_if_none_is_wanted);
	tcase_add_test(tc, a_file_that_others_may_write_is_refused);
	tcase_add_test(tc, a_file_of_another_user_is_refused);
	tcase_add_test(tc, only_regular_files_are_read);
	tcase_add_test(tc, a_file_that_is_too_large_is_refused);
	return run_suite("settings", &tc, 1);
}
