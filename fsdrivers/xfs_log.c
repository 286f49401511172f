/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_log.c - the log's ring, and the records in it
 *
 * Each sector begins with the number of the turn in which it was written, so
 * where that changes is where writing would go on, and a search by halves finds
 * it.  What a record has there itself is kept in its header.  The log is clean
 * if what was written last is the record of an unmount.
 *
 * Up to eight records are written at the same time and in any order, so the
 * last may be broken or missing: the log ends in front of the first that is.
 */
#include "fsdrivers/xfs_log.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/crc32c.h"

#define RECORD_MAGIC 0xfeedbabe
#define WORDS 64 /* in a sector of header: so many sectors' first words */
#define FORMAT_LITTLE 1

/* Records that are written at the same time, as Linux has it */
#define FLIGHT_MAX 8

/* What is replayed is read five times; a log has at most 2 GiB. */
#define REPLAY_MAX (UINT32_C(512) << 20) /* bytes */

struct record {
	be32 magic;
	be32 turn;
	be32 version;
	be32 len; /* bytes behind the header */
	be64 lsn;
	be64 tail_lsn;
	le32 crc;
	be32 previous;
	be32 operations;
	uint8_t words[WORDS][4];
	be32 format;
	uint8_t uuid[XFS_UUID_SIZE];
	be32 size; /* most bytes of a record */
};

/* The other sectors of a header */
struct more_words {
	be32 turn;
	uint8_t words[WORDS][4];
};

struct operation {
	be32 id;
	be32 len;
	uint8_t client;
	uint8_t flags;
	be16 unused;
};

_Static_assert(sizeof(struct record) == 324, "as the format has it");
_Static_assert(sizeof(struct more_words) == 260, "as the format has it");

/* Machines of 64 bits have 4 bytes more in the checksum than others. */
#define RECORD_SIZE_64 328

#define FLAG_UNMOUNT 0x20

/* Some sectors of the ring, which may go on at its start. */
static int read_ring(const struct xfs_log *log, uint32_t at, uint32_t count,
	uint8_t *to, struct error *err)
{
	uint32_t first = count < log->sectors - at ? count : log->sectors - at;
	uint64_t pos = log->begin + (uint64_t)at * XFS_SECTOR;

	if (volume_read(log->xfs->vol, pos, to, (size_t)first * XFS_SECTOR,
		    err) < 0)
		return -1;
	if (first == count)
		return 0;
	return volume_read(log->xfs->vol, log->begin,
		to + (size_t)first * XFS_SECTOR,
		(size_t)(count - first) * XFS_SECTOR, err);
}

static uint32_t advance(const struct xfs_log *log, uint32_t at, uint32_t count)
{
	return (uint32_t)(((uint64_t)at + count) % log->sectors);
}

/* How far it is from one sector to another behind it: less than a turn. */
static uint32_t distance(const struct xfs_log *log, uint32_t from, uint32_t to)
{
	return to >= from ? to - from : log->sectors - from + to;
}

/* The turn in which a sector was written; 0: never. */
static uint32_t turn_in(const uint8_t *sector)
{
	const struct record *record = (const void *)sector;
	uint32_t first = be32_get(record->magic);

	return first == RECORD_MAGIC ? be32_get(record->turn) : first;
}

static int read_turn(const struct xfs_log *log, uint32_t at, uint32_t *turn,
	struct error *err)
{
	uint8_t sector[XFS_SECTOR];

	if (read_ring(log, at, 1, sector, err) < 0)
		return -1;
	*turn = turn_in(sector);
	return 0;
}

/* The first sector of the last turn but one, or the ring's end. */
static int find_head(struct xfs_log *log, struct error *err)
{
	uint32_t low = 0, high = log->sectors, first, last, turn, middle;

	log->head = 0;
	if (read_turn(log, 0, &first, err) < 0 ||
		read_turn(log, log->sectors - 1, &last, err) < 0)
		return -1;
	if (last == first)
		return 0;
	while (high - low > 1) {
		middle = low + (high - low) / 2;
		if (read_turn(log, middle, &turn, err) < 0)
			return -1;
		if (turn == first)
			low = middle;
		else
			high = middle;
	}
	log->head = high;
	return 0;
}

