/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_raidz.c - blocks in rows over several devices, with one to three parities
 *
 * Each block has columns of its own: the parity first, then its data, column by
 * column.  The parities are sums in the field of 256 elements over x^8 + x^4 +
 * x^3 + x^2 + 1, with the powers of 1, 2 and 4 as weights; what is missing is
 * found by solving as many equations as columns are missing.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/zfs.h"
#include "src/base/checked.h"

#define PARITIES 3
#define FIELD 0x11d

/* Blocks from odd megabytes on have the first two columns exchanged. */
#define EXCHANGE (UINT64_C(1) << 20)

struct column {
	const struct zfs_vdev *vdev;
	uint64_t off;
	size_t size;
	uint8_t *data;
	bool missing;
};

struct stripe {
	unsigned int count;
	unsigned int parity;
	struct column column[ZFS_CHILDREN_MAX];
};

static uint8_t multiply(uint8_t a, uint8_t b)
{
	unsigned int product = 0, x = a;

	for (; b; b >>= 1) {
		if (b & 1)
			product ^= x;
		x <<= 1;
		if (x & 0x100)
			x ^= FIELD;
	}
	return (uint8_t)product;
}

static uint8_t power(uint8_t base, unsigned int exponent)
{
	uint8_t result = 1;

	while (exponent-- > 0)
		result = multiply(result, base);
	return result;
}

/* Every element but 0 is 1 to the power of 255. */
static uint8_t inverse(uint8_t a)
{
	return power(a, 254);
}

static void add_times(
	uint8_t *to, const uint8_t *from, size_t len, uint8_t weight)
{
	uint8_t times[256];
	unsigned int i;
	size_t at;

	for (i = 0; i < 256; i++)
		times[i] = multiply((uint8_t)i, weight);
	for (at = 0; at < len; at++)
		to[at] ^= times[from[at]];
}

/* Weight of a data column in a parity. */
static uint8_t weight(
	const struct stripe *stripe, unsigned int parity, unsigned int column)
{
	return power((uint8_t)(1U << parity), stripe->count - 1 - column);
}

static void lay_out(struct stripe *stripe, const struct zfs_vdev *vdev,
	uint64_t off, uint8_t *data, size_t size)
{
	uint64_t sector = off >> vdev->ashift, row = sector / vdev->count;
	unsigned int first = (unsigned int)(sector % vdev->count);
	unsigned int width = vdev->count - vdev->parity, c, n, at;
	size_t sectors = size >> vdev->ashift, full = sectors / width;
	unsigned int rest = (unsigned int)(sectors % width);
	unsigned int longer = rest ? rest + vdev->parity : 0;
	struct column *column;

	stripe->parity = vdev->parity;
	stripe->count = full ? vdev->count : longer;
	for (c = 0; c < stripe->count; c++) {
		n = c < 2 && vdev->parity == 1 && off & EXCHANGE ? 1 - c : c;
		at = first + n;
		column = &stripe->column[c];
		column->vdev = &vdev->children[at % vdev->count];
		column->off = (row + at / vdev->count) << vdev->ashift;
		column->size = (full + (c < longer)) << vdev->ashift;
		column->missing = false;
		column->data = NULL;
		if (c >= vdev->parity) {
			column->data = data;
			data += column->size;
		}
	}
}

static int read_column(
	struct zfs_pool *pool, struct column *column, struct error *err)
{
	unsigned int way;

	for (way = 0; way < column->vdev->ways; way++)
		if (zfs_vdev_read(pool, column->vdev, column->off, column->data,
			    column->size, way, err) == 0)
			return 0;
	return -1;
}

/* What is missing, and parities in its place. */
struct equations {
	unsigned int count;
	unsigned int unknown[PARITIES]; /* columns */
	unsigned int parity[PARITIES];
	uint8_t *sum[PARITIES];
	uint8_t matrix[PARITIES][2 * PARITIES];
};

/* As many parities as columns are missing, less what is known of the data. */
static int read_sums(struct zfs_pool *pool, struct stripe *stripe,
	struct equations *eq, struct error *err)
{
	size_t size = stripe->column[0].size;
	unsigned int p, c, found = 0;
	struct column *column;

