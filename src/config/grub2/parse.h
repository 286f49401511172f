/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parse.h - from a script to statements, as many at a time as GRUB reads
 *
 * GRUB reads a line, and more lines only while a statement is open, and runs
 * that before it reads on.  Such a unit is all there or dropped: a syntax error
 * costs the unit up to the end of the line in error, and nothing more.
 */
#ifndef CONFIG_GRUB2_PARSE_H
#define CONFIG_GRUB2_PARSE_H

#include "src/config/grub2/ast.h"
#include "src/config/grub2/lex.h"
#include "src/config/grub2/scratch.h"

/* Statements inside statements; keeps the parser's stack under 128 KiB. */
#define PARSE_DEPTH_MAX 256

struct parser {
	struct lexer lexer;
	struct token token;    /* the one looked at */
	struct scratch *units; /* where statements live... */
	struct scratch *keep;  /* ...and the bodies of functions */
	struct scratch *nodes; /* one of these two */
	bool open;             /* the script ends inside a statement */
	bool checking;         /* inside a block: only whether it is right */
	unsigned int depth;
	struct error *err;
	struct word waste_word; /* what is made while checking: nobody's */
	struct stmt waste_stmt;
};

/* Both memories may be the same.  The text must outlive the statements. */
void parse_start(struct parser *parser, struct text script, unsigned int line,
	struct scratch *units, struct scratch *keep);

/*
 * The next unit: 1 and its first statement (NULL: a blank line), 0 at the end
 * of the script, or -1.  ERR_SYNTAX: the unit is dropped, go on with the next;
 * any other code is the end.  Messages do not name the line: it is token's.
 */
int parse_unit(
	struct parser *parser, const struct stmt **unit, struct error *err);

/* What a text is like that a person typed. */
struct parse_check {
	bool open;        /* its last statement wants further lines */
	bool functions;   /* it defines some, which point into it */
	struct error why; /* the first syntax error, with its line, or none */
};

/*
 * Look at a whole text without keeping anything of it: 0, also with syntax
 * errors, or -1.
 */
int parse_check(struct text script, struct scratch *scratch,
	struct parse_check *check, struct error *err);

#endif
