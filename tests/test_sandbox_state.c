/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The box from outside: descriptors, limits, privileges, signals of a child
 * that sits in it.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/sandbox_steps.h"
#include "tests/support/boxed.h"

static char buffer[8192];

enum { DESCRIPTORS = 300 };

/* 0, or 1000 + the first descriptor that is not as it should be. */
static int look_at_descriptors(struct boxed *boxed)
{
	const int nulls = SANDBOX_SANITIZED ? 2 : 3;
	struct stat st;
	bool kept;

	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		kept = fd == boxed->disk || fd == boxed->output ||
			fd == boxed->channel;
		if (fd < 3 && fd >= nulls)
			continue;
		if (fstat(fd, &st) < 0) {
			if (fd < 3 || kept)
				return 1000 + fd;
			continue;
		}
		if (fd < 3 &&
			(!S_ISCHR(st.st_mode) || st.st_rdev != makedev(1, 3)))
			return 1000 + fd;
		if (fd >= 3 && !kept)
			return 1000 + fd;
	}
	return read(0, buffer, 1) == 0 && write(1, buffer, 1) == 1 ? 0 : 1;
}

static void check_descriptors(struct boxed *boxed)
{
	struct boxed_end end;

	/* more to close, before, between and behind those to keep */
	for (int i = 0; i < 20; i++)
		ck_assert_int_ge(open("/dev/zero", O_RDONLY), 0);
	ck_assert_int_ge(fcntl(0, F_DUPFD, DESCRIPTORS - 10), 0);
	end = boxed_run(boxed, look_at_descriptors);
	ck_assert_msg(!end.refused, "%s", end.err.text);
	ck_assert_int_eq(end.signal, 0);
	ck_assert_int_eq(end.answer, 0);
}

START_TEST(closes_what_was_inherited)
{
	struct boxed boxed;

	if (!boxed_prepare_on(&boxed, _i))
		return;
	check_descriptors(&boxed);
}
END_TEST

START_TEST(closes_what_was_inherited_before_linux_5_9)
{
	struct boxed boxed;

	if (!boxed_prepare(&boxed, _i))
		return;
	boxed.break_call = 436; /* close_range */
	boxed.break_with = ENOSYS;
	check_descriptors(&boxed);
}
END_TEST

START_TEST(makes_0_to_2_valid_if_they_were_closed)
{
	struct boxed boxed;

	if (!boxed_prepare_on(&boxed, _i))
		return;
	close(0);
	close(1);
	check_descriptors(&boxed);
}
END_TEST

/* Limits that work, seen from inside. */

static int write_too_much(struct boxed *boxed)
{
	off_t from = 0;
	ssize_t n = write(boxed->output, buffer, sizeof(buffer));

	if (n != 4096)
		return 1000;
	if (sendfile(boxed->output, boxed->disk, &from, 1) >= 0 ||
		errno != EFBIG)
		return 1001;
	return write(boxed->output, buffer, 1) < 0 ? errno : 0;
}

START_TEST(a_file_that_grows_too_large_is_an_error_not_a_signal)
{
	struct boxed boxed;
	struct boxed_end end;

	if (!boxed_prepare_on(&boxed, _i))
		return;
	boxed.box.file_max = 4096;
	end = boxed_run(&boxed, write_too_much);
	ck_assert_int_eq(end.signal, 0);
	ck_assert_int_eq(end.answer, EFBIG);
}
END_TEST

static int write_to_nobody(struct boxed *boxed)
{
	boxed_pause(boxed);
	return 0;
}

/* The report itself fails with EPIPE: exit status 97, and no signal. */
START_TEST(a_parent_that_does_not_listen_is_an_error_not_a_signal)
{
	struct boxed boxed;
	int status;

	if (!boxed_prepare(&boxed, _i))
		return;
	close(boxed.outside);
	boxed_start(&boxed, write_to_nobody);
	close(boxed.channel);
	ck_assert_int_eq(waitpid(boxed.pid, &status, 0), boxed.pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 97,
		"status %#x", (unsigned int)status);
}
END_TEST

static int allocate_too_much(struct boxed *boxed)
{
	/* volatile, or a compiler leaves out what is not used */
	void *volatile little, *volatile much;

	(void)boxed;
	little = malloc(64 << 20);
	if (!little)
		return 1;
	much = malloc(SANDBOX_ADDRESS_SPACE);
	if (much)
		return 2;
	return errno == ENOMEM ? 0 : 3;
}

