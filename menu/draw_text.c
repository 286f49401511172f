/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "menu/draw.h"

/* From here on there are columns for the numbers of lines. */
#define NUMBERED_COLS_MIN 40

struct draw_place draw_pager(const struct screen *screen, struct pager *pager)
{
	const struct layout *at = &screen->layout;
	struct pager_walk walk = { 0 };
	int col = at->list_col + 1;
	struct pager_row row;
	size_t i;

	pager_set_room(pager, (size_t)at->list_rows,
		(size_t)(at->list_cols > 2 ? at->list_cols - 2 : 1),
		screen->terminal->host.utf8);
	draw_attribute(screen, screen->look, true);
	for (i = 0; i < pager->top + pager->rows; i++) {
		if (!pager_next(pager, &walk, &row))
			break;
		if (i < pager->top)
			continue;
		draw_put(screen, at->list + (int)(i - pager->top), col,
			row.name);
		if (row.value[0])
			draw_put(screen, at->list + (int)(i - pager->top),
				col + (int)row.value_col, row.value);
	}
	draw_marks(screen, pager_more_above(pager), pager_more_below(pager));
	draw_attribute(screen, screen->look, false);
	return (struct draw_place){ .row = at->list, .col = at->list_col };
}

/* The line that is typed, behind as much of its prompt as there is room for. */
static struct draw_place draw_command(
	const struct screen *screen, const struct shell *shell, int row)
{
	const struct layout *at = &screen->layout;
	const char *prompt = shell_prompt(shell);
	int start = (int)strlen(prompt);

	if (at->list_cols < 3 * start) {
		prompt = "> ";
		start = 2;
	}
	draw_put(screen, row, at->list_col, prompt);
	start += at->list_col;
	return (struct draw_place){
		.row = row,
		.col = draw_line(screen, &shell->line, row, start,
			at->list_cols - start),
		.seen = true,
	};
}

struct draw_place draw_shell(const struct screen *screen, struct shell *shell)
{
	const struct layout *at = &screen->layout;
	struct draw_place place = { .row = at->list, .seen = true };
	char line[CELLS_LINE_MAX];
	size_t top;

	shell_set_room(shell, (size_t)at->list_rows, (size_t)at->list_cols,
		screen->terminal->host.utf8);
	top = shell_top(shell);
	for (size_t i = 0; i < shell->rows && top + i < shell->count; i++) {
		shell_row(shell, top + i, line);
		draw_put(screen, at->list + (int)i, at->list_col, line);
		if (i + 1 < shell->rows)
			place.row = at->list + (int)i + 1;
	}
	if (shell_line_seen(shell))
		place = draw_command(screen, shell, place.row);
	draw_marks(screen, shell_more_above(shell), shell_more_below(shell));
	return place;
}

static int digits(size_t number)
{
	int count = 1;

	for (; number > 9; number /= 10)
		count++;
	return count;
}

/* Columns in front of a line's text: a mark, and its number. */
static int editor_prefix(const struct layout *at, const struct editor *editor)
{
	return 2 +
		(at->list_cols >= NUMBERED_COLS_MIN ? digits(editor->count) + 1
						    : 0);
}

static int draw_source(const struct screen *screen, const struct editor *editor,
	size_t index, int row)
{
	const struct layout *at = &screen->layout;
	int start = editor_prefix(at, editor), cols = at->list_cols - start;
	bool selected = index == editor->selected, edited;
	char number[24];
	int col = at->list_col;

	edited = selected && editor->editing;
	cols = cols > 1 ? cols : 1;
	if (selected && !edited)
		draw_selected(screen, row, true);
	if (selected)
		draw_put(screen, row, at->list_col, edited ? ">" : "*");
	snprintf(number, sizeof(number), "%zu", index + 1);
	if (start > 2)
		draw_put(screen, row,
			at->list_col + start - 1 - (int)strlen(number), number);
	if (edited)
		col = draw_line(
			screen, &editor->line, row, at->list_col + start, cols);
	else
		draw_window(screen, row, at->list_col + start,
			editor->lines[index], 0, (size_t)cols);
	if (selected && !edited)
		draw_selected(screen, row, false);
	return col;
}

/* Below the lines: all of the selected one, where it is cut. */
static void draw_whole_line(
	const struct screen *screen, const struct editor *editor)
{
	const struct layout *at = &screen->layout;
	const char *text;

	if (editor->selected >= editor->count)
		return;
	text = editor->editing ? editor->line.now.text
			       : editor->lines[editor->selected];
	if (cells_width(text, screen->terminal->host.utf8) >
		(size_t)(at->list_cols - editor_prefix(at, editor)))
		draw_wrapped(screen, at->detail, at->detail_rows, text);
}

static void draw_editor_status(
	const struct screen *screen, const struct editor *editor)
{
	const struct layout *at = &screen->layout;
	char line[80] = "An empty entry";

	if (at->status == LAYOUT_NO_ROW)
		return;
	if (editor->count > 0)
		snprintf(line, sizeof(line), "Line %zu of %zu",
			editor->selected + 1, editor->count);
	draw_window(screen, at->status, 0, line, 0, (size_t)at->cols);
}

struct draw_place draw_editor(
	const struct screen *screen, struct editor *editor)
{
	const struct layout *at = &screen->layout;
	struct draw_place place = { .row = at->list, .col = at->list_col };
	size_t index;
	int col;

	editor_set_room(editor, (size_t)at->list_rows);
	draw_attribute(screen, screen->look, true);
	for (int i = 0; i < at->list_rows; i++) {
		index = editor->top + (size_t)i;
		if (index >= editor->count)
			break;
		col = draw_source(screen, editor, index, at->list + i);
		if (index == editor->selected)
			place = (struct draw_place){ at->list + i, col,
				editor->editing };
	}
	draw_marks(screen, editor->top > 0,
		editor->count - editor->top > editor->rows);
	draw_attribute(screen, screen->look, false);
	draw_whole_line(screen, editor);
	draw_editor_status(screen, editor);
	return place;
}
