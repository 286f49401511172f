/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/fakeguest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES_MAX (FAKEGUEST_DISKS * (FAKEGUEST_PARTITIONS + 1))

static void *must(void *allocated)
{
	if (!allocated)
		abort();
	return allocated;
}

void fakeguest_init(struct fakeguest *fake)
{
	struct devices *devices = &fake->devices;
	struct error err;

	memset(fake, 0, sizeof(*fake));
	arena_init(&fake->arena, FAKEGUEST_MEMORY);
	devices->arena = &fake->arena;
	devices->drivers = fakefs_drivers;
	devices->capacity = DEVICES_MAX;
	devices->list = must(arena_array(
		&fake->arena, DEVICES_MAX, sizeof(struct device *), &err));
	devices->order = must(arena_array(
		&fake->arena, DEVICES_MAX, sizeof(struct device *), &err));
	devices->tables = fake->tables;
	devices->alone = true; /* there are no bytes to make volumes of */
	fake->guest = (struct guest){
		.arena = &fake->arena,
		.devices = devices,
		.grub_platform = "pc",
		.grub_cpu = "i386",
	};
}

void fakeguest_free(struct fakeguest *fake)
{
	size_t i;

	for (i = 0; i < fake->count; i++)
		fakefs_free(&fake->files[i]);
	arena_free(&fake->arena);
}

static struct device *add_device(
	struct fakeguest *fake, unsigned int disk, const struct partition *part)
{
	struct devices *devices = &fake->devices;
	struct error err;
	struct device *dev;

	if (devices->count == DEVICES_MAX)
		abort();
	dev = must(arena_alloc(&fake->arena, sizeof(*dev), &err));
	dev->disk = &fake->disks[disk];
	dev->table = &fake->tables[disk];
	dev->part = part;
	if (part && part->within > 0) {
		snprintf(dev->name, sizeof(dev->name), "partition %u slice %u",
			part->within, part->number);
		snprintf(dev->grub, sizeof(dev->grub), "hd%u,msdos%u,bsd%u",
			disk, part->within, part->number);
	} else if (part) {
		snprintf(dev->name, sizeof(dev->name), "partition %u",
			part->number);
		snprintf(dev->grub, sizeof(dev->grub), "hd%u,%s%u", disk,
			part->scheme == SCHEME_GPT ? "gpt" : "msdos",
			part->number);
	} else {
		snprintf(dev->name, sizeof(dev->name), "whole disk");
		snprintf(dev->grub, sizeof(dev->grub), "hd%u", disk);
	}
	devices->list[devices->count] = dev;
	devices->order[devices->count++] = dev;
	devices->order_count = devices->count;
	return dev;
}

/* A device's file system, already found, so that nobody has to look. */
static struct fakefs *mount(struct fakeguest *fake, struct device *dev,
	const char *uuid, const char *label)
{
	struct fakefs *files = &fake->files[fake->count - 1];
	struct error err;

	fakefs_init(files, uuid, label);
	dev->vol = files->vol;
	if (fs_open(&dev->fs, &dev->vol, NULL, &fake->arena, fakefs_drivers,
		    &err) < 0)
		abort();
	dev->state = DEVICE_MOUNTED;
	return files;
}

static void unreadable(struct fakeguest *fake, struct device *dev)
{
	struct error err;

	dev->why = must(arena_alloc(&fake->arena, sizeof(*dev->why), &err));
	error_set(dev->why, ERR_NOT_FOUND, "no known file system");
	dev->state = DEVICE_UNREADABLE;
}

static struct device *add_disk(struct fakeguest *fake, unsigned int index)
{
	static const char *const names[] = { "disk0", "disk1", "disk2",
		"disk3" };

	if (index != fake->devices.disks || index >= FAKEGUEST_DISKS)
		abort();
	fake->devices.disks++;
	fake->disks[index] = (struct disk){
		.name = names[index],
		.index = index,
		.fd = -1,
		.sector_size = 512,
	};
	fake->tables[index].list = fake->partitions[index];
	return add_device(fake, index, NULL);
}

