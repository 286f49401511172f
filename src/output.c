/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* 37^8 names: even in a full directory a few tries are enough. */
#define NAME_TRIES 64
#define NAME_RANDOM 8 /* characters, as pygrub's */

/* Longest wait for a reader of a pipe that somebody made non-blocking. */
#define DELIVER_WAIT_MS 10000

void output_files_init(struct output_files *files)
{
	files->directory[0] = '\0';
	files->dirfd = -1;
	files->kernel.fd = files->ramdisk.fd = -1;
	files->kernel.temp[0] = files->ramdisk.temp[0] = '\0';
	files->kernel.path[0] = files->ramdisk.path[0] = '\0';
	files->kernel.named = files->ramdisk.named = false;
}

/* Add a component to an absolute path of len bytes; "" is the root. */
static int path_append(
	char *out, size_t *len, const char *name, size_t name_len)
{
	if (name_len == 0 || (name_len == 1 && name[0] == '.'))
		return 0;
	if (name_len == 2 && memcmp(name, "..", 2) == 0) {
		while (*len > 0 && out[--*len] != '/')
			continue;
		return 0;
	}
	/* Room for the longest file name that will follow, and its NUL. */
	if (name_len + 1 + *len > PATH_MAX - 32) {
		errno = ENAMETOOLONG;
		return -1;
	}
	out[(*len)++] = '/';
	memcpy(out + *len, name, name_len);
	*len += name_len;
	return 0;
}

static int path_append_all(char *out, size_t *len, const char *path)
{
	size_t n;

	for (; *path; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (path_append(out, len, path, n) < 0)
			return -1;
	}
	return 0;
}

/*
 * The path as it is printed: absolute, tidy, symbolic links as they are,
 * because xenopsd compares /var/run/xen/pygrub as text.
 */
static int make_absolute(const char *path, char out[PATH_MAX])
{
	char cwd[PATH_MAX];
	size_t len = 0;

	if (path[0] != '/') {
		if (!getcwd(cwd, sizeof(cwd)))
			return -1;
		if (path_append_all(out, &len, cwd) < 0)
			return -1;
	}
	if (path_append_all(out, &len, path) < 0)
		return -1;
	if (len == 0)
		out[len++] = '/';
	out[len] = '\0';
	return 0;
}

/* As mkdir -p does it, but the last one is for its owner only. */
static int make_directories(const char *path)
{
	char parent[PATH_MAX];
	size_t i;

	for (i = 1; path[i]; i++) {
		if (path[i] != '/')
			continue;
		memcpy(parent, path, i);
		parent[i] = '\0';
		if (mkdir(parent, 0777) < 0 && errno != EEXIST)
			return -1;
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

static int open_directory(const char *path)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = open(path, flags);

	if (fd >= 0 || errno != ENOENT || make_directories(path) < 0)
		return fd;
	return open(path, flags);
}

/*
 * Whoever may write to the directory could put another file under the name
 * that we print, before the toolstack, which is root, opens and deletes it.
 */
static int check_directory(int fd, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "cannot be examined");
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) && !(st.st_mode & S_ISVTX))
		return error_set(err, ERR_SYSTEM,
			"others may replace files in it (mode %04o, not sticky)",
			(unsigned int)st.st_mode & 07777U);
	return 0;
}

/* stem with eight characters behind it that nobody can guess. */
static int random_name(char *name, size_t size, const char *stem)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	char tail[NAME_RANDOM + 1] = "";
	uint64_t number;
	size_t i;

	while (getrandom(&number, sizeof(number), 0) != sizeof(number))
		if (errno != EINTR)
			return -1;
	for (i = 0; i < NAME_RANDOM; i++) {
		tail[i] = letters[number % (sizeof(letters) - 1)];
		number /= sizeof(letters) - 1;
	}
	snprintf(name, size, "%s.%s", stem, tail);
	return 0;
}

static int create_hidden(int dirfd, struct output_file *file)
{
	char name[sizeof(file->temp)];
	int tries;

	for (tries = 0; tries < NAME_TRIES; tries++) {
		if (random_name(name, sizeof(name), ".hostgrub") < 0)
			return -1;
		file->fd = openat(dirfd, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			0600);
		if (file->fd >= 0) {
			memcpy(file->temp, name, sizeof(name));
			return 0;
		}
		if (errno != EEXIST)
			return -1;
	}
	return -1;
}

/*
 * A file without a name needs /proc to get one.  EISDIR is how a kernel or a
 * file system says that it has never heard of O_TMPFILE.
 */
static int create_file(int dirfd, struct output_file *file, bool nameless)
{
	if (nameless) {
		file->fd = openat(
			dirfd, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);
		if (file->fd >= 0)
			return 0;
		if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
			return -1;
	}
	return create_hidden(dirfd, file);
}

