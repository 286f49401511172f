/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nbd_disk.h - a disk behind a Network Block Device server
 *
 * The server is as hostile as a disk is: whoever answers may be the guest's,
 * and behind qemu-nbd lies an image that nobody has looked at.  So it is first
 * heard in the box.  https://github.com/NetworkBlockDevice/nbd, doc/proto.md
 */
#ifndef DISK_NBD_DISK_H
#define DISK_NBD_DISK_H

#include "src/disk/disk.h"

struct nbd_disk;

/*
 * Load libnbd and make what needs the host, before the box is closed; one for
 * each disk, for the rest of the process's life.  export: NUL-terminated, at
 * most 4096 bytes.
 */
struct nbd_disk *nbd_disk_new(const char *export, struct error *err);

/*
 * In the box: shake hands over a connected socket, which is libnbd's from now
 * on, and make *disk, which has a name and an index, one that is read from
 * there.  Whoever limits the time has to end the process.
 */
int nbd_disk_connect(
	struct nbd_disk *nbd, int socket, struct disk *disk, struct error *err);

#endif
