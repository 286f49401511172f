/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * editor.h - the lines of an entry being edited: keys in, text out
 *
 * Pure, as menu.h.  A list of lines, one of which is selected and may be
 * edited with line.h.  Text is bytes, as guests' is.
 */
#ifndef MENU_EDITOR_H
#define MENU_EDITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "menu/line.h"

/*
 * Bytes of all lines with their ends: an entry has less than one of them, and
 * a message (src/proto.h) has room for twice as much.
 */
#define EDITOR_TEXT_MAX ((size_t)32 << 10)

/* Changes that can be taken back; earlier ones are forgotten. */
#define EDITOR_UNDO_MAX 64

/* What is to be done to take a change back. */
struct editor_change {
	enum {
		EDITOR_REPLACE, /* put the text in place of the line */
		EDITOR_INSERT,  /* put it there as a line of its own */
		EDITOR_DELETE,  /* take the line away */
	} kind;
	size_t index;
	char *text; /* malloc'ed; NULL: none */
};

struct editor {
	char **lines; /* malloc'ed, each of them, too */
	size_t count, room;
	size_t bytes;    /* of the lines with their ends */
	size_t selected; /* below count, unless there is no line */
	size_t top, rows;
	bool editing;     /* the selected line, in line */
	bool opened;      /* which is new: giving up takes it away */
	size_t from;      /* and selects this one again */
	struct line line; /* while editing */
	struct editor_change undo[EDITOR_UNDO_MAX];
	size_t undo_count;
	const char *problem; /* why the last key did nothing; NULL: it did */
};

enum editor_result {
	EDITOR_OPEN,
	EDITOR_RUN,    /* boot what the lines say */
	EDITOR_SHELL,  /* a command line is wanted */
	EDITOR_HELP,   /* the keys of this are */
	EDITOR_CLOSED, /* given up */
};

/*
 * Begin with lines that end in \n, the last of which need not.  False: longer
 * than EDITOR_TEXT_MAX, or no memory; then there is nothing to end.
 */
bool editor_begin(struct editor *editor, const char *source);

/* Free all of it.  A zeroed one, or one that has ended, is allowed. */
void editor_end(struct editor *editor);

/* The lines joined with \n, malloc'ed; NULL: no memory. */
char *editor_text(const struct editor *editor);

/* A key of keys.h was pressed. */
enum editor_result editor_press(struct editor *editor, uint32_t key);

/* There is room for so many lines; 0 count as 1. */
void editor_set_room(struct editor *editor, size_t rows);

/* Select a line; the last if there is none of that number. */
void editor_select(struct editor *editor, size_t index);

/*
 * Change the lines; false, with problem saying why: no room, no memory, or no
 * such line.  A line can be inserted before any, and behind the last.
 */
bool editor_replace(struct editor *editor, size_t index, const char *text);
bool editor_insert(struct editor *editor, size_t index, const char *text);
bool editor_delete(struct editor *editor, size_t index);

/* Take the last change back; false: there is none. */
bool editor_undo(struct editor *editor);

#endif
