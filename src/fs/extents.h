/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extents.h - a volume made of pieces of another one
 *
 * A file that is used as a disk, a list of blocks: where the bytes lie is
 * known, so they are read and copied from below without asking anybody again.
 */
#ifndef FS_EXTENTS_H
#define FS_EXTENTS_H

#include "src/fs/fs.h"

/* Keep it, and the list, as long as the volume is used. */
struct extents {
	struct volume *below;         /* where the pieces lie */
	const struct fs_extent *list; /* rising, without a gap, to the end */
	size_t count;                 /* at least 1 */
};

/* size is what the extents cover, and each lies inside the volume below. */
void volume_of_extents(
	struct volume *vol, struct extents *extents, uint64_t size);

#endif
