/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extract.h - a guest's kernel or ramdisk, copied into a descriptor
 *
 * The kernel copies where it can: from the extents that the driver names,
 * straight between the page caches.  Nothing of the guest's is interpreted
 * here; a file is a file, whatever it holds.
 */
#ifndef EXTRACT_H
#define EXTRACT_H

#include <stdint.h>

#include "src/config/entry.h"

/*
 * Write the files to out, one behind the other, each but the last padded with
 * zeros to a multiple of align bytes (0: not at all).  All are regular, none
 * is empty (P7), and together they are at most max bytes, holes counted (P4):
 * all of that is checked before the first byte is written.  *written is what
 * out then holds, or would: with an out of -1, checks are all that is done.
 */
int extract_files(struct devices *devices, const struct boot_file *files,
	size_t count, unsigned int align, uint64_t max, int out,
	uint64_t *written, struct error *err);

#endif
