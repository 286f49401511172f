/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/screen.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "menu/colors.h"
#include "menu/draw.h"

/* For the selected entry's kernel and arguments, below the list. */
#define DETAIL_ROWS 3

/*
 * ncurses asks the environment for the size where its output is no terminal,
 * as our queue is none.  So it is told there, and not by whoever started us.
 */
static void tell_size(const char *name, unsigned int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	setenv(name, text, 1);
}

static SCREEN *new_terminal(const struct screen *screen, const char *type)
{
	SCREEN *handle;

	tell_size("LINES", screen->terminal->rows);
	tell_size("COLUMNS", screen->terminal->cols);
	handle = screen->curses->newterm(type, screen->out, screen->out);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	return handle;
}

static WINDOW *whole_window(const struct screen *screen)
{
	WINDOW *window = screen->curses->newwin(0, 0, 0, 0);

	if (window)
		screen->curses->idlok(window, TRUE);
	return window;
}

static void prepare_colors(struct screen *screen)
{
	const struct curses *curses = screen->curses;

	screen->color = screen->terminal->host.color && curses->has_colors();
	if (!screen->color)
		return;
	curses->start_color();
	curses->use_default_colors();
	curses->init_pair(DRAW_PAIR_MESSAGE, COLOR_RED, -1);
}

/* Does the type know how to place text, the least that drawing needs? */
static bool can_place(const struct curses *curses)
{
	const char *cup = curses->tigetstr("cup");

	return cup && cup != (const char *)-1;
}

static int start_curses(struct screen *screen, struct error *err)
{
	const struct curses *curses = screen->curses;
	const char *type = screen->terminal->host.type;

	if (type && *type)
		screen->handle = new_terminal(screen, type);
	if (!screen->handle || !can_place(curses))
		return error_set(err, ERR_UNSUPPORTED,
			"a terminal of type %s cannot show the menu",
			type && *type ? type : "unknown");
	curses->typeahead(-1); /* there is no input to give way to */
	curses->nonl();
	curses->curs_set(0);
	prepare_colors(screen);
	screen->window = whole_window(screen);
	if (!screen->window)
		return error_set(err, ERR_SYSTEM, "no memory for the menu");
	return 0;
}

/* The queue as a stream of its own; both write at the same position. */
static FILE *open_queue(const struct terminal *terminal)
{
	int fd = fcntl(terminal->queue, F_DUPFD_CLOEXEC, 0);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (fd >= 0 && !out)
		close(fd);
	return out;
}

struct screen *screen_begin(struct terminal *terminal, struct error *err)
{
	const struct curses *curses = curses_load(err);
	struct screen *screen = curses ? calloc(1, sizeof(*screen)) : NULL;

	if (!screen) {
		if (curses)
			error_set(err, ERR_SYSTEM, "no memory for the menu");
		return NULL;
	}
	screen->curses = curses;
	screen->terminal = terminal;
	screen->out = open_queue(terminal);
	screen->redraw = true;
	screen->colors = MENU_COLORS_UNSET;
	screen->selected_look = A_REVERSE;
	if (!screen->out)
		error_errno(err, "cannot draw the menu");
	else if (start_curses(screen, err) == 0)
		return screen;
	screen_end(screen);
	return NULL;
}

/*
 * ncurses leaves the margins at the size it believed in.  A pty of 0x0 or a
 * resized window is another: kernel messages would scroll in a part of it.
 */
static void reset_margins(const struct screen *screen)
{
	const char *csr = screen->curses->tigetstr("csr");

	if (csr && csr != (const char *)-1 && strncmp(csr, "\033[", 2) == 0)
		fputs("\0337\033[r\0338", screen->out);
}

void screen_end(struct screen *screen)
{
	if (!screen)
		return;
	if (screen->window) {
		screen->curses->werase(screen->window);
		screen->curses->wrefresh(screen->window);
		screen->curses->delwin(screen->window);
	}
	if (screen->handle) {
		screen->curses->endwin();
		reset_margins(screen);
		screen->curses->delscreen(screen->handle);
	}
	if (screen->out)
		(void)fclose(screen->out);
	free(screen);
}

