/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * console.h - the menu on whatever terminal there is
 *
 * The one header that callers need: a screen where the terminal can draw one,
 * a numbered list where it cannot.  It stays up between two menus, while the
 * caller asks for a submenu or finds that an entry cannot be booted:
 *
 *   console_begin(&console, &host, &err);
 *   menu_init(&menu, &list, terminal_now());
 *   action = console_show(&console, &menu);
 *   ...a submenu has a list and a model of its own, on a stack of the
 *   caller's; menu.message says why an entry failed...
 *   console_end(&console);
 */
#ifndef MENU_CONSOLE_H
#define MENU_CONSOLE_H

#include "menu/menu.h"
#include "menu/prompt.h"
#include "menu/terminal.h"
#include "src/base/error.h"

struct screen;

struct console {
	struct terminal terminal;
	struct screen *screen; /* NULL: not begun, or the prompt */
	bool prompting;
	struct prompt prompt;
	bool countdown; /* the line of a countdown is seen */
};

/*
 * Take over the terminal.  Nothing is drawn, and ncurses not loaded, before
 * there is something to see.  -1 with err filled: there is no terminal.
 */
int console_begin(struct console *console, const struct terminal_host *host,
	struct error *err);

/*
 * Show a menu until a person or the clock decides; never MENU_NONE.
 * MENU_ABORT also when the terminal hangs up or the host's stop is set;
 * MENU_HEARD when terminal.other has something to read.
 */
enum menu_action console_show(struct console *console, struct menu_model *menu);

/* Clear the screen and restore the terminal: the next line begins clean. */
void console_end(struct console *console);

#endif
