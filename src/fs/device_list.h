/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * device_list.h - how devices get into the list
 *
 * Internal to src/fs: device.c has the disks, logical.c what is made of them.
 */
#ifndef FS_DEVICE_LIST_H
#define FS_DEVICE_LIST_H

#include "src/fs/device.h"

/*
 * Append a disk and what its table has, which is read into *table; a disk of
 * no bytes has none.  The names are those of hd0, hd1...
 */
int devices_add_disk(struct devices *devices, struct disk *disk,
	struct partition_table *table, struct error *err);

/* Append the devices of a disk to the order. */
int devices_order_disk(
	struct devices *devices, const struct disk *disk, struct error *err);

#endif
