/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sandbox_calls.h - the system calls of the boxed child, as a table
 *
 * Read it as a packet filter is read: from the top, the first row whose call
 * and condition fit gives the answer, and whatever fits no row is killed; but
 * a program (sandbox.h) is spared.  The numbers are written out, so that one
 * build holds the filters of all machines; tests/test_sandbox_filter.c compares
 * them with the kernel's headers.
 */
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <sys/mman.h>

#include "src/sandbox_steps.h"

/*
 * A condition looks at the lower 32 bits of an argument.  That is all there is
 * of an int, which the kernel cuts off itself (and glibc sign-extends, so the
 * upper half may be anything); flags of type long have no bit above.
 */
enum sandbox_test { ALWAYS, ARG_IS, ARG_HAS };

struct sandbox_call {
	int16_t number[2]; /* by enum sandbox_machine; -1: not there */
	uint8_t test;
	uint8_t arg; /* from 0 */
	uint32_t value;
	uint32_t answer; /* SECCOMP_RET_* */
};

#define ALLOW SECCOMP_RET_ALLOW
#define KILL SECCOMP_RET_KILL_PROCESS
#define FAIL(code) (SECCOMP_RET_ERRNO | (code))
#define ANY ALWAYS, 0, 0
#define CALL(name, x86_64, aarch64, ...)                                       \
	{                                                                      \
		{ x86_64, aarch64 }, __VA_ARGS__                               \
	}

/* clang-format off */
static const struct sandbox_call sandbox_calls[] = {
	CALL(pread64,         17,  67, ANY, ALLOW),
	CALL(read,             0,  63, ANY, ALLOW),
	CALL(write,            1,  64, ANY, ALLOW),
	CALL(sendfile,        40,  71, ANY, ALLOW),
	CALL(copy_file_range,326, 285, ANY, ALLOW),
	CALL(lseek,            8,  62, ANY, ALLOW),
	CALL(close,            3,  57, ANY, ALLOW),
	CALL(fstat,            5,  80, ANY, ALLOW),

	/* Memory: never executable, and never the disk's (promise P6). */
	CALL(brk,             12, 214, ANY, ALLOW),
	CALL(mmap,             9, 222, ARG_HAS, 2, PROT_EXEC, KILL),
	CALL(mmap,             9, 222, ARG_HAS, 3, MAP_ANONYMOUS, ALLOW),
	CALL(mmap,             9, 222, ANY, FAIL(EACCES)),
	CALL(mprotect,        10, 226, ARG_HAS, 2, PROT_EXEC, KILL),
	CALL(mprotect,        10, 226, ANY, ALLOW),
	CALL(mremap,          25, 216, ANY, ALLOW),
	CALL(munmap,          11, 215, ANY, ALLOW),
	CALL(madvise,         28, 233, ANY, ALLOW),

	CALL(exit_group,     231,  94, ANY, ALLOW),
	CALL(exit,            60,  93, ANY, ALLOW),
	CALL(rt_sigreturn,    15, 139, ANY, ALLOW),
	CALL(futex,          202,  98, ANY, ALLOW),
	CALL(clock_gettime,  228, 113, ANY, ALLOW),
	CALL(getrandom,      318, 278, ANY, ALLOW),
	/* glibc's qsort() asks how much memory there is, and never checks */
	CALL(sysinfo,         99, 179, ANY, ALLOW),

	/*
	 * Reading ahead helps the copy.  Other advice is libfdisk's, on how to
	 * cache a disk that is not its own.
	 */
	CALL(fadvise64,      221, 223, ARG_IS, 3, POSIX_FADV_WILLNEED, ALLOW),
	CALL(fadvise64,      221, 223, ANY, FAIL(EACCES)),

	/*
	 * Questions that every block device answers.  ENOTTY for the rest: it
	 * is what a regular file says, so libraries are used to it.
	 */
	CALL(ioctl,           16,  29, ARG_IS, 1, BLKSSZGET, ALLOW),
	CALL(ioctl,           16,  29, ARG_IS, 1, BLKPBSZGET, ALLOW),
	CALL(ioctl,           16,  29, ARG_IS, 1, BLKGETSIZE, ALLOW),
	CALL(ioctl,           16,  29, ARG_IS, 1, (uint32_t)BLKGETSIZE64, ALLOW),
	CALL(ioctl,           16,  29, ARG_IS, 1, BLKIOMIN, ALLOW),
	CALL(ioctl,           16,  29, ARG_IS, 1, BLKIOOPT, ALLOW),
	CALL(ioctl,           16,  29, ARG_IS, 1, BLKALIGNOFF, ALLOW),
	CALL(ioctl,           16,  29, ANY, FAIL(ENOTTY)),

	/*
	 * What libraries try and can do without: locales, sysfs, fsync.  Also
	 * newfstatat, which with AT_EMPTY_PATH is fstat() in most versions of
	 * glibc (sandbox_seccomp.c has another): a filter cannot see whether
	 * the path is empty, and where nobody could chroot() it may be any.
	 */
	CALL(newfstatat,     262,  79, ANY, FAIL(EACCES)),
	CALL(openat,         257,  56, ANY, FAIL(EACCES)),
	CALL(open,             2,  -1, ANY, FAIL(EACCES)),
	CALL(stat,             4,  -1, ANY, FAIL(EACCES)),
	CALL(lstat,            6,  -1, ANY, FAIL(EACCES)),
	CALL(statx,          332, 291, ANY, FAIL(EACCES)),
	CALL(readlink,        89,  -1, ANY, FAIL(EACCES)),
	CALL(readlinkat,     267,  78, ANY, FAIL(EACCES)),
	CALL(access,          21,  -1, ANY, FAIL(EACCES)),
	CALL(faccessat,      269,  48, ANY, FAIL(EACCES)),
	CALL(faccessat2,     439, 439, ANY, FAIL(EACCES)),
	CALL(fsync,           74,  82, ANY, FAIL(EACCES)),
	CALL(fdatasync,       75,  83, ANY, FAIL(EACCES)),
	CALL(uname,           63, 160, ANY, FAIL(EACCES)),

#if SANDBOX_SANITIZED
	/* What the sanitizer does to report a fault and die of it. */
	CALL(sigaltstack,    131, 132, ANY, ALLOW),
	CALL(rt_sigaction,    13, 134, ANY, ALLOW),
	CALL(rt_sigprocmask,  14, 135, ANY, ALLOW),
	CALL(getpid,          39, 172, ANY, ALLOW),
	CALL(gettid,         186, 178, ANY, ALLOW),
	CALL(tgkill,         234, 131, ANY, ALLOW),
	CALL(prlimit64,      302, 261, ANY, ALLOW),
	CALL(sched_yield,     24, 124, ANY, ALLOW),
#endif
};

