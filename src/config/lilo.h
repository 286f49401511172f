/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lilo.h - /etc/lilo.conf of LILO, and elilo.conf of its relative for EFI
 *
 * lilo_format and elilo_format (config.h) are what others use; the rest is
 * shared by the files of this module:
 *
 *	lilo_lex.c   words, quotes, continued lines
 *	lilo_parse.c options into sections
 *	lilo.c       sections made into a menu: what both have in common
 *	lilo_run.c   what an entry of LILO boots
 *	lilo_root.c  root= as LILO gives it to the kernel: as a number
 *	elilo.c      what an entry of ELILO boots
 *
 * One grammar, of which struct lilo_dialect has the differences.  LILO reads
 * its file when it is installed, and what it refuses then was never installed;
 * ELILO reads its own at each boot.  What they would refuse, and what has a
 * meaning all the same, is taken with one warning.
 */
#ifndef CONFIG_LILO_H
#define CONFIG_LILO_H

#include "src/config/config.h"
#include "src/config/mounts.h"

/* LILO has room for less than 100 images in its boot map. */
#define LILO_SECTIONS_MAX 1000

enum lilo_key {
	LILO_ADDAPPEND,
	LILO_ALIAS,
	LILO_APPEND,
	LILO_BYPASS,
	LILO_DEFAULT,
	LILO_DELAY,
	LILO_DESCRIPTION,
	LILO_INITRD,
	LILO_LABEL,
	LILO_LITERAL,
	LILO_LOCK,
	LILO_MANDATORY,
	LILO_OPTIONAL,
	LILO_PASSWORD,
	LILO_PROMPT,
	LILO_RAMDISK,
	LILO_READ_ONLY,
	LILO_READ_WRITE,
	LILO_RESTRICTED,
	LILO_ROOT,
	LILO_SERIAL,
	LILO_TIMEOUT,
	LILO_VGA,
	LILO_VMM,
	LILO_KEYS,
	LILO_IGNORED = LILO_KEYS, /* how it is installed, and how it looks */
	LILO_IMAGE,               /* begins a section */
	LILO_OTHER,
};

/* The options above all images, or those of one. */
struct lilo_section {
	const char *values[LILO_KEYS]; /* NULL: not given */
	bool other;                    /* another system's boot sector */
	const char *file;              /* of the kernel; or that device */
	unsigned int line;
	const char *source; /* its lines, for the editor */
	struct lilo_section *next;
};

#define LILO_DIALECT 1U
#define ELILO_DIALECT 2U

struct lilo_dialect {
	const char *name;
	unsigned int bit;      /* in the table of options */
	bool any_case;         /* options and labels in whatever case */
	bool break_is_blank;   /* a line that goes on within quotes */
	bool variables;        /* $NAME, of the environment of lilo */
	bool quotes_for_equal; /* an unquoted value cannot hold a "=" */
	bool last_append;      /* of two in one image the last counts */
	bool units;            /* "timeout=5s", and hexadecimal */
};

/* A config's priv. */
struct lilo {
	const struct lilo_dialect *dialect;
	struct lilo_section global;
	struct lilo_section *first;
	struct menu menu;
	const char *automatic; /* the name that the default is booted by */
	/* LILO's files are those of the running guest, ELILO's its own */
	struct mounts mounts;
};

/* Words */

struct lilo_lexer {
	const struct lilo_dialect *dialect;
	struct text rest;
	unsigned int line;    /* where rest begins */
	char *word;           /* room for all of the file and a NUL */
	size_t len;           /* of the word read last */
	const char *start;    /* of that word in the file */
	unsigned int at_line; /* its line */
	/*
	 * What the loader would refuse: how many times, and the first of it.
	 */
	unsigned int odd;
	char first_odd[ERROR_TEXT_SIZE / 4];
};

/* Say what the loader would refuse about the line that was read last. */
void lilo_odd(struct lilo_lexer *lexer, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The name of an option into lexer->word: 1, 0 at the end, -1. */
int lilo_lex_name(struct lilo_lexer *lexer, struct error *err);

/* Is there a "=" now?  It is taken. */
bool lilo_lex_equal(struct lilo_lexer *lexer);

/* What follows it: 1, 0 at the end, -1. */
int lilo_lex_value(struct lilo_lexer *lexer, struct error *err);

/* Options: fill global and the list of sections; messages begin with a line */
int lilo_parse(struct config *config, struct lilo *lilo, struct text file,
	struct error *err);

/*
 * The one image that a text is about.  What the loader would refuse is
 * refused; messages begin with a line.  NULL with err filled.
 */
struct lilo_section *lilo_parse_section(struct config *config,
	const struct lilo_dialect *dialect, struct text text,
	struct error *err);

/* What a section says, or else what all of them do. */
const char *lilo_value(const struct lilo *lilo,
	const struct lilo_section *section, enum lilo_key key);

/* The last part of a path; "\" separates as well. */
const char *lilo_base_name(const char *path);

/*
 * A number as strtol() takes it with base 0, and what is behind it: false if
 * there is none, or it is larger than an int.
 */
bool lilo_number(const char *text, int *number, const char **rest);

/* The load function of both formats, as far as it is the same. */
int lilo_load(struct config *config, const struct lilo_dialect *dialect,
	struct text file, struct error *err);

/*
 * The "root=..." of LILO for what its configuration says, in the arena; ""
 * leaves it out.  NULL with err filled.
 */
const char *lilo_root(const struct lilo *lilo, struct guest *guest,
	const char *root, struct error *err);

/* The run functions of LILO; they leave no trace. */
int lilo_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err);
int lilo_run_source(struct config *config, struct menu *menu, size_t index,
	struct text source, struct outcome *outcome, struct error *err);

#endif
