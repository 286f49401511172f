/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bytes.h - bounded views of untrusted bytes, and the integers in them
 *
 * A struct on the disk is declared from the types below.  They have alignment
 * 1, so it needs no "packed", and they are no numbers until converted: a byte
 * swap that was forgotten does not compile.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed range, which can be narrowed and never widened. */
struct bytes {
	const uint8_t *data;
	size_t len;
};

/* clang-format off */
typedef struct { uint8_t b[2]; } le16;
typedef struct { uint8_t b[4]; } le32;
typedef struct { uint8_t b[8]; } le64;
typedef struct { uint8_t b[2]; } be16;
typedef struct { uint8_t b[4]; } be32;
typedef struct { uint8_t b[8]; } be64;
/* In the order of the machine that made the disk */
typedef struct { uint8_t b[2]; } raw16;
typedef struct { uint8_t b[4]; } raw32;
typedef struct { uint8_t b[8]; } raw64;
/* clang-format on */

/*
 * The len bytes at off, or NULL if one of them lies outside.  Ask for a whole
 * structure at once: its fields then need no further check.
 */
static inline const void *bytes_at(struct bytes view, uint64_t off, size_t len)
{
	if (off > view.len || len > view.len - off)
		return NULL;
	return view.data + off;
}

/* The same as a view; empty, with NULL data, if outside. */
static inline struct bytes bytes_sub(
	struct bytes view, uint64_t off, size_t len)
{
	const uint8_t *data = bytes_at(view, off, len);

	return (struct bytes){ data, data ? len : 0 };
}

static inline uint16_t le16_get(le16 v)
{
	return (uint16_t)(v.b[1] << 8 | v.b[0]);
}

static inline uint32_t le32_get(le32 v)
{
	return (uint32_t)v.b[3] << 24 | (uint32_t)v.b[2] << 16 |
		(uint32_t)v.b[1] << 8 | v.b[0];
}

static inline uint64_t le64_get(le64 v)
{
	uint64_t number = 0;
	int i;

	for (i = 7; i >= 0; i--)
		number = number << 8 | v.b[i];
	return number;
}

static inline uint16_t be16_get(be16 v)
{
	return (uint16_t)(v.b[0] << 8 | v.b[1]);
}

static inline uint32_t be32_get(be32 v)
{
	return (uint32_t)v.b[0] << 24 | (uint32_t)v.b[1] << 16 |
		(uint32_t)v.b[2] << 8 | v.b[3];
}

static inline uint64_t be64_get(be64 v)
{
	uint64_t number = 0;
	int i;

	for (i = 0; i < 8; i++)
		number = number << 8 | v.b[i];
	return number;
}

static inline uint16_t raw16_get(raw16 v, bool big)
{
	return (uint16_t)(v.b[!big] << 8 | v.b[big]);
}

static inline uint32_t raw32_get(raw32 v, bool big)
{
	return big ? be32_get(*(be32 *)&v) : le32_get(*(le32 *)&v);
}

static inline uint64_t raw64_get(raw64 v, bool big)
{
	return big ? be64_get(*(be64 *)&v) : le64_get(*(le64 *)&v);
}

#endif
