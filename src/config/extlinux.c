/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/extlinux_parse.h"

#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* The directory part of a path: "/boot/extlinux", or "" for the root. */
static const char *directory_of(
	const char *path, struct arena *arena, struct error *err)
{
	const char *slash = strrchr(path, '/');

	return arena_strndup(
		arena, path, slash ? (size_t)(slash - path) : 0, err);
}

const char *extlinux_path(struct config *config,
	const struct extlinux_file *file, struct text word, struct error *err)
{
	struct arena *arena = config->guest->arena;

	if (word.len > 0 && word.at[0] == '/')
		return arena_strndup(arena, word.at, word.len, err);
	return arena_printf(arena, err, "%s/%.*s", file->dir,
		word.len < FS_PATH_MAX ? (int)word.len : FS_PATH_MAX, word.at);
}

bool extlinux_has_name(struct text path, const char *name)
{
	size_t i;

	for (i = path.len; i > 0 && path.at[i - 1] != '/'; i--)
		continue;
	return text_is_nocase(text_skip(path, i), name);
}

bool extlinux_is_menu_module(struct text word)
{
	static const char *const modules[] = { "menu.c32", "vesamenu.c32",
		"gfxboot.c32", "gfxmenu.c32" };
	size_t i;

	for (i = 0; i < LENGTH(modules); i++)
		if (extlinux_has_name(word, modules[i]))
			return true;
	return false;
}

static struct extlinux_file *find_file(
	const struct extlinux *all, const char *path, const char *dir)
{
	struct extlinux_file *file;

	for (file = all->files; file; file = file->next)
		if (strcmp(file->path, path) == 0 &&
			strcmp(file->dir, dir) == 0)
			return file;
	return NULL;
}

static struct extlinux_file *parse_file(struct config *config, const char *path,
	const char *dir, struct text text, struct error *err)
{
	struct extlinux *all = config->priv;
	struct extlinux_file *file =
		arena_alloc(config->guest->arena, sizeof(*file), err);
	struct extlinux_parser parser = {
		.config = config,
		.file = file,
		.path = path,
	};

	if (!file)
		return NULL;
	file->path = path;
	file->dir = dir;
	file->append = "";
	file->top = extlinux_add_menu(&parser, (struct text){ 0 }, err);
	if (!file->top)
		return NULL;
	parser.menu = file->top;
	if (extlinux_parse(&parser, text, err) < 0 ||
		extlinux_end_label(&parser, err) < 0 ||
		extlinux_make_menus(config, file, err) < 0)
		return NULL;
	file->next = all->files;
	all->files = file;
	return file;
}

struct extlinux_file *extlinux_load(struct config *config, const char *path,
	const char *dir, struct error *err)
{
	struct extlinux *all = config->priv;
	struct extlinux_file *file = find_file(all, path, dir);
	struct text text;

	if (file)
		return file;
	if (all->reads == CONFIG_INCLUDES_MAX) {
		error_set(err, ERR_LIMIT, "more than %d configuration files",
			CONFIG_INCLUDES_MAX);
		return NULL;
	}
	all->reads++;
	if (guest_read_config(config->guest, config->dev, path, &text, err) < 0)
		return NULL;
	file = parse_file(config, path, dir, text, err);
	if (!file)
		error_in(err, "%s", path);
	return file;
}

static int load(struct config *config, struct text text, struct error *err)
{
	struct arena *arena = config->guest->arena;
	struct extlinux *all = arena_alloc(arena, sizeof(*all), err);
	const char *dir = directory_of(config->path, arena, err);
	struct extlinux_file *file;

	if (!all || !dir)
		return -1;
	config->priv = all;
	file = parse_file(config, config->path, dir, text, err);
	if (!file)
		return -1;
	config->menu = &file->top->menu;
	return 0;
}

const struct config_format extlinux_format = {
	.name = "extlinux",
	.id = "syslinux",
	.load = load,
	.run = extlinux_run,
};
