/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_device.c - loopback, which makes a device of a file, and gptprio.next,
 * which chooses one of a disk's partitions
 */
#include <stdio.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"
#include "src/fs/loop.h"

enum { LOOP_DELETE, LOOP_DECOMPRESS };

static const struct option_spec loop_options[] = {
	[LOOP_DELETE] = { "delete", 'd', OPTION_FLAG },
	[LOOP_DECOMPRESS] = { "decompress", 'D', OPTION_FLAG },
	{ 0 },
};

/* A loopback command: its words, and whether it takes a name away. */
struct loop_words {
	const char *name;
	const char *file;
	bool delete;
};

static int read_loop_words(
	struct eval *eval, const struct args *args, struct loop_words *words)
{
	struct options options;
	const char *value;
	int option;

	*words = (struct loop_words){ 0 };
	options_start(&options, args, loop_options, false);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option == LOOP_DELETE)
			words->delete = true;
		else if (option == OPTIONS_WORD && !words->name)
			words->name = value;
		else if (option == OPTIONS_WORD && !words->file)
			words->file = value;
	}
	if (!words->name)
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"a name for the device was expected");
	if (!words->delete &&!words->file)
		return eval_fail(
			eval, args, STATUS_BAD_ARGUMENT, "a file was expected");
	return STATUS_OK;
}

static int add_loop(struct eval *eval, const struct args *args,
	const struct loop_words *words, struct error *err)
{
	struct devices *devices = eval->guest->devices;
	struct boot_file file;
	int r;

	if (eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	if (path_resolve(eval, words->file, &file) < 0)
		return eval_failed(eval, args, STATUS_NOT_FOUND);
	/* GRUB replaced the device until 2.04; since then it refuses to */
	if (loop_find(devices, words->name))
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"there is a device (%s) already", words->name);
	r = eval->guest->assume_files ? loop_assume(devices, words->name,
						file.dev, file.path, &eval->why)
				      : loop_add(devices, words->name, file.dev,
						file.path, &eval->why);
	if (r == 0)
		return STATUS_OK;
	if (eval_go_on(eval, err) < 0)
		return -1;
	return eval_failed(eval, args, STATUS_NOT_FOUND);
}

int cmd_loopback(struct eval *eval, const struct args *args, struct error *err)
{
	struct loop_words words;
	int r, status = read_loop_words(eval, args, &words);

	if (status != STATUS_OK)
		return status;
	if (!words.delete)
		return add_loop(eval, args, &words, err);
	r = loop_remove(eval->guest->devices, words.name, err);
	if (r != 0)
		return r < 0 ? -1 : STATUS_OK;
	return eval_fail(
		eval, args, STATUS_BAD_DEVICE, "no device (%s)", words.name);
}

/*
 * gptprio.next, of CoreOS, Flatcar, Bottlerocket and EVE: two partitions hold
 * two versions of the system, and attributes of their GPT entries say which
 * one is next (Chrome OS's, in the bits that are each type's own).
 */

#define PRIORITY(attributes) ((attributes) >> 48 & 15)
#define TRIES(attributes) ((attributes) >> 52 & 15)
#define SUCCESSFUL(attributes) ((attributes) >> 56 & 1)

/* What takes part: each of these GRUBs knows only its own type. */
static const char *const prio_types[] = {
	"5dfbf5f4-2848-4bac-aa5e-0d9a20b745a6", /* /usr of CoreOS; EVE's root */
	"6b636168-7420-6568-2070-6c616e657421", /* /boot of Bottlerocket */
};

enum { PRIO_DEVICE, PRIO_UUID };

static const struct option_spec prio_options[] = {
	[PRIO_DEVICE] = { "set-device", 'd', OPTION_VALUE },
	[PRIO_UUID] = { "set-uuid", 'u', OPTION_VALUE },
	{ 0 },
};

static bool takes_part(const struct partition *part)
{
	size_t i;

	if (!TRIES(part->attributes) && !SUCCESSFUL(part->attributes))
		return false;
	for (i = 0; i < LENGTH(prio_types); i++)
		if (strcmp(part->type_guid, prio_types[i]) == 0)
			return true;
	return false;
}

/* The partition of that disk whose turn it is, or NULL. */
static const struct device *next_by_priority(
	const struct devices *devices, const struct device *disk)
{
	const struct device *dev, *best = NULL;
	uint64_t highest = 0;
	size_t i;

	for (i = 0; i < devices->count; i++) {
		dev = devices->list[i];
		if (disk->under || dev->disk != disk->disk || !dev->part ||
			!takes_part(dev->part) ||
			PRIORITY(dev->part->attributes) <= highest)
			continue;
		highest = PRIORITY(dev->part->attributes);
		best = dev;
	}
	return best;
}

/* GRUB counts down on the disk what a version may still be tried. */
static void note_tries(struct eval *eval, const struct device *dev)
{
	if (TRIES(dev->part->attributes) > 0)
		guest_note(eval->guest, NOTE_WARNING,
			"line %u: gptprio.next: GRUB would count a try of %s "
			"(%s) in the partition table; nothing is written",
			eval->line, dev->name, dev->part->name);
}

static int choose_by_priority(struct eval *eval, const struct args *args,
	const char *disk, const char *const variables[2], struct error *err)
{
	/* without the partition, so that $root will do */
	const struct text name = { disk, strcspn(disk, ",") };
	struct device *dev = path_device(eval, name);
	const struct device *next;

	if (!dev)
		return eval_failed(eval, args, STATUS_NO_DEVICE);
	next = next_by_priority(eval->guest->devices, dev);
	if (!next)
		return eval_fail(eval, args, STATUS_NO_DEVICE,
			"no partition of (%.*s) is to be tried", (int)name.len,
			name.at);
	note_tries(eval, next);
	if (env_put(eval->env, variables[PRIO_DEVICE], next->grub, err) < 0)
		return -1;
	return env_put(eval->env, variables[PRIO_UUID], next->part->guid, err);
}

int cmd_gptprio_next(
	struct eval *eval, const struct args *args, struct error *err)
{
	const char *variables[2] = { NULL, NULL };
	const char *value, *disk = env_value(eval->env, "root");
	struct options options;
	int option;

	options_start(&options, args, prio_options, false);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option == OPTIONS_WORD)
			disk = value;
		else
			variables[option] = value;
	}
	if (!variables[PRIO_DEVICE] || !variables[PRIO_UUID])
		return eval_fail(eval, args, STATUS_BAD_ARGUMENT,
			"-d and -u were expected");
	return choose_by_priority(eval, args, disk, variables, err);
}
