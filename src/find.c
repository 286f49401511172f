/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/find.h"

#include <stdio.h>
#include <string.h>

#include "src/account.h"
#include "src/config/places.h"
#include "src/config/sniff.h"
#include "src/config/uki.h"
#include "src/disk/identify.h"
#include "src/kernel_args.h"
#include "src/policy.h"

#define HOLDS_NAMES 8 /* names of a root directory shown in a message */

/* A search in progress. */
struct search {
	struct guest *guest;
	const struct options *options;
	struct config_search configs;
	enum config_stage stage; /* whose turn it is */
	struct account account;
	bool any_config; /* a configuration was there, usable or not */
};

static int set_where(struct guest *guest, struct device *dev, const char *path,
	struct found *found, struct error *err)
{
	struct error at;

	error_set(&at, ERR_NONE, "%s: %s", dev->fs.type, path);
	device_error(dev, &at);
	/* of a bare configuration there is no more to say than its name */
	found->where = arena_strdup(guest->arena,
		dev->state == DEVICE_MOUNTED ? at.text : dev->disk->name, err);
	return found->where ? 0 : -1;
}

/*
 * The command line, of the guest's words and more (kernel_args.h), once where
 * is known.
 */
static int set_args(struct guest *guest, const struct options *options,
	const char *guests, const char *more, struct found *found,
	struct error *err)
{
	found->args = kernel_args(guest->arena, options, guests, more, err);
	return found->args ? 0 : -1;
}

int found_from_choice(struct guest *guest, const struct options *options,
	const struct config *config, const struct choice *choice,
	struct found *found, struct error *err)
{
	found->boot = choice->boot;
	found->title = choice->title;
	found->config = arena_alloc(guest->arena, sizeof(*config), err);
	if (!found->config)
		return -1;
	*found->config = *config;
	if (set_where(guest, config->dev, config->path, found, err) < 0)
		return -1;
	return set_args(
		guest, options, choice->boot.args, options->args, found, err);
}

/* What a device without a file system of ours holds, into the message. */
static void name_contents(
	const struct guest *guest, struct device *dev, struct error *err)
{
	char type[64];

	if (err->code != ERR_NOT_FOUND)
		return;
	if (dev->part_why) {
		error_set(err, ERR_NOT_FOUND, "%s", dev->part_why);
		return;
	}
	if (dev->part_of) {
		error_set(err, ERR_NOT_FOUND, "a part of %s", dev->part_of);
		return;
	}
	identify(&dev->vol, guest->scratch, type, sizeof(type));
	if (type[0] != '\0')
		error_set(err, ERR_NOT_FOUND, "%s, which cannot be read", type);
}

/* The file system on dev; the first time, with what it has to say. */
static struct fs *open_device(
	struct search *search, struct device *dev, struct error *err)
{
	bool first = dev->state == DEVICE_UNTRIED;
	struct fs *fs;

	guest_stage(search->guest, "%s: %s", dev->disk->name, dev->name);
	fs = device_fs(search->guest->devices, dev, err);
	if (fs && first && fs->notice)
		guest_note(search->guest, NOTE_WARNING, "%s: %s: %s: %s",
			dev->disk->name, dev->name, fs->type, fs->notice);
	if (fs && first && dev->made && dev->made->notice)
		guest_note(search->guest, NOTE_WARNING, "%s: %s: %s",
			dev->disk->name, dev->name, dev->made->notice);
	return fs;
}

struct names {
	struct error *out;
	unsigned int count;
};

static int add_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct names *names = ctx;
	size_t len = strlen(names->out->text);

	(void)err;
	if (names->count == HOLDS_NAMES) {
		strncat(names->out->text, ", ...",
			sizeof(names->out->text) - len - 1);
		return 1;
	}
	snprintf(names->out->text + len, sizeof(names->out->text) - len,
		"%s%s%s", names->count++ ? ", " : "", name,
		node->type == FS_DIR ? "/" : "");
	return 0;
}

/* No configuration on dev: say what is there instead. */
static void account_files(
	struct search *search, struct device *dev, struct fs *fs)
{
	struct error holds = { ERR_NOT_FOUND, "" }, why, unread;
	struct names names = { &holds, 0 };
	const char *config = search->configs.path;

