/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filter as a program: what it answers to every number, on the machine
 * that runs the test and on the other one.  tests/test_sandbox.c asks the
 * kernel.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "src/base/length.h"
#include "src/sandbox_steps.h"
#include "tests/support/bpf.h"
#include "tests/support/calls.h"

#define KILL SECCOMP_RET_KILL_PROCESS
#define ALLOW SECCOMP_RET_ALLOW
#define FAIL(code) (SECCOMP_RET_ERRNO | (code))

#define NUMBERS 2048 /* Linux 6.18 ends below 500 */

static const struct machine {
	enum sandbox_machine machine;
	uint32_t arch;
	const struct known_call *calls;
	const size_t *count;
} machines[] = {
	{ SANDBOX_AARCH64, AUDIT_ARCH_AARCH64, calls_aarch64,
		&calls_aarch64_count },
#ifdef __x86_64__
	{ SANDBOX_X86_64, AUDIT_ARCH_X86_64, calls_x86_64,
		&calls_x86_64_count },
#endif
};

static struct sock_filter filter[SANDBOX_FILTER_MAX];

static uint32_t ask(const struct machine *machine, enum sandbox_role role,
	struct seccomp_data *data)
{
	size_t len = sandbox_filter(machine->machine, role, filter);

	ck_assert_uint_le(len, SANDBOX_FILTER_MAX);
	return bpf_run(filter, len, data);
}

static const struct known_call *call_of(
	const struct machine *machine, int number)
{
	for (size_t i = 0; i < *machine->count; i++) {
		if (machine->calls[i].number == number)
			return &machine->calls[i];
	}
	return NULL;
}

/* Both filters of a reader; each test of both runs once for each machine. */
static const enum sandbox_role readers[] = { SANDBOX_OF_DISKS,
	SANDBOX_OF_SOCKETS };

#define ROUNDS (LENGTH(machines) * LENGTH(readers))

static const struct machine *machine_of(int round)
{
	return &machines[(size_t)round % LENGTH(machines)];
}

static enum sandbox_role reader_of(int round)
{
	return readers[(size_t)round / LENGTH(machines)];
}

static bool depends(enum fate fate, enum sandbox_role role)
{
	return fate == DEPENDS ||
		(fate == SOCKETS_DEPEND && role == SANDBOX_OF_SOCKETS);
}

static uint32_t expected(enum fate fate, enum sandbox_role role)
{
	if (fate == SOCKETS && role == SANDBOX_OF_SOCKETS)
		return ALLOW;
	if (fate == ALLOWED || (fate == SANITIZED && SANDBOX_SANITIZED))
		return ALLOW;
	return fate == REFUSED ? FAIL(EACCES) : KILL;
}

START_TEST(knows_exactly_the_calls_of_the_promise)
{
	const struct machine *machine = machine_of(_i);
	const enum sandbox_role role = reader_of(_i);
	const struct known_call *call;
	struct seccomp_data data = { .arch = machine->arch };

	for (data.nr = -1; data.nr < NUMBERS; data.nr++) {
		call = call_of(machine, data.nr);
		if (call && depends(call->fate, role))
			continue;
		ck_assert_msg(ask(machine, role, &data) ==
				(call ? expected(call->fate, role) : KILL),
			"%s, number %d: %#x", call ? call->name : "unknown",
			data.nr, ask(machine, role, &data));
	}
}
END_TEST

START_TEST(kills_the_calls_of_another_machine)
{
	static const uint32_t others[] = { 0, AUDIT_ARCH_I386, AUDIT_ARCH_ARM,
		AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64,
		AUDIT_ARCH_X86_64 ^ __AUDIT_ARCH_LE };
	const struct machine *machine = machine_of(_i);
	struct seccomp_data data = { 0 };

	for (size_t i = 0; i < LENGTH(others); i++) {
		if (others[i] == machine->arch)
			continue;
		data.arch = others[i];
		for (data.nr = 0; data.nr < NUMBERS; data.nr++) {
			ck_assert_uint_eq(
				ask(machine, reader_of(_i), &data), KILL);
			ck_assert_uint_eq(
				ask(machine, SANDBOX_OF_PROGRAM, &data), KILL);
		}
	}
}
END_TEST

/* x32 is the same architecture with a bit set in the number. */
START_TEST(kills_the_calls_of_x32)
{
	const struct machine *machine = machine_of(_i);
	struct seccomp_data data = { .arch = machine->arch };

	for (int nr = 0; nr < NUMBERS; nr++) {
		data.nr = nr | 0x40000000;
		ck_assert_uint_eq(ask(machine, reader_of(_i), &data), KILL);
		ck_assert_uint_eq(
			ask(machine, SANDBOX_OF_PROGRAM, &data), KILL);
	}
}
END_TEST

