/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/fstab.h"
#include "src/config/lilo.h"

/* Numbers of Linux's devices, which are the same on every machine. */
static const unsigned char ide_majors[] = { 3, 22, 33, 34, 56, 57, 88, 89, 90,
	91 };
static const unsigned char scsi_majors[] = { 8, 65, 66, 67, 68, 69, 70, 71, 128,
	129, 130, 131, 132, 133, 134, 135 };
#define XVD_MAJOR 202
#define MD_MAJOR 9
#define RAM_MAJOR 1

/* What is left of a device's name while it is taken apart. */
static bool take(const char **name, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(*name, prefix, len) != 0)
		return false;
	*name += len;
	return true;
}

/* a is 0, z is 25, aa is 26: at most two letters are ever used. */
static bool take_letters(const char **name, unsigned int *index)
{
	unsigned int value = 0, count;

	for (count = 0; **name >= 'a' && **name <= 'z'; count++, (*name)++) {
		if (count == 2)
			return false;
		value = value * 26 + (unsigned int)(**name - 'a') + 1;
	}
	*index = value - 1;
	return count > 0;
}

/* The number that the name ends with, at most max; none is 0. */
static bool take_last_number(
	const char *name, unsigned int max, unsigned int *number)
{
	unsigned int value = 0;

	for (; isdigit((unsigned char)*name); name++) {
		value = value * 10 + (unsigned int)(*name - '0');
		if (value > max)
			return false;
	}
	*number = value;
	return *name == '\0';
}

/* The device's number as the kernel and LILO write it: major and minor. */
static bool device_number(const char *name, unsigned int *number)
{
	unsigned int disk, part;

	if (!take(&name, "/dev/"))
		return false;
	if (take(&name, "hd") && take_letters(&name, &disk) &&
		disk / 2 < LENGTH(ide_majors) &&
		take_last_number(name, 63, &part)) {
		*number = (unsigned int)ide_majors[disk / 2] << 8 |
			disk % 2 * 64 | part;
		return true;
	}
	if (take(&name, "sd") && take_letters(&name, &disk) &&
		disk / 16 < LENGTH(scsi_majors) &&
		take_last_number(name, 15, &part)) {
		*number = (unsigned int)scsi_majors[disk / 16] << 8 |
			disk % 16 * 16 | part;
		return true;
	}
	if (take(&name, "xvd") && take_letters(&name, &disk) && disk < 16 &&
		take_last_number(name, 15, &part)) {
		*number = XVD_MAJOR << 8 | disk * 16 | part;
		return true;
	}
	*number = MD_MAJOR << 8;
	if (!take(&name, "md")) {
		*number = RAM_MAJOR << 8;
		if (!take(&name, "ram"))
			return false;
	}
	if (!isdigit((unsigned char)*name) ||
		!take_last_number(name, 255, &part))
		return false;
	*number |= part;
	return true;
}

/* "current" is what the guest had as "/" when lilo was run. */
static const char *current_root(
	const struct lilo *lilo, struct guest *guest, struct error *err)
{
	struct fstab_line line;

	if (!fstab_find(lilo->mounts.fstab, "/", &line)) {
		guest_note(guest, NOTE_WARNING,
			"root=current: /etc/fstab does not say which device "
			"that is");
		return "";
	}
	guest_note(guest, NOTE_DETAIL, "root=current: %.*s of /etc/fstab",
		line.spec.len < 64 ? (int)line.spec.len : 64, line.spec.at);
	return arena_strndup(guest->arena, line.spec.at, line.spec.len, err);
}

/* LABEL= and UUID= are left to what is in the ramdisk. */
static bool is_tag(const char *root)
{
	return strncmp(root, "LABEL=", 6) == 0 ||
		strncmp(root, "UUID=", 5) == 0;
}

const char *lilo_root(const struct lilo *lilo, struct guest *guest,
	const char *root, struct error *err)
{
	unsigned int number;
	const char *rest;
	int written;

	if (strcasecmp(root, "current") == 0) {
		root = current_root(lilo, guest, err);
		if (!root || root[0] == '\0')
			return root;
	}
	if (is_tag(root))
		return arena_printf(guest->arena, err, "root=%s", root);
	if (device_number(root, &number))
		return arena_printf(guest->arena, err, "root=%x", number);
	if (lilo_number(root, &written, &rest) && *rest == '\0')
		return arena_printf(
			guest->arena, err, "root=%x", (unsigned int)written);
	/* the kernel or its ramdisk may know what LILO would have looked up */
	guest_note(guest, NOTE_DETAIL,
		"root=%.64s: LILO gives its number, which only the guest knows",
		root);
	return arena_printf(guest->arena, err, "root=%s", root);
}
