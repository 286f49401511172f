/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/disks.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "src/nbd_call.h"

static int open_raw(struct disks *disks, unsigned int i, const char *name,
	struct error *err)
{
	/* O_NONBLOCK: a FIFO must not hold us; disks do not know it */
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return error_errno(err, "cannot be opened");
	return disk_open(&disks->disk[i], fd, name, i, err);
}

static int open_address(struct disks *disks, unsigned int i,
	const struct options *options, int64_t *left_ms, struct error *err)
{
	struct child_socket *socket = &disks->sockets[i];

	if (options->image_format)
		return error_set(err, ERR_UNSUPPORTED,
			"--format is for files: a server's disk is taken as it "
			"is");
	if (nbd_address_parse(options->disks[i], &disks->address, err) < 0)
		return -1;
	socket->export = strdup(disks->address.export);
	if (!socket->export)
		return error_errno(err, "memory");
	socket->fd = nbd_call(&disks->address, options, left_ms, err);
	return socket->fd < 0 ? -1 : 0;
}

static int open_one(struct disks *disks, unsigned int i,
	const struct options *options, int64_t *left_ms, struct error *err)
{
	const char *name = options->disks[i];

	disks->disk[i] = (struct disk){
		.name = name,
		.index = i,
		.fd = -1,
		.sector_size = 512,
	};
	disks->sockets[i] = (struct child_socket){ .fd = -1 };
	disks->servers[i] = (struct image_server){ .socket = -1, .errors = -1 };
	disks->count = i + 1;
	if (nbd_is_address(name))
		return open_address(disks, i, options, left_ms, err);
	if (options->image_format)
		return image_server_start(
			&disks->servers[i], name, options, err);
	return open_raw(disks, i, name, err);
}

/* They all begin at once, and are waited for one by one. */
static int await_server(struct disks *disks, unsigned int i,
	const struct options *options, int64_t *left_ms, struct error *err)
{
	struct image_server *server = &disks->servers[i];

	if (server->pid == 0)
		return 0;
	if (image_server_ready(
		    server, options->disks[i], options, left_ms, err) < 0)
		return -1;
	disks->sockets[i].fd = server->socket;
	server->socket = -1;
	disks->sockets[i].export = strdup("");
	return disks->sockets[i].export ? 0 : error_errno(err, "memory");
}

int disks_open(struct disks *disks, const struct options *options,
	int64_t *left_ms, struct error *err)
{
	unsigned int i;

	for (i = 0; i < options->disk_count; i++)
		if (open_one(disks, i, options, left_ms, err) < 0)
			return error_in(err, "%s", options->disks[i]);
	for (i = 0; i < options->disk_count; i++)
		if (await_server(disks, i, options, left_ms, err) < 0)
			return error_in(err, "%s", options->disks[i]);
	return 0;
}

void disks_release_sockets(struct disks *disks)
{
	unsigned int i;

	for (i = 0; i < disks->count; i++) {
		if (disks->sockets[i].fd >= 0)
			close(disks->sockets[i].fd);
		disks->sockets[i].fd = -1;
	}
}

void disks_close(struct disks *disks)
{
	unsigned int i;

	disks_release_sockets(disks);
	for (i = 0; i < disks->count; i++) {
		free(disks->sockets[i].export);
		disks->sockets[i].export = NULL;
		image_server_stop(&disks->servers[i]);
	}
}
