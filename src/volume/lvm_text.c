/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/volume/lvm_text.h"

#include <string.h>

struct parser {
	struct text rest;
	struct text all; /* for the line in a message */
	struct arena *arena;
	unsigned int *left;
	struct lvm_node *open[LVM_DEPTH_MAX]; /* sections we are in */
	struct lvm_node *last[LVM_DEPTH_MAX]; /* and what they end with */
	unsigned int depth;
};

static int fault(
	const struct parser *parser, const char *what, struct error *err)
{
	const char *at = parser->all.at;
	unsigned int line = 1;

	for (; at < parser->rest.at; at++)
		line += *at == '\n';
	return error_set(err, ERR_CORRUPT, "line %u: %s", line, what);
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9') || strchr("_-+.", c) != NULL;
}

/* The next character that is neither blank nor in a comment; '\0': the end. */
static char look(struct parser *parser)
{
	struct text *rest = &parser->rest;
	struct text line;

	while (rest->len > 0) {
		if (*rest->at == '#')
			text_next_line(rest, &line);
		else if (strchr(" \t\r\n", *rest->at) && *rest->at)
			*rest = text_skip(*rest, 1);
		else
			return *rest->at;
	}
	return '\0';
}

static struct text take_word(struct parser *parser)
{
	struct text word = { parser->rest.at, 0 };

	while (word.len < parser->rest.len && word.at[word.len] &&
		is_word(word.at[word.len]))
		word.len++;
	parser->rest = text_skip(parser->rest, word.len);
	return word;
}

static struct lvm_node *new_node(
	struct parser *parser, enum lvm_kind kind, struct error *err)
{
	struct lvm_node *node;

	if (*parser->left == 0) {
		error_set(err, ERR_LIMIT, "more than %u values and sections",
			LVM_NODES_MAX);
		return NULL;
	}
	--*parser->left;
	node = arena_alloc(parser->arena, sizeof(*node), err);
	if (node)
		node->kind = kind;
	return node;
}

/* Hang a node into the section that is open. */
static void hang(struct parser *parser, struct lvm_node *node)
{
	unsigned int in = parser->depth - 1;

	if (parser->last[in])
		parser->last[in]->next = node;
	else
		parser->open[in]->first = node;
	parser->last[in] = node;
}

static int take_string(
	struct parser *parser, struct lvm_node *node, struct error *err)
{
	struct text *rest = &parser->rest;
	size_t len;

	for (len = 1; len < rest->len && rest->at[len] != '"'; len++)
		if (rest->at[len] == '\\')
			len++;
	if (len >= rest->len)
		return fault(parser, "a string does not end", err);
	node->string = (struct text){ rest->at + 1, len - 1 };
	*rest = text_skip(*rest, len + 1);
	return 0;
}

static int take_number(
	struct parser *parser, struct lvm_node *node, struct error *err)
{
	struct text word = take_word(parser);
	size_t i;

	if (word.len == 0)
		return fault(parser, "a value was expected", err);
	for (i = 0; i < word.len && word.at[i] >= '0' && word.at[i] <= '9';
		i++) {
		if (node->number > (UINT64_MAX - 9) / 10)
			return fault(parser, "the number is too large", err);
		node->number = node->number * 10 + (uint64_t)(word.at[i] - '0');
	}
	if (i < word.len) /* a fraction or less than nothing: never a size */
		node->number = UINT64_MAX;
	return 0;
}

static struct lvm_node *take_value(struct parser *parser, struct error *err)
{
	bool quoted = look(parser) == '"';
	struct lvm_node *node =
		new_node(parser, quoted ? LVM_STRING : LVM_NUMBER, err);

	if (!node ||
		(quoted ? take_string(parser, node, err)
			: take_number(parser, node, err)) < 0)
		return NULL;
	return node;
}

static struct lvm_node *take_array(struct parser *parser, struct error *err)
{
	struct lvm_node *array = new_node(parser, LVM_ARRAY, err);
	struct lvm_node *value, *last = NULL;

	if (!array)
		return NULL;
	parser->rest = text_skip(parser->rest, 1);
	while (look(parser) != ']') {
		value = take_value(parser, err);
		if (!value)
			return NULL;
		if (last)
			last->next = value;
		else
			array->first = value;
		last = value;
		if (look(parser) == ',')
			parser->rest = text_skip(parser->rest, 1);
	}
	parser->rest = text_skip(parser->rest, 1);
	return array;
}

static int open_section(
	struct parser *parser, struct text name, struct error *err)
{
	struct lvm_node *node = new_node(parser, LVM_SECTION, err);

	if (!node)
		return -1;
	if (parser->depth == LVM_DEPTH_MAX)
		return fault(
			parser, "sections are too deep in each other", err);
	node->name = name;
	hang(parser, node);
	parser->open[parser->depth] = node;
	parser->last[parser->depth++] = NULL;
	return 0;
}

/* What follows a name. */
static int take_entry(struct parser *parser, struct error *err)
{
	struct text name = take_word(parser);
	struct lvm_node *value;
	char next = look(parser);

	if (name.len == 0 || (next != '{' && next != '='))
		return fault(parser, "a name was expected", err);
	parser->rest = text_skip(parser->rest, 1);
	if (next == '{')
		return open_section(parser, name, err);
	value = look(parser) == '[' ? take_array(parser, err)
				    : take_value(parser, err);
	if (!value)
		return -1;
	value->name = name;
	hang(parser, value);
	return 0;
}

struct lvm_node *lvm_parse(struct text text, struct arena *arena,
	unsigned int *left, struct error *err)
{
	struct parser parser = {
		.rest = text,
		.all = text,
		.arena = arena,
		.left = left,
		.depth = 1,
	};
	struct lvm_node *root = new_node(&parser, LVM_SECTION, err);
	char next;

	if (!root)
		return NULL;
	parser.open[0] = root;
	while ((next = look(&parser)) != '\0') {
		if (next == '}' && parser.depth > 1) {
			parser.rest = text_skip(parser.rest, 1);
			parser.depth--;
		} else if (take_entry(&parser, err) < 0) {
			return NULL;
		}
	}
	if (parser.depth == 1)
		return root;
	fault(&parser, "a section does not end", err);
	return NULL;
}

const struct lvm_node *lvm_child(
	const struct lvm_node *section, enum lvm_kind kind, const char *name)
{
	const struct lvm_node *node;

	for (node = section->first; node; node = node->next)
		if (node->kind == kind && text_is(node->name, name))
			return node;
	return NULL;
}

int lvm_number(const struct lvm_node *section, const char *name, uint64_t *out,
	struct error *err)
{
	const struct lvm_node *node = lvm_child(section, LVM_NUMBER, name);

	if (!node)
		return error_set(err, ERR_CORRUPT, "%s is missing", name);
	*out = node->number;
	return 0;
}

int lvm_string(const struct lvm_node *section, const char *name,
	struct text *out, struct error *err)
{
	const struct lvm_node *node = lvm_child(section, LVM_STRING, name);

	if (!node)
		return error_set(err, ERR_CORRUPT, "%s is missing", name);
	*out = node->string;
	return 0;
}

bool lvm_has_word(
	const struct lvm_node *section, const char *name, const char *word)
{
	const struct lvm_node *array = lvm_child(section, LVM_ARRAY, name);
	const struct lvm_node *node;

	for (node = array ? array->first : NULL; node; node = node->next)
		if (node->kind == LVM_STRING && text_is(node->string, word))
			return true;
	return false;
}
