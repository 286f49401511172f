/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/prompt.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "menu/cells.h"
#include "menu/keys.h"

/* Rows that are not entries: heading, message, more, countdown, question. */
#define OTHER_ROWS 6
#define PAGE_ROWS_MIN 5
/* What stands in front of a title: "* 65535  ", and " ->" behind it. */
#define BESIDE_COLS 12

void prompt_init(struct prompt *prompt, size_t rows, size_t cols, bool utf8,
	bool echo, struct menu_model *menu)
{
	*prompt = (struct prompt){ .utf8 = utf8, .echo = echo, .cols = cols };
	rows = rows > OTHER_ROWS + PAGE_ROWS_MIN ? rows - OTHER_ROWS
						 : PAGE_ROWS_MIN;
	menu_set_room(menu, rows, cols, utf8);
}

/* One line of text that may be anything; cut with a mark at the edge. */
static void print_text(const struct prompt *prompt, const char *text, int fd)
{
	char line[CELLS_LINE_MAX];

	/* Many terminals wrap when the last column is written. */
	cells_window(text, prompt->utf8, 0,
		prompt->cols > 1 ? prompt->cols - 1 : 1, line);
	dprintf(fd, "%s\r\n", line);
}

static void print_message(
	const struct prompt *prompt, const char *message, int fd)
{
	char line[CELLS_LINE_MAX];

	while (message && *message) {
		cells_wrap(&message, prompt->utf8,
			prompt->cols > 1 ? prompt->cols - 1 : 1, line);
		dprintf(fd, "%s\r\n", line);
	}
}

static void print_entry(const struct prompt *prompt,
	const struct menu_model *menu, size_t index, int fd)
{
	const struct menu_item *item = &menu->list->items[index];
	char line[CELLS_LINE_MAX];
	size_t cols = prompt->cols > 2 * BESIDE_COLS
		? prompt->cols - BESIDE_COLS
		: BESIDE_COLS;

	cells_window(item->title, prompt->utf8, 0, cols, line);
	dprintf(fd, "%c %zu  %s%s\r\n", index == menu->selected ? '*' : ' ',
		index, line, item->submenu ? " ->" : "");
}

static void print_list(
	const struct prompt *prompt, const struct menu_model *menu, int fd)
{
	const struct menu_list *list = menu->list;
	size_t end = menu->top + menu->rows;

	dprintf(fd, "\r\n");
	if (list->heading)
		print_text(prompt, list->heading, fd);
	for (size_t i = menu->top; i < end && i < list->count; i++)
		print_entry(prompt, menu, i, fd);
	if (menu_more_above(menu) || menu_more_below(menu))
		dprintf(fd, "  entries 0 to %zu; + and - show others\r\n",
			list->count - 1);
}

static void print_help(const struct menu_model *menu, int fd)
{
	dprintf(fd,
		"\r\nType, and press Enter:\r\n"
		"  a number  boot that entry, or open the submenu\r\n"
		"  nothing   the entry with the star\r\n"
		"  + -       the next and the previous entries\r\n"
		"  a         edit the arguments of the entry with the star, "
		"and boot it\r\n"
		"  a number and a\r\n"
		"            the same for that entry\r\n"
		"%s"
		"  q         do not boot\r\n",
		menu->list->nested ? "  u         leave the submenu\r\n" : "");
}

static void print_question(const struct menu_model *menu, int64_t now, int fd)
{
	const struct menu_list *list = menu->list;

	if (menu->counting)
		dprintf(fd, "Boots in %d s, any key stops this.\r\n",
			menu_seconds(menu, now));
	if (list->count > 0)
		dprintf(fd, "Number [%zu], %sq, ?: ", menu->selected,
			list->nested ? "u, " : "");
	else
		dprintf(fd,
			"Nothing to boot. %sq, ?: ", list->nested ? "u, " : "");
}

static void print_typed(struct prompt *prompt, int fd)
{
	dprintf(fd, "%s", prompt->typed);
	prompt->typed[0] = '\0';
}

void prompt_end(struct prompt *prompt, int fd)
{
	print_typed(prompt, fd);
	if (prompt->asked)
		dprintf(fd, "\r\n");
	prompt->asked = false;
}

/* Something else is to be typed, or it is to be seen as a whole again. */
static bool begins_anew(struct prompt *prompt, const struct menu_model *menu)
{
	bool anew = prompt->question != menu->question.state ||
		prompt->editing != menu->line || prompt->stale;

	prompt->question = menu->question.state;
	prompt->editing = menu->line;
	prompt->stale = false;
	return anew;
}

/* What fits of its end, which is where typing goes on. */
static void print_line(
	const struct prompt *prompt, const struct line *line, int fd)
{
	size_t cols = prompt->cols > 2 * BESIDE_COLS
		? prompt->cols - BESIDE_COLS
		: BESIDE_COLS;
	size_t width = cells_width(line->now.text, prompt->utf8);
	char text[CELLS_LINE_MAX];

	cells_window(line->now.text, prompt->utf8,
		width > cols ? width - cols : 0, cols, text);
	dprintf(fd, "Arguments: %s", text);
}

/* What is typed: an answer, a line, or which entry to boot. */
static void print_asked(const struct prompt *prompt,
	const struct menu_model *menu, int64_t now, int fd)
{
	if (menu->question.state != QUESTION_NONE)
		dprintf(fd, "%s", question_label(&menu->question));
	else if (menu->line)
		print_line(prompt, menu->line, fd);
	else
		print_question(menu, now, fd);
}

