/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/sdboot.h"

#include <string.h>
#include <strings.h>

#include "src/config/efi.h"

#define LOADER_CONF "/loader/loader.conf"
#define TYPE1_DIRECTORY "/loader/entries"
#define TYPE2_DIRECTORY "/EFI/Linux"

/* The partitions that count: as GPT calls their types, and as an MBR does. */
static const struct role {
	const char *guid;
	uint8_t type;
} roles[] = {
	{ "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", 0xef },
	{ "bc13c2ff-59e6-4262-a352-b275fd6f7172", 0xea },
};

enum { ROLE_ESP, ROLE_XBOOTLDR, ROLES };

static bool has_role(const struct device *dev, const struct role *role)
{
	const struct partition *part = dev->part;

	if (!part || part->within != 0)
		return false;
	if (part->scheme == SCHEME_GPT)
		return strcmp(part->type_guid, role->guid) == 0;
	return part->scheme == SCHEME_MSDOS && part->type == role->type;
}

/*
 * Who plays each role: the given device its own, for the other the first on
 * the same disk.  A device without a role stands alone, as the first.
 */
static void find_partitions(
	const struct config *config, struct device *found[ROLES])
{
	const struct devices *devices = config->guest->devices;
	struct device *dev;
	size_t i, role;

	found[ROLE_ESP] = config->dev;
	found[ROLE_XBOOTLDR] = NULL;
	if (!has_role(config->dev, &roles[ROLE_ESP]) &&
		!has_role(config->dev, &roles[ROLE_XBOOTLDR]))
		return;
	for (role = 0; role < ROLES; role++) {
		found[role] = NULL;
		if (has_role(config->dev, &roles[role]))
			found[role] = config->dev;
		for (i = 0; i < devices->count && !found[role]; i++) {
			dev = devices->list[i];
			if (dev->disk == config->dev->disk &&
				has_role(dev, &roles[role]))
				found[role] = dev;
		}
	}
}

/* Is it there to be read?  If not, that is told once and for all. */
static bool can_read(struct guest *guest, struct device *dev)
{
	struct error why;

	if (!dev)
		return false;
	if (device_fs(guest->devices, dev, &why))
		return true;
	guest_note(guest, NOTE_WARNING, "%s: %s; its boot entries are missing",
		dev->name, why.text);
	return false;
}

/* A directory as it is called, or in whatever case its names are. */
static int add_usual(struct sdboot *boot, struct device *dev, const char *path,
	enum sdboot_types types, struct error *err)
{
	const char *paths[EFI_PATHS_MAX];
	struct error ignored;
	struct fs_node node;
	size_t i, count;

	if (fs_find(&dev->fs, path, &node, &ignored) == 0)
		return sdboot_add_directory(boot, dev, path, types, err);
	if (efi_paths(boot->config->guest, dev, path, FS_DIR, paths, &count,
		    err) < 0)
		return -1;
	for (i = 0; i < count; i++)
		if (sdboot_add_directory(boot, dev, paths[i], types, err) < 0)
			return -1;
	return 0;
}

static int add_partition(
	struct sdboot *boot, struct device *dev, struct error *err)
{
	if (add_usual(boot, dev, TYPE2_DIRECTORY, SDBOOT_TYPE2, err) < 0)
		return -1;
	return add_usual(boot, dev, TYPE1_DIRECTORY, SDBOOT_TYPE1, err);
}

/*
 * loader.conf of the system partition, else of the given one; without it is as
 * if it were empty.  file is the given one's, if that is config->path.
 */
static int read_conf(struct config *config, struct device *esp,
	struct text file, struct sdboot_conf *conf, struct error *err)
{
	struct device *const places[] = { esp, config->dev };
	struct guest *guest = config->guest;
	struct text text = text_of("");
	struct error why;
	size_t i;