	if (config)
		error_set(&why, ERR_NOT_FOUND, "%s: %s: not found", fs->type,
			config);
	else if (fs_readdir(fs, &fs->root, add_name, &names, &unread) < 0)
		error_set(&why, ERR_NOT_FOUND, "%s: /: %s", fs->type,
			unread.text);
	else
		error_set(&why, ERR_NOT_FOUND,
			"%s: no boot configuration (it holds %s)", fs->type,
			names.count ? holds.text : "nothing");
	account_nothing(&search->account, dev, &why);
}

/* What is on a device where there was nothing to try. */
static void account_contents(
	struct search *search, struct device *dev, struct error *err)
{
	struct fs *fs = open_device(search, dev, err);

	if (fs) {
		account_files(search, dev, fs);
		return;
	}
	/* a disk with partitions need not be a file system as well */
	if (!dev->part && err->code == ERR_NOT_FOUND && dev->table->count > 0)
		return;
	name_contents(search->guest, dev, err);
	account_nothing(&search->account, dev, err);
}

/*
 * The message when nothing was found.  What is on the devices without a
 * configuration is looked up only here: a boot that works has no use for it.
 */
static int found_nothing(
	struct search *search, const char *sought, struct error *err)
{
	struct devices *devices = search->guest->devices;
	struct device *dev;
	size_t i;

	for (i = 0; (dev = devices_to_try(devices, i)) != NULL; i++)
		if (!account_has(&search->account, dev))
			account_contents(search, dev, err);
	if (devices->unknown)
		guest_note(search->guest, NOTE_WARNING, "%s",
			devices->unknown->text);
	return account_error(&search->account, sought, err);
}

static int choose(const struct options *options, struct config *config,
	struct choice *choice, struct error *err)
{
	if (choose_entry(config, options->entry, choice, err) == 0)
		return 0;
	return error_in(err, "%s: %s", config->dev->fs.type, config->path);
}

/* What is to be booted, and may not be; there is no going on then. */
static int at_where(const struct found *found, struct error *err)
{
	return found->where ? error_in(err, "%s", found->where) : -1;
}

/* The configurations of one file system in turn: 1 found, 0 not, -1. */
static int find_in_configs(struct search *search, struct device *dev,
	struct found *found, struct error *err)
{
	struct config_place place = { .stage = search->stage };
	struct choice choice;
	struct config config;
	int r;

	while ((r = config_load_next(search->guest, dev, &search->configs,
			&place, &config, err)) != 0) {
		search->any_config = true;
		if (r > 0 &&
			choose(search->options, &config, &choice, err) == 0)
			return found_from_choice(search->guest, search->options,
				       &config, &choice, found, err) < 0
				? at_where(found, err)
				: 1;
		account_tried(&search->account, dev, err);
		if (err->code == ERR_SYSTEM)
			return -1;
	}
	return 0;
}

/*
 * found->boot without an entry: where that is, and its command line, of the
 * guest's words and more (kernel_args.h): 1, or -1.
 */
static int found_at(struct search *search, struct device *dev, const char *path,
	const char *guests, const char *more, struct found *found,
	struct error *err)
{
	if (set_where(search->guest, dev, path, found, err) < 0 ||
		set_args(search->guest, search->options, guests, more, found,
			err) < 0)
		return at_where(found, err);
	return 1;
}

/* A guest that is known by its files: 1 found, 0 not, -1. */
static int find_by_files(struct search *search, struct device *dev,
	struct found *found, struct error *err)
{
	bool is_one = false;

	if (sniff(search->guest, dev, search->options->args, &found->boot,
		    &is_one, err) < 0) {
		account_tried(&search->account, dev, err);
		return err->code == ERR_SYSTEM ? -1 : 0;
	}
	if (!is_one)
		return 0;
	/* it knows where --args belongs */
	return found_at(search, dev, found->boot.kernel.path, found->boot.args,
		"", found, err);
}

/* Solaris and NetWare are what a PC would start, if nothing else is asked. */
static bool looks_for_files(const struct search *search)
{
	struct error ignored;

	return search->stage == STAGE_BOOT && !search->configs.path &&
		!search->configs.loader &&
		guest_may_read(search->guest, POLICY_NONE, &ignored) == 0;
}

