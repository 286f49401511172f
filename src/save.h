/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * save.h - writing what the guest's script saved into its environment block
 *
 * The one exception from "the disk is never written" (promise P6), and only
 * with --save-env.  The child says which bytes become which; the parent writes
 * them only over a block that is there now, byte for byte as the child read
 * it, and never over anything that is not an environment block.
 */
#ifndef SAVE_H
#define SAVE_H

#include "src/config/config.h"
#include "src/peer.h"

struct save_block {
	unsigned int disk; /* its index */
	uint64_t offset;   /* bytes from its start */
	size_t size;       /* bytes of both that count */
	char before[CONFIG_BLOCK_SIZE];
	char after[CONFIG_BLOCK_SIZE];
};

struct save {
	struct save_block blocks[CONFIG_BLOCKS_MAX];
	size_t count;
};

/* Ask the child for the blocks of what is booted. */
int save_receive(struct save *save, struct peer *peer,
	const struct options *options, const struct disk *disks,
	struct error *err);

/*
 * Write them.  The disks are opened again, for writing, through the
 * descriptors that are open, so that it is the same image.
 */
int save_write(const struct save *save, struct disk *disks, struct error *err);

#endif
