/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/config.h"

#include <stdint.h>
#include <string.h>

#include "src/config/efi.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct place {
	const char *path;
	const struct config_format *format;
};

/*
 * The first 13 are pygrub's, in its order: what it finds, we find first.
 * Behind them is where else installers of today put them; and behind these
 * come the folders of an EFI system partition (efi.h).
 */
static const struct place boot_places[] = {
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
};

/* No more places: what *place is then. */
#define PLACES_END SIZE_MAX

/* The place of that number, or NULL path if there are no more. */
static int get_place(struct guest *guest, struct device *dev,
	enum config_places places, size_t number, struct place *place,
	struct error *err)
{
	const char *paths[EFI_CONFIGS_MAX];
	size_t count;

	*place = (struct place){ NULL, &grub2_format };
	if (places == PLACES_BOOT) {
		if (number < LENGTH(boot_places))
			*place = boot_places[number];
		return 0;
	}
	if (efi_configs(guest, dev, paths, &count, err) < 0)
		return -1;
	if (number < count)
		place->path = paths[number];
	return 0;
}

/* The next place where there is a file: 1 read, 0 none left, -1. */
static int read_next(struct guest *guest, struct device *dev,
	enum config_places places, size_t *number, struct place *place,
	struct text *file, struct error *err)
{
	while (*number != PLACES_END) {
		if (get_place(guest, dev, places, *number, place, err) < 0) {
			*number = PLACES_END;
			return -1;
		}
		++*number;
		if (!place->path)
			*number = PLACES_END;
		else if (guest_read_config(
				 guest, dev, place->path, file, err) == 0)
			return 1;
		else if (err->code != ERR_NOT_FOUND)
			return -1;
	}
	return 0;
}

int config_load_next(struct guest *guest, struct device *dev,
	enum config_places places, size_t *place, struct config *config,
	struct error *err)
{
	struct place at;
	struct text file;
	int r = read_next(guest, dev, places, place, &at, &file, err);

	if (r <= 0)
		return r;
	*config = (struct config){
		.format = at.format,
		.guest = guest,
		.dev = dev,
		.path = at.path,
	};
	if (at.format->load(config, file, err) == 0)
		return 1;
	error_in(err, "%s", at.path);
	return error_in(err, "%s", dev->fs.type);
}

int config_open(struct config *config, const struct config_format *format,
	struct guest *guest, struct device *dev, const char *path,
	struct error *err)
{
	struct text file;

	*config = (struct config){
		.format = format,
		.guest = guest,
		.dev = dev,
		.path = path,
	};
	if (guest_read_config(guest, dev, path, &file, err) < 0)
		return -1;
	if (format->load(config, file, err) == 0)
		return 0;
	error_in(err, "%s", path);
	return error_in(err, "%s", dev->fs.type);
}

int config_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	if (menu->owner)
		config = menu->owner;
	return config->format->run(config, menu, index, outcome, err);
}

int config_peek(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	if (menu->owner)
		config = menu->owner;
	if (!config->format->peek)
		return config->format->run(config, menu, index, outcome, err);
	return config->format->peek(config, menu, index, outcome, err);
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
