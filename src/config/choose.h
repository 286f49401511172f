/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * choose.h - which entry of a configuration is booted
 *
 * Either the guest's default, with its fallbacks, as its own loader would
 * take it; or the one that the administrator names.  Submenus, and entries
 * that bring up another menu, are followed to an entry with a kernel.
 */
#ifndef CONFIG_CHOOSE_H
#define CONFIG_CHOOSE_H

#include "src/config/config.h"

/* What was decided. */
struct choice {
	const char *title; /* of the entry, as the guest wrote it */
	struct boot boot;
};

/*
 * Start the menu's default, and if that has no kernel its fallbacks in turn.
 * Messages begin with the entry's title.
 */
int choose_default(struct config *config, struct menu *menu,
	struct choice *choice, struct error *err);

/*
 * Start the entry that spec names: a number counted from 0, a title, an id, or
 * several of them with ">" between for submenus (">>" is a ">" of a title).  A
 * title that is not in the first menu is looked for in the submenus.
 * ERR_NOT_FOUND names the nearest titles.
 */
int choose_named(struct config *config, const char *spec, struct choice *choice,
	struct error *err);

/* The entry that spec names, or with NULL the default of the first menu. */
int choose_entry(struct config *config, const char *spec, struct choice *choice,
	struct error *err);

#endif
