/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/expand.h"

#include <stdio.h>
#include <string.h>

#include "src/config/grub2/lex.h"

/* Room for one more argument is taken in pieces of this size at least. */
#define PIECE 256

/* The argument being put together. */
struct builder {
	struct eval *eval;
	struct args *args;
	struct error *err;
	char *start, *at, *end; /* of the argument, of what is free */
	bool present;           /* it counts even if it is empty */
	size_t wild[EXPAND_WILDCARDS_MAX]; /* offsets from start */
	size_t wild_count;
	size_t bytes; /* of all arguments */
};

int args_add(struct eval *eval, struct args *args, const char *arg,
	struct error *err)
{
	size_t capacity = args->capacity ? args->capacity * 2 : 16;
	const char **list;

	if (args->count == EXPAND_ARGS_MAX)
		return error_set(err, ERR_LIMIT,
			"a command with more than %d arguments",
			EXPAND_ARGS_MAX);
	/* one more for the NULL behind the last */
	if (args->count + 1 >= args->capacity) {
		list = scratch_alloc(
			&eval->scratch, capacity * sizeof(*list), err);
		if (!list)
			return -1;
		if (args->count > 0)
			memcpy(list, args->list, args->count * sizeof(*list));
		args->list = list;
		args->capacity = capacity;
	}
	args->list[args->count++] = arg;
	args->list[args->count] = NULL;
	return 0;
}

/* Make room for len more bytes and a NUL. */
static int reserve(struct builder *builder, size_t len)
{
	size_t used = (size_t)(builder->at - builder->start);
	size_t size = 2 * (used + len + 1);
	char *buf;

	if (builder->start && len < (size_t)(builder->end - builder->at))
		return 0;
	if (used + len > ENV_VALUE_MAX)
		return error_set(builder->err, ERR_LIMIT,
			"an argument of more than %u bytes", ENV_VALUE_MAX);
	if (size < PIECE)
		size = PIECE;
	buf = scratch_alloc(&builder->eval->scratch, size, builder->err);
	if (!buf)
		return -1;
	if (used > 0)
		memcpy(buf, builder->start, used);
	builder->start = buf;
	builder->at = buf + used;
	builder->end = buf + size;
	return 0;
}

static int append(struct builder *builder, struct text text)
{
	if (text.len == 0)
		return 0;
	if (reserve(builder, text.len) < 0)
		return -1;
	memcpy(builder->at, text.at, text.len);
	builder->at += text.len;
	builder->bytes += text.len;
	return 0;
}

/* The same for unquoted text, in which * and ? are wildcards. */
static int append_wild(struct builder *builder, struct text text)
{
	size_t i, start = (size_t)(builder->at - builder->start);

	for (i = 0; builder->eval->regexp && i < text.len; i++) {
		if (text.at[i] != '*' && text.at[i] != '?')
			continue;
		if (builder->wild_count == EXPAND_WILDCARDS_MAX)
			return error_set(builder->err, ERR_LIMIT,
				"more than %d wildcards in one word",
				EXPAND_WILDCARDS_MAX);
		builder->wild[builder->wild_count++] = start + i;
	}
	return append(builder, text);
}

/* The argument is complete: a new one begins. */
static int finish(struct builder *builder)
{
	int found = 0;

	if (builder->at == builder->start && !builder->present)
		return 0;
	if (reserve(builder, 0) < 0)
		return -1;
	*builder->at = '\0';
	if (builder->wild_count > 0)
		found = glob_expand(builder->eval, builder->start,
			builder->wild, builder->wild_count, builder->args,
			builder->err);
	if (found == 0)
		found = args_add(builder->eval, builder->args, builder->start,
			builder->err);
	if (found < 0)
		return -1;
	builder->start = ++builder->at;
	builder->present = false;
	builder->wild_count = 0;
	return 0;
}

/* The lines from text on that begin with #: GRUB never saw them. */
static size_t comment_lines(struct text text)
{
	size_t len = 0;
	const char *newline;

	while (len < text.len && text.at[len] == '#') {
		newline = memchr(text.at + len, '\n', text.len - len);
		len = newline ? (size_t)(newline + 1 - text.at) : text.len;
	}
	return len;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
		(c >= 'A' && c <= 'F');
}

