/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * calls.h - what the boxed child may call, by the names of the kernel's headers
 *
 * Written from promises P1 and the notes on what libext2fs and libfdisk need,
 * not from src/sandbox_calls.h, which it judges.  Numbers come from the kernel:
 * each machine's list is a file of its own, as their headers exclude each
 * other.
 */
#ifndef TESTS_CALLS_H
#define TESTS_CALLS_H

#include <stddef.h>

enum fate {
	ALLOWED,
	REFUSED,        /* EACCES, whatever the arguments */
	DEPENDS,        /* on the arguments: tested one by one */
	SOCKETS,        /* allowed to a reader that has sockets, else deadly */
	SOCKETS_DEPEND, /* the same, with arguments that are tested one by one
			 */
	SANITIZED, /* allowed to a build with AddressSanitizer, else deadly */
	DEADLY,    /* so is all that is not in the list */
};

struct known_call {
	const char *name;
	int number;
	enum fate fate;
};

extern const struct known_call calls_aarch64[];
extern const size_t calls_aarch64_count;
#ifdef __x86_64__
extern const struct known_call calls_x86_64[];
extern const size_t calls_x86_64_count;
#endif

#define CALL(name, fate)                                                       \
	{                                                                      \
#name, __NR_##name, fate                                       \
	}

/* clang-format off */
#define CALLS_OF_ALL_MACHINES \
	CALL(read, ALLOWED), CALL(pread64, ALLOWED), CALL(write, ALLOWED), \
	CALL(sendfile, ALLOWED), CALL(copy_file_range, ALLOWED), \
	CALL(lseek, ALLOWED), CALL(close, ALLOWED), CALL(fstat, ALLOWED), \
	CALL(brk, ALLOWED), CALL(mremap, ALLOWED), CALL(munmap, ALLOWED), \
	CALL(madvise, ALLOWED), CALL(exit, ALLOWED), \
	CALL(exit_group, ALLOWED), CALL(rt_sigreturn, ALLOWED), \
	CALL(futex, ALLOWED), CALL(clock_gettime, ALLOWED), \
	CALL(getrandom, ALLOWED), CALL(sysinfo, ALLOWED), \
	CALL(newfstatat, REFUSED), CALL(mmap, DEPENDS), \
	CALL(mprotect, DEPENDS), CALL(fadvise64, DEPENDS), \
	CALL(ioctl, DEPENDS), \
	CALL(openat, REFUSED), CALL(statx, REFUSED), \
	CALL(readlinkat, REFUSED), CALL(faccessat, REFUSED), \
	CALL(faccessat2, REFUSED), CALL(fsync, REFUSED), \
	CALL(fdatasync, REFUSED), CALL(uname, REFUSED), \
	CALL(recvfrom, SOCKETS), CALL(shutdown, SOCKETS), \
	CALL(ppoll, SOCKETS), CALL(sendto, SOCKETS_DEPEND), \
	CALL(fcntl, SOCKETS_DEPEND), \
	CALL(sigaltstack, SANITIZED), CALL(rt_sigaction, SANITIZED), \
	CALL(rt_sigprocmask, SANITIZED), CALL(getpid, SANITIZED), \
	CALL(gettid, SANITIZED), CALL(tgkill, SANITIZED), \
	CALL(prlimit64, SANITIZED), CALL(sched_yield, SANITIZED), \
	CALL(execve, DEADLY), CALL(clone, DEADLY), CALL(socket, DEADLY), \
	CALL(ptrace, DEADLY), CALL(kill, DEADLY), CALL(prctl, DEADLY), \
	CALL(bpf, DEADLY), CALL(io_uring_setup, DEADLY), \
	CALL(connect, DEADLY), CALL(bind, DEADLY), CALL(accept4, DEADLY), \
	CALL(recvmsg, DEADLY), CALL(setsockopt, DEADLY), \
	CALL(openat2, DEADLY), CALL(memfd_create, DEADLY), \
	CALL(pkey_mprotect, DEADLY), CALL(sendmsg, DEADLY), \
	CALL(pwrite64, DEADLY), CALL(splice, DEADLY), CALL(dup, DEADLY)
/* clang-format on */

#endif
