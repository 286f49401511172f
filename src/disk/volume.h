/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * volume.h - a readable range of bytes that may hold a file system
 *
 * A whole disk, a partition, a logical volume, an array, or a file used as a
 * disk.  It is the only way in which a driver reaches the disk.
 */
#ifndef DISK_VOLUME_H
#define DISK_VOLUME_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"
#include "src/disk/disk.h"

/* In place of a descriptor: these bytes are zeros, and lie nowhere. */
#define VOLUME_HOLE (-1)

/* Where bytes of a volume lie, for a copy that the kernel makes itself. */
struct volume_run {
	int fd;       /* or VOLUME_HOLE */
	uint64_t pos; /* in fd, bytes */
	uint64_t len; /* bytes that follow each other there */
};

struct volume {
	uint64_t size; /* bytes, as the partition table or metadata say */
	void *priv;    /* the kind's own */
	int (*read)(struct volume *vol, uint64_t off, void *buf, size_t len,
		struct error *err);
	/*
	 * Optional: the run that begins at off, of at most len bytes.  The
	 * range is inside the volume.  Where this is missing, or answers 1,
	 * only read() can produce the bytes (parity, decompression).
	 */
	int (*locate)(struct volume *vol, uint64_t off, uint64_t len,
		struct volume_run *run, struct error *err);
};

/* Exactly len bytes from off; a range that leaves the volume is refused. */
int volume_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err) __attribute__((warn_unused_result));

/* As locate() above: 1 and *run filled, 0 if only read() will do, or -1. */
int volume_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
	__attribute__((warn_unused_result));

/* For a locate() that asks the volume below: its answer, 0, 1 or -1. */
int volume_run_below(struct volume *below, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
	__attribute__((warn_unused_result));

/*
 * Volumes of one guest, in the order of the devices: what is spread over
 * several of them (btrfs, ZFS) looks for its other parts here.
 */
struct volume_set {
	struct volume **list;
	size_t count;
	size_t capacity;
};

/* A range of a disk; keep it as long as the volume is used. */
struct disk_range {
	struct disk *disk;
	uint64_t start; /* bytes */
};

void volume_of_disk(
	struct volume *vol, struct disk_range *range, uint64_t size);

#endif
