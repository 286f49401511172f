/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/mounts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/fstab.h"
#include "src/fs/logical.h"

/* It is read through for each file: real ones have some hundred bytes. */
#define FSTAB_MAX (64U << 10)

void mounts_init(
	struct mounts *mounts, struct guest *guest, struct device *root)
{
	struct error ignored;
	struct text file;

	*mounts = (struct mounts){
		.guest = guest,
		.root = root,
		.fstab = text_of(""),
	};
	/* a bare configuration (--isconfig) has nothing beside it */
	if (!device_fs(guest->devices, root, &ignored) ||
		guest_read_config(guest, root, "/etc/fstab", &file, &ignored) <
			0)
		return;
	if (file.len <= FSTAB_MAX)
		mounts->fstab = file;
	else
		guest_note(guest, NOTE_WARNING,
			"/etc/fstab: %zu bytes are more than the limit of %u: "
			"it is left out",
			file.len, FSTAB_MAX);
}

/* A path of the guest while it is looked for. */
struct hunt {
	const struct mounts *mounts;
	const char *path; /* as the guest sees it */
	struct boot_file *file;
	const char *link; /* what it leads to, if it is a link; or NULL */
};

struct link_search {
	const char *name;
	struct fs *fs;
	struct arena *arena;
	const char *target;
};

static int read_link(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	struct link_search *link = ctx;
	size_t got;
	char *text;

	if (strcmp(name, link->name) != 0)
		return 0;
	if (node->type != FS_SYMLINK || node->size == 0 ||
		node->size >= FS_PATH_MAX)
		return 1;
	text = arena_alloc(link->arena, (size_t)node->size + 1, err);
	if (text &&
		fs_read(link->fs, node, 0, text, (size_t)node->size, &got,
			err) == 0)
		link->target = text;
	return 1;
}

/* What the link at path holds; NULL if there is none. */
static const char *target_of(
	const struct mounts *mounts, struct device *dev, const char *path)
{
	struct link_search link = { .arena = mounts->guest->arena };
	const char *slash = strrchr(path, '/');
	struct error ignored;
	struct fs_node dir;
	const char *above;

	link.name = slash + 1;
	link.fs = device_fs(mounts->guest->devices, dev, &ignored);
	above = arena_strndup(
		link.arena, path, (size_t)(slash + 1 - path), &ignored);
	if (!link.fs || !above || fs_find(link.fs, above, &dir, &ignored) < 0 ||
		dir.type != FS_DIR)
		return NULL;
	(void)fs_readdir(link.fs, &dir, read_link, &link, &ignored);
	return link.target;
}

/* Is it here, under this path?  If it is a link that leads away, keep that. */
static bool is_here(struct hunt *hunt, struct device *dev, const char *path,
	struct error *err)
{
	const struct mounts *mounts = hunt->mounts;
	struct boot_file file = whole_file(dev, path);
	const char *target;

	if (guest_check_file(mounts->guest, &file, err) == 0) {
		*hunt->file = file;
		return true;
	}
	if (hunt->link)
		return false;
	target = target_of(mounts, dev, path);
	if (!target)
		return false;
	if (target[0] != '/')
		target = arena_printf(mounts->guest->arena, err, "%.*s/%s",
			(int)(strrchr(hunt->path, '/') - hunt->path),
			hunt->path, target);
	hunt->link = target;
	return false;
}

/* The same on one of the other partitions, which is then worth a word. */
static bool is_on(struct hunt *hunt, struct device *dev, const char *path,
	const char *because)
{
	struct error ignored;

	if (dev == hunt->mounts->root || !is_here(hunt, dev, path, &ignored))
		return false;
	guest_note(hunt->mounts->guest, NOTE_DETAIL, "%s is %s of %s: %s, %s",
		hunt->path, path, dev->disk->name, dev->name, because);
	return true;
}

/* Specifications of /etc/fstab */

enum spec_kind { SPEC_UUID, SPEC_LABEL, SPEC_PARTUUID, SPEC_PARTLABEL };

static const struct {
	const char *prefix;
	enum spec_kind kind;
} spec_prefixes[] = {
	{ "UUID=", SPEC_UUID },
	{ "/dev/disk/by-uuid/", SPEC_UUID },
	{ "LABEL=", SPEC_LABEL },
	{ "/dev/disk/by-label/", SPEC_LABEL },
	{ "PARTUUID=", SPEC_PARTUUID },
	{ "/dev/disk/by-partuuid/", SPEC_PARTUUID },
	{ "PARTLABEL=", SPEC_PARTLABEL },
	{ "/dev/disk/by-partlabel/", SPEC_PARTLABEL },
};

static struct text unquote(struct text text)
{
	if (text.len >= 2 && text.at[0] == '"' && text.at[text.len - 1] == '"')
		return (struct text){ text.at + 1, text.len - 2 };
	return text;
}

/* The number that a name ends with; 0: none. */
static unsigned int number_at_end(struct text name)
{
	unsigned int number = 0, digit = 1;

	while (name.len > 0 && isdigit((unsigned char)name.at[name.len - 1]) &&
		digit <= 1000) {
		number += digit * (unsigned int)(name.at[--name.len] - '0');
		digit *= 10;
	}
	return number;
}

/*
 * On a disk with an MBR a PARTUUID is the disk's signature, which we do not
 * keep, and "-02": any second partition may be it.
 */
static bool has_partuuid(const struct device *dev, struct text uuid)
{
	const struct partition *part = dev->part;

	if (!part)
		return false;
	if (part->guid[0] != '\0')
		return text_is_nocase(uuid, part->guid);
	return part->within == 0 && uuid.len == strlen("01234567-02") &&
		number_at_end(uuid) == part->number;
}

