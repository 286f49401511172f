/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xfs_log_inode.c - inodes in the log
 *
 * An inode's core has the same fields at the same places as on the disk, but in
 * the order of the machine's bytes.  What is in its fork is as on the disk,
 * only the root of a tree has the header of other tree blocks.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/xfs_log.h"
#include "src/base/length.h"

#define CORE_SIZE 100 /* bytes, with what is not logged at its end */
#define CORE_LOGGED 96
#define CORE_SIZE_V5 176
#define INODE_MAGIC 0x494e

#define AT_VERSION 4
#define AT_FLUSHED 30 /* how often it was written, before version 5 */
#define AT_FORK 82
#define AT_CRC 100
#define AT_LSN 112
#define AT_FLAGS2 120
#define FLAG2_BIGTIME 0x8
#define FLAG2_MANY 0x10

#define FLUSHED_MAX 0xffff

/* Which of what follows is there */
#define HAS_DATA 0x2
#define HAS_EXTENTS 0x4
#define HAS_ROOT 0x8
#define HAS_NEW_OWNER 0x200

#define TREE_HEAD 24 /* bytes */
#define TREE_HEAD_V5 72
#define ROOT_HEAD 4
#define PAIR 16 /* bytes: a key and a pointer, each 8 */

/* Numbers of a core, and how many bytes they have; the rest is bytes. */
static const struct {
	uint8_t at;
	uint8_t len;
	uint8_t count;
} numbers[] = {
	{ 0, 2, 2 },   /* magic, mode */
	{ 8, 4, 3 },   /* owner, group, links */
	{ 20, 2, 2 },  /* project */
	{ 56, 8, 2 },  /* size, blocks */
	{ 72, 4, 2 },  /* extent size, extents */
	{ 80, 2, 1 },  /* extents of attributes */
	{ 84, 4, 1 },  /* of DMAPI */
	{ 88, 2, 2 },  /* the same, flags */
	{ 92, 4, 1 },  /* generation */
	{ 104, 8, 3 }, /* changes, LSN, more flags; from here on version 5 */
	{ 128, 4, 1 }, { 152, 8, 1 }, /* inode */
};

#define NUMBERS LENGTH(numbers)

static void reverse(uint8_t *to, const uint8_t *from, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		to[i] = from[len - 1 - i];
}

/* Nanoseconds in all, or seconds and nanoseconds. */
static void put_time(uint8_t *to, const uint8_t *from, bool big)
{
	size_t len = big ? 8 : 4;

	reverse(to, from, len);
	if (!big)
		reverse(to + len, from + len, len);
}

/* All but the pointer to the next that is to be deleted, and the checksum. */
static void put_core(uint8_t *raw, const uint8_t *core, bool v5)
{
	bool big = v5 && (core[AT_FLAGS2] & FLAG2_BIGTIME);
	size_t end = v5 ? CORE_SIZE_V5 : CORE_LOGGED, i, n, at;
	uint8_t next[CORE_SIZE - CORE_LOGGED];

	memcpy(next, raw + CORE_LOGGED, sizeof(next));
	memcpy(raw, core, end);
	for (i = 0; i < NUMBERS && numbers[i].at < end; i++)
		for (n = 0; n < numbers[i].count; n++) {
			at = numbers[i].at + n * numbers[i].len;
			reverse(raw + at, core + at, numbers[i].len);
		}
	for (i = 32; i < 56; i += 8)
		put_time(raw + i, core + i, big);
	if (v5) {
		put_time(raw + 144, core + 144, big);
		/* many extents, or zeros */
		reverse(raw + 24, core + 24, 8);
		/* with many of data, those of attributes have 4 bytes */
		if (core[AT_FLAGS2] & FLAG2_MANY)
			reverse(raw + 76, core + 76, 4);
	} else {
		/* once replayed, the count begins anew */
		memset(raw + AT_FLUSHED, 0, 2);
	}
	memcpy(raw + CORE_LOGGED, next, sizeof(next));
}

