/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_block.c - from a block pointer to a block: copies, gangs, checksums
 *
 * A pointer has up to three places (DVAs) of the same bytes, and below each a
 * mirror may have more: the first whose checksum is right is taken.  Where
 * there was no room for a block in one piece, a place leads to a gang header:
 * three pointers to the parts.  Small blocks are in the pointer itself.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/zfs.h"
#include "src/base/checked.h"
#include "src/base/length.h"

#define PROP 6 /* words of a pointer: what the block is */
#define BIRTH 10
#define SUM 12

#define COPY_OFF 2 /* compression: none */
#define GANG_SIZE 512
#define GANG_POINTERS 3
#define GANG_DEPTH 8 /* a gang of gangs: each is smaller than the one above */
#define GANG_MAGIC UINT64_C(0x0210da7ab10c7a11)
#define EMBEDDED_MAX 112
#define EMBEDDED_DATA 0

struct gang_header {
	struct zfs_bp bp[GANG_POINTERS];
	uint8_t unused[88];
	le64 magic;
	le64 sum[4];
};

_Static_assert(sizeof(struct gang_header) == GANG_SIZE, "as the format has it");

/* A pointer's words, taken apart. */
struct place {
	unsigned int vdev;
	uint64_t off; /* bytes */
	bool gang;
};

static uint64_t bits(uint64_t word, unsigned int from, unsigned int count)
{
	return word >> from & ((UINT64_C(1) << count) - 1);
}

static uint64_t prop(
	const struct zfs_bp *bp, unsigned int from, unsigned int count)
{
	return bits(le64_get(bp->word[PROP]), from, count);
}

static bool is_embedded(const struct zfs_bp *bp)
{
	return prop(bp, 39, 1);
}

static unsigned int compression(const struct zfs_bp *bp)
{
	return (unsigned int)prop(bp, 32, 7);
}

bool zfs_bp_is_hole(const struct zfs_bp *bp)
{
	return !is_embedded(bp) && le64_get(bp->word[0]) == 0 &&
		le64_get(bp->word[1]) == 0;
}

bool zfs_bp_is_encrypted(const struct zfs_bp *bp)
{
	return !is_embedded(bp) && prop(bp, 61, 1);
}

unsigned int zfs_bp_level(const struct zfs_bp *bp)
{
	return (unsigned int)prop(bp, 56, 5);
}

static size_t logical_size(const struct zfs_bp *bp)
{
	if (is_embedded(bp))
		return (size_t)prop(bp, 0, 25) + 1;
	return ((size_t)prop(bp, 0, 16) + 1) * ZFS_SECTOR;
}

static size_t physical_size(const struct zfs_bp *bp)
{
	if (is_embedded(bp))
		return (size_t)prop(bp, 25, 7) + 1;
	return ((size_t)prop(bp, 16, 16) + 1) * ZFS_SECTOR;
}

/* The nth place: false if there is none. */
static bool get_place(
	const struct zfs_bp *bp, unsigned int n, struct place *place)
{
	const le64 *word = bp->word + 2 * (size_t)n;
	uint64_t first = le64_get(word[0]);
	uint64_t second = le64_get(word[1]);

	if (first == 0 && second == 0)
		return false;
	place->vdev = (unsigned int)bits(first, 32, 24);
	place->gang = second >> 63;
	/* so large that adding a block's size cannot overflow */
	place->off = bits(second, 0, 50) * ZFS_SECTOR;
	return bits(second, 50, 13) == 0;
}

static struct zfs_sum get_sum(const struct zfs_bp *bp)
{
	struct zfs_sum sum;
	unsigned int i;

	for (i = 0; i < 4; i++)
		sum.word[i] = le64_get(bp->word[SUM + i]);
	return sum;
}

static bool sum_ok(const struct zfs_bp *bp, const uint8_t *data, size_t len)
{
	struct zfs_sum wanted = get_sum(bp);

	return zfs_sum_ok((unsigned int)prop(bp, 40, 8),
		(struct bytes){ data, len }, &wanted);
}

