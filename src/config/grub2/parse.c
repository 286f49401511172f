/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parse.c - recursive descent over this grammar
 *
 *   script    unit*
 *   unit      newline | top (";" top)* [";"] (newline | end)
 *   top       command | "function" NAME newline* "{" list "}"
 *   command   words [block] | if | loop | for
 *   block     "{" list "}"                  kept as text, but it must be right
 *   if        "if" list "then" list
 *             ("elif" list "then" list)* ["else" list] "fi"
 *   loop      ("while" | "until") list "do" list "done"
 *   for       "for" NAME "in" word* delimiter "do" list "done"
 *   list      newline* command (delimiter command)* [delimiter]
 *   delimiter (";" | newline) newline*
 *
 * A keyword is one only where a command may begin, and only without quotes.  A
 * list ends where the keyword or brace that closes it stands; but for a block's
 * brace, that takes a delimiter in front.
 */
#include "src/config/grub2/parse.h"

#include <stdint.h>
#include <string.h>

enum keyword {
	WORD_NONE,
	WORD_CASE,
	WORD_DO,
	WORD_DONE,
	WORD_ELIF,
	WORD_ELSE,
	WORD_ESAC,
	WORD_FI,
	WORD_FOR,
	WORD_FUNCTION,
	WORD_IF,
	WORD_IN,
	WORD_SELECT,
	WORD_THEN,
	WORD_UNTIL,
	WORD_WHILE,
	CLOSING_BRACE, /* no keyword, but it ends a list too */
};

#define ENDS(keyword) (1U << (keyword))
#define ENDS_AT_ONCE (1U << 31) /* without a delimiter in front */

/* In the order of the enum; all that begin with a letter stand together. */
static const struct {
	const char *name;
	size_t len;
} keywords[] = {
	[WORD_CASE] = { "case", 4 },
	[WORD_DO] = { "do", 2 },
	[WORD_DONE] = { "done", 4 },
	[WORD_ELIF] = { "elif", 4 },
	[WORD_ELSE] = { "else", 4 },
	[WORD_ESAC] = { "esac", 4 },
	[WORD_FI] = { "fi", 2 },
	[WORD_FOR] = { "for", 3 },
	[WORD_FUNCTION] = { "function", 8 },
	[WORD_IF] = { "if", 2 },
	[WORD_IN] = { "in", 2 },
	[WORD_SELECT] = { "select", 6 },
	[WORD_THEN] = { "then", 4 },
	[WORD_UNTIL] = { "until", 5 },
	[WORD_WHILE] = { "while", 5 },
};

#define LENGTH(n) (1U << (n))

/* For each letter from c to w: its first keyword, and how long its are. */
static const struct {
	uint8_t first;
	uint16_t lengths;
} letters[] = {
	['c' - 'c'] = { WORD_CASE, LENGTH(4) },
	['d' - 'c'] = { WORD_DO, LENGTH(2) | LENGTH(4) },
	['e' - 'c'] = { WORD_ELIF, LENGTH(4) },
	['f' - 'c'] = { WORD_FI, LENGTH(2) | LENGTH(3) | LENGTH(8) },
	['i' - 'c'] = { WORD_IF, LENGTH(2) },
	['s' - 'c'] = { WORD_SELECT, LENGTH(6) },
	['t' - 'c'] = { WORD_THEN, LENGTH(4) },
	['u' - 'c'] = { WORD_UNTIL, LENGTH(5) },
	['w' - 'c'] = { WORD_WHILE, LENGTH(5) },
};

/* The keyword a simple word is, all of them being 2 to 8 letters from c to w */
static enum keyword find_keyword(const struct text *word)
{
	const char letter = word->at[0];
	unsigned int i;

	if (word->len > 8 || letter < 'c' || letter > 'w' ||
		(letters[letter - 'c'].lengths & LENGTH(word->len)) == 0)
		return WORD_NONE;
	for (i = letters[letter - 'c'].first;
		i <= WORD_WHILE && keywords[i].name[0] == letter; i++)
		if (keywords[i].len == word->len &&
			memcmp(keywords[i].name, word->at, word->len) == 0)
			return (enum keyword)i;
	return WORD_NONE;
}

/* The token as it counts where a command may begin. */
static enum keyword keyword_at(const struct parser *parser)
{
	const struct token *token = &parser->token;

	if (token->kind == TOKEN_CLOSE)
		return CLOSING_BRACE;
	if (token->kind != TOKEN_WORD || !token->simple)
		return WORD_NONE;
	return find_keyword(&token->text);
}

static void advance(struct parser *parser)
{
	lex_next(&parser->lexer, &parser->token);
}

/* The most of a word that a message shows. */
#define SHOWN_MAX 40

