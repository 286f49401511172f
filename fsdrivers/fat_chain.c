/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fat_chain.c - the file allocation table: which cluster follows which
 *
 * A chain may lead anywhere, back to itself too.  Such a loop contains a jump,
 * for clusters that follow each other only rise; so it is enough to remember
 * one place jumped to, at ever longer distances (Brent's algorithm): a loop is
 * found before it was gone round twice, and a chain in one piece costs nothing.
 */
#include <inttypes.h>

#include "fsdrivers/fat.h"
#include "src/base/checked.h"

/* Read the piece of the table with the entry of a cluster that exists. */
static int load_piece(struct fat *fat, uint32_t cluster, struct error *err)
{
	uint32_t most = FAT_PIECE_ENTRIES_12, first, count;
	uint64_t at;
	size_t len;

	if (fat->bits != 12)
		most = 4096 * 8 / fat->bits;
	first = cluster - cluster % most;
	count = fat->clusters + 2 - first;
	if (count > most)
		count = most;
	at = fat->table + (uint64_t)first * fat->bits / 8;
	len = ((size_t)count * fat->bits + 7) / 8;
	fat->piece_count = 0;
	if (!fat->piece)
		fat->piece = arena_alloc(fat->arena, FAT_PIECE_MAX, err);
	if (!fat->piece)
		return -1;
	if (volume_read(fat->vol, at, fat->piece, len, err) < 0)
		return error_in(err, "allocation table");
	fat->piece_first = first;
	fat->piece_count = count;
	return 0;
}

/* What stands in the table for a cluster that exists. */
static int get_entry(
	struct fat *fat, uint32_t cluster, uint32_t *entry, struct error *err)
{
	uint32_t i = cluster - fat->piece_first;
	const uint8_t *at;

	/* below piece_first the difference is large */
	if (i >= fat->piece_count) {
		if (load_piece(fat, cluster, err) < 0)
			return -1;
		i = cluster - fat->piece_first;
	}
	if (fat->bits == 32) {
		at = fat->piece + (size_t)i * 4;
		*entry = le32_get(*(const le32 *)(const void *)at) & fat->mask;
	} else if (fat->bits == 16) {
		at = fat->piece + (size_t)i * 2;
		*entry = le16_get(*(const le16 *)(const void *)at);
	} else {
		at = fat->piece + i + i / 2;
		*entry = le16_get(*(const le16 *)(const void *)at);
		*entry = i % 2 ? *entry >> 4 : *entry & 0xfff;
	}
	return 0;
}

/* The cluster behind another: 1, or 0 at the end of the chain. */
static int follow(
	struct fat *fat, uint32_t cluster, uint32_t *next, struct error *err)
{
	uint32_t entry;

	if (get_entry(fat, cluster, &entry, err) < 0)
		return -1;
	if (entry >= fat->end)
		return 0;
	if (entry == fat->end - 1)
		return error_set(err, ERR_CORRUPT,
			"cluster %" PRIu32 " leads to one marked as bad",
			cluster);
	if (entry == 0)
		return error_set(err, ERR_CORRUPT,
			"cluster %" PRIu32 " is marked as free", cluster);
	if (entry < 2 || entry - 2 >= fat->clusters)
		return error_set(err, ERR_CORRUPT,
			"cluster %" PRIu32 " leads to %" PRIu32
			", which does not exist",
			cluster, entry);
	*next = entry;
	return 1;
}

static int start(struct fat *fat, struct fat_chain *chain, uint32_t *cluster,
	struct error *err)
{
	if (chain->first < 2 || chain->first - 2 >= fat->clusters)
		return error_set(err, ERR_CORRUPT,
			"begins at cluster %" PRIu32 ", which does not exist",
			chain->first);
	chain->mark = chain->first;
	chain->jumps = 0;
	chain->mark_after = 1;
	*cluster = chain->first;
	return 1;
}

static int jump(struct fat_chain *chain, uint32_t cluster, struct error *err)
{
	if (cluster == chain->mark)
		return error_set(err, ERR_CORRUPT,
			"the chain of clusters comes back to cluster %" PRIu32,
			cluster);
	if (++chain->jumps == chain->mark_after) {
		chain->mark = cluster;
		chain->jumps = 0;
		chain->mark_after *=
			2; /* no 2^32 jumps: so many clusters do not exist */
	}
	return 1;
}

/*
 * How many clusters behind this one follow it in sequence, as far as the piece
 * at hand tells, at most "most".  Disks of some hundred MiB have clusters of
 * 512 bytes, so there are a hundred thousand in a ramdisk, mostly in sequence.
 */
static uint32_t count_rising(
	const struct fat *fat, uint32_t cluster, uint32_t most)
{
	const le32 *wide = (const void *)fat->piece;
	const le16 *narrow = (const void *)fat->piece;
	uint32_t from = cluster - fat->piece_first, i = from;
	uint32_t end = fat->piece_count;

	if (from >= end)
		return 0;
	/* what the last cluster leads to has to be judged by follow() */
	if (end > fat->clusters + 1 - fat->piece_first)
		end = fat->clusters + 1 - fat->piece_first;
	if (end - from > most)
		end = from + most;
	if (fat->bits == 32)
		while (i < end && (le32_get(wide[i]) & fat->mask) == ++cluster)
			i++;
	else if (fat->bits == 16)
		while (i < end && le16_get(narrow[i]) == ++cluster)
			i++;
	return i - from;
}

/* The next of those that follow the first. */
static int next_together(const struct fat *fat, struct fat_chain *chain,
	uint32_t most, struct fat_run *run, struct error *err)
{
	uint32_t count = chain->together - chain->seen;

	if (chain->first < 2 ||
		!range_inside(chain->first - 2, chain->together, fat->clusters))
		return error_set(err, ERR_CORRUPT,
			"%" PRIu32 " clusters from %" PRIu32
			" on, of which not all exist",
			chain->together, chain->first);
	if (count == 0)
		return 0;
	if (count > most)
		count = most;
	*run = (struct fat_run){ chain->first + chain->seen, chain->seen,
		count };
	chain->seen += count;
	return 1;
}

int fat_chain_next(struct fat *fat, struct fat_chain *chain, uint32_t most,
	struct fat_run *run, struct error *err)
{
	uint32_t cluster, next = 0, count = 1;
	int r;

	if (chain->together > 0)
		return next_together(fat, chain, most, run, err);
	if (chain->last == 0)
		r = start(fat, chain, &cluster, err);
	else
		r = follow(fat, chain->last, &cluster, err);
	if (r > 0 && chain->last != 0 && cluster != chain->last + 1)
		r = jump(chain, cluster, err);
	if (r <= 0)
		return r;
	for (;;) {
		count += count_rising(fat, cluster + count - 1, most - count);
		if (count == most)
			break;
		r = follow(fat, cluster + count - 1, &next, err);
		if (r < 0)
			return -1;
		if (r == 0 || next != cluster + count)
			break;
		count++;
	}
	*run = (struct fat_run){ cluster, chain->seen, count };
	chain->seen += count;
	chain->last = cluster + count - 1;
	return 1;
}

int fat_chain_finish(
	struct fat *fat, const struct fat_chain *chain, struct error *err)
{
	struct fat_chain rest = *chain;
	struct fat_run run;
	int r;

	do {
		r = fat_chain_next(fat, &rest, UINT32_MAX, &run, err);
	} while (r > 0);
	return r;
}
