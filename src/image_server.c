/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/image_server.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/base/length.h"
#include "src/base/utf8.h"
#include "src/sandbox.h"
#include "src/signals.h"

/* Where systemd's protocol, sd_listen_fds(3), puts the listening socket. */
#define LISTEN_FD 3

#define PATHS_MAX 16

/* The caller's PATH has no say in what runs with an image in its hands. */
static const char *const programs[] = {
	"/usr/bin/qemu-nbd",
	"/usr/libexec/xen/bin/qemu-nbd",
	"/usr/lib/xen/bin/qemu-nbd",
};

/* What a program needs to begin. */
static const struct sandbox_path libraries[] = {
	{ "/lib", true },
	{ "/lib64", true },
	{ "/usr/lib", true },
	{ "/usr/lib64", true },
	{ "/etc/ld.so.cache", false },
	{ "/dev/null", false },
	{ "/dev/urandom", false },
	{ "/sys/devices/system/cpu", false },
};

static const char *find_program(struct error *err)
{
	size_t i;

	for (i = 0; i < LENGTH(programs); i++)
		if (access(programs[i], X_OK) == 0)
			return programs[i];
	error_set(err, ERR_UNSUPPORTED,
		"--format needs qemu-nbd (package qemu-utils), and there is no "
		"%s",
		programs[0]);
	return NULL;
}

/* With a slash in front, no name means a protocol of QEMU's ("nbd:x"). */
static int make_absolute(
	const char *image, char path[PATH_MAX], struct error *err)
{
	char here[PATH_MAX] = "";

	if (image[0] != '/' && !getcwd(here, sizeof(here)))
		return error_errno(err, "the working directory");
	if (snprintf(path, PATH_MAX, "%s%s%s", here, here[0] ? "/" : "",
		    image) >= PATH_MAX)
		return error_set(
			err, ERR_LIMIT, "a path of %d bytes or more", PATH_MAX);
	return 0;
}

static int bind_and_connect(struct image_server *server, int listener,
	const struct sockaddr_un *name, struct error *err)
{
	if (bind(listener, (const struct sockaddr *)name, sizeof(*name)) < 0 ||
		listen(listener, 1) < 0)
		return error_errno(err, "%s", name->sun_path);
	server->socket = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server->socket < 0 ||
		connect(server->socket, (const struct sockaddr *)name,
			sizeof(*name)) < 0)
		return error_errno(err, "connecting to %s", name->sun_path);
	return 0;
}

/*
 * A listening socket in the queue of which we are, and nobody else: its name is
 * in a directory that only we may enter, and gone before the server begins.
 */
static int listen_for_us(struct image_server *server, struct error *err)
{
	char directory[] = "/tmp/hostgrub.XXXXXX";
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int r, listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (listener < 0)
		return error_errno(err, "socket");
	if (!mkdtemp(directory)) {
		error_errno(err, "a directory for a socket, %s", directory);
		close(listener);
		return -1;
	}
	snprintf(name.sun_path, sizeof(name.sun_path), "%s/nbd", directory);
	r = bind_and_connect(server, listener, &name, err);
	unlink(name.sun_path);
	rmdir(directory);
	if (r == 0)
		return listener;
	close(listener);
	return -1;
}

/* A plan of what the server is, made before the fork. */
struct plan {
	const char *program;
	char path[PATH_MAX];
	char directory[PATH_MAX];
	struct sandbox_path paths[PATHS_MAX];
	unsigned int path_count;
	int listener;
	int errors;
	pid_t parent;
	bool as_root; /* the server becomes another user */
};

static void allow(struct plan *plan, const char *name, bool execute)
{
	plan->paths[plan->path_count++] =
		(struct sandbox_path){ name, execute };
}

/*
 * The image, and what lies beside it.  Beside a device, and beside what lies in
 * the root directory, lies everything.
 */
static void allow_image(struct plan *plan)
{
	char *slash;
	struct stat st;

	allow(plan, plan->path, false);
	strcpy(plan->directory, plan->path);
	slash = strrchr(plan->directory, '/');
	if (slash == plan->directory ||
		(stat(plan->path, &st) == 0 && !S_ISREG(st.st_mode)))
		return;
	*slash = '\0';
	allow(plan, plan->directory, false);
}

static void plan_paths(struct plan *plan, const struct options *options)
{
	size_t i;

	allow(plan, plan->program, true);
	for (i = 0; i < LENGTH(libraries); i++)
		allow(plan, libraries[i].name, libraries[i].execute);
	if (options->follow_backing)
		allow(plan, "/", false);
	else
		allow_image(plan);
}

/* In the new process: nobody hears anything but one line on stderr. */
static void complain(const char *text)
{
	dprintf(STDERR_FILENO, "%s\n", text);
	_exit(1);
}

/* QEMU would say only "Permission denied". */
static void try_image(const struct plan *plan)
{
	char text[128];
	int fd = open(plan->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd >= 0) {
		close(fd);
		return;
	}
	if (errno != EACCES && errno != EPERM)
		complain(strerror(errno));
	snprintf(text, sizeof(text), "user %u may not read it%s",
		(unsigned int)geteuid(),
		plan->as_root ? " (--runas=UID names one who may)" : "");
	complain(text);
}

static void run_program(const struct plan *plan, const struct options *options)
{
	char format[32], pid[32];
	const char *argv[] = { "qemu-nbd", "--read-only", "--shared=1", format,
		"--", plan->path, NULL };
	const char *environment[] = { "LISTEN_FDS=1", pid, "LC_ALL=C", NULL };

	snprintf(format, sizeof(format), "--format=%s", options->image_format);
	snprintf(pid, sizeof(pid), "LISTEN_PID=%d", (int)getpid());
	/* execve() takes them without const, and changes nothing */
	execve(plan->program, (char *const *)(uintptr_t)argv,
		(char *const *)(uintptr_t)environment);
	complain(strerror(errno));
}

