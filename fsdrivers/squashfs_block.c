/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/squashfs.h"
#include "src/base/checked.h"

#define METADATA_AS_IS 0x8000 /* of its header: not compressed */
#define METADATA_SIZE_MASK 0x7fff

static bool is_from(
	const struct squashfs_kept *slot, const struct squashfs_stored *stored)
{
	return slot->len > 0 && slot->from.pos == stored->pos &&
		slot->from.raw == stored->raw;
}

/* The slot that holds what is stored there, or else the one used longest ago */
static struct squashfs_kept *find_slot(struct squashfs *sq,
	struct squashfs_kept *slots, size_t count,
	const struct squashfs_stored *stored)
{
	struct squashfs_kept *slot, *oldest = slots;

	for (slot = slots; slot < slots + count; slot++) {
		if (is_from(slot, stored))
			break;
		if (slot->used < oldest->used)
			oldest = slot;
	}
	if (slot == slots + count)
		slot = oldest;
	slot->used = ++sq->clock;
	return slot;
}

/* Make the slot empty, with room. */
static int clear_slot(struct squashfs *sq, struct squashfs_kept *slot,
	size_t size, struct error *err)
{
	slot->len = 0;
	if (!slot->data)
		slot->data = arena_alloc(sq->arena, size, err);
	return slot->data ? 0 : -1;
}

/* Fill a slot with the size bytes behind the header of a metadata block. */
static int load_metadata(struct squashfs *sq, struct squashfs_kept *slot,
	uint64_t pos, uint32_t header, struct error *err)
{
	uint8_t packed[SQUASHFS_METADATA_SIZE];
	size_t size = header & METADATA_SIZE_MASK, len = size;

	if (header & METADATA_AS_IS)
		return volume_read(sq->vol, pos + 2, slot->data, size, err) < 0
			? -1
			: (int)len;
	if (volume_read(sq->vol, pos + 2, packed, size, err) < 0)
		return -1;
	if (unpack(sq->method, (struct bytes){ packed, size }, slot->data,
		    SQUASHFS_METADATA_SIZE, &len, err) < 0)
		return -1;
	if (len == 0)
		return error_set(err, ERR_CORRUPT, "holds nothing");
	return (int)len;
}

/* Read the metadata block at pos, the header of which lies before end. */
static int read_metadata(struct squashfs *sq, struct squashfs_kept *slot,
	uint64_t pos, uint64_t end, struct error *err)
{
	uint32_t header, size;
	le16 raw;
	int len;

	if (clear_slot(sq, slot, SQUASHFS_METADATA_SIZE, err) < 0)
		return -1;
	if (volume_read(sq->vol, pos, &raw, sizeof(raw), err) < 0)
		return -1;
	header = le16_get(raw);
	size = header & METADATA_SIZE_MASK;
	if (size == 0 || size > SQUASHFS_METADATA_SIZE)
		return error_set(
			err, ERR_CORRUPT, "a size of %" PRIu32 " bytes", size);
	if (!range_inside(pos + sizeof(raw), size, end))
		return error_set(err, ERR_CORRUPT,
			"its %" PRIu32
			" bytes reach beyond the table's end (0x%" PRIx64 ")",
			size, end);
	len = load_metadata(sq, slot, pos, header, err);
	if (len < 0)
		return -1;
	slot->from = (struct squashfs_stored){ pos, 0 };
	slot->next = pos + sizeof(raw) + size;
	slot->len = (uint32_t)len;
	return 0;
}

static const struct squashfs_kept *get_metadata(
	struct squashfs *sq, uint64_t pos, uint64_t end, struct error *err)
{
	const struct squashfs_stored stored = { pos, 0 };
	struct squashfs_kept *slot;

	if (!range_inside(pos, sizeof(le16), end)) {
		error_set(err, ERR_CORRUPT,
			"a metadata block at 0x%" PRIx64
			" would lie beyond the table's end (0x%" PRIx64 ")",
			pos, end);
		return NULL;
	}
	slot = find_slot(sq, sq->metadata, SQUASHFS_METADATA_KEPT, &stored);
	if (is_from(slot, &stored))
		return slot;
	if (read_metadata(sq, slot, pos, end, err) < 0) {
		error_in(err, "metadata block at 0x%" PRIx64, pos);
		return NULL;
	}
	return slot;
}

int squashfs_table_read(struct squashfs *sq, struct squashfs_at *at,
	uint64_t end, void *buf, uint64_t len, struct error *err)
{
	const struct squashfs_kept *block;
	uint8_t *to = buf;
	uint64_t n;

	for (; len > 0; at->off += n, len -= n) {
		block = get_metadata(sq, at->block, end, err);
		if (!block)
			return -1;
		if (at->off > block->len)
			return error_set(err, ERR_CORRUPT,
				"the metadata block at 0x%" PRIx64
				" has %" PRIu32 " bytes, and %" PRIu64
				" are to be skipped",
				at->block, block->len, at->off);
		n = block->len - at->off;
		if (n == 0)
			*at = (struct squashfs_at){ block->next, 0 };
		if (n > len)
			n = len;
		if (to && n > 0) {
			memcpy(to, block->data + at->off, n);
			to += n;
		}
	}
	return 0;
}

static int read_block(struct squashfs *sq, struct squashfs_kept *slot,
	const struct squashfs_stored *stored, struct error *err)
{
	uint32_t size = stored->raw & SQUASHFS_SIZE_MASK;
	size_t len;

	/* one that would not get smaller is stored as it is */
	if (size == 0 || size > sq->block_size)
		return error_set(
			err, ERR_CORRUPT, "a size of %" PRIu32 " bytes", size);
	if (!sq->packed)
		sq->packed = arena_alloc(sq->arena, sq->block_size, err);
	if (!sq->packed || clear_slot(sq, slot, sq->block_size, err) < 0)
		return -1;
	if (volume_read(sq->vol, stored->pos, sq->packed, size, err) < 0 ||
		unpack(sq->method, (struct bytes){ sq->packed, size },
			slot->data, sq->block_size, &len, err) < 0)
		return -1;
	if (len == 0)
		return error_set(err, ERR_CORRUPT, "holds nothing");
	slot->from = *stored;
	slot->len = (uint32_t)len;
	return 0;
}

const struct squashfs_kept *squashfs_block(struct squashfs *sq,
	const struct squashfs_stored *stored, struct error *err)
{
	struct squashfs_kept *slot =
		find_slot(sq, sq->blocks, SQUASHFS_BLOCKS_KEPT, stored);

	if (is_from(slot, stored))
		return slot;
	if (read_block(sq, slot, stored, err) < 0) {
		error_in(err, "block at 0x%" PRIx64, stored->pos);
		return NULL;
	}
	return slot;
}
