/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/eval.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/expand.h"
#include "src/config/grub2/parse.h"

void eval_unload(struct eval *eval)
{
	eval->boot = (struct boot){ 0 };
	eval->chain = (struct chain){ 0 };
	eval->hypervisor = NULL;
}

int eval_spend(
	struct eval *eval, unsigned long steps, size_t bytes, struct error *err)
{
	if (steps > eval->budget.steps)
		return error_set(err, ERR_LIMIT,
			"the script runs more than %d commands",
			EVAL_STEPS_MAX);
	if (bytes > eval->budget.bytes)
		return error_set(err, ERR_LIMIT,
			"the script handles more than %u bytes",
			EVAL_BYTES_MAX);
	eval->budget.steps -= steps;
	eval->budget.bytes -= bytes;
	return 0;
}

/* "line N", and the file if it is not the one everybody knows of. */
int eval_error_in(const struct eval *eval, struct error *err)
{
	error_in(err, "line %u", eval->line);
	if (!eval->script->main)
		error_in(err, "%s", eval->script->path);
	return -1;
}

/* For a person at a command line, as GRUB puts it; where, if it is a file. */
static void complain(struct eval *eval, const char *text)
{
	const struct script *script = eval->script;

	if (eval->unheard.code != ERR_NONE)
		return;
	if (!script->main)
		command_printf(eval, &eval->unheard,
			"error: %.200s: line %u: ", script->path, eval->line);
	else
		command_puts(eval, "error: ", &eval->unheard);
	if (eval->unheard.code == ERR_NONE &&
		command_puts(eval, text, &eval->unheard) == 0)
		command_puts(eval, ".\n", &eval->unheard);
}

int eval_failed(struct eval *eval, const struct args *args, int status)
{
	error_in(&eval->why, "%s", args->list[0]);
	if (eval->interactive) {
		complain(eval, eval->why.text);
		return status;
	}
	eval_error_in(eval, &eval->why);
	if (eval->first.code == ERR_NONE)
		eval->first = eval->why;
	if (!eval->guest->print)
		return status;
	if (eval->script->main)
		error_in(&eval->why, "%s", eval->script->path);
	guest_note(eval->guest, NOTE_ANSWER, "%s", eval->why.text);
	return status;
}