static int find_on_device(struct search *search, struct device *dev,
	struct found *found, struct error *err)
{
	int r = 0;

	if (!open_device(search, dev, err))
		return err->code == ERR_SYSTEM ? -1 : 0;
	if (looks_for_files(search))
		r = find_by_files(search, dev, found, err);
	if (r == 0)
		r = find_in_configs(search, dev, found, err);
	return r;
}

typedef int find_step(struct search *search, struct device *dev,
	struct found *found, struct error *err);

/* Take a step for each device, in the order to look in: 1 found, 0, -1. */
static int for_each_device(struct search *search, find_step *step,
	struct found *found, struct error *err)
{
	struct devices *devices = search->guest->devices;
	struct device *dev;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && (dev = devices_to_try(devices, i)) != NULL; i++)
		r = step(search, dev, found, err);
	return r;
}

/* A kernel in a usual place of a file system without a configuration. */
static int find_usual_kernel(struct search *search, struct device *dev,
	struct found *found, struct error *err)
{
	struct guest *guest = search->guest;
	bool is_there = false;

	if (dev->state != DEVICE_MOUNTED)
		return 0;
	if (autodetect(guest, dev, &found->boot, &is_there, err) < 0) {
		account_tried(&search->account, dev, err);
		return 0;
	}
	if (!is_there)
		return 0;
	if (found_at(search, dev, found->boot.kernel.path, found->boot.args,
		    search->options->args, found, err) < 0)
		return -1;
	guest_note(guest, NOTE_WARNING,
		"%s: no boot configuration: %s is taken with the arguments "
		"\"%s\"",
		dev->name, found->boot.kernel.path, found->args);
	return 1;
}

/* A kernel by its path; of a unified image, what is in it. */
static int take_kernel(struct guest *guest, struct device *dev,
	const char *path, struct boot *boot, struct error *err)
{
	struct uki *uki = arena_alloc(guest->arena, sizeof(*uki), err);
	int r;

	*boot = (struct boot){ .kernel = whole_file(dev, path), .args = "" };
	if (!uki || guest_check_file(guest, &boot->kernel, err) < 0)
		return -1;
	r = uki_open(guest, dev, path, uki, err);
	return r > 0 ? uki_boot(guest, uki, 0, NULL, boot, err) : r;
}

/* The first file system that has the kernel that was named. */
static int find_given_kernel(struct search *search, struct device *dev,
	struct found *found, struct error *err)
{
	const struct options *options = search->options;
	struct boot boot;

	if (!open_device(search, dev, err))
		return err->code == ERR_SYSTEM ? -1 : 0;
	if (take_kernel(search->guest, dev, options->kernel, &boot, err) < 0) {
		account_tried(&search->account, dev, err);
		return err->code == ERR_SYSTEM ? -1 : 0;
	}
	if (options->ramdisk) {
		boot.ramdisks[0] = whole_file(dev, options->ramdisk);
		boot.ramdisk_count = 1;
		if (guest_check_file(search->guest, &boot.ramdisks[0], err) < 0)
			return device_error(dev, err);
	}
	found->boot = boot;
	return found_at(search, dev, options->kernel,
		boot.args[0] ? boot.args : NULL, options->args, found, err);
}

/* Whose turn it is when: a PC's boot sector first, or the firmware. */
static const enum config_stage *stages(const struct options *options)
{
	static const enum config_stage pc[CONFIG_STAGES] = { STAGE_BOOT,
		STAGE_EFI, STAGE_ENTRIES, STAGE_CHAIN };
	static const enum config_stage efi[CONFIG_STAGES] = { STAGE_EFI,
		STAGE_ENTRIES, STAGE_BOOT, STAGE_CHAIN };

	return strcmp(options->platform, "efi") == 0 ? efi : pc;
}

static int find_by_config(
	struct search *search, struct found *found, struct error *err)
{
	const enum config_stage *order = stages(search->options);
	size_t i;
	int r = 0;

	for (i = 0; i < CONFIG_STAGES && r == 0; i++) {
		search->stage = order[i];
		r = for_each_device(search, find_on_device, found, err);
	}
	return r;
}

