/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tests/cross_aarch64.sh runs on both machines: the parts of the program
 * that need nothing but the C library.  The output has to be the same, but for
 * the name of the machine on stderr; a check that fails is an exit status.
 */
#include <asm/unistd.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/base/arena.h"
#include "src/base/utf8.h"
#include "src/disk/volume.h"
#include "src/sandbox_steps.h"
#include "tests/support/bpf.h"
#include "tests/support/calls.h"

#if defined(__x86_64__)
#define THIS_MACHINE SANDBOX_X86_64
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_MACHINE SANDBOX_AARCH64
#define THIS_ARCH AUDIT_ARCH_AARCH64
#endif

static const struct known_call calls[] = { CALLS_OF_ALL_MACHINES };

static void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "cross_aarch64: %s\n", what);
	exit(EXIT_FAILURE);
}

/* The numbers of this machine's own headers, against its own filter. */
static void check_filter(void)
{
	struct sock_filter filter[SANDBOX_FILTER_MAX];
	struct seccomp_data data = { .arch = THIS_ARCH };
	size_t len = sandbox_filter(THIS_MACHINE, SANDBOX_OF_DISKS, filter);
	uint32_t answer;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		data.nr = calls[i].number;
		answer = bpf_run(filter, len, &data);
		if (calls[i].fate == ALLOWED)
			require(answer == SECCOMP_RET_ALLOW, calls[i].name);
		if (calls[i].fate == REFUSED)
			require((answer & SECCOMP_RET_ACTION_FULL) ==
					SECCOMP_RET_ERRNO,
				calls[i].name);
		if (calls[i].fate == DEADLY)
			require(answer == SECCOMP_RET_KILL_PROCESS,
				calls[i].name);
	}
}

static void print_filter(enum sandbox_machine machine, enum sandbox_role role)
{
	struct sock_filter filter[SANDBOX_FILTER_MAX];
	size_t len = sandbox_filter(machine, role, filter);

	printf("filter %d of machine %d, %zu instructions\n", (int)role,
		(int)machine, len);
	for (size_t i = 0; i < len; i++)
		printf("%04x %u %u %08" PRIx32 "\n", filter[i].code,
			filter[i].jt, filter[i].jf, filter[i].k);
}

/* A file of known bytes, read through disk and volume, in and out of range. */
static void print_reads(void)
{
	char name[] = "/tmp/cross_aarch64.XXXXXX";
	struct error err = { 0 };
	struct disk_range range;
	struct disk disk;
	struct volume vol;
	uint8_t bytes[10000];
	int fd = mkstemp(name);

	require(fd >= 0, "mkstemp");
	unlink(name);
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	require(write(fd, bytes, sizeof(bytes)) == (ssize_t)sizeof(bytes),
		"write");
	require(disk_open(&disk, fd, "disk", 0, &err) == 0, err.text);
	range = (struct disk_range){ .disk = &disk, .start = 513 };
	volume_of_disk(&vol, &range, 9000);
	memset(bytes, 0, sizeof(bytes));
	require(volume_read(&vol, 4000, bytes, 5000, &err) == 0, err.text);
	printf("%02x %02x %02x\n", bytes[0], bytes[1], bytes[4999]);
	require(volume_read(&vol, 4000, bytes, 5001, &err) < 0, "range");
	printf("%s\n", err.text);
	require(volume_read(&vol, UINT64_MAX, bytes, 1, &err) < 0, "range");
	printf("%s\n", err.text);
	disk_close(&disk);
	close(fd);
}

/* char is unsigned there: text must not notice. */
static void print_texts(void)
{
	static const char *const texts[] = { "boot", "na\xc3\xafve", "\xff\x80",
		"\x1b[2J", "\xe2\x80\xae", "\xf4\x90\x80\x80" };
	char shown[64];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		utf8_show(texts[i], shown, sizeof(shown));
		printf("%s\n", shown);
	}
}

int main(void)
{
	struct arena arena;
	struct error err = { 0 };

	check_filter();
	print_filter(SANDBOX_X86_64, SANDBOX_OF_DISKS);
	print_filter(SANDBOX_X86_64, SANDBOX_OF_SOCKETS);
	print_filter(SANDBOX_X86_64, SANDBOX_OF_PROGRAM);
	print_filter(SANDBOX_AARCH64, SANDBOX_OF_DISKS);
	print_filter(SANDBOX_AARCH64, SANDBOX_OF_SOCKETS);
	print_filter(SANDBOX_AARCH64, SANDBOX_OF_PROGRAM);
	print_reads();
	print_texts();
	arena_init(&arena, 4096);
	require(arena_alloc(&arena, 100, &err) != NULL, err.text);
	require(arena_alloc(&arena, 5000, &err) == NULL, "arena");
	printf("%s\n", err.text);
	arena_free(&arena);
	return EXIT_SUCCESS;
}
