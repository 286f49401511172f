/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/lilo.h"
#include "tests/support/formattest.h"
#include "tests/support/runner.h"

static void setup(void)
{
	formattest_begin(&lilo_format, "/etc/lilo.conf");
}

static void teardown(void)
{
	formattest_end();
}

/* Files that cannot be taken as a whole. */
static const struct {
	const char *file;
	const char *text;
} broken[] = {
	{ "\n=x\n", "line 2: \"=\" without an option before it" },
	{ "a==b=\n=\n", "line 2: \"=\" without an option before it" },
	{ "\n\nimage\n", "line 3: image without a file" },
	{ "other", "line 1: other without a file" },
	{ "image=", "line 1: image without a file" },
	{ "image=\n# x\n", "line 1: image without a file" },
	{ "# \\\nappend=\"a\nb\"", "line 2: the quotes do not end" },
	{ "append=\"a", "line 1: the quotes do not end" },
	{ "append=\"a\\",
		"line 1: a \\ within quotes that is not before \" "
		"or \\" },
	{ "x\nappend=\"a \\\n\\n\"",
		"line 3: a \\ within quotes that is not "
		"before \" or \\" },
	{ "append=a\\", "line 1: a \\ at the file's end" },
	{ "\nappe\\", "line 2: a \\ at the file's end" },
};

START_TEST(says_which_line_is_wrong)
{
	ck_assert_int_eq(load(broken[_i].file), -1);
	ck_assert_str_eq(err.text, broken[_i].text);
	ck_assert_int_eq(err.code, ERR_SYNTAX);
}
END_TEST

static const struct {
	const char *file;
	const char *text;
	enum error_code code;
} refused[] = {
	{ "\nimage=/gone", "line 2: fakefs: /gone: no such file",
		ERR_NOT_FOUND },
	{ "prompt image=/empty", "line 1: fakefs: /empty: is a directory",
		ERR_NOT_FOUND },
	{ "image=/k\ninitrd=/gone", "line 1: fakefs: /gone: no such file",
		ERR_NOT_FOUND },
	{ "\n\n\nother=/dev/hda1",
		"line 4: starts the boot sector of /dev/hda1, no kernel",
		ERR_UNSUPPORTED },
	{ "image=/dev/fd0",
		"line 1: boots from the device /dev/fd0 and not from a file",
		ERR_UNSUPPORTED },
};

START_TEST(says_which_image_fails)
{
	ck_assert_msg(load(refused[_i].file) == 0, "%s", err.text);
	ck_assert_int_eq(run(0), -1);
	ck_assert_str_eq(err.text, refused[_i].text);
	ck_assert_int_eq(err.code, refused[_i].code);
	ck_assert_ptr_null(outcome.boot.kernel.path);
}
END_TEST

/* What lilo would refuse is taken, and the first of it is told. */
static const struct {
	const char *file;
	const char *what;
} odd[] = {
	{ "\ncolour=red\nimage=/k", "line 2: an unknown option \"colour\"" },
	{ "image=/k\nimages", "line 2: an unknown option \"images\"" },
	{ "prompt=1\nimage=/k", "line 1: prompt with a value" },
	{ "timeout\n\n\nimage=/k", "line 1: timeout without a value" },
	{ "image=/k\nlabel", "line 2: label without a value" },
	{ "label=a\nimage=/k", "line 1: label before the first image" },
	{ "image=/k\nprompt", "line 2: prompt behind the first image" },
	{ "image=/k\nlabel=a label=b", "line 2: label for the second time" },
	{ "image=/k\nappend=a\nappend=a",
		"line 3: append for the second time" },
	{ "image=/k\nappend=a=b", "line 2: a value with \"=\" and no quotes" },
	{ "image=/k\nappend=\"a\tb\"", "line 2: a tab within quotes" },
	{ "image=/k\nappend=$x",
		"line 2: a variable of the environment that lilo was run in" },
	{ "image=/k\nrelocatable",
		"line 2: an unknown option \"relocatable\"" },
};

