/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/base/length.h"
#include "src/config/freebsd.h"
#include "src/config/fstab.h"

/* The kernel */

/* A file, or one that the loader would unpack while it reads it. */
static bool is_there(const struct freebsd *env, const char *path,
	struct boot_file *file, struct error *err)
{
	static const char *const endings[] = { ".gz", ".bz2" };
	struct guest *guest = env->config->guest;
	struct error ignored;
	size_t i;

	*file = whole_file(env->config->dev, path);
	if (guest_check_file(guest, file, err) == 0)
		return true;
	for (i = 0; i < LENGTH(endings); i++) {
		file->path = arena_printf(
			guest->arena, &ignored, "%s%s", path, endings[i]);
		if (file->path && guest_check_file(guest, file, &ignored) == 0)
			return true;
	}
	return false;
}

/*
 * One of the names in bootfile, then "kernel", in a folder below "/boot" or "".
 */
static bool is_in(const struct freebsd *env, const char *top,
	const char *kernel, struct boot_file *file, struct error *err)
{
	struct arena *arena = env->config->guest->arena;
	const char *names = freebsd_get(env, "bootfile"), *path;
	const char *slash = kernel[0] == '/' ? "" : "/";
	struct error later, *why = err; /* the first fault is told */
	size_t len;

	for (names = names ? names : ""; *names; names += len) {
		names += strspn(names, "; ");
		len = strcspn(names, "; ");
		if (len == 0)
			break;
		path = names[0] == '/'
			? arena_strndup(arena, names, len, why)
			: arena_printf(arena, why, "%s%s%s/%.*s", top, slash,
				  kernel, (int)len, names);
		if (path && is_there(env, path, file, why))
			return true;
		why = &later;
	}
	path = arena_printf(arena, why, "%s%s%s/kernel", top, slash, kernel);
	return path && is_there(env, path, file, why);
}

int freebsd_find_kernel(const struct freebsd *env, const char *kernel,
	struct boot_file *file, struct error *err)
{
	struct arena *arena = env->config->guest->arena;
	const char *slash = kernel[0] == '/' ? "" : "/", *path;
	struct error later;

	if (is_in(env, "/boot", kernel, file, err) ||
		is_in(env, "", kernel, file, &later))
		return 0;
	path = arena_printf(arena, &later, "%s%s", slash, kernel);
	return path && is_there(env, path, file, &later) ? 0 : -1;
}

/* The command line */

/* The loader's own; the rest is the kernel's. */
static const char *const own_names[] = { "acpi.rsdp", "autoboot_delay",
	"beastie_disable", "bootenv_autolist", "bootfile", "bootlock_password",
	"console", "currdev", "exec", "kernel", "kernel_options", "kernel_path",
	"kernels", "kernels_autodetect", "loaddev", "module_blacklist",
	"module_path", "nextboot_conf", "nextboot_enable", "password", "prompt",
	"root_disk_unit", "rootdev", "twiddle_divisor", "verbose_loading",
	"xen_cmdline", "xen_kernel" };
static const char *const own_prefixes[] = { "comconsole_", "efi_", "loader_",
	"local_loader_", "menu_", "screen.", "splash" };

static bool is_own(const char *name)
{
	size_t i;

	for (i = 0; i < LENGTH(own_names); i++)
		if (strcmp(name, own_names[i]) == 0)
			return true;
	for (i = 0; i < LENGTH(own_prefixes); i++)
		if (strncmp(name, own_prefixes[i], strlen(own_prefixes[i])) ==
			0)
			return true;
	return false;
}

/* An entry while it is run. */
struct attempt {
	struct freebsd *env;
	const char *args;
	unsigned int left_out; /* variables that cannot be said */
	const char *first_left_out;
};

/* NULL text means that there was no memory, and stays. */
static void add_word(struct attempt *run, const char *name, const char *value,
	struct error *err)
{
	if (strpbrk(name, ", \t\n") || strpbrk(value, ", \t\n")) {
		if (run->left_out++ == 0)
			run->first_left_out = name;
		return;
	}
	if (run->args)
		run->args = arena_printf(run->env->config->guest->arena, err,
			"%s%s%s=%s", run->args, run->args[0] ? "," : "", name,
			value);
}

/*
 * Each variable costs the arena all of the line so far, which is why it has a
 * limit; commands lines of kernels are shorter still.
 */
#define ARGS_MAX 8192

static int add_variables(struct attempt *run, struct error *err)
{
	const struct freebsd_variable *variable = run->env->variables;
	size_t i;

	for (i = 0; i < run->env->count; i++, variable++) {
		if (variable->hint || is_own(variable->name) ||
			strcmp(variable->name, "boot_single") == 0)
			continue;
		add_word(run, variable->name, variable->value, err);
		if (run->args && strlen(run->args) > ARGS_MAX)
			return error_set(err, ERR_LIMIT,
				"a command line of more than %d bytes",
				ARGS_MAX);
	}
	return 0;
}

/* -v -s: the words of kernel_options, as they are. */
static void add_options(struct attempt *run, struct error *err)
{
	const char *options = freebsd_get(run->env, "kernel_options");
	struct text rest = text_of(options ? options : ""), word;

	while (run->args && text_next_word(&rest, &word))
		run->args = arena_printf(run->env->config->guest->arena, err,
			"%s%s%.*s", run->args, run->args[0] ? "," : "",
			(int)word.len, word.at);
}

/* The loader takes it from the line of "/" if nobody says otherwise. */
static int add_root(struct attempt *run, struct error *err)
{
	struct config *config = run->env->config;
	struct fstab_line line;
	const char *value;

	if (freebsd_get(run->env, "vfs.root.mountfrom"))
		return 0;
	if (!fstab_find(run->env->fstab, "/", &line) || line.type.len == 0) {
		guest_note(config->guest, NOTE_WARNING,
			"neither vfs.root.mountfrom nor /etc/fstab says where "
			"the root file system is");
		return 0;
	}
	value = arena_printf(config->guest->arena, err, "%.*s:%.*s",
		(int)line.type.len, line.type.at, (int)line.spec.len,
		line.spec.at);
	if (!value)
		return -1;
	add_word(run, "vfs.root.mountfrom", value, err);
	if (line.options.len == 0 ||
		freebsd_get(run->env, "vfs.root.mountfrom.options"))
		return 0;
	value = arena_strndup(
		config->guest->arena, line.options.at, line.options.len, err);
	if (!value)
		return -1;
	add_word(run, "vfs.root.mountfrom.options", value, err);
	return 0;
}

static const char *args_of(struct freebsd *env, bool single, struct error *err)
{
	struct attempt run = { .env = env, .args = "" };

	add_options(&run, err);
	if (add_root(&run, err) < 0 || add_variables(&run, err) < 0)
		return NULL;
	/* it is what the menu's entries differ in, whatever it was before */
	if (single)
		add_word(&run, "boot_single", "YES", err);
	if (run.left_out > 0)
		guest_note(env->config->guest, NOTE_WARNING,
			"%u variables have commas or blanks, which no command "
			"line can hold; left out is %s",
			run.left_out, run.first_left_out);
	return run.args;
}

int freebsd_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	const struct freebsd_entry *entry = menu->entries[index].priv;
	struct freebsd *env = config->priv;

	*outcome = (struct outcome){ .boot = { .ramdisk_align = 4 } };
	outcome->boot.args = args_of(env, entry->single, err);
	if (outcome->boot.args &&
		freebsd_find_kernel(
			env, entry->kernel, &outcome->boot.kernel, err) == 0)
		return 0;
	*outcome = (struct outcome){ 0 };
	return -1;
}
