/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_misc.c - commands that change nothing here, and a few that do a little
 */
#include <string.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"

/* About the screen, the keyboard and the machine, which we have not. */
int cmd_nothing(struct eval *eval, const struct args *args, struct error *err)
{
	(void)eval, (void)args, (void)err;
	return STATUS_OK;
}

/* What needs a device of its own that we cannot make. */
int cmd_unsupported(
	struct eval *eval, const struct args *args, struct error *err)
{
	(void)err;
	return eval_fail(eval, args, STATUS_UNSUPPORTED,
		"%s is not supported here",
		args->count > 1 ? args->list[args->count - 1] : "this");
}

int cmd_one_argument(
	struct eval *eval, const struct args *args, struct error *err)
{
	(void)eval, (void)err;
	return args->count > 1 ? STATUS_OK : STATUS_BAD_ARGUMENT;
}

/* A test for a held key; nobody holds one. */
int cmd_keystatus(struct eval *eval, const struct args *args, struct error *err)
{
	(void)eval, (void)err;
	return args->count > 1 ? STATUS_FALSE : STATUS_OK;
}

/*
 * Ubuntu's: is one of the machine's PCI devices in that list?  The list is of
 * graphics cards with which the console must not be kept; a guest has none.
 */
int cmd_hwmatch(struct eval *eval, const struct args *args, struct error *err)
{
	struct fs_node node;
	struct fs *fs;
	int found;

	if (args->count < 3)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a list and a class were expected");
	found = path_open(eval, args->list[1], &fs, &node, err);
	if (found < 0)
		return -1;
	if (found == 0)
		return eval_failed(eval, args, STATUS_NOT_FOUND);
	return env_put(eval->env, "match", "0", err);
}

/* The one module whose absence can be seen is the one with the wildcards. */
int cmd_insmod(struct eval *eval, const struct args *args, struct error *err)
{
	(void)err;
	if (args->count < 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a module was expected");
	if (strcmp(args->list[1], "regexp") == 0)
		eval->regexp = true;
	return STATUS_OK;
}

/* Nobody types anything: the variable is empty. */
int cmd_read(struct eval *eval, const struct args *args, struct error *err)
{
	const char *name = args->count > 1 ? args->list[args->count - 1] : "";

	if (!name[0] || name[0] == '-')
		return STATUS_OK;
	return env_put(eval->env, name, "", err);
}

static bool is_echo_option(const char *arg)
{
	return arg[0] == '-' && arg[1] &&
		strspn(arg + 1, "ne") == strlen(arg + 1);
}

int cmd_echo(struct eval *eval, const struct args *args, struct error *err)
{
	size_t i, len = 0, from = 1;
	char text[256];

	(void)err;
	while (from < args->count && is_echo_option(args->list[from]))
		from++;
	if (from == args->count || eval->echoes++ >= EVAL_ECHOES_MAX)
		return STATUS_OK;
	text[0] = '\0';
	for (i = from; i < args->count && len < sizeof(text) - 1; i++) {
		if (i > from)
			text[len++] = ' ';
		text[len] = '\0';
		strncat(text, args->list[i], sizeof(text) - 1 - len);
		len = strlen(text);
	}
	guest_note(eval->guest, NOTE_DETAIL, "the script says: %s", text);
	return STATUS_OK;
}
