/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * script.h - a bare GRUB script, run on a guest for what it prints
 *
 * What it prints goes to guest->print as it comes, and the errors that GRUB
 * would put on the screen become notes.
 */
#ifndef CONFIG_GRUB2_SCRIPT_H
#define CONFIG_GRUB2_SCRIPT_H

#include "src/config/guest.h"

/*
 * Run the text, which messages call name, as GRUB would run a configuration: a
 * command that fails and a statement that cannot be understood do not end it.
 * $root is the first device with a file system, and $prefix GRUB's directory
 * there; both are "" if there is none.
 *
 * 0: the script ran to its end, whatever $? is then; -1: a limit was passed.
 * Messages begin with name and line.
 */
int grub2_script(struct guest *guest, const char *name, struct text text,
	struct error *err);

#endif