START_TEST(tells_what_lilo_would_refuse)
{
	char note[256];

	ck_assert_msg(load(odd[_i].file) == 0, "%s", err.text);
	ck_assert_uint_eq(config.menu->count, 1);
	ck_assert_uint_eq(fake.guest.note_count, 2);
	snprintf(note, sizeof(note),
		"/etc/lilo.conf: lilo would refuse this file: %s",
		odd[_i].what);
	ck_assert_str_eq(fake.guest.notes[0].text, note);
	ck_assert_int_eq(fake.guest.notes[0].level, NOTE_WARNING);
}
END_TEST

static const char *const sound[] = {
	"image=/k\nlabel=a\nappend=\"a=b \\$x\"",
	"prompt\nprompt\nimage=/k\nread-only\nread-only",
	"image=/k\nappend=a image=/k append=a",
	"append=a image=/k append=a",
	"disk=/dev/sda bios=0x80 boot=/dev/sda\nimage=/k\nlock\nvga=normal",
	"other=/dev/sda1 table=/dev/sda change partition=/dev/sda1 set=x",
};

START_TEST(warns_of_the_map_and_no_more)
{
	ck_assert_msg(load(sound[_i]) == 0, "%s", err.text);
	ck_assert_str_eq(only_note(NOTE_WARNING),
		"/etc/lilo.conf: LILO itself boots what its map points at, "
		"which is older if lilo was not run since");
}
END_TEST

/* For --verbose */
static const struct {
	const char *file;
	const char *note;
} details[] = {
	{ "vga=773\nimage=/k",
		"vga=773 is for a PC's video card and left out" },
	{ "image=/k\nlock",
		"\"lock\": what was typed at the last boot is not "
		"known" },
	{ "image=k", "\"k\" is looked for in the root" },
	{ "root=/dev/vda1\nimage=/k",
		"root=/dev/vda1: LILO gives its number, "
		"which only the guest knows" },
};

START_TEST(notes_what_the_command_line_does_not_say)
{
	ck_assert_msg(load(details[_i].file) == 0, "%s", err.text);
	fake.guest.note_count = 0;
	ck_assert_msg(run(0) == 0, "%s", err.text);
	ck_assert_str_eq(only_note(NOTE_DETAIL), details[_i].note);
}
END_TEST

/* The order of LILO's bsect.c, as kernels of real guests print it. */
static const struct {
	const char *file;
	const char *args;
} lines[] = {
	{ "image=/k label=Linux root=/dev/hda1 read-only append=max_loop=32",
		"auto BOOT_IMAGE=Linux ro root=301 max_loop=32" },
	{ "image=/k label=2418-rc1\nread-only\nroot=/dev/hda1",
		"auto BOOT_IMAGE=2418-rc1 ro root=301" },
	{ "root=/dev/sda6 read-only image=/k label=2.4.9 "
	  "append=\"console=ttyS0,9600 console=tty0\"",
		"auto BOOT_IMAGE=2.4.9 ro root=806 console=ttyS0,9600 "
		"console=tty0" },
	{ "image=/k label=Slackware_2.6 read-only root=/dev/sda1 "
	  "append=\"rootflags=quota video=vesafb:ywrap,mtrr\"",
		"auto BOOT_IMAGE=Slackware_2.6 ro root=801 rootflags=quota "
		"video=vesafb:ywrap,mtrr" },
	{ "image=/k label=a append=\"x \"", "auto BOOT_IMAGE=a x " },
	{ "image=/k label=a append=\"\"", "auto BOOT_IMAGE=a" },
	{ "image=/k label=a addappend=y", "auto BOOT_IMAGE=a y" },
	{ "image=/k label=a literal=\"\" read-only", "auto BOOT_IMAGE=a" },
};

START_TEST(the_command_line_is_lilos)
{
	ck_assert_msg(load(lines[_i].file) == 0, "%s", err.text);
	ck_assert_msg(run(0) == 0, "%s", err.text);
	ck_assert_str_eq(outcome.boot.args, lines[_i].args);
}
END_TEST