/* Sectors of a record's header, and of what is behind. */
static bool count_sectors(
	const struct record *record, uint32_t *heads, uint32_t *data)
{
	uint32_t len = be32_get(record->len), size = be32_get(record->size);

	*heads = 1;
	if (be32_get(record->version) == 2 && size > XFS_HEADER_PER)
		*heads = (size - 1) / XFS_HEADER_PER + 1;
	*data = (len + XFS_SECTOR - 1) / XFS_SECTOR;
	return len <= XFS_RECORD_MAX && *heads <= XFS_HEADERS_MAX &&
		(*data + WORDS - 1) / WORDS <= *heads;
}

/* The last record that begins in front of that sector: 1, or 0 if none does. */
static int find_before(const struct xfs_log *log, uint32_t behind, uint32_t *at,
	uint8_t *sector, struct error *err)
{
	const struct record *record = (const void *)sector;
	uint32_t i;

	*at = behind;
	for (i = 0; i < XFS_RECORD_SECTORS_MAX && i < log->sectors; i++) {
		*at = *at == 0 ? log->sectors - 1 : *at - 1;
		if (read_ring(log, *at, 1, sector, err) < 0)
			return -1;
		if (be32_get(record->magic) == RECORD_MAGIC)
			return 1;
	}
	return 0;
}

static bool log_open(struct xfs_log *log, struct error *err)
{
	const struct xfs *xfs = log->xfs;

	log->sectors = xfs->log_sectors;
	if (log->sectors == 0) {
		error_set(err, ERR_CORRUPT, "it has no sectors");
		return false;
	}
	return xfs_block_pos(xfs, xfs->log_block,
		       log->sectors >> (xfs->block_log - 9), &log->begin,
		       err) == 0;
}

/* Is the record there, up to the head, of an unmount? */
static bool is_unmount(
	const struct xfs_log *log, uint32_t at, const struct record *record)
{
	const struct operation *operation;
	uint8_t sector[XFS_SECTOR];
	uint32_t heads, data;
	struct error err;

	if (!count_sectors(record, &heads, &data) ||
		heads + data != distance(log, at, log->head % log->sectors) ||
		be32_get(record->operations) != 1 ||
		read_ring(log, advance(log, at, heads), 1, sector, &err) < 0)
		return false;
	operation = (const void *)sector;
	return operation->flags & FLAG_UNMOUNT;
}

bool xfs_log_is_clean(const struct xfs *xfs)
{
	struct xfs_log log = { .xfs = xfs };
	uint8_t sector[XFS_SECTOR];
	struct error err;
	uint32_t at;

	if (!log_open(&log, &err) || read_turn(&log, 0, &at, &err) < 0)
		return false;
	/* written by nobody yet */
	if (at == 0)
		return true;
	return find_head(&log, &err) == 0 &&
		find_before(&log, log.head, &at, sector, &err) == 1 &&
		is_unmount(&log, at, (const void *)sector);
}

/* Sectors that may be written at the same time, by the last header. */
static int count_flight(
	const struct xfs_log *log, uint32_t *span, struct error *err)
{
	const struct record *record = (const void *)log->header;
	uint32_t at, size = XFS_RECORD_MAX;
	int r = find_before(log, log->head, &at, log->header, err);

	if (r < 0)
		return -1;
	if (r == 1 && be32_get(record->size) < size)
		size = be32_get(record->size);
	if (size < XFS_HEADER_PER)
		size = XFS_HEADER_PER;
	*span = FLIGHT_MAX * (size / XFS_SECTOR + XFS_HEADERS_MAX);
	if (*span > log->sectors)
		*span = log->sectors;
	return 0;
}

/*
 * Of what was being written when the machine stopped, a later sector may have
 * arrived and an earlier not: that one still is of the turn before.
 */
