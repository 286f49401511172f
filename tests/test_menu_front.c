/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/base/length.h"
#include "tests/support/menutest.h"
#include "tests/support/runner.h"

static struct menu_item items[20];
static struct editor editor;
static struct shell shell;
static struct pager pager;

static void setup(void)
{
	show_titles(items, 20);
	ck_assert(editor_begin(&editor, "one\ntwo\n"));
	shell_begin(&shell, NULL);
	pager_begin(&pager, "why");
	ck_assert(pager_add(&pager, "kernel", "/vmlinuz"));
	pager_set_room(&pager, 5, 40, false);
}

static void teardown(void)
{
	editor_end(&editor);
	pager_end(&pager);
}

START_TEST(the_editor_takes_every_key_but_control_c)
{
	list.timeout = 5;
	begin();
	menu_select(&menu, 7);
	ck_assert_int_eq(type("e"), MENU_SOURCE);
	menu_edit_source(&menu, &editor);
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	ck_assert_int_eq(type("q3a/lp"), MENU_NONE);
	menu_press(&menu, K_DOWN);
	ck_assert_uint_eq(menu.selected, 7);
	ck_assert_uint_eq(editor.selected, 1);
	ck_assert_int_eq(type("ex\n"), MENU_NONE);
	ck_assert_str_eq(editor.lines[1], "twox");
	ck_assert_int_eq(type("b"), MENU_RUN);
	ck_assert_ptr_eq(menu.editor, &editor);
	ck_assert_int_eq(menu_press(&menu, K_CTRL('C')), MENU_ABORT);
}
END_TEST

START_TEST(lines_that_were_wrong_can_be_mended_or_given_up)
{
	menu_edit_source(&menu, &editor);
	ck_assert_int_eq(type("\x18"), MENU_RUN);
	menu.message = "line 1: there is no command one";
	ck_assert_int_eq(type("e!"), MENU_NONE);
	ck_assert_ptr_nonnull(menu.message);
	/* out of the line, then what was said goes, then the lines */
	menu_press(&menu, K_ESCAPE);
	ck_assert(!editor.editing);
	ck_assert_ptr_nonnull(menu.message);
	menu_press(&menu, K_ESCAPE);
	ck_assert_ptr_null(menu.message);
	ck_assert_ptr_eq(menu.editor, &editor);
	list.nested = true;
	ck_assert_int_eq(menu_press(&menu, K_ESCAPE), MENU_NONE);
	ck_assert_ptr_null(menu.editor);
	ck_assert_int_eq(menu_press(&menu, K_ESCAPE), MENU_BACK);
}
END_TEST

START_TEST(what_the_editor_cannot_do_is_said)
{
	menu_edit_source(&menu, &editor);
	type("u");
	ck_assert_str_eq(menu.message, "There is nothing to take back.");
}
END_TEST

START_TEST(a_command_line_gives_its_lines_to_the_caller)
{
	ck_assert_int_eq(type("c"), MENU_SHELL);
	menu_open_shell(&menu, &shell);
	ck_assert_int_eq(type("ls q?/3\n"), MENU_COMMAND);
	ck_assert_str_eq(shell_line(&shell), "ls q?/3");
	shell_ready(&shell);
	ck_assert_int_eq(type("l\t"), MENU_COMPLETE);
	ck_assert_str_eq(shell_line(&shell), "l");
	shell_completed(&shell, "s", NULL, 0);
	ck_assert_int_eq(menu_press(&menu, K_ESCAPE), MENU_NONE);
	ck_assert_ptr_null(menu.shell);
	ck_assert_uint_eq(menu.selected, 0);
	ck_assert_int_eq(type("\n"), MENU_CHOSEN);
}
END_TEST

START_TEST(the_editor_is_still_there_behind_the_command_line)
{
	menu_edit_source(&menu, &editor);
	ck_assert_int_eq(type("c"), MENU_SHELL);
	menu_open_shell(&menu, &shell);
	ck_assert_int_eq(type("d\x04\x04\x15\x04"), MENU_NONE);
	ck_assert_ptr_null(menu.shell);
	ck_assert_uint_eq(editor.count, 2);
	type("d");
	ck_assert_uint_eq(editor.count, 1);
}
END_TEST

START_TEST(keys_kept_by_the_command_line_come_when_it_reads_again)
{
	menu_open_shell(&menu, &shell);
	ck_assert_int_eq(type("slow\n"), MENU_COMMAND);
	ck_assert_int_eq(type("ls\nfoo"), MENU_NONE);
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	shell_ready(&shell);
	ck_assert_int_eq(menu_wait(&menu, START), 0);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_COMMAND);
	ck_assert_str_eq(shell_line(&shell), "ls");
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	shell_ready(&shell);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	ck_assert_str_eq(shell.line.now.text, "foo");
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	/* even when one of them closes it */
	ck_assert_int_eq(type("\n"), MENU_COMMAND);
	menu_press(&menu, K_ESCAPE);
	type("q");
	shell_ready(&shell);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	ck_assert_ptr_null(menu.shell);
}
END_TEST

START_TEST(a_line_that_was_full_is_forgotten_once_it_runs)
{
	static struct line_history history;
	char text[LINE_TEXT_MAX + 1];

	memset(text, 'x', LINE_TEXT_MAX);
	text[LINE_TEXT_MAX] = '\0';
	line_remember(&history, text);
	shell_begin(&shell, &history);
	menu_open_shell(&menu, &shell);
	ck_assert_int_eq(type("slow\n"), MENU_COMMAND);
	type("\x10\x10y");
	shell_ready(&shell);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	ck_assert_str_eq(menu.message, "The line cannot be longer.");
	shell_press(&shell, K_ENTER);
	type("\x10y\n");
	shell_ready(&shell);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_COMMAND);
	ck_assert_ptr_null(menu.message);
	line_history_free(&history);
}
END_TEST

