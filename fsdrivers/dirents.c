/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fsdrivers/dirents.h"

#include <string.h>

struct listing {
	const struct dirents *dirents;
	struct fs *fs;
	fs_visit *visit;
	void *ctx;
};

static bool is_dot(const struct dirent *entry)
{
	return entry->len > 0 && entry->len <= 2 &&
		memcmp(entry->name, "..", entry->len) == 0;
}

static int list_entry(void *ctx, const struct dirent *entry, struct error *err)
{
	struct listing *list = ctx;
	char name[FS_NAME_MAX + 1];
	struct fs_node node;

	if (is_dot(entry))
		return 0;
	if (!fs_name_valid(entry->name, entry->len))
		return error_set(err, ERR_CORRUPT,
			"a name that is empty or has a slash or a NUL");
	memcpy(name, entry->name, entry->len);
	name[entry->len] = '\0';
	if (list->dirents->node(list->fs, entry->ino, &node, err) < 0)
		return error_in(err, "%s", name);
	return list->visit(list->ctx, name, &node, err);
}

int dirents_list(const struct dirents *dirents, struct fs *fs,
	const struct fs_node *dir, fs_visit *visit, void *ctx,
	struct error *err)
{
	struct listing list = { dirents, fs, visit, ctx };

	return dirents->scan(fs, dir, list_entry, &list, err);
}

struct search {
	const char *name;
	size_t len;
	uint64_t ino; /* once found */
};

static int compare_entry(
	void *ctx, const struct dirent *entry, struct error *err)
{
	struct search *search = ctx;

	(void)err;
	if (entry->len != search->len ||
		memcmp(entry->name, search->name, entry->len) != 0)
		return 0;
	search->ino = entry->ino;
	return 1;
}

int dirents_find(const struct dirents *dirents, struct fs *fs,
	const struct fs_node *dir, const char *name, struct fs_node *node,
	struct error *err)
{
	struct search search = { name, strlen(name), 0 };
	int found = dirents->scan(fs, dir, compare_entry, &search, err);

	if (found <= 0)
		return found;
	return dirents->node(fs, search.ino, node, err) < 0 ? -1 : 1;
}
