/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_dnode.c - object sets, their objects, and the blocks of these
 *
 * An object set is an array of dnodes, which is itself an object.  The blocks
 * of an object hang below the pointers in its dnode, at the same depth all.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/zfs.h"
#include "src/base/checked.h"

#define HAS_SPILL 4 /* flags: there is a pointer to more of the bonus */
#define INDIRECT_LOG_MIN 9
#define INDIRECT_LOG_MAX 24

struct dnode {
	uint8_t type;
	uint8_t indirect_log; /* bytes of an indirect block, log2 */
	uint8_t levels;
	uint8_t pointers;
	uint8_t bonus_type;
	uint8_t checksum;
	uint8_t compression;
	uint8_t flags;
	le16 sectors; /* of a block, each of 512 bytes */
	le16 bonus_len;
	uint8_t extra_slots; /* 512 bytes each, of a large dnode */
	uint8_t unused[3];
	le64 last_block;
	le64 used;
	uint8_t unused2[32];
	struct zfs_bp bp[3]; /* as many as said; then the bonus */
};

_Static_assert(sizeof(struct dnode) == 64 + 3 * ZFS_BP_SIZE, "as on the disk");

struct objset {
	uint8_t dnodes[ZFS_DNODE_MIN];
	uint8_t zil[192]; /* of the intent log */
	le64 type;
};

static int parse_object(
	struct zfs_object *object, const struct dnode *raw, struct error *err)
{
	object->type = raw->type;
	object->levels = raw->levels;
	object->pointers = raw->pointers;
	object->block_size = (uint32_t)le16_get(raw->sectors) * ZFS_SECTOR;
	if (raw->levels < 1 || raw->levels > ZFS_LEVELS_MAX ||
		raw->pointers < 1 || raw->pointers > 3 ||
		raw->indirect_log < INDIRECT_LOG_MIN ||
		raw->indirect_log > INDIRECT_LOG_MAX ||
		object->block_size == 0 ||
		!add_u64(le64_get(raw->last_block), 1, &object->blocks))
		return error_set(err, ERR_CORRUPT,
			"%u levels, %u pointers, indirect blocks of 2^%u bytes "
			"and others of %" PRIu32,
			raw->levels, raw->pointers, raw->indirect_log,
			object->block_size);
	object->indirect_log = raw->indirect_log - ZFS_BP_SHIFT;
	memcpy(object->bp, raw->bp, raw->pointers * sizeof(object->bp[0]));
	return 0;
}

int zfs_objset_read(struct zfs_pool *pool, const struct zfs_bp *bp,
	unsigned int type, struct zfs_objset *set, struct error *err)
{
	const struct objset *raw;
	struct bytes block;

	if (zfs_bp_is_encrypted(bp))
		return error_set(
			err, ERR_UNSUPPORTED, "the dataset is encrypted");
	if (zfs_block(pool, bp, &block, err) < 0)
		return error_in(err, "object set");
	raw = bytes_at(block, 0, sizeof(*raw));
	if (!raw)
		return error_set(err, ERR_CORRUPT, "an object set of %zu bytes",
			block.len);
	if (le64_get(raw->type) != type)
		return error_set(err, ERR_UNSUPPORTED,
			"an object set of type %" PRIu64
			", no file system (a volume is 3)",
			le64_get(raw->type));
	if (parse_object(&set->dnodes, (const struct dnode *)raw->dnodes, err) <
		0)
		return error_in(err, "object set");
	return 0;
}

/* The pointer to a block: 1, or 0 below a hole. */
static int find_bp(struct zfs_pool *pool, const struct zfs_object *object,
	uint64_t index, struct zfs_bp *bp, struct error *err)
{
	unsigned int log = object->indirect_log, level = object->levels - 1;
	uint64_t at = log * level < 64 ? index >> (log * level) : 0;
	struct bytes block;
	const struct zfs_bp *below;

	if (at >= object->pointers)
		return 0;
	*bp = object->bp[at];
	for (; level > 0 && !zfs_bp_is_hole(bp); level--) {
		if (zfs_block(pool, bp, &block, err) < 0)
			return error_in(err, "indirect block");
		at = log * (level - 1) < 64 ? index >> (log * (level - 1)) : 0;
		at &= (UINT64_C(1) << log) - 1;
		below = bytes_at(block, at * sizeof(*bp), sizeof(*bp));
		if (!below)
			return error_set(err, ERR_CORRUPT,
				"an indirect block of %zu bytes", block.len);
		*bp = *below;
	}
	return !zfs_bp_is_hole(bp);
}

