/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "src/config/lilo.h"

#define RAMDISK_ALIGN 4 /* there is never more than one */

/* An entry while it is run. */
struct attempt {
	struct config *config;
	const struct lilo *lilo;
	const struct lilo_section *section;
	struct boot *boot;
};

/* For ELILO what is empty was not given. */
static const char *value(const struct attempt *run, enum lilo_key key)
{
	const char *own = run->section->values[key];
	const char *global = run->lilo->global.values[key];

	if (own && own[0] != '\0')
		return own;
	return global && global[0] != '\0' ? global : NULL;
}

/* Files */

/* The colon behind a device of the firmware, as in "dev001:/vmlinuz". */
static const char *device_end(const char *name)
{
	size_t len = strcspn(name, ":/\\");

	return name[len] == ':' && len > 0 ? name + len : NULL;
}

/*
 * A name as a path: relative ones begin where ELILO itself is, which is where
 * its configuration is as well.
 */
static const char *path_of(
	struct attempt *run, const char *name, struct error *err)
{
	const char *config = run->config->path;
	int dir = (int)(strrchr(config, '/') + 1 - config);
	char *path;
	size_t i;

	if (name[0] == '/' || name[0] == '\\')
		dir = 0;
	path = arena_printf(
		run->config->guest->arena, err, "%.*s%s", dir, config, name);
	for (i = 0; path && path[i]; i++)
		if (path[i] == '\\')
			path[i] = '/';
	return path;
}

/* How firmware numbers its devices is not known: the first that has it. */
static bool is_elsewhere(struct attempt *run, struct boot_file *file)
{
	struct devices *devices = run->config->guest->devices;
	struct error ignored;
	size_t i;

	for (i = 0; (file->dev = devices_get(devices, i)) != NULL; i++) {
		if (guest_check_file(run->config->guest, file, &ignored) < 0)
			continue;
		guest_note(run->config->guest, NOTE_DETAIL,
			"%s is taken from %s: %s", file->path,
			file->dev->disk->name, file->dev->name);
		return true;
	}
	return false;
}

static int take_file(struct attempt *run, const char *name,
	struct boot_file *file, struct error *err)
{
	const char *colon = device_end(name);
	const char *path = path_of(run, colon ? colon + 1 : name, err);
	struct boot_file found;

	if (!path)
		return -1;
	found = whole_file(run->config->dev, path);
	if (guest_check_file(run->config->guest, &found, err) < 0 &&
		!(colon && is_elsewhere(run, &found)))
		return -1;
	*file = found;
	return 0;
}

/* Arguments */

/* With a hypervisor the kernel's are what stands behind "--". */
static const char *behind_dashes(const char *args)
{
	const char *dashes = strstr(args, "--");

	return dashes ? dashes + 2 + strspn(dashes + 2, " ") : NULL;
}

/*
 * The options in the order that ELILO gives them: root=, append, ro.  It puts
 * a blank before append and before ro, whatever is there.
 */
static const char *options_of(struct attempt *run, struct error *err)
{
	const char *append = value(run, LILO_APPEND);
	const char *root = value(run, LILO_ROOT);
	const char *ro = value(run, LILO_READ_ONLY) ? " ro" : "";
	const char *kernels;
	bool xen = value(run, LILO_VMM) != NULL;

	if (run->section->values[LILO_LITERAL])
		return run->section->values[LILO_LITERAL];
	if (!xen)
		return arena_printf(run->config->guest->arena, err,
			"%s%s%s%s%s%s", root ? "root=" : "", root ? root : "",
			root ? " " : "", append ? " " : "",
			append ? append : "", ro);
	kernels = append ? behind_dashes(append) : NULL;
	if (!kernels && !root)
		return ""; /* without dashes all of it is the hypervisor's */
	return arena_printf(run->config->guest->arena, err, "%s%s%s%s%s",
		root ? "root=" : "", root ? root : "", root ? " " : "",
		kernels ? kernels : "", ro);
}

/*
 * %I and its like, of which only a network makes anything.  Blanks at the end,
 * which the kernel does not see, go with them.
 */
static void fill_variables(struct attempt *run, char *args)
{
	char *start = args, *to = args;
	bool found = false;

	for (; *args; args++) {
		if (args[0] == '%' && isalpha((unsigned char)args[1])) {
			args++;
			found = true;
		} else {
			*to++ = *args;
		}
	}
	while (to > start && to[-1] == ' ')
		to--;
	*to = '\0';
	if (found)
		guest_note(run->config->guest, NOTE_WARNING,
			"line %u: what \"%%\" stands for comes from the "
			"network, and is left out",
			run->section->line);
}

/* ELILO also names the firmware's device of the kernel, which none knows. */
static int take_args(struct attempt *run, struct error *err)
{
	struct arena *arena = run->config->guest->arena;
	const char *vmm = value(run, LILO_VMM);
	const char *options = options_of(run, err), *kernels;
	char *args;

	if (!options)
		return -1;
	if (vmm) {
		kernels = run->section->values[LILO_LITERAL]
			? behind_dashes(options)
			: options;
		guest_note(run->config->guest, NOTE_DETAIL,
			"the hypervisor %.64s is left out", vmm);
		args = arena_strdup(arena, kernels ? kernels : "", err);
	} else {
		args = arena_printf(arena, err, "BOOT_IMAGE=%s %s",
			run->boot->kernel.path, options);
	}
	if (!args)
		return -1;
	fill_variables(run, args);
	run->boot->args = args;
	return 0;
}

static int run_section(struct attempt *run, struct error *err)
{
	const char *initrd = value(run, LILO_INITRD);

	if (take_file(run, run->section->file, &run->boot->kernel, err) < 0 ||
		take_args(run, err) < 0)
		return -1;
	if (!initrd)
		return 0;
	if (take_file(run, initrd, &run->boot->ramdisks[0], err) < 0)
		return -1;
	run->boot->ramdisk_count = 1;
	return 0;
}

static int run_as(struct config *config, const struct lilo_section *section,
	struct outcome *outcome, struct error *err)
{
	struct attempt run = {
		.config = config,
		.lilo = config->priv,
		.section = section,
		.boot = &outcome->boot,
	};

	*outcome = (struct outcome){
		.boot = { .ramdisk_align = RAMDISK_ALIGN, .args = "" },
	};
	if (run_section(&run, err) == 0)
		return 0;
	*outcome = (struct outcome){ 0 };
	return error_in(err, "line %u", run.section->line);
}

static int run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	return run_as(config, menu->entries[index].priv, outcome, err);
}

static int run_source(struct config *config, struct menu *menu, size_t index,
	struct text source, struct outcome *outcome, struct error *err)
{
	const struct lilo *lilo = config->priv;
	const struct lilo_section *section =
		lilo_parse_section(config, lilo->dialect, source, err);

	(void)menu, (void)index;
	return section ? run_as(config, section, outcome, err) : -1;
}

static int load(struct config *config, struct text file, struct error *err)
{
	static const struct lilo_dialect dialect = {
		.name = "ELILO",
		.bit = ELILO_DIALECT,
		.last_append = true,
	};

	return lilo_load(config, &dialect, file, err);
}

const struct config_format elilo_format = {
	.name = "ELILO",
	.id = "elilo",
	.load = load,
	.run = run,
	.run_source = run_source,
};
