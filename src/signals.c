/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/signals.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "src/base/length.h"

volatile sig_atomic_t signals_caught;
sigset_t signals_wait_mask;

/* Those that end a program by default and that somebody may send us. */
static const int ending[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGPIPE,
	SIGALRM, SIGXCPU, SIGUSR1, SIGUSR2 };

static void note_signal(int number)
{
	signals_caught = number;
}

/* Only there to interrupt the wait for a child. */
static void note_child(int number)
{
	(void)number;
}

/* What the caller ignores stays ignored: so nohup(1) protects a run. */
static void handle(int number)
{
	struct sigaction act = { .sa_handler = note_signal }, old;

	if (sigaction(number, &act, &old) == 0 && old.sa_handler == SIG_IGN)
		sigaction(number, &old, NULL);
}

void signals_block(void)
{
	struct sigaction act = { .sa_handler = note_child };
	struct sigaction ignored = { .sa_handler = SIG_IGN };
	sigset_t blocked;
	size_t i;

	sigemptyset(&blocked);
	for (i = 0; i < LENGTH(ending); i++) {
		sigaddset(&blocked, ending[i]);
		handle(ending[i]);
	}
	sigaddset(&blocked, SIGCHLD);
	sigaction(SIGCHLD, &act, NULL);
	/* a result over the caller's RLIMIT_FSIZE is an error like ENOSPC */
	sigaction(SIGXFSZ, &ignored, NULL);
	sigprocmask(SIG_BLOCK, &blocked, &signals_wait_mask);
	/* whoever started us may have blocked what we wait for */
	for (i = 0; i < LENGTH(ending); i++)
		sigdelset(&signals_wait_mask, ending[i]);
	sigdelset(&signals_wait_mask, SIGCHLD);
}

void signals_restore(void)
{
	struct sigaction act = { .sa_handler = SIG_DFL };

	/* SIGXCPU is the one that the child's limits send */
	sigaction(SIGXCPU, &act, NULL);
	sigprocmask(SIG_SETMASK, &signals_wait_mask, NULL);
}

bool signals_pending(void)
{
	sigset_t pending;
	size_t i;

	if (signals_caught)
		return true;
	sigpending(&pending);
	for (i = 0; i < LENGTH(ending); i++) {
		if (sigismember(&pending, ending[i]) == 1) {
			signals_caught = ending[i];
			return true;
		}
	}
	return false;
}

int signals_error(struct error *err)
{
	return error_set(err, ERR_SYSTEM, "ended by SIG%s",
		sigabbrev_np(signals_caught) ? sigabbrev_np(signals_caught)
					     : "?");
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int signals_wait(int fd, short events, int64_t *left_ms, struct error *err)
{
	struct pollfd poll = { .fd = fd, .events = events };
	struct timespec limit = {
		.tv_sec = *left_ms / 1000,
		.tv_nsec = *left_ms % 1000 * 1000000,
	};
	int64_t start = now_ms();
	int r = ppoll(&poll, fd >= 0, &limit, &signals_wait_mask);
	int reason = errno;

	*left_ms -= now_ms() - start;
	if (*left_ms < 0)
		*left_ms = 0;
	if (signals_caught)
		return signals_error(err);
	if (r < 0 && reason != EINTR) {
		errno = reason;
		return error_errno(err, "waiting");
	}
	return r > 0;
}
