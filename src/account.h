/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * account.h - why nothing was found: one reason for every place looked at
 *
 * Configurations that were there and did not work come first in the message,
 * for they are what the person behind it wants to mend; then the partitions
 * where there was nothing to try, neighbours with the same reason together.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "src/config/guest.h"

/* More than the message has room for; the rest is left out. */
#define ACCOUNT_MAX 256

struct reason {
	const struct device *dev;
	bool tried; /* there was something that did not work */
	const char *text;
};

struct account {
	struct guest *guest;
	struct reason reasons[ACCOUNT_MAX];
	size_t count;
};

void account_begin(struct account *account, struct guest *guest);

/* Something on dev was there and could not be used. */
void account_tried(struct account *account, const struct device *dev,
	const struct error *why);

/* There was nothing on dev. */
void account_nothing(struct account *account, const struct device *dev,
	const struct error *why);

/* Was a reason given for dev? */
bool account_has(const struct account *account, const struct device *dev);

/* Put all of it into one line, behind what was looked for.  Always -1. */
int account_error(
	const struct account *account, const char *sought, struct error *err);

#endif
