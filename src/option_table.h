/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * option_table.h - every option: its name, its letter, and what it sets
 *
 * For options*.c and settings.c only; options.h is what others see.
 */
#ifndef OPTION_TABLE_H
#define OPTION_TABLE_H

#include "src/cmdline.h"
#include "src/options.h"

/* Being filled: what does not stand in struct options as it is given. */
struct parse {
	struct options *options;
	const char *args;
	const char *append;
};

/* An option as a command line of one has it. */
extern const struct cmdline_option option_table[];
extern const size_t option_count;

/* The bit of that option in what was given (options.h). */
uint64_t option_bit(const char *name);

/* An image, of --add or an operand; ctx is a struct parse. */
int option_add_disk(void *ctx, const char *value, struct error *err);

#endif
