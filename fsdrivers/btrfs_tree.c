/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs_tree.c - finding items in trees
 *
 * A search always begins at the top of its tree: the nodes on the way are kept,
 * and so nobody has to remember where he was.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/btrfs.h"

struct header {
	uint8_t checksum[32];
	uint8_t fsid[BTRFS_UUID_SIZE];
	le64 at;
	le64 flags;
	uint8_t chunk_tree_uuid[BTRFS_UUID_SIZE];
	le64 generation;
	le64 owner;
	le32 items;
	uint8_t level;
};

/* What a node above the leaves holds. */
struct pointer {
	struct btrfs_disk_key key; /* the first one below */
	le64 at;
	le64 generation;
};

/* What a leaf holds; the data of the items lie at its end. */
struct leaf_item {
	struct btrfs_disk_key key;
	le32 offset; /* of the data, from the end of the header */
	le32 size;
};

_Static_assert(sizeof(struct header) == 101, "as the format has it");
_Static_assert(sizeof(struct pointer) == 33, "as the format has it");
_Static_assert(sizeof(struct leaf_item) == 25, "as the format has it");

int btrfs_compare_keys(const struct btrfs_key *a, const struct btrfs_key *b)
{
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	if (a->type != b->type)
		return a->type < b->type ? -1 : 1;
	if (a->offset != b->offset)
		return a->offset < b->offset ? -1 : 1;
	return 0;
}

static size_t entry_size(uint8_t level)
{
	return level > 0 ? sizeof(struct pointer) : sizeof(struct leaf_item);
}

/* Where a node is and what its parent knows of it. */
struct wanted {
	uint64_t at;
	uint64_t generation;
	uint8_t level;
};

static int check_header(const struct btrfs *b, const struct wanted *wanted,
	const uint8_t *data, struct error *err)
{
	const struct header *header = (const void *)data;
	size_t room =
		(b->node_size - sizeof(*header)) / entry_size(wanted->level);

	if (!btrfs_is_sound(b->checksum, data, b->node_size))
		return error_set(err, ERR_CORRUPT, "the checksum is wrong");
	if (le64_get(header->at) != wanted->at)
		return error_set(err, ERR_CORRUPT, "is a node for 0x%" PRIx64,
			le64_get(header->at));
	if (le64_get(header->generation) != wanted->generation)
		return error_set(err, ERR_CORRUPT,
			"has generation %" PRIu64 " and not %" PRIu64,
			le64_get(header->generation), wanted->generation);
	if (header->level != wanted->level)
		return error_set(err, ERR_CORRUPT, "is of level %u and not %u",
			header->level, wanted->level);
	if (le32_get(header->items) > room)
		return error_set(err, ERR_CORRUPT, "has %" PRIu32 " items",
			le32_get(header->items));
	return 0;
}

/* The first copy that is what it should be; else the first fault. */
static int read_node(struct btrfs *b, const struct wanted *wanted,
	uint8_t *data, struct error *err)
{
	unsigned int copies = btrfs_copies(b, wanted->at, err), copy;
	struct error later, *why = err;

	for (copy = 0; copy < copies; copy++) {
		if (btrfs_read_copy(b, wanted->at, copy, data, b->node_size,
			    why) == 0 &&
			check_header(b, wanted, data, why) == 0)
			return 0;
		why = &later;
	}
	return error_in(err, "node at 0x%" PRIx64, wanted->at);
}

/* The slot that was used longest ago. */
static struct btrfs_node *oldest(struct btrfs *b)
{
	struct btrfs_node *node, *found = b->nodes;

	for (node = b->nodes; node < b->nodes + b->kept; node++)
		if (node->used < found->used)
			found = node;
	return found;
}

static struct btrfs_node *find_kept(
	struct btrfs *b, const struct wanted *wanted)
{
	struct btrfs_node *node;

	for (node = b->nodes; node < b->nodes + b->kept; node++)
		if (node->used > 0 && node->at == wanted->at &&
			node->generation == wanted->generation &&
			node->level == wanted->level)
			return node;
	return NULL;
}

/* A node, until the next is asked for; NULL: err is filled. */
static const struct btrfs_node *get_node(
	struct btrfs *b, const struct wanted *wanted, struct error *err)
{
	struct btrfs_node *node = find_kept(b, wanted);
	const struct header *header;

	if (!node) {
		node = oldest(b);
		if (!node->data)
			node->data = arena_alloc(b->arena, b->node_size, err);
		if (!node->data)
			return NULL;
		/* to find out where it is other nodes may be read meanwhile */
		node->used = UINT64_MAX;
		node->at = UINT64_MAX;
		if (read_node(b, wanted, node->data, err) < 0) {
			node->used = 0;
			return NULL;
		}
		header = (const void *)node->data;
		node->at = wanted->at;
		node->generation = wanted->generation;
		node->level = wanted->level;
		node->items = le32_get(header->items);
	}
	node->used = ++b->clock;
	return node;
}

static const struct btrfs_disk_key *key_at(
	const struct btrfs_node *node, uint32_t index)
{
	return (const void *)(node->data + sizeof(struct header) +
		index * entry_size(node->level));
}

