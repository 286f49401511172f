/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/extlinux.h"
#include "tests/support/formattest.h"
#include "tests/support/runner.h"

static void setup(void)
{
	formattest_begin(&extlinux_format, "/boot/extlinux.conf");
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
	{ "\n\nLABEL a\nKERNEL /gone\n", ERR_NOT_FOUND,
		"line 3: fakefs: /gone: no such file" },
	{ "LABEL a\nKERNEL gone\n", ERR_NOT_FOUND,
		"line 1: fakefs: /boot/gone: no such file" },
	{ "LABEL a\nKERNEL /empty\n", ERR_NOT_FOUND,
		"line 1: fakefs: /empty: is a directory" },
	{ "LABEL a\nKERNEL /k\nINITRD /i,/gone\n", ERR_NOT_FOUND,
		"line 1: fakefs: /gone: no such file" },
	{ "LABEL a\nKERNEL /k\nAPPEND x initrd=/gone\n", ERR_NOT_FOUND,
		"line 1: fakefs: /gone: no such file" },
	{ "LABEL a\nLOCALBOOT 0\n", ERR_UNSUPPORTED,
		"line 1: boots the machine's own disk (LOCALBOOT)" },
	{ "LABEL a\nCOM32 /boot/chain.c32\n", ERR_UNSUPPORTED,
		"line 1: starts /boot/chain.c32, a program of syslinux" },
	{ "LABEL a\nBSS x.bin\n", ERR_UNSUPPORTED,
		"line 1: starts a boot sector, no kernel" },
	{ "LABEL a\nMENU QUIT\n", ERR_UNSUPPORTED, "line 1: leaves the menu" },
	{ "LABEL a\nMENU EXIT\n", ERR_NOT_FOUND,
		"line 1: no menu above this one" },
	{ "LABEL a\nMENU GOTO b\n", ERR_NOT_FOUND, "line 1: no menu \"b\"" },
	{ "LABEL\n", ERR_SYNTAX, "line 1: names no kernel" },
	{ "LABEL a\nKERNEL mboot.c32\n", ERR_SYNTAX,
		"line 1: mboot.c32 without a kernel" },
	{ "LABEL a\nKERNEL mboot.c32\nAPPEND --- --- ---\n", ERR_SYNTAX,
		"line 1: mboot.c32 without a kernel" },
	{ "LABEL a\nCONFIG /gone.cfg\n", ERR_NOT_FOUND,
		"line 1: fakefs: /gone.cfg: no such file" },
	{ "LABEL a\nCONFIG\n", ERR_NOT_FOUND,
		"line 1: fakefs: /boot/: is not a regular file" },
};

START_TEST(says_which_label_fails)
{
	fakefs_dir(files, "/boot");
	ck_assert_msg(load(refused[_i].file) == 0, "%s", err.text);
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_int_eq(run(0), -1);
	ck_assert_str_eq(err.text, refused[_i].text);
	ck_assert_int_eq(err.code, refused[_i].code);
	ck_assert_ptr_null(outcome.boot.kernel.path);
}
END_TEST

START_TEST(says_which_file_a_label_is_in)
{
	fakefs_text(files, "/boot/more.cfg", "#\nLABEL a\nKERNEL /gone\n");
	ck_assert_int_eq(load("INCLUDE more.cfg\n"), 0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_str_eq(err.text,
		"/boot/more.cfg: line 2: fakefs: /gone: no such file");
}
END_TEST

/* Files that cannot be taken as a whole. */
static const struct {
	const char *file;
	const char *text;
} broken[] = {
	{ "\nINCLUDE\n", "line 2: INCLUDE needs a file" },
	{ "MENU INCLUDE\n", "line 1: INCLUDE needs a file" },
	{ "LABEL a\nMENU INCLUDE bad.cfg\n",
		"line 2: /boot/bad.cfg: line 2: INCLUDE needs a file" },
	{ "INCLUDE broken.cfg\n",
		"line 1: fakefs: /boot/broken.cfg: the test broke this file" },
};

START_TEST(says_which_line_is_wrong)
{
	fakefs_text(files, "/boot/bad.cfg", "\nINCLUDE\n");
	fakefs_text(files, "/boot/broken.cfg", "LABEL a\n");
	fakefs_break(files, "/boot/broken.cfg");
	ck_assert_int_eq(load(broken[_i].file), -1);
	ck_assert_str_eq(err.text, broken[_i].text);
}
END_TEST

START_TEST(warns_of_an_include_that_is_not_there)
{
	ck_assert_int_eq(load("LABEL a\n\nINCLUDE gone.cfg\n"), 0);
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_WARNING);
	ck_assert_str_eq(fake.guest.notes[0].text,
		"/boot/extlinux.conf: line 3: left out: fakefs: "
		"/boot/gone.cfg: no such file");
}
END_TEST

