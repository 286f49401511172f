/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of the box when the host cannot do them, and the end of the
 * parent.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/sandbox_steps.h"
#include "tests/support/boxed.h"

/* System calls that are made to fail, each with what is then said. */
static const struct {
	int call;
	int arg;
	int with;
	bool root; /* only started as root is it needed */
	const char *text;
} broken[] = {
	{ SYS_openat, -1, ENOENT, false,
		"sandbox: descriptors: /dev/null: No such file or directory" },
	{ 436 /* close_range */, -1, EINVAL, false,
		"sandbox: descriptors: closing the inherited ones: "
		"Invalid argument" },
	{ SYS_setsid, -1, EPERM, false,
		"sandbox: session: Operation not permitted" },
	{ SYS_rt_sigprocmask, -1, EINVAL, false,
		"sandbox: signals: Invalid argument" },
	{ SYS_chroot, -1, EPERM, true,
		"sandbox: chroot: Operation not permitted" },
	{ SYS_chroot, -1, ENOENT, true,
		"sandbox: chroot: neither /proc/tty/ldisc nor /var/empty is "
		"there" },
	{ SYS_chdir, -1, EACCES, true, "sandbox: chroot: Permission denied" },
	{ SYS_setgroups, -1, EPERM, true,
		"sandbox: groups: Operation not permitted" },
	{ SYS_setresgid, -1, EPERM, true,
		"sandbox: gid: Operation not permitted" },
	{ SYS_setresuid, -1, EPERM, true,
		"sandbox: uid: Operation not permitted" },
	{ SYS_capset, -1, EPERM, false,
		"sandbox: capabilities: Operation not permitted" },
	{ SYS_prctl, PR_SET_PDEATHSIG, EINVAL, false,
		"sandbox: parent: Invalid argument" },
	{ SYS_prctl, PR_SET_DUMPABLE, EINVAL, false,
		"sandbox: memory: Invalid argument" },
	{ SYS_prctl, PR_SET_NO_NEW_PRIVS, EINVAL, false,
		"sandbox: no_new_privs: Invalid argument" },
	{ 444 /* landlock_create_ruleset */, -1, EINVAL, false,
		"sandbox: landlock: Invalid argument" },
	{ SYS_prlimit64, 0, EINVAL, false,
		"sandbox: limits: MSGQUEUE: Invalid argument" },
	{ SYS_seccomp, -1, EINVAL, false,
		"sandbox: seccomp: Invalid argument" },
};

static int do_nothing(struct boxed *boxed)
{
	(void)boxed;
	return 7;
}

static bool break_step(struct boxed *boxed, int loop)
{
	const int i = loop / BOXED_WAYS;

	if (!boxed_prepare(boxed, loop))
		return false;
	boxed->break_call = broken[i].call;
	boxed->break_arg = broken[i].arg;
	boxed->break_with = broken[i].with;
	return true;
}

START_TEST(refuses_if_a_step_fails)
{
	const int i = _i / BOXED_WAYS;
	struct boxed boxed;
	struct boxed_end end;

	if (!break_step(&boxed, _i))
		return;
	end = boxed_run(&boxed, do_nothing);
	ck_assert_int_eq(end.signal, 0);
	if (broken[i].root && boxed.as_nobody) {
		ck_assert_msg(!end.refused, "%s", end.err.text);
		ck_assert_int_eq(end.answer, 7);
		return;
	}
	ck_assert_msg(end.refused, "not refused: %s", broken[i].text);
	ck_assert_str_eq(end.err.text, broken[i].text);
	ck_assert_int_eq(end.err.code, ERR_SYSTEM);
}
END_TEST

/* Refused softly, and then deadly: the filter stands. */
static int meet_the_filter(struct boxed *boxed)
{
	if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EACCES)
		return 1;
	return ftruncate(boxed->output, 0) == 0 ? 2 : 3;
}

/* Where the filter is what is missing, the rest stands. */
static int meet_the_rest(struct boxed *boxed)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) < 0 ||
		files.rlim_max != (rlim_t)boxed->channel + 1)
		return 1;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ||
		prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 2;
	if (getuid() == 0 || getpgrp() != getpid())
		return 3;
	return fork() >= 0 ? 4 : 0;
}

