/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_blscfg.c - blscfg, which makes menu entries of files
 *
 * Two GRUBs have a command of this name.  That of Fedora and RHEL takes words:
 * "blscfg non-default".  Upstream's, since 2.14, takes options, and its module
 * is called blsuki; by these it is known.  They agree about what is in a file,
 * but not about the order of files, their titles and what becomes of them.
 */
#include <stdlib.h>
#include <string.h>

#include "src/config/bls_order.h"
#include "src/config/file_version.h"
#include "src/config/grub2/bls_files.h"
#include "src/config/grub2/bls_script.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/menu.h"
#include "src/config/grub2/path.h"

#define USUAL_DIRECTORY "/loader/entries"
#define SECOND_DIRECTORY "/boot/loader/entries"

/* One command while it runs. */
struct blscfg {
	struct eval *eval;
	const struct args *args;
	bool upstream;
	bool show_default, show_others;
	const char *id; /* one more to show; NULL: none */
	struct bls_files files;
};

static int compare_for_fedora(const char *a, const char *b)
{
	return bls_compare(bls_id(a), bls_id(b));
}

static int compare_for_upstream(const char *a, const char *b)
{
	return file_version_compare(text_of(a), text_of(b));
}

/* Upstream takes names that begin with a dot, and ".conf" itself. */
static bool is_entry_for_upstream(const char *name)
{
	size_t len = strlen(name), suffix = strlen(BLS_SUFFIX);

	return len >= suffix && strcmp(name + len - suffix, BLS_SUFFIX) == 0;
}

static void begin(struct blscfg *cfg, struct eval *eval,
	const struct args *args, bool upstream)
{
	cfg->eval = eval;
	cfg->args = args;
	cfg->upstream = upstream;
	cfg->show_default = cfg->show_others = true;
	cfg->id = NULL;
	cfg->files.eval = eval;
	cfg->files.count = 0;
	cfg->files.is_entry = upstream ? is_entry_for_upstream : bls_is_entry;
	cfg->files.compare =
		upstream ? compare_for_upstream : compare_for_fedora;
}

/*
 * Is the entry what $default means?  To Fedora an id is the name of the file
 * without its suffix and a number may have more behind it; to upstream neither.
 */
static bool is_default(const struct blscfg *cfg, const char *name,
	const char *title, size_t index)
{
	const char *spec = env_value(cfg->eval->env, "default");
	unsigned long number;
	char *end;

	if (!spec[0])
		return false;
	if (strcmp(spec, name) == 0 || (title && strcmp(spec, title) == 0))
		return true;
	if (!command_number(spec, &number) || number != index)
		return false;
	(void)strtoul(spec, &end, 0);
	return !cfg->upstream || !*end;
}

