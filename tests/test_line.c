/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "menu/keys.h"
#include "menu/line.h"
#include "src/base/length.h"
#include "tests/support/runner.h"

#define META(key) (K_META | (key))
#define KEYS_MAX 6

static struct line line;
static struct line_history history;

static void setup(void)
{
	ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
	memset(&line, 0, sizeof(line));
}

static void teardown(void)
{
	line_history_free(&history);
}

/* The text is written with "|" where the cursor stands. */
static void begin_at(const char *marked)
{
	char text[256];
	size_t at = strcspn(marked, "|");

	memcpy(text, marked, at);
	strcpy(text + at, marked + at + 1);
	ck_assert(line_begin(&line, text, &history));
	line.at = at;
}

static void check_at(const char *marked, const char *what)
{
	char text[256];

	ck_assert_uint_eq(line.now.len, strlen(line.now.text));
	ck_assert_uint_le(line.at, line.now.len);
	memcpy(text, line.now.text, line.at);
	text[line.at] = '|';
	strcpy(text + line.at + 1, line.now.text + line.at);
	ck_assert_msg(strcmp(text, marked) == 0, "%s: \"%s\", and not \"%s\"",
		what, text, marked);
}

static void press(const uint32_t *keys, size_t max)
{
	for (size_t i = 0; i < max && keys[i]; i++)
		ck_assert_int_eq(line_press(&line, keys[i]), LINE_OPEN);
}

static const struct {
	const char *from;
	uint32_t keys[KEYS_MAX];
	const char *to;
} edits[] = {
	/* typing */
	{ "|", { 'r', 'o' }, "ro|" },
	{ "root=| ro", { '/', 'x' }, "root=/x| ro" },
	{ "a|b", { 0xe9, 0x4e16, 0x1f600 }, "aé世😀|b" },
	{ "a|", { ' ' }, "a |" },
	{ "a|", { 'v', '?', '0' }, "av?0|" },
	/* moving */
	{ "ab|c", { K_LEFT }, "a|bc" },
	{ "a|bc", { K_CTRL('B'), K_CTRL('B') }, "|abc" },
	{ "a|bc", { K_RIGHT, K_CTRL('F'), K_RIGHT }, "abc|" },
	{ "ab|c", { K_HOME }, "|abc" },
	{ "ab|c", { K_CTRL('A') }, "|abc" },
	{ "a|bc", { K_END }, "abc|" },
	{ "a|bc", { K_CTRL('E') }, "abc|" },
	{ "a世|b", { K_LEFT }, "a|世b" },
	{ "|😀b", { K_RIGHT }, "😀|b" },
	{ "|e\xcc\x81x", { K_RIGHT }, "e\xcc\x81|x" },
	{ "e\xcc\x81|x", { K_LEFT }, "|e\xcc\x81x" },
	{ "|\xff\xc3x", { K_RIGHT }, "\xff|\xc3x" },
	{ "\xff\xc3|x", { K_LEFT }, "\xff|\xc3x" },
	{ "root=/dev/xvda1| ro", { META('b') }, "root=/dev/|xvda1 ro" },
	{ "a  |", { META('b') }, "|a  " },
	{ "|", { META('b'), META('f') }, "|" },
	{ "root|=/dev ro", { META('f') }, "root=/dev| ro" },
	{ "ro| quiet", { META('f'), META('f') }, "ro quiet|" },
	{ "|größe x", { META('f') }, "größe| x" },
	{ "größe| x", { META('b') }, "|größe x" },
	{ "a b|", { META(K_LEFT) }, "a |b" },
	{ "|a b", { META(K_RIGHT) }, "a| b" },
	/* deleting */
	{ "ab|c", { K_BACKSPACE }, "a|c" },
	{ "|abc", { K_BACKSPACE }, "|abc" },
	{ "世|b", { K_BACKSPACE }, "|b" },
	{ "e\xcc\x81|", { K_BACKSPACE }, "e|" },
	{ "\xff\xc3|", { K_BACKSPACE }, "\xff|" },
	{ "a|bc", { K_DELETE }, "a|c" },
	{ "a|bc", { K_CTRL('D') }, "a|c" },
	{ "|e\xcc\x81x", { K_DELETE }, "|x" },
	{ "abc|", { K_DELETE }, "abc|" },
	/* killing, and putting back */
	{ "ab|cd", { K_CTRL('K') }, "ab|" },
	{ "ab|cd", { K_CTRL('U') }, "|cd" },
	{ "ab|cd", { K_CTRL('K'), K_CTRL('Y'), K_CTRL('Y') }, "abcdcd|" },
	{ "ro root=/dev/sda1| q", { K_CTRL('W') }, "ro | q" },
	{ "ro quiet | q", { K_CTRL('W') }, "ro | q" },
	{ "a b c|", { K_CTRL('W'), K_CTRL('W'), K_CTRL('Y') }, "a b c|" },
	{ "a| b c", { META('d'), META('d'), K_CTRL('Y') }, "a b c|" },
	{ "ab|cd", { K_CTRL('U'), K_CTRL('K'), K_CTRL('Y') }, "abcd|" },
	{ "ab|cd", { K_CTRL('U'), K_RIGHT, K_CTRL('K'), K_CTRL('Y') }, "cd|" },
	{ "root=/dev/x|", { META(K_BACKSPACE) }, "root=/dev/|" },
	{ "ab|", { K_CTRL('U'), K_CTRL('K'), 'x', K_CTRL('Y') }, "xab|" },
	{ "ab|", { K_CTRL('U'), 'x', K_CTRL('K'), K_CTRL('Y') }, "xab|" },
	/* what means nothing changes nothing */
	{ "a|b", { K_OTHER, K_CTRL('T'), '\t', META('q'), K_F1, K_PAGE_UP },
		"a|b" },
	{ "a|b", { K_UP, K_DOWN }, "a|b" },
};

