/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/efi.h"

#include <stdlib.h>
#include <string.h>

/* A folder being read: the paths of those of its names that are wanted. */
struct wanted {
	struct arena *arena;
	const char *folder;
	struct text name; /* in any case; "*": every name */
	enum fs_type type;
	const char **paths;
	size_t count;
};

static int keep_path(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct wanted *wanted = ctx;
	const char *path;

	if (node->type != wanted->type ||
		(!text_is(wanted->name, "*") &&
			!text_is_nocase(wanted->name, name)))
		return 0;
	if (wanted->count == EFI_PATHS_MAX)
		return error_set(err, ERR_LIMIT,
			"%s/: more than %d names to look at", wanted->folder,
			EFI_PATHS_MAX);
	path = arena_printf(wanted->arena, err, "%s/%s", wanted->folder, name);
	if (!path)
		return -1;
	wanted->paths[wanted->count++] = path;
	return 0;
}

/* Add what is wanted of a folder; one that cannot be read adds nothing. */
static int list_folder(struct fs *fs, struct wanted *wanted, struct error *err)
{
	struct fs_node dir;

	if (fs_find(fs, wanted->folder[0] ? wanted->folder : "/", &dir, err) <
			0 ||
		dir.type != FS_DIR)
		return 0;
	if (fs_readdir(fs, &dir, keep_path, wanted, err) < 0)
		return err->code == ERR_LIMIT ? -1 : 0;
	return 0;
}

/* For each of the folders, what is wanted below it. */
static int list_folders(struct fs *fs, const char *const *folders, size_t count,
	struct wanted *wanted, struct error *err)
{
	size_t i;

	for (i = 0; i < count; i++) {
		wanted->folder = folders[i];
		if (list_folder(fs, wanted, err) < 0)
			return -1;
	}
	return 0;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Move the first name of "/a/b" from rest. */
static struct text next_name(struct text *rest)
{
	struct text name = text_skip(*rest, 1);
	const char *slash =
		name.len > 0 ? memchr(name.at, '/', name.len) : NULL;

	if (slash)
		name.len = (size_t)(slash - name.at);
	*rest = text_skip(*rest, 1 + name.len);
	return name;
}

int efi_paths(struct guest *guest, struct device *dev, const char *pattern,
	enum fs_type type, const char *paths[EFI_PATHS_MAX], size_t *count,
	struct error *err)
{
	const char *folders[EFI_PATHS_MAX] = { "" };
	struct wanted wanted = { .arena = guest->arena, .paths = paths };
	struct fs *fs = device_fs(guest->devices, dev, err);
	struct text rest = text_of(pattern);
	size_t folder_count = 1;

	if (!fs)
		return -1;
	while (rest.len > 0) {
		wanted.name = next_name(&rest);
		wanted.type = rest.len > 0 ? FS_DIR : type;
		wanted.count = 0;
		if (list_folders(fs, folders, folder_count, &wanted, err) < 0)
			return -1;
		folder_count = wanted.count;
		memcpy(folders, paths, folder_count * sizeof(*folders));
	}
	qsort(paths, wanted.count, sizeof(*paths), compare_paths);
	*count = wanted.count;
	return 0;
}
