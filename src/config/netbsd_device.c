/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/netbsd.h"

/* What the loader (hd) and the kernel call disks. */
static const char *const disk_names[] = { "hd", "wd", "sd", "ld", "xbd", "cd",
	"ed" };

struct disk_name {
	char type[8];
	unsigned int unit;
	unsigned int part; /* from 0: a */
};

/* Take "hd0a" apart. */
static bool parse(struct text text, struct disk_name *name)
{
	size_t i, len = 0;

	*name = (struct disk_name){ 0 };
	for (i = 0; i < text.len && text.at[i] >= 'a' && text.at[i] <= 'z'; i++)
		if (len + 1 < sizeof(name->type))
			name->type[len++] = text.at[i];
	for (; i < text.len && isdigit((unsigned char)text.at[i]); i++)
		if (name->unit < 10000)
			name->unit = name->unit * 10 +
				(unsigned int)(text.at[i] - '0');
	if (i < text.len && text.at[i] >= 'a' && text.at[i] <= 'p')
		name->part = (unsigned int)(text.at[i++] - 'a');
	return len > 0 && i == text.len;
}

static bool is_disk(const char *type)
{
	size_t i;

	for (i = 0; i < LENGTH(disk_names); i++)
		if (strcmp(type, disk_names[i]) == 0)
			return true;
	return false;
}

/* The partition of a disk that comes as that many behind its first. */
static struct device *nth_partition(
	const struct devices *devices, unsigned int disk, unsigned int n)
{
	size_t i;

	for (i = 0; i < devices->count; i++)
		if (devices->list[i]->disk->index == disk &&
			devices->list[i]->part && n-- == 0)
			return devices->list[i];
	return NULL;
}

/* A slice of a disklabel, else a partition, else all of the disk. */
static struct device *by_letter(
	const struct devices *devices, const struct disk_name *name)
{
	struct device *dev =
		devices_by_slice(devices, name->unit, 0, name->part);

	if (!dev)
		dev = nth_partition(devices, name->unit, name->part);
	if (!dev && name->unit < devices->disks &&
		!devices->tables[name->unit].has_table)
		dev = devices_by_number(devices, name->unit, 0);
	return dev;
}

static bool is_wedge(const struct device *dev)
{
	return dev->part && dev->part->scheme == SCHEME_GPT;
}

/* dk0 is the first GPT partition of all. */
static struct device *by_wedge(const struct devices *devices, unsigned int n)
{
	size_t i;

	for (i = 0; i < devices->count; i++)
		if (is_wedge(devices->list[i]) && n-- == 0)
			return devices->list[i];
	return NULL;
}

static struct device *by_name(const struct devices *devices, struct text name)
{
	size_t i;

	for (i = 0; i < devices->count; i++)
		if (devices->list[i]->part && name.len > 0 &&
			text_is(name, devices->list[i]->part->name))
			return devices->list[i];
	return NULL;
}

struct device *netbsd_device(
	struct config *config, struct text text, struct error *err)
{
	const struct devices *devices = config->guest->devices;
	int len = text.len < 64 ? (int)text.len : 64;
	struct disk_name name;
	struct device *dev;

	if (text_starts_with(text, "NAME=")) {
		dev = by_name(devices, text_skip(text, strlen("NAME=")));
		if (!dev)
			error_set(err, ERR_NOT_FOUND, "no partition %.*s", len,
				text.at);
		return dev;
	}
	if (!parse(text, &name) ||
		(!is_disk(name.type) && strcmp(name.type, "dk") != 0)) {
		error_set(
			err, ERR_UNSUPPORTED, "%.*s: is no disk", len, text.at);
		return NULL;
	}
	dev = is_disk(name.type) ? by_letter(devices, &name)
				 : by_wedge(devices, name.unit);
	if (dev)
		return dev;
	guest_note(config->guest, NOTE_WARNING,
		"%s: %.*s is not there; taken is where the configuration is",
		config->path, len, text.at);
	return config->dev;
}

/* How many wedges are in front of it: its number. */
static unsigned int wedge_number(
	const struct devices *devices, const struct device *dev)
{
	unsigned int number = 0;
	size_t i;

	for (i = 0; i < devices->count && devices->list[i] != dev; i++)
		number += is_wedge(devices->list[i]);
	return number;
}

/*
 * A kernel for Xen takes the first disk and its "a" unless it is told; a GPT
 * partition is a wedge, found by its name or else by its number.
 */
const char *netbsd_bootdev(
	struct config *config, const struct device *dev, struct error *err)
{
	struct arena *arena = config->guest->arena;
	const struct partition *part = dev->part;
	unsigned int disk = dev->disk->index;

	if (is_wedge(dev) && part->name[0] != '\0' &&
		!strpbrk(part->name, " \t"))
		return arena_printf(arena, err, " root=wedge:%s", part->name);
	if (is_wedge(dev))
		return arena_printf(arena, err, " root=dk%u",
			wedge_number(config->guest->devices, dev));
	if (part && part->scheme == SCHEME_BSD && part->number <= 16 &&
		(disk > 0 || part->number > 1))
		return arena_printf(arena, err, " root=xbd%u%c", disk,
			(char)('a' + part->number - 1));
	return disk > 0 ? arena_printf(arena, err, " root=xbd%ua", disk) : "";
}
