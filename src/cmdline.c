/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/cmdline.h"

#include <stdio.h>
#include <string.h>

#define BLANKS " \t\n" /* what libvirt calls separators */

/* The words that are still to come. */
struct words {
	char **next; /* arguments, NULL behind the last */
	char *rest;  /* of an argument that is being cut; NULL: none */
};

/* Is this argument an option and more: anything, if only blanks? */
static bool is_cuttable(const char *arg)
{
	const char *word = arg + strspn(arg, BLANKS);
	size_t len = strcspn(word, BLANKS);

	return word[0] == '-' && (word > arg || word[len]) &&
		!memchr(word, '=', len);
}

/*
 * Cut behind an option without "=" and in front of an option: what is left
 * between is one word, so that "--append ro single" has one value.
 */
static char *cut_word(char **rest)
{
	char *word = *rest + strspn(*rest, BLANKS), *next;
	char *end = word + strcspn(word, BLANKS);
	bool bare = word[0] == '-' && !memchr(word, '=', (size_t)(end - word));

	for (;;) {
		next = end + strspn(end, BLANKS);
		if (*next == '\0' || *next == '-' || bare)
			break;
		end = next + strcspn(next, BLANKS);
	}
	*end = '\0';
	*rest = *next ? next : NULL;
	return word;
}

static void skip_empty(struct words *words)
{
	while (*words->next && **words->next == '\0')
		words->next++;
}

/* The next word as it is: a value, or anything behind "--". */
static char *next_verbatim(struct words *words)
{
	if (words->rest)
		return cut_word(&words->rest);
	skip_empty(words);
	return *words->next ? *words->next++ : NULL;
}

static char *next_word(struct words *words)
{
	skip_empty(words);
	if (!words->rest && *words->next && is_cuttable(*words->next))
		words->rest = *words->next++;
	return next_verbatim(words);
}

static bool begins(const char *name, const char *prefix, size_t len)
{
	return strncmp(name, prefix, len) == 0;
}

static int report_ambiguous(const struct cmdline *cmdline, const char *prefix,
	size_t len, struct error *err)
{
	char names[256] = "";
	size_t i, used = 0;

	for (i = 0; i < cmdline->count && used < sizeof(names); i++)
		if (begins(cmdline->options[i].name, prefix, len))
			used += (size_t)snprintf(names + used,
				sizeof(names) - used, "%s--%s",
				used ? ", " : "", cmdline->options[i].name);
	return error_set(err, ERR_SYNTAX, "option --%.*s is ambiguous: %s",
		(int)len, prefix, names);
}

/* How many names begin so; the last of them in *found. */
static unsigned int count_matches(const struct cmdline *cmdline,
	const char *prefix, size_t len, bool elder,
	const struct cmdline_option **found)
{
	const struct cmdline_option *option = cmdline->options;
	unsigned int matches = 0;

	for (; option < cmdline->options + cmdline->count; option++) {
		if (option->elder != elder ||
			!begins(option->name, prefix, len))
			continue;
		*found = option;
		if (option->name[len] == '\0')
			return 1; /* an exact name is never ambiguous */
		matches++;
	}
	return matches;
}

static const struct cmdline_option *find_long(const struct cmdline *cmdline,
	const char *name, size_t len, struct error *err)
{
	const struct cmdline_option *found = NULL, *younger = NULL;
	unsigned int matches, more;

	matches = count_matches(cmdline, name, len, true, &found);
	more = count_matches(cmdline, name, len, false, &younger);
	/* All of a younger name counts more than a part of an elder one. */
	if (more == 1 && (matches == 0 || younger->name[len] == '\0'))
		return younger;
	if (matches == 1)
		return found;
	if (matches + more == 0)
		error_set(err, ERR_SYNTAX, "unknown option --%.*s", (int)len,
			name);
	else
		report_ambiguous(cmdline, name, len, err);
	return NULL;
}

static void set_field(const struct cmdline *cmdline,
	const struct cmdline_option *option, const char *value)
{
	void *field = (char *)cmdline->fields + option->field;

	if (option->takes_value)
		*(const char **)field = *value ? value : NULL;
	else
		*(bool *)field = true;
}

int cmdline_apply(const struct cmdline *cmdline,
	const struct cmdline_option *option, const char *value, void *ctx,
	struct error *err)
{
	if (cmdline->given)
		*cmdline->given |= UINT64_C(1) << (option - cmdline->options);
	if (option->set)
		return option->set(ctx, value, err);
	set_field(cmdline, option, value);
	return 0;
}

static int apply(const struct cmdline *cmdline,
	const struct cmdline_option *option, const char *value, void *ctx,
	struct error *err)
{
	int rc = cmdline_apply(cmdline, option, value, ctx, err);

	return rc < 0 ? error_in(err, "--%s", option->name) : rc;
}

static int take_long(const struct cmdline *cmdline, const char *word,
	struct words *words, void *ctx, struct error *err)
{
	const size_t len = strcspn(word, "=");
	const char *value = word[len] ? word + len + 1 : NULL;
	const struct cmdline_option *option;

	option = find_long(cmdline, word, len, err);
	if (!option)
		return -1;
	if (value && !option->takes_value)
		return error_set(err, ERR_SYNTAX, "option --%s takes no value",
			option->name);
	if (!value && option->takes_value) {
		value = next_verbatim(words);
		if (!value)
			return error_set(err, ERR_SYNTAX,
				"option --%s needs a value", option->name);
	}
	return apply(cmdline, option, value, ctx, err);
}

static const struct cmdline_option *find_letter(
	const struct cmdline *cmdline, char letter)
{
	size_t i;

	for (i = 0; i < cmdline->count; i++)
		if (cmdline->options[i].letter == letter)
			return &cmdline->options[i];
	return NULL;
}

/* A cluster: letters, of which the last may have a value behind it. */
static int take_letters(const struct cmdline *cmdline, const char *letters,
	struct words *words, void *ctx, struct error *err)
{
	const struct cmdline_option *option;
	const char *value;
	int rc = 0;

	for (; *letters && rc == 0; letters++) {
		option = find_letter(cmdline, *letters);
		if (!option)
			return error_set(err, ERR_SYNTAX, "unknown option -%c",
				*letters);
		if (!option->takes_value) {
			rc = apply(cmdline, option, NULL, ctx, err);
			continue;
		}
		value = letters[1] ? letters + 1 : next_verbatim(words);
		if (!value)
			return error_set(err, ERR_SYNTAX,
				"option -%c needs a value", *letters);
		return apply(cmdline, option, value, ctx, err);
	}
	return rc;
}

int cmdline_parse(const struct cmdline *cmdline, int argc, char **argv,
	void *ctx, struct error *err)
{
	struct words words = { .next = argv + (argc > 0) };
	char *word;
	int rc = 0;

	while (rc == 0 && (word = next_word(&words)) != NULL) {
		if (strcmp(word, "--") == 0)
			break;
		if (word[0] == '-' && word[1] == '-')
			rc = take_long(cmdline, word + 2, &words, ctx, err);
		else if (word[0] == '-' && word[1])
			rc = take_letters(cmdline, word + 1, &words, ctx, err);
		else
			rc = cmdline->operand(ctx, word, err);
	}
	while (rc == 0 && (word = next_verbatim(&words)) != NULL)
		rc = cmdline->operand(ctx, word, err);
	return rc < 0 ? -1 : 0;
}
