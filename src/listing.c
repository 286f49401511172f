/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/listing.h"

#include <string.h>

/* Menus listed in all: more submenus than any installer makes. */
#define MENUS_MAX 256

/* A list in progress. */
struct listing {
	struct guest *guest;
	listing_field *field;
	void *ctx;
	const struct menu *menus[MENUS_MAX]; /* listed so far */
	size_t menu_count;
	bool more; /* than there is room for: that was said */
};

static int list_field(struct listing *listing, const char *name,
	const char *value, struct error *err)
{
	return listing->field(
		listing->ctx, name, value && value[0] ? value : "None", err);
}

/* Does a ramdisk go on in the file of the one before it? */
static bool goes_on(const struct boot *boot, size_t i)
{
	const struct boot_file *file = &boot->ramdisks[i];

	return i > 0 && file->length > 0 && file[-1].dev == file->dev &&
		strcmp(file[-1].path, file->path) == 0;
}

/*
 * GRUB's ramdisks are one list of files: shown as they stood in the file.  Of
 * parts of one file (a unified image) the file is shown once.
 */
static int join_ramdisks(struct guest *guest, const struct boot *boot,
	const char **list, struct error *err)
{
	size_t i;

	*list = "";
	for (i = 0; i < boot->ramdisk_count; i++) {
		if (goes_on(boot, i))
			continue;
		*list = i == 0 ? boot->ramdisks[i].path
			       : arena_printf(guest->arena, err, "%s %s", *list,
					 boot->ramdisks[i].path);
		if (!*list)
			return -1;
	}
	return 0;
}

/* d0p1: as pygrub names the device that a configuration speaks of. */
static const char *root_name(
	struct guest *guest, const struct device *dev, struct error *err)
{
	if (!dev)
		return "";
	while (dev->under && !dev->file) /* a list of blocks */
		dev = dev->under;
	if (dev->under || dev->made)
		return dev->grub;
	if (!dev->part)
		return arena_printf(guest->arena, err, "d%u", dev->disk->index);
	return arena_printf(guest->arena, err, "d%up%u", dev->disk->index,
		dev->part->number);
}

/* Menus may lead in a circle: each is listed once. */
static bool is_new_menu(struct listing *listing, const struct menu *menu)
{
	size_t i;

	for (i = 0; i < listing->menu_count; i++)
		if (listing->menus[i] == menu)
			return false;
	if (listing->menu_count == MENUS_MAX) {
		if (!listing->more)
			guest_note(listing->guest, NOTE_WARNING,
				"there are more than %d menus: of the others "
				"no entries are listed",
				MENUS_MAX);
		listing->more = true;
		return false;
	}
	listing->menus[listing->menu_count++] = menu;
	return true;
}

static int list_menu(struct listing *listing, struct config *config,
	struct menu *menu, unsigned int depth, struct error *err);

/* One entry as pygrub lists it, or the entries of the menu behind it. */
static int list_entry(struct listing *listing, struct config *config,
	struct menu *menu, size_t index, unsigned int depth, struct error *err)
{
	struct outcome outcome = { 0 };
	const struct boot *boot = &outcome.boot;
	const char *root, *ramdisks;
	struct error ignored;
	int r;

	r = config_peek(config, menu, index, &outcome, &ignored);
	if (r == 0 && outcome.menu && depth + 1 < CONFIG_DEPTH_MAX &&
		is_new_menu(listing, outcome.menu))
		return list_menu(listing, config, outcome.menu, depth + 1, err);
	if (r < 0 || outcome.menu)
		outcome.boot = (struct boot){ 0 };
	root = root_name(listing->guest, boot->kernel.dev, err);
	if (!root || join_ramdisks(listing->guest, boot, &ramdisks, err) < 0 ||
		list_field(listing, "title", menu->entries[index].title, err) <
			0 ||
		list_field(listing, "  root", root, err) < 0 ||
		list_field(listing, "  kernel", boot->kernel.path, err) < 0 ||
		list_field(listing, "  args", boot->args, err) < 0)
		return -1;
	return list_field(listing, "  initrd", ramdisks, err);
}

static int list_menu(struct listing *listing, struct config *config,
	struct menu *menu, unsigned int depth, struct error *err)
{
	size_t i;

	for (i = 0; i < menu->count; i++)
		if (list_entry(listing, config, menu, i, depth, err) < 0)
			return -1;
	return 0;
}

static int list_config(void *ctx, struct config *config, struct error *err)
{
	struct listing *listing = ctx;

	is_new_menu(listing, config->menu);
	if (list_menu(listing, config, config->menu, 0, err) < 0)
		return device_error(config->dev, err);
	return 0;
}

int list_config_entries(struct guest *guest, struct config *config,
	listing_field *field, void *ctx, struct error *err)
{
	struct listing listing = { .guest = guest, .field = field, .ctx = ctx };

	guest->assume_files = true;
	is_new_menu(&listing, config->menu);
	return list_menu(&listing, config, config->menu, 0, err);
}

int list_entries(struct guest *guest, const struct options *options,
	listing_field *field, void *ctx, struct error *err)
{
	struct listing listing = { .guest = guest, .field = field, .ctx = ctx };

	guest->assume_files = true;
	return find_configs(guest, options, list_config, &listing, err);
}
