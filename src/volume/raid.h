/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * raid.h - one volume made of several: one after the other, striped, mirrored,
 * or with parity
 *
 * What MD and LVM have in common: LVM's levels are those of MD under other
 * names.  The layouts are those of drivers/md in Linux, as md(4) describes
 * them.
 */
#ifndef VOLUME_RAID_H
#define VOLUME_RAID_H

#include "src/base/arena.h"
#include "src/disk/volume.h"

/* MD's own limit is 1920 for metadata of 4 KiB. */
#define RAID_MEMBERS_MAX 1920

/* A piece of a volume that consists of such, one after the other. */
struct concat_piece {
	uint64_t start; /* in the whole, bytes */
	uint64_t len;
	struct volume *vol;
	uint64_t off; /* in vol */
};

struct concat {
	struct concat_piece *list; /* rising, without a gap */
	size_t count;
	size_t capacity;
	uint64_t size; /* of all, so far */
};

/* Append a piece. */
int concat_add(struct concat *concat, struct arena *arena, struct volume *vol,
	uint64_t off, uint64_t len, struct error *err);

/* The whole as a volume; keep concat as long. */
void volume_of_concat(struct volume *vol, struct concat *concat);

struct raid_member {
	struct volume *vol; /* NULL: it is missing */
	uint64_t start;     /* of the data in it, bytes */
};

/*
 * Level 0, 1 and 10: chunk by chunk over the members, each "near" times on
 * members next to each other, and all that "far" times at other places.
 */
struct raid_copies {
	struct raid_member *members;
	unsigned int count;
	uint64_t chunk;        /* bytes */
	unsigned int near;     /* at least 1, at most count */
	unsigned int far;      /* the same */
	bool offset;           /* far copies in the next row, not far away */
	uint64_t stride;       /* bytes to the next far copy */
	unsigned int set_size; /* members among which far copies stay */
	unsigned int shift;    /* the member of chunk 0 */
};

/* Plain stripes, and plain copies. */
void raid_striped(struct raid_copies *raid, struct raid_member *members,
	unsigned int count, uint64_t chunk);
void raid_mirrored(struct raid_copies *raid, struct raid_member *members,
	unsigned int count);

void volume_of_copies(
	struct volume *vol, struct raid_copies *raid, uint64_t size);

/*
 * Where parity lies, by MD's numbers.  Of those that say that the last member
 * has Q, 16 to 20, the rest is layout - 16 without that member.
 */
enum raid_layout {
	RAID_LEFT_ASYMMETRIC,
	RAID_RIGHT_ASYMMETRIC,
	RAID_LEFT_SYMMETRIC,
	RAID_RIGHT_SYMMETRIC,
	RAID_PARITY_FIRST,
	RAID_PARITY_LAST,
	RAID_ZERO_RESTART = 8, /* the next three as DDF has them */
	RAID_N_RESTART,
	RAID_N_CONTINUE,
	RAID_Q_LAST = 16, /* to 20 */
};

/* Level 4, 5 and 6. */
struct raid_parity {
	struct raid_member *members;
	unsigned int count;
	unsigned int parities; /* 1 or 2, less than count */
	enum raid_layout layout;
	uint64_t chunk; /* bytes */
};

/* Is there such a layout with that many parities? */
bool raid_layout_known(unsigned int layout, unsigned int parities);

void volume_of_parity(
	struct volume *vol, struct raid_parity *raid, uint64_t size);

#endif
