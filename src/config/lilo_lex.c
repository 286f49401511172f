/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/config/lilo.h"

/* At the end of the file; no character has this value. */
#define END (-1)

void lilo_odd(struct lilo_lexer *lexer, const char *fmt, ...)
{
	size_t len;
	va_list ap;

	if (lexer->odd++ > 0)
		return;
	snprintf(lexer->first_odd, sizeof(lexer->first_odd),
		"line %u: ", lexer->at_line);
	len = strlen(lexer->first_odd);
	va_start(ap, fmt);
	vsnprintf(lexer->first_odd + len, sizeof(lexer->first_odd) - len, fmt,
		ap);
	va_end(ap);
}

/* Both drop the CR of a line that was written on Windows. */
static void drop_returns(struct lilo_lexer *lexer)
{
	while (lexer->rest.len > 0 && lexer->rest.at[0] == '\r')
		lexer->rest = text_skip(lexer->rest, 1);
}

static int peek(struct lilo_lexer *lexer)
{
	drop_returns(lexer);
	return lexer->rest.len > 0 ? (unsigned char)lexer->rest.at[0] : END;
}

static int next(struct lilo_lexer *lexer)
{
	int c = peek(lexer);

	lexer->rest = text_skip(lexer->rest, 1);
	lexer->line += c == '\n';
	return c;
}

static void put(struct lilo_lexer *lexer, int c)
{
	lexer->word[lexer->len++] = (char)c;
}

/* Skip what separates words: a line's end does no more than a blank. */
static void skip(struct lilo_lexer *lexer)
{
	int c;

	for (;;) {
		c = peek(lexer);
		if (c == '#')
			while (c != '\n' && c != END)
				c = next(lexer);
		else if (c == ' ' || c == '\t' || c == '\n')
			next(lexer);
		else
			return;
	}
}

/* "\$" is a dollar; otherwise it stands for what we cannot know. */
static void note_dollar(struct lilo_lexer *lexer, int c)
{
	if (c == '$' && lexer->dialect->variables)
		lilo_odd(lexer,
			"a variable of the environment that lilo was run in");
}

/* A line that goes on within quotes: what it becomes, or END for nothing. */
static int continued(struct lilo_lexer *lexer)
{
	if (!lexer->dialect->break_is_blank)
		return END;
	while (peek(lexer) == ' ' || peek(lexer) == '\t')
		next(lexer);
	return ' ';
}

/* The character behind a backslash within quotes. */
static int escaped(struct lilo_lexer *lexer, struct error *err)
{
	int c = next(lexer);

	if (c == '\n') {
		c = continued(lexer);
		if (c != END)
			put(lexer, c);
		return 0;
	}
	if (c != '"' && c != '\\' && !(c == '$' && lexer->dialect->variables))
		return error_set(err, ERR_SYNTAX,
			"line %u: a \\ within quotes that is not before \" or "
			"\\",
			lexer->line);
	put(lexer, c);
	return 0;
}

static int lex_quoted(struct lilo_lexer *lexer, struct error *err)
{
	int c;

	for (next(lexer); (c = next(lexer)) != '"';) {
		if (c == END || c == '\n')
			return error_set(err, ERR_SYNTAX,
				"line %u: the quotes do not end",
				lexer->at_line);
		if (c == '\\') {
			if (escaped(lexer, err) < 0)
				return -1;
			continue;
		}
		note_dollar(lexer, c);
		if (c == '\t')
			lilo_odd(lexer, "a tab within quotes");
		put(lexer, c == '\t' ? ' ' : c);
	}
	return 0;
}

static bool ends_word(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '#' || c == END;
}

static int lex_plain(struct lilo_lexer *lexer, bool name, struct error *err)
{
	int c;

	for (c = peek(lexer); !ends_word(c) && !(name && c == '=');
		c = peek(lexer)) {
		if (c == '=' && lexer->dialect->quotes_for_equal)
			lilo_odd(lexer, "a value with \"=\" and no quotes");
		note_dollar(lexer, c);
		next(lexer);
		if (c == '\\') {
			c = next(lexer);
			if (c == END)
				return error_set(err, ERR_SYNTAX,
					"line %u: a \\ at the file's end",
					lexer->line);
			if (c == '\n')
				continue;
		}
		put(lexer, c == '\t' ? ' ' : c);
	}
	return 0;
}

static int lex(struct lilo_lexer *lexer, bool name, struct error *err)
{
	int c, r;

	skip(lexer);
	lexer->len = 0;
	lexer->start = lexer->rest.at;
	lexer->at_line = lexer->line;
	c = peek(lexer);
	if (c == END)
		return 0;
	r = c == '"' ? lex_quoted(lexer, err) : lex_plain(lexer, name, err);
	lexer->word[lexer->len] = '\0';
	return r < 0 ? -1 : 1;
}

int lilo_lex_name(struct lilo_lexer *lexer, struct error *err)
{
	skip(lexer);
	if (peek(lexer) == '=')
		return error_set(err, ERR_SYNTAX,
			"line %u: \"=\" without an option before it",
			lexer->line);
	return lex(lexer, true, err);
}

bool lilo_lex_equal(struct lilo_lexer *lexer)
{
	skip(lexer);
	if (peek(lexer) != '=')
		return false;
	next(lexer);
	return true;
}

int lilo_lex_value(struct lilo_lexer *lexer, struct error *err)
{
	return lex(lexer, false, err);
}
