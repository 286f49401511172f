/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_search.c - search: the first device that has a file, label or UUID
 *
 * Devices named by hints are asked first, then all others in GRUB's order.  A
 * search that finds nothing leaves the variable as it was.
 */
#include <string.h>
#include <strings.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"

/* Hints beyond these are not needed: they only say where to look first. */
#define HINTS_MAX 16

enum search_key {
	BY_NOTHING,
	BY_FILE,
	BY_LABEL,
	BY_UUID,
	BY_PART_LABEL, /* the last three are CoreOS's and Flatcar's */
	BY_PART_UUID,
	BY_DISK_UUID,
};

static const char *const key_names[] = {
	[BY_FILE] = "the file",
	[BY_LABEL] = "the label",
	[BY_UUID] = "the UUID",
	[BY_PART_LABEL] = "the partition label",
	[BY_PART_UUID] = "the partition UUID",
	[BY_DISK_UUID] = "the disk UUID",
};

struct search {
	struct eval *eval;
	enum search_key key;
	const char *wanted;
	const char *variable; /* NULL: only say whether there is one */
	bool root_disk_only;  /* Fedora's: the disk that $root is on */
	const char *hints[HINTS_MAX];
	size_t hint_count;
	struct error *err;
};

/* By what the partition table says: there need not be a file system. */
static bool is_wanted_by_table(
	const struct search *search, const struct device *dev)
{
	const struct devices *devices = search->eval->guest->devices;
	const char *guid;

	if (dev->under)
		return false;
	if (search->key == BY_DISK_UUID) {
		guid = devices->tables[dev->disk->index].guid;
		return !dev->part && guid[0] &&
			strcasecmp(guid, search->wanted) == 0;
	}
	if (!dev->part || dev->part->scheme != SCHEME_GPT)
		return false;
	if (search->key == BY_PART_LABEL)
		return strcmp(dev->part->name, search->wanted) == 0;
	return strcasecmp(dev->part->guid, search->wanted) == 0;
}

/* Is it this device?  1, 0, or -1 when the budget is used up. */
static int is_wanted(const struct search *search, struct device *dev)
{
	struct eval *eval = search->eval;
	struct fs_node node;
	struct fs *fs;

	if (eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, search->err) < 0)
		return -1;
	if (search->key >= BY_PART_LABEL)
		return is_wanted_by_table(search, dev);
	fs = device_fs(eval->guest->devices, dev, &eval->why);
	if (!fs)
		return 0;
	switch (search->key) {
	case BY_LABEL:
		return strcmp(fs->label, search->wanted) == 0;
	case BY_UUID:
		return fs->uuid[0] && strcasecmp(fs->uuid, search->wanted) == 0;
	case BY_FILE:
		return search->wanted[0] == '/' &&
			fs_find(fs, search->wanted, &node, &eval->why) == 0 &&
			node.type == FS_FILE;
	default:
		return 0;
	}
}

/* A hint names a device, or with a comma at its end a disk's partitions. */
static struct device *hinted(const struct search *search, size_t i)
{
	struct text hint = text_of(search->hints[i]);

	if (hint.len > 0 && hint.at[hint.len - 1] == ',')
		return NULL; /* they are asked with all others */
	return path_device(search->eval, hint);
}

/* Without a variable for it, all devices are printed. */
static bool prints_all(const struct search *search)
{
	return !search->variable && command_heard(search->eval);
}

static int found(const struct search *search, const struct device *dev)
{
	if (search->variable)
		return env_put(search->eval->env, search->variable, dev->grub,
			search->err);
	return command_printf(search->eval, search->err, " %s", dev->grub);
}

/*
 * The devices in the order in which GRUB asks them: the hints, files made
 * devices with the newest first, disks and partitions.  NULL: a hint at
 * nothing.  False behind the last.
 */
static bool candidate(
	const struct search *search, size_t i, struct device **dev)
{
	const struct devices *devices = search->eval->guest->devices;
	const struct loop_link *link = devices->loops;

	if (i < search->hint_count) {
		*dev = prints_all(search) ? NULL : hinted(search, i);
		return true;
	}
	for (i -= search->hint_count; link && i > 0; i--)
		link = link->older;
	if (!link && i == devices->count)
		return false;
	*dev = link ? link->dev : devices->list[i];
	return true;
}

static bool same_disk(const struct device *one, const struct device *other)
{
	if (one->under || other->under)
		return one == other;
	return one->disk == other->disk;
}

static int run_search(const struct search *search, const struct args *args)
{
	const struct text root = text_of(env_value(search->eval->env, "root"));
	const struct device *from = path_device(search->eval, root);
	struct device *dev;
	bool any = false;
	size_t i;
	int yes;

	for (i = 0; candidate(search, i, &dev); i++) {
		if (!dev ||
			(search->root_disk_only && from &&
				!same_disk(from, dev)))
			continue;
		yes = is_wanted(search, dev);
		if (yes < 0 || (yes && found(search, dev) < 0))
			return -1;
		if (yes && !prints_all(search))
			return STATUS_OK;
		any = any || yes;
	}
	if (any)
		return STATUS_OK;
	return eval_fail(search->eval, args, STATUS_NOT_FOUND,
		"no device has %s %s", key_names[search->key], search->wanted);
}

