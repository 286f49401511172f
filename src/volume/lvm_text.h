/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lvm_text.h - the text in which LVM2 describes a volume group
 *
 *   name = 1   name = "text"   name = ["a", 0]   name { ... }   # comment
 */
#ifndef VOLUME_LVM_TEXT_H
#define VOLUME_LVM_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/text.h"

/* Values and sections of all texts; a group of 1000 volumes has 20,000. */
#define LVM_NODES_MAX 200000
/* Sections in each other; real ones have four levels. */
#define LVM_DEPTH_MAX 8

enum lvm_kind { LVM_SECTION, LVM_ARRAY, LVM_STRING, LVM_NUMBER };

struct lvm_node {
	enum lvm_kind kind;
	struct text name;       /* empty in an array */
	struct text string;     /* as it stands between the quotes */
	uint64_t number;        /* negative ones are none that mean anything */
	struct lvm_node *first; /* of a section or an array, or NULL */
	struct lvm_node *next;
};

/*
 * The whole text as a section; the nodes point into the text.  *left is how
 * many nodes may be made, and what is left of it.
 */
struct lvm_node *lvm_parse(struct text text, struct arena *arena,
	unsigned int *left, struct error *err);

/* What a section has under that name; NULL: nothing of that kind. */
const struct lvm_node *lvm_child(
	const struct lvm_node *section, enum lvm_kind kind, const char *name);

/* 0, or ERR_CORRUPT where it is missing. */
int lvm_number(const struct lvm_node *section, const char *name, uint64_t *out,
	struct error *err);
int lvm_string(const struct lvm_node *section, const char *name,
	struct text *out, struct error *err);

/* Is the word in the array of that name? */
bool lvm_has_word(
	const struct lvm_node *section, const char *name, const char *word);

#endif
