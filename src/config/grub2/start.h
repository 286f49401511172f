/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * start.h - an evaluation at its beginning, as GRUB is before it reads a file
 */
#ifndef CONFIG_GRUB2_START_H
#define CONFIG_GRUB2_START_H

#include "src/config/grub2/eval.h"

/* A new evaluation in the arena, with an empty menu; NULL with err filled. */
struct eval *grub2_open(struct config *config, struct error *err);

/*
 * The same of the GRUB that lies on config->dev (NULL: of one without a disk)
 * and has read no file yet: its variables are set.
 */
struct eval *grub2_open_bare(struct config *config, struct error *err);

/* Nothing has happened yet in this load or run; entries go into menu. */
void grub2_start(struct eval *eval, struct menu *menu);

/*
 * The variables that GRUB sets before it reads a configuration, and exports.
 * root is GRUB's name of a device, prefix where its own files are; "" if there
 * is no such thing.
 */
int grub2_preset(struct eval *eval, const char *root, const char *prefix,
	struct error *err);

/* Has this variable another value than GRUB itself gives it? */
bool grub2_was_set(const struct env *env, const char *name);

/*
 * A copy of a text that is to be evaluated: for as long as the run if functions
 * point into it, else until the scratch memory is rewound.
 */
int grub2_keep_text(struct eval *eval, struct text *text, bool functions,
	struct error *err);

#endif
