/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/cells.h"
#include "menu/keys.h"
#include "menu/menu_parts.h"
#include "src/base/length.h"

static enum menu_action move_up(struct menu_model *menu)
{
	if (menu->selected > 0)
		menu_select(menu, menu->selected - 1);
	return MENU_NONE;
}

static enum menu_action move_down(struct menu_model *menu)
{
	menu_select(menu, menu->selected + 1);
	return MENU_NONE;
}

static enum menu_action move_first(struct menu_model *menu)
{
	menu_select(menu, 0);
	return MENU_NONE;
}

static enum menu_action move_last(struct menu_model *menu)
{
	menu_select(menu, menu->list->count);
	return MENU_NONE;
}

static enum menu_action page_up(struct menu_model *menu)
{
	size_t step = menu->rows;

	menu->top -= menu->top < step ? menu->top : step;
	menu_select(menu, menu->selected < step ? 0 : menu->selected - step);
	return MENU_NONE;
}

static enum menu_action page_down(struct menu_model *menu)
{
	menu->top += menu->rows; /* show_selected() brings it back in range */
	menu_select(menu, menu->selected + menu->rows);
	return MENU_NONE;
}

static enum menu_action shift_left(struct menu_model *menu)
{
	menu->shift -=
		menu->shift < MENU_SHIFT_STEP ? menu->shift : MENU_SHIFT_STEP;
	return MENU_NONE;
}

static enum menu_action shift_right(struct menu_model *menu)
{
	const struct menu_list *list = menu->list;
	size_t width;

	if (list->count == 0)
		return MENU_NONE;
	width = cells_width(list->items[menu->selected].title, menu->utf8);
	if (width > menu->shift && width - menu->shift > menu->cols)
		menu->shift += MENU_SHIFT_STEP;
	return MENU_NONE;
}

static enum menu_action choose(struct menu_model *menu)
{
	return menu->list->count > 0 ? MENU_CHOSEN : MENU_NONE;
}

static enum menu_action edit(struct menu_model *menu)
{
	const struct menu_list *list = menu->list;

	if (list->count == 0)
		return MENU_NONE;
	if (!list->items[menu->selected].submenu)
		return MENU_EDIT;
	menu->message = "A submenu has no arguments to edit.";
	return MENU_NONE;
}

static enum menu_action find(struct menu_model *menu)
{
	if (menu->list->count > 0)
		find_begin(&menu->find, menu->selected);
	return MENU_NONE;
}

static enum menu_action leave(struct menu_model *menu)
{
	return menu->list->nested ? MENU_BACK : MENU_NONE;
}

/* Escape takes away one thing at a time: first what was said, then the menu. */
static enum menu_action escape(struct menu_model *menu)
{
	if (!menu->message)
		return leave(menu);
	menu->message = NULL;
	return MENU_NONE;
}

static enum menu_action abort_boot(struct menu_model *menu)
{
	(void)menu;
	return MENU_ABORT;
}

static enum menu_action open_help(struct menu_model *menu)
{
	menu_open_help(menu);
	return MENU_NONE;
}

static enum menu_action edit_source(struct menu_model *menu)
{
	return menu->list->count > 0 ? MENU_SOURCE : MENU_NONE;
}

static enum menu_action open_shell(struct menu_model *menu)
{
	(void)menu;
	return MENU_SHELL;
}

static enum menu_action explain(struct menu_model *menu)
{
	return menu->list->count > 0 ? MENU_EXPLAIN : MENU_NONE;
}

static enum menu_action log_in(struct menu_model *menu)
{
	return menu->list->count > 0 ? MENU_LOGIN : MENU_NONE;
}

static const struct binding {
	uint32_t key;
	enum menu_action (*press)(struct menu_model *menu);
} bindings[] = {
	{ K_UP, move_up },
	{ K_CTRL('P'), move_up },
	{ '^', move_up },
	{ K_DOWN, move_down },
	{ K_CTRL('N'), move_down },
	{ 'v', move_down },
	{ K_HOME, move_first },
	{ K_CTRL('A'), move_first },
	{ K_END, move_last },
	{ K_CTRL('E'), move_last },
	{ K_PAGE_UP, page_up },
	{ K_CTRL('G'), page_up },
	{ K_PAGE_DOWN, page_down },
	{ K_CTRL('V'), page_down },
	{ K_ENTER, choose },
	{ 'b', choose },
	{ K_RIGHT, choose },
	{ K_CTRL('F'), choose },
	{ 'a', edit },
	{ '\t', edit },
	{ 'e', edit_source },
	{ K_F1 + 3, edit_source },
	{ 'c', open_shell },
	{ K_F1 + 1, open_shell },
	{ 'l', explain },
	{ K_F1 + 4, explain },
	{ 'p', log_in },
	{ K_F1 + 5, log_in },
	{ '/', find },
	{ K_F1 + 2, find },
	{ K_ESCAPE, escape },
	{ K_LEFT, leave },
	{ K_CTRL('B'), leave },
	{ '<', shift_left },
	{ '>', shift_right },
	{ '?', open_help },
	{ K_F1, open_help },
	{ 'q', abort_boot },
	{ K_CTRL('C'), abort_boot },
};

size_t menu_of_hotkey(const struct menu_list *list, uint32_t key)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (list->items[i].hotkey == key)
			return i;
	if (key >= 'A' && key <= 'Z')
		return menu_of_hotkey(list, key - 'A' + 'a');
	return i;
}

/* The keys that move are ours, whatever the guest says; so are digits. */
static bool may_be_hotkey(uint32_t key)
{
	if (key >= '0' && key <= '9')
		return false;
	return (key > ' ' && key < 0x7f) || key == '\t' || key == K_BACKSPACE ||
		key == K_INSERT || key == K_DELETE ||
		(key >= K_F1 && key <= K_F12);
}

/* The guest's keys come before our letters, all of which have another key. */
static bool press_hotkey(
	struct menu_model *menu, uint32_t key, enum menu_action *action)
{
	size_t index;

	if (!may_be_hotkey(key))
		return false;
	index = menu_of_hotkey(menu->list, key);
	if (index == menu->list->count)
		return false;
	menu_select(menu, index);
	if (!menu->list->items[index].hotkey_moves)
		*action = MENU_CHOSEN;
	return true;
}

enum menu_action menu_press_own(struct menu_model *menu, uint32_t key)
{
	for (size_t i = 0; i < LENGTH(bindings); i++) {
		if (bindings[i].key == key)
			return bindings[i].press(menu);
	}
	return MENU_NONE;
}

/*
 * A digit goes on with the number before it as long as there is such an
 * entry, else it begins a new one.  Numbers count from 0, as in --entry.
 */
static void press_digit(struct menu_model *menu, size_t digit)
{
	size_t count = menu->list->count;

	if (!menu->numbering || menu->number > (count + 9) / 10)
		menu->number = 0;
	menu->number = menu->number * 10 + digit;
	if (menu->number >= count)
		menu->number = digit;
	menu->numbering = menu->number < count;
	if (menu->numbering)
		menu_select(menu, menu->number);
}

enum menu_action menu_press_list(struct menu_model *menu, uint32_t key)
{
	enum menu_action action = MENU_NONE;

	if (key >= '0' && key <= '9') {
		press_digit(menu, key - '0');
		return MENU_NONE;
	}
	menu->numbering = false;
	if (!press_hotkey(menu, key, &action))
		action = menu_press_own(menu, key);
	return action;
}
