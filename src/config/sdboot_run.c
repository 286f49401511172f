/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sdboot_run.c - what an entry boots
 *
 * systemd-boot starts programs of UEFI; the kernel has become one by its EFI
 * stub.  Here the stub does not run: what it would do with initrd= in the
 * arguments is done for it.
 */
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/length.h"
#include "src/config/sdboot.h"

/* The kernel reads ramdisks behind one another from such a boundary on. */
#define RAMDISK_ALIGN 4

/* An entry that is started, or looked at. */
struct start {
	struct guest *guest;
	const struct sdboot_entry *entry;
	const struct bls_entry *bls;
	struct boot *boot;
	bool tell; /* the administrator, of what only matters if it boots */
};

const char *sdboot_path(
	struct arena *arena, const char *path, struct error *err)
{
	char *copy = arena_printf(arena, err, "/%s", path), *to = copy;
	const char *from;

	for (from = copy; from && *from; from++) {
		*to = *from == '\\' ? '/' : *from;
		if (to == copy || *to != '/' || to[-1] != '/')
			to++;
	}
	if (to)
		*to = '\0';
	return copy;
}

static int check_ramdisk_count(const struct boot *boot, struct error *err)
{
	if (boot->ramdisk_count < BOOT_RAMDISKS_MAX)
		return 0;
	return error_set(
		err, ERR_LIMIT, "more than %d ramdisks", BOOT_RAMDISKS_MAX);
}

/* A file of no bytes is not refused, but not there either. */
static int add_ramdisk(struct start *start, const char *name, struct error *err)
{
	struct device *dev = start->entry->dev;
	const char *path = sdboot_path(start->guest->arena, name, err);
	struct boot_file file = whole_file(dev, path);
	struct fs_node node;

	if (!path || check_ramdisk_count(start->boot, err) < 0)
		return -1;
	if (!start->guest->assume_files &&
		fs_find(&dev->fs, path, &node, err) == 0 &&
		node.type == FS_FILE && node.size == 0) {
		if (start->tell)
			guest_note(start->guest, NOTE_DETAIL,
				"%s is empty: no ramdisk", path);
		return 0;
	}
	if (guest_check_file(start->guest, &file, err) < 0)
		return -1;
	start->boot->ramdisks[start->boot->ramdisk_count++] = file;
	return 0;
}

static int add_initrds(struct start *start, struct error *err)
{
	const struct bls_entry *bls = start->bls;
	size_t i;

	for (i = 0; i < bls->initrd_count; i++)
		if (add_ramdisk(start, bls->initrds[i], err) < 0)
			return error_in(err, "line %u", bls->initrd_lines[i]);
	return 0;
}

/* The words initrd=FILE, which the kernel's stub would obey. */
static int add_initrd_words(struct start *start, struct error *err)
{
	static const char key[] = "initrd=";
	struct text rest = text_of(start->boot->args), word;
	const char *name;

	while (text_next_word(&rest, &word)) {
		if (!text_starts_with(word, key))
			continue;
		word = text_skip(word, sizeof(key) - 1);
		name = arena_strndup(
			start->guest->arena, word.at, word.len, err);
		if (!name || add_ramdisk(start, name, err) < 0)
			return error_in(err, "options");
	}
	return 0;
}

/* Does the file begin as a kernel with an EFI stub does?  1, 0, or -1. */
static int is_kernel(struct start *start, const char *path, struct error *err)
{
	static const struct {
		size_t off;
		const char magic[4];
	} signs[] = {
		{ 0x202, { 'H', 'd', 'r', 'S' } }, /* x86 */
		{ 0x38, { 'A', 'R', 'M', 0x64 } }, /* arm64 */
		{ 0x38, { 'R', 'S', 'C', 0x05 } }, /* riscv */
		{ 4, { 'z', 'i', 'm', 'g' } },     /* one that unpacks */
	};
	uint8_t head[0x206];
	struct bytes view = { head, 0 };
	struct fs_node node;
	const void *at;
	struct fs *fs;
	size_t i;

	fs = device_file(
		start->guest->devices, start->entry->dev, path, &node, err);
	if (!fs)
		return -1;
	if (fs_read(fs, &node, 0, head, sizeof(head), &view.len, err) < 0) {
		error_in(err, "%s", path);
		return error_in(err, "%s", fs->type);
	}
	for (i = 0; i < LENGTH(signs); i++) {
		at = bytes_at(view, signs[i].off, sizeof(signs[i].magic));
		if (at && memcmp(at, signs[i].magic, 4) == 0)
			return 1;
	}
	return 0;
}

