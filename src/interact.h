/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * interact.h - the menu on the guest's console, between child and screen
 *
 * Asks the child for its menus, checks them, shows them, and tells the child
 * what was chosen, until that is something to boot.
 */
#ifndef INTERACT_H
#define INTERACT_H

#include <stdbool.h>

#include "src/answer.h"
#include "src/options.h"

/* Is there to be a menu: not refused by an option, and a terminal to show it */
bool interact_wanted(const struct options *options);

/*
 * Let a person, or the countdown, choose.  ERR_SYSTEM: the start was aborted.
 * The terminal is as it was before when this returns.
 */
int interact(struct peer *peer, const struct options *options,
	struct answer *answer, struct error *err);

#endif
