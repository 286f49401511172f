/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <assert.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/sandbox_calls.h"
#include "src/sandbox_steps.h"

/* as many rows as a filter can have */
#define CALLS (LENGTH(sandbox_calls) + LENGTH(sandbox_socket_calls))

/*
 * Before the rows: four instructions, a program's six; a row has up to five,
 * and for each there is at most one jump of the search and one end of a leaf.
 */
static_assert(LENGTH(sandbox_program_calls) < CALLS, "room for two more");
static_assert(4 + 7 * CALLS <= SANDBOX_FILTER_MAX, "the filter has room");
static_assert(7 * (CALLS / 2 + 1) <= UINT8_MAX, "a jump reaches over half");

/* The lower half of a 64-bit argument comes first: little-endian machines. */
#define ARG(n) (offsetof(struct seccomp_data, args) + (size_t)8 * (n))

static const uint32_t audit_names[] = {
	[SANDBOX_X86_64] = AUDIT_ARCH_X86_64,
	[SANDBOX_AARCH64] = AUDIT_ARCH_AARCH64,
};

struct program {
	struct sock_filter *code;
	size_t len;
	uint32_t otherwise; /* the answer where no row fits */
};

static void emit(struct program *program, unsigned int code, uint32_t k,
	uint8_t skip_if, uint8_t skip_else)
{
	program->code[program->len++] = (struct sock_filter){
		.code = (uint16_t)code,
		.jt = skip_if,
		.jf = skip_else,
		.k = k,
	};
}

static void load(struct program *program, size_t offset)
{
	emit(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer(struct program *program, uint32_t action)
{
	emit(program, BPF_RET | BPF_K, action, 0, 0);
}

#define X32_CALLS 0x40000000

/* One row; the number of the call is loaded before it and after it. */
static void emit_call(struct program *program, uint32_t number,
	const struct sandbox_call *call)
{
	if (call->test == ALWAYS) {
		emit(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
		answer(program, call->answer);
		return;
	}
	emit(program, BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4);
	load(program, ARG(call->arg));
	if (call->test == ARG_IS)
		emit(program, BPF_JMP | BPF_JEQ | BPF_K, call->value, 0, 1);
	else
		emit(program, BPF_JMP | BPF_JSET | BPF_K, call->value, 0, 1);
	answer(program, call->answer);
	load(program, offsetof(struct seccomp_data, nr));
}

/* The rows of one machine, by number; those of one call stay in their order. */
struct rows {
	enum sandbox_machine machine;
	const struct sandbox_call *row[CALLS];
	size_t count;
};

static uint32_t number_of(const struct rows *rows, size_t i)
{
	return (uint32_t)rows->row[i]->number[rows->machine];
}

static void add_rows(
	struct rows *rows, const struct sandbox_call *calls, size_t count)
{
	const struct sandbox_call *call;
	size_t at;

	for (size_t i = 0; i < count; i++) {
		call = &calls[i];
		if (call->number[rows->machine] < 0)
			continue;
		for (at = rows->count++; at > 0; at--) {
			if (rows->row[at - 1]->number[rows->machine] <=
				call->number[rows->machine])
				break;
			rows->row[at] = rows->row[at - 1];
		}
		rows->row[at] = call;
	}
}

/*
 * The rows from first to before end, as a binary search: when a filter is
 * installed the kernel runs it for every number there is, so that one long list
 * cost more than all other steps of the box.  A jump over
 * the lower half has one byte for its length, as asserted above.
 */
static void emit_search(struct program *program, const struct rows *rows,
	size_t first, size_t end)
{
	size_t i, jump, middle = first + (end - first) / 2;

	/* all rows of a call into one half */
	while (middle > first &&
		number_of(rows, middle - 1) == number_of(rows, middle))
		middle--;
	if (end - first <= 3 || middle == first) {
		for (i = first; i < end; i++)
			emit_call(program, number_of(rows, i), rows->row[i]);
		answer(program, program->otherwise);
		return;
	}
	jump = program->len;
	emit(program, BPF_JMP | BPF_JGE | BPF_K, number_of(rows, middle), 0, 0);
	emit_search(program, rows, first, middle);
	program->code[jump].jt = (uint8_t)(program->len - jump - 1);
	emit_search(program, rows, middle, end);
}

/*
 * The calls of 32-bit x86 come with another architecture, those of x32 with a
 * number from X32_CALLS on: neither is in a row, and both are killed.
 */
size_t sandbox_filter(enum sandbox_machine machine, enum sandbox_role role,
	struct sock_filter filter[SANDBOX_FILTER_MAX])
{
	const bool foreign = role == SANDBOX_OF_PROGRAM;
	struct program program = { filter, 0, foreign ? ALLOW : KILL };
	struct rows rows = { .machine = machine };

	if (foreign)
		add_rows(&rows, sandbox_program_calls,
			LENGTH(sandbox_program_calls));
	else
		add_rows(&rows, sandbox_calls, LENGTH(sandbox_calls));
	if (role == SANDBOX_OF_SOCKETS)
		add_rows(&rows, sandbox_socket_calls,
			LENGTH(sandbox_socket_calls));
	load(&program, offsetof(struct seccomp_data, arch));
	emit(&program, BPF_JMP | BPF_JEQ | BPF_K, audit_names[machine], 1, 0);
	answer(&program, KILL);
	load(&program, offsetof(struct seccomp_data, nr));
	if (foreign) {
		emit(&program, BPF_JMP | BPF_JGE | BPF_K, X32_CALLS, 0, 1);
		answer(&program, KILL);
	}
	emit_search(&program, &rows, 0, rows.count);
	return program.len;
}

/*
 * fstat() for this program and all its libraries: glibc 2.33 to 2.38 asks by
 * newfstatat(), a call that takes a path.  This one cannot be given any, so the
 * filter need not let the other pass.  struct stat is the kernel's on all
 * machines of 64 bits.
 */
int sandbox_fstat(int fd, struct stat *st);
int sandbox_fstat(int fd, struct stat *st)
{
	return (int)syscall(SYS_fstat, fd, st);
}
#define SAME __attribute__((alias("sandbox_fstat"), visibility("default")))
int sandbox_fstat_plain(int fd, struct stat *st) __asm__("fstat") SAME;
int sandbox_fstat_64(int fd, struct stat *st) __asm__("fstat64") SAME;

#if defined(__x86_64__) && !defined(__ILP32__)
#define THIS_MACHINE SANDBOX_X86_64
#elif defined(__aarch64__) && !defined(__ILP32__) && !defined(__AARCH64EB__)
#define THIS_MACHINE SANDBOX_AARCH64
#endif

#ifdef THIS_MACHINE
static enum sandbox_role role_of(const struct sandbox *box)
{
	if (box->kind == SANDBOX_PROGRAM)
		return SANDBOX_OF_PROGRAM;
	return box->sockets ? SANDBOX_OF_SOCKETS : SANDBOX_OF_DISKS;
}
#endif

int sandbox_seccomp(const struct sandbox *box, struct error *err)
{
#ifdef THIS_MACHINE
	struct sock_filter filter[SANDBOX_FILTER_MAX];
	struct sock_fprog program = { .filter = filter };

	program.len = (unsigned short)sandbox_filter(
		THIS_MACHINE, role_of(box), filter);
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
		return 0;
	return error_set(err, ERR_SYSTEM, "%s", strerror(errno));
#else
	(void)box;
	return error_set(err, ERR_SYSTEM, "no filter for this machine");
#endif
}
