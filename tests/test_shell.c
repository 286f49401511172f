/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "menu/keys.h"
#include "menu/shell.h"
#include "src/base/length.h"
#include "tests/support/runner.h"

static struct shell shell;
static struct line_history history;
static char all[4096];

static void setup(void)
{
	ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
	shell_begin(&shell, &history);
	shell_set_room(&shell, 5, 20, true);
}

static void teardown(void)
{
	shell_end(&shell);
	line_history_free(&history);
}

/* All rows that were printed, each with a | behind it. */
static const char *printed(void)
{
	char row[CELLS_LINE_MAX];
	char *at = all;

	shell_set_room(&shell, shell.rows, shell.cols, shell.utf8);
	*at = '\0';
	for (size_t i = 0; i < shell.count; i++) {
		shell_row(&shell, i, row);
		ck_assert_uint_le(cells_width(row, shell.utf8), shell.cols);
		at += sprintf(at, "%s|", row);
	}
	return all;
}

static enum shell_result type(const char *keys)
{
	enum shell_result result = SHELL_OPEN;

	for (; *keys && result == SHELL_OPEN; keys++)
		result = shell_press(
			&shell, *keys == '\n' ? K_ENTER : (unsigned char)*keys);
	return result;
}

START_TEST(a_line_is_entered_and_then_the_next)
{
	ck_assert_str_eq(shell_prompt(&shell), "hostgrub> ");
	ck_assert_int_eq(type("ls -l\n"), SHELL_ENTERED);
	ck_assert_str_eq(shell_line(&shell), "ls -l");
	ck_assert(!shell_line_seen(&shell));
	shell_print(&shell, "(xen0)\n");
	shell_ready(&shell);
	ck_assert(shell_line_seen(&shell));
	ck_assert_str_eq(shell.line.now.text, "");
	ck_assert_int_eq(type("boot\n"), SHELL_ENTERED);
	ck_assert_str_eq(shell_line(&shell), "boot");
	ck_assert_str_eq(printed(), "hostgrub> ls -l|(xen0)|hostgrub> boot|");
}
END_TEST

START_TEST(a_statement_goes_on_in_the_next_line)
{
	type("if true\n");
	shell_more(&shell);
	ck_assert_str_eq(shell_prompt(&shell), "> ");
	/* nothing is a line of it, too */
	ck_assert_int_eq(type("\n"), SHELL_ENTERED);
	ck_assert_str_eq(shell_line(&shell), "");
	shell_more(&shell);
	ck_assert_int_eq(type("fi\n"), SHELL_ENTERED);
	shell_ready(&shell);
	ck_assert_str_eq(shell_prompt(&shell), "hostgrub> ");
	ck_assert_str_eq(printed(), "hostgrub> if true|> |> fi|");
}
END_TEST

/* Who opens it again begins anew, as the one who runs it does. */
START_TEST(a_statement_ends_where_it_is_closed)
{
	type("if true\n");
	shell_more(&shell);
	ck_assert_int_eq(shell_press(&shell, K_ESCAPE), SHELL_CLOSED);
	shell_ready(&shell);
	ck_assert_str_eq(shell_prompt(&shell), "hostgrub> ");
}
END_TEST

START_TEST(an_empty_line_is_no_command)
{
	ck_assert_int_eq(type("\n  \n"), SHELL_OPEN);
	ck_assert_str_eq(printed(), "hostgrub> |hostgrub>   |");
	ck_assert_str_eq(shell.line.now.text, "");
	ck_assert_uint_eq(history.count, 0);
}
END_TEST

START_TEST(earlier_lines_come_back)
{
	type("one\n");
	shell_ready(&shell);
	type("two\n");
	shell_ready(&shell);
	shell_press(&shell, K_UP);
	ck_assert_str_eq(shell.line.now.text, "two");
	shell_press(&shell, K_CTRL('P'));
	ck_assert_str_eq(shell.line.now.text, "one");
	shell_press(&shell, K_DOWN);
	ck_assert_str_eq(shell.line.now.text, "two");
	/* also in a command line that is opened later */
	shell_begin(&shell, &history);
	shell_press(&shell, K_UP);
	ck_assert_str_eq(shell.line.now.text, "two");
}
END_TEST

