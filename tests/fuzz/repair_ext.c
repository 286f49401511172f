/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repair_ext.c - checksums of ext4 with metadata_csum, and of its journal
 *
 * All are CRC-32C, which begin with that of the file system's UUID and, for
 * what belongs to an inode, go on with its number and generation.
 */
#include "src/base/crc32c.h"
#include "tests/fuzz/repair.h"

#define SUPER 1024
#define INODES_MAX 4096 /* the first, in all groups together */
#define GROUPS_MAX 64
#define NODES_MAX 256 /* of one inode's tree */
#define DEPTH_MAX 5

#define LOG_MAX 4096 /* blocks of the journal */

#define METADATA_CSUM 0x400
#define FLAG_EXTENTS 0x80000
#define FLAG_INLINE 0x10000000
#define FLAG_INDEX 0x1000

struct ext_image {
	const struct flat *flat;
	uint8_t *super;
	uint32_t seed;
	size_t block_size;
	size_t desc_size;
	size_t inode_size;
	unsigned int nodes_left;
};

/* What belongs to an inode */
struct owner {
	uint32_t seed;
	bool is_dir;
	bool has_index;
};

static uint32_t sum_le32(uint32_t crc, uint64_t number)
{
	uint8_t bytes[4];

	put_le(bytes, 4, number);
	return crc32c(crc, bytes, 4);
}

static uint8_t *block_at(const struct ext_image *ext, uint64_t number)
{
	if (number == 0 || number > ext->flat->size / ext->block_size)
		return NULL;
	return flat_at(ext->flat, number * ext->block_size, ext->block_size);
}

/* An index has its sum behind the last entry there is room for. */
static void repair_index(
	const struct ext_image *ext, const struct owner *owner, uint8_t *block)
{
	size_t at = get_le(block + 4, 2) == ext->block_size ? 8 : 32, tail;
	uint64_t limit = get_le(block + at, 2);
	uint64_t count = get_le(block + at + 2, 2);
	uint32_t crc;

	tail = at + limit * 8;
	if (count > limit || tail > ext->block_size - 8)
		return;
	crc = crc32c(owner->seed, block, at + count * 8);
	crc = crc32c(crc, block + tail, 4);
	put_le(block + tail + 4, 4, sum_le32(crc, 0));
}

static void repair_dir_block(
	const struct ext_image *ext, const struct owner *owner, uint64_t number)
{
	uint8_t *block = block_at(ext, number), *tail;
	size_t len = ext->block_size - 12;

	if (!block || !owner->is_dir)
		return;
	tail = block + len;
	if (get_le(tail, 4) == 0 && get_le(tail + 4, 2) == 12 &&
		get_le(tail + 6, 2) == 0xde00)
		put_le(tail + 8, 4, crc32c(owner->seed, block, len));
	else if (owner->has_index)
		repair_index(ext, owner, block);
}

static void repair_extents(struct ext_image *ext, const struct owner *owner,
	uint8_t *node, size_t size, unsigned int depth)
{
	uint64_t entries = get_le(node + 2, 2), max = get_le(node + 4, 2);
	uint8_t *entry = node + 12, *child;
	uint64_t len, i;

	if (get_le(node, 2) != 0xf30a || entries > (size - 12) / 12)
		return;
	for (; entries > 0 && ext->nodes_left > 0; entries--, entry += 12) {
		ext->nodes_left--;
		if (depth == 0 || get_le(node + 6, 2) == 0) {
			len = get_le(entry + 4, 2);
			for (i = 0; i < len && i < NODES_MAX; i++)
				repair_dir_block(
					ext, owner, get_le(entry + 8, 4) + i);
			continue;
		}
		child = block_at(ext, get_le(entry + 4, 4));
		if (child)
			repair_extents(
				ext, owner, child, ext->block_size, depth - 1);
	}
	if (size == ext->block_size && 12 + max * 12 <= size - 4)
		put_le(node + 12 + max * 12, 4,
			crc32c(owner->seed, node, 12 + max * 12));
}

static void repair_inode(struct ext_image *ext, uint8_t *inode, uint32_t number)
{
	uint64_t flags = get_le(inode + 32, 4);
	struct owner owner = { sum_le32(ext->seed, number), false, false };
	uint32_t crc;
	size_t i;

	owner.seed = crc32c(owner.seed, inode + 100, 4);
	owner.is_dir = inode[1] >> 4 == 4;
	owner.has_index = flags & FLAG_INDEX;
	ext->nodes_left = NODES_MAX;
	if (flags & FLAG_EXTENTS)
		repair_extents(ext, &owner, inode + 40, 60, DEPTH_MAX);
	else if (!(flags & FLAG_INLINE))
		for (i = 0; i < 12; i++)
			repair_dir_block(
				ext, &owner, get_le(inode + 40 + 4 * i, 4));
	put_le(inode + 124, 2, 0);
	if (ext->inode_size > 128 && get_le(inode + 128, 2) >= 4)
		put_le(inode + 130, 2, 0);
	crc = crc32c(owner.seed, inode, ext->inode_size);
	put_le(inode + 124, 2, crc & 0xffff);
	if (ext->inode_size > 128 && get_le(inode + 128, 2) >= 4)
		put_le(inode + 130, 2, crc >> 16);
}

