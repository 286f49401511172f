/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables that want to harm: chains that run in circles, every byte changed,
 * every length cut.  And the box: partition_scan() needs no path, writes
 * nothing, says nothing on stderr.
 */
#include <check.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/partdisk.h"

#define SECTOR 512
#define SIZE (8 << 20)

static struct partdisk pd;

static void setup(void)
{
	partdisk_init(&pd, SIZE);
}

static void teardown(void)
{
	partdisk_free(&pd);
}

/* EBR n (from 0) at sector 2048 + 16 n, its partition 8 sectors behind */
static void put_chain(unsigned int links)
{
	unsigned int i;

	partdisk_put_entry(&pd, 0, 1, 0, 0x05, 2048, 8192);
	for (i = 0; i < links; i++) {
		uint64_t at = (2048 + 16ull * i) * SECTOR;

		partdisk_put_entry(&pd, at, 1, 0, 0x83, 8, 8);
		if (i + 1 < links)
			partdisk_put_entry(
				&pd, at, 2, 0, 0x05, 16 * (i + 1), 16);
	}
}

static void expect_chain(const char *first, unsigned int links)
{
	char want[4096], *at = want;
	unsigned int i;

	at += sprintf(at, "%s\n", first);
	for (i = 0; i < links; i++)
		at += sprintf(
			at, "msdos%u %u+8 83\n", i + 5, 2048 + 16 * i + 8);
	ck_assert_str_eq(partdisk_scan(&pd), want);
}

START_TEST(reads_logical_partitions_up_to_the_limit)
{
	put_chain(55);
	expect_chain("table 512", 55);
	/* 60 with the primaries: libfdisk cannot say if more would follow */
	put_chain(57);
	expect_chain("table 512; partitions beyond number 60 are left out", 56);
}
END_TEST

#define CIRCLE "table 512; the chain of logical partitions runs in a circle"

START_TEST(ends_a_chain_that_runs_in_a_circle)
{
	/* the third points to itself, to the first, to the second */
	static const uint32_t to[] = { 32, 0, 16 };

	put_chain(3);
	partdisk_put_entry(&pd, (2048 + 32) * SECTOR, 2, 0, 0x05, to[_i], 16);
	expect_chain(CIRCLE, 3);
}
END_TEST

START_TEST(ends_a_chain_of_one_link_to_itself)
{
	put_chain(1);
	partdisk_put_entry(&pd, 2048 * SECTOR, 2, 0, 0x05, 0, 16);
	expect_chain(CIRCLE, 1);
}
END_TEST

/* Where the second link leads */
static const struct {
	uint32_t to;
	const char *first;
} astray[] = {
	/* beyond the end of the disk, and where 32 bits end */
	{ 1 << 20, "table 512" },
	{ UINT32_MAX, "table 512" },
	/* to zeros */
	{ 4096, "table 512" },
};

START_TEST(ends_a_chain_that_leads_nowhere)
{
	put_chain(1);
	partdisk_put_entry(&pd, 2048 * SECTOR, 2, 0, 0x05, astray[_i].to, 16);
	expect_chain(astray[_i].first, 1);
}
END_TEST

START_TEST(drops_logical_partitions_outside_the_extended_one)
{
	put_chain(2);
	/* within: 2048 up to 10239; partitions are relative to their EBR */
	partdisk_put_entry(&pd, 2064 * SECTOR, 1, 0, 0x83, 10239 - 2064, 8);
	ck_assert_str_eq(partdisk_scan(&pd),
		"table 512\nmsdos5 2056+8 83\nmsdos6 10239+8 83\n");
	partdisk_put_entry(&pd, 2064 * SECTOR, 1, 0, 0x83, 10240 - 2064, 8);
	ck_assert_str_eq(partdisk_scan(&pd),
		"table 512; partition 6 lies outside the extended partition\n"
		"msdos5 2056+8 83\n");
}
END_TEST

/* The disks whose every byte is changed; the sectors worth changing. */
static const struct {
	const char *command;
	uint32_t sectors[8];
} victims[] = {
	{ "printf '%s\\n' 'label: dos' 'start=8,size=8,type=a5' "
	  "'start=16,size=8,type=bf' 'start=24,type=5' 'start=32,size=8' "
	  "'start=64,size=8' | sfdisk $DISK",
		{ 0, 9, 17, 24, 63, 40 } },
	{ "printf '%s\\n' 'label: gpt' 'start=2048,size=64,name=a' "
	  "'start=4096,size=64,name=b' | sfdisk $DISK",
		{ 0, 1, 2, SIZE / SECTOR - 1, SIZE / SECTOR - 33 } },
	{ "printf 'g\\nn\\n\\n\\n+1M\\nw\\n' | fdisk -b 4096 $DISK",
		{ 0, 8, 16, SIZE / SECTOR - 8 } },
	/* primary gone: the backup through libfdisk */
	{ "printf '%s\\n' 'label: gpt' 'start=2048,size=64,name=a' | "
	  "sfdisk $DISK; dd if=/dev/zero of=$DISK bs=512 seek=1 count=1 "
	  "conv=notrunc",
		{ 0, SIZE / SECTOR - 1, SIZE / SECTOR - 33 } },
};

