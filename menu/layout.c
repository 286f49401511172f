/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/layout.h"

/* A frame is worth its two rows and columns only from here on. */
#define FRAME_ROWS_MIN 9 /* rows that would be the list's without one */
#define FRAME_COLS_MIN 40

/* Rows of the list that are worth more than what its entries boot. */
#define DETAIL_SPARES 8

static int take(int *spare, int rows)
{
	rows = rows < *spare ? rows : *spare;
	*spare -= rows;
	return rows;
}

void layout_fit(struct layout *layout, int rows, int cols, int message_rows,
	int detail_rows)
{
	int spare = rows - 1; /* one is the list's */
	int message = take(&spare, message_rows > 0);
	int status = take(&spare, 1);
	int keys = take(&spare, 1);
	int heading = take(&spare, 1);
	int row = heading;

	/* A long message may have a third of what the entries would get. */
	if (message_rows - message < spare / 3)
		message += take(&spare, message_rows - message);
	else
		message += take(&spare, message ? spare / 3 : 0);
	if (detail_rows > spare - DETAIL_SPARES)
		detail_rows = spare > DETAIL_SPARES ? spare - DETAIL_SPARES : 0;
	spare -= detail_rows;
	*layout = (struct layout){ .rows = rows, .cols = cols };
	layout->frame = spare + 1 >= FRAME_ROWS_MIN && cols >= FRAME_COLS_MIN;
	layout->heading = heading ? 0 : LAYOUT_NO_ROW;
	layout->message = row;
	layout->message_rows = message;
	row += message + layout->frame;
	layout->list = row;
	layout->list_rows = spare + 1 - 2 * layout->frame;
	layout->list_col = layout->frame;
	layout->list_cols = cols - 1 - layout->frame;
	layout->marks_col = cols - 1;
	row += layout->list_rows + layout->frame;
	layout->detail = row;
	layout->detail_rows = detail_rows;
	row += detail_rows;
	layout->status = status ? row : LAYOUT_NO_ROW;
	layout->keys = keys ? row + status : LAYOUT_NO_ROW;
}

void layout_widen(struct layout *layout)
{
	layout->list -= layout->frame;
	layout->list_rows += 2 * layout->frame + layout->detail_rows +
		(layout->status != LAYOUT_NO_ROW);
	layout->list_col = 0;
	layout->list_cols = layout->cols - 1;
	layout->frame = false;
	layout->detail_rows = 0;
	layout->status = LAYOUT_NO_ROW;
}
