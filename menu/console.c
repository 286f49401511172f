/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/console.h"

#include <stdio.h>

#include "menu/cells.h"
#include "menu/screen.h"

int console_begin(struct console *console, const struct terminal_host *host,
	struct error *err)
{
	*console = (struct console){ 0 };
	return terminal_begin(&console->terminal, host, err);
}

void console_end(struct console *console)
{
	screen_end(console->screen);
	console->screen = NULL;
	terminal_end(&console->terminal);
}

/* A key, or the time: what either means to the menu. */
static enum menu_action take_event(struct console *console,
	struct menu_model *menu, enum terminal_event event, uint32_t key)
{
	enum menu_action action = MENU_NONE;

	if (event == TERMINAL_GONE)
		return MENU_ABORT;
	if (event == TERMINAL_RESIZED && console->screen)
		screen_resize(console->screen);
	if (event == TERMINAL_KEY)
		action = console->prompting && !menu->veiled
			? prompt_press(&console->prompt, menu, key)
			: menu_press(menu, key);
	if (event == TERMINAL_HEARD)
		return MENU_HEARD;
	if (action == MENU_NONE)
		action = menu_tick(menu, terminal_now());
	return action;
}

/* One line, written over itself, for any terminal that knows CR. */
static void draw_countdown(
	struct console *console, const struct menu_model *menu)
{
	struct terminal *terminal = &console->terminal;
	const struct menu_list *list = menu->list;
	char title[CELLS_LINE_MAX], line[CELLS_LINE_MAX + 64];

	cells_window(list->items[menu->selected].title, terminal->host.utf8, 0,
		terminal->cols > 60 ? terminal->cols - 50 : 10, title);
	snprintf(line, sizeof(line), "Boots in %d s, any key shows the menu: ",
		menu_seconds(menu, terminal_now()));
	terminal_printf(terminal, "\r%*s\r", (int)terminal->cols - 1, "");
	if (terminal->cols < 60)
		line[terminal->cols > 1 ? terminal->cols - 1 : 0] = '\0';
	terminal_puts(terminal, line);
	if (terminal->cols > 60)
		terminal_puts(terminal, title);
	console->countdown = true;
}

static void clear_countdown(struct console *console)
{
	if (console->countdown)
		terminal_printf(&console->terminal, "\r%*s\r",
			(int)console->terminal.cols - 1, "");
	console->countdown = false;
}

/* Until a key wants to see the menu. */
static enum menu_action show_veiled(
	struct console *console, struct menu_model *menu)
{
	enum menu_action action = MENU_NONE;
	enum terminal_event event;
	uint32_t key = 0;

	while (menu->veiled && action == MENU_NONE) {
		if (menu->list->look == MENU_LOOK_COUNTDOWN &&
			terminal_ready(&console->terminal))
			draw_countdown(console, menu);
		event = terminal_wait(&console->terminal,
			menu_wait(menu, terminal_now()), &key);
		action = take_event(console, menu, event, key);
	}
	clear_countdown(console);
	return action;
}

static void open_display(struct console *console, struct menu_model *menu)
{
	const struct terminal *terminal = &console->terminal;
	struct error reason;

	if (!console->screen && !console->prompting)
		console->screen = screen_begin(&console->terminal, &reason);
	if (console->screen)
		return;
	if (console->prompting)
		prompt_set_room(
			&console->prompt, terminal->rows, terminal->cols, menu);
	else
		prompt_init(&console->prompt, terminal->rows, terminal->cols,
			terminal->host.utf8, terminal->echo, menu);
	console->prompting = true;
}

static void draw(struct console *console, struct menu_model *menu)
{
	int64_t now = terminal_now();

	if (console->screen)
		screen_draw(console->screen, menu, now);
	else
		prompt_draw(
			&console->prompt, menu, now, console->terminal.queue);
}

static enum menu_action show_open(
	struct console *console, struct menu_model *menu)
{
	enum menu_action action = MENU_NONE;
	enum terminal_event event;
	bool stale = true;
	uint32_t key = 0;

	while (action == MENU_NONE) {
		if (stale && terminal_ready(&console->terminal)) {
			draw(console, menu);
			stale = false;
		}
		event = terminal_wait(&console->terminal,
			menu_wait(menu, terminal_now()), &key);
		action = take_event(console, menu, event, key);
		stale = stale || event != TERMINAL_READY;
	}
	if (console->prompting)
		prompt_end(&console->prompt, console->terminal.queue);
	if (action == MENU_ANSWERED)
		terminal_forget(&console->terminal);
	return action;
}

enum menu_action console_show(struct console *console, struct menu_model *menu)
{
	enum menu_action action = show_veiled(console, menu);

	if (action != MENU_NONE)
		return action;
	open_display(console, menu);
	return show_open(console, menu);
}
