/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * users.h - whom GRUB 2 lets start what
 *
 * With $superusers set only they, and the users that an entry names, may start
 * an entry that is not for everybody.  Each user's password is typed once.
 */
#ifndef CONFIG_GRUB2_USERS_H
#define CONFIG_GRUB2_USERS_H

#include "src/config/grub2/eval.h"

/* A user's password is this from now on. */
int grub2_set_password(struct eval *eval, const char *user,
	enum secret_kind kind, const char *secret, struct error *err);

/*
 * Who may start entries with these users ("": none but the superusers of env),
 * in front of another guard: *guard, which is behind itself where there are no
 * superusers.
 */
int grub2_guard(struct eval *eval, const struct env *env, const char *users,
	const struct guard *behind, const struct guard **guard,
	struct error *err);

#endif
