/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drivers.h - every file system driver, and the order in which they are tried
 *
 * To add one: write fsdrivers/<name>.c, declare it here, give it a line in
 * drivers.c where it cannot hide another, and a tests/test_<name>.c.
 */
#ifndef FSDRIVERS_DRIVERS_H
#define FSDRIVERS_DRIVERS_H

#include "src/fs/fs.h"

extern const struct fs_driver btrfs_driver;
extern const struct fs_driver erofs_driver;
extern const struct fs_driver exfat_driver;
extern const struct fs_driver ext_driver;
extern const struct fs_driver f2fs_driver;
extern const struct fs_driver fat_driver;
extern const struct fs_driver hfsplus_driver;
extern const struct fs_driver iso9660_driver;
extern const struct fs_driver jfs_driver;
extern const struct fs_driver minix_driver;
extern const struct fs_driver nilfs2_driver;
extern const struct fs_driver ntfs_driver;
extern const struct fs_driver reiserfs_driver;
extern const struct fs_driver squashfs_driver;
extern const struct fs_driver udf_driver;
extern const struct fs_driver ufs_driver;
extern const struct fs_driver xfs_driver;
extern const struct fs_driver zfs_driver;

/* NULL-terminated. */
extern const struct fs_driver *const fs_drivers[];

#endif