/* A kernel as it is, not an image of several parts. */
static int start_kernel(
	struct start *start, const char *path, struct error *err)
{
	const struct bls_entry *bls = start->bls;
	struct boot *boot = start->boot;
	int r;

	boot->kernel = whole_file(start->entry->dev, path);
	boot->ramdisk_align = RAMDISK_ALIGN;
	boot->args = bls->options ? bls->options : "";
	if (guest_check_file(start->guest, &boot->kernel, err) < 0)
		return -1;
	if (bls->kind == BLS_EFI && !start->guest->assume_files) {
		r = is_kernel(start, path, err);
		if (r == 0)
			return error_set(err, ERR_UNSUPPORTED,
				"starts %s, which is no Linux kernel but "
				"another loader",
				path);
		if (r < 0)
			return -1;
	}
	if (bls->kind == BLS_LINUX && bls->initrd_count > 0)
		return 0;
	return add_initrd_words(start, err);
}

/*
 * Which profile of an image, and with which arguments: NULL for its own.  The
 * stub takes "@N" in front of the arguments for a profile's number; the line
 * "profile" is what systemd-boot would put there.
 */
static int choose_profile(const struct bls_entry *bls, size_t *profile,
	const char **cmdline, struct error *err)
{
	const char *options = bls->options, *number = bls->profile;
	unsigned long value;
	char *end;

	*profile = 0;
	*cmdline = options && options[0] ? options : NULL;
	if (!number && options && options[0] == '@')
		number = options + 1;
	if (!number || !isdigit((unsigned char)number[0]))
		return 0;
	value = strtoul(number, &end, 10);
	if (*end != '\0' && (number == bls->profile || *end != ' '))
		return 0;
	if (number != bls->profile) {
		end += strspn(end, " ");
		*cmdline = *end ? end : NULL;
	}
	if (value > UINT_MAX)
		return error_set(err, ERR_NOT_FOUND, "no profile %s", number);
	*profile = (size_t)value;
	return 0;
}

static int start_image(
	struct start *start, const struct uki *uki, struct error *err)
{
	const char *cmdline;
	size_t profile;

	if (choose_profile(start->bls, &profile, &cmdline, err) < 0)
		return -1;
	if (profile >= uki->profile_count)
		return error_set(err, ERR_NOT_FOUND,
			"the image has no profile %zu, only %zu of them",
			profile, uki->profile_count);
	return uki_boot(start->guest, uki, profile, cmdline, start->boot, err);
}

/* A unified image may hide behind each of the keys. */
static int open_program(
	struct start *start, const char *path, struct error *err)
{
	struct guest *guest = start->guest;
	struct uki *uki = arena_alloc(guest->arena, sizeof(*uki), err);
	struct fs_node node;
	int r = 0;

	if (!uki)
		return -1;
	if (!guest->assume_files ||
		fs_find(&start->entry->dev->fs, path, &node, err) == 0)
		r = uki_open(guest, start->entry->dev, path, uki, err);
	if (r < 0)
		return -1;
	if (r > 0)
		return start_image(start, uki, err);
	if (start->bls->kind == BLS_UKI && !guest->assume_files)
		return error_set(err, ERR_UNSUPPORTED,
			"%s is no unified kernel image", path);
	return start_kernel(start, path, err);
}

