/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * library.h - a shared library that is opened only by runs that need it
 *
 * Linked in, it would cost every start the time to load it.  A table of
 * function pointers takes the place of the linker; the soname is the caller's,
 * the path is the system's, and nothing of the environment has a say in it.
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

/* A function, and where in the caller's table its pointer goes. */
struct library_row {
	const char *name;
	size_t offset;
};

/* The same library at each call; zeroed but for what the caller says. */
struct library {
	const char *soname;
	const struct library_row *rows;
	size_t count; /* of rows */
	void *table;  /* of nothing but function pointers */
	bool loaded;
};

/* Fill the table, the first time: 0, or ERR_UNSUPPORTED: not installed. */
int library_load(struct library *library, struct error *err);

#endif
