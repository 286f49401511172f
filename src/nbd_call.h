/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbd_call.h - a connected socket of the server that an address names
 *
 * Nothing is read from it here: what the server says is for the box.
 */
#ifndef NBD_CALL_H
#define NBD_CALL_H

#include "src/nbd_address.h"
#include "src/options.h"

/*
 * Connect.  A name is looked up, and the network used, by a process of its
 * own, in no more than *left_ms, which goes down.  A socket, or -1.
 */
int nbd_call(const struct nbd_address *address, const struct options *options,
	int64_t *left_ms, struct error *err);

#endif
