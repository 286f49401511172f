/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/length.h"
#include "src/config/grub_legacy.h"
#include "src/config/hypervisor.h"

/* An entry while it is run. */
struct attempt {
	struct legacy_place place;
	struct boot boot; /* the kernel, and what initrd and module gave */
	/* What follows a module's name; NULL: not a module but an initrd. */
	const char *module_args[BOOT_RAMDISKS_MAX];
	const char *chainload; /* what chainloader would have started */
	struct menu *menu;     /* what configfile gave */
	bool done;             /* nothing after this is run */
};

static int cmd_root(struct attempt *run, const char *arg, struct error *err)
{
	struct device *dev;

	if (*arg == '\0') /* only says what root is */
		return 0;
	dev = legacy_device(&run->place, &arg, err);
	if (!dev)
		return -1;
	run->place.root = dev;
	return 0;
}

/* Of Ubuntu: the file system with that UUID becomes the root. */
static int cmd_uuid(struct attempt *run, const char *arg, struct error *err)
{
	struct devices *devices = run->place.config->guest->devices;
	size_t i, len = strcspn(arg, " ");
	struct error ignored;
	struct device *dev;
	struct fs *fs;

	for (i = 0; len > 0 && (dev = devices_get(devices, i)) != NULL; i++) {
		fs = device_fs(devices, dev, &ignored);
		if (!fs || strlen(fs->uuid) != len ||
			strncasecmp(fs->uuid, arg, len) != 0)
			continue;
		run->place.root = dev;
		return 0;
	}
	return error_set(err, ERR_NOT_FOUND,
		"no file system has the UUID \"%.64s\"", arg);
}

/* Without an option it only prints; --set-root is of Debian and grub4dos. */
static int cmd_find(struct attempt *run, const char *arg, struct error *err)
{
	struct devices *devices = run->place.config->guest->devices;
	struct boot_file file = { 0 };
	struct error ignored;
	bool set_root = false;
	size_t i;

	for (; strncmp(arg, "--", 2) == 0; arg = legacy_next_word(arg))
		if (strncmp(arg, "--set-root", 10) == 0)
			set_root = true;
	if (!set_root || run->place.config->guest->assume_files)
		return 0;
	if (legacy_file(&run->place, arg, &file, err) < 0)
		return -1;
	for (i = 0; (file.dev = devices_get(devices, i)) != NULL; i++) {
		if (guest_check_file(
			    run->place.config->guest, &file, &ignored) < 0)
			continue;
		run->place.root = file.dev;
		return 0;
	}
	return error_set(
		err, ERR_NOT_FOUND, "%s: no file system has it", file.path);
}

/* Some file system's file that must be there; arg moves behind its name. */
static int take_file(struct attempt *run, const char **arg,
	struct boot_file *file, struct error *err)
{
	if (**arg == '\0')
		return error_set(err, ERR_SYNTAX, "needs a file");
	if (legacy_file(&run->place, *arg, file, err) < 0)
		return -1;
	*arg = legacy_next_word(*arg);
	if (guest_check_file(run->place.config->guest, file, err) == 0)
		return 0;
	return file->dev == run->place.config->dev
		? -1
		: error_in(err, "(%s)", file->dev->grub);
}

/* The words as GRUB 2 hands them to a kernel: one blank, quotes protected. */
static char *quote_words(
	struct arena *arena, const char *arg, struct error *err)
{
	char *line = arena_array(arena, strlen(arg) + 1, 2, err), *at = line;

	for (; line && *arg; arg++) {
		if (*arg == ' ' && (at == line || arg[1] == ' '))
			continue;
		if (strchr("\\'\"", *arg))
			*at++ = '\\';
		*at++ = *arg;
	}
	return line;
}

