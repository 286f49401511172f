/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * copies.c - stripes and mirrors: RAID 0, 1 and 10
 */
#include <inttypes.h>

#include "src/base/checked.h"
#include "src/volume/raid.h"

/* Larger than any volume: all of a mirror is one chunk. */
#define WHOLE (UINT64_C(1) << 63)

/* A copy of some bytes of the array. */
struct place {
	const struct raid_member *member;
	uint64_t off; /* in the member's volume */
	uint64_t len; /* to the end of the chunk */
};

void raid_striped(struct raid_copies *raid, struct raid_member *members,
	unsigned int count, uint64_t chunk)
{
	*raid = (struct raid_copies){
		.members = members,
		.count = count,
		.chunk = chunk,
		.near = 1,
		.far = 1,
		.set_size = count,
	};
}

void raid_mirrored(struct raid_copies *raid, struct raid_member *members,
	unsigned int count)
{
	raid_striped(raid, members, count, WHOLE);
	raid->near = count;
}

/*
 * The next member with a far copy.  Sets of set_size members keep their copies
 * among themselves; what is left over belongs to the last set.
 */
static unsigned int next_far(const struct raid_copies *raid, unsigned int dev)
{
	unsigned int set = dev / raid->set_size;
	unsigned int left = raid->count % raid->set_size;
	unsigned int last_start, last_size;

	dev += raid->near;
	if (left > 0) {
		last_start =
			(raid->count / raid->set_size - 1) * raid->set_size;
		last_size = raid->set_size + left;
		if (dev > last_start)
			return (dev - last_start) % last_size + last_start;
	}
	return dev % raid->set_size + raid->set_size * set;
}

/* Copy number copy of the byte at off; false: it lies beyond all numbers. */
static bool find_place(const struct raid_copies *raid, uint64_t off,
	unsigned int copy, struct place *place)
{
	uint64_t chunk, row, pos, in = off % raid->chunk;
	unsigned int dev, far;

	if (!mul_u64(off / raid->chunk, raid->near, &chunk))
		return false;
	dev = (unsigned int)((chunk + raid->shift) % raid->count);
	row = chunk / raid->count;
	if (raid->offset && !mul_u64(row, raid->far, &row))
		return false;
	dev += copy % raid->near;
	if (dev >= raid->count) {
		dev -= raid->count;
		row++;
	}
	if (!mul_u64(row, raid->chunk, &pos) || !add_u64(pos, in, &pos))
		return false;
	for (far = copy / raid->near; far > 0; far--) {
		dev = next_far(raid, dev);
		if (!add_u64(pos, raid->stride, &pos))
			return false;
	}
	place->member = &raid->members[dev];
	place->len = raid->chunk - in;
	return add_u64(place->member->start, pos, &place->off);
}

static int no_copy(
	const struct raid_copies *raid, uint64_t off, struct error *err)
{
	return error_set(err, ERR_IO,
		"no member of the array is there that holds 0x%" PRIx64
		" (%u members)",
		off, raid->count);
}

/* From the first copy that can be read; *n becomes what its chunk holds. */
static int read_chunk(const struct raid_copies *raid, uint64_t off, uint8_t *to,
	size_t *n, struct error *err)
{
	unsigned int copy, tried = 0;
	struct place place;

	for (copy = 0; copy < raid->near * raid->far; copy++) {
		if (!find_place(raid, off, copy, &place))
			break;
		if (!place.member->vol)
			continue;
		if (*n > place.len)
			*n = (size_t)place.len;
		if (volume_read(place.member->vol, place.off, to, *n, err) == 0)
			return 0;
		tried++;
	}
	return tried ? -1 : no_copy(raid, off, err);
}

static int copies_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	uint8_t *to = buf;
	size_t n;

	for (; len > 0; len -= n, off += n, to += n) {
		n = len;
		if (read_chunk(vol->priv, off, to, &n, err) < 0)
			return -1;
	}
	return 0;
}

static int copies_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	const struct raid_copies *raid = vol->priv;
	struct place place;
	unsigned int copy;
	int r = 1;

	for (copy = 0; copy < raid->near * raid->far && r != 0; copy++) {
		if (!find_place(raid, off, copy, &place))
			return no_copy(raid, off, err);
		if (place.member->vol)
			r = volume_run_below(place.member->vol, place.off,
				len < place.len ? len : place.len, run, err);
	}
	return r;
}

void volume_of_copies(
	struct volume *vol, struct raid_copies *raid, uint64_t size)
{
	*vol = (struct volume){
		.size = size,
		.priv = raid,
		.read = copies_read,
		.locate = copies_locate,
	};
}
