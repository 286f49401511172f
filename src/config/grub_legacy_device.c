/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <limits.h>
#include <string.h>

#include "src/config/grub_legacy.h"

bool legacy_number(const char **at, int *number)
{
	const char *digit = *at;
	int base = 10, value = 0, add, digits;

	if (digit[0] == '0' && (digit[1] == 'x' || digit[1] == 'X')) {
		digit += 2;
		base = 16;
	}
	for (digits = 0; isxdigit((unsigned char)*digit); digits++, digit++) {
		add = isdigit((unsigned char)*digit)
			? *digit - '0'
			: tolower((unsigned char)*digit) - 'a' + 10;
		if (add >= base)
			break;
		if (value > (INT_MAX - add) / base)
			return false;
		value = value * base + add;
	}
	if (digits == 0)
		return false;
	*at = digit;
	*number = value;
	return true;
}

/* What is in the parentheses: a disk, and a part of it or -1. */
struct location {
	int disk;
	int part;  /* from 0 */
	int slice; /* 0 for a */
};

/* hd0 | hd0,0 | hd0,a | hd0,0,a */
static bool parse_location(const char **at, struct location *loc)
{
	const char *p = *at + 2;

	*loc = (struct location){ .part = -1, .slice = -1 };
	if (!legacy_number(&p, &loc->disk))
		return false;
	if (*p == ',' && isdigit((unsigned char)p[1])) {
		p++;
		if (!legacy_number(&p, &loc->part))
			return false;
	}
	/* BSD disklabels have 8 slices, and 22 letters serve no one else. */
	if (*p == ',' && p[1] >= 'a' && p[1] <= 'h') {
		loc->slice = p[1] - 'a';
		p += 2;
	}
	*at = p;
	return *p == ')';
}

static struct device *find_location(
	const struct devices *devices, const struct location *loc)
{
	unsigned int disk = (unsigned int)loc->disk;
	unsigned int number = (unsigned int)loc->part + 1; /* none: 0 */

	if (loc->slice >= 0)
		return devices_by_slice(
			devices, disk, number, (unsigned int)loc->slice);
	return devices_by_number(devices, disk, number);
}

/* No message needs more of a device's name than this. */
static int shown(const char *name)
{
	size_t len = strcspn(name, " ");

	return len > 64 ? 64 : (int)len;
}

static struct device *missing_disk(const struct legacy_place *place, int len,
	const char *name, struct error *err)
{
	struct config *config = place->config;

	if (!place->any_disk) {
		error_set(err, ERR_NOT_FOUND, "%.*s: no such disk", len, name);
		return NULL;
	}
	guest_note(config->guest, NOTE_WARNING,
		"%s: no disk for %.*s: taking the one with this file",
		config->path, len, name);
	return config->dev;
}

static struct device *take_device(
	const struct legacy_place *place, const char **at, struct error *err)
{
	const struct devices *devices = place->config->guest->devices;
	const char *name = *at;
	struct location loc;
	struct device *dev;
	int len;

	(*at)++;
	if (strncmp(*at, "hd", 2) != 0 || !parse_location(at, &loc)) {
		error_set(err, ERR_UNSUPPORTED,
			"\"%.*s\" is no disk of this guest", shown(name), name);
		return NULL;
	}
	(*at)++;
	len = (int)(*at - name);
	if ((unsigned int)loc.disk >= devices->disks)
		return missing_disk(place, len, name, err);
	dev = find_location(devices, &loc);
	if (!dev)
		error_set(err, ERR_NOT_FOUND, "%.*s: no such partition", len,
			name);
	return dev;
}

struct device *legacy_device(
	const struct legacy_place *place, const char **at, struct error *err)
{
	if (**at == '(')
		return take_device(place, at, err);
	error_set(err, ERR_SYNTAX, "\"%.*s\" is no device, as (hd0,0) is",
		shown(*at), *at);
	return NULL;
}

int legacy_file(const struct legacy_place *place, const char *text,
	struct boot_file *file, struct error *err)
{
	struct device *dev = place->root;
	const char *path = text;

	if (*path == '(') {
		dev = take_device(place, &path, err);
		if (!dev)
			return -1;
	}
	if (*path != '/')
		return error_set(err, ERR_SYNTAX,
			"\"%.*s\" is no absolute path", shown(text), text);
	path = arena_strndup(
		place->config->guest->arena, path, strcspn(path, " "), err);
	if (!path)
		return -1;
	*file = whole_file(dev, path);
	return 0;
}