static const struct {
	const char *options;
	int timeout;
	enum menu_style style;
} timeouts[] = {
	{ "", 0, MENU_STYLE_HIDDEN },
	{ "timeout=50", 0, MENU_STYLE_HIDDEN },
	{ "delay=1", 1, MENU_STYLE_HIDDEN },
	{ "delay=20", 2, MENU_STYLE_HIDDEN },
	{ "delay=20t", 2, MENU_STYLE_HIDDEN },
	{ "delay=20S", 20, MENU_STYLE_HIDDEN },
	{ "delay=1h", 3600, MENU_STYLE_HIDDEN },
	{ "delay=99999", 3600, MENU_STYLE_HIDDEN },
	{ "delay=9999h", 3600, MENU_STYLE_HIDDEN },
	{ "delay=99999999999999999999", 0, MENU_STYLE_HIDDEN },
	{ "delay=1d", 0, MENU_STYLE_HIDDEN },
	{ "delay=1ss", 0, MENU_STYLE_HIDDEN },
	{ "delay=-5", 0, MENU_STYLE_HIDDEN },
	{ "prompt", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
	{ "prompt timeout=0", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
	{ "prompt timeout=-1", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
	{ "prompt delay=90", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
	{ "prompt timeout=31", 4, MENU_STYLE_MENU },
	{ "serial=0 delay=10", 2, MENU_STYLE_HIDDEN },
	{ "serial=0 delay=30", 3, MENU_STYLE_HIDDEN },
	{ "serial=0 prompt", MENU_TIMEOUT_NONE, MENU_STYLE_MENU },
};

START_TEST(waits_as_long_as_lilo)
{
	ck_assert_int_eq(load(timeouts[_i].options), 0);
	ck_assert_int_eq(config.menu->timeout, timeouts[_i].timeout);
	ck_assert_int_eq(config.menu->style, timeouts[_i].style);
}
END_TEST

START_TEST(an_editor_is_given_the_lines_of_the_image)
{
	ck_assert_int_eq(load("prompt\nimage=/k\n\tlabel=a # x\n\n"
			      "  other = /dev/hda1\n\tlabel=b"),
		0);
	ck_assert_uint_eq(config.menu->count, 2);
	ck_assert_str_eq(config.menu->entries[0].source,
		"image=/k\n\tlabel=a # x\n\n  ");
	ck_assert_str_eq(
		config.menu->entries[1].source, "other = /dev/hda1\n\tlabel=b");
}
END_TEST

START_TEST(takes_a_label_of_the_limit_and_no_longer)
{
	ck_assert_str_eq(
		load_beyond("image=/k label=", "x", MENU_TITLE_MAX, ""),
		"line 1: a label of more than 4096 bytes");
}
END_TEST

START_TEST(takes_as_many_images_as_the_limit)
{
	ck_assert_str_eq(load_beyond("", "image=/k\n", LILO_SECTIONS_MAX, ""),
		"line 1001: more than 1000 images");
	ck_assert_uint_eq(config.menu->count, LILO_SECTIONS_MAX);
}
END_TEST

START_TEST(survives_any_length)
{
	static const char text[] =
		"prompt\ntimeout = 50\nroot=\"UUID=1\"\n# c\nimage=/k\n"
		"  label=\"a b\"\n  append=\"c \\\n  d\\\"\"\n read-only\n"
		"other=/dev/hda1\n\tlabel=b\\ c\n";

	ck_assert_ptr_null(survive_any_length(text, sizeof(text) - 1, NULL));
	ck_assert_uint_eq(config.menu->count, 2);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("lilo");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, says_which_line_is_wrong, 0, (int)LENGTH(broken));
	tcase_add_loop_test(
		tc, says_which_image_fails, 0, (int)LENGTH(refused));
	tcase_add_loop_test(
		tc, tells_what_lilo_would_refuse, 0, (int)LENGTH(odd));
	tcase_add_loop_test(
		tc, warns_of_the_map_and_no_more, 0, (int)LENGTH(sound));
	tcase_add_loop_test(tc, notes_what_the_command_line_does_not_say, 0,
		(int)LENGTH(details));
	tcase_add_loop_test(
		tc, the_command_line_is_lilos, 0, (int)LENGTH(lines));
	tcase_add_loop_test(
		tc, waits_as_long_as_lilo, 0, (int)LENGTH(timeouts));
	tcase_add_test(tc, an_editor_is_given_the_lines_of_the_image);
	tcase_add_test(tc, takes_a_label_of_the_limit_and_no_longer);
	tcase_add_test(tc, takes_as_many_images_as_the_limit);
	tcase_add_test(tc, survives_any_length);
	return run_suite("lilo", &tc, 1);
}
