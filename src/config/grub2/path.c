/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/path.h"

#include <string.h>

#include "src/fs/blocks.h"

struct device *path_device(struct eval *eval, struct text name)
{
	char copy[DEVICE_NAME_SIZE];
	struct device *dev = NULL;

	if (name.len >= 2 && name.at[0] == '(' && name.at[name.len - 1] == ')')
		name = (struct text){ name.at + 1, name.len - 2 };
	if (name.len < sizeof(copy)) {
		memcpy(copy, name.at, name.len);
		copy[name.len] = '\0';
		dev = devices_by_grub_name(eval->guest->devices, copy);
	}
	if (!dev)
		error_set(&eval->why, ERR_NOT_FOUND, "no device (%.*s)",
			name.len > 64 ? 64 : (int)name.len, name.at);
	return dev;
}

/*
 * $root.  It may name what only the guest's firmware knew: a logical volume, a
 * second disk that is not given to us.  Then we try where the configuration
 * was found.  But a partition that is missing from a disk we have is missing
 * for GRUB too, and so is a file that loopback did not find.
 */
static struct device *root_device(struct eval *eval)
{
	struct text name = text_of(env_value(eval->env, "root"));
	struct text disk = name;
	const char *comma = memchr(name.at, ',', name.len);
	struct device *dev = NULL;

	if (name.len > 0)
		dev = path_device(eval, name);
	if (dev)
		return dev;
	if (text_starts_with(name, "loop")) /* the usual name */
		return NULL;
	if (comma)
		disk.len = (size_t)(comma - name.at);
	if (disk.len > 0 && path_device(eval, disk)) {
		path_device(eval, name); /* for the message */
		return NULL;
	}
	/* a bare script on no disk at all */
	if (!eval->config->dev && name.len == 0)
		error_set(
			&eval->why, ERR_NOT_FOUND, "no device, $root is \"\"");
	return eval->config->dev;
}

const char *path_skip_device(const char *name)
{
	const char *close = name[0] == '(' ? strchr(name, ')') : NULL;

	return close ? close + 1 : name;
}

/* A name that is no path is a list of blocks, as in "(hd0)0+1". */
static int resolve_blocks(struct eval *eval, struct device *dev,
	const char *list, struct boot_file *file)
{
	file->dev = blocks_open(
		eval->guest->devices, dev, list, &file->path, &eval->why);
	return file->dev ? 0 : error_in(&eval->why, "%s", list);
}

int path_resolve(struct eval *eval, const char *name, struct boot_file *file)
{
	const char *path = path_skip_device(name);
	struct device *dev;

	if (path > name)
		dev = path_device(
			eval, (struct text){ name, (size_t)(path - name) });
	else
		dev = root_device(eval);
	if (!dev)
		return -1;
	*file = whole_file(dev, path);
	return path[0] == '/' ? 0 : resolve_blocks(eval, dev, path, file);
}

typedef int find_function(struct fs *fs, const char *path, struct fs_node *node,
	struct error *err);

static int find(struct eval *eval, const char *name, find_function *find_node,
	struct fs **fs, struct fs_node *node, struct error *err)
{
	struct boot_file file;

	if (eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	if (path_resolve(eval, name, &file) < 0)
		return 0;
	*fs = device_fs(eval->guest->devices, file.dev, &eval->why);
	if (!*fs)
		return 0;
	if (find_node(*fs, file.path, node, &eval->why) < 0) {
		error_in(&eval->why, "%s", (*fs)->type);
		return 0;
	}
	return 1;
}

int path_find(struct eval *eval, const char *name, struct fs **fs,
	struct fs_node *node, struct error *err)
{
	if (path_skip_device(name)[0] == '/')
		return find(eval, name, fs_find, fs, node, err);
	error_set(&eval->why, ERR_NOT_FOUND, "%s: a path begins with \"/\"",
		name);
	return eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err);
}

int path_open(struct eval *eval, const char *name, struct fs **fs,
	struct fs_node *node, struct error *err)
{
	return find(eval, name, fs_find, fs, node, err);
}

int path_find_link(struct eval *eval, const char *name, struct fs **fs,
	struct fs_node *node, struct error *err)
{
	size_t device = (size_t)(path_skip_device(name) - name);
	size_t len = strlen(name);
	char *absolute;

	if (name[device] == '/')
		return find(eval, name, fs_find_link, fs, node, err);
	absolute = scratch_alloc(&eval->scratch, len + 2, err);
	if (!absolute)
		return -1;
	memcpy(absolute, name, device);
	absolute[device] = '/';
	memcpy(absolute + device + 1, name + device, len - device + 1);
	return find(eval, absolute, fs_find_link, fs, node, err);
}
