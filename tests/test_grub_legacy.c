/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/grub_legacy.h"
#include "tests/support/formattest.h"
#include "tests/support/runner.h"

static void setup(void)
{
	formattest_begin(&grub_legacy_format, "/boot/grub/menu.lst");
}

static void teardown(void)
{
	formattest_end();
}

static const struct {
	const char *file;
	enum error_code code;
	const char *text;
} refused[] = {
	{ "title a\nroot (fd0)\n", ERR_UNSUPPORTED,
		"line 2: root: \"(fd0)\" is no disk of this guest" },
	{ "title a\n\n#\nroot (hd0,7)\n", ERR_NOT_FOUND,
		"line 4: root: (hd0,7): no such partition" },
	{ "fallback 0\ntitle a\nroot (hd3)\n", ERR_NOT_FOUND,
		"line 3: root: (hd3): no such disk" },
	{ "title a\nroot (hd99999999999,0)\n", ERR_UNSUPPORTED,
		"line 2: root: \"(hd99999999999,0)\" is no disk of this "
		"guest" },
	{ "title a\nroot=0\n", ERR_SYNTAX,
		"line 2: root: \"0\" is no device, as (hd0,0) is" },
	{ "title a\nkernel\n", ERR_SYNTAX, "line 2: kernel: needs a file" },
	{ "title a\nkernel /gone\n", ERR_NOT_FOUND,
		"line 2: kernel: fakefs: /gone: no such file" },
	{ "title a\nkernel /empty\n", ERR_NOT_FOUND,
		"line 2: kernel: fakefs: /empty: is a directory" },
	{ "title a\nkernel --type=x86 /k\n", ERR_SYNTAX,
		"line 2: kernel: unknown kernel type \"x86\"" },
	{ "title a\nkernel --type=linu /k\n", ERR_SYNTAX,
		"line 2: kernel: unknown kernel type \"linu\"" },
	{ "title a\nkernel k\n", ERR_SYNTAX,
		"line 2: kernel: \"k\" is no absolute path" },
	{ "title a\nkernel /k\ninitrd\n", ERR_SYNTAX,
		"line 3: initrd: needs a file" },
	{ "title a\ninitrd /i\n", ERR_SYNTAX,
		"line 2: initrd: no kernel before it" },
	{ "title a\nmodule /i\n", ERR_SYNTAX,
		"line 2: module: no kernel before it" },
	{ "title a\nboot\n", ERR_SYNTAX, "line 2: boot: no kernel before it" },
	{ "title a\nroot\n", ERR_NOT_FOUND, "names no kernel" },
	{ "title a\nchainloader +1\n", ERR_UNSUPPORTED,
		"starts another boot loader (chainloader +1)" },
	{ "title a\ntimeout 5\n", ERR_SYNTAX,
		"line 2: timeout: has no place in an entry" },
	{ "title a\nkernel \\\n /gone\n", ERR_NOT_FOUND,
		"line 2: kernel: fakefs: /gone: no such file" },
	{ "title a\nuuid 12\n", ERR_NOT_FOUND,
		"line 2: uuid: no file system has the UUID \"12\"" },
	{ "title a\nreboot\n", ERR_UNSUPPORTED,
		"line 2: reboot: boots nothing" },
	{ "title a\nconfigfile /gone\n", ERR_NOT_FOUND,
		"line 2: configfile: fakefs: /gone: no such file" },
};

START_TEST(says_which_line_of_an_entry_fails)
{
	ck_assert_msg(load(refused[_i].file) == 0, "%s", err.text);
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_int_eq(peek(0), -1);
	ck_assert_str_eq(err.text, refused[_i].text);
	ck_assert_int_eq(err.code, refused[_i].code);
	ck_assert_ptr_null(outcome.boot.kernel.path);
}
END_TEST

START_TEST(names_the_device_of_a_file_elsewhere)
{
	fakeguest_add(&fake, "hd0,msdos2", "", "");
	ck_assert_int_eq(load("title a\nkernel (hd0,1)/k\n"), 0);
	ck_assert_int_eq(peek(0), -1);
	ck_assert_str_eq(err.text,
		"line 2: kernel: (hd0,msdos2): fakefs: /k: no such file");
}
END_TEST

