/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/lex.h"

#include <stdint.h>
#include <string.h>

/*
 * What a byte means outside quotes.  Most are part of a word and nothing more;
 * # and brackets can mean something at the start of one.
 */
enum { IN_WORD, LOOK_TWICE, BLANK, ENDS_WORD, SPECIAL };

/* What is wrong with a token only because the script ends too early. */
static const char no_single_quote[] = "no closing '";
static const char no_double_quote[] = "no closing \"";
static const char no_escaped[] = "nothing after \"\\\"";

/* Kept out of lex_next(), which most tokens pass without them. */
#define RARELY __attribute__((noinline))

static const uint8_t classes[256] = {
	[' '] = BLANK,
	['\t'] = BLANK,
	['#'] = LOOK_TWICE,
	['['] = LOOK_TWICE,
	[']'] = LOOK_TWICE,
	['\n'] = ENDS_WORD,
	['{'] = ENDS_WORD,
	['}'] = ENDS_WORD,
	['|'] = ENDS_WORD,
	['&'] = ENDS_WORD,
	[';'] = ENDS_WORD,
	['<'] = ENDS_WORD,
	['>'] = ENDS_WORD,
	['\''] = SPECIAL,
	['"'] = SPECIAL,
	['\\'] = SPECIAL,
	['$'] = SPECIAL,
};

/* What has to be looked at inside "..." */
static const bool quoted_special[256] = {
	['"'] = true,
	['\\'] = true,
	['$'] = true,
	['\n'] = true,
};

/* What a variable's name is made of. */
enum { NAME_START = 1, NAME_DIGIT = 2, NAME_SPECIAL = 4 };

/* clang-format off */
#define S NAME_START
#define D NAME_DIGIT
static const uint8_t names[256] = {
	['0'] = D, D, D, D, D, D, D, D, D, D,
	['A'] = S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S,
	S, S, S, S, S,
	['a'] = S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S, S,
	S, S, S, S, S,
	['_'] = S,
	['?'] = NAME_SPECIAL,
	['#'] = NAME_SPECIAL,
	['*'] = NAME_SPECIAL,
	['@'] = NAME_SPECIAL,
};
#undef S
#undef D
/* clang-format on */

/* How many bytes from i on are of these kinds. */
static size_t name_span(struct text text, size_t i, uint8_t kinds)
{
	while (i < text.len && (names[(uint8_t)text.at[i]] & kinds) != 0)
		i++;
	return i;
}

bool lex_is_name(struct text text)
{
	return text.len > 0 && names[(uint8_t)text.at[0]] == NAME_START &&
		name_span(text, 1, NAME_START | NAME_DIGIT) == text.len;
}

bool lex_is_name_byte(char c)
{
	return (names[(uint8_t)c] & (NAME_START | NAME_DIGIT)) != 0;
}

size_t lex_name_length(struct text text)
{
	if (text.len == 0)
		return 0;
	switch (names[(uint8_t)text.at[0]]) {
	case NAME_START:
		return name_span(text, 1, NAME_START | NAME_DIGIT);
	case NAME_DIGIT:
		return name_span(text, 1, NAME_DIGIT);
	case NAME_SPECIAL:
		return 1;
	default:
		return 0;
	}
}

/*
 * The variable at the $ that text begins with: its name, and how many bytes
 * the whole takes; 0 if no variable can be read there.
 */
static size_t variable_at(struct text text, struct text *name)
{
	struct text rest = text_skip(text, 1);
	bool braces = rest.len > 0 && rest.at[0] == '{';

	if (braces)
		rest = text_skip(rest, 1);
	*name = (struct text){ rest.at, lex_name_length(rest) };
	if (name->len == 0)
		return 0;
	if (!braces)
		return 1 + name->len;
	if (name->len == rest.len || rest.at[name->len] != '}')
		return 0;
	return name->len + 3;
}

/*
 * Go behind a newline inside a word.  GRUB drops lines that begin with # when
 * it reads a file, before it knows about quotes.
 */
