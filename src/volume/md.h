/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * md.h - MD arrays of Linux
 *
 * Superblocks 0.90 as a little-endian host writes them, 1.0, 1.1 and 1.2, as
 * include/uapi/linux/raid/md_p.h declares them.
 */
#ifndef VOLUME_MD_H
#define VOLUME_MD_H

#include "src/volume/assembly.h"

/* Levels as numbers in a superblock; the others are what they say. */
#define MD_LINEAR (-1)
#define MD_MULTIPATH (-4)

/* In place of a number within the array: a spare, a journal, a dead member. */
#define MD_NO_ROLE UINT32_MAX

/* What the superblock of one member says. */
struct md_member {
	struct volume *vol;
	void *owner;
	uint8_t uuid[16];   /* as people write it */
	char name[33];      /* without the host's; or "" */
	unsigned int minor; /* 0.90: the number of the array; else 0 */
	bool old;           /* 0.90 */
	int32_t level;
	uint32_t layout;
	uint64_t chunk; /* bytes; 0: none */
	uint64_t used;  /* bytes of each member */
	uint32_t disks;
	uint32_t role; /* which of them it is */
	uint64_t events;
	uint64_t start;   /* of its data, bytes */
	uint64_t size;    /* the same */
	bool reshaping;   /* from one geometry to another */
	bool recovering;  /* its data are not all there yet */
	bool replacement; /* it becomes what another one still is */
	bool journal;     /* the array has one */
	bool made;        /* its array was */
};

/* The superblock on a volume: 1 and *member filled, 0, or -1. */
int md_read(struct volume *vol, enum assembly_look look,
	struct md_member *member, struct error *err);

int md_look(struct assembler *assembly, struct volume *vol, void *owner,
	enum assembly_look look, struct error *err);
int md_make(struct assembler *assembly, bool incomplete, struct error *err);

/* Is there a member whose array was not made, as others are missing? */
bool md_waits(const struct assembler *assembly);

#endif
