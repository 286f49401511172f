/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/config.h"

#include <string.h>
#include <strings.h>

#include "src/base/length.h"
#include "src/config/places.h"

/* Something that is there and may be a configuration. */
struct candidate {
	const char *path;                   /* NULL: there is none */
	const struct config_format *format; /* NULL: to be seen from the text */
	enum place_kind kind;
};

/*
 * The path of that number that a row of the table means, or NULL.  A pattern's
 * are listed when the first is asked for.
 */
static int get_path(struct guest *guest, struct device *dev,
	const struct place *row, struct config_place *place, size_t index,
	const char **path, struct error *err)
{
	enum fs_type type = row->kind == PLACE_DIRECTORY ? FS_DIR : FS_FILE;

	*path = NULL;
	if (!strchr(row->path, '*')) {
		if (index == 0)
			*path = row->path;
		return 0;
	}
	if (index == 0 &&
		efi_paths(guest, dev, row->path, type, place->paths,
			&place->path_count, err) < 0)
		return -1;
	if (index < place->path_count)
		*path = place->paths[index];
	return 0;
}

/* Firmware knows no subvolumes, and looks for what has a "*" in its path. */
static bool is_sought(const struct config_search *search,
	const struct place *row, const struct config_place *place)
{
	return row->stage == place->stage &&
		(place->root == 0 || row->stage != STAGE_EFI) &&
		(!search->loader ||
			strcmp(row->format->id, search->loader) == 0);
}

/* What the table has at or behind *place; it may not be there. */
static int next_in_table(struct guest *guest, struct device *dev,
	const struct config_search *search, struct config_place *place,
	struct candidate *found, struct error *err)
{
	const struct place *row;

	for (; (row = places_row(place->row)) != NULL; place->row++) {
		if (!is_sought(search, row, place))
			continue;
		found->format = row->format;
		found->kind = row->kind;
		if (get_path(guest, dev, row, place, place->index++,
			    &found->path, err) < 0) {
			place->row++;
			place->index = 0;
			return -1;
		}
		if (found->path)
			return 0;
		place->index = 0;
	}
	return 0;
}

/* What a file is that the administrator named, which may be anything. */
static void classify(struct guest *guest, struct device *dev,
	const struct config_search *search, const char *path,
	struct candidate *found)
{
	const char *like = search->path;
	size_t len = strlen(path);
	struct error ignored;
	struct fs_node node;
	struct fs *fs = device_fs(guest->devices, dev, &ignored);

	found->kind = PLACE_FILE;
	if (fs && fs_find(fs, path, &node, &ignored) == 0 &&
		node.type == FS_DIR) {
		found->kind = PLACE_DIRECTORY;
		like = "/loader/entries";
	} else if (len > 4 && strcasecmp(path + len - 4, ".efi") == 0) {
		found->kind = PLACE_IMAGE;
		like = "/EFI/BOOT/BOOTX64.EFI";
	}
	found->format = search->loader ? places_format(search->loader)
				       : places_format_of_path(like);
	found->path = path;
}

/* Which of the file system's roots is being searched; NULL: the top. */
static const char *current_root(
	const struct device *dev, const struct config_place *place)
{
	return place->root > 0 ? dev->fs.roots[place->root - 1] : NULL;
}

/* A path of the guest, as it is from the top. */
static const char *below_root(struct guest *guest, const char *root,
	const char *path, struct error *err)
{
	return root ? arena_printf(guest->arena, err, "%s%s", root, path)
		    : path;
}

static int next_candidate(struct guest *guest, struct device *dev,
	const struct config_search *search, struct config_place *place,
	struct candidate *found, struct error *err)
{
	const char *root = current_root(dev, place), *path;

	found->path = NULL;
	if (search->path) {
		if (place->stage != STAGE_BOOT || place->row++ > 0)
			return 0;
		path = below_root(guest, root, search->path, err);
		if (path)
			classify(guest, dev, search, path, found);
		return path ? 0 : -1;
	}
	if (next_in_table(guest, dev, search, place, found, err) < 0)
		return -1;
	if (!found->path)
		return 0;
	found->path = below_root(guest, root, found->path, err);
	return found->path ? 0 : -1;
}

