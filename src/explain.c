/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/explain.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "src/config/guard.h"
#include "src/config/linux_header.h"

#define MIB (1U << 20)

/* Bytes of a kernel's own version that are shown; real ones have a hundred. */
#define VERSION_MAX 128

struct explanation {
	struct guest *guest;
	listing_field *field;
	void *ctx;
};

__attribute__((format(printf, 4, 5))) static int show(
	const struct explanation *to, struct error *err, const char *name,
	const char *fmt, ...)
{
	static const char cut[] = "...";
	char text[ERROR_TEXT_SIZE];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (len >= (int)sizeof(text))
		memcpy(text + sizeof(text) - sizeof(cut), cut, sizeof(cut));
	return to->field(to->ctx, name, text, err);
}

static int show_origin(const struct explanation *to,
	const struct config *config, const struct entry *entry,
	struct error *err)
{
	struct device *dev = config->dev;
	struct error at;

	error_set(&at, ERR_NONE, "%s: %s", dev->fs.type, config->path);
	device_error(dev, &at);
	if (to->field(to->ctx, "Entry", entry->title, err) < 0 ||
		(entry->id && to->field(to->ctx, "Id", entry->id, err) < 0))
		return -1;
	return show(to, err, "From", "%s (%s)", at.text, config->format->name);
}

/* Why it would be taken if nobody chose. */
static int show_choice(const struct explanation *to, const struct menu *menu,
	size_t index, struct error *err)
{
	size_t i;

	if (index == menu->chosen)
		return show(to, err, "Default", "yes%s%s",
			menu->why ? ": " : "", menu->why ? menu->why : "");
	for (i = 0; i < menu->fallback_count; i++)
		if (menu->fallback[i] == index)
			return show(to, err, "Default",
				"no, but a fallback (number %zu)", i + 1);
	return show(to, err, "Default", "no");
}

/* What it would boot is behind its password, too. */
static bool is_locked(const struct options *options, const struct entry *entry)
{
	return guard_closed(entry->guard) && !options->unlock;
}

static int show_guards(const struct explanation *to,
	const struct options *options, const struct entry *entry,
	struct error *err)
{
	const struct guard *guard = entry->guard ? entry->guard : entry->edits;

	if (!guard)
		return 0;
	if (is_locked(options, entry))
		return show(to, err, "Password",
			"asked for before it starts, and before more is told");
	return show(to, err, "Password", "%s%s",
		entry->guard ? "asked for before it starts"
			     : "asked for before it is edited",
		options->unlock               ? ", but not here (--unlock)"
			: guard_closed(guard) ? ""
					      : ", and was said");
}

/* A kernel's own words about itself, as its header points to them. */
static void read_version(
	struct fs *fs, const struct fs_node *node, char version[VERSION_MAX])
{
	uint8_t where[2];
	struct error ignored;
	size_t got;

	/* Documentation/arch/x86/boot.rst: kernel_version, from 0x200 on */
	if (fs_read(fs, node, 0x20e, where, 2, &got, &ignored) < 0 || got < 2 ||
		(where[0] | where[1]) == 0 ||
		fs_read(fs, node, 0x200U + where[0] + ((unsigned)where[1] << 8),
			version, VERSION_MAX - 1, &got, &ignored) < 0)
		got = 0;
	version[got] = '\0';
}

/* What a whole file that is to be the kernel is, into text. */
static void name_kernel(
	struct fs *fs, const struct fs_node *node, char *text, size_t size)
{
	static const uint8_t elf[] = { 0x7f, 'E', 'L', 'F' };
	uint8_t head[LINUX_HEADER_SIZE];
	struct bytes start = { head, 0 };
	char version[VERSION_MAX];
	struct error ignored;

	text[0] = '\0';
	if (fs_read(fs, node, 0, head, sizeof(head), &start.len, &ignored) < 0)
		return;
	if (linux_header(start) == LINUX_X86) {
		read_version(fs, node, version);
		snprintf(text, size, ", Linux%s%s", version[0] ? " " : "",
			version);
	} else if (linux_header(start) == LINUX_ARM64) {
		snprintf(text, size, ", Linux for ARM64");
	} else if (start.len > 4 && memcmp(head, elf, sizeof(elf)) == 0) {
		snprintf(text, size, ", ELF");
	} else if (start.len > 2 && head[0] == 0x1f && head[1] == 0x8b) {
		snprintf(text, size, ", compressed with gzip");
	}
}

