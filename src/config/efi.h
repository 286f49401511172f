/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * efi.h - the folders in which installers put GRUB's files for UEFI firmware
 *
 * /EFI/<vendor>/grub.cfg, in whatever case: FAT does not care, and images of
 * installation media keep the same tree on file systems that do.
 */
#ifndef CONFIG_EFI_H
#define CONFIG_EFI_H

#include "src/config/guest.h"

#define EFI_CONFIGS_MAX 32 /* more vendors than that share no disk */

/*
 * The paths of all grub.cfg below /EFI, sorted, in the arena; *count of them.
 * A folder that cannot be read holds none.
 */
int efi_configs(struct guest *guest, struct device *dev,
	const char *paths[EFI_CONFIGS_MAX], size_t *count, struct error *err);

#endif
