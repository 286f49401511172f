/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reiserfs_tree.c - the way from a key to its item
 *
 * Every search begins at the root, whose upper levels are kept, and every block
 * passed has to be one level lower than the one before.  Keys on the way say
 * between which two an item of a leaf has to be: what is found by going from
 * item to item rises, and a leaf that the tree leads to twice is noticed.
 */
#include <assert.h>
#include <inttypes.h>

#include "fsdrivers/reiserfs.h"

#define LEVEL_LEAF 1
#define LEVEL_MAX 5 /* of the root, as Linux has it */

struct head {
	le16 level;
	le16 count; /* of items, or of keys */
	le16 free;
	le16 unused;
	uint8_t right[16]; /* a key; no longer in use */
};

/* The last eight bytes are an offset and a kind in one of two forms. */
struct raw_key {
	le32 dir;
	le32 object;
	le32 off;  /* of 3.5 */
	le32 kind; /* of 3.5, and what it calls them is below */
};

/* In an inner block: behind all keys one child more than keys. */
struct child {
	le32 block;
	le16 size;
	le16 unused;
};

/* In a leaf. */
struct item_head {
	struct raw_key key;
	le16 count; /* of names */
	le16 len;   /* bytes of the body, and where in the leaf it begins */
	le16 at;
	le16 version;
};

static_assert(sizeof(struct head) == 24, "as in the format");
static_assert(sizeof(struct raw_key) == 16, "as in the format");
static_assert(sizeof(struct child) == 8, "as in the format");
static_assert(sizeof(struct item_head) == 24, "as in the format");

#define OLD_INDIRECT UINT32_C(0xfffffffe)
#define OLD_DIRECT UINT32_C(0xffffffff)
#define OLD_NAMES 500

/* A leaf, and between which keys its items have to be: low <= key < high. */
struct leaf {
	uint32_t block;
	const uint8_t *data;
	unsigned int count; /* of items */
	struct reiserfs_key low, high;
	bool has_low, has_high;
};

static unsigned int old_kind(uint32_t kind)
{
	if (kind == OLD_INDIRECT)
		return REISERFS_INDIRECT;
	if (kind == OLD_DIRECT)
		return REISERFS_DIRECT;
	if (kind == OLD_NAMES)
		return REISERFS_NAMES;
	return kind == 0 ? REISERFS_STAT : REISERFS_ANY;
}

/*
 * Nothing says which form a key has, but the upper four bits of the newer are 1
 * to 3, and those of the older, whatever the kind, are not.
 */
static struct reiserfs_key decode_key(const struct raw_key *raw)
{
	uint32_t upper = le32_get(raw->kind);
	struct reiserfs_key key = {
		.dir = le32_get(raw->dir),
		.object = le32_get(raw->object),
		.off = le32_get(raw->off),
		.kind = upper >> 28,
	};

	if (key.kind >= REISERFS_INDIRECT && key.kind <= REISERFS_NAMES)
		key.off |= (uint64_t)(upper & 0xfffffff) << 32;
	else
		key.kind = old_kind(upper);
	return key;
}

/* Is a behind b (more than 0), before it (less), or the same? */
static int compare(const struct reiserfs_key *a, const struct reiserfs_key *b)
{
	if (a->dir != b->dir)
		return a->dir < b->dir ? -1 : 1;
	if (a->object != b->object)
		return a->object < b->object ? -1 : 1;
	if (a->off != b->off)
		return a->off < b->off ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return 0;
}

