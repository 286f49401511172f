/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/config/config.h"

/*
 * A boot loader made to be started as a PV kernel, at the place where Xen's
 * x86-xenpv-bootloader document wants it: GRUB, which then reads the guest's
 * configuration by itself.
 */

/* Is it an ELF file, or a compressed one, which the toolstack unpacks? */
static bool is_kernel(const unsigned char head[4])
{
	return memcmp(head, "\177ELF", 4) == 0 ||
		memcmp(head, "\x1f\x8b", 2) == 0;
}

static int check_image(struct config *config, struct error *err)
{
	struct fs *fs = device_fs(config->guest->devices, config->dev, err);
	unsigned char head[4] = { 0 };
	struct fs_node node;
	size_t got;

	if (!fs || fs_find(fs, config->path, &node, err) < 0 ||
		fs_read(fs, &node, 0, head, sizeof(head), &got, err) < 0)
		return -1;
	if (!is_kernel(head))
		return error_set(err, ERR_NOT_FOUND, "is no ELF file");
	return 0;
}

static int load(struct config *config, struct text file, struct error *err)
{
	struct arena *arena = config->guest->arena;
	struct menu *menu = arena_alloc(arena, sizeof(*menu), err);
	struct entry *entry;

	(void)file;
	if (!menu || check_image(config, err) < 0)
		return -1;
	entry = menu_add(menu, arena, err);
	if (!entry)
		return -1;
	entry->title = "The guest's own boot loader";
	entry->id = "pvboot";
	menu->timeout = 0;
	config->menu = menu;
	return 0;
}

static int run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	const struct boot_file kernel = whole_file(config->dev, config->path);

	(void)menu, (void)index;
	*outcome = (struct outcome){ 0 };
	if (guest_check_file(config->guest, &kernel, err) < 0)
		return -1;
	outcome->boot.kernel = kernel;
	outcome->boot.ramdisk_align = 4;
	outcome->boot.args = "";
	guest_note(config->guest, NOTE_DETAIL,
		"%s is a boot loader: what it boots, it chooses itself",
		config->path);
	return 0;
}

const struct config_format pvboot_format = {
	.name = "pvboot",
	.id = "pvboot",
	.load = load,
	.run = run,
};
