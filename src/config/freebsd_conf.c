/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "src/config/freebsd.h"

static const char defaults[] = "/boot/defaults/loader.conf";
static const char hints[] = "/boot/device.hints";
static const char usual_files[] =
	"/boot/device.hints /boot/loader.conf /boot/loader.conf.local";
static const char usual_directory[] = "/boot/loader.conf.d";
static const char usual_nextboot[] = "/boot/nextboot.conf";

/* A variable, or what /boot/defaults/loader.conf gives it since ever. */
static const char *get_or(
	const struct freebsd *env, const char *name, const char *usual)
{
	const char *value = freebsd_get(env, name);

	return value ? value : usual;
}

static bool was_read(const struct freebsd *env, struct text path)
{
	size_t i;

	for (i = 0; i < env->file_count; i++)
		if (text_is(path, env->files[i]))
			return true;
	return false;
}

static int remember(struct freebsd *env, const char *path, struct error *err)
{
	if (env->file_count == CONFIG_INCLUDES_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d configuration files",
			CONFIG_INCLUDES_MAX);
	env->files[env->file_count++] = path;
	return 0;
}

static int take(struct freebsd *env, const char *path, struct text file,
	struct error *err)
{
	if (freebsd_take_file(env, path, file, strcmp(path, hints) == 0, err) ==
		0)
		return 0;
	return strcmp(path, env->config->path) == 0 ? -1
						    : error_in(err, "%s", path);
}

/* Read a file, which need not be there. */
static int read_file(struct freebsd *env, const char *path, struct text main,
	struct error *err)
{
	struct config *config = env->config;
	struct text file = main;

	if (remember(env, path, err) < 0)
		return -1;
	/* it is in our hands already */
	if (strcmp(path, config->path) != 0 &&
		guest_read_config(
			config->guest, config->dev, path, &file, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	return take(env, path, file, err);
}

/* The first file of a list that was not read; "" if all were. */
static const char *next_unread(
	struct freebsd *env, const char *list, struct error *err)
{
	struct text rest = text_of(list), word;

	while (text_next_word(&rest, &word))
		if (!was_read(env, word))
			return arena_strndup(env->config->guest->arena, word.at,
				word.len, err);
	return "";
}

/* Each file may change the list that it is in, also for itself. */
static int read_list(struct freebsd *env, const char *variable,
	const char *usual, struct text main, struct error *err)
{
	const char *path;

	for (;;) {
		path = next_unread(env, get_or(env, variable, usual), err);
		if (!path)
			return -1;
		if (path[0] == '\0')
			return 0;
		if (read_file(env, path, main, err) < 0)
			return -1;
	}
}

/* A directory of files *.conf, which are read in the order of their names. */
struct listing {
	struct arena *arena;
	const char *dir;
	const char *paths[CONFIG_INCLUDES_MAX];
	size_t count;
};

static int keep_path(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct listing *list = ctx;
	size_t len = strlen(name);

	if (node->type == FS_DIR || len <= 5 ||
		strcmp(name + len - 5, ".conf") != 0)
		return 0;
	if (list->count == CONFIG_INCLUDES_MAX)
		return error_set(err, ERR_LIMIT, "more than %d files",
			CONFIG_INCLUDES_MAX);
	list->paths[list->count] =
		arena_printf(list->arena, err, "%s/%s", list->dir, name);
	return list->paths[list->count++] ? 0 : -1;
}

static int compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int read_directory(struct freebsd *env, struct text word,
	struct text main, struct error *err)
{
	struct guest *guest = env->config->guest;
	struct listing list = { .arena = guest->arena };
	struct error ignored;
	struct fs_node node;
	struct fs *fs;
	size_t i;

	list.dir = arena_strndup(guest->arena, word.at, word.len, err);
	if (!list.dir)
		return -1;
	fs = device_fs(guest->devices, env->config->dev, &ignored);
	if (!fs || fs_find(fs, list.dir, &node, &ignored) < 0 ||
		node.type != FS_DIR)
		return 0;
	if (fs_readdir(fs, &node, keep_path, &list, err) < 0)
		return error_in(err, "%s: %s", fs->type, list.dir);
	qsort(list.paths, list.count, sizeof(list.paths[0]), compare_paths);
	for (i = 0; i < list.count; i++)
		if (!was_read(env, text_of(list.paths[i])) &&
			read_file(env, list.paths[i], main, err) < 0)
			return -1;
	return 0;
}

static int read_directories(
	struct freebsd *env, struct text main, struct error *err)
{
	struct text rest, word;

	rest = text_of(get_or(env, "loader_conf_dirs", usual_directory));
	while (text_next_word(&rest, &word))
		if (read_directory(env, word, main, err) < 0)
			return -1;
	return 0;
}

/*
 * What nextboot(8) wrote counts for one boot.  The loader marks it as used; we
 * cannot, but the guest removes it when it is up.
 */
static int read_nextboot(struct freebsd *env, struct error *err)
{
	struct config *config = env->config;
	const char *path = get_or(env, "nextboot_conf", usual_nextboot);
	struct error ignored;
	struct text file;

	if (path[0] == '\0' ||
		guest_read_config(config->guest, config->dev, path, &file,
			&ignored) < 0 ||
		text_starts_with(file, "nextboot_enable=\"NO\""))
		return 0;
	guest_note(config->guest, NOTE_WARNING,
		"%s is for one boot only, and is used", path);
	return take(env, path, file, err);
}

/* For the root file system, which the loader looks up there. */
static void read_fstab(struct freebsd *env)
{
	struct config *config = env->config;
	struct error ignored;

	env->fstab = text_of("");
	(void)guest_read_config(config->guest, config->dev, "/etc/fstab",
		&env->fstab, &ignored);
}

int freebsd_read_files(struct freebsd *env, struct text file, struct error *err)
{
	const char *path = env->config->path;

	if (read_file(env, defaults, file, err) < 0 ||
		read_list(env, "loader_conf_files", usual_files, file, err) <
			0 ||
		read_directories(env, file, err) < 0 ||
		read_list(env, "local_loader_conf_files", "", file, err) < 0)
		return -1;
	/* a file that only the administrator knows (--config) */
	if (!was_read(env, text_of(path)) &&
		read_file(env, path, file, err) < 0)
		return -1;
	read_fstab(env);
	return read_nextboot(env, err);
}
