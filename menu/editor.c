/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/editor.h"

#include <stdlib.h>
#include <string.h>

#include "menu/keys.h"
#include "menu/window.h"

static const char no_memory[] = "There is no memory for that.";
static const char no_room[] = "An entry cannot be longer than 32 KiB.";
_Static_assert(EDITOR_TEXT_MAX == 32768, "as no_room[] says");

static void show_selected(struct editor *editor)
{
	editor->top = window_show(
		editor->top, editor->count, editor->rows, editor->selected);
}

void editor_select(struct editor *editor, size_t index)
{
	size_t count = editor->count;

	editor->selected = index < count ? index : count ? count - 1 : 0;
	show_selected(editor);
}

void editor_set_room(struct editor *editor, size_t rows)
{
	editor->rows = rows ? rows : 1;
	show_selected(editor);
}

/* Make room for one more line. */
static bool grow(struct editor *editor)
{
	size_t room = editor->room ? 2 * editor->room : 16;
	char **lines;

	if (editor->count < editor->room)
		return true;
	lines = realloc(editor->lines, room * sizeof(*lines));
	if (!lines)
		return false;
	editor->lines = lines;
	editor->room = room;
	return true;
}

/* The three changes, of memory that is there; they say what there was. */
static void put_line(struct editor *editor, size_t index, char *text)
{
	memmove(editor->lines + index + 1, editor->lines + index,
		(editor->count - index) * sizeof(*editor->lines));
	editor->lines[index] = text;
	editor->count++;
	editor->bytes += strlen(text) + 1;
}

static char *take_line(struct editor *editor, size_t index)
{
	char *text = editor->lines[index];

	editor->count--;
	memmove(editor->lines + index, editor->lines + index + 1,
		(editor->count - index) * sizeof(*editor->lines));
	editor->bytes -= strlen(text) + 1;
	return text;
}

static char *swap_line(struct editor *editor, size_t index, char *text)
{
	char *old = editor->lines[index];

	editor->bytes += strlen(text);
	editor->bytes -= strlen(old);
	editor->lines[index] = text;
	return old;
}

static void remember(struct editor *editor, struct editor_change change)
{
	if (editor->undo_count == EDITOR_UNDO_MAX) {
		free(editor->undo[0].text);
		editor->undo_count--;
		memmove(editor->undo, editor->undo + 1,
			editor->undo_count * sizeof(editor->undo[0]));
	}
	editor->undo[editor->undo_count++] = change;
}

/* A copy of text in place of replaced bytes; NULL: problem says why not. */
static char *copy_fitting(
	struct editor *editor, const char *text, size_t replaced)
{
	char *copy;

	if (strlen(text) + 1 > EDITOR_TEXT_MAX - (editor->bytes - replaced)) {
		editor->problem = no_room;
		return NULL;
	}
	copy = grow(editor) ? strdup(text) : NULL;
	if (!copy)
		editor->problem = no_memory;
	return copy;
}

bool editor_replace(struct editor *editor, size_t index, const char *text)
{
	char *copy;

	if (index >= editor->count) {
		editor->problem = "There is no such line.";
		return false;
	}
	if (strcmp(editor->lines[index], text) == 0)
		return true;
	copy = copy_fitting(editor, text, strlen(editor->lines[index]) + 1);
	if (!copy)
		return false;
	remember(editor,
		(struct editor_change){ EDITOR_REPLACE, index,
			swap_line(editor, index, copy) });
	editor_select(editor, index);
	return true;
}

bool editor_insert(struct editor *editor, size_t index, const char *text)
{
	char *copy;

	if (index > editor->count) {
		editor->problem = "There is no such line.";
		return false;
	}
	copy = copy_fitting(editor, text, 0);
	if (!copy)
		return false;
	put_line(editor, index, copy);
	remember(editor, (struct editor_change){ EDITOR_DELETE, index, NULL });
	editor_select(editor, index);
	return true;
}

bool editor_delete(struct editor *editor, size_t index)
{
	if (index >= editor->count) {
		editor->problem = "There is no such line.";
		return false;
	}
	remember(editor,
		(struct editor_change){
			EDITOR_INSERT, index, take_line(editor, index) });
	editor_select(editor, index);
	return true;
}

/* A line that is put back finds room: there were as many before. */
bool editor_undo(struct editor *editor)
{
	struct editor_change change;

	if (editor->undo_count == 0) {
		editor->problem = "There is nothing to take back.";
		return false;
	}
	change = editor->undo[--editor->undo_count];
	if (change.kind == EDITOR_REPLACE)
		free(swap_line(editor, change.index, change.text));
	else if (change.kind == EDITOR_INSERT)
		put_line(editor, change.index, change.text);
	else
		free(take_line(editor, change.index));
	editor_select(editor, change.index);
	return true;
}

static bool add_lines(struct editor *editor, const char *source)
{
	size_t len;
	char *copy;

	for (; *source; source += len + (source[len] == '\n')) {
		len = strcspn(source, "\n");
		copy = grow(editor) ? strndup(source, len) : NULL;
		if (!copy)
			return false;
		put_line(editor, editor->count, copy);
	}
	return true;
}

bool editor_begin(struct editor *editor, const char *source)
{
	*editor = (struct editor){ .rows = 1 };
	if (strlen(source) < EDITOR_TEXT_MAX && add_lines(editor, source))
		return true;
	editor_end(editor);
	return false;
}

