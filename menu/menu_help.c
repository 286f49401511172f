/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <string.h>

#include "menu/menu_parts.h"
#include "src/base/length.h"

/*
 * The keys of GRUB legacy, GRUB 2, pygrub and syslinux together.  Where they
 * contradict each other the later GRUB wins; ^C, PgDn there, aborts.
 */
static const struct pager_field list_moves[] = {
	{ "Up, ^P, ^", "the entry above" },
	{ "Down, ^N, v", "the entry below" },
	{ "Home, ^A", "the first entry" },
	{ "End, ^E", "the last entry" },
	{ "PgUp, ^G", "a page up" },
	{ "PgDn, ^V", "a page down" },
	{ "0-9", "the entry of that number" },
	{ "Enter, b", "boot it, or open the submenu" },
	{ "Right, ^F", "the same" },
};

static const struct pager_field list_edits[] = {
	{ "e, F4", "edit the entry, and boot it" },
	{ "a, Tab", "edit the kernel's arguments, and boot" },
	{ "c, F2", "a command line" },
};

static const struct pager_field list_others[] = {
	{ "l, F5", "what would be booted, and why" },
	{ "p, F6", "say a password now" },
	{ "Esc, Left", "leave the submenu" },
	{ "< >", "move long titles" },
	{ "/, F3", "find an entry by a part of its title" },
	{ "hotkeys", "those that the guest gave to entries" },
	{ "?, F1", "this help" },
	{ "q, ^C", "do not boot" },
};

static const struct pager_field in_editor[] = {
	{ "Up, Down", "select a line; also ^P and ^N" },
	{ "PgUp, PgDn", "a page up or down" },
	{ "Home, End", "the first line, the last one" },
	{ "e, Enter", "edit the line; also Right" },
	{ "d", "delete the line" },
	{ "o, O", "a new line below, or above" },
	{ "u, ^Z", "take the last change back" },
	{ "b, ^X, F10", "boot what the lines say" },
	{ "c, F2", "a command line" },
	{ "Esc", "back to the menu; changes are lost" },
	{ "?, F1", "this help" },
	{ "^C", "do not boot" },
	{ "", "" },
	{ "In a line:", "" },
	{ "Enter", "keep the line" },
	{ "Up, Down", "keep it, and edit the one above or below" },
	{ "^X, F10", "keep it, and boot" },
	{ "Esc, ^G", "leave the line as it was" },
	{ "^A ^E", "to its begin, to its end" },
	{ "M-b M-f", "a word back, a word on" },
	{ "^K ^U ^W M-d", "cut to the end, the begin, a word" },
	{ "^Y", "put back what was cut" },
};

static const struct pager_field in_shell[] = {
	{ "Enter", "run the command; help lists them" },
	{ "Tab", "complete a command, a device or a path" },
	{ "Up, Down", "earlier lines; also ^P and ^N" },
	{ "PgUp, PgDn", "what was printed before" },
	{ "^L", "clear the screen" },
	{ "Esc, ^D", "close the command line; ^D where it is empty" },
	{ "F1", "this help" },
	{ "^C", "do not boot" },
	{ "", "" },
	{ "^A ^E", "to the begin of the line, to its end" },
	{ "M-b M-f", "a word back, a word on" },
	{ "^K ^U ^W M-d", "cut to the end, the begin, a word" },
	{ "^Y", "put back what was cut" },
	{ "^G", "cut the whole line" },
};

void menu_show_help(struct menu_model *menu, const char *heading,
	const struct menu_help *parts, size_t count)
{
	size_t fields = 0;

	for (size_t i = 0; i < count; i++) {
		if (parts[i].edits && menu->list->no_edit)
			continue;
		assert(parts[i].count <= MENU_HELP_MAX - fields);
		memcpy(menu->help_fields + fields, parts[i].fields,
			parts[i].count * sizeof(*parts[i].fields));
		fields += parts[i].count;
	}
	pager_show(&menu->help, heading, menu->help_fields, fields);
	menu->pager = &menu->help;
}

void menu_open_help(struct menu_model *menu)
{
	static const struct menu_help
		shell = { in_shell, LENGTH(in_shell), false },
		editor = { in_editor, LENGTH(in_editor), false },
		list[] = {
			{ list_moves, LENGTH(list_moves), false },
			{ list_edits, LENGTH(list_edits), true },
			{ list_others, LENGTH(list_others), false },
		};

	if (menu->shell)
		menu_show_help(menu, "Keys of the command line", &shell, 1);
	else if (menu->editor)
		menu_show_help(menu, "Keys of the editor", &editor, 1);
	else
		menu_show_help(menu, "Keys of the menu", list, LENGTH(list));
}
