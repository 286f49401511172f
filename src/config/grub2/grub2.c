/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grub2.c - GRUB 2's grub.cfg as a configuration format
 *
 * Loading runs the script, which makes a menu; running an entry runs its body,
 * which loads a kernel or makes another menu.  config->priv is the evaluation,
 * which lives as long as the run: functions and the variables of each menu
 * stay between entries.
 */
#include <string.h>

#include "src/config/grub2/envblock.h"
#include "src/config/grub2/menu.h"
#include "src/config/grub2/parse.h"
#include "src/config/grub2/start.h"

/* The script booted without a menu: a menu of that one thing. */
static struct menu *direct_menu(struct eval *eval, struct error *err)
{
	struct arena *arena = eval->guest->arena;
	struct menu *menu = grub2_menu_open(eval, eval->env, err);
	struct grub2_entry *priv = arena_alloc(arena, sizeof(*priv), err);
	struct boot *boot = arena_alloc(arena, sizeof(*boot), err);
	struct entry *entry;

	if (!menu || !priv || !boot)
		return NULL;
	entry = menu_add(menu, arena, err);
	if (!entry)
		return NULL;
	*boot = eval->boot;
	priv->direct = boot;
	entry->title = boot->kernel.path;
	entry->priv = priv;
	menu->timeout = 0;
	return menu;
}

/*
 * GRUBs that lead to each other: each may run as many commands as the first,
 * which takes up to half a second.
 */
#define CHAINED_MAX 16

static unsigned int count_grubs(const struct guest *guest)
{
	const struct config *config;
	unsigned int count = 0;

	for (config = guest->opened; config; config = config->next)
		count += config->format == &grub2_format;
	return count;
}

/* The configuration of another GRUB; NULL with err filled. */
static struct config *open_grub(const struct config *wanted, struct error *err)
{
	struct config *config = config_open(wanted, err);

	if (!config || count_grubs(wanted->guest) <= CHAINED_MAX)
		return config;
	error_set(err, ERR_LIMIT, "more than %d GRUBs lead to each other",
		CHAINED_MAX);
	return NULL;
}

struct menu *grub2_chained_menu(struct eval *eval, struct error *err)
{
	const struct config wanted = {
		.format = &grub2_format,
		.guest = eval->guest,
		.dev = eval->chain.file.dev,
		.path = eval->chain.file.path,
	};
	const struct loop_link *loops = eval->guest->devices->loops;

	/* it knows nothing of our devices, nor we of its */
	eval->chain.config = open_grub(&wanted, err);
	eval->guest->devices->loops = loops;
	if (eval->chain.config)
		return eval->chain.config->menu;
	error_in(err, "chainloader");
	eval->script = eval->chain.script;
	eval->line = eval->chain.line;
	eval_error_in(eval, err);
	return NULL;
}

static int load_script(struct eval *eval, struct text file, struct error *err)
{
	struct config *config = eval->config;
	struct arena *arena = eval->guest->arena;
	const char *slash = strrchr(config->path, '/'), *name, *prefix;
	struct script *script = arena_alloc(arena, sizeof(*script), err);

	name = arena_printf(
		arena, err, "(%s)%s", config->dev->grub, config->path);
	prefix = arena_printf(arena, err, "(%s)%.*s", config->dev->grub,
		slash ? (int)(slash - config->path) : 0, config->path);
	if (!script || !name || !prefix ||
		grub2_preset(eval, config->dev->grub, prefix, err) < 0)
		return -1;
	*script = (struct script){ config->dev, config->path, true };
	if (eval_script(eval, script, name, file, err) < 0)
		return eval_error_in(eval, err);
	return 0;
}

static int grub2_load(
	struct config *config, struct text file, struct error *err)
{
	struct eval *eval = grub2_open(config, err);
	struct menu *menu;

	if (!eval || load_script(eval, file, err) < 0)
		return -1;
	menu = eval->menu;
	if (eval->boot_now)
		menu = eval->boot.kernel.path ? direct_menu(eval, err)
					      : grub2_chained_menu(eval, err);
	else if (eval->came_up)
		menu = eval->came_up;
	else if (grub2_menu_close(eval, menu, err) < 0)
		return -1;
	if (!menu)
		return -1;
	config->priv = eval;
	config->menu = menu;
	return 0;
}

/* What $chosen becomes: the way through the menus, ">" between them. */
static char *chosen_path(struct eval *eval, const struct entry *entry,
	const char *before, struct error *err)
{
	const char *name = entry->id ? entry->id : entry->title;
	char *path, *at;

	path = at = scratch_alloc(
		&eval->scratch, strlen(before) + 2 * strlen(name) + 2, err);
	if (!path)
		return NULL;
	if (before[0]) {
		at = stpcpy(at, before);
		*at++ = '>';
	}
	for (; *name; *at++ = *name++)
		if (*name == '>')
			*at++ = '>';
	*at = '\0';
	return path;
}

