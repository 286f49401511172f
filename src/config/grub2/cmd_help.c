/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_help.c - help: the commands that do something here
 */
#include <string.h>

#include "src/config/grub2/command.h"

static int list_topics(struct eval *eval, struct error *err)
{
	const struct command *topic;
	size_t i;

	for (i = 0; (topic = command_at(i)) != NULL; i++)
		if (topic->does &&
			command_printf(eval, err, "%-19s %s\n", topic->name,
				topic->does) < 0)
			return -1;
	return STATUS_OK;
}

static int explain(
	struct eval *eval, const struct command *topic, struct error *err)
{
	return command_printf(eval, err, "Usage: %s%s%s\n%s\n", topic->name,
		topic->usage[0] ? " " : "", topic->usage, topic->does);
}

/* All that begin with what was asked for, as GRUB does it. */
static int explain_all(struct eval *eval, const struct args *args,
	const char *name, struct error *err)
{
	const struct command *topic;
	bool found = false;
	size_t i;

	for (i = 0; (topic = command_at(i)) != NULL; i++) {
		if (!topic->does ||
			strncmp(topic->name, name, strlen(name)) != 0)
			continue;
		found = true;
		if (explain(eval, topic, err) < 0)
			return -1;
	}
	if (found)
		return STATUS_OK;
	if (command_find(name))
		return command_printf(eval, err,
			"%s: it has nothing to do in a guest's boot.\n", name);
	return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
		"no command is called \"%.64s\"", name);
}

int cmd_help(struct eval *eval, const struct args *args, struct error *err)
{
	int status = STATUS_OK;
	size_t i;

	if (!eval->interactive)
		return STATUS_OK;
	if (args->count == 1)
		return list_topics(eval, err);
	for (i = 1; i < args->count && status >= 0; i++)
		status = explain_all(eval, args, args->list[i], err);
	return status < 0 ? -1 : STATUS_OK;
}
