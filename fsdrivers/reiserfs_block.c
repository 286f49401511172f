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

const uint8_t *reiserfs_block(
	struct reiserfs *rs, uint32_t block, struct error *err)
{
	const uint8_t *data = NULL;

	if (block == 0 || block >= rs->blocks)
		error_set(err, ERR_CORRUPT, "lies outside the file system");
	else
		data = blockcache_get(
			&rs->cache, reiserfs_block_at(rs, block), err);
	if (!data)
		error_in(err, "block %" PRIu32, block);
	return data;
}
