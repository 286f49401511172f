/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * partdisk.h - a disk in memory to write tables on, and its scan as text
 *
 * The text has one line for the table and one per partition, so that a test
 * states everything that partition_scan() found.
 */
#ifndef TESTS_PARTDISK_H
#define TESTS_PARTDISK_H

#include <stddef.h>
#include <stdint.h>

#include "src/disk/partition.h"

struct partdisk {
	int fd;      /* a memory file, for writing */
	int read_fd; /* the same, as a program gets it */
	char text[256 * 1024];
	struct error err;
};

void partdisk_init(struct partdisk *pd, uint64_t size);
void partdisk_free(struct partdisk *pd);
void partdisk_resize(struct partdisk *pd, uint64_t size);
void partdisk_put(
	struct partdisk *pd, uint64_t off, const void *data, size_t len);
void partdisk_get(struct partdisk *pd, uint64_t off, void *data, size_t len);

/* Run a shell command with the path of the disk as $DISK; fails the test. */
void partdisk_run(struct partdisk *pd, const char *command);

/* An entry of the table in the sector at off (MBR or EBR), and its magic. */
void partdisk_put_entry(struct partdisk *pd, uint64_t off, unsigned int entry,
	uint8_t flag, uint8_t type, uint32_t start, uint32_t size);

/*
 * Scan; the text is "error: ..." on failure, else for example
 *
 *   table 512; backup GPT header is damaged or missing
 *   msdos1 2048+8192 83 active
 *   gpt1 2048+8192 <type> <guid> name active
 *   bsd1 in 2 2048+8192
 *
 * in units of 512 bytes.
 */
const char *partdisk_scan(struct partdisk *pd);

#endif
