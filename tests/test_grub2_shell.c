/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB's command line as a person uses it: line by line, on a guest with GRUB 2
 * or another loader.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/grub2/shell.h"
#include "tests/support/formattest.h"
#include "tests/support/printed.h"
#include "tests/support/runner.h"

static struct grub2_shell *shell;

static void open_shell(
	const struct config_format *format, const char *path, const char *text)
{
	formattest_begin(format, path);
	fakefs_text(files, "/boot/grub/other.cfg",
		"set there=$here\nmenuentry 'Other' { linux /k other }\n");
	fakefs_text(files, "/boot/grub/bad.cfg", "nosuch\nlinux /nosuch\n");
	fakefs_text(files, "/text", "one\ntwo\n");
	ck_assert_msg(load(text) == 0, "%s", err.text);
	printed_begin(&fake.guest);
	shell = grub2_shell_open(&config, config.menu, &err);
	ck_assert_msg(shell != NULL, "%s", err.text);
}

static void setup(void)
{
	open_shell(&grub2_format, "/boot/grub/grub.cfg",
		"set here=main\n"
		"function greet {\n echo hello $1\n}\n"
		"menuentry 'A' { linux /k $args; initrd /i }\n"
		"submenu 'S' { menuentry 'B' { linux /k } }\n");
}

static void teardown(void)
{
	formattest_end();
}

static int type(const char *line)
{
	printed_clear();
	error_clear(&err);
	return grub2_shell_run(shell, line, &outcome, &err);
}

/* What a line prints that neither boots nor opens anything. */
static const char *answer(const char *line)
{
	int r = type(line);

	ck_assert_msg(r >= 0, "%s: %s", line, err.text);
	ck_assert_int_eq(r, SHELL_DONE);
	return printed;
}

static const struct {
	const char *line, *answer;
} answers[] = {
	{ "", "" },
	{ "# nothing", "" },
	{ "echo a 'b  c' $here", "a b  c main\n" },
	{ "greet you", "hello you\n" },
	{ "cat /text", "one\ntwo\n\n" },
	{ "ls", "(hd0) (hd0,msdos1) \n" },
	{ "ls /boot/grub", "other.cfg bad.cfg \n" },
	{ "if test a = a; then echo yes; fi", "yes\n" },
	{ "for i in 1 2; do echo $i; done", "1\n2\n" },
	{ "nosuch", "error: can't find command `nosuch'.\n" },
	{ "linux /nosuch", "error: linux: fakefs: /nosuch: no such file.\n" },
	{ "boot", "error: boot: no kernel is loaded.\n" },
	{ "initrd /i", "error: initrd: no kernel is loaded yet.\n" },
	{ "fi",
		"error: syntax error: unexpected \"fi\"; a command was "
		"expected.\n" },
	{ "linux /nosuch; echo $?",
		"error: linux: fakefs: /nosuch: no such file.\n"
		"5\n" },
	{ "source /boot/grub/bad.cfg",
		"error: /boot/grub/bad.cfg: line 1: can't find command "
		"`nosuch'.\n"
		"error: /boot/grub/bad.cfg: line 2: linux: fakefs: /nosuch: no "
		"such file.\n" },
	{ "help boot", "Usage: boot\nStart what was loaded.\n" },
	{ "help terminal_input",
		"terminal_input: it has nothing to do in a "
		"guest's boot.\n" },
	{ "help nosuch", "error: help: no command is called \"nosuch\".\n" },
	{ "exit",
		"Escape leaves the command line; q in the menu does not "
		"start the guest.\n" },
};

START_TEST(a_line_is_answered_as_by_grub)
{
	ck_assert_str_eq(answer(answers[_i].line), answers[_i].answer);
	ck_assert_uint_eq(fake.guest.note_count, 0);
}
END_TEST

START_TEST(what_a_line_leaves_the_next_one_finds)
{
	answer("set a=1");
	answer("function f { echo f $a $1; }");
	ck_assert_str_eq(answer("f x"), "f 1 x\n");
	answer("false");
	ck_assert_str_eq(answer("echo $?"), "1\n");
	answer("loopback l /text");
	ck_assert_str_eq(answer("ls"), "(l) (hd0) (hd0,msdos1) \n");
	answer("loopback -d l");
	ck_assert_str_eq(answer("ls"), "(hd0) (hd0,msdos1) \n");
}
END_TEST

START_TEST(entries_see_what_was_set)
{
	answer("set args='single quiet'");
	ck_assert_int_eq(run(0), 0);
	ck_assert_str_eq(outcome.boot.args, "single quiet");
	ck_assert_str_eq(answer("echo $args $chosen"), "single quiet\n");
}
END_TEST

START_TEST(a_kernel_that_was_loaded_boots)
{
	answer("linux /k root=/dev/xvda1 ro");
	answer("echo in between");
	answer("initrd /i");
	ck_assert_int_eq(run(0), 0); /* an entry loads its own */
	ck_assert_int_eq(type("boot"), SHELL_BOOT);
	ck_assert_str_eq(outcome.boot.kernel.path, "/k");
	ck_assert_str_eq(outcome.boot.args, "root=/dev/xvda1 ro");
	ck_assert_uint_eq(outcome.boot.ramdisk_count, 1);
	ck_assert_str_eq(printed, "");
}
END_TEST

static const struct {
	const char *line, *title;
	const char *below; /* what $there is in that menu */
} menus[] = {
	{ "configfile /boot/grub/other.cfg", "Other", "" },
	{ "source /boot/grub/other.cfg", "Other", "main" },
	{ "normal /boot/grub/other.cfg", "Other", "main" },
	{ "menuentry X { linux /k x }", "X", "" },
	{ "submenu Y { menuentry Z { linux /k } }", "Y", "" },
	{ "configfile /boot/grub/other.cfg; echo not any more", "Other", "" },
};

