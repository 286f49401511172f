/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * childask.h - the child, asked as the menu asks it: each answer as a line of
 * words.  It is the real one but for the box, which has tests of its own.
 */
#ifndef TESTS_CHILDASK_H
#define TESTS_CHILDASK_H

#include "src/options.h"
#include "src/proto.h"

extern struct options options; /* those of the next child */
extern char said[2 << 20];     /* its last answer */

/* A guest with this configuration, and a child that looks at it. */
void start(const char *path, const char *text);

/* Away with both, and with what a test set of the options. */
void leave(void);

/* Ask with so many numbers of these. */
const char *ask(enum message_type type, unsigned int count, uint32_t first,
	uint32_t second);

const char *ask_menu(void);
const char *ask_text(enum message_type type, const char *text);
const char *unlock(const char *user, const char *password);

#endif