START_TEST(goes_on_with_all_other_steps_if_told_so)
{
	const int i = _i / BOXED_WAYS;
	struct boxed boxed;
	struct boxed_end end;

	if (!break_step(&boxed, _i))
		return;
	boxed.box.optional = true;
	if (broken[i].call == SYS_seccomp) {
		end = boxed_run(&boxed, meet_the_rest);
		ck_assert_int_eq(end.signal, 0);
		ck_assert_int_eq(end.answer, 0);
		return;
	}
	end = boxed_run(&boxed, meet_the_filter);
	ck_assert_msg(!end.refused, "%s", end.err.text);
	ck_assert_msg(end.signal == SIGSYS, "%s: signal %d, answer %d",
		broken[i].text, end.signal, end.answer);
}
END_TEST

static const int no_landlock[] = { ENOSYS, EOPNOTSUPP, EPERM };

START_TEST(does_without_landlock)
{
	struct boxed boxed;
	struct boxed_end end;

	if (!boxed_prepare(&boxed, _i))
		return;
	boxed.break_call = 444;
	boxed.break_with = no_landlock[_i / BOXED_WAYS];
	end = boxed_run(&boxed, do_nothing);
	ck_assert_msg(!end.refused, "%s", end.err.text);
	ck_assert_int_eq(end.answer, 7);
}
END_TEST

/* Landlock is behind the filter: only without the filter is it seen. */
static int open_without_seccomp(struct boxed *boxed)
{
	(void)boxed;
	if (open("/", O_RDONLY | O_DIRECTORY) >= 0)
		return 0;
	return errno;
}

START_TEST(landlock_alone_closes_the_file_system)
{
	struct boxed boxed;
	struct boxed_end end;
	long version = syscall(444, NULL, 0, 1U);

	if (version < 1) {
		printf("skipped, as the kernel has no Landlock: its test\n");
		return;
	}
	if (!boxed_prepare(&boxed, _i))
		return;
	boxed.box.optional = true;
	boxed.break_call = SYS_seccomp;
	boxed.break_with = EINVAL;
	end = boxed_run(&boxed, open_without_seccomp);
	ck_assert_int_eq(end.signal, 0);
	ck_assert_msg(end.answer == EACCES, "%s", strerror(end.answer));
}
END_TEST

START_TEST(refuses_uid_0)
{
	struct boxed boxed;
	struct boxed_end end;

	if (!boxed_prepare(&boxed, 0))
		return; /* only root has it to give up */
	boxed.box.uid = 0;
	end = boxed_run(&boxed, do_nothing);
	ck_assert(end.refused);
	ck_assert_str_eq(end.err.text, "sandbox: uid: 0 is the one to give up");
}
END_TEST

static const struct {
	uint64_t size;
	bool refused;
} file_sizes[] = {
	{ 0, false }, { (uint64_t)1 << 30, false }, { INT64_MAX, false },
	{ (uint64_t)INT64_MAX + 1, true },
	{ UINT64_MAX, true }, /* RLIM_INFINITY */
};

START_TEST(refuses_a_file_limit_that_is_none)
{
	struct boxed boxed;
	struct boxed_end end;

	boxed_init(&boxed);
	boxed.box.file_max = file_sizes[_i].size;
	end = boxed_run(&boxed, do_nothing);
	ck_assert_int_eq(end.refused, file_sizes[_i].refused);
	if (end.refused)
		ck_assert_str_eq(end.err.text,
			"sandbox: limits: FSIZE: Value too large for defined "
			"data type");
}
END_TEST

START_TEST(refuses_to_keep_what_it_replaces)
{
	static const char *const texts[] = {
		"sandbox: descriptors: -1 cannot be kept",
		"sandbox: descriptors: 0 cannot be kept",
		"sandbox: descriptors: 1 cannot be kept",
		"sandbox: descriptors: 2 cannot be kept",
	};
	struct boxed boxed;
	struct boxed_end end;

	boxed_init(&boxed);
	boxed.keep[1] = _i - 1;
	end = boxed_run(&boxed, do_nothing);
	ck_assert(end.refused);
	ck_assert_str_eq(end.err.text, texts[_i]);
}
END_TEST

