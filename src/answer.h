/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer.h - what the child decided, as the parent may use it, and other
 * answers that more than one place of the parent takes
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "src/peer.h"

/*
 * Copies of the strings of SAY_BOOT, checked: the arguments hold no control
 * byte, the paths are no longer than a path.
 */
struct answer {
	char *title;   /* of the entry, or "" */
	char *where;   /* "vm.img: partition 1: ext4: /grub/grub.cfg" */
	char *kernel;  /* path in the guest */
	char *ramdisk; /* path of the first one, or "" */
	char *args;    /* cleaned: no tab, no control byte */
};

/* Receive SAY_BOOT. */
int answer_receive(struct peer *peer, bool verbose, struct answer *answer,
	struct error *err);

/* The same from a message that has arrived. */
int answer_take(
	struct message_body *body, struct answer *answer, struct error *err);

void answer_free(struct answer *answer);

/* What SAY_DONE says: bytes of the files that were written. */
struct answer_done {
	uint64_t kernel;
	uint64_t ramdisk;
};

int answer_take_done(
	struct message_body *body, struct answer_done *done, struct error *err);

/*
 * The text of a SAY_TEXT, of which there are at most max bytes in all; so many
 * there were before.  NULL with err filled.
 */
const char *answer_take_text(struct message_body *body, size_t max,
	size_t *bytes, struct error *err);

typedef int answer_field(
	void *ctx, const char *name, const char *value, struct error *err);

/* Take all lines of a list; body is the first message that answers. */
int answer_take_list(struct peer *peer, bool verbose, struct message_body *body,
	answer_field *field, void *ctx, struct error *err);

#endif
