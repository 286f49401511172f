/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs_dir.c - inodes, directories and subvolumes
 *
 * A directory has each name twice: under the name's hash, to look it up, and
 * under a number that grows, to list all.  A name leads to an inode of the same
 * tree or to a subvolume, which is a tree of its own.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/btrfs.h"
#include "src/base/crc32c.h"

/* What a name's hash begins with; nothing is inverted at the end. */
#define HASH_SEED (~UINT32_C(1))

struct inode_item {
	le64 generation;
	le64 transaction;
	le64 size;
	le64 bytes;
	le64 block_group;
	le32 links;
	le32 uid;
	le32 gid;
	le32 mode;
	le64 device;
	le64 flags;
	le64 sequence;
	le64 reserved[4];
	le64 atime;
	le32 atime_nsec;
	le64 ctime;
	le32 ctime_nsec;
	le64 mtime;
	le32 mtime_nsec;
	le64 otime;
	le32 otime_nsec;
};

struct root_item {
	struct inode_item inode;
	le64 generation;
	le64 root_dir; /* inode */
	le64 root;
	le64 byte_limit;
	le64 bytes_used;
	le64 last_snapshot;
	le64 flags;
	le32 references;
	struct btrfs_disk_key drop_progress;
	uint8_t drop_level;
	uint8_t level;
	/* more stands here since Linux 3.6 */
};

/* A name; those whose hashes are the same follow each other in one item. */
struct dir_item {
	struct btrfs_disk_key location;
	le64 transaction;
	le16 data_len;
	le16 name_len;
	uint8_t type;
};

_Static_assert(sizeof(struct inode_item) == 160, "as the format has it");
_Static_assert(sizeof(struct root_item) == 239, "as the format has it");
_Static_assert(sizeof(struct dir_item) == 30, "as the format has it");

/* A name of a directory, copied. */
struct entry {
	struct btrfs_key location;
	char name[FS_NAME_MAX + 1];
};

int btrfs_subvolume(struct btrfs *b, uint64_t id, struct btrfs_tree *tree,
	struct error *err)
{
	const struct btrfs_key key = { id, BTRFS_ROOT_ITEM, UINT64_MAX };
	const struct root_item *root;
	struct btrfs_item item;
	int r;

	if (b->last.id == id) {
		*tree = b->last;
		return 1;
	}
	r = btrfs_before(b, &b->root_tree, &key, &item, err);
	if (r <= 0)
		return r;
	if (item.key.id != id || item.key.type != BTRFS_ROOT_ITEM)
		return 0;
	root = bytes_at(item.data, 0, sizeof(*root));
	if (!root || root->level >= BTRFS_LEVELS)
		return error_set(err, ERR_CORRUPT,
			"subvolume %" PRIu64 ": its item is none", id);
	if (le32_get(root->references) == 0) /* deleted, but not yet gone */
		return 0;
	*tree = (struct btrfs_tree){ id, le64_get(root->root),
		le64_get(root->generation), root->level };
	b->last = *tree;
	return 1;
}

/* Inodes are counted anew in each subvolume. */
static uint64_t node_id(uint64_t tree, uint64_t inode)
{
	return (tree << 40 | tree >> 24) ^ inode;
}

int btrfs_inode(struct btrfs *b, const struct btrfs_tree *tree, uint64_t inode,
	struct fs_node *node, struct error *err)
{
	const struct btrfs_key key = { inode, BTRFS_INODE_ITEM, 0 };
	const struct inode_item *disk;
	struct btrfs_item item;
	int r;

	r = btrfs_item(b, tree, &key, sizeof(*disk), &item, err);
	if (r == 0)
		r = error_set(err, ERR_CORRUPT, "is not there");
	if (r < 0)
		return error_in(err, "inode %" PRIu64 " of subvolume %" PRIu64,
			inode, tree->id);
	disk = (const void *)item.data.data;
	*node = (struct fs_node){
		.type = fs_type_of_mode(le32_get(disk->mode)),
		.size = le64_get(disk->size),
		.mtime = (int64_t)le64_get(disk->mtime),
		.id = node_id(tree->id, inode),
		.aux = { tree->id, inode },
	};
	return 0;
}

/*
 * A snapshot has the names of the subvolumes that were in what it was taken of,
 * but not these: Linux shows an empty directory.  So would it one that is gone.
 */
static void set_empty(const struct entry *entry, struct fs_node *node)
{
	*node = (struct fs_node){
		.type = FS_DIR,
		.id = node_id(UINT64_MAX, entry->location.id),
	};
}

/* Is a name, found in a directory, where that subvolume is? */
static int is_mounted(struct btrfs *b, const struct fs_node *dir,
	const struct entry *entry, struct error *err)
{
	const struct btrfs_key key = { dir->aux[0], BTRFS_ROOT_REF,
		entry->location.id };
	size_t len = strlen(entry->name);
	const struct btrfs_root_ref *ref;
	struct btrfs_item item;
	const char *name;
	int r;

	r = btrfs_item(b, &b->root_tree, &key, sizeof(*ref), &item, err);
	if (r <= 0)
		return r;
	ref = (const void *)item.data.data;
	name = bytes_at(item.data, sizeof(*ref), len);
	return le64_get(ref->dir) == dir->aux[1] &&
		le16_get(ref->name_len) == len && name &&
		memcmp(name, entry->name, len) == 0;
}

