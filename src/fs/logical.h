/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * logical.h - arrays of MD and logical volumes of LVM as devices
 *
 * To know that there are none costs reads at the start and at the end of every
 * volume, and most guests have none, or a /boot beside them.  So:
 *
 *  - Partitions whose type says RAID are looked at before all else: a member of
 *    a mirror with its superblock at the end looks like a file system, and
 *    might be stale.  The array is then read in place of its members.  If
 *    some are missing, everything is looked at.
 *  - All others are looked at when the disks and partitions have been gone
 *    through without an answer, or when a name asks for more; but not those
 *    that turned out to be file systems, unless it is a name of MD's.
 *
 * What is made is looked at in turn, until nothing new comes of it.  First all
 * that is complete is made; then what lacks members, which may be unreadable,
 * and says why.
 */
#ifndef FS_LOGICAL_H
#define FS_LOGICAL_H

#include "src/fs/device.h"

/*
 * Look as far as looked says, if that was not done before, and append what was
 * made to the list and (unless it was selected) to the order.  What stands in
 * the way is kept in devices->unknown.
 */
void logical_scan(struct devices *devices, enum devices_looked looked);

/*
 * lvm/vg-lv, lvmid/VG/LV, md/0, mduuid/HEX; each with a partition behind a
 * comma; vg-lv and md0 alone, as GRUB called them before 2.00.
 */
struct device *logical_by_grub_name(struct devices *devices, const char *name);

/* What Linux has below /dev: vg/lv, mapper/vg-lv, md0, md/0, md0p1. */
struct device *logical_by_node(struct devices *devices, const char *node);

#endif
