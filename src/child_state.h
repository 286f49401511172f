/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child_state.h - what the child's answers share: its state, and how it speaks
 *
 * For child*.c only; child.h is what others see.
 */
#ifndef CHILD_STATE_H
#define CHILD_STATE_H

#include "src/child.h"
#include "src/disk/nbd_disk.h"
#include "src/find.h"
#include "src/proto.h"

/* Entries and lines go in messages of about this size: none grows too long. */
#define CHILD_BATCH 32768

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
	const struct guard *guard; /* asks before that starts; NULL: none */
	bool editing;     /* its arguments are asked for, not its start */
	bool may_start;   /* they were told, and may come back edited */
	const char *args; /* they came back so; NULL: its own */
	bool decided;     /* found is filled */
	struct found found;
	/* of --script: what was printed and not sent yet, and all so far */
	char text[CHILD_BATCH + 1];
	size_t text_len;
	size_t printed; /* bytes */
	struct message out;
	struct message_stream in;
};

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
int child_answer_list(struct child *child, struct error *err);
int child_answer_saved(struct child *child, struct error *err);
int child_answer_script(struct child *child, struct error *err);

#endif