START_TEST(keys_are_kept_while_a_command_runs)
{
	type("slow\n");
	ck_assert_int_eq(type("ls\nboot"), SHELL_OPEN);
	ck_assert(!shell_has_key(&shell));
	ck_assert_str_eq(printed(), "hostgrub> slow|");
	shell_ready(&shell);
	ck_assert(shell_has_key(&shell));
	/* and one that is typed now comes behind them */
	ck_assert_int_eq(type("\n"), SHELL_OPEN);
	ck_assert_int_eq(shell_press_kept(&shell), SHELL_OPEN);
	ck_assert_int_eq(shell_press_kept(&shell), SHELL_OPEN);
	ck_assert_int_eq(shell_press_kept(&shell), SHELL_ENTERED);
	ck_assert_str_eq(shell_line(&shell), "ls");
	ck_assert(!shell_has_key(&shell));
	shell_ready(&shell);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(shell_press_kept(&shell), SHELL_OPEN);
	ck_assert_int_eq(shell_press_kept(&shell), SHELL_ENTERED);
	ck_assert_str_eq(shell_line(&shell), "boot");
	shell_ready(&shell);
	ck_assert(!shell_has_key(&shell));
}
END_TEST

START_TEST(only_so_many_keys_are_kept)
{
	type("slow\n");
	for (int i = 0; i < 2 * SHELL_KEYS_MAX; i++)
		type("x");
	shell_ready(&shell);
	while (shell_has_key(&shell))
		shell_press_kept(&shell);
	ck_assert_uint_eq(shell.line.now.len, SHELL_KEYS_MAX);
}
END_TEST

START_TEST(a_completion_is_put_in_at_the_cursor)
{
	type("cat (xen0,)/etc");
	for (int i = 0; i < 5; i++)
		shell_press(&shell, K_LEFT);
	ck_assert_int_eq(type("\t"), SHELL_COMPLETE);
	ck_assert_str_eq(shell_line(&shell), "cat (xen0,");
	shell_completed(&shell, "msdos1", NULL, 0);
	ck_assert_str_eq(shell.line.now.text, "cat (xen0,msdos1)/etc");
	ck_assert_uint_eq(shell.line.at, 16);
	ck_assert_str_eq(printed(), "");
	type("x");
	ck_assert_str_eq(shell.line.now.text, "cat (xen0,msdos1x)/etc");
}
END_TEST

START_TEST(candidates_are_listed_in_columns_and_the_line_goes_on)
{
	static const char *const names[] = { "linux", "ls", "loopback", "世",
		"\x1b" };

	type("l\t");
	shell_completed(&shell, "", names, 5);
	ck_assert_str_eq(
		printed(), "hostgrub> l|linux     ls|loopback  世|\\x1b|");
	ck_assert_str_eq(shell.line.now.text, "l");
	ck_assert_int_eq(type("s\n"), SHELL_ENTERED);
	ck_assert_str_eq(shell_line(&shell), "ls");
}
END_TEST

START_TEST(keys_are_kept_while_it_completes_and_more_stays)
{
	type("if x\n");
	shell_more(&shell);
	type("l\t");
	ck_assert_int_eq(type("\n"), SHELL_OPEN);
	shell_completed(&shell, "s", NULL, 0);
	ck_assert_str_eq(shell_prompt(&shell), "> ");
	ck_assert_int_eq(shell_press_kept(&shell), SHELL_ENTERED);
	ck_assert_str_eq(shell_line(&shell), "ls");
	/* one that failed leaves the line as it is */
	shell_ready(&shell);
	type("l\t");
	shell_ready(&shell);
	ck_assert_str_eq(shell.line.now.text, "l");
}
END_TEST

START_TEST(a_completion_without_room_is_said_so)
{
	static char text[LINE_TEXT_MAX + 1];

	memset(text, 'x', LINE_TEXT_MAX);
	type("l\t");
	shell_completed(&shell, text, NULL, 0);
	ck_assert_str_eq(shell.line.now.text, "l");
	ck_assert_str_eq(printed(), "The line cannot be|longer.|");
}
END_TEST

static const struct {
	const char *parts[4];
	const char *rows;
} prints[] = {
	{ { "one\ntwo\n" }, "one|two|" },
	{ { "o", "ne\nt", "wo" }, "one|two|" },
	{ { "a\r\nb\r", "\n" }, "a|b|" },
	{ { "\n\na\n" }, "||a|" },
	{ { "a\tb\n\tc\n" }, "a       b|        c|" },
	{ { "1234567\tb\n12345678\tc\n" }, "1234567 b|12345678        c|" },
	{ { "123", "4\tx\n" }, "1234    x|" },
	{ { "世界\tx\n" }, "世界    x|" },
	{ { "\x1b[2J\xff\n" }, "\\x1b[2J\\xff|" },
	{ { "\xe4\xb8", "\x96\n" }, "世|" },
	{ { "0123456789 123456789012345\n" }, "0123456789|123456789012345|" },
	{ { "01234567890123456789", "\n", "x\n" }, "01234567890123456789|x|" },
	{ { "012345678901234567890123\n" }, "01234567890123456789|0123|" },
	{ { "  indented\n" }, "  indented|" },
	{ { "" }, "" },
};

