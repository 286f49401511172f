/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/netbsd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/formattest.h"
#include "tests/support/runner.h"

static void setup(void)
{
	formattest_begin(&netbsd_format, "/boot.cfg");
	fakefs_text(files, "/netbsd", "kernel");
}

static void teardown(void)
{
	formattest_end();
}

/* Behind "menu=a:" */
static int boot(const char *commands)
{
	char text[512];

	snprintf(text, sizeof(text), "menu=a:%s\n", commands);
	ck_assert_msg(load(text) == 0, "%s", err.text);
	return run(0);
}

static const struct {
	const char *commands;
	const char *text;
	enum error_code code;
} refused[] = {
	{ "boot gone", "line 1: fakefs: /gone: no such file", ERR_NOT_FOUND },
	{ "boot /empty", "line 1: fakefs: /empty: is a directory",
		ERR_NOT_FOUND },
	{ "boot one;boot two", "line 1: fakefs: /one: no such file",
		ERR_NOT_FOUND },
	{ "rndseed x;prompt", "line 1: asks for a command", ERR_UNSUPPORTED },
	{ "quit", "line 1: leaves the loader", ERR_UNSUPPORTED },
	{ "ls", "line 1: boots no kernel", ERR_UNSUPPORTED },
	{ "", "line 1: boots no kernel", ERR_UNSUPPORTED },
	{ ";;;", "line 1: boots no kernel", ERR_UNSUPPORTED },
	{ "bootx netbsd", "line 1: boots no kernel", ERR_UNSUPPORTED },
	{ "boot raid0a:netbsd", "line 1: raid0a: is no disk", ERR_UNSUPPORTED },
	{ "boot :netbsd", "line 1: : is no disk", ERR_UNSUPPORTED },
	{ "boot hd:a:netbsd", "line 1: fakefs: /a:netbsd: no such file",
		ERR_NOT_FOUND },
	{ "boot NAME=:netbsd", "line 1: no partition NAME=", ERR_NOT_FOUND },
	{ "dev hd0z:;boot gone", "line 1: hd0z: is no disk", ERR_UNSUPPORTED },
};

START_TEST(says_why_nothing_boots)
{
	ck_assert_int_eq(boot(refused[_i].commands), -1);
	ck_assert_str_eq(err.text, refused[_i].text);
	ck_assert_int_eq(err.code, refused[_i].code);
	ck_assert_ptr_null(outcome.boot.kernel.path);
}
END_TEST

/* Commands that fail before one that works are no fault. */
static const struct {
	const char *commands;
	const char *args;
} lines[] = {
	{ "boot", "" },
	{ "boot ", "" },
	{ "boot -s", "-s" },
	{ "boot -s  -v", "-s  -v" },
	{ "boot netbsd", "" },
	{ "boot /netbsd -z", "-z" },
	{ "boot netbsd root=xbd9a", "root=xbd9a" },
	{ "boot wd0:netbsd", "" },
	{ "prompt;boot", "" },
	{ "boot gone; boot netbsd -a ;boot -s", "-a" },
	{ "root none;boot", "root=none" },
	{ "root;boot", "" },
	{ "load /netbsd x y;multiboot /xen.gz z", "x y" },
	{ "load /netbsd x;load /other;multiboot /xen.gz", "x" },
	{ "multiboot /netbsd z", "z" },
};

START_TEST(the_rest_of_the_line_is_the_kernels)
{
	ck_assert_msg(boot(lines[_i].commands) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.kernel.path, "/netbsd");
	ck_assert_str_eq(outcome.boot.args, lines[_i].args);
	ck_assert_uint_eq(outcome.boot.ramdisk_count, 0);
}
END_TEST

/* In the loader's order; all from some place on are there. */
START_TEST(kernels_without_a_name_are_tried_in_turn)
{
	static const char *const names[] = { "/netbsd", "/netbsd.gz",
		"/onetbsd", "/onetbsd.gz", "/netbsd.old", "/netbsd.old.gz" };
	size_t i;

	teardown();
	formattest_begin(&netbsd_format, "/boot.cfg");
	for (i = (size_t)_i; i < LENGTH(names); i++)
		fakefs_text(files, names[i], "kernel");
	ck_assert_int_eq(boot("boot -v"), 0);
	ck_assert_str_eq(outcome.boot.kernel.path, names[_i]);
	ck_assert_str_eq(outcome.boot.args, "-v");
}
END_TEST