static const struct zfs_vdev *find_top(const struct zfs_pool *pool,
	const struct place *place, struct error *err)
{
	if (place->vdev < pool->top_count && pool->tops[place->vdev].ways > 0)
		return &pool->tops[place->vdev];
	error_record(err, ERR_NOT_FOUND,
		"no device of vdev %u of the pool is there", place->vdev);
	return NULL;
}

static int wrong_sum(const struct place *place, struct error *err)
{
	return error_set(err, ERR_CORRUPT,
		"wrong checksum at 0x%" PRIx64 " of vdev %u", place->off,
		place->vdev);
}

static int read_bytes(struct zfs_pool *pool, const struct zfs_bp *bp,
	uint8_t *out, size_t size, unsigned int depth, struct error *err);

/* A gang header, by any way that gives one which is sound. */
static int read_header(struct zfs_pool *pool, const struct zfs_bp *bp,
	const struct place *place, struct gang_header *header,
	struct error *err)
{
	const struct zfs_vdev *top = find_top(pool, place, err);
	/* what its checksum counts in: where, and when it was written */
	struct zfs_sum where = { { place->vdev, place->off,
		le64_get(bp->word[BIRTH]), 0 } };
	uint8_t sector[1U << ZFS_ASHIFT_MAX];
	unsigned int way;

	if (!top)
		return -1;
	for (way = 0; way < top->ways; way++) {
		if (zfs_vdev_read(pool, top, place->off, sector, GANG_SIZE, way,
			    err) < 0)
			continue;
		if (zfs_self_sum_ok(sector, GANG_SIZE, &where)) {
			memcpy(header, sector, GANG_SIZE);
			return 0;
		}
		wrong_sum(place, err);
	}
	return error_in(err, "gang header");
}

/* Each part is at least a sector, so this ends. */
static int read_gang(struct zfs_pool *pool, const struct zfs_bp *bp,
	const struct place *place, uint8_t *out, size_t size,
	unsigned int depth, struct error *err)
{
	struct gang_header header;
	size_t part, done = 0;
	unsigned int i;

	if (depth == 0)
		return error_set(err, ERR_LIMIT,
			"gang blocks more than %d deep", GANG_DEPTH);
	if (read_header(pool, bp, place, &header, err) < 0)
		return -1;
	for (i = 0; i < GANG_POINTERS; i++) {
		if (zfs_bp_is_hole(&header.bp[i]))
			continue;
		part = physical_size(&header.bp[i]);
		if (is_embedded(&header.bp[i]) || part > size - done)
			return error_set(err, ERR_CORRUPT,
				"a gang block at 0x%" PRIx64
				" of vdev %u has more than %zu bytes",
				place->off, place->vdev, size);
		if (read_bytes(pool, &header.bp[i], out + done, part, depth - 1,
			    err) < 0)
			return -1;
		done += part;
	}
	if (done != size)
		return error_set(err, ERR_CORRUPT,
			"a gang block at 0x%" PRIx64
			" of vdev %u has %zu bytes of %zu",
			place->off, place->vdev, done, size);
	return sum_ok(bp, out, size) ? 0 : wrong_sum(place, err);
}

static int read_place(struct zfs_pool *pool, const struct zfs_bp *bp,
	const struct place *place, uint8_t *out, size_t size, struct error *err)
{
	const struct zfs_vdev *top = find_top(pool, place, err);
	unsigned int way;

	if (!top)
		return -1;
	for (way = 0; way < top->ways; way++) {
		if (zfs_vdev_read(pool, top, place->off, out, size, way, err) <
			0)
			continue;
		if (sum_ok(bp, out, size))
			return 0;
		wrong_sum(place, err);
	}
	return -1;
}

/*
 * The bytes as they are stored; there is room behind them for a whole sector.
 * Tells of the last place that failed.
 */
static int read_bytes(struct zfs_pool *pool, const struct zfs_bp *bp,
	uint8_t *out, size_t size, unsigned int depth, struct error *err)
{
	struct place place;
	bool any = false;
	unsigned int i;
	int r;

	for (i = 0; i < ZFS_DVAS; i++) {
		if (!get_place(bp, i, &place))
			continue;
		any = true;
		r = place.gang
			? read_gang(pool, bp, &place, out, size, depth, err)
			: read_place(pool, bp, &place, out, size, err);
		if (r == 0)
			return 0;
	}
	return any ? -1
		   : error_set(err, ERR_CORRUPT,
			     "a block pointer without a place");
}

