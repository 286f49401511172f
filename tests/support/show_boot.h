/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show_boot.h - what a boot needs, as text: for cases and for tests
 *
 *	kernel (hd0,msdos1)/vmlinuz
 *	ramdisk (hd0,msdos1)/EFI/Linux/a.efi [1024+13: how it begins]
 *	ramdisk (hd0,msdos1)newc:/init [112: 070701...]
 *	align 4
 *	args root=/dev/xvda1
 *
 * Of a part of a file: where it is, its length and how it begins; of bytes that
 * are in no file how many there are.  The alignment only if it matters.
 */
#ifndef TESTS_SHOW_BOOT_H
#define TESTS_SHOW_BOOT_H

#include <stdio.h>

#include "src/config/entry.h"

void show_boot(FILE *out, const char *indent, const struct boot *boot);

#endif
