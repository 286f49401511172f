/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "menu/editor.h"
#include "menu/keys.h"
#include "src/base/length.h"
#include "tests/support/runner.h"

#define KEYS_MAX 12

static struct editor editor;

static void begin(const char *source)
{
	editor_end(&editor);
	ck_assert(editor_begin(&editor, source));
	editor_set_room(&editor, 5);
}

static void setup(void)
{
	begin("one\ntwo\nthree\n");
}

static void teardown(void)
{
	editor_end(&editor);
}

static void has(const char *text)
{
	char *now = editor_text(&editor);

	ck_assert_ptr_nonnull(now);
	ck_assert_str_eq(now, text);
	free(now);
}

static void press(uint32_t key)
{
	ck_assert_int_eq(editor_press(&editor, key), EDITOR_OPEN);
}

static void type(const char *keys)
{
	for (; *keys; keys++)
		press(*keys == '\n' ? K_ENTER : (unsigned char)*keys);
}

static const struct {
	const char *source, *text;
	size_t count;
} sources[] = {
	{ "", "", 0 },
	{ "a", "a", 1 },
	{ "a\n", "a", 1 },
	{ "a\n\n", "a\n", 2 },
	{ "\na", "\na", 2 },
	{ "a\nb", "a\nb", 2 },
	{ "\x1b\xff\t\r\n\xc3", "\x1b\xff\t\r\n\xc3", 2 },
};

START_TEST(gives_back_the_lines_it_was_given)
{
	begin(sources[_i].source);
	ck_assert_uint_eq(editor.count, sources[_i].count);
	has(sources[_i].text);
	press('u');
	ck_assert_ptr_nonnull(editor.problem);
	has(sources[_i].text);
}
END_TEST

static const struct {
	uint32_t keys[KEYS_MAX];
	const char *text;
	size_t selected;
} edits[] = {
	{ { 'e', '!', K_ENTER }, "one!\ntwo\nthree", 0 },
	{ { K_ENTER, '!', K_ENTER }, "one!\ntwo\nthree", 0 },
	{ { K_RIGHT, '!', K_ENTER }, "one!\ntwo\nthree", 0 },
	{ { K_DOWN, 'e', K_BACKSPACE, K_CTRL('A'), '#', K_ENTER },
		"one\n#tw\nthree", 1 },
	{ { 'e', 0xfc, 0x4e16, K_ENTER }, "oneü世\ntwo\nthree", 0 },
	{ { 'e', '!', K_ESCAPE }, "one\ntwo\nthree", 0 },
	{ { 'e', '!', K_CTRL('G') }, "one\ntwo\nthree", 0 },
	{ { 'e', K_CTRL('K'), 'e', 'd', 'o', K_ENTER }, "oneedo\ntwo\nthree",
		0 },
	/* between lines while one is edited */
	{ { 'e', '1', K_DOWN, '2', K_DOWN, '3', K_DOWN, '4', K_ENTER },
		"one1\ntwo2\nthree34", 2 },
	{ { K_END, 'e', '3', K_UP, '2', K_CTRL('P'), '1', K_UP, '0', K_ENTER },
		"one10\ntwo2\nthree3", 0 },
	{ { 'e', '1', K_DOWN, '2', K_ESCAPE }, "one1\ntwo\nthree", 1 },
	/* whole lines */
	{ { 'd' }, "two\nthree", 0 },
	{ { K_DOWN, K_DELETE }, "one\nthree", 1 },
	{ { K_END, 'd' }, "one\ntwo", 1 },
	{ { 'd', 'd', 'd' }, "", 0 },
	{ { 'd', 'd', 'd', 'd' }, "", 0 },
	{ { 'o', 'x', K_ENTER }, "one\nx\ntwo\nthree", 1 },
	{ { 'O', 'x', K_ENTER }, "x\none\ntwo\nthree", 0 },
	{ { K_END, 'o', 'x', K_ENTER }, "one\ntwo\nthree\nx", 3 },
	{ { 'o', 'x', K_ESCAPE }, "one\ntwo\nthree", 0 },
	{ { K_END, 'O', K_ESCAPE }, "one\ntwo\nthree", 2 },
	{ { 'o', K_ENTER }, "one\n\ntwo\nthree", 1 },
	{ { 'd', 'd', 'd', 'o', 'x', K_ENTER }, "x", 0 },
	{ { 'd', 'd', 'd', 'e', 'x', K_ENTER }, "x", 0 },
	{ { 'd', 'd', 'd', 'e', 'x', K_ESCAPE }, "", 0 },
	/* taken back, the latest first */
	{ { 'd', 'u' }, "one\ntwo\nthree", 0 },
	{ { 'd', 'd', 'd', 'u', 'u' }, "two\nthree", 0 },
	{ { 'e', '!', K_ENTER, 'd', 'u' }, "one!\ntwo\nthree", 0 },
	{ { 'e', '!', K_ENTER, 'd', 'u', K_CTRL('Z') }, "one\ntwo\nthree", 0 },
	{ { 'o', 'x', K_ENTER, K_HOME, 'u' }, "one\n\ntwo\nthree", 1 },
	{ { 'o', 'x', K_ENTER, 'u', 'u', 'u' }, "one\ntwo\nthree", 1 },
	{ { 'd', 'o', 'x', K_ESCAPE, 'u' }, "one\ntwo\nthree", 0 },
	/* nothing to take back where nothing changed */
	{ { 'd', 'e', K_ENTER, 'u' }, "one\ntwo\nthree", 0 },
};

