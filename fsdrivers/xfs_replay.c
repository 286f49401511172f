/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_replay.c - what the log's transactions do to the file system
 *
 * Items are pieces of 128 bytes of buffers, and inodes.  They are put over what
 * the disk has, in the order in which they were committed, in memory.  A buffer
 * that was freed is cancelled: nothing up to there counts for it, and its
 * blocks may be those of a file by now.  Version 5 has in each block the place
 * in the log of what was written to it last, so what is older is left out.
 *
 * Only names, inodes and maps of files are of use here: free space, quotas and
 * attributes stay as they are on the disk, and what begins a change of several
 * steps is left at the step where it is.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/xfs_log.h"
#include "src/base/checked.h"
#include "src/base/crc32c.h"
#include "src/base/length.h"

/* Names, inodes and maps that were changed and not written yet. */
#define PATCHES_MAX (32 << 20) /* bytes */
#define PATCH_BLOCK_MAX 4096

#define BUFFER_MAX 65536 /* bytes */
#define CHUNK 128        /* bytes: a bit of a buffer's map */

enum {
	ITEM_FREE = 0x1236,
	ITEM_FREED = 0x1237,
	ITEM_INODE = 0x123b,
	ITEM_BUFFER = 0x123c,
	ITEM_QUOTA = 0x123d,
	ITEM_QUOTA_OFF = 0x123e,
	ITEM_NEW_INODES = 0x123f,
	ITEM_OWNER = 0x1240,
	ITEM_COUNT_DONE = 0x1243,
	ITEM_MAP = 0x1244,
	ITEM_MAP_DONE = 0x1245,
	ITEM_ATTRIBUTE = 0x1246,
	ITEM_ATTRIBUTE_DONE = 0x1247,
	ITEM_EXCHANGE = 0x1248,
	ITEM_EXCHANGE_DONE = 0x1249,
	ITEM_LAST = 0x124f, /* up to here the like for realtime devices */
};

struct buffer_item {
	le16 type;
	le16 regions;
	le16 flags;
	le16 sectors;
	le64 sector;
	le32 words; /* of the map that follows: a bit for each chunk */
};

_Static_assert(sizeof(struct buffer_item) == 20, "as the format has it");

#define INODE_ITEM_32 52 /* bytes */

#define BUFFER_INODES 0x1 /* only which is to be deleted next */
#define BUFFER_CANCEL 0x2
#define BUFFER_QUOTAS 0x1c
#define BUFFER_KIND 11 /* a shift: what is in it */

/* A kind of buffer.  Old kernels do not say. */
enum {
	KIND_UNKNOWN = 0,
	KIND_TREE = 4,
	KIND_INODES = 8,
	KIND_LINK = 9,
	KIND_DIR_SINGLE = 10,
	KIND_DIR_NAMES = 11,
	KIND_DIR_LEAF = 13,
	KIND_DIR_NODE = 15,
	KIND_SUPER = 18,
};

/* Where metadata of version 5 have what, by their magic number, bytes. */
struct place {
	uint32_t magic;
	uint8_t magic_at;
	uint8_t magic_len;
	uint8_t crc;
	uint8_t lsn;
	uint8_t uuid; /* 0: not to be looked at */
	bool known_len;
};

static const struct place places[] = {
	{ 0x58444433, 0, 4, 4, 16, 24, false },  /* "XDD3" */
	{ 0x58444233, 0, 4, 4, 16, 24, false },  /* "XDB3" */
	{ 0x3df1, 8, 2, 12, 24, 32, false },     /* index: one leaf */
	{ 0x3dff, 8, 2, 12, 24, 32, false },     /* a leaf of several */
	{ 0x3ebe, 8, 2, 12, 24, 32, false },     /* above the leaves */
	{ 0x424d4133, 0, 4, 64, 32, 40, true },  /* "BMA3" */
	{ 0x58534c4d, 0, 4, 12, 48, 16, true },  /* "XSLM" */
	{ 0x58465342, 0, 4, 224, 240, 0, true }, /* "XFSB" */
};

#define PLACES LENGTH(places)
#define HEAD_MAX 264 /* bytes: all that places are in */

#define TREE_OF_MAP 0x424d4150 /* "BMAP" */
#define TREE_OF_MAP_V5 0x424d4133

struct cancelled {
	uint64_t sector;
	uint32_t sectors;
	uint32_t trans; /* in the order of commits */
};

struct replay {
	const struct xfs *xfs;
	struct arena *arena;
	struct patches *patches;
	struct cancelled *cancelled;
	size_t cancelled_count, cancelled_capacity;
	uint64_t *pending; /* what was begun */
	size_t pending_count, pending_capacity;
	uint32_t trans; /* being replayed, from 0 */
	uint64_t lsn;   /* where it begins */
	uint8_t buffer[BUFFER_MAX];
};

