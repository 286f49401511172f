/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs_chunk.c - where in the devices a logical address is
 *
 * A chunk is a range of logical addresses.  Its stripes, one a device (or two,
 * of DUP), hold it whole and each the same (RAID1), in turns of stripe_len
 * bytes (RAID0), both (RAID10), or in turns with parity that moves on by one
 * stripe with each row (RAID5, RAID6).  The chunks with the nodes of the tree
 * of chunks are also in the superblock.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/btrfs.h"
#include "src/base/checked.h"

#define CHUNK_OWNER 256 /* id of the keys of chunks */

/* No device has more bytes: sums of two such numbers do not overflow. */
#define BYTES_MAX (UINT64_C(1) << 62)

#define STRIPE_LEN_MIN 512

enum profile {
	SINGLE = 0,
	RAID0 = 1 << 3,
	RAID1 = 1 << 4,
	DUP = 1 << 5,
	RAID10 = 1 << 6,
	RAID5 = 1 << 7,
	RAID6 = 1 << 8,
	RAID1C3 = 1 << 9,
	RAID1C4 = 1 << 10,
};

#define PROFILES 0x7f8
#define KINDS 7 /* data, system, metadata */

struct disk_chunk {
	le64 len;
	le64 owner;
	le64 stripe_len;
	le64 type;
	le32 io_align;
	le32 io_width;
	le32 sector_size;
	le16 stripes;
	le16 sub_stripes; /* of RAID10: copies */
			  /* struct btrfs_stripe follow */
};

_Static_assert(sizeof(struct disk_chunk) == 48, "as the format has it");
_Static_assert(sizeof(struct btrfs_stripe) == 32, "as the format has it");

/* A place in a device. */
struct place {
	const struct btrfs_device *dev; /* NULL: missing */
	uint64_t id;                    /* of the device */
	uint64_t pos;                   /* in the device, bytes */
	uint64_t len;                   /* bytes that follow each other there */
};

/* How its profile spreads a chunk; false: not over so many stripes. */
static bool set_layout(struct btrfs_chunk *chunk, unsigned int sub_stripes)
{
	chunk->parity = 0;
	chunk->copies = chunk->columns = 1;
	switch (chunk->type & PROFILES) {
	case SINGLE:
		return chunk->stripes == 1;
	case DUP:
	case RAID1:
	case RAID1C3:
	case RAID1C4:
		chunk->copies = chunk->stripes;
		return true;
	case RAID0:
		chunk->columns = chunk->stripes;
		return true;
	case RAID10:
		if (sub_stripes == 0 || chunk->stripes % sub_stripes)
			return false;
		chunk->copies = sub_stripes;
		chunk->columns = chunk->stripes / sub_stripes;
		return true;
	default: /* the second copy of parity is what is made of it */
		chunk->parity = chunk->type & RAID5 ? 1 : 2;
		chunk->copies = 2;
		if (chunk->stripes <= chunk->parity)
			return false;
		chunk->columns = chunk->stripes - chunk->parity;
		return true;
	}
}

static int check_numbers(const struct btrfs_chunk *chunk, struct error *err)
{
	unsigned int i;

	if (chunk->len == 0 || chunk->len > BYTES_MAX ||
		chunk->start > UINT64_MAX - chunk->len ||
		!is_power_of_two(chunk->stripe_len) ||
		chunk->stripe_len < STRIPE_LEN_MIN ||
		chunk->stripe_len > BYTES_MAX)
		return error_set(err, ERR_CORRUPT,
			"chunk at 0x%" PRIx64 ": %" PRIu64
			" bytes in stripes of %" PRIu64,
			chunk->start, chunk->len, chunk->stripe_len);
	for (i = 0; i < chunk->stripes; i++)
		if (le64_get(chunk->stripe[i].pos) > BYTES_MAX)
			return error_set(err, ERR_CORRUPT,
				"chunk at 0x%" PRIx64
				": a stripe lies beyond any device",
				chunk->start);
	return 0;
}

static int decode(struct btrfs_chunk *chunk, uint64_t start, struct bytes item,
	struct error *err)
{
	const struct disk_chunk *disk = bytes_at(item, 0, sizeof(*disk));
	const void *stripes;
	unsigned int count;

