/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/sandbox_steps.h"

/*
 * Headers as old as the oldest kernel we run on do not have these; numbers of
 * system calls above 423 are the same on every machine.
 */
#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#ifndef SYS_landlock_add_rule
#define SYS_landlock_add_rule 445
#endif
#ifndef SYS_landlock_restrict_self
#define SYS_landlock_restrict_self 446
#endif
#define CREATE_RULESET_VERSION 1U
#define RULE_PATH_BENEATH 1

/* Bits of ruleset.files */
#define EXECUTE (1U << 0)
#define WRITE_FILE (1U << 1)
#define READ_FILE (1U << 2)
#define READ_DIR (1U << 3)
#define IOCTL_DEV (1U << 15)

/* The kernel's struct landlock_ruleset_attr; what it does not know is 0. */
struct ruleset {
	uint64_t files;
	uint64_t net;
	uint64_t scoped;
};

/* The kernel's struct landlock_path_beneath_attr */
struct rule {
	uint64_t files;
	int32_t fd;
} __attribute__((packed));

/* What each version of the interface can forbid, all bits from the lowest. */
static const struct ruleset everything[] = {
	{ 0x1fff, 0, 0 }, /* 1, Linux 5.13: open, make, remove, list, execute */
	{ 0x3fff, 0, 0 }, /* 2, 5.19: link or rename between directories */
	{ 0x7fff, 0, 0 }, /* 3, 6.2: truncate */
	{ 0x7fff, 3, 0 }, /* 4, 6.7: TCP bind and connect */
	{ 0xffff, 3, 0 }, /* 5, 6.10: ioctl on a device opened later */
	{ 0xffff, 3, 3 }, /* 6, 6.12: abstract sockets, signals to others */
};

static int reason(struct error *err)
{
	return error_set(err, ERR_SYSTEM, "%s", strerror(errno));
}

/* Of a path that cannot be opened the kernel says so again when it is used. */
static int allow_path(int ruleset, uint64_t known,
	const struct sandbox_path *path, struct error *err)
{
	struct rule rule = { .files = READ_FILE };
	int r, fd = open(path->name, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return 0;
	if (path->execute)
		rule.files |= EXECUTE;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		rule.files |= READ_DIR;
	/* /dev/null, which programs open for both */
	if (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode))
		rule.files |= WRITE_FILE;
	/* the size of a block device */
	if (fstat(fd, &st) == 0 && S_ISBLK(st.st_mode))
		rule.files |= IOCTL_DEV;
	rule.files &= known;
	rule.fd = fd;
	r = (int)syscall(
		SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
	if (r < 0)
		error_set(
			err, ERR_SYSTEM, "%s: %s", path->name, strerror(errno));
	close(fd);
	return r;
}

/* Everything that can be forbidden is, but for what has a rule. */
static int restrict_self(int fd, const struct ruleset *forbidden,
	const struct sandbox *box, struct error *err)
{
	for (unsigned int i = 0; i < box->path_count; i++)
		if (allow_path(fd, forbidden->files, &box->paths[i], err) < 0)
			return -1;
	return syscall(SYS_landlock_restrict_self, fd, 0) < 0 ? reason(err) : 0;
}

int sandbox_landlock(const struct sandbox *box, struct error *err)
{
	const long newest = LENGTH(everything);
	long fd,
		version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			CREATE_RULESET_VERSION);
	int r;

	/* EPERM: a container whose own filter does not know the call */
	if (version < 0 && !box->confine &&
		(errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM))
		return 0;
	if (version < 1)
		return reason(err);
	if (version > newest)
		version = newest;
	fd = syscall(SYS_landlock_create_ruleset, &everything[version - 1],
		sizeof(everything[0]), 0);
	if (fd < 0)
		return reason(err);
	r = restrict_self((int)fd, &everything[version - 1], box, err);
	close((int)fd);
	return r;
}
