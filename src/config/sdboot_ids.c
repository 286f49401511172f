/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sdboot_ids.c - what an entry is called, and what its file's name counts
 */
#include <limits.h>
#include <string.h>

#include "src/config/sdboot.h"
#include "src/config/version.h"

char *sdboot_lower(struct arena *arena, struct text text, struct error *err)
{
	char *copy = arena_strndup(arena, text.at, text.len, err);
	size_t i;

	for (i = 0; copy && i < text.len; i++)
		if (copy[i] >= 'A' && copy[i] <= 'Z')
			copy[i] = (char)(copy[i] - 'A' + 'a');
	return copy;
}

/* A number that fits an int; *at moves behind it. */
static bool take_count(struct text *at, int *count)
{
	struct text digits = version_cut(at, true);
	long long number = 0;
	size_t i;

	for (i = 0; i < digits.len && number <= INT_MAX; i++)
		number = number * 10 + (digits.at[i] - '0');
	if (digits.len == 0 || number > INT_MAX)
		return false;
	*count = (int)number;
	return true;
}

/*
 * Counters at the end of a name: "+LEFT.conf" or "+LEFT-DONE.conf".  What is
 * in front of them, or all of the name without its suffix.
 */
static struct text take_counters(
	const char *name, const char *suffix, struct sdboot_entry *entry)
{
	struct text all = { name, strlen(name) - strlen(suffix) }, rest;
	const char *plus = memrchr(name, '+', all.len);
	int left, done = 0;

	entry->tries_left = entry->tries_done = SDBOOT_NOT_COUNTED;
	if (!plus)
		return all;
	rest = text_skip(all, (size_t)(plus + 1 - name));
	if (!take_count(&rest, &left))
		return all;
	if (version_begins(rest, '-')) {
		rest = text_skip(rest, 1);
		if (!take_count(&rest, &done))
			return all;
	}
	if (rest.len > 0)
		return all;
	entry->tries_left = left;
	entry->tries_done = done;
	all.len = (size_t)(plus - name);
	return all;
}

/* An id: the name without counters, its suffix, and behind @ the profile's. */
static const char *make_id(struct arena *arena, struct text name,
	const char *suffix, const char *profile, struct error *err)
{
	char *id = arena_printf(arena, err, "%.*s%s%s%s", (int)name.len,
		name.at, suffix, profile ? "@" : "", profile ? profile : "");

	return id ? sdboot_lower(arena, text_of(id), err) : NULL;
}

int sdboot_set_ids(struct arena *arena, const char *name, const char *suffix,
	const char *profile, struct sdboot_entry *entry, struct error *err)
{
	struct text whole = { name, strlen(name) - strlen(suffix) };
	struct text plain = take_counters(name, suffix, entry);

	entry->id = make_id(arena, plain, suffix, profile, err);
	entry->full_id = make_id(arena, whole, suffix, profile, err);
	entry->file_id = make_id(arena, plain, suffix, NULL, err);
	return entry->id && entry->full_id && entry->file_id ? 0 : -1;
}
