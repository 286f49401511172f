/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/casevolume.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"
#include "src/fs/blocks.h"

struct case_volume case_volume(const char *device, const char *folder)
{
	return (struct case_volume){
		.device = device,
		.folder = folder,
		.uuid = "",
		.label = "",
		.guid = "",
		.name = "",
	};
}

bool case_volume_option(
	struct case_volume *vol, const char *key, const char *value)
{
	const struct {
		const char *key;
		const char **value;
	} options[] = {
		{ "uuid", &vol->uuid },
		{ "label", &vol->label },
		{ "attributes", &vol->attributes },
		{ "type", &vol->type },
		{ "guid", &vol->guid },
		{ "name", &vol->name },
		{ "diskuuid", &vol->diskuuid },
		{ "blocks", &vol->blocks[vol->block_count % CASE_BLOCKS_MAX] },
	};
	size_t i;

	for (i = 0; i < LENGTH(options); i++) {
		if (strcmp(key, options[i].key) != 0)
			continue;
		*options[i].value = value;
		vol->block_count += strcmp(key, "blocks") == 0;
		return vol->block_count <= CASE_BLOCKS_MAX;
	}
	return false;
}

static void set_partition(struct fakeguest *fake, const struct case_volume *vol)
{
	struct partition_table *table;
	struct partition *part;

	if (strchr(vol->device, '/')) /* a file */
		return;
	part = fakeguest_partition(fake, vol->device);
	table = &fake->tables[fakeguest_device(fake, vol->device)->disk->index];
	fakeguest_describe(fake, vol->device, vol->guid, vol->name);
	if (vol->type)
		fakeguest_type(fake, vol->device, vol->type);
	if (part && vol->attributes)
		part->attributes = strtoull(vol->attributes, NULL, 0);
	if (vol->diskuuid)
		snprintf(table->guid, sizeof(table->guid), "%s", vol->diskuuid);
}

/* "512 file": the bytes of the case's file, from that block on. */
static int put_blocks(struct fakefs *files, const char *dir, const char *option)
{
	char path[PATH_MAX], bytes[65536], *name;
	size_t block = strtoul(option, &name, 0), len;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name + strspn(name, " "));
	file = fopen(path, "r");
	if (!file)
		return -1;
	len = fread(bytes, 1, sizeof(bytes), file);
	fakefs_blocks(files, block * BLOCKS_SIZE, bytes, len);
	fclose(file);
	return 0;
}

int case_volume_add(
	struct fakeguest *fake, const char *dir, const struct case_volume *vol)
{
	static const char *const skip[] = { "expect", "options", NULL };
	struct fakefs *files =
		fakeguest_add(fake, vol->device, vol->uuid, vol->label);
	char path[PATH_MAX];
	size_t i;

	snprintf(path, sizeof(path), "%s/%s", dir, vol->folder);
	if (fakefs_load(files, path, skip) < 0)
		return -1;
	set_partition(fake, vol);
	for (i = 0; i < vol->block_count; i++)
		if (put_blocks(files, dir, vol->blocks[i]) < 0)
			return -1;
	return 0;
}
