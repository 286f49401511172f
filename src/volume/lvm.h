/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lvm.h - logical volumes of LVM2
 *
 * A physical volume has a label in one of its first four sectors, that leads to
 * up to two areas with the description of the whole group as text; each write
 * goes behind the one before, round and round (lib/format_text of LVM2).
 */
#ifndef VOLUME_LVM_H
#define VOLUME_LVM_H

#include "src/volume/assembly.h"
#include "src/volume/lvm_text.h"
#include "src/volume/raid.h"

#define LVM_SECTOR 512

/* Bytes of one description; LVM's own areas have a MiB. */
#define LVM_TEXT_MAX (4U << 20)
/* Of all that differ from each other. */
#define LVM_TEXTS_MAX (16U << 20)

#define LVM_ID_LEN 32      /* on the disk */
#define LVM_ID_TEXT_LEN 38 /* with dashes, as in the text */

struct lvm_pv {
	struct volume *vol;
	void *owner;
	char id[LVM_ID_TEXT_LEN + 1];
};

/* A physical volume in the description of its group. */
struct lvm_part {
	struct text name; /* "pv0" */
	struct text id;
	const struct lvm_node *node;
	const struct lvm_pv *pv; /* NULL: missing */
	uint64_t start;          /* of its first extent, bytes */
};

enum lvm_state { LVM_NEW, LVM_BUILDING, LVM_BUILT, LVM_FAILED };

struct lvm_volume {
	struct text name;
	const struct lvm_node *node;
	enum lvm_state state;
	struct volume vol; /* once built */
	struct error *why; /* once failed */
	struct concat concat;
	unsigned int depth;  /* while it is built: volumes made of it */
	unsigned int levels; /* of volumes below it */
	bool damaged;        /* built without something it can do without */
};

struct lvm_group {
	struct text name;
	struct text id;
	uint64_t seqno;
	const struct lvm_node *node;
	struct arena *arena;
	uint64_t extent;        /* bytes */
	struct lvm_part *parts; /* sorted by name */
	size_t part_count;
	struct lvm_volume *volumes; /* the same */
	size_t volume_count;
	bool made;
	struct lvm_group *next;
};

/* What is remembered of all groups and their texts. */
struct lvm_groups {
	struct lvm_group *first;
	struct lvm_read *read; /* texts read so far */
	unsigned int nodes_left;
	size_t bytes;
};

int lvm_look(struct assembler *assembly, struct volume *vol, void *owner,
	struct error *err);
int lvm_make(struct assembler *assembly, bool incomplete, struct error *err);

/*
 * The label: 1 and *text filled (empty: it has none, or one that was read
 * before), 2 if only *pv could be filled, and err says why; 0, or -1.
 */
int lvm_read_label(struct assembler *assembly, struct volume *vol,
	struct lvm_pv *pv, struct text *text, struct error *err);

/* Build a volume of the group, and before it those that it is made of. */
int lvm_build(struct lvm_group *group, struct lvm_volume *lv,
	unsigned int depth, struct error *err);

/* A volume of the group that "of" is made of, built; NULL with err filled. */
struct lvm_volume *lvm_build_named(struct lvm_group *group, struct text name,
	struct lvm_volume *of, struct error *err);

/* The volume of a thin pool: segment is the one that names pool and number. */
int lvm_build_thin(struct lvm_group *group, struct lvm_volume *lv,
	const struct lvm_node *segment, uint64_t size, struct volume *vol,
	struct error *err);

#endif