static const struct place *find_place(const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; len >= HEAD_MAX && i < PLACES; i++)
		if (places[i].magic ==
			(places[i].magic_len == 4
					? be32_get(*(const be32 *)data)
					: be16_get(*(const be16 *)(data + 8))))
			return &places[i];
	return NULL;
}

void xfs_set_sum(uint8_t *data, size_t len, size_t at)
{
	uint32_t crc;

	memset(data + at, 0, 4);
	crc = ~crc32c(~0U, data, len);
	data[at] = (uint8_t)crc;
	data[at + 1] = (uint8_t)(crc >> 8);
	data[at + 2] = (uint8_t)(crc >> 16);
	data[at + 3] = (uint8_t)(crc >> 24);
}

void xfs_renew_sum(const struct xfs *xfs, uint8_t *data, size_t len)
{
	const struct place *place = find_place(data, len);

	if (xfs->v5 && place)
		xfs_set_sum(data, len, place->crc);
}

static int compare_cancelled(const void *one, const void *other)
{
	const struct cancelled *a = one, *b = other;

	if (a->sector != b->sector)
		return a->sector < b->sector ? -1 : 1;
	if (a->sectors != b->sectors)
		return a->sectors < b->sectors ? -1 : 1;
	return a->trans < b->trans ? -1 : a->trans > b->trans;
}

