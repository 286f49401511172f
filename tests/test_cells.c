/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "menu/cells.h"
#include "src/base/length.h"
#include "src/base/utf8.h"

static char out[CELLS_LINE_MAX];

/* Widths are the C library's, and it has none for Unicode without a locale. */
static void setup(void)
{
	ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
	memset(out, 'x', sizeof(out));
}

static const struct {
	const char *text;
	const char *utf8, *ascii; /* as they are shown, with room for all */
} shown[] = {
	{ "", "", "" },
	{ "Debian 12", "Debian 12", "Debian 12" },
	{ "Gr\xc3\xbc\xc3\x9f"
	  "e",
		"Gr\xc3\xbc\xc3\x9f"
		"e",
		"Gr\\u00fc\\u00dfe" },
	{ "\xe4\xb8\x96", "\xe4\xb8\x96", "\\u4e16" },
	{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", "\\U0001f600" },
	/* nothing that is not printable: C0, DEL, C1, broken, bidi */
	{ "a\x1b[2Jb\n\v", "a\\x1b[2Jb\\x0a\\x0b", "a\\x1b[2Jb\\x0a\\x0b" },
	{ "\ta\tb", "    a    b", "    a    b" },
	{ "\x7f", "\\x7f", "\\x7f" },
	{ "\xc2\x9b", "\\xc2\\x9b", "\\xc2\\x9b" },
	{ "\xff\xc3", "\\xff\\xc3", "\\xff\\xc3" },
	{ "\xe2\x80\xae", "\\xe2\\x80\\xae", "\\xe2\\x80\\xae" },
	/* a code point without a character */
	{ "\xcd\xb8", "\\u0378", "\\u0378" },
	/* joiners and selectors are left out */
	{ "a\xe2\x80\x8d\xef\xb8\x8f"
	  "b",
		"ab", "ab" },
	/* marks: three at most, and none without a character below them */
	{ "e\xcc\x81", "e\xcc\x81", "e\\u0301" },
	{ "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81x",
		"e\xcc\x81\xcc\x81\xcc\x81x",
		"e\\u0301\\u0301\\u0301\\u0301\\u0301x" },
	{ "\xcc\x81"
	  "e",
		"e", "\\u0301e" },
};

START_TEST(shows_what_can_be_shown_and_escapes_the_rest)
{
	cells_window(shown[_i].text, true, 0, 200, out);
	ck_assert_str_eq(out, shown[_i].utf8);
	cells_window(shown[_i].text, false, 0, 200, out);
	ck_assert_str_eq(out, shown[_i].ascii);
}
END_TEST

static const struct {
	const char *text;
	size_t skip, cols;
	const char *window;
} windows[] = {
	{ "0123456789", 0, 10, "0123456789" },
	{ "0123456789", 0, 9, "01234567>" },
	{ "0123456789", 0, 1, ">" },
	{ "0123456789", 0, 0, "" },
	{ "0123456789", 4, 6, "<56789" },
	{ "0123456789", 4, 5, "<567>" },
	{ "0123456789", 4, 1, "<" },
	{ "0123456789", 20, 5, "<" },
	{ "", 4, 5, "" },
	/* characters of two columns are never cut in half */
	{ "\xe4\xb8\x96\xe4\xb8\x96", 0, 4, "\xe4\xb8\x96\xe4\xb8\x96" },
	{ "\xe4\xb8\x96\xe4\xb8\x96", 0, 3, "\xe4\xb8\x96>" },
	{ "\xe4\xb8\x96\xe4\xb8\x96", 0, 2, " >" },
	{ "\xe4\xb8\x96\xe4\xb8\x96x", 2, 3, "< x" },
	{ "\xe4\xb8\x96\xe4\xb8\x96x", 1, 4, "<\xe4\xb8\x96x" },
};

START_TEST(cuts_with_a_mark)
{
	size_t cols = cells_window(windows[_i].text, true, windows[_i].skip,
		windows[_i].cols, out);

	ck_assert_str_eq(out, windows[_i].window);
	ck_assert_uint_eq(cols, cells_width(out, true));
	ck_assert(cols <= windows[_i].cols);
}
END_TEST

/* Every character printable by itself; the columns of all, or -1. */
static int printable_columns(const char *text, bool utf8)
{
	uint32_t point = 0;
	int width, cols = 0;
	size_t n;

	for (; *text; text += n) {
		n = utf8_decode(text, strlen(text), &point);
		width = n > 0 ? wcwidth((wchar_t)point) : -1;
		if (width < 0 || !utf8_printable(point))
			return -1;
		if (!utf8 && point >= 0x7f)
			return -1;
		cols += width;
	}
	return cols;
}

/* Any text in any window: valid, printable, and not too wide. */
static void check_window(const char *text, bool utf8, size_t skip, size_t cols)
{
	size_t used = cells_window(text, utf8, skip, cols, out);

	/* Plain ifs: Check takes a millisecond to note each assertion. */
	if (used > cols || printable_columns(out, utf8) != (int)used)
		ck_abort_msg("\"%s\" in %zu columns from %zu", out, cols, skip);
}

START_TEST(never_shows_more_than_fits_whatever_the_bytes)
{
	unsigned int seed = 1;
	char text[40];

	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof(text) - 1; i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = (char)(seed >> 16 | 1);
			if (seed & 0x1000000) /* more of them valid */
				text[i] = "\xcc\x81\xe4\xb8\x96z"[(seed >> 8) %
					6];
		}
		text[sizeof(text) - 1] = '\0';
		check_window(text, round & 1, seed >> 8 & 31, seed >> 20 & 31);
	}
}
END_TEST

