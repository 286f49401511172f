/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * envblock.h - the environment block (grubenv): variables kept on the disk
 *
 * A header line, then name=value lines, in which a backslash protects what
 * follows it, a newline included; # fills the rest.  GRUB's tools make 1024
 * bytes of it, or a sector of 512; GRUB itself reads any size.
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

/*
 * What a block, all of which is text, becomes when a variable is set in it, or
 * removed (value NULL): in place if it is there, else behind the others.  after
 * has room for as many bytes and a NUL.  ERR_LIMIT: the block is full;
 * ERR_SYNTAX: no variable can be called that.
 */
int envblock_set(const char *before, const char *name, const char *value,
	char *after, struct error *err);

/* The value of a variable in a block, in scratch; NULL: not set. */
const char *envblock_get(const char *block, const char *name,
	struct scratch *scratch, struct error *err);

#endif