static bool is_wanted(const struct blscfg *cfg, const char *name,
	const char *title, size_t index)
{
	if (cfg->id && strcmp(name, cfg->id) == 0)
		return true;
	return is_default(cfg, name, title, index) ? cfg->show_default
						   : cfg->show_others;
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

static int add_entry(const struct blscfg *cfg, const struct bls_entry *bls,
	const struct script *script, const char *id, const char *title,
	struct error *err)
{
	struct eval *eval = cfg->eval;
	struct arena *arena = eval->guest->arena;
	struct grub2_entry *priv = arena_alloc(arena, sizeof(*priv), err);
	struct entry *entry;
	struct text body;

	if (!priv || make_scope(arena, title, bls, &priv->scope, err) < 0 ||
		bls_script(eval, bls, cfg->upstream, &body, err) < 0 ||
		bls_users(eval, bls, cfg->upstream, &priv->users, err) < 0)
		return -1;
	body.at = arena_strndup(arena, body.at, body.len, err);
	entry = body.at ? menu_add(eval->menu, arena, err) : NULL;
	if (!entry)
		return -1;
	priv->script = script;
	priv->body = body;
	priv->line = 1;
	*entry = (struct entry){
		.title = title,
		.id = id,
		.source = body.at,
		.hotkey = bls->hotkey ? grub2_hotkey(bls->hotkey) : HOTKEY_NONE,
		.hotkey_starts = true,
		.priv = priv,
	};
	return 0;
}

/*
 * Add the entry; Fedora's GRUB does not if it is there.  Messages from its body
 * are about a script that is in no file, so they say of which file it was made.
 */
static int show_entry(struct blscfg *cfg, const struct bls_entry *bls,
	const char *path, const char *id, const char *title, struct error *err)
{
	struct arena *arena = cfg->eval->guest->arena;
	struct script *script = arena_alloc(arena, sizeof(*script), err);
	int shown;

	if (!script)
		return -1;
	script->dev = cfg->files.dir.dev;
	script->path = arena_printf(arena, err, "script of %s", path);
	if (!script->path)
		return -1;
	shown = cfg->upstream ? 0 : is_shown(cfg, script, err);
	if (shown != 0)
		return shown;
	return add_entry(cfg, bls, script, id, title, err);
}

/* Make an entry of a file's text, if it is one that is wanted. */
static int take_text(struct blscfg *cfg, struct text file, const char *path,
	size_t index, struct error *err)
{
	struct eval *eval = cfg->eval;
	const char *name = strrchr(path, '/') + 1, *title, *id;
	struct bls_entry bls;

	if (bls_parse(file, BLS_GRUB, &bls, eval->guest->arena, err) < 0) {
		if (err->code != ERR_SYNTAX)
			return -1;
		guest_note(eval->guest, NOTE_DETAIL, "%s: %s: not an entry",
			path, err->text);
		return 0;
	}
	id = arena_strndup(eval->guest->arena, name, bls_id(name).len, err);
	if (!id)
		return -1;
	title = bls.title ? bls.title : cfg->upstream ? bls.kernel : id;
	if (strlen(title) > MENU_TITLE_MAX)
		return error_set(err, ERR_LIMIT,
			"a title of more than %d bytes", MENU_TITLE_MAX);
	if (!is_wanted(cfg, cfg->upstream ? name : id, title, index))
		return 0;
	return show_entry(cfg, &bls, path, id, title, err);
}

/* One file; GRUB goes on with the others when it cannot be read. */
static int take_file(
	struct blscfg *cfg, const char *path, size_t index, struct error *err)
{
	struct eval *eval = cfg->eval;
	const struct scratch_mark mark = scratch_mark(&eval->scratch);
	struct text file;
	int r;

	if (eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	if (guest_read_config(eval->guest, cfg->files.dir.dev, path, &file,
		    &eval->why) < 0) {
		if (eval_go_on(eval, err) < 0)
			return -1;
		guest_note(eval->guest, NOTE_WARNING,
			"%s: the entry is left out", eval->why.text);
		return 0;
	}
	r = take_text(cfg, file, path, index, err);
	scratch_rewind(&eval->scratch, mark);
	return r < 0 ? error_in(err, "%s", path) : 0;
}

/* The files in the order of the menu; of the same rank GRUB shows one. */
static int take_all(struct blscfg *cfg, struct error *err)
{
	const char *path;
	size_t i, index = 0;

	for (i = 0; i < cfg->files.count; i++) {
		path = bls_files_path(&cfg->files, i, err);
		if (path ? take_file(cfg, path, index++, err) < 0
			 : err->code != ERR_NONE)
			return -1;
	}
	return 0;
}

/* Say why nothing came of the command: the menu may be empty without it. */
static int miss_entries(const struct blscfg *cfg, int status)
{
	struct eval *eval = cfg->eval;

	eval_failed(eval, cfg->args, status);
	guest_note(eval->guest, NOTE_WARNING, "%s; no entries come of it",
		eval->why.text);
	return status;
}

/* A file that is named has to be there for upstream. */
static int take_one(struct blscfg *cfg, const char *name, struct error *err)
{
	struct boot_file *file = &cfg->files.dir;
	struct fs_node node;
	struct fs *fs;
	int found = 1;

	if (cfg->upstream)
		found = path_find(cfg->eval, name, &fs, &node, err);
	if (found < 0)
		return -1;
	if (found == 0 || path_resolve(cfg->eval, name, file) < 0)
		return miss_entries(cfg, STATUS_NOT_FOUND);
	file->path = arena_strdup(cfg->eval->guest->arena, file->path, err);
	return file->path ? take_file(cfg, file->path, 0, err) : -1;
}

/* The directory, or one file, that the script names. */
static int take_path(struct blscfg *cfg, const char *name, struct error *err)
{
	const char *slash = strrchr(name, '/');
	int found;

	if (slash && cfg->files.is_entry(slash + 1))
		return take_one(cfg, name, err);
	found = bls_files_collect(&cfg->files, name, err);
	if (found == 0)
		return miss_entries(cfg, STATUS_NOT_FOUND);
	return found < 0 ? -1 : take_all(cfg, err);
}

/* The usual places: the second only if there is no first. */
static int take_usual(struct blscfg *cfg, struct error *err)
{
	struct eval *eval = cfg->eval;
	const char *first = env_value(eval->env, "blsdir");
	struct error why;
	int found = bls_files_collect(
		&cfg->files, first[0] ? first : USUAL_DIRECTORY, err);

	if (found == 0) {
		why = eval->why;
		found = bls_files_collect(&cfg->files, SECOND_DIRECTORY, err);
		if (found == 0) {
			eval->why = why;
			return miss_entries(cfg, STATUS_NOT_FOUND);
		}
	}
	return found < 0 ? -1 : take_all(cfg, err);
}

static int run_for_fedora(
	struct eval *eval, const struct args *args, struct error *err)
{
	const char *what = args->count > 1 ? args->list[1] : "";
	struct blscfg cfg;

	begin(&cfg, eval, args, false);
	eval->fedora = true;
	if (what[0] == '(' || what[0] == '/')
		return take_path(&cfg, what, err);
	if (strcmp(what, "default") == 0) {
		cfg.show_others = false;
	} else if (strcmp(what, "non-default") == 0) {
		cfg.show_default = false;
	} else if (what[0]) {
		cfg.show_default = cfg.show_others = false;
		cfg.id = what;
	}
	return take_usual(&cfg, err);
}

/* Words that are no options do not count. */
static int run_for_upstream(
	struct eval *eval, const struct args *args, struct error *err)
{
	struct bls_options options;
	struct blscfg cfg;
	int status = bls_options_read(eval, args, &options);

	if (status != STATUS_OK)
		return status;
	begin(&cfg, eval, args, true);
	cfg.show_default = options.show_default;
	cfg.show_others = options.show_others;
	cfg.id = options.entry;
	if (options.path && is_entry_for_upstream(options.path))
		return take_one(&cfg, options.path, err);
	status = bls_files_find(&cfg.files, &options, USUAL_DIRECTORY, err);
	if (status < 0)
		return -1;
	/* an empty menu is not a failure to this command */
	if (status == 0)
		return miss_entries(&cfg, STATUS_OK);
	return take_all(&cfg, err);
}

int cmd_blscfg(struct eval *eval, const struct args *args, struct error *err)
{
	size_t i;

	for (i = 1; i < args->count; i++)
		if (args->list[i][0] == '-')
			eval->blsuki = true;
	return (eval->blsuki ? run_for_upstream : run_for_fedora)(
		eval, args, err);
}
