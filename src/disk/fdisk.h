/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fdisk.h - the partitions that libfdisk sees
 *
 * Internal to src/disk.  No file but fdisk.c includes libfdisk's header.
 */
#ifndef DISK_FDISK_H
#define DISK_FDISK_H

#include "src/disk/partition_list.h"

enum fdisk_label_kind { FDISK_NO_LABEL, FDISK_MBR, FDISK_GPT };

/*
 * List the partitions of the disk with sectors of disk->sector_size, slices
 * behind the MBR partition that they lie in.  Extended and protective entries
 * are left out.
 */
int fdisk_list(struct partition_list *list, enum fdisk_label_kind *kind,
	struct error *err) __attribute__((warn_unused_result));

#endif
