/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_regexp.c - regexp: match a text, and keep what groups matched
 *
 * The pattern is the guest's, and the C library's matcher can be made to take
 * very long or very much memory, in which case it may crash.  So both texts are
 * short, back references (exponential) are refused, and so is a pattern that
 * becomes large because what is repeated is copied, and copies again.
 */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "src/config/grub2/command.h"

#define PATTERN_MAX 256  /* bytes; real ones have fewer than 100 */
#define SUBJECT_MAX 4096 /* bytes; a path */
#define NODES_MAX 500    /* as which the library keeps a pattern */
#define GROUPS_MAX 10    /* \0 to \9 */
#define REGEXP_COST 1000 /* steps of the budget */

enum { OPT_SET };
static const struct option_spec regexp_options[] = {
	[OPT_SET] = { "set", 's', OPTION_VALUE },
	{ 0 },
};

/* The last character of [...], or of the pattern; *at is the "[". */
static const char *skip_list(const char *at)
{
	char kind;

	at += at[1] == '^' ? 2 : 1;
	if (*at == ']')
		at++;
	for (; *at && *at != ']'; at++) {
		if (at[0] != '[' || !at[1] || !strchr(".:=", at[1]))
			continue;
		kind = at[1]; /* of [:alpha:] and its like */
		at += 2;
		while (*at && !(at[0] == kind && at[1] == ']'))
			at++;
		if (*at)
			at++;
	}
	return *at ? at : at - 1;
}

/* How often what precedes is copied by this operator, itself included. */
static unsigned long copies(const char *at)
{
	unsigned long low, high;
	char *end;

	if (*at == '+') /* a+ is kept as aa* */
		return 2;
	if (*at != '{')
		return 1;
	low = strtoul(at + 1, &end, 10);
	if (low > NODES_MAX)
		return NODES_MAX;
	high = low + 1; /* {m,} */
	if (*end == ',' && end[1] != '}')
		high = strtoul(end + 1, NULL, 10);
	else if (*end != ',')
		high = low;
	return high > NODES_MAX ? NODES_MAX : high > low ? high : low;
}

/* The last character of an operator: of {m,n} the "}". */
static const char *skip_operator(const char *at)
{
	size_t len = *at == '{' ? 1 + strspn(at + 1, "0123456789,") : 0;

	return at[len] == '}' ? at + len : at;
}

/*
 * How many nodes the C library makes of a pattern, at most, or more than
 * NODES_MAX.  What is in doubt here counts, or does not compile there.
 */
static unsigned long node_count(const char *pattern)
{
	unsigned long outside[PATTERN_MAX]; /* of the groups that are open */
	unsigned long sum = 0, last = 0, times;
	size_t depth = 0;
	const char *at;

	for (at = pattern; *at && sum <= NODES_MAX; at++) {
		if (*at == '(') {
			outside[depth++] = sum;
			sum = last = 0;
		} else if (*at == ')' && depth > 0) {
			last = sum + 1;
			sum = outside[--depth] + last;
		} else if (strchr("*?+{", *at)) {
			times = copies(at);
			sum += last * (times > 1 ? times - 1 : 0) + 1;
			last = last * times + 1;
			at = skip_operator(at);
		} else {
			if (*at == '\\' && at[1])
				at++;
			else if (*at == '[')
				at = skip_list(at);
			sum++;
			last = 1;
		}
	}
	while (depth > 0)
		/* cppcheck-suppress uninitvar ; set for each depth above */
		sum += outside[--depth];
	return sum;
}

/* Why a pattern is not given to the C library, or NULL. */
static const char *dangerous(const char *pattern)
{
	const char *at;

	if (strlen(pattern) > PATTERN_MAX)
		return "a pattern of more than 256 bytes";
	for (at = pattern; *at; at++) {
		if (at[0] == '\\' && at[1] >= '1' && at[1] <= '9')
			return "back references are not supported";
		if (at[0] == '\\' && at[1])
			at++;
	}
	if (node_count(pattern) > NODES_MAX)
		return "a pattern whose repetitions come to more than 500 "
		       "characters";
	return NULL;
}

/*
 * Steps of the budget.  Where nothing matches the library begins anew at each
 * character; of what is repeated it keeps a set for each.  Measured at worst:
 * 60 ms for 4096 bytes, 100 ms for 500 nodes, as of half a million commands.
 */
static unsigned long match_cost(const char *pattern, const char *subject)
{
	unsigned long nodes = node_count(pattern), len = strlen(subject);

	return len * len / 32 + nodes * nodes / 2;
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
		if (option == OPTIONS_WORD && count++ < 2)
			words[count - 1] = value;
	}
	if (count != 2)
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
		return eval_fail(eval, args, STATUS_FALSE, "%s", why);
	if (eval_spend(eval, match_cost(words[0], words[1]), 0, err) < 0) {
		regfree(&regex);
		return -1;
	}
	status = regexec(&regex, words[1], GROUPS_MAX, groups, 0);
	regfree(&regex);
	if (status != 0)
		return STATUS_FALSE;
	return set_groups(eval, args, words[1], groups, err);
}