void screen_resize(struct screen *screen)
{
	screen->curses->delwin(screen->window);
	screen->curses->resize_term(
		(int)screen->terminal->rows, (int)screen->terminal->cols);
	screen->window = whole_window(screen);
	screen->redraw = true;
}

/* A pair of the guest's; 0 if it has none that can be read. */
static attr_t look_of(
	const struct screen *screen, short pair, uint8_t fg, uint8_t bg)
{
	const struct curses *curses = screen->curses;
	struct color_look colors;

	if (!colors_map(fg, bg, curses->tigetnum("colors"), &colors))
		return 0;
	curses->init_pair(pair, colors.fg, colors.bg);
	return (attr_t)curses->COLOR_PAIR(pair) | (colors.bold ? A_BOLD : 0);
}

static void use_colors(struct screen *screen, const struct menu_colors *colors)
{
	if (!screen->color ||
		memcmp(colors, &screen->colors, sizeof(*colors)) == 0)
		return;
	screen->colors = *colors;
	screen->look = look_of(screen, DRAW_PAIR_LIST, colors->fg, colors->bg);
	screen->selected_look = look_of(screen, DRAW_PAIR_SELECTED,
		colors->selected_fg, colors->selected_bg);
	if (!screen->selected_look ||
		(colors->selected_fg == colors->fg &&
			colors->selected_bg == colors->bg))
		screen->selected_look = screen->look | A_REVERSE;
}

static void fit(struct screen *screen, const struct menu_model *menu)
{
	bool details = menu->editor || (menu->list->peeks && !menu->shell);

	layout_fit(&screen->layout, (int)screen->terminal->rows,
		(int)screen->terminal->cols,
		draw_message_rows(screen, menu->message),
		details && !menu->pager ? DETAIL_ROWS : 0);
	if (menu_front(menu) == MENU_FRONT_SHELL)
		layout_widen(&screen->layout);
}

/* What is seen, not where: that is known from where it was opened. */
static void draw_title(
	const struct screen *screen, const struct menu_model *menu)
{
	const struct menu_list *list = menu->list;
	char heading[CELLS_LINE_MAX];

	if (menu->pager && menu->pager->heading) {
		draw_heading(screen, menu->pager->heading);
	} else if (menu->editor && !menu->shell && list->count > 0) {
		snprintf(heading, sizeof(heading), "Edit: %s",
			list->items[menu->selected].title);
		draw_heading(screen, heading);
	} else {
		draw_heading(screen, list->heading);
	}
}

static struct draw_place draw_front(
	struct screen *screen, struct menu_model *menu, int64_t now)
{
	draw_title(screen, menu);
	draw_message(screen, menu->message);
	if (!menu->shell || menu->pager)
		draw_ground(screen);
	if (menu->pager)
		return draw_pager(screen, menu->pager);
	if (menu->shell)
		return draw_shell(screen, menu->shell);
	if (menu->editor)
		return draw_editor(screen, menu->editor);
	return draw_list(screen, menu, now);
}

void screen_draw(struct screen *screen, struct menu_model *menu, int64_t now)
{
	const struct curses *curses = screen->curses;
	struct draw_place place;

	if (!screen->window)
		return;
	use_colors(screen, &menu->list->colors);
	fit(screen, menu);
	curses->werase(screen->window);
	place = draw_front(screen, menu, now);
	draw_keys(screen, menu);
	if (menu->question.state != QUESTION_NONE)
		place = draw_question(screen, &menu->question);
	curses->curs_set(place.seen);
	curses->wmove(screen->window, place.row, place.col);
	curses->clearok(screen->window, screen->redraw);
	curses->wrefresh(screen->window);
	(void)fflush(screen->out);
	screen->redraw = false;
}
