/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/menu.h"

#include "menu/keys.h"
#include "menu/menu_parts.h"
#include "menu/window.h"

/* Longest sleep in one go: a countdown of days still fits into an int. */
#define WAIT_MAX_MS 3600000 /* an hour */

static void show_selected(struct menu_model *menu)
{
	menu->top = window_show(
		menu->top, menu->list->count, menu->rows, menu->selected);
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

enum menu_front menu_front(const struct menu_model *menu)
{
	if (menu->question.state != QUESTION_NONE)
		return MENU_FRONT_QUESTION;
	if (menu->pager)
		return MENU_FRONT_PAGER;
	if (menu->shell)
		return MENU_FRONT_SHELL;
	if (menu->editor)
		return MENU_FRONT_EDITOR;
	if (menu->line)
		return MENU_FRONT_LINE;
	return menu->find.open ? MENU_FRONT_FIND : MENU_FRONT_LIST;
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

void menu_edit_source(struct menu_model *menu, struct editor *editor)
{
	menu_stop(menu);
	menu->editor = editor;
}

void menu_open_shell(struct menu_model *menu, struct shell *shell)
{
	menu_stop(menu);
	menu->shell = shell;
}

void menu_open_pager(struct menu_model *menu, struct pager *pager)
{
	menu_stop(menu);
	menu->pager = pager;
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
			menu->message = LINE_FULL;
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

/* Escape takes away what was said before it gives the lines up. */
static enum menu_action press_in_editor(struct menu_model *menu, uint32_t key)
{
	struct editor *editor = menu->editor;

	if (key == K_ESCAPE && menu->message && !editor->editing) {
		menu->message = NULL;
		return MENU_NONE;
	}
	switch (editor_press(editor, key)) {
	case EDITOR_RUN:
		return MENU_RUN;
	case EDITOR_SHELL:
		return MENU_SHELL;
	case EDITOR_HELP:
		menu_open_help(menu);
		return MENU_NONE;
	case EDITOR_CLOSED:
		menu->editor = NULL;
		return MENU_NONE;
	default:
		if (editor->problem)
			menu->message = editor->problem;
		return MENU_NONE;
	}
}

static enum menu_action after_shell(
	struct menu_model *menu, enum shell_result result)
{
	menu->message = NULL;
	switch (result) {
	case SHELL_ENTERED:
		return MENU_COMMAND;
	case SHELL_COMPLETE:
		return MENU_COMPLETE;
	case SHELL_HELP:
		menu_open_help(menu);
		return MENU_NONE;
	case SHELL_CLOSED:
		menu->shell = NULL;
		return MENU_NONE;
	default:
		if (menu->shell->line.full)
			menu->message = LINE_FULL;
		return MENU_NONE;
	}
}

static enum menu_action press_in_front(struct menu_model *menu, uint32_t key)
{
	switch (menu_front(menu)) {
	case MENU_FRONT_QUESTION:
		return press_in_question(menu, key);
	case MENU_FRONT_PAGER:
		if (!pager_press(menu->pager, key))
			menu->pager = NULL;
		return MENU_NONE;
	case MENU_FRONT_SHELL:
		return after_shell(menu, shell_press(menu->shell, key));
	case MENU_FRONT_EDITOR:
		return press_in_editor(menu, key);
	case MENU_FRONT_LINE:
		return press_in_line(menu, key);
	case MENU_FRONT_FIND:
		menu_select(menu,
			find_press(
				&menu->find, menu->list, menu->selected, key));
		return MENU_NONE;
	case MENU_FRONT_LIST:
		break;
	}
	return menu_press_list(menu, key);
}

enum menu_action menu_press(struct menu_model *menu, uint32_t key)
{
	enum menu_action action = MENU_NONE;
	bool veiled = menu->veiled;

	menu_stop(menu);
	if (key == K_CTRL('C'))
		action = MENU_ABORT;
	else if (!veiled) /* nobody aims at what is unseen */
		action = press_in_front(menu, key);
	if (action != MENU_NONE)
		menu->message = NULL;
	return action;
}

/*
 * Is the selected entry one to look at, and was not?  What it boots is behind
 * its password, too.
 */
static bool wants_peek(const struct menu_model *menu)
{
	const struct menu_list *list = menu->list;
	const struct menu_item *item;

	if (!list->peeks || !menu->details || menu->veiled ||
		menu_front(menu) > MENU_FRONT_FIND || list->count == 0)
		return false;
	if (menu->peeked && menu->resting == menu->selected)
		return false;
	item = &list->items[menu->selected];
	return !item->detail && !item->submenu && !item->restricted;
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

/* Keys that were typed while a command ran, now that it is done. */
static bool has_kept_key(const struct menu_model *menu)
{
	return menu_front(menu) == MENU_FRONT_SHELL &&
		shell_has_key(menu->shell);
}

static enum menu_action press_kept(struct menu_model *menu)
{
	enum menu_action action = MENU_NONE;

	while (action == MENU_NONE && has_kept_key(menu))
		action = after_shell(menu, shell_press_kept(menu->shell));
	return action;
}

enum menu_action menu_tick(struct menu_model *menu, int64_t now)
{
	if (question_tick(&menu->question, now))
		menu->message = menu->question.state == QUESTION_NONE
			? "Too many wrong passwords."
			: NULL;
	if (has_kept_key(menu))
		return press_kept(menu);
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

	if (has_kept_key(menu))
		return 0;
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
	return menu->top > 0;
}

bool menu_more_below(const struct menu_model *menu)
{
	return menu->top < window_last(menu->list->count, menu->rows);
}
