/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draw.h - the parts of the screen, for screen.c
 *
 * Each draws what it is named for where the layout has room for it.
 */
#ifndef MENU_DRAW_H
#define MENU_DRAW_H

#include <stdio.h>

#include "menu/cells.h"
#include "menu/curses_load.h"
#include "menu/layout.h"
#include "menu/menu.h"
#include "menu/terminal.h"

#define DRAW_PAIR_MESSAGE 1

struct screen {
	const struct curses *curses;
	struct terminal *terminal;
	FILE *out; /* the terminal's queue */
	SCREEN *handle;
	WINDOW *window; /* all of the screen */
	bool color;
	bool redraw; /* nothing is known of what the terminal shows */
	struct layout layout;
};

/* Put printable text, that is, what cells.h made. */
void draw_put(const struct screen *screen, int row, int col, const char *text);

/* Any text, as much as is seen in cols columns that begin at column skip. */
void draw_window(const struct screen *screen, int row, int col,
	const char *text, size_t skip, size_t cols);

void draw_attribute(const struct screen *screen, attr_t attributes, bool on);

void draw_heading(const struct screen *screen, const char *heading);

/* Rows that it takes to be seen as a whole; NULL takes none. */
int draw_message_rows(const struct screen *screen, const char *message);
void draw_message(const struct screen *screen, const char *message);

void draw_frame(const struct screen *screen);
void draw_marks(const struct screen *screen, const struct menu_model *menu);

/* Columns that a title gets. */
int draw_title_cols(const struct layout *layout);
void draw_entries(const struct screen *screen, const struct menu_model *menu);
void draw_detail(const struct screen *screen, const struct menu_model *menu);
void draw_help(const struct screen *screen, const struct menu_model *menu);

/* The keys that matter most; below everything. */
void draw_keys(const struct screen *screen, const struct menu_model *menu);

/* What is typed, or where we are; with the cursor. */
void draw_last_line(const struct screen *screen, const struct menu_model *menu,
	int64_t now);

#endif
