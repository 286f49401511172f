/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extlinux_parse.h - a syslinux configuration on its way from lines to labels
 *
 * What extlinux_parse.c (keywords) and extlinux_words.c (MENU and what follows
 * it) share with each other and with extlinux.c.
 */
#ifndef CONFIG_EXTLINUX_PARSE_H
#define CONFIG_EXTLINUX_PARSE_H

#include "src/config/extlinux.h"

/* One file; INCLUDE begins another. */
struct extlinux_parser {
	struct config *config;
	struct extlinux_file *file;
	const char *path;
	unsigned int line;
	unsigned int depth; /* of files that include files */
	struct extlinux_menu *menu;
	struct extlinux_label *label; /* NULL: none yet in this menu */
	struct text source; /* of the label, from its first line to here */
	bool in_help;       /* between TEXT HELP and ENDTEXT */
	bool one_label;     /* the text is of one (enum extlinux_alone) */
};

/* What a keyword does where the text is of one label. */
enum extlinux_alone {
	EXTLINUX_SKIPPED, /* in a label's source there may be any line */
	EXTLINUX_TAKEN,   /* it says what the label boots */
	EXTLINUX_REFUSED, /* it would lead out of the label */
};

struct extlinux_keyword {
	const char *name;
	int (*take)(struct extlinux_parser *parser, struct text value,
		struct error *err);
	enum extlinux_alone alone;
};

/* Read a file's lines into its labels and settings. */
int extlinux_parse(
	struct extlinux_parser *parser, struct text text, struct error *err);

/* The same with the file that name says, if it is there. */
int extlinux_include(
	struct extlinux_parser *parser, struct text name, struct error *err);

/* Do what the table says of the line's first word; others are no fault. */
int extlinux_take_word(const struct extlinux_keyword *table, size_t count,
	struct extlinux_parser *parser, struct text line, struct error *err);

/* What follows MENU. */
int extlinux_take_menu(
	struct extlinux_parser *parser, struct text value, struct error *err);

/* A copy of the value in *where. */
int extlinux_keep(struct extlinux_parser *parser, struct text value,
	const char **where, struct error *err);

/* A label for the open menu, at this line; NULL with err filled. */
struct extlinux_label *extlinux_new_label(
	struct extlinux_parser *parser, struct text name, struct error *err);

/* A menu below the open one; the top if there is none. */
struct extlinux_menu *extlinux_add_menu(
	struct extlinux_parser *parser, struct text tag, struct error *err);

/* What the open label boots, if there is one. */
int extlinux_set_kind(struct extlinux_parser *parser, enum extlinux_kind kind,
	struct text value, struct error *err);

/* The lines that follow are not of the open label. */
int extlinux_end_label(struct extlinux_parser *parser, struct error *err);

#endif
