/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox.h - the box around the child that reads the guest's disk
 *
 * And, with less taken away, around other processes that meet what is not ours:
 * the program that understands an image format, and the look-up of a name.
 *
 * sandbox_enter() gives up everything but the open descriptors, in the order
 * of promises.md, and returns only if every step that this host can do was
 * done.  seccomp and rlimits are never optional; uid and chroot need root,
 * Landlock a kernel that has it.  Promises P1, P3.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "src/base/error.h"

enum sandbox_kind {
	SANDBOX_READER,  /* descriptors alone */
	SANDBOX_PROGRAM, /* exec() of a program that opens files in paths[] */
	SANDBOX_CALLER,  /* the network: as the host's user nobody sees it */
	SANDBOX_KINDS
};

/* What a SANDBOX_PROGRAM may read: a file, or all below a directory. */
struct sandbox_path {
	const char *name; /* absolute; one that is not there is passed over */
	bool execute;     /* load code from there, too */
};

struct sandbox {
	enum sandbox_kind kind;
	const int *keep; /* descriptors that stay open, besides 0-2 */
	unsigned int keep_count;
	uid_t uid; /* who to become when started as root, not 0 */
	gid_t gid;
	pid_t parent;      /* die with this process */
	uint64_t file_max; /* bytes a file may grow to (RLIMIT_FSIZE) */
	unsigned int cpu;  /* seconds; 0: SANDBOX_CPU_SECONDS */
	uint64_t memory;   /* a reader's, bytes; 0: SANDBOX_ADDRESS_SPACE */
	bool optional;     /* --no-sandbox: go on where a step fails */
	bool sockets;      /* a reader: some of keep[] are connected sockets */
	/* SANDBOX_PROGRAM: */
	const struct sandbox_path *paths;
	unsigned int path_count;
	bool confine; /* not without Landlock, even if optional */
};

/* Seconds of CPU, bytes of address space (promise P3). */
#define SANDBOX_CPU_SECONDS 10
#define SANDBOX_ADDRESS_SPACE ((uint64_t)256 << 20)

/*
 * Of a program: threads, each with a stack and a heap that is mostly room.
 * Descriptors: an image may consist of many files.
 */
#define SANDBOX_PROGRAM_SPACE ((uint64_t)2 << 30)
#define SANDBOX_PROGRAM_FILES 256

/*
 * Lock this process in, for ever: to be called in a child of box->parent that
 * has one thread and was just forked.  Afterwards descriptors 0-2 are /dev/null
 * (the child neither prints nor reads what the administrator types), only
 * keep[] is open besides, and no signal but a deadly fault, SIGXCPU and SIGKILL
 * arrives: the terminal's signals are for the parent.  On failure -1 and
 * "sandbox: <step>: <reason>"; the caller must exit without reading a disk.
 *
 * A program keeps stderr, has no signal blocked, and may make no connection; of
 * the host's files it can open paths[] for reading, and nothing else where the
 * kernel has Landlock.  file_max is for a reader alone.
 */
int sandbox_enter(const struct sandbox *box, struct error *err);

#endif