static void next_line(struct lexer *lexer)
{
	lexer->at++;
	lexer->line++;
	while (lexer->at < lexer->end && *lexer->at == '#')
		lex_skip_line(lexer);
}

void lex_skip_line(struct lexer *lexer)
{
	const char *newline = NULL;

	if (lexer->at < lexer->end)
		newline = memchr(
			lexer->at, '\n', (size_t)(lexer->end - lexer->at));
	lexer->at = newline ? newline + 1 : lexer->end;
	lexer->line += newline != NULL;
}

/* The next newline before limit, or limit. */
static const char *line_end(const struct lexer *lexer, const char *limit)
{
	const char *newline;

	if (lexer->at == limit)
		return limit;
	newline = memchr(lexer->at, '\n', (size_t)(limit - lexer->at));
	return newline ? newline : limit;
}

/* Go behind a backslash and what it protects; false: the script ends there. */
static bool skip_escape(struct lexer *lexer)
{
	if (lexer->end - lexer->at < 2)
		return false;
	lexer->at++;
	if (*lexer->at == '\n')
		next_line(lexer);
	else
		lexer->at++;
	return true;
}

static const char *skip_variable(struct lexer *lexer)
{
	struct text name;
	struct text rest = { lexer->at, (size_t)(lexer->end - lexer->at) };
	size_t len = variable_at(rest, &name);

	if (len == 0)
		return "\"$\" without a variable's name";
	lexer->at += len;
	return NULL;
}

static const char *skip_single_quotes(struct lexer *lexer)
{
	const char *close;

	for (lexer->at++; lexer->at < lexer->end; next_line(lexer)) {
		close = memchr(
			lexer->at, '\'', (size_t)(lexer->end - lexer->at));
		lexer->at = line_end(lexer, close ? close : lexer->end);
		if (lexer->at == close) {
			lexer->at++;
			return NULL;
		}
	}
	return no_single_quote;
}

/*
 * GRUB reads on to the closing quote, whatever is wrong inside.  In a text to
 * be translated nothing is: what a $ means there is seen when it is expanded.
 */
static const char *skip_double_quotes(struct lexer *lexer, bool translated)
{
	const char *why = NULL, *bad, *at = lexer->at + 1;

	for (; at < lexer->end; at = lexer->at) {
		while (at < lexer->end && !quoted_special[(uint8_t)*at])
			at++;
		lexer->at = at;
		if (at == lexer->end)
			break;
		if (*at == '"') {
			lexer->at++;
			return why;
		}
		if (*at == '\n') {
			next_line(lexer);
		} else if (*at == '\\') {
			if (!skip_escape(lexer))
				lexer->at = lexer->end;
		} else if (translated) {
			lexer->at++;
		} else {
			bad = skip_variable(lexer);
			if (bad) {
				why = bad;
				lexer->at++;
			}
		}
	}
	lexer->at = lexer->end;
	return no_double_quote;
}

/* Go behind one of the bytes that are special in a word. */
static const char *skip_special(struct lexer *lexer)
{
	switch (*lexer->at) {
	case '\'':
		return skip_single_quotes(lexer);
	case '"':
		return skip_double_quotes(lexer, false);
	case '\\':
		if (skip_escape(lexer))
			return NULL;
		lexer->at = lexer->end;
		return no_escaped;
	default:
		if (lexer->end - lexer->at < 2 || lexer->at[1] != '"')
			return skip_variable(lexer);
		lexer->at++;
		return skip_double_quotes(lexer, true);
	}
}

bool lex_is_cut(const struct token *token)
{
	return token->kind == TOKEN_BAD &&
		(token->why == no_single_quote ||
			token->why == no_double_quote ||
			token->why == no_escaped);
}

/* [[ and ]] are reserved in GRUB, and nothing uses them. */
static bool is_reserved(struct text word)
{
	return word.len == 2 && word.at[0] == word.at[1] &&
		(word.at[0] == '[' || word.at[0] == ']');
}

