/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext_io.h - libext2fs on a volume: reads only, and only inside it
 *
 * libext2fs reaches a disk through an "io_manager" that it opens by name.  Ours
 * knows no names and has no call that writes, so whatever the library does, it
 * stays on the volume and leaves it as it is.
 */
#ifndef FSDRIVERS_EXT_IO_H
#define FSDRIVERS_EXT_IO_H

#include <ext2fs/ext2fs.h>

#include "src/disk/volume.h"

struct ext_io {
	struct struct_io_channel channel;
	struct volume *vol; /* borrowed */
	struct error err;   /* of the read that failed last, or ERR_NONE */
};

/*
 * Open the file system on vol.  Only the superblock is read: the descriptors
 * of all groups would be 8 MiB on a disk of 16 TiB.  io has to live as long as
 * *lib, which the caller frees with ext2fs_free() also after a failure, when it
 * may be NULL, or hold a superblock that tells why.
 */
errcode_t ext_io_open(struct ext_io *io, struct volume *vol, ext2_filsys *lib);

/*
 * Say what the library meant by code: the volume's own message if a read
 * failed.  Always -1.
 */
int ext_io_error(struct ext_io *io, errcode_t code, struct error *err);

#endif