size_t expand_hex_escape(const struct eval *eval, struct text text)
{
	return eval->fedora && text_starts_with(text, "\\x") && text.len >= 4 &&
			is_hex(text.at[2]) && is_hex(text.at[3])
		? 4
		: 0;
}

static bool is_escape(char c, enum part_kind kind)
{
	return kind == PART_ESCAPED || c == '"' || c == '\\' || c == '$' ||
		c == '\n';
}

/*
 * Text with backslashes or newlines in it.  Outside quotes a backslash goes
 * and what follows stays; in "..." it does so only before " \ $ and a newline;
 * in '...' never.  Backslash and newline go together.
 */
static int append_slowly(
	struct builder *builder, struct text text, enum part_kind kind)
{
	struct text one;
	size_t hex;
	bool escape;

	while (text.len > 0) {
		hex = expand_hex_escape(builder->eval, text);
		if (hex > 0) {
			one = (struct text){ text.at, hex };
			text = text_skip(text, hex);
			if (append(builder, one) < 0)
				return -1;
			continue;
		}
		escape = kind != PART_QUOTED && text.len > 1 &&
			text.at[0] == '\\' && is_escape(text.at[1], kind);
		one = (struct text){ text.at + escape, 1 };
		text = text_skip(text, 1U + escape);
		if (!(escape && one.at[0] == '\n')) {
			if ((escape || kind != PART_ESCAPED
					    ? append(builder, one)
					    : append_wild(builder, one)) < 0)
				return -1;
		}
		if (one.at[0] == '\n')
			text = text_skip(text, comment_lines(text));
	}
	return 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* An unquoted value: its first word continues the argument, others begin. */
static int append_split(struct builder *builder, const char *value)
{
	struct text word;
	bool first = true;

	for (;;) {
		while (is_space(*value))
			value++;
		if (!*value)
			return 0;
		word = (struct text){ value, 0 };
		while (*value && !is_space(*value))
			value++;
		word.len = (size_t)(value - word.at);
		if (!first && finish(builder) < 0)
			return -1;
		if (append_wild(builder, word) < 0)
			return -1;
		first = false;
	}
}

/* $1 and on with a blank between them, in scratch memory. */
static const char *join_scope(struct builder *builder)
{
	const struct scope *scope = &builder->eval->scope;
	size_t i, part, len = 0;
	char *joined, *at;

	for (i = 0; i < scope->count; i++)
		len += strlen(scope->list[i]) + 1;
	/* each is an argument, and all of them fitted the memory */
	joined = at =
		scratch_alloc(&builder->eval->scratch, len + 1, builder->err);
	if (!joined)
		return NULL;
	for (i = 0; i < scope->count; i++) {
		part = strlen(scope->list[i]);
		memcpy(at, scope->list[i], part);
		at += part;
		*at++ = ' ';
	}
	if (scope->count > 0)
		at--;
	*at = '\0';
	return joined;
}

/* The number in the name of a positional parameter; too large is none. */
static size_t position(struct text name)
{
	size_t i, n = 0;

	for (i = 0; i < name.len && n <= EXPAND_ARGS_MAX; i++)
		n = n * 10 + (size_t)(name.at[i] - '0');
	return n;
}

/* A variable's value; "" for one that is not set; NULL: out of memory. */
static const char *value_of(
	struct builder *builder, struct text name, char number[24])
{
	const struct eval *eval = builder->eval;
	const char *value;
	size_t i;

