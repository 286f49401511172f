/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lvm_segment.c - logical volumes out of their segments
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/checked.h"
#include "src/base/length.h"
#include "src/volume/lvm.h"

/* Volumes in volumes: thin on a mirror of images are three. */
#define LEVELS_MAX 8

/* A segment that is being built. */
struct segment {
	struct lvm_group *group;
	struct lvm_volume *lv;
	const struct lvm_node *node;
	struct text type;
	uint64_t size; /* bytes */
	struct raid_member *members;
	unsigned int count;
	unsigned int missing;
	struct error why; /* the last of them is */
	struct volume *vol;
};

static int compare_name(const void *key, const void *element)
{
	const struct text *a = key, *b = element;
	size_t len = a->len < b->len ? a->len : b->len;
	int order = memcmp(a->at, b->at, len);

	if (order != 0)
		return order;
	return a->len < b->len ? -1 : a->len > b->len;
}

static int too_deep(struct error *err)
{
	return error_set(err, ERR_LIMIT, "more than %d volumes in each other",
		LEVELS_MAX);
}

struct lvm_volume *lvm_build_named(struct lvm_group *group, struct text name,
	struct lvm_volume *of, struct error *err)
{
	struct lvm_volume *lv = bsearch(&name, group->volumes,
		group->volume_count, sizeof(*lv), compare_name);

	if (!lv) {
		error_set(err, ERR_CORRUPT, "there is no volume \"%.*s\"",
			name.len < 128 ? (int)name.len : 128, name.at);
		return NULL;
	}
	if (lvm_build(group, lv, of->depth + 1, err) < 0)
		return NULL;
	/* one that was there before may have as many below as there may be */
	if (of->levels <= lv->levels)
		of->levels = lv->levels + 1;
	if (of->levels < LEVELS_MAX)
		return lv;
	too_deep(err);
	return NULL;
}

static int find_part(const struct lvm_part *part, struct raid_member *member,
	struct error *err)
{
	const struct lvm_node *once;

	member->start += part->start; /* each below 2^63 */
	if (part->pv) {
		member->vol = part->pv->vol;
		return 0;
	}
	once = lvm_child(part->node, LVM_STRING, "device");
	return error_set(err, ERR_IO,
		"the physical volume %.*s is missing (it was %.*s)",
		part->id.len < 64 ? (int)part->id.len : 64, part->id.at,
		once && once->string.len < 64 ? (int)once->string.len : 0,
		once ? once->string.at : "");
}

/* A member: the extent of a physical volume, or of another logical one. */
static int find_member(struct segment *segment, struct text name,
	uint64_t extent, struct raid_member *member, struct error *err)
{
	struct lvm_group *group = segment->group;
	const struct lvm_part *part = bsearch(&name, group->parts,
		group->part_count, sizeof(*part), compare_name);
	struct lvm_volume *lv;

	*member = (struct raid_member){ 0 };
	if (!mul_u64(extent, group->extent, &member->start) ||
		member->start > INT64_MAX)
		return error_set(err, ERR_CORRUPT,
			"extent %" PRIu64 " is too far away", extent);
	if (part)
		return find_part(part, member, err);
	lv = lvm_build_named(group, name, segment->lv, err);
	if (!lv)
		return -1;
	member->vol = &lv->vol;
	return 0;
}

static int add_member(struct segment *segment, struct text name,
	uint64_t extent, struct error *err)
{
	struct raid_member *member = &segment->members[segment->count++];

	if (find_member(segment, name, extent, member, err) == 0)
		return 0;
	if (err->code == ERR_LIMIT)
		return -1;
	member->vol = NULL;
	segment->missing++;
	segment->why = *err;
	return 0;
}

/*
 * The members in an array: names with the extent behind each, or names alone,
 * of which only each step-th is meant, from the step-th on.
 */
static int add_members(struct segment *segment, const char *name, bool extents,
	unsigned int step, struct error *err)
{
	const struct lvm_node *array =
		lvm_child(segment->node, LVM_ARRAY, name);
	const struct lvm_node *node;
	unsigned int count = 0, i = 0;

	if (!array)
		return error_set(err, ERR_CORRUPT, "%s is missing", name);
	for (node = array->first; node; node = node->next)
		count += node->kind == LVM_STRING;
	if (count == 0 || count / step > RAID_MEMBERS_MAX || count % step != 0)
		return error_set(
			err, ERR_CORRUPT, "%s has %u members", name, count);
	segment->members = arena_array(
		segment->group->arena, count, sizeof(*segment->members), err);
	if (!segment->members)
		return -1;
	for (node = array->first; node; node = node->next) {
		if (node->kind != LVM_STRING || ++i % step != 0)
			continue;
		if (extents && (!node->next || node->next->kind != LVM_NUMBER))
			return error_set(err, ERR_CORRUPT,
				"%s has a member without an extent", name);
		if (add_member(segment, node->string,
			    extents ? node->next->number : 0, err) < 0)
			return -1;
	}
	return 0;
}

