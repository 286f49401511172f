/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The box from inside: a child enters it and tries one thing.  Every attempt is
 * made on each host of tests/support/host.h: by a child that was root and by
 * one that never was, on old kernels, in containers.  Those that take root are
 * skipped where the tests do not run as root.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/sandbox_steps.h"
#include "tests/support/boxed.h"

#define SIGNAL 1000 /* errnos are below */

static int attempt_index;

/* Stand for values that are known only when the test runs. */
enum { PATH = 0x70001, MEMORY, DISK, PARENT, BUFFER };

static char buffer[8192];
static const char a_path[] = "/etc/passwd";

struct attempt {
	const char *name;
	long number;
	long args[6];
	int want; /* errno, or SIGNAL + the signal that it dies of */
};

#define DIES (SIGNAL + SIGSYS)

static const struct attempt attempts[] = {
	{ "openat", SYS_openat, { AT_FDCWD, PATH, O_RDONLY }, EACCES },
	{ "open for writing", SYS_openat, { AT_FDCWD, PATH, O_RDWR }, EACCES },
	{ "create", SYS_openat, { AT_FDCWD, PATH, O_CREAT }, EACCES },
	{ "O_TMPFILE", SYS_openat, { AT_FDCWD, PATH, O_TMPFILE }, EACCES },
	{ "openat2", 437, { AT_FDCWD, PATH, BUFFER, 24 }, DIES },
	{ "creat at", SYS_mknodat, { AT_FDCWD, PATH, S_IFREG, 0 }, DIES },
	{ "statx", SYS_statx, { AT_FDCWD, PATH, 0, 0, BUFFER }, EACCES },
	{ "stat", SYS_newfstatat, { AT_FDCWD, PATH, BUFFER, 0 }, EACCES },
	{ "stat by the name of fstat", SYS_newfstatat,
		{ AT_FDCWD, PATH, BUFFER, AT_EMPTY_PATH }, EACCES },
	{ "readlinkat", SYS_readlinkat, { AT_FDCWD, PATH, BUFFER, 9 }, EACCES },
	{ "faccessat", SYS_faccessat, { AT_FDCWD, PATH, R_OK }, EACCES },
	{ "faccessat2", 439, { AT_FDCWD, PATH, R_OK, 0 }, EACCES },
#ifdef __x86_64__
	{ "open", SYS_open, { PATH, O_RDONLY }, EACCES },
	{ "old stat", SYS_stat, { PATH, BUFFER }, EACCES },
	{ "lstat", SYS_lstat, { PATH, BUFFER }, EACCES },
	{ "readlink", SYS_readlink, { PATH, BUFFER, 9 }, EACCES },
	{ "access", SYS_access, { PATH, R_OK }, EACCES },
	{ "creat", SYS_creat, { PATH, 0600 }, DIES },
	{ "fork", SYS_fork, { 0 }, DIES },
	{ "vfork", SYS_vfork, { 0 }, DIES },
	{ "iopl", SYS_iopl, { 3 }, DIES },
	{ "arch_prctl", SYS_arch_prctl, { 0x1002, 0 }, DIES },
	{ "getpid of x32", 0x40000000 + 39, { 0 }, DIES },
	{ "execve of x32", 0x40000000 + 520, { PATH, 0, 0 }, DIES },
#endif
	{ "linkat", SYS_linkat, { AT_FDCWD, PATH, AT_FDCWD, PATH, 0 }, DIES },
	{ "symlinkat", SYS_symlinkat, { PATH, AT_FDCWD, PATH }, DIES },
	{ "renameat2", SYS_renameat2, { AT_FDCWD, PATH, AT_FDCWD, PATH, 0 },
		DIES },
	{ "mkdirat", SYS_mkdirat, { AT_FDCWD, PATH, 0700 }, DIES },
	{ "fchmodat", SYS_fchmodat, { AT_FDCWD, PATH, 0777 }, DIES },
	{ "fchownat", SYS_fchownat, { AT_FDCWD, PATH, 0, 0, 0 }, DIES },
	{ "utimensat", SYS_utimensat, { AT_FDCWD, PATH, 0, 0 }, DIES },
	{ "getxattr", SYS_getxattr, { PATH, PATH, BUFFER, 9 }, DIES },
	{ "statfs", SYS_statfs, { PATH, BUFFER }, DIES },
	{ "name_to_handle_at", SYS_name_to_handle_at,
		{ AT_FDCWD, PATH, BUFFER, BUFFER, 0 }, DIES },
	{ "unlinkat", SYS_unlinkat, { AT_FDCWD, PATH, 0 }, DIES },
	{ "getdents64", SYS_getdents64, { DISK, BUFFER, 99 }, DIES },
	{ "chdir", SYS_chdir, { PATH }, DIES },
	{ "chroot", SYS_chroot, { PATH }, DIES },
	{ "open_by_handle_at", SYS_open_by_handle_at, { DISK, BUFFER }, DIES },
	{ "fsync", SYS_fsync, { DISK }, EACCES },
	{ "fdatasync", SYS_fdatasync, { DISK }, EACCES },
	{ "ftruncate", SYS_ftruncate, { DISK, 0 }, DIES },
	{ "pwrite64", SYS_pwrite64, { DISK, BUFFER, 1, 0 }, DIES },
	{ "splice", SYS_splice, { DISK, 0, DISK, 0, 1 }, DIES },
	{ "fcntl", SYS_fcntl, { DISK, F_GETFL }, DIES },
	{ "writev", SYS_writev, { DISK, BUFFER, 1 }, DIES },
	{ "fallocate", SYS_fallocate, { DISK, 0, 0, 1 }, DIES },
	{ "fchmod", SYS_fchmod, { DISK, 0777 }, DIES },
	{ "fchown", SYS_fchown, { DISK, 0, 0 }, DIES },
	{ "flock", SYS_flock, { DISK, 2 }, DIES },
	{ "tee", SYS_tee, { DISK, DISK, 1, 0 }, DIES },
	{ "vmsplice", SYS_vmsplice, { DISK, BUFFER, 1, 0 }, DIES },
	{ "memfd_secret", 447, { 0 }, DIES },
	{ "dup", SYS_dup, { DISK }, DIES },
	{ "dup3", SYS_dup3, { DISK, 100, 0 }, DIES },
	{ "pipe2", SYS_pipe2, { BUFFER, 0 }, DIES },
	{ "memfd_create", SYS_memfd_create, { PATH, 0 }, DIES },
	{ "eventfd2", SYS_eventfd2, { 0, 0 }, DIES },

	{ "a TCP socket", SYS_socket, { AF_INET, SOCK_STREAM, 0 }, DIES },
	{ "a Unix socket", SYS_socket, { AF_UNIX, SOCK_STREAM, 0 }, DIES },
	{ "a netlink socket", SYS_socket, { AF_NETLINK, SOCK_RAW, 0 }, DIES },
	{ "socketpair", SYS_socketpair, { AF_UNIX, 1, 0, BUFFER }, DIES },
	{ "a packet socket", SYS_socket, { 17, SOCK_RAW, 0 }, DIES },
	{ "a vsock", SYS_socket, { 40, SOCK_STREAM, 0 }, DIES },
	{ "accept4", SYS_accept4, { DISK, 0, 0, 0 }, DIES },
	{ "sendto", SYS_sendto, { DISK, BUFFER, 1, 0, 0, 0 }, DIES },
	{ "connect", SYS_connect, { DISK, BUFFER, 16 }, DIES },
	{ "sendmsg", SYS_sendmsg, { DISK, BUFFER, 0 }, DIES },
	{ "recvmsg", SYS_recvmsg, { DISK, BUFFER, 0 }, DIES },

	{ "execve", SYS_execve, { PATH, 0, 0 }, DIES },
	{ "execveat", SYS_execveat, { DISK, PATH, 0, 0, 0 }, DIES },
	{ "clone", SYS_clone, { SIGCHLD }, DIES },
	{ "a thread", SYS_clone, { CLONE_VM | CLONE_THREAD }, DIES },
	{ "clone3", 435, { BUFFER, 88 }, DIES },
	{ "kill the parent", SYS_kill, { PARENT, SIGKILL }, DIES },
	{ "kill the group", SYS_kill, { 0, SIGTERM }, DIES },
	{ "kill everything", SYS_kill, { -1, SIGTERM }, DIES },
	{ "tkill", SYS_tkill, { PARENT, SIGTERM }, DIES },
	{ "pidfd_open", 434, { PARENT, 0 }, DIES },
	{ "ptrace the parent", SYS_ptrace, { PTRACE_ATTACH, PARENT }, DIES },
	{ "ptrace itself", SYS_ptrace, { PTRACE_TRACEME }, DIES },
	{ "rt_sigqueueinfo", SYS_rt_sigqueueinfo, { PARENT, SIGTERM, BUFFER },
		DIES },
	{ "pidfd_send_signal", 424, { DISK, SIGTERM, 0, 0 }, DIES },
	{ "pidfd_getfd", 438, { DISK, 0, 0 }, DIES },
	{ "kcmp", SYS_kcmp, { PARENT, PARENT, 0, 0, 0 }, DIES },
	{ "process_vm_readv", SYS_process_vm_readv, { PARENT }, DIES },
	{ "process_vm_writev", SYS_process_vm_writev, { PARENT }, DIES },
	{ "setpriority", SYS_setpriority, { PRIO_PROCESS, 0, -5 }, DIES },
	{ "setpgid", SYS_setpgid, { 0, 0 }, DIES },
	{ "setsid", SYS_setsid, { 0 }, DIES },

	{ "setuid", SYS_setuid, { 0 }, DIES },
	{ "setreuid", SYS_setreuid, { 0, 0 }, DIES },
	{ "setfsuid", SYS_setfsuid, { 0 }, DIES },
	{ "setresuid", SYS_setresuid, { 0, 0, 0 }, DIES },
	{ "setgid", SYS_setgid, { 0 }, DIES },
	{ "setgroups", SYS_setgroups, { 0, 0 }, DIES },
	{ "capset", SYS_capset, { BUFFER, BUFFER }, DIES },
	{ "be dumpable", SYS_prctl, { PR_SET_DUMPABLE, 1 }, DIES },
	{ "outlive", SYS_prctl, { PR_SET_PDEATHSIG, 0 }, DIES },
	{ "setrlimit", SYS_setrlimit, { RLIMIT_CPU, BUFFER }, DIES },
	{ "prlimit64", SYS_prlimit64, { 0, RLIMIT_NOFILE, BUFFER, 0 },
		SANDBOX_SANITIZED ? 0 : DIES },
	{ "code in old memory again", SYS_prctl, { PR_SET_MM, 1, MEMORY },
		DIES },
	{ "a name", SYS_prctl, { PR_SET_NAME, PATH }, DIES },
	{ "seccomp", SYS_seccomp, { 1, 0, BUFFER }, DIES },
	{ "personality", SYS_personality, { 0 }, DIES },
	{ "unshare", SYS_unshare, { CLONE_NEWUSER }, DIES },
	{ "setns", SYS_setns, { DISK, 0 }, DIES },
	{ "mount", SYS_mount, { PATH, PATH, PATH, 0, 0 }, DIES },
	{ "umount2", SYS_umount2, { PATH, 0 }, DIES },
	{ "pivot_root", SYS_pivot_root, { PATH, PATH }, DIES },
	{ "move_mount", 429, { AT_FDCWD, PATH, AT_FDCWD, PATH, 0 }, DIES },
	{ "mount_setattr", 442, { AT_FDCWD, PATH, 0, BUFFER, 32 }, DIES },
	{ "fsopen", 430, { PATH, 0 }, DIES },
	{ "open_tree", 428, { AT_FDCWD, PATH, 0 }, DIES },

	{ "io_uring_setup", 425, { 8, BUFFER }, DIES },
	{ "io_uring_enter", 426, { DISK, 1, 0, 0, 0, 0 }, DIES },
	{ "io_uring_register", 427, { DISK, 0, BUFFER, 1 }, DIES },
	{ "io_setup", SYS_io_setup, { 8, BUFFER }, DIES },
	{ "bpf", SYS_bpf, { 0, BUFFER, 64 }, DIES },
	{ "userfaultfd", SYS_userfaultfd, { 0 }, DIES },
	{ "keyctl", SYS_keyctl, { 0, -3, 0 }, DIES },
	{ "add_key", SYS_add_key, { PATH, PATH, 0, 0, -3 }, DIES },
	{ "perf_event_open", SYS_perf_event_open, { BUFFER, 0, -1 }, DIES },
	{ "fanotify_init", SYS_fanotify_init, { 0, 0 }, DIES },
	{ "inotify_init1", SYS_inotify_init1, { 0 }, DIES },
	{ "init_module", SYS_init_module, { BUFFER, 9, PATH }, DIES },
	{ "reboot", SYS_reboot, { 0, 0, 0, 0 }, DIES },
	{ "kexec_load", SYS_kexec_load, { 0, 0, 0, 0 }, DIES },
	{ "swapon", SYS_swapon, { PATH, 0 }, DIES },
	{ "syslog", SYS_syslog, { 3, BUFFER, 9 }, DIES },
	{ "sethostname", SYS_sethostname, { PATH, 1 }, DIES },
	{ "clock_settime", SYS_clock_settime, { 0, BUFFER }, DIES },
	{ "sched_setaffinity", SYS_sched_setaffinity, { 0, 8, BUFFER }, DIES },
	{ "landlock", 444, { BUFFER, 24, 0 }, DIES },
	{ "shmget", SYS_shmget, { 0, 4096, 01600 }, DIES },
	{ "mq_open", SYS_mq_open, { PATH, O_CREAT, 0600, 0 }, DIES },
	{ "mlockall", SYS_mlockall, { MCL_CURRENT }, DIES },
	{ "nanosleep", SYS_nanosleep, { BUFFER, 0 }, DIES },
	{ "a number of the future", 1023, { 0 }, DIES },
	{ "a negative number", -5, { 0 }, DIES },

	{ "code in new memory", SYS_mmap,
		{ 0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0 },
		DIES },
	{ "code from the disk", SYS_mmap,
		{ 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, DISK, 0 },
		DIES },
	{ "the disk as memory", SYS_mmap,
		{ 0, 4096, PROT_READ, MAP_PRIVATE, DISK, 0 }, EACCES },
	{ "code in old memory", SYS_mprotect,
		{ MEMORY, 4096, PROT_READ | PROT_EXEC }, DIES },
	{ "pkey_mprotect", SYS_pkey_mprotect,
		{ MEMORY, 4096, PROT_READ | PROT_EXEC, -1 }, DIES },
	{ "memory to write", SYS_mprotect,
		{ MEMORY, 4096, PROT_READ | PROT_WRITE }, 0 },

	{ "read ahead", SYS_fadvise64, { DISK, 0, 0, POSIX_FADV_WILLNEED }, 0 },
	{ "drop caches", SYS_fadvise64, { DISK, 0, 0, POSIX_FADV_DONTNEED },
		EACCES },
	{ "random", SYS_fadvise64, { DISK, 0, 0, POSIX_FADV_RANDOM }, EACCES },
	{ "TCGETS", SYS_ioctl, { DISK, 0x5401, BUFFER }, ENOTTY },
	{ "TIOCSTI", SYS_ioctl, { 0, 0x5412, BUFFER }, ENOTTY },
	{ "BLKROSET", SYS_ioctl, { DISK, BLKROSET, BUFFER }, ENOTTY },
	{ "FS_IOC_SETFLAGS", SYS_ioctl, { DISK, (long)FS_IOC_SETFLAGS, BUFFER },
		ENOTTY },
};

