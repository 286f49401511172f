/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * saved.h - where on a disk the block lies that the guest's loader would write
 */
#ifndef SAVED_H
#define SAVED_H

#include <stdint.h>

#include "src/config/config.h"

/* The block begins there, and is in one piece. */
struct saved_place {
	unsigned int disk; /* its index */
	uint64_t offset;   /* bytes */
};

/*
 * Refused (ERR_UNSUPPORTED) is a block that is not in one piece, or lies where
 * its bytes cannot simply be changed: in a compressed or checksummed file, in a
 * hole, or in a file system whose journal waits to be replayed.  Messages begin
 * with disk, partition, file system and path.
 */
int saved_locate(struct devices *devices, const struct config_block *block,
	struct saved_place *place, struct error *err);

#endif
