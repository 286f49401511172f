/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/list_disks.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "src/disk/identify.h"
#include "src/fs/logical.h"

/* Configurations of one file system that are shown. */
#define CONFIGS_MAX 64

struct list {
	struct guest *guest;
	struct config_search configs;
	listing_field *field;
	void *ctx;
};

__attribute__((format(printf, 4, 5))) static int show(struct list *list,
	struct error *err, const char *name, const char *fmt, ...)
{
	char text[ERROR_TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return list->field(list->ctx, name, text, err);
}

static const char *scheme(const struct partition_table *table)
{
	if (!table->has_table)
		return "none";
	if (table->guid[0] != '\0')
		return "GPT";
	if (table->count > 0 && table->list[0].scheme == SCHEME_BSD &&
		table->list[0].within == 0)
		return "BSD";
	return "MBR";
}

static int show_disk(struct list *list, const struct disk *disk,
	const struct partition_table *table, struct error *err)
{
	if (show(list, err, "disk", "%s", disk->name) < 0 ||
		show(list, err, "  size", "%" PRIu64, disk->size) < 0 ||
		show(list, err, "  partition table", "%s", scheme(table)) < 0)
		return -1;
	return table->damage[0] != '\0'
		? show(list, err, "  damage", "%s", table->damage)
		: 0;
}

/* What tells partitions of a GPT from each other. */
static int show_partition(
	struct list *list, const struct partition *part, struct error *err)
{
	if (part->name[0] != '\0' &&
		show(list, err, "    name", "%s", part->name) < 0)
		return -1;
	return part->guid[0] != '\0'
		? show(list, err, "    PARTUUID", "%s", part->guid)
		: 0;
}

/* Every configuration in all stages; what cannot be used says why. */
static int show_configs(
	struct list *list, struct device *dev, struct error *err)
{
	struct config_place place = { 0 };
	unsigned int stage, count = 0;
	struct config config;
	struct error why;
	int r;

	for (stage = 0; stage < CONFIG_STAGES; stage++) {
		place = (struct config_place){ .stage = stage };
		while ((r = config_load_next(list->guest, dev, &list->configs,
				&place, &config, &why)) != 0) {
			if (++count > CONFIGS_MAX)
				return show(list, err, "    configuration",
					"and more");
			if (r > 0)
				r = show(list, err, "    configuration",
					"%s: %s, %zu entries", config.path,
					config.format->name,
					config.menu->count);
			else
				r = show(list, err, "    configuration",
					"cannot be used: %s", why.text);
			if (r < 0)
				return -1;
		}
	}
	return 0;
}

static int show_fs(struct list *list, struct device *dev, struct error *err)
{
	struct error why;
	struct fs *fs = device_fs(list->guest->devices, dev, &why);
	char type[64] = "";

	if (dev->part_of && (!fs || dev->same))
		return show(
			list, err, "    holds", "a part of %s", dev->part_of);
	if (!fs) {
		if (why.code != ERR_NOT_FOUND)
			return show(list, err, "    file system",
				"cannot be read: %s", why.text);
		identify(&dev->vol, list->guest->scratch, type, sizeof(type));
		return show(list, err, "    file system", "%s%s",
			type[0] ? type : "none that is known",
			type[0] ? ", which cannot be read" : "");
	}
	if (show(list, err, "    file system", "%s", fs->type) < 0 ||
		(fs->label[0] != '\0' &&
			show(list, err, "    label", "%s", fs->label) < 0) ||
		(fs->uuid[0] != '\0' &&
			show(list, err, "    UUID", "%s", fs->uuid) < 0) ||
		(fs->notice &&
			show(list, err, "    notice", "%s", fs->notice) < 0))
		return -1;
	return show_configs(list, dev, err);
}

static int show_device(struct list *list, struct device *dev, struct error *err)
{
	if (show(list, err, "  volume", "%s", dev->name) < 0 ||
		show(list, err, "    device", "(%s)", dev->grub) < 0 ||
		(!dev->under && !dev->made &&
			show(list, err, "    offset", "%" PRIu64,
				dev->range.start) < 0) ||
		show(list, err, "    size", "%" PRIu64, dev->vol.size) < 0 ||
		(dev->part && show_partition(list, dev->part, err) < 0))
		return -1;
	return show_fs(list, dev, err);
}

/* A disk with a table is no file system, but for hybrid ISO images. */
static bool is_shown(const struct list *list, struct device *dev)
{
	struct error ignored;

	return dev->part || !dev->table->has_table ||
		device_fs(list->guest->devices, dev, &ignored);
}

int list_disks(struct guest *guest, const struct options *options,
	listing_field *field, void *ctx, struct error *err)
{
	struct list list = { .guest = guest, .field = field, .ctx = ctx };
	struct devices *devices = guest->devices;
	const struct disk *disk = NULL;
	struct device *dev;
	size_t i;

	if (find_search(guest, options, &list.configs, err) < 0)
		return -1;
	guest->assume_files = true;
	/* first, so that each part says what it is a part of */
	logical_scan(devices, LOOKED_EVERYWHERE);
	for (i = 0; i < devices->count; i++) {
		dev = devices->list[i];
		if (dev->disk != disk && !dev->made &&
			show_disk(&list, dev->disk, dev->table, err) < 0)
			return -1;
		disk = dev->disk;
		if (is_shown(&list, dev) && show_device(&list, dev, err) < 0)
			return -1;
	}
	return 0;
}
