/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/base/length.h"
#include "tests/support/prompttest.h"
#include "tests/support/runner.h"

static struct menu_item items[] = {
	{ .title = "Debian" },
	{ .title = "Advanced", .submenu = true },
	{ .title = "\x1b[2J" },
	{ .title = "three" },
	{ .title = "four" },
	{ .title = "five" },
	{ .title = "six" },
};

static void begin(size_t count, bool nested, int timeout)
{
	list = (struct menu_list){ .heading = "hostgrub",
		.items = items,
		.count = count,
		.nested = nested,
		.timeout = timeout };
	menu_init(&menu, &list, 0);
	prompt_init(&prompt, 10, 80, false, true, &menu);
}

static void setup(void)
{
	open_paper();
	begin(3, false, MENU_WAITS);
}

static void teardown(void)
{
	close(fd);
}

START_TEST(prints_the_list_once_and_asks)
{
	ck_assert_str_eq(drawn(),
		"\r\nhostgrub\r\n"
		"* 0  Debian\r\n"
		"  1  Advanced ->\r\n"
		"  2  \\x1b[2J\r\n"
		"Number [0], q, ?: ");
	ck_assert_str_eq(drawn(), "");
}
END_TEST

START_TEST(says_what_the_countdown_does)
{
	begin(1, false, 7);
	ck_assert_str_eq(drawn(),
		"\r\nhostgrub\r\n"
		"* 0  Debian\r\n"
		"Boots in 7 s, any key stops this.\r\n"
		"Number [0], q, ?: ");
	ck_assert_int_eq(type("x"), MENU_NONE);
	ck_assert_int_eq(menu_tick(&menu, 100000), MENU_NONE);
}
END_TEST

static const struct {
	const char *keys;
	enum menu_action action;
	size_t selected;
} answers[] = {
	{ "\n", MENU_CHOSEN, 0 },
	{ "0\n", MENU_CHOSEN, 0 },
	{ "2\n", MENU_CHOSEN, 2 },
	{ "002\n", MENU_CHOSEN, 2 },
	{ "19\x7f\x7f\x7f"
	  "1\n",
		MENU_CHOSEN, 1 },
	{ "q\n", MENU_ABORT, 0 },
	{ "\x03", MENU_ABORT, 0 },
	{ "1\x03", MENU_ABORT, 0 },
	{ "q", MENU_NONE, 0 },
	{ "u\n", MENU_NONE, 0 },
	{ "1x\n", MENU_NONE, 0 },
};

START_TEST(understands_the_answer)
{
	ck_assert_int_eq(type(answers[_i].keys), answers[_i].action);
	ck_assert_uint_eq(menu.selected, answers[_i].selected);
}
END_TEST

static const char *const no_entries[] = { "3\n", "x\n", "-1\n",
	"9999999999999999\n", "99999999999999999999999999\n" };

START_TEST(refuses_what_is_no_entry_and_asks_again)
{
	drawn();
	ck_assert_int_eq(type(no_entries[_i]), MENU_NONE);
	ck_assert_ptr_nonnull(
		strstr(drawn(), "\r\nNo such entry.\r\nNumber [0], q, ?: "));
	ck_assert_int_eq(type("2\n"), MENU_CHOSEN);
}
END_TEST

START_TEST(leaves_a_submenu)
{
	begin(3, true, MENU_WAITS);
	ck_assert_ptr_nonnull(strstr(drawn(), "Number [0], u, q, ?: "));
	ck_assert_int_eq(type("u\n"), MENU_BACK);
}
END_TEST

START_TEST(shows_a_long_list_in_pages)
{
	begin(7, false, MENU_WAITS); /* ten rows show five of them */
	drawn();
	ck_assert_ptr_nonnull(strstr(paper,
		"  4  four\r\n"
		"  entries 0 to 6; + and -"));
	ck_assert_ptr_null(strstr(paper, "five"));
	ck_assert_int_eq(type("+\n"), MENU_NONE);
	drawn();
	ck_assert_ptr_nonnull(strstr(paper, "* 5  five\r\n  6  six\r\n"));
	ck_assert_int_eq(type("-\n"), MENU_NONE);
	ck_assert_ptr_nonnull(strstr(drawn(), "* 0  Debian\r\n"));
}
END_TEST

START_TEST(helps)
{
	drawn();
	ck_assert_int_eq(type("?\n"), MENU_NONE);
	ck_assert_ptr_nonnull(strstr(drawn(),
		"\r\nq                    do not boot\r\n"
		"Number [0], q, ?: "));
	ck_assert_int_eq(type("1\n"), MENU_CHOSEN);
}
END_TEST

