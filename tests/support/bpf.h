/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bpf.h - what would the kernel answer?  Runs a seccomp filter, for tests
 *
 * Only what seccomp lets a filter do is done here; a program that jumps out of
 * itself, loads from beyond the data or has no end is a failed test.
 */
#ifndef TESTS_BPF_H
#define TESTS_BPF_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>

/* The action (SECCOMP_RET_*) of a filter of len instructions, or abort(). */
uint32_t bpf_run(const struct sock_filter *filter, size_t len,
	const struct seccomp_data *data);

#endif
