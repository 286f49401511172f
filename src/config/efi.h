/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * efi.h - the folders in which installers put files for UEFI firmware
 *
 * Their names may be written in any case: FAT does not care, and images of
 * installation media keep the same tree on file systems that do.
 */
#ifndef CONFIG_EFI_H
#define CONFIG_EFI_H

#include "src/config/guest.h"

#define EFI_PATHS_MAX 32 /* more vendors than that share no disk */

/*
 * The paths of that type which a pattern means, as in "/EFI/<name>/grub.cfg"
 * with a "*" for the name, which stands for any one name.  Sorted, in the
 * arena; *count of them.  A folder that cannot be read holds none.
 */
int efi_paths(struct guest *guest, struct device *dev, const char *pattern,
	enum fs_type type, const char *paths[EFI_PATHS_MAX], size_t *count,
	struct error *err);

#endif