static void be_server(const struct plan *plan, const struct options *options)
{
	const int keep[] = { LISTEN_FD };
	struct sandbox box = {
		.kind = SANDBOX_PROGRAM,
		.keep = keep,
		.keep_count = 1,
		.uid = options_reader(options),
		.gid = (gid_t)options_reader(options),
		.parent = plan->parent,
		.cpu = options->cpu_limit,
		.optional = options->no_sandbox,
		.paths = plan->paths,
		.path_count = plan->path_count,
		.confine = !options->follow_backing,
	};
	struct error err = { 0 };

	/* in this order: the second may have the number that the first gets */
	if (dup2(plan->errors, STDERR_FILENO) < 0 ||
		dup2(plan->listener, LISTEN_FD) < 0 ||
		fcntl(LISTEN_FD, F_SETFD, 0) < 0 || chdir("/") < 0)
		_exit(1);
	if (sandbox_enter(&box, &err) < 0) {
		if (box.confine && strstr(err.text, "landlock"))
			error_in(&err,
				"without Landlock only --follow-backing will "
				"do");
		complain(err.text);
	}
	try_image(plan);
	run_program(plan, options);
}

static int start(struct image_server *server, struct plan *plan,
	const struct options *options, struct error *err)
{
	int errors[2];

	plan->listener = listen_for_us(server, err);
	if (plan->listener < 0)
		return -1;
	if (pipe2(errors, O_CLOEXEC) < 0) {
		close(plan->listener);
		return error_errno(err, "pipe");
	}
	server->errors = errors[0];
	plan->errors = errors[1];
	plan->parent = getpid();
	server->pid = fork();
	if (server->pid == 0)
		be_server(plan, options);
	close(plan->listener);
	close(plan->errors);
	if (server->pid > 0)
		return 0;
	server->pid = 0;
	return error_errno(err, "fork");
}

int image_server_start(struct image_server *server, const char *image,
	const struct options *options, struct error *err)
{
	struct plan plan = { .as_root = geteuid() == 0 };

	*server = (struct image_server){ .socket = -1, .errors = -1 };
	plan.program = find_program(err);
	if (!plan.program || make_absolute(image, plan.path, err) < 0)
		return -1;
	plan_paths(&plan, options);
	return start(server, &plan, options, err);
}

/* Without what everybody knows: who says it, and of which image. */
static const char *shorten(const char *line, const char *image)
{
	static const char program[] = "qemu-nbd: ";
	static const char open_failed[] = "Failed to blk_new_open '";
	char path[PATH_MAX];
	struct error ignored;
	const char *rest = line;

	if (strncmp(rest, program, strlen(program)) == 0)
		rest += strlen(program);
	if (strncmp(rest, open_failed, strlen(open_failed)) != 0 ||
		make_absolute(image, path, &ignored) < 0)
		return rest;
	rest += strlen(open_failed);
	if (strncmp(rest, path, strlen(path)) != 0 ||
		strncmp(rest + strlen(path), "': ", 3) != 0)
		return line;
	return rest + strlen(path) + 3;
}

/*
 * The last line on its stderr: warnings come before.  It ends with the server,
 * and where it is longer than we listen, with what was heard.
 */
static int read_line(struct image_server *server, char *text, size_t size,
	const char **line, int64_t *left_ms, struct error *err)
{
	size_t len = 0;
	ssize_t n = 1;
	char *end;
	int r;

	while (n > 0 && len + 1 < size) {
		r = signals_wait(server->errors, POLLIN, left_ms, err);
		if (r < 0)
			return -1;
		if (r == 0 && *left_ms == 0)
			break;
		if (r == 0)
			continue;
		n = read(server->errors, text + len, size - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	while (len > 0 && text[len - 1] == '\n')
		len--;
	text[len] = '\0';
	end = strrchr(text, '\n');
	*line = end ? end + 1 : text;
	return 0;
}

static int tell_why(struct image_server *server, const char *image,
	const struct options *options, int64_t *left_ms, struct error *err)
{
	char text[2048], shown[4 * sizeof(text)];
	const char *line;
	bool denied;

	if (read_line(server, text, sizeof(text), &line, left_ms, err) < 0)
		return -1;
	if (line[0] == '\0')
		return error_set(err, ERR_SYSTEM, "qemu-nbd ended");
	utf8_show(shorten(line, image), shown, sizeof(shown));
	denied = !options->follow_backing && strstr(line, "ermission denied");
	return error_set(err, ERR_SYSTEM, "%s%s", shown,
		denied ? " (files elsewhere need --follow-backing)" : "");
}

int image_server_ready(struct image_server *server, const char *image,
	const struct options *options, int64_t *left_ms, struct error *err)
{
	char first;
	int r;

	for (;;) {
		r = signals_wait(server->socket, POLLIN, left_ms, err);
		if (r < 0)
			return -1;
		if (r > 0)
			break;
		if (*left_ms == 0)
			return error_set(err, ERR_LIMIT,
				"qemu-nbd was not ready before the time limit "
				"(--time-limit) is over");
	}
	/* whether there is something is all that is of interest here */
	if (recv(server->socket, &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1)
		return 0;
	return tell_why(server, image, options, left_ms, err);
}

void image_server_stop(struct image_server *server)
{
	if (server->socket >= 0)
		close(server->socket);
	if (server->errors >= 0)
		close(server->errors);
	if (server->pid > 0) {
		kill(server->pid, SIGKILL);
		while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	*server = (struct image_server){ .socket = -1, .errors = -1 };
}
