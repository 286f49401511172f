/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_foreign.c - configurations of other loaders: legacy_configfile,
 * syslinux_source and the like
 *
 * GRUB translates such a file into a script and runs that.  Here it is read by
 * whoever reads it on its own; only what GRUB would make of its default, its
 * timeout and its paths is ours (struct config_translation).  What has
 * "configfile" in its name shows the file's menu; "source" adds its entries to
 * the menu that there is, with "extract_" in front without the file's settings.
 */
#include <string.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/menu.h"
#include "src/config/grub2/path.h"
#include "src/config/grub2/users.h"

enum { OPT_ROOT, OPT_CWD, OPT_ISOLINUX, OPT_PXELINUX, OPT_SYSLINUX };

static const struct option_spec syslinux_options[] = {
	[OPT_ROOT] = { "root", 'r', OPTION_VALUE },
	[OPT_CWD] = { "cwd", 'c', OPTION_VALUE },
	[OPT_ISOLINUX] = { "isolinux", 'i', OPTION_FLAG },
	[OPT_PXELINUX] = { "pxelinux", 'p', OPTION_FLAG },
	[OPT_SYSLINUX] = { "syslinux", 's', OPTION_FLAG },
	{ 0 },
};

/* The commands for GRUB legacy's files know none. */
static const struct option_spec legacy_options[] = { { 0 } };

/* One command while it runs. */
struct foreign {
	struct eval *eval;
	const struct args *args;
	bool legacy;  /* GRUB legacy's file; else one of syslinux */
	bool extract; /* its settings do not count */
	bool source;  /* its entries are for the menu that there is */
	const char *name;
	const char *root, *cwd; /* as given; NULL: not */
	const char *medium;
};

static void begin(
	struct foreign *foreign, struct eval *eval, const struct args *args)
{
	const char *name = args->list[0];

	*foreign = (struct foreign){
		.eval = eval,
		.args = args,
		.legacy = strstr(name, "legacy") != NULL,
		.extract = strncmp(name, "extract", 7) == 0,
		.source = strstr(name, "source") != NULL,
		.medium = "-iso-",
	};
}

static int read_options(struct foreign *foreign)
{
	struct eval *eval = foreign->eval;
	struct options options;
	const char *value;
	size_t words = 0;
	int option;

	options_start(&options, foreign->args,
		foreign->legacy ? legacy_options : syslinux_options,
		foreign->legacy);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, foreign->args, value);
		if (option == OPT_ROOT)
			foreign->root = value;
		else if (option == OPT_CWD)
			foreign->cwd = value;
		else if (option == OPT_PXELINUX)
			foreign->medium = "-pxe-";
		else if (option == OPT_SYSLINUX)
			foreign->medium = "-sys-";
		else if (option == OPTIONS_WORD && words++ == 0)
			foreign->name = value;
	}
	if (words == 1)
		return STATUS_OK;
	return eval_fail(eval, foreign->args, STATUS_BAD_ARGUMENT,
		"one file was expected");
}

/* A directory, which may be a device only; its path ends without a "/". */
static int find_directory(struct foreign *foreign, const char *name,
	struct boot_file *dir, struct error *err)
{
	struct arena *arena = foreign->eval->guest->arena;
	size_t len;

	name = arena_printf(arena, err, "%s/", name);
	if (!name)
		return -1;
	if (path_resolve(foreign->eval, name, dir) < 0)
		return STATUS_NO_DEVICE;
	len = strlen(dir->path);
	while (len > 0 && dir->path[len - 1] == '/')
		len--;
	dir->path = arena_strndup(arena, dir->path, len, err);
	return dir->path ? STATUS_OK : -1;
}

/* Where the file is, and where its paths begin: a status, or -1. */
static int locate(
	struct foreign *foreign, struct config *wanted, struct error *err)
{
	struct arena *arena = foreign->eval->guest->arena;
	struct config_translation *translation = wanted->translation;
	const char *slash = strrchr(foreign->name, '/');
	const char *cwd = foreign->cwd;
	struct boot_file file;
	int status;

