/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * on_host.c - run a program as if the host were another (tests/support/host.h)
 *
 *   on_host NAME PROGRAM ARGUMENT...
 *   on_host                            names those where the box can be built
 */
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/host.h"

#define NOBODY 65534

static int fail(const char *what)
{
	perror(what);
	return 126;
}

int main(int argc, char **argv)
{
	const struct host *host;

	for (size_t i = 0; argc == 1 && i < HOSTS; i++)
		puts(hosts[i].name);
	if (argc < 3)
		return argc == 1 ? EXIT_SUCCESS : 126;
	host = host_by_name(argv[1]);
	if (!host)
		return fail(argv[1]);
	if (host->user && geteuid() == 0 &&
		(setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) ||
			setresuid(NOBODY, NOBODY, NOBODY)))
		return fail("setresuid");
	if (!host_enter(host))
		return fail(host->name);
	execv(argv[2], argv + 2);
	return fail(argv[2]);
}
