/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prompt_parts.h - what the files of prompt.h share
 */
#ifndef MENU_PROMPT_PARTS_H
#define MENU_PROMPT_PARTS_H

#include "menu/prompt.h"

/* Columns for text beside which so many are taken. */
size_t prompt_room(const struct prompt *prompt, size_t beside);

/* One line of text that may be anything; cut with a mark at the edge. */
void prompt_print_line(const struct prompt *prompt, const char *text, int fd);

/* Text that may be anything, wrapped; NULL is none. */
void prompt_print_wrapped(
	const struct prompt *prompt, const char *text, int fd);

/* All of a pager's fields. */
void prompt_print_pager(
	const struct prompt *prompt, struct pager *pager, int fd);

/* What the commands printed since the last time, in whole lines. */
void prompt_print_output(
	struct prompt *prompt, const struct shell *shell, int fd);

/* The lines about the selected one, and what can be typed. */
void prompt_print_source(
	const struct prompt *prompt, struct editor *editor, int fd);

/* What is typed into the prompt's line is Entered: do it. */
enum menu_action prompt_answer_editor(
	struct prompt *prompt, struct menu_model *menu);

#endif
