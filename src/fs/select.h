/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select.h - the partition that the administrator names
 */
#ifndef FS_SELECT_H
#define FS_SELECT_H

#include "src/fs/device.h"

/*
 * Keep in devices->order only what name means: a partition, and the slices in
 * it, by its number on its disk (0: disks as a whole); a partition by its GPT
 * UUID or name, or by the UUID or label of the file system on it.  Letters of
 * UUIDs may be of either case.  An array or a logical volume is meant by its
 * name as GRUB or Linux has it (lvm/vg-lv, vg/lv, /dev/mapper/vg-lv, md0), or
 * by what is on it, if no partition is meant.
 * ERR_NOT_FOUND: it means nothing, and what there is is told.
 */
int devices_select(
	struct devices *devices, const char *name, struct error *err);

#endif
