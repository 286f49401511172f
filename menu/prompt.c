/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/prompt.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "menu/cells.h"
#include "menu/keys.h"
#include "menu/menu_parts.h"
#include "menu/prompt_parts.h"
#include "src/base/length.h"

/* Rows that are not entries: heading, message, more, countdown, question. */
#define OTHER_ROWS 6
#define PAGE_ROWS_MIN 5
/* What stands in front of a title: "* 65535  ", and " ->" behind it. */
#define BESIDE_COLS 12

void prompt_init(struct prompt *prompt, size_t rows, size_t cols, bool utf8,
	bool echo, struct menu_model *menu)
{
	*prompt = (struct prompt){ .utf8 = utf8, .echo = echo };
	prompt_set_room(prompt, rows, cols, menu);
}

void prompt_set_room(struct prompt *prompt, size_t rows, size_t cols,
	struct menu_model *menu)
{
	prompt->cols = cols;
	prompt->rows = rows > OTHER_ROWS + PAGE_ROWS_MIN ? rows - OTHER_ROWS
							 : PAGE_ROWS_MIN;
	menu_set_room(menu, prompt->rows, cols, prompt->utf8);
}

static void print_entry(const struct prompt *prompt,
	const struct menu_model *menu, size_t index, int fd)
{
	const struct menu_item *item = &menu->list->items[index];
	char line[CELLS_LINE_MAX];

	cells_window(item->title, prompt->utf8, 0,
		prompt_room(prompt, BESIDE_COLS), line);
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
		prompt_print_line(prompt, list->heading, fd);
	for (size_t i = menu->top; i < end && i < list->count; i++)
		print_entry(prompt, menu, i, fd);
	if (menu_more_above(menu) || menu_more_below(menu))
		dprintf(fd, "  entries 0 to %zu; + and - show others\r\n",
			list->count - 1);
}

static const struct pager_field choices[] = {
	{ "a number", "boot that entry, or open the submenu" },
	{ "nothing", "the entry with the star" },
	{ "+ -", "the next and the previous entries" },
	{ "l", "what the entry with the star would boot, and why" },
	{ "a number and l", "the same for that entry" },
};

static const struct pager_field edits[] = {
	{ "e", "edit the entry with the star, and boot it" },
	{ "a", "edit its arguments, and boot it" },
	{ "a number and e or a", "the same for that entry" },
	{ "c", "a command line" },
};

static const struct pager_field others[] = {
	{ "p", "say a password now" },
	{ "u", "leave the submenu" },
	{ "q", "do not boot" },
};

static const struct menu_help help[] = {
	{ choices, LENGTH(choices), false },
	{ edits, LENGTH(edits), true },
	{ others, LENGTH(others), false },
};

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

/* What is being typed into, other than the question which entry; or NULL. */
static struct line *typed_line(
	struct prompt *prompt, const struct menu_model *menu)
{
	if (menu->shell)
		return &menu->shell->line;
	return menu->editor ? &prompt->typing : menu->line;
}

static const void *front_of(const struct menu_model *menu)
{
	if (menu->shell)
		return menu->shell;
	return menu->editor ? (const void *)menu->editor : menu->line;
}

/* Something else is in front: what it needs begins. */
static void change_front(struct prompt *prompt, const struct menu_model *menu)
{
	prompt->front = front_of(menu);
	prompt->listed = false;
	prompt->printed = 0;
	line_begin(&prompt->typing, "", NULL);
}

/* Something else is to be typed, or it is to be seen as a whole again. */
static bool begins_anew(struct prompt *prompt, const struct menu_model *menu)
{
	const struct line *line = typed_line(prompt, menu);
	bool anew = prompt->question != menu->question.state || menu->pager ||
		prompt->front != front_of(menu) || prompt->stale ||
		(line && line->now.len != prompt->shown_len);

	if (prompt->front != front_of(menu))
		change_front(prompt, menu);
	prompt->question = menu->question.state;
	prompt->stale = false;
	return anew;
}

/* What fits of its end, which is where typing goes on. */
static void print_line(struct prompt *prompt, const char *label,
	const struct line *line, int fd)
{
	size_t cols = prompt_room(prompt, BESIDE_COLS);
	size_t width = cells_width(line->now.text, prompt->utf8);
	char text[CELLS_LINE_MAX];

	cells_window(line->now.text, prompt->utf8,
		width > cols ? width - cols : 0, cols, text);
	dprintf(fd, "%s%s", label, text);
	prompt->shown_len = line->now.len;
}

/* What is typed: an answer, a line, or which entry to boot. */
static void print_asked(struct prompt *prompt, const struct menu_model *menu,
	int64_t now, int fd)
{
	const struct line *line = typed_line(prompt, menu);

	if (menu->question.state != QUESTION_NONE)
		dprintf(fd, "%s", question_label(&menu->question));
	else if (menu->shell)
		print_line(prompt, shell_prompt(menu->shell), line, fd);
	else if (line)
		print_line(prompt,
			menu->editor ? "Edit: " : "Arguments: ", line, fd);
	else
		print_question(menu, now, fd);
}

