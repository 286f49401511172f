/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <limits.h>
#include <string.h>

#include "src/base/length.h"
#include "tests/support/menutest.h"
#include "tests/support/runner.h"

#define MANY 20000

static struct menu_item items[MANY];

static void setup(void)
{
	show_titles(items, MANY);
	list.count = 20;
	begin();
}

static void restart(int timeout, enum menu_look look)
{
	list.timeout = timeout;
	list.look = look;
	begin();
}

static const struct {
	size_t from;
	uint32_t key;
	size_t to;
} moves[] = {
	{ 3, K_UP, 2 },
	{ 3, K_CTRL('P'), 2 },
	{ 3, '^', 2 },
	{ 0, K_UP, 0 },
	{ 3, K_DOWN, 4 },
	{ 3, K_CTRL('N'), 4 },
	{ 3, 'v', 4 },
	{ 19, K_DOWN, 19 },
	{ 3, K_HOME, 0 },
	{ 3, K_CTRL('A'), 0 },
	{ 3, K_END, 19 },
	{ 3, K_CTRL('E'), 19 },
	{ 3, K_PAGE_DOWN, 8 },
	{ 3, K_CTRL('V'), 8 },
	{ 17, K_PAGE_DOWN, 19 },
	{ 8, K_PAGE_UP, 3 },
	{ 8, K_CTRL('G'), 3 },
	{ 4, K_PAGE_UP, 0 },
	/* what has no meaning moves nothing */
	{ 3, K_OTHER, 3 },
	{ 3, K_META | 'v', 3 },
	{ 3, 'x', 3 },
	{ 3, 0x4e16, 3 },
	{ 3, K_LEFT, 3 },
	{ 3, K_ESCAPE, 3 },
};

START_TEST(moves_the_selection)
{
	menu_select(&menu, moves[_i].from);
	ck_assert_int_eq(menu_press(&menu, moves[_i].key), MENU_NONE);
	ck_assert_uint_eq(menu.selected, moves[_i].to);
	ck_assert(menu.selected >= menu.top && menu.selected < menu.top + 5);
}
END_TEST

static const struct {
	bool nested;
	uint32_t key;
	enum menu_action action;
} actions[] = {
	{ false, K_ENTER, MENU_CHOSEN },
	{ false, 'b', MENU_CHOSEN },
	{ false, K_RIGHT, MENU_CHOSEN },
	{ false, K_CTRL('F'), MENU_CHOSEN },
	{ false, 'a', MENU_EDIT },
	{ false, '\t', MENU_EDIT },
	{ false, 'e', MENU_SOURCE },
	{ false, K_F1 + 3, MENU_SOURCE },
	{ false, 'c', MENU_SHELL },
	{ false, K_F1 + 1, MENU_SHELL },
	{ false, 'l', MENU_EXPLAIN },
	{ false, K_F1 + 4, MENU_EXPLAIN },
	{ false, 'p', MENU_LOGIN },
	{ false, K_F1 + 5, MENU_LOGIN },
	{ false, 'q', MENU_ABORT },
	{ false, K_CTRL('C'), MENU_ABORT },
	{ false, K_ESCAPE, MENU_NONE },
	{ false, K_LEFT, MENU_NONE },
	{ true, K_ENTER, MENU_CHOSEN },
	{ true, K_ESCAPE, MENU_BACK },
	{ true, K_LEFT, MENU_BACK },
	{ true, K_CTRL('B'), MENU_BACK },
	{ true, 'q', MENU_ABORT },
};

START_TEST(decides_by_key)
{
	list.nested = actions[_i].nested;
	menu_select(&menu, 7);
	ck_assert_int_eq(
		menu_press(&menu, actions[_i].key), actions[_i].action);
	ck_assert_uint_eq(menu.selected, 7);
}
END_TEST

static void rest(void)
{
	list.peeks = true;
	begin();
	menu.details = true;
}