	if (!disk)
		return error_set(err, ERR_CORRUPT,
			"chunk at 0x%" PRIx64 ": cut short", start);
	count = le16_get(disk->stripes);
	if (count > BTRFS_STRIPES_MAX)
		return error_set(err, ERR_LIMIT,
			"chunk at 0x%" PRIx64 ": more than %d stripes", start,
			BTRFS_STRIPES_MAX);
	stripes = bytes_at(
		item, sizeof(*disk), count * sizeof(struct btrfs_stripe));
	chunk->start = start;
	chunk->len = le64_get(disk->len);
	chunk->type = le64_get(disk->type);
	chunk->stripe_len = le64_get(disk->stripe_len);
	chunk->stripes = count;
	if (chunk->type & ~(uint64_t)(PROFILES | KINDS) ||
		(chunk->type & PROFILES & ((chunk->type & PROFILES) - 1)))
		return error_set(err, ERR_UNSUPPORTED,
			"chunk at 0x%" PRIx64
			" is of an unknown type (0x%" PRIx64 ")",
			start, chunk->type);
	if (!stripes || count == 0 ||
		!set_layout(chunk, le16_get(disk->sub_stripes)))
		return error_set(err, ERR_CORRUPT,
			"chunk at 0x%" PRIx64 ": %u stripes", start, count);
	memcpy(chunk->stripe, stripes, count * sizeof(struct btrfs_stripe));
	return check_numbers(chunk, err);
}

static bool is_inside(const struct btrfs_chunk *chunk, uint64_t logical)
{
	return chunk->len > 0 && logical >= chunk->start &&
		logical - chunk->start < chunk->len;
}

/* Fill a slot with a chunk; NULL if the address is not in it, or on a fault. */
static int keep(struct btrfs *b, const struct btrfs_key *key, struct bytes item,
	uint64_t logical, const struct btrfs_chunk **found, struct error *err)
{
	struct btrfs_chunk *chunk = &b->chunks[b->next_chunk];

	if (key->id != CHUNK_OWNER || key->type != BTRFS_CHUNK_ITEM)
		return 0;
	if (decode(chunk, key->offset, item, err) < 0) {
		chunk->len = 0;
		return -1;
	}
	if (!is_inside(chunk, logical)) {
		chunk->len = 0;
		return 0;
	}
	b->next_chunk = (b->next_chunk + 1) % BTRFS_CHUNKS_KEPT;
	*found = chunk;
	return 0;
}

/* The chunks in the superblock: a key and the item, one behind the other. */
static int find_system_chunk(struct btrfs *b, uint64_t logical,
	const struct btrfs_chunk **found, struct error *err)
{
	struct bytes all = { b->system_chunks, b->system_size };
	const struct btrfs_disk_key *disk_key;
	const struct disk_chunk *disk;
	struct btrfs_key key;
	uint64_t at = 0;
	size_t len;

	while (at < all.len && !*found) {
		disk_key = bytes_at(all, at, sizeof(*disk_key));
		disk = bytes_at(all, at + sizeof(*disk_key), sizeof(*disk));
		if (!disk_key || !disk)
			return error_set(err, ERR_CORRUPT,
				"superblock: a chunk is cut short");
		key = btrfs_key_of(disk_key);
		at += sizeof(*disk_key);
		len = sizeof(*disk) +
			le16_get(disk->stripes) * sizeof(struct btrfs_stripe);
		if (keep(b, &key, bytes_sub(all, at, len), logical, found,
			    err) < 0)
			return error_in(err, "superblock");
		at += len;
	}
	return 0;
}

/* The nodes of this tree are in chunks that the superblock has. */
static int find_in_tree(struct btrfs *b, uint64_t logical,
	const struct btrfs_chunk **found, struct error *err)
{
	const struct btrfs_key key = { CHUNK_OWNER, BTRFS_CHUNK_ITEM, logical };
	struct btrfs_item item;
	int r;

	if (b->in_chunk_tree)
		return 0;
	b->in_chunk_tree = true;
	r = btrfs_before(b, &b->chunk_tree, &key, &item, err);
	b->in_chunk_tree = false;
	if (r <= 0)
		return r;
	return keep(b, &item.key, item.data, logical, found, err);
}

