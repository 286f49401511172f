/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "src/base/length.h"
#include "src/config/netbsd.h"

/* What is booted if no file is named, in the loader's order. */
static const char *const kernel_names[] = { "netbsd", "netbsd.gz", "onetbsd",
	"onetbsd.gz", "netbsd.old", "netbsd.old.gz" };

/* An entry while it is run. */
struct attempt {
	struct config *config;
	struct device *dev; /* of names without one */
	const char *root;   /* as the command "root" says; NULL: nothing */
	struct text module; /* the first that "load" named: Xen's kernel */
	struct boot *boot;
	bool failed; /* err holds the first fault */
	bool done;
};

struct command {
	const char *name;
	int (*run)(struct attempt *run, struct text rest, struct error *err);
};

static bool is_there(
	struct attempt *run, struct boot_file *file, struct error *err)
{
	if (guest_check_file(run->config->guest, file, err) < 0)
		return false;
	run->boot->kernel = *file;
	return true;
}

/*
 * A file, or the kernel in the folder of that name, where NetBSD from 2025 on
 * may be told to put it.
 */
static int take_kernel(struct attempt *run, struct device *dev,
	struct text name, struct error *err)
{
	struct arena *arena = run->config->guest->arena;
	struct boot_file file = { .dev = dev };
	struct boot_file inside = { .dev = dev };
	struct error ignored;

	if (name.len >= FS_PATH_MAX)
		return error_set(err, ERR_LIMIT, "a name of more than %d bytes",
			FS_PATH_MAX - 1);
	file.path = arena_printf(arena, err, "%s%.*s",
		name.at[0] == '/' ? "" : "/", (int)name.len, name.at);
	if (!file.path)
		return -1;
	if (is_there(run, &file, err))
		return 0;
	inside.path = arena_printf(arena, &ignored, "%s/kernel", file.path);
	return inside.path && is_there(run, &inside, &ignored) ? 0 : -1;
}

static int take_usual_kernel(
	struct attempt *run, struct device *dev, struct error *err)
{
	struct error later;
	size_t i;

	if (take_kernel(run, dev, text_of(kernel_names[0]), err) == 0)
		return 0;
	for (i = 1; i < LENGTH(kernel_names); i++)
		if (take_kernel(run, dev, text_of(kernel_names[i]), &later) ==
			0)
			return 0;
	return -1;
}

/* Does the command line say itself where the root is? */
static bool names_root(struct text args)
{
	struct text word;

	while (text_next_word(&args, &word))
		if ((word.len >= 8 &&
			    strncasecmp(word.at, "bootdev=", 8) == 0) ||
			(word.len >= 5 &&
				strncasecmp(word.at, "root=", 5) == 0))
			return true;
	return false;
}

static int take_args(struct attempt *run, struct device *dev, struct text args,
	struct error *err)
{
	struct arena *arena = run->config->guest->arena;
	const char *root = "";

	args = text_trim(args);
	if (!names_root(args))
		root = run->root
			? arena_printf(arena, err, " root=%s", run->root)
			: netbsd_bootdev(run->config, dev, err);
	if (!root)
		return -1;
	if (args.len == 0 && root[0] == ' ')
		root++;
	run->boot->args = arena_printf(
		arena, err, "%.*s%s", (int)args.len, args.at, root);
	return run->boot->args ? 0 : -1;
}

/* [DEVICE:][FILE] [ARGUMENTS] */
static int start(struct attempt *run, struct text rest, struct error *err)
{
	struct device *dev = run->dev;
	struct text word = { rest.at, 0 };
	const char *colon;

	rest = text_trim(rest);
	if (rest.len > 0 && rest.at[0] != '-')
		text_next_word(&rest, &word);
	colon = word.len ? memchr(word.at, ':', word.len) : NULL;
	if (colon) {
		dev = netbsd_device(run->config,
			(struct text){ word.at, (size_t)(colon - word.at) },
			err);
		if (!dev)
			return -1;
		word = text_skip(word, (size_t)(colon + 1 - word.at));
	}
	if ((word.len ? take_kernel(run, dev, word, err)
		      : take_usual_kernel(run, dev, err)) < 0)
		return -1;
	if (take_args(run, dev, rest, err) < 0)
		return -1;
	run->done = true;
	return 0;
}

