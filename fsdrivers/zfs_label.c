/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_label.c - the four labels of a device: what it is of, and the uberblocks
 *
 * Two labels are at the start of a device and two at its end.  Each has a list
 * that describes the top-level vdev which the device is of, and a ring of
 * uberblocks, of which the newest is where everything else hangs.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/zfs.h"
#include "src/base/checked.h"
#include "src/base/length.h"

#define LABELS 4
#define UBERBLOCK_MAGIC UINT64_C(0x00bab10c)
#define UBERBLOCK_MAGIC_BE UINT64_C(0x0cb1ba0000000000)
#define UBERBLOCK_LOG_MIN 10
#define UBERBLOCK_LOG_MAX 13

struct uberblock {
	le64 magic;
	le64 version;
	le64 txg;
	le64 guid_sum;
	le64 timestamp; /* seconds since 1970 */
	struct zfs_bp root;
};

/* How each list begins: XDR, its version and flags, and the name first in it */
struct config_start {
	uint8_t encoding; /* 1: XDR */
	uint8_t endian;
	uint8_t reserved[2];
	be32 version;
	be32 flags;
	be32 pair[2];
	be32 name_len;
	char name[8];
};

/* Where a label begins; false: the device is too short for it. */
static bool label_at(const struct volume *vol, unsigned int i, uint64_t *off)
{
	uint64_t size = vol->size / ZFS_LABEL_SIZE * ZFS_LABEL_SIZE;

	if (size < LABELS * (uint64_t)ZFS_LABEL_SIZE)
		return false;
	*off = i * (uint64_t)ZFS_LABEL_SIZE;
	if (i >= LABELS / 2)
		*off += size - LABELS * (uint64_t)ZFS_LABEL_SIZE;
	return true;
}

int zfs_label_probe(struct volume *vol, struct error *err)
{
	struct config_start start;
	unsigned int i;
	uint64_t off;

	for (i = 0; i < LABELS / 2; i++) {
		if (!label_at(vol, i, &off))
			return 0;
		if (volume_read(vol, off + ZFS_CONFIG_OFF, &start,
			    sizeof(start), err) < 0)
			return -1;
		if (start.encoding == 1 && start.endian <= 1 &&
			be32_get(start.version) == 0 &&
			be32_get(start.name_len) == 7 &&
			memcmp(start.name, "version", 8) == 0)
			return 1;
	}
	return 0;
}

static bool self_sum_ok(uint8_t *data, size_t len, uint64_t off)
{
	struct zfs_sum where = { { off } };

	return zfs_self_sum_ok(data, len, &where);
}

/* 1, or 0: something is missing that each member of a pool has. */
static int parse_config(struct zfs_label *label, struct error *err)
{
	const struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
		{ "version", &label->version },
		{ "state", &label->state },
		{ "txg", &label->txg },
		{ "pool_guid", &label->pool },
		{ "top_guid", &label->top },
		{ "guid", &label->device },
	};
	size_t i;
	int found;

	for (i = 0; i < LENGTH(numbers); i++) {
		found = zfs_nvlist_u64(
			label->pairs, numbers[i].name, numbers[i].value, err);
		if (found < 0)
			return -1;
		if (!found)
			return error_set(err, ERR_UNSUPPORTED,
				"a spare or cache device: its label has no "
				"\"%s\"",
				numbers[i].name);
	}
	found = zfs_nvlist_string(
		label->pairs, "name", label->name, sizeof(label->name), err);
	if (found < 0)
		return -1;
	return found ? 0 : error_set(err, ERR_CORRUPT, "the pool has no name");
}

int zfs_label_read(
	struct volume *vol, struct zfs_label *label, struct error *err)
{
	struct bytes config = { label->config, ZFS_CONFIG_SIZE };
	unsigned int i;
	uint64_t off;

	for (i = 0; i < LABELS; i++) {
		if (!label_at(vol, i, &off))
			return error_set(err, ERR_CORRUPT,
				"a device of %" PRIu64 " bytes", vol->size);
		off += ZFS_CONFIG_OFF;
		if (volume_read(vol, off, label->config, ZFS_CONFIG_SIZE, err) <
			0)
			return error_in(err, "label %u", i);
		if (!self_sum_ok(label->config, ZFS_CONFIG_SIZE, off))
			continue;
		if (zfs_nvlist_begin(config, &label->pairs, err) < 0 ||
			parse_config(label, err) < 0)
			return error_in(err, "label %u", i);
		return 0;
	}
	return error_set(err, ERR_CORRUPT, "no label has the right checksum");
}

#define SLOTS_MAX (ZFS_RING_SIZE >> UBERBLOCK_LOG_MIN)

static bool newer(const struct uberblock *uber, const struct uberblock *than)
{
	uint64_t txg = le64_get(uber->txg), old = le64_get(than->txg);

	if (txg != old)
		return txg > old;
	return le64_get(uber->timestamp) > le64_get(than->timestamp);
}

/* The newest of those that were not tried yet, or NULL. */
static const struct uberblock *next_newest(const uint8_t *ring, size_t slot,
	bool tried[SLOTS_MAX], struct error *err)
{
	const struct uberblock *uber, *best = NULL;
	size_t i, found = 0;

	for (i = 0; i < ZFS_RING_SIZE / slot; i++) {
		uber = (const struct uberblock *)(ring + i * slot);
		if (le64_get(uber->magic) == UBERBLOCK_MAGIC_BE)
			error_record(err, ERR_UNSUPPORTED,
				"a pool of a big-endian machine");
		if (tried[i] || le64_get(uber->magic) != UBERBLOCK_MAGIC ||
			(best && !newer(uber, best)))
			continue;
		best = uber;
		found = i;
	}
	if (best)
		tried[found] = true;
	return best;
}

/* The newest sound one of a ring that lies at off. */
static bool find_newest(uint8_t *ring, uint64_t off, size_t slot,
	struct zfs_uberblock *best, struct error *err)
{
	bool tried[SLOTS_MAX] = { false };
	const struct uberblock *uber;
	size_t at;

	while ((uber = next_newest(ring, slot, tried, err))) {
		at = (size_t)((const uint8_t *)uber - ring);
		if (!self_sum_ok(ring + at, slot, off + at))
			continue;
		best->txg = le64_get(uber->txg);
		best->timestamp = le64_get(uber->timestamp);
		best->version = le64_get(uber->version);
		best->root = uber->root;
		return true;
	}
	return false;
}

int zfs_uberblock_read(struct volume *vol, uint64_t ashift, uint8_t *buf,
	struct zfs_uberblock *best, struct error *err)
{
	unsigned int log = ashift < UBERBLOCK_LOG_MIN ? UBERBLOCK_LOG_MIN
		: ashift > UBERBLOCK_LOG_MAX          ? UBERBLOCK_LOG_MAX
						      : (unsigned int)ashift;
	unsigned int i;
	uint64_t off;

	error_record(err, ERR_CORRUPT, "no uberblock has the right checksum");
	for (i = 0; i < LABELS && label_at(vol, i, &off); i++) {
		off += ZFS_RING_OFF;
		if (volume_read(vol, off, buf, ZFS_RING_SIZE, err) < 0)
			return error_in(err, "label %u", i);
		if (find_newest(buf, off, (size_t)1 << log, best, err))
			return 0;
	}
	return -1;
}