static const struct {
	const char *file;
	const char *note;
} details[] = {
	{ "LABEL a\nKERNEL /k\nFDT x.dtb\n",
		"/boot/extlinux.conf: line 3: the device tree x.dtb is not "
		"used" },
	{ "LABEL a\nKERNEL mboot.c32\nAPPEND /xen.gz m --- /k\n",
		"/xen.gz m is left out: its first module is the kernel" },
	{ "LABEL a\nKERNEL k\n",
		"/k is not beside the configuration, but in the root" },
};

START_TEST(notes_what_a_label_does_not_say)
{
	ck_assert_int_eq(load(details[_i].file), 0);
	ck_assert_msg(run(0) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.kernel.path, "/k");
	ck_assert_uint_eq(fake.guest.note_count, 1);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_DETAIL);
	ck_assert_str_eq(fake.guest.notes[0].text, details[_i].note);
}
END_TEST

static const struct {
	const char *file;
	int timeout;
	enum menu_style style;
} timeouts[] = {
	{ "", 0, MENU_STYLE_MENU },
	{ "PROMPT 1\n", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
	{ "UI menu.c32\n", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
	{ "DEFAULT /boot/VESAMENU.C32\n", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
	{ "TIMEOUT 10\n", 1, MENU_STYLE_MENU },
	{ "TIMEOUT 11\n", 2, MENU_STYLE_MENU },
	{ "TIMEOUT 0\nPROMPT 1\n", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
	{ "TIMEOUT x\nPROMPT 1\n", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
	{ "TIMEOUT 99999999999\n", 100000000, MENU_STYLE_MENU },
	{ "TIMEOUT 50\nMENU HIDDEN\n", 5, MENU_STYLE_HIDDEN },
	{ "UI menu.c32\nMENU HIDDEN\n", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
};

START_TEST(waits_as_long_as_syslinux)
{
	ck_assert_int_eq(load(timeouts[_i].file), 0);
	ck_assert_int_eq(config.menu->timeout, timeouts[_i].timeout);
	ck_assert_int_eq(config.menu->style, timeouts[_i].style);
}
END_TEST

static const struct {
	const char *append;
	const char *args;
	unsigned int ramdisks;
} appends[] = {
	{ "", "", 0 },
	{ "-", "", 0 },
	{ "- x", "- x", 0 },
	{ "initrd=/i", "", 1 },
	{ "root=x initrd=/i quiet", "root=x  quiet", 1 },
	{ "InitRD=/i x", "x", 1 },
	{ "x\tinitrd=/i\ty", "x\t\ty", 1 },
	{ "initrd=/i,/i initrd=/gone", "", 2 },
	{ "initrd=,,", "", 0 },
	{ "noinitrd initrd", "noinitrd initrd", 0 },
	{ "\"a b\"", "a b", 0 },
	{ "\"a\" \"b\"", "\"a\" \"b\"", 0 },
	{ "\"", "\"", 0 },
	{ "a=\"b", "a=\"b", 0 },
};

START_TEST(takes_the_ramdisk_out_of_the_arguments)
{
	char text[256];

	snprintf(text, sizeof(text), "LABEL a\nKERNEL /k\nAPPEND %s\n",
		appends[_i].append);
	ck_assert_int_eq(load(text), 0);
	ck_assert_msg(run(0) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.args, appends[_i].args);
	ck_assert_uint_eq(outcome.boot.ramdisk_count, appends[_i].ramdisks);
	ck_assert_uint_eq(outcome.boot.ramdisk_align, 4096);
}
END_TEST

START_TEST(an_editor_is_given_the_lines_of_the_label)
{
	fakefs_text(
		files, "/boot/more.cfg", " KERNEL /k\nLABEL c\n KERNEL /i\n");
	ck_assert_int_eq(load("TIMEOUT 5\nLABEL a\n KERNEL /k\n # c\n"
			      "LABEL b\n APPEND x\nINCLUDE more.cfg\nPROMPT 1\n"
			      "LABEL d\n KERNEL /k"),
		0);
	ck_assert_uint_eq(config.menu->count, 4);
	ck_assert_str_eq(config.menu->entries[0].source, " KERNEL /k\n # c\n");
	ck_assert_str_eq(config.menu->entries[1].source, " APPEND x\n");
	ck_assert_str_eq(config.menu->entries[2].source, " KERNEL /i\n");
	ck_assert_str_eq(config.menu->entries[3].source, " KERNEL /k");
}
END_TEST

START_TEST(what_an_editor_gives_back_boots)
{
	char text[256];

	ck_assert_int_eq(load("LABEL a\nLINUX /k\nAPPEND x=1\nINITRD /i\n"), 0);
	snprintf(text, sizeof(text), "LABEL a\n%s",
		config.menu->entries[0].source);
	ck_assert_int_eq(load(text), 0);
	ck_assert_msg(run(0) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.args, "x=1");
	ck_assert_uint_eq(outcome.boot.ramdisk_count, 1);
}
END_TEST

START_TEST(a_submenu_knows_the_way_back)
{
	const struct menu *top;

	ck_assert_int_eq(
		load("MENU BEGIN m\nLABEL up\nMENU EXIT\nMENU END\n"), 0);
	top = config.menu;
	ck_assert(top->entries[0].submenu);
	ck_assert_int_eq(run(0), 0);
	config.menu = outcome.menu;
	ck_assert_int_eq(run(0), 0);
	ck_assert_ptr_eq(outcome.menu, top);
}
END_TEST

/* Limits */

static const struct {
	const char *head; /* in front of the title */
	const char *error;
} titles[] = {
	{ "LABEL ", "line 1: a label of more than 4096 bytes" },
	{ "LABEL a\nMENU LABEL ", "line 2: a title of more than 4096 bytes" },
	{ "MENU BEGIN ", "line 1: a label of more than 4096 bytes" },
	{ "MENU BEGIN\nMENU TITLE ",
		"line 2: a title of more than 4096 bytes" },
};

START_TEST(takes_a_title_of_the_limit_and_no_longer)
{
	ck_assert_str_eq(load_beyond(titles[_i].head, "x", MENU_TITLE_MAX, ""),
		titles[_i].error);
	ck_assert_uint_eq(
		strlen(config.menu->entries[0].title), MENU_TITLE_MAX);
}
END_TEST

START_TEST(takes_as_many_ramdisks_as_the_limit)
{
	char *text =
		repeat("LABEL a\nKERNEL /k\nINITRD ", "/i,", BOOT_RAMDISKS_MAX);
	char *more = repeat(
		"LABEL a\nKERNEL /k\nINITRD ", "/i,", BOOT_RAMDISKS_MAX + 1);
	char *modules = repeat("LABEL a\nKERNEL mboot.c32\nAPPEND /k",
		" --- /i", BOOT_RAMDISKS_MAX + 2);

	ck_assert_int_eq(load(text), 0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_uint_eq(outcome.boot.ramdisk_count, BOOT_RAMDISKS_MAX);
	ck_assert_int_eq(load(more), 0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "line 1: more than 64 ramdisks");
	ck_assert_int_eq(load(modules), 0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_str_eq(err.text, "line 1: more than 64 ramdisks");
	free(text);
	free(more);
	free(modules);
}
END_TEST

START_TEST(takes_as_many_labels_as_the_limit)
{
	ck_assert_str_eq(load_beyond("", "LABEL a\n", MENU_ENTRIES_MAX, ""),
		"more than 65536 menu entries");
	ck_assert_uint_eq(config.menu->count, MENU_ENTRIES_MAX);
}
END_TEST

START_TEST(takes_menus_as_deep_as_the_limit)
{
	ck_assert_str_eq(load_beyond("", "MENU BEGIN\n", CONFIG_DEPTH_MAX, ""),
		"line 17: menus more than 16 deep");
}
END_TEST

/* depth files that each include the next, /0 being the first */
static void chain_files(unsigned int depth)
{
	char path[32], text[32];
	unsigned int i;

	for (i = 0; i < depth; i++) {
		snprintf(path, sizeof(path), "/%u", i);
		snprintf(text, sizeof(text), "INCLUDE /%u\n", i + 1);
		fakefs_text(files, path,
			i + 1 < depth ? text : "LABEL a\nKERNEL /k\n");
	}
}

START_TEST(includes_as_deep_as_the_limit)
{
	chain_files(CONFIG_DEPTH_MAX);
	ck_assert_msg(load("INCLUDE /0\n") == 0, "%s", err.text);
	ck_assert_uint_eq(config.menu->count, 1);
	teardown();
	setup();
	chain_files(CONFIG_DEPTH_MAX + 1);
	ck_assert_int_eq(load("INCLUDE /0\n"), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_msg(strstr(err.text,
			      "/15: line 1: files include each other "
			      "more than 16 deep") != NULL,
		"%s", err.text);
}
END_TEST

START_TEST(includes_as_many_files_as_the_limit)
{
	fakefs_text(files, "/one", "LABEL a\nKERNEL /k\n");
	ck_assert_str_eq(
		load_beyond("", "INCLUDE /one\n", CONFIG_INCLUDES_MAX, ""),
		"line 65: more than 64 configuration files");
	ck_assert_uint_eq(config.menu->count, CONFIG_INCLUDES_MAX);
}
END_TEST

/* Labels that each open another file. */
START_TEST(opens_as_many_files_as_the_limit)
{
	char path[32], text[64 * (CONFIG_INCLUDES_MAX + 1)], *at = text;
	unsigned int i;

	for (i = 0; i <= CONFIG_INCLUDES_MAX; i++) {
		snprintf(path, sizeof(path), "/%u.cfg", i);
		fakefs_text(files, path, "LABEL a\nKERNEL /k\n");
		at += sprintf(at, "LABEL l%u\nCONFIG %s\n", i, path);
	}
	ck_assert_msg(load(text) == 0, "%s", err.text);
	for (i = 0; i < CONFIG_INCLUDES_MAX; i++)
		ck_assert_msg(run(i) == 0, "%u: %s", i, err.text);
	ck_assert_int_eq(run(i), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(
		err.text, "line 129: more than 64 configuration files");
	ck_assert_int_eq(run(0), 0);
}
END_TEST

START_TEST(configurations_that_lead_to_each_other_are_read_once)
{
	struct menu *top;
	size_t read;
	int i;

	fakefs_text(
		files, "/o.cfg", "LABEL back\nCONFIG /boot/extlinux.conf\n");
	fakefs_text(files, "/boot/extlinux.conf", "LABEL a\nCONFIG /o.cfg\n");
	ck_assert_int_eq(load("LABEL a\nCONFIG /o.cfg\n"), 0);
	top = config.menu;
	ck_assert_int_eq(run(0), 0);
	read = fake.guest.bytes_read;
	for (i = 0; i < 1000; i++) {
		config.menu = outcome.menu;
		ck_assert_msg(run(0) == 0, "%s", err.text);
	}
	ck_assert_ptr_eq(config.menu, top);
	ck_assert_uint_eq(fake.guest.bytes_read, read);
}
END_TEST

START_TEST(a_menu_without_end_takes_no_time)
{
	/* As many menus as fit a file: nothing may look at each for each. */
	char *text = repeat("", "MENU BEGIN\nMENU END\n", 60000);

	ck_assert_msg(load(text) == 0, "%s", err.text);
	ck_assert_uint_eq(config.menu->count, 60000);
	free(text);
}
END_TEST

START_TEST(stops_at_the_memory_limit)
{
	ck_assert_str_eq(load_without_memory("LABEL a\nKERNEL /k\n"),
		"needs more than 64 bytes of memory");
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

/* A little of everything, for cutting and for spoiling. */
static const char everything[] =
	"DEFAULT linux single\r\nTIMEOUT 50\nONTIMEOUT b\nUI menu.c32 /o.cfg\n"
	"APPEND root=x\nMENU BEGIN ^Sub\nMENU TITLE Sub\nLABEL linux\n"
	"MENU LABEL ^Linux\nKERNEL /k a\nAPPEND x initrd=/i,/i y\nTEXT HELP\n"
	"help\nENDTEXT\nMENU GOTO Sub\nMENU END\nLABEL b\nCOM32 mboot.c32\n"
	"APPEND /xen.gz --- /k x --- /i\nMENU HIDE\nLABEL c\nCONFIG /o.cfg\n"
	"APPEND /\nMENU INCLUDE /o.cfg tag\nLABEL d\nKERNEL linux.c32\n"
	"APPEND \"/k a\"\nLABEL e\nLINUX /k\nFDT x\nINITRD /i\nMENU DEFAULT\n";

static void begin(void)
{
	setup();
	fakefs_text(files, "/o.cfg", "LABEL x\nKERNEL /k\nMENU EXIT\n");
}

START_TEST(survives_any_length)
{
	ck_assert_ptr_null(
		survive_any_length(everything, sizeof(everything) - 1, begin));
}
END_TEST

START_TEST(survives_any_byte)
{
	static const char odd[] = "\0\n,\" =\xff";

	ck_assert_ptr_null(survive_any_byte(everything, sizeof(everything) - 1,
		(struct text){ odd, sizeof(odd) - 1 }, begin));
}
END_TEST

static TCase *labels(void)
{
	TCase *tc = tcase_create("labels");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, says_which_label_fails, 0, LENGTH(refused));
	tcase_add_test(tc, says_which_file_a_label_is_in);
	tcase_add_loop_test(tc, says_which_line_is_wrong, 0, LENGTH(broken));
	tcase_add_test(tc, warns_of_an_include_that_is_not_there);
	tcase_add_loop_test(
		tc, notes_what_a_label_does_not_say, 0, LENGTH(details));
	tcase_add_loop_test(tc, waits_as_long_as_syslinux, 0, LENGTH(timeouts));
	tcase_add_loop_test(
		tc, takes_the_ramdisk_out_of_the_arguments, 0, LENGTH(appends));
	tcase_add_test(tc, an_editor_is_given_the_lines_of_the_label);
	tcase_add_test(tc, what_an_editor_gives_back_boots);
	tcase_add_test(tc, a_submenu_knows_the_way_back);
	return tc;
}

static TCase *limits(void)
{
	TCase *tc = tcase_create("limits");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, takes_a_title_of_the_limit_and_no_longer, 0,
		LENGTH(titles));
	tcase_add_test(tc, takes_as_many_ramdisks_as_the_limit);
	tcase_add_test(tc, takes_as_many_labels_as_the_limit);
	tcase_add_test(tc, takes_menus_as_deep_as_the_limit);
	tcase_add_test(tc, includes_as_deep_as_the_limit);
	tcase_add_test(tc, includes_as_many_files_as_the_limit);
	tcase_add_test(tc, opens_as_many_files_as_the_limit);
	tcase_add_test(
		tc, configurations_that_lead_to_each_other_are_read_once);
	tcase_add_test(tc, a_menu_without_end_takes_no_time);
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
	TCase *const cases[] = { labels(), limits(), hostile() };

	return run_suite("extlinux", cases, LENGTH(cases));
}
