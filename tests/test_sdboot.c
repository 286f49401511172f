/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * systemd-boot: one file at a time, and what goes wrong; the limits are in
 * test_sdboot_limits.c.  What a menu looks like has cases
 * (tests/cases/systemd_boot).
 */
#include "src/config/sdboot.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/formattest.h"
#include "tests/support/runner.h"

#define CONF "/loader/loader.conf"
#define SNIPPET "/loader/entries/a.conf"

static void setup(void)
{
	formattest_begin(&sdboot_format, CONF);
}

static void teardown(void)
{
	formattest_end();
}

/* The menu of this one entry, and of what else was put there. */
static void load_entry(const char *text)
{
	fakefs_text(files, SNIPPET, text);
	ck_assert_msg(load("") == 0, "%s", err.text);
}

static size_t notes(void)
{
	return fake.guest.note_count;
}

static const char *note(size_t index)
{
	ck_assert_uint_gt(notes(), index);
	return fake.guest.notes[index].text;
}

/* Patterns */

static const struct {
	const char *pattern, *id;
	bool match;
} patterns[] = {
	{ "", "", true },
	{ "", "a", false },
	{ "a", "a", true },
	{ "a", "ab", false },
	{ "ab", "a", false },
	{ "*", "", true },
	{ "*", "anything.conf", true },
	{ "**", "a", true },
	{ "a*", "a", true },
	{ "*a", "bab", false },
	{ "*a", "baba", true },
	{ "a*b*c", "aXbYbZc", true },
	{ "a*b*c", "aXcYb", false },
	{ "?", "a", true },
	{ "?", "", false },
	{ "a?c", "abc", true },
	{ "[abc]", "b", true },
	{ "[abc]", "d", false },
	{ "[a-c]", "b", true },
	{ "[a-c]", "-", false },
	{ "[-c]", "-", true },
	{ "[a-]", "-", true },
	{ "[]]", "]", true },
	{ "[]-a]", "^", true }, /* from ] to a */
	{ "[a-c-f]", "-", true },
	{ "[a-c-f]", "e", false },
	{ "[!a]", "b", false }, /* no complement: it is ! or a */
	{ "[!a]", "!", true },
	{ "[\\]]", "]", true },
	{ "[a-\\]]", "b", false },
	{ "[+-9]", "+", true },
	{ "[\x80-\xff]", "\xc3", true },
	{ "[", "[", false },
	{ "[a", "a", false },
	{ "[a-", "a", false },
	{ "[a\\", "a", false },
	{ "[]", "]", false },
	{ "\\*", "*", true },
	{ "\\*", "a", false },
	{ "\\", "\\", false },
	{ "a\\", "a", false },
	{ "*[a", "a", false },
	{ "*\\", "a", false },
	{ "[a]*", "", false },
	{ "nixos-generation-[0-9]*.conf", "nixos-generation-12.conf", true },
};

START_TEST(patterns_match_as_firmware_matches_them)
{
	ck_assert_int_eq(sdboot_matches(patterns[_i].pattern, patterns[_i].id),
		patterns[_i].match);
}
END_TEST

START_TEST(patterns_take_no_time)
{
	char *pattern = repeat("", "*a", 2000);
	char *id = repeat("", "a", 1999);

	ck_assert(!sdboot_matches(pattern, id));
	free(pattern);
	free(id);
}
END_TEST

/* loader.conf */