static bool has_variable(const char *text)
{
	for (; text && (text = strchr(text, '$')); text++)
		if (isalpha((unsigned char)text[1]) || text[1] == '_' ||
			text[1] == '{')
			return true;
	return false;
}

static void tell_snippet(const struct start *start)
{
	const struct bls_entry *bls = start->bls;
	const char *path = start->entry->path;

	if (has_variable(bls->options))
		guest_note(start->guest, NOTE_WARNING,
			"%s: the options name variables of GRUB's, which "
			"systemd-boot passes on as they stand",
			path);
	if (bls->devicetree)
		guest_note(start->guest, NOTE_DETAIL,
			"%s: the device tree %s is not used", path,
			bls->devicetree);
	if (bls->extra)
		guest_note(start->guest, NOTE_WARNING,
			"%s: credentials and extensions (%s) cannot be passed "
			"on",
			path, bls->extra);
	if (bls->kind != BLS_LINUX && bls->initrd_count > 0)
		guest_note(start->guest, NOTE_DETAIL,
			"%s: initrd counts beside linux only", path);
}

static int start_snippet(struct start *start, struct error *err)
{
	const struct bls_entry *bls = start->bls;
	const char *path;

	if (start->tell)
		tell_snippet(start);
	if (bls->kind == BLS_UKI_URL)
		error_set(err, ERR_UNSUPPORTED, "is not on the disk but at %s",
			bls->kernel);
	else if (!(path = sdboot_path(start->guest->arena, bls->kernel, err)))
		return -1;
	else if (open_program(start, path, err) == 0)
		return bls->kind == BLS_LINUX ? add_initrds(start, err) : 0;
	return error_in(err, "line %u", bls->line);
}

/* What the loader would write, were the disk its own. */
static void tell_counters(const struct start *start)
{
	const struct sdboot_entry *entry = start->entry;

	if (entry->tries_left > 0)
		guest_note(start->guest, NOTE_WARNING,
			"%s: %d boots are left to be tried; systemd-boot would "
			"count this one, but nothing is written",
			entry->path, entry->tries_left);
	else if (entry->tries_left == 0)
		guest_note(start->guest, NOTE_WARNING,
			"%s: it failed %d times and is marked as bad",
			entry->path, entry->tries_done);
}

static int run(struct config *config, const struct entry *entry, bool tell,
	struct outcome *outcome, struct error *err)
{
	const struct sdboot_entry *sdboot = entry->priv;
	struct boot boot = { 0 };
	struct start start = {
		.guest = config->guest,
		.entry = sdboot,
		.bls = sdboot->bls,
		.boot = &boot,
		.tell = tell,
	};

	if (tell)
		tell_counters(&start);
	if (!sdboot->uki) {
		if (start_snippet(&start, err) < 0)
			return error_in(err, "%s", sdboot->path);
	} else if (uki_boot(config->guest, sdboot->uki, sdboot->profile, NULL,
			   &boot, err) < 0) {
		return -1;
	}
	outcome->boot = boot;
	return 0;
}

int sdboot_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	return run(config, &menu->entries[index], true, outcome, err);
}

int sdboot_peek(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err)
{
	return run(config, &menu->entries[index], false, outcome, err);
}

int sdboot_run_source(struct config *config, struct menu *menu, size_t index,
	struct text source, struct outcome *outcome, struct error *err)
{
	struct arena *arena = config->guest->arena;
	struct bls_entry *bls = arena_alloc(arena, sizeof(*bls), err);
	struct boot boot = { 0 };
	struct start start = {
		.guest = config->guest,
		.entry = menu->entries[index].priv,
		.bls = bls,
		.boot = &boot,
		.tell = true,
	};

	if (!bls || bls_parse(source, BLS_SYSTEMD, bls, arena, err) < 0 ||
		start_snippet(&start, err) < 0)
		return -1;
	outcome->boot = boot;
	return 0;
}
