/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_probe.c - probe: what a device is and what is on it
 */
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"

enum {
	OPT_SET,
	OPT_DRIVER,
	OPT_PARTMAP,
	OPT_FS,
	OPT_UUID,
	OPT_LABEL,
	OPT_PART_UUID,
};

static const struct option_spec probe_options[] = {
	[OPT_SET] = { "set", 's', OPTION_VALUE },
	[OPT_DRIVER] = { "driver", 'd', OPTION_FLAG },
	[OPT_PARTMAP] = { "partmap", 'p', OPTION_FLAG },
	[OPT_FS] = { "fs", 'f', OPTION_FLAG },
	[OPT_UUID] = { "fs-uuid", 'u', OPTION_FLAG },
	[OPT_LABEL] = { "label", 'l', OPTION_FLAG },
	[OPT_PART_UUID] = { "part-uuid", 0, OPTION_FLAG },
	{ 0 },
};

/* Our names of file systems, and GRUB's where they differ. */
static const char *const fs_names[][2] = {
	{ "ext", "ext2" },
	{ "ext3", "ext2" },
	{ "ext4", "ext2" },
	{ "vfat", "fat" },
	{ "squashfs", "squash4" },
	{ "reiserfs", "reiserfs" },
	{ "ufs", "ufs1" },
};

static const char *grub_fs_name(const struct fs *fs)
{
	size_t i;

	for (i = 0; i < LENGTH(fs_names); i++)
		if (strcmp(fs->driver->name, fs_names[i][0]) == 0)
			return fs_names[i][1];
	return fs->driver->name;
}

static const char *partmap_name(const struct device *dev)
{
	static const char *const names[] = {
		[SCHEME_MSDOS] = "msdos",
		[SCHEME_GPT] = "gpt",
		[SCHEME_BSD] = "bsd",
		[SCHEME_SOLARIS] = "sunpc",
	};

	return dev->part ? names[dev->part->scheme] : "none";
}

static const char *driver_name(const char *platform)
{
	if (strcmp(platform, "pc") == 0)
		return "biosdisk";
	return strcmp(platform, "efi") == 0 ? "efidisk" : platform;
}

/* The PARTUUID in scratch memory; NULL with eval->why filled. */
static const char *part_uuid(struct eval *eval, const struct device *dev)
{
	char uuid[DEVICE_PART_UUID_SIZE];

	if (!dev->part)
		return "none";
	if (device_part_uuid(dev, uuid, &eval->why) < 0)
		return NULL;
	return scratch_strndup(&eval->scratch, uuid, strlen(uuid), &eval->why);
}

/* What is asked about the device; NULL with eval->why filled. */
static const char *answer(struct eval *eval, struct device *dev, int what)
{
	const struct fs *fs;

	if (what == OPT_DRIVER && dev->under)
		return "loopback";
	if (what == OPT_DRIVER && dev->made)
		return "diskfilter";
	if (what == OPT_DRIVER)
		return driver_name(eval->guest->grub_platform);
	if (what == OPT_PARTMAP)
		return partmap_name(dev);
	if (what == OPT_PART_UUID)
		return part_uuid(eval, dev);
	fs = device_fs(eval->guest->devices, dev, &eval->why);
	if (!fs)
		return NULL;
	if (what == OPT_UUID)
		return fs->uuid;
	return what == OPT_LABEL ? fs->label : grub_fs_name(fs);
}

int cmd_probe(struct eval *eval, const struct args *args, struct error *err)
{
	struct options options;
	const char *value, *name = NULL, *variable = NULL;
	struct device *dev;
	int option, what = -1;

	options_start(&options, args, probe_options, false);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option == OPTIONS_WORD)
			name = name ? name : value;
		else if (option == OPT_SET)
			variable = value;
		else if (what < 0 || option < what)
			what = option; /* of several GRUB tells the first */
	}
	if (!name || what < 0)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a device and what to tell of it were expected");
	if (eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	dev = path_device(eval, text_of(name));
	if (!dev)
		return eval_failed(eval, args, STATUS_NO_DEVICE);
	value = answer(eval, dev, what);
	if (!value)
		return eval_failed(eval, args, STATUS_NO_FILE_SYSTEM);
	if (!variable)
		return command_puts(eval, value, err);
	return env_put(eval->env, variable, value, err);
}
