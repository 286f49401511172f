/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * child.h - the side that touches the guest
 *
 * Locks itself in, then answers the parent's questions until the channel
 * closes.  The only place that knows disks, drivers and configurations all.
 */
#ifndef CHILD_H
#define CHILD_H

#include <sys/types.h>

#include "src/disk/disk.h"
#include "src/options.h"

/* The way to a disk that lies behind a server. */
struct child_socket {
	int fd;       /* connected; -1: the disk has a descriptor */
	char *export; /* the disk's name there */
};

/* What the child is given; everything was opened by the parent. */
struct child_setup {
	const struct options *options;
	struct disk *disks;                 /* options->disk_count of them */
	const struct child_socket *sockets; /* as many */
	int channel; /* questions and answers (proto.h) */
	int kernel;  /* where to write; -1: nothing is extracted */
	int ramdisk;
	int script;  /* to be read to its end; -1: none is run */
	char *stage; /* shared with the parent: GUEST_STAGE_SIZE bytes */
	pid_t parent;
};

/* Does not return: exits 0 when the parent is done, else 1. */
void child_main(const struct child_setup *setup) __attribute__((noreturn));

#endif
