/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "menu/keys.h"
#include "menu/menu.h"
#include "tests/support/runner.h"

#define NOW 5000

static struct menu_item items[] = {
	{ .title = "Debian GNU/Linux" },
	{ .title = "Debian, with Linux 6.1" },
	{ .title = "Debian, with Linux 6.1 (recovery mode)" },
	{ .title = "Memory test" },
	{ .title = "Grüße" },
	{ .title = "Debian, with Linux 5.10 (recovery mode)" },
};
static struct menu_list list;
static struct menu_model menu;

static void setup(void)
{
	list = (struct menu_list){ .items = items,
		.count = sizeof(items) / sizeof(items[0]),
		.timeout = MENU_WAITS };
	menu_init(&menu, &list, NOW);
	menu_set_room(&menu, 3, 40, false);
}

static void type(const char *keys)
{
	for (; *keys; keys++)
		ck_assert_int_eq(
			menu_press(&menu, (unsigned char)*keys), MENU_NONE);
}

START_TEST(each_letter_narrows_it)
{
	type("/");
	ck_assert(menu.find.open);
	type("M");
	ck_assert_uint_eq(menu.selected, 2); /* recovery mode */
	type("E");
	ck_assert_uint_eq(menu.selected, 3);
	ck_assert(menu.selected < menu.top + menu.rows);
	menu_press(&menu, K_BACKSPACE);
	ck_assert_uint_eq(menu.selected, 2);
	ck_assert_int_eq(menu_press(&menu, K_ENTER), MENU_NONE);
	ck_assert(!menu.find.open);
	ck_assert_uint_eq(menu.selected, 2);
	ck_assert_int_eq(menu_press(&menu, K_ENTER), MENU_CHOSEN);
}
END_TEST

START_TEST(letters_are_no_commands_while_it_looks)
{
	type("/q?3a/");
	ck_assert_str_eq(menu.find.text, "q?3a/");
	ck_assert(menu.find.missing);
	ck_assert_uint_eq(menu.selected, 0);
	ck_assert_int_eq(menu_press(&menu, K_CTRL('C')), MENU_ABORT);
}
END_TEST

START_TEST(the_next_and_the_one_before_go_round)
{
	type("/recov");
	ck_assert_uint_eq(menu.selected, 2);
	menu_press(&menu, K_DOWN);
	ck_assert_uint_eq(menu.selected, 5);
	menu_press(&menu, K_CTRL('N'));
	ck_assert_uint_eq(menu.selected, 2);
	menu_press(&menu, K_UP);
	ck_assert_uint_eq(menu.selected, 5);
	menu_press(&menu, K_CTRL('P'));
	ck_assert_uint_eq(menu.selected, 2);
}
END_TEST

START_TEST(escape_goes_back_to_where_it_began)
{
	menu_select(&menu, 1);
	type("/rü");
	type("x");
	ck_assert_int_eq(menu_press(&menu, K_ESCAPE), MENU_NONE);
	ck_assert_uint_eq(menu.selected, 1);
	ck_assert(!menu.find.open);
}
END_TEST

START_TEST(characters_are_typed_and_taken_back_whole)
{
	type("/");
	menu_press(&menu, 0xfc);
	ck_assert_uint_eq(menu.selected, 4);
	menu_press(&menu, 0x4e16);
	ck_assert(menu.find.missing);
	ck_assert_uint_eq(menu.find.len, 5);
	menu_press(&menu, K_BACKSPACE);
	ck_assert_uint_eq(menu.find.len, 2);
	ck_assert(!menu.find.missing);
	menu_press(&menu, K_BACKSPACE);
	menu_press(&menu, K_BACKSPACE);
	ck_assert_uint_eq(menu.find.len, 0);
	ck_assert_uint_eq(menu.selected, 0);
}
END_TEST

START_TEST(no_more_is_taken_than_there_is_room_for)
{
	type("/");
	for (int i = 0; i < FIND_TEXT_MAX - 1; i++)
		type("x");
	menu_press(&menu, 0xfc);
	ck_assert_uint_eq(menu.find.len, FIND_TEXT_MAX - 1);
	type("yz");
	ck_assert_uint_eq(strlen(menu.find.text), FIND_TEXT_MAX);
}
END_TEST

START_TEST(there_is_nothing_to_find_in_an_empty_menu)
{
	list.count = 0;
	menu_init(&menu, &list, NOW);
	type("/x");
	ck_assert(!menu.find.open);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("find");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, each_letter_narrows_it);
	tcase_add_test(tc, letters_are_no_commands_while_it_looks);
	tcase_add_test(tc, the_next_and_the_one_before_go_round);
	tcase_add_test(tc, escape_goes_back_to_where_it_began);
	tcase_add_test(tc, characters_are_typed_and_taken_back_whole);
	tcase_add_test(tc, no_more_is_taken_than_there_is_room_for);
	tcase_add_test(tc, there_is_nothing_to_find_in_an_empty_menu);
	return run_suite("find", &tc, 1);
}