	if (zfs_buffer_grow(
		    &pool->parity, PARITIES * size, pool->fs->arena, err) < 0)
		return -1;
	for (p = 0; p < stripe->parity && found < eq->count; p++) {
		column = &stripe->column[p];
		column->data = pool->parity.data + found * size;
		if (column->missing || read_column(pool, column, err) < 0)
			continue;
		for (c = stripe->parity; c < stripe->count; c++)
			if (!stripe->column[c].missing)
				add_times(column->data, stripe->column[c].data,
					stripe->column[c].size,
					weight(stripe, p, c));
		eq->parity[found] = p;
		eq->sum[found++] = column->data;
	}
	if (found < eq->count)
		return error_set(err, ERR_NOT_FOUND,
			"%u devices of a raidz with %u parities are missing",
			eq->count + stripe->parity - found, stripe->parity);
	return 0;
}

static void swap_rows(struct equations *eq, unsigned int a, unsigned int b)
{
	uint8_t row[2 * PARITIES];

	memcpy(row, eq->matrix[a], sizeof(row));
	memcpy(eq->matrix[a], eq->matrix[b], sizeof(row));
	memcpy(eq->matrix[b], row, sizeof(row));
}

/* Gauss and Jordan: the right half becomes the inverse of the left one. */
static bool invert(struct equations *eq)
{
	unsigned int n = eq->count, i, j, k;
	uint8_t factor;

	for (i = 0; i < n; i++) {
		for (j = i; j < n && eq->matrix[j][i] == 0; j++)
			;
		if (j == n)
			return false;
		swap_rows(eq, i, j);
		factor = inverse(eq->matrix[i][i]);
		for (k = 0; k < 2 * n; k++)
			eq->matrix[i][k] = multiply(eq->matrix[i][k], factor);
		for (j = 0; j < n; j++) {
			factor = eq->matrix[j][i];
			for (k = 0; j != i && k < 2 * n; k++)
				eq->matrix[j][k] ^=
					multiply(eq->matrix[i][k], factor);
		}
	}
	return true;
}

static int solve(struct stripe *stripe, struct equations *eq, struct error *err)
{
	unsigned int i, j;
	struct column *column;

	for (i = 0; i < eq->count; i++)
		for (j = 0; j < eq->count; j++) {
			eq->matrix[i][j] =
				weight(stripe, eq->parity[i], eq->unknown[j]);
			eq->matrix[i][eq->count + j] = i == j;
		}
	if (!invert(eq))
		return error_set(err, ERR_CORRUPT,
			"parities that do not give the missing columns");
	for (i = 0; i < eq->count; i++) {
		column = &stripe->column[eq->unknown[i]];
		memset(column->data, 0, column->size);
		for (j = 0; j < eq->count; j++)
			add_times(column->data, eq->sum[j], column->size,
				eq->matrix[i][eq->count + j]);
	}
	return 0;
}

/* way 0: believe every device that answers; n: all but the nth. */
int zfs_raidz_read(struct zfs_pool *pool, const struct zfs_vdev *vdev,
	uint64_t off, uint8_t *buf, size_t size, unsigned int way,
	struct error *err)
{
	size_t sector = (size_t)1 << vdev->ashift;
	struct stripe stripe;
	struct equations eq = { 0 };
	struct column *column;
	unsigned int c;

	size = (size + sector - 1) / sector * sector;
	lay_out(&stripe, vdev, off, buf, size);
	for (c = 0; way > 0 && c < stripe.count; c++)
		stripe.column[c].missing =
			stripe.column[c].vdev == &vdev->children[way - 1];
	for (c = stripe.parity; c < stripe.count; c++) {
		column = &stripe.column[c];
		if (!column->missing && read_column(pool, column, err) == 0)
			continue;
		column->missing = true;
		if (eq.count == stripe.parity)
			return error_set(err, ERR_NOT_FOUND,
				"more than %u devices of a raidz are missing",
				stripe.parity);
		eq.unknown[eq.count++] = c;
	}
	if (eq.count == 0)
		return 0;
	if (read_sums(pool, &stripe, &eq, err) < 0)
		return -1;
	return solve(&stripe, &eq, err);
}
