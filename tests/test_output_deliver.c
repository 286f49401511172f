/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/output.h"
#include "src/writer.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"
#include "tests/support/scratch.h"

static struct error err;

static int open_result(const char *path)
{
	bool again = true;
	int fd = output_open(path, &again, &err);

	ck_assert_msg(fd >= 0, "%s", err.text);
	ck_assert(!again);
	return fd;
}

START_TEST(a_full_disk_empties_the_result)
{
	static char big[200000];
	bool again;
	int fd;

	if (!scratch_mount_small(
		    "size=64k,mode=0700", "a_full_disk_empties_the_result"))
		return;
	fd = open(scratch_path("out"), O_CREAT | O_WRONLY, 0600);
	ck_assert_int_eq(write(fd, "old", 3), 3);
	close(fd);
	fd = output_open(scratch_path("out"), &again, &err);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(output_deliver(fd, big, sizeof(big), &err), -1);
	ck_assert_str_eq(
		err.text, "result: cannot be written: No space left on device");
	fd = open(scratch_path("out"), O_RDONLY);
	ck_assert_int_eq(read(fd, big, 1), 0);
	close(fd);
}
END_TEST

START_TEST(the_result_replaces_a_longer_one)
{
	int before = scratch_descriptors(), fd;

	scratch_put("out", "something longer");
	fd = open_result(scratch_path("out"));
	ck_assert_str_eq(scratch_get(scratch_path("out")), "something longer");
	ck_assert_int_eq(output_deliver(fd, "result", 6, &err), 0);
	ck_assert_str_eq(scratch_get(scratch_path("out")), "result");
	ck_assert_int_eq(scratch_descriptors(), before);
}
END_TEST

static void be_stdout(int fd)
{
	fflush(stdout);
	ck_assert_int_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	if (fd != STDOUT_FILENO)
		close(fd);
}

START_TEST(stdout_is_neither_cut_nor_closed)
{
	scratch_put("out", "before, and more");
	be_stdout(open(scratch_path("out"), O_WRONLY));
	ck_assert_int_eq(write(STDOUT_FILENO, "before ", 7), 7);
	ck_assert_int_eq(open_result(NULL), STDOUT_FILENO);
	ck_assert_int_eq(output_deliver(STDOUT_FILENO, "res", 3, &err), 0);
	ck_assert_str_eq(scratch_get(scratch_path("out")), "before resd more");
	ck_assert_int_ge(fcntl(STDOUT_FILENO, F_GETFD), 0);
}
END_TEST

START_TEST(a_stdout_that_cannot_be_written_is_told_early)
{
	bool again;

	be_stdout(open("/dev/null", O_RDONLY));
	ck_assert_int_eq(output_open(NULL, &again, &err), -1);
	ck_assert_str_eq(err.text, "stdout: closed, or not open for writing");
	close(STDOUT_FILENO);
	ck_assert_int_eq(output_open(NULL, &again, &err), -1);
	ck_assert_str_eq(err.text, "stdout: Bad file descriptor");
}
END_TEST

/* A pipe that nobody empties takes no more after some KiB. */
START_TEST(a_reader_that_does_not_read_ends_with_the_time)
{
	static char big[1 << 21];
	int64_t left_ms = 20;
	int pipe_fds[2];

	ck_assert_int_eq(pipe(pipe_fds), 0);
	error_clear(&err);
	ck_assert_int_eq(
		writer_put(pipe_fds[1], big, sizeof(big), &left_ms, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text,
		"the time limit is over, and nobody reads the result");
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}
END_TEST

START_TEST(a_full_device_is_a_fault)
{
	int fd = open_result("/dev/full");

	ck_assert_int_eq(output_deliver(fd, "x", 1, &err), -1);
	ck_assert_str_eq(
		err.text, "result: cannot be written: No space left on device");
	be_stdout(open("/dev/full", O_WRONLY));
	ck_assert_int_eq(output_deliver(STDOUT_FILENO, "x", 1, &err), -1);
}
END_TEST

START_TEST(the_result_must_exist)
{
	char expected[128];
	bool again;

	ck_assert_int_eq(output_open(scratch_path("none"), &again, &err), -1);
	snprintf(expected, sizeof(expected),
		"%s: cannot be opened for writing: No such file or directory",
		scratch_path("none"));
	ck_assert_str_eq(err.text, expected);
	ck_assert(!again);
	ck_assert_int_eq(scratch_names(), 0);
	ck_assert_int_eq(output_open(scratch_dir, &again, &err), -1);
	snprintf(expected, sizeof(expected),
		"%s: cannot be opened for writing: Is a directory",
		scratch_dir);
	ck_assert_str_eq(err.text, expected);
}
END_TEST

START_TEST(a_fifo_waits_for_its_reader)
{
	char text[16] = "";
	bool again = false;
	int reader, fd;

	ck_assert_int_eq(mkfifo(scratch_path("fifo"), 0600), 0);
	ck_assert_int_eq(output_open(scratch_path("fifo"), &again, &err), -1);
	ck_assert(again);
	reader = open(scratch_path("fifo"), O_RDONLY | O_NONBLOCK);
	fd = open_result(scratch_path("fifo"));
	ck_assert_int_eq(output_deliver(fd, "result", 6, &err), 0);
	ck_assert_int_eq(read(reader, text, sizeof(text)), 6);
	ck_assert_str_eq(text, "result");
	ck_assert_int_eq(read(reader, text, sizeof(text)), 0);
	close(reader);
}
END_TEST

START_TEST(a_socket_is_not_waited_for)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool again = true;

	snprintf(name.sun_path, sizeof(name.sun_path), "%s/s", scratch_dir);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	ck_assert_int_eq(output_open(name.sun_path, &again, &err), -1);
	ck_assert(!again);
	close(fd);
}
END_TEST

