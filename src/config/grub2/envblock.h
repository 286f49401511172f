/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * envblock.h - the environment block (grubenv): variables kept on the disk
 *
 * A header line, then name=value lines, in which a backslash protects what
 * follows it, a newline included; # fills the rest.  GRUB's tools make 1024
 * bytes of it; GRUB itself reads any size.
 */
#ifndef CONFIG_GRUB2_ENVBLOCK_H
#define CONFIG_GRUB2_ENVBLOCK_H

#include "src/base/text.h"
#include "src/config/grub2/scratch.h"

/* Go behind the header; -1: it is not there. */
int envblock_open(struct text *block);

/*
 * Cut the next variable off: 1, 0 at the end, or -1 (out of memory).  The name
 * points into the block, the value is in scratch.
 */
int envblock_next(struct text *block, struct text *name, const char **value,
	struct scratch *scratch, struct error *err);

#endif
