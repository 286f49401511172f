/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/menu.h"

#include <stdio.h>
#include <string.h>

#include "menu/cells.h"
#include "menu/keys.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Longest sleep in one go: a countdown of days still fits into an int. */
#define WAIT_MAX_MS (3600 * 1000)

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

/* The furthest that a window of the size may begin. */
static size_t last_top(size_t count, size_t rows)
{
	return count > rows ? count - rows : 0;
}

static void show_selected(struct menu_model *menu)
{
	size_t last = last_top(menu->list->count, menu->rows);

	if (menu->selected < menu->top)
		menu->top = menu->selected;
	else if (menu->selected - menu->top >= menu->rows)
		menu->top = menu->selected - menu->rows + 1;
	if (menu->top > last)
		menu->top = last;
}

void menu_select(struct menu_model *menu, size_t index)
{
	size_t count = menu->list->count;

	if (index != menu->selected)
		menu->shift = 0;
	menu->selected = index < count ? index : count ? count - 1 : 0;
	show_selected(menu);
}

void menu_init(
	struct menu_model *menu, const struct menu_list *list, int64_t now)
{
	*menu = (struct menu_model){ .list = list, .rows = 1 };
	menu->counting = list->timeout >= 0 && list->count > 0;
	menu->veiled = menu->counting && list->look != MENU_LOOK_MENU;
	menu->deadline = now + (int64_t)list->timeout * 1000;
	menu_select(menu, list->chosen);
	menu->resting = menu->selected;
	menu->rested = now;
}

void menu_set_room(struct menu_model *menu, size_t rows, size_t cols, bool utf8)
{
	menu->rows = rows ? rows : 1;
	menu->cols = cols;
	menu->utf8 = utf8;
	/* A default far down is first seen with its neighbours around it. */
	if (!menu->placed && menu->selected >= menu->rows)
		menu->top = menu->selected - menu->rows / 2;
	else if (!menu->placed)
		menu->top = 0;
	menu->placed = true;
	show_selected(menu);
}

void menu_stop(struct menu_model *menu)
{
	menu->counting = false;
	menu->veiled = false;
}

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
	menu->help = true;
	menu->help_top = 0;
	return MENU_NONE;
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
	{ '/', find },
	{ K_F1 + 2, find },
	{ '\t', edit },
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

static enum menu_action press_bound(struct menu_model *menu, uint32_t key)
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

/* Keys while the help is seen: it scrolls, and every other key closes it. */
static void press_in_help(struct menu_model *menu, uint32_t key)
{
	size_t last = last_top(menu_help_count, menu->rows);

	if (key == K_DOWN || key == K_CTRL('N'))
		menu->help_top += 1;
	else if (key == K_PAGE_DOWN || key == ' ')
		menu->help_top += menu->rows;
	else if (key == K_UP || key == K_CTRL('P'))
		menu->help_top -= menu->help_top > 0;
	else if (key == K_PAGE_UP)
		menu->help_top -= menu->help_top < menu->rows ? menu->help_top
							      : menu->rows;
	else
		menu->help = false;
	if (menu->help_top > last)
		menu->help_top = last;
}

void menu_ask(struct menu_model *menu, bool by_name)
{
	menu_stop(menu);
	question_ask(&menu->question, by_name);
}

void menu_refuse(struct menu_model *menu, int64_t now)
{
	question_refuse(&menu->question, now);
	menu->message = "Wrong password.";
}

void menu_end_question(struct menu_model *menu)
{
	question_end(&menu->question);
}

void menu_edit(struct menu_model *menu, struct line *line)
{
	menu_stop(menu);
	menu->line = line;
}

/* What was wrong with the line is seen as long as it is being mended. */
static enum menu_action press_in_line(struct menu_model *menu, uint32_t key)
{
	switch (line_press(menu->line, key)) {
	case LINE_ACCEPTED:
		return MENU_EDITED;
	case LINE_CANCELLED:
		menu->line = NULL;
		menu->message = NULL;
		return MENU_NONE;
	default:
		if (menu->line->full)
			menu->message = "The line cannot be longer.";
		return MENU_NONE;
	}
}

