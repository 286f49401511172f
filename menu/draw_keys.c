/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "menu/draw.h"

/* The longest of the variants that fits; the first is the longest. */
static const char *fitting(const char *const *variants, int cols)
{
	while (variants[1] && strlen(*variants) > (size_t)cols)
		variants++;
	return *variants;
}

static const char *const in_list[] = {
	"Up and Down select, Enter boots, e edits, a edits arguments, "
	"c command line, ? shows all keys, q aborts",
	"Enter boots, e edits, a arguments, c command line, "
	"? shows all keys, q aborts",
	"Enter boots, e edits, ? shows all keys, q aborts",
	"Enter boots, e edits, ? help, q aborts",
	"Enter boots, ? help",
	"? help",
	NULL,
};
static const char *const in_submenu[] = {
	"Enter boots, e edits, c command line, Esc goes back, "
	"? shows all keys",
	"Enter boots, Esc goes back, ? help",
	"Esc back, ? help",
	"Esc back",
	NULL,
};
/* The same where nobody may edit. */
static const char *const in_fixed_list[] = {
	"Up and Down select, Enter boots, ? shows all keys, q aborts",
	"Enter boots, ? shows all keys, q aborts",
	"Enter boots, ? help",
	"? help",
	NULL,
};
static const char *const in_fixed_submenu[] = {
	"Enter boots, Esc goes back, ? shows all keys",
	"Enter boots, Esc goes back, ? help",
	"Esc back, ? help",
	"Esc back",
	NULL,
};
static const char *const in_pager[] = {
	"Up and Down scroll, any other key goes back",
	"Any key: back",
	NULL,
};
static const char *const in_question[] = {
	"Enter goes on, Esc goes back",
	"Esc back",
	NULL,
};
static const char *const in_find[] = {
	"Up and Down go to others that have it, Enter stays, "
	"Esc goes back",
	"Enter stays, Esc back",
	"Esc back",
	NULL,
};
static const char *const in_arguments[] = {
	"Enter boots with these arguments, Esc goes back",
	"Enter boots, Esc back",
	"Esc back",
	NULL,
};
static const char *const in_editor[] = {
	"Enter edits the line, ^X boots, c command line, Esc goes back, "
	"? all keys",
	"Enter edits, ^X boots, Esc back, ? help",
	"^X boots, Esc back",
	"Esc back",
	NULL,
};
static const char *const in_source_line[] = {
	"Enter keeps the line, Esc leaves it as it was, ^X boots, F1 all keys",
	"Enter keeps it, Esc not, ^X boots",
	"Enter ok, Esc back",
	"Esc back",
	NULL,
};
static const char *const in_shell[] = {
	"Tab completes, PgUp scrolls, Esc goes back, F1 shows all keys, "
	"help the commands",
	"Tab completes, Esc back, F1 help",
	"Esc back, F1 help",
	"Esc back",
	NULL,
};

static const char *const *variants_of_list(const struct menu_list *list)
{
	if (list->no_edit)
		return list->nested ? in_fixed_submenu : in_fixed_list;
	return list->nested ? in_submenu : in_list;
}

static const char *const *variants_of(const struct menu_model *menu)
{
	switch (menu_front(menu)) {
	case MENU_FRONT_QUESTION:
		return in_question;
	case MENU_FRONT_PAGER:
		return in_pager;
	case MENU_FRONT_SHELL:
		return in_shell;
	case MENU_FRONT_EDITOR:
		return menu->editor->editing ? in_source_line : in_editor;
	case MENU_FRONT_LINE:
		return in_arguments;
	case MENU_FRONT_FIND:
		return in_find;
	case MENU_FRONT_LIST:
		break;
	}
	return variants_of_list(menu->list);
}

void draw_keys(const struct screen *screen, const struct menu_model *menu)
{
	const struct layout *at = &screen->layout;

	if (at->keys != LAYOUT_NO_ROW)
		draw_window(screen, at->keys, 0,
			fitting(variants_of(menu), at->cols), 0,
			(size_t)at->cols);
}
