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
#define DRAW_PAIR_LIST 2
#define DRAW_PAIR_SELECTED 3

struct screen {
	const struct curses *curses;
	struct terminal *terminal;
	FILE *out; /* the terminal's queue */
	SCREEN *handle;
	WINDOW *window; /* all of the screen */
	bool color;
	struct menu_colors colors; /* what the next two were made of */
	attr_t look;               /* of the list */
	attr_t selected_look;      /* of the selected entry */
	bool redraw; /* nothing is known of what the terminal shows */
	struct layout layout;
};

/* Put printable text, that is, what cells.h made. */
void draw_put(const struct screen *screen, int row, int col, const char *text);

/* Any text, as much as is seen in cols columns that begin at column skip. */
void draw_window(const struct screen *screen, int row, int col,
	const char *text, size_t skip, size_t cols);

/* At most as many as the screen has columns, or none. */
void draw_blanks(const struct screen *screen, int row, int col, int cols);

void draw_attribute(const struct screen *screen, attr_t attributes, bool on);

void draw_heading(const struct screen *screen, const char *heading);

/* Rows that it takes to be seen as a whole; NULL takes none. */
int draw_message_rows(const struct screen *screen, const char *message);
void draw_message(const struct screen *screen, const char *message);

/* Any text in so many rows; the last one is cut where it does not end. */
void draw_wrapped(
	const struct screen *screen, int row, int rows, const char *text);

/* The ground that the list stands on, and the frame around it. */
void draw_ground(const struct screen *screen);

/* Beside the list: is there more above, or below? */
void draw_marks(const struct screen *screen, bool above, bool below);

/* Begin, with its ground, or end a row of the list that is selected. */
void draw_selected(const struct screen *screen, int row, bool on);

/* Where the cursor is to stand, and whether it is to be seen there. */
struct draw_place {
	int row, col;
	bool seen;
};

/*
 * The entries with what is below them, or what is there in their place; where
 * the room is its business, the model is told how much there is.
 */
struct draw_place draw_list(
	const struct screen *screen, struct menu_model *menu, int64_t now);
struct draw_place draw_pager(const struct screen *screen, struct pager *pager);
struct draw_place draw_shell(const struct screen *screen, struct shell *shell);
struct draw_place draw_editor(
	const struct screen *screen, struct editor *editor);

/* A password that is asked for, in place of the status. */
struct draw_place draw_question(
	const struct screen *screen, const struct question *question);

/* What is typed into the list's last line: arguments, or a part of a title. */
struct draw_place draw_input(
	const struct screen *screen, const struct menu_model *menu);

/* A line that is edited, in so many columns; the cursor's. */
int draw_line(const struct screen *screen, const struct line *line, int row,
	int col, int cols);

/* The keys that matter most; below everything. */
void draw_keys(const struct screen *screen, const struct menu_model *menu);

#endif
