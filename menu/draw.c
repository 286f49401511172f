/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "menu/draw.h"

/* Printable text only, that is, what cells.h made. */
void draw_put(const struct screen *screen, int row, int col, const char *text)
{
	if (screen->curses->wmove(screen->window, row, col) == OK)
		screen->curses->waddnstr(screen->window, text, -1);
}

void draw_window(const struct screen *screen, int row, int col,
	const char *text, size_t skip, size_t cols)
{
	char line[CELLS_LINE_MAX];

	cells_window(text, screen->terminal->host.utf8, skip, cols, line);
	draw_put(screen, row, col, line);
}

void draw_attribute(const struct screen *screen, attr_t attributes, bool on)
{
	if (on)
		screen->curses->wattr_on(screen->window, attributes, NULL);
	else
		screen->curses->wattr_off(screen->window, attributes, NULL);
}

void draw_heading(const struct screen *screen, const char *heading)
{
	if (!heading || screen->layout.heading == LAYOUT_NO_ROW)
		return;
	draw_attribute(screen, A_BOLD, true);
	draw_window(screen, screen->layout.heading, 0, heading, 0,
		(size_t)screen->layout.cols);
	draw_attribute(screen, A_BOLD, false);
}

int draw_message_rows(const struct screen *screen, const char *message)
{
	char line[CELLS_LINE_MAX];
	int rows = 0;

	while (message && *message && rows < (int)screen->terminal->rows) {
		cells_wrap(&message, screen->terminal->host.utf8,
			screen->terminal->cols, line);
		rows++;
	}
	return rows;
}

void draw_wrapped(
	const struct screen *screen, int row, int rows, const char *text)
{
	size_t cols = (size_t)screen->layout.cols;
	char line[CELLS_LINE_MAX];

	for (int i = 0; i < rows && *text; i++) {
		if (i == rows - 1) {
			draw_window(screen, row + i, 0, text, 0, cols);
			break;
		}
		cells_wrap(&text, screen->terminal->host.utf8, cols, line);
		draw_put(screen, row + i, 0, line);
	}
}

void draw_message(const struct screen *screen, const char *message)
{
	attr_t look = screen->color
		? (attr_t)screen->curses->COLOR_PAIR(DRAW_PAIR_MESSAGE)
		: A_BOLD;

	if (!message)
		return;
	draw_attribute(screen, look, true);
	draw_wrapped(screen, screen->layout.message,
		screen->layout.message_rows, message);
	draw_attribute(screen, look, false);
}

void draw_blanks(const struct screen *screen, int row, int col, int cols)
{
	char blanks[TERMINAL_COLS_MAX + 1];

	memset(blanks, ' ', (size_t)cols);
	blanks[cols] = '\0';
	draw_put(screen, row, col, blanks);
}

static void fill(const struct screen *screen, int row)
{
	draw_blanks(
		screen, row, screen->layout.list_col, screen->layout.list_cols);
}

static void draw_frame(const struct screen *screen)
{
	const struct layout *at = &screen->layout;
	WINDOW *frame = screen->curses->derwin(
		screen->window, at->list_rows + 2, at->cols, at->list - 1, 0);

	if (!frame)
		return;
	screen->curses->wborder(frame, 0, 0, 0, 0, 0, 0, 0, 0);
	screen->curses->wsyncup(frame);
	screen->curses->delwin(frame);
}

void draw_ground(const struct screen *screen)
{
	const struct layout *at = &screen->layout;

	draw_attribute(screen, screen->look, true);
	if (at->frame)
		draw_frame(screen);
	for (int i = 0; screen->look && i < at->list_rows; i++)
		fill(screen, at->list + i);
	draw_attribute(screen, screen->look, false);
}

void draw_selected(const struct screen *screen, int row, bool on)
{
	if (on)
		draw_attribute(screen, screen->look, false);
	draw_attribute(screen, screen->selected_look, on);
	if (on)
		fill(screen, row);
	else
		draw_attribute(screen, screen->look, true);
}

void draw_marks(const struct screen *screen, bool above, bool below)
{
	const struct layout *at = &screen->layout;
	bool utf8 = screen->terminal->host.utf8;

	if (above)
		draw_put(screen, at->list, at->marks_col, utf8 ? "↑" : "^");
	if (below)
		draw_put(screen, at->list + at->list_rows - 1, at->marks_col,
			utf8 ? "↓" : "v");
}