START_TEST(looks_at_an_entry_when_the_selection_rests)
{
	rest();
	ck_assert_int_eq(menu_wait(&menu, START), 0);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_PEEK);
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	ck_assert_int_eq(menu_tick(&menu, START + 5000), MENU_NONE);
	for (int i = 1; i < 4; i++) {
		menu_press(&menu, K_DOWN);
		ck_assert_int_eq(
			menu_wait(&menu, START + 5000 + i), MENU_REST_MS);
		ck_assert_int_eq(menu_tick(&menu, START + 5000 + i), MENU_NONE);
	}
	ck_assert_int_eq(menu_wait(&menu, START + 5003), MENU_REST_MS);
	ck_assert_int_eq(
		menu_tick(&menu, START + 5002 + MENU_REST_MS), MENU_NONE);
	ck_assert_int_eq(menu_wait(&menu, START + 5002 + MENU_REST_MS), 1);
	ck_assert_int_eq(
		menu_tick(&menu, START + 5003 + MENU_REST_MS), MENU_PEEK);
	ck_assert_uint_eq(menu.selected, 3);
}
END_TEST

START_TEST(looks_at_nothing_that_is_known_or_not_seen)
{
	rest();
	items[0].detail = "known";
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	items[0].detail = NULL;
	items[0].submenu = true;
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	items[0].submenu = false;
	items[0].restricted = true;
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	items[0].restricted = false;
	menu.details = false;
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	menu.details = true;
	menu_ask(&menu, false);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	menu_end_question(&menu);
	menu_press(&menu, '?');
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	menu_press(&menu, 'x');
	ck_assert_int_eq(menu_tick(&menu, START), MENU_PEEK);
	list.timeout = 5;
	list.look = MENU_LOOK_HIDDEN;
	rest();
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	ck_assert_int_eq(menu_wait(&menu, START), 5000);
}
END_TEST

START_TEST(begins_with_the_default_in_sight)
{
	list.chosen = 13;
	menu_init(&menu, &list, START);
	ck_assert_uint_eq(menu.selected, 13);
	menu_set_room(&menu, 5, 40, false);
	ck_assert_uint_eq(menu.top, 11);
	menu_set_room(&menu, 4, 40, false);
	ck_assert_uint_eq(menu.top, 11);
	list.chosen = 20;
	menu_init(&menu, &list, START);
	ck_assert_uint_eq(menu.selected, 19);
}
END_TEST

START_TEST(scrolls_only_when_the_selection_leaves)
{
	for (int i = 0; i < 4; i++)
		menu_press(&menu, K_DOWN);
	ck_assert_uint_eq(menu.top, 0);
	ck_assert(!menu_more_above(&menu));
	menu_press(&menu, K_DOWN);
	ck_assert_uint_eq(menu.top, 1);
	ck_assert(menu_more_above(&menu));
	ck_assert(menu_more_below(&menu));
	menu_press(&menu, K_END);
	ck_assert_uint_eq(menu.top, 15);
	ck_assert(!menu_more_below(&menu));
	menu_press(&menu, K_UP);
	ck_assert_uint_eq(menu.top, 15);
}
END_TEST

START_TEST(keeps_the_selection_in_sight_when_the_room_changes)
{
	menu_select(&menu, 12);
	for (size_t rows = 0; rows < 30; rows++) {
		menu_set_room(&menu, rows, 40, false);
		ck_assert_uint_eq(menu.selected, 12);
		ck_assert(menu.top <= 12 && 12 < menu.top + menu.rows);
		ck_assert(menu.top + menu.rows <= 20 || menu.top == 0);
	}
	ck_assert_uint_eq(menu.top, 0);
	ck_assert(!menu_more_above(&menu) && !menu_more_below(&menu));
}
END_TEST

static const struct {
	const char *digits;
	size_t selected;
} numbers[] = {
	{ "3", 3 },
	{ "0", 0 },
	{ "12", 12 },
	{ "19", 19 },
	{ "20", 0 }, /* 2, and as there is no 20, 0 */
	{ "25", 5 },
	{ "012", 12 },
	{ "9", 9 },
	{ "99999999999999999999999", 9 },
};

START_TEST(digits_select_by_number)
{
	for (const char *digit = numbers[_i].digits; *digit; digit++)
		ck_assert_int_eq(
			menu_press(&menu, (unsigned char)*digit), MENU_NONE);
	ck_assert_uint_eq(menu.selected, numbers[_i].selected);
}
END_TEST

