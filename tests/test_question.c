/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "tests/support/menutest.h"
#include "tests/support/runner.h"

static struct menu_item items[] = {
	{ .title = "free" },
	{ .title = "locked", .restricted = true, .hotkey = 'l' },
	{ .title = "^moves", .hotkey = 'm', .hotkey_moves = true },
	{ .title = "F4", .hotkey = K_F1 + 3 },
	{ .title = "second of that key", .hotkey = 'l' },
	{ .title = "digit", .hotkey = '4' },
	{ .title = "letter of ours", .hotkey = 'b' },
};
static struct question *question;

static void setup(void)
{
	show(items, sizeof(items) / sizeof(items[0]));
	question = &menu.question;
	menu_select(&menu, 1);
}

static bool is_wiped(const struct question_text *text)
{
	static const struct question_text nothing;

	return memcmp(text, &nothing, sizeof(nothing)) == 0;
}

START_TEST(a_password_is_typed_and_not_shown)
{
	menu_ask(&menu, false);
	ck_assert_str_eq(question_label(question), "Password: ");
	ck_assert_int_eq(type("se cret"), MENU_NONE);
	ck_assert_str_eq(question_shown(question), "");
	ck_assert_int_eq(type("\n"), MENU_ANSWERED);
	ck_assert_str_eq(question->password.text, "se cret");
	ck_assert_str_eq(question->name.text, "");
	ck_assert_uint_eq(menu.selected, 1);
}
END_TEST

START_TEST(a_name_is_asked_for_first_and_shown)
{
	menu_ask(&menu, true);
	ck_assert_str_eq(question_label(question), "Enter username: ");
	ck_assert_int_eq(type("root"), MENU_NONE);
	ck_assert_str_eq(question_shown(question), "root");
	ck_assert_int_eq(type("\n"), MENU_NONE);
	ck_assert_str_eq(question_label(question), "Enter password: ");
	ck_assert_str_eq(question_shown(question), "");
	ck_assert_int_eq(type("q1?\n"), MENU_ANSWERED);
	ck_assert_str_eq(question->name.text, "root");
	ck_assert_str_eq(question->password.text, "q1?");
}
END_TEST

START_TEST(what_was_typed_can_be_taken_back)
{
	menu_ask(&menu, false);
	type("a");
	menu_press(&menu, 0x20ac); /* three bytes */
	menu_press(&menu, K_BACKSPACE);
	ck_assert_uint_eq(question->password.len, 1);
	menu_press(&menu, 0xfc);
	menu_press(&menu, 0x1f600);
	ck_assert_str_eq(question->password.text, "a\xc3\xbc\xf0\x9f\x98\x80");
	menu_press(&menu, K_CTRL('U'));
	ck_assert(is_wiped(&question->password));
	menu_press(&menu, K_BACKSPACE);
	ck_assert_uint_eq(question->password.len, 0);
}
END_TEST

START_TEST(no_more_is_taken_than_there_is_room_for)
{
	menu_ask(&menu, false);
	for (int i = 0; i < 2 * QUESTION_TEXT_MAX; i++)
		type("x");
	ck_assert_uint_eq(question->password.len, QUESTION_TEXT_MAX);
	ck_assert_uint_eq(strlen(question->password.text), QUESTION_TEXT_MAX);
	menu_press(&menu, K_BACKSPACE);
	menu_press(&menu, 0xfc); /* two bytes do not fit */
	ck_assert_uint_eq(question->password.len, QUESTION_TEXT_MAX - 1);
}
END_TEST

START_TEST(escape_gives_up_and_nothing_of_it_is_left)
{
	menu_ask(&menu, true);
	type("root\nsecret");
	ck_assert_int_eq(menu_press(&menu, K_ESCAPE), MENU_NONE);
	ck_assert_int_eq(question->state, QUESTION_NONE);
	ck_assert(is_wiped(&question->name));
	ck_assert(is_wiped(&question->password));
	ck_assert_int_eq(menu_press(&menu, K_UP), MENU_NONE);
	ck_assert_uint_eq(menu.selected, 0);
}
END_TEST

START_TEST(control_c_ends_it_in_every_state)
{
	menu_ask(&menu, true);
	ck_assert_int_eq(menu_press(&menu, K_CTRL('C')), MENU_ABORT);
	menu_ask(&menu, false);
	ck_assert_int_eq(menu_press(&menu, K_CTRL('C')), MENU_ABORT);
	menu_refuse(&menu, START);
	ck_assert_int_eq(menu_press(&menu, K_CTRL('C')), MENU_ABORT);
}
END_TEST

