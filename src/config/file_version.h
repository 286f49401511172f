/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_version.h - names of files in the order of the versions in them
 *
 * As "sort -V" and "ls -v" of coreutils have it, and GRUB's blsuki module:
 * digits count as numbers, a tilde comes before everything, and what looks
 * like a suffix (".conf") counts only between names that are the same without
 * it.
 */
#ifndef CONFIG_FILE_VERSION_H
#define CONFIG_FILE_VERSION_H

#include "src/base/text.h"

/*
 * Below, above or equal 0; 0 also for names that differ only in the zeros in
 * front of their numbers.
 */
int file_version_compare(struct text a, struct text b);

#endif
