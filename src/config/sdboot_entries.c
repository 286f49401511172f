/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sdboot_entries.c - which files are entries, and what is known of each
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "src/base/length.h"
#include "src/config/bls_order.h"
#include "src/config/sdboot.h"

#define IMAGE_SUFFIX ".efi"

/* A directory while it is read. */
struct listing {
	struct sdboot *boot;
	enum sdboot_types types;
	const char *names[BLS_ENTRIES_MAX];
	size_t count;
};

static bool ends_in(const char *name, const char *suffix)
{
	size_t len = strlen(name), end = strlen(suffix);

	return len > end && strcasecmp(name + len - end, suffix) == 0;
}

/* Names that begin with auto- are those of entries without a file. */
static bool is_wanted(const struct listing *listing, const char *name)
{
	if (name[0] == '.' || strncasecmp(name, "auto-", 5) == 0)
		return false;
	if (listing->types & SDBOOT_TYPE1 && ends_in(name, BLS_SUFFIX))
		return true;
	return listing->types & SDBOOT_TYPE2 && ends_in(name, IMAGE_SUFFIX);
}

static int too_many(struct error *err)
{
	return error_set(
		err, ERR_LIMIT, "more than %d entries", BLS_ENTRIES_MAX);
}

static int collect_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct listing *listing = ctx;

	if (node->type == FS_DIR || !is_wanted(listing, name))
		return 0;
	if (listing->boot->count + listing->count >= BLS_ENTRIES_MAX)
		return too_many(err);
	listing->names[listing->count] =
		arena_strdup(listing->boot->config->guest->arena, name, err);
	return listing->names[listing->count++] ? 0 : -1;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add(
	struct sdboot *boot, struct sdboot_entry *entry, struct error *err)
{
	struct arena *arena = boot->config->guest->arena;
	struct sdboot_entry **list;

	if (boot->count == BLS_ENTRIES_MAX)
		return too_many(err);
	list = arena_grow(arena, boot->list, boot->count, &boot->capacity,
		sizeof(*list), err);
	if (!list)
		return -1;
	boot->list = list;
	entry->number = boot->count;
	list[boot->count++] = entry;
	return 0;
}

/* Of names that are compared and shown none may be endless. */
static int check_names(
	const char *const *names, size_t count, struct error *err)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (names[i] && strlen(names[i]) > SDBOOT_NAME_MAX)
			return error_set(err, ERR_LIMIT,
				"a title, version or key of more than %d bytes",
				SDBOOT_NAME_MAX);
	return 0;
}

/* Tell of an entry that is not in the menu; why, as ERR_UNSUPPORTED: rightly */
static void leave_out(struct sdboot *boot, struct device *dev, const char *path,
	const struct error *why)
{
	guest_note(boot->config->guest,
		why->code == ERR_UNSUPPORTED ? NOTE_DETAIL : NOTE_WARNING,
		"%s: %s: %s: left out: %s", dev->name, dev->fs.type, path,
		why->text);
}

/* Our machine, as UEFI calls it ("architecture x64") and as PE does. */
static const struct machine {
	const char *grub, *efi;
	uint16_t pe;
} machines[] = {
	{ "x86_64", "x64", 0x8664 },
	{ "arm64", "aa64", 0xaa64 },
	{ "arm", "arm", 0x01c2 },
	{ "riscv32", "riscv32", 0x5032 },
	{ "riscv64", "riscv64", 0x5064 },
	{ "loongarch64", "loongarch64", 0x6264 },
};

/* i386 is GRUB's own size on a PC, and need not be the guest's. */
static const struct machine *our_machine(const struct guest *guest)
{
	size_t i;

	for (i = 0; i < LENGTH(machines); i++)
		if (strcmp(guest->grub_cpu, machines[i].grub) == 0)
			return &machines[i];
	return &machines[0];
}

