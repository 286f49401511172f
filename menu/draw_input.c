/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "menu/draw.h"

/* Where there is no row for it the question takes the list's. */
static int question_row(const struct layout *at)
{
	return at->status == LAYOUT_NO_ROW ? at->list : at->status;
}

/* With the end of what is typed in sight; the column behind it. */
static int draw_typed(
	const struct screen *screen, const char *label, const char *text)
{
	const struct layout *at = &screen->layout;
	char line[QUESTION_TEXT_MAX + 32];
	bool utf8 = screen->terminal->host.utf8;
	size_t width, cols = (size_t)at->cols - 1;

	snprintf(line, sizeof(line), "%s%s", label, text);
	width = cells_width(line, utf8);
	draw_window(screen, question_row(at), 0, line,
		width > cols ? width - cols : 0, cols);
	return (int)(width < cols ? width : cols);
}

/*
 * Half pages, so that the cursor can go some way before the text moves, and
 * stands beside what is before and behind it.
 */
static int draw_line(const struct screen *screen, const struct line *line)
{
	static const char label[] = "Arguments: ";
	const struct layout *at = &screen->layout;
	char before[LINE_TEXT_MAX + 1];
	size_t row = (size_t)question_row(at), start = sizeof(label) - 1;
	size_t cols = (size_t)at->cols, half, skip = 0, col;

	if (cols < 3 * start)
		start = 0;
	else
		draw_put(screen, (int)row, 0, label);
	cols -= start;
	half = cols > 1 ? cols / 2 : 1;
	memcpy(before, line->now.text, line->at);
	before[line->at] = '\0';
	col = cells_width(before, screen->terminal->host.utf8);
	if (cells_width(line->now.text, screen->terminal->host.utf8) >= cols &&
		col >= cols - 1)
		skip = (col - half) / half * half;
	draw_window(screen, (int)row, (int)start, line->now.text, skip, cols);
	return (int)(start + col - skip);
}

static void draw_status(
	const struct screen *screen, const struct menu_model *menu, int64_t now)
{
	const struct layout *at = &screen->layout;
	char line[MENU_STATUS_MAX];

	if (at->status == LAYOUT_NO_ROW)
		return;
	menu_status(menu, now, line);
	draw_window(screen, at->status, 0, line, 0, (size_t)at->cols);
}

/* The last of all: where a screen reader or a braille line looks. */
void draw_last_line(
	const struct screen *screen, const struct menu_model *menu, int64_t now)
{
	const struct curses *curses = screen->curses;
	const struct layout *at = &screen->layout;
	bool asking = menu->question.state != QUESTION_NONE;
	bool editing = !asking && menu->line;
	int row = at->list, col = at->list_col;

	if (asking) {
		row = question_row(at);
		col = draw_typed(screen, question_label(&menu->question),
			question_shown(&menu->question));
	} else if (editing) {
		row = question_row(at);
		col = draw_line(screen, menu->line);
	} else if (menu->find.open) {
		row = question_row(at);
		col = draw_typed(screen,
			menu->find.missing ? "No entry has: " : "Find: ",
			menu->find.text);
	} else {
		draw_status(screen, menu, now);
		row += menu->help ? 0 : (int)(menu->selected - menu->top);
	}
	curses->curs_set(asking || editing || menu->find.open);
	curses->wmove(screen->window, row, col);
}