/* All words but the two that say what it is and when it was written. */
static int read_embedded(
	const struct zfs_bp *bp, uint8_t *out, size_t size, struct error *err)
{
	uint8_t payload[EMBEDDED_MAX];
	size_t i, at = 0;

	if (prop(bp, 40, 8) != EMBEDDED_DATA || size > EMBEDDED_MAX)
		return error_set(err, ERR_UNSUPPORTED,
			"a block of kind %u in its pointer (redacted?)",
			(unsigned int)prop(bp, 40, 8));
	for (i = 0; i < LENGTH(bp->word); i++)
		if (i != PROP && i != BIRTH) {
			memcpy(payload + at, &bp->word[i], sizeof(le64));
			at += sizeof(le64);
		}
	memcpy(out, payload, size);
	return 0;
}

static int check(const struct zfs_bp *bp, struct error *err)
{
	size_t len = logical_size(bp), size = physical_size(bp);

	if (len > ZFS_BLOCK_MAX)
		return error_set(err, ERR_LIMIT,
			"a block of more than %u bytes", ZFS_BLOCK_MAX);
	if (size > len)
		return error_set(err, ERR_CORRUPT,
			"a block of %zu bytes is stored as %zu", len, size);
	if (zfs_bp_is_encrypted(bp))
		return error_set(err, ERR_UNSUPPORTED, "an encrypted block");
	if (!prop(bp, 63, 1))
		return error_set(err, ERR_UNSUPPORTED,
			"a block of a big-endian machine");
	if (zfs_bp_is_hole(bp))
		return error_set(err, ERR_CORRUPT, "a hole");
	return 0;
}

static int fill(struct zfs_pool *pool, struct zfs_kept *kept,
	const struct zfs_bp *bp, struct error *err)
{
	size_t len = logical_size(bp), size = physical_size(bp);
	size_t room = size + (1U << ZFS_ASHIFT_MAX);
	bool packed = compression(bp) != COPY_OFF;
	struct zfs_buffer *buffer = packed ? &pool->packed : &kept->buffer;

	kept->len = 0;
	/* what is stored as it is goes where it stays */
	if (zfs_buffer_grow(&kept->buffer,
		    packed ? len : len + (1U << ZFS_ASHIFT_MAX),
		    pool->fs->arena, err) < 0 ||
		zfs_buffer_grow(buffer, room, pool->fs->arena, err) < 0)
		return -1;
	if (is_embedded(bp)) {
		if (read_embedded(bp, buffer->data, size, err) < 0)
			return -1;
	} else if (read_bytes(pool, bp, buffer->data, size, GANG_DEPTH, err) <
		0) {
		return -1;
	}
	if (packed) {
		if (zfs_unpack(compression(bp), buffer->data, size,
			    kept->buffer.data, len, err) < 0)
			return -1;
	} else if (size < len) {
		return error_set(err, ERR_CORRUPT,
			"a block of %zu bytes is stored as %zu", len, size);
	}
	kept->bp = *bp;
	kept->len = len;
	return 0;
}

int zfs_block(struct zfs_pool *pool, const struct zfs_bp *bp,
	struct bytes *block, struct error *err)
{
	struct zfs_kept *kept = NULL, *slot;
	unsigned int i, from = 0, to = ZFS_SMALL_KEPT;

	if (check(bp, err) < 0)
		return -1;
	if (logical_size(bp) > ZFS_SMALL) {
		from = ZFS_SMALL_KEPT;
		to = ZFS_KEPT;
	}
	for (i = from; i < to; i++) {
		slot = &pool->kept[i];
		if (slot->len > 0 && memcmp(&slot->bp, bp, sizeof(*bp)) == 0) {
			kept = slot;
			break;
		}
		if (!kept ||
			(kept->len > 0 &&
				(slot->len == 0 || slot->stamp < kept->stamp)))
			kept = slot;
	}
	if (i == to && fill(pool, kept, bp, err) < 0)
		return -1;
	kept->stamp = ++pool->clock;
	*block = (struct bytes){ kept->buffer.data, kept->len };
	return 0;
}
