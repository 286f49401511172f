/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * option_values.h - the values of options, from text to number
 */
#ifndef OPTION_VALUES_H
#define OPTION_VALUES_H

#include <stdint.h>

#include "src/base/error.h"

/* As Python's int(), and from low to high; else -1 with ERR_SYNTAX. */
int value_range(const char *text, int64_t low, int64_t high, int64_t *out,
	struct error *err);

#endif
