/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext_journal.c - what a journal holds and nobody wrote back yet
 *
 * Here is the journal's file and its superblock; the blocks behind that are
 * the business of ext_log.c.  Nothing is copied: we note where each block is
 * (overlay.h).
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/ext_log.h"

struct journal_super {
	struct header header;
	be32 block_size;
	be32 max_len; /* blocks of the journal */
	be32 first;   /* of the log */
	be32 sequence;
	be32 start; /* block of the first transaction; 0: nothing to replay */
	be32 error;
	be32 compat; /* from here on only in version 2 */
	be32 incompat;
	be32 ro_compat;
	uint8_t uuid[16];
	uint8_t unused1[16];
	uint8_t checksum_type;
	uint8_t unused2[3];
	be32 fast_blocks; /* at the end, no part of the ring; 0: 256 */
	uint8_t unused3[164];
	be32 checksum;
};

static_assert(sizeof(struct journal_super) == 256, "as in the format");

#define FAST_BLOCKS 256

/* Pieces of the journal's file; mke2fs makes few, of at most 128 MiB each. */
#define PIECES_MAX 4096

static int add_piece(void *ctx, const struct ext_run *run, struct error *err)
{
	struct journal *journal = ctx;
	struct ext_run *pieces = journal->pieces;

	if (run->pblk == FS_HOLE)
		return error_set(err, ERR_CORRUPT, "it has holes");
	if (journal->piece_count == PIECES_MAX)
		return error_set(
			err, ERR_LIMIT, "more than %d pieces", PIECES_MAX);
	pieces = arena_grow(journal->ext->arena, pieces, journal->piece_count,
		&journal->piece_capacity, sizeof(*pieces), err);
	if (!pieces)
		return -1;
	journal->pieces = pieces;
	pieces[journal->piece_count++] = *run;
	return 0;
}

static int find_pieces(struct journal *journal, struct error *err)
{
	struct ext *ext = journal->ext;
	struct ext_inode inode;
	uint64_t blocks;

	if (ext_inode_read(ext, ext->lib->super->s_journal_inum, &inode, err) <
		0)
		return -1;
	blocks = inode.size / ext->block_size;
	if (inode.type != FS_FILE || blocks == 0)
		return error_set(err, ERR_CORRUPT, "it is no file");
	return ext_map(ext, &inode, 0, blocks, add_piece, journal, err);
}

static int check_ring(struct journal *journal,
	const struct journal_super *super, struct error *err)
{
	uint32_t max_len = be32_get(super->max_len);
	uint32_t fast = be32_get(super->fast_blocks);

	if (!(journal->incompat & INCOMPAT_FAST_COMMIT))
		fast = 0;
	else if (fast == 0)
		fast = FAST_BLOCKS;
	journal->first = be32_get(super->first);
	journal->last = fast < max_len ? max_len - fast : 0;
	journal->start = be32_get(super->start);
	journal->sequence = be32_get(super->sequence);
	if (journal->first == 0 || journal->first >= journal->last ||
		(journal->start != 0 &&
			(journal->start < journal->first ||
				journal->start >= journal->last)))
		return error_set(err, ERR_CORRUPT,
			"a log from block %" PRIu32 " to %" PRIu32
			", started at %" PRIu32,
			journal->first, journal->last, journal->start);
	return 0;
}

static int check_super(struct journal *journal, struct error *err)
{
	struct journal_super super;
	uint32_t type, unknown;

	memcpy(&super, journal->data, sizeof(super));
	type = be32_get(super.header.type);
	if (be32_get(super.header.magic) != JOURNAL_MAGIC ||
		(type != SUPER_V1 && type != SUPER_V2))
		return error_set(err, ERR_CORRUPT, "wrong magic number");
	if (be32_get(super.block_size) != journal->ext->block_size)
		return error_set(err, ERR_CORRUPT,
			"blocks of %" PRIu32 " bytes",
			be32_get(super.block_size));
	if (type == SUPER_V2)
		journal->incompat = be32_get(super.incompat);
	unknown = journal->incompat & ~(uint32_t)INCOMPAT_KNOWN;
	if (unknown)
		return error_set(err, ERR_UNSUPPORTED,
			"unknown feature 0x%" PRIx32, unknown);
	journal->seed = log_crc(UINT32_MAX, super.uuid, sizeof(super.uuid));
	if (log_has_sums(journal)) {
		type = be32_get(super.checksum);
		memset(&super.checksum, 0, sizeof(super.checksum));
		memcpy(journal->data, &super, sizeof(super));
		if (log_crc(UINT32_MAX, journal->data, 1024) != type)
			return error_set(
				err, ERR_CORRUPT, "superblock: wrong checksum");
	}
	return check_ring(journal, &super, err);
}

/*
 * Fast commits are changes of single inodes, behind the ring and a block that
 * Linux leaves out.  Is there one for the transaction that would come next?
 */
static int find_fast(struct journal *journal, bool *found, struct error *err)
{
	struct {
		le16 tag;
		le16 len;
		le32 features;
		le32 sequence;
	} head;

	*found = false;
	if (!(journal->incompat & INCOMPAT_FAST_COMMIT))
		return 0;
	if (log_read(journal, journal->last + 1, err) < 0)
		return -1;
	memcpy(&head, journal->data, sizeof(head));
	*found = le16_get(head.tag) == 9 && le16_get(head.len) == 8 &&
		le32_get(head.sequence) == journal->end;
	return 0;
}

static int replay(struct journal *journal, bool *fast, struct error *err)
{
	if (find_pieces(journal, err) < 0 || log_read(journal, 0, err) < 0 ||
		check_super(journal, err) < 0 || log_replay(journal, err) < 0)
		return -1;
	return find_fast(journal, fast, err);
}

struct overlay *ext_journal_replay(
	struct ext *ext, bool *fast, struct error *err)
{
	struct arena *arena = ext->arena;
	struct journal *journal = arena_alloc(arena, sizeof(*journal), err);
	struct overlay *overlay = arena_alloc(arena, sizeof(*overlay), err);

	if (!journal || !overlay ||
		overlay_init(overlay, ext->vol, ext->block_size, arena, err) <
			0)
		return NULL;
	*journal = (struct journal){
		.ext = ext,
		.overlay = overlay,
		.reads_left = READS_MAX,
		.data = arena_alloc(arena, ext->block_size, err),
	};
	overlay->fix = log_fix;
	overlay->ctx = journal;
	if (!journal->data || replay(journal, fast, err) < 0)
		return NULL;
	overlay_finish(overlay);
	return overlay;
}