void editor_end(struct editor *editor)
{
	for (size_t i = 0; i < editor->count; i++)
		free(editor->lines[i]);
	for (size_t i = 0; i < editor->undo_count; i++)
		free(editor->undo[i].text);
	free(editor->lines);
	editor->lines = NULL;
	editor->count = editor->room = editor->undo_count = 0;
}

char *editor_text(const struct editor *editor)
{
	char *text = malloc(editor->bytes + 1), *at = text;
	size_t len;

	if (!text)
		return NULL;
	for (size_t i = 0; i < editor->count; i++) {
		len = strlen(editor->lines[i]);
		if (i > 0)
			*at++ = '\n';
		memcpy(at, editor->lines[i], len);
		at += len;
	}
	*at = '\0';
	return text;
}

static void edit_line(struct editor *editor)
{
	editor->editing = line_begin(
		&editor->line, editor->lines[editor->selected], NULL);
	if (!editor->editing)
		editor->problem = "A line longer than 8 KiB cannot be edited.";
}
_Static_assert(LINE_TEXT_MAX == 8191, "as edit_line() says");

static void open_line(struct editor *editor, size_t index)
{
	editor->from = editor->selected;
	if (!editor_insert(editor, index, ""))
		return;
	edit_line(editor);
	editor->opened = editor->editing;
}

/* What was typed becomes the line's text, unless there is no room for it. */
static bool accept_line(struct editor *editor)
{
	if (!editor_replace(editor, editor->selected, editor->line.now.text))
		return false;
	editor->editing = editor->opened = false;
	return true;
}

static void cancel_line(struct editor *editor)
{
	if (editor->opened) {
		editor_undo(editor);
		editor_select(editor, editor->from);
	}
	editor->editing = editor->opened = false;
}

/* On to a neighbour with the cursor at its end, as in an editor of text. */
static void edit_neighbour(struct editor *editor, bool down)
{
	size_t selected = editor->selected;

	if (down ? selected + 1 >= editor->count : selected == 0)
		return;
	if (!accept_line(editor))
		return;
	editor_select(editor, down ? selected + 1 : selected - 1);
	edit_line(editor);
}

static enum editor_result press_in_line(struct editor *editor, uint32_t key)
{
	if (key == K_CTRL('X') || key == K_F1 + 9)
		return accept_line(editor) ? EDITOR_RUN : EDITOR_OPEN;
	if (key == K_F1)
		return EDITOR_HELP;
	if (key == K_UP || key == K_CTRL('P') || key == K_DOWN ||
		key == K_CTRL('N')) {
		edit_neighbour(editor, key == K_DOWN || key == K_CTRL('N'));
		return EDITOR_OPEN;
	}
	switch (line_press(&editor->line, key)) {
	case LINE_ACCEPTED:
		accept_line(editor);
		break;
	case LINE_CANCELLED:
		cancel_line(editor);
		break;
	default:
		if (editor->line.full)
			editor->problem = LINE_FULL;
	}
	return EDITOR_OPEN;
}

static enum editor_result move(struct editor *editor, size_t index)
{
	editor_select(editor, index);
	return EDITOR_OPEN;
}

static enum editor_result press_to_move(struct editor *editor, uint32_t key)
{
	size_t at = editor->selected, page = editor->rows;

	switch (key) {
	case K_UP:
	case K_CTRL('P'):
	case '^':
		return move(editor, at ? at - 1 : 0);
	case K_DOWN:
	case K_CTRL('N'):
	case 'v':
		return move(editor, at + 1);
	case K_PAGE_UP:
		return move(editor, at > page ? at - page : 0);
	case K_PAGE_DOWN:
	case K_CTRL('V'):
		return move(editor, at + page);
	case K_HOME:
	case K_CTRL('A'):
		return move(editor, 0);
	case K_END:
	case K_CTRL('E'):
		return move(editor, editor->count);
	default:
		return EDITOR_OPEN;
	}
}

static enum editor_result press_in_list(struct editor *editor, uint32_t key)
{
	switch (key) {
	case 'e':
	case K_ENTER:
	case K_RIGHT:
	case K_CTRL('F'):
	case '\t':
		if (editor->count > 0)
			edit_line(editor);
		else
			open_line(editor, 0);
		return EDITOR_OPEN;
	case 'd':
	case K_DELETE:
		editor_delete(editor, editor->selected);
		return EDITOR_OPEN;
	case 'o':
		open_line(editor, editor->selected + (editor->count > 0));
		return EDITOR_OPEN;
	case 'O':
		open_line(editor, editor->selected);
		return EDITOR_OPEN;
	case 'u':
	case K_CTRL('Z'):
		editor_undo(editor);
		return EDITOR_OPEN;
	case 'b':
	case K_CTRL('X'):
	case K_F1 + 9:
		return EDITOR_RUN;
	case 'c':
	case K_F1 + 1:
		return EDITOR_SHELL;
	case '?':
	case K_F1:
		return EDITOR_HELP;
	case K_ESCAPE:
		return EDITOR_CLOSED;
	default:
		return press_to_move(editor, key);
	}
}

enum editor_result editor_press(struct editor *editor, uint32_t key)
{
	editor->problem = NULL;
	return editor->editing ? press_in_line(editor, key)
			       : press_in_list(editor, key);
}
