/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mounts.h - files by the path that they have while the guest runs
 *
 * A loader that is installed from the running guest names files as the guest
 * sees them: /boot/vmlinuz may be /vmlinuz of another partition, and /vmlinuz a
 * link that leads there.  /etc/fstab says where, and where it does not, /boot
 * is looked for on all partitions.
 */
#ifndef CONFIG_MOUNTS_H
#define CONFIG_MOUNTS_H

#include "src/base/text.h"
#include "src/config/entry.h"
#include "src/config/guest.h"

/*
 * Paths looked for beside the root file system: each means all of /etc/fstab
 * and some or all partitions.  A guest needs two for an image, and for each
 * link on the way one more.
 */
#define MOUNTS_HUNTS_MAX 1000

struct mounts {
	struct guest *guest;
	struct device *root; /* what is mounted on "/" */
	struct text fstab;   /* empty: there is none that can be read */
	unsigned int hunts;  /* so far */
};

/* Read the /etc/fstab of root; without one this is no fault. */
void mounts_init(
	struct mounts *mounts, struct guest *guest, struct device *root);

/*
 * The file of more than no bytes that path (absolute) means.  Where it is not
 * on the root file system a note says where it is.  Messages are those of the
 * root file system.  ERR_LIMIT: more than MOUNTS_HUNTS_MAX.
 */
int mounts_find_file(struct mounts *mounts, const char *path,
	struct boot_file *file, struct error *err);

#endif
