/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/sandbox_steps.h"

/* Linux 5.9; the number is the same on every machine. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define FIRST_OTHER 3 /* behind stdin, stdout, stderr */

static int reason(struct error *err, const char *what)
{
	return error_set(err, ERR_SYSTEM, "%s: %s", what, strerror(errno));
}

/* The lowest descriptor to keep that is not below from, or -1. */
static int next_kept(const struct sandbox *box, int from)
{
	int fd, next = -1;

	for (unsigned int i = 0; i < box->keep_count; i++) {
		fd = box->keep[i];
		if (fd >= from && (next < 0 || fd < next))
			next = fd;
	}
	return next;
}

static int close_range_of(unsigned int first, unsigned int last)
{
	return (int)syscall(SYS_close_range, first, last, 0);
}

/* Close the gaps between those to keep, and everything behind the last. */
static int close_gaps(const struct sandbox *box)
{
	int next, from = FIRST_OTHER;

	while ((next = next_kept(box, from)) >= 0) {
		if (next > from &&
			close_range_of(
				(unsigned int)from, (unsigned int)next - 1) < 0)
			return -1;
		from = next + 1;
	}
	return close_range_of((unsigned int)from, UINT_MAX);
}

/* The same before Linux 5.9, one by one. */
static int close_listed(const struct sandbox *box)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *entry;
	int fd;

	if (!dir)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		fd = (int)strtol(entry->d_name, NULL, 10);
		if (fd < FIRST_OTHER || fd == dirfd(dir) ||
			next_kept(box, fd) == fd)
			continue;
		close(fd);
	}
	closedir(dir);
	return 0;
}

/*
 * Under a sanitizer 2 stays: its reports are what such a build is for.  So it
 * does for a program: it is where its complaints are read.
 */
static int replace_standard(const struct sandbox *box, struct error *err)
{
	bool keep_stderr = SANDBOX_SANITIZED || box->kind == SANDBOX_PROGRAM;
	int last = keep_stderr ? STDOUT_FILENO : STDERR_FILENO;
	int fd, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return reason(err, "/dev/null");
	for (fd = STDIN_FILENO; fd <= last; fd++) {
		if (fd != null && dup2(null, fd) < 0)
			return reason(err, "dup2");
	}
	return 0; /* null itself is closed with all others */
}

int sandbox_descriptors(const struct sandbox *box, struct error *err)
{
	for (unsigned int i = 0; i < box->keep_count; i++) {
		if (box->keep[i] < FIRST_OTHER)
			return error_set(err, ERR_SYSTEM, "%d cannot be kept",
				box->keep[i]);
	}
	if (replace_standard(box, err) < 0)
		return -1;
	if (close_gaps(box) == 0)
		return 0;
	/* EPERM: a container whose own filter does not know the call */
	if ((errno != ENOSYS && errno != EPERM) || close_listed(box) < 0)
		return reason(err, "closing the inherited ones");
	return 0;
}
