/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox_steps.h - the steps of sandbox_enter() that fill a file of their own
 *
 * Each returns -1 with the reason alone in err; sandbox.c, which has the order
 * and why it is so, puts the name of the step in front.
 */
#ifndef SANDBOX_STEPS_H
#define SANDBOX_STEPS_H

#include <linux/filter.h>
#include <stddef.h>

#include "src/sandbox.h"

/* AddressSanitizer reserves terabytes and asks the kernel for more. */
#if defined(__SANITIZE_ADDRESS__)
#define SANDBOX_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANDBOX_SANITIZED 1
#endif
#endif
#ifndef SANDBOX_SANITIZED
#define SANDBOX_SANITIZED 0
#endif

/* 0-2 (a program's: 0 and 1) become /dev/null; others but keep[] are closed. */
int sandbox_descriptors(const struct sandbox *box, struct error *err);

/*
 * No path but paths[], no TCP, no signal to others; done with 0 on a kernel
 * without it, unless box->confine.
 */
int sandbox_landlock(const struct sandbox *box, struct error *err);

int sandbox_limits(const struct sandbox *box, struct error *err);
int sandbox_seccomp(const struct sandbox *box, struct error *err);

enum sandbox_machine { SANDBOX_X86_64, SANDBOX_AARCH64 };

#define SANDBOX_FILTER_MAX 512 /* instructions; far below BPF_MAXINSNS */

/* Whom a filter is for. */
enum sandbox_role {
	SANDBOX_OF_DISKS,   /* the reader */
	SANDBOX_OF_SOCKETS, /* the reader, with sockets */
	SANDBOX_OF_PROGRAM, /* SANDBOX_PROGRAM */
};

/*
 * Write the filter of a machine, which need not be this one, so that a test on
 * one machine can judge both.  Returns its length in instructions.
 */
size_t sandbox_filter(enum sandbox_machine machine, enum sandbox_role role,
	struct sock_filter filter[SANDBOX_FILTER_MAX]);

#endif