/* The chunk with an address, until another is asked for; NULL: err is filled */
static const struct btrfs_chunk *chunk_of(
	struct btrfs *b, uint64_t logical, struct error *err)
{
	const struct btrfs_chunk *found = NULL;
	unsigned int i;

	for (i = 0; i < BTRFS_CHUNKS_KEPT; i++)
		if (is_inside(&b->chunks[i], logical))
			return &b->chunks[i];
	if (find_system_chunk(b, logical, &found, err) < 0 ||
		(!found && find_in_tree(b, logical, &found, err) < 0))
		return NULL;
	if (!found)
		error_set(err, ERR_CORRUPT,
			"logical address 0x%" PRIx64 " is in no chunk",
			logical);
	return found;
}

/* Bytes off into a chunk; what the stripe is behind depends on the profile. */
static void find_place(struct btrfs *b, const struct btrfs_chunk *chunk,
	uint64_t off, unsigned int copy, struct place *place)
{
	uint64_t turn = off / chunk->stripe_len, skip = off % chunk->stripe_len;
	uint64_t row = turn / chunk->columns;
	uint64_t column = turn % chunk->columns;
	const struct btrfs_stripe *stripe;

	if (chunk->parity > 0)
		stripe = &chunk->stripe[(column + row) % chunk->stripes];
	else
		stripe = &chunk->stripe[column * chunk->copies + copy];
	place->dev = btrfs_device_of(b, stripe);
	place->id = le64_get(stripe->device);
	place->pos = le64_get(stripe->pos) + row * chunk->stripe_len + skip;
	place->len = chunk->len - off;
	if (chunk->columns > 1 && place->len > chunk->stripe_len - skip)
		place->len = chunk->stripe_len - skip;
}

static int missing(const struct btrfs *b, uint64_t id, struct error *err)
{
	return error_set(err, ERR_IO,
		"device %" PRIu64 " of the file system's %" PRIu64
		" is not among the guest's disks",
		id, b->device_count);
}

static int read_place(struct btrfs *b, const struct place *place, void *buf,
	size_t len, struct error *err)
{
	if (!place->dev)
		return missing(b, place->id, err);
	if (volume_read(place->dev->vol, place->pos, buf, len, err) < 0)
		return error_in(err, "device %" PRIu64, place->id);
	return 0;
}

/* What the other data and the parity of its row make of a missing stripe. */
static int rebuild(struct btrfs *b, const struct btrfs_chunk *chunk,
	uint64_t off, uint8_t *buf, size_t len, struct error *err)
{
	uint64_t turn = off / chunk->stripe_len, skip = off % chunk->stripe_len;
	uint64_t row = turn / chunk->columns, column, i;
	const struct btrfs_stripe *stripe;
	uint8_t part[4096];
	size_t done, n, at;
	struct place place;

	memset(buf, 0, len);
	/* the columns with data and, behind them, the one with their sum */
	for (column = 0; column <= chunk->columns; column++) {
		if (column == turn % chunk->columns)
			continue;
		stripe = &chunk->stripe[(column + row) % chunk->stripes];
		place.dev = btrfs_device_of(b, stripe);
		place.id = le64_get(stripe->device);
		place.pos =
			le64_get(stripe->pos) + row * chunk->stripe_len + skip;
		for (done = 0; done < len; done += n, place.pos += n) {
			n = len - done < sizeof(part) ? len - done
						      : sizeof(part);
			if (read_place(b, &place, part, n, err) < 0)
				return -1;
			for (at = 0, i = done; at < n; at++, i++)
				buf[i] ^= part[at];
		}
	}
	return 0;
}

/* At most *len bytes, which becomes how many there are in one place. */
static int read_piece(struct btrfs *b, const struct btrfs_chunk *chunk,
	uint64_t off, unsigned int copy, void *buf, size_t *len,
	struct error *err)
{
	struct place place;

	find_place(b, chunk, off, copy, &place);
	if (*len > place.len)
		*len = (size_t)place.len;
	if (chunk->parity > 0 && copy > 0)
		return rebuild(b, chunk, off, buf, *len, err);
	return read_place(b, &place, buf, *len, err);
}

unsigned int btrfs_copies(struct btrfs *b, uint64_t logical, struct error *err)
{
	const struct btrfs_chunk *chunk = chunk_of(b, logical, err);

	return chunk ? chunk->copies : 0;
}