static const struct {
	const char *file;
	int timeout;
	enum menu_style style;
	const char *note; /* NULL: none */
} timeouts[] = {
	{ "", 0, MENU_STYLE_HIDDEN, NULL },
	{ "timeout 7\n", 7, MENU_STYLE_MENU, NULL },
	{ "timeout 0\n", 0, MENU_STYLE_HIDDEN, NULL },
	{ "timeout 007", 7, MENU_STYLE_MENU, NULL },
	{ "timeout \"7\"\n", 7, MENU_STYLE_MENU, NULL },
	{ "timeout menu-force\n", MENU_TIMEOUT_NONE, MENU_STYLE_MENU, NULL },
	{ "timeout menu-hidden\n", 0, MENU_STYLE_HIDDEN, NULL },
	{ "timeout menu-disabled\n", 0, MENU_STYLE_HIDDEN, NULL },
	{ "timeout 7\ntimeout menu-hidden\n", 0, MENU_STYLE_HIDDEN, NULL },
	{ "timeout 99999999999999999999999999\n", 2147483647, MENU_STYLE_MENU,
		NULL },
	{ "# timeout 7\n\t timeout\t5\t \n", 5, MENU_STYLE_MENU, NULL },
	{ "timeout 7\rtimeout 5\r", 5, MENU_STYLE_MENU, NULL },
	{ "Timeout 7\ntimeout\ntimeout=7\n", 0, MENU_STYLE_HIDDEN, NULL },
	{ "timeout 7\n\ntimeout Menu-Force\n", 7, MENU_STYLE_MENU,
		CONF ": line 3: timeout \"Menu-Force\" is ignored" },
	{ "timeout \"\"\n", 0, MENU_STYLE_HIDDEN,
		CONF ": line 1: timeout \"\" is ignored" },
	{ "\r\ntimeout 5 # s\n", 0, MENU_STYLE_HIDDEN,
		CONF ": line 2: timeout \"5 # s\" is ignored" },
	{ "default @last\n", 0, MENU_STYLE_HIDDEN,
		CONF ": line 1: default \"@last\" is ignored" },
	{ "editor no\nauto-entries no\nbeep 1\nconsole-mode max\nnonsense\n", 0,
		MENU_STYLE_HIDDEN, NULL },
};

START_TEST(loader_conf_says_how_long)
{
	ck_assert_int_eq(load(timeouts[_i].file), 0);
	ck_assert_int_eq(config.menu->timeout, timeouts[_i].timeout);
	ck_assert_int_eq(config.menu->style, timeouts[_i].style);
	ck_assert_uint_eq(config.menu->count, 0);
	ck_assert_uint_eq(notes(), timeouts[_i].note != NULL);
	if (timeouts[_i].note)
		ck_assert_str_eq(note(0), timeouts[_i].note);
}
END_TEST

static const struct {
	const char *file;
	bool may;
	size_t notes;
} editors[] = {
	{ "", true, 0 },
	{ "editor no\n", false, 0 },
	{ "editor 0\n", false, 0 },
	{ "editor yes\n", true, 0 },
	{ "editor off\neditor on\n", true, 0 },
	{ "editor no\neditor maybe\n", false, 1 },
};

START_TEST(loader_conf_says_whether_to_edit)
{
	fakefs_text(files, "/vm", "kernel");
	fakefs_text(files, SNIPPET, "title A\nlinux /vm\n");
	ck_assert_msg(load(editors[_i].file) == 0, "%s", err.text);
	if (editors[_i].notes > 0)
		ck_assert_str_eq(
			note(0), CONF ": line 2: editor \"maybe\" is ignored");
	ck_assert_uint_eq(notes(), editors[_i].notes);
	ck_assert_ptr_null(config.menu->entries[0].guard);
	if (editors[_i].may) {
		ck_assert_ptr_null(config.menu->entries[0].edits);
		ck_assert_ptr_null(config.menu->edits);
		return;
	}
	ck_assert_int_eq(guard_check(config.menu->entries[0].edits, &err), -1);
	ck_assert_int_eq(guard_check(config.menu->edits, &err), -1);
}
END_TEST

START_TEST(nothing_is_told_of_a_default_without_entries)
{
	ck_assert_int_eq(load("default a.conf\npreferred b\n"), 0);
	ck_assert_uint_eq(notes(), 0);
}
END_TEST

START_TEST(loader_conf_may_be_cut_anywhere)
{
	static const char text[] = "\xef\xbb\xbftimeout 12\r\npreferred x*\n"
				   "default [a-b]\\*\n#\nbeep \"on\"\n";
	size_t len;

	fakefs_text(files, SNIPPET, "linux /k\n");
	for (len = 0; len < sizeof(text); len++) {
		/* a copy of its own, so that nobody can read behind it */
		char *cut = malloc(len ? len : 1);

		ck_assert_ptr_nonnull(cut);
		memcpy(cut, text, len);
		ck_assert_int_eq(load_bytes(cut, len), 0);
		ck_assert_uint_eq(config.menu->count, 1);
		ck_assert_int_eq(run(0), 0);
		free(cut);
	}
	ck_assert_int_eq(config.menu->timeout, 12);
}
END_TEST

