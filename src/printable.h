/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * printable.h - which characters Python's repr() shows as they are
 *
 * The sxp format quotes as pygrub does, and pygrub leaves that to Python.
 * This is about equal bytes, not about safety: base/utf8.h says what may reach
 * a terminal.
 */
#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stdbool.h>
#include <stdint.h>

/* Python's str.isprintable() for one code point (Unicode 14). */
bool printable_in_python(uint32_t point);

#endif