/* Record what is wrong with the token looked at. */
static int unexpected(struct parser *parser, const char *wanted)
{
	const struct token *token = &parser->token;
	size_t len = token->text.len;
	const char *more = len > SHOWN_MAX ? "..." : "";

	parser->open = token->kind == TOKEN_END || lex_is_cut(token);
	if (len > SHOWN_MAX)
		len = SHOWN_MAX;
	if (token->kind == TOKEN_END)
		error_set(
			parser->err, ERR_SYNTAX, "the script ends; %s", wanted);
	else if (token->why)
		error_set(parser->err, ERR_SYNTAX, "%s", token->why);
	else if (token->kind == TOKEN_NEWLINE)
		error_set(parser->err, ERR_SYNTAX, "the line ends; %s", wanted);
	else
		error_set(parser->err, ERR_SYNTAX, "unexpected \"%.*s%s\"; %s",
			(int)len, token->text.at, more, wanted);
	return -1;
}

static struct stmt *new_stmt(struct parser *parser, enum stmt_kind kind)
{
	struct stmt *stmt = &parser->waste_stmt;

	if (!parser->checking)
		stmt = scratch_alloc(parser->nodes, sizeof(*stmt), parser->err);
	if (!stmt)
		return NULL;
	stmt->next = NULL;
	stmt->kind = kind;
	stmt->line = parser->token.line;
	return stmt;
}

/* A statement without children yet, whatever its kind. */
static struct stmt *new_compound(struct parser *parser, enum stmt_kind kind)
{
	struct stmt *stmt = new_stmt(parser, kind);

	if (stmt)
		memset(&stmt->branch, 0,
			sizeof(*stmt) - offsetof(struct stmt, branch));
	return stmt;
}

/* The parts of the word looked at, the first of them in the word itself. */
static int take_apart(struct parser *parser, struct word *word)
{
	struct text rest = parser->token.text;
	struct part *part = &word->first, *last;
	bool quoted = false;

	if (!lex_part(&rest, &quoted, part))
		return 0;
	for (;;) {
		part->next = NULL;
		last = part;
		if (rest.len == 0 && !quoted)
			return 0;
		part = scratch_alloc(parser->nodes, sizeof(*part), parser->err);
		if (!part)
			return -1;
		if (!lex_part(&rest, &quoted, part))
			return 0;
		last->next = part;
	}
}

static struct word *parse_word(struct parser *parser)
{
	struct word *word =
		scratch_alloc(parser->nodes, sizeof(*word), parser->err);

	if (!word)
		return NULL;
	word->next = NULL;
	word->line = parser->token.line;
	word->first.next = NULL;
	word->first.kind = PART_PLAIN;
	word->first.text = parser->token.text;
	if (!parser->token.simple && take_apart(parser, word) < 0)
		return NULL;
	advance(parser);
	return word;
}

static int parse_list(struct parser *parser, unsigned int ends,
	const char *wanted, const struct stmt **list);

/* A block: the token looked at is its opening brace. */
static struct word *parse_block(struct parser *parser)
{
	const struct stmt *ignored;
	const char *start = parser->token.text.at;
	bool checking = parser->checking;
	struct word *word = &parser->waste_word;

	if (!checking)
		word = scratch_alloc(parser->nodes, sizeof(*word), parser->err);
	if (!word)
		return NULL;
	word->next = NULL;
	word->line = parser->token.line;
	word->first.next = NULL;
	word->first.kind = PART_BLOCK;
	parser->checking = true;
	advance(parser);
	if (parse_list(parser, ENDS(CLOSING_BRACE) | ENDS_AT_ONCE,
		    "a \"}\" is missing", &ignored) < 0)
		return NULL;
	parser->checking = checking;
	/* the token is the closing brace */
	word->first.text = (struct text){ start,
		(size_t)(parser->token.text.at + 1 - start) };
	advance(parser);
	return word;
}

/* Words, and after them, for a command, a block as one more. */
static int parse_words(
	struct parser *parser, const struct word **words, bool command)
{
	const struct word **tail = words;
	struct word *word;

	*words = NULL;
	if (parser->checking && parser->token.kind == TOKEN_WORD)
		lex_skip_words(&parser->lexer, &parser->token);
	while (parser->token.kind == TOKEN_WORD) {
		word = parse_word(parser);
		if (!word)
			return -1;
		*tail = word;
		tail = &word->next;
	}
	if (parser->token.kind == TOKEN_BAD)
		return unexpected(parser, "a command ends with a new line");
	if (!command || parser->token.kind != TOKEN_OPEN)
		return 0;
	*tail = parse_block(parser);
	return *tail ? 0 : -1;
}

