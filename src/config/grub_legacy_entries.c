/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grub_legacy_entries.c - what follows from an entry's lines once all are there
 */
#include <string.h>

#include "src/config/grub_legacy.h"

struct password *legacy_read_password(
	struct arena *arena, const char *arg, struct error *err)
{
	struct password *password = arena_alloc(arena, sizeof(*password), err);

	if (!password)
		return NULL;
	for (; strncmp(arg, "--", 2) == 0; arg = legacy_next_word(arg))
		if (legacy_is_command(arg, "--md5") ||
			legacy_is_command(arg, "--encrypted"))
			password->kind = SECRET_CRYPT;
	password->secret = arena_strndup(arena, arg, strcspn(arg, " "), err);
	return password->secret ? password : NULL;
}

/*
 * GRUB asks at each "password", and lets none pass a "lock" who does not know
 * the global one, if there is one, which also asks before anything is edited.
 */
static int set_guard(const struct legacy_menu *legacy,
	const struct legacy_entry *own, struct arena *arena,
	struct entry *entry, struct error *err)
{
	const struct guard **guard = &entry->guard;
	struct password *password;
	const char *line;
	size_t i;

	for (i = own->count; i-- > 0;) {
		line = legacy->lines[own->first + i].text;
		if (legacy_is_command(line, "password"))
			password = legacy_read_password(
				arena, legacy_argument(line), err);
		else if (legacy->password && legacy_is_command(line, "lock"))
			password = legacy->password;
		else
			continue;
		*guard = password ? guard_add(arena, password, *guard, err)
				  : NULL;
		if (!*guard)
			return -1;
	}
	if (!legacy->password)
		return 0;
	entry->edits = guard_add(arena, legacy->password, *guard, err);
	return entry->edits ? 0 : -1;
}

static bool leads_to_menu(
	const struct legacy_menu *legacy, const struct legacy_entry *own)
{
	size_t i;

	for (i = 0; i < own->count; i++)
		if (legacy_is_command(
			    legacy->lines[own->first + i].text, "configfile"))
			return true;
	return false;
}

/* The lines of an entry as one text. */
static const char *join_source(const struct legacy_menu *legacy,
	const struct legacy_entry *own, struct arena *arena, struct error *err)
{
	const struct legacy_line *line;
	size_t i, len = 0, size = 1;
	char *source;

	for (i = 0; i < own->count; i++)
		size += strlen(legacy->lines[own->first + i].text) + 1;
	source = arena_alloc(arena, size, err);
	if (!source)
		return NULL;
	for (i = 0; i < own->count; i++) {
		line = &legacy->lines[own->first + i];
		size = strlen(line->text);
		memcpy(source + len, line->text, size);
		source[len + size] = '\n';
		len += size + 1;
	}
	return source;
}

int legacy_finish_entries(
	struct legacy_menu *legacy, struct arena *arena, struct error *err)
{
	const struct legacy_entry *own;
	struct entry *entry = legacy->menu.entries;
	size_t i;

	if (legacy->password) {
		legacy->menu.edits =
			guard_add(arena, legacy->password, NULL, err);
		if (!legacy->menu.edits)
			return -1;
	}
	for (i = 0; i < legacy->menu.count; i++, entry++) {
		own = entry->priv;
		entry->submenu = leads_to_menu(legacy, own);
		entry->source = join_source(legacy, own, arena, err);
		if (!entry->source ||
			set_guard(legacy, own, arena, entry, err) < 0)
			return -1;
	}
	return 0;
}
