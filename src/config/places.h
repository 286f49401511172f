/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * places.h - where boot configurations lie, and which of several counts
 *
 * The table is policy, and the one in the manual is made of it.  Within a
 * stage the order is that of the table; which stage comes first depends on
 * the machine the guest was made for (places_order).
 */
#ifndef CONFIG_PLACES_H
#define CONFIG_PLACES_H

#include "src/config/config.h"

enum place_kind {
	PLACE_FILE,      /* a text */
	PLACE_DIRECTORY, /* its names are what counts: load() gets no text */
	PLACE_IMAGE,     /* to be looked into, if it is one: the same */
};

struct place {
	enum config_stage stage;
	const char *path; /* "*" for any one name, then in whatever case */
	const struct config_format *format;
	enum place_kind kind;
};

/* The table: NULL behind its last row. */
const struct place *places_row(size_t index);

/* The format that --loader calls id; NULL: there is none. */
const struct config_format *places_format(const char *id);

/* Is there a format of that id?  Else ERR_NOT_FOUND, which names them all. */
int places_check_loader(const char *id, struct error *err);

/* The format of a file by its place, or at least its name; NULL: unknown. */
const struct config_format *places_format_of_path(const char *path);

#endif