int zfs_object_block(struct zfs_pool *pool, const struct zfs_object *object,
	uint64_t index, struct bytes *block, struct error *err)
{
	struct zfs_bp bp;
	int found;

	if (index >= object->blocks)
		return 0;
	found = find_bp(pool, object, index, &bp, err);
	if (found > 0 && zfs_block(pool, &bp, block, err) < 0)
		found = -1;
	if (found < 0)
		return error_in(err, "block %" PRIu64, index);
	if (found && block->len < object->block_size)
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu64 ": %zu bytes, not %" PRIu32, index,
			block->len, object->block_size);
	return found;
}

int zfs_object_read(struct zfs_pool *pool, const struct zfs_object *object,
	uint64_t off, void *buf, size_t len, struct error *err)
{
	uint8_t *out = buf;
	struct bytes block;
	size_t skip, n;
	int found;

	for (; len > 0; off += n, out += n, len -= n) {
		skip = (size_t)(off % object->block_size);
		n = object->block_size - skip;
		if (n > len)
			n = len;
		found = zfs_object_block(
			pool, object, off / object->block_size, &block, err);
		if (found < 0)
			return -1;
		if (found)
			memcpy(out, block.data + skip, n);
		else
			memset(out, 0, n);
	}
	return 0;
}

static int parse_dnode(struct zfs_dnode *dnode, size_t size, struct error *err)
{
	const struct dnode *raw = (const struct dnode *)dnode->raw;
	size_t begin, end = size;

	if (raw->type == 0)
		return error_set(err, ERR_CORRUPT, "is not in use");
	if (parse_object(&dnode->data, raw, err) < 0)
		return -1;
	begin = 64 + raw->pointers * sizeof(struct zfs_bp);
	dnode->has_spill = raw->flags & HAS_SPILL;
	if (dnode->has_spill) {
		end -= sizeof(struct zfs_bp);
		memcpy(&dnode->spill, dnode->raw + end, sizeof(struct zfs_bp));
	}
	dnode->bonus_type = raw->bonus_type;
	if (begin > end || le16_get(raw->bonus_len) > end - begin)
		return error_set(err, ERR_CORRUPT,
			"%u bytes of attributes in a dnode of %zu",
			le16_get(raw->bonus_len), size);
	dnode->bonus =
		(struct bytes){ dnode->raw + begin, le16_get(raw->bonus_len) };
	return 0;
}

static int read_dnode(struct zfs_pool *pool, const struct zfs_objset *set,
	uint64_t number, struct zfs_dnode *dnode, struct error *err)
{
	uint32_t per_block = set->dnodes.block_size / ZFS_DNODE_MIN;
	uint64_t off = number % per_block * ZFS_DNODE_MIN;
	const struct dnode *raw;
	struct bytes block;
	size_t size;
	int found = zfs_object_block(
		pool, &set->dnodes, number / per_block, &block, err);

	if (found < 0)
		return -1;
	if (!found)
		return error_set(err, ERR_CORRUPT, "is not there");
	raw = bytes_at(block, off, sizeof(*raw));
	size = raw ? ZFS_DNODE_MIN * ((size_t)raw->extra_slots + 1) : 0;
	if (!raw || size > ZFS_DNODE_MAX || !bytes_at(block, off, size))
		return error_set(err, ERR_CORRUPT,
			"a dnode of %zu bytes, which its block does not have",
			size);
	memcpy(dnode->raw, raw, size);
	return parse_dnode(dnode, size, err);
}

int zfs_dnode_read(struct zfs_pool *pool, const struct zfs_objset *set,
	uint64_t number, struct zfs_dnode *dnode, struct error *err)
{
	if (read_dnode(pool, set, number, dnode, err) < 0)
		return error_in(err, "object %" PRIu64, number);
	return 0;
}
