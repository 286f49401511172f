/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assembly.h - more volumes out of volumes: MD's arrays, LVM's logical volumes
 *
 * Who has the volumes shows them one by one, and asks what can be made of them;
 * what was made is shown again, so that LVM on an array on partitions comes in
 * three turns.  A volume consists only of such as were there before it: none
 * can contain itself.  Nothing is copied: the volumes given have to stay.
 */
#ifndef VOLUME_ASSEMBLY_H
#define VOLUME_ASSEMBLY_H

#include <stdbool.h>

#include "src/base/arena.h"
#include "src/disk/volume.h"

/* Volumes made of volumes; a host has some dozens, a guest fewer. */
#define ASSEMBLY_MADE_MAX 1000
/* Volumes made of volumes made of volumes: three are in use. */
#define ASSEMBLY_TURNS_MAX 8

/* Bytes of the longest name, with its NUL: device mapper takes 127 and "lvm/"
 */
#define MADE_NAME_SIZE 136
#define MADE_ID_SIZE 88

/* A logical volume or an array. */
struct made {
	struct volume vol;
	char name[MADE_NAME_SIZE]; /* for people: "lvm vg/lv", "md 0" */
	char grub[MADE_NAME_SIZE]; /* "lvm/vg-lv", "md/0" */
	char id[MADE_ID_SIZE];     /* "lvmid/VG/LV", "mduuid/..." */
	char node[MADE_NAME_SIZE]; /* below /dev: "vg/lv", "md/0" */
	struct error *why;         /* not NULL: it cannot be read */
	const char *notice;        /* what may make it wrong, or NULL */
	/* Each of the members by itself begins with the same bytes. */
	bool mirror;
	void **owners; /* of the volumes that it is on */
	size_t owner_count;
};

struct assembler {
	struct arena *arena;
	struct md_member *members;
	size_t member_count;
	size_t member_capacity;
	struct lvm_pv *pvs;
	size_t pv_count;
	size_t pv_capacity;
	struct lvm_groups *groups;
	struct made **made;
	size_t made_count;
	size_t made_capacity;
};

/* Where on a volume to look: the end costs two reads more. */
enum assembly_look { LOOK_AT_START, LOOK_EVERYWHERE };

/*
 * Look at a volume: is it a part of something?  1, 0, or -1 if that cannot be
 * known.  owner is what made.owners will name it by.
 */
int assembly_look(struct assembler *assembly, struct volume *vol, void *owner,
	enum assembly_look look, struct error *err);

/* What to make: volume groups only when all has been looked at. */
enum assembly_kinds { MAKE_ARRAYS, MAKE_ALL };

/*
 * Make what was not made so far: arrays before volume groups.  Only what is
 * complete, or with incomplete what lacks members, too; what cannot be read
 * then has a reason.  -1: no memory, a limit, or a group that makes no sense.
 */
int assembly_make(struct assembler *assembly, enum assembly_kinds kinds,
	bool incomplete, struct error *err);

/* For what makes them: one more, with its owners still to be added. */
struct made *assembly_add(
	struct assembler *assembly, size_t owners, struct error *err);

#endif
