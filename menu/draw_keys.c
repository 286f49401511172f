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

void draw_keys(const struct screen *screen, const struct menu_model *menu)
{
	static const char *const top[] = {
		"Up and Down select, Enter boots, a edits arguments, "
		"? shows all keys, q aborts",
		"Up and Down select, Enter boots, ? shows all keys, q aborts",
		"Up/Down, Enter boots, ? help, q abort",
		"Enter boots, ? help",
		"? help",
		NULL,
	};
	static const char *const nested[] = {
		"Up and Down select, Enter boots, Esc goes back, "
		"? shows all keys, q aborts",
		"Up/Down, Enter boots, Esc back, ? help",
		"Esc back, ? help",
		"Esc back",
		NULL,
	};
	static const char *const help[] = {
		"Up and Down scroll, any other key closes the help",
		"Any key: back",
		NULL,
	};
	static const char *const question[] = {
		"Enter goes on, Esc goes back",
		"Esc back",
		NULL,
	};
	static const char *const find[] = {
		"Up and Down go to others that have it, Enter stays, "
		"Esc goes back",
		"Enter stays, Esc back",
		"Esc back",
		NULL,
	};
	static const char *const line[] = {
		"Enter boots with these arguments, Esc goes back",
		"Enter boots, Esc back",
		"Esc back",
		NULL,
	};
	const char *const *variants = menu->question.state != QUESTION_NONE
		? question
		: menu->line         ? line
		: menu->find.open    ? find
		: menu->help         ? help
		: menu->list->nested ? nested
				     : top;
	const struct layout *at = &screen->layout;

	if (at->keys != LAYOUT_NO_ROW)
		draw_window(screen, at->keys, 0, fitting(variants, at->cols), 0,
			(size_t)at->cols);
}
