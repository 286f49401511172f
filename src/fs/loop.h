/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loop.h - a file as a device of its own: what GRUB's loopback command makes
 *
 * A device that was made once is used again for the same file; none is taken
 * away, for a boot may name files on it after its name is gone.
 */
#ifndef FS_LOOP_H
#define FS_LOOP_H

#include "src/fs/device.h"

/* Files in use as devices at a time; a menu of ISO images uses one or two. */
#define LOOPS_MAX 64

/* Made in one run: entries that were looked at count, too. */
#define LOOPS_MADE_MAX 1024

#define LOOP_NAME_MAX 63 /* bytes; real ones have some five */

/* A file in a file in a file...; an image in a squashfs in an ISO needs 3. */
#define LOOP_DEPTH_MAX 6

/* A file in more pieces is read, but not copied by its pieces. */
#define LOOP_EXTENTS_MAX 65536

/* The device that has this name now, or NULL. */
struct device *loop_find(const struct devices *devices, const char *name);

/*
 * Give the file at path on under a name, which is not in use.  A file that is
 * not whole sectors of 512 bytes is filled with zeros.  Messages begin with
 * the file system and the path.
 */
int loop_add(struct devices *devices, const char *name, struct device *under,
	const char *path, struct error *err);

/*
 * The same for a file that need not be there: nothing can be read from the
 * device then.
 */
int loop_assume(struct devices *devices, const char *name, struct device *under,
	const char *path, struct error *err);

/* Take the name away: 1, 0 if there is none, or -1. */
int loop_remove(struct devices *devices, const char *name, struct error *err);

/* For who makes devices (blocks.c): one above another, not yet open; or NULL.
 */
struct device *device_above(
	struct devices *devices, struct device *under, struct error *err);

#endif
