/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/volume/md.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/checked.h"
#include "src/volume/raid.h"

/* An array while it is put together. */
struct array {
	struct assembler *assembly;
	const struct md_member *best; /* whose superblock is the newest */
	struct md_member **roles;     /* NULL: missing */
	struct raid_member *members;
	unsigned int there;
	struct made *made;
};

int md_look(struct assembler *assembly, struct volume *vol, void *owner,
	enum assembly_look look, struct error *err)
{
	struct md_member member, *list;
	int r = md_read(vol, look, &member, err);

	if (r <= 0)
		return r;
	list = arena_grow(assembly->arena, assembly->members,
		assembly->member_count, &assembly->member_capacity,
		sizeof(member), err);
	if (!list)
		return -1;
	member.vol = vol;
	member.owner = owner;
	list[assembly->member_count++] = member;
	assembly->members = list;
	return 1;
}

static bool same_array(
	const struct md_member *one, const struct md_member *other)
{
	return memcmp(one->uuid, other->uuid, sizeof(one->uuid)) == 0;
}

/* Linux, too, lets a member lag behind by one. */
static bool is_stale(const struct array *array, const struct md_member *member)
{
	return array->best->events - member->events > 1;
}

static void find_best(struct array *array, size_t from)
{
	struct assembler *assembly = array->assembly;
	const struct md_member *best = &assembly->members[from], *member;
	size_t i;

	for (i = from; i < assembly->member_count; i++) {
		member = &assembly->members[i];
		if (same_array(best, member) &&
			(member->events > best->events ||
				(member->events == best->events &&
					best->role == MD_NO_ROLE)))
			best = member;
	}
	array->best = best;
}

/* Find who has which role. */
static int find_roles(struct array *array, size_t from, struct error *err)
{
	struct assembler *assembly = array->assembly;
	uint32_t disks = array->best->disks;
	struct md_member *member;
	size_t i;

	array->roles =
		arena_array(assembly->arena, disks, sizeof(*array->roles), err);
	array->members = arena_array(
		assembly->arena, disks, sizeof(*array->members), err);
	if (!array->roles || !array->members)
		return -1;
	for (i = from; i < assembly->member_count; i++) {
		member = &assembly->members[i];
		if (!same_array(array->best, member))
			continue;
		if (member->role >= disks || is_stale(array, member) ||
			member->recovering || member->replacement ||
			array->roles[member->role])
			continue;
		array->roles[member->role] = member;
		array->members[member->role] =
			(struct raid_member){ member->vol, member->start };
		array->there++;
	}
	return 0;
}

/* How many members may be missing; the layout decides in the end. */
static unsigned int spare_members(const struct md_member *best)
{
	unsigned int copies;

	switch (best->level) {
	case 1:
		return best->disks - 1;
	case 4:
	case 5:
		return 1;
	case 6:
		return 2;
	case 10:
		copies = (best->layout & 255) * (best->layout >> 8 & 255);
		return copies > 1 ? best->disks - best->disks / copies : 0;
	default:
		return 0;
	}
}

/* Kinds of arrays */

static int set_linear(struct array *array, struct error *err)
{
	const struct md_member *best = array->best;
	struct concat *concat;
	uint64_t size;
	uint32_t i;

	concat = arena_alloc(array->assembly->arena, sizeof(*concat), err);
	if (!concat)
		return -1;
	for (i = 0; i < best->disks; i++) {
		size = array->roles[i]->size;
		if (best->chunk > 0)
			size -= size % best->chunk;
		if (concat_add(concat, array->assembly->arena,
			    array->roles[i]->vol, array->roles[i]->start, size,
			    err) < 0)
			return -1;
	}
	volume_of_concat(&array->made->vol, concat);
	return 0;
}

/* Since Linux 5.4: how the zones behind the first are counted. */
#define RAID0_ORIGINAL 1

/*
 * The next zone of level 0: what all members have behind done bytes, as far as
 * the smallest of these goes.  Bytes of each member, or 0 behind the last.
 */
static uint64_t next_zone(struct array *array, uint64_t done,
	struct raid_member *members, unsigned int *count)
{
	const struct md_member *best = array->best;
	uint64_t smallest = UINT64_MAX, size;
	uint32_t i;

	*count = 0;
	for (i = 0; i < best->disks; i++) {
		size = array->roles[i]->size;
		size -= size % best->chunk;
		if (size <= done)
			continue;
		members[*count] = array->members[i];
		members[(*count)++].start += done;
		if (size < smallest)
			smallest = size;
	}
	return *count ? smallest - done : 0;
}

static int add_zone(struct array *array, struct concat *concat,
	struct raid_member *members, unsigned int count, uint64_t each,
	struct error *err)
{
	struct arena *arena = array->assembly->arena;
	struct raid_copies *raid = arena_alloc(arena, sizeof(*raid), err);
	struct volume *zone = arena_alloc(arena, sizeof(*zone), err);
	struct raid_member *kept =
		arena_array(arena, count, sizeof(*kept), err);
	uint64_t size;

