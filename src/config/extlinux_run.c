/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <strings.h>

#include "src/base/length.h"
#include "src/config/extlinux.h"
#include "src/config/hypervisor.h"

/* syslinux, and GRUB 2, pad a ramdisk to this before the next follows. */
#define RAMDISK_ALIGN 4096
#define RAMDISK_ALIGN_TRANSLATED 4

/* A label while it is run. */
struct attempt {
	struct config *config;
	const struct extlinux_label *label;
	struct extlinux_file *file;
	struct outcome *outcome;
	unsigned int depth; /* of labels that lead to labels */
};

static int run_label(struct attempt *run, struct error *err);

static struct text append_of(const struct attempt *run)
{
	const struct extlinux_label *label = run->label;

	return text_of(label->append ? label->append : label->global);
}

/* pygrub takes relative names from the root, and some guests rely on that. */
static bool is_in_root(
	struct attempt *run, struct text word, struct boot_file *file)
{
	struct arena *arena = run->config->guest->arena;
	struct error ignored;

	if (word.len == 0 || word.at[0] == '/' || word.len >= FS_PATH_MAX)
		return false;
	file->path =
		arena_printf(arena, &ignored, "/%.*s", (int)word.len, word.at);
	if (!file->path ||
		guest_check_file(run->config->guest, file, &ignored) < 0)
		return false;
	guest_note(run->config->guest, NOTE_DETAIL,
		"%s is not beside the configuration, but in the root",
		file->path);
	return true;
}

static int take_file(struct attempt *run, struct text word,
	struct boot_file *file, struct error *err)
{
	if (extlinux_locate(run->config, run->file, word, file, err) < 0)
		return -1;
	if (guest_check_file(run->config->guest, file, err) == 0)
		return 0;
	if (err->code == ERR_NOT_FOUND && is_in_root(run, word, file))
		return 0;
	file->path = NULL;
	return -1;
}

static int take_ramdisk(
	struct attempt *run, struct text word, struct error *err)
{
	struct boot *boot = &run->outcome->boot;

	if (boot->ramdisk_count == BOOT_RAMDISKS_MAX)
		return error_set(err, ERR_LIMIT, "more than %d ramdisks",
			BOOT_RAMDISKS_MAX);
	if (take_file(run, word, &boot->ramdisks[boot->ramdisk_count], err) < 0)
		return -1;
	boot->ramdisk_count++;
	return 0;
}

/* a,b,c */
static int take_ramdisks(
	struct attempt *run, struct text list, struct error *err)
{
	struct text name;
	const char *comma;

	while (list.len > 0) {
		comma = memchr(list.at, ',', list.len);
		name = list;
		if (comma)
			name.len = (size_t)(comma - list.at);
		list = text_skip(list, name.len + 1);
		name = text_trim(name);
		if (name.len > 0 && take_ramdisk(run, name, err) < 0)
			return -1;
	}
	return 0;
}

/*
 * Take every initrd= out of a command line in place.  The first one counts, as
 * syslinux 6.04 was seen to do; pygrub is who takes it in capitals.
 */
static struct text cut_initrd(char *args)
{
	static const char key[] = "initrd=";
	struct text initrd = { NULL, 0 };
	char *word, *to = args;
	size_t len;

	for (word = args; *word; word += len) {
		len = strspn(word, " \t");
		if (len == 0) {
			len = strcspn(word, " \t");
			if (strncasecmp(word, key, sizeof(key) - 1) == 0) {
				if (!initrd.at)
					initrd = text_skip(
						(struct text){ word, len },
						sizeof(key) - 1);
				continue;
			}
		}
		memmove(to, word, len);
		to += len;
	}
	*to = '\0';
	return initrd;
}

static const char *trim(char *args)
{
	size_t len = strlen(args);

	while (len > 0 && strchr(" \t", args[len - 1]))
		args[--len] = '\0';
	return args + strspn(args, " \t");
}

/*
 * The command line without its initrd=, which pygrub leaves out as well.
 * INITRD counts where there is none.  GRUB 2 leaves it in, and takes both.
 */
static int take_args(struct attempt *run, struct text options,
	struct text append, struct error *err)
{
	struct arena *arena = run->config->guest->arena;
	bool translated = run->config->translation != NULL;
	struct text initrd;
	char *args, *words;