/* Was the buffer freed in this transaction, or in a later one? */
static bool is_cancelled(
	const struct replay *replay, uint64_t sector, uint32_t sectors)
{
	const struct cancelled wanted = { sector, sectors, replay->trans };
	size_t low = 0, high = replay->cancelled_count, middle;
	const struct cancelled *at = replay->cancelled;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare_cancelled(&at[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < replay->cancelled_count && at[low].sector == sector &&
		at[low].sectors == sectors;
}

static int add_cancelled(
	struct replay *replay, const struct xfs_item *item, struct error *err)
{
	const struct buffer_item *buffer =
		bytes_at(item->region[0], 0, sizeof(*buffer));
	struct cancelled *list;

	if (!buffer)
		return error_set(err, ERR_CORRUPT, "a short buffer item");
	if (!(le16_get(buffer->flags) & BUFFER_CANCEL))
		return 0;
	list = arena_grow(replay->arena, replay->cancelled,
		replay->cancelled_count, &replay->cancelled_capacity,
		sizeof(*list), err);
	if (!list)
		return -1;
	replay->cancelled = list;
	list[replay->cancelled_count++] = (struct cancelled){
		le64_get(buffer->sector),
		le16_get(buffer->sectors),
		replay->trans,
	};
	return 0;
}

/* Changes of maps and exchanges have their number behind 8 bytes. */
static int note_pending(
	struct replay *replay, const struct xfs_item *item, struct error *err)
{
	const le64 *id = bytes_at(item->region[0], 8, sizeof(*id));
	uint64_t *list = replay->pending;
	size_t i;

	if (!id)
		return error_set(err, ERR_CORRUPT, "a short item");
	if (item->type == ITEM_MAP || item->type == ITEM_EXCHANGE) {
		list = arena_grow(replay->arena, list, replay->pending_count,
			&replay->pending_capacity, sizeof(*list), err);
		if (!list)
			return -1;
		replay->pending = list;
		list[replay->pending_count++] = le64_get(*id);
		return 0;
	}
	/* most are done in the next transaction */
	for (i = replay->pending_count; i > 0; i--) {
		if (list[i - 1] != le64_get(*id))
			continue;
		list[i - 1] = list[--replay->pending_count];
		break;
	}
	return 0;
}

static int survey_item(
	void *ctx, const struct xfs_item *item, struct error *err)
{
	struct replay *replay = ctx;

	switch (item->type) {
	case ITEM_BUFFER:
		return add_cancelled(replay, item, err);
	case ITEM_MAP:
	case ITEM_MAP_DONE:
	case ITEM_EXCHANGE:
	case ITEM_EXCHANGE_DONE:
		return note_pending(replay, item, err);
	default:
		if (item->type >= ITEM_FREE && item->type <= ITEM_LAST &&
			(item->type <= ITEM_FREED || item->type >= ITEM_INODE))
			return 0;
		return error_set(
			err, ERR_UNSUPPORTED, "unknown item 0x%x", item->type);
	}
}

/* Is it of use, as far as the item tells? */
static bool is_wanted(unsigned int flags)
{
	unsigned int kind = flags >> BUFFER_KIND;

	if (flags & (BUFFER_INODES | BUFFER_QUOTAS | BUFFER_CANCEL))
		return false;
	return kind == KIND_UNKNOWN || kind == KIND_TREE ||
		(kind >= KIND_INODES && kind <= KIND_DIR_NAMES) ||
		(kind >= KIND_DIR_LEAF && kind <= KIND_DIR_NODE) ||
		kind == KIND_SUPER;
}

/* Has the disk this, or what is newer? */
static bool is_newer(
	const struct replay *replay, const uint8_t *data, size_t len)
{
	const struct place *place = find_place(data, len);
	uint64_t lsn;

	if (!replay->xfs->v5 || !place)
		return false;
	/* left from another file system */
	if (place->uuid &&
		memcmp(data + place->uuid, replay->xfs->uuid, XFS_UUID_SIZE) !=
			0)
		return false;
	lsn = be64_get(*(const be64 *)(data + place->lsn));
	return lsn != 0 && lsn != UINT64_MAX && lsn >= replay->lsn;
}

/* Each region holds chunks that follow each other: put them in their places. */
static int put_chunks(struct replay *replay, const struct xfs_item *item,
	size_t len, struct error *err)
{
	const struct bytes format = item->region[0];
	const struct buffer_item *buffer = (const void *)format.data;
	const uint8_t *map = format.data + sizeof(*buffer);
	uint64_t bits = le32_get(buffer->words) * UINT64_C(32), bit = 0;
	unsigned int i;
	size_t at;

	if (!bytes_at(format, sizeof(*buffer), (size_t)(bits / 8)))
		return error_set(err, ERR_CORRUPT, "a short buffer item");
	for (i = 1; i < item->count; i++) {
		/* words are little-endian: bits are in the order of bytes */
		while (bit < bits && !(map[bit / 8] >> bit % 8 & 1))
			bit++;
		for (at = 0; at < item->region[i].len; at += CHUNK, bit++) {
			if (bit >= bits || !(map[bit / 8] >> bit % 8 & 1) ||
				item->region[i].len - at < CHUNK ||
				(bit + 1) * CHUNK > len)
				return error_set(err, ERR_CORRUPT,
					"a buffer's map and its contents do "
					"not agree");
			memcpy(replay->buffer + bit * CHUNK,
				item->region[i].data + at, CHUNK);
		}
	}
	return 0;
}

static int replay_buffer(
	struct replay *replay, const struct xfs_item *item, struct error *err)
{
	const struct xfs *xfs = replay->xfs;
	const struct buffer_item *buffer =
		bytes_at(item->region[0], 0, sizeof(*buffer));
	const struct place *place;
	size_t len;
	uint64_t pos;
	uint32_t magic;

	if (!buffer)
		return error_set(err, ERR_CORRUPT, "a short buffer item");
	len = (size_t)le16_get(buffer->sectors) * XFS_SECTOR;
	if (!is_wanted(le16_get(buffer->flags)) ||
		is_cancelled(replay, le64_get(buffer->sector),
			le16_get(buffer->sectors)))
		return 0;
	if (!mul_u64(le64_get(buffer->sector), XFS_SECTOR, &pos) ||
		!range_inside(pos, len, xfs->blocks << xfs->block_log) ||
		len > BUFFER_MAX || len < XFS_SECTOR)
		return error_set(err, ERR_CORRUPT,
			"a buffer of %zu bytes at sector 0x%" PRIx64, len,
			le64_get(buffer->sector));
	if (volume_read(&replay->patches->vol, pos, replay->buffer, len, err) <
		0)
		return -1;
	if (!patches_cover(replay->patches, pos, len) &&
		is_newer(replay, replay->buffer, len))
		return 0;
	if (put_chunks(replay, item, len, err) < 0)
		return -1;
	magic = be32_get(*(const be32 *)replay->buffer);
	/* trees of free space, and of what else */
	if (le16_get(buffer->flags) >> BUFFER_KIND == KIND_TREE &&
		magic != TREE_OF_MAP && magic != TREE_OF_MAP_V5)
		return 0;
	/* of a directory's block this may be a part: xfs_dir_block() */
	place = find_place(replay->buffer, len);
	if (place && place->known_len)
		xfs_renew_sum(xfs, replay->buffer, len);
	return patches_write(replay->patches, pos, replay->buffer, len, err);
}

struct inode_item {
	uint64_t ino;
	uint64_t sector; /* of the buffer that it is in */
	uint32_t sectors;
	uint32_t off; /* in that buffer, bytes */
	uint32_t fields;
};

/* Machines of 32 bits have no room in front of the inode's number. */
static int read_inode_item(
	struct bytes data, struct inode_item *inode, struct error *err)
{
	size_t room = data.len == INODE_ITEM_32 ? 0 : 4;
	const uint8_t *at = data.data;

	if (data.len != INODE_ITEM_32 && data.len != INODE_ITEM_32 + 4)
		return error_set(err, ERR_CORRUPT, "an inode item of %zu bytes",
			data.len);
	inode->fields = le32_get(*(const le32 *)(at + 4));
	at += room;
	inode->ino = le64_get(*(const le64 *)(at + 12));
	inode->sector = le64_get(*(const le64 *)(at + 36));
	inode->sectors = le32_get(*(const le32 *)(at + 44));
	inode->off = le32_get(*(const le32 *)(at + 48));
	return 0;
}

static int replay_inode(
	struct replay *replay, const struct xfs_item *item, struct error *err)
{
	const struct xfs *xfs = replay->xfs;
	struct inode_item inode;
	uint8_t *raw = replay->buffer;
	uint64_t pos, first;
	int r;

	if (read_inode_item(item->region[0], &inode, err) < 0)
		return -1;
	if (is_cancelled(replay, inode.sector, inode.sectors))
		return 0;
	if (xfs_inode_pos(xfs, inode.ino, &pos, err) < 0)
		return -1;
	if (!mul_u64(inode.sector, XFS_SECTOR, &first) ||
		!add_u64(first, inode.off, &first) || first != pos)
		return error_set(err, ERR_CORRUPT,
			"inode %" PRIu64 " in sector 0x%" PRIx64, inode.ino,
			inode.sector);
	if (volume_read(&replay->patches->vol, pos, raw, xfs->inode_size, err) <
		0)
		return -1;
	r = xfs_log_put_inode(xfs, item, inode.fields, replay->lsn, raw, err);
	if (r < 0)
		return error_in(err, "inode %" PRIu64, inode.ino);
	return r == 0 ? 0
		      : patches_write(replay->patches, pos, raw,
				xfs->inode_size, err);
}

static int visit_buffer(
	void *ctx, const struct xfs_item *item, struct error *err)
{
	return item->type == ITEM_BUFFER ? replay_buffer(ctx, item, err) : 0;
}

static int visit_inode(
	void *ctx, const struct xfs_item *item, struct error *err)
{
	return item->type == ITEM_INODE ? replay_inode(ctx, item, err) : 0;
}

/* Visit the items of all transactions in turn, each first with one function. */
static int go_through(struct replay *replay, struct xfs_log *log,
	const struct xfs_trans_list *found, xfs_visit_item *visit,
	xfs_visit_item *then, struct error *err)
{
	size_t i;

	for (i = 0; i < found->count; i++) {
		replay->trans = (uint32_t)i;
		replay->lsn = found->list[i].lsn;
		if (xfs_trans_items(log, &found->list[i], visit, replay, err) <
				0 ||
			(then &&
				xfs_trans_items(log, &found->list[i], then,
					replay, err) < 0))
			return -1;
	}
	return 0;
}

/* Inodes may be in buffers that are new: those come first. */
static int replay_all(
	struct replay *replay, struct xfs_log *log, struct error *err)
{
	struct xfs_trans_list found = { 0 };

	if (xfs_log_find_records(log, err) < 0 ||
		xfs_trans_find(log, &found, err) < 0 ||
		go_through(replay, log, &found, survey_item, NULL, err) < 0)
		return -1;
	if (replay->cancelled_count > 0)
		qsort(replay->cancelled, replay->cancelled_count,
			sizeof(*replay->cancelled), compare_cancelled);
	return go_through(replay, log, &found, visit_buffer, visit_inode, err);
}

struct patches *xfs_log_replay(const struct xfs *xfs, struct arena *arena,
	size_t *pending, struct error *err)
{
	struct patches *patches = arena_alloc(arena, sizeof(*patches), err);
	struct replay *replay = arena_alloc(arena, sizeof(*replay), err);
	struct xfs_log log = { .xfs = xfs, .arena = arena };
	uint32_t block = xfs->block_size < PATCH_BLOCK_MAX ? xfs->block_size
							   : PATCH_BLOCK_MAX;

	if (!patches || !replay ||
		patches_init(
			patches, xfs->vol, block, PATCHES_MAX, arena, err) < 0)
		return NULL;
	replay->xfs = xfs;
	replay->arena = arena;
	replay->patches = patches;
	if (replay_all(replay, &log, err) < 0)
		return NULL;
	*pending = replay->pending_count;
	return patches;
}
