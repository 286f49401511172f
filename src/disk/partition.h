/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * partition.h - which ranges of a disk are worth opening
 *
 * MBR with logical partitions, GPT (512- and 4096-byte sectors, either header
 * damaged, no protective MBR, a disk cut short), BSD labels and Solaris slices
 * inside an MBR partition.  libfdisk does the reading where it can; its types
 * are not visible here.
 */
#ifndef DISK_PARTITION_H
#define DISK_PARTITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/disk/disk.h"

/* More than Linux gives device numbers to; a table with more is hostile. */
#define PARTITIONS_MAX 1024

enum partition_scheme {
	SCHEME_MSDOS,
	SCHEME_GPT,
	SCHEME_BSD,     /* a slice inside the MBR partition "within" */
	SCHEME_SOLARIS, /* the same for a Solaris x86 VTOC */
};

struct partition {
	enum partition_scheme scheme;
	unsigned int number; /* from 1, as Linux and GRUB count; BSD: a is 1 */
	unsigned int within; /* number of the MBR partition it lies in, or 0 */
	uint64_t start;      /* bytes from the start of the disk */
	uint64_t size;       /* bytes, as the table says */
	bool active;         /* MBR: the active flag; GPT: legacy BIOS boot */
	uint8_t type;        /* MBR */
	uint64_t attributes; /* GPT: the bits of the entry */
	char type_guid[37];  /* GPT, lower case; else "" */
	char guid[37];       /* GPT, lower case; else "" */
	char name[112];      /* GPT, UTF-8; else "" */
};

struct partition_table {
	struct partition *list; /* in the order of the table */
	size_t count;
	bool has_table; /* the disk carries a table, even one without entries */
	char guid[37];  /* GPT: of the disk, lower case; else "" */
	bool whole_first; /* a hybrid ISO: try the whole disk before all else */
	char damage[128]; /* what was wrong and got round, or "" */
};

/*
 * Read the tables of a disk.  No table is no error: then count is 0.  Entries
 * that begin beyond the end of the disk are kept: who reads them is told.
 * disk->sector_size is set to 4096 if only that makes sense of the table.
 */
int partition_scan(struct disk *disk, struct partition_table *table,
	struct arena *arena, struct error *err);

#endif
