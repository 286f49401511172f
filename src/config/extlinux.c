/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/extlinux_parse.h"

#include <string.h>
#include <strings.h>

#include "src/base/length.h"

/* What a file was written for, by its name, or by what GRUB 2 was told. */
static const char *medium_of(const struct config *config, const char *path)
{
	if (config->translation)
		return config->translation->medium;
	return extlinux_has_name(text_of(path), "isolinux.cfg") ? "-iso-"
								: "-sys-";
}

/* The directory part of a path: "/boot/extlinux", or "" for the root. */
static const char *directory_of(
	const char *path, struct arena *arena, struct error *err)
{
	const char *slash = strrchr(path, '/');

	return arena_strndup(
		arena, path, slash ? (size_t)(slash - path) : 0, err);
}

int extlinux_locate(struct config *config, const struct extlinux_file *file,
	struct text word, struct boot_file *found, struct error *err)
{
	const struct boot_file top = whole_file(config->dev, "");
	const struct boot_file *from = &file->dir;
	bool absolute = word.len > 0 && word.at[0] == '/';
	char *path;

	if (absolute)
		from = config->translation ? &config->translation->root : &top;
	path = arena_printf(config->guest->arena, err, "%s%s%.*s", from->path,
		absolute ? "" : "/",
		word.len < FS_PATH_MAX ? (int)word.len : FS_PATH_MAX, word.at);
	*found = whole_file(from->dev, path);
	return path ? 0 : -1;
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

static bool is_same(const struct boot_file *a, const struct boot_file *b)
{
	return a->dev == b->dev && strcmp(a->path, b->path) == 0;
}

static struct extlinux_file *find_file(const struct extlinux *all,
	const struct boot_file *where, const struct boot_file *dir)
{
	struct extlinux_file *file;

	for (file = all->files; file; file = file->next)
		if (is_same(&file->file, where) && is_same(&file->dir, dir))
			return file;
	return NULL;
}

static struct extlinux_file *parse_file(struct config *config,
	const struct boot_file *where, const struct boot_file *dir,
	struct text text, struct error *err)
{
	struct extlinux *all = config->priv;
	struct extlinux_file *file =
		arena_alloc(config->guest->arena, sizeof(*file), err);
	struct extlinux_parser parser = {
		.config = config,
		.file = file,
		.path = where->path,
	};

	if (!file)
		return NULL;
	file->file = *where;
	file->dir = *dir;
	file->medium = medium_of(config, where->path);
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

struct extlinux_file *extlinux_load(struct config *config,
	const struct boot_file *where, const struct boot_file *dir,
	struct error *err)
{
	struct extlinux *all = config->priv;
	struct extlinux_file *file = find_file(all, where, dir);
	struct text text;

	if (file)
		return file;
	if (all->reads == CONFIG_INCLUDES_MAX) {
		error_set(err, ERR_LIMIT, "more than %d configuration files",
			CONFIG_INCLUDES_MAX);
		return NULL;
	}
	all->reads++;
	if (guest_read_config(
		    config->guest, where->dev, where->path, &text, err) < 0)
		return NULL;
	file = parse_file(config, where, dir, text, err);
	if (!file)
		error_in(err, "%s", where->path);
	return file;
}

/*
 * What GRUB 2's script says: seconds, rounded up, and without them a default is
 * not for the menu.
 */
static int say_settings(struct config *config, const struct extlinux_file *file,
	struct error *err)
{
	struct config_translation *translation = config->translation;
	const struct menu *menu = &file->top->menu;
	const struct extlinux_label *label;

	translation->chosen = file->chosen;
	translation->timeout = arena_printf(
		config->guest->arena, err, "%u", (file->tenths + 9) / 10);
	if (!translation->timeout)
		return -1;
	if (file->tenths > 0 || !file->chosen || menu->count == 0)
		return 0;
	label = menu->entries[menu->chosen].priv;
	translation->at_once = strcasecmp(label->name, file->chosen) == 0;
	return 0;
}

static int load(struct config *config, struct text text, struct error *err)
{
	struct arena *arena = config->guest->arena;
	struct extlinux *all = arena_alloc(arena, sizeof(*all), err);
	const struct boot_file where = whole_file(config->dev, config->path);
	struct boot_file dir =
		whole_file(config->dev, directory_of(config->path, arena, err));
	struct extlinux_file *file;

	if (!all || !dir.path)
		return -1;
	if (config->translation)
		dir = config->translation->cwd;
	config->priv = all;
	file = parse_file(config, &where, &dir, text, err);
	if (!file)
		return -1;
	if (config->translation && say_settings(config, file, err) < 0)
		return -1;
	config->menu = &file->top->menu;
	return 0;
}

static int run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	return extlinux_start(config, menu->entries[index].priv, outcome, err);
}

/* A label of that name with nothing but these lines. */
static int run_source(struct config *config, struct menu *menu, size_t index,
	struct text source, struct outcome *outcome, struct error *err)
{
	const struct extlinux_label *own = menu->entries[index].priv;
	struct extlinux_label label = {
		.path = config->path,
		.name = own->name,
		.global = own->global,
		.in = own->in,
	};
	struct extlinux_parser parser = {
		.config = config,
		.file = own->in->file,
		.path = config->path,
		.menu = own->in,
		.label = &label,
		.one_label = true,
	};

	if (extlinux_parse(&parser, source, err) < 0)
		return -1;
	return extlinux_start(config, &label, outcome, err);
}

const struct config_format extlinux_format = {
	.name = "extlinux",
	.id = "syslinux",
	.load = load,
	.run = run,
	.run_source = run_source,
};
