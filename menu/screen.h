/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * screen.h - the menu drawn with ncursesw
 *
 * ncurses writes into the terminal's queue and never to the terminal itself:
 * it would wait there for a reader.  Only output is its business; keys are
 * decoded in keys.h.
 */
#ifndef MENU_SCREEN_H
#define MENU_SCREEN_H

#include "menu/menu.h"
#include "menu/terminal.h"

struct screen;

/*
 * Load ncurses and take over the screen; the terminal outlives it.  NULL with
 * err filled if this kind of terminal cannot place text (dumb, unknown).
 */
struct screen *screen_begin(struct terminal *terminal, struct error *err);

/* Clear the screen and leave it; NULL is allowed. */
void screen_end(struct screen *screen);

/* The terminal has another size now, or shows something else. */
void screen_resize(struct screen *screen);

/* Queue what makes the screen show the menu; its room is set to fit. */
void screen_draw(struct screen *screen, struct menu_model *menu, int64_t now);

#endif