START_TEST(shows_what_is_printed_row_by_row)
{
	shell.state = SHELL_RUNS;
	for (size_t i = 0; i < 4 && prints[_i].parts[i]; i++) {
		shell_print(&shell, prints[_i].parts[i]);
		printed(); /* laid out meanwhile, or not: it is the same */
	}
	shell_ready(&shell);
	ck_assert_str_eq(printed(), prints[_i].rows);
	setup();
	shell.state = SHELL_RUNS;
	for (size_t i = 0; i < 4 && prints[_i].parts[i]; i++)
		shell_print(&shell, prints[_i].parts[i]);
	shell_ready(&shell);
	ck_assert_str_eq(printed(), prints[_i].rows);
}
END_TEST

START_TEST(another_width_wraps_anew)
{
	shell_print(&shell, "0123456789 123456789\nx\n");
	ck_assert_str_eq(printed(), "0123456789 123456789|x|");
	shell_set_room(&shell, 5, 12, true);
	ck_assert_str_eq(printed(), "0123456789|123456789|x|");
	shell_set_room(&shell, 5, 4, true);
	ck_assert_str_eq(printed(), "0123|4567|89|1234|5678|9|x|");
	shell_set_room(&shell, 5, 20, true);
	ck_assert_str_eq(printed(), "0123456789 123456789|x|");
}
END_TEST

static void print_numbers(int count)
{
	char line[32];

	for (int i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "%d\n", i);
		shell_print(&shell, line);
	}
	shell_set_room(&shell, 5, 20, true);
}

START_TEST(the_last_rows_are_seen_and_earlier_ones_can_be)
{
	print_numbers(20); /* and the line: 21 rows, five are seen */
	ck_assert_uint_eq(shell_top(&shell), 16);
	ck_assert(shell_more_above(&shell) && !shell_more_below(&shell));
	ck_assert(shell_line_seen(&shell));
	shell_press(&shell, K_PAGE_UP);
	ck_assert_uint_eq(shell_top(&shell), 12);
	ck_assert(!shell_line_seen(&shell));
	ck_assert(shell_more_below(&shell));
	for (int i = 0; i < 10; i++)
		shell_press(&shell, K_PAGE_UP);
	ck_assert_uint_eq(shell_top(&shell), 0);
	ck_assert(!shell_more_above(&shell));
	shell_press(&shell, K_PAGE_DOWN);
	ck_assert_uint_eq(shell_top(&shell), 4);
	/* typing goes to where it is seen */
	type("x");
	ck_assert_uint_eq(shell_top(&shell), 16);
	shell_press(&shell, K_PAGE_UP);
	shell_print(&shell, "more\n");
	shell_set_room(&shell, 5, 20, true);
	ck_assert_uint_eq(shell_top(&shell), 17);
	shell_press(&shell, K_PAGE_DOWN);
	ck_assert_uint_eq(shell_top(&shell), 17);
}
END_TEST

START_TEST(everything_can_be_cleared)
{
	print_numbers(20);
	type("ls");
	ck_assert_int_eq(type("\f"), SHELL_OPEN);
	ck_assert_str_eq(printed(), "");
	ck_assert_uint_eq(shell_top(&shell), 0);
	ck_assert_str_eq(shell.line.now.text, "ls");
	shell_print(&shell, "x\n");
	ck_assert_str_eq(printed(), "x|");
}
END_TEST

START_TEST(the_oldest_lines_are_forgotten)
{
	char row[CELLS_LINE_MAX];

	print_numbers(100000);
	ck_assert_uint_le(shell.len, SHELL_TEXT_MAX);
	ck_assert_uint_ge(shell.len, SHELL_TEXT_MAX / 2);
	shell_row(&shell, 0, row);
	ck_assert_str_eq(row, "...");
	for (size_t i = 1; i < shell.count; i++) {
		char number[32];

		snprintf(number, sizeof(number), "%zu",
			100000 - shell.count + i);
		shell_row(&shell, i, row);
		if (strcmp(row, number) != 0)
			ck_abort_msg("row %zu is %s, not %s", i, row, number);
	}
}
END_TEST