/* Under Xen the kernel is a module of the hypervisor, which runs already. */
static int run_multiboot(
	struct attempt *run, struct text rest, struct error *err)
{
	if (run->module.len == 0)
		return start(run, rest, err);
	guest_note(run->config->guest, NOTE_DETAIL,
		"%.*s is left out: its first module is the kernel",
		rest.len < 64 ? (int)rest.len : 64, rest.at);
	return start(run, run->module, err);
}

static int run_load(struct attempt *run, struct text rest, struct error *err)
{
	(void)err;
	if (run->module.len == 0)
		run->module = text_trim(rest);
	return 0;
}

static int run_dev(struct attempt *run, struct text rest, struct error *err)
{
	struct device *dev;

	rest = text_trim(rest);
	if (rest.len > 0 && rest.at[rest.len - 1] == ':')
		rest.len--;
	dev = rest.len ? netbsd_device(run->config, rest, err) : run->dev;
	if (dev)
		run->dev = dev;
	return dev ? 0 : -1;
}

static int run_root(struct attempt *run, struct text rest, struct error *err)
{
	struct text word;

	if (!text_next_word(&rest, &word))
		return 0;
	run->root = arena_strndup(
		run->config->guest->arena, word.at, word.len, err);
	return run->root ? 0 : -1;
}

static int run_prompt(struct attempt *run, struct text rest, struct error *err)
{
	(void)run, (void)rest;
	return error_set(err, ERR_UNSUPPORTED, "asks for a command");
}

static int run_quit(struct attempt *run, struct text rest, struct error *err)
{
	(void)run, (void)rest;
	return error_set(err, ERR_UNSUPPORTED, "leaves the loader");
}

/* Others load what a Xen kernel cannot take, or set up the screen. */
static const struct command commands[] = {
	{ "boot", start },
	{ "dev", run_dev },
	{ "exit", run_quit },
	{ "load", run_load },
	{ "multiboot", run_multiboot },
	{ "pkboot", start },
	{ "prompt", run_prompt },
	{ "quit", run_quit },
	{ "reboot", run_quit },
	{ "root", run_root },
};

static int run_command(struct attempt *run, struct text text, struct error *err)
{
	struct text word;
	size_t i;

	if (!text_next_word(&text, &word))
		return 0;
	for (i = 0; i < LENGTH(commands); i++)
		if (text_is(word, commands[i].name))
			return commands[i].run(run, text_trim(text), err);
	return 0;
}

/*
 * A command that fails is followed by the next; the first fault is told, or the
 * limit that ends them all.
 */
static int run_all(struct attempt *run, struct text rest, struct error *err)
{
	struct text command;
	struct error why = { ERR_NONE, "" };
	const char *end;

	error_set(err, ERR_UNSUPPORTED, "boots no kernel");
	while (rest.len > 0 && !run->done && why.code != ERR_LIMIT) {
		end = memchr(rest.at, ';', rest.len);
		command = rest;
		if (end)
			command.len = (size_t)(end - rest.at);
		rest = text_skip(rest, command.len + 1);
		if (run_command(run, command, &why) < 0 &&
			(!run->failed || why.code == ERR_LIMIT)) {
			run->failed = true;
			*err = why;
		}
	}
	return run->done ? 0 : -1;
}

int netbsd_start(struct config *config, const struct netbsd_entry *entry,
	struct outcome *outcome, struct error *err)
{
	struct attempt run = {
		.config = config,
		.dev = config->dev,
		.boot = &outcome->boot,
	};

	*outcome = (struct outcome){
		.boot = { .ramdisk_align = 4, .args = "" },
	};
	if (run_all(&run, text_of(entry->commands), err) == 0)
		return 0;
	*outcome = (struct outcome){ 0 };
	return entry->line ? error_in(err, "line %u", entry->line) : -1;
}
