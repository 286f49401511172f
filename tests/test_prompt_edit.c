/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "tests/support/prompttest.h"
#include "tests/support/runner.h"

static struct menu_item items[] = { { .title = "Debian" }, { .title = "two" } };
static struct editor editor;
static struct shell shell;
static struct line_history history;
static struct pager pager;

/* As console_show() begins and ends. */
static void again(void)
{
	prompt_end(&prompt, fd);
	prompt_set_room(&prompt, 12, 60, &menu);
}

static void setup(void)
{
	open_paper();
	list = (struct menu_list){
		.items = items, .count = 2, .timeout = MENU_WAITS
	};
	menu_init(&menu, &list, 0);
	prompt_init(&prompt, 12, 60, false, true, &menu);
	drawn();
	ck_assert(editor_begin(&editor, "\tone\ntwo \x1b\nthree\n"));
	shell_begin(&shell, &history);
}

static void teardown(void)
{
	editor_end(&editor);
	pager_end(&pager);
	line_history_free(&history);
	close(fd);
}

static void open_editor(void)
{
	ck_assert_int_eq(type("e\n"), MENU_SOURCE);
	again();
	menu_edit_source(&menu, &editor);
	drawn();
}

static void has(const char *text)
{
	char *now = editor_text(&editor);

	ck_assert_str_eq(now, text);
	free(now);
}

static const struct {
	const char *keys;
	enum menu_action action;
	size_t selected;
} answers[] = {
	{ "e\n", MENU_SOURCE, 0 },
	{ "1e\n", MENU_SOURCE, 1 },
	{ "c\n", MENU_SHELL, 0 },
	{ "l\n", MENU_EXPLAIN, 0 },
	{ "1l\n", MENU_EXPLAIN, 1 },
	{ "p\n", MENU_LOGIN, 0 },
	{ "1a\n", MENU_EDIT, 1 },
	{ "1c\n", MENU_NONE, 0 },
	{ "1ee\n", MENU_NONE, 0 },
	{ "2e\n", MENU_NONE, 0 },
};

START_TEST(letters_do_what_the_keys_do)
{
	ck_assert_int_eq(type(answers[_i].keys), answers[_i].action);
	ck_assert_uint_eq(menu.selected, answers[_i].selected);
	/* also where the guest gave the letter to an entry */
	items[1].hotkey = 'e';
	ck_assert_int_eq(type("e\n"), MENU_SOURCE);
	items[1].hotkey = 0;
}
END_TEST

START_TEST(the_lines_are_printed_with_their_numbers)
{
	ck_assert_int_eq(type("e\n"), MENU_SOURCE);
	again();
	menu_edit_source(&menu, &editor);
	ck_assert_str_eq(drawn(),
		"e\r\n"
		"\r\n"
		"* 1      one\r\n"
		"  2  two \\x1b\r\n"
		"  3  three\r\n"
		"A line's number edits it, d deletes, i inserts, b boots, q "
		"goes back, ? help\r\n"
		"Edit: ");
	ck_assert_str_eq(drawn(), "");
}
END_TEST

static const struct {
	const char *keys, *text;
} edits[] = {
	{ "2 new\n", "\tone\nnew\nthree" },
	{ "2  new\n", "\tone\n new\nthree" },
	{ "3\n!\n", "\tone\ntwo \x1b\nthree!" },
	{ "3\n\x7f\x7f\n", "\tone\ntwo \x1b\nthr" },
	{ "3\n\x17new\n", "\tone\ntwo \x1b\nnew" },
	{ "d1\n", "two \x1b\nthree" },
	{ "d3\nd1\n", "two \x1b" },
	{ "i1 new\n", "new\n\tone\ntwo \x1b\nthree" },
	{ "i4 new\n", "\tone\ntwo \x1b\nthree\nnew" },
	{ "i new\n", "\tone\ntwo \x1b\nthree\nnew" },
	{ "i\n", "\tone\ntwo \x1b\nthree\n" },
	{ "d1\nu\n", "\tone\ntwo \x1b\nthree" },
	/* wrong, and nothing is changed */
	{ "0 x\n", "\tone\ntwo \x1b\nthree" },
	{ "4 x\n", "\tone\ntwo \x1b\nthree" },
	{ "4\n", "\tone\ntwo \x1b\nthree" },
	{ "d\n", "\tone\ntwo \x1b\nthree" },
	{ "d4\n", "\tone\ntwo \x1b\nthree" },
	{ "d1 x\n", "\tone\ntwo \x1b\nthree" },
	{ "i5 x\n", "\tone\ntwo \x1b\nthree" },
	{ "i0 x\n", "\tone\ntwo \x1b\nthree" },
	{ "99999999999999999999999 x\n", "\tone\ntwo \x1b\nthree" },
	{ "x\n", "\tone\ntwo \x1b\nthree" },
	{ "u\n", "\tone\ntwo \x1b\nthree" },
	{ "\n", "\tone\ntwo \x1b\nthree" },
};

