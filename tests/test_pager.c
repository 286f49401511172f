/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "menu/keys.h"
#include "menu/menu.h"
#include "tests/support/runner.h"

static const struct pager_field fields[] = {
	{ "Up", "the entry above, or where there is none the last of them" },
	{ "Enter", "boot" },
	{ "", "" },
	{ "hostile \x1b", "\x1b[2J\xff" },
};
static struct pager pager;
static char all[4096];

static void setup(void)
{
	pager_show(&pager, "Keys", fields, 4);
}

static void teardown(void)
{
	pager_end(&pager);
}

/* All rows as they are drawn, in so many columns. */
static const char *rows(size_t cols)
{
	struct pager_walk walk = { 0 };
	struct pager_row row;
	size_t count = 0, width;
	char *at = all;

	pager_set_room(&pager, 3, cols, false);
	*at = '\0';
	for (; pager_next(&pager, &walk, &row); count++) {
		width = cells_width(row.name, false);
		ck_assert_uint_le(width, cols);
		ck_assert(!row.value[0] || width < row.value_col);
		at += sprintf(at, "%s%*s%s\n", row.name,
			row.value[0] ? (int)(row.value_col - width) : 0, "",
			row.value);
	}
	ck_assert_uint_eq(count, pager.total);
	return all;
}

START_TEST(values_stand_beside_their_names)
{
	ck_assert_str_eq(rows(80),
		"Up            the entry above, or where there is none the "
		"last of them\n"
		"Enter         boot\n"
		"\n"
		"hostile \\x1b  \\x1b[2J\\xff\n");
}
END_TEST

START_TEST(long_values_are_wrapped_and_stay_beside)
{
	ck_assert_str_eq(rows(40),
		"Up            the entry above, or where\n"
		"              there is none the last of\n"
		"              them\n"
		"Enter         boot\n"
		"\n"
		"hostile \\x1b  \\x1b[2J\\xff\n");
}
END_TEST

START_TEST(values_stand_below_where_it_is_narrow)
{
	ck_assert_str_eq(rows(20),
		"Up\n"
		"  the entry above,\n"
		"  or where there is\n"
		"  none the last of\n"
		"  them\n"
		"Enter\n"
		"  boot\n"
		"\n"
		"hostile \\x1b\n"
		"  \\x1b[2J\\xff\n");
}
END_TEST

START_TEST(there_is_an_end_at_every_width)
{
	for (size_t cols = 0; cols < 100; cols++) {
		pager_set_room(&pager, 1, cols, cols & 1);
		ck_assert_uint_ge(pager.total, 4);
		ck_assert_uint_le(pager.total, 200);
	}
}
END_TEST

START_TEST(what_is_added_is_copied_and_counted)
{
	char name[] = "kernel", value[] = "one\ntwo\n\nfour\n";

	pager_begin(&pager, NULL);
	ck_assert_str_eq(rows(80), "");
	ck_assert(pager_add(&pager, name, value));
	ck_assert(pager_add(&pager, "empty", ""));
	memset(name, 'x', sizeof(name) - 1);
	memset(value, 'x', sizeof(value) - 1);
	ck_assert_str_eq(rows(80),
		"kernel  one\n"
		"        two\n"
		"\n"
		"        four\n"
		"empty\n");
	pager_end(&pager);
	pager_end(&pager);
}
END_TEST

START_TEST(more_than_256_kib_is_refused)
{
	static char value[64 << 10];

	memset(value, 'x', sizeof(value) - 1);
	pager_begin(&pager, NULL);
	for (int i = 0; i < 3; i++)
		ck_assert(pager_add(&pager, "n", value));
	ck_assert(!pager_add(&pager, "12345", value));
	ck_assert_uint_eq(pager.count, 3);
}
END_TEST

START_TEST(scrolls_and_stops_at_both_ends)
{
	rows(20); /* ten, of which three are seen */
	ck_assert(!pager_more_above(&pager) && pager_more_below(&pager));
	ck_assert(pager_press(&pager, K_UP));
	ck_assert_uint_eq(pager.top, 0);
	ck_assert(pager_press(&pager, K_DOWN));
	ck_assert_uint_eq(pager.top, 1);
	ck_assert(pager_press(&pager, ' '));
	ck_assert_uint_eq(pager.top, 4);
	ck_assert(pager_more_above(&pager) && pager_more_below(&pager));
	ck_assert(pager_press(&pager, K_PAGE_DOWN));
	ck_assert(pager_press(&pager, K_PAGE_DOWN));
	ck_assert_uint_eq(pager.top, 7);
	ck_assert(!pager_more_below(&pager));
	ck_assert(pager_press(&pager, K_PAGE_UP));
	ck_assert_uint_eq(pager.top, 4);
	ck_assert(pager_press(&pager, K_HOME));
	ck_assert_uint_eq(pager.top, 0);
	ck_assert(pager_press(&pager, K_END));
	ck_assert_uint_eq(pager.top, 7);
	rows(80);
	ck_assert_uint_eq(pager.top, 1);
	ck_assert(!pager_press(&pager, 'x'));
	ck_assert(!pager_press(&pager, K_ESCAPE));
}
END_TEST

START_TEST(every_help_names_its_keys)
{
	static const struct menu_list list = { .timeout = MENU_WAITS };
	static struct menu_model menu;
	static struct editor editor;
	static struct shell shell;

	menu_init(&menu, &list, 0);
	menu_press(&menu, '?');
	ck_assert_str_eq(menu.pager->heading, "Keys of the menu");
	menu_press(&menu, 'x');
	menu_edit_source(&menu, &editor);
	menu_press(&menu, '?');
	ck_assert_str_eq(menu.pager->heading, "Keys of the editor");
	menu_press(&menu, 'x');
	shell_begin(&shell, NULL);
	menu_open_shell(&menu, &shell);
	menu_press(&menu, K_F1);
	ck_assert_str_eq(menu.pager->heading, "Keys of the command line");
	menu_press(&menu, K_ESCAPE);
	ck_assert_ptr_null(menu.pager);
	ck_assert_ptr_nonnull(menu.shell);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("pager");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, values_stand_beside_their_names);
	tcase_add_test(tc, long_values_are_wrapped_and_stay_beside);
	tcase_add_test(tc, values_stand_below_where_it_is_narrow);
	tcase_add_test(tc, there_is_an_end_at_every_width);
	tcase_add_test(tc, what_is_added_is_copied_and_counted);
	tcase_add_test(tc, more_than_256_kib_is_refused);
	tcase_add_test(tc, scrolls_and_stops_at_both_ends);
	tcase_add_test(tc, every_help_names_its_keys);
	return run_suite("pager", &tc, 1);
}
