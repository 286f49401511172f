/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * guard.h - the password that an entry asks for before it is started
 *
 * A format describes whom it lets pass; whoever shows the menu asks.  Without
 * a menu nobody is asked (decisions.md).
 */
#ifndef CONFIG_GUARD_H
#define CONFIG_GUARD_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/config/secret.h"

struct password {
	const char *user; /* NULL: no name is asked for */
	enum secret_kind kind;
	const char *secret; /* as the configuration has it */
	bool stays;         /* typed once, it opens all that it can open */
	bool typed;
};

struct guard {
	bool asks_name;
	struct password *const *passwords; /* any one of them opens it */
	size_t count;                      /* 0: nothing does */
	const struct guard *behind;        /* one more; NULL: none */
};

/*
 * A guard for the only password (NULL: there is none that opens it, as where a
 * loader lets nobody edit), in front of another; NULL with err filled.
 */
const struct guard *guard_add(struct arena *arena, struct password *password,
	const struct guard *behind, struct error *err);

/* The first of these guards that still asks; NULL: all are open. */
const struct guard *guard_closed(const struct guard *guard);

/* Does a password that opens this one open it for good? */
bool guard_stays_open(const struct guard *guard);

/* 0, or -1 if no password opens this one (ERR_UNSUPPORTED). */
int guard_check(const struct guard *guard, struct error *err);

/*
 * Does this one open?  1 or 0; -1: it does not, and a password that may
 * be meant cannot be checked.
 */
int guard_open(const struct guard *guard, const char *user, const char *typed,
	struct error *err);

#endif