static struct stmt *parse_simple(struct parser *parser)
{
	struct stmt *stmt = new_stmt(parser, STMT_COMMAND);

	if (!stmt || parse_words(parser, &stmt->words, true) < 0)
		return NULL;
	return stmt;
}

static int expect_keyword(
	struct parser *parser, enum keyword keyword, const char *wanted)
{
	if (keyword_at(parser) != keyword)
		return unexpected(parser, wanted);
	advance(parser);
	return 0;
}

static void skip_newlines(struct parser *parser)
{
	while (parser->token.kind == TOKEN_NEWLINE)
		advance(parser);
}

static struct stmt *parse_if(struct parser *parser)
{
	const unsigned int ends =
		ENDS(WORD_ELIF) | ENDS(WORD_ELSE) | ENDS(WORD_FI);
	struct stmt *first = new_compound(parser, STMT_IF);
	struct stmt *stmt = first, *chained;

	for (;;) {
		advance(parser); /* over "if" or "elif" */
		if (!stmt ||
			parse_list(parser, ENDS(WORD_THEN),
				"\"then\" is missing", &stmt->branch.cond) < 0)
			return NULL;
		advance(parser);
		if (parse_list(parser, ends, "\"fi\" is missing",
			    &stmt->branch.then) < 0)
			return NULL;
		if (keyword_at(parser) != WORD_ELIF)
			break;
		chained = new_compound(parser, STMT_IF);
		stmt->branch.otherwise = chained;
		stmt = chained;
	}
	if (keyword_at(parser) == WORD_ELSE) {
		advance(parser);
		if (parse_list(parser, ENDS(WORD_FI), "\"fi\" is missing",
			    &stmt->branch.otherwise) < 0)
			return NULL;
	}
	advance(parser);
	return first;
}

static struct stmt *parse_loop(struct parser *parser, bool until)
{
	struct stmt *stmt = new_compound(parser, STMT_WHILE);

	advance(parser);
	if (!stmt ||
		parse_list(parser, ENDS(WORD_DO), "\"do\" is missing",
			&stmt->loop.cond) < 0)
		return NULL;
	advance(parser);
	stmt->loop.until = until;
	if (parse_list(parser, ENDS(WORD_DONE), "\"done\" is missing",
		    &stmt->loop.body) < 0)
		return NULL;
	advance(parser);
	return stmt;
}

/* The name of a loop's variable, or of a function; goes behind it. */
static int parse_name(
	struct parser *parser, struct text *name, const char *wanted)
{
	if (parser->token.kind != TOKEN_WORD || !parser->token.simple ||
		!lex_is_name(parser->token.text) ||
		keyword_at(parser) != WORD_NONE)
		return unexpected(parser, wanted);
	*name = parser->token.text;
	advance(parser);
	return 0;
}

static struct stmt *parse_for(struct parser *parser)
{
	struct stmt *stmt = new_compound(parser, STMT_FOR);

	advance(parser);
	if (!stmt ||
		parse_name(parser, &stmt->each.name, "\"for\" needs a name") <
			0 ||
		expect_keyword(parser, WORD_IN, "\"in\" is missing") < 0 ||
		parse_words(parser, &stmt->each.in, false) < 0)
		return NULL;
	if (parser->token.kind != TOKEN_SEMICOLON &&
		parser->token.kind != TOKEN_NEWLINE) {
		unexpected(parser, "\"do\" is missing");
		return NULL;
	}
	advance(parser);
	skip_newlines(parser);
	if (expect_keyword(parser, WORD_DO, "\"do\" is missing") < 0 ||
		parse_list(parser, ENDS(WORD_DONE), "\"done\" is missing",
			&stmt->each.body) < 0)
		return NULL;
	advance(parser);
	return stmt;
}

static struct stmt *parse_command(struct parser *parser, const char *wanted)
{
	enum keyword keyword = keyword_at(parser);

	switch (keyword) {
	case WORD_NONE:
		if (parser->token.kind == TOKEN_WORD)
			return parse_simple(parser);
		break;
	case WORD_IF:
		return parse_if(parser);
	case WORD_WHILE:
	case WORD_UNTIL:
		return parse_loop(parser, keyword == WORD_UNTIL);
	case WORD_FOR:
		return parse_for(parser);
	default:
		break;
	}
	unexpected(parser, wanted);
	return NULL;
}

/* Go behind ";" or a newline, and more newlines: true if there was one. */
static bool skip_delimiter(struct parser *parser)
{
	if (parser->token.kind != TOKEN_SEMICOLON &&
		parser->token.kind != TOKEN_NEWLINE)
		return false;
	advance(parser);
	skip_newlines(parser);
	return true;
}

