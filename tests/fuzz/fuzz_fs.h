/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_fs.h - a disk image as one file system
 *
 * All of the tree is walked, within limits, each file is read in two ways, and
 * both must tell the same: what read() gives, and what is where map() says.
 */
#ifndef TESTS_FUZZ_FS_H
#define TESTS_FUZZ_FS_H

#include "src/fs/fs.h"

/* data is a sparse disk (fuzz.h) */
void fuzz_fs(const struct fs_driver *driver, const uint8_t *data, size_t size);

#endif
