/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <check.h>
#include <stdlib.h>

#include "menu/layout.h"

static struct layout at;

START_TEST(fills_a_terminal_of_24_rows)
{
	layout_fit(&at, 24, 80, 0, 0);
	ck_assert_int_eq(at.heading, 0);
	ck_assert_int_eq(at.message_rows, 0);
	ck_assert(at.frame);
	ck_assert_int_eq(at.list, 2);
	ck_assert_int_eq(at.list_rows, 19);
	ck_assert_int_eq(at.list_col, 1);
	ck_assert_int_eq(at.list_cols, 78);
	ck_assert_int_eq(at.marks_col, 79);
	ck_assert_int_eq(at.status, 22);
	ck_assert_int_eq(at.keys, 23);
}
END_TEST

START_TEST(leaves_the_frame_out_where_it_is_small)
{
	layout_fit(&at, 8, 20, 0, 0);
	ck_assert(!at.frame);
	ck_assert_int_eq(at.heading, 0);
	ck_assert_int_eq(at.list, 1);
	ck_assert_int_eq(at.list_rows, 5);
	ck_assert_int_eq(at.list_cols, 19);
	ck_assert_int_eq(at.status, 6);
	ck_assert_int_eq(at.keys, 7);
}
END_TEST

START_TEST(gives_a_message_at_most_a_third_of_the_rest)
{
	layout_fit(&at, 24, 80, 2, 0);
	ck_assert_int_eq(at.message, 1);
	ck_assert_int_eq(at.message_rows, 2);
	ck_assert_int_eq(at.list, 4);
	layout_fit(&at, 24, 80, 1000, 0);
	ck_assert_int_eq(at.message_rows, 7);
	ck_assert_int_ge(at.list_rows, 11);
}
END_TEST

START_TEST(keeps_an_entry_and_the_message_on_two_rows)
{
	layout_fit(&at, 2, 80, 1, 0);
	ck_assert_int_eq(at.message, 0);
	ck_assert_int_eq(at.message_rows, 1);
	ck_assert_int_eq(at.list, 1);
	ck_assert_int_eq(at.list_rows, 1);
	ck_assert_int_eq(at.status, LAYOUT_NO_ROW);
	ck_assert_int_eq(at.keys, LAYOUT_NO_ROW);
	ck_assert_int_eq(at.heading, LAYOUT_NO_ROW);
}
END_TEST

START_TEST(says_what_an_entry_boots_where_the_list_can_spare_it)
{
	layout_fit(&at, 24, 80, 0, 3);
	ck_assert_int_eq(at.list_rows, 16);
	ck_assert_int_eq(at.detail, 19);
	ck_assert_int_eq(at.detail_rows, 3);
	ck_assert_int_eq(at.status, 22);
	layout_fit(&at, 14, 80, 0, 3);
	ck_assert_int_eq(at.detail_rows, 2);
	layout_fit(&at, 12, 80, 0, 3);
	ck_assert_int_eq(at.detail_rows, 0);
}
END_TEST

/* Nothing overlaps, nothing is outside, and every row is used. */
static void check_layout(int rows, int cols)
{
	int next = at.heading == LAYOUT_NO_ROW ? 0 : 1;
	bool good = at.list_rows >= 1 &&
		(at.message_rows == 0 || at.message == next);

	next += at.message_rows + at.frame;
	good = good && at.list == next;
	next += at.list_rows + at.frame;
	good = good && (at.detail_rows == 0 || at.detail == next) &&
		(at.detail_rows == 0 || at.list_rows >= 4);
	next += at.detail_rows;
	if (at.status != LAYOUT_NO_ROW)
		good = good && at.status == next++;
	if (at.keys != LAYOUT_NO_ROW)
		good = good && at.keys == next++;
	if (!good || next != rows || at.marks_col >= cols ||
		at.list_col + at.list_cols != at.marks_col)
		ck_abort_msg("%d rows, %d columns", rows, cols);
}

START_TEST(fits_every_size_from_one_cell_on)
{
	for (int rows = 1; rows <= 120; rows++) {
		for (int cols = 1; cols <= 300; cols += 7) {
			for (int message = 0; message < 30; message += 3) {
				layout_fit(
					&at, rows, cols, message, message % 4);
				check_layout(rows, cols);
				if (at.message_rows > message)
					ck_abort_msg("%d rows", rows);
			}
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("layout");
	TCase *tcase = tcase_create("layout");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tcase, fills_a_terminal_of_24_rows);
	tcase_add_test(tcase, leaves_the_frame_out_where_it_is_small);
	tcase_add_test(tcase, gives_a_message_at_most_a_third_of_the_rest);
	tcase_add_test(tcase, keeps_an_entry_and_the_message_on_two_rows);
	tcase_add_test(
		tcase, says_what_an_entry_boots_where_the_list_can_spare_it);
	tcase_add_test(tcase, fits_every_size_from_one_cell_on);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
