/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/grub2/bls_files.h"

#include <string.h>

#include "src/config/grub2/command.h"
#include "src/config/grub2/path.h"

enum { OPT_PATH, OPT_FALLBACK, OPT_DEFAULT, OPT_OTHERS, OPT_ENTRY };

static const struct option_spec option_specs[] = {
	[OPT_PATH] = { "path", 'p', OPTION_VALUE },
	[OPT_FALLBACK] = { "enable-fallback", 'f', OPTION_FLAG },
	[OPT_DEFAULT] = { "show-default", 'd', OPTION_FLAG },
	[OPT_OTHERS] = { "show-non-default", 'n', OPTION_FLAG },
	[OPT_ENTRY] = { "entry", 'e', OPTION_VALUE },
	{ 0 },
};

int bls_options_read(
	struct eval *eval, const struct args *args, struct bls_options *options)
{
	struct options reader;
	const char *value;
	int option;

	*options = (struct bls_options){ 0 };
	options_start(&reader, args, option_specs, false);
	while ((option = options_next(&reader, &value)) != OPTIONS_END) {
		if (option == OPTIONS_BAD)
			return options_bad(eval, args, value);
		if (option == OPT_PATH)
			options->path = value;
		else if (option == OPT_FALLBACK)
			options->fall_back = true;
		else if (option == OPT_DEFAULT)
			options->show_default = true;
		else if (option == OPT_OTHERS)
			options->show_others = true;
		else if (option == OPT_ENTRY)
			options->entry = value;
	}
	if (!options->show_default && !options->show_others && !options->entry)
		options->show_default = options->show_others = true;
	return STATUS_OK;
}

/* The same entry, or a name of the same rank that sorts before it. */
static int compare_names(
	const struct bls_files *files, const char *a, const char *b)
{
	int order = -files->compare(a, b);

	return order != 0 ? order : strcmp(a, b);
}

static int collect_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct bls_files *files = ctx;
	size_t low = 0, high = files->count, middle, len = strlen(name);
	char *copy;

	(void)node;
	if (eval_spend(files->eval, 0, len, err) < 0)
		return -1;
	if (!files->is_entry(name))
		return 0;
	if (files->count == BLS_ENTRIES_MAX)
		return error_set(err, ERR_LIMIT, "more than %d entries",
			BLS_ENTRIES_MAX);
	copy = scratch_strndup(&files->eval->scratch, name, len, err);
	if (!copy)
		return -1;
	while (low < high) {
		middle = (low + high) / 2;
		if (compare_names(files, copy, files->names[middle]) < 0)
			high = middle;
		else
			low = middle + 1;
	}
	memmove(files->names + low + 1, files->names + low,
		(files->count - low) * sizeof(files->names[0]));
	files->names[low] = copy;
	files->count++;
	return 0;
}

int bls_files_collect(
	struct bls_files *files, const char *name, struct error *err)
{
	struct eval *eval = files->eval;
	struct fs_node node;
	struct fs *fs;
	int found = path_find(eval, name, &fs, &node, err);

	if (found <= 0)
		return found;
	if (path_resolve(eval, name, &files->dir) < 0)
		return 0;
	files->count = 0;
	error_clear(&eval->why);
	if (node.type != FS_DIR)
		error_set(&eval->why, ERR_NOT_FOUND, "is not a directory");
	else if (fs_readdir(fs, &node, collect_name, files, &eval->why) == 0)
		return 1;
	error_in(&eval->why, "%s: %s", fs->type, files->dir.path);
	return eval_go_on(eval, err);
}

int bls_files_find(struct bls_files *files, const struct bls_options *options,
	const char *usual, struct error *err)
{
	const char *first = options->path;
	int found;

	/* what is neither a path nor a device means nothing to GRUB */
	if (!first || (first[0] != '/' && first[0] != '('))
		first = usual;
	found = bls_files_collect(files, first, err);
	if (found >= 0 && files->count == 0 && options->fall_back)
		found = bls_files_collect(files, usual, err);
	if (found > 0 && files->count == 0) {
		error_set(&files->eval->why, ERR_NOT_FOUND,
			"%s: no file is an entry", files->dir.path);
		return 0;
	}
	return found;
}

const char *bls_files_path(
	const struct bls_files *files, size_t index, struct error *err)
{
	struct guest *guest = files->eval->guest;
	const char *dir = files->dir.path, *name = files->names[index];
	size_t last = index;

	error_clear(err);
	while (last > 0 && files->compare(files->names[last - 1], name) == 0)
		last--;
	if (last < index) {
		guest_note(guest, NOTE_WARNING,
			"%s/%s: GRUB takes it for the same as %s", dir, name,
			files->names[last]);
		return NULL;
	}
	return arena_printf(guest->arena, err, "%s%s%s", dir,
		dir[0] && dir[strlen(dir) - 1] == '/' ? "" : "/", name);
}