	args = arena_printf(arena, err, "%.*s%s%.*s", (int)options.len,
		options.at, options.len > 0 && append.len > 0 ? " " : "",
		(int)append.len, append.at);
	if (!args)
		return -1;
	/* The name of the ramdisk must outlive the cutting. */
	words = arena_strdup(arena, args, err);
	if (!words)
		return -1;
	initrd = cut_initrd(args);
	if (initrd.at)
		initrd.at = words + (initrd.at - args);
	if (translated) {
		args = arena_strdup(arena, words, err);
		if (!args)
			return -1;
	}
	run->outcome->boot.args = trim(args);
	if (take_ramdisks(run, initrd, err) < 0)
		return -1;
	if (!run->label->initrd || (initrd.at && !translated))
		return 0;
	return take_ramdisks(run, text_of(run->label->initrd), err);
}

/* The words up to the next "---", which goes with them. */
static bool next_module(struct text *rest, struct text *module)
{
	struct text word;

	*rest = text_trim(*rest);
	*module = (struct text){ rest->at, 0 };
	if (rest->len == 0)
		return false;
	while (text_next_word(rest, &word)) {
		if (text_is(word, "---"))
			return true;
		module->len = (size_t)(word.at + word.len - module->at);
	}
	return true;
}

/* The arguments behind the file's name may have slashes, too. */
static bool is_hypervisor(struct text module)
{
	struct text word;

	return text_next_word(&module, &word) && hypervisor_name(word);
}

/*
 * mboot.c32 loads xen.gz --- vmlinuz --- initrd.  The hypervisor is running
 * already; of three files the first is one, whatever its name (so pygrub).
 */
static int run_multiboot(struct attempt *run, struct error *err)
{
	struct boot *boot = &run->outcome->boot;
	struct text count = append_of(run), rest = count, module, word;
	unsigned int modules = 0;

	while (next_module(&count, &module))
		modules++;
	next_module(&rest, &module);
	if (modules > 1 && (modules > 2 || is_hypervisor(module))) {
		guest_note(run->config->guest, NOTE_DETAIL,
			"%.*s is left out: its first module is the kernel",
			module.len < 64 ? (int)module.len : 64, module.at);
		next_module(&rest, &module);
	}
	if (!text_next_word(&module, &word))
		return error_set(err, ERR_SYNTAX, "mboot.c32 without a kernel");
	if (take_file(run, word, &boot->kernel, err) < 0)
		return -1;
	boot->args = arena_strndup(run->config->guest->arena,
		text_trim(module).at, text_trim(module).len, err);
	if (!boot->args)
		return -1;
	while (next_module(&rest, &module))
		if (text_next_word(&module, &word) &&
			take_ramdisk(run, word, err) < 0)
			return -1;
	return 0;
}

/* A directory, without the "/" at its end. */
static int locate_dir(struct attempt *run, struct text name,
	struct boot_file *dir, struct error *err)
{
	size_t len;

	if (extlinux_locate(run->config, run->file, name, dir, err) < 0)
		return -1;
	len = strlen(dir->path);
	while (len > 0 && dir->path[len - 1] == '/')
		len--;
	dir->path =
		arena_strndup(run->config->guest->arena, dir->path, len, err);
	return dir->path ? 0 : -1;
}

/* CONFIG FILE; its APPEND says where relative names then begin. */
static int run_config(struct attempt *run, struct text name, struct text dir,
	struct error *err)
{
	struct extlinux_file *file;
	struct boot_file where, inner = run->file->dir;

	if (extlinux_locate(run->config, run->file, name, &where, err) < 0 ||
		(dir.len > 0 && locate_dir(run, dir, &inner, err) < 0))
		return -1;
	file = extlinux_load(run->config, &where, &inner, err);
	if (!file)
		return -1;
	run->outcome->menu = &file->top->menu;
	return 0;
}

/* A menu program as a kernel: its arguments are configurations. */
static int run_menu_module(struct attempt *run, struct error *err)
{
	struct text rest = append_of(run), name;

	if (text_next_word(&rest, &name) && !text_is(name, "~"))
		return run_config(run, name, (struct text){ 0 }, err);
	run->outcome->menu = &run->file->top->menu;
	return 0;
}

/* Programs of syslinux, which no Xen guest can run. */
static bool is_program(struct text file)
{
	static const char *const endings[] = { ".c32", ".cbt", ".com" };
	size_t i;

	for (i = 0; i < LENGTH(endings); i++)
		if (file.len > 4 &&
			text_is_nocase(
				text_skip(file, file.len - 4), endings[i]))
			return true;
	return false;
}