static int find(struct search *search, struct found *found, struct error *err)
{
	const struct options *options = search->options;
	int r = 0;

	if (!options->kernel || options->prefer_config)
		r = find_by_config(search, found, err);
	if (r != 0)
		return r;
	if (options->kernel)
		return for_each_device(search, find_given_kernel, found, err);
	/* a configuration that was asked for is not made up for by a guess */
	if (!search->any_config && !options->config && !options->loader &&
		guest_may_read(search->guest, POLICY_NONE, err) == 0)
		r = for_each_device(search, find_usual_kernel, found, err);
	return r;
}

int find_search(struct guest *guest, const struct options *options,
	struct config_search *search, struct error *err)
{
	*search = (struct config_search){ options->config, options->loader };
	if (options->config && options->config[0] != '/') {
		search->path =
			arena_printf(guest->arena, err, "/%s", options->config);
		if (!search->path)
			return -1;
	}
	return options->loader ? places_check_loader(options->loader, err) : 0;
}

static int begin(struct search *search, struct guest *guest,
	const struct options *options, struct error *err)
{
	*search = (struct search){
		.guest = guest,
		.options = options,
	};
	account_begin(&search->account, guest);
	return find_search(guest, options, &search->configs, err);
}

int find_boot(struct guest *guest, const struct options *options,
	struct found *found, struct error *err)
{
	struct search search;
	int r;

	if (begin(&search, guest, options, err) < 0)
		return -1;
	*found = (struct found){ .title = "" };
	r = find(&search, found, err);
	if (r == 0)
		return found_nothing(
			&search, "no kernel to boot was found", err);
	return r < 0 ? -1 : 0;
}

/* The first configuration on dev that has entries: 1, or 0. */
static int load_config(struct search *search, struct device *dev,
	struct config *config, struct error *err)
{
	struct config_place place = { .stage = search->stage };
	int r;

	while ((r = config_load_next(search->guest, dev, &search->configs,
			&place, config, err)) != 0) {
		if (r > 0 && config->menu->count > 0)
			return 1;
		if (r > 0)
			error_set(err, ERR_NOT_FOUND, "%s: %s: no entries",
				dev->fs.type, config->path);
		account_tried(&search->account, dev, err);
	}
	return 0;
}

/* Solaris and NetWare boot by their files, whatever menu lies beside them. */
static bool has_menu(struct search *search, struct device *dev)
{
	struct boot boot = { 0 }; /* without --kernel, which sniff() heeds */
	bool is_one = false;
	struct error ignored;

	if (search->options->action == ACTION_LIST)
		return true;
	return sniff(search->guest, dev, search->options->args, &boot, &is_one,
		       &ignored) < 0 ||
		!is_one;
}

/* Visit the configuration of each device where it is the stage's turn. */
static int visit_configs(
	struct search *search, find_visit *visit, void *ctx, struct error *err)
{
	struct devices *devices = search->guest->devices;
	struct config config;
	struct device *dev;
	size_t i;
	int r;

	for (i = 0; (dev = devices_to_try(devices, i)) != NULL; i++) {
		if (!open_device(search, dev, err))
			continue;
		if (looks_for_files(search) && !has_menu(search, dev))
			return error_set(err, ERR_NOT_FOUND,
				"%s: a guest without a menu", dev->name);
		if (load_config(search, dev, &config, err) <= 0)
			continue;
		search->any_config = true;
		r = visit(ctx, &config, err);
		if (r != 0)
			return r;
	}
	return 0;
}

int find_configs(struct guest *guest, const struct options *options,
	find_visit *visit, void *ctx, struct error *err)
{
	const enum config_stage *order = stages(options);
	struct search search;
	size_t i;
	int r = 0;

	if (begin(&search, guest, options, err) < 0)
		return -1;
	/* those of later stages mostly lead to what was visited */
	for (i = 0; i < CONFIG_STAGES && r == 0 && !search.any_config; i++) {
		search.stage = order[i];
		r = visit_configs(&search, visit, ctx, err);
	}
	if (r != 0 || search.any_config)
		return r;
	return found_nothing(&search, "no boot configuration was found", err);
}