START_TEST(a_wrong_answer_takes_time_in_which_keys_do_nothing)
{
	menu_ask(&menu, true);
	type("root\nwrong\n");
	menu_refuse(&menu, START);
	ck_assert_str_eq(menu.message, "Wrong password.");
	ck_assert(is_wiped(&question->password));
	ck_assert_int_eq(menu_wait(&menu, START), QUESTION_DELAY_MS);
	ck_assert_int_eq(type("x\ny\n"), MENU_NONE);
	menu_press(&menu, K_ESCAPE);
	ck_assert_int_eq(
		menu_tick(&menu, START + QUESTION_DELAY_MS - 1), MENU_NONE);
	ck_assert_int_eq(question->state, QUESTION_REFUSED);
	menu_tick(&menu, START + QUESTION_DELAY_MS);
	ck_assert_int_eq(question->state, QUESTION_NAME);
	ck_assert_ptr_null(menu.message);
	ck_assert_str_eq(question_shown(question), "");
	ck_assert_int_eq(menu_wait(&menu, START + QUESTION_DELAY_MS), -1);
}
END_TEST

START_TEST(three_wrong_answers_lead_back_to_the_list)
{
	menu_ask(&menu, false);
	for (int i = 1; i <= QUESTION_TRIES; i++) {
		ck_assert_int_eq(question->state, QUESTION_PASSWORD);
		ck_assert_int_eq(type("wrong\n"), MENU_ANSWERED);
		menu_refuse(&menu, START * i);
		menu_tick(&menu, START * i + QUESTION_DELAY_MS);
	}
	ck_assert_int_eq(question->state, QUESTION_NONE);
	ck_assert_str_eq(menu.message, "Too many wrong passwords.");
	ck_assert_int_eq(type("\n"), MENU_CHOSEN);
}
END_TEST

START_TEST(the_countdown_is_over_once_a_question_is_asked)
{
	list.timeout = 5;
	menu_init(&menu, &list, START);
	menu_ask(&menu, false);
	ck_assert_int_eq(menu_tick(&menu, START + 10000), MENU_NONE);
	ck_assert_int_eq(menu_wait(&menu, START), -1);
}
END_TEST

START_TEST(a_hotkey_chooses_its_entry)
{
	ck_assert_int_eq(menu_press(&menu, K_F1 + 3), MENU_CHOSEN);
	ck_assert_uint_eq(menu.selected, 3);
	ck_assert_ptr_null(menu.pager);
	ck_assert_int_eq(menu_press(&menu, 'l'), MENU_CHOSEN);
	ck_assert_uint_eq(menu.selected, 1); /* the first that has it */
	ck_assert_int_eq(menu_press(&menu, 'b'), MENU_CHOSEN);
	ck_assert_uint_eq(menu.selected, 6); /* before our own letters */
	ck_assert_int_eq(menu_press(&menu, 'L'), MENU_CHOSEN);
	ck_assert_uint_eq(menu.selected, 1);
}
END_TEST

START_TEST(a_hotkey_of_syslinux_only_moves)
{
	ck_assert_int_eq(menu_press(&menu, 'M'), MENU_NONE);
	ck_assert_uint_eq(menu.selected, 2);
}
END_TEST

START_TEST(digits_and_what_moves_stay_ours)
{
	ck_assert_int_eq(menu_press(&menu, '4'), MENU_NONE);
	ck_assert_uint_eq(menu.selected, 4);
	items[0].hotkey = K_DOWN;
	ck_assert_int_eq(menu_press(&menu, K_DOWN), MENU_NONE);
	ck_assert_uint_eq(menu.selected, 5);
	items[0].hotkey = 0;
	ck_assert_int_eq(menu_press(&menu, K_OTHER), MENU_NONE);
	ck_assert_uint_eq(menu.selected, 5);
}
END_TEST

START_TEST(the_status_names_the_key)
{
	char status[MENU_STATUS_MAX];

	menu_status(&menu, START, status);
	ck_assert_str_eq(
		status, "Entry 1 (of 0 to 6), key l, asks for a password");
	menu_select(&menu, 3);
	menu_status(&menu, START, status);
	ck_assert_str_eq(status, "Entry 3 (of 0 to 6), key F4");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("question");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, a_password_is_typed_and_not_shown);
	tcase_add_test(tc, a_name_is_asked_for_first_and_shown);
	tcase_add_test(tc, what_was_typed_can_be_taken_back);
	tcase_add_test(tc, no_more_is_taken_than_there_is_room_for);
	tcase_add_test(tc, escape_gives_up_and_nothing_of_it_is_left);
	tcase_add_test(tc, control_c_ends_it_in_every_state);
	tcase_add_test(tc, a_wrong_answer_takes_time_in_which_keys_do_nothing);
	tcase_add_test(tc, three_wrong_answers_lead_back_to_the_list);
	tcase_add_test(tc, the_countdown_is_over_once_a_question_is_asked);
	tcase_add_test(tc, a_hotkey_chooses_its_entry);
	tcase_add_test(tc, a_hotkey_of_syslinux_only_moves);
	tcase_add_test(tc, digits_and_what_moves_stay_ours);
	tcase_add_test(tc, the_status_names_the_key);
	return run_suite("question", &tc, 1);
}
