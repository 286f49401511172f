/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blocks.h - a list of blocks as a file: what GRUB means by (hd0)512+1,600+1
 *
 * The list becomes a device with a file system of one file, so whoever reads,
 * checks, copies or loops a file does the same with blocks and need not know.
 */
#ifndef FS_BLOCKS_H
#define FS_BLOCKS_H

#include "src/fs/device.h"

#define BLOCKS_SIZE                                                            \
	512 /* bytes of a block, whatever the disk's sectors are               \
	     */

/*
 * The device for a list of "first+count" or "+count", counted from the start
 * of under, and in *path the name of its file, which is the list; a blank ends
 * it.  Both live in the arena.  NULL with err filled: ERR_SYNTAX if this is no
 * list, ERR_NOT_FOUND if a block lies outside.
 */
struct device *blocks_open(struct devices *devices, struct device *under,
	const char *list, const char **path, struct error *err);

#endif
