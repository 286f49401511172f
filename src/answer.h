/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * answer.h - what the child decided, as the parent may use it
 *
 * Copies of the strings of SAY_BOOT, checked: the arguments hold no control
 * byte, the paths are no longer than a path.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "src/peer.h"

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

#endif