	if (path_resolve(foreign->eval, foreign->name, &file) < 0)
		return STATUS_NO_DEVICE;
	translation->medium = foreign->medium;
	wanted->dev = file.dev;
	wanted->path = arena_strdup(arena, file.path, err);
	if (!cwd) /* a list of blocks lies nowhere */
		cwd = arena_strndup(arena, foreign->name,
			slash ? (size_t)(slash - foreign->name) : 0, err);
	if (!wanted->path || !cwd)
		return -1;
	status = find_directory(foreign, foreign->root ? foreign->root : "",
		&translation->root, err);
	if (status == STATUS_OK)
		status = find_directory(foreign, cwd, &translation->cwd, err);
	return status;
}

/* The other configuration: a status with *config, or -1. */
static int open_config(
	struct foreign *foreign, struct config **config, struct error *err)
{
	struct eval *eval = foreign->eval;
	struct config wanted = {
		.format = foreign->legacy ? &grub_legacy_format
					  : &extlinux_format,
		.guest = eval->guest,
		.translation = arena_alloc(
			eval->guest->arena, sizeof(*wanted.translation), err),
	};
	int status;

	if (!wanted.translation ||
		eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	status = locate(foreign, &wanted, err);
	if (status < 0)
		return -1;
	if (status != STATUS_OK)
		return eval_failed(eval, foreign->args, status);
	*config = config_open(&wanted, &eval->why);
	if (*config)
		return STATUS_OK;
	if (eval_go_on(eval, err) < 0)
		return -1;
	return eval_failed(eval, foreign->args, STATUS_NOT_FOUND);
}

/* "default saved" means the environment block of GRUB 2. */
static const char *saved_default(struct eval *eval, struct error *err)
{
	const char *list[] = { "load_env", NULL };
	const struct args load = { .list = list, .count = 1 };

	if (cmd_load_env(eval, &load, err) < 0)
		return NULL;
	return env_value(eval->env, "saved_entry");
}

static int put_setting(struct eval *eval, const char *name, const char *value,
	struct error *err)
{
	return value ? env_put(eval->env, name, value, err) : 0;
}

/* What the file says of its menu becomes variables, as in its translation. */
static int take_settings(struct foreign *foreign,
	const struct config_translation *translation, struct error *err)
{
	struct eval *eval = foreign->eval;
	const char *chosen = translation->chosen;

	if (foreign->legacy && chosen && strcmp(chosen, "saved") == 0) {
		chosen = saved_default(eval, err);
		if (!chosen)
			return -1;
	}
	if (put_setting(eval, "default", chosen, err) < 0 ||
		put_setting(eval, "fallback", translation->fallback, err) < 0 ||
		put_setting(eval, "timeout", translation->timeout, err) < 0)
		return -1;
	return put_setting(eval, "timeout_style",
		translation->hidden ? "hidden" : NULL, err);
}

/* To its last entry of GRUB legacy's file GRUB gives no users. */
static bool is_for_all(
	const struct foreign *foreign, const struct menu *menu, size_t index)
{
	return foreign->legacy && index + 1 == menu->count;
}

/* An entry of ours that stands for one of theirs. */
static int add_entry(const struct foreign *foreign, struct menu *theirs,
	size_t index, struct error *err)
{
	struct eval *eval = foreign->eval;
	struct arena *arena = eval->guest->arena;
	struct grub2_entry *priv = arena_alloc(arena, sizeof(*priv), err);
	struct entry *entry = menu_add(eval->menu, arena, err);

	if (!priv || !entry)
		return -1;
	*entry = theirs->entries[index];
	entry->priv = priv;
	priv->script = eval->script;
	priv->users = is_for_all(foreign, theirs, index) ? NULL : "";
	priv->foreign = theirs;
	priv->foreign_index = index;
	priv->foreign_guard = entry->guard;
	return 0;
}

static int add_entries(
	struct foreign *foreign, const struct config *config, struct error *err)
{
	size_t i;

