/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ast.h - a GRUB 2 script as a tree
 *
 * Made by parse.c and never written afterwards.  The text in it points into
 * the script, so that a word costs no copy before it is expanded.
 */
#ifndef CONFIG_GRUB2_AST_H
#define CONFIG_GRUB2_AST_H

#include <stdbool.h>

#include "src/base/text.h"

enum part_kind {
	PART_PLAIN,      /* as it stands; * and ? are wildcards */
	PART_ESCAPED,    /* the same with backslashes in it */
	PART_QUOTED,     /* from '...', as it stands */
	PART_DQUOTED,    /* from "...", with backslashes to deal with */
	PART_VARIABLE,   /* its name; the value is split into words */
	PART_DQVARIABLE, /* its name; the value stays one word */
	PART_TRANSLATED, /* from $"...", with backslashes and variables */
	PART_BLOCK,      /* { ... }, braces and all, not interpreted */
};

/* A word is its parts, put together without a gap. */
struct part {
	const struct part *next;
	enum part_kind kind;
	struct text text;
};

struct word {
	const struct word *next;
	unsigned int line; /* where it begins */
	struct part first;
};

enum stmt_kind { STMT_COMMAND, STMT_IF, STMT_WHILE, STMT_FOR, STMT_FUNCTION };

struct stmt {
	const struct stmt *next; /* in the same list */
	enum stmt_kind kind;
	unsigned int line;
	union {
		const struct word *words; /* of a command; at least one */
		struct {
			const struct stmt *cond, *then, *otherwise;
		} branch;
		struct {
			const struct stmt *cond, *body;
			bool until;
		} loop;
		struct {
			struct text name;
			const struct word *in;
			const struct stmt *body;
		} each;
		struct {
			struct text name;
			const struct stmt *body;
		} function;
	};
};

#endif