enum {
	OPT_FILE, /* these six in the order of enum search_key */
	OPT_LABEL,
	OPT_UUID,
	OPT_PART_LABEL,
	OPT_PART_UUID,
	OPT_DISK_UUID,
	OPT_SET,
	OPT_ROOT_DEV_ONLY,
	OPT_NO_FLOPPY,
	OPT_EFIDISK,
	OPT_HINT,
	OPT_HINT_BIOS,
	OPT_HINT_BAREMETAL,
	OPT_HINT_EFI,
	OPT_HINT_IEEE1275,
	OPT_HINT_ARC,
};

static const struct option_spec search_options[] = {
	[OPT_FILE] = { "file", 'f', OPTION_FLAG },
	[OPT_LABEL] = { "label", 'l', OPTION_FLAG },
	[OPT_UUID] = { "fs-uuid", 'u', OPTION_FLAG },
	[OPT_PART_LABEL] = { "part-label", 0, OPTION_FLAG },
	[OPT_PART_UUID] = { "part-uuid", 0, OPTION_FLAG },
	[OPT_DISK_UUID] = { "disk-uuid", 0, OPTION_FLAG },
	[OPT_SET] = { "set", 's', OPTION_OPTIONAL },
	[OPT_ROOT_DEV_ONLY] = { "root-dev-only", 0, OPTION_FLAG },
	[OPT_NO_FLOPPY] = { "no-floppy", 'n', OPTION_FLAG },
	[OPT_EFIDISK] = { "efidisk-only", 0, OPTION_FLAG },
	[OPT_HINT] = { "hint", 'h', OPTION_VALUE },
	[OPT_HINT_BIOS] = { "hint-bios", 0, OPTION_VALUE },
	[OPT_HINT_BAREMETAL] = { "hint-baremetal", 0, OPTION_VALUE },
	[OPT_HINT_EFI] = { "hint-efi", 0, OPTION_VALUE },
	[OPT_HINT_IEEE1275] = { "hint-ieee1275", 0, OPTION_VALUE },
	[OPT_HINT_ARC] = { "hint-arc", 0, OPTION_VALUE },
	{ 0 },
};

/* Does this kind of hint speak about the machine we play? */
static bool hint_counts(const struct eval *eval, int option)
{
	bool pc = strcmp(eval->guest->grub_platform, "pc") == 0;

	return option == OPT_HINT ||
		(pc &&
			(option == OPT_HINT_BIOS ||
				option == OPT_HINT_BAREMETAL));
}

static void add_hint(struct search *search, const char *hint)
{
	if (search->hint_count < HINTS_MAX)
		search->hints[search->hint_count++] = hint;
}

/* Hints of machines that were not invented yet: "--hint-x", "--hint-x=y". */
static bool is_unknown_hint(const char *arg)
{
	return strncmp(arg, "--hint-", 7) == 0;
}

int cmd_search(struct eval *eval, const struct args *args, struct error *err)
{
	struct search search = { .eval = eval, .err = err };
	struct options options;
	const char *value;
	int option;

	options_start(&options, args, search_options, true);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option == OPTIONS_WORD && is_unknown_hint(value))
			continue;
		if (option == OPTIONS_WORD && !search.wanted)
			search.wanted = value;
		else if (option >= OPT_FILE && option <= OPT_DISK_UUID)
			search.key = (enum search_key)(BY_FILE + option);
		else if (option == OPT_SET)
			search.variable = value ? value : "root";
		else if (option == OPT_ROOT_DEV_ONLY)
			search.root_disk_only = true;
		else if (hint_counts(eval, option))
			add_hint(&search, value);
	}
	if (!search.wanted)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"what to look for is missing");
	if (search.key == BY_NOTHING)
		return eval_fail(eval, args, STATUS_BAD_COMMAND,
			"by file, label or UUID is not said");
	return run_search(&search, args);
}

/* search.file and its like: NAME [VARIABLE [HINT...]] */
static int search_short(struct eval *eval, const struct args *args,
	enum search_key key, struct error *err)
{
	struct search search = { .eval = eval, .key = key, .err = err };
	size_t i;

	if (args->count < 2)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"what to look for is missing");
	search.wanted = args->list[1];
	if (args->count > 2)
		search.variable = args->list[2];
	for (i = 3; i < args->count; i++)
		add_hint(&search, args->list[i]);
	return run_search(&search, args);
}

int cmd_search_file(
	struct eval *eval, const struct args *args, struct error *err)
{
	return search_short(eval, args, BY_FILE, err);
}

int cmd_search_label(
	struct eval *eval, const struct args *args, struct error *err)
{
	return search_short(eval, args, BY_LABEL, err);
}

int cmd_search_uuid(
	struct eval *eval, const struct args *args, struct error *err)
{
	return search_short(eval, args, BY_UUID, err);
}