START_TEST(a_password_goes_before_all)
{
	menu_edit_source(&menu, &editor);
	menu_open_shell(&menu, &shell);
	menu_open_pager(&menu, &pager);
	menu_ask(&menu, false);
	ck_assert_int_eq(type("secret\n"), MENU_ANSWERED);
	ck_assert_str_eq(menu.question.password.text, "secret");
	menu_end_question(&menu);
	ck_assert_ptr_eq(menu.pager, &pager);
	ck_assert_int_eq(type("x"), MENU_NONE);
	ck_assert_ptr_null(menu.pager);
	type("x");
	ck_assert_str_eq(shell.line.now.text, "x");
}
END_TEST

START_TEST(keys_are_not_taken_for_a_password)
{
	menu_open_shell(&menu, &shell);
	ck_assert_int_eq(type("slow\n"), MENU_COMMAND);
	type("ls\n");
	menu_ask(&menu, false);
	shell_ready(&shell);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	ck_assert_uint_eq(menu.question.password.len, 0);
	menu_end_question(&menu);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_COMMAND);
}
END_TEST

START_TEST(why_is_read_and_closed_by_any_key)
{
	menu_select(&menu, 3);
	ck_assert_int_eq(type("l"), MENU_EXPLAIN);
	menu_open_pager(&menu, &pager);
	menu_press(&menu, K_DOWN);
	ck_assert_uint_eq(menu.selected, 3);
	ck_assert_int_eq(type("\n"), MENU_NONE);
	ck_assert_ptr_null(menu.pager);
	ck_assert_int_eq(type("\n"), MENU_CHOSEN);
}
END_TEST

START_TEST(nothing_is_looked_at_behind_them)
{
	list.peeks = true;
	begin();
	menu.details = true;
	menu_open_pager(&menu, &pager);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	menu.pager = NULL;
	menu_edit_source(&menu, &editor);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	menu.editor = NULL;
	menu_open_shell(&menu, &shell);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	menu.shell = NULL;
	ck_assert_int_eq(menu_tick(&menu, START), MENU_PEEK);
}
END_TEST

static const struct {
	uint32_t letter, other;
	enum menu_action action;
} letters[] = {
	{ 'e', K_F1 + 3, MENU_SOURCE },
	{ 'c', K_F1 + 1, MENU_SHELL },
	{ 'l', K_F1 + 4, MENU_EXPLAIN },
	{ 'p', K_F1 + 5, MENU_LOGIN },
	{ 'a', '\t', MENU_EDIT },
};

START_TEST(a_letter_that_the_guest_took_has_another_key)
{
	items[5].hotkey = letters[_i].letter;
	ck_assert_int_eq(menu_press(&menu, letters[_i].letter), MENU_CHOSEN);
	ck_assert_uint_eq(menu.selected, 5);
	ck_assert_int_eq(
		menu_press(&menu, letters[_i].other), letters[_i].action);
}
END_TEST

START_TEST(an_empty_menu_has_a_command_line_and_no_more)
{
	list.count = 0;
	begin();
	ck_assert_int_eq(type("elpa"), MENU_NONE);
	ck_assert_int_eq(type("c"), MENU_SHELL);
}
END_TEST

/* Does the help that is open have these fields? */
static bool helps_with(const char *keys)
{
	for (size_t i = 0; i < menu.pager->count; i++)
		if (strcmp(menu.pager->fields[i].name, keys) == 0)
			return true;
	return false;
}

START_TEST(the_help_offers_what_works)
{
	static const char *const edits[] = { "e, F4", "a, Tab", "c, F2" };

	list.no_edit = _i;
	begin();
	ck_assert_int_eq(type("?"), MENU_NONE);
	for (size_t i = 0; i < LENGTH(edits); i++)
		ck_assert_int_eq(helps_with(edits[i]), !_i);
	ck_assert(helps_with("Up, ^P, ^") && helps_with("q, ^C"));
}
END_TEST

START_TEST(a_hidden_menu_is_uncovered_by_these_keys_too)
{
	list.timeout = 5;
	list.look = MENU_LOOK_HIDDEN;
	begin();
	ck_assert_int_eq(type("c"), MENU_NONE);
	ck_assert(!menu.veiled);
	ck_assert_int_eq(type("c"), MENU_SHELL);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("menu_front");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_editor_takes_every_key_but_control_c);
	tcase_add_test(tc, lines_that_were_wrong_can_be_mended_or_given_up);
	tcase_add_test(tc, what_the_editor_cannot_do_is_said);
	tcase_add_test(tc, a_command_line_gives_its_lines_to_the_caller);
	tcase_add_test(tc, the_editor_is_still_there_behind_the_command_line);
	tcase_add_test(
		tc, keys_kept_by_the_command_line_come_when_it_reads_again);
	tcase_add_test(tc, a_line_that_was_full_is_forgotten_once_it_runs);
	tcase_add_test(tc, a_password_goes_before_all);
	tcase_add_test(tc, keys_are_not_taken_for_a_password);
	tcase_add_test(tc, why_is_read_and_closed_by_any_key);
	tcase_add_test(tc, nothing_is_looked_at_behind_them);
	tcase_add_loop_test(tc, a_letter_that_the_guest_took_has_another_key, 0,
		LENGTH(letters));
	tcase_add_test(tc, an_empty_menu_has_a_command_line_and_no_more);
	tcase_add_loop_test(tc, the_help_offers_what_works, 0, 2);
	tcase_add_test(tc, a_hidden_menu_is_uncovered_by_these_keys_too);
	return run_suite("menu_front", &tc, 1);
}
