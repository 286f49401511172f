/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * find.h - an entry looked for by a part of its title, while that is typed
 *
 * Pure, as menu.h, which it is part of.
 */
#ifndef MENU_FIND_H
#define MENU_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIND_TEXT_MAX 63 /* bytes; later ones are not taken */

struct menu_list;

/* Zeroed nothing is looked for. */
struct find {
	bool open;
	bool missing; /* no entry has it */
	char text[FIND_TEXT_MAX + 1];
	size_t len;
	size_t from; /* what was selected before */
};

/* Begin to look, with an entry selected. */
void find_begin(struct find *find, size_t selected);

/*
 * A key of keys.h, of a list that is not empty: the entry that is selected
 * after it.  Enter and keys that type nothing stay there, Escape goes back.
 */
size_t find_press(struct find *find, const struct menu_list *list,
	size_t selected, uint32_t key);

#endif