/* Entries */

static const struct {
	const char *text;
	enum note_level level;
	const char *why;
} refused[] = {
	{ "", NOTE_WARNING, "there is no linux, efi or uki line" },
	{ "title x\nLinux /k\n", NOTE_WARNING,
		"there is no linux, efi or uki line" },
	{ "linux\n", NOTE_WARNING, "there is no linux, efi or uki line" },
	{ "\n\nlinux /gone\n", NOTE_WARNING, "line 3: /gone: no such file" },
	{ "linux /k/below\n", NOTE_WARNING,
		"line 1: /k/below: not a directory" },
	{ "linux /k\nuki /k\n", NOTE_WARNING,
		"line 2: uki in an entry that has linux, too" },
	{ "efi /k\nlinux /k\n", NOTE_WARNING,
		"line 2: linux in an entry that has efi, too" },
	{ "linux /k\narchitecture ia32\n", NOTE_DETAIL,
		"it is for ia32, not x64" },
	{ "uki-url :x.efi\n", NOTE_DETAIL,
		"line 1: a place on the server it came from" },
};

START_TEST(an_entry_that_is_left_out_is_told)
{
	char text[256];

	fakefs_text(files, "/loader/entries/b.conf", "title B\nlinux /k\n");
	load_entry(refused[_i].text);
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_str_eq(config.menu->entries[0].title, "B");
	snprintf(text, sizeof(text),
		"partition 1: fakefs: " SNIPPET ": left out: %s",
		refused[_i].why);
	ck_assert_uint_eq(notes(), 1);
	ck_assert_str_eq(note(0), text);
	ck_assert_int_eq(fake.guest.notes[0].level, refused[_i].level);
}
END_TEST

static const struct {
	const char *text;
	enum error_code code;
	const char *error;
} failing[] = {
	{ "linux /empty\n", ERR_NOT_FOUND,
		"line 1: fakefs: /empty: is a directory" },
	{ "\nlinux /broken\n", ERR_IO,
		"line 2: fakefs: /broken: the test broke this file" },
	{ "linux /nothing\n", ERR_NOT_FOUND,
		"line 1: fakefs: /nothing: is empty" },
	{ "linux /k\ninitrd /i\ninitrd /gone\n", ERR_NOT_FOUND,
		"line 3: fakefs: /gone: no such file" },
	{ "linux /k\ninitrd /empty\n", ERR_NOT_FOUND,
		"line 2: fakefs: /empty: is a directory" },
	{ "linux /k\noptions a initrd=\\gone b\n", ERR_NOT_FOUND,
		"line 1: options: fakefs: /gone: no such file" },
	{ "title x\nefi /k\n", ERR_UNSUPPORTED,
		"line 2: starts /k, which is no Linux kernel but another "
		"loader" },
	{ "uki \\k\n", ERR_UNSUPPORTED,
		"line 1: /k is no unified kernel image" },
	{ "uki-url https://a/b\n", ERR_UNSUPPORTED,
		"line 1: is not on the disk but at https://a/b" },
};

START_TEST(an_entry_that_fails_says_where)
{
	char text[256];

	fakefs_text(files, "/broken", "x");
	fakefs_break(files, "/broken");
	fakefs_text(files, "/nothing", "");
	load_entry(failing[_i].text);
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_int_eq(run(0), -1);
	snprintf(text, sizeof(text), SNIPPET ": %s", failing[_i].error);
	ck_assert_str_eq(err.text, text);
	ck_assert_int_eq(err.code, failing[_i].code);
	ck_assert_ptr_null(outcome.boot.kernel.path);
}
END_TEST

