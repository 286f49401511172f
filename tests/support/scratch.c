/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/scratch.h"

#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

char scratch_dir[64];

void scratch_make(void)
{
	snprintf(scratch_dir, sizeof(scratch_dir), "/tmp/hostgrub-test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(scratch_dir));
}

void scratch_remove(void)
{
	char command[128];

	umount2(scratch_dir, MNT_DETACH);
	snprintf(command, sizeof(command), "rm -rf '%s'", scratch_dir);
	ck_assert_int_eq(system(command), 0);
}

const char *scratch_path(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", scratch_dir, name);
	return path;
}

int scratch_names(void)
{
	struct dirent *entry;
	DIR *stream = opendir(scratch_dir);
	int count = 0;

	ck_assert_ptr_nonnull(stream);
	while ((entry = readdir(stream)) != NULL)
		count += strcmp(entry->d_name, ".") != 0 &&
			strcmp(entry->d_name, "..") != 0;
	closedir(stream);
	return count;
}

int scratch_descriptors(void)
{
	int fd, count = 0;

	for (fd = 0; fd < 64; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void put_path(const char *path, int flags, const char *text)
{
	int fd = open(path, flags, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

void scratch_put(const char *name, const char *text)
{
	put_path(scratch_path(name), O_CREAT | O_WRONLY | O_TRUNC, text);
}

const char *scratch_get(const char *path)
{
	static char text[64];
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	close(fd);
	return text;
}

/* A user of this namespace who can make files is one that is mapped. */
static bool become_root_of_a_namespace(void)
{
	unsigned int uid = geteuid(), gid = getegid();
	char map[32];

	if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return false;
	snprintf(map, sizeof(map), "%u %u 1", uid, uid);
	put_path("/proc/self/uid_map", O_WRONLY, map);
	put_path("/proc/self/setgroups", O_WRONLY, "deny");
	snprintf(map, sizeof(map), "%u %u 1", gid, gid);
	put_path("/proc/self/gid_map", O_WRONLY, map);
	return true;
}

static bool mount_small(const char *options)
{
	if (unshare(CLONE_NEWNS) < 0 && !become_root_of_a_namespace())
		return false;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return false;
	return mount("none", scratch_dir, "tmpfs", 0, options) == 0;
}

bool scratch_mount_small(const char *options, const char *test)
{
	if (mount_small(options))
		return true;
	fprintf(stderr, "SKIP %s: no tmpfs can be mounted here\n", test);
	return false;
}