/* A block of the journal's file; it has few extents, as a rule one. */
static uint8_t *log_at(
	const struct ext_image *ext, const uint8_t *inode, uint64_t number)
{
	uint64_t entries = get_le(inode + 42, 2), first, len;
	const uint8_t *entry = inode + 52;

	if (get_le(inode + 40, 2) != 0xf30a || get_le(inode + 46, 2) != 0)
		return NULL;
	for (; entries > 0 && entry < inode + 100; entries--, entry += 12) {
		first = get_le(entry, 4);
		len = get_le(entry + 4, 2);
		if (number >= first && number - first < len)
			return block_at(
				ext, get_le(entry + 8, 4) + number - first);
	}
	return NULL;
}

/* Each tag has the sum of one of the blocks behind it. */
static void repair_tags(const struct ext_image *ext, const uint8_t *inode,
	uint32_t features, uint32_t seed, uint8_t *descriptor, uint64_t number)
{
	bool v3 = features & 0x10;
	size_t size = v3 ? 16 : features & 2 ? 14 : 10;
	uint32_t begin = crc32c(seed, descriptor + 8, 4), crc;
	uint8_t *tag = descriptor + 12, *data;
	uint64_t flags;

	while (tag + size <= descriptor + ext->block_size - 4) {
		flags = v3 ? get_be(tag + 4, 4) : get_be(tag + 6, 2);
		data = log_at(ext, inode, ++number);
		if (!data)
			return;
		crc = crc32c(begin, data, ext->block_size);
		if (v3)
			put_be(tag + 12, 4, crc);
		else
			put_be(tag + 4, 2, crc & 0xffff);
		if (flags & 8)
			return;
		tag += size + (flags & 2 ? 0 : 16);
	}
}

static void repair_log_block(const struct ext_image *ext, const uint8_t *inode,
	uint32_t features, uint32_t seed, uint64_t number)
{
	uint8_t *block = log_at(ext, inode, number), *sum;

	if (!block || get_be(block, 4) != 0xc03b3998)
		return;
	sum = block + ext->block_size - 4;
	switch (get_be(block + 4, 4)) {
	case 1:
		repair_tags(ext, inode, features, seed, block, number);
		break;
	case 2:
		sum = block + 16;
		break;
	case 5:
		break;
	default:
		return;
	}
	put_le(sum, 4, 0);
	put_be(sum, 4, crc32c(seed, block, ext->block_size));
}

static void repair_journal(const struct ext_image *ext, const uint8_t *inode)
{
	uint8_t *super = log_at(ext, inode, 0);
	uint32_t features, seed;
	uint64_t i;

	if (!super || get_be(super, 4) != 0xc03b3998 ||
		get_be(super + 4, 4) != 4)
		return;
	features = (uint32_t)get_be(super + 40, 4);
	if (!(features & 0x18))
		return;
	seed = crc32c(~0U, super + 48, 16);
	for (i = 1; i < LOG_MAX; i++)
		repair_log_block(ext, inode, features, seed, i);
	put_le(super + 252, 4, 0);
	put_be(super + 252, 4, crc32c(~0U, super, 1024));
}

static void repair_group(struct ext_image *ext, uint32_t group, uint8_t *desc)
{
	uint64_t table = get_le(desc + 8, 4);
	uint64_t count = get_le(ext->super + 40, 4), i;
	uint8_t *inode;
	uint32_t crc;

	for (i = 0; i < count && group * count + i < INODES_MAX; i++) {
		inode = flat_at(ext->flat,
			table * ext->block_size + i * ext->inode_size,
			ext->inode_size);
		if (!inode || get_le(inode, 2) == 0)
			continue;
		if (group * count + i + 1 == get_le(ext->super + 224, 4))
			repair_journal(ext, inode);
		if (get_le(ext->super + 100, 4) & METADATA_CSUM)
			repair_inode(
				ext, inode, (uint32_t)(group * count + i + 1));
	}
	if (!(get_le(ext->super + 100, 4) & METADATA_CSUM))
		return;
	put_le(desc + 30, 2, 0);
	crc = crc32c(sum_le32(ext->seed, group), desc, ext->desc_size);
	put_le(desc + 30, 2, crc & 0xffff);
}

static bool set_sizes(struct ext_image *ext)
{
	uint64_t log = get_le(ext->super + 24, 4);

	ext->inode_size = get_le(ext->super + 88, 2);
	ext->desc_size = 32;
	if (get_le(ext->super + 96, 4) & 0x80)
		ext->desc_size = get_le(ext->super + 254, 2);
	if (log > 6 || ext->inode_size < 128 || ext->inode_size > 4096 ||
		ext->desc_size < 32 || ext->desc_size > 1024)
		return false;
	ext->block_size = (size_t)1024 << log;
	ext->seed = get_le(ext->super + 96, 4) & 0x2000
		? (uint32_t)get_le(ext->super + 624, 4)
		: crc32c(~0U, ext->super + 104, 16);
	return true;
}

void repair_ext(const struct flat *flat)
{
	struct ext_image ext = { flat, flat_at(flat, SUPER, 1024), 0, 0, 0, 0,
		0 };
	uint64_t at, count;
	uint32_t group;
	uint8_t *desc;

	if (!ext.super || get_le(ext.super + 56, 2) != 0xef53 ||
		!set_sizes(&ext))
		return;
	at = (get_le(ext.super + 20, 4) + 1) * ext.block_size;
	count = get_le(ext.super + 32, 4);
	count = count ? (get_le(ext.super + 4, 4) + count - 1) / count : 0;
	for (group = 0; group < count && group < GROUPS_MAX; group++) {
		desc = flat_at(flat, at + group * ext.desc_size, ext.desc_size);
		if (desc)
			repair_group(&ext, group, desc);
	}
	if (get_le(ext.super + 100, 4) & METADATA_CSUM)
		put_le(ext.super + 1020, 4, crc32c(~0U, ext.super, 1020));
}