START_TEST(another_key_ends_the_number)
{
	menu_press(&menu, '1');
	menu_press(&menu, K_DOWN);
	menu_press(&menu, '5');
	ck_assert_uint_eq(menu.selected, 5);
	list.count = 3;
	menu_press(&menu, K_HOME);
	menu_press(&menu, '7');
	ck_assert_uint_eq(menu.selected, 0);
}
END_TEST

START_TEST(boots_the_default_when_the_time_is_up)
{
	restart(2, MENU_LOOK_MENU);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_NONE);
	ck_assert_int_eq(menu_seconds(&menu, START), 2);
	ck_assert_int_eq(menu_seconds(&menu, START + 999), 2);
	ck_assert_int_eq(menu_seconds(&menu, START + 1000), 1);
	ck_assert_int_eq(menu_tick(&menu, START + 1999), MENU_NONE);
	ck_assert_int_eq(menu_tick(&menu, START + 2000), MENU_TIMED_OUT);
	ck_assert_int_eq(menu_tick(&menu, START + 3000), MENU_NONE);
}
END_TEST

START_TEST(boots_at_once_with_no_seconds)
{
	restart(0, MENU_LOOK_HIDDEN);
	ck_assert_int_eq(menu_wait(&menu, START), 0);
	ck_assert_int_eq(menu_tick(&menu, START), MENU_TIMED_OUT);
}
END_TEST

START_TEST(waits_for_ever_when_told_to)
{
	ck_assert_int_eq(menu_wait(&menu, START), -1);
	ck_assert_int_eq(menu_tick(&menu, INT64_MAX), MENU_NONE);
	ck_assert_int_eq(menu_seconds(&menu, START), 0);
}
END_TEST

START_TEST(wakes_once_a_second_while_it_counts)
{
	restart(5, MENU_LOOK_MENU);
	ck_assert_int_eq(menu_wait(&menu, START), 1000);
	ck_assert_int_eq(menu_wait(&menu, START + 1), 999);
	ck_assert_int_eq(menu_wait(&menu, START + 999), 1);
	ck_assert_int_eq(menu_wait(&menu, START + 1000), 1000);
	ck_assert_int_eq(menu_wait(&menu, START + 4999), 1);
	ck_assert_int_eq(menu_wait(&menu, START + 5000), 0);
	ck_assert_int_eq(menu_wait(&menu, START + 9000), 0);
	restart(5, MENU_LOOK_HIDDEN);
	ck_assert_int_eq(menu_wait(&menu, START), 5000);
	restart(INT_MAX, MENU_LOOK_HIDDEN);
	ck_assert_int_eq(menu_wait(&menu, START), 3600 * 1000);
	ck_assert_int_eq(menu_seconds(&menu, START), INT_MAX);
}
END_TEST

static const uint32_t any_keys[] = { K_UP, K_OTHER, 'x', ' ', K_ESCAPE, '1',
	'?', 0x4e16 };

START_TEST(any_key_stops_the_countdown_for_good)
{
	restart(1, MENU_LOOK_MENU);
	ck_assert_int_eq(menu_press(&menu, any_keys[_i]), MENU_NONE);
	ck_assert_int_eq(menu_tick(&menu, START + 100000), MENU_NONE);
	ck_assert_int_eq(menu_wait(&menu, START), -1);
}
END_TEST

/* A person who presses Enter at a blank screen wants to see something. */
START_TEST(a_key_uncovers_the_menu_and_does_nothing_else)
{
	static const uint32_t keys[] = { K_ENTER, 'q', K_DOWN, '7', '?' };

	for (size_t i = 0; i < LENGTH(keys); i++) {
		restart(5, _i ? MENU_LOOK_HIDDEN : MENU_LOOK_COUNTDOWN);
		ck_assert(menu.veiled);
		ck_assert_int_eq(menu_press(&menu, keys[i]), MENU_NONE);
		ck_assert(!menu.veiled);
		ck_assert_ptr_null(menu.pager);
		ck_assert_uint_eq(menu.selected, 0);
		ck_assert_int_eq(menu_tick(&menu, START + 9000), MENU_NONE);
	}
	restart(5, MENU_LOOK_HIDDEN);
	ck_assert_int_eq(menu_press(&menu, K_CTRL('C')), MENU_ABORT);
}
END_TEST

