/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lex.h - the tokens of a GRUB 2 script, with line numbers
 *
 * Nothing is copied or allocated: a token is a slice of the script.  What is
 * inside a word (quotes, variables) is checked here and taken apart by
 * lex_part().  Keywords are words; only their place makes them keywords.
 */
#ifndef CONFIG_GRUB2_LEX_H
#define CONFIG_GRUB2_LEX_H

#include <stdbool.h>

#include "src/base/text.h"
#include "src/config/grub2/ast.h"

enum token_kind {
	TOKEN_END,
	TOKEN_NEWLINE,
	TOKEN_SEMICOLON,
	TOKEN_OPEN,  /* { */
	TOKEN_CLOSE, /* } */
	TOKEN_WORD,
	TOKEN_BAD, /* fits nowhere; why says what is wrong with it */
};

struct token {
	enum token_kind kind;
	bool simple; /* a word without quotes, backslashes and variables */
	unsigned int line;
	struct text text;
	const char *why; /* of TOKEN_BAD */
};

/* A place in a script; copy it to come back. */
struct lexer {
	const char *at;
	const char *end;
	unsigned int line; /* of at, from 1 */
};

/* The next token; at the end of the script, TOKEN_END again and again. */
void lex_next(struct lexer *lexer, struct token *token);

/*
 * Behind a word: skip all words that follow, and give the token after them.  It
 * finds what lex_next() would find wrong with them, in less time.
 */
void lex_skip_words(struct lexer *lexer, struct token *token);

/* Does the script end inside this token, which more lines could complete? */
bool lex_is_cut(const struct token *token);

/* Go behind the next newline: where GRUB goes on after a syntax error. */
void lex_skip_line(struct lexer *lexer);

/*
 * Cut the next part from a word, as lex_next() gave it; false at its end.
 * *quoted is what the caller keeps between calls: false at first.
 */
bool lex_part(struct text *word, bool *quoted, struct part *part);

/* How long the variable's name at the start of text is; 0: there is none. */
size_t lex_name_length(struct text text);

/* A name as variables and functions have it: a letter or _, then digits too. */
bool lex_is_name(struct text text);

/* One of the bytes of such a name. */
bool lex_is_name_byte(char c);

#endif
