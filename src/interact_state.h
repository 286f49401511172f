/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interact_state.h - what the parts of the conversation share
 *
 * For interact*.c only; interact.h is what others see.
 */
#ifndef INTERACT_STATE_H
#define INTERACT_STATE_H

#include "menu/console.h"
#include "src/config/guest.h"
#include "src/interact.h"

/* One menu of the child's, and how it is shown. */
struct level {
	struct menu_list list;
	struct menu_item *items; /* titles are malloc'ed */
	struct menu_model model;
	char message[ERROR_TEXT_SIZE];
};

struct interaction {
	struct peer *peer;
	const struct options *options;
	struct answer *answer;
	struct level levels[CONFIG_DEPTH_MAX];
	unsigned int depth; /* levels in use */
	struct console console;
	const struct request *asked; /* by a person; NULL: by nobody */
	struct menu_item *peeked;    /* the child looks at it; NULL: at none */
	unsigned int peeks;          /* so far */
	struct line line;            /* the arguments that are edited */
	struct line_history edited;
	struct editor editor; /* the lines of an entry */
	struct pager pager;   /* what would be booted, and why */
	struct shell shell;   /* of the level that has it open */
	bool shell_begun;
	struct line_history typed; /* in the shell */
};

/* What may come of a question, besides -1. */
enum reply {
	REPLY_MENU,   /* another menu came up */
	REPLY_BOOT,   /* answer is filled */
	REPLY_LOCKED, /* a password is asked for */
	REPLY_SHOWN,  /* the menu goes on, with what was asked for */
};

/* The menu that is seen. */
static inline struct level *interact_level(struct interaction *it)
{
	return &it->levels[it->depth - 1];
}

/* Take SAY_MENU and the entries behind it as the next level. */
int interact_take_menu(
	struct interaction *it, struct message_body *body, struct error *err);

/*
 * Take the entries of a level, for the first time or again, in as many messages
 * as they take; body is the first, or empty.
 */
int interact_take_entries(struct interaction *it, struct level *level,
	struct message_body *body, struct error *err);

void interact_open_level(struct interaction *it);
void interact_free_level(struct level *level);

/* Leave the last level, unless it is the only one. */
void interact_close_level(struct interaction *it);

/*
 * Take SAY_BOOT, SAY_MENU, or the answer to what a person asked for, whose
 * first message has not been received: enum reply, or -1.
 */
int interact_take_answer(struct interaction *it, struct error *err);

/* Ask about an entry of the menu that is seen. */
int interact_ask_entry(struct interaction *it, enum message_type type,
	uint32_t index, struct error *err);

/* Ask with a text: what was edited, or typed. */
int interact_ask_text(struct interaction *it, enum message_type type,
	const char *text, struct error *err);

/*
 * Do what a person wants: enum reply, REPLY_SHOWN also if it failed and the
 * menu says so, or -1.
 */
int interact_act(
	struct interaction *it, enum menu_action action, struct error *err);

/* The shell: open it, run what was typed, complete it; as interact_act(). */
void interact_open_shell(struct interaction *it);
int interact_command(struct interaction *it, struct error *err);
int interact_complete(struct interaction *it, struct error *err);

#endif
