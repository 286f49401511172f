/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disks.h - the disks of the command line, opened: files, images, addresses
 *
 * A raw disk is a descriptor.  Everything else is a connected socket with a
 * server at the other end, of which the parent reads nothing.
 */
#ifndef DISKS_H
#define DISKS_H

#include "src/child.h"
#include "src/image_server.h"
#include "src/nbd_address.h"

struct disks {
	struct disk disk[OPTIONS_DISKS_MAX];
	struct child_socket sockets[OPTIONS_DISKS_MAX]; /* disk[i]'s */
	struct image_server servers[OPTIONS_DISKS_MAX];
	struct nbd_address address; /* the one being opened */
	unsigned int count;         /* opened, or about to be */
};

/* Open all of them, in no more than *left_ms, which goes down. */
int disks_open(struct disks *disks, const struct options *options,
	int64_t *left_ms, struct error *err);

/* The child has them: only it is left to speak with the servers. */
void disks_release_sockets(struct disks *disks);

/* End the servers.  Safe to call at any time. */
void disks_close(struct disks *disks);

#endif