/* What stands above that, if it does not stand there yet. */
static void print_above(struct prompt *prompt, struct menu_model *menu, int fd)
{
	if (menu->pager)
		prompt_print_pager(prompt, menu->pager, fd);
	menu->pager = NULL;
	if (menu->question.state != QUESTION_NONE)
		return;
	if (menu->shell) {
		prompt_print_output(prompt, menu->shell, fd);
	} else if (menu->editor && !prompt->listed) {
		prompt_print_source(prompt, menu->editor, fd);
		prompt->listed = true;
	} else if (!menu->editor && !menu->line &&
		prompt->shown != menu->list) {
		print_list(prompt, menu, fd);
		prompt->shown = menu->list;
	}
}

void prompt_draw(
	struct prompt *prompt, struct menu_model *menu, int64_t now, int fd)
{
	print_typed(prompt, fd);
	if (begins_anew(prompt, menu))
		prompt_end(prompt, fd);
	if (prompt->shown != menu->list && !front_of(menu) &&
		menu->question.state == QUESTION_NONE)
		prompt->asked = false;
	if (prompt->asked)
		return;
	print_above(prompt, menu, fd);
	prompt_print_wrapped(prompt, menu->message, fd);
	/* nothing is asked while a command runs */
	if (menu_front(menu) == MENU_FRONT_SHELL &&
		menu->shell->state == SHELL_RUNS)
		return;
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

/* What can be done to an entry: its letter, and a key that does it. */
static const struct {
	char letter;
	uint32_t key;
} deeds[] = {
	{ '\0', K_ENTER },
	{ 'a', 'a' },
	{ 'e', 'e' },
	{ 'l', 'l' },
};

/*
 * "3", or "3a" to edit that one's arguments.  A number that is too large for
 * any list is as wrong as one past its end.
 */
static enum menu_action choose_number(struct menu_model *menu, const char *line)
{
	size_t number = 0;

	for (; *line >= '0' && *line <= '9'; line++) {
		number = number * 10 + (size_t)(*line - '0');
		if (number >= menu->list->count)
			break;
	}
	for (size_t i = 0; i < LENGTH(deeds); i++) {
		if (*line != deeds[i].letter || (*line && line[1]))
			continue;
		menu_select(menu, number);
		return menu_press_own(menu, deeds[i].key);
	}
	menu->message = "No such entry.";
	return MENU_NONE;
}

static enum menu_action answer(struct prompt *prompt, struct menu_model *menu)
{
	static const char words[] = "aeclpqu";
	const char *line = prompt->line;
	bool one = line[0] && !line[1];

	menu->message = NULL;
	if (strcmp(line, "+") == 0)
		return turn_page(prompt, menu, K_PAGE_DOWN);
	if (strcmp(line, "-") == 0)
		return turn_page(prompt, menu, K_PAGE_UP);
	if (strcmp(line, "?") == 0) {
		menu_show_help(
			menu, "Type, and press Enter:", help, LENGTH(help));
		return MENU_NONE;
	}
	if (!*line)
		return menu_press_own(menu, K_ENTER);
	if (one && strchr(words, line[0]))
		return menu_press_own(
			menu, line[0] == 'u' ? K_LEFT : (unsigned char)line[0]);
	if (one &&
		menu_of_hotkey(menu->list, (unsigned char)line[0]) <
			menu->list->count)
		return menu_press(menu, (unsigned char)line[0]);
	return choose_number(menu, line);
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

/* A key of the line that is typed into the editor's prompt. */
static enum menu_action press_in_editor(
	struct prompt *prompt, struct menu_model *menu, uint32_t key)
{
	if (key == K_CTRL('C'))
		return menu_press(menu, key);
	switch (line_press(&prompt->typing, key)) {
	case LINE_ACCEPTED:
		prompt->stale = true;
		return prompt_answer_editor(prompt, menu);
	case LINE_CANCELLED:
		prompt->stale = true;
		if (prompt->typing.now.len == 0)
			return menu_press(menu, K_ESCAPE);
		line_begin(&prompt->typing, "", NULL);
		return MENU_NONE;
	default:
		if (prompt->typing.full)
			menu->message = LINE_FULL;
		return MENU_NONE;
	}
}

/* Nothing is taken back here, so the cursor is always behind the text. */
static enum menu_action press_in_line(
	struct prompt *prompt, struct menu_model *menu, uint32_t key)
{
	struct line *line = typed_line(prompt, menu);
	const void *front = front_of(menu);
	size_t before = line->now.len;
	enum menu_action action = menu->editor && !menu->shell
		? press_in_editor(prompt, menu, key)
		: menu_press(menu, key);

	if (front != front_of(menu) || action != MENU_NONE)
		return action;
	line->at = line->now.len;
	if (line->now.len == before + 1 && key < 0x7f &&
		strlen(prompt->typed) < PROMPT_ECHO_MAX) {
		echo(prompt, (char[2]){ (char)key, '\0' });
		prompt->shown_len++;
	} else if (line->now.len != before || menu->message || key == K_ENTER ||
		key == K_UP || key == K_DOWN) {
		prompt->stale = true;
	}
	return MENU_NONE;
}

enum menu_action prompt_press(
	struct prompt *prompt, struct menu_model *menu, uint32_t key)
{
	if (menu->question.state != QUESTION_NONE)
		return press_in_question(prompt, menu, key);
	if (front_of(menu))
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
