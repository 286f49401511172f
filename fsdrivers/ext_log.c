/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ext_log.c - the transactions in a journal
 *
 * The log is a ring of blocks of the journal's file.  A transaction is one or
 * more descriptors, each followed by the blocks that its tags are about, and
 * blocks that revoke what earlier transactions wrote, in whatever order; a
 * commit block ends it.  Replaying means: for all whole transactions in turn,
 * put each block where its tag says, unless a later one revoked it.
 *
 * The log is gone through three times, as everybody does it: where it ends,
 * what is revoked, what is to be put where.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/ext_log.h"
#include "src/base/checked.h"

#define TAG_ESCAPED 1   /* the block began with the magic: put it back */
#define TAG_SAME_UUID 2 /* or 16 bytes of it follow */
#define TAG_LAST 8

/* With CSUM_V3; before: block, checksum (16 bits), flags (16), block_high. */
struct tag3 {
	be32 block;
	be32 flags;
	be32 block_high;
	be32 checksum;
};

struct tag2 {
	be32 block;
	be16 checksum;
	be16 flags;
	be32 block_high;
};

/* A later number is larger, though they start again at 0. */
static bool is_before(uint32_t one, uint32_t other)
{
	return (int32_t)(one - other) < 0;
}

bool log_place(const struct journal *journal, uint32_t block, uint64_t *place)
{
	size_t low = 0, high = journal->piece_count, middle;
	const struct ext_run *piece;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (journal->pieces[middle].first <= block)
			low = middle + 1;
		else
			high = middle;
	}
	piece = low > 0 ? &journal->pieces[low - 1] : NULL;
	if (!piece || block - piece->first >= piece->count)
		return false;
	*place =
		(piece->pblk + block - piece->first) * journal->ext->block_size;
	return true;
}

int log_read(struct journal *journal, uint32_t block, struct error *err)
{
	uint64_t place;

	if (!log_place(journal, block, &place))
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu32 " lies behind its end", block);
	if (journal->reads_left-- == 0)
		return error_set(err, ERR_LIMIT,
			"more than %d blocks would be read", READS_MAX);
	return volume_read(journal->ext->vol, place, journal->data,
		journal->ext->block_size, err);
}

/* The block behind: the log is a ring. */
static uint32_t advance(
	const struct journal *journal, uint32_t block, uint32_t count)
{
	uint32_t len = journal->last - journal->first;

	return journal->first +
		(uint32_t)((block - journal->first + (uint64_t)count) % len);
}

/* Without sums all is taken for right, as it always was. */
static bool tail_is_right(struct journal *journal)
{
	size_t len = journal->ext->block_size - sizeof(be32);
	be32 *tail = (be32 *)(journal->data + len);
	const be32 zero = { { 0 } };
	uint32_t sum;

	if (!log_has_sums(journal))
		return true;
	sum = log_crc(log_crc(journal->seed, journal->data, len), &zero,
		sizeof(zero));
	return sum == be32_get(*tail);
}

static bool commit_is_right(struct journal *journal)
{
	be32 *field = (be32 *)(journal->data + 16);
	const uint32_t sum = be32_get(*field);

	if (!log_has_sums(journal))
		return true;
	*field = (be32){ { 0 } };
	return log_crc(journal->seed, journal->data,
		       journal->ext->block_size) == sum;
}

static size_t tag_size(const struct journal *journal)
{
	size_t size = 8;

	if (journal->incompat & INCOMPAT_CSUM_V3)
		return sizeof(struct tag3);
	if (journal->incompat & INCOMPAT_64BIT)
		size += 4;
	/* this version has two bytes that it does not use */
	return journal->incompat & INCOMPAT_CSUM_V2 ? size + 2 : size;
}

struct tag {
	uint64_t block; /* of the file system */
	uint32_t flags;
	uint32_t checksum;
};

