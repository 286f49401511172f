/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The box of a foreign program, seen from inside before it is executed: which
 * files it can open, that it reaches nobody, what it may use up.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "src/sandbox_steps.h"
#include "tests/support/boxed.h"
#include "tests/support/runner.h"

static char top[] = "/tmp/boxed-program.XXXXXX";
static char names[4][64]; /* a directory, a file in it, two beside it */
static struct sandbox_path paths[2];
static struct boxed boxed;

enum { DIRECTORY, INSIDE, NAMED, OTHER };

static void make_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "x", 1), 1);
	close(fd);
}

static void setup(void)
{
	strcpy(top + strlen(top) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(top));
	chmod(top, 0755);
	snprintf(names[DIRECTORY], 64, "%s/dir", top);
	snprintf(names[INSIDE], 64, "%s/dir/file", top);
	snprintf(names[NAMED], 64, "%s/named", top);
	snprintf(names[OTHER], 64, "%s/other", top);
	ck_assert_int_eq(mkdir(names[DIRECTORY], 0755), 0);
	make_file(names[INSIDE]);
	make_file(names[NAMED]);
	make_file(names[OTHER]);
	paths[0] = (struct sandbox_path){ names[DIRECTORY], false };
	paths[1] = (struct sandbox_path){ names[NAMED], false };
	boxed_init(&boxed);
	boxed.box.kind = SANDBOX_PROGRAM;
	boxed.box.paths = paths;
	boxed.box.path_count = 2;
	boxed.box.confine = true;
}

static void teardown(void)
{
	unlink(names[INSIDE]);
	unlink(names[NAMED]);
	unlink(names[OTHER]);
	rmdir(names[DIRECTORY]);
	rmdir(top);
}

static int open_error(const char *name, int flags)
{
	int fd = open(name, flags | O_CLOEXEC);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

/* 0, or the number of the line that is not as it should be. */
#define EXPECT(condition)                                                      \
	do {                                                                   \
		if (!(condition))                                              \
			return __LINE__;                                       \
	} while (0)

static int open_files(struct boxed *unused)
{
	(void)unused;
	EXPECT(open_error(names[INSIDE], O_RDONLY) == 0);
	EXPECT(open_error(names[NAMED], O_RDONLY) == 0);
	EXPECT(open_error(names[DIRECTORY], O_RDONLY | O_DIRECTORY) == 0);
	EXPECT(open_error(names[OTHER], O_RDONLY) == EACCES);
	EXPECT(open_error("/etc/passwd", O_RDONLY) == EACCES);
	EXPECT(open_error("/", O_RDONLY | O_DIRECTORY) == EACCES);
	EXPECT(open_error(names[INSIDE], O_WRONLY) == EACCES);
	EXPECT(unlink(names[INSIDE]) < 0 && errno == EACCES);
	EXPECT(execl(names[INSIDE], "x", (char *)NULL) < 0 && errno == EACCES);
	return 0;
}

static void check(boxed_task *task)
{
	struct boxed_end end = boxed_run(&boxed, task);

	ck_assert_msg(!end.refused, "%s", end.err.text);
	ck_assert_int_eq(end.signal, 0);
	ck_assert_msg(end.answer == 0, "line %d", end.answer);
}

START_TEST(opens_what_it_was_given)
{
	check(open_files);
}
END_TEST

static int reach_others(struct boxed *unused)
{
	(void)unused;
	EXPECT(socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EACCES);
	EXPECT(socket(AF_UNIX, SOCK_STREAM, 0) < 0 && errno == EACCES);
	EXPECT(geteuid() != 0 && getuid() != 0 && getegid() != 0);
	EXPECT(setuid(0) < 0);
	return 0;
}

START_TEST(reaches_nobody)
{
	check(reach_others);
}
END_TEST

static bool limited(unsigned int resource, rlim_t most)
{
	struct rlimit now;

	return getrlimit(resource, &now) == 0 && now.rlim_max <= most &&
		now.rlim_cur <= most;
}

static int look_at_limits(struct boxed *unused)
{
	sigset_t blocked;

	(void)unused;
	EXPECT(limited(RLIMIT_FSIZE, 0));
	EXPECT(limited(RLIMIT_CORE, 0));
	EXPECT(limited(RLIMIT_CPU, SANDBOX_CPU_SECONDS + 1));
	EXPECT(limited(RLIMIT_NOFILE, SANDBOX_PROGRAM_FILES));
	EXPECT(SANDBOX_SANITIZED || limited(RLIMIT_AS, SANDBOX_PROGRAM_SPACE));
	EXPECT(sigprocmask(SIG_SETMASK, NULL, &blocked) == 0);
	EXPECT(sigismember(&blocked, SIGTERM) == 0);
	EXPECT(sigismember(&blocked, SIGPIPE) == 0);
	return 0;
}

START_TEST(is_limited)
{
	check(look_at_limits);
}
END_TEST

/* What it complains of is read there. */
static int write_to_stderr(struct boxed *unused)
{
	(void)unused;
	return write(STDERR_FILENO, "!", 1) == 1 ? 0 : 1;
}

START_TEST(keeps_stderr)
{
	int fds[2], saved = dup(STDERR_FILENO);
	char heard = 0;

	ck_assert_int_eq(pipe(fds), 0);
	dup2(fds[1], STDERR_FILENO);
	check(write_to_stderr);
	dup2(saved, STDERR_FILENO);
	ck_assert_int_eq(read(fds[0], &heard, 1), 1);
	ck_assert_int_eq(heard, '!');
}
END_TEST

/* A path that is not there cannot be opened anyway. */
START_TEST(passes_over_a_path_that_is_not_there)
{
	unlink(names[NAMED]);
	check(look_at_limits);
}
END_TEST

static int do_nothing(struct boxed *unused)
{
	(void)unused;
	return 0;
}

/* landlock_create_ruleset, as a kernel without it answers. */
static struct boxed_end without_landlock(bool confine)
{
	boxed.break_call = 444;
	boxed.break_with = ENOSYS;
	boxed.box.confine = confine;
	boxed.box.optional = true;
	return boxed_run(&boxed, do_nothing);
}

START_TEST(is_not_let_loose_without_landlock)
{
	struct boxed_end end = without_landlock(true);

	ck_assert(end.refused);
	ck_assert_str_eq(
		end.err.text, "sandbox: landlock: Function not implemented");
}
END_TEST

START_TEST(does_without_landlock_where_it_may_open_everything)
{
	ck_assert(!without_landlock(false).refused);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("sandbox_program");

	boxed_name_skipped();
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, opens_what_it_was_given);
	if (geteuid() == 0)
		tcase_add_test(tc, reaches_nobody);
	tcase_add_test(tc, is_limited);
	tcase_add_test(tc, keeps_stderr);
	tcase_add_test(tc, passes_over_a_path_that_is_not_there);
	tcase_add_test(tc, is_not_let_loose_without_landlock);
	tcase_add_test(tc, does_without_landlock_where_it_may_open_everything);
	return run_suite("sandbox_program", &tc, 1);
}
