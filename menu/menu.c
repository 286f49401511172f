/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/menu.h"

#include "menu/keys.h"
#include "menu/menu_parts.h"

/* Longest sleep in one go: a countdown of days still fits into an int. */
#define WAIT_MAX_MS (3600 * 1000)

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
	} else {
		action = menu_press_list(menu, key);
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
