/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_misc.c - commands that change nothing here, and a few that do a little
 */
#include <stdint.h>
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

/* A network, a CMOS, a table of the firmware: a guest of Xen has none. */
int cmd_absent(struct eval *eval, const struct args *args, struct error *err)
{
	(void)eval, (void)args, (void)err;
	return STATUS_FALSE;
}

/* Another command, whose time nobody takes. */
int cmd_time(struct eval *eval, const struct args *args, struct error *err)
{
	struct args rest = *args;

	if (args->count < 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a command was expected");
	rest.list++;
	rest.count--;
	return eval_run(eval, &rest, err) < 0 ? -1 : eval->status;
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

/*
 * The modules whose absence can be seen: the one with the wildcards, and the
 * one that says whose blscfg it is.
 */
int cmd_insmod(struct eval *eval, const struct args *args, struct error *err)
{
	(void)err;
	if (args->count < 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a module was expected");
	if (strcmp(args->list[1], "regexp") == 0)
		eval->regexp = true;
	else if (strcmp(args->list[1], "blsuki") == 0)
		eval->blsuki = true;
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

enum { TR_SET, TR_UP, TR_DOWN };
static const struct option_spec tr_options[] = {
	[TR_SET] = { "set", 's', OPTION_VALUE },
	[TR_UP] = { "upcase", 'U', OPTION_FLAG },
	[TR_DOWN] = { "downcase", 'D', OPTION_FLAG },
	{ 0 },
};

/* What tr was told: each character of from becomes its fellow of to. */
struct translation {
	const char *variable; /* NULL: print it */
	const char *from, *to;
	const char *words[3];
	size_t word_count;
};

/* The words are [SET1 SET2] [TEXT]: a status of failure, told of, or OK. */
static int read_translation(
	struct eval *eval, const struct args *args, struct translation *tr)
{
	static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
	static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct options options;
	const char *value;
	bool down = false;
	int option;

	options_start(&options, args, tr_options, false);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option == TR_SET) {
			tr->variable = value;
		} else if (option != OPTIONS_WORD) {
			down = down || option == TR_DOWN; /* of both, this */
			tr->from = down ? upper : lower;
			tr->to = down ? lower : upper;
		} else if (tr->word_count == 3) {
			return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
				"more than two sets and a text");
		} else {
			tr->words[tr->word_count++] = value;
		}
	}
	return STATUS_OK;
}

/* The sets and the text, from words, options and the variable. */
static const char *complete_translation(
	struct eval *eval, struct translation *tr)
{
	const char *const *word = tr->words;

	if (tr->word_count > 1) {
		tr->from = word[0];
		tr->to = word[1];
		word += 2;
	}
	if (tr->word_count % 2 == 1)
		return *word;
	return tr->variable ? env_get(eval->env, text_of(tr->variable)) : NULL;
}

static char *translate(struct eval *eval, const struct translation *tr,
	const char *text, struct error *err)
{
	char *copy = scratch_strndup(&eval->scratch, text, strlen(text), err);
	char fellow[256], *at;
	size_t i;

	for (i = 0; i < sizeof(fellow); i++)
		fellow[i] = (char)i;
	/* of a character that is twice in the set the first counts */
	for (i = strlen(tr->from); i-- > 0;)
		fellow[(uint8_t)tr->from[i]] = tr->to[i];
	for (at = copy; at && *at; at++)
		*at = fellow[(uint8_t)*at];
	return copy;
}

int cmd_tr(struct eval *eval, const struct args *args, struct error *err)
{
	struct translation tr = { 0 };
	int status = read_translation(eval, args, &tr);
	const char *text;

	if (status != STATUS_OK)
		return status;
	text = complete_translation(eval, &tr);
	if (!text || !tr.from)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"two sets and a text were expected");
	if (strlen(tr.from) != strlen(tr.to))
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"the sets are not of one length");
	if (eval_spend(eval, 0, strlen(text) + strlen(tr.from), err) < 0)
		return -1;
	text = translate(eval, &tr, text, err);
	if (!text)
		return -1;
	if (tr.variable)
		return env_put(eval->env, tr.variable, text, err);
	return command_puts(eval, text, err) < 0
		? -1
		: command_puts(eval, "\n", err);
}
