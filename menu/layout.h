/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * layout.h - which row of the screen shows what
 *
 * From a telegram's worth of cells to a wall: what matters most keeps its row
 * longest, and the entries get what is left.  Pure arithmetic.
 */
#ifndef MENU_LAYOUT_H
#define MENU_LAYOUT_H

#include <stdbool.h>

#define LAYOUT_NO_ROW (-1)

/* Rows and columns count from 0 at the upper left. */
struct layout {
	int rows, cols;
	int heading; /* LAYOUT_NO_ROW where there is no room */
	int message, message_rows;
	int list, list_rows; /* list_rows is at least 1 */
	int list_col, list_cols;
	int marks_col; /* where the marks for more stand, behind the list */
	int detail, detail_rows; /* what the selected entry would boot */
	bool frame;              /* around the list, one cell wide */
	int status;
	int keys;
};

/*
 * Lay out a screen of rows x cols cells, both at least 1, where the message
 * would like message_rows and the detail detail_rows (0: there is none).
 */
void layout_fit(struct layout *layout, int rows, int cols, int message_rows,
	int detail_rows);

/* Give the list all rows but those of heading, message and keys. */
void layout_widen(struct layout *layout);

#endif
