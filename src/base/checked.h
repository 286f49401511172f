/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * checked.h - arithmetic on a guest's numbers that says when it overflows
 *
 * Each function returns false, and leaves *out alone, if the result does not
 * fit.
 */
#ifndef BASE_CHECKED_H
#define BASE_CHECKED_H

#include <stdbool.h>
#include <stdint.h>

static inline bool add_u64(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*out = sum;
	return true;
}

static inline bool mul_u64(uint64_t a, uint64_t b, uint64_t *out)
{
	uint64_t product;

	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*out = product;
	return true;
}

/* a << by, where by may be any number a disk holds. */
static inline bool shl_u64(uint64_t a, uint64_t by, uint64_t *out)
{
	if (by >= 64 || (a << by) >> by != a)
		return false;
	*out = a << by;
	return true;
}

/* Does the range of len bytes from off lie inside size bytes? */
static inline bool range_inside(uint64_t off, uint64_t len, uint64_t size)
{
	return off <= size && len <= size - off;
}

static inline bool is_power_of_two(uint64_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

#endif
