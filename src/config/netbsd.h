/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netbsd.h - /boot.cfg, as the boot loader of NetBSD for PCs reads it
 *
 * netbsd_format (config.h) is what others use; the rest is shared by the files
 * of this module:
 *
 *	netbsd.c        lines, the menu
 *	netbsd_run.c    the commands of an entry
 *	netbsd_device.c hd0a:, NAME=..., and what the kernel is told of them
 */
#ifndef CONFIG_NETBSD_H
#define CONFIG_NETBSD_H

#include "src/config/config.h"

#define NETBSD_MENU_MAX 20 /* lines that the loader takes */

/* An entry's priv: what follows the colon, commands separated by ";". */
struct netbsd_entry {
	const char *commands;
	unsigned int line; /* 0: of no line */
};

/*
 * The device of a name without its colon, in text: "hd0a", "dk0", "NAME=root".
 * Which number a disk has depends on which a guest is given: one that is not
 * there stands for the device of the configuration, with a warning.  NULL with
 * err filled.
 */
struct device *netbsd_device(
	struct config *config, struct text name, struct error *err);

/*
 * What tells the kernel that its root is on dev, with a blank before it, in the
 * arena; "" if it would find that by itself.  NULL with err filled.
 */
const char *netbsd_bootdev(
	struct config *config, const struct device *dev, struct error *err);

/* Start what an entry says; it leaves no trace. */
int netbsd_start(struct config *config, const struct netbsd_entry *entry,
	struct outcome *outcome, struct error *err);

#endif
