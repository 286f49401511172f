/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child_state.h - what the child's answers share: its state, and how it speaks
 *
 * For child*.c only; child.h is what others see.
 */
#ifndef CHILD_STATE_H
#define CHILD_STATE_H

#include "src/child.h"
#include "src/config/grub2/shell.h"
#include "src/disk/nbd_disk.h"
#include "src/find.h"
#include "src/proto.h"

/* Entries and lines go in messages of about this size: none grows too long. */
#define CHILD_BATCH 32768

/* What a script or a command prints: not sent yet, and how much of it all. */
struct printing {
	char text[CHILD_BATCH + 1];
	size_t len;
	size_t bytes;    /* so far */
	size_t max;      /* of these */
	const char *who; /* for messages: "the script" */
	bool notes;      /* they are printed, too */
};

/* What an entry, or a menu, was asked for; a password may come between. */
enum child_purpose {
	CHILD_STARTS,
	CHILD_TELLS_ARGS,
	CHILD_TELLS_SOURCE,
	CHILD_OPENS_SHELL,
	CHILD_LOGS_IN,
};

/* Arguments or lines that a person edits, of an entry of a menu in sight. */
struct told {
	enum message_type as; /* SAY_ARGS, SAY_SOURCE; 0: nothing was told */
	uint32_t level, index;
};

struct child {
	const struct child_setup *setup;
	const struct options *options;
	struct arena arena;
	struct devices devices;
	bool scanned;                               /* devices are listed */
	struct nbd_disk *remote[OPTIONS_DISKS_MAX]; /* NULL: not behind one */
	struct guest guest;
	size_t notes_said;
	struct config config;                 /* the one in the menu */
	struct menu *menus[CONFIG_DEPTH_MAX]; /* each opened from the former */
	uint32_t levels;                      /* of menus */
	uint32_t chosen;                      /* an entry of the last menu */
	enum child_purpose purpose;           /* of chosen */
	const struct guard *guard; /* asks before that is done; NULL: none */
	struct told told;          /* what may come back */
	const char *args;          /* arguments came back so; NULL: its own */
	bool decided;              /* found is filled */
	struct found found;
	struct printing printing;
	struct grub2_shell *shells[CONFIG_DEPTH_MAX]; /* of menus; or NULL */
	struct grub2_shell *shell; /* opened last, if it may be used */
	uint32_t shell_level;
	struct message out;
	struct message_stream in;
};

/* The menu opened last. */
static inline struct menu *child_menu(const struct child *child)
{
	return child->menus[child->levels - 1];
}

/* Send child->out. */
int child_send(struct child *child, struct error *err);

/* Send what there is to note since the last time. */
int child_say_notes(struct child *child, struct error *err);

int child_say_done(struct child *child, uint64_t kernel, uint64_t ramdisk,
	struct error *err);

/* What was decided; the menu opened last. */
int child_say_boot(struct child *child, struct error *err);
int child_say_menu(struct child *child, struct error *err);

/* --isconfig: the file that was given instead of a disk. */
int child_load_config(
	struct child *child, struct config *config, struct error *err);

/* grub-reboot means one start, but we do not write that it was this one. */
int child_note_one_shot(struct child *child, struct error *err);

/* Before the box: make what disks behind servers need of the host. */
int child_prepare_disks(struct child *child, struct error *err);

/* In it: speak with the servers, once. */
int child_connect_disks(struct child *child, struct error *err);

/* child_choose.c: */

/*
 * The menu of this level is the last again, and nothing is chosen.  What was
 * open of those above it, an editor or a command line, is closed.
 */
void child_go_back(struct child *child, uint32_t level);

/* Take level and index of a question, and forget what was chosen before. */
int child_take_choice(
	struct child *child, struct message_body *ask, struct error *err);

/* Do what was chosen, or ask for the password that it needs. */
int child_go_on(struct child *child, struct error *err);

/* Say the flags, keys and titles of a menu. */
int child_say_entries(
	struct child *child, const struct menu *menu, struct error *err);

/*
 * What came of an entry, or of the command line: a menu becomes the last level,
 * a boot is decided.
 */
int child_take_outcome(struct child *child, const char *title,
	const struct outcome *outcome, struct error *err);

/* Say that: SAY_MENU, or SAY_BOOT. */
int child_say_outcome(struct child *child, struct error *err);

/*
 * Take level and index of an entry that is to be looked at: its menu, or NULL.
 * Of a choice that was made before, and is still open, nothing changes.
 */
struct menu *child_take_look(struct child *child, struct message_body *ask,
	uint32_t *index, struct error *err);

/* Leave unsaid what was noted since there were so many notes. */
void child_unsay_notes(struct child *child, size_t count);

/*
 * What an entry would do.  Nothing of it is left for later, nor is anything
 * said that would be said again when the entry is started.
 */
int child_look_at(struct child *child, struct menu *menu, uint32_t index,
	struct outcome *outcome, struct error *err);

/* What no toolstack takes there is no use in editing. */
int child_check_args(const char *args, struct error *err);

/* Where it happened, in front of what went wrong; always -1. */
int child_fail(const struct child *child, struct error *err);
int child_fail_in_entry(struct child *child, struct error *err);

/* Does the host let people change what is booted (--no-edit)? */
int child_may_edit(const struct child *child, struct error *err);

/* child_edit.c: what CHILD_TELLS_ARGS and CHILD_TELLS_SOURCE come to. */
int child_say_args(struct child *child, struct error *err);
int child_say_source(struct child *child, struct error *err);

/*
 * child_print.c: from here to child_print_end() what is printed is sent as it
 * comes, at most max bytes.  notes: they are not said but printed.
 */
void child_print_begin(
	struct child *child, const char *who, size_t max, bool notes);

/* The rest of it, and of the notes. */
int child_print_end(struct child *child, struct error *err);

/* child_shell.c: what CHILD_OPENS_SHELL comes to. */
int child_open_shell(struct child *child, struct error *err);

/* Answers, in files of their own: child_choose.c, child_list.c... */
int child_answer_choose(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_peek(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_edit(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_start(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_unlock(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_source(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_run(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_shell(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_command(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_complete(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_login(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_explain(
	struct child *child, struct message_body *ask, struct error *err);
int child_answer_list(struct child *child, struct error *err);
int child_answer_saved(struct child *child, struct error *err);
int child_answer_script(struct child *child, struct error *err);

#endif
