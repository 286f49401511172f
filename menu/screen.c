/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/screen.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "menu/cells.h"
#include "menu/curses_load.h"
#include "menu/layout.h"

#define PAIR_MESSAGE 1

/* In front of a title: the selected entry is marked also without reverse. */
#define PREFIX_COLS 2
/* For the selected entry's kernel and arguments, below the list. */
#define DETAIL_ROWS 3
/* Behind it: that it opens a menu. */
#define SUFFIX_COLS 3

struct screen {
	const struct curses *curses;
	struct terminal *terminal;
	FILE *out; /* the terminal's queue */
	SCREEN *handle;
	WINDOW *window; /* all of the screen */
	bool color;
	bool redraw; /* nothing is known of what the terminal shows */
	struct layout layout;
};

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
	curses->init_pair(PAIR_MESSAGE, COLOR_RED, -1);
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
		fclose(screen->out);
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

/* Printable text only, that is, what cells.h made. */
static void put(const struct screen *screen, int row, int col, const char *text)
{
	if (screen->curses->wmove(screen->window, row, col) == OK)
		screen->curses->waddnstr(screen->window, text, -1);
}

static void put_window(const struct screen *screen, int row, int col,
	const char *text, size_t skip, size_t cols)
{
	char line[CELLS_LINE_MAX];

	cells_window(text, screen->terminal->host.utf8, skip, cols, line);
	put(screen, row, col, line);
}

static void attribute(const struct screen *screen, attr_t attributes, bool on)
{
	if (on)
		screen->curses->wattr_on(screen->window, attributes, NULL);
	else
		screen->curses->wattr_off(screen->window, attributes, NULL);
}

static void draw_heading(const struct screen *screen, const char *heading)
{
	if (!heading || screen->layout.heading == LAYOUT_NO_ROW)
		return;
	attribute(screen, A_BOLD, true);
	put_window(screen, screen->layout.heading, 0, heading, 0,
		(size_t)screen->layout.cols);
	attribute(screen, A_BOLD, false);
}

static int message_rows(const struct screen *screen, const char *message)
{
	char line[CELLS_LINE_MAX];
	int rows = 0;

	while (message && *message && rows < (int)screen->terminal->rows) {
		cells_wrap(&message, screen->terminal->host.utf8,
			screen->terminal->cols, line);
		rows++;
	}
	return rows;
}

static void draw_message(const struct screen *screen, const char *message)
{
	attr_t look = screen->color
		? (attr_t)screen->curses->COLOR_PAIR(PAIR_MESSAGE)
		: A_BOLD;
	const struct layout *at = &screen->layout;
	char line[CELLS_LINE_MAX];

	attribute(screen, look, true);
	for (int i = 0; i < at->message_rows; i++) {
		if (i == at->message_rows - 1) {
			put_window(screen, at->message + i, 0, message, 0,
				(size_t)at->cols);
			break;
		}
		cells_wrap(&message, screen->terminal->host.utf8,
			(size_t)at->cols, line);
		put(screen, at->message + i, 0, line);
	}
	attribute(screen, look, false);
}

static void draw_frame(const struct screen *screen)
{
	const struct layout *at = &screen->layout;
	WINDOW *frame;

	if (!at->frame)
		return;
	frame = screen->curses->derwin(
		screen->window, at->list_rows + 2, at->cols, at->list - 1, 0);
	if (!frame)
		return;
	screen->curses->wborder(frame, 0, 0, 0, 0, 0, 0, 0, 0);
	screen->curses->wsyncup(frame);
	screen->curses->delwin(frame);
}

static void draw_marks(
	const struct screen *screen, const struct menu_model *menu)
{
	const struct layout *at = &screen->layout;
	bool utf8 = screen->terminal->host.utf8;

	if (menu_more_above(menu))
		put(screen, at->list, at->marks_col, utf8 ? "↑" : "^");
	if (menu_more_below(menu))
		put(screen, at->list + at->list_rows - 1, at->marks_col,
			utf8 ? "↓" : "v");
}

static int title_cols(const struct layout *layout)
{
	int cols = layout->list_cols - PREFIX_COLS - SUFFIX_COLS;

	return cols > 0 ? cols : 0;
}

