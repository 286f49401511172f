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
	const char *title;     /* of the entry, or "" */
	const char *where;     /* "vm.img: partition 1: ext4: /grub/grub.cfg" */
	const char *args;      /* the whole command line, or "" */
	struct config *config; /* what chose it, or NULL */
};

/* Decide without a menu: --kernel, --entry, or the guest's default. */
int find_boot(struct guest *guest, const struct options *options,
	struct found *found, struct error *err);

/* Called with a configuration; 0 goes on, anything else is returned. */
typedef int find_visit(void *ctx, struct config *config, struct error *err);

/*
 * The first configuration with entries of each device, for menus and lists.
 * ERR_NOT_FOUND: there is none, or a guest that needs none comes first
 * (find_boot() may still know a kernel).
 */
int find_configs(struct guest *guest, const struct options *options,
	find_visit *visit, void *ctx, struct error *err);

/* What an entry that was chosen in the menu boots. */
int found_from_choice(struct guest *guest, const struct options *options,
	const struct config *config, const struct choice *choice,
	struct found *found, struct error *err);

/* The search for configurations that --config and --loader ask for. */
int find_search(struct guest *guest, const struct options *options,
	struct config_search *search, struct error *err);

#endif
