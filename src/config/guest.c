/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/guest.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void guest_note(
	struct guest *guest, enum note_level level, const char *fmt, ...)
{
	char text[ERROR_TEXT_SIZE];
	struct error ignored;
	struct note *note;
	va_list ap;

	if (guest->note_count++ >= GUEST_NOTES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	note = &guest->notes[guest->note_count - 1];
	note->level = level;
	note->text = arena_strdup(guest->arena, text, &ignored);
	if (!note->text)
		note->text = "(no memory for this note)";
}

void guest_stage(struct guest *guest, const char *fmt, ...)
{
	va_list ap;

	if (!guest->stage)
		return;
	va_start(ap, fmt);
	text_vprint(guest->stage, GUEST_STAGE_SIZE, fmt, ap);
	va_end(ap);
}

static int check_config_size(
	const struct guest *guest, uint64_t size, struct error *err)
{
	if (size > CONFIG_FILE_MAX)
		return error_set(err, ERR_LIMIT,
			"%" PRIu64 " bytes are more than the limit of %u "
			"for a configuration",
			size, CONFIG_FILE_MAX);
	if (size > CONFIG_TOTAL_MAX - guest->bytes_read)
		return error_set(err, ERR_LIMIT,
			"all configuration files together are more than "
			"the limit of %u bytes",
			CONFIG_TOTAL_MAX);
	return 0;
}

int guest_read_part(struct guest *guest, struct fs *fs,
	const struct fs_node *node, uint64_t off, uint64_t len,
	struct text *part, struct error *err)
{
	size_t got;
	char *buf;

	if (check_config_size(guest, len, err) < 0)
		return -1;
	buf = arena_alloc(guest->arena, (size_t)len + 1, err);
	if (!buf || fs_read(fs, node, off, buf, (size_t)len, &got, err) < 0)
		return -1;
	guest->bytes_read += got;
	*part = (struct text){ buf, got };
	return 0;
}

/* What "subvol=" is for in a text: rootflags of an entry, options of a mount */
static int note_subvolumes(
	struct guest *guest, struct text text, struct error *err)
{
	static const char key[] = "subvol=";
	const size_t len = sizeof(key) - 1;
	const char *found;
	struct text name;

	while ((found = memmem(text.at, text.len, key, len)) != NULL) {
		text = text_skip(text, (size_t)(found - text.at) + len);
		name = (struct text){ text.at, 0 };
		while (name.len < text.len &&
			!strchr(" \t\r\n,;\"'", text.at[name.len]))
			name.len++;
		if (name.len > 0 && name.len < FS_PATH_MAX &&
			devices_add_start(guest->devices, name, err) < 0)
			return -1;
		text = text_skip(text, name.len);
	}
	return 0;
}

int guest_read_config(struct guest *guest, struct device *dev, const char *path,
	struct text *file, struct error *err)
{
	struct fs *fs = device_fs(guest->devices, dev, err);
	struct fs_node node;

	if (!fs)
		return -1;
	guest_stage(guest, "%s: %s: %s: %s", dev->disk->name, dev->name,
		fs->type, path);
	if (fs_find(fs, path, &node, err) < 0)
		return error_in(err, "%s", fs->type);
	if (node.type != FS_FILE)
		error_set(err, ERR_NOT_FOUND, "is not a regular file");
	else if (guest_read_part(guest, fs, &node, 0, node.size, file, err) ==
			0 &&
		note_subvolumes(guest, *file, err) == 0)
		return 0;
	return error_in(err, "%s: %s", fs->type, path);
}

int guest_check_file(
	struct guest *guest, const struct boot_file *file, struct error *err)
{
	struct fs_node node;
	uint64_t length;
	struct fs *fs;

	if (guest->assume_files)
		return 0;
	return boot_file_find(guest->devices, file, &fs, &node, &length, err) <
			0
		? -1
		: 0;
}

int guest_may_read(const struct guest *guest, const char *id, struct error *err)
{
	const char *const *barred = guest->barred;

	for (; barred && *barred; barred++)
		if (strcmp(*barred, id) == 0)
			return error_set(err, ERR_UNSUPPORTED,
				"this host does not allow what %s reads "
				"(--loaders)",
				id);
	return 0;
}

bool guest_look_for_files(struct guest *guest, struct device *dev)
{
	bool before = guest->assume_files;
	struct error ignored;

	if (device_fs(guest->devices, dev, &ignored))
		guest->assume_files = false;
	return before;
}

struct entry *menu_add(
	struct menu *menu, struct arena *arena, struct error *err)
{
	struct entry *entries;

	if (menu->count >= MENU_ENTRIES_MAX) {
		error_set(err, ERR_LIMIT, "more than %d menu entries",
			MENU_ENTRIES_MAX);
		return NULL;
	}
	entries = arena_grow(arena, menu->entries, menu->count, &menu->capacity,
		sizeof(*entries), err);
	if (!entries)
		return NULL;
	menu->entries = entries;
	entries[menu->count] = (struct entry){ 0 };
	return &entries[menu->count++];
}
