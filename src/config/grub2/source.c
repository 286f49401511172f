/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source.c - configuration files that are read by configuration files
 */
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/eval.h"
#include "src/config/grub2/path.h"

/* One line as GRUB's reader sees it: no CR, nothing from a NUL on. */
static size_t clean_line(char *to, const char *from, size_t len)
{
	size_t i, out = 0;

	for (i = 0; i < len && from[i]; i++)
		if (from[i] != '\r')
			to[out++] = from[i];
	return out;
}

/*
 * The text as GRUB reads it; it is copied only where it has to change.  A byte
 * order mark at the start is not taken for a command.
 */
static int clean(struct eval *eval, struct text *text, struct error *err)
{
	const char *newline;
	size_t len, out = 0;
	char *copy;

	*text = text_skip_mark(*text);
	if (text->len == 0 ||
		(!memchr(text->at, '\r', text->len) &&
			!memchr(text->at, '\0', text->len)))
		return 0;
	copy = arena_alloc(eval->guest->arena, text->len + 1, err);
	if (!copy)
		return -1;
	while (text->len > 0) {
		newline = memchr(text->at, '\n', text->len);
		len = newline ? (size_t)(newline - text->at) : text->len;
		out += clean_line(copy + out, text->at, len);
		if (newline)
			copy[out++] = '\n';
		*text = text_skip(*text, len + 1);
	}
	*text = (struct text){ copy, out };
	return 0;
}

/* The variables that say where a script comes from, and what they were. */
static const char *const about[] = { "config_file", "config_directory" };
#define ABOUTS LENGTH(about)

static int tell_about(struct eval *eval, const char *name, struct error *err)
{
	const char *root = env_value(eval->env, "root");
	const char *full = name, *slash;

	if (!name)
		return 0;
	if (name[0] != '(')
		full = arena_printf(
			eval->guest->arena, err, "(%s)%s", root, name);
	if (!full || env_put(eval->env, about[0], full, err) < 0)
		return -1;
	slash = strrchr(full, '/');
	return env_set(eval->env, text_of(about[1]),
		(struct text){ full, slash ? (size_t)(slash - full) : 0 }, err);
}

static int remember_about(
	struct eval *eval, const char *was[ABOUTS], struct error *err)
{
	const char *value;
	size_t i;

	for (i = 0; i < ABOUTS; i++) {
		value = env_get(eval->env, text_of(about[i]));
		was[i] = NULL;
		if (!value)
			continue;
		was[i] = scratch_strndup(
			&eval->scratch, value, strlen(value), err);
		if (!was[i])
			return -1;
	}
	return 0;
}

static int restore_about(
	struct eval *eval, const char *const was[ABOUTS], struct error *err)
{
	size_t i;

	for (i = 0; i < ABOUTS; i++) {
		if (!was[i])
			env_unset(eval->env, text_of(about[i]));
		else if (env_put(eval->env, about[i], was[i], err) < 0)
			return -1;
	}
	return 0;
}

int eval_script(struct eval *eval, const struct script *script,
	const char *name, struct text text, struct error *err)
{
	const struct script *outer = eval->script;
	const unsigned int line = eval->line, loops = eval->loops;
	const char *was[ABOUTS];

	eval->script = script;
	eval->loops = 0;
	if (remember_about(eval, was, err) < 0 ||
		tell_about(eval, name, err) < 0 || clean(eval, &text, err) < 0)
		return -1;
	/* after a failure the line is that of this script */
	if (eval_text(eval, text, 1, err) < 0 ||
		restore_about(eval, was, err) < 0)
		return -1;
	eval->loops = loops;
	eval->line = line;
	eval->script = outer;
	return 0;
}

/* The file's text: 1, 0 with eval->why filled, or -1. */
static int read_script(struct eval *eval, const char *name,
	struct script *script, struct text *text, struct error *err)
{
	struct boot_file file;

	if (path_resolve(eval, name, &file) < 0)
		return 0;
	if (eval->include_depth == CONFIG_DEPTH_MAX)
		return error_set(err, ERR_LIMIT,
			"%s: files that read files, more than %d deep", name,
			CONFIG_DEPTH_MAX);
	if (eval->includes == CONFIG_INCLUDES_MAX)
		return error_set(err, ERR_LIMIT,
			"%s: more than %d files are read", name,
			CONFIG_INCLUDES_MAX);
	script->dev = file.dev;
	script->path = arena_strdup(eval->guest->arena, file.path, err);
	if (!script->path)
		return -1;
	if (guest_read_config(
		    eval->guest, file.dev, script->path, text, &eval->why) == 0)
		return 1;
	return eval_go_on(eval, err);
}

int eval_file(struct eval *eval, const char *name, struct error *err)
{
	struct script *script;
	struct text text;
	int found;

	if (eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	script = arena_alloc(eval->guest->arena, sizeof(*script), err);
	if (!script)
		return -1;
	found = read_script(eval, name, script, &text, err);
	if (found <= 0)
		return found;
	eval->includes++;
	eval->include_depth++;
	if (eval_script(eval, script, name, text, err) < 0)
		return -1;
	eval->include_depth--;
	return 1;
}