START_TEST(edits_by_key)
{
	for (size_t i = 0; i < KEYS_MAX && edits[_i].keys[i]; i++)
		press(edits[_i].keys[i]);
	ck_assert(!editor.editing);
	has(edits[_i].text);
	ck_assert_uint_eq(editor.selected, edits[_i].selected);
}
END_TEST

static const struct {
	uint32_t key;
	size_t from, to;
} moves[] = {
	{ K_UP, 7, 6 },
	{ K_CTRL('P'), 7, 6 },
	{ '^', 7, 6 },
	{ K_UP, 0, 0 },
	{ K_DOWN, 7, 8 },
	{ K_CTRL('N'), 7, 8 },
	{ 'v', 7, 8 },
	{ K_DOWN, 999, 999 },
	{ K_PAGE_UP, 7, 2 },
	{ K_PAGE_UP, 3, 0 },
	{ K_PAGE_DOWN, 7, 12 },
	{ K_CTRL('V'), 997, 999 },
	{ K_HOME, 500, 0 },
	{ K_CTRL('A'), 500, 0 },
	{ K_END, 500, 999 },
	{ K_CTRL('E'), 500, 999 },
	{ K_LEFT, 7, 7 },
	{ K_OTHER, 7, 7 },
	{ 'x', 7, 7 },
};

static void begin_many(void)
{
	char source[8192], *at = source;

	for (int i = 0; i < 1000; i++)
		at += sprintf(at, "line%d\n", i);
	begin(source);
}

START_TEST(moves_among_1000_lines_and_keeps_the_selected_one_in_sight)
{
	begin_many();
	editor_select(&editor, moves[_i].from);
	press(moves[_i].key);
	ck_assert_uint_eq(editor.selected, moves[_i].to);
	ck_assert(editor.top <= editor.selected &&
		editor.selected < editor.top + 5);
	ck_assert_uint_le(editor.top, 995);
	for (size_t rows = 0; rows < 2000; rows += 333) {
		editor_set_room(&editor, rows);
		ck_assert(editor.top <= editor.selected &&
			editor.selected < editor.top + editor.rows);
	}
	ck_assert_uint_eq(editor.top, 0);
}
END_TEST

static const struct {
	uint32_t key;
	enum editor_result result;
} results[] = {
	{ 'b', EDITOR_RUN },
	{ K_CTRL('X'), EDITOR_RUN },
	{ K_F1 + 9, EDITOR_RUN },
	{ 'c', EDITOR_SHELL },
	{ K_F1 + 1, EDITOR_SHELL },
	{ '?', EDITOR_HELP },
	{ K_F1, EDITOR_HELP },
	{ K_ESCAPE, EDITOR_CLOSED },
};

START_TEST(says_what_is_wanted)
{
	ck_assert_int_eq(
		editor_press(&editor, results[_i].key), results[_i].result);
	has("one\ntwo\nthree");
}
END_TEST

START_TEST(boots_from_within_a_line_with_what_was_typed)
{
	type("e!");
	ck_assert_int_eq(editor_press(&editor, K_CTRL('X')), EDITOR_RUN);
	has("one!\ntwo\nthree");
	type("e?");
	ck_assert_int_eq(editor_press(&editor, K_F1 + 9), EDITOR_RUN);
	has("one!?\ntwo\nthree");
}
END_TEST

START_TEST(what_was_killed_in_one_line_comes_back_in_another)
{
	type("e\x01\x0b\n");
	press(K_DOWN);
	type("e\x19\n");
	has("\ntwoone\nthree");
}
END_TEST

