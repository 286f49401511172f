/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cells.h - text made fit for the columns of a terminal
 *
 * The sink of promise P12 for the menu: what leaves here is printable, its
 * width is known, and it never is wider than asked for.  A character is shown
 * as it is, or, where the terminal cannot, as \u00fc; what is no printable
 * character at all becomes \xHH per byte, as in base/utf8.h.  A tab is blanks.
 */
#ifndef MENU_CELLS_H
#define MENU_CELLS_H

#include <stdbool.h>
#include <stddef.h>

/* Enough for the widest line drawn, all of it in four-byte characters. */
#define CELLS_LINE_MAX 8192

/*
 * Marks that may pile up on one character; ncurses holds four in a cell, and
 * a title of nothing else would run over its neighbours.
 */
#define CELLS_MARKS_MAX 3

/* Columns the whole text takes.  utf8: the terminal shows all of Unicode. */
size_t cells_width(const char *text, bool utf8);

/*
 * Copy to out (of CELLS_LINE_MAX bytes) what is seen of text in a window of
 * cols columns that begins at column skip.  Where text goes on to the left or
 * to the right, the outermost column shows a mark.  Returns the columns used.
 */
size_t cells_window(
	const char *text, bool utf8, size_t skip, size_t cols, char *out);

/*
 * Copy to out (of CELLS_LINE_MAX bytes) as much of *text as fits into cols
 * columns, broken at a blank if there is one, and move *text behind it.
 */
void cells_wrap(const char **text, bool utf8, size_t cols, char *out);

#endif
