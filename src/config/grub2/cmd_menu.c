/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_menu.c - menuentry and submenu, and the commands that read other files
 */
#include <string.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/menu.h"

enum {
	OPT_CLASS,
	OPT_USERS,
	OPT_HOTKEY,
	OPT_SOURCE,
	OPT_ID,
	OPT_UNRESTRICTED,
};

static const struct option_spec entry_options[] = {
	[OPT_CLASS] = { "class", 0, OPTION_VALUE },
	[OPT_USERS] = { "users", 0, OPTION_VALUE },
	[OPT_HOTKEY] = { "hotkey", 0, OPTION_VALUE },
	[OPT_SOURCE] = { "source", 0, OPTION_VALUE },
	[OPT_ID] = { "id", 0, OPTION_VALUE },
	[OPT_UNRESTRICTED] = { "unrestricted", 0, OPTION_FLAG },
	{ 0 },
};

/* What a menuentry command says, still in scratch memory. */
struct definition {
	struct args words; /* the title, and what follows it */
	const char *id;    /* NULL: none */
	struct text body;
	unsigned int line;
	const char *users; /* NULL: everybody */
	uint32_t hotkey;
};

static int read_definition(struct eval *eval, const struct args *args,
	struct definition *def, struct error *err)
{
	struct args plain = *args;
	struct options options;
	const char *value, *block;
	int option;

	*def = (struct definition){ .line = args->line, .users = "" };
	if (args->block) {
		/* without its braces */
		block = args->list[--plain.count];
		def->body = (struct text){ block + 1, strlen(block) - 2 };
	}
	options_start(&options, &plain, entry_options, true);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option == OPT_ID)
			def->id = value;
		else if (option == OPT_SOURCE)
			def->body = text_of(value);
		else if (option == OPT_HOTKEY)
			def->hotkey = grub2_hotkey(value);
		else if (option == OPT_USERS && def->users)
			def->users = value;
		else if (option == OPT_UNRESTRICTED)
			def->users = NULL;
		else if (option == OPTIONS_WORD &&
			args_add(eval, &def->words, value, err) < 0)
			return -1;
	}
	return STATUS_OK;
}

/* Copies of the words, for $1 and on. */
static int keep_words(struct arena *arena, const struct args *words,
	struct scope *scope, struct error *err)
{
	const char **list =
		arena_array(arena, words->count, sizeof(*list), err);
	size_t i;

	if (!list)
		return -1;
	for (i = 0; i < words->count; i++) {
		list[i] = arena_strdup(arena, words->list[i], err);
		if (!list[i])
			return -1;
	}
	*scope = (struct scope){ list, words->count };
	return 0;
}

static int add_entry(struct eval *eval, const struct definition *def,
	bool submenu, struct error *err)
{
	struct arena *arena = eval->guest->arena;
	struct grub2_entry *priv = arena_alloc(arena, sizeof(*priv), err);
	struct entry *entry;
	const char *id = NULL, *body;

	if (!priv || keep_words(arena, &def->words, &priv->scope, err) < 0)
		return -1;
	if ((def->id && !(id = arena_strdup(arena, def->id, err))) ||
		(def->users &&
			!(priv->users = arena_strdup(arena, def->users, err))))
		return -1;
	body = arena_strndup(arena, def->body.at, def->body.len, err);
	entry = body ? menu_add(eval->menu, arena, err) : NULL;
	if (!entry)
		return -1;
	priv->script = eval->script;
	priv->body = (struct text){ body, def->body.len };
	priv->line = def->line;
	*entry = (struct entry){
		.title = priv->scope.list[0],
		.id = id,
		.source = body,
		.submenu = submenu,
		.hotkey = def->hotkey,
		.hotkey_starts = true,
		.priv = priv,
	};
	return 0;
}

static int make_entry(struct eval *eval, const struct args *args, bool submenu,
	struct error *err)
{
	struct definition def;
	int status = read_definition(eval, args, &def, err);

	if (status != STATUS_OK)
		return status;
	if (def.words.count == 0)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"the title is missing");
	if (!def.body.at)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"the block is missing");
	if (strlen(def.words.list[0]) > MENU_TITLE_MAX)
		return error_set(err, ERR_LIMIT,
			"%s: a title of more than %d bytes", args->list[0],
			MENU_TITLE_MAX);
	return add_entry(eval, &def, submenu, err);
}

