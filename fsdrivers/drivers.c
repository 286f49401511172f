/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fsdrivers/drivers.h"

#include <stddef.h>

const struct fs_driver *const fs_drivers[] = {
	&squashfs_driver, /* in the first bytes, which mke2fs clears */
	&xfs_driver,      /* so, too */
	&ext_driver,
	&erofs_driver,
	&f2fs_driver,
	&nilfs2_driver,   /* has a checksum, and mke2fs writes over it */
	&jfs_driver,      /* its superblock is at 32 KiB */
	&reiserfs_driver, /* mkfs clears what is before its superblock */
	&udf_driver,      /* leaves discs with Rock Ridge to ISO 9660 */
	&iso9660_driver,
	&ufs_driver,
	&hfsplus_driver, /* a CD may have one in front, the same files */
	&exfat_driver,
	&ntfs_driver,
	&zfs_driver,   /* its labels outlive mkfs, but not FAT's tables */
	&fat_driver,   /* has no magic number of its own */
	&btrfs_driver, /* mkfs.fat leaves it behind in the data */
	&minix_driver, /* a magic number of 16 bits */
	NULL,
};