static int parse_commands(struct parser *parser, unsigned int ends,
	const char *wanted, const struct stmt **list)
{
	const struct stmt **tail = list;
	struct stmt *stmt;
	bool delimited;

	if ((ends & ENDS(keyword_at(parser))) != 0)
		return unexpected(parser, "a command was expected");
	for (;;) {
		stmt = parse_command(parser, wanted);
		if (!stmt)
			return -1;
		*tail = stmt;
		tail = &stmt->next;
		delimited = skip_delimiter(parser);
		if ((ends & ENDS(keyword_at(parser))) != 0 &&
			(delimited || (ends & ENDS_AT_ONCE) != 0))
			return 0;
		if (!delimited)
			return unexpected(parser, wanted);
	}
}

/* Stops at the keyword that ends the list, which is one of ends. */
static int parse_list(struct parser *parser, unsigned int ends,
	const char *wanted, const struct stmt **list)
{
	int r;

	*list = NULL;
	if (parser->depth == PARSE_DEPTH_MAX)
		return error_set(parser->err, ERR_LIMIT,
			"statements more than %d deep", PARSE_DEPTH_MAX);
	parser->depth++;
	skip_newlines(parser);
	r = parse_commands(parser, ends, wanted, list);
	parser->depth--;
	return r;
}

static struct stmt *parse_function(struct parser *parser)
{
	struct stmt *stmt = new_compound(parser, STMT_FUNCTION);

	advance(parser);
	if (!stmt ||
		parse_name(parser, &stmt->function.name,
			"\"function\" needs a name") < 0)
		return NULL;
	skip_newlines(parser);
	if (parser->token.kind != TOKEN_OPEN) {
		unexpected(parser, "\"{\" is missing");
		return NULL;
	}
	advance(parser);
	parser->nodes = parser->keep;
	if (parse_list(parser, ENDS(CLOSING_BRACE), "a \"}\" is missing",
		    &stmt->function.body) < 0)
		return NULL;
	parser->nodes = parser->units;
	advance(parser);
	return stmt;
}

static int parse_top(struct parser *parser, const struct stmt **unit)
{
	const struct stmt **tail = unit;
	struct stmt *stmt;

	while (parser->token.kind != TOKEN_NEWLINE &&
		parser->token.kind != TOKEN_END) {
		if (keyword_at(parser) == WORD_FUNCTION)
			stmt = parse_function(parser);
		else
			stmt = parse_command(parser, "a command was expected");
		if (!stmt)
			return -1;
		*tail = stmt;
		tail = &stmt->next;
		if (parser->token.kind == TOKEN_SEMICOLON)
			advance(parser);
		else if (parser->token.kind != TOKEN_NEWLINE &&
			parser->token.kind != TOKEN_END)
			return unexpected(
				parser, "a \";\" or a new line was expected");
	}
	return 0;
}

void parse_start(struct parser *parser, struct text script, unsigned int line,
	struct scratch *units, struct scratch *keep)
{
	*parser = (struct parser){
		.lexer = { script.at, script.at + script.len, line },
		.units = units,
		.keep = keep,
	};
}

int parse_unit(
	struct parser *parser, const struct stmt **unit, struct error *err)
{
	*unit = NULL;
	parser->err = err;
	parser->nodes = parser->units;
	parser->checking = false;
	parser->depth = 0;
	advance(parser);
	if (parser->token.kind == TOKEN_END)
		return 0;
	if (parse_top(parser, unit) == 0)
		return 1;
	*unit = NULL;
	if (parser->token.kind != TOKEN_NEWLINE)
		lex_skip_line(&parser->lexer);
	return -1;
}

static bool defines_function(const struct stmt *unit)
{
	for (; unit; unit = unit->next)
		if (unit->kind == STMT_FUNCTION)
			return true;
	return false;
}

/* parse_unit() said that the unit is none. */
static int check_error(const struct parser *parser, struct parse_check *check,
	struct error *err)
{
	if (err->code != ERR_SYNTAX)
		return -1;
	check->open = parser->open;
	if (check->why.code == ERR_NONE) {
		check->why = *err;
		error_in(&check->why, "line %u", parser->token.line);
	}
	return 0;
}

int parse_check(struct text script, struct scratch *scratch,
	struct parse_check *check, struct error *err)
{
	const struct scratch_mark mark = scratch_mark(scratch);
	const struct stmt *unit;
	struct parser parser;
	int more, r = 0;

	*check = (struct parse_check){ 0 };
	parse_start(&parser, script, 1, scratch, scratch);
	do {
		more = parse_unit(&parser, &unit, err);
		if (more > 0 && defines_function(unit))
			check->functions = true;
		if (more < 0)
			r = check_error(&parser, check, err);
		scratch_rewind(scratch, mark);
	} while (more != 0 && r == 0);
	return r;
}