static int enter_subvolume(struct btrfs *b, const struct fs_node *dir,
	const struct entry *entry, struct fs_node *node, struct error *err)
{
	struct btrfs_tree tree;
	int r = is_mounted(b, dir, entry, err);

	if (r > 0)
		r = btrfs_subvolume(b, entry->location.id, &tree, err);
	if (r < 0)
		return -1;
	if (r > 0)
		return btrfs_inode(b, &tree, BTRFS_FIRST_FREE, node, err);
	set_empty(entry, node);
	return 0;
}

/* What a name leads to. */
static int enter(struct btrfs *b, const struct btrfs_tree *tree,
	const struct fs_node *dir, const struct entry *entry,
	struct fs_node *node, struct error *err)
{
	int r;

	if (entry->location.type == BTRFS_ROOT_ITEM)
		r = enter_subvolume(b, dir, entry, node, err);
	else if (entry->location.type == BTRFS_INODE_ITEM)
		r = btrfs_inode(b, tree, entry->location.id, node, err);
	else
		r = error_set(err, ERR_CORRUPT, "leads to an item of type %u",
			entry->location.type);
	return r < 0 ? error_in(err, "\"%s\"", entry->name) : 0;
}

/* The name at *at in an item, which moves behind it: 1, or 0 at the end. */
static int next_name(
	struct bytes item, uint64_t *at, struct entry *entry, struct error *err)
{
	const struct dir_item *disk;
	const char *name;
	size_t len;

	if (*at >= item.len)
		return 0;
	disk = bytes_at(item, *at, sizeof(*disk));
	if (!disk)
		return error_set(err, ERR_CORRUPT, "an entry is cut short");
	len = le16_get(disk->name_len);
	name = bytes_at(item, *at + sizeof(*disk), len);
	if (!name || !fs_name_valid(name, len))
		return error_set(
			err, ERR_CORRUPT, "an entry with a name that is none");
	memcpy(entry->name, name, len);
	entry->name[len] = '\0';
	entry->location = btrfs_key_of(&disk->location);
	*at += sizeof(*disk) + len + le16_get(disk->data_len);
	return 1;
}

int btrfs_tree_of(struct btrfs *b, const struct fs_node *node,
	struct btrfs_tree *tree, struct error *err)
{
	int r = btrfs_subvolume(b, node->aux[0], tree, err);

	if (r == 0)
		return error_set(err, ERR_CORRUPT,
			"subvolume %" PRIu64 " is not there", node->aux[0]);
	return r < 0 ? -1 : 0;
}

static bool is_empty(const struct fs_node *dir)
{
	return dir->aux[0] == 0;
}

int btrfs_readdir(struct fs *fs, const struct fs_node *dir, fs_visit *visit,
	void *ctx, struct error *err)
{
	struct btrfs_key key = { dir->aux[1], BTRFS_DIR_INDEX, 0 };
	struct btrfs *b = fs->priv;
	struct btrfs_tree tree;
	struct btrfs_item item;
	struct fs_node node;
	struct entry entry;
	uint64_t at;
	int r;

	if (is_empty(dir))
		return 0;
	if (btrfs_tree_of(b, dir, &tree, err) < 0)
		return -1;
	/* each turn has a greater key than the one before */
	while ((r = btrfs_next(b, &tree, &key, &item, err)) > 0) {
		if (item.key.id != key.id || item.key.type != key.type)
			return 0;
		at = 0;
		r = next_name(item.data, &at, &entry, err);
		if (r == 0)
			return error_set(
				err, ERR_CORRUPT, "an entry without a name");
		if (r > 0)
			r = enter(b, &tree, dir, &entry, &node, err);
		if (r == 0)
			r = visit(ctx, entry.name, &node, err);
		if (r != 0 || item.key.offset == UINT64_MAX)
			return r;
		key.offset = item.key.offset + 1;
	}
	return r;
}

/* What a name leads to by its hash: 1, or 0 if it is not there. */
static int find_name(struct btrfs *b, const struct btrfs_tree *tree,
	uint64_t dir, const char *name, struct entry *entry, struct error *err)
{
	const struct btrfs_key key = { dir, BTRFS_DIR_ITEM,
		crc32c(HASH_SEED, name, strlen(name)) };
	struct btrfs_item item;
	uint64_t at = 0;
	int r;

	r = btrfs_item(b, tree, &key, 0, &item, err);
	if (r <= 0)
		return r;
	while ((r = next_name(item.data, &at, entry, err)) > 0)
		if (strcmp(entry->name, name) == 0)
			break;
	return r;
}

int btrfs_lookup(struct fs *fs, const struct fs_node *dir, const char *name,
	struct fs_node *node, struct error *err)
{
	struct btrfs *b = fs->priv;
	struct btrfs_tree tree;
	struct entry entry;
	int r;

	if (is_empty(dir))
		return 0;
	if (btrfs_tree_of(b, dir, &tree, err) < 0)
		return -1;
	r = find_name(b, &tree, dir->aux[1], name, &entry, err);
	if (r > 0 && enter(b, &tree, dir, &entry, node, err) < 0)
		return -1;
	return r;
}

uint64_t btrfs_default_subvolume(struct btrfs *b)
{
	struct error ignored;
	struct entry entry;

	if (find_name(b, &b->root_tree, b->root_dir, "default", &entry,
		    &ignored) <= 0)
		return BTRFS_TOP_LEVEL;
	return entry.location.id;
}