static void name_size(char *text, size_t size, uint64_t bytes)
{
	if (bytes < MIB)
		snprintf(text, size, "%" PRIu64 " bytes", bytes);
	else
		snprintf(text, size, "%" PRIu64 ".%" PRIu64 " MiB", bytes / MIB,
			bytes % MIB * 10 / MIB);
}

/* One file of the boot: where, how large, and what if it is the kernel. */
static int show_file(const struct explanation *to, const char *name,
	const struct boot_file *file, bool kernel, struct error *err)
{
	char size[32], kind[VERSION_MAX + 16] = "";
	struct fs_node node;
	struct error why;
	uint64_t length;
	struct fs *fs;
	int r = boot_file_find(
		to->guest->devices, file, &fs, &node, &length, &why);

	if (r < 0)
		return show(to, err, name, "(%s)%s: %s", file->dev->grub,
			file->path, why.text);
	name_size(size, sizeof(size), length);
	if (r > 0 && file->length > 0)
		snprintf(kind, sizeof(kind), ", a part of that file");
	else if (r > 0 && kernel)
		name_kernel(fs, &node, kind, sizeof(kind));
	return show(to, err, name, "(%s)%s (%s%s)", file->dev->grub, file->path,
		size, kind);
}

/* The last root= counts, as it does for the kernel. */
static struct text find_root(const char *args)
{
	static const char key[] = "root=";
	struct text rest = text_of(args), word, root = { "", 0 };

	while (text_next_word(&rest, &word))
		if (text_starts_with(word, key))
			root = text_skip(word, sizeof(key) - 1);
	return root;
}

static bool is_on(const struct fs *fs, struct text root)
{
	if (text_starts_with(root, "UUID="))
		return fs->uuid[0] &&
			text_is_nocase(text_skip(root, 5), fs->uuid);
	return fs->label[0] && text_is(text_skip(root, 6), fs->label);
}

/* Is a UUID or label that of a file system of the guest's? */
static int show_root(
	const struct explanation *to, const char *args, struct error *err)
{
	struct text root = find_root(args);
	const int len = root.len < 256 ? (int)root.len : 256;
	struct error ignored;
	struct device *dev;
	struct fs *fs;
	size_t i;

	if (root.len == 0)
		return show(to, err, "Root", "the arguments do not say");
	if (!text_starts_with(root, "UUID=") &&
		!text_starts_with(root, "LABEL="))
		return show(to, err, "Root", "%.*s", len, root.at);
	for (i = 0; (dev = devices_get(to->guest->devices, i)) != NULL; i++) {
		fs = device_fs(to->guest->devices, dev, &ignored);
		if (fs && is_on(fs, root))
			return show(to, err, "Root", "%.*s, which is (%s), %s",
				len, root.at, dev->grub, fs->type);
	}
	return show(to, err, "Root",
		"%.*s, which no file system here has (it may be one that "
		"cannot be read)",
		len, root.at);
}

static int show_boot(const struct explanation *to, const struct found *found,
	struct error *err)
{
	const struct boot *boot = &found->boot;
	size_t i;

	if (show_file(to, "Kernel", &boot->kernel, true, err) < 0)
		return -1;
	for (i = 0; i < boot->ramdisk_count; i++)
		if (show_file(to, "Ramdisk", &boot->ramdisks[i], false, err) <
			0)
			return -1;
	if (to->field(to->ctx, "Arguments", found->args, err) < 0)
		return -1;
	return show_root(to, found->args, err);
}

int explain_entry(struct guest *guest, const struct options *options,
	struct config *config, struct menu *menu, size_t index,
	listing_field *field, void *ctx, struct error *err)
{
	const struct explanation to = { guest, field, ctx };
	const struct entry *entry = &menu->entries[index];
	struct choice choice = { .title = entry->title };
	struct outcome outcome = { 0 };
	struct found found;
	struct error why;

	if (show_origin(&to, menu->owner ? menu->owner : config, entry, err) <
			0 ||
		show_choice(&to, menu, index, err) < 0 ||
		show_guards(&to, options, entry, err) < 0)
		return -1;
	if (is_locked(options, entry))
		return 0;
	if (config_peek(config, menu, index, &outcome, &why) < 0)
		return show(&to, err, "Cannot be booted", "%s", why.text);
	if (outcome.menu)
		return show(&to, err, "Leads to", "a menu with %zu entr%s",
			outcome.menu->count,
			outcome.menu->count == 1 ? "y" : "ies");
	choice.boot = outcome.boot;
	/* an argument may be forbidden */
	if (found_from_choice(guest, options, config, &choice, &found, &why) <
		0)
		return show(&to, err, "Cannot be booted", "%s", why.text);
	return show_boot(&to, &found, err);
}
