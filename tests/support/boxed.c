/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/boxed.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAYS_PAUSE = 'p', SAYS_ANSWER = 'a', SAYS_REFUSED = 'r' };

struct report {
	char what;
	int answer;
	struct error err;
};

void boxed_init(struct boxed *boxed)
{
	char name[] = "/tmp/boxed.XXXXXX";
	char again[] = "/tmp/boxed.XXXXXX";
	int pair[2];

	boxed->disk = mkstemp(name);
	ck_assert_int_ge(boxed->disk, 0);
	unlink(name);
	ck_assert_int_eq(ftruncate(boxed->disk, BOXED_DISK_SIZE), 0);
	boxed->output = mkstemp(again);
	ck_assert_int_ge(boxed->output, 0);
	boxed->output2 = open(again, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(boxed->output2, 0);
	unlink(again);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	boxed->channel = pair[0];
	boxed->outside = pair[1];
	/* out of order, as a caller may have them */
	boxed->keep[0] = boxed->channel;
	boxed->keep[1] = boxed->disk;
	boxed->keep[2] = boxed->output;
	boxed->as_nobody = false;
	boxed->host = NULL;
	boxed->break_call = -1;
	boxed->break_arg = -1;
	boxed->pid = 0;
	boxed->box = (struct sandbox){
		.keep = boxed->keep,
		.keep_count = 3,
		.uid = BOXED_NOBODY,
		.gid = BOXED_NOBODY,
		.parent = getpid(),
		.file_max = 1 << 20,
	};
}

bool boxed_prepare(struct boxed *boxed, int loop)
{
	bool as_nobody = loop % BOXED_WAYS == 1;

	if (!as_nobody && geteuid() != 0)
		return false;
	boxed_init(boxed);
	boxed->as_nobody = as_nobody;
	return true;
}

bool boxed_prepare_on(struct boxed *boxed, int loop)
{
	const struct host *host = &hosts[loop % BOXED_HOSTS];

	if (!boxed_prepare(boxed, host->user ? 1 : 0))
		return false;
	boxed->host = host;
	return true;
}

void boxed_name_skipped(void)
{
	if (geteuid() != 0)
		printf("skipped, as this is not root: giving up root\n");
}

/*
 * Start with what the box must take away: groups, capabilities that outlived
 * the uid, memory that can be dumped.
 */
static void set_privileges(const struct boxed *boxed)
{
	static const gid_t groups[] = { 6, 1234 }; /* 6: Debian's disk */

	if (geteuid() != 0)
		return;
	if (setgroups(2, groups) < 0)
		_exit(98);
	if (boxed->as_nobody &&
		(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 ||
			setresgid(BOXED_NOBODY, BOXED_NOBODY, BOXED_NOBODY) <
				0 ||
			setresuid(BOXED_NOBODY, BOXED_NOBODY, BOXED_NOBODY) <
				0 ||
			prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0))
		_exit(98);
}

/* The host's faults, and the one of this test. */
static void enter_host(const struct boxed *boxed)
{
	const struct host_call call = {
		.number = boxed->break_call,
		.when = boxed->break_arg < 0 ? HOST_ALWAYS : HOST_ARG_IS,
		.value = (uint32_t)boxed->break_arg,
		.error = boxed->break_with,
	};

	if (boxed->host && !host_enter(boxed->host))
		_exit(99);
	/* so that the box has a filter also where this is the broken step */
	if (call.number >= 0 &&
		(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
			!host_break_calls(&call, 1)))
		_exit(99);
}

static void say(struct boxed *boxed, char what, int answer, struct error *err)
{
	struct report report = { .what = what, .answer = answer };

	if (err)
		report.err = *err;
	if (write(boxed->channel, &report, sizeof(report)) !=
		(ssize_t)sizeof(report))
		_exit(97);
}

void boxed_start(struct boxed *boxed, boxed_task *task)
{
	struct error err = { 0 };

	boxed->pid = fork();
	ck_assert_int_ge(boxed->pid, 0);
	if (boxed->pid > 0)
		return;
	set_privileges(boxed);
	enter_host(boxed);
	if (sandbox_enter(&boxed->box, &err) < 0)
		say(boxed, SAYS_REFUSED, 0, &err);
	else
		say(boxed, SAYS_ANSWER, task(boxed), &err);
	_exit(0);
}

/* The next report; 0 if the child is gone. */
static int hear(struct boxed *boxed, struct report *report)
{
	ssize_t n = recv(boxed->outside, report, sizeof(*report), MSG_WAITALL);

	ck_assert_msg(n == 0 || n == (ssize_t)sizeof(*report),
		"report of %zd bytes", n);
	return n > 0;
}

struct boxed_end boxed_wait(struct boxed *boxed)
{
	struct boxed_end end = { 0 };
	struct report report;
	int status;

	close(boxed->channel);
	boxed->channel = -1;
	if (hear(boxed, &report)) {
		ck_assert_int_ne(report.what, SAYS_PAUSE);
		end.answer = report.answer;
		end.refused = report.what == SAYS_REFUSED;
		end.err = report.err;
	}
	ck_assert_int_eq(waitpid(boxed->pid, &status, 0), boxed->pid);
	if (WIFSIGNALED(status))
		end.signal = WTERMSIG(status);
	else
		ck_assert_int_eq(WEXITSTATUS(status), 0);
	return end;
}

void boxed_free(struct boxed *boxed)
{
	close(boxed->disk);
	close(boxed->output);
	close(boxed->output2);
	close(boxed->outside);
	if (boxed->channel >= 0)
		close(boxed->channel);
}

struct boxed_end boxed_run(struct boxed *boxed, boxed_task *task)
{
	struct boxed_end end;

	boxed_start(boxed, task);
	end = boxed_wait(boxed);
	boxed_free(boxed);
	return end;
}

void boxed_pause(struct boxed *boxed)
{
	char go;

	say(boxed, SAYS_PAUSE, 0, NULL);
	if (read(boxed->channel, &go, 1) != 1)
		_exit(96);
}

void boxed_until_paused(struct boxed *boxed)
{
	struct report report;

	ck_assert_msg(hear(boxed, &report), "the child is gone");
	ck_assert_msg(report.what == SAYS_PAUSE, "%s", report.err.text);
}

void boxed_continue(struct boxed *boxed)
{
	ck_assert_int_eq(write(boxed->outside, "", 1), 1);
}
