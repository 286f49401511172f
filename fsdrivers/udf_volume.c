/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * udf_volume.c - from the anchors to the descriptors of a volume
 *
 * How large sectors are is written nowhere: an anchor is found in its place
 * with one size only.  A sequence of descriptors is kept twice.
 */
#include "fsdrivers/udf.h"

#include <inttypes.h>
#include <string.h>

#include "src/base/checked.h"
#include "src/base/length.h"

#define EXTENTS_MAX 16       /* of one sequence; more is a chain to itself */
#define DESCRIPTORS_MAX 1024 /* in an extent; mkudffs makes room for 16 */
#define INTEGRITY_MAX 1000   /* as Linux */

/* Section 3/10.2 */
struct anchor {
	struct udf_tag tag;
	struct udf_extent main;
	struct udf_extent reserve;
};

struct pointer {
	struct udf_tag tag;
	le32 sequence;
	struct udf_extent next;
};

/* Section 3/10.5 */
struct partition {
	struct udf_tag tag;
	le32 sequence;
	le16 flags;
	le16 number;
	uint8_t unused[164];
	le32 start;
	le32 blocks;
};

/* Section 3/10.10 */
struct integrity {
	struct udf_tag tag;
	struct udf_time time;
	le32 type; /* 0: open */
	struct udf_extent next;
};

_Static_assert(offsetof(struct partition, start) == 188, "as it has it");
_Static_assert(offsetof(struct integrity, next) == 32, "as it has it");

static const uint32_t sectors[] = { 2048, 512, 4096, 1024, 8192, 16384, 32768 };

/* The tag is checked, not the CRC: what is behind it is not read here. */
static int read_anchor(struct volume *vol, uint64_t sector, uint32_t size,
	struct anchor *anchor, struct error *err)
{
	uint64_t at = sector * size;

	if (sector > UINT32_MAX || !range_inside(at, size, vol->size))
		return 0;
	if (volume_read(vol, at, anchor, sizeof(*anchor), err) < 0)
		return -1;
	return le16_get(anchor->tag.id) == UDF_ANCHOR &&
		udf_tag_check(anchor, sizeof(anchor->tag), (uint32_t)sector,
			err) == 0;
}

/* Where anchors may be: section 3/8.4.2.1, and 512 of UDF 6.11. */
static uint64_t anchor_place(unsigned int i, uint64_t count)
{
	const uint64_t places[] = { 256, count - 1, count - 1 - 256, 512 };

	return places[i];
}

#define PLACES 4

int udf_volume_probe(struct volume *vol, uint32_t *sector, struct error *err)
{
	struct anchor anchor;
	unsigned int i, j;
	int r;

	for (i = 0; i < LENGTH(sectors); i++) {
		for (j = 0; j < PLACES; j++) {
			r = read_anchor(vol,
				anchor_place(j, vol->size / sectors[i]),
				sectors[i], &anchor, err);
			if (r == 0)
				continue;
			*sector = sectors[i];
			return r;
		}
	}
	return 0;
}

static bool prevails(bool *has, uint32_t *sequence, uint32_t now)
{
	if (*has && *sequence > now)
		return false;
	*has = true;
	*sequence = now;
	return true;
}

static int add_partition(struct udf_volume *found, const struct partition *desc,
	struct error *err)
{
	const struct udf_found_part part = {
		.sequence = le32_get(desc->sequence),
		.number = le16_get(desc->number),
		.start = le32_get(desc->start),
		.blocks = le32_get(desc->blocks),
	};
	size_t i;

	for (i = 0; i < found->part_count; i++)
		if (found->parts[i].number == part.number)
			break;
	if (i == UDF_PARTS_MAX)
		return error_set(err, ERR_LIMIT, "more than %d partitions",
			UDF_PARTS_MAX);
	if (i == found->part_count)
		found->part_count++;
	else if (found->parts[i].sequence > part.sequence)
		return 0;
	found->parts[i] = part;
	return 0;
}

static int add_descriptor(
	struct udf_volume *found, const uint8_t *block, struct error *err)
{
	const struct pointer *desc = (const void *)block;
	uint32_t sequence = le32_get(desc->sequence);

