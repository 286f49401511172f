/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pager.h - text to be read, in place of the list
 *
 * The help, and what an entry would boot and why.  Pure, as menu.h.  Each
 * field has a name and a value, side by side or, where it is narrow, one below
 * the other; values are wrapped.
 */
#ifndef MENU_PAGER_H
#define MENU_PAGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "menu/cells.h"

/* Bytes of all fields that are added: some messages' worth (src/proto.h). */
#define PAGER_TEXT_MAX ((size_t)256 << 10)

struct pager_field {
	const char *name;  /* "": goes on with the one before */
	const char *value; /* of any bytes */
};

struct pager {
	const char *heading; /* borrowed; NULL: none */
	const struct pager_field *fields;
	struct pager_field *own; /* the same, if pager_add() made them */
	size_t count;
	size_t bytes;      /* of what was added */
	size_t rows, cols; /* seen at once */
	bool utf8;         /* as in cells.h */
	size_t names;      /* columns in front of the values; 0: none */
	size_t total;      /* rows of all fields */
	size_t top;        /* the first row that is seen */
};

/* Begin with fields that outlive it; there is nothing to end. */
void pager_show(struct pager *pager, const char *heading,
	const struct pager_field *fields, size_t count);

/* Begin with none, for pager_add(); ends with pager_end(). */
void pager_begin(struct pager *pager, const char *heading);

/*
 * Add copies of both; a value of several lines becomes as many fields.  False:
 * no memory, or more than PAGER_TEXT_MAX.
 */
bool pager_add(struct pager *pager, const char *name, const char *value);

/* Free what was added.  A zeroed one, or one that has ended, is allowed. */
void pager_end(struct pager *pager);

/* There is room for so many rows, so wide; 0 count as 1. */
void pager_set_room(struct pager *pager, size_t rows, size_t cols, bool utf8);

/* A key of keys.h: it scrolls, or is none that does, and closes: false. */
bool pager_press(struct pager *pager, uint32_t key);

/* Is there more than what is seen? */
bool pager_more_above(const struct pager *pager);
bool pager_more_below(const struct pager *pager);

/* Where the walk through the rows stands; zeroed at the first. */
struct pager_walk {
	size_t field;
	bool named;       /* the field's name is behind us */
	const char *rest; /* of the field's value; NULL: all of it */
};

/* Fit to be drawn: the value stands at a column of its own. */
struct pager_row {
	char name[CELLS_LINE_MAX];
	char value[CELLS_LINE_MAX];
	size_t value_col;
};

/* The next row; false: there is none. */
bool pager_next(const struct pager *pager, struct pager_walk *walk,
	struct pager_row *row);

#endif