START_TEST(a_title_of_4096_bytes_stays_within_the_line)
{
	static const char *const bytes[] = { "\xf0\x9f\x98\x80", "\xcc\x81",
		"\x1b" };
	char text[4097] = "";
	size_t len = strlen(bytes[_i]);

	for (size_t i = 0; i + len < sizeof(text); i += len)
		memcpy(text + i, bytes[_i], len + 1);
	cells_window(text, true, 0, 1000, out);
	ck_assert_uint_lt(strlen(out), CELLS_LINE_MAX);
	ck_assert_uint_le(cells_width(out, true), 1000);
	cells_window(text, false, 100000, 1000, out);
	ck_assert_uint_le(strlen(out), 1000);
}
END_TEST

static const struct {
	const char *text;
	size_t cols;
	const char *lines[4];
} wrapped[] = {
	{ "one two three", 20, { "one two three" } },
	{ "one two three", 7, { "one two", "three" } },
	{ "one two three", 6, { "one", "two", "three" } },
	{ "onetwothree", 4, { "onet", "woth", "ree" } },
	{ "one  two", 3, { "one", "two" } },
	{ "a\x1b"
	  "b",
		6, { "a\\x1bb" } },
	{ "\xe4\xb8\x96\xe4\xb8\x96", 3, { "\xe4\xb8\x96", "\xe4\xb8\x96" } },
	{ "\xe4\xb8\x96", 1, { "" } },
};

START_TEST(wraps_at_blanks)
{
	const char *text = wrapped[_i].text;

	for (size_t i = 0; i < 4 && wrapped[_i].lines[i]; i++) {
		ck_assert(*text);
		cells_wrap(&text, true, wrapped[_i].cols, out);
		ck_assert_str_eq(out, wrapped[_i].lines[i]);
	}
	ck_assert_str_eq(text, "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cells");
	TCase *tcase = tcase_create("cells");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, shows_what_can_be_shown_and_escapes_the_rest,
		0, LENGTH(shown));
	tcase_add_loop_test(tcase, cuts_with_a_mark, 0, LENGTH(windows));
	tcase_add_test(tcase, never_shows_more_than_fits_whatever_the_bytes);
	tcase_add_loop_test(
		tcase, a_title_of_4096_bytes_stays_within_the_line, 0, 3);
	tcase_add_loop_test(tcase, wraps_at_blanks, 0, LENGTH(wrapped));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