	switch (name.at[0]) {
	case '?':
		snprintf(number, 24, "%d", eval->status);
		return number;
	case '#':
		snprintf(number, 24, "%zu", eval->scope.count);
		return eval->scope.list ? number : "";
	case '*':
	case '@':
		return join_scope(builder);
	}
	if (name.at[0] < '0' || name.at[0] > '9') {
		value = env_get(eval->env, name);
		return value ? value : "";
	}
	i = position(name);
	return i >= 1 && i <= eval->scope.count ? eval->scope.list[i - 1] : "";
}

/* "$@" gives every argument for itself. */
static int append_scope(struct builder *builder)
{
	const struct scope *scope = &builder->eval->scope;
	size_t i;

	for (i = 0; i < scope->count; i++) {
		builder->present = true;
		if ((i > 0 && finish(builder) < 0) ||
			append(builder, text_of(scope->list[i])) < 0)
			return -1;
	}
	return 0;
}

static int append_variable(struct builder *builder, const struct part *part)
{
	char number[24];
	const char *value;

	if (part->kind == PART_DQVARIABLE && text_is(part->text, "@"))
		return append_scope(builder);
	value = value_of(builder, part->text, number);
	if (!value)
		return -1;
	if (part->kind == PART_VARIABLE)
		return append_split(builder, value);
	builder->present = true;
	return append(builder, text_of(value));
}

/*
 * The variable at the start of text, behind its $, goes off it: true and its
 * name, or false for a $ that stands for itself.  Braces hold anything; without
 * a closing one the rest of the text is the name of nothing.
 */
static bool cut_name(struct text *text, struct text *name)
{
	const char *close;

	*name = (struct text){ text->at, lex_name_length(*text) };
	if (text->len > 0 && text->at[0] == '{') {
		close = memchr(text->at, '}', text->len);
		*text = text_skip(*text, 1);
		name->at = text->at;
		name->len = close ? (size_t)(close - text->at) : 0;
		*text = text_skip(*text, close ? name->len + 1 : text->len);
		return true;
	}
	if (name->len == 0 || name->at[0] == '*' || name->at[0] == '@')
		return false;
	*text = text_skip(*text, name->len);
	return true;
}

/* GRUB knows $? and $# here, but no parameters. */
static int append_named(struct builder *builder, struct text name)
{
	char number[24];
	const char *value;

	if (text_is(name, "?") || text_is(name, "#"))
		value = value_of(builder, name, number);
	else
		value = env_get(builder->eval->env, name);
	return append(builder, text_of(value ? value : ""));
}

/* A text that would be translated: its variables are replaced afterwards. */
static int append_translated(struct builder *builder, struct text text)
{
	struct text plain, name;
	size_t len;
	int r;

	while (text.len > 0) {
		for (len = 0; len < text.len && text.at[len] != '$'; len++)
			len += text.at[len] == '\\' && len + 1 < text.len;
		plain = (struct text){ text.at, len };
		if (append_slowly(builder, plain, PART_DQUOTED) < 0)
			return -1;
		text = text_skip(text, len);
		if (text.len == 0)
			break;
		text = text_skip(text, 1);
		r = cut_name(&text, &name) ? append_named(builder, name)
					   : append(builder, text_of("$"));
		if (r < 0)
			return -1;
	}
	return 0;
}

static int append_part(struct builder *builder, const struct part *part)
{
	switch (part->kind) {
	case PART_PLAIN:
		return append_wild(builder, part->text);
	case PART_BLOCK:
		return append(builder, part->text);
	case PART_VARIABLE:
	case PART_DQVARIABLE:
		return append_variable(builder, part);
	case PART_ESCAPED:
		return append_slowly(builder, part->text, part->kind);
	case PART_QUOTED:
		builder->present = true;
		if (!memchr(part->text.at, '\n', part->text.len))
			return append(builder, part->text);
		return append_slowly(builder, part->text, part->kind);
	case PART_DQUOTED:
		builder->present = true;
		return append_slowly(builder, part->text, part->kind);
	case PART_TRANSLATED:
		builder->present = true;
		return append_translated(builder, part->text);
	}
	return 0;
}

int expand_words(struct eval *eval, const struct word *words, struct args *args,
	struct error *err)
{
	struct builder builder;
	const struct part *part;

	*args = (struct args){ 0 };
	builder.eval = eval;
	builder.args = args;
	builder.err = err;
	builder.start = builder.at = builder.end = NULL;
	builder.present = false;
	builder.wild_count = 0;
	builder.bytes = 0;
	for (; words; words = words->next) {
		for (part = &words->first; part; part = part->next)
			if (append_part(&builder, part) < 0)
				return -1;
		if (finish(&builder) < 0)
			return -1;
		args->line = words->line;
		args->block = words->first.kind == PART_BLOCK;
	}
	return eval_spend(eval, 0, builder.bytes, err);
}