START_TEST(a_menu_comes_up)
{
	struct menu *menu;

	ck_assert_int_eq(type(menus[_i].line), SHELL_MENU);
	ck_assert_str_eq(printed, "");
	menu = outcome.menu;
	ck_assert_uint_eq(menu->count, 1);
	ck_assert_str_eq(menu->entries[0].title, menus[_i].title);
	ck_assert_int_eq(config_run(&config, menu, 0, &outcome, &err), 0);
	/* and the command line goes on where it was */
	ck_assert_str_eq(answer("echo $here"), "main\n");
}
END_TEST

static const char *const begun[][2] = {
	{ "if true; then", "echo yes; fi" },
	{ "echo 'a", "b'" },
	{ "echo \"a", "b\"" },
	{ "echo a\\", "b" },
	{ "for i in 1; do", "echo $i; done" },
	{ "while false; do echo $i;", "done; echo x" },
	{ "function g", "{ echo g; }; g" },
	{ "function g {", "echo g; }; g" },
};

START_TEST(a_statement_goes_on_over_lines)
{
	ck_assert_int_eq(type(begun[_i][0]), SHELL_MORE);
	ck_assert_str_eq(printed, "");
	ck_assert_int_eq(type(begun[_i][1]), SHELL_DONE);
	ck_assert_str_ne(printed, "");
	ck_assert_ptr_null(strstr(printed, "error"));
}
END_TEST

START_TEST(what_was_begun_can_be_forgotten)
{
	ck_assert_int_eq(type("if true; then"), SHELL_MORE);
	grub2_shell_forget(shell);
	ck_assert_str_eq(answer("echo a"), "a\n");
}
END_TEST

static const struct {
	const char *line, *message;
} endless[] = {
	{ "while true; do true; done",
		"the script runs more than 1000000 commands" },
	{ "while true; do linux /nosuch; done", "enough" },
	{ "while true; do nosuch; done", "enough" },
	{ "function r { r; }; r",
		"statements, functions and files more than 512 deep" },
};

START_TEST(a_limit_ends_a_line_and_not_the_command_line)
{
	printed_max = 2000;
	ck_assert_int_eq(type(endless[_i].line), -1);
	ck_assert_str_eq(err.text, endless[_i].message);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	printed_max = PRINTED_MAX;
	ck_assert_str_eq(answer("echo $here"), "main\n");
	ck_assert_int_eq(run(0), 0);
}
END_TEST

START_TEST(a_command_has_a_longest)
{
	char *line = repeat("echo '", "x", SHELL_COMMAND_MAX);

	ck_assert_int_eq(type(line), -1);
	ck_assert_str_eq(err.text, "a command of more than 32768 bytes");
	free(line);
	ck_assert_int_eq(type("echo 'begun"), SHELL_MORE);
	line = repeat("", "x", SHELL_COMMAND_MAX - 12);
	ck_assert_int_eq(type(line), -1);
	free(line);
	ck_assert_str_eq(answer("echo a"), "a\n");
}
END_TEST

START_TEST(a_long_session_needs_no_more_memory)
{
	size_t used, i;

	for (i = 0; i < 100; i++)
		answer("set x=$here; for i in a b c; do true $i; "
		       "done");
	used = fake.arena.used;
	for (i = 0; i < 10000; i++)
		answer("if true; then set x=$here; echo $x; nosuch; fi");
	ck_assert_uint_eq(fake.arena.used, used);
}
END_TEST

static const struct {
	const struct config_format *format;
	const char *path, *text;
} others[] = {
	{ &grub_legacy_format, "/boot/grub/menu.lst",
		"title A\nkernel /k\ninitrd /i\n" },
	{ &extlinux_format, "/extlinux.conf", "label A\nkernel /k\n" },
	{ &netbsd_format, "/boot.cfg", "menu=A:boot k\n" },
};

START_TEST(a_guest_of_another_loader_has_a_command_line_too)
{
	formattest_end();
	open_shell(others[_i].format, others[_i].path, others[_i].text);
	ck_assert_str_eq(answer("echo $root $prefix"),
		"hd0,msdos1 (hd0,msdos1)/boot/grub\n");
	ck_assert_int_eq(type("linux /k a; initrd /i; boot"), SHELL_BOOT);
	ck_assert_str_eq(outcome.boot.args, "a");
	ck_assert_int_eq(type("configfile $prefix/other.cfg"), SHELL_MENU);
	ck_assert_int_eq(
		config_run(&config, outcome.menu, 0, &outcome, &err), 0);
	ck_assert_str_eq(outcome.boot.args, "other");
	ck_assert_int_eq(run(0), 0);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("shell");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
		tc, a_line_is_answered_as_by_grub, 0, LENGTH(answers));
	tcase_add_test(tc, what_a_line_leaves_the_next_one_finds);
	tcase_add_test(tc, entries_see_what_was_set);
	tcase_add_test(tc, a_kernel_that_was_loaded_boots);
	tcase_add_loop_test(tc, a_menu_comes_up, 0, LENGTH(menus));
	tcase_add_loop_test(
		tc, a_statement_goes_on_over_lines, 0, LENGTH(begun));
	tcase_add_test(tc, what_was_begun_can_be_forgotten);
	tcase_add_loop_test(tc, a_limit_ends_a_line_and_not_the_command_line, 0,
		LENGTH(endless));
	tcase_add_test(tc, a_command_has_a_longest);
	tcase_add_test(tc, a_long_session_needs_no_more_memory);
	tcase_add_loop_test(tc,
		a_guest_of_another_loader_has_a_command_line_too, 0,
		LENGTH(others));
	return run_suite("grub2_shell", &tc, 1);
}
