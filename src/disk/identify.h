/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identify.h - what is on a volume that we cannot read
 *
 * Only for messages: "LVM2_member", "crypto_LUKS", "swap" help a person more
 * than "no known file system".  libblkid does the looking, by descriptor; what
 * has none is copied into a file first, as far as is needed.
 */
#ifndef DISK_IDENTIFY_H
#define DISK_IDENTIFY_H

#include <stddef.h>

#include "src/disk/volume.h"

/*
 * A name into out (at least 32 bytes), or "" if it is not known.  scratch: a
 * file of any contents, to be written; 0: there is none.
 */
void identify(struct volume *vol, int scratch, char *out, size_t out_size);

#endif