	if (!foreign->extract &&
		take_settings(foreign, config->translation, err) < 0)
		return -1;
	for (i = 0; i < config->menu->count; i++)
		if (add_entry(foreign, config->menu, i, err) < 0)
			return -1;
	return STATUS_OK;
}

/* Our superusers in front of what asks already, if that is not they. */
static int put_superusers(
	struct eval *eval, const struct guard **guard, struct error *err)
{
	if (*guard && (*guard)->asks_name)
		return 0;
	return grub2_guard(eval, eval->env, "", *guard, guard, err);
}

/* To edit takes them everywhere, to start not with an entry that is for all. */
static int guard_theirs(
	const struct foreign *foreign, struct menu *menu, struct error *err)
{
	struct eval *eval = foreign->eval;
	struct entry *entry;
	size_t i;

	if (put_superusers(eval, &menu->edits, err) < 0)
		return -1;
	for (i = 0; i < menu->count; i++) {
		entry = &menu->entries[i];
		if (!entry->edits)
			entry->edits = entry->guard;
		if (put_superusers(eval, &entry->edits, err) < 0 ||
			(!is_for_all(foreign, menu, i) &&
				put_superusers(eval, &entry->guard, err) < 0))
			return -1;
	}
	return 0;
}

/*
 * Show their menu, with variables of its own.  A default that names nothing is
 * the first entry to GRUB, which does not know the menus that syslinux has
 * inside each other: one of these stays chosen.
 */
static int show_menu(
	struct foreign *foreign, const struct config *config, struct error *err)
{
	struct eval *eval = foreign->eval;
	struct menu *inner, *menu = config->menu;
	struct env *env = eval->env;
	size_t kept = menu->chosen;
	int r;

	if (menu->count == 0)
		return STATUS_OK;
	inner = grub2_menu_open(eval, env, err);
	if (!inner)
		return -1;
	eval->env = ((struct grub2_menu *)inner->priv)->env;
	r = take_settings(foreign, config->translation, err);
	if (r == 0 && !grub2_menu_decide(eval, menu, eval->env) &&
		menu->entries[kept].submenu)
		menu->chosen = kept;
	if (r == 0)
		r = guard_theirs(foreign, menu, err);
	eval->env = env;
	if (r == 0)
		grub2_menu_show(eval, menu);
	return r;
}

/* The file's default as if its lines stood in the script. */
static int start_default(
	struct foreign *foreign, const struct config *config, struct error *err)
{
	struct eval *eval = foreign->eval;
	struct menu *menu = config->menu;
	struct outcome outcome;
	int r;

	eval_unload(eval);
	r = config_run(eval->config, menu, menu->chosen, &outcome, &eval->why);
	if (r == 0 && outcome.menu)
		grub2_menu_show(eval, outcome.menu);
	else if (r == 0)
		eval->boot = outcome.boot;
	if (r == 0)
		return STATUS_OK;
	if (eval_go_on(eval, err) < 0)
		return -1;
	return eval_failed(eval, foreign->args, STATUS_NOT_FOUND);
}

int cmd_foreign(struct eval *eval, const struct args *args, struct error *err)
{
	struct foreign foreign;
	struct config *config = NULL;
	int status;

	begin(&foreign, eval, args);
	status = read_options(&foreign);
	if (status == STATUS_OK)
		status = open_config(&foreign, &config, err);
	if (status != STATUS_OK || !config)
		return status;
	if (config->translation->at_once)
		/* commands that load kernels are not for an extract */
		return foreign.extract ? STATUS_OK
				       : start_default(&foreign, config, err);
	if (foreign.source)
		return add_entries(&foreign, config, err);
	return show_menu(&foreign, config, err);
}