static void read_tag(
	const struct journal *journal, const uint8_t *raw, struct tag *tag)
{
	const struct tag3 *tag3 = (const void *)raw;
	const struct tag2 *tag2 = (const void *)raw;

	tag->block = be32_get(tag2->block);
	if (journal->incompat & INCOMPAT_CSUM_V3) {
		tag->flags = be32_get(tag3->flags);
		tag->checksum = be32_get(tag3->checksum);
	} else {
		tag->flags = be16_get(tag2->flags);
		tag->checksum = be16_get(tag2->checksum);
	}
	if (journal->incompat & INCOMPAT_64BIT)
		tag->block |= (uint64_t)be32_get(tag2->block_high) << 32;
}

/* Move the next tag of a descriptor from *off: false behind the last. */
static bool next_tag(
	const struct journal *journal, size_t *off, struct tag *tag)
{
	size_t end = journal->ext->block_size -
		(log_has_sums(journal) ? sizeof(be32) : 0);
	size_t size = tag_size(journal);

	if (*off > end || end - *off < size)
		return false;
	read_tag(journal, journal->data + *off, tag);
	*off += size + (tag->flags & TAG_SAME_UUID ? 0 : 16);
	if (tag->flags & TAG_LAST)
		*off = SIZE_MAX;
	return true;
}

static int compare_revoked(const void *one, const void *other)
{
	const struct revoked *a = one, *b = other;

	if (a->block != b->block)
		return a->block < b->block ? -1 : 1;
	if (a->sequence == b->sequence)
		return 0;
	return is_before(a->sequence, b->sequence) ? -1 : 1;
}

/* Was the block revoked in this transaction, or a later one? */
static bool is_revoked(
	const struct journal *journal, uint64_t block, uint32_t sequence)
{
	size_t low = 0, high = journal->revoked_count, middle;
	const struct revoked *at;

	/* the last of that block has the largest number */
	while (low < high) {
		middle = low + (high - low) / 2;
		if (journal->revoked[middle].block <= block)
			low = middle + 1;
		else
			high = middle;
	}
	at = low > 0 ? &journal->revoked[low - 1] : NULL;
	return at && at->block == block && !is_before(at->sequence, sequence);
}

static int add_revoked(
	struct journal *journal, uint32_t sequence, struct error *err)
{
	size_t size = journal->incompat & INCOMPAT_64BIT ? 8 : 4;
	const uint8_t *at = journal->data + sizeof(struct header) + 4;
	uint32_t used = be32_get(*(const be32 *)(at - 4));
	struct revoked *list;

	if (used > journal->ext->block_size)
		return error_set(err, ERR_CORRUPT,
			"%" PRIu32 " bytes of revoked blocks in one", used);
	for (; at + size <= journal->data + used; at += size) {
		list = arena_grow(journal->ext->arena, journal->revoked,
			journal->revoked_count, &journal->revoked_capacity,
			sizeof(*list), err);
		if (!list)
			return -1;
		journal->revoked = list;
		list[journal->revoked_count++] = (struct revoked){
			size == 8 ? be64_get(*(const be64 *)at)
				  : be32_get(*(const be32 *)at),
			sequence,
		};
	}
	return 0;
}

/* The tags of the descriptor at block: note what is where. */
static int add_blocks(struct journal *journal, uint32_t block,
	uint32_t sequence, struct error *err)
{
	const uint64_t size = journal->ext->block_size;
	size_t off = sizeof(struct header);
	struct tag tag;
	uint64_t from;

	while (next_tag(journal, &off, &tag)) {
		block = advance(journal, block, 1);
		if (is_revoked(journal, tag.block, sequence))
			continue;
		if (tag.block >= journal->ext->blocks ||
			!log_place(journal, block, &from))
			return error_set(err, ERR_CORRUPT,
				"block %" PRIu32 " is for block 0x%" PRIx64
				", outside the file system",
				block, tag.block);
		if (overlay_add(journal->overlay, tag.block * size, from,
			    (uint32_t[]){ sequence, tag.flags, tag.checksum },
			    err) < 0)
			return -1;
	}
	return 0;
}