static const struct {
	const char *file;
	int timeout;
	size_t chosen;
} settings[] = {
	{ "", 10, 0 },
	{ "timeout=0", 0, 0 },
	{ "timeout=30", 30, 0 },
	{ "timeout=", MENU_TIMEOUT_NONE, 0 },
	{ "timeout=-1", MENU_TIMEOUT_NONE, 0 },
	{ "timeout=no", MENU_TIMEOUT_NONE, 0 },
	{ "timeout=9999999999", 9999999, 0 },
	{ "timeout = 3", MENU_TIMEOUT_NONE, 0 },
	{ "# timeout=3", 10, 0 },
	{ "default=1", 10, 0 },
	{ "default=3", 10, 2 },
	{ "default=4", 10, 2 },
	{ "default=99999999999999999999", 10, 2 },
	{ "default=-1", 10, 0 },
};

START_TEST(settings_are_those_of_the_loader)
{
	char text[128];

	snprintf(text, sizeof(text), "menu=a:\nmenu=b:\nmenu=c:\n%s",
		settings[_i].file);
	ck_assert_int_eq(load(text), 0);
	ck_assert_int_eq(config.menu->timeout, settings[_i].timeout);
	ck_assert_uint_eq(config.menu->chosen, settings[_i].chosen);
	ck_assert_int_eq(config.menu->style, MENU_STYLE_MENU);
}
END_TEST

static const struct {
	const char *file;
	const char *note;
} details[] = {
	{ "menu=a\nmenu=b:boot", "/boot.cfg: line 1: no colon: no entry" },
	{ "menu=b:load /netbsd;multiboot /xen.gz x",
		"/xen.gz x is left out: its first module is the kernel" },
};

START_TEST(notes_what_is_left_out)
{
	ck_assert_int_eq(load(details[_i].file), 0);
	ck_assert_int_eq(run(0), 0);
	ck_assert_str_eq(only_note(NOTE_DETAIL), details[_i].note);
}
END_TEST

START_TEST(a_disk_that_is_not_there_is_a_warning)
{
	ck_assert_int_eq(boot("boot sd7b:netbsd"), 0);
	ck_assert_str_eq(outcome.boot.kernel.dev->grub, "hd0,msdos1");
	ck_assert_str_eq(only_note(NOTE_WARNING),
		"/boot.cfg: sd7b is not there; taken is where the "
		"configuration is");
}
END_TEST

/*
 * Disk 1 has two slices, disk 2 a GPT: the second partition has a name, the
 * third one with a blank in it.
 */
static void add_disks(void)
{
	static const char *const names[] = { "hd1,msdos1,bsd1",
		"hd1,msdos1,bsd6", "hd2,gpt1", "hd2,gpt2", "hd2,gpt3" };
	size_t i;

	for (i = 0; i < LENGTH(names); i++)
		fakefs_text(fakeguest_add(&fake, names[i], "", ""), "/netbsd",
			"kernel");
	fakeguest_describe(&fake, "hd2,gpt2", "", "data");
	fakeguest_describe(&fake, "hd2,gpt3", "", "my data");
}

static const struct {
	const char *device;
	const char *grub;
	const char *args;
} devices[] = {
	{ "hd0a", "hd0,msdos1", "" },
	{ "hd1a", "hd1,msdos1,bsd1", "root=xbd1a" },
	{ "xbd1", "hd1,msdos1,bsd1", "root=xbd1a" },
	{ "hd1f", "hd1,msdos1,bsd6", "root=xbd1f" },
	{ "hd1b", "hd1,msdos1,bsd6", "root=xbd1f" },
	{ "hd2a", "hd2,gpt1", "root=dk0" },
	{ "hd2b", "hd2,gpt2", "root=wedge:data" },
	{ "dk0", "hd2,gpt1", "root=dk0" },
	{ "dk2", "hd2,gpt3", "root=dk2" },
	{ "NAME=data", "hd2,gpt2", "root=wedge:data" },
};

