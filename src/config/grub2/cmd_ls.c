/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_ls.c - ls: devices, what a device is, what is in a directory
 *
 * In GRUB's layout.  It fails only over its options, as GRUB's does: what
 * cannot be listed is an error on the screen.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"

enum { LS_LONG, LS_HUMAN, LS_ALL };
static const struct option_spec ls_options[] = {
	[LS_LONG] = { "long", 'l', OPTION_FLAG },
	[LS_HUMAN] = { "human-readable", 'h', OPTION_FLAG },
	[LS_ALL] = { "all", 'a', OPTION_FLAG },
	{ 0 },
};

/* Bytes of a path that a name of a directory may be joined to. */
#define JOINED_MAX (FS_PATH_MAX + FS_NAME_MAX + 1)

struct ls {
	struct eval *eval;
	const struct args *args;
	bool full; /* -l */
	bool human;
	bool all;
	struct error *err;
	bool over; /* err is filled: the evaluation ends */
};

/* A directory that is being listed. */
struct directory {
	struct ls *ls;
	struct fs *fs;
	const char *path;
};

/* Bytes as KiB, in which GRUB counts disks. */
static int print_kib(const struct ls *ls, const char *what, uint64_t bytes)
{
	return command_printf(ls->eval, ls->err, " - %s %" PRIu64 "%sKiB", what,
		bytes / 1024, bytes % 1024 ? ".5" : "");
}

static int print_file_system(const struct ls *ls, struct device *dev)
{
	struct error ignored;
	const struct fs *fs =
		device_fs(ls->eval->guest->devices, dev, &ignored);
	const char *mark = " - ";

	if (!fs)
		return command_puts(
			ls->eval, "No known filesystem detected", ls->err);
	if (command_printf(ls->eval, ls->err, "Filesystem type %s", fs->type) <
		0)
		return -1;
	if (fs->label[0]) {
		if (command_printf(ls->eval, ls->err, "%sLabel `%s'", mark,
			    fs->label) < 0)
			return -1;
		mark = ", ";
	}
	if (fs->uuid[0] == '\0')
		return 0;
	return command_printf(ls->eval, ls->err, "%sUUID %s", mark, fs->uuid);
}

static int print_place(const struct ls *ls, const struct device *dev)
{
	if (dev->part)
		return print_kib(ls, "Partition start at", dev->part->start);
	return command_printf(ls->eval, ls->err, " - Sector size %" PRIu32 "B",
		dev->disk->sector_size);
}

/* A line about a device. */
static int print_device(const struct ls *ls, struct device *dev)
{
	if (eval_spend(ls->eval, EVAL_STEPS_PER_LOOKUP, 0, ls->err) < 0 ||
		command_printf(ls->eval, ls->err, "%s %s: ",
			dev->part ? "\tPartition" : "Device", dev->grub) < 0 ||
		print_file_system(ls, dev) < 0 || print_place(ls, dev) < 0 ||
		print_kib(ls, "Total size", dev->vol.size) < 0)
		return -1;
	return command_puts(ls->eval, "\n", ls->err);
}

static int list_device(const struct ls *ls, struct device *dev)
{
	if (ls->full)
		return print_device(ls, dev);
	return command_printf(ls->eval, ls->err, "(%s) ", dev->grub);
}

static int list_devices(const struct ls *ls)
{
	struct devices *devices = ls->eval->guest->devices;
	const struct loop_link *loop;
	struct device *dev;
	size_t i;

	for (loop = devices->loops; loop; loop = loop->older)
		if (list_device(ls, loop->dev) < 0)
			return -1;
	for (i = 0; (dev = devices_get(devices, i)) != NULL; i++)
		if (list_device(ls, dev) < 0)
			return -1;
	return command_puts(ls->eval, "\n", ls->err);
}

static int print_human_size(const struct ls *ls, uint64_t bytes)
{
	static const char *const units[] = { "", "K", "M", "G", "T", "P", "E" };
	size_t unit = 0;
	char text[32];

	if (bytes < 1024)
		return command_printf(
			ls->eval, ls->err, "%-12" PRIu64 " ", bytes);
	if (bytes > UINT64_MAX / 100) { /* hundredths would not fit */
		bytes /= 1024;
		unit++;
	}
	for (bytes *= 100; bytes >= 102400; unit++)
		bytes = (bytes + 512) / 1024;
	snprintf(text, sizeof(text), "%" PRIu64 ".%02" PRIu64 "%s", bytes / 100,
		bytes % 100, units[unit]);
	return command_printf(ls->eval, ls->err, "%-12s ", text);
}