/* Escape takes back the question, but not the pause behind a wrong answer. */
static enum menu_action press_in_question(struct menu_model *menu, uint32_t key)
{
	struct question *question = &menu->question;

	if (question_press(question, key))
		return MENU_ANSWERED;
	if ((key == K_ESCAPE || key == K_CTRL('G')) &&
		question->state != QUESTION_REFUSED) {
		question_end(question);
		menu->message = NULL;
	}
	return MENU_NONE;
}

enum menu_action menu_press(struct menu_model *menu, uint32_t key)
{
	enum menu_action action = MENU_NONE;
	bool veiled = menu->veiled;

	menu_stop(menu);
	if (key == K_CTRL('C')) {
		action = MENU_ABORT;
	} else if (menu->question.state != QUESTION_NONE) {
		action = press_in_question(menu, key);
	} else if (menu->line) {
		action = press_in_line(menu, key);
	} else if (menu->find.open) {
		menu_select(menu,
			find_press(
				&menu->find, menu->list, menu->selected, key));
	} else if (veiled) {
		/* The key asked for the menu; nobody aims at what is unseen. */
	} else if (menu->help) {
		press_in_help(menu, key);
	} else if (key >= '0' && key <= '9') {
		press_digit(menu, key - '0');
	} else {
		menu->numbering = false;
		if (!press_hotkey(menu, key, &action))
			action = press_bound(menu, key);
	}
	if (action != MENU_NONE)
		menu->message = NULL;
	return action;
}

/* Is the selected entry one to look at, and was not? */
static bool wants_peek(const struct menu_model *menu)
{
	const struct menu_list *list = menu->list;

	if (!list->peeks || !menu->details || menu->veiled || menu->help ||
		menu->line || menu->question.state != QUESTION_NONE ||
		list->count == 0)
		return false;
	if (menu->peeked && menu->resting == menu->selected)
		return false;
	return !list->items[menu->selected].detail &&
		!list->items[menu->selected].submenu;
}

static enum menu_action tick_rest(struct menu_model *menu, int64_t now)
{
	if (menu->resting != menu->selected) {
		menu->resting = menu->selected;
		menu->rested = now + MENU_REST_MS;
		menu->peeked = false;
	}
	if (now < menu->rested || !wants_peek(menu))
		return MENU_NONE;
	menu->peeked = true;
	return MENU_PEEK;
}

enum menu_action menu_tick(struct menu_model *menu, int64_t now)
{
	if (question_tick(&menu->question, now))
		menu->message = menu->question.state == QUESTION_NONE
			? "Too many wrong passwords."
			: NULL;
	if (!menu->counting || now < menu->deadline)
		return tick_rest(menu, now);
	menu_stop(menu);
	menu->message = NULL;
	return MENU_TIMED_OUT;
}

static int wait_for_time(const struct menu_model *menu, int64_t now)
{
	int64_t left = menu->deadline - now;

	if (menu->question.state == QUESTION_REFUSED)
		return menu->question.until > now
			? (int)(menu->question.until - now)
			: 0;
	if (!menu->counting)
		return -1;
	if (left <= 0)
		return 0;
	if (menu->veiled && menu->list->look == MENU_LOOK_HIDDEN)
		return left < WAIT_MAX_MS ? (int)left : WAIT_MAX_MS;
	return (int)((left - 1) % 1000) + 1;
}

int menu_wait(const struct menu_model *menu, int64_t now)
{
	int wait = wait_for_time(menu, now), rest = MENU_REST_MS;

	if (!wants_peek(menu))
		return wait;
	if (menu->resting == menu->selected)
		rest = menu->rested > now ? (int)(menu->rested - now) : 0;
	return wait < 0 || rest < wait ? rest : wait;
}

int menu_seconds(const struct menu_model *menu, int64_t now)
{
	int64_t left = menu->deadline - now;

	return menu->counting && left > 0 ? (int)((left + 999) / 1000) : 0;
}

bool menu_more_above(const struct menu_model *menu)
{
	return (menu->help ? menu->help_top : menu->top) > 0;
}

bool menu_more_below(const struct menu_model *menu)
{
	if (menu->help)
		return menu->help_top < last_top(menu_help_count, menu->rows);
	return menu->top < last_top(menu->list->count, menu->rows);
}

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
