/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/freebsd.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Seconds, if autoboot_delay is not set. */
#define DELAY 10
#define DELAY_MAX 1000000

/* Folders in /boot, and names in kernels=, that are looked at. */
#define KERNELS_MAX 256

struct kernels {
	struct freebsd *env;
	const char *names[KERNELS_MAX];
	size_t count;
	bool found; /* one of them at least is there */
};

static int add_name(
	struct kernels *kernels, struct text name, struct error *err)
{
	size_t i;

	for (i = 0; i < kernels->count; i++)
		if (text_is(name, kernels->names[i]))
			return 0;
	if (kernels->count == KERNELS_MAX)
		return error_set(
			err, ERR_LIMIT, "more than %d kernels", KERNELS_MAX);
	kernels->names[kernels->count] = arena_strndup(
		kernels->env->config->guest->arena, name.at, name.len, err);
	return kernels->names[kernels->count++] ? 0 : -1;
}

static int add_listed(struct kernels *kernels, struct error *err)
{
	const char *list = freebsd_get(kernels->env, "kernels");
	struct text name;

	if (!list)
		list = "kernel kernel.old";
	for (list += strspn(list, ";, "); *list; list += strspn(list, ";, ")) {
		name = (struct text){ list, strcspn(list, ";, ") };
		if (add_name(kernels, name, err) < 0)
			return -1;
		list += name.len;
	}
	return 0;
}

static int visit_folder(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct kernels *kernels = ctx;
	struct config *config = kernels->env->config;
	struct boot_file file = { .dev = config->dev };
	struct error ignored;

	if (node->type != FS_DIR)
		return 0;
	file.path = arena_printf(
		config->guest->arena, err, "/boot/%s/kernel", name);
	if (!file.path)
		return -1;
	if (guest_check_file(config->guest, &file, &ignored) < 0)
		return 0;
	kernels->found = true;
	return add_name(kernels, text_of(name), err);
}

/* Folders of /boot with a kernel in them. */
static int add_found(struct kernels *kernels, struct error *err)
{
	struct config *config = kernels->env->config;
	const char *detect = freebsd_get(kernels->env, "kernels_autodetect");
	struct error ignored;
	struct fs_node node;
	struct fs *fs;

	if (detect && strcasecmp(detect, "yes") != 0)
		return 0;
	fs = device_fs(config->guest->devices, config->dev, &ignored);
	if (!fs || fs_find(fs, "/boot", &node, &ignored) < 0 ||
		node.type != FS_DIR)
		return 0;
	return fs_readdir(fs, &node, visit_folder, kernels, err) < 0 ? -1 : 0;
}

static int add_entry(struct freebsd *env, const char *title, const char *id,
	const char *kernel, bool single, struct error *err)
{
	struct arena *arena = env->config->guest->arena;
	struct freebsd_entry *own = arena_alloc(arena, sizeof(*own), err);
	struct entry *entry = menu_add(&env->menu, arena, err);

	if (!own || !entry)
		return -1;
	*own = (struct freebsd_entry){ kernel, single };
	entry->title = arena_printf(arena, err, "FreeBSD, %s", title);
	entry->id = id;
	entry->priv = own;
	return entry->title ? 0 : -1;
}

static bool is_there(const struct freebsd *env, const char *kernel)
{
	struct boot_file file;
	struct error ignored;

	return freebsd_find_kernel(env, kernel, &file, &ignored) == 0;
}

/*
 * The default, then the others that are there.  The loader drops a default that
 * is not there, too, if it found another.
 */
static int add_entries(
	struct freebsd *env, const struct kernels *kernels, struct error *err)
{
	const char *name;
	size_t i;

	for (i = 0; i < kernels->count; i++) {
		name = kernels->names[i];
		if (strlen(name) + 16 > MENU_TITLE_MAX)
			return error_set(err, ERR_LIMIT,
				"a kernel's name of more than %d bytes",
				MENU_TITLE_MAX - 16);
		if (!is_there(env, name) && (i > 0 || kernels->found))
			continue;
		if (add_entry(env, name, name, name, false, err) < 0)
			return -1;
	}
	name = env->menu.count > 0
		? ((const struct freebsd_entry *)env->menu.entries[0].priv)
			  ->kernel
		: kernels->names[0];
	return add_entry(env, "single user", "single", name, true, err);
}

