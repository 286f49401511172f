/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fat_entries.c - a directory as a row of entries of 32 bytes
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "fsdrivers/fat.h"
#include "src/base/calendar.h"

/* piece need not be cleared, and that would cost more than the search. */
void fat_entries_start(struct fat_entries *entries, struct fat *fat,
	const struct fat_chain *chain, uint32_t most)
{
	memset(entries, 0, offsetof(struct fat_entries, piece));
	entries->fat = fat;
	entries->chain = *chain;
	entries->most = most;
}

static int next_run(struct fat_entries *entries, struct error *err)
{
	uint32_t size = entries->fat->cluster_size;
	struct fat_run run;
	int r;

	if (entries->fixed)
		return 0;
	r = fat_chain_next(entries->fat, &entries->chain,
		size < FAT_ENTRIES_PIECE ? FAT_ENTRIES_PIECE / size : 1, &run,
		err);
	if (r <= 0)
		return r;
	entries->next = fat_cluster_at(entries->fat, run.cluster);
	entries->left = run.count * size;
	return 1;
}

/* Read on: 1, or 0 at the end of the directory. */
static int next_piece(struct fat_entries *entries, struct error *err)
{
	uint32_t len = FAT_ENTRIES_PIECE;
	int r;

	if (entries->left == 0) {
		r = next_run(entries, err);
		if (r <= 0)
			return r;
	}
	if (entries->read >= entries->most)
		return error_set(err, ERR_LIMIT,
			"a directory of more than %" PRIu32 " bytes",
			entries->most);
	if (len > entries->left)
		len = entries->left;
	if (volume_read(entries->fat->vol, entries->next, entries->piece, len,
		    err) < 0)
		return -1;
	entries->at = entries->next;
	entries->pos = 0;
	entries->len = len;
	entries->next += len;
	entries->left -= len;
	entries->read += len;
	return 1;
}

int fat_entries_next(
	struct fat_entries *entries, const void **entry, struct error *err)
{
	int r;

	if (entries->pos == entries->len) {
		r = next_piece(entries, err);
		if (r <= 0)
			return r;
	}
	*entry = entries->piece + entries->pos;
	entries->pos += FAT_ENTRY_SIZE;
	return 1;
}

int64_t fat_time(unsigned int date, unsigned int time)
{
	const struct calendar when = {
		.year = 1980 + (date >> 9),
		.month = date >> 5 & 15,
		.day = date & 31,
		.hour = time >> 11,
		.minute = time >> 5 & 63,
		.second = (time & 31) * 2,
	};

	return calendar_seconds(&when);
}
