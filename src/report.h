/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - what the administrator reads on stderr
 *
 * The only place where the program prints a message: one line of at most 1 KiB,
 * in which no byte of the guest's can do harm (promise P12).
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>

#include "src/base/error.h"

/*
 * "hostgrub: <text>"; for a toolstack "hostgrub: RuntimeError: <text>",
 * because XAPI shows its user what stands behind that word.
 */
void report_error(const struct error *err, bool as_toolstack);

void report_warning(const char *text);

/* For --verbose. */
void report_detail(const char *text);

/* Keep messages while a menu is on the screen, then print them all. */
void report_hold(void);
void report_release(void);

#endif
