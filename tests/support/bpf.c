/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/bpf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void broken(const char *what, size_t at)
{
	fprintf(stderr, "seccomp filter: instruction %zu: %s\n", at, what);
	abort();
}

static uint32_t load(const struct seccomp_data *data, uint32_t off, size_t at)
{
	uint32_t word;

	if (off % sizeof(word) != 0 || off > sizeof(*data) - sizeof(word))
		broken("loads from outside", at);
	memcpy(&word, (const char *)data + off, sizeof(word));
	return word;
}

uint32_t bpf_run(const struct sock_filter *filter, size_t len,
	const struct seccomp_data *data)
{
	const struct sock_filter *now;
	uint32_t a = 0;

	/* jumps go forward only, so the end of the program ends the loop */
	for (size_t at = 0; at < len; at++) {
		now = &filter[at];
		switch (now->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			a = load(data, now->k, at);
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			at += a == now->k ? now->jt : now->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			at += a >= now->k ? now->jt : now->jf;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			at += (a & now->k) != 0 ? now->jt : now->jf;
			break;
		case BPF_RET | BPF_K:
			return now->k;
		default:
			broken("is not known here", at);
		}
	}
	broken("is behind the end", len);
	return 0;
}
