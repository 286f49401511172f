/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * boxed.h - a child in the box, and what became of it
 *
 * boxed_start() forks; the child enters the box and then does one thing, while
 * the test watches from outside.  It has a disk (a file of zeros), an output
 * and a channel, as the program's own child has.
 */
#ifndef TESTS_BOXED_H
#define TESTS_BOXED_H

#include <stdbool.h>

#include "src/sandbox_steps.h"
#include "tests/support/host.h"

#define BOXED_DISK_SIZE 65536
#define BOXED_NOBODY 65534

struct boxed {
	/* set by boxed_init(), to be changed before boxed_start() */
	struct sandbox box;
	bool as_nobody;          /* give up root before the box, not in it */
	const struct host *host; /* NULL: this one as it is */
	/* break one system call (-1: none) whose first argument is arg, if >= 0
	 */
	int break_call;
	int break_arg;
	int break_with; /* errno */

	int disk;    /* open for reading */
	int output;  /* open for writing, empty */
	int output2; /* the same file again, for reading */
	int keep[3];
	int channel; /* the child's end */
	int outside; /* the test's end */
	pid_t pid;
};

/* How it ended: by signal, or else with what the task returned. */
struct boxed_end {
	int signal;
	int answer;
	bool refused; /* sandbox_enter() failed, for the reason in err */
	struct error err;
};

/* Runs in the box; what it returns becomes boxed_end.answer. */
typedef int boxed_task(struct boxed *boxed);

/* Make the descriptors.  Anything that cannot be done fails the test. */
void boxed_init(struct boxed *boxed);

/*
 * As boxed_init(), for a loop test of BOXED_WAYS rounds: 0 as the user who runs
 * the test, 1 as nobody.  false: skip it, both would be the same.
 */
#define BOXED_WAYS 2
bool boxed_prepare(struct boxed *boxed, int loop);

/*
 * The same for BOXED_HOSTS rounds, one on each of hosts[]; with a sanitizer,
 * where a fork takes long, on the first two.
 */
#define BOXED_HOSTS (SANDBOX_SANITIZED ? BOXED_WAYS : HOSTS)
bool boxed_prepare_on(struct boxed *boxed, int loop);

/* Tell the person who runs the tests what boxed_prepare() will skip. */
void boxed_name_skipped(void);

void boxed_start(struct boxed *boxed, boxed_task *task);
struct boxed_end boxed_wait(struct boxed *boxed);
void boxed_free(struct boxed *boxed);

/* All of these at once. */
struct boxed_end boxed_run(struct boxed *boxed, boxed_task *task);

/* For a task: tell the test that it is in the box, and wait for its word. */
void boxed_pause(struct boxed *boxed);
/* For the test: until the child pauses; then let it go on. */
void boxed_until_paused(struct boxed *boxed);
void boxed_continue(struct boxed *boxed);

#endif
