/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * partition_list.h - the table being filled, as its readers see it
 *
 * Internal to src/disk: libfdisk's rows, the GPT reader of our own and the
 * slices all end here, so that the limit and the arithmetic exist once.
 */
#ifndef DISK_PARTITION_LIST_H
#define DISK_PARTITION_LIST_H

#include "src/disk/partition.h"

struct partition_list {
	struct disk *disk;
	struct partition_table *table;
	struct arena *arena;
	size_t capacity; /* of table->list */
};

/* Append a copy; ERR_LIMIT beyond PARTITIONS_MAX. */
int partition_list_add(struct partition_list *list,
	const struct partition *part, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Set start and size from sectors; false, with the damage noted, if they are
 * no range of 64 bits in bytes.  The range may lie beyond the disk's end.
 */
bool partition_list_place(struct partition_list *list, struct partition *part,
	uint64_t first, uint64_t sectors);

/* Note what was wrong; the first note stays, as it is the nearest the cause. */
void partition_list_damage(struct partition_list *list, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