START_TEST(an_unreadable_kernel_is_found_all_the_same)
{
	/* Its bytes are the business of whoever copies them. */
	fakefs_break(files, "/k");
	ck_assert_int_eq(load("title a\nkernel /k\n"), 0);
	ck_assert_int_eq(peek(0), 0);
	ck_assert_str_eq(outcome.boot.kernel.path, "/k");
}
END_TEST

START_TEST(a_broken_default_file_is_no_default)
{
	fakefs_text(files, "/boot/grub/default", "1\n");
	fakefs_break(files, "/boot/grub/default");
	ck_assert_int_eq(
		load("default saved\ntitle a\nboot\ntitle b\nboot\n"), 0);
	ck_assert_uint_eq(config.menu->chosen, 0);
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_DETAIL);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"/boot/grub/default: cannot be read: the saved default is the "
		"first entry");
}
END_TEST

START_TEST(the_default_file_counts_for_its_first_ten_bytes)
{
	fakefs_text(files, "/boot/grub/default", "0000000001");
	ck_assert_int_eq(
		load("default saved\ntitle a\nboot\ntitle b\nboot\n"), 0);
	ck_assert_uint_eq(config.menu->chosen, 1);
	fakefs_text(files, "/boot/grub/default", "00000000001");
	ck_assert_int_eq(
		load("default saved\ntitle a\nboot\ntitle b\nboot\n"), 0);
	ck_assert_uint_eq(config.menu->chosen, 0);
}
END_TEST

START_TEST(run_keeps_the_root_and_peek_does_not)
{
	fakefs_text(fakeguest_add(&fake, "hd0,msdos2", "", ""), "/two", "k");
	ck_assert_int_eq(
		load("title a\nroot (hd0,1)\nkernel /gone\ntitle b\nkernel "
		     "/two\n"),
		0);
	ck_assert_int_eq(peek(0), -1);
	ck_assert_int_eq(peek(1), -1);
	ck_assert_str_eq(
		err.text, "line 5: kernel: fakefs: /two: no such file");
	ck_assert_int_eq(run(0), -1);
	ck_assert_msg(run(1) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.kernel.dev->grub, "hd0,msdos2");
}
END_TEST

START_TEST(an_editor_is_given_the_lines_that_count)
{
	ck_assert_int_eq(load("title a\n\n# c\n\troot\t(hd0,0)\r\nfoo\n"
			      "kernel /k \\\n a\ntitle b\nboot"),
		0);
	ck_assert_str_eq(config.menu->entries[0].source,
		"root (hd0,0)\nkernel /k   a\n");
	ck_assert_str_eq(config.menu->entries[1].source, "boot\n");
}
END_TEST

START_TEST(what_an_editor_gives_back_boots)
{
	char text[256];

	ck_assert_int_eq(load("title a\nkernel /k x=1\ninitrd /i\n"), 0);
	snprintf(text, sizeof(text), "title a\n%s",
		config.menu->entries[0].source);
	ck_assert_int_eq(load(text), 0);
	ck_assert_msg(run(0) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.args, "x=1");
	ck_assert_uint_eq(outcome.boot.ramdisk_count, 1);
}
END_TEST

START_TEST(counts_the_lines_it_skips)
{
	ck_assert_int_eq(load("foo\nbar x\ntitle a\nbaz\nboot\n"), 0);
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_DETAIL);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"/boot/grub/menu.lst: 3 lines with unknown commands were "
		"skipped, the first is line 1: foo");
}
END_TEST

START_TEST(tells_that_a_hypervisor_is_left_out)
{
	fakefs_text(files, "/boot/xen.gz", "xen");
	ck_assert_int_eq(
		load("title a\nkernel /boot/xen.gz\nmodule /k x\n"), 0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"/boot/xen.gz is left out: its first module is the kernel");
}
END_TEST

/* Limits */

START_TEST(takes_a_title_of_the_limit_and_no_longer)
{
	ck_assert_str_eq(load_beyond("\ntitle ", "x", MENU_TITLE_MAX, ""),
		"line 2: a title of more than 4096 bytes");
}
END_TEST

