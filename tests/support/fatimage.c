/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/fatimage.h"

#include <check.h>
#include <stdio.h>

#include "fsdrivers/drivers.h"

void fatimage_make(const struct fat_made *how)
{
	image_run("rm -f made.img && truncate -s %s made.img && "
		  "mkfs.fat %s -n 'A b label' -i 00c0ffee made.img",
		how->size, how->options);
}

void fatimage_fill(const char *tree)
{
	image_run(MTOOLS "cd %s && mcopy -s -m -Q -i ../made.img * ::/", tree);
}

void fatimage_patch(uint64_t off, const void *data, size_t len)
{
	image_write("made.img", off, data, len);
}

void fatimage_open(struct image *image)
{
	image_open(image, "made.img");
	ck_assert_msg(
		image_mount(image, &fat_driver) == 0, "%s", image->err.text);
}

static const struct fat_made kinds[] = {
	{ "fat12", "4M", "-a -F 12 -s 4 -R 1" },
	{ "fat16", "16M", "-a -F 16 -s 4 -R 1" },
	{ "fat32", "40M", "-F 32 -s 1 -R 32" },
};

void fatimage_make_three(void)
{
	size_t i;

	image_run("mkdir -p tree/dir/sub");
	image_file("tree/file", NULL, FATIMAGE_FILE_SIZE);
	image_file("tree/dir/below", "x", 1);
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		fatimage_make(&kinds[i]);
		image_run(MTOOLS "mcopy -m -Q -i made.img tree/file ::/ && "
				 "mcopy -s -m -Q -i made.img tree/dir ::/ && "
				 "mv made.img %s.img",
			kinds[i].type);
	}
}

void fatimage_take(int kind)
{
	image_run("cp --sparse=always %s.img made.img", kinds[kind].type);
}

void fatimage_set_entry(int kind, uint32_t cluster, uint32_t value)
{
	uint64_t at = kind == FAT32 ? 32 * 512 : 512;
	struct image image;
	uint8_t raw[4];

	image_open(&image, "made.img");
	at += kind == FAT12     ? cluster * 3 / 2
		: kind == FAT16 ? cluster * 2
				: cluster * 4;
	ck_assert_int_eq(
		volume_read(&image.vol, at, raw, sizeof(raw), &image.err), 0);
	image_close(&image);
	if (kind == FAT12 && cluster % 2)
		value = value << 4 | (raw[0] & 15);
	else if (kind == FAT12)
		value |= (uint32_t)(raw[1] & 0xf0) << 8;
	raw[0] = (uint8_t)value;
	raw[1] = (uint8_t)(value >> 8);
	if (kind == FAT32) {
		raw[2] = (uint8_t)(value >> 16);
		raw[3] = (uint8_t)(value >> 24);
	}
	fatimage_patch(at, raw, sizeof(raw));
}

uint64_t fatimage_entry_of(const char *path)
{
	struct image image;
	struct fs_node node;

	fatimage_open(&image);
	image_find(&image, path, &node);
	image_close(&image);
	return node.id;
}
