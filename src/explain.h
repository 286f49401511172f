/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * explain.h - what an entry would boot, from where, and why it is the default
 *
 * For a person, a line for each thing that is known (the key l of the menu).
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include "src/listing.h"

/*
 * Look at the entry, and call field with each line; nothing is left of that.
 * That it cannot be booted is no failure but a line, too.
 */
int explain_entry(struct guest *guest, const struct options *options,
	struct config *config, struct menu *menu, size_t index,
	listing_field *field, void *ctx, struct error *err);

#endif