START_TEST(each_key_does_what_emacs_does)
{
	begin_at(edits[_i].from);
	press(edits[_i].keys, KEYS_MAX);
	check_at(edits[_i].to, edits[_i].from);
}
END_TEST

START_TEST(enter_accepts_and_escape_cancels)
{
	begin_at("a|b");
	ck_assert_int_eq(line_press(&line, K_ENTER), LINE_ACCEPTED);
	ck_assert_int_eq(line_press(&line, K_ESCAPE), LINE_CANCELLED);
	ck_assert_int_eq(line_press(&line, K_CTRL('G')), LINE_CANCELLED);
	check_at("a|b", "the text");
}
END_TEST

START_TEST(begins_with_the_cursor_at_the_end)
{
	ck_assert(line_begin(&line, "ro quiet", NULL));
	check_at("ro quiet|", "the text");
	press((uint32_t[]){ K_UP, K_DOWN }, 2);
	check_at("ro quiet|", "without a history");
}
END_TEST

START_TEST(no_more_is_taken_than_there_is_room_for)
{
	static char text[LINE_TEXT_MAX + 2];

	memset(text, 'x', LINE_TEXT_MAX + 1);
	ck_assert(!line_begin(&line, text, NULL));
	text[LINE_TEXT_MAX - 1] = '\0';
	ck_assert(line_begin(&line, text, NULL));
	press((uint32_t[]){ 0xe9 }, 1);
	ck_assert(line.full);
	ck_assert_uint_eq(line.now.len, LINE_TEXT_MAX - 1);
	press((uint32_t[]){ 'y' }, 1);
	ck_assert(!line.full);
	ck_assert_uint_eq(line.now.len, LINE_TEXT_MAX);
	ck_assert_int_eq(line.now.text[LINE_TEXT_MAX - 1], 'y');
	press((uint32_t[]){ 'z' }, 1);
	ck_assert(line.full);
	press((uint32_t[]){ K_CTRL('U'), K_CTRL('Y') }, 2);
	ck_assert(!line.full);
	ck_assert_uint_eq(line.now.len, LINE_TEXT_MAX);
	press((uint32_t[]){ K_CTRL('Y') }, 1);
	ck_assert(line.full);
	ck_assert_uint_eq(line.now.len, LINE_TEXT_MAX);
}
END_TEST

START_TEST(lines_before_come_back_and_what_was_typed_too)
{
	line_remember(&history, "first");
	line_remember(&history, "second");
	begin_at("ty|ped");
	press((uint32_t[]){ K_UP }, 1);
	check_at("second|", "up");
	press((uint32_t[]){ 'x', K_CTRL('P') }, 2);
	check_at("first|", "up again");
	press((uint32_t[]){ K_UP }, 1);
	check_at("first|", "there is no more");
	press((uint32_t[]){ K_DOWN }, 1);
	check_at("second|", "down");
	press((uint32_t[]){ K_CTRL('N') }, 1);
	check_at("typed|", "down again");
	press((uint32_t[]){ K_DOWN }, 1);
	check_at("typed|", "there is no later one");
}
END_TEST

START_TEST(the_history_keeps_the_latest_and_nothing_twice)
{
	char text[8];

	line_remember(&history, "");
	ck_assert_uint_eq(history.count, 0);
	for (int i = 0; i < LINE_HISTORY_MAX + 3; i++) {
		snprintf(text, sizeof(text), "%d", i);
		line_remember(&history, text);
		line_remember(&history, text);
	}
	ck_assert_uint_eq(history.count, LINE_HISTORY_MAX);
	ck_assert_str_eq(history.lines[0], "3");
	ck_assert_str_eq(history.lines[LINE_HISTORY_MAX - 1], "66");
}
END_TEST

/* Any keys in any order: the cursor is at a character, the text whole. */
START_TEST(stays_whole_whatever_is_pressed)
{
	uint32_t random = 12345;
	uint32_t keys[64];
	size_t count = 0;

	for (size_t i = 0; i < LENGTH(edits); i++)
		for (size_t j = 0; j < KEYS_MAX && edits[i].keys[j]; j++)
			if (count < LENGTH(keys))
				keys[count++] = edits[i].keys[j];
	begin_at("root=é世 \xff\xc3 e\xcc\x81|");
	for (int i = 0; i < 20000; i++) {
		random = random * 1103515245 + 12345;
		line_press(&line, keys[(random >> 16) % count]);
		ck_assert_uint_le(line.at, line.now.len);
		ck_assert_uint_le(line.now.len, LINE_TEXT_MAX);
		ck_assert_uint_eq(strlen(line.now.text), line.now.len);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("line");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, each_key_does_what_emacs_does, 0, LENGTH(edits));
	tcase_add_test(tc, enter_accepts_and_escape_cancels);
	tcase_add_test(tc, begins_with_the_cursor_at_the_end);
	tcase_add_test(tc, no_more_is_taken_than_there_is_room_for);
	tcase_add_test(tc, lines_before_come_back_and_what_was_typed_too);
	tcase_add_test(tc, the_history_keeps_the_latest_and_nothing_twice);
	tcase_add_test(tc, stays_whole_whatever_is_pressed);
	return run_suite("line", &tc, 1);
}
