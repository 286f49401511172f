/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/users.h"

#include <string.h>

#include "src/config/grub2/command.h"

/* What separates names in a list of users. */
#define SEPARATORS " \t\n\v\f\r,;|&"

static struct password *find(const struct eval *eval, struct text user)
{
	size_t i;

	for (i = 0; i < eval->user_count; i++)
		if (text_is(user, eval->users[i]->user))
			return eval->users[i];
	return NULL;
}

int grub2_set_password(struct eval *eval, const char *user,
	enum secret_kind kind, const char *secret, struct error *err)
{
	struct arena *arena = eval->guest->arena;
	struct password *password = find(eval, text_of(user));

	if (!password) {
		if (eval->user_count == EVAL_USERS_MAX)
			return error_set(err, ERR_LIMIT,
				"more than %d users with a password",
				EVAL_USERS_MAX);
		password = arena_alloc(arena, sizeof(*password), err);
		if (!password)
			return -1;
		password->user = arena_strdup(arena, user, err);
		if (!password->user)
			return -1;
		password->stays = true;
		eval->users[eval->user_count++] = password;
	}
	password->kind = kind;
	password->secret = arena_strdup(arena, secret, err);
	return password->secret ? 0 : -1;
}

static bool is_in(struct password *const *list, size_t count,
	const struct password *password)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i] == password)
			return true;
	return false;
}

/* Add those of the names that have a password; each once. */
static size_t collect(const struct eval *eval, const char *names,
	struct password **list, size_t count)
{
	struct password *password;
	size_t len;

	for (; *names; names += len) {
		names += strspn(names, SEPARATORS);
		len = strcspn(names, SEPARATORS);
		password = find(eval, (struct text){ names, len });
		if (password && !is_in(list, count, password))
			list[count++] = password;
	}
	return count;
}

int grub2_guard(struct eval *eval, const struct env *env, const char *users,
	const struct guard *behind, const struct guard **guard,
	struct error *err)
{
	const char *superusers = env_get(env, text_of("superusers"));
	struct arena *arena = eval->guest->arena;
	struct password *found[EVAL_USERS_MAX], **list;
	struct guard *made;
	size_t count;

	*guard = behind;
	if (!superusers)
		return 0;
	if (eval_spend(eval, 0, strlen(superusers) + strlen(users), err) < 0)
		return -1;
	count = collect(eval, superusers, found, 0);
	count = collect(eval, users, found, count);
	made = arena_alloc(arena, sizeof(*made), err);
	list = arena_array(arena, count + 1, sizeof(struct password *), err);
	if (!made || !list)
		return -1;
	memcpy(list, found, count * sizeof(struct password *));
	*made = (struct guard){ true, list, count, behind };
	*guard = made;
	return 0;
}

/* password USER TEXT, password_pbkdf2 USER HASH */
int cmd_password(struct eval *eval, const struct args *args, struct error *err)
{
	bool hashed = strcmp(args->list[0], "password_pbkdf2") == 0;

	if (args->count != 3)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a user and a password were expected");
	if (grub2_set_password(eval, args->list[1],
		    hashed ? SECRET_PBKDF2 : SECRET_PLAIN, args->list[2],
		    err) < 0)
		return -1;
	return STATUS_OK;
}

/*
 * legacy_password [--md5] TEXT, which grub-menulst2cfg writes for the password
 * above GRUB legacy's entries: that of a user called "legacy".
 */
int cmd_legacy_password(
	struct eval *eval, const struct args *args, struct error *err)
{
	bool hashed = args->count > 1 && strcmp(args->list[1], "--md5") == 0;
	size_t at = hashed ? 2 : 1;

	if (args->count <= at)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a password was expected");
	if (grub2_set_password(eval, "legacy",
		    hashed ? SECRET_CRYPT : SECRET_PLAIN, args->list[at],
		    err) < 0)
		return -1;
	return STATUS_OK;
}