static int mend_head(struct xfs_log *log, struct error *err)
{
	const uint32_t most = XFS_RECORD_MAX / XFS_SECTOR;
	uint32_t last = advance(log, log->head, log->sectors - 1);
	uint32_t span, from, count, turn, i, before;

	if (read_turn(log, last, &turn, err) < 0 ||
		count_flight(log, &span, err) < 0)
		return -1;
	from = advance(log, log->head, log->sectors - span);
	for (; span > 0; span -= count, from = advance(log, from, count)) {
		count = span < most ? span : most;
		if (read_ring(log, from, count, log->data, err) < 0)
			return -1;
		for (i = 0; i < count; i++) {
			before = advance(log, from, i) > last ? turn - 2
							      : turn - 1;
			if (turn_in(log->data + (size_t)i * XFS_SECTOR) !=
				before)
				continue;
			log->head = advance(log, from, i);
			return 0;
		}
	}
	return 0;
}

/* A record into header and data, with its own words in their places. */
static int read_record(struct xfs_log *log, const struct xfs_record *place,
	uint32_t *sectors, struct error *err)
{
	const struct record *record = (const void *)log->header;
	uint32_t heads, data;

	if (read_ring(log, place->at, 1, log->header, err) < 0)
		return -1;
	if (be32_get(record->magic) != RECORD_MAGIC ||
		be32_get(record->turn) != place->turn ||
		!count_sectors(record, &heads, &data) ||
		heads + data > log->sectors)
		return error_set(err, ERR_CORRUPT, "damaged header");
	if (be32_get(record->format) != FORMAT_LITTLE)
		return error_set(err, ERR_UNSUPPORTED,
			"written by another kind of machine");
	/* the first of them is not read again: it was checked (promise P14) */
	if ((heads > 1 &&
		    read_ring(log, advance(log, place->at, 1), heads - 1,
			    log->header + XFS_SECTOR, err) < 0) ||
		read_ring(log, advance(log, place->at, heads), data, log->data,
			err) < 0)
		return -1;
	log->len = be32_get(record->len);
	log->lsn = be64_get(record->lsn);
	log->ops = be32_get(record->operations);
	*sectors = heads + data;
	return 0;
}

static bool sum_is(const struct xfs_log *log, size_t record_size)
{
	static const uint8_t zeros[4];
	const struct record *record = (const void *)log->header;
	const size_t at = offsetof(struct record, crc);
	uint32_t crc = crc32c(~0U, log->header, at), i;

	crc = crc32c(crc, zeros, sizeof(zeros));
	crc = crc32c(crc, log->header + at + sizeof(zeros),
		record_size - at - sizeof(zeros));
	for (i = 1; i * XFS_HEADER_PER < log->len; i++)
		crc = crc32c(crc, log->header + (size_t)i * XFS_SECTOR,
			sizeof(struct more_words));
	return le32_get(record->crc) == ~crc32c(crc, log->data, log->len);
}

/* 0 means that there is none: old kernels, and mkfs. */
static bool sum_is_right(const struct xfs_log *log)
{
	const struct record *record = (const void *)log->header;

	return le32_get(record->crc) == 0 || sum_is(log, RECORD_SIZE_64) ||
		sum_is(log, sizeof(*record));
}

int xfs_log_load(struct xfs_log *log, size_t number, struct error *err)
{
	const struct record *record = (const void *)log->header;
	const struct more_words *more;
	uint32_t sectors, i;

	if (log->loaded == number)
		return 0;
	log->loaded = SIZE_MAX;
	if (read_record(log, &log->records[number], &sectors, err) < 0)
		return -1;
	for (i = 0; i * XFS_SECTOR < log->len; i++) {
		more = (const void *)(log->header +
			(size_t)i / WORDS * XFS_SECTOR);
		memcpy(log->data + (size_t)i * XFS_SECTOR,
			i < WORDS ? record->words[i] : more->words[i % WORDS],
			4);
	}
	log->loaded = number;
	return 0;
}

