/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menutest.h - a menu that a test shows and presses the keys of
 */
#ifndef TESTS_MENUTEST_H
#define TESTS_MENUTEST_H

#include "menu/keys.h"
#include "menu/menu.h"

#define START 1000 /* the clock does not begin at 0 */

static struct menu_list list;
static struct menu_model menu;

/* Show the list as it is now, through a window of five. */
static inline void begin(void)
{
	menu_init(&menu, &list, START);
	menu_set_room(&menu, 5, 40, false);
}

/* A top menu of these, that waits. */
static inline void show(const struct menu_item *items, size_t count)
{
	list = (struct menu_list){
		.items = items, .count = count, .timeout = MENU_WAITS
	};
	begin();
}

/* The same of entries that have nothing but a title. */
static inline void show_titles(struct menu_item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		items[i] = (struct menu_item){ .title = "title" };
	show(items, count);
}

/* Press what it says, up to what is to be done. */
static inline enum menu_action type(const char *keys)
{
	enum menu_action action = MENU_NONE;

	for (; *keys && action == MENU_NONE; keys++)
		action = menu_press(
			&menu, *keys == '\n' ? K_ENTER : (unsigned char)*keys);
	return action;
}

#endif
