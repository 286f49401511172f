/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reiserfs_journal.c - what a file system that was not unmounted would become
 *
 * The journal is a ring of transactions: a description with the numbers of the
 * blocks, their new contents, and a commit block with what numbers are left.
 * Those behind the one that was last written to its place are what Linux would
 * copy when it mounts, and here is only remembered where they are.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/reiserfs.h"

/* Blocks of a journal, and so of what is remembered.  mkfs makes 32,749. */
#define JOURNAL_MAX 65536

/* The header, in the block behind the ring. */
struct header {
	le32 flushed; /* number of the last transaction in its place; 0: none */
	le32 start;   /* of the one behind it, in the ring */
	le32 mount;   /* number of the mount that wrote this */
};

/* Of the description and, but for the mount, of the commit block. */
struct mark {
	le32 number; /* of the transaction */
	le32 len;    /* blocks between the two */
	le32 mount;
};

static_assert(sizeof(struct header) == 12, "as in the format");
static_assert(sizeof(struct mark) == 12, "as in the format");

/* At the end of a description. */
static const char magic[12] = "ReIsErLB";
#define MAGIC_LEN 8

/* Where in the commit block the numbers begin; in the other behind the mark. */
#define COMMIT_NUMBERS 8

struct journal {
	struct reiserfs *rs;
	uint32_t first; /* block of the ring */
	uint32_t size;  /* of it, in blocks */
	uint32_t slots; /* numbers that fit into a description */
	uint8_t *start; /* a block: the description of the transaction */
	uint8_t *commit;
};

struct transaction {
	uint32_t number;
	uint32_t mount;
	uint32_t len;
};

static int read_block(const struct journal *journal, uint32_t index,
	uint8_t *data, struct error *err)
{
	const struct reiserfs *rs = journal->rs;
	uint64_t block = (uint64_t)journal->first + index;

	return volume_read(
		rs->vol, block * rs->block_size, data, rs->block_size, err);
}

/*
 * Read the description and the commit block of the transaction that begins at
 * index of the ring: 1, or 0 if none begins there or it was never finished.
 */
static int read_transaction(const struct journal *journal, uint32_t index,
	struct transaction *transaction, struct error *err)
{
	const uint8_t *end = journal->start + journal->rs->block_size;
	const struct mark *mark = (const void *)journal->start;
	const struct mark *commit = (const void *)journal->commit;
	uint32_t len;

	if (read_block(journal, index, journal->start, err) < 0)
		return -1;
	len = le32_get(mark->len);
	if (memcmp(end - sizeof(magic), magic, MAGIC_LEN) != 0 || len == 0 ||
		len > 2 * journal->slots || len > journal->size - 2)
		return 0;
	/* both are below 2^17 */
	index = (index + len + 1) % journal->size;
	if (read_block(journal, index, journal->commit, err) < 0)
		return -1;
	if (le32_get(commit->number) != le32_get(mark->number) ||
		le32_get(commit->len) != len)
		return 0;
	*transaction = (struct transaction){
		.number = le32_get(mark->number),
		.mount = le32_get(mark->mount),
		.len = len,
	};
	return 1;
}

static int remember(struct journal *journal, uint32_t block, uint32_t copy,
	struct error *err)
{
	struct reiserfs *rs = journal->rs;

	if (block >= rs->blocks)
		return error_set(err, ERR_CORRUPT,
			"journal: block %" PRIu32 " of %" PRIu32, block,
			rs->blocks);
	rs->logged = arena_grow(rs->arena, rs->logged, rs->logged_count,
		&rs->logged_capacity, sizeof(*rs->logged), err);
	if (!rs->logged)
		return -1;
	rs->logged[rs->logged_count] = (struct reiserfs_logged){
		.block = block,
		.copy = copy,
		.order = (uint32_t)rs->logged_count,
	};
	rs->logged_count++;
	return 0;
}

static int replay_one(struct journal *journal, uint32_t index, uint32_t len,
	struct error *err)
{
	const le32 *first =
		(const void *)(journal->start + sizeof(struct mark));
	const le32 *second = (const void *)(journal->commit + COMMIT_NUMBERS);
	uint32_t i;
	le32 block;

