/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ufsimage.h - where things are in a UFS image made by makefs, to change them
 */
#ifndef TESTS_UFSIMAGE_H
#define TESTS_UFSIMAGE_H

#include "tests/support/image.h"

/* makefs puts all of them there, also those of UFS2. */
#define UFS_SUPER 8192
#define UFS_SUPER_SIZE 1376

struct ufs_image {
	char name[32];
	bool second; /* UFS2 */
	bool big;    /* the first byte of a number counts most */
};

/* Numbers of the image's file, in its order; width in bytes. */
uint64_t ufs_number(
	const struct ufs_image *made, uint64_t off, unsigned int width);
void ufs_set(const struct ufs_image *made, uint64_t off, unsigned int width,
	uint64_t number);

/* Offset of an inode in the image. */
uint64_t ufs_inode_at(const struct ufs_image *made, uint64_t ino);

/* The same of a path's, with image mounted meanwhile. */
uint64_t ufs_inode_of(const struct ufs_image *made, const char *path);

/* Offset in the image of the first block of a path. */
uint64_t ufs_block_of(const struct ufs_image *made, const char *path);

/* Let FreeBSD's checksums be in use, and right: of superblock and inodes. */
void ufs_add_sums(const struct ufs_image *made);

/* The sum that FreeBSD keeps, bit by bit. */
uint32_t ufs_sum(const uint8_t *data, size_t len);

#endif