/*
 * A word that begins at start, of which lexer->at is the first special byte.
 * What is wrong inside "..." is an error when the word ends, all else at once.
 */
static RARELY void lex_quoted_word(
	struct lexer *lexer, struct token *token, const char *start)
{
	const char *why, *at = lexer->at;

	token->kind = TOKEN_WORD;
	token->simple = false;
	token->why = NULL;
	do {
		lexer->at = at;
		why = skip_special(lexer);
		if (why) {
			token->kind = TOKEN_BAD;
			token->why = token->why ? token->why : why;
		}
		if (why && *at != '"')
			break;
		at = lexer->at;
		while (at < lexer->end && classes[(uint8_t)*at] <= LOOK_TWICE)
			at++;
		lexer->at = at;
	} while (at < lexer->end && classes[(uint8_t)*at] == SPECIAL);
	token->text = (struct text){ start, (size_t)(lexer->at - start) };
}

static void lex_simple_word(
	struct token *token, const char *start, const char *end)
{
	token->text = (struct text){ start, (size_t)(end - start) };
	token->kind = TOKEN_WORD;
	token->simple = true;
	token->why = NULL;
	if (is_reserved(token->text)) {
		token->kind = TOKEN_BAD;
		token->why = "[[ and ]] are reserved";
	}
}

static enum token_kind kind_of(char c)
{
	switch (c) {
	case '\n':
		return TOKEN_NEWLINE;
	case ';':
		return TOKEN_SEMICOLON;
	case '{':
		return TOKEN_OPEN;
	case '}':
		return TOKEN_CLOSE;
	default:
		return TOKEN_BAD;
	}
}

static RARELY void lex_operator(struct lexer *lexer, struct token *token)
{
	token->kind = TOKEN_END;
	token->simple = false;
	token->why = NULL;
	token->text = (struct text){ lexer->at, 0 };
	if (lexer->at == lexer->end)
		return;
	token->kind = kind_of(*lexer->at);
	token->text.len = 1;
	lexer->line += *lexer->at++ == '\n';
	/* ;; is a token of its own in GRUB, and fits nowhere */
	if (token->kind == TOKEN_SEMICOLON && lexer->at < lexer->end &&
		*lexer->at == ';')
		token->kind = TOKEN_BAD;
}

/* Comments, newlines after a backslash, and the blanks between them. */
static RARELY void skip_more(struct lexer *lexer)
{
	while (lexer->at < lexer->end) {
		if (classes[(uint8_t)*lexer->at] == BLANK) {
			lexer->at++;
		} else if (*lexer->at == '#') {
			lexer->at = line_end(lexer, lexer->end);
		} else if (*lexer->at == '\\' && lexer->end - lexer->at > 1 &&
			lexer->at[1] == '\n') {
			lexer->at++;
			next_line(lexer);
		} else {
			return;
		}
	}
}

/* Most tokens are simple words after a blank, so those take the short way. */
void lex_next(struct lexer *lexer, struct token *token)
{
	const char *at = lexer->at, *const end = lexer->end;
	const char *start;

	while (at < end && classes[(uint8_t)*at] == BLANK)
		at++;
	lexer->at = at;
	if (at < end && (*at == '#' || *at == '\\')) {
		skip_more(lexer);
		at = lexer->at;
	}
	token->line = lexer->line;
	start = at;
	while (at < end && classes[(uint8_t)*at] <= LOOK_TWICE)
		at++;
	if (at < end && classes[(uint8_t)*at] == SPECIAL) {
		lexer->at = at;
		lex_quoted_word(lexer, token, start);
	} else if (at > start) {
		lexer->at = at;
		lex_simple_word(token, start, at);
	} else {
		lex_operator(lexer, token);
	}
}

/* Does a word begin at this byte, which has another in front? */
static bool begins_word(const char *at)
{
	return classes[(uint8_t)at[-1]] == BLANK;
}