START_TEST(an_entry_of_32_kib_is_the_longest)
{
	static char source[EDITOR_TEXT_MAX + 1];

	memset(source, 'x', EDITOR_TEXT_MAX);
	for (size_t i = 1000; i < EDITOR_TEXT_MAX; i += 1000)
		source[i] = '\n';
	editor_end(&editor);
	ck_assert(!editor_begin(&editor, source));
	source[EDITOR_TEXT_MAX - 1] = '\0';
	begin(source);
	has(source);
	type("e!\n");
	ck_assert_str_eq(
		editor.problem, "An entry cannot be longer than 32 KiB.");
	ck_assert(editor.editing);
	press(K_BACKSPACE);
	ck_assert_ptr_null(editor.problem);
	press(K_BACKSPACE);
	type("!\n");
	ck_assert(!editor.editing);
	type("o");
	ck_assert_ptr_nonnull(editor.problem);
	ck_assert(!editor.editing);
	type("dox\n");
	ck_assert_ptr_null(editor.problem);
}
END_TEST

START_TEST(a_line_too_long_to_edit_is_kept)
{
	static char source[LINE_TEXT_MAX + 10];

	memset(source, 'x', LINE_TEXT_MAX + 1);
	strcpy(source + LINE_TEXT_MAX + 1, "\nb");
	begin(source);
	press('e');
	ck_assert(!editor.editing);
	ck_assert_str_eq(
		editor.problem, "A line longer than 8 KiB cannot be edited.");
	press(K_DOWN);
	type("ec\n");
	ck_assert_uint_eq(strlen(editor.lines[0]), LINE_TEXT_MAX + 1);
	ck_assert_str_eq(editor.lines[1], "bc");
	/* from the neighbour it cannot be reached either */
	press('e');
	press(K_UP);
	ck_assert(!editor.editing);
	ck_assert_ptr_nonnull(editor.problem);
}
END_TEST

START_TEST(the_earliest_changes_are_forgotten)
{
	for (int i = 0; i < EDITOR_UNDO_MAX + 10; i++)
		type("ox\n");
	/* each has opened a line and put a text there */
	for (int i = 0; i < EDITOR_UNDO_MAX; i++)
		ck_assert(editor_undo(&editor));
	ck_assert(!editor_undo(&editor));
	ck_assert_uint_eq(
		editor.count, 3 + EDITOR_UNDO_MAX + 10 - EDITOR_UNDO_MAX / 2);
}
END_TEST

START_TEST(there_is_no_line_behind_the_last)
{
	ck_assert(!editor_replace(&editor, 3, "x"));
	ck_assert(!editor_delete(&editor, 3));
	ck_assert(!editor_insert(&editor, 4, "x"));
	ck_assert_str_eq(editor.problem, "There is no such line.");
	ck_assert(editor_insert(&editor, 3, "x"));
	has("one\ntwo\nthree\nx");
}
END_TEST

static size_t text_bytes(void)
{
	size_t bytes = 0;

	for (size_t i = 0; i < editor.count; i++)
		bytes += strlen(editor.lines[i]) + 1;
	return bytes;
}

/* Whatever is pressed: what is drawn exists, and the sums are right. */
START_TEST(survives_any_keys)
{
	unsigned int seed = (unsigned int)_i + 1;

	for (int i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		editor_press(&editor,
			(seed >> 16) % 3 ? (seed >> 18) % 128
					 : K_FIRST + (seed >> 18) % 30);
		if ((editor.count > 0 && editor.selected >= editor.count) ||
			editor.top > editor.selected ||
			editor.selected >= editor.top + editor.rows ||
			editor.bytes != text_bytes() ||
			(editor.editing && editor.count == 0))
			ck_abort_msg("after %d keys", i);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("editor");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, gives_back_the_lines_it_was_given, 0, LENGTH(sources));
	tcase_add_loop_test(tc, edits_by_key, 0, LENGTH(edits));
	tcase_add_loop_test(tc,
		moves_among_1000_lines_and_keeps_the_selected_one_in_sight, 0,
		LENGTH(moves));
	tcase_add_loop_test(tc, says_what_is_wanted, 0, LENGTH(results));
	tcase_add_test(tc, boots_from_within_a_line_with_what_was_typed);
	tcase_add_test(tc, what_was_killed_in_one_line_comes_back_in_another);
	tcase_add_test(tc, an_entry_of_32_kib_is_the_longest);
	tcase_add_test(tc, a_line_too_long_to_edit_is_kept);
	tcase_add_test(tc, the_earliest_changes_are_forgotten);
	tcase_add_test(tc, there_is_no_line_behind_the_last);
	tcase_add_loop_test(tc, survives_any_keys, 0, 6);
	return run_suite("editor", &tc, 1);
}