START_TEST(lines_are_changed_by_number)
{
	open_editor();
	ck_assert_int_eq(type(edits[_i].keys), MENU_NONE);
	has(edits[_i].text);
	/* and what is asked then is the same */
	drawn();
	ck_assert_str_eq(paper + strlen(paper) - 6, "Edit: ");
	ck_assert_int_eq(type("b\n"), MENU_RUN);
}
END_TEST

START_TEST(what_is_wrong_is_said_and_the_lines_are_not_printed_again)
{
	open_editor();
	type("d9\n");
	ck_assert_str_eq(drawn(), "d9\r\nThere is no such line.\r\nEdit: ");
	type("foo\n");
	ck_assert_str_eq(
		drawn(), "foo\r\nThat is none of what ? shows.\r\nEdit: ");
	type("?\n");
	ck_assert_ptr_nonnull(strstr(drawn(), "d4       delete line 4\r\n"));
	type("b\n");
	again();
	menu.message = "line 2: there is no such command";
	ck_assert_ptr_nonnull(strstr(
		drawn(), "\r\nline 2: there is no such command\r\nEdit: "));
}
END_TEST

START_TEST(many_lines_are_printed_in_pages)
{
	char source[8192], *at = source;

	for (int i = 1; i <= 1000; i++)
		at += sprintf(at, "line%d\n", i);
	editor_end(&editor);
	ck_assert(editor_begin(&editor, source));
	open_editor(); /* twelve rows show six of them */
	ck_assert_ptr_nonnull(strstr(paper,
		"  6  line6\r\n"
		"  lines 1 to 1000; + and - show others\r\n"));
	ck_assert_int_eq(type("+\n"), MENU_NONE);
	ck_assert_ptr_nonnull(strstr(drawn(), "* 7  line7\r\n"));
	type("1000 last\n");
	ck_assert_ptr_nonnull(strstr(drawn(), "* 1000  last\r\n"));
}
END_TEST

START_TEST(the_editor_is_left_and_the_list_is_back)
{
	open_editor();
	type("2 x");
	prompt_press(&prompt, &menu, K_ESCAPE); /* what is typed */
	ck_assert_ptr_nonnull(menu.editor);
	ck_assert_str_eq(drawn(), "2 x\r\nEdit: ");
	prompt_press(&prompt, &menu, K_ESCAPE);
	ck_assert_ptr_null(menu.editor);
	ck_assert_ptr_nonnull(strstr(drawn(), "* 0  Debian\r\n"));
	open_editor();
	ck_assert_int_eq(type("q\n"), MENU_NONE);
	ck_assert_ptr_null(menu.editor);
	ck_assert_ptr_nonnull(strstr(drawn(), "Number [0], q, ?: "));
}
END_TEST

START_TEST(the_end_of_a_long_line_is_seen)
{
	static char text[LINE_TEXT_MAX + 1];

	memset(text, 'x', LINE_TEXT_MAX);
	editor_end(&editor);
	ck_assert(editor_begin(&editor, text));
	open_editor();
	/* with its number it is longer than can be edited */
	type("1\n");
	ck_assert_ptr_nonnull(strstr(drawn(), "longer than 8 KiB"));
	text[200] = '\0';
	editor_replace(&editor, 0, text);
	type("1\n");
	ck_assert_ptr_nonnull(strstr(drawn(), "Edit: <xxxx"));
	ck_assert_uint_lt(strlen(strstr(paper, "Edit: ")), 60);
}
END_TEST

static void open_shell(void)
{
	ck_assert_int_eq(type("c\n"), MENU_SHELL);
	again();
	menu_open_shell(&menu, &shell);
}