static void put_labels(void)
{
	static const uint8_t bsd_magic[] = { 0x57, 0x45, 0x56, 0x82 };
	static const uint8_t slice[] = { 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
		7 };

	partdisk_put(&pd, 9 * SECTOR, bsd_magic, 4);
	partdisk_put(&pd, 9 * SECTOR + 132, bsd_magic, 4);
	partdisk_put(&pd, 9 * SECTOR + 138, "\10", 1);
	partdisk_put(&pd, 9 * SECTOR + 148, slice, sizeof(slice));
	partdisk_put(&pd, 17 * SECTOR + 30, "\20", 1);
	partdisk_put(&pd, 17 * SECTOR + 76, "\1\0\0\0\1", 5);
	partdisk_put(&pd, 17 * SECTOR + 508, "\xbe\xda", 2);
}

/* partdisk_scan() asserts what must hold of any result. */
START_TEST(survives_any_byte)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	unsigned int s, i, off;

	partdisk_run(&pd, victims[_i].command);
	if (_i == 0)
		put_labels();
	for (s = 0; s < 8 && (s == 0 || victims[_i].sectors[s]); s++)
		for (off = 0; off < SECTOR; off++) {
			uint64_t at = victims[_i].sectors[s] * 512ull + off;
			uint8_t was, now;

			partdisk_get(&pd, at, &was, 1);
			for (i = 0; i < sizeof(changes); i++) {
				now = was ^ changes[i];
				partdisk_put(&pd, at, &now, 1);
				partdisk_scan(&pd);
			}
			partdisk_put(&pd, at, &was, 1);
		}
}
END_TEST

START_TEST(survives_any_length)
{
	static uint8_t head[80 * SECTOR];
	size_t len;

	partdisk_run(&pd, victims[_i].command);
	if (_i == 0)
		put_labels();
	partdisk_get(&pd, 0, head, sizeof(head));
	for (len = 1; len <= sizeof(head); len += len < 5000 ? 1 : 61) {
		partdisk_resize(&pd, len);
		partdisk_scan(&pd);
		ck_assert_msg(len < SECTOR
				? strcmp(pd.text, "no table 512\n") == 0
				: strstr(pd.text, "table") != NULL,
			"%zu: %s", len, pd.text);
		partdisk_put(&pd, 0, head, len < 5000 ? len + 1 : len);
	}
}
END_TEST

#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define DENY(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define DIE BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)
#define ON(name, what)                                                         \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_##name, 0, 1), what

/* As the box: what libraries try answers politely, what writes kills. */
static void enter_box(void)
{
	static struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		ON(openat, DENY(EACCES)),
		ON(readlinkat, DENY(EACCES)),
		ON(statx, DENY(EACCES)),
		ON(ioctl, DENY(EACCES)),
		ON(fadvise64, DENY(EPERM)),
		ON(fsync, DIE),
		ON(fdatasync, DIE),
		ON(sync, DIE),
		ON(pwrite64, DIE),
		ON(ftruncate, DIE),
		ON(socket, DIE),
		ON(execve, DIE),
		ALLOW,
	};
	static const struct sock_fprog program = {
		sizeof(filter) / sizeof(filter[0]), filter
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		_exit(99);
}

/* The same result inside the box, and not a word on stdout or stderr */
START_TEST(works_in_the_box_without_a_word)
{
	int status, quiet = memfd_create("quiet", 0);
	char *before;
	pid_t pid;

	partdisk_run(&pd, victims[_i].command);
	if (_i == 0)
		put_labels();
	before = strdup(partdisk_scan(&pd));
	ck_assert_ptr_nonnull(before);
	ck_assert_ptr_nonnull(strstr(before, "1 "));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		dup2(quiet, STDOUT_FILENO);
		dup2(quiet, STDERR_FILENO);
		enter_box();
		_exit(strcmp(partdisk_scan(&pd), before) != 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(lseek(quiet, 0, SEEK_END), 0);
	close(quiet);
	free(before);
}
END_TEST

static Suite *suite(void)
{
	const int count = sizeof(victims) / sizeof(victims[0]);
	Suite *s = suite_create("partition_hostile");
	TCase *tc = tcase_create("partition_hostile");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, reads_logical_partitions_up_to_the_limit);
	tcase_add_loop_test(tc, ends_a_chain_that_runs_in_a_circle, 0, 3);
	tcase_add_test(tc, ends_a_chain_of_one_link_to_itself);
	tcase_add_loop_test(tc, ends_a_chain_that_leads_nowhere, 0,
		sizeof(astray) / sizeof(astray[0]));
	tcase_add_test(tc, drops_logical_partitions_outside_the_extended_one);
	tcase_add_loop_test(tc, survives_any_byte, 0, count);
	tcase_add_loop_test(tc, survives_any_length, 0, count);
	tcase_add_loop_test(tc, works_in_the_box_without_a_word, 0, count);
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
