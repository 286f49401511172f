/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "menu/keys.h"
#include "menu/menu.h"

/* ", key b", ", key F2"; "" if it has none. */
static void describe_hotkey(uint32_t key, char *text, size_t size)
{
	text[0] = '\0';
	if (key >= K_F1 && key <= K_F12)
		snprintf(text, size, ", key F%d", (int)(key - K_F1 + 1));
	else if (key > ' ' && key < 0x7f)
		snprintf(text, size, ", key %c", (char)key);
	else if (key != 0)
		snprintf(text, size, ", key %s",
			key == '\t'               ? "Tab"
				: key == K_INSERT ? "Insert"
				: key == K_DELETE ? "Delete"
						  : "Backspace");
}

/* Numbers count from 0, as those of --entry do. */
static void describe_entry(const struct menu_model *menu, char *status)
{
	const struct menu_list *list = menu->list;
	const struct menu_item *item = &list->items[menu->selected];
	char range[48] = "the only one", key[24];

	if (list->count > 1)
		snprintf(range, sizeof(range), "of 0 to %zu", list->count - 1);
	describe_hotkey(item->hotkey, key, sizeof(key));
	snprintf(status, MENU_STATUS_MAX, "Entry %zu (%s)%s%s", menu->selected,
		range, key, item->restricted ? ", asks for a password" : "");
}

void menu_status(const struct menu_model *menu, int64_t now, char *status)
{
	if (menu->list->count == 0)
		snprintf(status, MENU_STATUS_MAX, "Nothing to boot");
	else if (menu->counting)
		snprintf(status, MENU_STATUS_MAX,
			"Boots in %d s, any key stops this",
			menu_seconds(menu, now));
	else
		describe_entry(menu, status);
}
