/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mbr.h - the table of a PC, and the chain of its logical partitions
 *
 * Internal to src/disk.  libfdisk reads the chain of a disk that has a
 * descriptor; here are the rules for its rows, and a reader for a disk without
 * one: an array, a logical volume, what lies behind a server.
 */
#ifndef DISK_MBR_H
#define DISK_MBR_H

#include "src/base/bytes.h"
#include "src/disk/fdisk.h"

#define MBR_TYPE_GPT 0xee /* the whole disk, for who knows no GPT */

struct mbr_entry {
	uint8_t flag; /* 0x80: active */
	uint8_t first_chs[3];
	uint8_t type;
	uint8_t last_chs[3];
	le32 start;
	le32 size;
};

struct mbr {
	uint8_t code[446];
	struct mbr_entry entry[4];
	le16 magic;
};

/* libfdisk's own limit: it says so in a warning and omits the rest. */
#define MBR_PARTITIONS_MAX 60

/* What is known of the extended partition while the rows of an MBR pass. */
struct mbr_chain {
	uint64_t first; /* sectors; size 0: no extended partition so far */
	uint64_t size;
	bool ended; /* by a circle: what follows was listed already */
};

/*
 * List one row, from first, in sectors, with the slices in it, if it is sane:
 * part has scheme, number, active and type.  Rows come in the order of their
 * numbers.  Once the chain has ended there is nothing behind it.
 */
int mbr_add(struct partition_list *list, struct mbr_chain *chain,
	struct partition *part, uint64_t first, uint64_t size,
	struct error *err) __attribute__((warn_unused_result));

/* As fdisk_list(), of the first sector and the chain that it leads to. */
int mbr_list(struct partition_list *list, enum fdisk_label_kind *kind,
	struct error *err);

#endif
