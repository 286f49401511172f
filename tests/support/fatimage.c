/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/fatimage.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

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
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/made.img", image_directory());
	fd = open(path, O_WRONLY);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, data, len, (off_t)off), (ssize_t)len);
	close(fd);
}

void fatimage_open(struct image *image)
{
	image_open(image, "made.img");
	ck_assert_msg(
		image_mount(image, &fat_driver) == 0, "%s", image->err.text);
}

void fatimage_find(struct image *image, const char *path, struct fs_node *node)
{
	ck_assert_msg(fs_find(&image->fs, path, node, &image->err) == 0, "%s",
		image->err.text);
}