	switch (le16_get(desc->tag.id)) {
	case UDF_PRIMARY:
		if (prevails(&found->has_primary, &found->primary_sequence,
			    sequence))
			memcpy(&found->primary, block, sizeof(found->primary));
		break;
	case UDF_LOGICAL:
		if (prevails(&found->has_logical, &found->logical_sequence,
			    sequence))
			memcpy(found->logical, block, found->sector);
		break;
	case UDF_PARTITION:
		return add_partition(found, (const void *)block, err);
	default:
		break;
	}
	return 0;
}

/* One extent: 1 and *next if a pointer leads on, 0 at the end. */
static int read_extent(struct volume *vol, struct udf_volume *found,
	struct udf_extent *extent, struct error *err)
{
	uint8_t block[UDF_SECTOR_MAX];
	uint32_t first = le32_get(extent->block);
	uint32_t count = le32_get(extent->len) / found->sector, i;
	struct error why;
	uint16_t id;

	if (count > DESCRIPTORS_MAX)
		count = DESCRIPTORS_MAX;
	for (i = 0; i < count; i++) {
		if (volume_read(vol, ((uint64_t)first + i) * found->sector,
			    block, found->sector, err) < 0)
			return -1;
		id = le16_get(((const struct udf_tag *)block)->id);
		if (id == 0 || id == UDF_TERMINATOR)
			return 0;
		/* what is broken here may be whole in the other sequence */
		if (udf_tag_check(block, found->sector, first + i, &why) < 0) {
			*err = why;
			return error_in(err,
				"volume descriptor in sector %" PRIu32,
				first + i);
		}
		if (id == UDF_POINTER) {
			*extent = ((const struct pointer *)block)->next;
			return 1;
		}
		if (add_descriptor(found, block, err) < 0)
			return -1;
	}
	return 0;
}

static int read_sequence(struct volume *vol, struct udf_volume *found,
	struct udf_extent extent, struct error *err)
{
	uint32_t sector = found->sector;
	unsigned int i;
	int r = 1;

	memset(found, 0, sizeof(*found));
	found->sector = sector;
	for (i = 0; r > 0 && i < EXTENTS_MAX; i++)
		r = read_extent(vol, found, &extent, err);
	if (r > 0)
		return error_set(err, ERR_CORRUPT,
			"the volume descriptors lie in more than %d pieces",
			EXTENTS_MAX);
	if (r < 0)
		return -1;
	if (!found->has_primary || !found->has_logical ||
		found->part_count == 0)
		return error_set(err, ERR_CORRUPT,
			"no %s descriptor in the sequence at sector %" PRIu32,
			!found->has_primary           ? "primary volume"
				: !found->has_logical ? "logical volume"
						      : "partition",
			le32_get(extent.block));
	return 0;
}

/* The first fault is the one to tell. */
int udf_volume_find(
	struct volume *vol, struct udf_volume *found, struct error *err)
{
	struct anchor anchor;
	struct error why;
	unsigned int i;
	bool told = false;

	if (udf_volume_probe(vol, &found->sector, err) <= 0)
		return error_set(err, ERR_CORRUPT, "there is no anchor");
	for (i = 0; i < PLACES; i++) {
		if (read_anchor(vol, anchor_place(i, vol->size / found->sector),
			    found->sector, &anchor, &why) <= 0)
			continue;
		if (read_sequence(vol, found, anchor.main, &why) == 0)
			return 0;
		if (!told)
			*err = why;
		told = true;
		if (read_sequence(vol, found, anchor.reserve, &why) == 0)
			return 0;
	}
	/* it was there a moment ago: the disk changes */
	return told
		? -1
		: error_set(err, ERR_CORRUPT, "there is no anchor any more");
}

bool udf_volume_is_open(struct volume *vol, const struct udf_volume *found)
{
	const struct udf_logical *logical = (const void *)found->logical;
	struct udf_extent extent = logical->integrity;
	uint64_t left = le32_get(extent.len);
	uint32_t block = le32_get(extent.block);
	struct integrity desc;
	bool open = false;
	struct error why;
	unsigned int i;

	for (i = 0; i < INTEGRITY_MAX && left >= found->sector; i++) {
		if (volume_read(vol, (uint64_t)block * found->sector, &desc,
			    sizeof(desc), &why) < 0 ||
			le16_get(desc.tag.id) != UDF_INTEGRITY)
			break;
		open = le32_get(desc.type) == 0;
		left -= found->sector;
		block++;
		if (le32_get(desc.next.len) > 0) {
			left = le32_get(desc.next.len);
			block = le32_get(desc.next.block);
		}
	}
	return open;
}