START_TEST(a_command_prints_below_its_line)
{
	open_shell();
	ck_assert_str_eq(drawn(), "c\r\nhostgrub> ");
	ck_assert_int_eq(type("ls\n"), MENU_COMMAND);
	ck_assert_str_eq(shell_line(&shell), "ls");
	again();
	shell_print(&shell, "one\n\ntwo \x1b");
	shell_ready(&shell);
	ck_assert_str_eq(drawn(), "ls\r\none\r\n\r\ntwo \\x1b\r\nhostgrub> ");
	ck_assert_int_eq(type("if true\n"), MENU_COMMAND);
	again();
	shell_more(&shell);
	ck_assert_str_eq(drawn(), "if true\r\n> ");
	ck_assert_int_eq(type("fi\n"), MENU_COMMAND);
	again();
	shell_ready(&shell);
	ck_assert_str_eq(drawn(), "fi\r\nhostgrub> ");
	type("\n");
	ck_assert_str_eq(drawn(), "\r\nhostgrub> ");
	prompt_press(&prompt, &menu, K_UP);
	ck_assert_str_eq(drawn(), "\r\nhostgrub> fi");
}
END_TEST

START_TEST(output_comes_while_a_command_runs)
{
	open_shell();
	type("cat\n");
	drawn();
	shell_print(&shell, "one\ntw");
	ck_assert_str_eq(drawn(), "one\r\n");
	shell_print(&shell, "o\nthree");
	ck_assert_str_eq(drawn(), "two\r\n");
	/* and what is typed meanwhile is seen when it is done */
	ck_assert_int_eq(type("ls\n"), MENU_NONE);
	ck_assert_str_eq(drawn(), "");
	shell_ready(&shell);
	ck_assert_int_eq(menu_tick(&menu, 0), MENU_COMMAND);
	drawn();
	ck_assert_ptr_nonnull(strstr(paper, "three\r\n"));
}
END_TEST

START_TEST(a_completion_is_seen_once)
{
	static const char *const names[] = { "linux", "ls" };

	open_shell();
	drawn();
	ck_assert_int_eq(type("l\t"), MENU_COMPLETE);
	again();
	shell_completed(&shell, "", names, 2);
	ck_assert_str_eq(drawn(), "l\r\nlinux  ls\r\nhostgrub> l");
	ck_assert_int_eq(type("i\t"), MENU_COMPLETE);
	again();
	shell_completed(&shell, "nux ", NULL, 0);
	ck_assert_str_eq(drawn(), "i\r\nhostgrub> linux ");
}
END_TEST

START_TEST(the_command_line_is_left_for_what_was_behind_it)
{
	open_editor();
	ck_assert_int_eq(type("c\n"), MENU_SHELL);
	again();
	menu_open_shell(&menu, &shell);
	ck_assert_str_eq(drawn(), "c\r\nhostgrub> ");
	type("\x04");
	ck_assert_ptr_null(menu.shell);
	drawn();
	ck_assert_ptr_nonnull(strstr(paper, "* 1      one\r\n"));
	ck_assert_str_eq(paper + strlen(paper) - 6, "Edit: ");
}
END_TEST

START_TEST(why_is_printed_and_the_list_follows)
{
	ck_assert_int_eq(type("1l\n"), MENU_EXPLAIN);
	again();
	pager_begin(&pager, "What would be booted");
	ck_assert(pager_add(&pager, "kernel", "/vmlinuz\x1b"));
	ck_assert(pager_add(&pager, "arguments", "ro\nquiet"));
	menu_open_pager(&menu, &pager);
	ck_assert_str_eq(drawn(),
		"1l\r\n"
		"\r\n"
		"What would be booted\r\n"
		"kernel     /vmlinuz\\x1b\r\n"
		"arguments  ro\r\n"
		"           quiet\r\n"
		"\r\n"
		"  0  Debian\r\n"
		"* 1  two\r\n"
		"Number [1], q, ?: ");
	ck_assert_ptr_null(menu.pager);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("prompt_edit");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, letters_do_what_the_keys_do, 0,
		sizeof(answers) / sizeof(answers[0]));
	tcase_add_test(tc, the_lines_are_printed_with_their_numbers);
	tcase_add_loop_test(tc, lines_are_changed_by_number, 0,
		sizeof(edits) / sizeof(edits[0]));
	tcase_add_test(
		tc, what_is_wrong_is_said_and_the_lines_are_not_printed_again);
	tcase_add_test(tc, many_lines_are_printed_in_pages);
	tcase_add_test(tc, the_editor_is_left_and_the_list_is_back);
	tcase_add_test(tc, the_end_of_a_long_line_is_seen);
	tcase_add_test(tc, a_command_prints_below_its_line);
	tcase_add_test(tc, output_comes_while_a_command_runs);
	tcase_add_test(tc, a_completion_is_seen_once);
	tcase_add_test(tc, the_command_line_is_left_for_what_was_behind_it);
	tcase_add_test(tc, why_is_printed_and_the_list_follows);
	return run_suite("prompt_edit", &tc, 1);
}
