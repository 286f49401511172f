/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "menu/draw.h"

/* Where there is no row for it the question takes the list's. */
static int input_row(const struct layout *at)
{
	return at->status == LAYOUT_NO_ROW ? at->list : at->status;
}

/* With the end of what is typed in sight. */
static struct draw_place draw_typed(
	const struct screen *screen, const char *label, const char *text)
{
	char line[QUESTION_TEXT_MAX + 32];
	bool utf8 = screen->terminal->host.utf8;
	size_t width, cols = (size_t)screen->layout.cols - 1;
	int row = input_row(&screen->layout);

	snprintf(line, sizeof(line), "%s%s", label, text);
	width = cells_width(line, utf8);
	draw_blanks(screen, row, 0, screen->layout.cols);
	draw_window(
		screen, row, 0, line, width > cols ? width - cols : 0, cols);
	return (struct draw_place){ row, (int)(width < cols ? width : cols),
		true };
}

struct draw_place draw_question(
	const struct screen *screen, const struct question *question)
{
	return draw_typed(
		screen, question_label(question), question_shown(question));
}

/*
 * Half pages, so that the cursor can go some way before the text moves, and
 * stands beside what is before and behind it.
 */
int draw_line(const struct screen *screen, const struct line *line, int row,
	int start, int room)
{
	size_t cols = room > 0 ? (size_t)room : 1, half, skip = 0, col;
	bool utf8 = screen->terminal->host.utf8;
	char before[LINE_TEXT_MAX + 1];

	half = cols > 1 ? cols / 2 : 1;
	memcpy(before, line->now.text, line->at);
	before[line->at] = '\0';
	col = cells_width(before, utf8);
	if (cells_width(line->now.text, utf8) >= cols && col >= cols - 1)
		skip = (col - half) / half * half;
	draw_window(screen, row, start, line->now.text, skip, cols);
	return start + (int)(col - skip);
}

static struct draw_place draw_arguments(
	const struct screen *screen, const struct line *line)
{
	static const char label[] = "Arguments: ";
	int row = input_row(&screen->layout), start = (int)sizeof(label) - 1;
	int cols = screen->layout.cols;

	draw_blanks(screen, row, 0, screen->layout.cols);
	if (cols < 3 * start)
		start = 0;
	else
		draw_put(screen, row, 0, label);
	return (struct draw_place){ row,
		draw_line(screen, line, row, start, cols - start), true };
}

struct draw_place draw_input(
	const struct screen *screen, const struct menu_model *menu)
{
	if (menu->line)
		return draw_arguments(screen, menu->line);
	return draw_typed(screen,
		menu->find.missing ? "No entry has: " : "Find: ",
		menu->find.text);
}
