/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_regexp.c - regexp: match a text, and keep what groups matched
 *
 * The pattern is the guest's, and the C library's matcher can be made to take
 * very long or very much memory.  So both texts are short, back references
 * (exponential) are refused, and repetition counts, which multiply when they
 * are nested, may not come to more than a small product.
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/grub2/command.h"

#define PATTERN_MAX 256  /* bytes; real ones have fewer than 100 */
#define SUBJECT_MAX 4096 /* bytes; a path */
#define REPEATS_MAX 1000 /* product of all {m,n} */
#define GROUPS_MAX 10    /* \0 to \9 */
#define REGEXP_COST 1000 /* steps of the budget */

enum { OPT_SET };
static const struct option_spec regexp_options[] = {
	[OPT_SET] = { "set", 's', OPTION_VALUE },
	{ 0 },
};

/* Why a pattern is not given to the C library, or NULL. */
static const char *dangerous(const char *pattern)
{
	unsigned long product = 1, count, high;
	const char *at;
	char *end;

	if (strlen(pattern) > PATTERN_MAX)
		return "a pattern of more than 256 bytes";
	for (at = pattern; *at; at++) {
		if (at[0] == '\\' && at[1] >= '1' && at[1] <= '9')
			return "back references are not supported";
		if (at[0] == '\\' && at[1]) {
			at++;
			continue;
		}
		if (*at != '{')
			continue;
		count = strtoul(at + 1, &end, 10);
		high = *end == ',' ? strtoul(end + 1, &end, 10) : count;
		count = high > count ? high : count;
		if (count > REPEATS_MAX ||
			(product *= count > 1 ? count : 1) > REPEATS_MAX)
			return "repetition counts of more than 1000 in all";
	}
	return NULL;
}

/* "variable" or "group:variable". */
static int set_group(struct eval *eval, const char *where, const char *subject,
	const regmatch_t *groups, struct error *err)
{
	const char *colon = strchr(where, ':');
	unsigned long number = 1;
	const regmatch_t *group;
	struct text value = { "", 0 };

	if (colon && !command_number(where, &number))
		return STATUS_BAD_NUMBER;
	if (number >= GROUPS_MAX)
		return STATUS_OK;
	group = &groups[number];
	if (group->rm_so >= 0)
		value = (struct text){ subject + group->rm_so,
			(size_t)(group->rm_eo - group->rm_so) };
	return env_set(
		eval->env, text_of(colon ? colon + 1 : where), value, err);
}

static int set_groups(struct eval *eval, const struct args *args,
	const char *subject, const regmatch_t *groups, struct error *err)
{
	struct options options;
	const char *value;
	int option, status = STATUS_OK;

	options_start(&options, args, regexp_options, false);
	while (status == STATUS_OK &&
		(option = options_next(&options, &value)) != OPTIONS_END)
		if (option == OPT_SET)
			status = set_group(eval, value, subject, groups, err);
	return status;
}

/* The pattern and the text to match; a status, if they are not there. */
static int read_words(
	struct eval *eval, const struct args *args, const char *words[2])
{
	struct options options;
	const char *value;
	size_t count = 0;
	int option;

	options_start(&options, args, regexp_options, false);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option == OPTIONS_WORD && count < 2)
			words[count++] = value;
	}
	if (count < 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a pattern and a text were expected");
	return STATUS_OK;
}

int cmd_regexp(struct eval *eval, const struct args *args, struct error *err)
{
	regmatch_t groups[GROUPS_MAX];
	const char *words[2], *why;
	regex_t regex;
	int status = read_words(eval, args, words);

	eval->regexp = true; /* GRUB loads the module for its command */
	if (status != STATUS_OK)
		return status;
	if (eval_spend(eval, REGEXP_COST, 0, err) < 0)
		return -1;
	why = dangerous(words[0]);
	if (!why && strlen(words[1]) > SUBJECT_MAX)
		why = "a text of more than 4096 bytes";
	if (!why && regcomp(&regex, words[0], REG_EXTENDED) != 0)
		why = "not a regular expression";
	if (why)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT, "%s", why);
	status = regexec(&regex, words[1], GROUPS_MAX, groups, 0);
	regfree(&regex);
	if (status != 0)
		return STATUS_FALSE;
	return set_groups(eval, args, words[1], groups, err);
}
