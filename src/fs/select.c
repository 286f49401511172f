/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/fs/select.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/fs/logical.h"

/* A slice counts as part of the partition that it lies in. */
static bool has_number(const struct device *dev, const char *name)
{
	const struct partition *part = dev->part;
	char number[16];

	if (dev->made)
		return false;
	snprintf(number, sizeof(number), "%u",
		!part                      ? 0
			: part->within > 0 ? part->within
					   : part->number);
	return strcmp(number, name) == 0;
}

static bool is_meant(
	struct devices *devices, struct device *dev, const char *name)
{
	const struct partition *part = dev->part;
	const struct fs *fs;
	struct error ignored;

	if (has_number(dev, name))
		return true;
	if (part &&
		(strcasecmp(part->guid, name) == 0 ||
			strcmp(part->name, name) == 0))
		return true;
	fs = device_fs(devices, dev, &ignored);
	return fs &&
		(strcasecmp(fs->uuid, name) == 0 ||
			strcmp(fs->label, name) == 0);
}

/* Behind the message: "partition 1, partition 2" */
static int list_all(const struct devices *devices, struct error *err)
{
	size_t i, len;

	for (i = 0; i < devices->order_count; i++) {
		len = strlen(err->text);
		snprintf(err->text + len, sizeof(err->text) - len, "%s%s",
			i ? ", " : "", devices->order[i]->name);
	}
	return -1;
}

/* Of the order from first on, what is meant becomes its beginning. */
static size_t keep_meant(
	struct devices *devices, size_t first, const char *name)
{
	size_t i, count = 0;

	for (i = first; i < devices->order_count; i++)
		if (is_meant(devices, devices->order[i], name))
			devices->order[count++] = devices->order[i];
	return count;
}

/* lvm/vg-lv, /dev/vg/lv, vg/lv; a GPT partition may be called so, too. */
static size_t keep_named(struct devices *devices, const char *name)
{
	struct device *dev = logical_by_grub_name(devices, name);

	if (!dev)
		dev = logical_by_node(devices,
			name + (strncmp(name, "/dev/", 5) == 0 ? 5 : 0));
	if (dev)
		devices->order[0] = dev;
	return dev != NULL;
}

int devices_select(struct devices *devices, const char *name, struct error *err)
{
	size_t count = 0, plain = devices->order_count;

	/* an empty name would mean every partition without a label */
	if (name[0])
		count = keep_meant(devices, 0, name);
	if (count == 0) {
		logical_scan(devices, LOOKED_REST);
		if (name[0])
			count = keep_named(devices, name);
		if (name[0] && count == 0)
			count = keep_meant(devices, plain, name);
	}
	if (count == 0) {
		error_set(err, ERR_NOT_FOUND,
			"no partition is called \"%.200s\"; there are ", name);
		return list_all(devices, err);
	}
	devices->order_count = count;
	devices->selected = true;
	return 0;
}
