/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * line.h - one line of text being edited: keys in, text out
 *
 * Pure, as menu.h.  The text is bytes, as guests' are: what is not UTF-8 is
 * edited byte by byte and comes out as it went in.  The cursor never stands
 * inside a character, nor between one and the marks on it.
 */
#ifndef MENU_LINE_H
#define MENU_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a line; no toolstack takes longer arguments (src/result.h). */
#define LINE_TEXT_MAX 8191

/* What to say of a line that is full. */
#define LINE_FULL "The line cannot be longer."

/* Lines that can be had back; earlier ones are forgotten. */
#define LINE_HISTORY_MAX 64

/* Lines that were accepted, the latest last; zeroed there is none. */
struct line_history {
	char *lines[LINE_HISTORY_MAX]; /* malloc'ed */
	size_t count;
};

struct line_text {
	char text[LINE_TEXT_MAX + 1];
	size_t len;
};

struct line {
	struct line_text now;
	size_t at; /* bytes before the cursor */
	bool full; /* the last key found no room */
	struct line_text killed;
	bool killing; /* the last key killed: the next one adds to it */
	const struct line_history *history; /* borrowed; NULL: none */
	size_t back;                        /* lines gone back in it */
	struct line_text draft; /* what was typed before going back */
};

enum line_result { LINE_OPEN, LINE_ACCEPTED, LINE_CANCELLED };

/*
 * Begin with a text and the cursor at its end; false if it is too long.  What
 * was killed before can still be put back: zero a line that is new.
 */
bool line_begin(struct line *line, const char *text,
	const struct line_history *history);

/* A key of keys.h was pressed. */
enum line_result line_press(struct line *line, uint32_t key);

/* Put text before the cursor; false, with nothing changed: no room. */
bool line_insert(struct line *line, const char *text);

/* Keep an accepted line, unless it is empty or the same as the one before. */
void line_remember(struct line_history *history, const char *text);
void line_history_free(struct line_history *history);

#endif
