/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk.h - the image or block device behind a descriptor
 *
 * A raw disk is raw: nothing here looks at what it holds.  Short reads, EINTR
 * and the end of the disk are dealt with here, once.  Small reads go through a
 * cache of a few blocks, because file systems read the same metadata block
 * many times and a system call costs more than all of the parsing around it.
 * Who reads block behind block (tables, directories, files that are compressed
 * in small pieces) gets those that follow by one call.
 */
#ifndef DISK_DISK_H
#define DISK_DISK_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"

#define DISK_BLOCK_SIZE 4096
#define DISK_BLOCKS 32
#define DISK_BLOCKS_SET 4 /* slots that a block may be in */

/*
 * What is read at once, of those who read on and on: it doubles, so that no
 * more is read in vain than was of use.  More than the larger of them saves
 * nothing that can be measured.
 */
#define DISK_AHEAD_MIN (16U << 10)
#define DISK_AHEAD_MAX (64U << 10)

struct disk_block {
	uint64_t off;  /* where it begins on the disk, a multiple of its size */
	uint32_t len;  /* bytes that are valid; 0: the slot is empty */
	uint32_t used; /* when it was last asked for */
	uint8_t *data; /* DISK_BLOCK_SIZE bytes, once the slot was used */
};

/* Blocks that follow each other, read at once. */
struct disk_ahead {
	uint64_t off;  /* where they begin on the disk */
	size_t len;    /* bytes that are valid; 0: none */
	uint8_t *data; /* DISK_AHEAD_MAX bytes, once it was used */
};

struct volume;

struct disk {
	const char *name;   /* for people: as given on the command line */
	unsigned int index; /* 0 for hd0 */
	int fd;             /* open for reading; borrowed; -1 with over */
	struct volume
		*over; /* not NULL: it has no descriptor, and reads this */
	uint64_t size; /* bytes */
	uint32_t sector_size; /* bytes, 512 or 4096; of a file: a guess, 512 */
	uint32_t clock;       /* counts uses, for the cache */
	struct disk_block cache[DISK_BLOCKS];
	struct disk_block *last; /* the one used last, or NULL */
	struct disk_ahead ahead;
};

/*
 * Describe the disk behind fd: a regular file or a block device.  Asks the
 * host (fstat, ioctl), so the parent does it, before the box is closed.
 */
int disk_open(struct disk *disk, int fd, const char *name, unsigned int index,
	struct error *err);
void disk_close(struct disk *disk);

/*
 * A disk made of other disks, or behind a server: it reads the volume, which
 * is borrowed.
 */
void disk_over(struct disk *disk, struct volume *vol, const char *name,
	unsigned int index);

/* Exactly len bytes from off, or ERR_IO. */
int disk_read(struct disk *disk, uint64_t off, void *buf, size_t len,
	struct error *err) __attribute__((warn_unused_result));

/* The same as the disk has it at this moment: nothing that was kept. */
int disk_read_now(struct disk *disk, uint64_t off, void *buf, size_t len,
	struct error *err) __attribute__((warn_unused_result));

#endif