/* What $default says about the submenu: behind the first single ">". */
static const char *rest_of_default(const char *value)
{
	for (; *value; value++) {
		if (value[0] != '>')
			continue;
		if (value[1] != '>')
			return value + 1;
		value++;
	}
	return "";
}

/* Variables that entering an entry sets, and that come back behind it. */
struct entered {
	char *chosen;       /* NULL: was not set */
	char *default_spec; /* the same */
};

static int copy_variable(
	struct eval *eval, const char *name, char **copy, struct error *err)
{
	const char *value = env_get(eval->env, text_of(name));

	*copy = NULL;
	if (!value)
		return 0;
	*copy = scratch_strndup(&eval->scratch, value, strlen(value), err);
	return *copy ? 0 : -1;
}

static int put_or_unset(struct eval *eval, const char *name, const char *value,
	struct error *err)
{
	if (value)
		return env_put(eval->env, name, value, err);
	env_unset(eval->env, text_of(name));
	return 0;
}

/* Set $chosen and $default in the menu that the entry's body will see. */
static int enter(struct eval *eval, const struct entry *entry,
	const struct entered *was, struct error *err)
{
	const char *rest =
		was->default_spec ? rest_of_default(was->default_spec) : "";
	char *path =
		chosen_path(eval, entry, was->chosen ? was->chosen : "", err);

	if (!path || env_put(eval->env, "chosen", path, err) < 0 ||
		env_export(eval->env, text_of("chosen"), err) < 0)
		return -1;
	if (!rest[0])
		rest = eval->fedora ? was->default_spec : NULL;
	return put_or_unset(eval, "default", rest, err);
}

/* The menu has again what it had. */
static int leave(
	struct eval *eval, const struct entered *was, struct error *err)
{
	if (put_or_unset(eval, "chosen", was->chosen, err) < 0)
		return -1;
	return put_or_unset(eval, "default", was->default_spec, err);
}

/*
 * Go over to the variables of a submenu.  Fedora's GRUB does not hide from it
 * what is not exported; the menu that led here has used up its timeout.
 */
static int enter_submenu(
	struct eval *eval, const struct grub2_menu *own, struct error *err)
{
	if (eval->fedora) {
		if (env_inherit_all(own->env, eval->env, err) < 0)
			return -1;
		env_unset(own->env, text_of("timeout"));
	}
	eval->env = own->env;
	return 0;
}

/* Run the body in a menu of its own, where entries it makes will go. */
static int run_body(struct eval *eval, const struct entry *entry,
	const struct entered *was, struct error *err)
{
	const struct grub2_entry *priv = entry->priv;
	struct env *outer = eval->env;
	struct menu *menu =
		grub2_menu_open(eval, entry->submenu ? outer : NULL, err);
	struct grub2_menu *own;
	int r;

	if (!menu)
		return -1;
	own = menu->priv;
	eval->menu = menu;
	eval->script = priv->script;
	r = entry->submenu ? enter_submenu(eval, own, err) : 0;
	if (r == 0)
		r = enter(eval, entry, was, err);
	if (r == 0)
		r = eval_entry(eval, priv->body, priv->line, &priv->scope, err);
	if (r == 0 && menu->count > 0 && !eval->came_up) {
		if (!entry->submenu)
			own->env = outer;
		r = grub2_menu_close(eval, menu, err);
		eval->came_up = menu;
	}
	eval->env = outer;
	return r < 0 ? eval_error_in(eval, err) : 0;
}

/* The reason why nothing came of an entry. */
static int report_nothing(const struct eval *eval, struct error *err)
{
	if (eval->first.code == ERR_NONE && eval->strange)
		return error_set(err, ERR_NOT_FOUND,
			"the entry loads no kernel; line %u: unknown command "
			"\"%.64s\"",
			eval->strange_line, eval->strange);
	if (eval->first.code == ERR_NONE)
		return error_set(
			err, ERR_NOT_FOUND, "the entry loads no kernel");
	*err = eval->first;
	return -1;
}

static int run_entry(struct eval *eval, const struct entry *entry,
	struct outcome *outcome, struct error *err)
{
	const struct grub2_entry *priv = entry->priv;
	struct error ignored;
	struct entered was;
	int r;

