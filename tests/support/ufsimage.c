/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/ufsimage.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"

#define SUMS_FLAG 0x200
#define SUMS (0x1 | 0x4) /* superblock, inodes */

static void read_bytes(
	const struct ufs_image *made, uint64_t off, void *buf, size_t len)
{
	struct image image;

	image_open(&image, made->name);
	ck_assert_int_eq(volume_read(&image.vol, off, buf, len, &image.err), 0);
	image_close(&image);
}

uint64_t ufs_number(
	const struct ufs_image *made, uint64_t off, unsigned int width)
{
	uint64_t number = 0;
	uint8_t raw[8];
	unsigned int i;

	read_bytes(made, off, raw, width);
	for (i = 0; i < width; i++)
		number = number << 8 | raw[made->big ? i : width - 1 - i];
	return number;
}

void ufs_set(const struct ufs_image *made, uint64_t off, unsigned int width,
	uint64_t number)
{
	uint8_t raw[8];
	unsigned int i;

	for (i = 0; i < width; i++, number >>= 8)
		raw[made->big ? width - 1 - i : i] = (uint8_t)number;
	image_write(made->name, off, raw, width);
}

uint64_t ufs_inode_at(const struct ufs_image *made, uint64_t ino)
{
	uint64_t per_group = ufs_number(made, UFS_SUPER + 184, 4);
	uint64_t fragments = ufs_number(made, UFS_SUPER + 188, 4);
	uint64_t table = ufs_number(made, UFS_SUPER + 16, 4);
	uint64_t size = ufs_number(made, UFS_SUPER + 52, 4);

	return (ino / per_group * fragments + table) * size +
		ino % per_group * (made->second ? 256 : 128);
}

static void mount(struct image *image, const struct ufs_image *made)
{
	image_open(image, made->name);
	ck_assert_msg(
		image_mount(image, &ufs_driver) == 0, "%s", image->err.text);
}

uint64_t ufs_inode_of(const struct ufs_image *made, const char *path)
{
	struct image image;
	struct fs_node node;

	mount(&image, made);
	ck_assert_msg(fs_find_link(&image.fs, path, &node, &image.err) == 0,
		"%s", image.err.text);
	image_close(&image);
	return ufs_inode_at(made, node.id);
}

uint64_t ufs_block_of(const struct ufs_image *made, const char *path)
{
	uint64_t inode = ufs_inode_of(made, path);
	uint64_t size = ufs_number(made, UFS_SUPER + 52, 4);

	return size *
		(made->second ? ufs_number(made, inode + 112, 8)
			      : ufs_number(made, inode + 40, 4));
}

uint32_t ufs_sum(const uint8_t *data, size_t len)
{
	uint32_t sum = ~UINT32_C(0);
	int bit;

	for (; len > 0; len--) {
		sum ^= *data++;
		for (bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0x82f63b78 : 0);
	}
	return sum;
}

void ufs_add_sums(const struct ufs_image *made)
{
	uint64_t inodes = ufs_number(made, UFS_SUPER + 184, 4) *
		ufs_number(made, UFS_SUPER + 44, 4);
	uint64_t size = ufs_number(made, UFS_SUPER + 104, 4), ino, at;
	uint8_t raw[8192];

	for (ino = 0; ino < inodes; ino++) {
		at = ufs_inode_at(made, ino);
		read_bytes(made, at, raw, 256);
		memset(raw + 244, 0, 4);
		ufs_set(made, at + 244, 4, ufs_sum(raw, 256));
	}
	ufs_set(made, UFS_SUPER + 1312, 4, SUMS_FLAG);
	ufs_set(made, UFS_SUPER + 1308, 4, SUMS);
	ufs_set(made, UFS_SUPER + 1304, 4, 0);
	read_bytes(made, UFS_SUPER, raw, size);
	ufs_set(made, UFS_SUPER + 1304, 4, ufs_sum(raw, size));
}
