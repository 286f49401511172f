/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/host.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/base/length.h"

#define ALL UINT64_MAX

/* Numbers above 423 are the same on every machine. */
#define CLONE3 435
#define CLOSE_RANGE 436
#define FACCESSAT2 439
#define LANDLOCK_CREATE_RULESET 444
#define IO_URING_SETUP 425

#define FAILS(call, code)                                                      \
	{                                                                      \
		call, HOST_ALWAYS, 0, 0, code                                  \
	}

/* Linux before 5.13, or one that was started without it. */
static const struct host_call no_landlock[] = {
	FAILS(LANDLOCK_CREATE_RULESET, ENOSYS),
};

/* What came after the oldest kernel that distributions still look after. */
static const struct host_call linux_4_19[] = {
	FAILS(IO_URING_SETUP, ENOSYS),
	FAILS(CLONE3, ENOSYS),
	FAILS(CLOSE_RANGE, ENOSYS),
	FAILS(FACCESSAT2, ENOSYS),
	FAILS(LANDLOCK_CREATE_RULESET, ENOSYS),
};

/* CLONE_NEW*, all of them */
#define NAMESPACES 0x7e020000

/*
 * As Docker's own filter: no namespace, no mount, none of the calls that reach
 * into the kernel or into other processes.
 */
#define DOCKER_FORBIDS                                                         \
	{ SYS_clone, HOST_ARG_HAS, 0, NAMESPACES, EPERM },                     \
		FAILS(CLONE3, ENOSYS), FAILS(SYS_unshare, EPERM),              \
		FAILS(SYS_setns, EPERM), FAILS(SYS_mount, EPERM),              \
		FAILS(SYS_umount2, EPERM), FAILS(SYS_pivot_root, EPERM),       \
		FAILS(SYS_bpf, EPERM), FAILS(SYS_perf_event_open, EPERM),      \
		FAILS(SYS_userfaultfd, EPERM), FAILS(SYS_keyctl, EPERM),       \
		FAILS(SYS_add_key, EPERM), FAILS(SYS_request_key, EPERM),      \
		FAILS(SYS_open_by_handle_at, EPERM),                           \
		FAILS(SYS_init_module, EPERM), FAILS(SYS_reboot, EPERM),       \
		FAILS(SYS_fanotify_init, EPERM), FAILS(IO_URING_SETUP, EPERM)

static const struct host_call docker[] = { DOCKER_FORBIDS };

/* Before it knew the newer calls, it forbade what it did not know. */
static const struct host_call old_docker[] = {
	DOCKER_FORBIDS,
	FAILS(CLOSE_RANGE, EPERM),
	FAILS(FACCESSAT2, EPERM),
	FAILS(LANDLOCK_CREATE_RULESET, EPERM),
};

static const struct host_call no_seccomp[] = {
	FAILS(SYS_seccomp, ENOSYS),
	{ SYS_prctl, HOST_ARG_IS, 0, PR_SET_SECCOMP, EINVAL },
};

#define CAP(name) ((uint64_t)1 << CAP_##name)
#define DOCKER_CAPABILITIES                                                    \
	(CAP(CHOWN) | CAP(DAC_OVERRIDE) | CAP(FSETID) | CAP(FOWNER) |          \
		CAP(MKNOD) | CAP(NET_RAW) | CAP(SETGID) | CAP(SETUID) |        \
		CAP(SETFCAP) | CAP(SETPCAP) | CAP(NET_BIND_SERVICE) |          \
		CAP(SYS_CHROOT) | CAP(KILL) | CAP(AUDIT_WRITE))

#define CALLS(table) table, LENGTH(table)

const struct host hosts[HOSTS] = {
	{ "root", false, ALL, NULL, 0 },
	{ "user", true, 0, NULL, 0 },
	{ "root-no-landlock", false, ALL, CALLS(no_landlock) },
	{ "user-no-landlock", true, 0, CALLS(no_landlock) },
	{ "root-linux-4.19", false, ALL, CALLS(linux_4_19) },
	{ "user-linux-4.19", true, 0, CALLS(linux_4_19) },
	{ "root-docker", false, DOCKER_CAPABILITIES, CALLS(docker) },
	{ "user-docker", true, 0, CALLS(docker) },
	{ "root-old-docker", false, DOCKER_CAPABILITIES, CALLS(old_docker) },
};

static const struct host refusing[] = {
	{ "root-no-seccomp", false, ALL, CALLS(no_seccomp) },
	{ "user-no-seccomp", true, 0, CALLS(no_seccomp) },
	{ "root-no-capabilities", false, 0, NULL, 0 },
};

const struct host *host_by_name(const char *name)
{
	for (size_t i = 0; i < HOSTS; i++)
		if (strcmp(hosts[i].name, name) == 0)
			return &hosts[i];
	for (size_t i = 0; i < LENGTH(refusing); i++)
		if (strcmp(refusing[i].name, name) == 0)
			return &refusing[i];
	return NULL;
}

#define CALLS_MAX 64

/* Five instructions each; the number of the call is loaded before and after. */
static size_t emit_call(struct sock_filter *out, const struct host_call *call)
{
	const struct sock_filter code[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call->number, 0,
			4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			(uint32_t)offsetof(struct seccomp_data, args) +
				8 * call->arg),
		BPF_JUMP(BPF_JMP | BPF_K |
				(call->when == HOST_ARG_IS ? BPF_JEQ
							   : BPF_JSET),
			call->value, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			SECCOMP_RET_ERRNO | (uint32_t)call->error),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			(uint32_t)offsetof(struct seccomp_data, nr)),
	};

	memcpy(out, code, sizeof(code));
	if (call->when == HOST_ALWAYS)
		out[1] = out[3];
	return LENGTH(code);
}

/* Without no_new_privs where that can be had: the box is to set it. */
static bool install(struct sock_filter *filter, size_t len)
{
	struct sock_fprog program = { (unsigned short)len, filter };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
		return true;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

bool host_break_calls(const struct host_call *calls, size_t count)
{
	struct sock_filter filter[5 * CALLS_MAX + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
	};
	size_t len = 1;

	if (count > CALLS_MAX) {
		errno = E2BIG;
		return false;
	}
	for (size_t i = 0; i < count; i++)
		len += emit_call(filter + len, &calls[i]);
	filter[len++] = (struct sock_filter)BPF_STMT(
		BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return install(filter, len);
}

static bool keep_capabilities(uint64_t kept)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	for (unsigned long cap = 0; cap < 64; cap++)
		if (!(kept >> cap & 1) &&
			prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 &&
			errno != EINVAL) /* there is none of this number */
			return false;
	if (syscall(SYS_capget, &header, data) < 0)
		return false;
	for (size_t i = 0; i < LENGTH(data); i++) {
		data[i].permitted &= (uint32_t)(kept >> (32 * i));
		data[i].effective &= data[i].permitted;
		data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &header, data) == 0;
}

/* The filter first: without no_new_privs it takes a capability. */
bool host_enter(const struct host *host)
{
	if (host->call_count > 0 &&
		!host_break_calls(host->calls, host->call_count))
		return false;
	return host->user || host->capabilities == ALL ||
		keep_capabilities(host->capabilities);
}