START_TEST(a_line_without_end_is_kept_in_part)
{
	static char text[10000];
	char row[CELLS_LINE_MAX];

	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 50; i++) {
		shell_print(&shell, text);
		shell_set_room(&shell, 5, 20, true);
	}
	ck_assert_uint_le(shell.len, SHELL_TEXT_MAX);
	shell_ready(&shell);
	shell_print(&shell, "end\n");
	shell_set_room(&shell, 5, 20, true);
	shell_row(&shell, shell.count - 1, row);
	ck_assert_str_eq(row, "end");
	shell_row(&shell, 1, row);
	ck_assert_str_eq(row, "xxxxxxxxxxxxxxxxxxxx");
}
END_TEST

static const struct {
	const char *typed;
	uint32_t key;
	enum shell_result result;
	const char *left;
} ends[] = {
	{ "", K_ESCAPE, SHELL_CLOSED, "" },
	{ "ls", K_ESCAPE, SHELL_CLOSED, "ls" },
	{ "", K_CTRL('D'), SHELL_CLOSED, "" },
	{ "ls\x01", K_CTRL('D'), SHELL_OPEN, "s" },
	{ "ls", K_CTRL('G'), SHELL_OPEN, "" },
	{ "ls", K_F1, SHELL_HELP, "ls" },
	{ "ls", '?', SHELL_OPEN, "ls?" },
	{ "ls", 'q', SHELL_OPEN, "lsq" },
};

START_TEST(closes_by_key)
{
	type(ends[_i].typed);
	ck_assert_int_eq(shell_press(&shell, ends[_i].key), ends[_i].result);
	ck_assert_str_eq(shell.line.now.text, ends[_i].left);
}
END_TEST

/* Whatever is printed and pressed, what is drawn exists. */
START_TEST(survives_any_keys_and_any_text)
{
	unsigned int seed = (unsigned int)_i + 1;
	char text[64];

	for (int i = 0; i < 2000; i++) {
		for (size_t j = 0; j < sizeof(text) - 1; j++) {
			seed = seed * 1103515245 + 12345;
			text[j] = (char)(seed >> 16 | 1);
			if (seed & 0x2000000)
				text[j] = "\n\t\r a"[(seed >> 8) % 5];
		}
		text[seed >> 16 & 63] = '\0';
		if (seed & 1)
			shell_print(&shell, text);
		if ((seed >> 12) % 16 == 0)
			shell_ready(&shell);
		if ((seed >> 12) % 64 == 1)
			shell_set_room(&shell, seed >> 20 & 15, seed >> 24 & 31,
				seed & 8);
		shell_press(&shell,
			seed & 4 ? (seed >> 17) % 128
				 : K_FIRST + (seed >> 17) % 30);
		if (shell.len > SHELL_TEXT_MAX || shell.count > shell.len ||
			shell_top(&shell) > shell.count)
			ck_abort_msg("after %d keys", i);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("shell");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_line_is_entered_and_then_the_next);
	tcase_add_test(tc, a_statement_goes_on_in_the_next_line);
	tcase_add_test(tc, a_statement_ends_where_it_is_closed);
	tcase_add_test(tc, an_empty_line_is_no_command);
	tcase_add_test(tc, earlier_lines_come_back);
	tcase_add_test(tc, keys_are_kept_while_a_command_runs);
	tcase_add_test(tc, only_so_many_keys_are_kept);
	tcase_add_test(tc, a_completion_is_put_in_at_the_cursor);
	tcase_add_test(
		tc, candidates_are_listed_in_columns_and_the_line_goes_on);
	tcase_add_test(tc, keys_are_kept_while_it_completes_and_more_stays);
	tcase_add_test(tc, a_completion_without_room_is_said_so);
	tcase_add_loop_test(
		tc, shows_what_is_printed_row_by_row, 0, LENGTH(prints));
	tcase_add_test(tc, another_width_wraps_anew);
	tcase_add_test(tc, the_last_rows_are_seen_and_earlier_ones_can_be);
	tcase_add_test(tc, everything_can_be_cleared);
	tcase_add_test(tc, the_oldest_lines_are_forgotten);
	tcase_add_test(tc, a_line_without_end_is_kept_in_part);
	tcase_add_loop_test(tc, closes_by_key, 0, LENGTH(ends));
	tcase_add_loop_test(tc, survives_any_keys_and_any_text, 0, 4);
	return run_suite("shell", &tc, 1);
}