/* How many entries of a node have keys that are not greater. */
static uint32_t count_up_to(
	const struct btrfs_node *node, const struct btrfs_key *key)
{
	uint32_t low = 0, high = node->items, middle;
	struct btrfs_key found;

	while (low < high) {
		middle = low + (high - low) / 2;
		found = btrfs_key_of(key_at(node, middle));
		if (btrfs_compare_keys(&found, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int get_item(const struct btrfs *b, const struct btrfs_node *node,
	uint32_t index, struct btrfs_item *item, struct error *err)
{
	const struct leaf_item *entry = (const void *)key_at(node, index);
	struct bytes all = { node->data, b->node_size };
	uint64_t off =
		sizeof(struct header) + (uint64_t)le32_get(entry->offset);

	item->key = btrfs_key_of(&entry->key);
	item->data = bytes_sub(all, off, le32_get(entry->size));
	if (!item->data.data)
		return error_set(err, ERR_CORRUPT,
			"node at 0x%" PRIx64 ": item %" PRIu32
			" lies outside of it",
			node->at, index);
	return 0;
}

/*
 * The leaf in which a key is, or would be.  If there are keys to the right of
 * it, *right is the first.
 */
static const struct btrfs_node *descend(struct btrfs *b,
	const struct btrfs_tree *tree, const struct btrfs_key *key,
	struct btrfs_key *right, bool *has_right, struct error *err)
{
	struct wanted wanted = { tree->root, tree->generation, tree->level };
	const struct btrfs_node *node;
	const struct pointer *pointer;
	uint32_t index;

	*has_right = false;
	for (;;) {
		node = get_node(b, &wanted, err);
		if (!node || wanted.level == 0)
			return node;
		if (node->items == 0) {
			error_set(err, ERR_CORRUPT,
				"node at 0x%" PRIx64 " leads nowhere",
				node->at);
			return NULL;
		}
		index = count_up_to(node, key);
		if (index < node->items) {
			*right = btrfs_key_of(key_at(node, index));
			*has_right = true;
		}
		if (index > 0)
			index--;
		pointer = (const void *)key_at(node, index);
		wanted.at = le64_get(pointer->at);
		wanted.generation = le64_get(pointer->generation);
		wanted.level--;
	}
}

static int out_of_order(const struct btrfs_node *leaf, struct error *err)
{
	return error_set(err, ERR_CORRUPT,
		"node at 0x%" PRIx64 ": its keys are not in order", leaf->at);
}

/* In the leaf that begins with the key to the right, if there is one. */
static int next_leaf(struct btrfs *b, const struct btrfs_tree *tree,
	const struct btrfs_key *key, struct btrfs_item *item, struct error *err)
{
	const struct btrfs_node *leaf;
	struct btrfs_key right;
	bool has_right;

	leaf = descend(b, tree, key, &right, &has_right, err);
	if (!leaf)
		return -1;
	if (leaf->items == 0)
		return out_of_order(leaf, err);
	if (get_item(b, leaf, 0, item, err) < 0)
		return -1;
	if (btrfs_compare_keys(&item->key, key) < 0)
		return out_of_order(leaf, err);
	return 1;
}

int btrfs_next(struct btrfs *b, const struct btrfs_tree *tree,
	const struct btrfs_key *key, struct btrfs_item *item, struct error *err)
{
	const struct btrfs_node *leaf;
	struct btrfs_key right, found;
	bool has_right;
	uint32_t index;

	leaf = descend(b, tree, key, &right, &has_right, err);
	if (!leaf)
		return -1;
	index = count_up_to(leaf, key);
	if (index > 0) {
		found = btrfs_key_of(key_at(leaf, index - 1));
		if (btrfs_compare_keys(&found, key) == 0)
			index--;
	}
	if (index == leaf->items)
		return has_right ? next_leaf(b, tree, &right, item, err) : 0;
	if (get_item(b, leaf, index, item, err) < 0)
		return -1;
	if (btrfs_compare_keys(&item->key, key) < 0)
		return out_of_order(leaf, err);
	return 1;
}

int btrfs_before(struct btrfs *b, const struct btrfs_tree *tree,
	const struct btrfs_key *key, struct btrfs_item *item, struct error *err)
{
	const struct btrfs_node *leaf;
	struct btrfs_key right;
	bool has_right;
	uint32_t index;

	leaf = descend(b, tree, key, &right, &has_right, err);
	if (!leaf)
		return -1;
	index = count_up_to(leaf, key);
	if (index == 0)
		return 0;
	if (get_item(b, leaf, index - 1, item, err) < 0)
		return -1;
	if (btrfs_compare_keys(&item->key, key) > 0)
		return out_of_order(leaf, err);
	return 1;
}

int btrfs_item(struct btrfs *b, const struct btrfs_tree *tree,
	const struct btrfs_key *key, size_t size, struct btrfs_item *item,
	struct error *err)
{
	int r = btrfs_before(b, tree, key, item, err);

	if (r <= 0 || btrfs_compare_keys(&item->key, key) != 0)
		return r < 0 ? -1 : 0;
	if (item->data.len < size)
		return error_set(err, ERR_CORRUPT,
			"an item of type %u has %zu bytes, it needs %zu",
			key->type, item->data.len, size);
	return 1;
}
