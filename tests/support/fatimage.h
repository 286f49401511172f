/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fatimage.h - FAT file systems made by mkfs.fat and mtools, and changed after
 *
 * All is about one image, made.img, in the directory of tests/support/image.h.
 */
#ifndef TESTS_FATIMAGE_H
#define TESTS_FATIMAGE_H

#include "tests/support/image.h"

/* mtools takes names for UTF-8 and times for UTC only if it is told. */
#define MTOOLS "export LC_ALL=C.UTF-8 TZ=UTC MTOOLSRC=/dev/null; "

struct fat_made {
	const char *type; /* as the driver has to say */
	const char *size; /* as truncate takes it; the file is sparse */
	const char *options;
};

/* Make the image anew, with label "A b label" and serial 00c0ffee. */
void fatimage_make(const struct fat_made *how);

/* Copy everything in a tree of the directory into the image's root. */
void fatimage_fill(const char *tree);

/* Overwrite bytes of the image. */
void fatimage_patch(uint64_t off, const void *data, size_t len);

/* Open the file system, which has to work. */
void fatimage_open(struct image *image);

/*
 * Make one image of each width, with /file, /dir/below and /dir/sub.  The file
 * is in ten clusters of 2 KiB (FAT12 and FAT16: from 2 on) or forty of 512
 * bytes (FAT32: from 3 on, behind the root directory).
 */
void fatimage_make_three(void);

#define FATIMAGE_FILE_SIZE 20000

enum { FAT12, FAT16, FAT32 };

/* Let the image be a copy of one of these. */
void fatimage_take(int kind);

/* Overwrite the entry of a cluster in its first allocation table. */
void fatimage_set_entry(int kind, uint32_t cluster, uint32_t value);

/* Where the directory's entry of a path lies, bytes. */
uint64_t fatimage_entry_of(const char *path);

#endif