static uint32_t count_tags(const struct journal *journal)
{
	size_t off = sizeof(struct header);
	struct tag tag;
	uint32_t count = 0;

	while (next_tag(journal, &off, &tag))
		count++;
	return count;
}

enum turn { FIND_END, FIND_REVOKED, REPLAY };

/* A block that belongs to transaction sequence: how many to go on, or 0. */
static int64_t take_block(struct journal *journal, enum turn turn,
	uint32_t block, uint32_t *sequence, struct error *err)
{
	const struct header *header = (const void *)journal->data;
	uint32_t type = be32_get(header->type);
	uint32_t next = 1;

	if (type == COMMIT) {
		if (turn == FIND_END && !commit_is_right(journal))
			return 0;
		(*sequence)++;
		return next;
	}
	if (type != DESCRIPTOR && type != REVOKE)
		return 0;
	if (turn == FIND_END && !tail_is_right(journal))
		return 0;
	if (type == DESCRIPTOR) {
		next += count_tags(journal);
		if (turn == REPLAY &&
			add_blocks(journal, block, *sequence, err) < 0)
			return -1;
	} else if (turn == FIND_REVOKED &&
		add_revoked(journal, *sequence, err) < 0) {
		return -1;
	}
	return next;
}

static int go_through(
	struct journal *journal, enum turn turn, struct error *err)
{
	uint32_t len = journal->last - journal->first, done = 0;
	uint32_t sequence = journal->sequence, block = journal->start;
	const struct header *header = (const void *)journal->data;
	int64_t next = 1;

	/* what is once round overwrites itself */
	while (done < len && next > 0) {
		if (turn != FIND_END && sequence == journal->end)
			return 0;
		if (log_read(journal, block, err) < 0)
			return -1;
		if (be32_get(header->magic) != JOURNAL_MAGIC ||
			be32_get(header->sequence) != sequence)
			break;
		next = take_block(journal, turn, block, &sequence, err);
		if (next < 0)
			return -1;
		block = advance(journal, block, (uint32_t)next);
		done += (uint32_t)next;
	}
	if (turn == FIND_END)
		journal->end = sequence;
	return 0;
}

int log_fix(void *ctx, const struct overlay_block *block, uint8_t *data,
	struct error *err)
{
	const struct journal *journal = ctx;
	const uint32_t sequence = block->tag[0], flags = block->tag[1];
	const be32 magic = { { 0xc0, 0x3b, 0x39, 0x98 } };
	be32 number = { { (uint8_t)(sequence >> 24), (uint8_t)(sequence >> 16),
		(uint8_t)(sequence >> 8), (uint8_t)sequence } };
	uint32_t sum = log_crc(journal->seed, &number, sizeof(number));

	if (log_has_sums(journal)) {
		sum = log_crc(sum, data, journal->overlay->block_size);
		if (!(journal->incompat & INCOMPAT_CSUM_V3))
			sum &= 0xffff;
		if (sum != block->tag[2])
			return error_set(err, ERR_CORRUPT,
				"journal: wrong checksum of block 0x%" PRIx64,
				block->to / journal->overlay->block_size);
	}
	if (flags & TAG_ESCAPED)
		memcpy(data, &magic, sizeof(magic));
	return 0;
}

int log_replay(struct journal *journal, struct error *err)
{
	journal->end = journal->sequence;
	if (journal->start == 0)
		return 0;
	if (go_through(journal, FIND_END, err) < 0 ||
		go_through(journal, FIND_REVOKED, err) < 0)
		return -1;
	if (journal->revoked_count > 0)
		qsort(journal->revoked, journal->revoked_count,
			sizeof(*journal->revoked), compare_revoked);
	return go_through(journal, REPLAY, err);
}
