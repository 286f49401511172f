/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nilfs2_log.c - the latest checkpoint, and what it is found by
 *
 * The volume is segments of one size, and each has logs one behind the other: a
 * summary, blocks, and in some a super root as the last block.  A superblock
 * says where the log was that was the last when it was written; from there the
 * trail leads on, through the segment and to the one that each log names as the
 * next.
 */
#include <assert.h>
#include <inttypes.h>

#include "fsdrivers/nilfs2.h"
#include "src/base/checked.h"

#define SUMMARY_MAGIC UINT32_C(0x1eaffa11)
#define HAS_ROOT 4 /* flag: the last block is a super root */

#define CHECKPOINT_INVALID 2 /* flag */

/*
 * Logs behind the one that the superblock names.  That is written again after
 * some ten seconds; no disk takes so many in that time.
 */
#define LOGS_MAX 100000

struct summary {
	le32 data_sum;
	le32 sum;
	le32 magic;
	le16 head_size;
	le16 flags;
	le64 sequence;
	le64 created;
	le64 next; /* block where the next segment begins */
	le32 blocks;
	le32 files;
	le32 size; /* bytes of the summary */
	le32 unused;
	le64 checkpoint;
};

struct super_root {
	le32 sum;
	le16 size; /* bytes of what is summed up */
	le16 flags;
	le64 created;
	/* and inodes of the DAT, the cpfile and the sufile */
};

struct checkpoint {
	le32 flags;
	le32 count;
	le64 snapshots[2];
	le64 number;
	le64 created;
	le64 blocks_added;
	le64 inodes;
	le64 blocks;
	struct nilfs2_raw_inode ifile;
};

static_assert(sizeof(struct summary) == 64, "as in the format");
static_assert(sizeof(struct super_root) == 16, "as in the format");
static_assert(sizeof(struct checkpoint) == 192, "as in the format");

#define CPFILE_HEAD 32 /* bytes before the first checkpoint */

/* A log that ends with a super root. */
struct log {
	uint64_t start;  /* block */
	uint64_t blocks; /* 0: there is none */
	le32 data_sum;
	uint64_t checkpoint;
};

/* Where the trail is. */
struct trail {
	struct nilfs2 *nilfs;
	const struct nilfs2_super *super;
	uint64_t start;    /* block */
	uint64_t sequence; /* of the segment */
	uint64_t next;     /* the segment behind this one */
	struct log last;   /* the latest with a super root */
	struct log before; /* the one before that */
};

static uint64_t segment_of(const struct trail *trail, uint64_t block)
{
	return block / trail->super->segment_blocks;
}

static uint64_t segment_start(const struct trail *trail, uint64_t segment)
{
	/* they are on the disk: nilfs2.c has seen to it */
	return segment == 0 ? trail->super->first_block
			    : segment * trail->super->segment_blocks;
}

static uint64_t segment_end(const struct trail *trail, uint64_t segment)
{
	return (segment + 1) * trail->super->segment_blocks;
}

/* Go on with the sum over bytes of the volume. */
static int sum_range(struct nilfs2 *nilfs, uint64_t at, uint64_t len,
	uint32_t *crc, struct error *err)
{
	uint8_t part[4096];
	size_t size;

	for (; len > 0; at += size, len -= size) {
		size = len < sizeof(part) ? (size_t)len : sizeof(part);
		if (volume_read(nilfs->vol, at, part, size, err) < 0)
			return -1;
		*crc = nilfs2_crc(*crc, part, size);
	}
	return 0;
}

/* 1 if a log of the segment begins where the trail is. */
static int check_log(
	struct trail *trail, struct summary *log, struct error *err)
{
	struct nilfs2 *nilfs = trail->nilfs;
	uint64_t at = trail->start * nilfs->block_size, blocks, size;
	uint32_t crc = nilfs->seed;

	if (volume_read(nilfs->vol, at, log, sizeof(*log), err) < 0)
		return -1;
	blocks = le32_get(log->blocks);
	size = le32_get(log->size);
	if (le32_get(log->magic) != SUMMARY_MAGIC ||
		le64_get(log->sequence) != trail->sequence || blocks == 0 ||
		blocks > segment_end(trail, segment_of(trail, trail->start)) -
				trail->start ||
		size < sizeof(*log) || size > blocks * nilfs->block_size)
		return 0;
	if (sum_range(nilfs, at + 8, size - 8, &crc, err) < 0)
		return -1;
	return nilfs2_sum_is(crc, log->sum);
}

/* Step behind a log; into the next segment if nothing can follow in this. */
static int follow(
	struct trail *trail, const struct summary *log, struct error *err)
{
	if (le16_get(log->flags) & HAS_ROOT) {
		trail->before = trail->last;
		trail->last = (struct log){ trail->start, le32_get(log->blocks),
			log->data_sum, le64_get(log->checkpoint) };
	}
	trail->next = segment_of(trail, le64_get(log->next));
	if (trail->next >= trail->super->segments)
		return error_set(err, ERR_CORRUPT,
			"the segment 0x%" PRIx64 " is said to come next",
			trail->next);
	trail->start += le32_get(log->blocks);
	return 0;
}

