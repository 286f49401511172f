/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * eval.h - runs a script, under a budget
 *
 * Whatever a script does ends: commands, bytes and depth are counted, and each
 * going over is ERR_LIMIT, which ends the whole evaluation.  The failure of a
 * command is no such thing: it is remembered for the message, sets $?, and the
 * script goes on, as in GRUB.
 *
 * Functions return 0, or -1 with err filled if the evaluation is over.
 */
#ifndef CONFIG_GRUB2_EVAL_H
#define CONFIG_GRUB2_EVAL_H

#include "src/config/config.h"
#include "src/config/grub2/ast.h"
#include "src/config/grub2/env.h"
#include "src/config/grub2/scratch.h"

/*
 * Commands of one load or run, bytes of script parsed and of words expanded:
 * seconds of work; real files need < 10,000 commands.
 */
#ifndef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#define EVAL_STEPS_MAX 1000000
#define EVAL_BYTES_MAX (64U << 20)
#else /* a fuzzer has found a loop soon, and should try something else */
#define EVAL_STEPS_MAX 5000
#define EVAL_BYTES_MAX (1U << 18)
#endif

/* All the entries of a list are looked at with this many commands in all. */
#define EVAL_PEEK_STEPS_MAX (4UL * EVAL_STEPS_MAX)
#define EVAL_PEEK_BYTES_MAX ((size_t)4 * EVAL_BYTES_MAX)

/* A command that looks for a file costs as much as these many that do not. */
#define EVAL_STEPS_PER_LOOKUP 50

/* Lists within lists, through functions and files: < 1 MiB of C stack. */
#define EVAL_DEPTH_MAX 512

#define EVAL_FUNCTIONS_MAX 1024

/* Unknown commands that are told of by name. */
#define EVAL_UNKNOWN_MAX 16

/* Users with a password: each menu looks through them for each name. */
#define EVAL_USERS_MAX 64

/* Text of echo that is kept for --verbose. */
#define EVAL_ECHOES_MAX 8

/* What $? may be, with GRUB's own numbers. */
enum status {
	STATUS_OK = 0,
	STATUS_FALSE = 1,
	STATUS_BAD_FILE_TYPE = 4,
	STATUS_NOT_FOUND = 5,
	STATUS_READ_ERROR = 6,
	STATUS_NO_FILE_SYSTEM = 8,
	STATUS_BAD_NUMBER = 10,
	STATUS_OUT_OF_RANGE = 11,
	STATUS_NO_DEVICE = 12,
	STATUS_BAD_DEVICE = 13,
	STATUS_BAD_COMMAND = 17,
	STATUS_BAD_ARGUMENT = 18,
	STATUS_NO_KERNEL = 22,
	STATUS_UNSUPPORTED = 24,
	STATUS_EXTRACTOR = 31,
};

struct args {
	const char **list; /* list[0] is the command; NULL-terminated */
	size_t count;
	size_t capacity;
	/*
	 * The line where the last argument begins, and whether it is a block:
	 * then it still has its braces.
	 */
	unsigned int line;
	bool block;
};

/* A file that is being interpreted. */
struct script {
	struct device *dev;
	const char *path; /* for people */
	bool main;        /* the one that was given to load() */
};

struct function {
	struct text name;
	const struct stmt *body;
	const struct script *script; /* where it was defined */
};

/* $1 and on. */
struct scope {
	const char *const *list;
	size_t count;
};

/* Environment blocks that one script writes to; real ones have one. */
#define EVAL_BLOCKS_MAX CONFIG_BLOCKS_MAX

enum flow {
	FLOW_ON,
	FLOW_BREAK,    /* out of eval->loops_left loops */
	FLOW_CONTINUE, /* the same, and then on with the next turn */
	FLOW_RETURN,   /* from a function */
	FLOW_END,      /* of everything: a menu came up, or the machine halts */
};

/* The configuration of another GRUB that chainloader has loaded. */
struct chain {
	struct boot_file file;
	struct config *config; /* once it is opened */
	/* where the command stands, for messages */
	const struct script *script;
	unsigned int line;
};

struct budget {
	unsigned long steps;
	size_t bytes;
};

