/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peer.h - the child as the parent sees it
 *
 * Starts it, asks it, waits for it no longer than the program may take, and
 * tells how it ended.  What it says is checked for form here and for meaning
 * by the caller.
 */
#ifndef PEER_H
#define PEER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "src/child.h"
#include "src/proto.h"

struct peer {
	pid_t pid;       /* 0: reaped, or never started */
	int channel;     /* -1: closed */
	char *stage;     /* what the child looks at; the child writes it */
	int64_t left_ms; /* time that waiting for the child may still take */
	struct message out;
	struct message_stream in;
};

/* Fork the child; setup->channel, stage and parent are filled here. */
int peer_start(struct peer *peer, struct child_setup *setup, int64_t limit_ms,
	struct error *err);

/* Ask; for ASK_CHOOSE put its fields into peer->out first (message_begin). */
int peer_ask(struct peer *peer, enum message_type type, struct error *err);
int peer_send(struct peer *peer, struct error *err);

/*
 * The next answer.  SAY_FAIL is turned into the error it carries, notes are
 * reported (details only if verbose).  A child that died, or that takes too
 * long, is an error that says where it was.
 */
int peer_receive(struct peer *peer, bool verbose, struct message_body *body,
	struct error *err);

/* What the child said is not what was asked for.  Always -1. */
int peer_malformed(struct error *err);

/* Can it still be asked, after an answer that was an error? */
bool peer_alive(const struct peer *peer);

/* Close the channel and wait: the child must exit with status 0. */
int peer_finish(struct peer *peer, struct error *err);

/* Make sure that no process is left.  Safe to call at any time. */
void peer_kill(struct peer *peer);

#endif
