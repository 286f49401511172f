/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settings.h - what the host's administrator wrote down for all guests
 *
 * A line is a comment (#), or the name of a long option without its hyphens,
 * "=", and its value; of one that takes none, yes or no.  What the command line
 * or the environment says counts more: they come from the same administrator.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "src/options.h"

#define SETTINGS_SIZE_MAX                                                      \
	65536 /* bytes of a file: a hundred times all lines                    \
	       */

/*
 * Read the file that --settings names, or the usual one if it is there, into
 * options.  Refused is a file that somebody else than root and this user may
 * write.  Messages begin with the file and the line.
 */
int settings_apply(struct options *options, struct error *err);

/*
 * The same of a file's text; it is cut apart, has a NUL behind it, and lives as
 * long as options.  Messages begin with the line.
 */
int settings_parse(
	struct options *options, char *text, size_t len, struct error *err);

/* The names that may stand there: NULL behind the last. */
const char *settings_name(unsigned int index);

#endif