/* Start what a program picked out of its arguments. */
static int run_picked(
	struct attempt *run, struct text command, struct error *err)
{
	if (++run->depth > CONFIG_DEPTH_MAX)
		return error_set(err, ERR_LIMIT,
			"labels that lead to labels, more than %d deep",
			CONFIG_DEPTH_MAX);
	if (command.len == 0)
		return error_set(err, ERR_NOT_FOUND,
			"starts nothing on a machine like this");
	run->label =
		extlinux_find_command(run->config, run->file, command, err);
	if (run->label)
		return run_label(run, err);
	if (err->code != ERR_NONE)
		return -1;
	return error_set(err, ERR_NOT_FOUND,
		"starts \"%.*s\", which is not there",
		command.len < 64 ? (int)command.len : 64, command.at);
}

static int run_kernel(struct attempt *run, struct error *err)
{
	const struct extlinux_label *label = run->label;
	struct text rest, word, append = append_of(run);

	rest = text_of(label->kernel ? label->kernel : label->name);
	text_next_word(&rest, &word);
	if (extlinux_is_menu_module(word))
		return run_menu_module(run, err);
	if (extlinux_has_name(word, "mboot.c32"))
		return run_multiboot(run, err);
	if (extlinux_has_name(word, "linux.c32")) {
		rest = append;
		append.len = 0;
		text_next_word(&rest, &word);
	}
	if (extlinux_pick(word, append, run->file, &word))
		return run_picked(run, word, err);
	if (word.len == 0)
		return error_set(err, ERR_SYNTAX, "names no kernel");
	if (is_program(word))
		return error_set(err, ERR_UNSUPPORTED,
			"starts %.*s, a program of syslinux",
			word.len < 64 ? (int)word.len : 64, word.at);
	if (take_file(run, word, &run->outcome->boot.kernel, err) < 0)
		return -1;
	return take_args(run, text_trim(rest), append, err);
}

static int run_goto(struct attempt *run, struct error *err)
{
	struct extlinux_menu *menu;
	struct text rest = text_of(run->label->kernel), tag;

	text_next_word(&rest, &tag);
	for (menu = run->file->menus; menu; menu = menu->next) {
		if (!menu->tag || !text_is(tag, menu->tag))
			continue;
		run->outcome->menu = &menu->menu;
		return 0;
	}
	return error_set(err, ERR_NOT_FOUND, "no menu \"%.*s\"",
		tag.len < 64 ? (int)tag.len : 64, tag.at);
}

static int run_exit(struct attempt *run, struct error *err)
{
	struct extlinux_menu *above = run->label->in->parent;

	if (!above)
		return error_set(err, ERR_NOT_FOUND, "no menu above this one");
	run->outcome->menu = &above->menu;
	return 0;
}

static int run_label(struct attempt *run, struct error *err)
{
	struct text rest, word;

	switch (run->label->kind) {
	case EXTLINUX_KERNEL:
		return run_kernel(run, err);
	case EXTLINUX_MENU:
		run->outcome->menu = &run->label->menu->menu;
		return 0;
	case EXTLINUX_CONFIG:
		rest = text_of(run->label->kernel);
		text_next_word(&rest, &word);
		rest = text_of(run->label->append ? run->label->append : "");
		return run_config(run, word, rest, err);
	case EXTLINUX_GOTO:
		return run_goto(run, err);
	case EXTLINUX_EXIT:
		return run_exit(run, err);
	case EXTLINUX_LOCALBOOT:
		return error_set(err, ERR_UNSUPPORTED,
			"boots the machine's own disk (LOCALBOOT)");
	case EXTLINUX_QUIT:
		return error_set(err, ERR_UNSUPPORTED, "leaves the menu");
	case EXTLINUX_SECTOR:
		break;
	}
	return error_set(
		err, ERR_UNSUPPORTED, "starts a boot sector, no kernel");
}

int extlinux_start(struct config *config, const struct extlinux_label *label,
	struct outcome *outcome, struct error *err)
{
	struct attempt run = {
		.config = config,
		.label = label,
		.file = label->in->file,
		.outcome = outcome,
	};

	*outcome = (struct outcome){
		.boot = { .ramdisk_align = config->translation
				? RAMDISK_ALIGN_TRANSLATED
				: RAMDISK_ALIGN,
			.args = "" },
	};
	if (run_label(&run, err) == 0)
		return 0;
	*outcome = (struct outcome){ 0 };
	if (label->line > 0)
		error_in(err, "line %u", label->line);
	if (label->path && strcmp(label->path, config->path) != 0)
		error_in(err, "%s", label->path);
	return -1;
}