int eval_fail(struct eval *eval, const struct args *args, int status,
	const char *fmt, ...)
{
	char text[ERROR_TEXT_SIZE / 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	error_set(&eval->why,
		status == STATUS_UNSUPPORTED ? ERR_UNSUPPORTED : ERR_NOT_FOUND,
		"%s", text);
	return eval_failed(eval, args, status);
}

int eval_go_on(const struct eval *eval, struct error *err)
{
	if (eval->why.code != ERR_LIMIT)
		return 0;
	*err = eval->why;
	return -1;
}

struct function *eval_function(struct eval *eval, const char *name)
{
	size_t i;

	for (i = 0; i < eval->function_count; i++)
		if (text_is(eval->functions[i].name, name))
			return &eval->functions[i];
	return NULL;
}

static int define_function(
	struct eval *eval, const struct stmt *stmt, struct error *err)
{
	struct arena *arena = eval->guest->arena;
	struct text name = stmt->function.name;
	struct function *function;
	const char *copy = arena_strndup(arena, name.at, name.len, err);

	eval->line = stmt->line;
	if (!copy)
		return -1;
	function = eval_function(eval, copy);
	if (!function) {
		if (eval->function_count == EVAL_FUNCTIONS_MAX)
			return error_set(err, ERR_LIMIT,
				"more than %d functions", EVAL_FUNCTIONS_MAX);
		function = arena_grow(arena, eval->functions,
			eval->function_count, &eval->function_capacity,
			sizeof(*function), err);
		if (!function)
			return -1;
		eval->functions = function;
		function += eval->function_count++;
	}
	*function = (struct function){ { copy, name.len }, stmt->function.body,
		eval->script };
	return 0;
}

/* Remember the first, should nothing come of the script. */
static void note_strange(struct eval *eval, const char *name)
{
	if (eval->strange)
		return;
	eval->strange = name;
	eval->strange_line = eval->line;
}

/* A command that nobody knows is told of once, and true. */
static void note_unknown(struct eval *eval, const char *name)
{
	struct error ignored, unknown;
	size_t i;

	if (eval->interactive) {
		error_set(&unknown, ERR_NOT_FOUND, "can't find command `%s'",
			name);
		complain(eval, unknown.text);
		return;
	}
	for (i = 0; i < eval->unknown_count; i++)
		if (strcmp(eval->unknown[i], name) == 0) {
			note_strange(eval, eval->unknown[i]);
			return;
		}
	if (eval->unknown_count == EVAL_UNKNOWN_MAX)
		return;
	name = arena_strdup(eval->guest->arena, name, &ignored);
	if (!name)
		return;
	eval->unknown[eval->unknown_count++] = name;
	note_strange(eval, name);
	guest_note(eval->guest, eval->guest->print ? NOTE_ANSWER : NOTE_DETAIL,
		"%s: line %u: unknown command \"%s\", ignored as GRUB does",
		eval->script->path, eval->line, name);
}

static int eval_list(
	struct eval *eval, const struct stmt *list, struct error *err);

static int call_function(struct eval *eval, const struct function *function,
	const struct args *args, struct error *err)
{
	const struct script *script = eval->script;
	const struct scope outer = eval->scope;
	const unsigned int loops = eval->loops;
	const bool in_function = eval->in_function;

	eval->scope = (struct scope){ args->list + 1, args->count - 1 };
	eval->script = function->script;
	eval->loops = 0;
	eval->in_function = true;
	if (eval_list(eval, function->body, err) < 0)
		return -1;
	if (eval->flow == FLOW_RETURN)
		eval->flow = FLOW_ON;
	eval->in_function = in_function;
	eval->loops = loops;
	eval->script = script;
	eval->scope = outer;
	return eval->status;
}

/* name=value, or nothing that anybody knows. */
static int assign_or_ignore(
	struct eval *eval, const char *word, struct error *err)
{
	const char *equals = strchr(word, '=');

	if (!equals) {
		note_unknown(eval, word);
		return STATUS_OK;
	}
	return env_set(eval->env,
		(struct text){ word, (size_t)(equals - word) },
		text_of(equals + 1), err);
}

/* All that may run in a file of which only the entries are taken. */
static bool is_for_extract(const char *name)
{
	static const char *const extractor_commands[] = { "[", "menuentry",
		"search", "set", "submenu", "test" };
	size_t i;

	for (i = 0; i < LENGTH(extractor_commands); i++)
		if (strcmp(name, extractor_commands[i]) == 0)
			return true;
	return false;
}

/* What is neither a command nor a function is true, "!" in front or not. */
static int run_command(struct eval *eval, const struct args *args, bool invert,
	struct error *err)
{
	const struct command *command = command_find(args->list[0]);
	const struct function *function = NULL;
	int status;

	if (command && eval->extracting && !is_for_extract(args->list[0]))
		return STATUS_EXTRACTOR;
	if (command)
		status = command->run(eval, args, err);
	else if ((function = eval_function(eval, args->list[0])) != NULL)
		status = call_function(eval, function, args, err);
	else
		return assign_or_ignore(eval, args->list[0], err);
	if (status < 0 || !invert)
		return status;
	return status == STATUS_OK ? STATUS_FALSE : STATUS_OK;
}

int eval_run(struct eval *eval, const struct args *args, struct error *err)
{
	struct args rest = *args;
	bool invert = strcmp(args->list[0], "!") == 0;
	int status;

	if (invert) {
		rest.list++;
		rest.count--;
	}
	if (rest.count > 0)
		status = run_command(eval, &rest, invert, err);
	else
		status = eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a command was expected");
	if (eval->unheard.code != ERR_NONE) {
		*err = eval->unheard;
		return -1;
	}
	if (status < 0)
		return -1;
	eval->status = status;
	return 0;
}

static int eval_command(
	struct eval *eval, const struct stmt *stmt, struct error *err)
{
	struct args args;

	if (expand_words(eval, stmt->words, &args, err) < 0)
		return -1;
	if (args.count == 0) {
		eval->status = STATUS_OK;
		return 0;
	}
	return eval_run(eval, &args, err);
}

/* A chain of elif is walked here, not descended into. */
static int eval_if(
	struct eval *eval, const struct stmt *stmt, struct error *err)
{
	for (;;) {
		if (eval_list(eval, stmt->branch.cond, err) < 0)
			return -1;
		if (eval->flow != FLOW_ON)
			return 0;
		if (eval->status == STATUS_OK)
			return eval_list(eval, stmt->branch.then, err);
		stmt = stmt->branch.otherwise;
		if (!stmt) {
			eval->status = STATUS_OK;
			return 0;
		}
		if (stmt->kind != STMT_IF || stmt->next)
			return eval_list(eval, stmt, err);
	}
}

/* After a turn of a loop: is there another one? */
static bool goes_on(struct eval *eval)
{
	if (eval->flow == FLOW_ON)
		return true;
	if (eval->flow != FLOW_BREAK && eval->flow != FLOW_CONTINUE)
		return false;
	if (--eval->loops_left > 0)
		return false; /* an outer loop is meant */
	if (eval->flow == FLOW_BREAK) {
		eval->flow = FLOW_ON;
		return false;
	}
	eval->flow = FLOW_ON;
	return true;
}

static int eval_while(
	struct eval *eval, const struct stmt *stmt, struct error *err)
{
	bool until = stmt->loop.until;
	int r = 0;

	eval->loops++;
	/* Each turn runs a statement at least, and those are counted. */
	do {
		if (eval_list(eval, stmt->loop.cond, err) < 0)
			r = -1;
		else if (eval->flow != FLOW_ON)
			continue;
		else if ((eval->status == STATUS_OK) == until)
			break;
		else
			r = eval_list(eval, stmt->loop.body, err);
	} while (r == 0 && goes_on(eval));
	eval->loops--;
	return r;
}

static int eval_for(
	struct eval *eval, const struct stmt *stmt, struct error *err)
{
	struct args args;
	size_t i;
	int r = 0;

	if (expand_words(eval, stmt->each.in, &args, err) < 0)
		return -1;
	if (args.count == 0)
		eval->status = STATUS_OK;
	eval->loops++;
	for (i = 0; i < args.count; i++) {
		if (env_set(eval->env, stmt->each.name, text_of(args.list[i]),
			    err) < 0 ||
			eval_list(eval, stmt->each.body, err) < 0)
			r = -1;
		if (r < 0 || !goes_on(eval))
			break;
	}
	eval->loops--;
	return r;
}

static int eval_stmt(
	struct eval *eval, const struct stmt *stmt, struct error *err)
{
	eval->line = stmt->line;
	/* A loop counts, too: one inside another may have nothing to run. */
	if (eval_spend(eval, 1, 0, err) < 0)
		return -1;
	switch (stmt->kind) {
	case STMT_COMMAND:
		return eval_command(eval, stmt, err);
	case STMT_IF:
		return eval_if(eval, stmt, err);
	case STMT_WHILE:
		return eval_while(eval, stmt, err);
	case STMT_FOR:
		return eval_for(eval, stmt, err);
	case STMT_FUNCTION:
		return 0; /* defined before its unit runs */
	}
	return 0;
}

static int eval_list(
	struct eval *eval, const struct stmt *list, struct error *err)
{
	struct scratch_mark mark;
	int r = 0;

	if (eval->depth == EVAL_DEPTH_MAX)
		return error_set(err, ERR_LIMIT,
			"statements, functions and files more than "
			"%d deep",
			EVAL_DEPTH_MAX);
	eval->depth++;
	for (; list && r == 0 && eval->flow == FLOW_ON; list = list->next) {
		mark = scratch_mark(&eval->scratch);
		r = eval_stmt(eval, list, err);
		scratch_rewind(&eval->scratch, mark);
	}
	eval->depth--;
	return r;
}

/* GRUB defines the functions of a unit before it runs the unit. */
static int define_functions(
	struct eval *eval, const struct stmt *unit, struct error *err)
{
	for (; unit; unit = unit->next)
		if (unit->kind == STMT_FUNCTION &&
			define_function(eval, unit, err) < 0)
			return -1;
	return 0;
}

/* A unit that could not be parsed: it is dropped, as GRUB does. */
static int drop_unit(struct eval *eval, unsigned int line, struct error *err)
{
	eval->line = line;
	if (err->code != ERR_SYNTAX)
		return -1;
	if (eval->interactive) {
		error_in(err, "syntax error");
		complain(eval, err->text);
		return 0;
	}
	guest_note(eval->guest, NOTE_WARNING,
		"%s: line %u: %s: GRUB drops this statement",
		eval->script->path, line, err->text);
	return 0;
}

int eval_text(struct eval *eval, struct text text, unsigned int line,
	struct error *err)
{
	const struct scratch_mark mark = scratch_mark(&eval->scratch);
	struct parser parser;
	const struct stmt *unit;
	const char *start;
	int r = 0, more;

	parse_start(&parser, text, line, &eval->scratch, &eval->keep);
	while (r == 0 && eval->flow == FLOW_ON) {
		start = parser.lexer.at;
		more = parse_unit(&parser, &unit, err);
		if (more == 0)
			break;
		if (more < 0)
			r = drop_unit(eval, parser.token.line, err);
		else if (define_functions(eval, unit, err) < 0)
			r = -1;
		else if (unit)
			r = eval_list(eval, unit, err);
		if (r == 0)
			r = eval_spend(eval, 0,
				(size_t)(parser.lexer.at - start), err);
		scratch_rewind(&eval->scratch, mark);
	}
	return r;
}

int eval_entry(struct eval *eval, struct text body, unsigned int line,
	const struct scope *scope, struct error *err)
{
	const struct scope outer = eval->scope;
	int r;

	eval->scope = *scope;
	r = eval_text(eval, body, line, err);
	eval->scope = outer;
	return r;
}
