/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sniff.h - guests that are known by their files alone
 *
 * Two systems have no configuration that says what to start under Xen, and
 * pygrub knows them by name: NetWare and Solaris.  And a file system may have
 * a kernel and no configuration at all.
 */
#ifndef CONFIG_SNIFF_H
#define CONFIG_SNIFF_H

#include <stdbool.h>

#include "src/config/entry.h"
#include "src/config/guest.h"

/* More kernels beside each other than anybody installs. */
#define SNIFF_KERNELS_MAX 1024

/*
 * Solaris and NetWare, before a configuration is looked for.  user_args are
 * the administrator's, or "": they are in boot->args afterwards and are not to
 * be added again.
 *
 * If boot->kernel.path is set it is the administrator's kernel: then only the
 * arguments of a Solaris guest are made.  *found tells whether boot was
 * touched; it is false, and no fault, on any other file system.
 */
int sniff(struct guest *guest, struct device *dev, const char *user_args,
	struct boot *boot, bool *found, struct error *err);

/*
 * A file system without any configuration: the newest Linux kernel in /boot or
 * / with its ramdisk, else NetBSD's or FreeBSD's kernel.  boot->args is "":
 * Linux is not told its root file system, which the caller has to say.  *found
 * is false if there is no kernel.
 */
int autodetect(struct guest *guest, struct device *dev, struct boot *boot,
	bool *found, struct error *err);

/*
 * Which of two file names is the newer version: more than 0 if a is, less than
 * 0 if b is.  6.10 is newer than 6.9, and than 6.10-rc1 and 6.10~1.
 */
int sniff_compare_versions(const char *a, const char *b);

#endif