static bool is_meant(const struct mounts *mounts, struct device *dev,
	enum spec_kind kind, struct text value)
{
	struct error ignored;
	struct fs *fs;

	if (kind == SPEC_PARTUUID)
		return has_partuuid(dev, value);
	if (kind == SPEC_PARTLABEL)
		return dev->part && text_is(value, dev->part->name);
	fs = device_fs(mounts->guest->devices, dev, &ignored);
	if (!fs)
		return false;
	return kind == SPEC_UUID ? text_is_nocase(value, fs->uuid)
				 : text_is(value, fs->label);
}

static bool is_on_named(struct hunt *hunt, enum spec_kind kind,
	struct text value, const char *path)
{
	struct devices *devices = hunt->mounts->guest->devices;
	struct device *dev;
	size_t i;

	for (i = 0; (dev = devices_get(devices, i)) != NULL; i++)
		if (is_meant(hunt->mounts, dev, kind, value) &&
			is_on(hunt, dev, path, "as fstab says"))
			return true;
	return false;
}

/*
 * /dev/sda2: what the guest calls its disks depends on which it is given, so
 * the number is what counts, on the root's own disk before the others.
 */
static bool is_on_numbered(
	struct hunt *hunt, unsigned int number, const char *path)
{
	const struct devices *devices = hunt->mounts->guest->devices;
	unsigned int own = hunt->mounts->root->disk->index, i;
	struct device *dev;

	dev = devices_by_number(devices, own, number);
	if (dev && is_on(hunt, dev, path, "as fstab says"))
		return true;
	for (i = 0; i < devices->disks; i++) {
		dev = i == own ? NULL : devices_by_number(devices, i, number);
		if (dev && is_on(hunt, dev, path, "as fstab says"))
			return true;
	}
	return false;
}

/* /dev/mapper/vg-lv, /dev/vg/lv, /dev/md0; a partition's name has no slash. */
static struct device *device_by_node(
	const struct mounts *mounts, struct text node)
{
	char name[DEVICE_NAME_SIZE];

	if (node.len >= sizeof(name) ||
		(!memchr(node.at, '/', node.len) &&
			!text_starts_with(node, "md")))
		return NULL;
	memcpy(name, node.at, node.len);
	name[node.len] = '\0';
	return logical_by_node(mounts->guest->devices, name);
}

static bool is_on_spec(struct hunt *hunt, struct text spec, const char *path)
{
	struct device *dev;
	size_t i;

	for (i = 0; i < LENGTH(spec_prefixes); i++)
		if (text_starts_with(spec, spec_prefixes[i].prefix))
			return is_on_named(hunt, spec_prefixes[i].kind,
				unquote(text_skip(
					spec, strlen(spec_prefixes[i].prefix))),
				path);
	if (!text_starts_with(spec, "/dev/"))
		return false;
	dev = device_by_node(hunt->mounts, text_skip(spec, strlen("/dev/")));
	if (dev)
		return is_on(hunt, dev, path, "as fstab says");
	if (text_starts_with(spec, "/dev/mapper/"))
		return false;
	return is_on_numbered(hunt, number_at_end(spec), path);
}

/* What is left of a path below a directory: "/x" of "/boot/x"; or NULL. */
static const char *below(const char *path, struct text dir)
{
	/* dir may hold a NUL: what is behind the path's own is not compared */
	if (dir.len < 2 || strnlen(path, dir.len + 1) <= dir.len ||
		memcmp(path, dir.at, dir.len) != 0 || path[dir.len] != '/')
		return NULL;
	return path + dir.len;
}

/* On the file system that fstab mounts deepest above the path. */
static bool is_in_fstab(struct hunt *hunt)
{
	struct text rest = hunt->mounts->fstab;
	struct fstab_line line, best = { 0 };

	while (fstab_next(&rest, &line))
		if (below(hunt->path, line.dir) && line.dir.len > best.dir.len)
			best = line;
	return best.dir.len > 0 &&
		is_on_spec(hunt, best.spec, below(hunt->path, best.dir));
}

static bool is_on_any(struct hunt *hunt)
{
	struct devices *devices = hunt->mounts->guest->devices;
	const char *path = below(hunt->path, text_of("/boot"));
	struct device *dev;
	size_t i;

	for (i = 0; path && (dev = devices_get(devices, i)) != NULL; i++)
		if (is_on(hunt, dev, path, "which fstab does not say"))
			return true;
	return false;
}

int mounts_find_file(struct mounts *mounts, const char *path,
	struct boot_file *file, struct error *err)
{
	struct hunt hunt = { .mounts = mounts, .path = path, .file = file };
	unsigned int links;
	struct error later;

	if (is_here(&hunt, mounts->root, path, err))
		return 0;
	if (err->code != ERR_NOT_FOUND)
		return -1;
	for (links = 0; links <= FS_LINKS_MAX; links++) {
		if (mounts->hunts++ >= MOUNTS_HUNTS_MAX)
			return error_set(err, ERR_LIMIT,
				"%s: more than %d paths to look for on other "
				"partitions",
				path, MOUNTS_HUNTS_MAX);
		if (is_in_fstab(&hunt) || is_on_any(&hunt))
			return 0;
		if (!hunt.link)
			break;
		hunt.path = hunt.link;
		hunt.link = NULL;
		if (is_here(&hunt, mounts->root, hunt.path, &later))
			return 0;
	}
	return -1;
}