/* The rest of a line is for the kernel; blanks at its end are for nobody. */
static char *take_args(struct attempt *run, const char *arg, struct error *err)
{
	struct arena *arena = run->place.config->guest->arena;
	size_t len = strlen(arg);
	char *args;

	while (len > 0 && arg[len - 1] == ' ')
		len--;
	args = arena_strndup(arena, arg, len, err);
	if (!args || !run->place.config->translation)
		return args;
	return quote_words(arena, args, err);
}

static int check_type(const char *option, struct error *err)
{
	static const char *const types[] = { "linux", "biglinux", "multiboot",
		"netbsd", "freebsd", "openbsd" };
	size_t i, len = strcspn(option, " ");

	for (i = 0; i < LENGTH(types); i++)
		if (strlen(types[i]) == len &&
			strncmp(option, types[i], len) == 0)
			return 0;
	return error_set(err, ERR_SYNTAX, "unknown kernel type \"%.*s\"",
		len > 64 ? 64 : (int)len, option);
}

static int cmd_kernel(struct attempt *run, const char *arg, struct error *err)
{
	static const char type[] = "--type=", no_mem[] = "--no-mem-option";
	struct boot *boot = &run->boot;

	for (; strncmp(arg, "--", 2) == 0; arg = legacy_next_word(arg)) {
		if (strncmp(arg, type, sizeof(type) - 1) == 0) {
			if (check_type(arg + sizeof(type) - 1, err) < 0)
				return -1;
		} else if (strncmp(arg, no_mem, sizeof(no_mem) - 1) != 0) {
			break;
		}
	}
	*boot = (struct boot){ .ramdisk_align = 4 };
	run->chainload = NULL;
	if (take_file(run, &arg, &boot->kernel, err) < 0) {
		boot->kernel.path = NULL;
		return -1;
	}
	boot->args = take_args(run, arg, err);
	return boot->args ? 0 : -1;
}

static int add_ramdisk(struct attempt *run, const char **arg, struct error *err)
{
	struct boot *boot = &run->boot;

	if (boot->ramdisk_count == BOOT_RAMDISKS_MAX)
		return error_set(err, ERR_LIMIT, "more than %d ramdisks",
			BOOT_RAMDISKS_MAX);
	if (take_file(run, arg, &boot->ramdisks[boot->ramdisk_count], err) < 0)
		return -1;
	run->module_args[boot->ramdisk_count++] = NULL;
	return 0;
}

/*
 * A second command replaces the first; one may name several files, of which
 * GRUB 2 takes only the first.
 */
static int cmd_initrd(struct attempt *run, const char *arg, struct error *err)
{
	if (!run->boot.kernel.path)
		return error_set(err, ERR_SYNTAX, "no kernel before it");
	run->boot.ramdisk_count = 0;
	do {
		if (add_ramdisk(run, &arg, err) < 0)
			return -1;
	} while (*arg && !run->place.config->translation);
	return 0;
}

static int cmd_module(struct attempt *run, const char *arg, struct error *err)
{
	if (!run->boot.kernel.path)
		return error_set(err, ERR_SYNTAX, "no kernel before it");
	if (add_ramdisk(run, &arg, err) < 0)
		return -1;
	arg = take_args(run, arg, err);
	run->module_args[run->boot.ramdisk_count - 1] = arg;
	return arg ? 0 : -1;
}

static int cmd_configfile(
	struct attempt *run, const char *arg, struct error *err)
{
	struct boot_file file;
	struct legacy_menu *menu;

	if (legacy_file(&run->place, arg, &file, err) < 0)
		return -1;
	menu = legacy_load(
		run->place.config, file.dev, file.path, run->place.root, err);
	if (!menu)
		return -1;
	run->menu = &menu->menu;
	run->done = true;
	return 0;
}

static int cmd_chainloader(
	struct attempt *run, const char *arg, struct error *err)
{
	(void)err;
	while (strncmp(arg, "--", 2) == 0)
		arg = legacy_next_word(arg);
	run->boot = (struct boot){ 0 };
	run->chainload = arg;
	return 0;
}

