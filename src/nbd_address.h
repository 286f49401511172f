/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbd_address.h - nbd://HOST[:PORT]/[EXPORT] and
 * nbd+unix:///[EXPORT]?socket=PATH, in place of an image
 *
 * https://github.com/NetworkBlockDevice/nbd, doc/uri.md
 */
#ifndef NBD_ADDRESS_H
#define NBD_ADDRESS_H

#include <stdbool.h>

#include "src/base/error.h"

#define NBD_HOST_MAX 255    /* bytes: a DNS name has no more */
#define NBD_SOCKET_MAX 107  /* of struct sockaddr_un */
#define NBD_EXPORT_MAX 4096 /* doc/proto.md */

struct nbd_address {
	bool local; /* a socket of this host: path */
	char path[NBD_SOCKET_MAX + 1];
	char host[NBD_HOST_MAX + 1]; /* a name or an address, no brackets */
	char port[6];                /* decimal */
	char export[NBD_EXPORT_MAX + 1];
};

/* Does an operand mean a server?  Also one that we do not speak with. */
bool nbd_is_address(const char *text);

/* Take it apart.  What cannot be spoken with (TLS, vsock) is named. */
int nbd_address_parse(
	const char *text, struct nbd_address *address, struct error *err);

#endif