/* Upper halves: rubbish that the kernel cuts off, or a long without meaning. */
#define RUBBISH 0xdeadbeef00000000ULL
#define MINUS 0xffffffff00000000ULL

static const struct {
	const char *call;
	unsigned int arg;
	uint64_t value;
	unsigned int arg2;
	uint64_t value2;
	uint32_t answer;
} by_argument[] = {
	{ "mmap", 2, PROT_READ, 3, MAP_PRIVATE | MAP_ANONYMOUS, ALLOW },
	{ "mmap", 2, PROT_READ, 3, MAP_PRIVATE, FAIL(EACCES) },
	{ "mmap", 2, PROT_READ, 3, MAP_SHARED, FAIL(EACCES) },
	{ "mmap", 2, PROT_EXEC, 3, MAP_PRIVATE | MAP_ANONYMOUS, KILL },
	{ "mmap", 2, PROT_READ | PROT_EXEC, 3, MAP_PRIVATE, KILL },
	{ "mmap", 2, RUBBISH | PROT_EXEC, 3, MAP_ANONYMOUS, KILL },
	{ "mprotect", 2, PROT_NONE, 0, 0, ALLOW },
	{ "mprotect", 2, PROT_READ | PROT_WRITE, 0, 0, ALLOW },
	{ "mprotect", 2, PROT_EXEC, 0, 0, KILL },
	{ "mprotect", 2, PROT_READ | PROT_WRITE | PROT_EXEC, 0, 0, KILL },
	{ "mprotect", 2, RUBBISH | PROT_EXEC, 0, 0, KILL },
	{ "fadvise64", 3, POSIX_FADV_WILLNEED, 0, 0, ALLOW },
	{ "fadvise64", 3, RUBBISH | POSIX_FADV_WILLNEED, 0, 0, ALLOW },
	{ "fadvise64", 3, POSIX_FADV_RANDOM, 0, 0, FAIL(EACCES) },
	{ "fadvise64", 3, POSIX_FADV_DONTNEED, 0, 0, FAIL(EACCES) },
	{ "fadvise64", 3, (uint64_t)POSIX_FADV_WILLNEED << 32, 0, 0,
		FAIL(EACCES) },
	{ "ioctl", 1, BLKSSZGET, 0, 0, ALLOW },
	{ "ioctl", 1, BLKPBSZGET, 0, 0, ALLOW },
	{ "ioctl", 1, BLKGETSIZE, 0, 0, ALLOW },
	{ "ioctl", 1, BLKGETSIZE64, 0, 0, ALLOW },
	{ "ioctl", 1, MINUS | BLKGETSIZE64, 0, 0, ALLOW },
	{ "ioctl", 1, BLKIOMIN, 0, 0, ALLOW },
	{ "ioctl", 1, BLKIOOPT, 0, 0, ALLOW },
	{ "ioctl", 1, BLKALIGNOFF, 0, 0, ALLOW },
	{ "ioctl", 1, BLKROSET, 0, 0, FAIL(ENOTTY) },
	{ "ioctl", 1, BLKFLSBUF, 0, 0, FAIL(ENOTTY) },
	{ "ioctl", 1, BLKDISCARD, 0, 0, FAIL(ENOTTY) },
	{ "ioctl", 1, BLKRRPART, 0, 0, FAIL(ENOTTY) },
	{ "ioctl", 1, FICLONE, 0, 0, FAIL(ENOTTY) },
	{ "ioctl", 1, 0x5401 /* TCGETS */, 0, 0, FAIL(ENOTTY) },
	{ "ioctl", 1, 0x5412 /* TIOCSTI */, 0, 0, FAIL(ENOTTY) },
	{ "ioctl", 1, (uint64_t)BLKSSZGET << 32, 0, 0, FAIL(ENOTTY) },
};

static int number_of(const struct machine *machine, const char *name)
{
	for (size_t i = 0; i < *machine->count; i++) {
		if (strcmp(machine->calls[i].name, name) == 0)
			return machine->calls[i].number;
	}
	ck_abort_msg("%s is not in the list", name);
	return -1;
}

