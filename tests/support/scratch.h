/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scratch.h - a directory for one test, and what may be in it afterwards
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <stdbool.h>

extern char scratch_dir[64]; /* absolute */

void scratch_make(void);
void scratch_remove(void);

/* The path of a name in it; overwritten by the next call. */
const char *scratch_path(const char *name);

/* How many names there are in it, and how many descriptors are open. */
int scratch_names(void);
int scratch_descriptors(void);

/* Make a file of this text; read one of at most 63 bytes. */
void scratch_put(const char *name, const char *text);
const char *scratch_get(const char *path);

/*
 * Mount a small tmpfs on it, in namespaces of this process's own.  False, and
 * a line that names the test which is skipped, where that may not be had.
 */
bool scratch_mount_small(const char *options, const char *test);

#endif
