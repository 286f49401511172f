/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_log.c - is the log clean?
 *
 * The log is a ring of sectors.  Each begins with the number of the turn in
 * which it was written, so where that changes is where writing would go on,
 * and a search by halves finds it.  The log is clean if what was written last
 * is the record of an unmount.
 */
#include "fsdrivers/xfs.h"

#define SECTOR 512
#define RECORD_MAGIC 0xfeedbabe

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
	uint8_t unused[276];
	be32 size; /* most bytes of a record */
};

struct operation {
	be32 id;
	be32 len;
	uint8_t client;
	uint8_t flags;
	be16 unused;
};

_Static_assert(sizeof(struct record) == 324, "as the format has it");

#define FLAG_UNMOUNT 0x20
#define HEADER_PER 32768  /* bytes of a record, another sector of header */
#define RECORD_MAX 262144 /* bytes, as Linux has it */
#define RECORD_SECTORS_MAX                                                     \
	((RECORD_MAX + RECORD_MAX / HEADER_PER * SECTOR) / SECTOR)

struct log {
	struct volume *vol;
	uint64_t begin; /* bytes */
	uint32_t sectors;
	bool failed; /* to be read */
	uint8_t data[SECTOR];
};

static const struct record *read_sector(struct log *log, uint32_t sector)
{
	struct error err;
	uint64_t pos = log->begin + (uint64_t)sector * SECTOR;

	if (volume_read(log->vol, pos, log->data, SECTOR, &err) < 0)
		log->failed = true;
	return (const void *)log->data;
}

/* The turn in which a sector was written; 0: never. */
static uint32_t turn_of(struct log *log, uint32_t sector)
{
	const struct record *record = read_sector(log, sector);
	uint32_t first = be32_get(record->magic);

	return first == RECORD_MAGIC ? be32_get(record->turn) : first;
}

/* The first sector of the last turn but one, or the ring's end. */
static uint32_t find_head(struct log *log)
{
	uint32_t turn = turn_of(log, 0), low = 0, high = log->sectors, middle;

	if (turn_of(log, log->sectors - 1) == turn)
		return 0;
	while (high - low > 1 && !log->failed) {
		middle = low + (high - low) / 2;
		if (turn_of(log, middle) == turn)
			low = middle;
		else
			high = middle;
	}
	return high;
}

/* Is the record there, so many sectors before the head, of an unmount? */
static bool is_unmount(struct log *log, uint32_t at, uint32_t distance)
{
	const struct record *record = read_sector(log, at);
	uint32_t len = be32_get(record->len), size = be32_get(record->size);
	uint32_t operations = be32_get(record->operations), heads = 1;
	const struct operation *operation = (const void *)log->data;

	if (be32_get(record->version) == 2 && size > HEADER_PER)
		heads = (size - 1) / HEADER_PER + 1;
	if (len > RECORD_MAX || heads > RECORD_SECTORS_MAX ||
		heads + (len + SECTOR - 1) / SECTOR != distance ||
		operations != 1)
		return false;
	read_sector(log, (uint32_t)(((uint64_t)at + heads) % log->sectors));
	return !log->failed && (operation->flags & FLAG_UNMOUNT);
}

bool xfs_log_is_clean(const struct xfs *xfs)
{
	struct log log = { .vol = xfs->vol, .sectors = xfs->log_sectors };
	uint32_t head, at, distance;
	struct error err;

	if (log.sectors == 0 ||
		xfs_block_pos(xfs, xfs->log_block,
			log.sectors >> (xfs->block_log - 9), &log.begin,
			&err) < 0)
		return false;
	/* written by nobody yet */
	if (turn_of(&log, 0) == 0)
		return !log.failed;
	head = at = find_head(&log);
	for (distance = 1; distance <= RECORD_SECTORS_MAX; distance++) {
		at = at == 0 ? log.sectors - 1 : at - 1;
		if (be32_get(read_sector(&log, at)->magic) == RECORD_MAGIC)
			return is_unmount(&log, at, distance);
		if (log.failed || at == head)
			break;
	}
	return false;
}