static long real_argument(const struct boxed *boxed, long arg)
{
	static _Alignas(4096) char page[4096];

	switch (arg) {
	case PATH:
		return (long)a_path;
	case MEMORY:
		return (long)page;
	case BUFFER:
		return (long)buffer;
	case DISK:
		return boxed->disk;
	case PARENT:
		return boxed->box.parent;
	default:
		return arg;
	}
}

static int make_attempt(struct boxed *boxed)
{
	const struct attempt *attempt = &attempts[attempt_index];
	long args[6];

	for (size_t i = 0; i < LENGTH(args); i++)
		args[i] = real_argument(boxed, attempt->args[i]);
	if (syscall(attempt->number, args[0], args[1], args[2], args[3],
		    args[4], args[5]) >= 0)
		return 0;
	return errno;
}

START_TEST(stops_each_attempt)
{
	struct boxed boxed;
	struct boxed_end end;
	const struct attempt *attempt;

	if (!boxed_prepare_on(&boxed, _i))
		return;
	attempt_index = _i / BOXED_HOSTS;
	attempt = &attempts[attempt_index];
	end = boxed_run(&boxed, make_attempt);
	ck_assert_msg(!end.refused, "%s", end.err.text);
	if (attempt->want >= SIGNAL)
		ck_assert_msg(end.signal == attempt->want - SIGNAL,
			"%s on %s: signal %d, errno %d", attempt->name,
			boxed.host->name, end.signal, end.answer);
	else
		ck_assert_msg(end.signal == 0 && end.answer == attempt->want,
			"%s on %s: signal %d, %s", attempt->name,
			boxed.host->name, end.signal, strerror(end.answer));
}
END_TEST

