/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/uki_addon.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ADDON_SUFFIX ".addon.efi"
#define COMMON_FOLDER "/loader/addons"
#define OWN_SUFFIX ".extra.d"

/* A folder being read. */
struct folder {
	struct guest *guest;
	const struct uki_image *image; /* whose it is */
	const char *path;
	struct uki_image *found[UKI_ADDONS_MAX];
	size_t count;
	const char *other; /* a file that is for the stub and not for us */
};

static bool ends_with(const char *name, const char *suffix)
{
	size_t len = strlen(name), tail = strlen(suffix);

	return len >= tail && strcasecmp(name + len - tail, suffix) == 0;
}

/* The stub's rule: visible names of ASCII. */
static bool is_plain(const char *name)
{
	if (name[0] == '.')
		return false;
	for (; *name; name++)
		if ((unsigned char)*name >= 0x80)
			return false;
	return true;
}

/* What the stub would make a ramdisk of: credentials and extensions. */
static bool is_for_stub(const char *name)
{
	return ends_with(name, ".cred") || ends_with(name, ".raw");
}

static int keep_addon(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct folder *folder = ctx;
	struct arena *arena = folder->guest->arena;
	struct uki_image *addon;
	const char *path;

	if (node->type != FS_FILE || !is_plain(name) ||
		(!ends_with(name, ADDON_SUFFIX) && !is_for_stub(name)))
		return 0;
	path = arena_printf(arena, err, "%s/%s", folder->path, name);
	if (!path)
		return -1;
	if (is_for_stub(name)) {
		folder->other = path;
		return 0;
	}
	if (folder->count == UKI_ADDONS_MAX)
		return error_set(
			err, ERR_LIMIT, "more than %d addons", UKI_ADDONS_MAX);
	addon = arena_alloc(arena, sizeof(*addon), err);
	if (!addon)
		return -1;
	addon->dev = folder->image->dev;
	addon->fs = folder->image->fs;
	addon->node = *node;
	addon->path = path;
	folder->found[folder->count++] = addon;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct uki_image *const *)a)->path,
		(*(struct uki_image *const *)b)->path);
}

/* The addons of a folder, sorted; one that is not there has none. */
static int read_folder(struct folder *folder, struct error *err)
{
	struct fs *fs = folder->image->fs;
	struct fs_node dir;

	if (fs_find(fs, folder->path, &dir, err) < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	if (dir.type != FS_DIR)
		return 0;
	if (fs_readdir(fs, &dir, keep_addon, folder, err) < 0)
		return error_in(err, "%s", folder->path);
	qsort(folder->found, folder->count, sizeof(folder->found[0]), by_name);
	if (folder->other)
		guest_note(folder->guest, NOTE_WARNING,
			"%s: %s: only a unified image's own stub passes "
			"credentials and extensions to the kernel",
			fs->type, folder->other);
	return 0;
}

/* An addon that says for which kernel it is must be for this one. */
static int is_for_kernel(struct guest *guest, const struct uki_image *image,
	size_t profile, const struct uki_image *addon, struct error *err)
{
	struct text ours, theirs;

	if (!uki_image_find(image, profile, ".uname") ||
		!uki_image_find(addon, 0, ".uname"))
		return 1;
	if (uki_image_text(guest, image, profile, ".uname", UKI_TEXT_MAX, &ours,
		    err) < 0 ||
		uki_image_text(guest, addon, 0, ".uname", UKI_TEXT_MAX, &theirs,
			err) < 0)
		return -1;
	ours = uki_trim(ours);
	theirs = uki_trim(theirs);
	return ours.len == theirs.len &&
		memcmp(ours.at, theirs.at, ours.len) == 0;
}

/*
 * Can the image take this addon?  ERR_CORRUPT and ERR_UNSUPPORTED: not this
 * one, and the stub would go on without it.
 */
static int check_addon(struct guest *guest, const struct uki_image *image,
	size_t profile, struct uki_image *addon, struct error *err)
{
	int r = uki_image_open(guest, addon, err);

	if (r < 0)
		return -1;
	if (r == 0)
		return error_set(err, ERR_UNSUPPORTED, "is no PE image");
	if (addon->pe.machine != image->pe.machine)
		return error_set(err, ERR_UNSUPPORTED,
			"is for machine 0x%x, not 0x%x", addon->pe.machine,
			image->pe.machine);
	if (uki_image_check(addon, err) < 0)
		return -1;
	if (uki_image_find(addon, 0, ".linux"))
		return error_set(err, ERR_UNSUPPORTED,
			"is an image with a kernel, not an addon");
	r = is_for_kernel(guest, image, profile, addon, err);
	if (r == 0)
		return error_set(
			err, ERR_UNSUPPORTED, "is for another kernel (.uname)");
	return r < 0 ? -1 : 0;
}

/* That a folder serves several machines is nothing to worry about. */
static void note_left_out(struct guest *guest, const struct uki_image *image,
	const struct uki_image *addon, const struct error *err)
{
	bool foreign = addon->pe.machine != 0 &&
		addon->pe.machine != image->pe.machine;

	guest_note(guest, foreign ? NOTE_DETAIL : NOTE_WARNING,
		"%s: %s: left out: %s", addon->fs->type, addon->path,
		err->text);
}

/* Add what the image takes of the addons in a folder. */
static int take_folder(struct guest *guest, const struct uki_image *image,
	size_t profile, const char *path, struct uki_addons *addons,
	struct error *err)
{
	struct folder folder = { .guest = guest, .image = image, .path = path };
	struct uki_image *addon;
	size_t i;

	if (read_folder(&folder, err) < 0)
		return -1;
	for (i = 0; i < folder.count; i++) {
		addon = folder.found[i];
		if (check_addon(guest, image, profile, addon, err) == 0)
			addons->list[addons->count++] = addon;
		else if (err->code == ERR_CORRUPT ||
			err->code == ERR_UNSUPPORTED)
			note_left_out(guest, image, addon, err);
		else
			return error_in(err, "%s", addon->path);
	}
	return 0;
}

static const char *skip_digits(const char *at)
{
	while (*at >= '0' && *at <= '9')
		at++;
	return at;
}

/*
 * Where a boot counter ends that begins here, "+LEFT" or "+LEFT-DONE" before a
 * dot or the end; NULL if this is none.
 */
static const char *counter_end(const char *plus)
{
	const char *left = plus + 1, *end = skip_digits(left), *done;

	if (end == left)
		return NULL;
	if (*end == '-') {
		done = end + 1;
		end = skip_digits(done);
		if (end == done)
			return NULL;
	}
	return *end == '\0' || *end == '.' ? end : NULL;
}

/* The image's own folder: a counter changes, and is no part of its name. */
static const char *own_folder(
	struct guest *guest, const char *path, struct error *err)
{
	const char *slash = strrchr(path, '/');
	const char *plus = strchr(slash ? slash : path, '+');
	const char *end = plus ? counter_end(plus) : NULL;

	if (!end)
		plus = end = path + strlen(path);
	return arena_printf(guest->arena, err, "%.*s%s" OWN_SUFFIX,
		(int)(plus - path), path, end);
}

int uki_addons_find(struct guest *guest, const struct uki_image *image,
	size_t profile, struct uki_addons *addons, struct error *err)
{
	const char *own = own_folder(guest, image->path, err);

	addons->count = 0;
	if (!own ||
		take_folder(guest, image, profile, COMMON_FOLDER, addons, err) <
			0 ||
		take_folder(guest, image, profile, own, addons, err) < 0)
		return -1;
	return 0;
}