/* No more than so many may be missing. */
static int check_missing(
	const struct segment *segment, unsigned int spare, struct error *err)
{
	if (segment->missing <= spare)
		return 0;
	*err = segment->why;
	return -1;
}

static int stripe_size(
	const struct segment *segment, uint64_t *size, struct error *err)
{
	if (lvm_number(segment->node, "stripe_size", size, err) < 0)
		return -1;
	if (*size == 0 || *size > UINT32_MAX)
		return error_set(err, ERR_CORRUPT,
			"stripes of %" PRIu64 " sectors", *size);
	*size *= LVM_SECTOR;
	return 0;
}

static int build_copies(struct segment *segment, bool mirror, unsigned int near,
	struct error *err)
{
	struct raid_copies *raid =
		arena_alloc(segment->group->arena, sizeof(*raid), err);
	uint64_t chunk = 0;

	if (!raid || (!mirror && stripe_size(segment, &chunk, err) < 0))
		return -1;
	if (mirror) {
		raid_mirrored(raid, segment->members, segment->count);
	} else {
		if (near == 0 || near > segment->count)
			return error_set(err, ERR_CORRUPT,
				"%u copies on %u members", near,
				segment->count);
		raid_striped(raid, segment->members, segment->count, chunk);
		raid->near = near;
	}
	volume_of_copies(segment->vol, raid, segment->size);
	return 0;
}

/* Types of segments */

static int build_striped(struct segment *segment, struct error *err)
{
	struct concat *concat;

	if (add_members(segment, "stripes", true, 1, err) < 0 ||
		check_missing(segment, 0, err) < 0)
		return -1;
	if (segment->count > 1)
		return build_copies(segment, false, 1, err);
	concat = arena_alloc(segment->group->arena, sizeof(*concat), err);
	if (!concat ||
		concat_add(concat, segment->group->arena,
			segment->members[0].vol, segment->members[0].start,
			segment->size, err) < 0)
		return -1;
	volume_of_concat(segment->vol, concat);
	return 0;
}

static int build_mirror(struct segment *segment, struct error *err)
{
	bool old = text_is(segment->type, "mirror");

	if (add_members(segment, old ? "mirrors" : "raids", old, old ? 1 : 2,
		    err) < 0 ||
		check_missing(segment, segment->count - 1, err) < 0)
		return -1;
	return build_copies(segment, true, 0, err);
}

static int build_raid0(struct segment *segment, struct error *err)
{
	unsigned int step = text_is(segment->type, "raid0_meta") ? 2 : 1;

	if (add_members(segment, "raid0_lvs", false, step, err) < 0 ||
		check_missing(segment, 0, err) < 0)
		return -1;
	return build_copies(segment, false, 1, err);
}

static int build_raid10(struct segment *segment, struct error *err)
{
	const struct lvm_node *copies =
		lvm_child(segment->node, LVM_NUMBER, "data_copies");
	uint64_t near = copies ? copies->number : 2;

	if (near > RAID_MEMBERS_MAX)
		return error_set(err, ERR_CORRUPT, "%" PRIu64 " copies", near);
	if (add_members(segment, "raids", false, 2, err) < 0 ||
		check_missing(segment, segment->count / 2, err) < 0)
		return -1;
	return build_copies(segment, false, (unsigned int)near, err);
}

/* LVM's names for what MD has numbers for. */
static const struct {
	const char *type;
	unsigned int parities;
	enum raid_layout layout;
} parity_types[] = {
	{ "raid4", 1, RAID_PARITY_FIRST },
	{ "raid5", 1, RAID_LEFT_SYMMETRIC },
	{ "raid5_n", 1, RAID_PARITY_LAST },
	{ "raid5_la", 1, RAID_LEFT_ASYMMETRIC },
	{ "raid5_ra", 1, RAID_RIGHT_ASYMMETRIC },
	{ "raid5_ls", 1, RAID_LEFT_SYMMETRIC },
	{ "raid5_rs", 1, RAID_RIGHT_SYMMETRIC },
	{ "raid6", 2, RAID_ZERO_RESTART },
	{ "raid6_zr", 2, RAID_ZERO_RESTART },
	{ "raid6_nr", 2, RAID_N_RESTART },
	{ "raid6_nc", 2, RAID_N_CONTINUE },
	{ "raid6_n_6", 2, RAID_PARITY_LAST },
	{ "raid6_la_6", 2, RAID_Q_LAST + RAID_LEFT_ASYMMETRIC },
	{ "raid6_ra_6", 2, RAID_Q_LAST + RAID_RIGHT_ASYMMETRIC },
	{ "raid6_ls_6", 2, RAID_Q_LAST + RAID_LEFT_SYMMETRIC },
	{ "raid6_rs_6", 2, RAID_Q_LAST + RAID_RIGHT_SYMMETRIC },
};