static const struct {
	const char *text;
	enum note_level level;
	const char *note;
} told[] = {
	{ "linux /k\ndevicetree /x.dtb\n", NOTE_DETAIL,
		SNIPPET ": the device tree /x.dtb is not used" },
	{ "linux /k\ndevicetree-overlay /x.dtbo /y\n", NOTE_DETAIL,
		SNIPPET ": the device tree /x.dtbo /y is not used" },
	{ "linux /k\nextra /a.cred\nextra /b.cred\n", NOTE_WARNING,
		SNIPPET ": credentials and extensions (/b.cred) cannot be "
			"passed on" },
	{ "linux /k\noptions a $kernelopts\n", NOTE_WARNING,
		SNIPPET ": the options name variables of GRUB's, which "
			"systemd-boot passes on as they stand" },
	{ "linux /k\noptions ${x}\n", NOTE_WARNING,
		SNIPPET ": the options name variables of GRUB's, which "
			"systemd-boot passes on as they stand" },
	{ "linux /k\ninitrd /nothing\n", NOTE_DETAIL,
		"/nothing is empty: no ramdisk" },
	{ "efi /stub\ninitrd /gone\n", NOTE_DETAIL,
		SNIPPET ": initrd counts beside linux only" },
};

START_TEST(what_matters_to_a_boot_is_told_when_it_boots)
{
	char *stub = repeat("", ".", 0x206);

	memcpy(stub + 0x202, "HdrS", 4);
	fakefs_text(files, "/stub", stub);
	free(stub);
	fakefs_text(files, "/nothing", "");
	load_entry(told[_i].text);
	ck_assert_msg(peek(0) == 0, "%s", err.text);
	ck_assert_uint_eq(notes(), 0);
	ck_assert_msg(run(0) == 0, "%s", err.text);
	ck_assert_uint_eq(notes(), 1);
	ck_assert_str_eq(note(0), told[_i].note);
	ck_assert_int_eq(fake.guest.notes[0].level, told[_i].level);
}
END_TEST

START_TEST(prices_are_no_variables)
{
	load_entry("linux /k\noptions a=$1 b=$ c=5$\n");
	ck_assert_int_eq(run(0), 0);
	ck_assert_uint_eq(notes(), 0);
}
END_TEST

/* What firmware would take for a kernel with a stub, by its first bytes. */
static const struct {
	size_t off;
	const char *sign;
	bool kernel;
} signs[] = {
	{ 0x202, "HdrS", true },
	{ 0x201, "HdrS", false },
	{ 0x38, "ARM\x64", true },
	{ 0x38, "RSC\x05", true },
	{ 4, "zimg", true },
	{ 0, "MZ", false },
};

START_TEST(a_kernel_is_known_by_its_beginning)
{
	size_t len = signs[_i].off + strlen(signs[_i].sign);
	char *head = repeat("", ".", len);

	memcpy(head + signs[_i].off, signs[_i].sign, strlen(signs[_i].sign));
	fakefs_put(files, "/p", head, len);
	load_entry("efi /p\n");
	ck_assert_int_eq(run(0), signs[_i].kernel ? 0 : -1);
	/* a byte less, and it is none */
	fakefs_put(files, "/p", head, len - 1);
	ck_assert_int_eq(run(0), -1);
	free(head);
}
END_TEST

/* With a list of files that are not there, nobody looks for them. */
START_TEST(files_may_be_assumed)
{
	fake.guest.assume_files = true;
	load_entry("efi /EFI/gone\noptions initrd=\\gone.img\n");
	ck_assert_int_eq(run(0), 0);
	ck_assert_str_eq(outcome.boot.kernel.path, "/EFI/gone");
	ck_assert_uint_eq(outcome.boot.ramdisk_count, 1);
	ck_assert_str_eq(outcome.boot.ramdisks[0].path, "/gone.img");
}
END_TEST

START_TEST(the_source_of_an_entry_is_its_file)
{
	load_entry("# comment\nlinux /k\n");
	ck_assert_str_eq(
		config.menu->entries[0].source, "# comment\nlinux /k\n");
}
END_TEST

START_TEST(an_entry_may_be_cut_anywhere)
{
	static const char text[] =
		"\xef\xbb\xbftitle \"A\"\r\nversion 1\nsort-key k\nmachine-id "
		"m\narchitecture x64\nlinux /k\ninitrd /i\noptions a\n"
		"options @1 b\nprofile 1\n";
	static const size_t kernel = 72; /* bytes up to its first slash */
	size_t len;

	for (len = 0; len < sizeof(text); len++) {
		fake.guest.note_count = 0;
		fakefs_put(files, SNIPPET, text, len);
		ck_assert_int_eq(load(""), 0);
		/* cut in its architecture it is for another machine */
		if (config.menu->count == 0) {
			ck_assert_uint_lt(len, kernel);
			ck_assert_uint_eq(notes(), 1);
			continue;
		}
		ck_assert_uint_ge(len, kernel);
		if (run(0) < 0)
			ck_assert_ptr_nonnull(strstr(err.text, SNIPPET ": "));
	}
	ck_assert_str_eq(outcome.boot.args, "a @1 b");
}
END_TEST

