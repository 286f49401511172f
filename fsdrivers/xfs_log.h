/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_log.h - the log, between xfs_log.c, xfs_trans.c and xfs_replay.c
 *
 * xfs_log.c knows the ring of sectors and the records in it, xfs_trans.c the
 * transactions in the records and the items in these, and xfs_replay.c what
 * they do to the file system.
 *
 * Format: "XFS Algorithms & Data Structures", chapter "Journaling Log".  What
 * is about the log itself is big-endian; items are as the machine had them in
 * memory, which is little-endian for all that Xen runs.
 */
#ifndef FSDRIVERS_XFS_LOG_H
#define FSDRIVERS_XFS_LOG_H

#include "fsdrivers/xfs.h"
#include "src/disk/patches.h"

#define XFS_SECTOR 512 /* bytes */

#define XFS_HEADER_PER 32768  /* bytes of a record, another sector of header */
#define XFS_RECORD_MAX 262144 /* bytes, as Linux has it */
#define XFS_HEADERS_MAX (XFS_RECORD_MAX / XFS_HEADER_PER)
#define XFS_RECORD_SECTORS_MAX (XFS_RECORD_MAX / XFS_SECTOR + XFS_HEADERS_MAX)

/* A buffer of 64 KiB with its map, or an inode: with room to spare. */
#define XFS_ITEM_MAX ((size_t)128 << 10) /* bytes */

/* A record that is to be replayed. */
struct xfs_record {
	uint32_t at; /* sector of the ring */
	uint32_t turn;
};

struct xfs_log {
	const struct xfs *xfs;
	struct arena *arena;
	uint64_t begin; /* bytes into the volume */
	uint32_t sectors;
	uint32_t head; /* sector where writing would go on */
	struct xfs_record *records;
	size_t count, capacity;
	size_t loaded;   /* number of the record that is in data */
	uint64_t lsn;    /* its own */
	uint32_t len;    /* bytes of data */
	uint32_t ops;    /* operations in it */
	uint8_t *header; /* XFS_HEADERS_MAX sectors */
	uint8_t *data;   /* XFS_RECORD_MAX bytes */
	uint8_t *item;   /* XFS_ITEM_MAX bytes, for xfs_trans.c */
};

/*
 * All records that were written since the tail of the last whole one, with
 * their checksums right.  Call it for a log that is not clean.
 */
int xfs_log_find_records(struct xfs_log *log, struct error *err);

/* Let this record be in log->data. */
int xfs_log_load(struct xfs_log *log, size_t number, struct error *err);

/* xfs_trans.c */

struct xfs_op_place {
	size_t record;
	uint32_t off; /* bytes */
	uint32_t ops; /* of that record, before */
};

/* A transaction that was committed. */
struct xfs_trans {
	uint32_t id;
	uint64_t lsn; /* of the record that it begins in */
	struct xfs_op_place start;
};

/* A change is in pieces: the first says which there are. */
#define XFS_REGIONS_MAX 257 /* as Linux has it */

struct xfs_item {
	unsigned int type;
	unsigned int total; /* regions; 0: no item */
	unsigned int count;
	struct bytes region[XFS_REGIONS_MAX];
};

struct xfs_trans_list {
	struct xfs_trans *list; /* in the order in which they were committed */
	size_t count, capacity;
};

int xfs_trans_find(
	struct xfs_log *log, struct xfs_trans_list *found, struct error *err);

typedef int xfs_visit_item(
	void *ctx, const struct xfs_item *item, struct error *err);

/* All items of a transaction.  The item is valid during the visit. */
int xfs_trans_items(struct xfs_log *log, const struct xfs_trans *trans,
	xfs_visit_item *visit, void *ctx, struct error *err);

/* xfs_replay.c */

/* Put the checksum of all of it at byte at. */
void xfs_set_sum(uint8_t *data, size_t len, size_t at);

/* xfs_log_inode.c */

/*
 * Change an inode as the disk has it to what a transaction that begins at lsn
 * makes of it; fields tells what the item has.  1, or 0: it is newer.
 */
int xfs_log_put_inode(const struct xfs *xfs, const struct xfs_item *item,
	uint32_t fields, uint64_t lsn, uint8_t *raw, struct error *err);

#endif
