/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pieces.h - a disk as what several were put together to
 *
 * A file system that is spread over several disks is kept as one image, in
 * which they follow each other and have the same size.  How many they are is
 * not written anywhere, so around the file system are all halves, thirds and so
 * on: its driver finds its own.  A disk of an odd number of sectors is alone,
 * as one is of which the others are missing.
 */
#ifndef TESTS_FUZZ_PIECES_H
#define TESTS_FUZZ_PIECES_H

#include "src/disk/volume.h"

#define PIECES_DISKS 5 /* at most */
#define PIECES_MAX 11  /* the disk, and all but the first of 2, 3, 4 and 5 */

struct pieces {
	struct volume vol[PIECES_MAX]; /* the first is all of it */
	struct disk_range range[PIECES_MAX];
	struct volume *list[PIECES_MAX];
	struct volume_set set;
};

static inline void pieces_add(
	struct pieces *pieces, struct disk *disk, uint64_t start, uint64_t size)
{
	size_t i = pieces->set.count++;

	pieces->range[i] = (struct disk_range){ disk, start };
	volume_of_disk(&pieces->vol[i], &pieces->range[i], size);
	pieces->list[i] = &pieces->vol[i];
}

static inline void pieces_of_disk(struct pieces *pieces, struct disk *disk)
{
	uint64_t count, size, i;

	pieces->set = (struct volume_set){ pieces->list, 0, PIECES_MAX };
	pieces_add(pieces, disk, 0, disk->size);
	if (disk->size / 512 % 2)
		return;
	for (count = 2; count <= PIECES_DISKS; count++) {
		size = disk->size / count / 512 * 512;
		for (i = 1; size > 0 && i < count; i++)
			pieces_add(pieces, disk, i * size, size);
	}
}

#endif
