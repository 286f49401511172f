/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * question.h - a password, and perhaps a user's name, being typed
 *
 * Pure, as menu.h, which it is part of.  A wrong answer costs time, in which
 * keys do nothing.  What was typed is wiped as soon as it is of no more use.
 */
#ifndef MENU_QUESTION_H
#define MENU_QUESTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define QUESTION_TEXT_MAX 255 /* bytes; later ones are not taken */
#define QUESTION_TRIES 3
#define QUESTION_DELAY_MS 2000

/* UTF-8 that is typed at its end. */
struct question_text {
	char text[QUESTION_TEXT_MAX + 1];
	size_t len;
};

/* Zeroed it is none. */
struct question {
	enum question_state {
		QUESTION_NONE,
		QUESTION_NAME,
		QUESTION_PASSWORD,
		QUESTION_ANSWERED, /* it is being looked at */
		QUESTION_REFUSED,  /* until the time has passed */
	} state;
	bool by_name; /* the name is asked for first */
	unsigned int failures;
	int64_t until; /* milliseconds; of QUESTION_REFUSED */
	struct question_text name, password;
};

/* Begin a question; a user's name is part of it or not. */
void question_ask(struct question *question, bool by_name);

/* It was wrong, now: ask again after a time, but not for ever. */
void question_refuse(struct question *question, int64_t now);

/* Forget all of it. */
void question_end(struct question *question);

/* A key of keys.h; true if that answered the question. */
bool question_press(struct question *question, uint32_t key);

/* It is now; true if the pause has ended, or all of it: QUESTION_NONE. */
bool question_tick(struct question *question, int64_t now);

/* What stands in front of what is typed; "" where nothing is. */
const char *question_label(const struct question *question);

/* What of it may be seen: never the password. */
const char *question_shown(const struct question *question);

#endif
