/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command.h - the table of commands, and how they read their options
 *
 * A command returns a status (enum status) and then the script goes on, or -1
 * with err filled when the whole evaluation is over.  What is not in the table
 * may be a function of the script, and is otherwise unknown: that prints an
 * error and counts as true, as in GRUB.  So only what GRUB itself has belongs
 * into the table; a script's own savedefault must not meet one of ours.
 */
#ifndef CONFIG_GRUB2_COMMAND_H
#define CONFIG_GRUB2_COMMAND_H

#include "src/config/grub2/eval.h"

typedef int command_function(
	struct eval *eval, const struct args *args, struct error *err);

struct command {
	const char *name;
	command_function *run; /* NULL: a word of the language, as while */
	const char *usage;     /* what help says to write behind the name */
	const char *does;      /* the same of what it does; NULL: no help */
};

/* NULL if there is none of that name. */
const struct command *command_find(const char *name);

/* All, and the words of the language, by name; NULL behind the last. */
const struct command *command_at(size_t i);

enum option_kind {
	OPTION_FLAG,
	OPTION_VALUE,    /* --name=value, --name value, -n value */
	OPTION_OPTIONAL, /* the same, but a value may be missing */
};

struct option_spec {
	const char *name; /* without "--" */
	char letter;      /* 0: none */
	enum option_kind kind;
};

/* Reads arguments one after the other; options may stand between the words. */
struct options {
	const struct args *args;
	const struct option_spec *specs; /* ends with a NULL name */
	size_t next;                     /* argument to read */
	const char *letters;             /* left of a group as in -ne */
	bool words_only;                 /* behind "--" */
	bool dashes;                     /* what is no option is a word */
};

enum { OPTIONS_END = -1, OPTIONS_WORD = -2, OPTIONS_BAD = -3 };

/* dashes: an option that is not known is a word, as in menuentry "---". */
void options_start(struct options *options, const struct args *args,
	const struct option_spec *specs, bool dashes);

/*
 * The index of the next option in specs and its value (NULL: none),
 * OPTIONS_WORD and the word in *value, OPTIONS_BAD and the argument that
 * cannot be understood, or OPTIONS_END.
 */
int options_next(struct options *options, const char **value);

/* What OPTIONS_BAD means to a command: STATUS_BAD_ARGUMENT. */
int options_bad(struct eval *eval, const struct args *args, const char *arg);

/* grub's strtoul with base 0: false if text does not begin with a number. */
bool command_number(const char *text, unsigned long *number);

/* Does anybody listen to what the script prints (guest->print)? */
static inline bool command_heard(const struct eval *eval)
{
	return eval->guest->print != NULL;
}

/*
 * Print, which costs nothing where nobody listens.  0, or -1 with err filled:
 * the evaluation is over.  command_printf() is for short texts.
 */
int command_print(
	struct eval *eval, const char *text, size_t len, struct error *err);
int command_puts(struct eval *eval, const char *text, struct error *err);
int command_printf(struct eval *eval, struct error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* cmd_device.c */
command_function cmd_loopback, cmd_gptprio_next;
/* cmd_linux.c */
command_function cmd_linux, cmd_initrd, cmd_multiboot, cmd_module, cmd_bsd,
	cmd_boot;
/* cmd_chainloader.c */
command_function cmd_chainloader, cmd_other_system;
/* cmd_legacy.c */
command_function cmd_legacy_kernel, cmd_legacy_initrd, cmd_authenticate;
/* users.c */
command_function cmd_password, cmd_legacy_password;
/* cmd_foreign.c */
command_function cmd_foreign;
/* cmd_search.c */
command_function cmd_search, cmd_search_file, cmd_search_label, cmd_search_uuid,
	cmd_probe;
/* cmd_test.c */
command_function cmd_test, cmd_true, cmd_false, cmd_regexp;
/* cmd_menu.c */
command_function cmd_menuentry, cmd_submenu, cmd_source, cmd_configfile,
	cmd_extract_source, cmd_extract_configfile, cmd_normal, cmd_exit,
	cmd_fwsetup;
/* cmd_flow.c */
command_function cmd_break, cmd_continue, cmd_return, cmd_shift, cmd_setparams,
	cmd_eval;
/* cmd_env.c */
command_function cmd_set, cmd_unset, cmd_export, cmd_load_env, cmd_save_env,
	cmd_list_env, cmd_increment, cmd_decrement;
/* cmd_blscfg.c, cmd_uki.c */
command_function cmd_blscfg, cmd_uki;
/* cmd_print.c, cmd_ls.c */
command_function cmd_echo, cmd_cat, cmd_ls;
/* cmd_help.c */
command_function cmd_help;
/* cmd_misc.c */
command_function cmd_nothing, cmd_hwmatch, cmd_insmod, cmd_read, cmd_keystatus,
	cmd_unsupported, cmd_one_argument, cmd_absent, cmd_time, cmd_tr;
/* cmd_file.c */
command_function cmd_cmp, cmd_file;

#endif
