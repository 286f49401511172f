/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_search.c - search: the first device that has a file, label or UUID
 *
 * Devices named by hints are asked first, then all in GRUB's order.  A search
 * that finds nothing leaves the variable as it was.
 */
#include <string.h>
#include <strings.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"

/* Hints beyond these are not needed: they only say where to look first. */
#define HINTS_MAX 16
#define HINT_SIZE DEVICE_NAME_SIZE

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
	const char *variable;      /* NULL: only say whether there is one */
	bool root_disk_only;       /* Fedora's: the disk that $root is on */
	const struct device *disk; /* that disk, or NULL */
	const char *hints[HINTS_MAX];
	size_t hint_count;
	bool any; /* was wanted */
	struct error *err;
};

/* By what the partition table says: there need not be a file system. */
static bool is_wanted_by_table(
	const struct search *search, const struct device *dev)
{
	const char *guid;

	if (dev->under)
		return false;
	if (search->key == BY_DISK_UUID) {
		guid = dev->table->guid;
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

/* Without a variable for it, all devices are printed. */
static bool prints_all(const struct search *search)
{
	return !search->variable && command_heard(search->eval);
}

static bool same_disk(const struct device *one, const struct device *other)
{
	if (one->under || other->under)
		return one == other;
	return one->disk == other->disk;
}

/* Take the device, called name, if it is wanted: 1, 0 to go on, or -1. */
static int try_device(
	struct search *search, struct device *dev, const char *name)
{
	int yes = 0;

	if (!search->disk || same_disk(search->disk, dev))
		yes = is_wanted(search, dev);
	if (yes <= 0)
		return yes;
	search->any = true;
	if (search->variable)
		yes = env_put(
			search->eval->env, search->variable, name, search->err);
	else
		yes = command_printf(search->eval, search->err, " %s", name);
	return yes < 0 ? -1 : !prints_all(search);
}

/*
 * A hint is the name of a device, without parentheses, and the variable then
 * has it as it is; with a comma behind it the partitions come next.
 */
static int try_hint(struct search *search, const char *hint)
{
	struct devices *devices = search->eval->guest->devices;
	char name[HINT_SIZE];
	struct device *dev, *part;
	size_t i, len = strlen(hint);
	bool comma = len > 0 && hint[len - 1] == ',';
	int r;

	if (len == 0 || len >= sizeof(name))
		return 0;
	memcpy(name, hint, len + 1);
	if (comma)
		name[len - 1] = '\0';
	dev = devices_by_grub_name(devices, name);
	r = dev ? try_device(search, dev, name) : 0;
	for (i = 0; dev && comma && r == 0 && i < devices->count; i++) {
		part = devices->list[i];
		if (part->part && !dev->part && same_disk(part, dev))
			r = try_device(search, part, part->grub);
	}
	return r;
}

/* The hints, files made devices with the newest first, disks and partitions. */
static int try_all(struct search *search)
{
	struct devices *devices = search->eval->guest->devices;
	const struct loop_link *link = devices->loops;
	struct device *dev;
	size_t i;
	int r = 0;

	for (i = 0; r == 0 && i < search->hint_count && !prints_all(search);
		i++)
		r = try_hint(search, search->hints[i]);
	for (; r == 0 && link; link = link->older)
		r = try_device(search, link->dev, link->dev->grub);
	for (i = 0; r == 0 && (dev = devices_get(devices, i)) != NULL; i++)
		r = try_device(search, dev, dev->grub);
	return r;
}

static int run_search(struct search *search, const struct args *args)
{
	const struct text root = text_of(env_value(search->eval->env, "root"));
	int r;

	if (search->root_disk_only)
		search->disk = path_device(search->eval, root);
	r = try_all(search);
	if (r < 0 || search->any)
		return r < 0 ? -1 : STATUS_OK;
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
	const char *platform = eval->guest->grub_platform;

	return option == OPT_HINT || option == OPT_HINT_BAREMETAL ||
		(option == OPT_HINT_BIOS && strcmp(platform, "pc") == 0) ||
		(option == OPT_HINT_EFI && strcmp(platform, "efi") == 0);
}

/* Of several keys GRUB takes the label before the UUID before the file. */
static void take_key(struct search *search, enum search_key key)
{
	static const unsigned int ranks[] = {
		[BY_NOTHING] = 0,
		[BY_FILE] = 1,
		[BY_DISK_UUID] = 2,
		[BY_PART_LABEL] = 3,
		[BY_PART_UUID] = 4,
		[BY_UUID] = 5,
		[BY_LABEL] = 6,
	};

	if (ranks[key] > ranks[search->key])
		search->key = key;
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
			take_key(&search, (enum search_key)(BY_FILE + option));
		else if (option == OPT_SET)
			search.variable = value ? value : "root";
		else if (option == OPT_ROOT_DEV_ONLY)
			search.root_disk_only = true;
		else if (hint_counts(eval, option))
			add_hint(&search, value);
	}
	if (!search.wanted && search.variable) {
		/* "--set NAME" with nothing behind it means NAME */
		search.wanted = search.variable;
		search.variable = "root";
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
