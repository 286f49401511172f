/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parent.h - the side that touches the host
 *
 * Opens the disks, makes the output files, starts the child, asks it, shows
 * the menu, waits, and prints the result.  Never looks at a byte of a disk.
 */
#ifndef PARENT_H
#define PARENT_H

#include "src/options.h"

/*
 * Do what the options say.  0: the whole result was delivered; -1 with err
 * filled: nothing of this run is left, and nothing was printed.
 */
int parent_run(const struct options *options, struct error *err);

#endif
