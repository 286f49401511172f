/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs_roots.c - subvolumes that may be a guest's root directory
 *
 * The default one comes first, which is what Linux mounts and what openSUSE's
 * GRUB starts paths from.  Other installers put the root into a subvolume
 * below the top level and do not make it the default.
 */
#include <string.h>

#include "fsdrivers/btrfs.h"
#include "src/base/length.h"

/* What is there besides has a great many snapshots, and no loader. */
#define ROOTS_MAX 32
#define NAMES_MAX 4096 /* subvolumes of the top level that are considered */

/* As installers call it: Ubuntu and openSUSE, Fedora, Debian, others. */
static const char *const usual_names[] = {
	"@",
	"root",
	"@rootfs",
	"@root",
	"rootfs",
	"@boot",
	"boot",
};

#define USUAL_NAMES LENGTH(usual_names)

/* Where an inode is: the key has the directory. */
struct inode_ref {
	le64 index;
	le16 name_len;
};

_Static_assert(sizeof(struct inode_ref) == 10, "as the format has it");

/* A path that grows to the left. */
struct path {
	char text[FS_PATH_MAX];
	size_t start;
	unsigned int names;
};

static bool put_name(
	struct path *path, struct bytes item, size_t off, size_t len)
{
	const char *name = bytes_at(item, off, len);

	if (!name || !fs_name_valid(name, len) || path->start <= len ||
		++path->names > FS_DEPTH_MAX)
		return false;
	path->start -= len;
	memcpy(path->text + path->start, name, len);
	path->text[--path->start] = '/';
	return true;
}

/* The first item of that id and type, of at least size bytes. */
static bool first_item(struct btrfs *b, const struct btrfs_tree *tree,
	uint64_t id, uint8_t type, size_t size, struct btrfs_item *item)
{
	const struct btrfs_key key = { id, type, 0 };
	struct error ignored;

	return btrfs_next(b, tree, &key, item, &ignored) > 0 &&
		item->key.id == id && item->key.type == type &&
		item->data.len >= size;
}

/* The path of a directory within its subvolume. */
static bool put_directory(
	struct btrfs *b, uint64_t subvolume, uint64_t dir, struct path *path)
{
	const struct inode_ref *ref;
	struct btrfs_tree tree;
	struct btrfs_item item;
	struct error ignored;

	if (dir == BTRFS_FIRST_FREE)
		return true;
	if (btrfs_subvolume(b, subvolume, &tree, &ignored) <= 0)
		return false;
	for (; dir != BTRFS_FIRST_FREE; dir = item.key.offset) {
		if (!first_item(b, &tree, dir, BTRFS_INODE_REF, sizeof(*ref),
			    &item))
			return false;
		ref = (const void *)item.data.data;
		if (!put_name(path, item.data, sizeof(*ref),
			    le16_get(ref->name_len)))
			return false;
	}
	return true;
}

/* Each turn adds a name, and paths have no end of them. */
static bool put_subvolume(struct btrfs *b, uint64_t id, struct path *path)
{
	const struct btrfs_root_ref *ref;
	struct btrfs_item item;
	uint64_t dir;

	for (; id != BTRFS_TOP_LEVEL; id = item.key.offset) {
		if (!first_item(b, &b->root_tree, id, BTRFS_ROOT_BACKREF,
			    sizeof(*ref), &item))
			return false;
		ref = (const void *)item.data.data;
		dir = le64_get(ref->dir);
		if (!put_name(path, item.data, sizeof(*ref),
			    le16_get(ref->name_len)) ||
			!put_directory(b, item.key.offset, dir, path))
			return false;
	}
	return path->names > 0;
}

/* Better is lower. */
static size_t rank_of(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < USUAL_NAMES; i++)
		if (strlen(usual_names[i]) == len &&
			memcmp(usual_names[i], name, len) == 0)
			break;
	return i;
}

/* Subvolumes of the top level, the best first. */
struct roots {
	struct btrfs *b;
	const char *list[ROOTS_MAX + 2]; /* the default one, these, NULL */
	size_t rank[ROOTS_MAX + 2];
	size_t first; /* of those that have a rank */
	size_t count;
};

/* Behind those that are as good; what is too much falls off the end. */
static int add_root(
	struct roots *roots, const char *name, size_t len, struct error *err)
{
	size_t rank = rank_of(name, len), at = roots->count, i;
	const char *path;

	while (at > roots->first && roots->rank[at - 1] > rank)
		at--;
	if (at == ROOTS_MAX)
		return 0;
	path = arena_printf(roots->b->arena, err, "/%.*s", (int)len, name);
	if (!path)
		return -1;
	for (i = 0; i < roots->first; i++)
		if (strcmp(roots->list[i], path) == 0)
			return 0;
	if (roots->count < ROOTS_MAX)
		roots->count++;
	for (i = roots->count - 1; i > at; i--) {
		roots->list[i] = roots->list[i - 1];
		roots->rank[i] = roots->rank[i - 1];
	}
	roots->list[at] = path;
	roots->rank[at] = rank;
	return 0;
}

/* The default subvolume, if it is not the top level and can be reached. */
static int add_default(struct roots *roots, struct error *err)
{
	uint64_t id = btrfs_default_subvolume(roots->b);
	struct path path = { .start = sizeof(path.text) - 1 };
	const char *copy;

	if (id == BTRFS_TOP_LEVEL || !put_subvolume(roots->b, id, &path))
		return 0;
	copy = arena_strdup(roots->b->arena, path.text + path.start, err);
	if (!copy)
		return -1;
	roots->list[roots->count++] = copy;
	roots->first = 1;
	roots->b->fs->usual_start = copy;
	return 0;
}

/* What a damaged item hides is not found; nothing else depends on it. */
static int add_children(struct roots *roots, struct error *err)
{
	struct btrfs_key key = { BTRFS_TOP_LEVEL, BTRFS_ROOT_REF, 0 };
	struct btrfs *b = roots->b;
	const struct btrfs_root_ref *ref;
	struct btrfs_item item;
	struct error ignored;
	unsigned int seen;
	const char *name;
	size_t len;

	for (seen = 0; seen < NAMES_MAX; seen++) {
		if (btrfs_next(b, &b->root_tree, &key, &item, &ignored) <= 0 ||
			item.key.id != key.id || item.key.type != key.type)
			break;
		key.offset = item.key.offset + 1;
		ref = bytes_at(item.data, 0, sizeof(*ref));
		if (!ref || le64_get(ref->dir) != BTRFS_FIRST_FREE)
			continue;
		len = le16_get(ref->name_len);
		name = bytes_at(item.data, sizeof(*ref), len);
		if (name && fs_name_valid(name, len) &&
			add_root(roots, name, len, err) < 0)
			return -1;
	}
	return 0;
}

int btrfs_set_roots(struct btrfs *b, struct error *err)
{
	struct roots roots = { .b = b };
	const char **list;

	if (add_default(&roots, err) < 0 || add_children(&roots, err) < 0)
		return -1;
	list = arena_array(b->arena, roots.count + 1, sizeof(*list), err);
	if (!list)
		return -1;
	memcpy(list, roots.list, roots.count * sizeof(*list));
	b->fs->roots = list;
	return 0;
}