START_TEST(memory_has_an_end)
{
	struct boxed boxed;
	struct boxed_end end;

	if (SANDBOX_SANITIZED || !boxed_prepare_on(&boxed, _i))
		return; /* a sanitizer needs terabytes of addresses */
	end = boxed_run(&boxed, allocate_too_much);
	ck_assert_int_eq(end.signal, 0);
	ck_assert_int_eq(end.answer, 0);
}
END_TEST

static int loop_for_ever(struct boxed *boxed)
{
	volatile unsigned long n = 0;

	(void)boxed;
	for (;;)
		n++;
	return 0;
}

START_TEST(an_endless_loop_has_an_end)
{
	struct boxed boxed;
	struct boxed_end end;

	if (!boxed_prepare(&boxed, _i))
		return;
	boxed.box.cpu = 1;
	end = boxed_run(&boxed, loop_for_ever);
	ck_assert_int_eq(end.signal, SIGXCPU);
}
END_TEST

/* The box from outside: what /proc says about the child. */

static int pause_once(struct boxed *boxed)
{
	boxed_pause(boxed);
	return 0;
}

/* The line of a file of /proc/<pid> that begins with name. */
static void proc_line(const struct boxed *boxed, const char *file,
	const char *name, char *line, size_t size)
{
	char path[64];
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)boxed->pid, file);
	in = fopen(path, "r");
	ck_assert_msg(in != NULL, "%s: %s", path, strerror(errno));
	for (;;) {
		ck_assert_msg(fgets(line, (int)size, in) != NULL,
			"no line %s in %s", name, path);
		if (strncmp(line, name, strlen(name)) == 0)
			break;
	}
	fclose(in);
	memmove(line, line + strlen(name), strlen(line + strlen(name)) + 1);
}

static const struct {
	const char *name;
	const char *soft;
	const char *hard;
} limits[] = {
#if !SANDBOX_SANITIZED
	{ "Max address space", "268435456", "268435456" },
#endif
	{ "Max cpu time", "10", "11" },
	{ "Max file size", "1048576", "1048576" },
	{ "Max processes", "0", "0" },
	{ "Max core file size", "0", "0" },
	{ "Max locked memory", "0", "0" },
	{ "Max msgqueue size", "0", "0" },
};

START_TEST(limits_are_what_the_promise_says)
{
	struct boxed boxed;
	struct boxed_end end;
	char line[256], soft[32], hard[32], highest[16];

	if (!boxed_prepare_on(&boxed, _i))
		return;
	boxed_start(&boxed, pause_once);
	boxed_until_paused(&boxed);
	for (size_t i = 0; i < LENGTH(limits); i++) {
		proc_line(&boxed, "limits", limits[i].name, line, sizeof(line));
		ck_assert_int_eq(sscanf(line, "%31s %31s", soft, hard), 2);
		ck_assert_msg(strcmp(soft, limits[i].soft) == 0 &&
				strcmp(hard, limits[i].hard) == 0,
			"%s: %s %s", limits[i].name, soft, hard);
	}
	/* one more than the channel, the last that boxed_init() opened to keep
	 */
	snprintf(highest, sizeof(highest), "%d", boxed.channel + 1);
	proc_line(&boxed, "limits", "Max open files", line, sizeof(line));
	ck_assert_int_eq(sscanf(line, "%31s %31s", soft, hard), 2);
	ck_assert_str_eq(soft, highest);
	ck_assert_str_eq(hard, highest);
	boxed_continue(&boxed);
	end = boxed_wait(&boxed);
	ck_assert_int_eq(end.signal, 0);
	boxed_free(&boxed);
}
END_TEST

static const struct {
	const char *name;
	const char *value;
	bool root; /* only of a child that began as root */
} states[] = {
	{ "Uid:", "\t65534\t65534\t65534\t65534\n", true },
	{ "Gid:", "\t65534\t65534\t65534\t65534\n", true },
	{ "Groups:", "\t \n", true },
	{ "CapInh:", "\t0000000000000000\n", false },
	{ "CapPrm:", "\t0000000000000000\n", false },
	{ "CapEff:", "\t0000000000000000\n", false },
	{ "CapAmb:", "\t0000000000000000\n", false },
	{ "NoNewPrivs:", "\t1\n", false },
	{ "Seccomp:", "\t2\n", false },
	{ "Threads:", "\t1\n", false },
};

START_TEST(nothing_is_left_of_its_privileges)
{
	struct boxed boxed;
	char line[256];

	if (!boxed_prepare_on(&boxed, _i))
		return;
	boxed_start(&boxed, pause_once);
	boxed_until_paused(&boxed);
	for (size_t i = 0; i < LENGTH(states); i++) {
		if (states[i].root && boxed.as_nobody)
			continue;
		proc_line(&boxed, "status", states[i].name, line, sizeof(line));
		ck_assert_msg(strcmp(line, states[i].value) == 0, "%s%s",
			states[i].name, line);
	}
	/* a session of its own, and no terminal */
	ck_assert_int_eq(getsid(boxed.pid), boxed.pid);
	boxed_continue(&boxed);
	ck_assert_int_eq(boxed_wait(&boxed).signal, 0);
	boxed_free(&boxed);
}
END_TEST

