/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux_header.h - which files are kernels of Linux, by how they begin
 */
#ifndef CONFIG_LINUX_HEADER_H
#define CONFIG_LINUX_HEADER_H

#include <stdbool.h>

#include "src/base/bytes.h"

/* Bytes from a file's start that say it. */
#define LINUX_HEADER_SIZE 0x206

/* Each with an EFI stub begins with "MZ" as well, and firmware starts it. */
enum linux_header {
	LINUX_NONE,
	LINUX_X86,   /* bzImage: a PC's boot sector, and "HdrS" behind it */
	LINUX_ARM64, /* Image */
};

enum linux_header linux_header(struct bytes start);

bool linux_has_stub(struct bytes start);

#endif
