/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/places.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/base/length.h"

/*
 * Of the boot sector's, the first 13 are pygrub's, in its order: what it finds,
 * we find first.  Behind them is where else installers of today put theirs.
 */
static const struct place places[] = {
	{ STAGE_BOOT, "/boot/grub/grub.cfg", &grub2_format, PLACE_FILE },
	{ STAGE_BOOT, "/grub/grub.cfg", &grub2_format, PLACE_FILE },
	{ STAGE_BOOT, "/boot/grub2/grub.cfg", &grub2_format, PLACE_FILE },
	{ STAGE_BOOT, "/grub2/grub.cfg", &grub2_format, PLACE_FILE },
	{ STAGE_BOOT, "/boot/isolinux/isolinux.cfg", &extlinux_format,
		PLACE_FILE },
	{ STAGE_BOOT, "/boot/extlinux/extlinux.conf", &extlinux_format,
		PLACE_FILE },
	{ STAGE_BOOT, "/boot/extlinux.conf", &extlinux_format, PLACE_FILE },
	{ STAGE_BOOT, "/extlinux/extlinux.conf", &extlinux_format, PLACE_FILE },
	{ STAGE_BOOT, "/extlinux.conf", &extlinux_format, PLACE_FILE },
	{ STAGE_BOOT, "/boot/grub/menu.lst", &grub_legacy_format, PLACE_FILE },
	{ STAGE_BOOT, "/boot/grub/grub.conf", &grub_legacy_format, PLACE_FILE },
	{ STAGE_BOOT, "/grub/menu.lst", &grub_legacy_format, PLACE_FILE },
	{ STAGE_BOOT, "/grub/grub.conf", &grub_legacy_format, PLACE_FILE },

	{ STAGE_BOOT, "/boot/syslinux/extlinux.conf", &extlinux_format,
		PLACE_FILE },
	{ STAGE_BOOT, "/boot/syslinux/syslinux.cfg", &extlinux_format,
		PLACE_FILE },
	{ STAGE_BOOT, "/syslinux/extlinux.conf", &extlinux_format, PLACE_FILE },
	{ STAGE_BOOT, "/syslinux/syslinux.cfg", &extlinux_format, PLACE_FILE },
	{ STAGE_BOOT, "/syslinux.cfg", &extlinux_format, PLACE_FILE },
	{ STAGE_BOOT, "/isolinux/isolinux.cfg", &extlinux_format, PLACE_FILE },
	{ STAGE_BOOT, "/isolinux.cfg", &extlinux_format, PLACE_FILE },
	{ STAGE_BOOT, "/etc/lilo.conf", &lilo_format, PLACE_FILE },
	{ STAGE_BOOT, "/boot.cfg", &netbsd_format, PLACE_FILE },
	{ STAGE_BOOT, "/boot/loader.conf", &freebsd_format, PLACE_FILE },
	{ STAGE_BOOT, "/boot/defaults/loader.conf", &freebsd_format,
		PLACE_FILE },

	/* an image that firmware starts by itself cannot be anything else */
	{ STAGE_EFI, "/EFI/BOOT/BOOTX64.EFI", &uki_format, PLACE_IMAGE },
	{ STAGE_EFI, "/EFI/BOOT/BOOTAA64.EFI", &uki_format, PLACE_IMAGE },
	{ STAGE_EFI, "/loader/loader.conf", &sdboot_format, PLACE_FILE },
	{ STAGE_EFI, "/EFI/*/grub.cfg", &grub2_format, PLACE_FILE },
	{ STAGE_EFI, "/EFI/*/syslinux.cfg", &extlinux_format, PLACE_FILE },
	{ STAGE_EFI, "/EFI/*/elilo-x86_64.conf", &elilo_format, PLACE_FILE },
	{ STAGE_EFI, "/EFI/*/elilo.conf", &elilo_format, PLACE_FILE },
	{ STAGE_EFI, "/elilo.conf", &elilo_format, PLACE_FILE },

	{ STAGE_ENTRIES, "/loader/entries", &sdboot_format, PLACE_DIRECTORY },
	{ STAGE_ENTRIES, "/EFI/Linux", &sdboot_format, PLACE_DIRECTORY },
	{ STAGE_ENTRIES, "/boot/loader/entries", &sdboot_format,
		PLACE_DIRECTORY },

	{ STAGE_CHAIN, "/boot/xen/pvboot-x86_64.elf", &pvboot_format,
		PLACE_IMAGE },
	{ STAGE_CHAIN, "/xen/pvboot-x86_64.elf", &pvboot_format, PLACE_IMAGE },
	{ STAGE_CHAIN, "/boot/xen/pvboot-i386.elf", &pvboot_format,
		PLACE_IMAGE },
	{ STAGE_CHAIN, "/xen/pvboot-i386.elf", &pvboot_format, PLACE_IMAGE },
};

#define PLACES LENGTH(places)

const struct place *places_row(size_t index)
{
	return index < PLACES ? &places[index] : NULL;
}

const struct config_format *places_format(const char *id)
{
	size_t i;

	for (i = 0; i < PLACES; i++)
		if (strcmp(places[i].format->id, id) == 0)
			return places[i].format;
	return NULL;
}

static bool was_named(size_t row)
{
	size_t i;

	for (i = 0; i < row; i++)
		if (places[i].format == places[row].format)
			return true;
	return false;
}

int places_check_loader(const char *id, struct error *err)
{
	char known[ERROR_TEXT_SIZE / 2] = "";
	size_t i, len;

	if (places_format(id))
		return 0;
	for (i = 0; i < PLACES; i++) {
		if (was_named(i))
			continue;
		len = strlen(known);
		snprintf(known + len, sizeof(known) - len, "%s%s",
			len ? ", " : "", places[i].format->id);
	}
	return error_set(err, ERR_NOT_FOUND,
		"no loader is called \"%s\"; known are %s", id, known);
}

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const struct config_format *places_format_of_path(const char *path)
{
	const char *name = last_name(path);
	size_t i;

	for (i = 0; i < PLACES; i++)
		if (strcmp(places[i].path, path) == 0)
			return places[i].format;
	for (i = 0; i < PLACES; i++)
		if (strcasecmp(last_name(places[i].path), name) == 0)
			return places[i].format;
	return NULL;
}
