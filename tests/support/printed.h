/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printed.h - what a script prints (struct guest's print), for tests
 */
#ifndef TESTS_PRINTED_H
#define TESTS_PRINTED_H

#include "src/config/guest.h"

#define PRINTED_MAX (1 << 16)

extern char printed[PRINTED_MAX + 1]; /* with a NUL behind it */
extern size_t printed_len;
extern size_t printed_max; /* then the listener has enough: "enough" */

/* Listen to this guest.  A text of no bytes, or with a NUL, is a failure. */
void printed_begin(struct guest *guest);

/* Nothing was printed. */
void printed_clear(void);

#endif