/* How many of the keys, which stand step bytes apart, are not behind key? */
static unsigned int count_before(const uint8_t *keys, size_t step,
	unsigned int count, const struct reiserfs_key *key)
{
	unsigned int low = 0, high = count, middle;
	struct reiserfs_key at;

	while (low < high) {
		middle = (low + high) / 2;
		at = decode_key((const void *)(keys + middle * step));
		if (compare(&at, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * Read a block that has to be of that level, or of any if level is 0, and
 * find its level and what it holds.
 */
static const uint8_t *read_node(struct reiserfs *rs, uint32_t block,
	unsigned int *level, unsigned int *count, struct error *err)
{
	const uint8_t *data = reiserfs_block(rs, block, err);
	const struct head *head = (const void *)data;
	unsigned int got;
	size_t size;

	if (!data)
		return NULL;
	got = le16_get(head->level);
	*count = le16_get(head->count);
	size = got == LEVEL_LEAF ? *count * sizeof(struct item_head)
				 : *count * sizeof(struct raw_key) +
			(*count + 1) * sizeof(struct child);
	if (got < LEVEL_LEAF || got > LEVEL_MAX || (*level && got != *level) ||
		sizeof(*head) + size > rs->block_size) {
		error_set(err, ERR_CORRUPT,
			"block %" PRIu32 ": no node of the tree (level %u, "
			"%u items)",
			block, got, *count);
		return NULL;
	}
	*level = got;
	return data;
}

/* The child of an inner block that key leads to; narrows the leaf's bounds. */
static uint32_t choose_child(const uint8_t *data, unsigned int count,
	const struct reiserfs_key *key, struct leaf *leaf)
{
	const struct raw_key *keys = (const void *)(data + sizeof(struct head));
	const struct child *children = (const void *)(keys + count);
	unsigned int i =
		count_before((const uint8_t *)keys, sizeof(*keys), count, key);

	if (i > 0) {
		leaf->low = decode_key(&keys[i - 1]);
		leaf->has_low = true;
	}
	if (i < count) {
		leaf->high = decode_key(&keys[i]);
		leaf->has_high = true;
	}
	return le32_get(children[i].block);
}

/* The leaf in which an item with that key would be. */
static int find_leaf(struct reiserfs *rs, const struct reiserfs_key *key,
	struct leaf *leaf, struct error *err)
{
	unsigned int level = 0, count;
	uint32_t block = rs->root;
	const uint8_t *data;

	*leaf = (struct leaf){ 0 };
	for (;; level--) {
		data = read_node(rs, block, &level, &count, err);
		if (!data)
			return -1;
		if (level == LEVEL_LEAF)
			break;
		block = choose_child(data, count, key, leaf);
	}
	leaf->block = block;
	leaf->data = data;
	leaf->count = count;
	return 0;
}

static const struct item_head *heads_of(const struct leaf *leaf)
{
	return (const void *)(leaf->data + sizeof(struct head));
}

static int load_item(const struct reiserfs *rs, const struct leaf *leaf,
	unsigned int index, struct reiserfs_item *item, struct error *err)
{
	const struct item_head *head = &heads_of(leaf)[index];
	unsigned int at = le16_get(head->at);

	item->key = decode_key(&head->key);
	item->version = le16_get(head->version);
	item->count = le16_get(head->count);
	item->body = bytes_sub((struct bytes){ leaf->data, rs->block_size }, at,
		le16_get(head->len));
	item->at = reiserfs_block_at(rs, leaf->block) + at;
	if (!item->body.data)
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu32 ": item %u leaves it", leaf->block,
			index);
	if ((leaf->has_low && compare(&item->key, &leaf->low) < 0) ||
		(leaf->has_high && compare(&item->key, &leaf->high) >= 0))
		return error_set(err, ERR_CORRUPT,
			"block %" PRIu32 ": item %u does not belong there",
			leaf->block, index);
	return 0;
}

static unsigned int items_before(
	const struct leaf *leaf, const struct reiserfs_key *key)
{
	return count_before((const uint8_t *)heads_of(leaf),
		sizeof(struct item_head), leaf->count, key);
}

int reiserfs_find(struct reiserfs *rs, const struct reiserfs_key *key,
	struct reiserfs_item *item, struct error *err)
{
	struct leaf leaf;
	unsigned int i;

	if (find_leaf(rs, key, &leaf, err) < 0)
		return -1;
	/* the first item of a leaf has the key that leads to it */
	i = items_before(&leaf, key);
	if (i == 0)
		return 0;
	return load_item(rs, &leaf, i - 1, item, err) < 0 ? -1 : 1;
}

int reiserfs_next(struct reiserfs *rs, const struct reiserfs_key *key,
	struct reiserfs_item *item, struct error *err)
{
	struct reiserfs_key high;
	struct leaf leaf;
	unsigned int i;

	if (find_leaf(rs, key, &leaf, err) < 0)
		return -1;
	i = items_before(&leaf, key);
	if (i == leaf.count) {
		if (!leaf.has_high)
			return 0;
		high = leaf.high;
		if (find_leaf(rs, &high, &leaf, err) < 0)
			return -1;
		if (leaf.count == 0)
			return error_set(err, ERR_CORRUPT,
				"block %" PRIu32 ": a leaf without items",
				leaf.block);
		i = 0;
	}
	return load_item(rs, &leaf, i, item, err) < 0 ? -1 : 1;
}
