/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_flow.c - break, continue, return, shift, setparams, eval
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/grub2/command.h"

/*
 * The argument of these commands, if there is one: decimal, and nothing behind
 * it.  STATUS_OK, or another status, told of.
 */
static int read_number(
	struct eval *eval, const struct args *args, unsigned long *number)
{
	const char *text = args->list[1];
	char *end;

	if (args->count < 2)
		return STATUS_OK;
	if (args->count > 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"more than one argument");
	text += strspn(text, " \t\n\r");
	/* strtoul takes signs, GRUB does not */
	if (*text < '0' || *text > '9')
		return eval_fail(eval, args, STATUS_BAD_NUMBER,
			"\"%s\" is not a number", text);
	errno = 0;
	*number = strtoul(text, &end, 10);
	if (errno == ERANGE)
		return eval_fail(eval, args, STATUS_OUT_OF_RANGE,
			"%s is too large", text);
	if (*end)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"\"%s\" is not a number", text);
	return STATUS_OK;
}

/* break and continue: an argument says how many loops it is about. */
static int leave_loops(
	struct eval *eval, const struct args *args, enum flow flow)
{
	unsigned long count = 1;
	int status = read_number(eval, args, &count);

	if (status != STATUS_OK)
		return status;
	if (count == 0)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"0 loops cannot be left");
	if (eval->loops == 0)
		return STATUS_OK;
	eval->loops_left = count < eval->loops ? count : eval->loops;
	eval->flow = flow;
	return STATUS_OK;
}

int cmd_break(struct eval *eval, const struct args *args, struct error *err)
{
	(void)err;
	return leave_loops(eval, args, FLOW_BREAK);
}

int cmd_continue(struct eval *eval, const struct args *args, struct error *err)
{
	(void)err;
	return leave_loops(eval, args, FLOW_CONTINUE);
}

int cmd_return(struct eval *eval, const struct args *args, struct error *err)
{
	unsigned long number = (unsigned long)eval->status;
	uint32_t result;
	int status;

	(void)err;
	if (!eval->in_function)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"there is no function to return from");
	status = read_number(eval, args, &number);
	if (status != STATUS_OK)
		return status;
	eval->flow = FLOW_RETURN;
	/* GRUB's $? has 32 bits; a negative one is as untrue as any other */
	result = (uint32_t)number;
	return result > INT_MAX ? INT_MAX : (int)result;
}

int cmd_shift(struct eval *eval, const struct args *args, struct error *err)
{
	unsigned long count = 1;
	int status;

	(void)err;
	if (!eval->scope.list)
		return STATUS_OK;
	status = read_number(eval, args, &count);
	if (status != STATUS_OK)
		return status;
	if (count > eval->scope.count)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"there are only %zu arguments", eval->scope.count);
	eval->scope.list += count;
	eval->scope.count -= count;
	return STATUS_OK;
}

/* The new arguments must outlive this command's. */
int cmd_setparams(struct eval *eval, const struct args *args, struct error *err)
{
	struct arena *arena = eval->guest->arena;
	size_t i, count = args->count - 1;
	const char **list;

	if (!eval->scope.list)
		return eval_fail(eval, args, STATUS_BAD_COMMAND,
			"there are no parameters to set");
	list = arena_array(arena, count + 1, sizeof(*list), err);
	if (!list)
		return -1;
	for (i = 0; i < count; i++) {
		list[i] = arena_strdup(arena, args->list[i + 1], err);
		if (!list[i])
			return -1;
	}
	eval->scope = (struct scope){ list, count };
	return STATUS_OK;
}

/* What is evaluated may define functions, so its text is kept. */
int cmd_eval(struct eval *eval, const struct args *args, struct error *err)
{
	const unsigned int line = eval->line;
	size_t i, len = 0;
	char *text, *at;
	int r;

	for (i = 1; i < args->count; i++)
		len += strlen(args->list[i]) + 1;
	text = at = arena_alloc(eval->guest->arena, len + 1, err);
	if (!text)
		return -1;
	for (i = 1; i < args->count; i++) {
		len = strlen(args->list[i]);
		memcpy(at, args->list[i], len);
		at += len;
		*at++ = ' ';
	}
	eval->status = STATUS_OK;
	r = eval_text(
		eval, (struct text){ text, (size_t)(at - text) }, line, err);
	eval->line = line;
	return r < 0 ? -1 : eval->status;
}