/* The administrator's own, lower limits are kept, and no reason to refuse. */
START_TEST(lives_with_lower_limits)
{
	struct boxed boxed;
	struct boxed_end end;
	struct rlimit two = { 2, 2 }, little = { 100 << 20, 100 << 20 };

	if (!boxed_prepare(&boxed, _i))
		return;
	ck_assert_int_eq(setrlimit(RLIMIT_CPU, &two), 0);
	if (!SANDBOX_SANITIZED)
		ck_assert_int_eq(setrlimit(RLIMIT_AS, &little), 0);
	end = boxed_run(&boxed, do_nothing);
	ck_assert_msg(!end.refused, "%s", end.err.text);
	ck_assert_int_eq(end.answer, 7);
}
END_TEST

static int wait_for_ever(struct boxed *boxed)
{
	boxed_pause(boxed);
	return 0;
}

/* Only processes that hold the channel keep it from ending. */
static bool channel_ends_within(struct boxed *boxed, int milliseconds)
{
	struct pollfd poll_channel = { .fd = boxed->outside, .events = POLLIN };
	char byte;

	return poll(&poll_channel, 1, milliseconds) == 1 &&
		read(boxed->outside, &byte, 1) == 0;
}

/* A process between the test and the child, to be killed. */
static pid_t start_parent(struct boxed *boxed)
{
	pid_t parent = fork();

	ck_assert_int_ge(parent, 0);
	if (parent > 0)
		return parent;
	boxed->box.parent = getpid();
	boxed_start(boxed, wait_for_ever);
	close(boxed->channel);
	for (;;)
		pause();
}

START_TEST(dies_with_its_parent)
{
	struct boxed boxed;
	pid_t parent;

	if (!boxed_prepare(&boxed, _i))
		return;
	parent = start_parent(&boxed);
	close(boxed.channel);
	boxed_until_paused(&boxed);
	ck_assert(!channel_ends_within(&boxed, 100));
	ck_assert_int_eq(kill(parent, SIGKILL), 0);
	ck_assert(channel_ends_within(&boxed, 2000));
	ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
}
END_TEST

/* As after a parent that died between the fork and the box. */
START_TEST(refuses_if_the_parent_is_gone)
{
	struct boxed boxed;
	struct boxed_end end;

	if (!boxed_prepare(&boxed, _i))
		return;
	boxed.box.parent = 4194304; /* PID_MAX_LIMIT: nobody */
	end = boxed_run(&boxed, do_nothing);
	ck_assert(end.refused);
	ck_assert_str_eq(
		end.err.text, "sandbox: parent: process 4194304 is gone");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sandbox_steps");
	TCase *tc = tcase_create("sandbox_steps");
	SRunner *runner;
	int failed;

	boxed_name_skipped();
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(
		tc, refuses_if_a_step_fails, 0, BOXED_WAYS * LENGTH(broken));
	tcase_add_loop_test(tc, goes_on_with_all_other_steps_if_told_so, 0,
		BOXED_WAYS * LENGTH(broken));
	tcase_add_loop_test(
		tc, does_without_landlock, 0, BOXED_WAYS * LENGTH(no_landlock));
	tcase_add_loop_test(
		tc, landlock_alone_closes_the_file_system, 0, BOXED_WAYS);
	tcase_add_test(tc, refuses_uid_0);
	tcase_add_loop_test(
		tc, refuses_a_file_limit_that_is_none, 0, LENGTH(file_sizes));
	tcase_add_loop_test(tc, refuses_to_keep_what_it_replaces, 0, 4);
	tcase_add_loop_test(tc, lives_with_lower_limits, 0, BOXED_WAYS);
	tcase_add_loop_test(tc, dies_with_its_parent, 0, BOXED_WAYS);
	tcase_add_loop_test(tc, refuses_if_the_parent_is_gone, 0, BOXED_WAYS);
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
