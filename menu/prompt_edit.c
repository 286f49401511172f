/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "menu/keys.h"
#include "menu/menu_parts.h"
#include "menu/prompt_parts.h"
#include "src/base/length.h"

/* "65535  " in front of a line. */
#define NUMBER_COLS 8

static void print_source_line(const struct prompt *prompt,
	const struct editor *editor, size_t index, int fd)
{
	char line[CELLS_LINE_MAX];

	cells_window(editor->lines[index], prompt->utf8, 0,
		prompt_room(prompt, NUMBER_COLS), line);
	dprintf(fd, "%c %zu  %s\r\n", index == editor->selected ? '*' : ' ',
		index + 1, line);
}

void prompt_print_source(
	const struct prompt *prompt, struct editor *editor, int fd)
{
	size_t i;

	editor_set_room(editor, prompt->rows);
	dprintf(fd, "\r\n");
	for (i = editor->top; i < editor->top + editor->rows; i++) {
		if (i >= editor->count)
			break;
		print_source_line(prompt, editor, i, fd);
	}
	if (editor->count > editor->rows)
		dprintf(fd, "  lines 1 to %zu; + and - show others\r\n",
			editor->count);
	dprintf(fd,
		"A line's number edits it, d deletes, i inserts, b boots, q "
		"goes back, ? help\r\n");
}

static const struct pager_field help[] = {
	{ "4", "edit line 4, at its end" },
	{ "4 text", "put the text in place of line 4" },
	{ "i4 text", "insert a line before line 4" },
	{ "i text", "a line behind the last one" },
	{ "d4", "delete line 4" },
	{ "u", "take the last change back" },
	{ "nothing", "print the lines" },
	{ "+ -", "the next and the previous lines" },
	{ "b", "boot what the lines say" },
	{ "c", "a command line" },
	{ "q, Esc", "back to the menu; changes are lost" },
};

/* Text that was typed behind a command: one blank is between. */
static const char *text_behind(const char *at)
{
	return *at == ' ' ? at + 1 : at;
}

/* Of no line, however many there are. */
#define NO_INDEX (SIZE_MAX - 1)

/* A number from 1 on, as an index; SIZE_MAX if there is none. */
static size_t take_number(const char **at)
{
	char *end;
	unsigned long number;

	if (**at < '0' || **at > '9')
		return SIZE_MAX;
	number = strtoul(*at, &end, 10); /* too large is no line either */
	*at = end;
	return number > 0 ? number - 1 : NO_INDEX;
}

/* "4" brings the line back, to be typed on. */
static bool begin_again(
	struct prompt *prompt, const struct editor *editor, size_t index)
{
	char text[LINE_TEXT_MAX + 1];
	int len = snprintf(
		text, sizeof(text), "%zu %s", index + 1, editor->lines[index]);

	return len >= 0 && (size_t)len < sizeof(text) &&
		line_begin(&prompt->typing, text, NULL);
}

static void change(struct prompt *prompt, struct editor *editor, const char *at)
{
	char command = *at == 'i' || *at == 'd' ? *at++ : '\0';
	size_t index = take_number(&at);
	const char *text = text_behind(at);

	if (command == 'i')
		editor_insert(editor, index == SIZE_MAX ? editor->count : index,
			text);
	else if (index == SIZE_MAX || (command && *text))
		editor->problem = "That is none of what ? shows.";
	else if (command)
		editor_delete(editor, index);
	else if (*at || index >= editor->count)
		editor_replace(editor, index, text);
	else if (begin_again(prompt, editor, index))
		return;
	else
		editor->problem = "A line longer than 8 KiB cannot be edited.";
	prompt->listed = editor->problem != NULL;
}

enum menu_action prompt_answer_editor(
	struct prompt *prompt, struct menu_model *menu)
{
	static const struct {
		const char *line;
		uint32_t key;
	} words[] = {
		{ "b", K_CTRL('X') },
		{ "c", 'c' },
		{ "q", K_ESCAPE },
		{ "u", 'u' },
		{ "+", K_PAGE_DOWN },
		{ "-", K_PAGE_UP },
		{ "", K_OTHER },
	};
	static const struct menu_help part = { help, LENGTH(help), false };
	char said[LINE_TEXT_MAX + 1];

	memcpy(said, prompt->typing.now.text, prompt->typing.now.len + 1);
	menu->message = NULL;
	menu->editor->problem = NULL;
	line_begin(&prompt->typing, "", NULL);
	for (size_t i = 0; i < LENGTH(words); i++) {
		if (strcmp(said, words[i].line) == 0) {
			prompt->listed = false;
			return menu_press(menu, words[i].key);
		}
	}
	if (strcmp(said, "?") == 0) {
		menu_show_help(menu, NULL, &part, 1);
	} else {
		change(prompt, menu->editor, said);
		menu->message = menu->editor->problem;
	}
	return MENU_NONE;
}
