/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/output.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"
#include "tests/support/scratch.h"

/* What the host is made to lack or to say: these stand before libc's own. */
static struct {
	int tmpfile_errno;   /* of openat(O_TMPFILE); 0: as the host does */
	int renameat2_errno; /* of renameat2() */
	bool no_proc;        /* access() finds no /proc/self/fd */
	unsigned int same;   /* how often getrandom() gives the same number */
	unsigned int asked;  /* how often it was asked */
	unsigned int hidden; /* hidden files that were made */
} host;

int access(const char *path, int mode)
{
	if (host.no_proc) {
		errno = ENOENT;
		return -1;
	}
	return (int)syscall(SYS_faccessat, AT_FDCWD, path, mode);
}

ssize_t getrandom(void *buf, size_t len, unsigned int flags)
{
	if (host.asked++ < host.same) {
		memset(buf, 0, len);
		return (ssize_t)len;
	}
	return syscall(SYS_getrandom, buf, len, flags);
}

int openat(int dirfd, const char *path, int flags, ...)
{
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	if ((flags & O_TMPFILE) == O_TMPFILE && host.tmpfile_errno) {
		errno = host.tmpfile_errno;
		return -1;
	}
	host.hidden += (flags & O_CREAT) != 0;
	return (int)syscall(SYS_openat, dirfd, path, flags, mode);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to,
	unsigned int flags)
{
	if (host.renameat2_errno) {
		errno = host.renameat2_errno;
		return -1;
	}
	return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

static struct output_files files;
static struct error err;

static void setup(void)
{
	memset(&host, 0, sizeof(host));
	memset(&err, 0, sizeof(err));
	memset(&files, 0xa5, sizeof(files));
	output_files_init(&files);
	scratch_make();
}

static void teardown(void)
{
	output_files_discard(&files);
	scratch_remove();
}

static void create(void)
{
	ck_assert_msg(output_files_create(&files, scratch_dir, &err) == 0, "%s",
		err.text);
}

static void name_kernel(void)
{
	ck_assert_msg(output_file_name(
			      &files, &files.kernel, "boot_kernel", &err) == 0,
		"%s", err.text);
}

/* The ways to make a file that nobody sees, and to name it. */
static const struct {
	int tmpfile_errno;
	int renameat2_errno;
	bool no_proc;
	unsigned int hidden;
} ways[] = {
	{ 0, 0, false, 0 },           /* O_TMPFILE and linkat() */
	{ EOPNOTSUPP, 0, false, 2 },  /* a hidden name, renameat2() */
	{ EISDIR, EINVAL, false, 2 }, /* a hidden name, link and unlink */
	{ EOPNOTSUPP, ENOSYS, false, 2 },
	{ 0, 0, true, 2 }, /* nothing could name an O_TMPFILE */
};

static void choose_way(int i)
{
	host.tmpfile_errno = ways[i].tmpfile_errno;
	host.renameat2_errno = ways[i].renameat2_errno;
	host.no_proc = ways[i].no_proc;
}

START_TEST(a_named_file_holds_what_was_written)
{
	char text[8] = "";
	int fd;

	choose_way(_i);
	create();
	ck_assert_uint_eq(host.hidden, ways[_i].hidden);
	ck_assert_int_eq(scratch_names(), (int)ways[_i].hidden);
	ck_assert_int_eq(write(files.kernel.fd, "kernel", 6), 6);
	name_kernel();
	output_files_keep(&files);
	ck_assert_int_eq(scratch_names(), 1);
	fd = open(files.kernel.path, O_RDONLY);
	ck_assert_int_eq(read(fd, text, sizeof(text)), 6);
	ck_assert_str_eq(text, "kernel");
	close(fd);
}
END_TEST

START_TEST(a_discarded_file_is_gone)
{
	int before = scratch_descriptors();

	choose_way(_i);
	create();
	name_kernel();
	ck_assert_int_ge(scratch_names(), 1);
	output_files_discard(&files);
	output_files_discard(&files);
	ck_assert_int_eq(scratch_names(), 0);
	ck_assert_int_eq(scratch_descriptors(), before);
}
END_TEST

START_TEST(a_kept_file_survives_a_late_discard)
{
	struct stat st;

	choose_way(_i);
	create();
	name_kernel();
	output_files_keep(&files);
	output_files_discard(&files);
	ck_assert_int_eq(scratch_names(), 1);
	ck_assert_int_eq(lstat(files.kernel.path, &st), 0);
}
END_TEST

START_TEST(is_0600_whatever_the_umask)
{
	static const mode_t masks[] = { 0, 022, 077, 0777 };
	struct stat st;
	mode_t old;

	choose_way(_i / COUNT(masks));
	old = umask(masks[_i % COUNT(masks)]);
	create();
	name_kernel();
	umask(old);
	ck_assert_int_eq(stat(files.kernel.path, &st), 0);
	ck_assert_uint_eq(st.st_mode, S_IFREG | 0600);
}
END_TEST

START_TEST(names_are_those_of_pygrub)
{
	const char *name;

	create();
	name_kernel();
	ck_assert_int_eq(
		output_file_name(&files, &files.ramdisk, "boot_ramdisk", &err),
		0);
	ck_assert_int_eq(
		strncmp(files.kernel.path, scratch_dir, strlen(scratch_dir)),
		0);
	name = files.kernel.path + strlen(scratch_dir);
	ck_assert_int_eq(strncmp(name, "/boot_kernel.", 13), 0);
	ck_assert_uint_eq(strlen(name), 13 + 8);
	ck_assert_uint_eq(
		strspn(name + 13, "abcdefghijklmnopqrstuvwxyz0123456789_"), 8);
	name = files.ramdisk.path + strlen(scratch_dir);
	ck_assert_int_eq(strncmp(name, "/boot_ramdisk.", 14), 0);
	ck_assert(strcmp(
		name + 14, files.kernel.path + strlen(scratch_dir) + 13));
	output_files_keep(&files);
}
END_TEST

START_TEST(a_name_that_is_taken_is_not_replaced)
{
	static const char *const taken[] = { "file", "link", "directory" };
	char path[PATH_MAX], target[PATH_MAX];
	struct stat st;

	choose_way(_i / COUNT(taken));
	snprintf(path, sizeof(path), "%s/boot_kernel.aaaaaaaa", scratch_dir);
	snprintf(target, sizeof(target), "%s/target", scratch_dir);
	if (_i % COUNT(taken) == 0)
		close(open(path, O_CREAT | O_WRONLY, 0644));
	else if (_i % COUNT(taken) == 1)
		ck_assert_int_eq(symlink(target, path), 0);
	else
		ck_assert_int_eq(mkdir(path, 0700), 0);
	create();
	host.asked = 0;
	host.same = 3;
	name_kernel();
	ck_assert_uint_eq(host.asked, 4);
	ck_assert_str_ne(files.kernel.path, path);
	ck_assert_int_eq(lstat(path, &st), 0);
	ck_assert_uint_ne(st.st_mode & 07777, 0600);
	ck_assert_int_eq(stat(target, &st), -1);
}
END_TEST

START_TEST(gives_up_when_every_name_is_taken)
{
	char expected[128];

	choose_way(_i);
	close(open(scratch_path("boot_kernel.aaaaaaaa"), O_CREAT | O_WRONLY,
		0600));
	create();
	host.asked = 0;
	host.same = 1000000;
	ck_assert_int_eq(
		output_file_name(&files, &files.kernel, "boot_kernel", &err),
		-1);
	ck_assert_uint_lt(host.asked, 1000);
	snprintf(expected, sizeof(expected),
		"%s: cannot create boot_kernel.XXXXXXXX: File exists",
		scratch_dir);
	ck_assert_str_eq(err.text, expected);
	output_files_discard(&files);
	ck_assert_int_eq(scratch_names(), 1);
}
END_TEST

START_TEST(a_hidden_name_that_is_taken_is_not_opened)
{
	host.tmpfile_errno = EOPNOTSUPP;
	host.same = 2; /* both files get the same number at first */
	ck_assert_int_eq(
		symlink("target", scratch_path(".hostgrub.aaaaaaaa")), 0);
	create();
	ck_assert_uint_eq(host.asked, 4);
	ck_assert_str_ne(files.kernel.temp, files.ramdisk.temp);
	ck_assert_int_eq(access(scratch_path("target"), F_OK), -1);
	output_files_discard(&files);
	ck_assert_int_eq(scratch_names(), 1);
}
END_TEST

static const struct {
	mode_t mode;
	const char *why; /* NULL: taken */
} modes[] = {
	{ 0700, NULL },
	{ 0755, NULL },
	{ 01777, NULL },
	{ 01770, NULL },
	{ 0777, "others may replace files in it (mode 0777, not sticky)" },
	{ 0770, "others may replace files in it (mode 0770, not sticky)" },
	{ 0702, "others may replace files in it (mode 0702, not sticky)" },
	{ 02775, "others may replace files in it (mode 2775, not sticky)" },
};

START_TEST(a_directory_is_safe_or_refused)
{
	char expected[256];
	int rc, before = scratch_descriptors();

	ck_assert_int_eq(chmod(scratch_dir, modes[_i].mode), 0);
	rc = output_files_create(&files, scratch_dir, &err);
	ck_assert_int_eq(rc, modes[_i].why ? -1 : 0);
	if (!modes[_i].why)
		return;
	snprintf(expected, sizeof(expected), "%s: %s", scratch_dir,
		modes[_i].why);
	ck_assert_str_eq(err.text, expected);
	ck_assert_int_eq(scratch_descriptors(), before);
	ck_assert_int_eq(scratch_names(), 0);
}
END_TEST

/* libxl's directory: only root can use it. */
START_TEST(root_works_in_a_directory_of_mode_0600)
{
	ck_assert_int_eq(chmod(scratch_dir, 0600), 0);
	if (geteuid() != 0) {
		ck_assert_int_eq(
			output_files_create(&files, scratch_dir, &err), -1);
		ck_assert(strstr(err.text, "Permission denied"));
		return;
	}
	create();
	name_kernel();
}
END_TEST

START_TEST(makes_the_directory_and_its_parents)
{
	char path[128];
	struct stat st;
	mode_t old = umask(027);

	snprintf(path, sizeof(path), "%s/a/b/c", scratch_dir);
	ck_assert_msg(
		output_files_create(&files, path, &err) == 0, "%s", err.text);
	umask(old);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(stat(scratch_path("a"), &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0750);
}
END_TEST

static const struct {
	const char *given; /* behind the test's directory */
	const char *printed;
} paths[] = {
	{ "", "" },
	{ "/", "" },
	{ "//x//", "/x" },
	{ "/./x/.", "/x" },
	{ "/x/../y", "/y" },
	{ "/x/y/../..", "" },
	{ "/link/x", "/link/x" }, /* links stay as they are */
	{ "/link", "/link" },
	{ "/link/../x", "/x" }, /* and ".." is text */
	{ "/...", "/..." },
};

START_TEST(the_path_is_tidied_as_text)
{
	char given[256], printed[256];

	ck_assert_int_eq(mkdir(scratch_path("target"), 0700), 0);
	ck_assert_int_eq(symlink("target", scratch_path("link")), 0);
	snprintf(given, sizeof(given), "%s%s", scratch_dir, paths[_i].given);
	snprintf(printed, sizeof(printed), "%s%s", scratch_dir,
		paths[_i].printed);
	ck_assert_msg(
		output_files_create(&files, given, &err) == 0, "%s", err.text);
	ck_assert_str_eq(files.directory, printed);
	name_kernel();
	ck_assert_int_eq(access(files.kernel.path, F_OK), 0);
}
END_TEST

START_TEST(a_relative_path_becomes_absolute)
{
	char printed[128];

	ck_assert_int_eq(chdir(scratch_dir), 0);
	ck_assert_msg(output_files_create(&files, "./x/../sub", &err) == 0,
		"%s", err.text);
	snprintf(printed, sizeof(printed), "%s/sub", scratch_dir);
	ck_assert_str_eq(files.directory, printed);
}
END_TEST

START_TEST(the_root_has_one_slash)
{
	ck_assert_int_eq(chdir("/"), 0);
	if (output_files_create(&files, ".", &err) < 0) {
		ck_assert_int_ne(geteuid(), 0);
		ck_assert(strncmp(err.text, "/: cannot create boot_kernel",
				  28) == 0);
		return;
	}
	ck_assert_str_eq(files.directory, "/");
	name_kernel();
	ck_assert_int_eq(strncmp(files.kernel.path, "/boot_kernel.", 13), 0);
	output_files_discard(&files);
	ck_assert_int_eq(access(files.kernel.path, F_OK), -1);
}
END_TEST

START_TEST(says_why_a_directory_cannot_be_used)
{
	char path[128], expected[256];

	snprintf(path, sizeof(path), "%s/file", scratch_dir);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	ck_assert_int_eq(output_files_create(&files, path, &err), -1);
	snprintf(expected, sizeof(expected),
		"%s: cannot be opened: Not a directory", path);
	ck_assert_str_eq(err.text, expected);
	snprintf(path, sizeof(path), "%s/file/x", scratch_dir);
	ck_assert_int_eq(output_files_create(&files, path, &err), -1);
	snprintf(path, sizeof(path), "%s/a\nb", scratch_dir);
	ck_assert_int_eq(output_files_create(&files, path, &err), -1);
	snprintf(expected, sizeof(expected),
		"%s: control byte in the name of the directory", path);
	ck_assert_str_eq(err.text, expected);
	ck_assert_int_eq(scratch_names(), 1);
}
END_TEST

/* A path below the test's directory, of exactly len bytes. */
static const char *path_of_length(size_t len)
{
	static char path[PATH_MAX + 1];
	size_t i;

	memset(path, 'x', len);
	memcpy(path, scratch_dir, strlen(scratch_dir));
	for (i = strlen(scratch_dir); i < len; i += 200)
		path[i] = '/';
	path[len] = '\0';
	return path;
}

START_TEST(a_directory_leaves_room_for_the_names)
{
	/* 32 bytes: more than boot_ramdisk.XXXXXXXX, a slash and a NUL */
	const char *longest = path_of_length(PATH_MAX - 32);

	ck_assert_msg(output_files_create(&files, longest, &err) == 0, "%s",
		err.text);
	name_kernel();
	ck_assert_uint_eq(strlen(files.kernel.path), PATH_MAX - 32 + 21);
	output_files_discard(&files);
	ck_assert_int_eq(output_files_create(
				 &files, path_of_length(PATH_MAX - 31), &err),
		-1);
	ck_assert(strstr(err.text, "xxx: File name too long"));
	ck_assert_int_eq(files.dirfd, -1);
}
END_TEST

START_TEST(says_that_no_file_can_be_made)
{
	char expected[128];

	if (!scratch_mount_small("size=64k,mode=0700,nr_inodes=2",
		    "says_that_no_file_can_be_made"))
		return;
	choose_way(_i);
	ck_assert_int_eq(output_files_create(&files, scratch_dir, &err), -1);
	snprintf(expected, sizeof(expected),
		"%s: cannot create boot_ramdisk.XXXXXXXX: No space left on "
		"device",
		scratch_dir);
	ck_assert_str_eq(err.text, expected);
	ck_assert_int_eq(files.dirfd, -1);
	ck_assert_int_eq(files.kernel.fd, -1);
	ck_assert_int_eq(scratch_names(), 0);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, a_named_file_holds_what_was_written, 0, COUNT(ways));
	tcase_add_loop_test(tc, a_discarded_file_is_gone, 0, COUNT(ways));
	tcase_add_loop_test(
		tc, a_kept_file_survives_a_late_discard, 0, COUNT(ways));
	tcase_add_loop_test(tc, is_0600_whatever_the_umask, 0, 4 * COUNT(ways));
	tcase_add_test(tc, names_are_those_of_pygrub);
	tcase_add_loop_test(
		tc, a_name_that_is_taken_is_not_replaced, 0, 3 * COUNT(ways));
	tcase_add_loop_test(
		tc, gives_up_when_every_name_is_taken, 0, COUNT(ways));
	tcase_add_test(tc, a_hidden_name_that_is_taken_is_not_opened);
	tcase_add_loop_test(
		tc, a_directory_is_safe_or_refused, 0, COUNT(modes));
	tcase_add_test(tc, root_works_in_a_directory_of_mode_0600);
	tcase_add_test(tc, makes_the_directory_and_its_parents);
	tcase_add_loop_test(tc, the_path_is_tidied_as_text, 0, COUNT(paths));
	tcase_add_test(tc, a_relative_path_becomes_absolute);
	tcase_add_test(tc, the_root_has_one_slash);
	tcase_add_test(tc, says_why_a_directory_cannot_be_used);
	tcase_add_test(tc, a_directory_leaves_room_for_the_names);
	tcase_add_loop_test(tc, says_that_no_file_can_be_made, 0, 2);
	return run_suite("output", &tc, 1);
}