struct eval {
	struct config *config;
	struct guest *guest;
	struct scratch scratch; /* for the statement that runs */
	struct scratch keep;    /* what functions are made of */
	struct env *env;
	struct menu *menu;      /* where menuentry puts its entries */
	struct menu *came_up;   /* by configfile: ends the evaluation */
	struct boot boot;       /* kernel.path NULL: none loaded */
	struct chain chain;     /* file.path NULL: no other GRUB loaded */
	const char *hypervisor; /* the file of a multiboot command, or NULL */
	bool boot_now;          /* the boot command was given */
	bool regexp; /* the module: without it there are no wildcards */
	bool fedora; /* blscfg was run: the dialect is Fedora's, and RHEL's */
	bool blsuki; /* upstream's module of blscfg, or an option of it */
	bool interactive; /* a person types: failures are printed as they come
			   */
	bool extracting;  /* few commands run: extract_entries_source */

	struct scope scope;
	bool in_function;
	int status; /* $? */
	enum flow flow;
	unsigned int loops;       /* open in this function or file */
	unsigned long loops_left; /* to leave, with FLOW_BREAK and _CONTINUE */
	unsigned int depth;
	struct budget budget;
	struct budget peek_budget; /* of all peeks */
	unsigned int includes;     /* files read by files, so far */
	unsigned int include_depth;

	const struct script *script; /* being interpreted */
	unsigned int line;           /* of the statement that runs */

	struct function *functions;
	size_t function_count, function_capacity;
	struct config_block
		blocks[EVAL_BLOCKS_MAX]; /* save_env wrote to them */
	size_t block_count;
	struct password *users[EVAL_USERS_MAX]; /* who have one */
	size_t user_count;
	const char *unknown[EVAL_UNKNOWN_MAX]; /* commands told of */
	size_t unknown_count;
	unsigned int echoes;
	struct entry_color normal, highlight; /* of the last menu */
	const char *strange; /* the first unknown command, or NULL */
	unsigned int strange_line;

	struct error why; /* the failure being reported */
	/* it could not be printed, which ends the evaluation */
	struct error unheard;
	struct error first; /* the first one; code ERR_NONE: none so far */
};

/* Forget what was loaded. */
void eval_unload(struct eval *eval);

/* Take from the budget. */
int eval_spend(struct eval *eval, unsigned long steps, size_t bytes,
	struct error *err);

/* Interpret a text whose first line has this number. */
int eval_text(struct eval *eval, struct text text, unsigned int line,
	struct error *err);

/*
 * Interpret a file's text, with the variables that tell a script what it is.
 * name is what the file was called, with or without a device in front; NULL: it
 * is no file of the guest's.
 */
int eval_script(struct eval *eval, const struct script *script,
	const char *name, struct text text, struct error *err);

/*
 * Read a file and interpret it: 1, 0 with eval->why filled if it cannot be
 * read, or -1.
 */
int eval_file(struct eval *eval, const char *name, struct error *err);

/* Run a command with arguments, $? set by it. */
int eval_run(struct eval *eval, const struct args *args, struct error *err);

/* Call a body with these arguments as $1 and on. */
int eval_entry(struct eval *eval, struct text body, unsigned int line,
	const struct scope *scope, struct error *err);

/* Put "line N", and the file if it is not the main one, in front.  Always -1.
 */
int eval_error_in(const struct eval *eval, struct error *err);

/*
 * A command failed, and eval->why says how: put line and name in front of it
 * and remember it if it is the first.  Returns status, for the command to
 * return.
 */
int eval_failed(struct eval *eval, const struct args *args, int status);

/* The same with a message of its own. */
int eval_fail(struct eval *eval, const struct args *args, int status,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/*
 * May the script go on after eval->why?  0; or -1 with *err set: a limit was
 * exceeded, and that ends it.
 */
int eval_go_on(const struct eval *eval, struct error *err);

struct function *eval_function(struct eval *eval, const char *name);

/* Append an argument that is in memory for as long as args are needed. */
int args_add(struct eval *eval, struct args *args, const char *arg,
	struct error *err);

#endif
