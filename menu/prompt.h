/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prompt.h - the menu as a numbered list and a question
 *
 * For terminals that cannot place text: dumb, unknown, or a host without
 * ncurses.  Lines are written one below the other and nothing is taken back;
 * what was typed counts at Enter.
 */
#ifndef MENU_PROMPT_H
#define MENU_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "menu/menu.h"

#define PROMPT_LINE_MAX 16 /* of what is typed: a number, a letter */
#define PROMPT_ECHO_MAX 64 /* bytes between two draws, or all is printed */

struct prompt {
	bool utf8, echo;
	size_t rows, cols;
	char line[PROMPT_LINE_MAX + 1];
	size_t len;
	char typed[PROMPT_ECHO_MAX + 1]; /* to be echoed with the next draw */
	const struct menu_list *shown;   /* the list that was printed */
	bool asked;                      /* the question stands */
	enum question_state question;    /* menu->question as it stands */
	const void *front;               /* what takes the keys, as it stands */
	struct line typing;              /* what is said to the editor */
	bool listed;                     /* its lines were printed */
	uint64_t printed; /* bytes of what the shell's commands printed */
	size_t shown_len; /* of the line that is typed */
	bool stale;       /* it is printed anew */
};

/* echo: show what is typed; nobody else does. */
void prompt_init(struct prompt *prompt, size_t rows, size_t cols, bool utf8,
	bool echo, struct menu_model *menu);

/* Another menu is shown, or the terminal has another size. */
void prompt_set_room(struct prompt *prompt, size_t rows, size_t cols,
	struct menu_model *menu);

/*
 * Write to fd what has become new since the last time.  What is in a pager is
 * written as a whole, and that closes it.
 */
void prompt_draw(
	struct prompt *prompt, struct menu_model *menu, int64_t now, int fd);

/* A key of keys.h was pressed; the model moves as the answers say. */
enum menu_action prompt_press(
	struct prompt *prompt, struct menu_model *menu, uint32_t key);

/* Write to fd what ends the line, for whoever writes next. */
void prompt_end(struct prompt *prompt, int fd);

#endif
