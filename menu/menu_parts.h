/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menu_parts.h - what the files of menu.h share
 */
#ifndef MENU_MENU_PARTS_H
#define MENU_MENU_PARTS_H

#include "menu/menu.h"

/* A key while the list is seen and nothing is being typed. */
enum menu_action menu_press_list(struct menu_model *menu, uint32_t key);

/* The same with no key but ours: none that the guest gave to an entry. */
enum menu_action menu_press_own(struct menu_model *menu, uint32_t key);

/* Some fields of a help; on editing they are left out where nobody may. */
struct menu_help {
	const struct pager_field *fields;
	size_t count;
	bool edits;
};

/* Open a help of these parts, at most MENU_HELP_MAX fields. */
void menu_show_help(struct menu_model *menu, const char *heading,
	const struct menu_help *parts, size_t count);

#endif