int cmd_menuentry(struct eval *eval, const struct args *args, struct error *err)
{
	return make_entry(eval, args, false, err);
}

int cmd_submenu(struct eval *eval, const struct args *args, struct error *err)
{
	return make_entry(eval, args, true, err);
}

/* A file that cannot be read is an error on the screen, and true. */
static int read_file(struct eval *eval, const struct args *args,
	const char *name, struct error *err)
{
	int found = eval_file(eval, name, err);

	if (found == 0)
		eval_failed(eval, args, STATUS_OK);
	return found < 0 ? -1 : STATUS_OK;
}

int cmd_source(struct eval *eval, const struct args *args, struct error *err)
{
	if (args->count != 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"one file was expected");
	return read_file(eval, args, args->list[1], err);
}

/* If entries came of the file, they are shown; else the script goes on. */
static int show_menu(struct eval *eval, struct menu *menu, struct error *err)
{
	if (menu->count == 0 || eval->came_up || eval->boot_now)
		return STATUS_OK;
	if (grub2_menu_close(eval, menu, err) < 0)
		return -1;
	grub2_menu_show(eval, menu);
	return STATUS_OK;
}

/* The file gets a menu and variables of its own. */
int cmd_configfile(
	struct eval *eval, const struct args *args, struct error *err)
{
	struct menu *outer = eval->menu, *menu;
	struct env *env = eval->env;
	struct grub2_menu *priv;
	int status;

	if (args->count != 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"one file was expected");
	menu = grub2_menu_open(eval, env, err);
	if (!menu)
		return -1;
	priv = menu->priv;
	eval->menu = menu;
	eval->env = priv->env;
	status = read_file(eval, args, args->list[1], err);
	if (status == STATUS_OK)
		status = show_menu(eval, menu, err);
	eval->menu = outer;
	eval->env = env;
	return status;
}

/*
 * Only the entries of a file: it runs few commands (extractor_commands in
 * eval.c), with its own copies of all variables.
 */
int cmd_extract_source(
	struct eval *eval, const struct args *args, struct error *err)
{
	struct env *env = eval->env;
	struct env *copy = arena_alloc(eval->guest->arena, sizeof(*copy), err);
	int status;

	if (!copy || env_open(copy, eval->guest->arena, err) < 0 ||
		env_inherit_all(copy, env, err) < 0)
		return -1;
	eval->env = copy;
	eval->extracting = true;
	status = cmd_source(eval, args, err);
	eval->extracting = false;
	eval->env = env;
	return status;
}

/* As configfile, but only for the entries. */
int cmd_extract_configfile(
	struct eval *eval, const struct args *args, struct error *err)
{
	int status;

	eval->extracting = true;
	status = cmd_configfile(eval, args, err);
	eval->extracting = false;
	return status;
}

/* As source, but the menu is shown then. */
int cmd_normal(struct eval *eval, const struct args *args, struct error *err)
{
	const char *name;
	int status;

	if (args->count > 1)
		name = args->list[1];
	else
		name = arena_printf(eval->guest->arena, err, "%s/grub.cfg",
			env_value(eval->env, "prefix"));
	if (!name)
		return -1;
	status = read_file(eval, args, name, err);
	if (status == STATUS_OK)
		status = show_menu(eval, eval->menu, err);
	return status;
}

/* exit, halt, reboot: whatever was loaded, it is not started. */
int cmd_exit(struct eval *eval, const struct args *args, struct error *err)
{
	if (eval->interactive)
		return command_puts(eval,
			"Escape leaves the command line; q in the menu does "
			"not start the guest.\n",
			err);
	eval_unload(eval);
	eval->flow = FLOW_END;
	return eval_fail(eval, args, STATUS_OK, "no kernel is started");
}

/* Whether firmware has a setup is only asked for an entry that starts it. */
int cmd_fwsetup(struct eval *eval, const struct args *args, struct error *err)
{
	if (args->count > 1 && strcmp(args->list[1], "--is-supported") == 0)
		return STATUS_OK;
	return cmd_exit(eval, args, err);
}