/* A tree block's root becomes an inode's: other header, and less room. */
static int put_root(uint8_t *fork, size_t room, struct bytes root, bool v5,
	struct error *err)
{
	size_t head = v5 ? TREE_HEAD_V5 : TREE_HEAD, count, had, has;
	const be16 *counted = bytes_at(root, 6, sizeof(*counted));

	if (!counted || root.len < head + PAIR || room < ROOT_HEAD + PAIR)
		return error_set(err, ERR_CORRUPT, "no room for a tree's root");
	count = be16_get(*counted);
	had = (root.len - head) / PAIR;
	has = (room - ROOT_HEAD) / PAIR;
	if (count > had || count > has)
		return error_set(err, ERR_CORRUPT,
			"a tree's root of %zu children, room for %zu", count,
			has);
	memcpy(fork, root.data + 4, ROOT_HEAD);
	memcpy(fork + ROOT_HEAD, root.data + head, count * 8);
	memcpy(fork + ROOT_HEAD + has * 8, root.data + head + had * 8,
		count * 8);
	return 0;
}

static int put_fork(const struct xfs *xfs, uint8_t *raw, uint32_t fields,
	const struct xfs_item *item, struct error *err)
{
	size_t begin = xfs->v5 ? CORE_SIZE_V5 : CORE_SIZE;
	size_t room = xfs->inode_size - begin;
	struct bytes data;

	if (fields & HAS_NEW_OWNER)
		return error_set(err, ERR_UNSUPPORTED, "exchanged extents");
	if (!(fields & (HAS_DATA | HAS_EXTENTS | HAS_ROOT)))
		return 0;
	if (item->count < 3 || raw[AT_FORK] * (size_t)8 > room)
		return error_set(err, ERR_CORRUPT, "no room for its data");
	if (raw[AT_FORK])
		room = raw[AT_FORK] * (size_t)8;
	data = item->region[2];
	if (fields & HAS_ROOT)
		return put_root(raw + begin, room, data, xfs->v5, err);
	if (data.len > room)
		return error_set(err, ERR_CORRUPT, "%zu bytes of data, not %zu",
			data.len, room);
	memcpy(raw + begin, data.data, data.len);
	return 0;
}

/* Is what the disk has newer? */
static bool is_newer(const struct xfs *xfs, const uint8_t *raw,
	const uint8_t *core, uint64_t lsn)
{
	uint64_t has = be64_get(*(const be64 *)(raw + AT_LSN));
	unsigned int flushed = be16_get(*(const be16 *)(raw + AT_FLUSHED));
	unsigned int then = le16_get(*(const le16 *)(core + AT_FLUSHED));

	/* not made yet: what made it is in the log, too */
	if (be16_get(*(const be16 *)raw) != INODE_MAGIC)
		return false;
	if (xfs->v5)
		return raw[AT_VERSION] == 3 && has != UINT64_MAX && has > lsn;
	/* the count may have begun anew */
	return then < flushed &&
		!(flushed == FLUSHED_MAX && then < FLUSHED_MAX / 2);
}

int xfs_log_put_inode(const struct xfs *xfs, const struct xfs_item *item,
	uint32_t fields, uint64_t lsn, uint8_t *raw, struct error *err)
{
	const uint8_t *core;
	unsigned int i;

	core = item->count < 2 ? NULL
			       : bytes_at(item->region[1], 0,
					 xfs->v5 ? CORE_SIZE_V5 : CORE_LOGGED);
	if (!core || le16_get(*(const le16 *)core) != INODE_MAGIC ||
		(core[AT_VERSION] == 3) != xfs->v5)
		return error_set(err, ERR_CORRUPT, "no inode");
	if (is_newer(xfs, raw, core, lsn))
		return 0;
	put_core(raw, core, xfs->v5);
	if (put_fork(xfs, raw, fields, item, err) < 0)
		return -1;
	if (!xfs->v5)
		return 1;
	for (i = 0; i < 8; i++)
		raw[AT_LSN + i] = (uint8_t)(lsn >> (56 - 8 * i));
	xfs_set_sum(raw, xfs->inode_size, AT_CRC);
	return 1;
}
