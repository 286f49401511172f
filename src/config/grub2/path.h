/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * path.h - what a script calls a file or a device, found on our devices
 */
#ifndef CONFIG_GRUB2_PATH_H
#define CONFIG_GRUB2_PATH_H

#include "src/config/grub2/eval.h"

/*
 * "/path", "(device)/path", or a list of blocks, "(device)0+1": which device,
 * which path there (of a list of blocks: see fs/blocks.h).  -1 with eval->why
 * filled: NOT_FOUND for a device that is not there, SYNTAX for what is no name
 * of a file.  The path lives as long as the name.
 */
int path_resolve(struct eval *eval, const char *name, struct boot_file *file)
	__attribute__((warn_unused_result));

/* What is behind the device in a name that begins with one, or all of it. */
const char *path_skip_device(const char *name);

/* The device "(hd0,1)" or "hd0,1"; NULL with eval->why filled. */
struct device *path_device(struct eval *eval, struct text name);

/*
 * Look a file or directory up, which costs some of the budget: 1 and its node
 * and file system, 0 with eval->why filled, or -1 with err filled.
 */
int path_find(struct eval *eval, const char *name, struct fs **fs,
	struct fs_node *node, struct error *err);

/* The same as who reads the file sees it: a list of blocks is one, too. */
int path_open(struct eval *eval, const char *name, struct fs **fs,
	struct fs_node *node, struct error *err);

/*
 * The same as the test command does it: a link that the name ends at is not
 * followed, and without a slash in front the file is in the root directory.
 */
int path_find_link(struct eval *eval, const char *name, struct fs **fs,
	struct fs_node *node, struct error *err);

#endif
