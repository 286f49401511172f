/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/config/lilo.h"

/* A ramdisk is loaded as it is, and there is never more than one. */
#define RAMDISK_ALIGN 4

/* An entry while it is run. */
struct attempt {
	struct config *config;
	struct lilo *lilo;
	const struct lilo_section *section;
	bool automatic; /* it is what boots if nobody is there */
	const char *label;
	struct boot *boot;
};

static const char *value(const struct attempt *run, enum lilo_key key)
{
	return lilo_value(run->lilo, run->section, key);
}

static int take_file(struct attempt *run, const char *path,
	struct boot_file *file, struct error *err)
{
	/* relative to where lilo was run, which is in most cases the root */
	if (path[0] != '/') {
		guest_note(run->config->guest, NOTE_DETAIL,
			"\"%.64s\" is looked for in the root", path);
		path = arena_printf(
			run->config->guest->arena, err, "/%s", path);
		if (!path)
			return -1;
	}
	if (strncmp(path, "/dev/", 5) == 0)
		return error_set(err, ERR_UNSUPPORTED,
			"boots from the device %.64s and not from a file",
			path);
	return mounts_find_file(&run->lilo->mounts, path, file, err);
}

/* What stands in front, with a blank behind it. */
static const char *flags(const struct attempt *run)
{
	bool ro = value(run, LILO_READ_ONLY), rw = value(run, LILO_READ_WRITE);

	return ro && rw ? "ro rw " : ro ? "ro " : rw ? "rw " : "";
}

static const char *root_of(struct attempt *run, struct error *err)
{
	const char *root = value(run, LILO_ROOT);

	return root ? lilo_root(run->lilo, run->config->guest, root, err) : "";
}

static const char *ramdisk_size(struct attempt *run, struct error *err)
{
	const char *size = value(run, LILO_RAMDISK), *rest;
	int number;

	if (!size || !lilo_number(size, &number, &rest))
		return "";
	return arena_printf(
		run->config->guest->arena, err, "ramdisk=%d ", number);
}

/* The options that LILO puts together when it is installed, in its order. */
static const char *options_of(struct attempt *run, struct error *err)
{
	const char *append = value(run, LILO_APPEND);
	const char *more = run->section->values[LILO_ADDAPPEND];
	const char *root, *ramdisk;

	if (run->section->values[LILO_LITERAL])
		return run->section->values[LILO_LITERAL];
	root = root_of(run, err);
	ramdisk = ramdisk_size(run, err);
	if (!root || !ramdisk)
		return NULL;
	return arena_printf(run->config->guest->arena, err, "%s%s%s%s%s%s%s",
		flags(run), root, root[0] ? " " : "", ramdisk,
		append ? append : "", append ? " " : "", more ? more : "");
}

/*
 * In front of them the loader itself puts "auto", if nobody was asked, and the
 * name of the image.  One blank at the end is cut off, as LILO does.
 */
static int take_args(struct attempt *run, struct error *err)
{
	const char *options = options_of(run, err);
	size_t len = options ? strlen(options) : 0;

	if (!options)
		return -1;
	if (len > 0 && options[len - 1] == ' ')
		len--;
	run->boot->args = arena_printf(run->config->guest->arena, err,
		"%sBOOT_IMAGE=%s%s%.*s", run->automatic ? "auto " : "",
		run->label, len > 0 ? " " : "", (int)len, options);
	return run->boot->args ? 0 : -1;
}

/* What is set up for the kernel by other means than its command line. */
static void note_others(struct attempt *run)
{
	const char *mode = value(run, LILO_VGA);

	if (mode)
		guest_note(run->config->guest, NOTE_DETAIL,
			"vga=%.64s is for a PC's video card and left out",
			mode);
	if (value(run, LILO_LOCK))
		guest_note(run->config->guest, NOTE_DETAIL,
			"\"lock\": what was typed at the last boot is not "
			"known");
}

static int run_section(struct attempt *run, struct error *err)
{
	const char *initrd = value(run, LILO_INITRD);

	if (run->section->other)
		return error_set(err, ERR_UNSUPPORTED,
			"starts the boot sector of %.64s, no kernel",
			run->section->file);
	if (take_file(run, run->section->file, &run->boot->kernel, err) < 0 ||
		take_args(run, err) < 0)
		return -1;
	note_others(run);
	if (!initrd || initrd[0] == '\0')
		return 0;
	if (take_file(run, initrd, &run->boot->ramdisks[0], err) < 0)
		return -1;
	run->boot->ramdisk_count = 1;
	return 0;
}

static int run_as(struct config *config, struct menu *menu, size_t index,
	const struct lilo_section *section, struct outcome *outcome,
	struct error *err)
{
	struct attempt run = {
		.config = config,
		.lilo = config->priv,
		.section = section,
		.automatic = index == menu->chosen,
		.label = menu->entries[index].title,
		.boot = &outcome->boot,
	};

	*outcome = (struct outcome){
		.boot = { .ramdisk_align = RAMDISK_ALIGN, .args = "" },
	};
	if (run.automatic)
		run.label = run.lilo->automatic;
	if (run_section(&run, err) == 0)
		return 0;
	*outcome = (struct outcome){ 0 };
	return error_in(err, "line %u", run.section->line);
}

int lilo_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	return run_as(
		config, menu, index, menu->entries[index].priv, outcome, err);
}

int lilo_run_source(struct config *config, struct menu *menu, size_t index,
	struct text source, struct outcome *outcome, struct error *err)
{
	const struct lilo *lilo = config->priv;
	const struct lilo_section *section =
		lilo_parse_section(config, lilo->dialect, source, err);

	if (!section)
		return -1;
	return run_as(config, menu, index, section, outcome, err);
}
