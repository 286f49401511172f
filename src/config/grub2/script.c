/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/script.h"

#include "src/config/grub2/start.h"

/* The first device with a file system, in the order in which guests boot. */
static struct device *find_root(const struct guest *guest)
{
	struct devices *devices = guest->devices;
	struct error ignored;
	struct device *dev;
	size_t i;

	for (i = 0; (dev = devices_to_try(devices, i)) != NULL; i++)
		if (device_fs(devices, dev, &ignored))
			return dev;
	return NULL;
}

static void note_outcome(struct eval *eval, const char *name)
{
	const struct menu *menu = eval->came_up ? eval->came_up : eval->menu;

	if (!eval->boot_now && menu->count > 0)
		guest_note(eval->guest, NOTE_DETAIL,
			"%s: a menu with %zu entr%s", name, menu->count,
			menu->count == 1 ? "y" : "ies");
}

int grub2_script(struct guest *guest, const char *name, struct text text,
	struct error *err)
{
	struct device *root = find_root(guest);
	struct config config = {
		.format = &grub2_format,
		.guest = guest,
		.dev = root,
		.path = name,
	};
	const struct script script = { root, name, true };
	struct eval *eval = grub2_open_bare(&config, err);

	if (!eval)
		return -1;
	if (eval_script(eval, &script, NULL, text, err) < 0) {
		eval_error_in(eval, err);
		return error_in(err, "%s", name);
	}
	note_outcome(eval, name);
	return 0;
}
