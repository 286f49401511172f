/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list_disks.h - --list-filesystems: what is on the disks, for a person who
 * wants to know why a guest does not boot
 */
#ifndef LIST_DISKS_H
#define LIST_DISKS_H

#include "src/find.h"
#include "src/listing.h"

/*
 * Disks, and on each of them what may hold a file system, with the
 * configurations there in the order of the table in the manual.  Nothing that
 * cannot be read ends the list: it is a line of it.
 */
int list_disks(struct guest *guest, const struct options *options,
	listing_field *field, void *ctx, struct error *err);

#endif