/* Not dumpable: its memory and descriptors are root's, whoever it runs as. */
START_TEST(its_memory_belongs_to_root)
{
	struct boxed boxed;
	struct stat st;
	char path[64];

	if (!boxed_prepare_on(&boxed, _i))
		return;
	boxed_start(&boxed, pause_once);
	boxed_until_paused(&boxed);
	snprintf(path, sizeof(path), "/proc/%d/mem", (int)boxed.pid);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_uid, 0);
	boxed_continue(&boxed);
	ck_assert_int_eq(boxed_wait(&boxed).signal, 0);
	boxed_free(&boxed);
}
END_TEST

/* Behind the filter: only without it is this seen. */
static int look_for_paths(struct boxed *boxed)
{
	static const char *const paths[] = { "/etc", "/proc", "/dev/null",
		"../../etc", "/tmp" };
	struct stat st;

	(void)boxed;
	for (size_t i = 0; i < LENGTH(paths); i++) {
		if (fstatat(AT_FDCWD, paths[i], &st, 0) == 0)
			return 1000 + (int)i;
		if (errno != ENOENT)
			return errno;
	}
	return 0;
}

START_TEST(the_root_is_empty)
{
	struct boxed boxed;
	struct boxed_end end;

	if (!boxed_prepare(&boxed, 0))
		return; /* chroot is for root */
	boxed.box.optional = true;
	boxed.break_call = SYS_seccomp;
	boxed.break_with = EINVAL;
	end = boxed_run(&boxed, look_for_paths);
	ck_assert_msg(!end.refused, "%s", end.err.text);
	ck_assert_int_eq(end.signal, 0);
	ck_assert_int_eq(end.answer, 0);
}
END_TEST

/* Signals */

static const int harmless[] = { SIGINT, SIGHUP, SIGQUIT, SIGTERM, SIGALRM,
	SIGPIPE, SIGXFSZ, SIGUSR1, SIGCHLD, SIGTSTP };

static void handler_of_the_parent(int number)
{
	(void)number;
	_exit(95);
}

START_TEST(no_handler_of_the_parent_runs)
{
	struct boxed boxed;
	struct boxed_end end;

	if (!boxed_prepare_on(&boxed, _i))
		return;
	for (size_t i = 0; i < LENGTH(harmless); i++)
		signal(harmless[i], handler_of_the_parent);
	boxed_start(&boxed, pause_once);
	boxed_until_paused(&boxed);
	for (size_t i = 0; i < LENGTH(harmless); i++)
		ck_assert_int_eq(kill(boxed.pid, harmless[i]), 0);
	signal(SIGCHLD, SIG_DFL);
	boxed_continue(&boxed);
	end = boxed_wait(&boxed);
	ck_assert_int_eq(end.signal, 0);
	boxed_free(&boxed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sandbox_state");
	TCase *tc = tcase_create("sandbox_state");
	SRunner *runner;
	int failed;

	boxed_name_skipped();
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(tc, closes_what_was_inherited, 0, BOXED_HOSTS);
	tcase_add_loop_test(
		tc, closes_what_was_inherited_before_linux_5_9, 0, BOXED_WAYS);
	tcase_add_loop_test(
		tc, makes_0_to_2_valid_if_they_were_closed, 0, BOXED_HOSTS);
	tcase_add_loop_test(tc,
		a_file_that_grows_too_large_is_an_error_not_a_signal, 0,
		BOXED_HOSTS);
	tcase_add_loop_test(tc,
		a_parent_that_does_not_listen_is_an_error_not_a_signal, 0,
		BOXED_WAYS);
	tcase_add_loop_test(tc, memory_has_an_end, 0, BOXED_HOSTS);
	tcase_add_loop_test(tc, an_endless_loop_has_an_end, 0, BOXED_WAYS);
	tcase_add_loop_test(
		tc, limits_are_what_the_promise_says, 0, BOXED_HOSTS);
	tcase_add_loop_test(
		tc, nothing_is_left_of_its_privileges, 0, BOXED_HOSTS);
	tcase_add_loop_test(tc, its_memory_belongs_to_root, 0, BOXED_HOSTS);
	tcase_add_test(tc, the_root_is_empty);
	tcase_add_loop_test(tc, no_handler_of_the_parent_runs, 0, BOXED_HOSTS);
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
