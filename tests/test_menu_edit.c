/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/menutest.h"
#include "tests/support/runner.h"

static struct menu_item items[20];

static void setup(void)
{
	show_titles(items, 20);
}

static void begin_line(const char *text)
{
	static struct line line;

	ck_assert(line_begin(&line, text, NULL));
	menu_edit(&menu, &line);
}

START_TEST(an_edited_line_takes_every_key_but_control_c)
{
	list.timeout = 5;
	begin();
	menu_select(&menu, 7);
	begin_line("ro");
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	for (const char *key = " q?3a"; *key; key++)
		ck_assert_int_eq(
			menu_press(&menu, (unsigned char)*key), MENU_NONE);
	menu_press(&menu, K_UP);
	ck_assert_str_eq(menu.line->now.text, "ro q?3a");
	ck_assert_uint_eq(menu.selected, 7);
	ck_assert_ptr_null(menu.pager);
	ck_assert_int_eq(menu_press(&menu, K_CTRL('C')), MENU_ABORT);
}
END_TEST

START_TEST(a_line_that_was_wrong_can_be_mended_or_given_up)
{
	begin_line("wrong");
	ck_assert_int_eq(menu_press(&menu, K_ENTER), MENU_EDITED);
	menu.message = "it is wrong";
	ck_assert_int_eq(menu_press(&menu, '!'), MENU_NONE);
	ck_assert_ptr_nonnull(menu.message);
	ck_assert_int_eq(menu_press(&menu, K_ENTER), MENU_EDITED);
	ck_assert_ptr_null(menu.message);
	ck_assert_str_eq(menu.line->now.text, "wrong!");
	list.nested = true;
	ck_assert_int_eq(menu_press(&menu, K_ESCAPE), MENU_NONE);
	ck_assert_ptr_null(menu.line);
	ck_assert_int_eq(menu_press(&menu, K_ESCAPE), MENU_BACK);
}
END_TEST

START_TEST(what_has_no_arguments_is_not_edited)
{
	items[7].submenu = true;
	menu_select(&menu, 7);
	ck_assert_int_eq(menu_press(&menu, 'a'), MENU_NONE);
	ck_assert_ptr_nonnull(menu.message);
	list.count = 0;
	menu_init(&menu, &list, START);
	ck_assert_int_eq(menu_press(&menu, 'a'), MENU_NONE);
	/* a key that the guest gave to an entry is not ours, but Tab is */
	list.count = 20;
	items[7] = (struct menu_item){ .title = "t", .hotkey = 'a' };
	menu_init(&menu, &list, START);
	ck_assert_int_eq(menu_press(&menu, 'a'), MENU_CHOSEN);
	ck_assert_int_eq(menu_press(&menu, '\t'), MENU_EDIT);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("menu_edit");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, an_edited_line_takes_every_key_but_control_c);
	tcase_add_test(tc, a_line_that_was_wrong_can_be_mended_or_given_up);
	tcase_add_test(tc, what_has_no_arguments_is_not_edited);
	return run_suite("menu_edit", &tc, 1);
}