START_TEST(looks_at_arguments)
{
	const struct machine *machine;
	struct seccomp_data data;

	for (machine = machines; machine < machines + LENGTH(machines);
		machine++) {
		memset(&data, 0, sizeof(data));
		data.arch = machine->arch;
		data.nr = number_of(machine, by_argument[_i].call);
		data.args[by_argument[_i].arg2] = by_argument[_i].value2;
		data.args[by_argument[_i].arg] = by_argument[_i].value;
		for (size_t i = 0; i < LENGTH(readers); i++)
			ck_assert_msg(ask(machine, readers[i], &data) ==
					by_argument[_i].answer,
				"%s on machine %d: %#x", by_argument[_i].call,
				(int)machine->machine,
				ask(machine, readers[i], &data));
	}
}
END_TEST

/* What a connected socket can do, and no other; in no filter without any. */
static const struct {
	const char *call;
	unsigned int arg;
	uint64_t value;
	uint32_t answer;
} of_sockets[] = {
	{ "sendto", 5, 0, ALLOW },
	{ "sendto", 5, 16, KILL },
	{ "sendto", 5, RUBBISH, ALLOW },
	{ "sendto", 5, RUBBISH | 110, KILL },
	{ "fcntl", 1, F_GETFD, ALLOW },
	{ "fcntl", 1, F_SETFD, ALLOW },
	{ "fcntl", 1, F_GETFL, ALLOW },
	{ "fcntl", 1, F_SETFL, ALLOW },
	{ "fcntl", 1, F_DUPFD, KILL },
	{ "fcntl", 1, F_DUPFD_CLOEXEC, KILL },
	{ "fcntl", 1, F_SETOWN, KILL },
	{ "fcntl", 1, F_SETSIG, KILL },
	{ "fcntl", 1, F_SETLK, KILL },
	{ "fcntl", 1, F_NOTIFY, KILL },
};

START_TEST(looks_at_arguments_of_sockets)
{
	const struct machine *machine;
	struct seccomp_data data;

	for (machine = machines; machine < machines + LENGTH(machines);
		machine++) {
		memset(&data, 0, sizeof(data));
		data.arch = machine->arch;
		data.nr = number_of(machine, of_sockets[_i].call);
		data.args[of_sockets[_i].arg] = of_sockets[_i].value;
		ck_assert_uint_eq(ask(machine, SANDBOX_OF_SOCKETS, &data),
			of_sockets[_i].answer);
		ck_assert_uint_eq(ask(machine, SANDBOX_OF_DISKS, &data), KILL);
	}
}
END_TEST

/* A foreign program: everything but connections and attacks. */
START_TEST(lets_a_program_do_all_but_a_few)
{
	static const char *const refused[] = { "socket", "connect", "bind",
		"ptrace", "bpf", "io_uring_setup" };
	const struct machine *machine = &machines[_i];
	const struct known_call *call = machine->calls;
	struct seccomp_data data = { .arch = machine->arch };
	uint32_t answer;
	size_t i;

	for (; call < machine->calls + *machine->count; call++) {
		data.nr = call->number;
		answer = ask(machine, SANDBOX_OF_PROGRAM, &data);
		for (i = 0; i < LENGTH(refused); i++)
			if (strcmp(call->name, refused[i]) == 0)
				break;
		if (i == LENGTH(refused))
			ck_assert_msg(answer == ALLOW, "%s", call->name);
		else
			ck_assert_msg((answer & SECCOMP_RET_ACTION_FULL) ==
					SECCOMP_RET_ERRNO,
				"%s", call->name);
	}
}
END_TEST

/* An argument that is not looked at changes nothing. */
START_TEST(looks_at_no_other_argument)
{
	const struct machine *machine = machine_of(_i);
	const enum sandbox_role role = reader_of(_i);
	const struct known_call *call = machine->calls;
	struct seccomp_data data = { .arch = machine->arch };

	memset(data.args, 0xff, sizeof(data.args));
	for (; call < machine->calls + *machine->count; call++) {
		if (depends(call->fate, role))
			continue;
		data.nr = call->number;
		ck_assert_uint_eq(
			ask(machine, role, &data), expected(call->fate, role));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sandbox_filter");
	TCase *tc = tcase_create("sandbox_filter");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(
		tc, knows_exactly_the_calls_of_the_promise, 0, ROUNDS);
	tcase_add_loop_test(tc, kills_the_calls_of_another_machine, 0, ROUNDS);
	tcase_add_loop_test(tc, kills_the_calls_of_x32, 0, ROUNDS);
	tcase_add_loop_test(tc, looks_at_arguments, 0, LENGTH(by_argument));
	tcase_add_loop_test(
		tc, looks_at_arguments_of_sockets, 0, LENGTH(of_sockets));
	tcase_add_loop_test(tc, looks_at_no_other_argument, 0, ROUNDS);
	tcase_add_loop_test(
		tc, lets_a_program_do_all_but_a_few, 0, LENGTH(machines));
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
