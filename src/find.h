/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * find.h - what a guest boots: the search over disks, partitions and
 * configurations
 *
 * The order: a kernel named by the administrator; else, file system by file
 * system, guests known by their files and boot configurations, of which the
 * first that works wins; else a kernel that lies in a usual place.  Why the
 * others did not work is kept, and is the message if nothing does.
 */
#ifndef FIND_H
#define FIND_H

#include "src/config/choose.h"
#include "src/options.h"

/* What will be booted. */
struct found {
	struct boot boot;
	const char *title; /* of the entry, or "" */
	const char *where; /* "partition 1: ext4: /boot/grub/grub.cfg" */
	const char *args;  /* the whole command line, or "" */
};

/* Decide without a menu: --kernel, --entry, or the guest's default. */
int find_boot(struct guest *guest, const struct options *options,
	struct found *found, struct error *err);

/*
 * The first configuration that has something to show; ERR_NOT_FOUND: there is
 * none (find_boot() may still know a kernel).
 */
int find_menu(struct guest *guest, const struct options *options,
	struct config *config, struct error *err);

/* What an entry that was chosen in the menu boots. */
int found_from_choice(struct guest *guest, const struct options *options,
	const struct config *config, const struct choice *choice,
	struct found *found, struct error *err);

/* Called with each line of the list; its text is the guest's bytes. */
typedef int list_line(void *ctx, const char *line, struct error *err);

/* --list-entries: every entry of the first configuration of each device. */
int find_list(struct guest *guest, const struct options *options,
	list_line *line, void *ctx, struct error *err);

#endif
