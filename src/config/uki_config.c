/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uki_config.c - a unified kernel image where firmware looks for its loader
 *
 * There is no configuration: its profiles are the entries, and the first of
 * them is what starts.
 */
#include <string.h>

#include "src/config/config.h"
#include "src/config/uki.h"

static int add_profile(struct config *config, struct menu *menu,
	const struct uki_profile *profile, struct error *err)
{
	const struct uki *uki = config->priv;
	const char *slash = strrchr(config->path, '/');
	struct entry *entry = menu_add(menu, config->guest->arena, err);

	if (!entry)
		return -1;
	entry->id = profile->id;
	entry->title = profile->title;
	if (!entry->title)
		entry->title = uki->title;
	if (!entry->title)
		entry->title = slash ? slash + 1 : config->path;
	return 0;
}

static int uki_load(struct config *config, struct text file, struct error *err)
{
	struct arena *arena = config->guest->arena;
	struct uki *uki = arena_alloc(arena, sizeof(*uki), err);
	struct menu *menu = arena_alloc(arena, sizeof(*menu), err);
	size_t i;
	int r;

	(void)file;
	if (!uki || !menu)
		return -1;
	r = uki_open(config->guest, config->dev, config->path, uki, err);
	if (r == 0)
		return error_set(
			err, ERR_NOT_FOUND, "is no unified kernel image");
	if (r < 0)
		return -1;
	config->priv = uki;
	for (i = 0; i < uki->profile_count; i++)
		if (add_profile(config, menu, &uki->profiles[i], err) < 0)
			return -1;
	config->menu = menu;
	return 0;
}

static int uki_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	(void)menu;
	*outcome = (struct outcome){ 0 };
	return uki_boot(
		config->guest, config->priv, index, NULL, &outcome->boot, err);
}

const struct config_format uki_format = {
	.name = "unified kernel image",
	.id = "uki",
	.load = uki_load,
	.run = uki_run,
};
