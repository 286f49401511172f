/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext_log.h - the log of a journal, between ext_journal.c and ext_log.c
 *
 * Format: Documentation/filesystems/ext4/journal.rst of the Linux kernel; all
 * numbers are big-endian.
 */
#ifndef FSDRIVERS_EXT_LOG_H
#define FSDRIVERS_EXT_LOG_H

#include "fsdrivers/ext_journal.h"

#define JOURNAL_MAGIC 0xc03b3998

enum { DESCRIPTOR = 1, COMMIT = 2, SUPER_V1 = 3, SUPER_V2 = 4, REVOKE = 5 };

#define INCOMPAT_REVOKE 0x01
#define INCOMPAT_64BIT 0x02
#define INCOMPAT_ASYNC_COMMIT 0x04
#define INCOMPAT_CSUM_V2 0x08
#define INCOMPAT_CSUM_V3 0x10
#define INCOMPAT_FAST_COMMIT 0x20
#define INCOMPAT_KNOWN 0x3f

/*
 * Blocks of the log that are read, in all three turns.  A journal is at most
 * 40 GB; one of 1 GiB, the most that is usual, with nothing but descriptors has
 * fewer.
 */
#define READS_MAX 1000000

struct header {
	be32 magic;
	be32 type;
	be32 sequence;
};

struct revoked {
	uint64_t block;
	uint32_t sequence;
};

struct journal {
	struct ext *ext;
	struct overlay *overlay;
	struct ext_run *pieces;
	size_t piece_count, piece_capacity;
	struct revoked *revoked;
	size_t revoked_count, revoked_capacity;
	uint32_t first, last; /* the ring: [first, last) */
	uint32_t start;
	uint32_t sequence; /* of the first transaction */
	uint32_t end;      /* of the first that is not whole */
	uint32_t incompat;
	uint32_t seed; /* of checksums */
	uint32_t reads_left;
	uint8_t *data; /* one block */
};

/* Checksums of the log's blocks, of either version. */
static inline bool log_has_sums(const struct journal *journal)
{
	return journal->incompat & (INCOMPAT_CSUM_V2 | INCOMPAT_CSUM_V3);
}

static inline uint32_t log_crc(uint32_t seed, const void *data, size_t len)
{
	return ext2fs_crc32c_le(seed, data, len);
}

/* Where a block of the journal lies, bytes; false: behind its end. */
bool log_place(const struct journal *journal, uint32_t block, uint64_t *place);

/* A block of the journal into journal->data. */
int log_read(struct journal *journal, uint32_t block, struct error *err);

/*
 * All whole transactions, from journal->start on: note in the overlay which
 * block belongs where.  journal->end is set.
 */
int log_replay(struct journal *journal, struct error *err);

/* Check a block that is read through the overlay, and unescape it. */
int log_fix(void *ctx, const struct overlay_block *block, uint8_t *data,
	struct error *err);

#endif
