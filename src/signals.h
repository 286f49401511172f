/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals.h - a signal ends the program between two steps, never inside one
 *
 * All signals that end a program stay blocked but while it waits (for the
 * child, the terminal, a reader).  So nothing has to be cleaned up in a
 * handler, and nothing is left behind (promise P9).
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "src/base/error.h"

/* Number of the signal that asked the program to end, or 0. */
extern volatile sig_atomic_t signals_caught;

/* The mask to wait with, for menu/terminal.h. */
extern sigset_t signals_wait_mask;

void signals_block(void);

/* In the child: as the program was started, so that limits can kill. */
void signals_restore(void);

/* Did a signal ask us to end, even one that has not been delivered yet? */
bool signals_pending(void);

/* Always -1: "ended by SIGTERM". */
int signals_error(struct error *err);

/*
 * Wait for events on fd (-1: only for a signal), at most *left_ms, which goes
 * down by the time it took.  1: there are some; 0: time is up, or a child
 * ended; -1: a signal asked to end, err says so.
 */
int signals_wait(int fd, short events, int64_t *left_ms, struct error *err);

#endif
