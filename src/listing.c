/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/listing.h"

/* One entry as pygrub lists it; what is not known is None. */
struct listing {
	struct guest *guest;
	listing_line *line;
	void *ctx;
};

static int list_field(struct listing *listing, const char *name,
	const char *value, struct error *err)
{
	char *line = arena_printf(listing->guest->arena, err, "%s: %s", name,
		value && value[0] ? value : "None");

	return line ? listing->line(listing->ctx, line, err) : -1;
}

/* GRUB's ramdisks are one list of files: shown as they stood in the file. */
static const char *join_ramdisks(
	struct guest *guest, const struct boot *boot, struct error *err)
{
	const char *list = NULL;
	size_t i;

	for (i = 0; i < boot->ramdisk_count; i++) {
		list = list ? arena_printf(guest->arena, err, "%s %s", list,
				      boot->ramdisks[i].path)
			    : boot->ramdisks[i].path;
		if (!list)
			return NULL;
	}
	return list;
}

/* d0p1: as pygrub names the device that a configuration speaks of. */
static const char *root_name(
	struct guest *guest, const struct device *dev, struct error *err)
{
	if (!dev)
		return NULL;
	if (!dev->part)
		return arena_printf(guest->arena, err, "d%u", dev->disk->index);
	return arena_printf(guest->arena, err, "d%up%u", dev->disk->index,
		dev->part->number);
}

static int list_menu(struct listing *listing, struct config *config,
	struct menu *menu, unsigned int depth, struct error *err);

static int list_entry(struct listing *listing, struct config *config,
	struct menu *menu, size_t index, unsigned int depth, struct error *err)
{
	const struct config_format *format = config->format;
	struct outcome outcome = { 0 };
	const struct boot *boot = &outcome.boot;
	struct error ignored;
	int r;

	r = (format->peek ? format->peek : format->run)(
		config, menu, index, &outcome, &ignored);
	if (r == 0 && outcome.menu)
		return list_menu(listing, config, outcome.menu, depth + 1, err);
	if (r < 0)
		outcome.boot = (struct boot){ 0 };
	if (list_field(listing, "title", menu->entries[index].title, err) < 0 ||
		list_field(listing, "  root",
			root_name(listing->guest, boot->kernel.dev, err),
			err) < 0 ||
		list_field(listing, "  kernel", boot->kernel.path, err) < 0 ||
		list_field(listing, "  args", boot->args, err) < 0)
		return -1;
	return list_field(listing, "  initrd",
		join_ramdisks(listing->guest, boot, err), err);
}

static int list_menu(struct listing *listing, struct config *config,
	struct menu *menu, unsigned int depth, struct error *err)
{
	size_t i;

	if (depth >= CONFIG_DEPTH_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d menus inside each other",
			CONFIG_DEPTH_MAX);
	for (i = 0; i < menu->count; i++)
		if (list_entry(listing, config, menu, i, depth, err) < 0)
			return -1;
	return 0;
}

static int list_config(void *ctx, struct config *config, struct error *err)
{
	if (list_menu(ctx, config, config->menu, 0, err) < 0)
		return device_error(config->dev, err);
	return 0;
}

int list_config_entries(struct guest *guest, struct config *config,
	listing_line *line, void *ctx, struct error *err)
{
	struct listing listing = { guest, line, ctx };

	guest->assume_files = true;
	return list_menu(&listing, config, config->menu, 0, err);
}

int list_entries(struct guest *guest, const struct options *options,
	listing_line *line, void *ctx, struct error *err)
{
	struct listing listing = { guest, line, ctx };

	guest->assume_files = true;
	return find_configs(guest, options, list_config, &listing, err);
}