START_TEST(takes_as_many_ramdisks_as_the_limit)
{
	char *text =
		repeat("title a\nkernel /k\ninitrd", " /i", BOOT_RAMDISKS_MAX);
	char *more = repeat(
		"title a\nkernel /k\ninitrd", " /i", BOOT_RAMDISKS_MAX + 1);
	char *modules = repeat(
		"title a\nkernel /k\n", "module /i\n", BOOT_RAMDISKS_MAX + 1);

	ck_assert_int_eq(load(text), 0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_uint_eq(outcome.boot.ramdisk_count, BOOT_RAMDISKS_MAX);
	ck_assert_int_eq(load(more), 0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "line 3: initrd: more than 64 ramdisks");
	ck_assert_int_eq(load(modules), 0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_str_eq(err.text, "line 67: module: more than 64 ramdisks");
	free(text);
	free(more);
	free(modules);
}
END_TEST

START_TEST(takes_as_many_entries_as_the_limit)
{
	ck_assert_str_eq(load_beyond("", "title\nboot\n", MENU_ENTRIES_MAX, ""),
		"line 131073: more than 65536 menu entries");
	ck_assert_uint_eq(config.menu->count, MENU_ENTRIES_MAX);
}
END_TEST

START_TEST(titles_alone_are_no_entries_however_many)
{
	char *text = repeat("", "title\n", MENU_ENTRIES_MAX + 1);

	ck_assert_int_eq(load(text), 0);
	ck_assert_uint_eq(config.menu->count, 0);
	free(text);
}
END_TEST

START_TEST(takes_eight_fallbacks)
{
	char *text =
		repeat("fallback 9 8 7 6 5 4 3 2 1 0\n", "title\nboot\n", 10);

	ck_assert_int_eq(load(text), 0);
	ck_assert_uint_eq(config.menu->fallback_count, LEGACY_FALLBACKS_MAX);
	ck_assert_uint_eq(config.menu->fallback[0], 9);
	ck_assert_uint_eq(config.menu->fallback[7], 2);
	free(text);
}
END_TEST

START_TEST(reads_each_other_file_once_and_64_at_most)
{
	char path[32], *at, text[64 * CONFIG_INCLUDES_MAX];
	size_t i;

	for (i = 0, at = text; i <= CONFIG_INCLUDES_MAX; i++) {
		snprintf(path, sizeof(path), "/%zu.lst", i);
		fakefs_text(files, path, "title x\nboot\n");
		at += sprintf(at, "title %zu\nconfigfile %s\n", i, path);
	}
	ck_assert_int_eq(load(text), 0);
	for (i = 0; i < CONFIG_INCLUDES_MAX; i++)
		ck_assert_msg(peek(i) == 0, "%zu: %s", i, err.text);
	ck_assert_int_eq(peek(0), 0);
	ck_assert_str_eq(outcome.menu->entries[0].title, "x");
	ck_assert_int_eq(peek(CONFIG_INCLUDES_MAX), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"line 130: configfile: more than 64 configuration files");
}
END_TEST

START_TEST(says_in_which_other_file_a_line_is_wrong)
{
	char *text = repeat("\ntitle ", "x", MENU_TITLE_MAX + 1);

	fakefs_text(files, "/o.lst", text);
	ck_assert_int_eq(load("title a\nconfigfile /o.lst\n"), 0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_str_eq(err.text,
		"line 2: configfile: /o.lst: line 2: a title of more than "
		"4096 bytes");
	free(text);
}
END_TEST

START_TEST(stops_at_the_memory_limit)
{
	ck_assert_str_eq(load_without_memory("title a\nkernel /k\n"),
		"needs more than 64 bytes of memory");
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

/* A little of everything, for cutting and for spoiling. */
static const char everything[] =
	"default saved\nfallback 1 0x2\ntimeout=10\npassword --md5 $1$x\n"
	"# comment \\\n goes on\ntitle One\r\nroot (hd0,0)\n"
	"kernel --type=linux --no-mem-option (hd0,0)/k a=\"b c\" \\\n d\n"
	"initrd /i (hd0,0)/i\nlock\ntitle\ntitle Two\nrootnoverify (hd0,0x0,a) "
	"1\nfind --set-root /k\nuuid 1234\nkernel /xen.gz x\nmodule /k y\n"
	"modulenounzip /i\nboot\ntitle=Three\nconfigfile /o.lst\n"
	"title Four\nchainloader --force (hd1)+1\nsavedefault\nmakeactive\n";

static void begin(void)
{
	setup();
	fakefs_text(files, "/xen.gz", "x");
	fakefs_text(files, "/o.lst", "title x\nkernel /k\n");
	fakefs_text(files, "/boot/grub/default", "1\n");
}

START_TEST(survives_any_length)
{
	ck_assert_ptr_null(
		survive_any_length(everything, sizeof(everything) - 1, begin));
}
END_TEST

START_TEST(survives_any_byte)
{
	static const char odd[] = "\0\n\\( =\xff";

	ck_assert_ptr_null(survive_any_byte(everything, sizeof(everything) - 1,
		(struct text){ odd, sizeof(odd) - 1 }, begin));
}
END_TEST

/* Numbers */

static const struct {
	const char *text;
	bool good;
	int number;
	const char *rest;
} numbers[] = {
	{ "0", true, 0, "" },
	{ "12x", true, 12, "x" },
	{ "0x1F g", true, 31, " g" },
	{ "0xg", false, 0, "0xg" },
	{ "", false, 0, "" },
	{ " 1", false, 0, " 1" },
	{ "-1", false, 0, "-1" },
	{ "1a", true, 1, "a" },
	{ "2147483647", true, 2147483647, "" },
	{ "2147483648", false, 0, "2147483648" },
	{ "0x7fffffff", true, 2147483647, "" },
	{ "0x80000000", false, 0, "0x80000000" },
	{ "99999999999999999999999", false, 0, "99999999999999999999999" },
};

START_TEST(reads_numbers_as_0_97_does)
{
	const char *at = numbers[_i].text;
	int number = 0;

	ck_assert(legacy_number(&at, &number) == numbers[_i].good);
	ck_assert_int_eq(number, numbers[_i].number);
	ck_assert_str_eq(at, numbers[_i].rest);
}
END_TEST

static TCase *entries(void)
{
	TCase *tc = tcase_create("entries");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, says_which_line_of_an_entry_fails, 0, LENGTH(refused));
	tcase_add_test(tc, names_the_device_of_a_file_elsewhere);
	tcase_add_test(tc, an_unreadable_kernel_is_found_all_the_same);
	tcase_add_test(tc, a_broken_default_file_is_no_default);
	tcase_add_test(tc, the_default_file_counts_for_its_first_ten_bytes);
	tcase_add_test(tc, run_keeps_the_root_and_peek_does_not);
	tcase_add_test(tc, an_editor_is_given_the_lines_that_count);
	tcase_add_test(tc, what_an_editor_gives_back_boots);
	tcase_add_test(tc, counts_the_lines_it_skips);
	tcase_add_test(tc, tells_that_a_hypervisor_is_left_out);
	tcase_add_loop_test(tc, reads_numbers_as_0_97_does, 0, LENGTH(numbers));
	return tc;
}

static TCase *limits(void)
{
	TCase *tc = tcase_create("limits");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, takes_a_title_of_the_limit_and_no_longer);
	tcase_add_test(tc, takes_as_many_ramdisks_as_the_limit);
	tcase_add_test(tc, takes_as_many_entries_as_the_limit);
	tcase_add_test(tc, titles_alone_are_no_entries_however_many);
	tcase_add_test(tc, takes_eight_fallbacks);
	tcase_add_test(tc, reads_each_other_file_once_and_64_at_most);
	tcase_add_test(tc, says_in_which_other_file_a_line_is_wrong);
	tcase_add_test(tc, stops_at_the_memory_limit);
	return tc;
}

static TCase *hostile(void)
{
	TCase *tc = tcase_create("hostile");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 120);
	tcase_add_test(tc, survives_any_length);
	tcase_add_test(tc, survives_any_byte);
	return tc;
}

int main(void)
{
	TCase *const cases[] = { entries(), limits(), hostile() };

	return run_suite("grub_legacy", cases, LENGTH(cases));
}