static struct partition *add_partition(struct fakeguest *fake,
	unsigned int disk, enum partition_scheme scheme, unsigned int number)
{
	struct partition_table *table = &fake->tables[disk];
	struct partition *part = &table->list[table->count];

	if (table->count == FAKEGUEST_PARTITIONS)
		abort();
	table->count++;
	table->has_table = true;
	*part = (struct partition){
		.scheme = scheme,
		.number = number,
		.start = (uint64_t)number << 20,
		.size = 1 << 20,
	};
	return part;
}

/* The file system whose name, and a path behind it, name begins with. */
static struct fakefs *find_outer(
	struct fakeguest *fake, const char *name, const char **path)
{
	struct fakefs *outer = NULL;
	size_t i, len, longest = 0;

	for (i = 0; i < fake->count; i++) {
		len = strlen(fake->names[i]);
		if (len <= longest || strncmp(name, fake->names[i], len) != 0 ||
			name[len] != '/')
			continue;
		longest = len;
		outer = &fake->files[i];
		*path = name + len;
	}
	return must(outer);
}

static struct fakefs *add_image(struct fakeguest *fake, const char *name,
	const char *uuid, const char *label)
{
	struct fakefs *files = &fake->files[fake->count];
	const char *path;
	struct fakefs *outer = find_outer(fake, name, &path);

	fakefs_init(files, uuid, label);
	fakefs_image(outer, path, files);
	fake->names[fake->count++] = name;
	return files;
}

struct fakefs *fakeguest_add(struct fakeguest *fake, const char *name,
	const char *uuid, const char *label)
{
	unsigned int disk, number, within = 0;
	enum partition_scheme scheme = SCHEME_MSDOS;
	struct partition *part;
	struct device *dev = NULL;

	if (fake->count == FAKEGUEST_FILE_SYSTEMS)
		abort();
	if (strchr(name, '/'))
		return add_image(fake, name, uuid, label);
	if (strstr(name, ",bsd") &&
		sscanf(name, "hd%u,msdos%u,bsd%u", &disk, &within, &number) ==
			3)
		scheme = SCHEME_BSD;
	else if (sscanf(name, "hd%u,gpt%u", &disk, &number) == 2)
		scheme = SCHEME_GPT;
	else if (sscanf(name, "hd%u,msdos%u", &disk, &number) != 2)
		number = 0;
	if (number == 0 && sscanf(name, "hd%u", &disk) != 1)
		abort();
	if (disk >= fake->devices.disks) {
		dev = add_disk(fake, disk);
		if (number > 0)
			unreadable(fake, dev);
	}
	if (number > 0) {
		part = add_partition(fake, disk, scheme, number);
		part->within = within;
		dev = add_device(fake, disk, part);
	}
	if (!dev)
		abort();
	fake->names[fake->count++] = name;
	return mount(fake, dev, uuid, label);
}

struct device *fakeguest_device(struct fakeguest *fake, const char *name)
{
	size_t i;

	for (i = 0; i < fake->devices.count; i++)
		if (strcmp(fake->devices.list[i]->grub, name) == 0)
			return fake->devices.list[i];
	abort();
}

struct partition *fakeguest_partition(struct fakeguest *fake, const char *name)
{
	const struct device *dev = fakeguest_device(fake, name);
	struct partition *list = fake->partitions[dev->disk->index];

	/* ours: the devices only point at it */
	return dev->part ? &list[dev->part - list] : NULL;
}

void fakeguest_describe(struct fakeguest *fake, const char *device,
	const char *guid, const char *name)
{
	struct partition *part = fakeguest_partition(fake, device);

	if (!part)
		return;
	snprintf(part->guid, sizeof(part->guid), "%s", guid);
	snprintf(part->name, sizeof(part->name), "%s", name);
}

void fakeguest_type(struct fakeguest *fake, const char *name, const char *type)
{
	static const struct {
		const char *name, *guid;
		uint8_t msdos;
	} types[] = {
		{ "esp", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", 0xef },
		{ "xbootldr", "bc13c2ff-59e6-4262-a352-b275fd6f7172", 0xea },
	};
	struct partition *part = must(fakeguest_partition(fake, name));
	const char *guid = type;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, type) != 0)
			continue;
		guid = types[i].guid;
		part->type = types[i].msdos;
	}
	if (part->scheme == SCHEME_GPT) {
		part->type = 0;
		snprintf(part->type_guid, sizeof(part->type_guid), "%s", guid);
	} else if (guid == type) {
		abort();
	}
}
