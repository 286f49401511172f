/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/fs/logical.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/fs/device_list.h"
#include "src/volume/md.h"

#define TYPE_RAID 0xfd
#define TYPE_RAID_GUID "a19d880f-05fc-4d3b-a006-743f0f84911e"

static bool has_raid_type(const struct device *dev)
{
	return dev->part &&
		(dev->part->type == TYPE_RAID ||
			strcmp(dev->part->type_guid, TYPE_RAID_GUID) == 0);
}

/* Is it worth a look now? */
static bool is_due(const struct device *dev, enum devices_looked looked)
{
	if (dev->looked_at || dev->vol.size == 0)
		return false;
	if (dev->made || has_raid_type(dev) || looked == LOOKED_EVERYWHERE)
		return true;
	if (looked == LOOKED_RAID || dev->state == DEVICE_MOUNTED)
		return false;
	/* a disk with partitions is nothing else as well */
	return dev->part || dev->table->count == 0;
}

static int look_at(
	struct devices *devices, struct device *dev, struct error *err)
{
	int r = assembly_look(
		&devices->assembly, &dev->vol, dev, LOOK_EVERYWHERE, err);

	dev->looked_at = true;
	if (r >= 0)
		return 0;
	if (err->code == ERR_LIMIT || err->code == ERR_SYSTEM)
		return -1;
	dev->part_why = arena_strdup(devices->arena, err->text, err);
	return dev->part_why ? 0 : -1;
}

static int look_at_all(
	struct devices *devices, enum devices_looked looked, struct error *err)
{
	size_t i;

	for (i = 0; i < devices->count; i++)
		if (is_due(devices->list[i], looked) &&
			look_at(devices, devices->list[i], err) < 0)
			return -1;
	return 0;
}

/*
 * A mirror is read in place of its members; but one that was opened before is
 * what the mirror is, and need not be tried once more.
 */
static void share(struct device *whole, struct device *owner)
{
	if (owner->state != DEVICE_MOUNTED)
		owner->same = whole;
	else if (!whole->same)
		whole->same = owner;
}

static void mark_owners(struct device *whole, const struct made *made)
{
	struct device *owner;
	size_t i;

	for (i = 0; i < made->owner_count; i++) {
		owner = made->owners[i];
		if (!owner->part_of)
			owner->part_of = made->name;
		if (made->mirror && !made->why)
			share(whole, owner);
	}
}

/* The names that devices_add_disk() could not know. */
static void name_device(struct device *dev, const struct made *made)
{
	char own[sizeof(dev->grub)];
	const char *comma;

	dev->made = made;
	if (!dev->part) {
		snprintf(dev->name, sizeof(dev->name), "%s", made->name);
		snprintf(dev->grub, sizeof(dev->grub), "%s", made->grub);
		return;
	}
	snprintf(own, sizeof(own), "%s", dev->name);
	snprintf(dev->name, sizeof(dev->name), "%s %.20s", made->name, own);
	snprintf(own, sizeof(own), "%s", dev->grub);
	comma = strchr(own, ',');
	snprintf(dev->grub, sizeof(dev->grub), "%s%.22s", made->grub,
		comma ? comma : "");
}

static struct disk *new_disk(
	struct devices *devices, struct made *made, struct error *err)
{
	struct disk *disk = arena_alloc(devices->arena, sizeof(*disk), err);
	struct disk **list;
	const struct device *owner =
		made->owner_count ? made->owners[0] : devices->list[0];

	list = arena_grow(devices->arena, devices->over, devices->over_count,
		&devices->over_capacity, sizeof(*list), err);
	if (!list)
		return NULL;
	devices->over = list;
	if (!disk)
		return NULL;
	disk_over(disk, &made->vol, owner->disk->name,
		devices->disks + devices->over_count);
	devices->over[devices->over_count++] = disk;
	return disk;
}

static int add_made(
	struct devices *devices, struct made *made, struct error *err)
{
	struct disk *disk = new_disk(devices, made, err);
	struct partition_table *table =
		arena_alloc(devices->arena, sizeof(*table), err);
	size_t i, first = devices->count;
	struct device *whole;

	if (!disk || !table || devices_add_disk(devices, disk, table, err) < 0)
		return -1;
	whole = devices->list[first];
	if (made->why) {
		whole->state = DEVICE_UNREADABLE;
		whole->why = made->why;
	}
	for (i = first; i < devices->count; i++)
		name_device(devices->list[i], made);
	mark_owners(whole, made);
	return 0;
}

/* What can be made now: 1 if there was something, 0, or -1. */
static int make(struct devices *devices, enum devices_looked looked,
	bool incomplete, struct error *err)
{
	struct assembler *assembly = &devices->assembly;
	size_t before = devices->made_seen;
	int r = assembly_make(assembly,
		looked == LOOKED_RAID ? MAKE_ARRAYS : MAKE_ALL, incomplete,
		err);

	while (devices->made_seen < assembly->made_count)
		if (add_made(devices, assembly->made[devices->made_seen++],
			    err) < 0)
			return -1;
	return r < 0 ? -1 : devices->made_seen > before;
}

static int scan(
	struct devices *devices, enum devices_looked looked, struct error *err)
{
	enum devices_looked where = looked;
	bool incomplete = false;
	unsigned int turns = 0;
	int r;