/* Is it for this machine, and is what it starts there?  0, or -1. */
static int check_snippet(struct sdboot *boot, struct device *dev,
	const struct bls_entry *bls, struct error *err)
{
	struct guest *guest = boot->config->guest;
	const char *machine = our_machine(guest)->efi, *path;
	struct fs_node node;

	if (bls->architecture && strcasecmp(bls->architecture, machine) != 0)
		return error_set(err, ERR_UNSUPPORTED, "it is for %s, not %s",
			bls->architecture, machine);
	if (bls->kind == BLS_UKI_URL) {
		if (bls->kernel[0] != ':')
			return 0;
		return error_set(err, ERR_UNSUPPORTED,
			"line %u: a place on the server it came from",
			bls->line);
	}
	if (guest->assume_files)
		return 0;
	path = sdboot_path(guest->arena, bls->kernel, err);
	if (!path)
		return -1;
	if (fs_find(&dev->fs, path, &node, err) < 0 &&
		err->code == ERR_NOT_FOUND)
		return error_in(err, "line %u", bls->line);
	return 0;
}

static int add_snippet(struct sdboot *boot, struct device *dev,
	const char *path, struct text text, const struct bls_entry *bls,
	struct error *err)
{
	struct arena *arena = boot->config->guest->arena;
	struct sdboot_entry *entry = arena_alloc(arena, sizeof(*entry), err);

	if (!entry ||
		sdboot_set_ids(arena, strrchr(path, '/') + 1, BLS_SUFFIX, NULL,
			entry, err) < 0)
		return -1;
	entry->bare_id = arena_strndup(
		arena, entry->id, strlen(entry->id) - strlen(BLS_SUFFIX), err);
	if (!entry->bare_id)
		return -1;
	entry->dev = dev;
	entry->path = path;
	entry->title = bls->title;
	entry->version = bls->version;
	entry->machine_id = bls->machine_id;
	entry->sort_key = bls->sort_key;
	entry->source = text.at;
	entry->bls = bls;
	return add(boot, entry, err);
}

/*
 * May the others go on when this file was not read?  Not past a limit that all
 * files share: who is read last, and left out, is then a matter of chance.
 */
static bool is_its_own_fault(
	struct device *dev, const char *path, const struct error *why)
{
	struct error ignored;
	struct fs_node node;

	if (why->code == ERR_SYSTEM)
		return false;
	return why->code != ERR_LIMIT ||
		fs_find(&dev->fs, path, &node, &ignored) < 0 ||
		node.size > CONFIG_FILE_MAX;
}

/* One type 1 entry: 0, also when it is left out, or -1. */
static int take_snippet(struct sdboot *boot, struct device *dev,
	const char *path, struct error *err)
{
	struct guest *guest = boot->config->guest;
	struct bls_entry *bls = arena_alloc(guest->arena, sizeof(*bls), err);
	struct error why;
	struct text text;

	if (!bls)
		return -1;
	if (guest_read_config(guest, dev, path, &text, &why) < 0) {
		if (!is_its_own_fault(dev, path, &why)) {
			*err = why;
			return -1;
		}
		guest_note(guest, NOTE_WARNING, "%s: left out: %s", dev->name,
			why.text);
		return 0;
	}
	if (bls_parse(text, BLS_SYSTEMD, bls, guest->arena, &why) < 0 ||
		check_names((const char *[]){ bls->title, bls->version,
				    bls->machine_id, bls->sort_key },
			4, &why) < 0 ||
		check_snippet(boot, dev, bls, &why) < 0) {
		leave_out(boot, dev, path, &why);
		return 0;
	}
	return add_snippet(boot, dev, path, text, bls, err);
}

/* How an image's profile is called in titles and ids; NULL: it is the first. */
static const char *profile_name(struct arena *arena, const struct uki *uki,
	size_t profile, struct error *err)
{
	const char *id = uki->profiles[profile].id;

	return id ? id : arena_printf(arena, err, "%zu", profile);
}

static const char *image_title(struct arena *arena, const struct uki *uki,
	size_t profile, struct error *err)
{
	const struct uki_profile *which = &uki->profiles[profile];
	const char *title = uki->title;

	if (which->title)
		return arena_printf(arena, err, "%s (%s)", title, which->title);
	if (profile == 0)
		return title;
	if (which->id)
		return arena_printf(arena, err, "%s (%s)", title, which->id);
	return arena_printf(
		arena, err, "%s (Profile #%zu)", title, profile + 1);
}

