/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy.h - which file systems are read, and which boot configurations
 *
 * A list names what is allowed ("ext, xfs"); one that begins with "-" names
 * what is not ("-ntfs -zfs"); the empty one allows everything.  Names are
 * parted by commas or blanks, and are those of the manual: drivers' and
 * loaders'.
 */
#ifndef POLICY_H
#define POLICY_H

#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/fs/fs.h"

/* What a guest boots without a configuration: Solaris, the newest kernel... */
#define POLICY_NONE "none"

/* Bits of what the list forbids; -1: a name that is none, and the nearest. */
int policy_filesystems(
	const char *list, uint32_t *forbidden, struct error *err);
int policy_loaders(const char *list, uint32_t *forbidden, struct error *err);

/*
 * All drivers, but those that are forbidden only recognise their file system
 * and refuse to open it: a stale one below it is not found in its place.
 * NULL: no memory.
 */
const struct fs_driver *const *policy_drivers(
	uint32_t forbidden, struct arena *arena, struct error *err);

/* The ids of those loaders, NULL behind the last; or NULL: no memory. */
const char *const *policy_barred(
	uint32_t forbidden, struct arena *arena, struct error *err);

#endif
