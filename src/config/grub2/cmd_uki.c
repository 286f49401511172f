/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd_uki.c - uki, which makes menu entries of unified kernel images
 *
 * Of upstream's GRUB since 2.14, for UEFI machines only.  An entry chainloads
 * its image.  The names of the files count as versions; the title is that of
 * .osrel, and there is no entry without one.  GRUB puts the image's own command
 * line behind the name of the file; the stub takes it from the image anyway, so
 * here it stays there.
 */
#include <string.h>
#include <strings.h>

#include "src/config/file_version.h"
#include "src/config/grub2/bls_files.h"
#include "src/config/grub2/bls_script.h"
#include "src/config/grub2/command.h"
#include "src/config/grub2/menu.h"
#include "src/config/grub2/path.h"
#include "src/config/uki.h"

#define SUFFIX ".efi"
#define USUAL_DIRECTORY "/EFI/Linux"

/* What a partition for EFI's programs is marked with. */
#define ESP_TYPE 0xef
#define ESP_GUID "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"

/* One command while it runs. */
struct list {
	struct eval *eval;
	const struct args *args;
	struct bls_options options;
	struct bls_files files;
};

/* In any case: FAT has its old names in capitals. */
static bool is_image(const char *name)
{
	size_t len = strlen(name), suffix = strlen(SUFFIX);

	return len >= suffix && strcasecmp(name + len - suffix, SUFFIX) == 0;
}

static int compare(const char *a, const char *b)
{
	return file_version_compare(text_of(a), text_of(b));
}

/* $default names a file, or has nothing but the number. */
static bool is_default(const struct list *list, const char *name, size_t index)
{
	const char *spec = env_value(list->eval->env, "default");
	unsigned long number;

	if (strcmp(spec, name) == 0)
		return true;
	return command_number(spec, &number) && number == index &&
		!spec[strspn(spec, "0123456789")];
}

static bool is_wanted(const struct list *list, const char *name, size_t index)
{
	const struct bls_options *options = &list->options;

	if (options->entry && strcmp(options->entry, name) == 0)
		return true;
	return is_default(list, name, index) ? options->show_default
					     : options->show_others;
}

/* A body that starts the image. */
static int write_body(struct list *list, const char *path,
	struct grub2_entry *priv, struct error *err)
{
	struct eval *eval = list->eval;
	const char *body =
		arena_printf(eval->guest->arena, err, "%schainloader (%s)%s\n",
			bls_saves_default(eval) ? "savedefault\n" : "",
			list->files.dir.dev->grub, path);

	if (!body)
		return -1;
	priv->body = text_of(body);
	priv->line = 1;
	return 0;
}

static int add_entry(struct list *list, const char *path, const char *title,
	struct error *err)
{
	struct arena *arena = list->eval->guest->arena;
	struct grub2_entry *priv = arena_alloc(arena, sizeof(*priv), err);
	struct script *script = arena_alloc(arena, sizeof(*script), err);
	const char **words = arena_array(arena, 1, sizeof(*words), err);
	struct entry *entry;

	if (strlen(title) > MENU_TITLE_MAX)
		return error_set(err, ERR_LIMIT,
			"%s: a title of more than %d bytes", path,
			MENU_TITLE_MAX);
	if (!priv || !script || !words || write_body(list, path, priv, err) < 0)
		return -1;
	script->dev = list->files.dir.dev;
	script->path = arena_printf(arena, err, "script of %s", path);
	entry = script->path ? menu_add(list->eval->menu, arena, err) : NULL;
	if (!entry)
		return -1;
	words[0] = title;
	priv->script = script;
	priv->scope = (struct scope){ words, 1 };
	*entry = (struct entry){
		.title = title,
		.id = strrchr(path, '/') + 1,
		.source = priv->body.at,
		.priv = priv,
	};
	return 0;
}

/* One image; GRUB goes on with the others when it cannot be read. */
static int take_file(
	struct list *list, const char *path, size_t index, struct error *err)
{
	struct eval *eval = list->eval;
	const char *name = strrchr(path, '/') + 1;
	struct uki uki;
	int r;

	if (eval_spend(eval, EVAL_STEPS_PER_LOOKUP, 0, err) < 0)
		return -1;
	if (!is_wanted(list, name, index))
		return 0;
	r = uki_open(eval->guest, list->files.dir.dev, path, &uki, &eval->why);
	if (r > 0 && uki.title)
		return add_entry(list, path, uki.title, err);
	if (r >= 0) {
		guest_note(eval->guest, NOTE_DETAIL,
			"%s: no unified kernel image with a title", path);
		return 0;
	}
	if (eval->why.code == ERR_LIMIT) {
		*err = eval->why;
		return -1;
	}
	guest_note(eval->guest, NOTE_WARNING, "%s: the entry is left out",
		eval->why.text);
	return 0;
}

static int take_all(struct list *list, struct error *err)
{
	const char *path;
	size_t i, index = 0;

	for (i = 0; i < list->files.count; i++) {
		path = bls_files_path(&list->files, i, err);
		if (path ? take_file(list, path, index++, err) < 0
			 : err->code != ERR_NONE)
			return -1;
	}
	return STATUS_OK;
}

static bool has_programs(struct eval *eval, struct device *dev)
{
	struct fs *fs = device_fs(eval->guest->devices, dev, &eval->why);
	struct fs_node node;

	return fs && fs_find(fs, "/EFI", &node, &eval->why) == 0 &&
		node.type == FS_DIR;
}

static bool is_marked(const struct device *dev)
{
	return dev->part &&
		(dev->part->scheme == SCHEME_GPT
				? strcmp(dev->part->type_guid, ESP_GUID) == 0
				: dev->part->type == ESP_TYPE);
}

/*
 * Where GRUB itself came from, which the firmware knew: the file system with
 * its configuration if it has programs for EFI, else the first that is marked.
 */
static const struct device *home_of_grub(struct eval *eval)
{
	const struct devices *devices = eval->guest->devices;
	struct device *dev = eval->config->dev;
	size_t i;

	if (has_programs(eval, dev))
		return dev;
	for (i = 0; i < devices->count; i++)
		if (is_marked(devices->list[i]) &&
			has_programs(eval, devices->list[i]))
			return devices->list[i];
	return dev;
}

/* One image that the script names. */
static int take_one(struct list *list, struct error *err)
{
	struct boot_file *file = &list->files.dir;

	if (path_resolve(list->eval, list->options.path, file) < 0)
		return eval_failed(list->eval, list->args, STATUS_NOT_FOUND);
	file->path = arena_strdup(list->eval->guest->arena, file->path, err);
	return file->path ? take_file(list, file->path, 0, err) : -1;
}

int cmd_uki(struct eval *eval, const struct args *args, struct error *err)
{
	struct list list;
	const char *usual;
	int status = bls_options_read(eval, args, &list.options);

	if (status != STATUS_OK)
		return status;
	list.eval = eval;
	list.args = args;
	list.files.eval = eval;
	list.files.is_entry = is_image;
	list.files.compare = compare;
	list.files.count = 0;
	if (list.options.path && is_image(list.options.path))
		return take_one(&list, err);
	usual = arena_printf(eval->guest->arena, err, "(%s)" USUAL_DIRECTORY,
		home_of_grub(eval)->grub);
	status = usual ? bls_files_find(&list.files, &list.options, usual, err)
		       : -1;
	if (status > 0)
		return take_all(&list, err);
	if (status < 0)
		return -1;
	eval_failed(eval, args, STATUS_OK);
	guest_note(eval->guest, NOTE_WARNING, "%s; no entries come of it",
		eval->why.text);
	return STATUS_OK;
}
