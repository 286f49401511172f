/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * osrel.h - what an os-release file says: assignments as a shell would read
 * them, and nothing else of a shell (os-release(5))
 */
#ifndef CONFIG_OSREL_H
#define CONFIG_OSREL_H

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/base/text.h"

/*
 * The value that key has in the end, without its quotes, in the arena;
 * *value is NULL if it has none.  A line that is no assignment is ignored.
 */
int osrel_get(struct text file, const char *key, struct arena *arena,
	const char **value, struct error *err);

#endif