START_TEST(helps_with_what_works)
{
	drawn();
	type("?\n");
	ck_assert_ptr_nonnull(strstr(drawn(), "\r\ne  "));
	list.no_edit = true;
	type("?\n");
	drawn();
	ck_assert_ptr_null(strstr(paper, "\r\ne  "));
	ck_assert_ptr_null(strstr(paper, "\r\na  "));
	ck_assert_ptr_null(strstr(paper, "\r\nc  "));
	ck_assert_ptr_null(strstr(paper, "e or a"));
	ck_assert_ptr_nonnull(strstr(paper, "\r\np  "));
}
END_TEST

START_TEST(echoes_only_where_nobody_else_does)
{
	drawn();
	type("12\x7f");
	ck_assert_str_eq(drawn(), "12\b \b");
	type("\x1b\x01 ");
	ck_assert_str_eq(drawn(), "");
	prompt_init(&prompt, 10, 80, false, false, &menu);
	drawn();
	type("12\x7f");
	ck_assert_str_eq(drawn(), "");
}
END_TEST

START_TEST(says_why_an_entry_failed)
{
	drawn();
	ck_assert_int_eq(type("\n"), MENU_CHOSEN);
	menu.message = "no kernel\x1b[31m";
	ck_assert_str_eq(drawn(),
		"\r\n\r\nhostgrub\r\n"
		"* 0  Debian\r\n"
		"  1  Advanced ->\r\n"
		"  2  \\x1b[2J\r\n"
		"no kernel\\x1b[31m\r\n"
		"Number [0], q, ?: ");
}
END_TEST

START_TEST(an_empty_menu_is_said_to_be_one)
{
	begin(0, false, 5);
	ck_assert_str_eq(drawn(), "\r\nhostgrub\r\nNothing to boot. q, ?: ");
	ck_assert_int_eq(type("\n0\n"), MENU_NONE);
	ck_assert_int_eq(type("q\n"), MENU_ABORT);
}
END_TEST

START_TEST(leaves_the_line_behind)
{
	drawn();
	type("2\n");
	prompt_end(&prompt, fd);
	ck_assert_str_eq(drawn(),
		"2\r\n\r\nhostgrub\r\n"
		"  0  Debian\r\n"
		"  1  Advanced ->\r\n"
		"* 2  \\x1b[2J\r\n"
		"Number [2], q, ?: ");
	type("2\x03");
	prompt_end(&prompt, fd);
	lseek(fd, 0, SEEK_SET);
	ck_assert_int_eq(read(fd, paper, sizeof(paper)), 3);
	ck_assert_mem_eq(paper, "2\r\n", 3);
}
END_TEST

START_TEST(a_line_without_end_is_cut_off)
{
	char keys[200];

	memset(keys, '1', sizeof(keys) - 1);
	keys[sizeof(keys) - 1] = '\0';
	ck_assert_int_eq(type(keys), MENU_NONE);
	ck_assert_uint_eq(prompt.len, PROMPT_LINE_MAX);
	ck_assert_int_eq(type("\n"), MENU_NONE);
	ck_assert_str_eq(menu.message, "No such entry.");
}
END_TEST

START_TEST(a_password_is_asked_for_in_a_line_and_not_echoed)
{
	drawn();
	ck_assert_int_eq(type("1\n"), MENU_CHOSEN);
	prompt_end(&prompt, fd);
	menu_ask(&menu, true);
	ck_assert_str_eq(drawn(), "1\r\nEnter username: ");
	type("ro\x7fo");
	ck_assert_str_eq(drawn(), "ro\b \bo");
	ck_assert_int_eq(type("\n"), MENU_NONE);
	ck_assert_str_eq(drawn(), "\r\nEnter password: ");
	ck_assert_int_eq(type("secret"), MENU_NONE);
	ck_assert_str_eq(drawn(), "");
	ck_assert_int_eq(type("\n"), MENU_ANSWERED);
	prompt_end(&prompt, fd);
	ck_assert_str_eq(menu.question.name.text, "ro");
	ck_assert_str_eq(menu.question.password.text, "secret");
	menu_refuse(&menu, 0);
	ck_assert_str_eq(drawn(), "\r\nWrong password.\r\n");
	type("x\n");
	ck_assert_str_eq(drawn(), "");
	menu_tick(&menu, QUESTION_DELAY_MS);
	ck_assert_str_eq(drawn(), "\r\nEnter username: ");
	prompt_press(&prompt, &menu, K_ESCAPE);
	ck_assert_ptr_nonnull(strstr(drawn(), "\r\n* 1  Advanced"));
	ck_assert_ptr_nonnull(strstr(paper, "Number [1], q, ?: "));
}
END_TEST

