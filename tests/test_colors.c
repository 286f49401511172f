/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/colors.h"
#include "src/base/length.h"
#include "tests/support/runner.h"

#define UNSET 255

static const struct {
	uint8_t fg, bg;
	int available;
	struct color_look look;
} seen[] = {
	/* a PC's numbers, and a terminal's */
	{ 3, 1, 16, { 6, 4, false } },   /* cyan on blue */
	{ 4, 6, 16, { 1, 3, false } },   /* red on brown */
	{ 15, 1, 16, { 15, 4, false } }, /* white on blue */
	{ 14, 8, 256, { 11, 8, false } },
	{ 7, 0, 8, { 7, 0, false } },
	/* where there are eight the bright ones are bold, on the plain ones */
	{ 15, 1, 8, { 7, 4, true } },
	{ 0, 15, 8, { 0, 7, false } },
	{ 8, 0, 8, { 7, 0, false } },
	{ 8, 0, 16, { 8, 0, false } },
	/* of two one is enough */
	{ 2, UNSET, 8, { 2, 0, false } },
	{ 0, UNSET, 8, { 0, 7, false } },
	{ UNSET, 1, 8, { 7, 4, false } },
	{ UNSET, 7, 8, { 0, 7, false } },
};

START_TEST(colours_are_mapped)
{
	struct color_look look;

	ck_assert(colors_map(
		seen[_i].fg, seen[_i].bg, seen[_i].available, &look));
	ck_assert_int_eq(look.fg, seen[_i].look.fg);
	ck_assert_int_eq(look.bg, seen[_i].look.bg);
	ck_assert_int_eq(look.bold, seen[_i].look.bold);
}
END_TEST

static const struct {
	uint8_t fg, bg;
	int available;
} unseen[] = {
	{ UNSET, UNSET, 256 },
	{ 0, 0, 256 }, /* as a structure that was zeroed has it */
	{ 5, 5, 8 },
	{ 9, 1, 8 },  /* light blue on blue: bold is not enough */
	{ 8, 7, 8 },  /* gray on gray */
	{ 15, 7, 8 }, /* white on gray */
	{ 3, 1, 0 },
	{ 3, 1, -1 },
	{ 3, 1, 2 },
};

START_TEST(what_cannot_be_read_is_ignored)
{
	struct color_look look;

	ck_assert(!colors_map(
		unseen[_i].fg, unseen[_i].bg, unseen[_i].available, &look));
}
END_TEST

START_TEST(no_two_of_all_are_the_same)
{
	struct color_look look;

	for (int fg = 0; fg < 256; fg++)
		for (int bg = 0; bg < 256; bg++)
			if (colors_map((uint8_t)fg, (uint8_t)bg, 8, &look) &&
				(look.fg == look.bg || look.fg > 7 ||
					look.bg > 7))
				ck_abort_msg("%d on %d", fg, bg);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("colors");

	tcase_add_loop_test(tc, colours_are_mapped, 0, LENGTH(seen));
	tcase_add_loop_test(
		tc, what_cannot_be_read_is_ignored, 0, LENGTH(unseen));
	tcase_add_test(tc, no_two_of_all_are_the_same);
	return run_suite("colors", &tc, 1);
}