int btrfs_read_copy(struct btrfs *b, uint64_t logical, unsigned int copy,
	void *buf, size_t len, struct error *err)
{
	const struct btrfs_chunk *chunk;
	uint8_t *to = buf;
	size_t n;

	for (; len > 0; logical += n, to += n, len -= n) {
		chunk = chunk_of(b, logical, err);
		if (!chunk)
			return -1;
		n = len;
		if (read_piece(b, chunk, logical - chunk->start,
			    copy % chunk->copies, to, &n, err) < 0)
			return -1;
	}
	return 0;
}

/* Is it a device for the first round, or for what is left to try? */
static bool is_for_round(
	const struct btrfs *b, const struct place *place, int round)
{
	bool last = !place->dev || btrfs_is_stale(b, place->dev);

	return last == (round > 0);
}

/* Any copy will do, but those first that have missed nothing. */
static int read_any(struct btrfs *b, const struct btrfs_chunk *chunk,
	uint64_t off, void *buf, size_t *len, struct error *err)
{
	struct error later, *why = err;
	struct place place;
	unsigned int copy;
	size_t n = 0;
	int round;

	for (round = 0; round < 2; round++)
		for (copy = 0; copy < chunk->copies; copy++) {
			find_place(b, chunk, off, copy, &place);
			if (!is_for_round(b, &place, round))
				continue;
			n = *len;
			if (read_piece(b, chunk, off, copy, buf, &n, why) ==
				0) {
				*len = n;
				return 0;
			}
			why = &later; /* the first fault is told */
		}
	return -1;
}

static int logical_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	struct btrfs *b = vol->priv;
	const struct btrfs_chunk *chunk;
	uint8_t *to = buf;
	size_t n;

	for (; len > 0; off += n, to += n, len -= n) {
		chunk = chunk_of(b, off, err);
		if (!chunk)
			return -1;
		n = len;
		if (read_any(b, chunk, off - chunk->start, to, &n, err) < 0)
			return -1;
	}
	return 0;
}

/* Is there a device, as new as the others, with all of these bytes? */
static bool is_on_device(struct btrfs *b, const struct btrfs_stripe *stripe,
	uint64_t off, uint64_t len)
{
	const struct btrfs_device *dev = btrfs_device_of(b, stripe);

	return dev && !btrfs_is_stale(b, dev) &&
		range_inside(le64_get(stripe->pos) + off, len, dev->vol->size);
}

int btrfs_is_in_place(
	struct btrfs *b, uint64_t logical, uint64_t len, struct error *err)
{
	const struct btrfs_chunk *chunk = chunk_of(b, logical, err);
	uint64_t off, rows;
	unsigned int i, good = 0;

	if (!chunk)
		return -1;
	off = logical - chunk->start;
	if (len > chunk->len - off)
		return 0;
	if (chunk->columns == 1 && chunk->parity == 0) {
		for (i = 0; i < chunk->stripes; i++)
			good += is_on_device(b, &chunk->stripe[i], off, len);
		return good > 0;
	}
	rows = (off + len - 1) / chunk->stripe_len / chunk->columns + 1;
	for (i = 0; i < chunk->stripes; i++)
		good += is_on_device(
			b, &chunk->stripe[i], 0, rows * chunk->stripe_len);
	return good == chunk->stripes;
}

/* In the first copy whose device is there and has missed nothing. */
static int logical_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	struct btrfs *b = vol->priv;
	const struct btrfs_chunk *chunk = chunk_of(b, off, err);
	struct error ignored;
	struct place place;
	unsigned int copy, copies;

	if (!chunk)
		return -1;
	copies = chunk->parity > 0 ? 1 : chunk->copies;
	for (copy = 0; copy < copies; copy++) {
		find_place(b, chunk, off - chunk->start, copy, &place);
		if (!is_for_round(b, &place, 0))
			continue;
		if (place.len > len)
			place.len = len;
		if (volume_locate(place.dev->vol, place.pos, place.len, run,
			    &ignored) > 0)
			return 0;
	}
	return 1;
}

void btrfs_logical_volume(struct btrfs *b)
{
	b->logical = (struct volume){
		.size = UINT64_MAX,
		.priv = b,
		.read = logical_read,
		.locate = logical_locate,
	};
}
