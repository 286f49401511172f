/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_blscfg.c - blscfg, which makes menu entries of files
 *
 * The command of the GRUB of Fedora and RHEL.  The order in which a directory
 * gives its names is the file system's own and nobody's choice, so all are
 * collected and sorted before the first is read.
 */
#include <stdlib.h>
#include <string.h>

#include "src/config/bls_order.h"
#include "src/config/grub2/bls_script.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/menu.h"
#include "src/config/grub2/path.h"

#define USUAL_DIRECTORY "/loader/entries"
#define SECOND_DIRECTORY "/boot/loader/entries"

enum which { WHICH_ALL, WHICH_DEFAULT, WHICH_OTHERS, WHICH_ID };

/* One command while it runs. */
struct blscfg {
	struct eval *eval;
	const struct args *args;
	enum which which;
	const char *id; /* of WHICH_ID */
	struct boot_file dir;
	const char *names[BLS_ENTRIES_MAX]; /* of files in dir, as shown */
	size_t count;
};

/* The same entry, or a name of the same rank that sorts before it. */
static int compare_names(const char *a, const char *b)
{
	int order = -bls_compare(bls_id(a), bls_id(b));

	return order != 0 ? order : strcmp(a, b);
}

static int collect_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct blscfg *cfg = ctx;
	size_t low = 0, high = cfg->count, middle, len = strlen(name);
	char *copy;

	(void)node;
	if (eval_spend(cfg->eval, 0, len, err) < 0)
		return -1;
	if (!bls_is_entry(name))
		return 0;
	if (cfg->count == BLS_ENTRIES_MAX)
		return error_set(err, ERR_LIMIT, "more than %d entries",
			BLS_ENTRIES_MAX);
	copy = scratch_strndup(&cfg->eval->scratch, name, len, err);
	if (!copy)
		return -1;
	while (low < high) {
		middle = (low + high) / 2;
		if (compare_names(copy, cfg->names[middle]) < 0)
			high = middle;
		else
			low = middle + 1;
	}
	memmove(cfg->names + low + 1, cfg->names + low,
		(cfg->count - low) * sizeof(cfg->names[0]));
	cfg->names[low] = copy;
	cfg->count++;
	return 0;
}

/* The names in a directory: 1, 0 with eval->why filled, or -1. */
static int collect(struct blscfg *cfg, const char *name, struct error *err)
{
	struct eval *eval = cfg->eval;
	struct fs_node node;
	struct fs *fs;
	int found = path_find(eval, name, &fs, &node, err);

	if (found <= 0)
		return found;
	if (path_resolve(eval, name, &cfg->dir) < 0)
		return 0;
	cfg->count = 0;
	error_clear(&eval->why);
	if (node.type != FS_DIR)
		error_set(&eval->why, ERR_NOT_FOUND, "is not a directory");
	else if (fs_readdir(fs, &node, collect_name, cfg, &eval->why) == 0)
		return 1;
	error_in(&eval->why, "%s: %s", fs->type, cfg->dir.path);
	if (eval->why.code != ERR_LIMIT)
		return 0;
	*err = eval->why;
	return -1;
}

/* An entry that a script's $default means, as blscfg understands it. */
static bool is_default(const struct blscfg *cfg, const char *id,
	const char *title, size_t index)
{
	const char *spec = env_value(cfg->eval->env, "default");
	unsigned long number;

	if (strcmp(spec, id) == 0 || strcmp(spec, title) == 0)
		return true;
	return command_number(spec, &number) && number == index;
}

static bool is_wanted(const struct blscfg *cfg, const char *id,
	const char *title, size_t index)
{
	switch (cfg->which) {
	case WHICH_ALL:
		return true;
	case WHICH_DEFAULT:
		return is_default(cfg, id, title, index);
	case WHICH_OTHERS:
		return !is_default(cfg, id, title, index);
	case WHICH_ID:
		return strcmp(id, cfg->id) == 0;
	}
	return false;
}