void prompt_draw(struct prompt *prompt, const struct menu_model *menu,
	int64_t now, int fd)
{
	bool asking = menu->question.state != QUESTION_NONE || menu->line;

	print_typed(prompt, fd);
	if (begins_anew(prompt, menu))
		prompt_end(prompt, fd);
	if (prompt->shown != menu->list && !asking) {
		print_list(prompt, menu, fd);
		prompt->shown = menu->list;
		prompt->asked = false;
	}
	if (prompt->asked)
		return;
	if (prompt->helping)
		print_help(menu, fd);
	prompt->helping = false;
	print_message(prompt, menu->message, fd);
	print_asked(prompt, menu, now, fd);
	prompt->asked = true;
}

static void echo(struct prompt *prompt, const char *text)
{
	size_t len = strlen(prompt->typed);

	if (prompt->echo)
		snprintf(prompt->typed + len, sizeof(prompt->typed) - len, "%s",
			text);
}

/* Answers that move: menu.h knows the key for it. */
static enum menu_action turn_page(
	struct prompt *prompt, struct menu_model *menu, uint32_t key)
{
	prompt->shown = NULL;
	return menu_press(menu, key);
}

/*
 * "3", or "3a" to edit that one's arguments.  A number that is too large for
 * any list is as wrong as one past its end.
 */
static enum menu_action choose_number(struct menu_model *menu, const char *line)
{
	size_t number = 0;
	bool edits;

	for (; *line >= '0' && *line <= '9'; line++) {
		number = number * 10 + (size_t)(*line - '0');
		if (number >= menu->list->count)
			break;
	}
	edits = strcmp(line, "a") == 0;
	if (*line && !edits) {
		menu->message = "No such entry.";
		return MENU_NONE;
	}
	menu_select(menu, number);
	return menu_press(menu, edits ? '\t' : K_ENTER);
}

static enum menu_action answer(struct prompt *prompt, struct menu_model *menu)
{
	static const struct {
		const char *line;
		uint32_t key;
	} words[] = {
		{ "", K_ENTER },
		{ "a", '\t' },
		{ "q", 'q' },
		{ "u", K_LEFT },
	};

	menu->message = NULL;
	if (strcmp(prompt->line, "?") == 0) {
		prompt->helping = true;
		return MENU_NONE;
	}
	if (strcmp(prompt->line, "+") == 0)
		return turn_page(prompt, menu, K_PAGE_DOWN);
	if (strcmp(prompt->line, "-") == 0)
		return turn_page(prompt, menu, K_PAGE_UP);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(prompt->line, words[i].line) == 0)
			return menu_press(menu, words[i].key);
	}
	if (prompt->line[0] && !prompt->line[1] &&
		menu_of_hotkey(menu->list, (unsigned char)prompt->line[0]) <
			menu->list->count)
		return menu_press(menu, (unsigned char)prompt->line[0]);
	return choose_number(menu, prompt->line);
}

static enum menu_action press_enter(
	struct prompt *prompt, struct menu_model *menu)
{
	enum menu_action action;

	echo(prompt, "\r\n");
	prompt->line[prompt->len] = '\0';
	prompt->len = 0;
	prompt->asked = false;
	action = answer(prompt, menu);
	/* Whatever comes next, it is not known to stand on the paper. */
	if (action != MENU_NONE)
		prompt->shown = NULL;
	return action;
}

static void type(struct prompt *prompt, uint32_t key)
{
	char text[2] = { 0 };

	if (prompt->len == PROMPT_LINE_MAX || key <= ' ' || key >= 0x7f)
		return;
	text[0] = (char)key;
	prompt->line[prompt->len++] = text[0];
	echo(prompt, text);
}

/* A name is seen while it is typed; of a password there is nothing to see. */
static enum menu_action press_in_question(
	struct prompt *prompt, struct menu_model *menu, uint32_t key)
{
	const char *name = question_shown(&menu->question);
	size_t before = strlen(name);
	enum menu_action action = menu_press(menu, key);
	size_t len = strlen(question_shown(&menu->question));

	if (menu->question.state != QUESTION_NAME)
		return action;
	if (len > before && key < 0x7f)
		echo(prompt, (char[2]){ (char)key, '\0' });
	else if (len > before)
		echo(prompt, "?");
	else if (len < before && key == K_BACKSPACE)
		echo(prompt, "\b \b");
	else if (len < before)
		prompt->question = QUESTION_NONE; /* print it anew */
	return action;
}

/* Nothing is taken back here, so the cursor is always behind the text. */
static enum menu_action press_in_line(
	struct prompt *prompt, struct menu_model *menu, uint32_t key)
{
	const struct line_text *now = &menu->line->now;
	size_t before = now->len;
	enum menu_action action = menu_press(menu, key);

	if (!menu->line || action != MENU_NONE)
		return action;
	menu->line->at = now->len;
	if (now->len == before + 1 && key < 0x7f &&
		strlen(prompt->typed) < PROMPT_ECHO_MAX)
		echo(prompt, (char[2]){ (char)key, '\0' });
	else if (now->len != before || menu->message)
		prompt->stale = true;
	return action;
}

enum menu_action prompt_press(
	struct prompt *prompt, struct menu_model *menu, uint32_t key)
{
	if (menu->question.state != QUESTION_NONE)
		return press_in_question(prompt, menu, key);
	if (menu->line)
		return press_in_line(prompt, menu, key);
	menu_stop(menu);
	if (key == K_CTRL('C'))
		return menu_press(menu, key);
	if (key == K_ENTER)
		return press_enter(prompt, menu);
	if (key == K_PAGE_DOWN || key == K_PAGE_UP)
		return turn_page(prompt, menu, key);
	if (key == K_BACKSPACE && prompt->len > 0) {
		prompt->len--;
		echo(prompt, "\b \b");
	} else {
		type(prompt, key);
	}
	return MENU_NONE;
}