	for (;;) {
		if (look_at_all(devices, where, err) < 0)
			return -1;
		r = make(devices, looked, incomplete, err);
		if (r < 0)
			return -1;
		if (r == 0 && incomplete)
			return 0;
		/* the others may be where no type says so */
		if (r == 0 && where == LOOKED_RAID &&
			md_waits(&devices->assembly)) {
			where = LOOKED_EVERYWHERE;
			continue;
		}
		incomplete = r == 0;
		if (r > 0 && ++turns > ASSEMBLY_TURNS_MAX)
			return error_set(err, ERR_LIMIT,
				"more than %d volumes on top of each other",
				ASSEMBLY_TURNS_MAX);
	}
}

static int order_made(
	struct devices *devices, unsigned int from, struct error *err)
{
	for (; from < devices->over_count; from++)
		if (devices_order_disk(devices, devices->over[from], err) < 0)
			return -1;
	return 0;
}

void logical_scan(struct devices *devices, enum devices_looked looked)
{
	unsigned int before = devices->over_count;
	struct error err, ignored;
	int r;

	if (devices->alone || devices->count == 0 || devices->looked >= looked)
		return;
	devices->looked = looked;
	r = scan(devices, looked, &err);
	/* devices_scan() makes the order when it has everything */
	if (looked > LOOKED_RAID && !devices->selected &&
		order_made(devices, before, &err) < 0)
		r = -1;
	if (r == 0 || devices->unknown)
		return;
	devices->unknown = arena_alloc(
		devices->arena, sizeof(*devices->unknown), &ignored);
	if (devices->unknown)
		*devices->unknown = err;
}

/* The device of a name, and behind a comma its partition. */
static struct device *part_of_made(const struct devices *devices,
	const struct device *whole, const char *number)
{
	unsigned int wanted;
	size_t i;

	number += strspn(number, "abcdefghijklmnopqrstuvwxyz");
	if (!isdigit((unsigned char)*number) || strlen(number) > 4)
		return NULL;
	wanted = (unsigned int)strtoul(number, NULL, 10);
	for (i = 0; i < devices->count; i++)
		if (devices->list[i]->disk == whole->disk &&
			devices->list[i]->part &&
			devices->list[i]->part->within == 0 &&
			devices->list[i]->part->number == wanted)
			return devices->list[i];
	return NULL;
}

static bool same(const char *name, const char *text, size_t len)
{
	return strlen(name) == len && strncasecmp(name, text, len) == 0;
}

static bool is_called(const struct made *made, const char *name, size_t len)
{
	if (strlen(made->grub) == len && memcmp(made->grub, name, len) == 0)
		return true;
	if (made->id[0] && same(made->id, name, len) &&
		(made->id[0] == 'm' || memcmp(made->id, name, len) == 0))
		return true;
	/* GRUB before 2.00: (vg-lv), (md0) */
	if (strncmp(made->grub, "lvm/", 4) == 0)
		return strlen(made->grub + 4) == len &&
			memcmp(made->grub + 4, name, len) == 0;
	return len > 2 && memcmp(name, "md", 2) == 0 &&
		strlen(made->grub + 3) == len - 2 &&
		memcmp(made->grub + 3, name + 2, len - 2) == 0;
}

static struct device *find_called(
	const struct devices *devices, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < devices->count; i++)
		if (devices->list[i]->made && !devices->list[i]->part &&
			is_called(devices->list[i]->made, name, len))
			return devices->list[i];
	return NULL;
}

struct device *logical_by_grub_name(struct devices *devices, const char *name)
{
	const char *comma = strrchr(name, ',');
	struct device *dev;

	if (name[0] == '\0')
		return NULL;
	logical_scan(devices,
		strncmp(name, "md", 2) == 0 ? LOOKED_EVERYWHERE : LOOKED_REST);
	dev = find_called(devices, name, strlen(name));
	if (dev || !comma)
		return dev;
	dev = find_called(devices, name, (size_t)(comma - name));
	return dev ? part_of_made(devices, dev, comma + 1) : NULL;
}

/* md0, md/0, md0p1: the array, or the partition behind its name. */
static struct device *by_array_node(
	const struct devices *devices, struct device *whole, const char *node)
{
	const char *own = whole->made->node + strlen("md/");
	size_t len = strlen(own);

	node += node[2] == '/' ? 3 : 2;
	if (strncmp(node, own, len) != 0)
		return NULL;
	if (node[len] == 'p')
		return part_of_made(devices, whole, node + len + 1);
	return node[len] == '\0' ? whole : NULL;
}

static struct device *by_node(
	const struct devices *devices, struct device *whole, const char *node)
{
	const struct made *made = whole->made;
	bool is_array = strncmp(made->grub, "md/", 3) == 0;

	if (is_array)
		return strncmp(node, "md", 2) == 0
			? by_array_node(devices, whole, node)
			: NULL;
	if (strncmp(node, "mapper/", 7) == 0)
		return strcmp(made->grub + 4, node + 7) == 0 ? whole : NULL;
	return strcmp(made->node, node) == 0 ? whole : NULL;
}

struct device *logical_by_node(struct devices *devices, const char *node)
{
	struct device *dev, *found;
	size_t i;

	logical_scan(devices,
		strncmp(node, "md", 2) == 0 ? LOOKED_EVERYWHERE : LOOKED_REST);
	for (i = 0; i < devices->count; i++) {
		dev = devices->list[i];
		found = dev->made && !dev->part ? by_node(devices, dev, node)
						: NULL;
		if (found)
			return found;
	}
	return NULL;
}