/* Begin anew at the next root, if there is one that is not the usual. */
static bool next_root(struct device *dev, struct config_place *place)
{
	const char *const *roots;

	roots = dev->state == DEVICE_MOUNTED ? dev->fs.roots : NULL;
	while (roots && roots[place->root])
		if (roots[place->root++] != dev->fs.usual_start) {
			place->row = 0;
			place->index = 0;
			return true;
		}
	return false;
}

/* Is it there?  Its text if that is what counts: 0, or -1. */
static int read_candidate(struct guest *guest, struct device *dev,
	const struct candidate *at, struct text *file, struct error *err)
{
	struct fs *fs;
	struct fs_node node;

	*file = text_of("");
	fs = device_fs(guest->devices, dev, err);
	if (!fs)
		return -1;
	if (fs_lacks(fs, at->path))
		return error_set(err, ERR_NOT_FOUND, "no such file");
	if (at->kind == PLACE_FILE)
		return guest_read_config(guest, dev, at->path, file, err);
	if (fs_find(fs, at->path, &node, err) < 0)
		return -1;
	if (node.type != (at->kind == PLACE_DIRECTORY ? FS_DIR : FS_FILE))
		return error_set(err, ERR_NOT_FOUND, "is of another kind");
	guest_stage(guest, "%s: %s: %s: %s", dev->disk->name, dev->name,
		fs->type, at->path);
	return 0;
}

/*
 * Words that begin a line in one format only; the first found decides.  One
 * that ends with "=" need not have a blank behind it.
 */
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
	{ "image=", &lilo_format },
	{ "menu=", &netbsd_format },
};

static const struct config_format *recognise(struct text file)
{
	struct text line, word;
	const char *equals;
	size_t i;

	while (text_next_line(&file, &line)) {
		if (!text_next_word(&line, &word))
			continue;
		equals = memchr(word.at, '=', word.len);
		if (equals)
			word.len = (size_t)(equals + 1 - word.at);
		for (i = 0; i < LENGTH(telltales); i++)
			if (text_is_nocase(word, telltales[i].word))
				return telltales[i].format;
	}
	return &grub2_format;
}

int config_read(struct config *config, struct text file, struct error *err)
{
	if (guest_may_read(config->guest, config->format->id, err) == 0 &&
		config->format->load(config, file, err) == 0)
		return 0;
	error_in(err, "%s", config->path);
	return error_in(err, "%s", config->dev->fs.type);
}

static int load(struct guest *guest, struct device *dev,
	const struct candidate *at, const char *start, struct text file,
	struct config *config, struct error *err)
{
	*config = (struct config){
		.format = at->format ? at->format : recognise(file),
		.guest = guest,
		.dev = dev,
		.path = at->path,
		.start = start,
	};
	device_start(dev, start);
	/* who reads for himself says what */
	if (at->kind != PLACE_FILE &&
		guest_may_read(guest, config->format->id, err) == 0)
		return config->format->load(config, file, err);
	return config_read(config, file, err);
}

int config_load_next(struct guest *guest, struct device *dev,
	const struct config_search *search, struct config_place *place,
	struct config *config, struct error *err)
{
	struct candidate at;
	struct text file;

	for (;;) {
		device_start(dev, NULL);
		if (next_candidate(guest, dev, search, place, &at, err) < 0)
			return -1;
		if (!at.path && next_root(dev, place))
			continue;
		if (!at.path)
			return 0;
		if (read_candidate(guest, dev, &at, &file, err) < 0) {
			if (err->code != ERR_NOT_FOUND)
				return -1;
			continue;
		}
		if (load(guest, dev, &at, current_root(dev, place), file,
			    config, err) == 0)
			return 1;
		if (at.kind != PLACE_IMAGE || err->code != ERR_NOT_FOUND)
			return -1;
		/* an image of another kind is none of our business */
		if (!search->path)
			continue;
		error_in(err, "%s", at.path);
		return error_in(err, "%s", dev->fs.type);
	}
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
	if (guest_may_read(guest, config->format->id, err) < 0)
		return -1;
	return config->format->load(config, file, err);
}
