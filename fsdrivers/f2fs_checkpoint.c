/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * f2fs_checkpoint.c - which state of the file system counts
 *
 * Two checkpoints take turns.  One is sound if its first and its last block
 * are, and have the same version.  With it come the bitmap that says which copy
 * of each block of the node table is valid, and a journal of newer entries.
 */
#include <inttypes.h>
#include <stddef.h>
#include <zlib.h>

#include "fsdrivers/f2fs.h"

#define LOGS 6 /* segments that are written to, each with a summary */
#define DATA_LOGS 3

enum {
	UNMOUNTED = 1,
	COMPACT = 4,
	FAILED = 8,
	FASTBOOT = 0x20,
	LARGE_BITMAP = 0x400
};

struct checkpoint {
	le64 version;
	uint8_t counts[28];
	uint8_t logs[96];
	le32 flags;
	le32 blocks;
	le32 summaries; /* block in the checkpoint */
	uint8_t nodes[12];
	le32 sit_bytes; /* of bitmaps */
	le32 nat_bytes;
	le32 checksum_at; /* bytes */
	le64 elapsed;
	uint8_t allocation[16];
	uint8_t bitmaps[F2FS_BLOCK - 192];
};

_Static_assert(offsetof(struct checkpoint, flags) == 132, "as it is");
_Static_assert(offsetof(struct checkpoint, bitmaps) == 192, "also");

struct journal {
	le16 count;
	struct {
		le32 nid;
		uint8_t version;
		le32 ino;
		le32 block;
	} entries[F2FS_JOURNAL_MAX];
};

_Static_assert(sizeof(struct journal) == 2 + 13 * F2FS_JOURNAL_MAX, "also");

#define JOURNAL_AT 3584 /* behind 512 entries of a summary */

uint32_t f2fs_crc(uint32_t seed, const void *data, size_t len)
{
	return ~(uint32_t)crc32(~seed, data, (uInt)len);
}

/* Read a block of a checkpoint and compare its checksum. */
static int read_block(struct volume *vol, uint64_t block, struct checkpoint *cp,
	struct error *err)
{
	const uint8_t *raw = (const void *)cp;
	uint32_t at, crc;

	if (volume_read(vol, block << F2FS_BLOCK_BITS, cp, sizeof(*cp), err) <
		0)
		return -1;
	at = le32_get(cp->checksum_at);
	if (at < offsetof(struct checkpoint, bitmaps) ||
		at > F2FS_BLOCK - sizeof(le32))
		return error_set(err, ERR_CORRUPT,
			"its checksum would be at byte %" PRIu32, at);
	crc = f2fs_crc(F2FS_MAGIC, raw, at);
	if (at + sizeof(le32) < F2FS_BLOCK)
		crc = f2fs_crc(crc, raw + at + sizeof(le32),
			F2FS_BLOCK - at - sizeof(le32));
	if (crc != le32_get(*(const le32 *)(const void *)(raw + at)))
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu64 ": a wrong checksum", block);
	return 0;
}

static int read_one(struct volume *vol, uint64_t block, uint64_t room,
	struct checkpoint *cp, struct error *err)
{
	struct checkpoint last;
	uint32_t blocks;

	if (read_block(vol, block, cp, err) < 0)
		return -1;
	blocks = le32_get(cp->blocks);
	if (blocks < 2 || blocks > room)
		return error_set(
			err, ERR_CORRUPT, "it has %" PRIu32 " blocks", blocks);
	if (read_block(vol, block + blocks - 1, &last, err) < 0)
		return -1;
	if (le64_get(last.version) != le64_get(cp->version))
		return error_set(err, ERR_CORRUPT,
			"its first and its last block have two versions");
	return 0;
}

/* Blocks of summaries in front of the last, if they are not packed. */
static uint32_t summaries(const struct checkpoint *cp)
{
	bool all = le32_get(cp->flags) & (UNMOUNTED | FASTBOOT);

	return all ? LOGS : DATA_LOGS;
}

/* Where the journal of the node table is, bytes. */
static uint64_t journal_place(
	const struct f2fs *f2fs, const struct checkpoint *cp)
{
	uint64_t block = f2fs->checkpoint;

	if (le32_get(cp->flags) & COMPACT)
		return (block + le32_get(cp->summaries)) << F2FS_BLOCK_BITS;
	/* that of the first log is what counts */
	block += le32_get(cp->blocks) - 1 - summaries(cp);
	return (block << F2FS_BLOCK_BITS) + JOURNAL_AT;
}

static int read_journal(
	struct f2fs *f2fs, const struct checkpoint *cp, struct error *err)
{
	struct journal journal;
	unsigned int i;

	if (!(le32_get(cp->flags) & COMPACT) &&
		le32_get(cp->blocks) < summaries(cp) + 2)
		return error_set(err, ERR_CORRUPT, "it has no summaries");
	if (volume_read(f2fs->vol, journal_place(f2fs, cp), &journal,
		    sizeof(journal), err) < 0)
		return error_in(err, "journal");
	f2fs->journal_count = le16_get(journal.count);
	if (f2fs->journal_count > F2FS_JOURNAL_MAX)
		return error_set(err, ERR_CORRUPT, "journal: %u entries",
			f2fs->journal_count);
	for (i = 0; i < f2fs->journal_count; i++)
		f2fs->journal[i] = (struct f2fs_nat){
			le32_get(journal.entries[i].nid),
			le32_get(journal.entries[i].block),
		};
	return 0;
}

static int use(struct f2fs *f2fs, const struct f2fs_layout *layout,
	const struct checkpoint *cp, struct error *err)
{
	uint64_t at = (f2fs->checkpoint << F2FS_BLOCK_BITS) +
		offsetof(struct checkpoint, bitmaps);

	if (le32_get(cp->flags) & LARGE_BITMAP)
		at += sizeof(le32); /* the checksum */
	else if (layout->payload == 0)
		at += le32_get(cp->sit_bytes);
	f2fs->nat_bitmap = at;
	if ((uint64_t)le32_get(cp->nat_bytes) * 8 < f2fs->nat_blocks)
		f2fs->nat_blocks = (uint64_t)le32_get(cp->nat_bytes) * 8;
	return read_journal(f2fs, cp, err);
}

int f2fs_checkpoint_read(struct f2fs *f2fs, const struct f2fs_layout *layout,
	bool *clean, struct error *err)
{
	uint64_t segment = UINT64_C(1) << f2fs->segment_bits;
	uint64_t second = layout->checkpoints + segment;
	struct checkpoint cp, other;
	struct error why;
	bool sound;

	/* each has a segment, and with a large bitmap more behind */
	sound = read_one(f2fs->vol, layout->checkpoints, segment, &cp, err) ==
		0;
	f2fs->checkpoint = layout->checkpoints;
	if (read_one(f2fs->vol, second, segment, &other, &why) == 0 &&
		(!sound ||
			(int64_t)(le64_get(other.version) -
				le64_get(cp.version)) > 0)) {
		cp = other;
		f2fs->checkpoint = second;
		sound = true;
	}
	if (!sound)
		return -1;
	*clean = (le32_get(cp.flags) & UNMOUNTED) &&
		!(le32_get(cp.flags) & FAILED);
	return use(f2fs, layout, &cp, err);
}
