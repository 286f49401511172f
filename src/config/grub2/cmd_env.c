/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_env.c - set, unset, export, and the environment block on the disk
 *
 * save_env never writes: what it would have written is remembered in
 * eval->blocks, and load_env reads it there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/envblock.h"
#include "src/config/grub2/path.h"

/* A line of the list of variables. */
struct listed {
	struct text name;
	const char *value;
};

static int by_name(const void *a, const void *b)
{
	const struct text *left = &((const struct listed *)a)->name;
	const struct text *right = &((const struct listed *)b)->name;
	size_t len = left->len < right->len ? left->len : right->len;
	int order = memcmp(left->at, right->at, len);

	return order ? order
		     : (left->len > right->len) - (left->len < right->len);
}

static int print_variable(struct eval *eval, struct text name,
	const char *value, struct error *err)
{
	if (command_print(eval, name.at, name.len, err) < 0 ||
		command_puts(eval, "=", err) < 0 ||
		command_puts(eval, value, err) < 0)
		return -1;
	return command_puts(eval, "\n", err);
}

static int list_variables(struct eval *eval, struct error *err)
{
	const struct env *env = eval->env;
	struct listed *list = scratch_alloc(
		&eval->scratch, (env->count + 1) * sizeof(*list), err);
	size_t i, count = 0;
	char status[16];

	if (!list)
		return -1;
	snprintf(status, sizeof(status), "%d", eval->status);
	list[count++] = (struct listed){ text_of("?"), status };
	for (i = 0; i < env->count; i++)
		if (env->list[i].set)
			list[count++] = (struct listed){ env->list[i].name,
				env->list[i].value };
	qsort(list, count, sizeof(*list), by_name);
	for (i = 0; i < count; i++)
		if (print_variable(eval, list[i].name, list[i].value, err) < 0)
			return -1;
	return STATUS_OK;
}

int cmd_set(struct eval *eval, const struct args *args, struct error *err)
{
	const char *equals;

	if (args->count < 2)
		return command_heard(eval) ? list_variables(eval, err)
					   : STATUS_OK;
	equals = strchr(args->list[1], '=');
	if (!equals)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"\"%s\" is not an assignment", args->list[1]);
	return env_set(eval->env,
		(struct text){
			args->list[1], (size_t)(equals - args->list[1]) },
		text_of(equals + 1), err);
}

int cmd_unset(struct eval *eval, const struct args *args, struct error *err)
{
	size_t i;

	(void)err;
	if (args->count < 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a variable was expected");
	for (i = 1; i < args->count; i++)
		env_unset(eval->env, text_of(args->list[i]));
	return STATUS_OK;
}

int cmd_export(struct eval *eval, const struct args *args, struct error *err)
{
	size_t i;

	if (args->count < 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a variable was expected");
	for (i = 1; i < args->count; i++)
		if (env_export(eval->env, text_of(args->list[i]), err) < 0)
			return -1;
	return STATUS_OK;
}

static int add_to(
	struct eval *eval, const struct args *args, int by, struct error *err)
{
	unsigned long number = 0;
	char text[32];

	if (args->count != 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"one variable was expected");
	command_number(env_value(eval->env, args->list[1]), &number);
	if (by < 0 && number == 0)
		return STATUS_OK;
	number = by < 0 ? number - 1 : number + 1;
	snprintf(text, sizeof(text), "%lu", number);
	return env_put(eval->env, args->list[1], text, err);
}

int cmd_increment(struct eval *eval, const struct args *args, struct error *err)
{
	return add_to(eval, args, 1, err);
}

int cmd_decrement(struct eval *eval, const struct args *args, struct error *err)
{
	return add_to(eval, args, -1, err);
}

/* Options of load_env, save_env and list_env. */
enum { ENV_FILE, ENV_SKIP_SIG };
static const struct option_spec env_options[] = {
	[ENV_FILE] = { "file", 'f', OPTION_VALUE },
	[ENV_SKIP_SIG] = { "skip-sig", 's', OPTION_FLAG },
	{ 0 },
};

/* The command's words, and the name of the block; or a status of failure. */
static int read_arguments(struct eval *eval, const struct args *args,
	struct args *words, const char **name, struct error *err)
{
	struct options options;
	const char *value;
	int option;

	*words = (struct args){ 0 };
	*name = NULL;
	options_start(&options, args, env_options, false);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option == ENV_FILE)
			*name = value;
		else if (option == OPTIONS_WORD &&
			args_add(eval, words, value, err) < 0)
			return -1;
	}
	return STATUS_OK;
}

/* Where the block is: the file named, or grubenv beside the configuration. */
static int locate(struct eval *eval, const char *name, struct boot_file *file,
	struct error *err)
{
	const char *prefix = env_value(eval->env, "prefix");

	if (!name)
		name = arena_printf(
			eval->guest->arena, err, "%s/grubenv", prefix);
	else
		name = arena_strdup(eval->guest->arena, name, err);
	if (!name)
		return -1;
	return path_resolve(eval, name, file) < 0 ? STATUS_NOT_FOUND : 0;
}

static struct config_block *find_block(
	struct eval *eval, const struct boot_file *file)
{
	struct config_block *block;
	size_t i;

	for (i = 0; i < eval->block_count; i++) {
		block = &eval->blocks[i];
		if (block->file.dev == file->dev &&
			strcmp(block->file.path, file->path) == 0)
			return block;
	}
	return NULL;
}