	*outcome = (struct outcome){ 0 };
	if (priv->direct) {
		outcome->boot = *priv->direct;
		return 0;
	}
	if (copy_variable(eval, "chosen", &was.chosen, err) < 0 ||
		copy_variable(eval, "default", &was.default_spec, err) < 0)
		return -1;
	r = run_body(eval, entry, &was, err);
	if (leave(eval, &was, r < 0 ? &ignored : err) < 0 || r < 0)
		return -1;
	env_unset(eval->env, text_of("timeout"));
	if (eval->boot.kernel.path)
		outcome->boot = eval->boot;
	else if (eval->chain.file.path)
		outcome->menu = grub2_chained_menu(eval, err);
	else if (eval->came_up)
		outcome->menu = eval->came_up;
	else
		return report_nothing(eval, err);
	return eval->boot.kernel.path || outcome->menu ? 0 : -1;
}

/* Start an entry of the menu, or one that was made for it. */
static int start_entry(struct config *config, struct menu *menu,
	const struct entry *entry, struct outcome *outcome, struct error *err)
{
	struct eval *eval = config->priv;
	struct grub2_menu *priv = menu->priv;
	const struct scratch_mark mark = scratch_mark(&eval->scratch);
	int r;

	eval->config = config;
	grub2_start(eval, menu);
	r = run_entry(eval, entry, outcome, err);
	priv->loops = eval->guest->devices->loops;
	scratch_rewind(&eval->scratch, mark);
	return r;
}

static int grub2_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	const struct grub2_entry *entry = menu->entries[index].priv;

	if (entry->foreign)
		return config_run(config, entry->foreign, entry->foreign_index,
			outcome, err);
	return start_entry(config, menu, &menu->entries[index], outcome, err);
}

/*
 * GRUB drops a statement with a syntax error and goes on; who has just typed it
 * wants to mend it.
 */
static int check_source(
	struct eval *eval, struct text *source, struct error *err)
{
	struct parse_check check;

	if (parse_check(*source, &eval->scratch, &check, err) < 0)
		return -1;
	if (check.why.code != ERR_NONE) {
		*err = check.why;
		return -1;
	}
	return grub2_keep_text(eval, source, check.functions, err);
}

static int grub2_run_source(struct config *config, struct menu *menu,
	size_t index, struct text source, struct outcome *outcome,
	struct error *err)
{
	struct entry entry = menu->entries[index];
	struct grub2_entry priv = *(const struct grub2_entry *)entry.priv;
	struct eval *eval = config->priv;
	struct arena *arena = eval->guest->arena;
	const struct scratch_mark mark = scratch_mark(&eval->scratch);
	struct script *script;
	int r;

	if (priv.foreign)
		return config_run_source(config, priv.foreign,
			priv.foreign_index, source.at, outcome, err);
	script = arena_alloc(arena, sizeof(*script), err);
	if (!script)
		return -1;
	/* what the lines are of is on the screen */
	*script = (struct script){ priv.script->dev, priv.script->path, true };
	r = check_source(eval, &source, err);
	priv.script = script;
	priv.body = source;
	priv.line = 1;
	entry.priv = &priv;
	if (r == 0)
		r = start_entry(config, menu, &entry, outcome, err);
	scratch_rewind(&eval->scratch, mark);
	return r;
}

/* What an entry may change outside its menu's variables. */
struct trace {
	struct eval eval;
	struct env_snapshot env;
	struct function *functions;
	struct password *users; /* as they were */
	size_t notes;
};

static struct trace *take_trace(
	struct eval *eval, struct menu *menu, struct error *err)
{
	const struct grub2_menu *priv = menu->priv;
	size_t size = eval->function_count * sizeof(*eval->functions);
	size_t i;
	struct trace *trace =
		scratch_alloc(&eval->scratch, sizeof(*trace), err);

	if (!trace ||
		env_snapshot(priv->env, &trace->env, &eval->scratch, err) < 0)
		return NULL;
	trace->functions = scratch_alloc(&eval->scratch, size + 1, err);
	trace->users = scratch_alloc(&eval->scratch,
		(eval->user_count + 1) * sizeof(*trace->users), err);
	if (!trace->functions || !trace->users)
		return NULL;
	for (i = 0; i < eval->user_count; i++)
		trace->users[i] = *eval->users[i];
	if (size > 0)
		memcpy(trace->functions, eval->functions, size);
	trace->eval = *eval;
	trace->notes = eval->guest->note_count;
	return trace;
}

static void remove_trace(
	struct eval *eval, struct menu *menu, const struct trace *trace)
{
	struct grub2_menu *priv = menu->priv;
	struct scratch keep = eval->keep;
	struct scratch scratch = eval->scratch;
	size_t i;

