/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config_open.c - configurations that lead to others, and whose entry is whose
 */
#include <string.h>

#include "src/config/config.h"

static bool same_place(const struct boot_file *a, const struct boot_file *b)
{
	return a->dev == b->dev && strcmp(a->path, b->path) == 0;
}

static bool same_translation(
	const struct config_translation *a, const struct config_translation *b)
{
	if (!a || !b)
		return a == b;
	return same_place(&a->root, &b->root) && same_place(&a->cwd, &b->cwd) &&
		strcmp(a->medium, b->medium) == 0;
}

static struct config *find_opened(const struct config *wanted)
{
	struct config *config;

	for (config = wanted->guest->opened; config; config = config->next)
		if (config->format == wanted->format &&
			config->dev == wanted->dev &&
			strcmp(config->path, wanted->path) == 0 &&
			same_translation(
				config->translation, wanted->translation))
			return config;
	return NULL;
}

/* A copy of wanted in the list; its menu comes later. */
static struct config *add_opened(const struct config *wanted, struct error *err)
{
	struct guest *guest = wanted->guest;
	struct config *config = arena_alloc(guest->arena, sizeof(*config), err);

	if (!config)
		return NULL;
	if (guest->opened_count == CONFIG_INCLUDES_MAX) {
		error_set(err, ERR_LIMIT,
			"more than %d configurations lead to each other",
			CONFIG_INCLUDES_MAX);
		return NULL;
	}
	guest->opened_count++;
	*config = *wanted;
	if (config->dev->state == DEVICE_MOUNTED) /* as its path was found */
		config->start = config->dev->fs.start;
	config->next = guest->opened;
	guest->opened = config;
	return config;
}

/* What could not be loaded may be tried again, as GRUB would. */
static void remove_opened(struct guest *guest, const struct config *config)
{
	struct config **at = &guest->opened;

	while (*at != config)
		at = &(*at)->next;
	*at = config->next;
}

static int load_opened(struct config *config, struct error *err)
{
	struct text file;

	if (guest_read_config(
		    config->guest, config->dev, config->path, &file, err) < 0)
		return -1;
	if (config_read(config, file, err) < 0)
		return -1;
	if (!config->menu->owner)
		config->menu->owner = config;
	return 0;
}

struct config *config_open(const struct config *wanted, struct error *err)
{
	struct config *config = find_opened(wanted);

	if (config && config->menu)
		return config;
	if (config) {
		error_set(err, ERR_LIMIT, "%s leads to itself", config->path);
		return NULL;
	}
	config = add_opened(wanted, err);
	if (!config)
		return NULL;
	if (load_opened(config, err) == 0)
		return config;
	remove_opened(wanted->guest, config);
	return NULL;
}

/* What comes of an entry of a menu with an owner is the owner's as well. */
static int hand_back(struct config *owner, struct outcome *outcome, int result,
	struct error *err)
{
	if (result < 0)
		return error_in(err, "%s", owner->path);
	if (outcome->menu && !outcome->menu->owner)
		outcome->menu->owner = owner;
	return result;
}

/* From here on paths begin where this configuration was found. */
static void enter(const struct config *config)
{
	if (config->dev)
		device_start(config->dev, config->start);
}

int config_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	struct config *owner = menu->owner;

	enter(owner ? owner : config);
	if (!owner)
		return config->format->run(config, menu, index, outcome, err);
	return hand_back(owner, outcome,
		owner->format->run(owner, menu, index, outcome, err), err);
}

int config_peek(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	struct config *owner = menu->owner;
	struct config *of = owner ? owner : config;

	if (!of->format->peek)
		return config_run(config, menu, index, outcome, err);
	enter(of);
	if (!owner)
		return of->format->peek(of, menu, index, outcome, err);
	return hand_back(owner, outcome,
		of->format->peek(of, menu, index, outcome, err), err);
}

const char *config_source(const struct config *config, const struct menu *menu,
	size_t index, struct error *err)
{
	const struct config *of = menu->owner ? menu->owner : config;
	const char *source = menu->entries[index].source;

	if (source && of->format->run_source)
		return source;
	error_set(err, ERR_UNSUPPORTED,
		"it has no lines that could be edited, only arguments (key a)");
	return NULL;
}

int config_run_source(struct config *config, struct menu *menu, size_t index,
	const char *source, struct outcome *outcome, struct error *err)
{
	struct config *of = menu->owner ? menu->owner : config;

	if (!config_source(config, menu, index, err))
		return -1;
	enter(of);
	if (of->format->run_source(
		    of, menu, index, text_of(source), outcome, err) < 0)
		return -1;
	if (menu->owner && outcome->menu && !outcome->menu->owner)
		outcome->menu->owner = menu->owner;
	return 0;
}
