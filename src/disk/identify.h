/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * identify.h - what is on a volume that we cannot read
 *
 * Only for messages: "LVM2_member", "crypto_LUKS", "swap" help a person more
 * than "no known file system".  libblkid does the looking, by descriptor.
 */
#ifndef DISK_IDENTIFY_H
#define DISK_IDENTIFY_H

#include <stddef.h>

#include "src/disk/volume.h"

/* A name into out (at least 32 bytes), or "" if it is not known. */
void identify(struct volume *vol, char *out, size_t out_size);

#endif