START_TEST(a_reader_that_went_away_is_a_fault)
{
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	ck_assert_int_eq(pipe(ends), 0);
	close(ends[0]);
	ck_assert_int_eq(output_deliver(ends[1], "x", 1, &err), -1);
	ck_assert_str_eq(err.text, "result: cannot be written: Broken pipe");
}
END_TEST

/* More than a pipe holds, in both modes of it: whoever reads gets it all. */
START_TEST(a_slow_reader_gets_everything)
{
	static char sent[300000], got[300000];
	size_t have = 0;
	int ends[2], status = -1;
	ssize_t n;

	memset(sent, 'x', sizeof(sent));
	ck_assert_int_eq(pipe2(ends, _i ? O_NONBLOCK : 0), 0);
	fcntl(ends[0], F_SETFL, 0);
	if (fork() == 0) {
		close(ends[0]);
		_exit(output_deliver(ends[1], sent, sizeof(sent), &err) != 0);
	}
	close(ends[1]);
	while ((n = read(ends[0], got, sizeof(got))) > 0) {
		have += (size_t)n;
		usleep(100);
	}
	ck_assert_uint_eq(have, sizeof(sent));
	close(ends[0]);
	wait(&status);
	ck_assert_int_eq(status, 0);
}
END_TEST

static const struct {
	const char *result;
	const char *shown;
} terminals[] = {
	{ "linux (kernel '/k')", "linux (kernel '/k')\r\n" },
	{ "kernel /k\n\n", "kernel /k\r\n\r\n" },
};

START_TEST(a_terminal_gets_a_newline)
{
	char text[64] = "";
	size_t have = 0;
	ssize_t n;
	int master = posix_openpt(O_RDWR | O_NOCTTY), fd;

	ck_assert_int_ge(master, 0);
	ck_assert_int_eq(grantpt(master), 0);
	ck_assert_int_eq(unlockpt(master), 0);
	fd = open_result(ptsname(master));
	ck_assert_int_eq(output_deliver(fd, terminals[_i].result,
				 strlen(terminals[_i].result), &err),
		0);
	/* two writes may come as two reads; a missing one ends in EIO */
	while (have < strlen(terminals[_i].shown)) {
		n = read(master, text + have, sizeof(text) - 1 - have);
		ck_assert_int_gt(n, 0);
		have += (size_t)n;
	}
	ck_assert_str_eq(text, terminals[_i].shown);
	close(master);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("deliver");

	tcase_add_checked_fixture(tc, scratch_make, scratch_remove);
	tcase_add_test(tc, the_result_replaces_a_longer_one);
	tcase_add_test(tc, stdout_is_neither_cut_nor_closed);
	tcase_add_test(tc, a_stdout_that_cannot_be_written_is_told_early);
	tcase_add_test(tc, a_reader_that_does_not_read_ends_with_the_time);
	tcase_add_test(tc, a_full_device_is_a_fault);
	tcase_add_test(tc, a_full_disk_empties_the_result);
	tcase_add_test(tc, the_result_must_exist);
	tcase_add_test(tc, a_fifo_waits_for_its_reader);
	tcase_add_test(tc, a_socket_is_not_waited_for);
	tcase_add_test(tc, a_reader_that_went_away_is_a_fault);
	tcase_add_loop_test(tc, a_slow_reader_gets_everything, 0, 2);
	tcase_add_loop_test(tc, a_terminal_gets_a_newline, 0, COUNT(terminals));
	return run_suite("output_deliver", &tc, 1);
}