static int read_file(struct eval *eval, const struct boot_file *file,
	struct text *text, struct error *err)
{
	const struct config_block *block = find_block(eval, file);

	if (block) {
		*text = text_of(block->after);
		return STATUS_OK;
	}
	if (eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	if (guest_read_config(
		    eval->guest, file->dev, file->path, text, &eval->why) == 0)
		return STATUS_OK;
	if (eval_go_on(eval, err) < 0)
		return -1;
	return STATUS_NOT_FOUND;
}

/*
 * All of a block, and its text behind the header: STATUS_OK, another status
 * with eval->why, or -1.
 */
static int read_block(struct eval *eval, const char *name,
	struct boot_file *file, struct text *whole, struct text *block,
	struct error *err)
{
	int status = locate(eval, name, file, err);

	if (status == STATUS_OK)
		status = read_file(eval, file, whole, err);
	if (status != STATUS_OK)
		return status;
	*block = *whole;
	if (envblock_open(block) == 0)
		return STATUS_OK;
	error_set(&eval->why, ERR_CORRUPT, "%s: not an environment block",
		file->path);
	return STATUS_BAD_FILE_TYPE;
}

static bool is_listed(const struct args *words, struct text name)
{
	size_t i;

	for (i = 0; i < words->count; i++)
		if (text_is(name, words->list[i]))
			return true;
	return words->count == 0;
}

typedef int variable_visit(struct eval *eval, struct text name,
	const char *value, struct error *err);

/* The variables of the block that the command is about: a status, or -1. */
static int visit_variables(struct eval *eval, const struct args *args,
	bool only_listed, variable_visit *visit, struct error *err)
{
	struct args words;
	struct boot_file file;
	struct text whole, block, name;
	const char *path, *value;
	int status = read_arguments(eval, args, &words, &path, err);

	if (status != STATUS_OK)
		return status;
	status = read_block(eval, path, &file, &whole, &block, err);
	if (status != STATUS_OK)
		return status > 0 ? eval_failed(eval, args, status) : -1;
	while ((status = envblock_next(
			&block, &name, &value, &eval->scratch, err)) > 0)
		if ((!only_listed || is_listed(&words, name)) &&
			visit(eval, name, value, err) < 0)
			return -1;
	return status;
}

static int set_variable(struct eval *eval, struct text name, const char *value,
	struct error *err)
{
	return env_set(eval->env, name, text_of(value), err);
}

int cmd_load_env(struct eval *eval, const struct args *args, struct error *err)
{
	return visit_variables(eval, args, true, set_variable, err);
}

int cmd_list_env(struct eval *eval, const struct args *args, struct error *err)
{
	return visit_variables(eval, args, false, print_variable, err);
}

/* The block as one that is written to: 1, 0 with eval->why, or -1. */
static int open_block(struct eval *eval, const struct boot_file *file,
	struct text whole, struct config_block **block, struct error *err)
{
	*block = find_block(eval, file);
	if (*block)
		return 1;
	if (!config_is_block_size(whole.len) ||
		memchr(whole.at, '\0', whole.len)) {
		error_set(&eval->why, ERR_UNSUPPORTED,
			"%s: not a text of %d or %d bytes", file->path,
			CONFIG_BLOCK_SIZE, CONFIG_BLOCK_SECTOR);
		return 0;
	}
	if (eval->block_count == EVAL_BLOCKS_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d environment blocks are written",
			EVAL_BLOCKS_MAX);
	*block = &eval->blocks[eval->block_count];
	**block = (struct config_block){ .file = *file };
	(*block)->file.path = arena_strdup(eval->guest->arena, file->path, err);
	/* guest_read_config() puts a NUL behind what it read */
	(*block)->before = (*block)->after = whole.at;
	if (!(*block)->file.path)
		return -1;
	eval->block_count++;
	return 1;
}

/*
 * In a copy, for a look at an entry must be able to undo it: 1, 0 with
 * eval->why, or -1.
 */
static int save(struct eval *eval, struct config_block *block, const char *name,
	struct error *err)
{
	const char *value = env_get(eval->env, text_of(name));
	char *after =
		arena_alloc(eval->guest->arena, strlen(block->after) + 1, err);

	if (!after)
		return -1;
	if (envblock_set(block->after, name, value, after, &eval->why) < 0)
		return 0;
	block->after = after;
	return 1;
}

int cmd_save_env(struct eval *eval, const struct args *args, struct error *err)
{
	struct config_block *block;
	struct args words;
	struct boot_file file;
	struct text whole, rest;
	const char *path;
	size_t i;
	int r, status = read_arguments(eval, args, &words, &path, err);

	if (status != STATUS_OK)
		return status;
	if (words.count == 0)
		return eval_fail(
			eval, args, STATUS_BAD_ARGUMENT, "no variable to save");
	status = read_block(eval, path, &file, &whole, &rest, err);
	if (status > 0)
		return eval_failed(eval, args, status);
	if (status < 0)
		return -1;
	r = open_block(eval, &file, whole, &block, err);
	if (r == 0) {
		guest_note(eval->guest, NOTE_WARNING,
			"%s: what is saved there is lost", eval->why.text);
		return STATUS_OK;
	}
	for (i = 0; r > 0 && i < words.count; i++)
		r = save(eval, block, words.list[i], err);
	if (r == 0)
		return eval_failed(eval, args, STATUS_BAD_ARGUMENT);
	return r < 0 ? -1 : STATUS_OK;
}
