/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uki_addon.h - the files that add to a unified image: <name>.addon.efi in
 * /loader/addons, which are for every image, and in the image's own folder
 */
#ifndef CONFIG_UKI_ADDON_H
#define CONFIG_UKI_ADDON_H

#include "src/config/uki_image.h"

struct uki_addons {
	struct uki_image *list[2 * UKI_ADDONS_MAX]; /* as they are applied */
	size_t count;
};

/*
 * The addons that the image takes with that profile: those for its machine,
 * without a kernel, and not made for another one (.uname).  What is left out
 * is noted; an addon that the disk does not give, or that passes a limit, is
 * an error.
 */
int uki_addons_find(struct guest *guest, const struct uki_image *image,
	size_t profile, struct uki_addons *addons, struct error *err);

#endif
