/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fstab.h - the lines of a guest's /etc/fstab
 */
#ifndef CONFIG_FSTAB_H
#define CONFIG_FSTAB_H

#include <stdbool.h>

#include "src/base/text.h"

struct fstab_line {
	struct text spec;    /* "/dev/sda1", "UUID=..." */
	struct text dir;     /* "/boot" */
	struct text type;    /* "ext4"; empty if the line ends before it */
	struct text options; /* "ro,noatime"; the same */
};

/* Take the next line that mounts something off *rest. */
bool fstab_next(struct text *rest, struct fstab_line *line);

/* The first line that mounts dir. */
bool fstab_find(struct text file, const char *dir, struct fstab_line *line);

#endif