static int print_time(const struct ls *ls, int64_t mtime)
{
	const time_t seconds = (time_t)mtime;
	char text[64] = "";
	struct tm tm;

	if (mtime != 0 && gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text),
			ls->human ? "%Y-%m-%d %H:%M:%S %A" : "%Y%m%d%H%M%S",
			&tm);
	return command_printf(
		ls->eval, ls->err, "%-*s ", ls->human ? 31 : 14, text);
}

/* Size or DIR, and time, in front of a name. */
static int print_details(const struct ls *ls, const struct fs_node *node)
{
	int r;

	if (node->type == FS_DIR)
		r = command_printf(ls->eval, ls->err, "%-12s ", "DIR");
	else if (ls->human)
		r = print_human_size(ls, node->size);
	else
		r = command_printf(
			ls->eval, ls->err, "%-12" PRIu64 " ", node->size);
	return r < 0 ? -1 : print_time(ls, node->mtime);
}

static int print_name(
	const struct ls *ls, const char *name, const struct fs_node *node)
{
	if (ls->full && print_details(ls, node) < 0)
		return -1;
	return command_printf(ls->eval, ls->err, "%s%s%s", name,
		node->type == FS_DIR ? "/" : "", ls->full ? "\n" : " ");
}

/* With -l a link shows the size and time of what it leads to. */
static void follow(
	const struct directory *dir, const char *name, struct fs_node *node)
{
	char path[JOINED_MAX];
	struct fs_node target;
	struct error ignored;
	int len = snprintf(path, sizeof(path), "%s/%s", dir->path, name);

	if (len > 0 && len < FS_PATH_MAX &&
		fs_find(dir->fs, path, &target, &ignored) == 0)
		*node = target;
}

static int list_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	const struct directory *dir = ctx;
	struct ls *ls = dir->ls;
	const bool link = ls->full && node->type == FS_SYMLINK;
	struct fs_node shown = *node;

	(void)err;
	if (name[0] == '.' && !ls->all)
		return 0;
	if (link)
		follow(dir, name, &shown);
	if (eval_spend(ls->eval, link ? EVAL_STEPS_PER_LOOKUP : 1, 0,
		    ls->err) == 0 &&
		print_name(ls, name, &shown) == 0)
		return 0;
	ls->over = true;
	return -1;
}

/* 0, or -1: over, or eval->why says why it cannot be listed. */
static int list_directory(
	struct ls *ls, struct fs *fs, const char *path, struct fs_node *node)
{
	struct directory dir = { ls, fs, path };

	if (ls->all &&
		(print_name(ls, ".", node) < 0 ||
			print_name(ls, "..", node) < 0)) {
		ls->over = true;
		return -1;
	}
	return fs_readdir(fs, node, list_name, &dir, &ls->eval->why);
}

/* Behind the device's name, if there is one. */
static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A file or directory: a status, or -1. */
static int list_path(struct ls *ls, const char *name)
{
	struct eval *eval = ls->eval;
	struct fs_node node;
	struct fs *fs;
	int found = path_find(eval, name, &fs, &node, ls->err);

	if (found < 0)
		return -1;
	if (found == 0)
		return eval_failed(eval, ls->args, STATUS_OK);
	error_clear(&eval->why);
	if (node.type != FS_DIR)
		ls->over = print_name(ls, last_part(name), &node) < 0;
	else if (list_directory(ls, fs, path_skip_device(name), &node) < 0 &&
		!ls->over)
		eval_failed(eval, ls->args, STATUS_OK);
	return ls->over ? -1 : command_puts(eval, "\n", ls->err);
}

static int list_argument(struct ls *ls, const char *name)
{
	const char *path = path_skip_device(name);
	struct device *dev;

	if (path == name || path[0] != '\0')
		return list_path(ls, name);
	dev = path_device(ls->eval, text_of(name));
	if (!dev)
		return eval_failed(ls->eval, ls->args, STATUS_OK);
	return print_device(ls, dev);
}

int cmd_ls(struct eval *eval, const struct args *args, struct error *err)
{
	struct ls ls = { .eval = eval, .args = args, .err = err };
	bool *const flags[] = {
		[LS_LONG] = &ls.full,
		[LS_HUMAN] = &ls.human,
		[LS_ALL] = &ls.all,
	};
	struct args names = { 0 };
	struct options options;
	const char *value;
	size_t i;
	int option;

	if (!command_heard(eval))
		return STATUS_OK;
	options_start(&options, args, ls_options, false);
	while ((option = options_next(&options, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option >= 0)
			*flags[option] = true;
		else if (args_add(eval, &names, value, err) < 0)
			return -1;
	}
	for (i = 0; i < names.count; i++)
		if (list_argument(&ls, names.list[i]) < 0)
			return -1;
	return names.count > 0 ? STATUS_OK : list_devices(&ls);
}