	for (i = 0; i < 2; i++) {
		if (!places[i] || (i > 0 && places[i] == esp))
			continue;
		if (places[i] == config->dev &&
			strcasecmp(config->path, LOADER_CONF) == 0) {
			text = file;
			break;
		}
		if (guest_read_config(
			    guest, places[i], LOADER_CONF, &text, &why) == 0)
			break;
		if (why.code != ERR_NOT_FOUND)
			guest_note(guest, NOTE_WARNING, "%s: %s",
				places[i]->name, why.text);
	}
	return sdboot_read_conf(guest, LOADER_CONF, text, conf, err);
}

static int make_menu(struct sdboot *boot, struct error *err)
{
	struct entry *entry;
	size_t i;

	for (i = 0; i < boot->count; i++) {
		entry = menu_add(&boot->menu, boot->config->guest->arena, err);
		if (!entry)
			return -1;
		entry->title = boot->list[i]->shown;
		entry->id = boot->list[i]->id;
		entry->source = boot->list[i]->source;
		entry->priv = boot->list[i];
	}
	return 0;
}

/* What is not to be edited is not to be got round by commands, either. */
static int guard_edits(
	struct sdboot *boot, const struct sdboot_conf *conf, struct error *err)
{
	struct menu *menu = &boot->menu;
	size_t i;

	if (!conf->fixed)
		return 0;
	menu->edits = guard_add(boot->config->guest->arena, NULL, NULL, err);
	for (i = 0; i < menu->count; i++)
		menu->entries[i].edits = menu->edits;
	return menu->edits ? 0 : -1;
}

/* Everything that systemd-boot would find when it starts. */
static int load_all(struct sdboot *boot, struct text file,
	struct sdboot_conf *conf, struct device **esp, struct error *err)
{
	struct guest *guest = boot->config->guest;
	struct device *found[ROLES];
	size_t i;

	find_partitions(boot->config, found);
	for (i = 0; i < ROLES; i++) {
		if (!can_read(guest, found[i]))
			found[i] = NULL;
		else if (add_partition(boot, found[i], err) < 0)
			/* its own is named by whoever tries configurations */
			return found[i] == boot->config->dev
				? -1
				: error_in(err, "%s", found[i]->name);
	}
	*esp = found[ROLE_ESP];
	return read_conf(boot->config, *esp, file, conf, err);
}

/* Only the directory that was asked for. */
static int load_one(
	struct sdboot *boot, struct sdboot_conf *conf, struct error *err)
{
	const struct config *config = boot->config;

	if (sdboot_add_directory(boot, config->dev, config->path,
		    SDBOOT_TYPE1 | SDBOOT_TYPE2, err) < 0)
		return -1;
	return sdboot_read_conf(
		config->guest, LOADER_CONF, text_of(""), conf, err);
}

/* Is it a directory, and none of those that belong together? */
static bool stands_alone(const struct config *config)
{
	struct error ignored;
	struct fs_node node;
	struct fs *fs;

	if (strcasecmp(config->path, TYPE1_DIRECTORY) == 0 ||
		strcasecmp(config->path, TYPE2_DIRECTORY) == 0)
		return false;
	fs = device_fs(config->guest->devices, config->dev, &ignored);
	return fs && fs_find(fs, config->path, &node, &ignored) == 0 &&
		node.type == FS_DIR;
}

static int load(struct config *config, struct text file, struct error *err)
{
	struct sdboot *boot =
		arena_alloc(config->guest->arena, sizeof(*boot), err);
	struct device *esp = NULL;
	struct sdboot_conf conf;
	int r;

	if (!boot)
		return -1;
	boot->config = config;
	r = stands_alone(config) ? load_one(boot, &conf, err)
				 : load_all(boot, file, &conf, &esp, err);
	if (r < 0 || sdboot_sort(boot, err) < 0 || make_menu(boot, err) < 0 ||
		guard_edits(boot, &conf, err) < 0 ||
		sdboot_choose(boot, &conf, esp, err) < 0)
		return -1;
	config->priv = boot;
	config->menu = &boot->menu;
	return 0;
}

const struct config_format sdboot_format = {
	.name = "systemd-boot",
	.id = "systemd-boot",
	.load = load,
	.run = sdboot_run,
	.peek = sdboot_peek,
	.run_source = sdboot_run_source,
};
