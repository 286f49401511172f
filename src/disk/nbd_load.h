/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbd_load.h - libnbd, opened only when a disk lies behind a server
 *
 * It takes 8 ms to load, with GnuTLS and libxml2 behind it, and most runs need
 * none of that.  The few functions are declared here, so that it need not be
 * there to build either; where its header is, the compiler compares.
 */
#ifndef DISK_NBD_LOAD_H
#define DISK_NBD_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"

struct nbd_handle;

/* What is returned, the name, the arguments */
#define NBD_FUNCTIONS(F)                                                       \
	F(struct nbd_handle *, nbd_create, (void))                             \
	F(const char *, nbd_get_error, (void))                                 \
	F(int, nbd_set_export_name, (struct nbd_handle *, const char *))       \
	F(int, nbd_set_request_structured_replies,                             \
		(struct nbd_handle *, bool))                                   \
	F(int, nbd_connect_socket, (struct nbd_handle *, int))                 \
	F(int, nbd_aio_is_dead, (struct nbd_handle *))                         \
	F(int64_t, nbd_get_size, (struct nbd_handle *))                        \
	F(int64_t, nbd_get_block_size, (struct nbd_handle *, int))             \
	F(int, nbd_pread,                                                      \
		(struct nbd_handle *, void *, size_t, uint64_t, uint32_t))

struct nbd_library {
#define NBD_MEMBER(type, name, arguments) type(*name) arguments;
	NBD_FUNCTIONS(NBD_MEMBER)
#undef NBD_MEMBER
};

/* The table, the same at each call; NULL with err filled: not installed. */
const struct nbd_library *nbd_load(struct error *err);

#endif
