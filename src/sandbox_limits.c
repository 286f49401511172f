/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "src/base/length.h"
#include "src/sandbox_steps.h"

struct limit {
	const char *name;
	unsigned int resource; /* RLIMIT_* */
	rlim_t soft;
	rlim_t hard;
};

/*
 * A hard limit that is lower already cannot be raised, and need not be: then
 * that is the limit.
 */
static int lower(const struct limit *limit)
{
	struct rlimit now, wanted = { limit->soft, limit->hard };

	/* RLIM_INFINITY, and what the kernel compares as negative, is none */
	if (limit->hard > INT64_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	if (setrlimit(limit->resource, &wanted) == 0)
		return 0;
	if (errno != EPERM || getrlimit(limit->resource, &now) < 0)
		return -1;
	if (wanted.rlim_max > now.rlim_max)
		wanted.rlim_max = now.rlim_max;
	if (wanted.rlim_cur > wanted.rlim_max)
		wanted.rlim_cur = wanted.rlim_max;
	return setrlimit(limit->resource, &wanted);
}

/* One more than the highest kept: there is no number for another. */
static rlim_t descriptor_limit(const struct sandbox *box)
{
	int highest = 2;

	for (unsigned int i = 0; i < box->keep_count; i++) {
		if (box->keep[i] > highest)
			highest = box->keep[i];
	}
	return (rlim_t)highest + 1;
}

/* All of them, even if one fails: the rest may be what saves us. */
static int lower_all(
	const struct limit *limits, size_t count, struct error *err)
{
	int result = 0;

	for (size_t i = 0; i < count; i++) {
		if (lower(&limits[i]) < 0)
			result = error_set(err, ERR_SYSTEM, "%s: %s",
				limits[i].name, strerror(errno));
	}
	return result;
}

/* What no box needs */
#define NONE_OF_THESE                                                          \
	{ "CORE", RLIMIT_CORE, 0, 0 }, { "MEMLOCK", RLIMIT_MEMLOCK, 0, 0 },    \
	{                                                                      \
		"MSGQUEUE", RLIMIT_MSGQUEUE, 0, 0                              \
	}

static int limit_reader(const struct sandbox *box, struct error *err)
{
	const rlim_t cpu = box->cpu ? box->cpu : SANDBOX_CPU_SECONDS;
	const rlim_t files = descriptor_limit(box);
#if !SANDBOX_SANITIZED
	const rlim_t memory = box->memory ? box->memory : SANDBOX_ADDRESS_SPACE;
#endif
	const struct limit limits[] = {
#if !SANDBOX_SANITIZED
		{ "AS", RLIMIT_AS, memory, memory },
#endif
		/* SIGXCPU tells the parent why; SIGKILL, a second later, not */
		{ "CPU", RLIMIT_CPU, cpu, cpu + 1 },
		{ "FSIZE", RLIMIT_FSIZE, box->file_max, box->file_max },
		{ "NPROC", RLIMIT_NPROC, 0, 0 },
		{ "NOFILE", RLIMIT_NOFILE, files, files },
		NONE_OF_THESE,
	};

	return lower_all(limits, LENGTH(limits), err);
}

/* NPROC stays: its threads count, and others of the same user with them. */
static int limit_program(const struct sandbox *box, struct error *err)
{
	const rlim_t cpu = box->cpu ? box->cpu : SANDBOX_CPU_SECONDS;
	const struct limit limits[] = {
#if !SANDBOX_SANITIZED
		{ "AS", RLIMIT_AS, SANDBOX_PROGRAM_SPACE,
			SANDBOX_PROGRAM_SPACE },
#endif
		{ "CPU", RLIMIT_CPU, cpu, cpu + 1 },
		{ "FSIZE", RLIMIT_FSIZE, 0, 0 },
		{ "NOFILE", RLIMIT_NOFILE, SANDBOX_PROGRAM_FILES,
			SANDBOX_PROGRAM_FILES },
		NONE_OF_THESE,
	};

	return lower_all(limits, LENGTH(limits), err);
}

int sandbox_limits(const struct sandbox *box, struct error *err)
{
	return box->kind == SANDBOX_PROGRAM ? limit_program(box, err)
					    : limit_reader(box, err);
}
