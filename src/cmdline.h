/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmdline.h - the grammar of a command line: options, values, operands
 *
 * As Python's gnu_getopt reads it, for pygrub does so: options and operands in
 * any order until "--", clusters of letters, "--name=value" or "--name value",
 * unambiguous abbreviations.  getopt_long() is not used because it asks the
 * environment (POSIXLY_CORRECT) and does not tell which word is a value.
 *
 * Two things are for toolstacks.  Empty arguments are passed over: xenopsd
 * makes them of two blanks.  An argument that holds several words and begins
 * with an option is cut apart: libvirt passes all of <bootloader_args> as one.
 * Not cut is a value, and an argument with "=" in its first word.
 */
#ifndef CMDLINE_H
#define CMDLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"

#define CMDLINE_STOP 1 /* from set(): look no further, all is well */

struct cmdline_option {
	const char *name;
	char letter; /* 0: none */
	bool takes_value;
	bool elder; /* an abbreviation means one of these, if it can */
	/* value is NULL without takes_value; 0, -1 or CMDLINE_STOP */
	int (*set)(void *ctx, const char *value, struct error *err);
	/*
	 * If there is no set(): bytes into fields, a bool that becomes true, or
	 * a const char * that becomes the value, NULL for an empty one.
	 */
	size_t field;
	bool in_file; /* may also stand in a settings file (settings.h) */
};

/* Members set and field: what is called, or what is set. */
#define CMDLINE_CALL(function) .set = (function)
#define CMDLINE_SET(type, member) .field = offsetof(type, member)

#define CMDLINE_OPTIONS_MAX 64 /* bits of struct cmdline's given */

struct cmdline {
	const struct cmdline_option *options;
	size_t count;
	int (*operand)(void *ctx, const char *value, struct error *err);
	void *fields;    /* what options without set() are members of */
	uint64_t *given; /* gets a bit for each option there is; or NULL */
};

/*
 * Call set() and operand() for each, from left to right; values point into
 * argv, whose arguments are cut apart in place.  -1 with err filled at the
 * first fault.
 */
int cmdline_parse(const struct cmdline *cmdline, int argc, char **argv,
	void *ctx, struct error *err);

/*
 * Apply one option that stands elsewhere; value as for set(), and so is what is
 * returned.  The message does not name the option.
 */
int cmdline_apply(const struct cmdline *cmdline,
	const struct cmdline_option *option, const char *value, void *ctx,
	struct error *err);

#endif
