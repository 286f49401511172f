/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mark_main.c - shows in a trace where a program's main() begins
 *
 * To be preloaded.  What the dynamic loader and libc do before main() is paid
 * by every program; the gates count what comes behind this mark.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

typedef int main_fn(int, char **, char **);
typedef int start_fn(main_fn *, int, char **, void (*)(void), void (*)(void),
	void (*)(void), void *);

/* the C library's own, which is to be met before it */
/* NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c) */
start_fn __libc_start_main;

static main_fn *program_main;

static int marked_main(int argc, char **argv, char **envp)
{
	(void)!access("main begins", F_OK);
	return program_main(argc, argv, envp);
}

int __libc_start_main(main_fn *main, int argc, char **argv, void (*init)(void),
	void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
	/* POSIX has dlsym() return functions as objects, ISO C has not. */
	union {
		void *object;
		start_fn *function;
	} libc = { dlsym(RTLD_NEXT, "__libc_start_main") };

	if (!libc.object)
		abort();
	program_main = main;
	return libc.function(
		marked_main, argc, argv, init, fini, rtld_fini, stack_end);
}
