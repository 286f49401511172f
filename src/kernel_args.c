/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/kernel_args.h"

#include <stdbool.h>
#include <string.h>

#include "src/base/text.h"

/* A word of a command line, as it stands there, and what Linux takes it for. */
struct word {
	struct text raw;
	struct text name;
	struct text value; /* at is NULL: none */
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (unsigned char)c == 0xa0;
}

/* Without a quote at either end. */
static struct text unquoted(struct text text)
{
	if (text.len > 0 && text.at[0] == '"')
		text = text_skip(text, 1);
	if (text.len > 0 && text.at[text.len - 1] == '"')
		text.len--;
	return text;
}

static struct word split_word(struct text raw)
{
	struct text whole = raw.at[0] == '"' ? unquoted(raw) : raw;
	struct word word = { .raw = raw, .name = whole };
	const char *equals =
		whole.len > 0 ? memchr(whole.at + 1, '=', whole.len - 1) : NULL;

	if (equals) {
		word.name.len = (size_t)(equals - whole.at);
		word.value = unquoted(text_skip(whole, word.name.len + 1));
	}
	return word;
}

/* Move the first word from rest, which begins behind it then. */
static bool next_word(const char **rest, struct word *word)
{
	const char *at = *rest, *end;
	bool quoted = false;

	while (is_blank(*at))
		at++;
	for (end = at; *end && (quoted || !is_blank(*end)); end++)
		if (*end == '"')
			quoted = !quoted;
	*rest = end;
	if (end == at)
		return false;
	*word = split_word((struct text){ at, (size_t)(end - at) });
	return true;
}

static char as_name(char c)
{
	return c == '-' ? '_' : c;
}

/* Without the "*" at its end, if it has one. */
static bool take_star(struct text *pattern)
{
	bool star = pattern->len > 0 && pattern->at[pattern->len - 1] == '*';

	pattern->len -= star;
	return star;
}

static bool same_name(struct text name, struct text pattern)
{
	bool star = take_star(&pattern);
	size_t i;

	if (name.len < pattern.len || (name.len > pattern.len && !star))
		return false;
	for (i = 0; i < pattern.len; i++)
		if (as_name(name.at[i]) != as_name(pattern.at[i]))
			return false;
	return true;
}

static bool same_value(struct text value, struct text pattern)
{
	bool star = take_star(&pattern);

	return value.at && value.len >= pattern.len &&
		(value.len == pattern.len || star) &&
		memcmp(value.at, pattern.at, pattern.len) == 0;
}

/* The first pattern of the list that the word is one of. */
static bool is_one_of(
	const struct word *word, const char *list, struct word *pattern)
{
	while (next_word(&list, pattern))
		if (same_name(word->name, pattern->name) &&
			(!pattern->value.at ||
				same_value(word->value, pattern->value)))
			return true;
	return false;
}

/* What is left; a word that goes takes the blanks in front of it along. */
static const char *remove_words(struct arena *arena, const char *args,
	const char *list, struct error *err)
{
	char *left = arena_alloc(arena, strlen(args) + 1, err), *to = left;
	struct word word, pattern;
	const char *from = args;
	bool gone = false;

	if (!left)
		return NULL;
	for (; next_word(&args, &word); from = args) {
		if (is_one_of(&word, list, &pattern)) {
			gone = true;
			continue;
		}
		/* the blanks of those before it are not left alone in front */
		if (gone && to == left)
			from = word.raw.at;
		memcpy(to, from, (size_t)(args - from));
		to += args - from;
	}
	strcpy(to, gone ? "" : from);
	return left;
}

static int check_words(const char *args, const char *list, struct error *err)
{
	struct word word, pattern;

	while (next_word(&args, &word))
		if (is_one_of(&word, list, &pattern))
			return error_set(err, ERR_UNSUPPORTED,
				"arguments: this host does not allow "
				"\"%.*s\" (--forbid-args: %.*s)",
				word.raw.len < 200 ? (int)word.raw.len : 200,
				word.raw.at,
				pattern.raw.len < 200 ? (int)pattern.raw.len
						      : 200,
				pattern.raw.at);
	return 0;
}

/* args, which may be NULL, and behind a blank more, if there is any. */
static const char *join(struct arena *arena, const char *args, const char *more,
	struct error *err)
{
	if (more[0] == '\0' || !args)
		return args;
	return arena_printf(arena, err, "%s %s", args, more);
}

const char *kernel_args(struct arena *arena, const struct options *options,
	const char *guests, const char *more, struct error *err)
{
	const char *args = guests ? guests : more;

	if (guests && options->remove_args[0])
		args = remove_words(arena, args, options->remove_args, err);
	if (guests)
		args = join(arena, args, more, err);
	if (args && args[0] == '\0')
		args = options->add_args;
	else
		args = join(arena, args, options->add_args, err);
	if (!args || check_words(args, options->forbid_args, err) < 0)
		return NULL;
	return args;
}