static void set_timeout(struct freebsd *env)
{
	const char *delay = freebsd_get(env, "autoboot_delay");
	long seconds;

	env->menu.timeout = DELAY;
	if (freebsd_is_yes(env, "beastie_disable"))
		env->menu.style = MENU_STYLE_COUNTDOWN;
	if (!delay)
		return;
	if (strcasecmp(delay, "no") == 0) {
		env->menu.timeout = MENU_TIMEOUT_NONE;
		return;
	}
	seconds = strtol(delay, NULL, 10);
	if (seconds < 0) /* -1: at once, and no key counts */
		seconds = 0;
	env->menu.timeout = (int)(seconds < DELAY_MAX ? seconds : DELAY_MAX);
}

/* The password in a variable; *password is NULL if it is not set. */
static int read_password(const struct freebsd *env, const char *name,
	struct password **password, struct error *err)
{
	const char *secret = freebsd_get(env, name);

	*password = NULL;
	if (!secret)
		return 0;
	*password =
		arena_alloc(env->config->guest->arena, sizeof(**password), err);
	if (!*password)
		return -1;
	(*password)->secret = secret;
	(*password)->stays = true;
	return 0;
}

/* In front of what is there, unless there is no such password. */
static int put_guard(const struct freebsd *env, struct password *password,
	const struct guard **guard, struct error *err)
{
	if (!password)
		return 0;
	*guard = guard_add(env->config->guest->arena, password, *guard, err);
	return *guard ? 0 : -1;
}

/*
 * check-password.4th(8): one password is asked for at the loader's start,
 * another before anything but the automatic boot, that is, the default.
 */
static int set_guards(struct freebsd *env, struct error *err)
{
	const struct guard *start = NULL, *all = NULL;
	struct password *at_start, *in_menu;
	struct menu *menu = &env->menu;
	size_t i;

	if (read_password(env, "bootlock_password", &at_start, err) < 0 ||
		read_password(env, "password", &in_menu, err) < 0 ||
		put_guard(env, at_start, &start, err) < 0 ||
		put_guard(env, in_menu, &all, err) < 0 ||
		put_guard(env, at_start, &all, err) < 0)
		return -1;
	menu->edits = all;
	for (i = 0; i < menu->count; i++) {
		menu->entries[i].guard = i == menu->chosen ? start : all;
		menu->entries[i].edits = all;
	}
	return 0;
}

static void note_skipped(struct freebsd *env)
{
	if (env->skipped > 0)
		guest_note(env->config->guest, NOTE_WARNING,
			"%u lines were not understood, the first is line %u "
			"of %s",
			env->skipped, env->first_line, env->first_path);
	if (env->modules > 0)
		guest_note(env->config->guest, NOTE_DETAIL,
			"%u modules are not loaded, the first is %s",
			env->modules, env->first_module);
}

static int make_menu(struct freebsd *env, struct error *err)
{
	struct kernels kernels = { .env = env };
	const char *kernel = freebsd_get(env, "kernel");

	if (add_name(&kernels, text_of(kernel ? kernel : "kernel"), err) < 0 ||
		add_listed(&kernels, err) < 0 || add_found(&kernels, err) < 0 ||
		add_entries(env, &kernels, err) < 0)
		return -1;
	set_timeout(env);
	if (freebsd_is_yes(env, "boot_single"))
		env->menu.chosen = env->menu.count - 1;
	return set_guards(env, err);
}

static int load(struct config *config, struct text file, struct error *err)
{
	struct freebsd *env =
		arena_alloc(config->guest->arena, sizeof(*env), err);
	bool assume;
	int r;

	if (!env)
		return -1;
	env->config = config;
	if (freebsd_read_files(env, file, err) < 0)
		return -1;
	note_skipped(env);
	assume = guest_look_for_files(config->guest, config->dev);
	r = make_menu(env, err);
	config->guest->assume_files = assume;
	config->priv = env;
	config->menu = &env->menu;
	return r;
}

const struct config_format freebsd_format = {
	.name = "FreeBSD",
	.id = "freebsd",
	.load = load,
	.run = freebsd_run,
};