/*
 * More rows of a reader whose disks lie behind connected sockets: what libnbd
 * does with one.  No row lets it make another, or send to an address.
 */
static const struct sandbox_call sandbox_socket_calls[] = {
	CALL(sendto,          44, 206, ARG_IS, 5, 0 /* no address */, ALLOW),
	CALL(recvfrom,        45, 207, ANY, ALLOW),
	CALL(shutdown,        48, 210, ANY, ALLOW),
	CALL(poll,             7,  -1, ANY, ALLOW),
	CALL(ppoll,          271,  73, ANY, ALLOW),
	CALL(fcntl,           72,  25, ARG_IS, 1, F_GETFD, ALLOW),
	CALL(fcntl,           72,  25, ARG_IS, 1, F_SETFD, ALLOW),
	CALL(fcntl,           72,  25, ARG_IS, 1, F_GETFL, ALLOW),
	CALL(fcntl,           72,  25, ARG_IS, 1, F_SETFL, ALLOW),
};

/*
 * A program that was not written for a box gets all but these: an image names
 * addresses as easily as files, and the rest is for attacks.
 */
static const struct sandbox_call sandbox_program_calls[] = {
	CALL(socket,          41, 198, ANY, FAIL(EACCES)),
	CALL(connect,         42, 203, ANY, FAIL(EACCES)),
	CALL(bind,            49, 200, ANY, FAIL(EACCES)),
	CALL(ptrace,         101, 117, ANY, FAIL(EPERM)),
	CALL(process_vm_readv,310,270, ANY, FAIL(EPERM)),
	CALL(process_vm_writev,311,271,ANY, FAIL(EPERM)),
	CALL(io_uring_setup, 425, 425, ANY, FAIL(ENOSYS)),
	CALL(bpf,            321, 280, ANY, FAIL(EPERM)),
	CALL(perf_event_open,298, 241, ANY, FAIL(EPERM)),
	CALL(userfaultfd,    323, 282, ANY, FAIL(EPERM)),
	CALL(add_key,        248, 217, ANY, FAIL(EPERM)),
	CALL(request_key,    249, 218, ANY, FAIL(EPERM)),
	CALL(keyctl,         250, 219, ANY, FAIL(EPERM)),
	CALL(unshare,        272,  97, ANY, FAIL(EPERM)),
	CALL(setns,          308, 268, ANY, FAIL(EPERM)),
	CALL(mount,          165,  40, ANY, FAIL(EPERM)),
};
/* clang-format on */

#endif