void lex_skip_words(struct lexer *lexer, struct token *token)
{
	const char *at = lexer->at, *const end = lexer->end;
	uint8_t class = BLANK;

	for (;;) {
		for (; at < end; at++) {
			class = classes[(uint8_t)*at];
			if (class != IN_WORD && class != BLANK)
				break;
		}
		lexer->at = at;
		if (at == end || class == ENDS_WORD)
			break;
		if (class == SPECIAL) {
			token->line = lexer->line;
			if (skip_special(lexer)) {
				/* once more, up to where the error is */
				lexer->at = at;
				lexer->line = token->line;
				lex_quoted_word(lexer, token, at);
				return;
			}
			at = lexer->at;
		} else if (!begins_word(at)) {
			at++;
		} else {
			lex_next(lexer, token);
			if (token->kind != TOKEN_WORD)
				return;
			at = lexer->at;
		}
	}
	lex_next(lexer, token);
}

/* A variable at the start of the word: cut it off. */
static bool variable_part(struct text *word, bool quoted, struct part *part)
{
	size_t len = variable_at(*word, &part->text);

	part->kind = quoted ? PART_DQVARIABLE : PART_VARIABLE;
	*word = text_skip(*word, len);
	return len > 0;
}

/* Inside "...": up to the next variable, or the closing quote. */
static bool quoted_part(struct text *word, bool *quoted, struct part *part)
{
	size_t len = 0;
	bool escapes = false;

	if (word->len > 0 && word->at[0] == '$')
		return variable_part(word, true, part);
	for (; len < word->len; len++) {
		if (!quoted_special[(uint8_t)word->at[len]])
			continue;
		if (word->at[len] == '"' || word->at[len] == '$')
			break;
		escapes = true;
		len += word->at[len] == '\\';
	}
	if (len > word->len)
		len = word->len;
	part->kind = escapes ? PART_DQUOTED : PART_QUOTED;
	part->text = (struct text){ word->at, len };
	*word = text_skip(*word, len);
	if (word->len > 0 && word->at[0] == '"') {
		*word = text_skip(*word, 1);
		*quoted = false;
	}
	return true;
}

/* Outside quotes: up to the next quote or variable. */
static bool plain_part(struct text *word, struct part *part)
{
	size_t len = 0;

	part->kind = PART_PLAIN;
	while (len < word->len) {
		if (word->at[len] == '\\') {
			part->kind = PART_ESCAPED;
			len++;
		} else if (classes[(uint8_t)word->at[len]] == SPECIAL) {
			break;
		}
		len++;
	}
	if (len > word->len)
		len = word->len;
	part->text = (struct text){ word->at, len };
	*word = text_skip(*word, len);
	return true;
}

static bool single_part(struct text *word, struct part *part)
{
	struct lexer lexer = { word->at, word->at + word->len, 0 };

	skip_single_quotes(&lexer);
	part->kind = PART_QUOTED;
	part->text = (struct text){ word->at + 1,
		(size_t)(lexer.at - word->at) - 2 };
	*word = text_skip(*word, part->text.len + 2);
	return true;
}

/* $"..." asks for a translation, and there is none. */
static bool translated_part(struct text *word, struct part *part)
{
	struct lexer lexer = { word->at + 1, word->at + word->len, 0 };

	skip_double_quotes(&lexer, true);
	part->kind = PART_TRANSLATED;
	part->text = (struct text){ word->at + 2,
		(size_t)(lexer.at - word->at) - 3 };
	*word = text_skip(*word, part->text.len + 3);
	return true;
}

bool lex_part(struct text *word, bool *quoted, struct part *part)
{
	if (*quoted)
		return quoted_part(word, quoted, part);
	if (word->len == 0)
		return false;
	switch (word->at[0]) {
	case '\'':
		return single_part(word, part);
	case '"':
		*word = text_skip(*word, 1);
		*quoted = true;
		return quoted_part(word, quoted, part);
	case '$':
		if (word->len < 2 || word->at[1] != '"')
			return variable_part(word, false, part);
		return translated_part(word, part);
	default:
		return plain_part(word, part);
	}
}