START_TEST(a_menu_that_waits_is_never_hidden)
{
	restart(MENU_WAITS, MENU_LOOK_HIDDEN);
	ck_assert(!menu.veiled);
}
END_TEST

START_TEST(escape_takes_the_message_first)
{
	list.nested = true;
	menu.message = "not found";
	menu_press(&menu, K_DOWN);
	ck_assert_str_eq(menu.message, "not found");
	ck_assert_int_eq(menu_press(&menu, K_ESCAPE), MENU_NONE);
	ck_assert_ptr_null(menu.message);
	ck_assert_int_eq(menu_press(&menu, K_ESCAPE), MENU_BACK);
}
END_TEST

START_TEST(an_action_clears_the_message)
{
	menu.message = "not found";
	ck_assert_int_eq(menu_press(&menu, K_ENTER), MENU_CHOSEN);
	ck_assert_ptr_null(menu.message);
}
END_TEST

START_TEST(an_empty_menu_boots_nothing)
{
	list.count = 0;
	restart(1, MENU_LOOK_HIDDEN);
	ck_assert(!menu.veiled);
	ck_assert_int_eq(menu_tick(&menu, START + 5000), MENU_NONE);
	for (size_t i = 0; i < LENGTH(moves); i++) {
		ck_assert_int_eq(menu_press(&menu, moves[i].key), MENU_NONE);
		ck_assert_uint_eq(menu.selected, 0);
	}
	ck_assert_int_eq(menu_press(&menu, K_ENTER), MENU_NONE);
	ck_assert_int_eq(menu_press(&menu, '>'), MENU_NONE);
	ck_assert_int_eq(menu_press(&menu, '0'), MENU_NONE);
	ck_assert_int_eq(menu_press(&menu, 'q'), MENU_ABORT);
}
END_TEST

START_TEST(long_titles_move_as_far_as_they_are_cut)
{
	items[0].title = "0123456789012345678901234567890123456789"
			 "0123456789";
	menu_press(&menu, '>');
	ck_assert_uint_eq(menu.shift, MENU_SHIFT_STEP);
	menu_press(&menu, '>');
	ck_assert_uint_eq(menu.shift, 2 * MENU_SHIFT_STEP);
	menu_press(&menu, '>'); /* 50 - 16 fit into 40 */
	ck_assert_uint_eq(menu.shift, 2 * MENU_SHIFT_STEP);
	menu_press(&menu, '<');
	ck_assert_uint_eq(menu.shift, MENU_SHIFT_STEP);
	menu_press(&menu, K_DOWN);
	ck_assert_uint_eq(menu.shift, 0);
	menu_press(&menu, '<');
	menu_press(&menu, '>');
	ck_assert_uint_eq(menu.shift, 0);
}
END_TEST

START_TEST(help_opens_scrolls_and_closes)
{
	ck_assert_int_eq(menu_press(&menu, '?'), MENU_NONE);
	ck_assert_ptr_eq(menu.pager, &menu.help);
	pager_set_room(menu.pager, 5, 80, false);
	ck_assert(pager_more_below(menu.pager));
	menu_press(&menu, K_DOWN);
	ck_assert_uint_eq(menu.pager->top, 1);
	ck_assert_uint_eq(menu.selected, 0);
	ck_assert_int_eq(menu_press(&menu, 'q'), MENU_NONE);
	ck_assert_ptr_null(menu.pager);
	menu_press(&menu, K_F1);
	ck_assert_ptr_nonnull(menu.pager);
	ck_assert_uint_eq(menu.pager->top, 0);
	ck_assert_int_eq(menu_press(&menu, K_CTRL('C')), MENU_ABORT);
}
END_TEST

START_TEST(says_where_we_are)
{
	char status[MENU_STATUS_MAX];

	menu_select(&menu, 3);
	menu_status(&menu, START, status);
	ck_assert_str_eq(status, "Entry 3 (of 0 to 19)");
	items[3].restricted = true;
	menu_status(&menu, START, status);
	ck_assert_str_eq(status, "Entry 3 (of 0 to 19), asks for a password");
	list.count = 1;
	restart(MENU_WAITS, MENU_LOOK_MENU);
	menu_status(&menu, START, status);
	ck_assert_str_eq(status, "Entry 0 (the only one)");
	restart(10, MENU_LOOK_MENU);
	menu_status(&menu, START, status);
	ck_assert_str_eq(status, "Boots in 10 s, any key stops this");
	list.count = 0;
	restart(10, MENU_LOOK_MENU);
	menu_status(&menu, START, status);
	ck_assert_str_eq(status, "Nothing to boot");
}
END_TEST

