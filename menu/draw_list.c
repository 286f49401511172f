/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "menu/draw.h"

/* In front of a title: the selected entry is marked also without reverse. */
#define PREFIX_COLS 2
/* Behind it: that it opens a menu. */
#define SUFFIX_COLS 3

int draw_title_cols(const struct layout *layout)
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
	int cols = draw_title_cols(at);

	if (selected) {
		draw_attribute(screen, A_REVERSE, true);
		for (int i = 0; i < at->list_cols; i++)
			draw_put(screen, row, at->list_col + i, " ");
		draw_put(screen, row, at->list_col, "*");
	}
	draw_window(screen, row, at->list_col + PREFIX_COLS, item->title,
		selected ? menu->shift : 0, (size_t)cols);
	draw_hotkey(screen, item, selected ? menu->shift : 0, row, cols);
	if (item->submenu && cols > 0)
		draw_put(screen, row, at->list_col + PREFIX_COLS + cols, " ->");
	draw_attribute(screen, A_REVERSE, false);
}

void draw_entries(const struct screen *screen, const struct menu_model *menu)
{
	size_t left = menu->list->count - menu->top;

	for (size_t i = 0; i < menu->rows && i < left; i++)
		draw_entry(screen, menu, menu->top + i,
			screen->layout.list + (int)i);
	if (menu->list->count == 0)
		draw_window(screen, screen->layout.list,
			screen->layout.list_col + PREFIX_COLS, "(no entries)",
			0, (size_t)draw_title_cols(&screen->layout));
}

/* Of what is not known yet nothing is said: it is known soon, or never. */
static const char *detail_of(const struct menu_model *menu)
{
	const struct menu_item *item = &menu->list->items[menu->selected];

	return item->detail ? item->detail : "";
}

void draw_detail(const struct screen *screen, const struct menu_model *menu)
{
	const char *detail = detail_of(menu);
	const struct layout *at = &screen->layout;
	char line[CELLS_LINE_MAX];

	for (int i = 0; i < at->detail_rows && *detail; i++) {
		if (i == at->detail_rows - 1) {
			draw_window(screen, at->detail + i, 0, detail, 0,
				(size_t)at->cols);
			break;
		}
		cells_wrap(&detail, screen->terminal->host.utf8,
			(size_t)at->cols, line);
		draw_put(screen, at->detail + i, 0, line);
	}
}

void draw_help(const struct screen *screen, const struct menu_model *menu)
{
	size_t left = menu_help_count - menu->help_top;
	const struct menu_help *help = menu_help + menu->help_top;
	char line[80];

	for (size_t i = 0; i < menu->rows && i < left; i++) {
		snprintf(line, sizeof(line), "%-11s %s", help[i].keys,
			help[i].does);
		draw_window(screen, screen->layout.list + (int)i,
			screen->layout.list_col + 1, line, 0,
			(size_t)screen->layout.list_cols - 1);
	}
}
