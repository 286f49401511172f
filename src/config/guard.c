/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/guard.h"

#include <string.h>

const struct guard *guard_add(struct arena *arena, struct password *password,
	const struct guard *behind, struct error *err)
{
	struct guard *guard = arena_alloc(arena, sizeof(*guard), err);
	struct password **list = arena_array(arena, 1, sizeof(*list), err);

	if (!guard || !list)
		return NULL;
	list[0] = password;
	guard->passwords = list;
	guard->count = password ? 1 : 0;
	guard->behind = behind;
	return guard;
}

static bool is_open(const struct guard *guard)
{
	size_t i;

	for (i = 0; i < guard->count; i++)
		if (guard->passwords[i]->typed)
			return true;
	return false;
}

const struct guard *guard_closed(const struct guard *guard)
{
	while (guard && is_open(guard))
		guard = guard->behind;
	return guard;
}

bool guard_stays_open(const struct guard *guard)
{
	size_t i;

	for (i = 0; i < guard->count; i++)
		if (!guard->passwords[i]->stays)
			return false;
	return true;
}

int guard_check(const struct guard *guard, struct error *err)
{
	if (guard->count > 0)
		return 0;
	return error_set(err, ERR_UNSUPPORTED,
		"the guest's configuration has no password that lets anybody "
		"do this (--unlock lets everybody)");
}

int guard_open(const struct guard *guard, const char *user, const char *typed,
	struct error *err)
{
	struct password *password;
	struct error ignored;
	int r, worst = 0;
	size_t i;

	/* one that cannot be checked does not hide one that can */
	for (i = 0; i < guard->count; i++) {
		password = guard->passwords[i];
		if (guard->asks_name && strcmp(user, password->user) != 0)
			continue;
		r = secret_matches(password->kind, password->secret, typed,
			worst < 0 ? &ignored : err);
		if (r > 0) {
			password->typed = password->stays;
			return 1;
		}
		worst = r < 0 ? r : worst;
	}
	return worst;
}
