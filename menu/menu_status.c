/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "menu/keys.h"
#include "menu/menu.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/*
 * The keys of GRUB legacy, GRUB 2, pygrub and syslinux together.  Where they
 * contradict each other the later GRUB wins; ^C, PgDn there, aborts.
 */
const struct menu_help menu_help[] = {
	{ "Up, ^P, ^", "the entry above" },
	{ "Down, ^N, v", "the entry below" },
	{ "Home, ^A", "the first entry" },
	{ "End, ^E", "the last entry" },
	{ "PgUp, ^G", "a page up" },
	{ "PgDn, ^V", "a page down" },
	{ "0-9", "the entry of that number" },
	{ "Enter, b", "boot it, or open the submenu" },
	{ "Right, ^F", "the same" },
	{ "a, Tab", "edit the kernel's arguments, and boot" },
	{ "Esc, Left", "leave the submenu" },
	{ "< >", "move long titles" },
	{ "/, F3", "find an entry by a part of its title" },
	{ "hotkeys", "those that the guest gave to entries" },
	{ "?, F1", "this help" },
	{ "q, ^C", "do not boot" },
};
const size_t menu_help_count = LENGTH(menu_help);

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

void menu_status(const struct menu_model *menu, int64_t now, char *status)
{
	const struct menu_list *list = menu->list;
	const struct menu_item *item;
	char key[24];

	if (list->count == 0)
		snprintf(status, MENU_STATUS_MAX, "Nothing to boot");
	else if (menu->counting)
		snprintf(status, MENU_STATUS_MAX,
			"Boots in %d s, any key stops this",
			menu_seconds(menu, now));
	else {
		item = &list->items[menu->selected];
		describe_hotkey(item->hotkey, key, sizeof(key));
		snprintf(status, MENU_STATUS_MAX, "Entry %zu of 0 to %zu%s%s",
			menu->selected, list->count - 1, key,
			item->restricted ? ", asks for a password" : "");
	}
}
