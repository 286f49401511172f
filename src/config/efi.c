/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/efi.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A folder being read: the paths of those of its names that are wanted. */
struct wanted {
	struct arena *arena;
	const char *folder;
	const char *name; /* in any case; NULL: every name */
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
		(wanted->name && strcasecmp(name, wanted->name) != 0))
		return 0;
	if (wanted->count == EFI_CONFIGS_MAX)
		return 1;
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
static int list_folders(struct guest *guest, struct fs *fs,
	const struct wanted *folders, struct wanted *wanted, struct error *err)
{
	size_t i;

	wanted->arena = guest->arena;
	for (i = 0; i < folders->count; i++) {
		wanted->folder = folders->paths[i];
		if (list_folder(fs, wanted, err) < 0)
			return -1;
	}
	return 0;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int efi_configs(struct guest *guest, struct device *dev,
	const char *paths[EFI_CONFIGS_MAX], size_t *count, struct error *err)
{
	const char *root = "", *tops[EFI_CONFIGS_MAX],
		   *vendors[EFI_CONFIGS_MAX];
	struct wanted from = { .paths = &root, .count = 1 };
	struct wanted top = { .name = "EFI", .type = FS_DIR, .paths = tops };
	struct wanted vendor = { .type = FS_DIR, .paths = vendors };
	struct wanted config = {
		.name = "grub.cfg",
		.type = FS_FILE,
		.paths = paths,
	};
	struct fs *fs = device_fs(guest->devices, dev, err);

	if (!fs || list_folders(guest, fs, &from, &top, err) < 0 ||
		list_folders(guest, fs, &top, &vendor, err) < 0 ||
		list_folders(guest, fs, &vendor, &config, err) < 0)
		return -1;
	qsort(paths, config.count, sizeof(*paths), compare_paths);
	*count = config.count;
	return 0;
}