static void next_segment(struct trail *trail)
{
	trail->start = segment_start(trail, trail->next);
	trail->sequence++;
}

/* To the end, where nothing follows here nor in the next segment. */
static int follow_all(struct trail *trail, struct error *err)
{
	uint64_t end = segment_end(trail, segment_of(trail, trail->start));
	bool went_on = false; /* to a segment with no log seen in it */
	struct summary log;
	unsigned int i;
	int found;

	for (i = 0; i < LOGS_MAX; i++) {
		found = 0;
		if (trail->start < end)
			found = check_log(trail, &log, err);
		if (found < 0)
			return -1;
		if (found) {
			went_on = false;
			if (follow(trail, &log, err) < 0)
				return -1;
			continue;
		}
		if (went_on || trail->last.blocks == 0)
			return 0;
		next_segment(trail);
		end = segment_end(trail, trail->next);
		went_on = true;
	}
	return error_set(err, ERR_LIMIT, "more than %d logs", LOGS_MAX);
}

/*
 * Was all of the last log written?  Those before it were: it was begun after
 * they were there.
 */
static int choose_log(struct trail *trail, struct error *err)
{
	struct nilfs2 *nilfs = trail->nilfs;
	uint64_t at = trail->last.start * nilfs->block_size;
	uint64_t len = trail->last.blocks * nilfs->block_size;
	uint32_t crc = nilfs->seed;

	if (trail->last.blocks > 0 && trail->before.blocks > 0) {
		if (sum_range(nilfs, at + 4, len - 4, &crc, err) < 0)
			return -1;
		if (!nilfs2_sum_is(crc, trail->last.data_sum))
			trail->last = trail->before;
	}
	if (trail->last.blocks == 0)
		return error_set(err, ERR_CORRUPT, "no log at block 0x%" PRIx64,
			trail->super->log);
	return 0;
}

static void take_file(struct nilfs2_file *file, const uint8_t *raw)
{
	const struct nilfs2_raw_inode *inode = (const void *)raw;

	for (size_t i = 0; i < sizeof(file->map); i++)
		file->map[i] = inode->map[i];
}

/* The DAT and the cpfile. */
static int read_root(const struct trail *trail, struct nilfs2_file *cpfile,
	struct error *err)
{
	struct nilfs2 *nilfs = trail->nilfs;
	uint64_t block = trail->last.start + trail->last.blocks - 1;
	const uint8_t *raw =
		blockcache_get(&nilfs->blocks, block * nilfs->block_size, err);
	const struct super_root *root = (const void *)raw;
	uint32_t size, inode_size = trail->super->inode_size;

	if (!raw)
		return -1;
	size = le16_get(root->size);
	/* inodes are at most a third of a block: nilfs2.c has seen to it */
	if (size < sizeof(*root) + 3 * (size_t)inode_size ||
		size > nilfs->block_size ||
		!nilfs2_sum_is(
			nilfs2_crc(nilfs->seed, raw + 4, size - 4), root->sum))
		return error_set(err, ERR_CORRUPT,
			"super root at block 0x%" PRIx64 ": is damaged", block);
	take_file(&nilfs->dat.file, raw + sizeof(*root));
	nilfs->dat.file.physical = true;
	take_file(cpfile, raw + sizeof(*root) + inode_size);
	return 0;
}

static int read_checkpoint(const struct trail *trail,
	const struct nilfs2_file *cpfile, struct error *err)
{
	struct nilfs2 *nilfs = trail->nilfs;
	uint32_t size = trail->super->checkpoint_size;
	uint32_t per_block = nilfs->block_size / size;
	/* the head takes the room of as many as it needs; the first is 1 */
	uint64_t number =
		trail->last.checkpoint - 1 + (CPFILE_HEAD + size - 1) / size;
	const uint8_t *raw =
		nilfs2_file_block(nilfs, cpfile, number / per_block, err);
	const struct checkpoint *checkpoint;

	if (!raw)
		return -1;
	checkpoint = (const void *)(raw + number % per_block * size);
	if (le32_get(checkpoint->flags) & CHECKPOINT_INVALID ||
		le64_get(checkpoint->number) != trail->last.checkpoint)
		return error_set(err, ERR_CORRUPT, "does not exist");
	take_file(&nilfs->inodes.file, (const void *)&checkpoint->ifile);
	return 0;
}

int nilfs2_log_open(struct nilfs2 *nilfs, const struct nilfs2_super *super,
	struct error *err)
{
	struct trail trail = { .nilfs = nilfs,
		.super = super,
		.start = super->log,
		.sequence = super->sequence };
	struct nilfs2_file cpfile = { 0 };

	if (follow_all(&trail, err) < 0 || choose_log(&trail, err) < 0 ||
		read_root(&trail, &cpfile, err) < 0)
		return error_in(err, "log");
	if (read_checkpoint(&trail, &cpfile, err) < 0)
		return error_in(
			err, "checkpoint %" PRIu64, trail.last.checkpoint);
	return 0;
}
