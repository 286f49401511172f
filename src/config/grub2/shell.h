/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shell.h - a command line of GRUB's, on which a person types
 *
 * It has the variables of a menu, and what is set there the menu's entries see,
 * as with GRUB.  What is printed goes to guest->print, errors too.
 */
#ifndef CONFIG_GRUB2_SHELL_H
#define CONFIG_GRUB2_SHELL_H

#include "src/config/grub2/eval.h"

/* Bytes of a command, with all lines of it. */
#define SHELL_COMMAND_MAX 32768

struct grub2_shell {
	struct config *config; /* its priv is the evaluation */
	struct config *owner;  /* of the menus that come up; NULL: as menu's */
	const struct menu *of; /* it was opened for */
	struct menu *menu;     /* whose variables it has */
	struct menu *own;      /* where menuentry puts its entries */
	struct script script;
	/* what stays from one command to the next */
	struct boot boot;
	struct chain chain;
	const char *hypervisor;
	char *command; /* the lines of one that is not complete */
	size_t len;
};

/*
 * A command line for a menu of config; one that is not GRUB 2's has no
 * variables, so they are those of a GRUB on that file system.  It lives as long
 * as the guest.  NULL with err filled.
 */
struct grub2_shell *grub2_shell_open(
	struct config *config, struct menu *menu, struct error *err);

enum shell_result {
	SHELL_DONE, /* it ran, or failed and said so */
	SHELL_MORE, /* it is not complete: the next line continues it */
	SHELL_BOOT, /* outcome has what is to be booted */
	SHELL_MENU, /* outcome has a menu that came up */
};

/*
 * Run a line: enum shell_result, or -1 when a limit ended it, after which
 * others can be run.
 */
int grub2_shell_run(struct grub2_shell *shell, const char *line,
	struct outcome *outcome, struct error *err);

/* Forget the lines of a command that is not complete. */
void grub2_shell_forget(struct grub2_shell *shell);

/*
 * Make the evaluation that of the command line, with a new budget; after that
 * grub2_shell_leave(), which keeps what stays.
 */
struct eval *grub2_shell_enter(struct grub2_shell *shell);
void grub2_shell_leave(struct grub2_shell *shell);

#endif
