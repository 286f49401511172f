/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * option_values.h - the values of options, from text to number
 */
#ifndef OPTION_VALUES_H
#define OPTION_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"

/* As Python's int(), and from low to high; else -1 with ERR_SYNTAX. */
int value_range(const char *text, int64_t low, int64_t high, int64_t *out,
	struct error *err);

/*
 * Bytes: a number, or one of K, M, G, T, which are powers of 1024, also written
 * KiB; from low to high, else -1 with ERR_SYNTAX.
 */
int value_size(const char *text, uint64_t low, uint64_t high, uint64_t *out,
	struct error *err);

/* A size as a person writes it: "64M", or bytes.  room for 24 is enough. */
void value_show_size(uint64_t size, char *out, size_t room);

/* yes, no, on, off, true, false, 1, 0; else -1 with ERR_SYNTAX. */
int value_switch(const char *text, bool *on, struct error *err);

#endif
