/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/sandbox_steps.h"

static int reason(struct error *err)
{
	return error_set(err, ERR_SYSTEM, "%s", strerror(errno));
}

/*
 * A session of its own has no terminal: neither ^C nor a hang-up reaches the
 * child, and the parent alone decides what happens then.
 */
static int leave_session(const struct sandbox *box, struct error *err)
{
	(void)box;
	return setsid() < 0 ? reason(err) : 0;
}

/*
 * The parent's handlers were inherited, and would remove its files from here.
 * Blocked, they never run; and blocked SIGPIPE and SIGXFSZ do what ignored ones
 * would: the write fails with EPIPE or EFBIG.  What is left open are the faults
 * that a debugger or sanitizer wants to see, and the end of the CPU time.
 */
static int block_signals(const struct sandbox *box, struct error *err)
{
	static const int open[] = { SIGXCPU, SIGABRT, SIGSEGV, SIGBUS, SIGFPE,
		SIGILL, SIGTRAP, SIGSYS };
	const struct sigaction deadly = { .sa_handler = SIG_DFL };
	sigset_t set;

	(void)box;
	sigfillset(&set);
	for (size_t i = 0; i < LENGTH(open); i++)
		sigdelset(&set, open[i]);
	if (sigaction(SIGXCPU, &deadly, NULL) < 0 ||
		sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return reason(err);
	return 0;
}

/* exec() gives up the parent's handlers, but what is blocked stays so. */
static int default_signals(const struct sandbox *box, struct error *err)
{
	sigset_t none;

	(void)box;
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) < 0 ? reason(err) : 0;
}

/*
 * Directories that are always empty: the kernel keeps the first in /proc for
 * compatibility alone, and nothing can be created in it; the second is made for
 * this by packages.  A directory made here would have to be removed again, by
 * somebody who may be killed before that.
 */
static const char *const empty_directories[] = {
	"/proc/tty/ldisc",
	"/var/empty",
};

static int enter_empty_root(const struct sandbox *box, struct error *err)
{
	size_t i, n = LENGTH(empty_directories);

	(void)box;
	for (i = 0; i < n; i++) {
		if (chroot(empty_directories[i]) == 0)
			return chdir("/") < 0 ? reason(err) : 0;
		if (errno != ENOENT)
			return reason(err);
	}
	return error_set(err, ERR_SYSTEM, "neither %s nor %s is there",
		empty_directories[0], empty_directories[1]);
}

static int leave_groups(const struct sandbox *box, struct error *err)
{
	(void)box;
	return setgroups(0, NULL) < 0 ? reason(err) : 0;
}

static int change_gid(const struct sandbox *box, struct error *err)
{
	return setresgid(box->gid, box->gid, box->gid) < 0 ? reason(err) : 0;
}

static int change_uid(const struct sandbox *box, struct error *err)
{
	if (box->uid == 0)
		return error_set(err, ERR_SYSTEM, "0 is the one to give up");
	return setresuid(box->uid, box->uid, box->uid) < 0 ? reason(err) : 0;
}

/* What is left after the uid (ambient ones, or root's when it stayed). */
static int drop_capabilities(const struct sandbox *box, struct error *err)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	(void)box;
	return syscall(SYS_capset, &header, none) < 0 ? reason(err) : 0;
}

static int follow_parent(const struct sandbox *box, struct error *err)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return reason(err);
	/* it may have died before it could be followed */
	if (getppid() != box->parent)
		return error_set(err, ERR_SYSTEM, "process %d is gone",
			(int)box->parent);
	return 0;
}

static int hide_memory(const struct sandbox *box, struct error *err)
{
	(void)box;
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? reason(err) : 0;
}

static int renounce_privileges(const struct sandbox *box, struct error *err)
{
	(void)box;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? reason(err) : 0;
}

/*
 * Nothing may move up.  /dev/null is opened while there are paths; chroot needs
 * the uid, and leaving groups too; a change of uid makes the kernel forget whom
 * to die with, and sets anew whether memory can be dumped; Landlock and seccomp
 * need no_new_privs, Landlock also a descriptor, which the limits forbid; and
 * seccomp forbids all of the above.
 */
#define READER (1U << SANDBOX_READER)
#define PROGRAM (1U << SANDBOX_PROGRAM)
#define CALLER (1U << SANDBOX_CALLER)
#define ALL (READER | PROGRAM | CALLER)

static const struct step {
	const char *name;
	int (*take)(const struct sandbox *box, struct error *err);
	bool root;          /* only when started as root */
	unsigned int kinds; /* of boxes that it is for */
} steps[] = {
	{ "descriptors", sandbox_descriptors, false, ALL },
	{ "session", leave_session, false, ALL },
	{ "signals", block_signals, false, READER | CALLER },
	{ "signals", default_signals, false, PROGRAM },
	{ "chroot", enter_empty_root, true, READER },
	{ "groups", leave_groups, true, ALL },
	{ "gid", change_gid, true, ALL },
	{ "uid", change_uid, true, ALL },
	{ "capabilities", drop_capabilities, false, ALL },
	{ "parent", follow_parent, false, ALL },
	{ "memory", hide_memory, false, ALL },
	{ "no_new_privs", renounce_privileges, false, ALL },
	{ "landlock", sandbox_landlock, false, READER | PROGRAM },
	{ "limits", sandbox_limits, false, READER | PROGRAM },
	{ "seccomp", sandbox_seccomp, false, READER | PROGRAM },
};

static bool started_as_root(void)
{
	uid_t real, effective, saved;

	if (getresuid(&real, &effective, &saved) < 0)
		return true;
	return real == 0 || effective == 0 || saved == 0;
}

int sandbox_enter(const struct sandbox *box, struct error *err)
{
	const bool root = started_as_root();

	for (size_t i = 0; i < LENGTH(steps); i++) {
		if ((steps[i].root && !root) ||
			!(steps[i].kinds & 1U << box->kind))
			continue;
		if (steps[i].take(box, err) == 0)
			continue;
		error_in(err, "sandbox: %s", steps[i].name);
		if (!box->optional ||
			(box->confine && steps[i].take == sandbox_landlock))
			return -1;
		error_clear(err);
	}
	return 0;
}
