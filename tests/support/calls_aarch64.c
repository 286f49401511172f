/* SPDX-License-Identifier: GPL-2.0-or-later */
/* aarch64 has the generic numbers, which every machine's headers bring. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier): what these headers ask for */
#define __ARCH_WANT_NEW_STAT
#include <asm-generic/unistd.h>

#include "tests/support/calls.h"

const struct known_call calls_aarch64[] = { CALLS_OF_ALL_MACHINES };
const size_t calls_aarch64_count =
	sizeof(calls_aarch64) / sizeof(calls_aarch64[0]);
