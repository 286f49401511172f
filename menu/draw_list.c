/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "menu/draw.h"

/* In front of a title: the selected entry is marked also without reverse. */
#define PREFIX_COLS 2
/* Behind it: that it opens a menu. */
#define SUFFIX_COLS 3

static int title_cols(const struct layout *layout)
{
	int cols = layout->list_cols - PREFIX_COLS - SUFFIX_COLS;

	return cols > 0 ? cols : 0;
}

/* Underline the first letter of the title that is its hotkey, if it is seen. */
static void draw_hotkey(const struct screen *screen,
	const struct menu_item *item, size_t shift, int row, int cols)
{
	char head[CELLS_LINE_MAX];
	const char letters[] = { (char)item->hotkey,
		(char)toupper((int)(item->hotkey & 0x7f)), '\0' };
	size_t at, len = strcspn(item->title, letters);

	if (item->hotkey <= ' ' || item->hotkey >= 0x7f || !item->title[len] ||
		len >= sizeof(head))
		return;
	memcpy(head, item->title, len);
	head[len] = '\0';
	at = cells_width(head, screen->terminal->host.utf8);
	/* the outermost columns may be marks */
	if (at < shift + (shift > 0) || at - shift + 1 >= (size_t)cols)
		return;
	draw_attribute(screen, A_UNDERLINE, true);
	draw_put(screen, row,
		screen->layout.list_col + PREFIX_COLS + (int)(at - shift),
		(char[]){ item->title[len], '\0' });
	draw_attribute(screen, A_UNDERLINE, false);
}

static void draw_entry(const struct screen *screen,
	const struct menu_model *menu, size_t index, int row)
{
	const struct menu_item *item = &menu->list->items[index];
	const struct layout *at = &screen->layout;
	bool selected = index == menu->selected;
	int cols = title_cols(at);

	if (selected) {
		draw_selected(screen, row, true);
		draw_put(screen, row, at->list_col, "*");
	}
	draw_window(screen, row, at->list_col + PREFIX_COLS, item->title,
		selected ? menu->shift : 0, (size_t)cols);
	draw_hotkey(screen, item, selected ? menu->shift : 0, row, cols);
	if (item->submenu && cols > 0)
		draw_put(screen, row, at->list_col + PREFIX_COLS + cols, " ->");
	if (selected)
		draw_selected(screen, row, false);
}

static void draw_entries(
	const struct screen *screen, const struct menu_model *menu)
{
	size_t left = menu->list->count - menu->top;

	draw_attribute(screen, screen->look, true);
	for (size_t i = 0; i < menu->rows && i < left; i++)
		draw_entry(screen, menu, menu->top + i,
			screen->layout.list + (int)i);
	if (menu->list->count == 0)
		draw_window(screen, screen->layout.list,
			screen->layout.list_col + PREFIX_COLS, "(no entries)",
			0, (size_t)title_cols(&screen->layout));
	draw_marks(screen, menu_more_above(menu), menu_more_below(menu));
	draw_attribute(screen, screen->look, false);
}

/*
 * All of a title that is cut above, and what the entry boots.  Of what is not
 * known yet nothing is said: it is known soon, or never.
 */
static void draw_detail(
	const struct screen *screen, const struct menu_model *menu)
{
	const struct menu_item *item = &menu->list->items[menu->selected];
	const struct layout *at = &screen->layout;
	int row = at->detail, rows = at->detail_rows, title = 0;

	if (cells_width(item->title, menu->utf8) > (size_t)title_cols(at))
		title = draw_message_rows(screen, item->title);
	if (title > rows - (item->detail != NULL))
		title = rows - (item->detail != NULL);
	if (title > 0)
		draw_wrapped(screen, row, title, item->title);
	else
		title = 0;
	if (item->detail)
		draw_wrapped(screen, row + title, rows - title, item->detail);
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

struct draw_place draw_list(
	const struct screen *screen, struct menu_model *menu, int64_t now)
{
	const struct layout *at = &screen->layout;

	menu->details = at->detail_rows > 0;
	menu_set_room(menu, (size_t)at->list_rows, (size_t)title_cols(at),
		screen->terminal->host.utf8);
	draw_entries(screen, menu);
	if (at->detail_rows > 0 && menu->list->count > 0)
		draw_detail(screen, menu);
	if (menu->line || menu->find.open)
		return draw_input(screen, menu);
	draw_status(screen, menu, now);
	/* where a screen reader or a braille line looks */
	return (struct draw_place){
		.row = at->list + (int)(menu->selected - menu->top),
		.col = at->list_col,
	};
}
