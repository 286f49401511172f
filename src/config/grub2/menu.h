/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * menu.h - menus of GRUB 2: what is behind struct menu and struct entry
 */
#ifndef CONFIG_GRUB2_MENU_H
#define CONFIG_GRUB2_MENU_H

#include "src/config/grub2/eval.h"

/* struct menu's priv. */
struct grub2_menu {
	struct env *env;               /* what its entries see and set */
	const struct loop_link *loops; /* the same of loopback's devices */
};

/* struct entry's priv. */
struct grub2_entry {
	const struct script *script;
	struct text body;          /* the same as struct entry's source */
	unsigned int line;         /* of the script, where the body begins */
	struct scope scope;        /* $1 is the title */
	const char *users;         /* who may start it, too; NULL: everybody */
	const struct boot *direct; /* no body: the script said "boot" itself */
	/* an entry of another loader's menu, which has an owner; NULL: ours */
	struct menu *foreign;
	size_t foreign_index;
	const struct guard *foreign_guard;
};

/* An empty menu; its variables are those that outer exports (NULL: none). */
struct menu *grub2_menu_open(
	struct eval *eval, const struct env *outer, struct error *err);

/*
 * All its entries are there: decide by its variables what is chosen, what to
 * fall back to, how long to wait, and who may start them.
 */
int grub2_menu_close(struct eval *eval, struct menu *menu, struct error *err);

/*
 * The same by these variables, for a menu that may be another loader's; false
 * if $default names none of its entries: then the first is chosen.
 */
bool grub2_menu_decide(
	const struct eval *eval, struct menu *menu, const struct env *env);

/* The key of --hotkey: a character, or the name that GRUB has for it. */
uint32_t grub2_hotkey(const char *name);

/* The menu of the GRUB that was chainloaded; NULL with err filled. */
struct menu *grub2_chained_menu(struct eval *eval, struct error *err);

/* The menu comes up, and nothing of the script runs any more. */
void grub2_menu_show(struct eval *eval, struct menu *menu);

#endif
