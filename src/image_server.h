/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * image_server.h - qemu-nbd, which understands image formats, in front of one
 *
 * A process of ours in a box of its own (SANDBOX_PROGRAM): the reader's user,
 * no network, and of the host's files only those in the image's directory.
 */
#ifndef IMAGE_SERVER_H
#define IMAGE_SERVER_H

#include <sys/types.h>

#include "src/options.h"

struct image_server {
	pid_t pid;  /* 0: none */
	int socket; /* connected to it; -1: given away */
	int errors; /* what it says on stderr; -1: none */
};

/* Start one for an image in options->image_format; ready() waits for it. */
int image_server_start(struct image_server *server, const char *image,
	const struct options *options, struct error *err);

/*
 * Wait, no longer than *left_ms, until it can be spoken to; or why it cannot,
 * which is most often what is wrong with the image.
 */
int image_server_ready(struct image_server *server, const char *image,
	const struct options *options, int64_t *left_ms, struct error *err);

/* Make sure that no process and no descriptor of it is left. */
void image_server_stop(struct image_server *server);

#endif
