/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * curses_load.h - ncursesw, opened only when a menu is drawn
 *
 * Linked in, it costs every start 0.2 ms, menu or not; most starts show none.
 * The soname is fixed by the headers this was built with.  Including this
 * instead of <curses.h>, a call that does not go through the table does not
 * link.
 */
#ifndef MENU_CURSES_LOAD_H
#define MENU_CURSES_LOAD_H

/* Only functions, so that each can be looked up; no global stdscr. */
#define NCURSES_NOMACROS
#include <curses.h>

#include "src/base/error.h"

#define CURSES_FUNCTIONS(F)                                                    \
	F(COLOR_PAIR)                                                          \
	F(clearok)                                                             \
	F(curs_set)                                                            \
	F(delscreen)                                                           \
	F(delwin)                                                              \
	F(derwin)                                                              \
	F(endwin)                                                              \
	F(has_colors)                                                          \
	F(idlok)                                                               \
	F(init_pair)                                                           \
	F(newterm)                                                             \
	F(newwin)                                                              \
	F(nonl)                                                                \
	F(resize_term)                                                         \
	F(start_color)                                                         \
	F(tigetnum)                                                            \
	F(tigetstr)                                                            \
	F(typeahead)                                                           \
	F(use_default_colors)                                                  \
	F(waddnstr)                                                            \
	F(wattr_on)                                                            \
	F(wattr_off)                                                           \
	F(wborder)                                                             \
	F(werase)                                                              \
	F(wmove)                                                               \
	F(wrefresh)                                                            \
	F(wsyncup)

struct curses {
#define CURSES_MEMBER(name) __typeof__(&name) name;
	CURSES_FUNCTIONS(CURSES_MEMBER)
#undef CURSES_MEMBER
};

/* The table, the same at each call; NULL with err filled: not installed. */
const struct curses *curses_load(struct error *err);

#endif
