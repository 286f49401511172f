/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/config.h"

#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct place {
	const char *path;
	const struct config_format *format;
};

/*
 * The first 13 are pygrub's, in its order: what it finds, we find first.
 * Behind them is where else installers of today put them.
 */
static const struct place places[] = {
	{ "/boot/grub/grub.cfg", &grub2_format },
	{ "/grub/grub.cfg", &grub2_format },
	{ "/boot/grub2/grub.cfg", &grub2_format },
	{ "/grub2/grub.cfg", &grub2_format },
	{ "/boot/isolinux/isolinux.cfg", &extlinux_format },
	{ "/boot/extlinux/extlinux.conf", &extlinux_format },
	{ "/boot/extlinux.conf", &extlinux_format },
	{ "/extlinux/extlinux.conf", &extlinux_format },
	{ "/extlinux.conf", &extlinux_format },
	{ "/boot/grub/menu.lst", &grub_legacy_format },
	{ "/boot/grub/grub.conf", &grub_legacy_format },
	{ "/grub/menu.lst", &grub_legacy_format },
	{ "/grub/grub.conf", &grub_legacy_format },

	{ "/boot/syslinux/extlinux.conf", &extlinux_format },
	{ "/boot/syslinux/syslinux.cfg", &extlinux_format },
	{ "/syslinux/extlinux.conf", &extlinux_format },
	{ "/syslinux/syslinux.cfg", &extlinux_format },
	{ "/syslinux.cfg", &extlinux_format },
	{ "/isolinux/isolinux.cfg", &extlinux_format },
	{ "/isolinux.cfg", &extlinux_format },
	{ "/EFI/debian/grub.cfg", &grub2_format },
	{ "/EFI/ubuntu/grub.cfg", &grub2_format },
	{ "/EFI/fedora/grub.cfg", &grub2_format },
	{ "/EFI/centos/grub.cfg", &grub2_format },
	{ "/EFI/redhat/grub.cfg", &grub2_format },
	{ "/EFI/opensuse/grub.cfg", &grub2_format },
	{ "/EFI/BOOT/grub.cfg", &grub2_format },
};

int config_load_next(struct guest *guest, struct device *dev, size_t *place,
	struct config *config, struct error *err)
{
	const struct place *at;
	struct text file;

	while (*place < LENGTH(places)) {
		at = &places[(*place)++];
		if (guest_read_config(guest, dev, at->path, &file, err) < 0) {
			if (err->code == ERR_NOT_FOUND)
				continue;
			return -1;
		}
		*config = (struct config){
			.format = at->format,
			.guest = guest,
			.dev = dev,
			.path = at->path,
		};
		if (at->format->load(config, file, err) == 0)
			return 1;
		error_in(err, "%s", at->path);
		return error_in(err, "%s", dev->fs.type);
	}
	return 0;
}

/* Words that begin a line in one format only; the first found decides. */
static const struct {
	const char *word;
	const struct config_format *format;
} telltales[] = {
	{ "menuentry", &grub2_format },
	{ "submenu", &grub2_format },
	{ "set", &grub2_format },
	{ "linux", &grub2_format },
	{ "title", &grub_legacy_format },
	{ "label", &extlinux_format },
};

static const struct config_format *recognise(struct text file)
{
	struct text line, word;
	size_t i;

	while (text_next_line(&file, &line)) {
		if (!text_next_word(&line, &word))
			continue;
		for (i = 0; i < LENGTH(telltales); i++)
			if (text_is_nocase(word, telltales[i].word))
				return telltales[i].format;
	}
	return &grub2_format;
}

int config_load_text(struct guest *guest, struct device *dev, const char *path,
	struct text file, struct config *config, struct error *err)
{
	*config = (struct config){
		.format = recognise(file),
		.guest = guest,
		.dev = dev,
		.path = path,
	};
	return config->format->load(config, file, err);
}