START_TEST(a_hotkey_is_typed_as_a_line)
{
	items[2].hotkey = 'k';
	ck_assert_int_eq(type("k\n"), MENU_CHOSEN);
	ck_assert_uint_eq(menu.selected, 2);
	items[2].hotkey = 0;
	ck_assert_int_eq(type("k\n"), MENU_NONE);
	ck_assert_str_eq(menu.message, "No such entry.");
}
END_TEST

START_TEST(arguments_are_edited_at_their_end)
{
	static struct line line;

	drawn();
	ck_assert_int_eq(type("2a\n"), MENU_EDIT);
	ck_assert_uint_eq(menu.selected, 2);
	ck_assert(line_begin(&line, "ro quiet", NULL));
	menu_edit(&menu, &line);
	ck_assert_str_eq(drawn(), "2a\r\nArguments: ro quiet");
	ck_assert_int_eq(type(" 1"), MENU_NONE);
	ck_assert_str_eq(drawn(), " 1");
	prompt_press(&prompt, &menu, K_LEFT);
	ck_assert_int_eq(type("2"), MENU_NONE);
	ck_assert_str_eq(drawn(), "2");
	prompt_press(&prompt, &menu, K_CTRL('W'));
	ck_assert_str_eq(drawn(), "\r\nArguments: ro quiet ");
	ck_assert_int_eq(type("\x7f\n"), MENU_EDITED);
	ck_assert_str_eq(line.now.text, "ro quiet");
	menu.message = "it is wrong";
	ck_assert_str_eq(drawn(), "\r\nit is wrong\r\nArguments: ro quiet");
	prompt_press(&prompt, &menu, K_ESCAPE);
	ck_assert_ptr_null(menu.line);
	ck_assert_ptr_nonnull(strstr(drawn(), "Number [2], q, ?: "));
	ck_assert_int_eq(type("a\n"), MENU_EDIT);
	ck_assert_uint_eq(menu.selected, 2);
}
END_TEST

START_TEST(the_end_of_long_arguments_is_seen)
{
	static struct line line;
	char text[200], *end;

	memset(text, 'x', sizeof(text));
	strcpy(text + sizeof(text) - 5,
		"\x1b\xff"
		"yz");
	drawn();
	type("a\n");
	ck_assert(line_begin(&line, text, NULL));
	menu_edit(&menu, &line);
	end = strstr(drawn(), "Arguments: <xxx");
	ck_assert_ptr_nonnull(end);
	ck_assert_uint_lt(strlen(end), 80);
	ck_assert_str_eq(end + strlen(end) - 11, "x\\x1b\\xffyz");
	for (int i = 0; i < 100; i++)
		type("0123456789");
	ck_assert_ptr_nonnull(strstr(drawn(), "Arguments: <"));
	ck_assert_uint_eq(line.now.len, sizeof(text) - 1 + 1000);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("prompt");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, prints_the_list_once_and_asks);
	tcase_add_test(tcase, says_what_the_countdown_does);
	tcase_add_loop_test(tcase, understands_the_answer, 0, LENGTH(answers));
	tcase_add_loop_test(tcase, refuses_what_is_no_entry_and_asks_again, 0,
		LENGTH(no_entries));
	tcase_add_test(tcase, leaves_a_submenu);
	tcase_add_test(tcase, shows_a_long_list_in_pages);
	tcase_add_test(tcase, helps);
	tcase_add_test(tcase, helps_with_what_works);
	tcase_add_test(tcase, echoes_only_where_nobody_else_does);
	tcase_add_test(tcase, says_why_an_entry_failed);
	tcase_add_test(tcase, an_empty_menu_is_said_to_be_one);
	tcase_add_test(tcase, leaves_the_line_behind);
	tcase_add_test(tcase, a_line_without_end_is_cut_off);
	tcase_add_test(tcase, a_password_is_asked_for_in_a_line_and_not_echoed);
	tcase_add_test(tcase, arguments_are_edited_at_their_end);
	tcase_add_test(tcase, the_end_of_long_arguments_is_seen);
	tcase_add_test(tcase, a_hotkey_is_typed_as_a_line);
	return run_suite("prompt", &tcase, 1);
}
