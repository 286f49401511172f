/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "fsdrivers/reiserfs.h"

uint64_t reiserfs_block_at(const struct reiserfs *rs, uint32_t block)
{
	size_t low = 0, high = rs->logged_count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (rs->logged[middle].block < block)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < rs->logged_count && rs->logged[low].block == block)
		block = rs->logged[low].copy;
	return (uint64_t)block * rs->block_size;
}

/* The slot with that block, or the one to put it in. */
static struct reiserfs_kept *find_kept(struct reiserfs *rs, uint32_t block)
{
	struct reiserfs_kept *oldest = &rs->kept[0];
	int i;

	for (i = 0; i < REISERFS_BLOCKS_KEPT; i++) {
		if (rs->kept[i].block == block)
			return &rs->kept[i];
		/* also right when the clock has begun anew */
		if (rs->clock - rs->kept[i].used > rs->clock - oldest->used)
			oldest = &rs->kept[i];
	}
	return oldest;
}

static int load(struct reiserfs *rs, struct reiserfs_kept *kept, uint32_t block,
	struct error *err)
{
	if (block == 0 || block >= rs->blocks)
		return error_set(
			err, ERR_CORRUPT, "lies outside the file system");
	if (!kept->data)
		kept->data = arena_alloc(rs->arena, rs->block_size, err);
	if (!kept->data)
		return -1;
	kept->block = 0;
	if (volume_read(rs->vol, reiserfs_block_at(rs, block), kept->data,
		    rs->block_size, err) < 0)
		return -1;
	kept->block = block;
	return 0;
}

const uint8_t *reiserfs_block(
	struct reiserfs *rs, uint32_t block, struct error *err)
{
	struct reiserfs_kept *kept = find_kept(rs, block);

	if ((kept->block != block || block == 0) &&
		load(rs, kept, block, err) < 0) {
		error_in(err, "block %" PRIu32, block);
		return NULL;
	}
	kept->used = ++rs->clock;
	return kept->data;
}