	if (!raid || !zone || !kept)
		return -1;
	if (!mul_u64(each, count, &size))
		return error_set(err, ERR_CORRUPT, "the size is too large");
	memcpy(kept, members, count * sizeof(*kept));
	raid_striped(raid, kept, count, array->best->chunk);
	if (array->best->layout == RAID0_ORIGINAL)
		raid->shift = (unsigned int)(concat->size / array->best->chunk %
			count);
	volume_of_copies(zone, raid, size);
	return concat_add(concat, arena, zone, 0, size, err);
}

/* Each zone has a member less at the least. */
static int set_stripes(struct array *array, struct error *err)
{
	struct arena *arena = array->assembly->arena;
	struct concat *concat = arena_alloc(arena, sizeof(*concat), err);
	struct raid_member *members =
		arena_array(arena, array->best->disks, sizeof(*members), err);
	uint64_t done = 0, each;
	unsigned int count;

	if (!concat || !members)
		return -1;
	while ((each = next_zone(array, done, members, &count)) > 0) {
		if (add_zone(array, concat, members, count, each, err) < 0)
			return -1;
		done += each;
	}
	volume_of_concat(&array->made->vol, concat);
	return 0;
}

static int set_mirror(struct array *array, struct error *err)
{
	struct raid_copies *raid =
		arena_alloc(array->assembly->arena, sizeof(*raid), err);
	uint32_t i;

	if (!raid)
		return -1;
	raid_mirrored(raid, array->members, array->best->disks);
	volume_of_copies(&array->made->vol, raid, array->best->used);
	array->made->mirror = true;
	for (i = 0; i < array->best->disks; i++)
		if (array->roles[i] && array->roles[i]->start > 0)
			array->made->mirror = false;
	return 0;
}

/*
 * Level 10: near copies in bits 0 to 7, far ones in 8 to 15, then whether these
 * are in the next row, and how far copies make sets.
 */
static int set_ten(struct array *array, struct error *err)
{
	const struct md_member *best = array->best;
	unsigned int near = best->layout & 255, far = best->layout >> 8 & 255;
	unsigned int sets = best->layout >> 17 & 3;
	uint64_t rows = best->used / best->chunk, chunks, size;
	struct raid_copies *raid =
		arena_alloc(array->assembly->arena, sizeof(*raid), err);

	if (!raid)
		return -1;
	if (near == 0 || far == 0 || near * far > best->disks ||
		best->layout >> 19 != 0 || sets == 3)
		return error_set(err, ERR_UNSUPPORTED,
			"RAID10 with the layout 0x%" PRIx32, best->layout);
	raid_striped(raid, array->members, best->disks, best->chunk);
	raid->near = near;
	raid->far = far;
	raid->offset = best->layout >> 16 & 1;
	if (sets == 1)
		raid->set_size = best->disks / far;
	else if (sets == 2)
		raid->set_size = far * near;
	if (!mul_u64(rows / far, best->disks, &chunks) ||
		!mul_u64(chunks / near, best->chunk, &size))
		return error_set(err, ERR_CORRUPT, "the size is too large");
	raid->stride = best->chunk;
	if (!raid->offset) {
		/* rows in use, rounded up */
		rows = chunks / near * near * far;
		rows = rows / best->disks + (rows % best->disks > 0);
		raid->stride = rows / far * best->chunk;
	}
	volume_of_copies(&array->made->vol, raid, size);
	return 0;
}

static int set_parity(struct array *array, struct error *err)
{
	const struct md_member *best = array->best;
	unsigned int parities = best->level == 6 ? 2 : 1;
	struct raid_parity *raid =
		arena_alloc(array->assembly->arena, sizeof(*raid), err);
	uint64_t size;

	if (!raid)
		return -1;
	*raid = (struct raid_parity){
		.members = array->members,
		.count = best->disks,
		.parities = parities,
		.layout = best->level == 4 ? RAID_PARITY_LAST : best->layout,
		.chunk = best->chunk,
	};
	if (best->disks <= parities ||
		!raid_layout_known(raid->layout, parities))
		return error_set(err, ERR_UNSUPPORTED,
			"RAID%" PRId32 " of %" PRIu32
			" members with the layout %" PRIu32,
			best->level, best->disks, best->layout);
	if (!mul_u64(best->used - best->used % best->chunk,
		    best->disks - parities, &size))
		return error_set(err, ERR_CORRUPT, "the size is too large");
	volume_of_parity(&array->made->vol, raid, size);
	return 0;
}

static int check_geometry(const struct md_member *best, struct error *err)
{
	if (best->reshaping)
		return error_set(err, ERR_UNSUPPORTED,
			"the array is being changed into another one "
			"(reshape); the guest has to finish that");
	if (best->level == MD_LINEAR || best->level == 1)
		return 0;
	if (best->chunk == 0 || best->chunk % 512 != 0)
		return error_set(err, ERR_CORRUPT,
			"chunks of %" PRIu64 " bytes", best->chunk);
	return 0;
}