	*eval = trace->eval;
	/* guards point to them */
	for (i = 0; i < eval->user_count; i++)
		*eval->users[i] = trace->users[i];
	/* memory does not go back in time */
	eval->keep = keep;
	eval->scratch = scratch;
	if (eval->function_count > 0)
		memcpy(eval->functions, trace->functions,
			eval->function_count * sizeof(*eval->functions));
	env_restore(priv->env, &trace->env);
	eval->guest->note_count = trace->notes;
}

static void spend_peek(struct budget *budget, const struct budget *spent)
{
	budget->steps -=
		spent->steps < budget->steps ? spent->steps : budget->steps;
	budget->bytes -=
		spent->bytes < budget->bytes ? spent->bytes : budget->bytes;
}

static int grub2_peek(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	const struct grub2_entry *entry = menu->entries[index].priv;
	struct eval *eval = config->priv;
	const struct scratch_mark mark = scratch_mark(&eval->scratch);
	struct budget spent;
	struct trace *trace;
	int r;

	if (entry->foreign)
		return config_peek(config, entry->foreign, entry->foreign_index,
			outcome, err);
	eval->config = config;
	if (eval->peek_budget.steps == 0)
		return error_set(err, ERR_LIMIT,
			"the entries that were looked at run more than %lu "
			"commands",
			EVAL_PEEK_STEPS_MAX);
	if (eval->peek_budget.bytes == 0)
		return error_set(err, ERR_LIMIT,
			"the entries that were looked at handle more than %zu "
			"bytes",
			EVAL_PEEK_BYTES_MAX);
	trace = take_trace(eval, menu, err);
	if (!trace)
		return -1;
	grub2_start(eval, menu);
	r = run_entry(eval, &menu->entries[index], outcome, err);
	spent.steps = EVAL_STEPS_MAX - eval->budget.steps;
	spent.bytes = EVAL_BYTES_MAX - eval->budget.bytes;
	remove_trace(eval, menu, trace);
	spend_peek(&eval->peek_budget, &spent);
	scratch_rewind(&eval->scratch, mark);
	return r;
}

/* The entry that grub-reboot chose for once, if that is over now. */
static int find_one_shot(struct eval *eval, const struct config_block *block,
	const char **one_shot, struct error *err)
{
	static const char name[] = "next_entry";
	const char *was, *is;

	error_clear(err);
	was = envblock_get(block->before, name, &eval->scratch, err);
	is = envblock_get(block->after, name, &eval->scratch, err);
	if (err->code != ERR_NONE)
		return -1;
	if (was && was[0] && (!is || !is[0]))
		*one_shot = was;
	return 0;
}

static bool is_listed(
	const struct config_saved *saved, const struct boot_file *file)
{
	size_t i;

	for (i = 0; i < saved->count; i++)
		if (saved->blocks[i].file.dev == file->dev &&
			strcmp(saved->blocks[i].file.path, file->path) == 0)
			return true;
	return false;
}

/* Add what this evaluation saved; blocks is where saved's are. */
static int add_saved(struct eval *eval, struct config_block *blocks,
	struct config_saved *saved, struct error *err)
{
	const struct config_block *block;
	size_t i;

	for (i = 0; i < eval->block_count; i++) {
		block = &eval->blocks[i];
		if (is_listed(saved, &block->file))
			continue;
		if (saved->count == CONFIG_BLOCKS_MAX)
			return error_set(err, ERR_LIMIT,
				"more than %d environment blocks",
				CONFIG_BLOCKS_MAX);
		blocks[saved->count++] = *block;
		if (find_one_shot(eval, block, &saved->one_shot, err) < 0)
			return -1;
	}
	return 0;
}

/* Its own, and those of the GRUBs that were chainloaded on the way. */
static int grub2_saved(
	struct config *config, struct config_saved *saved, struct error *err)
{
	struct config_block *blocks = arena_array(
		config->guest->arena, CONFIG_BLOCKS_MAX, sizeof(*blocks), err);
	unsigned int depth;
	struct eval *eval;

	*saved = (struct config_saved){ .blocks = blocks };
	if (!blocks)
		return -1;
	for (depth = 0; config && depth < CONFIG_DEPTH_MAX; depth++) {
		eval = config->priv;
		if (add_saved(eval, blocks, saved, err) < 0)
			return -1;
		config = eval->chain.config;
	}
	return 0;
}

const struct config_format grub2_format = {
	.name = "GRUB 2",
	.id = "grub",
	.load = grub2_load,
	.run = grub2_run,
	.peek = grub2_peek,
	.run_source = grub2_run_source,
	.saved = grub2_saved,
};