static int create_files(struct output_files *files, struct error *err)
{
	const bool nameless = access("/proc/self/fd", X_OK) == 0;

	if (check_directory(files->dirfd, err) < 0)
		return -1;
	if (create_file(files->dirfd, &files->kernel, nameless) < 0)
		return error_errno(err, "cannot create boot_kernel.XXXXXXXX");
	if (create_file(files->dirfd, &files->ramdisk, nameless) < 0)
		return error_errno(err, "cannot create boot_ramdisk.XXXXXXXX");
	return 0;
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

int output_files_create(
	struct output_files *files, const char *directory, struct error *err)
{
	output_files_init(files);
	if (make_absolute(directory, files->directory) < 0)
		return error_errno(err, "%.256s", directory);
	/* No format can carry it (promise P10): say so before the work. */
	if (has_control(files->directory))
		return error_set(err, ERR_SYSTEM,
			"%s: control byte in the name of the directory",
			files->directory);
	files->dirfd = open_directory(files->directory);
	if (files->dirfd < 0)
		return error_errno(
			err, "%s: cannot be opened", files->directory);
	if (create_files(files, err) < 0) {
		output_files_discard(files);
		return error_in(err, "%s", files->directory);
	}
	return 0;
}

/* For host file systems that cannot refuse to replace (NFS): two steps. */
static int link_and_unlink(int dirfd, const char *temp, const char *name)
{
	if (linkat(dirfd, temp, dirfd, name, 0) < 0)
		return -1;
	if (unlinkat(dirfd, temp, 0) < 0) {
		unlinkat(dirfd, name, 0);
		return -1;
	}
	return 0;
}

/* EEXIST if the name is taken. */
static int give_name(int dirfd, struct output_file *file, const char *name)
{
	char self[32];
	int rc;

	if (file->temp[0] == '\0') {
		snprintf(self, sizeof(self), "/proc/self/fd/%d", file->fd);
		return linkat(AT_FDCWD, self, dirfd, name, AT_SYMLINK_FOLLOW);
	}
	rc = renameat2(dirfd, file->temp, dirfd, name, RENAME_NOREPLACE);
	if (rc < 0 && (errno == EINVAL || errno == ENOSYS))
		rc = link_and_unlink(dirfd, file->temp, name);
	if (rc == 0)
		file->temp[0] = '\0';
	return rc;
}

static void set_path(
	struct output_files *files, struct output_file *file, const char *name)
{
	const char *directory = files->directory;
	size_t len = strlen(directory);

	if (len == 1) /* the root has its slash already */
		len = 0;
	/* Both fit: path_append() has left room for the name. */
	memcpy(file->path, directory, len);
	file->path[len] = '/';
	memcpy(file->path + len + 1, name, strlen(name) + 1);
	file->named = true;
}

int output_file_name(struct output_files *files, struct output_file *file,
	const char *stem, struct error *err)
{
	char name[32];
	int tries;

	/* Before it has a name, so that nobody ever sees another mode. */
	if (fchmod(file->fd, 0600) < 0)
		return error_errno(err, "%s: cannot change the mode of %s",
			files->directory, stem);
	for (tries = 0; tries < NAME_TRIES; tries++) {
		if (random_name(name, sizeof(name), stem) < 0)
			break;
		if (give_name(files->dirfd, file, name) == 0) {
			set_path(files, file, name);
			return 0;
		}
		if (errno != EEXIST)
			break;
	}
	return error_errno(
		err, "%s: cannot create %s.XXXXXXXX", files->directory, stem);
}

static void close_file(int dirfd, struct output_file *file)
{
	if (file->temp[0])
		unlinkat(dirfd, file->temp, 0);
	file->temp[0] = '\0';
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}

static void remove_file(int dirfd, struct output_file *file)
{
	if (file->named)
		unlinkat(dirfd, strrchr(file->path, '/') + 1, 0);
	file->named = false;
}

void output_files_keep(struct output_files *files)
{
	close_file(files->dirfd, &files->kernel);
	close_file(files->dirfd, &files->ramdisk);
	if (files->dirfd >= 0)
		close(files->dirfd);
	files->dirfd = -1;
}

void output_files_discard(struct output_files *files)
{
	remove_file(files->dirfd, &files->kernel);
	remove_file(files->dirfd, &files->ramdisk);
	output_files_keep(files);
}

static int open_stdout(struct error *err)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	if (flags < 0)
		return error_errno(err, "stdout");
	if ((flags & O_ACCMODE) == O_RDONLY)
		return error_set(err, ERR_SYSTEM,
			"stdout: closed, or not open for writing");
	return STDOUT_FILENO;
}

int output_open(const char *path, bool *again, struct error *err)
{
	struct stat st;
	bool no_reader;
	int fd;

	*again = false;
	if (!path)
		return open_stdout(err);
	/* Non-blocking, so that a FIFO without a reader does not hold us. */
	fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	no_reader = errno == ENXIO;
	error_errno(err, "%s: cannot be opened for writing", path);
	/* A socket and a device without a driver give ENXIO too. */
	*again = no_reader && stat(path, &st) == 0 && S_ISFIFO(st.st_mode);
	return *again ? error_set(err, ERR_SYSTEM, "%s: nobody reads it", path)
		      : -1;
}

static int wait_writable(int fd)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	if (poll(&wait, 1, DELIVER_WAIT_MS) != 0)
		return 0; /* an error is told by the next write() */
	errno = ETIMEDOUT;
	return -1;
}

static int write_all(int fd, const char *buf, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(fd, buf, len);
		if (n < 0 && errno == EAGAIN && wait_writable(fd) == 0)
			continue;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}

static int write_result(int fd, mode_t type, const char *buf, size_t len)
{
	if (write_all(fd, buf, len) < 0)
		return -1;
	if (S_ISCHR(type) && len > 0 && buf[len - 1] != '\n' && isatty(fd))
		return write_all(fd, "\n", 1);
	return 0;
}

int output_deliver(int fd, const char *buf, size_t len, struct error *err)
{
	const bool ours = fd != STDOUT_FILENO;
	struct stat st;
	bool cut;
	int rc;

	if (fstat(fd, &st) < 0)
		return error_errno(err, "result");
	cut = ours && S_ISREG(st.st_mode);
	rc = write_result(fd, st.st_mode, buf, len);
	if (rc == 0 && cut)
		rc = ftruncate(fd, lseek(fd, 0, SEEK_CUR));
	if (rc < 0)
		error_errno(err, "result: cannot be written");
	if (rc < 0 && cut && ftruncate(fd, 0) < 0)
		error_in(err, "result: part of it remains");
	if (ours && close(fd) < 0 && rc == 0)
		rc = error_errno(err, "result: cannot be written");
	return rc;
}
