/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slices.h - BSD labels and Solaris tables of contents inside a partition
 *
 * Internal to src/disk.  libfdisk knows no Solaris x86 table, reads only the
 * first BSD partition of a disk, and aborts if asked at the wrong moment; both
 * tables are one sector.
 */
#ifndef DISK_SLICES_H
#define DISK_SLICES_H

#include "src/disk/partition_list.h"

/* Append the slices within an MBR partition; none, by its type, is no error. */
int slices_list(struct partition_list *list, const struct partition *parent,
	struct error *err) __attribute__((warn_unused_result));

/* The same for a BSD label on a disk without MBR: 1 if there is one, or 0. */
int slices_list_bsd_disk(struct partition_list *list, struct error *err)
	__attribute__((warn_unused_result));

#endif