/* Underline the first letter of the title that is its hotkey, if it is seen. */
static void draw_hotkey(const struct screen *screen,
	const struct menu_item *item, size_t shift, int row, int cols)
{
	char head[CELLS_LINE_MAX];
	const char letters[] = { (char)item->hotkey,
		(char)toupper((int)(item->hotkey & 0x7f)), '\0' };
	size_t at, len = strcspn(item->title, letters);

	if (item->hotkey <= ' ' || item->hotkey >= 0x7f || !item->title[len] ||
		len >= sizeof(head))
		return;
	memcpy(head, item->title, len);
	head[len] = '\0';
	at = cells_width(head, screen->terminal->host.utf8);
	/* the outermost columns may be marks */
	if (at < shift + (shift > 0) || at - shift + 1 >= (size_t)cols)
		return;
	attribute(screen, A_UNDERLINE, true);
	put(screen, row,
		screen->layout.list_col + PREFIX_COLS + (int)(at - shift),
		(char[]){ item->title[len], '\0' });
	attribute(screen, A_UNDERLINE, false);
}

static void draw_entry(const struct screen *screen,
	const struct menu_model *menu, size_t index, int row)
{
	const struct menu_item *item = &menu->list->items[index];
	const struct layout *at = &screen->layout;
	bool selected = index == menu->selected;
	int cols = title_cols(at);

	if (selected) {
		attribute(screen, A_REVERSE, true);
		for (int i = 0; i < at->list_cols; i++)
			put(screen, row, at->list_col + i, " ");
		put(screen, row, at->list_col, "*");
	}
	put_window(screen, row, at->list_col + PREFIX_COLS, item->title,
		selected ? menu->shift : 0, (size_t)cols);
	draw_hotkey(screen, item, selected ? menu->shift : 0, row, cols);
	if (item->submenu && cols > 0)
		put(screen, row, at->list_col + PREFIX_COLS + cols, " ->");
	attribute(screen, A_REVERSE, false);
}

static void draw_entries(
	const struct screen *screen, const struct menu_model *menu)
{
	size_t left = menu->list->count - menu->top;

	for (size_t i = 0; i < menu->rows && i < left; i++)
		draw_entry(screen, menu, menu->top + i,
			screen->layout.list + (int)i);
	if (menu->list->count == 0)
		put_window(screen, screen->layout.list,
			screen->layout.list_col + PREFIX_COLS, "(no entries)",
			0, (size_t)title_cols(&screen->layout));
}

static void draw_help(
	const struct screen *screen, const struct menu_model *menu)
{
	size_t left = menu_help_count - menu->help_top;
	const struct menu_help *help = menu_help + menu->help_top;
	char line[80];

	for (size_t i = 0; i < menu->rows && i < left; i++) {
		snprintf(line, sizeof(line), "%-11s %s", help[i].keys,
			help[i].does);
		put_window(screen, screen->layout.list + (int)i,
			screen->layout.list_col + 1, line, 0,
			(size_t)screen->layout.list_cols - 1);
	}
}

/* The longest of the variants that fits; the first is the longest. */
static const char *fitting(const char *const *variants, int cols)
{
	while (variants[1] && strlen(*variants) > (size_t)cols)
		variants++;
	return *variants;
}

static void draw_keys(
	const struct screen *screen, const struct menu_model *menu)
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
		put_window(screen, at->keys, 0, fitting(variants, at->cols), 0,
			(size_t)at->cols);
}

/* Where there is no row for it the question takes the list's. */
static int question_row(const struct layout *at)
{
	return at->status == LAYOUT_NO_ROW ? at->list : at->status;
}

/* With the end of what is typed in sight; the column behind it. */
static int draw_typed(
	const struct screen *screen, const char *label, const char *text)
{
	const struct layout *at = &screen->layout;
	char line[QUESTION_TEXT_MAX + 32];
	bool utf8 = screen->terminal->host.utf8;
	size_t width, cols = (size_t)at->cols - 1;

	snprintf(line, sizeof(line), "%s%s", label, text);
	width = cells_width(line, utf8);
	put_window(screen, question_row(at), 0, line,
		width > cols ? width - cols : 0, cols);
	return (int)(width < cols ? width : cols);
}

/*
 * Half pages, so that the cursor can go some way before the text moves, and
 * stands beside what is before and behind it.
 */