/* Did a blscfg before this one put it into the menu?  1, 0, or -1. */
static int is_shown(
	struct blscfg *cfg, const struct script *script, struct error *err)
{
	const struct menu *menu = cfg->eval->menu;
	const struct grub2_entry *priv;
	size_t i;

	if (eval_spend(cfg->eval, 0, menu->count, err) < 0)
		return -1;
	for (i = 0; i < menu->count; i++) {
		priv = menu->entries[i].priv;
		if (priv->script->dev == script->dev &&
			strcmp(priv->script->path, script->path) == 0)
			return 1;
	}
	return 0;
}

/* $1 is the title, and what grub_arg lines say follows. */
static int make_scope(struct arena *arena, const char *title,
	const struct bls_entry *bls, struct scope *scope, struct error *err)
{
	const char **list =
		arena_array(arena, bls->arg_count + 1, sizeof(*list), err);

	if (!list)
		return -1;
	list[0] = title;
	memcpy(list + 1, bls->args, bls->arg_count * sizeof(*list));
	*scope = (struct scope){ list, bls->arg_count + 1 };
	return 0;
}

static int add_entry(struct eval *eval, const struct bls_entry *bls,
	const struct script *script, const char *id, const char *title,
	struct error *err)
{
	struct arena *arena = eval->guest->arena;
	struct grub2_entry *priv = arena_alloc(arena, sizeof(*priv), err);
	struct entry *entry;
	struct text body;

	if (!priv || make_scope(arena, title, bls, &priv->scope, err) < 0 ||
		bls_script(eval, bls, &body, err) < 0)
		return -1;
	body.at = arena_strndup(arena, body.at, body.len, err);
	entry = body.at ? menu_add(eval->menu, arena, err) : NULL;
	if (!entry)
		return -1;
	priv->script = script;
	priv->body = body;
	priv->line = 1;
	priv->unrestricted =
		!bls->users || !bls_comes_to_something(eval, bls->users);
	*entry = (struct entry){
		.title = title,
		.id = id,
		.source = body.at,
		.priv = priv,
	};
	return 0;
}

/*
 * Add the entry unless it is there.  Messages from its body are about a script
 * that is in no file, so they say of which file it was made.
 */
static int show_entry(struct blscfg *cfg, const struct bls_entry *bls,
	const char *path, const char *id, const char *title, struct error *err)
{
	struct arena *arena = cfg->eval->guest->arena;
	struct script *script = arena_alloc(arena, sizeof(*script), err);
	int shown;

	if (!script)
		return -1;
	script->dev = cfg->dir.dev;
	script->path = arena_printf(arena, err, "script of %s", path);
	if (!script->path)
		return -1;
	shown = is_shown(cfg, script, err);
	if (shown != 0)
		return shown;
	return add_entry(cfg->eval, bls, script, id, title, err);
}

/* Make an entry of a file's text, if it is one that is wanted. */
static int take_text(struct blscfg *cfg, struct text file, const char *path,
	const char *id, size_t index, struct error *err)
{
	struct eval *eval = cfg->eval;
	struct bls_entry bls;
	const char *title;

	if (bls_parse(file, BLS_GRUB, &bls, eval->guest->arena, err) < 0) {
		if (err->code != ERR_SYNTAX)
			return -1;
		guest_note(eval->guest, NOTE_DETAIL, "%s: %s: not an entry",
			path, err->text);
		return 0;
	}
	title = bls.title ? bls.title : id;
	if (strlen(title) > MENU_TITLE_MAX)
		return error_set(err, ERR_LIMIT,
			"a title of more than %d bytes", MENU_TITLE_MAX);
	if (!is_wanted(cfg, id, title, index))
		return 0;
	return show_entry(cfg, &bls, path, id, title, err);
}

/* One file; GRUB goes on with the others when it cannot be read. */
static int take_file(
	struct blscfg *cfg, const char *path, size_t index, struct error *err)
{
	struct eval *eval = cfg->eval;
	const struct scratch_mark mark = scratch_mark(&eval->scratch);
	const char *name = strrchr(path, '/') + 1, *id;
	struct text file;
	int r;

