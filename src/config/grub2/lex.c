/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/lex.h"

#include <stdint.h>
#include <string.h>

/* What a byte means outside quotes; 0: part of a word, nothing more. */
enum { IN_WORD, BLANK, ENDS_WORD, SPECIAL };

static const uint8_t classes[256] = {
	[' '] = BLANK,
	['\t'] = BLANK,
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

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool lex_is_name(struct text text)
{
	size_t i;

	if (text.len == 0 || !is_name_start(text.at[0]))
		return false;
	for (i = 1; i < text.len; i++)
		if (!is_name_start(text.at[i]) && !is_digit(text.at[i]))
			return false;
	return true;
}

/* How long the variable's name at the start of text is; 0: there is none. */
static size_t name_length(struct text text)
{
	size_t i = 1;

	if (text.len == 0)
		return 0;
	if (is_name_start(text.at[0])) {
		while (i < text.len &&
			(is_name_start(text.at[i]) || is_digit(text.at[i])))
			i++;
		return i;
	}
	if (is_digit(text.at[0])) {
		while (i < text.len && is_digit(text.at[i]))
			i++;
		return i;
	}
	return memchr("?#*@", text.at[0], 4) ? 1 : 0;
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
	*name = (struct text){ rest.at, name_length(rest) };
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
	for (lexer->at++; lexer->at < lexer->end;) {
		if (*lexer->at == '\'') {
			lexer->at++;
			return NULL;
		}
		if (*lexer->at == '\n')
			next_line(lexer);
		else
			lexer->at++;
	}
	return "no closing '";
}

static const char *skip_double_quotes(struct lexer *lexer)
{
	const char *why;

	for (lexer->at++; lexer->at < lexer->end;) {
		switch (*lexer->at) {
		case '"':
			lexer->at++;
			return NULL;
		case '\n':
			next_line(lexer);
			break;
		case '\\':
			if (!skip_escape(lexer))
				lexer->at = lexer->end;
			break;
		case '$':
			why = skip_variable(lexer);
			if (why)
				return why;
			break;
		default:
			lexer->at++;
		}
	}
	return "no closing \"";
}

/* Go behind one of the bytes that are special in a word. */
static const char *skip_special(struct lexer *lexer)
{
	switch (*lexer->at) {
	case '\'':
		return skip_single_quotes(lexer);
	case '"':
		return skip_double_quotes(lexer);
	case '\\':
		if (skip_escape(lexer))
			return NULL;
		lexer->at = lexer->end;
		return "nothing after \"\\\"";
	default:
		/* $"..." asks for a translation, and there is none. */
		if (lexer->end - lexer->at > 1 && lexer->at[1] == '"') {
			lexer->at++;
			return NULL;
		}
		return skip_variable(lexer);
	}
}

/* [[ and ]] are reserved in GRUB, and nothing uses them. */
static bool is_reserved(struct text word)
{
	return word.len == 2 && word.at[0] == word.at[1] &&
		(word.at[0] == '[' || word.at[0] == ']');
}

static void lex_word(struct lexer *lexer, struct token *token)
{
	const char *start = lexer->at;
	uint8_t class;

	token->kind = TOKEN_WORD;
	token->simple = true;
	while (lexer->at < lexer->end) {
		class = classes[(uint8_t)*lexer->at];
		if (class == IN_WORD) {
			lexer->at++;
			continue;
		}
		if (class != SPECIAL)
			break;
		token->simple = false;
		token->why = skip_special(lexer);
		if (token->why) {
			token->kind = TOKEN_BAD;
			break;
		}
	}
	token->text = (struct text){ start, (size_t)(lexer->at - start) };
	if (token->simple && is_reserved(token->text)) {
		token->kind = TOKEN_BAD;
		token->why = "[[ and ]] are reserved";
	}
}

/* Blanks, comments, and newlines after a backslash. */
static void skip_blanks(struct lexer *lexer)
{
	const char *newline;

	while (lexer->at < lexer->end) {
		if (classes[(uint8_t)*lexer->at] == BLANK) {
			lexer->at++;
		} else if (*lexer->at == '#') {
			newline = memchr(lexer->at, '\n',
				(size_t)(lexer->end - lexer->at));
			lexer->at = newline ? newline : lexer->end;
		} else if (*lexer->at == '\\' && lexer->end - lexer->at > 1 &&
			lexer->at[1] == '\n') {
			lexer->at++;
			next_line(lexer);
		} else {
			return;
		}
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

void lex_next(struct lexer *lexer, struct token *token)
{
	skip_blanks(lexer);
	token->line = lexer->line;
	token->text = (struct text){ lexer->at, 0 };
	token->why = NULL;
	token->simple = false;
	if (lexer->at == lexer->end) {
		token->kind = TOKEN_END;
	} else if (classes[(uint8_t)*lexer->at] != ENDS_WORD) {
		lex_word(lexer, token);
	} else {
		token->kind = kind_of(*lexer->at);
		token->text.len = 1;
		lexer->line += *lexer->at++ == '\n';
		/* ;; is a token of its own in GRUB, and fits nowhere */
		if (token->kind == TOKEN_SEMICOLON && lexer->at < lexer->end &&
			*lexer->at == ';')
			token->kind = TOKEN_BAD;
	}
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
	while (len < word->len && word->at[len] != '"' &&
		word->at[len] != '$') {
		if (word->at[len] == '\\' || word->at[len] == '\n')
			escapes = true;
		len += word->at[len] == '\\' ? 2 : 1;
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
		if (word->len > 1 && word->at[1] == '"') {
			*word = text_skip(*word, 2);
			*quoted = true;
			return quoted_part(word, quoted, part);
		}
		return variable_part(word, false, part);
	default:
		return plain_part(word, part);
	}
}