static int add_record(
	struct xfs_log *log, const struct xfs_record *record, struct error *err)
{
	struct xfs_record *list = arena_grow(log->arena, log->records,
		log->count, &log->capacity, sizeof(*list), err);

	if (!list)
		return -1;
	log->records = list;
	list[log->count++] = *record;
	return 0;
}

/* Is the record so far in front of the head one of the last? */
static bool is_in_flight(const struct xfs_log *log, uint32_t left)
{
	uint8_t sector[XFS_SECTOR];
	uint32_t at = log->head, i;
	struct error err;

	for (i = 0; i < FLIGHT_MAX; i++) {
		if (find_before(log, at, &at, sector, &err) != 1)
			return false;
		if (distance(log, at, log->head) >= left)
			return true;
	}
	return false;
}

/*
 * Note all records from the tail to the head.  1: one is broken that may have
 * been in flight, and now the head is there.
 */
static int take_records(struct xfs_log *log, uint64_t tail, struct error *err)
{
	struct xfs_record at = { (uint32_t)tail, (uint32_t)(tail >> 32) };
	uint32_t left, n;
	bool sound;

	log->count = 0;
	if (at.at >= log->sectors)
		return error_set(err, ERR_CORRUPT,
			"its tail is sector %" PRIu32 " of %" PRIu32, at.at,
			log->sectors);
	left = distance(log, at.at, log->head);
	if (left > REPLAY_MAX / XFS_SECTOR)
		return error_set(err, ERR_LIMIT,
			"more than %" PRIu32 " MiB are to be replayed",
			REPLAY_MAX >> 20);
	for (; left > 0; left -= n) {
		sound = read_record(log, &at, &n, err) == 0;
		if (sound && (n > left || !sum_is_right(log))) {
			error_set(err, ERR_CORRUPT, "damaged record");
			sound = false;
		}
		if (!sound && log->count > 0 && is_in_flight(log, left)) {
			log->head = at.at;
			return 1;
		}
		if (!sound)
			return error_in(err, "sector %" PRIu32, at.at);
		if (add_record(log, &at, err) < 0)
			return -1;
		at.turn += at.at + n >= log->sectors;
		at.at = advance(log, at.at, n);
	}
	return 0;
}

/* The last record, which has to end at the head or is not whole. */
static int find_tail(struct xfs_log *log, uint64_t *tail, struct error *err)
{
	uint8_t sector[XFS_SECTOR];
	const struct record *record = (const void *)sector;
	uint32_t tries, at, heads, data;
	int r;

	for (tries = 0; tries <= FLIGHT_MAX; tries++) {
		r = find_before(log, log->head, &at, sector, err);
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		if (count_sectors(record, &heads, &data) &&
			heads + data == distance(log, at, log->head)) {
			*tail = be64_get(record->tail_lsn);
			return 0;
		}
		log->head = at;
	}
	return error_set(err, ERR_CORRUPT, "no whole record at its end");
}

int xfs_log_find_records(struct xfs_log *log, struct error *err)
{
	unsigned int tries;
	uint64_t tail;
	int r = 1;

	log->loaded = SIZE_MAX;
	log->header = arena_array(log->arena, XFS_HEADERS_MAX, XFS_SECTOR, err);
	log->data = arena_alloc(log->arena, XFS_RECORD_MAX, err);
	log->item = arena_alloc(log->arena, XFS_ITEM_MAX, err);
	if (!log->header || !log->data || !log->item || !log_open(log, err) ||
		find_head(log, err) < 0)
		return -1;
	log->head %= log->sectors;
	if (mend_head(log, err) < 0)
		return -1;
	for (tries = 0; r == 1 && tries <= FLIGHT_MAX; tries++) {
		if (find_tail(log, &tail, err) < 0)
			return -1;
		r = take_records(log, tail, err);
	}
	return r == 1 ? error_set(err, ERR_CORRUPT, "no whole record") : r;
}
