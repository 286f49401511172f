/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/calls.h"

#ifdef __x86_64__
#include <asm/unistd.h>

const struct known_call calls_x86_64[] = {
	CALLS_OF_ALL_MACHINES,
	/* from before there was openat() and its like */
	CALL(open, REFUSED),
	CALL(stat, REFUSED),
	CALL(lstat, REFUSED),
	CALL(readlink, REFUSED),
	CALL(access, REFUSED),
	CALL(poll, SOCKETS),
	CALL(fork, DEADLY),
	CALL(vfork, DEADLY),
	CALL(arch_prctl, DEADLY),
};
const size_t calls_x86_64_count =
	sizeof(calls_x86_64) / sizeof(calls_x86_64[0]);
#endif