	if (eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	id = arena_strndup(eval->guest->arena, name, bls_id(name).len, err);
	if (!id)
		return -1;
	if (guest_read_config(
		    eval->guest, cfg->dir.dev, path, &file, &eval->why) < 0) {
		if (eval->why.code != ERR_LIMIT) {
			guest_note(eval->guest, NOTE_WARNING,
				"%s: the entry is left out", eval->why.text);
			return 0;
		}
		*err = eval->why;
		return -1;
	}
	r = take_text(cfg, file, path, id, index, err);
	scratch_rewind(&eval->scratch, mark);
	return r < 0 ? error_in(err, "%s", path) : 0;
}

static bool same_rank(const char *a, const char *b)
{
	return bls_compare(bls_id(a), bls_id(b)) == 0;
}

/* The files in the order of the menu; of the same rank GRUB shows one. */
static int take_all(struct blscfg *cfg, struct error *err)
{
	const char *dir = cfg->dir.path, *last = NULL, *path;
	size_t i, index = 0;

	for (i = 0; i < cfg->count; i++) {
		if (last && same_rank(last, cfg->names[i])) {
			guest_note(cfg->eval->guest, NOTE_WARNING,
				"%s/%s: GRUB takes it for the same as %s", dir,
				cfg->names[i], last);
			continue;
		}
		last = cfg->names[i];
		path = arena_printf(cfg->eval->guest->arena, err, "%s%s%s", dir,
			dir[strlen(dir) - 1] == '/' ? "" : "/", last);
		if (!path || take_file(cfg, path, index++, err) < 0)
			return -1;
	}
	return 0;
}

/* Say why nothing came of the command: the menu may be empty without it. */
static int miss_entries(const struct blscfg *cfg)
{
	struct eval *eval = cfg->eval;

	eval_failed(eval, cfg->args, STATUS_NOT_FOUND);
	guest_note(eval->guest, NOTE_WARNING, "%s; no entries come of it",
		eval->why.text);
	return STATUS_NOT_FOUND;
}

/* The directory, or one file, that the script names. */
static int take_path(struct blscfg *cfg, const char *name, struct error *err)
{
	const char *slash = strrchr(name, '/'), *path;
	int found;

	if (slash && bls_is_entry(slash + 1)) {
		if (path_resolve(cfg->eval, name, &cfg->dir) < 0)
			return miss_entries(cfg);
		path = arena_strdup(
			cfg->eval->guest->arena, cfg->dir.path, err);
		return path ? take_file(cfg, path, 0, err) : -1;
	}
	found = collect(cfg, name, err);
	if (found == 0)
		return miss_entries(cfg);
	return found < 0 ? -1 : take_all(cfg, err);
}

/* The usual places: the second only if there is no first. */
static int take_usual(struct blscfg *cfg, struct error *err)
{
	struct eval *eval = cfg->eval;
	const char *first = env_value(eval->env, "blsdir");
	struct error why;
	int found = collect(cfg, first[0] ? first : USUAL_DIRECTORY, err);

	if (found == 0) {
		why = eval->why;
		found = collect(cfg, SECOND_DIRECTORY, err);
		if (found == 0) {
			eval->why = why;
			return miss_entries(cfg);
		}
	}
	return found < 0 ? -1 : take_all(cfg, err);
}

int cmd_blscfg(struct eval *eval, const struct args *args, struct error *err)
{
	struct blscfg cfg;
	const char *what = args->count > 1 ? args->list[1] : "";

	cfg.eval = eval;
	cfg.args = args;
	cfg.which = WHICH_ALL;
	cfg.id = what;
	cfg.count = 0;
	eval->fedora = true;
	if (what[0] == '(' || what[0] == '/')
		return take_path(&cfg, what, err);
	if (strcmp(what, "default") == 0)
		cfg.which = WHICH_DEFAULT;
	else if (strcmp(what, "non-default") == 0)
		cfg.which = WHICH_OTHERS;
	else if (what[0])
		cfg.which = WHICH_ID;
	return take_usual(&cfg, err);
}
