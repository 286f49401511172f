/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * window.h - which of many rows are seen where there is room for some
 */
#ifndef MENU_WINDOW_H
#define MENU_WINDOW_H

#include <stddef.h>

/* The furthest that a window of so many rows may begin. */
static inline size_t window_last(size_t count, size_t rows)
{
	return count > rows ? count - rows : 0;
}

/* Where one that begins at top has to, to show a row: no further than needed */
static inline size_t window_show(
	size_t top, size_t count, size_t rows, size_t row)
{
	size_t last = window_last(count, rows);

	if (row < top)
		top = row;
	else if (row - top >= rows)
		top = row - rows + 1;
	return top < last ? top : last;
}

#endif