static int cmd_boot(struct attempt *run, const char *arg, struct error *err)
{
	(void)arg;
	if (!run->boot.kernel.path && !run->chainload)
		return error_set(err, ERR_SYNTAX, "no kernel before it");
	run->done = true;
	return 0;
}

static int cmd_stop(struct attempt *run, const char *arg, struct error *err)
{
	(void)run, (void)arg;
	return error_set(err, ERR_UNSUPPORTED, "boots nothing");
}

static int cmd_none(struct attempt *run, const char *arg, struct error *err)
{
	(void)run, (void)arg, (void)err;
	return 0;
}

/*
 * What may stand in an entry: the commands of 0.97, then those that Debian,
 * Ubuntu, Red Hat, SUSE and Gentoo added.  Any other word is skipped, as GRUB
 * does.  A password is asked by whoever shows the menu: entry->guard.
 */
static const struct command {
	const char *name;
	int (*run)(struct attempt *run, const char *arg, struct error *err);
} commands[] = {
	{ "blocklist", cmd_none },
	{ "boot", cmd_boot },
	{ "bootp", cmd_none },
	{ "cat", cmd_none },
	{ "chainloader", cmd_chainloader },
	{ "clear", cmd_none },
	{ "cmp", cmd_none },
	{ "color", cmd_none },
	{ "configfile", cmd_configfile },
	{ "debug", cmd_none },
	{ "device", cmd_none },
	{ "dhcp", cmd_none },
	{ "displayapm", cmd_none },
	{ "displaymem", cmd_none },
	{ "find", cmd_find },
	{ "geometry", cmd_none },
	{ "halt", cmd_stop },
	{ "help", cmd_none },
	{ "hide", cmd_none },
	{ "ifconfig", cmd_none },
	{ "initrd", cmd_initrd },
	{ "kernel", cmd_kernel },
	{ "lock", cmd_none },
	{ "makeactive", cmd_none },
	{ "map", cmd_none },
	{ "module", cmd_module },
	{ "modulenounzip", cmd_module },
	{ "pager", cmd_none },
	{ "partnew", cmd_none },
	{ "parttype", cmd_none },
	{ "password", cmd_none },
	{ "pause", cmd_none },
	{ "print", cmd_none },
	{ "quit", cmd_stop },
	{ "rarp", cmd_none },
	{ "read", cmd_none },
	{ "reboot", cmd_stop },
	{ "root", cmd_root },
	{ "rootnoverify", cmd_root },
	{ "savedefault", cmd_none },
	{ "serial", cmd_none },
	{ "setkey", cmd_none },
	{ "terminal", cmd_none },
	{ "terminfo", cmd_none },
	{ "testload", cmd_none },
	{ "tftpserver", cmd_none },
	{ "unhide", cmd_none },
	{ "uppermem", cmd_none },
	{ "vbeprobe", cmd_none },

	{ "background", cmd_none },
	{ "foreground", cmd_none },
	{ "gfxmenu", cmd_none },
	{ "quiet", cmd_none },
	{ "shade", cmd_none },
	{ "splashimage", cmd_none },
	{ "uuid", cmd_uuid },
	{ "viewport", cmd_none },
};

static const struct command *find_command(const char *text)
{
	size_t i;

	for (i = 0; i < LENGTH(commands); i++)
		if (legacy_is_command(text, commands[i].name))
			return &commands[i];
	return NULL;
}

bool legacy_is_entry_command(const char *text)
{
	return find_command(text) != NULL;
}

static int run_line(
	struct attempt *run, const struct legacy_line *line, struct error *err)
{
	const struct command *command = find_command(line->text);
	int len = (int)strcspn(line->text, " =");

	if (!command)
		error_set(err, ERR_SYNTAX, "has no place in an entry");
	else if (command->run(run, legacy_argument(line->text), err) == 0)
		return 0;
	return error_in(err, "line %u: %.*s", line->number, len, line->text);
}

/*
 * A Xen, or Intel's launcher of one.  With a ramdisk that is no module it is a
 * kernel, whatever its name.
 */