static int too_few(
	const struct md_member *best, size_t there, struct error *err)
{
	return error_set(err, ERR_IO,
		"of the %" PRIu32 " members of the array %zu %s here",
		best->disks, there, there == 1 ? "is" : "are");
}

static int set_volume(
	struct array *array, size_t from, size_t owners, struct error *err)
{
	const struct md_member *best = array->best;

	if (best->disks == 0 || best->disks > RAID_MEMBERS_MAX)
		return error_set(err, ERR_CORRUPT,
			"an array of %" PRIu32 " members", best->disks);
	if (check_geometry(best, err) < 0)
		return -1;
	if (owners < best->disks && best->disks - owners > spare_members(best))
		return too_few(best, owners, err);
	if (find_roles(array, from, err) < 0)
		return -1;
	if (best->disks - array->there > spare_members(best))
		return too_few(best, array->there, err);
	switch (best->level) {
	case MD_LINEAR:
		return set_linear(array, err);
	case 0:
		return set_stripes(array, err);
	case 1:
		return set_mirror(array, err);
	case 4:
	case 5:
	case 6:
		return set_parity(array, err);
	case 10:
		return set_ten(array, err);
	default:
		return error_set(err, ERR_UNSUPPORTED,
			"an array of level %" PRId32, best->level);
	}
}

static void name_array(struct made *made, const struct md_member *best)
{
	char name[sizeof(best->name)];
	size_t used, i;

	if (best->old)
		snprintf(name, sizeof(name), "%u", best->minor);
	else
		snprintf(name, sizeof(name), "%s", best->name);
	used = (size_t)snprintf(made->id, sizeof(made->id), "mduuid/");
	for (i = 0; i < sizeof(best->uuid); i++)
		used += (size_t)snprintf(made->id + used,
			sizeof(made->id) - used, "%02x", best->uuid[i]);
	if (name[0] == '\0') /* an array need not have one */
		snprintf(name, sizeof(name), "%s", made->id + 7);
	snprintf(made->name, sizeof(made->name), "md %s", name);
	snprintf(made->grub, sizeof(made->grub), "md/%s", name);
	snprintf(made->node, sizeof(made->node), "md/%s", name);
}

static int describe(
	struct array *array, size_t from, size_t owners, struct error *err)
{
	struct arena *arena = array->assembly->arena;
	const struct md_member *best = array->best;
	struct made *made = array->made;

	if (set_volume(array, from, owners, err) < 0) {
		made->why = arena_alloc(arena, sizeof(*made->why), err);
		if (!made->why)
			return -1;
		*made->why = *err;
		made->vol = (struct volume){ 0 };
		return 0;
	}
	if (array->there < best->disks) {
		made->notice = arena_printf(arena, err,
			"%" PRIu32 " of the %" PRIu32
			" members of the array are missing",
			best->disks - array->there, best->disks);
		return made->notice ? 0 : -1;
	}
	if (best->journal)
		made->notice = "what is in the array's journal may be missing";
	return 0;
}

/* Volumes that belong to it, and in *current those that count. */
static size_t count_owners(
	const struct array *array, size_t from, size_t *current)
{
	const struct assembler *assembly = array->assembly;
	const struct md_member *member;
	size_t i, owners = 0;

	*current = 0;
	for (i = from; i < assembly->member_count; i++) {
		member = &assembly->members[i];
		if (!same_array(array->best, member))
			continue;
		owners++;
		if (member->role != MD_NO_ROLE && !is_stale(array, member) &&
			!member->recovering && !member->replacement)
			++*current;
	}
	return owners;
}

static int make_array(struct assembler *assembly, size_t from, bool incomplete,
	struct error *err)
{
	struct array array = { .assembly = assembly };
	struct md_member *member;
	size_t i, owners, current;

	find_best(&array, from);
	owners = count_owners(&array, from, &current);
	if (current < array.best->disks && !incomplete)
		return 0;
	array.made = assembly_add(assembly, owners, err);
	if (!array.made)
		return -1;
	name_array(array.made, array.best);
	for (i = from; i < assembly->member_count; i++) {
		member = &assembly->members[i];
		if (!same_array(array.best, member))
			continue;
		member->made = true;
		array.made->owners[array.made->owner_count++] = member->owner;
	}
	return describe(&array, from, current, err);
}

int md_make(struct assembler *assembly, bool incomplete, struct error *err)
{
	size_t i;

	for (i = 0; i < assembly->member_count; i++)
		if (!assembly->members[i].made &&
			make_array(assembly, i, incomplete, err) < 0)
			return -1;
	return 0;
}

bool md_waits(const struct assembler *assembly)
{
	size_t i;

	for (i = 0; i < assembly->member_count; i++)
		if (!assembly->members[i].made)
			return true;
	return false;
}
