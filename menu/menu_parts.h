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

#endif