static bool is_hypervisor(const struct attempt *run)
{
	const char *path = run->boot.kernel.path;

	return (hypervisor_name(text_of(path)) ||
		       strncmp(strrchr(path, '/'), "/tboot", 6) == 0) &&
		(run->boot.ramdisk_count == 0 || run->module_args[0]);
}

/* An entry of a Xen host.  Its Xen runs already: the module is the kernel. */
static int skip_hypervisor(struct attempt *run, struct error *err)
{
	struct boot *boot = &run->boot;

	if (boot->ramdisk_count == 0)
		return error_set(err, ERR_NOT_FOUND,
			"%s is a hypervisor without a kernel as its module",
			boot->kernel.path);
	guest_note(run->place.config->guest, NOTE_DETAIL,
		"%s is left out: its first module is the kernel",
		boot->kernel.path);
	boot->kernel = boot->ramdisks[0];
	boot->args = run->module_args[0];
	boot->ramdisk_count--;
	memmove(&boot->ramdisks[0], &boot->ramdisks[1],
		boot->ramdisk_count * sizeof(boot->ramdisks[0]));
	memmove(&run->module_args[0], &run->module_args[1],
		boot->ramdisk_count * sizeof(run->module_args[0]));
	return 0;
}

static int finish(
	struct attempt *run, struct outcome *outcome, struct error *err)
{
	if (run->menu) {
		outcome->menu = run->menu;
		return 0;
	}
	if (run->chainload)
		return error_set(err, ERR_UNSUPPORTED,
			"starts another boot loader (chainloader %.64s)",
			run->chainload);
	if (!run->boot.kernel.path)
		return error_set(err, ERR_NOT_FOUND, "names no kernel");
	while (is_hypervisor(run))
		if (skip_hypervisor(run, err) < 0)
			return -1;
	outcome->boot = run->boot;
	return 0;
}

static void begin(struct attempt *run, struct config *config,
	const struct menu *menu, struct device *root)
{
	*run = (struct attempt){
		.place = {
			.config = config,
			.root = root,
			.any_disk = menu->fallback_count == 0,
		},
	};
}

/* Run an entry from *root, which is then as the entry left it. */
static int run_entry(struct config *config, struct menu *menu, size_t index,
	struct device **root, struct outcome *outcome, struct error *err)
{
	const struct legacy_menu *legacy = menu->priv;
	const struct legacy_entry *entry = menu->entries[index].priv;
	struct attempt run;
	size_t i;
	int r = 0;

	*outcome = (struct outcome){ 0 };
	begin(&run, config, menu, *root);
	for (i = 0; i < entry->count && !run.done && r == 0; i++)
		r = run_line(&run, &legacy->lines[entry->first + i], err);
	*root = run.place.root;
	if (r == 0)
		r = finish(&run, outcome, err);
	if (r < 0 && strcmp(legacy->path, config->path) != 0)
		error_in(err, "%s", legacy->path);
	return r;
}

int legacy_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	struct legacy_menu *legacy = menu->priv;

	return run_entry(config, menu, index, &legacy->root, outcome, err);
}

int legacy_peek(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	const struct legacy_menu *legacy = menu->priv;
	struct device *root = legacy->root;

	return run_entry(config, menu, index, &root, outcome, err);
}

int legacy_run_source(struct config *config, struct menu *menu, size_t index,
	struct text source, struct outcome *outcome, struct error *err)
{
	struct legacy_menu *legacy = menu->priv;
	struct legacy_reader reader;
	struct legacy_line line;
	struct attempt run;
	int r = 0;

	(void)index;
	*outcome = (struct outcome){ 0 };
	begin(&run, config, menu, legacy->root);
	if (legacy_open(&reader, source, config->guest->arena, err) < 0)
		return -1;
	while (r == 0 && !run.done && legacy_next_line(&reader, &line))
		r = run_line(&run, &line, err);
	legacy->root = run.place.root;
	return r == 0 ? finish(&run, outcome, err) : -1;
}