static int add_image(struct sdboot *boot, struct device *dev, const char *path,
	const struct uki *uki, size_t profile, struct error *err)
{
	struct arena *arena = boot->config->guest->arena;
	struct sdboot_entry *entry = arena_alloc(arena, sizeof(*entry), err);
	const char *name = NULL;

	if (!entry)
		return -1;
	if (profile > 0) {
		name = profile_name(arena, uki, profile, err);
		if (!name)
			return -1;
	}
	if (sdboot_set_ids(arena, strrchr(path, '/') + 1, IMAGE_SUFFIX, name,
		    entry, err) < 0)
		return -1;
	entry->title = image_title(arena, uki, profile, err);
	if (!entry->title)
		return -1;
	entry->dev = dev;
	entry->path = path;
	entry->version = uki->version;
	entry->sort_key = uki->sort_key;
	entry->uki = uki;
	entry->profile = profile;
	return add(boot, entry, err);
}

static int check_image_names(const struct uki *uki, struct error *err)
{
	const char *names[3 + 2 * UKI_PROFILES_MAX] = { uki->title,
		uki->version, uki->sort_key };
	size_t i, count = 3;

	for (i = 0; i < uki->profile_count; i++) {
		names[count++] = uki->profiles[i].id;
		names[count++] = uki->profiles[i].title;
	}
	return check_names(names, count, err);
}

/* As for a snippet: what is not for us is less than a fault. */
static int check_image(
	struct sdboot *boot, const struct uki *uki, struct error *err)
{
	const struct machine *machine = our_machine(boot->config->guest);

	if (uki->machine != machine->pe)
		return error_set(err, ERR_UNSUPPORTED,
			"it is for machine %#x, not %s", uki->machine,
			machine->efi);
	if (!uki->title)
		return error_set(err, ERR_SYNTAX,
			"no name in .osrel, so systemd-boot does not show it");
	return check_image_names(uki, err);
}

/* The entries of one image, of which each profile is one. */
static int take_image(struct sdboot *boot, struct device *dev, const char *path,
	struct error *err)
{
	struct guest *guest = boot->config->guest;
	struct uki *uki = arena_alloc(guest->arena, sizeof(*uki), err);
	struct error why;
	size_t i;
	int r;

	if (!uki)
		return -1;
	r = uki_open(guest, dev, path, uki, &why);
	if (r < 0 && why.code == ERR_SYSTEM) {
		*err = why;
		return -1;
	}
	if (r < 0) {
		guest_note(guest, NOTE_WARNING, "%s: left out: %s", dev->name,
			why.text);
		return 0;
	}
	if (r == 0)
		error_set(&why, ERR_UNSUPPORTED, "not a unified kernel image");
	if (r == 0 || check_image(boot, uki, &why) < 0) {
		leave_out(boot, dev, path, &why);
		return 0;
	}
	for (i = 0; i < uki->profile_count; i++)
		if (add_image(boot, dev, path, uki, i, err) < 0)
			return -1;
	return 0;
}

static int take_files(struct listing *listing, struct device *dev,
	const char *directory, struct error *err)
{
	struct sdboot *boot = listing->boot;
	const char *path;
	size_t i;
	int r;

	for (i = 0; i < listing->count; i++) {
		path = arena_printf(boot->config->guest->arena, err, "%s/%s",
			directory, listing->names[i]);
		if (!path)
			return -1;
		r = ends_in(path, IMAGE_SUFFIX)
			? take_image(boot, dev, path, err)
			: take_snippet(boot, dev, path, err);
		if (r < 0)
			return -1;
	}
	return 0;
}

int sdboot_add_directory(struct sdboot *boot, struct device *dev,
	const char *path, enum sdboot_types types, struct error *err)
{
	struct guest *guest = boot->config->guest;
	struct listing listing = { .boot = boot, .types = types };
	struct error why;
	struct fs_node dir;

	if (fs_find(&dev->fs, path, &dir, &why) < 0 || dir.type != FS_DIR)
		return 0;
	if (fs_readdir(&dev->fs, &dir, collect_name, &listing, &why) < 0) {
		if (why.code == ERR_LIMIT || why.code == ERR_SYSTEM) {
			*err = why;
			return error_in(err, "%s", path);
		}
		guest_note(guest, NOTE_WARNING,
			"%s: %s: %s: %s; what is in there is missing",
			dev->name, dev->fs.type, path, why.text);
	}
	qsort(listing.names, listing.count, sizeof(*listing.names),
		compare_names);
	return take_files(&listing, dev, path, err);
}