START_TEST(walks_through_20000_entries)
{
	list.count = MANY;
	restart(MENU_WAITS, MENU_LOOK_MENU);
	for (size_t i = 1; i < MANY; i++) {
		menu_press(&menu, K_DOWN);
		if (menu.selected != i)
			ck_abort_msg("%zu is %zu", i, menu.selected);
	}
	ck_assert_uint_eq(menu.top, MANY - 5);
	for (const char *digit = "19999"; *digit; digit++)
		menu_press(&menu, (unsigned char)*digit);
	ck_assert_uint_eq(menu.selected, MANY - 1);
}
END_TEST

static bool drawable(void)
{
	return (menu.selected < list.count || menu.selected == 0) &&
		menu.top <= menu.selected &&
		menu.selected < menu.top + menu.rows;
}

/* Whatever is pressed, what is drawn afterwards exists. */
START_TEST(survives_any_keys)
{
	unsigned int seed = (unsigned int)_i + 1;

	list.count = (size_t)_i * 3;
	list.nested = _i & 1;
	restart(5, MENU_LOOK_MENU);
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		if ((seed >> 16) % 50 == 0)
			menu_set_room(&menu, seed >> 20 & 15, 10, false);
		menu_press(&menu,
			(seed >> 16) % 2 ? (seed >> 17) % 128
					 : K_FIRST + (seed >> 17) % 32);
		if (!drawable())
			ck_abort_msg("%zu of %zu seen from %zu", menu.selected,
				list.count, menu.top);
	}
}
END_TEST

static void add_moving(TCase *tcase)
{
	tcase_add_loop_test(tcase, moves_the_selection, 0, LENGTH(moves));
	tcase_add_loop_test(tcase, decides_by_key, 0, LENGTH(actions));
	tcase_add_test(tcase, begins_with_the_default_in_sight);
	tcase_add_test(tcase, scrolls_only_when_the_selection_leaves);
	tcase_add_test(
		tcase, keeps_the_selection_in_sight_when_the_room_changes);
	tcase_add_loop_test(tcase, digits_select_by_number, 0, LENGTH(numbers));
	tcase_add_test(tcase, another_key_ends_the_number);
	tcase_add_test(tcase, long_titles_move_as_far_as_they_are_cut);
	tcase_add_test(tcase, walks_through_20000_entries);
	tcase_add_loop_test(tcase, survives_any_keys, 0, 8);
}

static void add_time(TCase *tcase)
{
	tcase_add_test(tcase, boots_the_default_when_the_time_is_up);
	tcase_add_test(tcase, boots_at_once_with_no_seconds);
	tcase_add_test(tcase, waits_for_ever_when_told_to);
	tcase_add_test(tcase, wakes_once_a_second_while_it_counts);
	tcase_add_loop_test(tcase, any_key_stops_the_countdown_for_good, 0,
		LENGTH(any_keys));
	tcase_add_loop_test(
		tcase, a_key_uncovers_the_menu_and_does_nothing_else, 0, 2);
	tcase_add_test(tcase, a_menu_that_waits_is_never_hidden);
}

int main(void)
{
	TCase *tcase = tcase_create("menu");

	tcase_add_checked_fixture(tcase, setup, NULL);
	add_moving(tcase);
	add_time(tcase);
	tcase_add_test(tcase, escape_takes_the_message_first);
	tcase_add_test(tcase, an_action_clears_the_message);
	tcase_add_test(tcase, an_empty_menu_boots_nothing);
	tcase_add_test(tcase, looks_at_an_entry_when_the_selection_rests);
	tcase_add_test(tcase, looks_at_nothing_that_is_known_or_not_seen);
	tcase_add_test(tcase, help_opens_scrolls_and_closes);
	tcase_add_test(tcase, says_where_we_are);
	return run_suite("menu", &tcase, 1);
}