static int draw_line(const struct screen *screen, const struct line *line)
{
	static const char label[] = "Arguments: ";
	const struct layout *at = &screen->layout;
	char before[LINE_TEXT_MAX + 1];
	size_t row = (size_t)question_row(at), start = sizeof(label) - 1;
	size_t cols = (size_t)at->cols, half, skip = 0, col;

	if (cols < 3 * start)
		start = 0;
	else
		put(screen, (int)row, 0, label);
	cols -= start;
	half = cols > 1 ? cols / 2 : 1;
	memcpy(before, line->now.text, line->at);
	before[line->at] = '\0';
	col = cells_width(before, screen->terminal->host.utf8);
	if (cells_width(line->now.text, screen->terminal->host.utf8) >= cols &&
		col >= cols - 1)
		skip = (col - half) / half * half;
	put_window(screen, (int)row, (int)start, line->now.text, skip, cols);
	return (int)(start + col - skip);
}

static void draw_status(
	const struct screen *screen, const struct menu_model *menu, int64_t now)
{
	const struct layout *at = &screen->layout;
	char line[MENU_STATUS_MAX];

	if (at->status == LAYOUT_NO_ROW)
		return;
	menu_status(menu, now, line);
	put_window(screen, at->status, 0, line, 0, (size_t)at->cols);
}

/* The last of all: where a screen reader or a braille line looks. */
static void draw_last_line(
	const struct screen *screen, const struct menu_model *menu, int64_t now)
{
	const struct curses *curses = screen->curses;
	const struct layout *at = &screen->layout;
	bool asking = menu->question.state != QUESTION_NONE;
	bool editing = !asking && menu->line;
	int row = at->list, col = at->list_col;

	if (asking) {
		row = question_row(at);
		col = draw_typed(screen, question_label(&menu->question),
			question_shown(&menu->question));
	} else if (editing) {
		row = question_row(at);
		col = draw_line(screen, menu->line);
	} else if (menu->find.open) {
		row = question_row(at);
		col = draw_typed(screen,
			menu->find.missing ? "No entry has: " : "Find: ",
			menu->find.text);
	} else {
		draw_status(screen, menu, now);
		row += menu->help ? 0 : (int)(menu->selected - menu->top);
	}
	curses->curs_set(asking || editing || menu->find.open);
	curses->wmove(screen->window, row, col);
}

/* Of what is not known yet nothing is said: it is known soon, or never. */
static const char *detail_of(const struct menu_model *menu)
{
	const struct menu_item *item = &menu->list->items[menu->selected];

	return item->detail ? item->detail : "";
}

static void draw_detail(const struct screen *screen, const char *detail)
{
	const struct layout *at = &screen->layout;
	char line[CELLS_LINE_MAX];

	for (int i = 0; i < at->detail_rows && *detail; i++) {
		if (i == at->detail_rows - 1) {
			put_window(screen, at->detail + i, 0, detail, 0,
				(size_t)at->cols);
			break;
		}
		cells_wrap(&detail, screen->terminal->host.utf8,
			(size_t)at->cols, line);
		put(screen, at->detail + i, 0, line);
	}
}

void screen_draw(struct screen *screen, struct menu_model *menu, int64_t now)
{
	const struct curses *curses = screen->curses;
	struct layout *at = &screen->layout;

	if (!screen->window)
		return;
	layout_fit(at, (int)screen->terminal->rows, (int)screen->terminal->cols,
		message_rows(screen, menu->message),
		menu->list->peeks ? DETAIL_ROWS : 0);
	menu->details = at->detail_rows > 0;
	menu_set_room(menu, (size_t)at->list_rows, (size_t)title_cols(at),
		screen->terminal->host.utf8);
	curses->werase(screen->window);
	draw_heading(screen, menu->list->heading);
	draw_message(screen, menu->message);
	draw_frame(screen);
	if (menu->help)
		draw_help(screen, menu);
	else
		draw_entries(screen, menu);
	draw_marks(screen, menu);
	if (menu->list->peeks && menu->list->count > 0 && !menu->help)
		draw_detail(screen, detail_of(menu));
	draw_keys(screen, menu);
	draw_last_line(screen, menu, now);
	curses->clearok(screen->window, screen->redraw);
	curses->wrefresh(screen->window);
	fflush(screen->out);
	screen->redraw = false;
}
