/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * parity.c - RAID 4, 5 and 6, complete or without as many members as there are
 * parities
 *
 * P is the sum of a row's data, Q the sum of g^i times the data, in the field
 * of 256 elements of the polynomial 0x11d with g = 2 ("The mathematics of
 * RAID-6", H. Peter Anvin).  i counts the data from the member behind Q on; in
 * DDF's layouts it is the member's number.
 */
#include <inttypes.h>
#include <string.h>

#include "src/base/checked.h"
#include "src/volume/raid.h"

/*
 * What is made good is made good in pieces of this size: larger ones than a
 * disk keeps (disk.h), which are read once.
 */
#define PIECE 16384

#define NOBODY UINT32_MAX

/* Who holds what in one row of chunks. */
struct row {
	const struct raid_parity *raid;
	unsigned int p;
	unsigned int q; /* NOBODY with one parity */
	uint64_t off;   /* of the bytes in question, the same in each member */
};

bool raid_layout_known(unsigned int layout, unsigned int parities)
{
	if (layout <= RAID_PARITY_LAST)
		return true;
	return parities == 2 &&
		((layout >= RAID_ZERO_RESTART && layout <= RAID_N_CONTINUE) ||
			(layout >= RAID_Q_LAST && layout <= RAID_Q_LAST + 4));
}

static bool is_ddf(const struct raid_parity *raid)
{
	return raid->layout >= RAID_ZERO_RESTART &&
		raid->layout <= RAID_N_CONTINUE;
}

/* Place P, and of n members the one that holds data number data. */
static unsigned int place_one(enum raid_layout layout, unsigned int n,
	uint64_t row, unsigned int data, unsigned int *p)
{
	unsigned int turn = (unsigned int)(row % n);

	switch (layout) {
	case RAID_LEFT_ASYMMETRIC:
	case RAID_LEFT_SYMMETRIC:
		*p = n - 1 - turn;
		break;
	case RAID_PARITY_FIRST:
		*p = 0;
		return data + 1;
	case RAID_PARITY_LAST:
		*p = n - 1;
		return data;
	default:
		*p = turn;
		break;
	}
	if (layout == RAID_LEFT_SYMMETRIC || layout == RAID_RIGHT_SYMMETRIC)
		return (*p + 1 + data) % n;
	return data >= *p ? data + 1 : data;
}

/* The same for P and Q side by side. */
static unsigned int place_two(enum raid_layout layout, unsigned int n,
	uint64_t row, unsigned int data, unsigned int *p, unsigned int *q)
{
	unsigned int turn = (unsigned int)(row % n);

	switch (layout) {
	case RAID_LEFT_ASYMMETRIC:
	case RAID_LEFT_SYMMETRIC:
	case RAID_N_CONTINUE:
		*p = n - 1 - turn;
		break;
	case RAID_N_RESTART:
		*p = n - 1 - (turn + 1) % n;
		break;
	case RAID_PARITY_FIRST:
		*p = 0;
		break;
	case RAID_PARITY_LAST:
		*p = n - 2;
		break;
	default:
		*p = turn;
		break;
	}
	*q = (*p + 1) % n;
	if (layout == RAID_N_CONTINUE) {
		*q = (*p + n - 1) % n;
		return (*p + 1 + data) % n;
	}
	if (layout == RAID_LEFT_SYMMETRIC || layout == RAID_RIGHT_SYMMETRIC)
		return (*p + 2 + data) % n;
	if (*p == n - 1) /* Q is the first */
		return data + 1;
	return data >= *p ? data + 2 : data;
}

/* Who holds data number data of a row. */
static unsigned int place_data(
	struct row *row, uint64_t number, unsigned int data)
{
	const struct raid_parity *raid = row->raid;

	row->q = NOBODY;
	if (raid->parities == 1)
		return place_one(
			raid->layout, raid->count, number, data, &row->p);
	if (raid->layout < RAID_Q_LAST)
		return place_two(raid->layout, raid->count, number, data,
			&row->p, &row->q);
	row->q = raid->count - 1;
	return place_one(raid->layout - RAID_Q_LAST, raid->count - 1, number,
		data, &row->p);
}

/* A product in the field. */
static uint8_t multiply(uint8_t a, uint8_t b)
{
	unsigned int sum = 0, x = a;

	for (; b > 0; b >>= 1) {
		if (b & 1)
			sum ^= x;
		x = x << 1 ^ (x & 0x80 ? 0x11d : 0);
	}
	return (uint8_t)sum;
}

/* a to the power 254, which is 1 / a. */
static uint8_t invert(uint8_t a)
{
	uint8_t result = 1;
	int i;

	for (i = 0; i < 254; i++)
		result = multiply(result, a);
	return result;
}

/* What Q multiplies the data of that member with. */
static uint8_t weight(const struct row *row, unsigned int member)
{
	unsigned int n = row->raid->count, at = (row->q + 1) % n, i;
	uint8_t product = 1;

	if (is_ddf(row->raid))
		at = 0;
	for (i = 0; at != member; at = (at + 1) % n)
		if (is_ddf(row->raid) || (at != row->p && at != row->q))
			i++;
	for (i %= 255; i > 0; i--)
		product = multiply(product, 2);
	return product;
}

static int read_member(const struct row *row, unsigned int member, uint8_t *to,
	size_t len, struct error *err)
{
	const struct raid_member *from = &row->raid->members[member];
	uint64_t off;

	if (!from->vol)
		return error_set(err, ERR_IO,
			"member %u of the array is missing", member);
	if (!add_u64(from->start, row->off, &off))
		return error_set(err, ERR_CORRUPT, "the array is too large");
	return volume_read(from->vol, off, to, len, err);
}

/* Once each, which is what there is to do but for Q: a word at a time. */
static void add_once(uint8_t *sum, const uint8_t *more, size_t len)
{
	uint64_t a, b;

	for (; len >= sizeof(a);
		len -= sizeof(a), sum += sizeof(a), more += sizeof(a)) {
		memcpy(&a, sum, sizeof(a));
		memcpy(&b, more, sizeof(b));
		a ^= b;
		memcpy(sum, &a, sizeof(a));
	}
	while (len > 0) {
		len--;
		sum[len] ^= more[len];
	}
}

static void add(uint8_t *sum, const uint8_t *more, uint8_t times, size_t len)
{
	uint8_t table[256];
	size_t i;

	if (times == 1) {
		add_once(sum, more, len);
		return;
	}
	for (i = 0; i < sizeof(table); i++)
		table[i] = multiply((uint8_t)i, times);
	for (i = 0; i < len; i++)
		sum[i] ^= table[more[i]];
}

/* The sum of everybody's bytes but skip's and Q's: those of skip. */
static int restore_by_p(const struct row *row, unsigned int skip, uint8_t *to,
	size_t len, struct error *err)
{
	uint8_t piece[PIECE];
	unsigned int i;

	memset(to, 0, len);
	for (i = 0; i < row->raid->count; i++) {
		if (i == skip || i == row->q)
			continue;
		if (read_member(row, i, piece, len, err) < 0)
			return -1;
		add(to, piece, 1, len);
	}
	return 0;
}

/*
 * With Q: wanted's bytes, where other (or NOBODY) is missing as well, which is
 * data or P.
 */
static int restore_by_q(const struct row *row, unsigned int wanted,
	unsigned int other, uint8_t *to, size_t len, struct error *err)
{
	uint8_t piece[PIECE], sum[PIECE] = { 0 }, by = weight(row, wanted);
	unsigned int i;

	memset(to, 0, len);
	for (i = 0; i < row->raid->count; i++) {
		if (i == wanted || i == other)
			continue;
		if (i == row->p && (other == NOBODY || other == row->p))
			continue;
		if (read_member(row, i, piece, len, err) < 0)
			return -1;
		if (i != row->q)
			add(sum, piece, 1, len);
		if (i != row->p)
			add(to, piece, i == row->q ? 1 : weight(row, i), len);
	}
	/* to is the data missing times their weights, sum is their sum */
	if (other != NOBODY && other != row->p) {
		add(to, sum, weight(row, other), len);
		by ^= weight(row, other);
	}
	memset(sum, 0, len);
	add(sum, to, invert(by), len);
	memcpy(to, sum, len);
	return 0;
}

/* Somebody else of data and P who is missing; NOBODY: none. */
static unsigned int other_missing(const struct row *row, unsigned int wanted)
{
	unsigned int i;

	for (i = 0; i < row->raid->count; i++)
		if (i != wanted && i != row->q && !row->raid->members[i].vol)
			return i;
	return NOBODY;
}

static int restore(const struct row *row, unsigned int wanted, uint8_t *to,
	size_t len, struct error *err)
{
	unsigned int other = other_missing(row, wanted);

	if (row->q == NOBODY || other == NOBODY)
		return restore_by_p(row, wanted, to, len, err);
	return restore_by_q(row, wanted, other, to, len, err);
}

/* Where the byte at off is: *member and row->off; bytes to the chunk's end. */
static uint64_t find_data(const struct raid_parity *raid, uint64_t off,
	struct row *row, unsigned int *member)
{
	unsigned int data = raid->count - raid->parities;
	uint64_t chunk = off / raid->chunk, in = off % raid->chunk;

	row->raid = raid;
	/* no larger than off, as there is at least one member with data */
	row->off = chunk / data * raid->chunk + in;
	*member = place_data(row, chunk / data, (unsigned int)(chunk % data));
	return raid->chunk - in;
}

static int parity_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	const struct raid_parity *raid = vol->priv;
	struct row row;
	unsigned int member;
	uint8_t *to = buf;
	uint64_t left;
	size_t n;
	int r;

	for (; len > 0; len -= n, off += n, to += n) {
		left = find_data(raid, off, &row, &member);
		n = len < left ? len : (size_t)left;
		if (!raid->members[member].vol && n > PIECE)
			n = PIECE;
		if (raid->members[member].vol)
			r = read_member(&row, member, to, n, err);
		else
			r = restore(&row, member, to, n, err);
		if (r < 0)
			return -1;
	}
	return 0;
}

static int parity_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	const struct raid_parity *raid = vol->priv;
	struct row row;
	unsigned int member;
	uint64_t left = find_data(raid, off, &row, &member), pos;
	const struct raid_member *from = &raid->members[member];

	if (!from->vol)
		return 1;
	if (!add_u64(from->start, row.off, &pos))
		return error_set(err, ERR_CORRUPT, "the array is too large");
	return volume_run_below(
		from->vol, pos, len < left ? len : left, run, err);
}

void volume_of_parity(
	struct volume *vol, struct raid_parity *raid, uint64_t size)
{
	*vol = (struct volume){
		.size = size,
		.priv = raid,
		.read = parity_read,
		.locate = parity_locate,
	};
}