static int build_parity(struct segment *segment, size_t type, struct error *err)
{
	unsigned int parities = parity_types[type].parities;
	struct raid_parity *raid =
		arena_alloc(segment->group->arena, sizeof(*raid), err);
	uint64_t chunk;

	if (!raid || add_members(segment, "raids", false, 2, err) < 0 ||
		check_missing(segment, parities, err) < 0 ||
		stripe_size(segment, &chunk, err) < 0)
		return -1;
	if (segment->count <= parities)
		return error_set(
			err, ERR_CORRUPT, "%u members", segment->count);
	*raid = (struct raid_parity){ segment->members, segment->count,
		parities, parity_types[type].layout, chunk };
	volume_of_parity(segment->vol, raid, segment->size);
	return 0;
}

static int check_reshape(const struct segment *segment, struct error *err)
{
	if (lvm_child(segment->node, LVM_NUMBER, "reshape_count") ||
		lvm_child(segment->node, LVM_NUMBER, "delta_disks") ||
		lvm_child(segment->node, LVM_NUMBER, "data_offset"))
		return error_set(err, ERR_UNSUPPORTED,
			"the volume is being changed into another kind "
			"(reshape)");
	return 0;
}

static int build_by_type(struct segment *segment, struct error *err)
{
	size_t i;

	if (text_is(segment->type, "striped") ||
		text_is(segment->type, "linear"))
		return build_striped(segment, err);
	if (text_is(segment->type, "mirror") || text_is(segment->type, "raid1"))
		return build_mirror(segment, err);
	if (check_reshape(segment, err) < 0)
		return -1;
	if (text_is(segment->type, "raid0") ||
		text_is(segment->type, "raid0_meta"))
		return build_raid0(segment, err);
	if (text_starts_with(segment->type, "raid10"))
		return build_raid10(segment, err);
	for (i = 0; i < LENGTH(parity_types); i++)
		if (text_is(segment->type, parity_types[i].type))
			return build_parity(segment, i, err);
	if (text_is(segment->type, "thin"))
		return lvm_build_thin(segment->group, segment->lv,
			segment->node, segment->size, segment->vol, err);
	return error_set(err, ERR_UNSUPPORTED,
		"a volume of the type \"%.*s\", which is not read",
		segment->type.len < 32 ? (int)segment->type.len : 32,
		segment->type.at);
}

static int build_segment(struct lvm_group *group, struct lvm_volume *lv,
	const struct lvm_node *node, struct error *err)
{
	struct segment segment = {
		.group = group,
		.lv = lv,
		.node = node,
	};
	uint64_t first, count, start;

	if (lvm_number(node, "start_extent", &first, err) < 0 ||
		lvm_number(node, "extent_count", &count, err) < 0 ||
		lvm_string(node, "type", &segment.type, err) < 0)
		return -1;
	if (!mul_u64(first, group->extent, &start) ||
		!mul_u64(count, group->extent, &segment.size) ||
		start != lv->concat.size)
		return error_set(err, ERR_CORRUPT,
			"the segments do not follow each other");
	segment.vol = arena_alloc(group->arena, sizeof(*segment.vol), err);
	if (!segment.vol || build_by_type(&segment, err) < 0)
		return -1;
	if (segment.missing > 0)
		lv->damaged = true;
	return concat_add(
		&lv->concat, group->arena, segment.vol, 0, segment.size, err);
}

static int build(
	struct lvm_group *group, struct lvm_volume *lv, struct error *err)
{
	const struct lvm_node *node;
	char where[32];

	if (lv->depth == LEVELS_MAX)
		return too_deep(err);
	for (node = lv->node->first; node; node = node->next) {
		if (node->kind != LVM_SECTION ||
			!text_starts_with(node->name, "segment"))
			continue;
		if (build_segment(group, lv, node, err) == 0)
			continue;
		snprintf(where, sizeof(where), "%.*s",
			node->name.len < 31 ? (int)node->name.len : 31,
			node->name.at);
		return err->code == ERR_CORRUPT ? error_in(err, "%s", where)
						: -1;
	}
	if (lv->concat.size == 0)
		return error_set(err, ERR_CORRUPT, "a volume of no bytes");
	/* of one piece it is that piece */
	if (lv->concat.count == 1 &&
		lv->concat.list[0].len == lv->concat.list[0].vol->size)
		lv->vol = *lv->concat.list[0].vol;
	else
		volume_of_concat(&lv->vol, &lv->concat);
	return 0;
}

int lvm_build(struct lvm_group *group, struct lvm_volume *lv,
	unsigned int depth, struct error *err)
{
	if (lv->state == LVM_BUILT)
		return 0;
	if (lv->state == LVM_BUILDING)
		return error_set(
			err, ERR_CORRUPT, "the volume is a part of itself");
	if (lv->state == LVM_FAILED) {
		if (!lv->why)
			return error_set(err, ERR_LIMIT, "out of memory");
		*err = *lv->why;
		return -1;
	}
	lv->state = LVM_BUILDING;
	lv->depth = depth;
	if (build(group, lv, err) == 0) {
		lv->state = LVM_BUILT;
		return 0;
	}
	lv->state = LVM_FAILED;
	lv->why = arena_alloc(group->arena, sizeof(*lv->why), err);
	if (lv->why)
		*lv->why = *err;
	return -1;
}