#ifdef __x86_64__
static int call_of_32_bits(struct boxed *boxed)
{
	int number = 20; /* getpid */

	(void)boxed;
	__asm__ volatile("int $0x80" : "+a"(number) : : "memory");
	return number;
}

/* A kernel without those calls answers with SIGSEGV. */
START_TEST(has_no_calls_of_32_bits)
{
	struct boxed boxed;
	struct boxed_end end;

	if (!boxed_prepare_on(&boxed, _i))
		return;
	end = boxed_run(&boxed, call_of_32_bits);
	ck_assert_msg(end.signal == SIGSYS || end.signal == SIGSEGV,
		"signal %d", end.signal);
}
END_TEST
#endif

/* What the child is for: it works, and works on no other descriptor. */

static int copy_by_all_means(struct boxed *boxed)
{
	loff_t in = 0;
	off_t from = 0;
	struct stat st;

	if (pread(boxed->disk, buffer, 512, 4096) != 512 || buffer[0] != 0 ||
		lseek(boxed->disk, 0, SEEK_SET) != 0 ||
		read(boxed->disk, buffer, 100) != 100)
		return 1;
	if (write(boxed->output, buffer, 100) != 100)
		return 2;
	if (sendfile(boxed->output, boxed->disk, &from, 1000) != 1000)
		return 3;
	if (copy_file_range(boxed->disk, &in, boxed->output, NULL, 2000, 0) !=
		2000)
		return 4;
	if (fstat(boxed->output, &st) < 0 || st.st_size != 3100)
		return 5;
	return 0;
}

