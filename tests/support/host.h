/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * host.h - hosts that the box must hold on, each made of this one
 *
 * A host is a user, the capabilities that root has there, and the system calls
 * that fail there: on an old kernel, or by a container's own filter.  It is
 * entered by a process that was forked for it, and never left.
 */
#ifndef TESTS_HOST_H
#define TESTS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A system call that fails: always, or by an argument's lower 32 bits. */
struct host_call {
	int number;
	enum { HOST_ALWAYS, HOST_ARG_IS, HOST_ARG_HAS } when;
	unsigned int arg; /* from 0 */
	uint32_t value;
	int error; /* errno */
};

struct host {
	const char *name;
	bool user;             /* nobody's, else root's */
	uint64_t capabilities; /* bits that root has there */
	const struct host_call *calls;
	size_t call_count;
};

/* Those where the box can be built, the first two as this machine is. */
#define HOSTS 9
extern const struct host hosts[HOSTS];

/* Also those where it cannot.  NULL: there is none of this name. */
const struct host *host_by_name(const char *name);

/* Make calls fail from now on; false with errno if that cannot be had. */
bool host_break_calls(const struct host_call *calls, size_t count);

/* Calls and capabilities; whose process it is was settled before. */
bool host_enter(const struct host *host);

#endif