	for (i = 0; i < len; i++) {
		block = i < journal->slots ? first[i]
					   : second[i - journal->slots];
		index = (index + 1) % journal->size;
		if (remember(journal, le32_get(block), journal->first + index,
			    err) < 0)
			return -1;
	}
	return 0;
}

/*
 * From index on, transactions of that mount with the number "least" or a larger
 * one than before.
 */
static int replay(struct journal *journal, uint32_t index, uint32_t least,
	uint32_t mount, struct error *err)
{
	struct transaction next;
	uint32_t left = journal->size;
	int r;

	while ((r = read_transaction(journal, index, &next, err)) > 0) {
		if (next.number < least || next.mount != mount ||
			next.len + 2 > left)
			return 0;
		if (replay_one(journal, index, next.len, err) < 0)
			return -1;
		index = (index + next.len + 2) % journal->size;
		left -= next.len + 2;
		least = next.number + 1;
		if (least == 0)
			return 0;
	}
	return r;
}

/*
 * Where no header was written yet: the oldest transaction that is there is the
 * first, and the newest mount the one that counts.
 */
static int replay_all(struct journal *journal, struct error *err)
{
	struct transaction oldest = { 0 }, next;
	uint32_t index = 0, start = 0, mount = 0;
	int r;

	while (index < journal->size) {
		r = read_transaction(journal, index, &next, err);
		if (r < 0)
			return -1;
		if (r > 0 && (oldest.len == 0 || next.number < oldest.number)) {
			oldest = next;
			start = index;
		}
		if (r > 0 && next.mount > mount)
			mount = next.mount;
		index += r > 0 ? next.len + 2 : 1;
	}
	if (oldest.len == 0)
		return 0;
	return replay(journal, start, oldest.number, mount, err);
}

static int by_block(const void *a, const void *b)
{
	const struct reiserfs_logged *x = a, *y = b;

	if (x->block != y->block)
		return x->block < y->block ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* Of each block the newest version, in the order of blocks. */
static void sort(struct reiserfs *rs)
{
	size_t i, count = 0;

	if (rs->logged_count == 0)
		return;
	qsort(rs->logged, rs->logged_count, sizeof(*rs->logged), by_block);
	for (i = 1; i < rs->logged_count; i++) {
		if (rs->logged[i].block != rs->logged[count].block)
			count++;
		rs->logged[count] = rs->logged[i];
	}
	rs->logged_count = count + 1;
}

static int load(struct journal *journal, struct error *err)
{
	const struct header *header = (const void *)journal->start;
	uint32_t flushed, start, mount;

	if (read_block(journal, journal->size, journal->start, err) < 0)
		return -1;
	flushed = le32_get(header->flushed);
	start = le32_get(header->start);
	mount = le32_get(header->mount);
	if (flushed == 0 || start >= journal->size)
		return replay_all(journal, err);
	return replay(journal, start, flushed + 1, mount, err);
}

int reiserfs_journal_load(
	struct reiserfs *rs, uint32_t first, uint32_t size, struct error *err)
{
	struct journal journal = { .rs = rs, .first = first, .size = size };

	if (size < 3 || size >= JOURNAL_MAX || first >= UINT32_MAX - size)
		return error_set(err, ERR_CORRUPT,
			"a journal of %" PRIu32 " blocks from %" PRIu32
			" on, at most %d are expected",
			size, first, JOURNAL_MAX);
	/* besides the numbers: the mark, the magic, and one is not used */
	journal.slots = (rs->block_size - 24) / (uint32_t)sizeof(le32);
	journal.start = arena_alloc(rs->arena, rs->block_size, err);
	journal.commit = arena_alloc(rs->arena, rs->block_size, err);
	if (!journal.start || !journal.commit)
		return -1;
	if (load(&journal, err) < 0) {
		rs->logged_count = 0;
		return -1;
	}
	sort(rs);
	return 0;
}
