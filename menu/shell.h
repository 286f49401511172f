/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell.h - a command line and what its commands printed
 *
 * Pure, as menu.h.  A line that is entered runs elsewhere: until it is said to
 * be done, keys are kept for later.  What was printed is bytes, kept as they
 * are and made fit to be drawn row by row.
 */
#ifndef MENU_SHELL_H
#define MENU_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "menu/cells.h"
#include "menu/line.h"

/* Bytes of what was printed; of more, the oldest lines are forgotten. */
#define SHELL_TEXT_MAX ((size_t)128 << 10)

/* Keys that are kept while a command runs: what hands type ahead. */
#define SHELL_KEYS_MAX 256

struct shell {
	enum shell_state {
		SHELL_READS,
		SHELL_RUNS,      /* the line was entered: shell_ready() */
		SHELL_COMPLETES, /* Tab was pressed: shell_completed() */
	} state;
	bool more; /* the line goes on with a statement */
	struct line line;
	struct line_history *history; /* borrowed, or NULL */
	char said[LINE_TEXT_MAX + 1]; /* shell_line() */
	uint32_t keys[SHELL_KEYS_MAX];
	size_t keys_kept;
	/* Lines that end in NUL; the last one may go on. */
	char text[SHELL_TEXT_MAX + 1];
	size_t len;
	size_t col;    /* where that one stands, for tabs */
	uint64_t gone; /* bytes before text that were forgotten */
	/* Where the line that was typed last stands, from the first byte on. */
	uint64_t echo, echo_end;
	/* The same in rows: where each begins in text, how many there are. */
	uint32_t starts[SHELL_TEXT_MAX + 1];
	size_t count;
	size_t rows, cols; /* seen at once */
	bool utf8;         /* as in cells.h */
	size_t back;       /* rows that the window is moved up */
};

enum shell_result {
	SHELL_OPEN,
	SHELL_ENTERED,  /* shell_line() is to be run */
	SHELL_COMPLETE, /* shell_line() is to be completed at its end */
	SHELL_HELP,     /* the keys of this are wanted */
	SHELL_CLOSED,
};

/*
 * Begin with nothing printed; history may be NULL.  What was killed before can
 * be put back: zero a shell that is new.
 */
void shell_begin(struct shell *shell, struct line_history *history);

/* A key of keys.h was pressed. */
enum shell_result shell_press(struct shell *shell, uint32_t key);

/* Is there a key that was kept, and may be pressed now? */
bool shell_has_key(const struct shell *shell);

/* Press it. */
enum shell_result shell_press_kept(struct shell *shell);

/* What was entered; or, to be completed, the line as far as the cursor. */
const char *shell_line(const struct shell *shell);

/* A command printed text: of any bytes, any lines, or a part of one. */
void shell_print(struct shell *shell, const char *text);

/* It is done: the next line may be typed; after more, to go on with it. */
void shell_ready(struct shell *shell);
void shell_more(struct shell *shell);

/*
 * The line can go on with the text to insert, "" if that is not certain, and
 * then these are what it may be.  One that has no room is said so.
 */
void shell_completed(struct shell *shell, const char *insert,
	const char *const *candidates, size_t count);

/* Forget what was typed.  Nothing is to be freed: history is the caller's. */
void shell_end(struct shell *shell);

/* What stands in front of the line. */
const char *shell_prompt(const struct shell *shell);

/* There is room for so many rows, so wide; 0 count as 1. */
void shell_set_room(struct shell *shell, size_t rows, size_t cols, bool utf8);

/*
 * The first row that is seen, and whether the line is: it stands behind the
 * last row of what was printed, while it is typed.
 */
size_t shell_top(const struct shell *shell);
bool shell_line_seen(const struct shell *shell);
bool shell_more_above(const struct shell *shell);
bool shell_more_below(const struct shell *shell);

/* A row of what was printed, to out (of CELLS_LINE_MAX bytes). */
void shell_row(const struct shell *shell, size_t row, char *out);

#endif
