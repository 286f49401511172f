/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/policy.h"

#include <stdbool.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "src/base/nearest.h"
#include "src/config/places.h"

#define BITS 32    /* of a list; tests/test_policy.c sees that all have one */
#define LONGEST 32 /* bytes; all names are shorter */
#define SEPARATORS ", \t"

/* What a list may name; a bit each. */
struct names {
	const char *what; /* "file system" */
	const char *name[BITS];
	unsigned int count;
};

static void add_name(struct names *names, const char *name)
{
	unsigned int i;

	for (i = 0; i < names->count; i++)
		if (strcmp(names->name[i], name) == 0)
			return;
	if (names->count < BITS)
		names->name[names->count++] = name;
}

static void name_filesystems(struct names *names)
{
	size_t i;

	*names = (struct names){ .what = "file system" };
	for (i = 0; fs_drivers[i]; i++)
		add_name(names, fs_drivers[i]->name);
}

static void name_loaders(struct names *names)
{
	const struct place *row;
	size_t i;

	*names = (struct names){ .what = "loader" };
	for (i = 0; (row = places_row(i)) != NULL; i++)
		add_name(names, row->format->id);
	add_name(names, POLICY_NONE);
}

static int unknown(
	const struct names *names, const char *word, struct error *err)
{
	struct nearest near;
	char text[256];
	unsigned int i;

	nearest_begin(&near, word);
	for (i = 0; i < names->count; i++)
		nearest_offer(&near, names->name[i]);
	nearest_list(&near, text, sizeof(text));
	return error_set(err, ERR_SYNTAX,
		"no %s is called \"%s\"; the nearest: %s", names->what, word,
		text);
}

static int find(const struct names *names, const char *word, size_t len,
	unsigned int *bit, struct error *err)
{
	char name[LONGEST + 1];

	if (len > LONGEST)
		len = LONGEST;
	memcpy(name, word, len);
	name[len] = '\0';
	for (*bit = 0; *bit < names->count; ++*bit)
		if (strcmp(names->name[*bit], name) == 0)
			return 0;
	return unknown(names, name, err);
}

static int read_list(const struct names *names, const char *list,
	uint32_t *forbidden, struct error *err)
{
	const uint32_t all = (uint32_t)((UINT64_C(1) << names->count) - 1);
	bool minus, first_minus;
	uint32_t named = 0;
	unsigned int bit;
	size_t len;

	list += strspn(list, SEPARATORS);
	first_minus = *list == '-';
	for (; *list; list += len, list += strspn(list, SEPARATORS)) {
		minus = *list == '-';
		list += minus;
		len = strcspn(list, SEPARATORS);
		if (minus != first_minus)
			return error_set(err, ERR_SYNTAX,
				"some have a \"-\" in front, others have "
				"none");
		if (find(names, list, len, &bit, err) < 0)
			return -1;
		named |= UINT32_C(1) << bit;
	}
	*forbidden = first_minus || named == 0 ? named : all & ~named;
	return 0;
}

int policy_filesystems(const char *list, uint32_t *forbidden, struct error *err)
{
	struct names names;

	name_filesystems(&names);
	return read_list(&names, list, forbidden, err);
}

int policy_loaders(const char *list, uint32_t *forbidden, struct error *err)
{
	struct names names;

	name_loaders(&names);
	return read_list(&names, list, forbidden, err);
}

static int refuse(struct fs *fs, struct error *err)
{
	(void)fs;
	return error_set(err, ERR_UNSUPPORTED,
		"this host allows no such file system (--filesystems)");
}

const struct fs_driver *const *policy_drivers(
	uint32_t forbidden, struct arena *arena, struct error *err)
{
	const struct fs_driver **table;
	struct fs_driver *refusing;
	size_t i;

	if (forbidden == 0)
		return fs_drivers;
	table = arena_alloc(arena, (BITS + 1) * sizeof(*table), err);
	refusing = arena_alloc(arena, BITS * sizeof(*refusing), err);
	if (!table || !refusing)
		return NULL;
	for (i = 0; i < BITS && fs_drivers[i]; i++) {
		refusing[i] = (struct fs_driver){
			.name = fs_drivers[i]->name,
			.probe = fs_drivers[i]->probe,
			.open = refuse,
		};
		table[i] = forbidden & UINT32_C(1) << i ? &refusing[i]
							: fs_drivers[i];
	}
	return table;
}

const char *const *policy_barred(
	uint32_t forbidden, struct arena *arena, struct error *err)
{
	const char **barred;
	struct names names;
	size_t count = 0;
	unsigned int i;

	barred = arena_alloc(arena, (BITS + 1) * sizeof(*barred), err);
	if (!barred)
		return NULL;
	name_loaders(&names);
	for (i = 0; i < names.count; i++)
		if (forbidden & UINT32_C(1) << i)
			barred[count++] = names.name[i];
	return barred;
}