START_TEST(reads_the_disk_and_writes_the_output)
{
	struct boxed boxed;
	struct boxed_end end;

	if (!boxed_prepare_on(&boxed, _i))
		return;
	end = boxed_run(&boxed, copy_by_all_means);
	ck_assert_msg(!end.refused, "%s", end.err.text);
	ck_assert_int_eq(end.signal, 0);
	ck_assert_int_eq(end.answer, 0);
}
END_TEST

static int compare_longs(const void *a, const void *b)
{
	const long *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static int use_the_c_library(struct boxed *boxed)
{
	enum { N = 100000 };
	long *numbers = malloc(N * sizeof(*numbers));
	struct timespec now;

	(void)boxed;
	if (!numbers)
		return 1;
	for (long i = 0; i < N; i++)
		numbers[i] = i * 7919 % N;
	/* large enough for qsort() to ask how much memory there is */
	qsort(numbers, N, sizeof(*numbers), compare_longs);
	if (numbers[0] != 0 || numbers[N - 1] != N - 1)
		return 2;
	numbers = realloc(numbers, 40 * N * sizeof(*numbers));
	if (!numbers)
		return 3;
	free(numbers);
	if (clock_gettime(CLOCK_MONOTONIC, &now) < 0)
		return 4;
	printf("into the void\n");
	if (fflush(stdout) != 0)
		return 5;
	if (fopen(a_path, "r") != NULL || errno != EACCES)
		return 6;
	return isatty(0) || isatty(1) ? 7 : 0;
}

START_TEST(the_c_library_works)
{
	struct boxed boxed;
	struct boxed_end end;

	if (!boxed_prepare_on(&boxed, _i))
		return;
	end = boxed_run(&boxed, use_the_c_library);
	ck_assert_msg(!end.refused, "%s", end.err.text);
	ck_assert_int_eq(end.signal, 0);
	ck_assert_int_eq(end.answer, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tc = tcase_create("sandbox");
	SRunner *runner;
	int failed;

	boxed_name_skipped();
	tcase_set_timeout(tc, 30);
	tcase_add_loop_test(
		tc, stops_each_attempt, 0, BOXED_HOSTS * LENGTH(attempts));
#ifdef __x86_64__
	tcase_add_loop_test(tc, has_no_calls_of_32_bits, 0, BOXED_HOSTS);
#endif
	tcase_add_loop_test(
		tc, reads_the_disk_and_writes_the_output, 0, BOXED_HOSTS);
	tcase_add_loop_test(tc, the_c_library_works, 0, BOXED_HOSTS);
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
