/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/nbd_call.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "src/sandbox.h"
#include "src/signals.h"

#define KIND (SOCK_STREAM | SOCK_CLOEXEC)

/* A socket of this host answers at once, or not at all. */
static int call_local(const struct nbd_address *address, struct error *err)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, KIND | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return error_errno(err, "socket");
	strcpy(name.sun_path, address->path);
	if (connect(fd, (struct sockaddr *)&name, sizeof(name)) == 0)
		return fd;
	error_errno(err, "cannot connect");
	close(fd);
	return -1;
}

/* Any of the host's addresses: a socket, or -1 with the last one's reason. */
static int call_host(const struct nbd_address *address, struct error *err)
{
	struct addrinfo want = { .ai_socktype = SOCK_STREAM }, *list, *at;
	int fd = -1, on = 1;
	int r = getaddrinfo(address->host, address->port, &want, &list);

	if (r != 0)
		return error_set(err, ERR_SYSTEM, "%s",
			r == EAI_SYSTEM ? strerror(errno) : gai_strerror(r));
	for (at = list; at && fd < 0; at = at->ai_next) {
		fd = socket(at->ai_family, KIND, at->ai_protocol);
		if (fd < 0 || connect(fd, at->ai_addr, at->ai_addrlen) == 0)
			continue;
		error_errno(err, "cannot connect");
		close(fd);
		fd = -1;
	}
	freeaddrinfo(list);
	if (fd < 0)
		return err->code != ERR_NONE ? -1
					     : error_errno(err, "no socket");
	/* small requests, each of which waits for its answer */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* Room for one descriptor, aligned as the kernel wants it */
union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

/* An error, and with it the socket if there is none. */
static void say(int channel, int fd, struct error *err)
{
	struct iovec text = { err, sizeof(*err) };
	union control control = { 0 };
	struct msghdr message = { .msg_iov = &text, .msg_iovlen = 1 };

	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header = (struct cmsghdr){
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
			.cmsg_len = CMSG_LEN(sizeof(int)),
		};
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	sendmsg(channel, &message, MSG_NOSIGNAL);
}

static void be_caller(const struct nbd_address *address,
	const struct options *options, int channel, pid_t parent)
{
	struct sandbox box = {
		.kind = SANDBOX_CALLER,
		.keep = &channel,
		.keep_count = 1,
		.uid = options_reader(options),
		.gid = (gid_t)options_reader(options),
		.parent = parent,
		.optional = options->no_sandbox,
	};
	struct error err = { 0 };
	int fd = -1;

	signals_restore();
	if (sandbox_enter(&box, &err) == 0)
		fd = call_host(address, &err);
	say(channel, fd, &err);
	_exit(0);
}

/* What say() said. */
static int hear(int channel, struct error *err)
{
	struct error said = { 0 };
	struct iovec text = { &said, sizeof(said) };
	union control control;
	struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC | MSG_WAITALL) !=
		(ssize_t)sizeof(said))
		return error_set(err, ERR_SYSTEM, "the caller died");
	if (message.msg_controllen >= CMSG_LEN(sizeof(int)) &&
		control.header.cmsg_type == SCM_RIGHTS) {
		memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
		return fd;
	}
	said.text[sizeof(said.text) - 1] = '\0';
	return error_set(err, ERR_SYSTEM, "%s", said.text);
}

static int await(int channel, int64_t *left_ms, struct error *err)
{
	int r;

	while ((r = signals_wait(channel, POLLIN, left_ms, err)) == 0)
		if (*left_ms == 0)
			return error_set(err, ERR_LIMIT,
				"no connection before the time limit "
				"(--time-limit) is over");
	return r < 0 ? -1 : hear(channel, err);
}

static int call_in_process(const struct nbd_address *address,
	const struct options *options, int64_t *left_ms, struct error *err)
{
	pid_t pid, parent = getpid();
	int channel[2], fd;

	if (socketpair(AF_UNIX, KIND, 0, channel) < 0)
		return error_errno(err, "socketpair");
	pid = fork();
	if (pid == 0)
		be_caller(address, options, channel[1], parent);
	close(channel[1]);
	fd = pid < 0 ? error_errno(err, "fork")
		     : await(channel[0], left_ms, err);
	close(channel[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return fd;
}

int nbd_call(const struct nbd_address *address, const struct options *options,
	int64_t *left_ms, struct error *err)
{
	if (address->local)
		return call_local(address, err);
	return call_in_process(address, options, left_ms, err);
}