START_TEST(devices_are_what_the_loader_and_the_kernel_call_them)
{
	char commands[128];

	add_disks();
	snprintf(commands, sizeof(commands), "boot %s:netbsd",
		devices[_i].device);
	ck_assert_msg(boot(commands) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.kernel.dev->grub, devices[_i].grub);
	ck_assert_str_eq(outcome.boot.args, devices[_i].args);
	ck_assert_uint_eq(fake.guest.note_count, 0);
	snprintf(commands, sizeof(commands), "dev %s:;boot -s",
		devices[_i].device);
	ck_assert_msg(boot(commands) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.kernel.dev->grub, devices[_i].grub);
}
END_TEST

START_TEST(an_editor_is_given_the_line)
{
	ck_assert_int_eq(load("timeout=1\nmenu=a:boot # x\nmenu=b:"), 0);
	ck_assert_str_eq(config.menu->entries[0].source, "menu=a:boot # x");
	ck_assert_str_eq(config.menu->entries[1].source, "menu=b:");
	ck_assert_int_eq(load("timeout=1\n"), 0);
	ck_assert_ptr_null(config.menu->entries[0].source);
}
END_TEST

START_TEST(takes_a_title_of_the_limit_and_no_longer)
{
	ck_assert_str_eq(load_beyond("\nmenu=:", "x", MENU_TITLE_MAX, ""),
		"line 2: a title of more than 4096 bytes");
	ck_assert_int_eq(run(0), -1);
}
END_TEST

START_TEST(a_menu_is_as_long_as_the_limit)
{
	char *text = numbered("menu=@:boot\n", NETBSD_MENU_MAX);
	char *longer = numbered("menu=@:boot\n", NETBSD_MENU_MAX + 1);

	ck_assert_int_eq(load(text), 0);
	ck_assert_uint_eq(config.menu->count, NETBSD_MENU_MAX);
	ck_assert_uint_eq(fake.guest.note_count, 0);
	ck_assert_int_eq(load(longer), 0);
	ck_assert_uint_eq(config.menu->count, NETBSD_MENU_MAX);
	ck_assert_str_eq(
		only_note(NOTE_DETAIL), "/boot.cfg: line 21: the menu is full");
	free(text);
	free(longer);
}
END_TEST

START_TEST(a_name_has_a_limit)
{
	char *text = repeat("menu=a:boot /", "/x", FS_PATH_MAX / 2 - 1);
	char *longer = repeat("menu=a:boot gone;boot ", "/x", FS_PATH_MAX / 2);

	ck_assert_int_eq(load(text), 0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_int_eq(load(longer), 0);
	ck_assert_int_eq(run(0), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "line 1: a name of more than 4095 bytes");
	free(text);
	free(longer);
}
END_TEST

START_TEST(survives_any_length)
{
	static const char text[] =
		"# c\nbanner=x\nmenu=a b:rndseed /x;boot hd0a:/netbsd -s\n"
		"menu=:load /netbsd;multiboot /x y\ntimeout=5\ndefault=2\n";

	ck_assert_ptr_null(survive_any_length(text, sizeof(text) - 1, NULL));
	ck_assert_uint_eq(config.menu->count, 2);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("netbsd");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, says_why_nothing_boots, 0, (int)LENGTH(refused));
	tcase_add_loop_test(
		tc, the_rest_of_the_line_is_the_kernels, 0, (int)LENGTH(lines));
	tcase_add_loop_test(tc, kernels_without_a_name_are_tried_in_turn, 0, 6);
	tcase_add_loop_test(
		tc, settings_are_those_of_the_loader, 0, (int)LENGTH(settings));
	tcase_add_loop_test(
		tc, notes_what_is_left_out, 0, (int)LENGTH(details));
	tcase_add_test(tc, a_disk_that_is_not_there_is_a_warning);
	tcase_add_loop_test(tc,
		devices_are_what_the_loader_and_the_kernel_call_them, 0,
		(int)LENGTH(devices));
	tcase_add_test(tc, an_editor_is_given_the_line);
	tcase_add_test(tc, takes_a_title_of_the_limit_and_no_longer);
	tcase_add_test(tc, a_menu_is_as_long_as_the_limit);
	tcase_add_test(tc, a_name_has_a_limit);
	tcase_add_test(tc, survives_any_length);
	return run_suite("netbsd", &tc, 1);
}
