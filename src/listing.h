/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listing.h - --list-entries: every entry, line by line as pygrub writes them
 *
 * An entry that names no kernel or no ramdisk shows None there, and the list
 * goes on (pygrub's ends).  Submenus are opened; their entries follow.
 */
#ifndef LISTING_H
#define LISTING_H

#include "src/find.h"

/* Called with each field, a line of the list; value is the guest's bytes. */
typedef int listing_field(
	void *ctx, const char *name, const char *value, struct error *err);

/* ERR_NOT_FOUND, and why, if there is nothing to list. */
int list_entries(struct guest *guest, const struct options *options,
	listing_field *field, void *ctx, struct error *err);

/* The same for a configuration that is loaded already. */
int list_config_entries(struct guest *guest, struct config *config,
	listing_field *field, void *ctx, struct error *err);

#endif