/* Partitions and directories */

START_TEST(a_partition_that_cannot_be_read_is_told)
{
	struct device *boot;

	fakeguest_add(&fake, "hd0,msdos2", "", "");
	fakeguest_type(&fake, "hd0,msdos1", "esp");
	fakeguest_type(&fake, "hd0,msdos2", "xbootldr");
	boot = fakeguest_device(&fake, "hd0,msdos2");
	boot->state = DEVICE_UNREADABLE;
	boot->why = &err;
	error_set(&err, ERR_NOT_FOUND, "no known file system");
	load_entry("linux /k\n");
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_uint_eq(notes(), 1);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_WARNING);
	ck_assert_str_eq(note(0),
		"partition 2: no known file system; its boot entries are "
		"missing");
}
END_TEST

START_TEST(files_that_cannot_be_read_are_told)
{
	fakefs_text(files, "/loader/entries/b.conf", "linux /k\n");
	fakefs_break(files, "/loader/entries/b.conf");
	fakefs_text(files, "/EFI/Linux/c.efi", "MZ");
	fakefs_break(files, "/EFI/Linux/c.efi");
	load_entry("linux /k\n");
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_uint_eq(notes(), 2);
	ck_assert_str_eq(note(0),
		"partition 1: left out: fakefs: /EFI/Linux/c.efi: the test "
		"broke this file");
	ck_assert_str_eq(note(1),
		"partition 1: left out: fakefs: /loader/entries/b.conf: the "
		"test broke this file");
}
END_TEST

START_TEST(loader_conf_that_cannot_be_read_is_told)
{
	fakefs_text(files, CONF, "timeout 5\n");
	fakefs_break(files, CONF);
	fakefs_dir(files, "/loader/entries");
	config = (struct config){
		.format = &sdboot_format,
		.guest = &fake.guest,
		.dev = fakeguest_device(&fake, "hd0,msdos1"),
		.path = "/loader/entries",
	};
	ck_assert_int_eq(sdboot_format.load(&config, text_of(""), &err), 0);
	ck_assert_int_eq(config.menu->timeout, 0);
	ck_assert_str_eq(note(0),
		"partition 1: fakefs: " CONF ": the test broke this file");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("sdboot");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, patterns_match_as_firmware_matches_them, 0,
		LENGTH(patterns));
	tcase_add_test(tc, patterns_take_no_time);
	tcase_add_loop_test(tc, loader_conf_says_how_long, 0, LENGTH(timeouts));
	tcase_add_test(tc, nothing_is_told_of_a_default_without_entries);
	tcase_add_loop_test(
		tc, loader_conf_says_whether_to_edit, 0, LENGTH(editors));
	tcase_add_test(tc, loader_conf_may_be_cut_anywhere);
	tcase_add_loop_test(
		tc, an_entry_that_is_left_out_is_told, 0, LENGTH(refused));
	tcase_add_loop_test(
		tc, an_entry_that_fails_says_where, 0, LENGTH(failing));
	tcase_add_loop_test(tc, what_matters_to_a_boot_is_told_when_it_boots, 0,
		LENGTH(told));
	tcase_add_test(tc, prices_are_no_variables);
	tcase_add_loop_test(
		tc, a_kernel_is_known_by_its_beginning, 0, LENGTH(signs));
	tcase_add_test(tc, files_may_be_assumed);
	tcase_add_test(tc, the_source_of_an_entry_is_its_file);
	tcase_add_test(tc, an_entry_may_be_cut_anywhere);
	tcase_add_test(tc, a_partition_that_cannot_be_read_is_told);
	tcase_add_test(tc, files_that_cannot_be_read_are_told);
	tcase_add_test(tc, loader_conf_that_cannot_be_read_is_told);
	return run_suite("sdboot", &tc, 1);
}
