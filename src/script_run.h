/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * script_run.h - --script, the parent's part: open the script, print its output
 *
 * Neither the script nor what it prints is interpreted here.
 */
#ifndef SCRIPT_RUN_H
#define SCRIPT_RUN_H

#include "src/peer.h"

/*
 * Open a script of the host for the child to read, "-" for standard input.
 * A descriptor, or -1; messages begin with the name.
 */
int script_open(const char *name, struct error *err);

/*
 * Let the child run it, and write to output what it prints as it comes, with
 * what could harm a terminal escaped.  -1: the script could not be run to its
 * end, or its output not be written; what was printed before stays.
 */
int script_print(
	struct peer *peer, bool verbose, int output, struct error *err);

#endif
