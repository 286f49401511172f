/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/sandbox_steps.h"

/*
 * Headers as old as the oldest kernel we run on do not have these; numbers of
 * system calls above 423 are the same on every machine.
 */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#ifndef SYS_landlock_restrict_self
#define SYS_landlock_restrict_self 446
#endif
#define CREATE_RULESET_VERSION 1U

/* The kernel's struct landlock_ruleset_attr; what it does not know is 0. */
struct ruleset {
	uint64_t files;
	uint64_t net;
	uint64_t scoped;
};

/* What each version of the interface can forbid, all bits from the lowest. */
static const struct ruleset everything[] = {
	{ 0x1fff, 0, 0 }, /* 1, Linux 5.13: open, make, remove, list, execute */
	{ 0x3fff, 0, 0 }, /* 2, 5.19: link or rename between directories */
	{ 0x7fff, 0, 0 }, /* 3, 6.2: truncate */
	{ 0x7fff, 3, 0 }, /* 4, 6.7: TCP bind and connect */
	{ 0xffff, 3, 0 }, /* 5, 6.10: ioctl on a device opened later */
	{ 0xffff, 3, 3 }, /* 6, 6.12: abstract sockets, signals to others */
};

int sandbox_landlock(const struct sandbox *box, struct error *err)
{
	const long newest = sizeof(everything) / sizeof(everything[0]);
	long fd,
		version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			CREATE_RULESET_VERSION);

	(void)box;
	/* EPERM: a container whose own filter does not know the call */
	if (version < 0 &&
		(errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM))
		return 0;
	if (version < 1)
		return error_set(err, ERR_SYSTEM, "%s", strerror(errno));
	if (version > newest)
		version = newest;
	fd = syscall(SYS_landlock_create_ruleset, &everything[version - 1],
		sizeof(everything[0]), 0);
	if (fd < 0)
		return error_set(err, ERR_SYSTEM, "%s", strerror(errno));
	/* Not one rule was added: everything that can be forbidden is. */
	if (syscall(SYS_landlock_restrict_self, fd, 0) < 0) {
		error_set(err, ERR_SYSTEM, "%s", strerror(errno));
		close((int)fd);
		return -1;
	}
	close((int)fd);
	return 0;
}
