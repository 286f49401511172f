/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lvm_thin.c - volumes of a thin pool
 *
 * The pool's metadata is a tree of 4 KiB nodes: the number of a volume leads to
 * the root of a tree of its own, in which the number of a chunk leads to the
 * chunk of the pool's data (drivers/md/persistent-data in Linux).  What is not
 * in it was never written.
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "src/base/bytes.h"
#include "src/base/checked.h"
#include "src/volume/lvm.h"

#define BLOCK 4096
#define THIN_MAGIC 27022010
#define LEVELS_MAX 16 /* 126 entries at least in each node but the root */
#define ENTRIES_MAX ((BLOCK - 32) / 16)

#define NODE_LEAF 2 /* in flags */

struct thin_super {
	le32 crc;
	le32 flags;
	le64 block;
	uint8_t uuid[16];
	le64 magic;
	le32 version;
	le32 time;
	le64 transaction;
	le64 held_root;
	uint8_t space_maps[2][128];
	le64 root;
	le64 details;
	le32 chunk; /* sectors */
	le32 block_sectors;
};

struct thin_node {
	le32 crc;
	le32 flags;
	le64 block;
	le32 entries;
	le32 max;
	le32 value_size;
	le32 pad;
	uint8_t body[BLOCK - 32]; /* max keys, then max values */
};
static_assert(sizeof(struct thin_node) == BLOCK, "a block");

struct thin {
	struct volume *meta;
	struct volume *data;
	uint64_t root;
	uint64_t chunk; /* bytes */
};

/* What the tree says of a key, and of how many behind it the same is true. */
struct answer {
	bool found;
	uint64_t value;
	uint64_t count; /* found: whose values follow each other */
};

static uint64_t key_at(const struct thin_node *node, uint32_t i)
{
	return le64_get(*(const le64 *)(node->body + 8 * (size_t)i));
}

static uint64_t value_at(const struct thin_node *node, uint32_t i)
{
	size_t max = le32_get(node->max);

	return le64_get(*(const le64 *)(node->body + 8 * (max + i)));
}

static int read_node(const struct thin *thin, uint64_t block,
	struct thin_node *node, struct error *err)
{
	uint64_t off;

	if (!mul_u64(block, BLOCK, &off))
		return error_set(err, ERR_CORRUPT,
			"thin pool: no block %" PRIu64, block);
	if (volume_read(thin->meta, off, node, sizeof(*node), err) < 0)
		return error_in(err, "thin pool: metadata");
	if (le64_get(node->block) != block ||
		le32_get(node->max) > ENTRIES_MAX ||
		le32_get(node->entries) > le32_get(node->max) ||
		le32_get(node->value_size) != 8)
		return error_set(err, ERR_CORRUPT,
			"thin pool: block %" PRIu64 " is no sound node", block);
	return 0;
}

/* How many of the node's keys are at most key. */
static uint32_t count_up_to(const struct thin_node *node, uint64_t key)
{
	uint32_t low = 0, high = le32_get(node->entries), middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (key_at(node, middle) <= key)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* In the low 24 bits of a chunk is the time at which it was given out. */
#define CHUNK_OF(value) ((value) >> 24)

static void answer_leaf(const struct thin_node *node, uint64_t key,
	uint64_t end, struct answer *answer)
{
	uint32_t entries = le32_get(node->entries);
	uint32_t i = count_up_to(node, key);

	if (i < entries && key_at(node, i) < end)
		end = key_at(node, i);
	answer->found = i > 0 && key_at(node, i - 1) == key;
	if (!answer->found) {
		answer->count = end > key ? end - key : 1;
		return;
	}
	answer->value = value_at(node, i - 1);
	for (answer->count = 1; i < entries; i++, answer->count++)
		if (key_at(node, i) != key + answer->count ||
			CHUNK_OF(value_at(node, i)) !=
				CHUNK_OF(answer->value) + answer->count)
			break;
}

static int look_up(const struct thin *thin, uint64_t root, uint64_t key,
	struct answer *answer, struct error *err)
{
	uint64_t block = root, end = UINT64_MAX;
	struct thin_node node;
	unsigned int level;
	uint32_t i;

	for (level = 0; level < LEVELS_MAX; level++) {
		if (read_node(thin, block, &node, err) < 0)
			return -1;
		if (le32_get(node.flags) & NODE_LEAF) {
			answer_leaf(&node, key, end, answer);
			return 0;
		}
		i = count_up_to(&node, key);
		if (i < le32_get(node.entries) && key_at(&node, i) < end)
			end = key_at(&node, i);
		if (i == 0) {
			*answer =
				(struct answer){ .count = end > key ? end - key
								    : 1 };
			return 0;
		}
		block = value_at(&node, i - 1);
	}
	return error_set(err, ERR_CORRUPT,
		"thin pool: a tree of more than %d levels", LEVELS_MAX);
}

/*
 * Where the byte at off lies: *pos of the data, or a hole, for at most *len
 * bytes: 1, 0 for a hole, or -1.
 */
static int find(const struct thin *thin, uint64_t off, uint64_t *len,
	uint64_t *pos, struct error *err)
{
	uint64_t in = off % thin->chunk, bytes;
	struct answer answer;

	if (look_up(thin, thin->root, off / thin->chunk, &answer, err) < 0)
		return -1;
	if (mul_u64(answer.count, thin->chunk, &bytes) && bytes - in < *len)
		*len = bytes - in;
	if (!answer.found)
		return 0;
	if (!mul_u64(CHUNK_OF(answer.value), thin->chunk, pos) ||
		!add_u64(*pos, in, pos))
		return error_set(err, ERR_CORRUPT,
			"thin pool: a chunk lies beyond all numbers");
	return 1;
}

static int thin_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	const struct thin *thin = vol->priv;
	uint64_t pos = 0, n;
	uint8_t *to = buf;
	int r;

	for (; len > 0; len -= (size_t)n, off += n, to += n) {
		n = len;
		r = find(thin, off, &n, &pos, err);
		if (r < 0)
			return -1;
		if (r == 0)
			memset(to, 0, (size_t)n);
		else if (volume_read(thin->data, pos, to, (size_t)n, err) < 0)
			return -1;
	}
	return 0;
}

static int thin_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	const struct thin *thin = vol->priv;
	uint64_t pos = 0;
	int r = find(thin, off, &len, &pos, err);

	if (r < 0)
		return -1;
	if (r > 0)
		return volume_run_below(thin->data, pos, len, run, err);
	*run = (struct volume_run){ .fd = VOLUME_HOLE, .len = len };
	return 0;
}

/* The pool's volumes, by the segment that describes it. */
static int open_pool(struct lvm_group *group, struct text name,
	struct lvm_volume *lv, struct thin *thin, struct error *err)
{
	const struct lvm_node *list, *pool = NULL, *node;
	struct lvm_volume *meta, *data;
	struct text meta_name, data_name;

	list = lvm_child(group->node, LVM_SECTION, "logical_volumes");
	for (node = list ? list->first : NULL; node; node = node->next)
		if (node->kind == LVM_SECTION && node->name.len == name.len &&
			memcmp(node->name.at, name.at, name.len) == 0)
			pool = lvm_child(node, LVM_SECTION, "segment1");
	if (!pool)
		return error_set(err, ERR_CORRUPT, "its thin pool is missing");
	if (lvm_string(pool, "metadata", &meta_name, err) < 0 ||
		lvm_string(pool, "pool", &data_name, err) < 0)
		return error_in(err, "thin pool");
	meta = lvm_build_named(group, meta_name, lv, err);
	data = meta ? lvm_build_named(group, data_name, lv, err) : NULL;
	if (!data)
		return error_in(err, "thin pool");
	thin->meta = &meta->vol;
	thin->data = &data->vol;
	return 0;
}

static int open_volume(struct thin *thin, uint64_t number, struct error *err)
{
	struct thin_super super;
	struct answer answer;

	if (volume_read(thin->meta, 0, &super, sizeof(super), err) < 0)
		return error_in(err, "thin pool: metadata");
	if (le64_get(super.magic) != THIN_MAGIC || le32_get(super.chunk) == 0 ||
		le32_get(super.block_sectors) * LVM_SECTOR != BLOCK)
		return error_set(err, ERR_CORRUPT,
			"thin pool: the superblock is damaged");
	thin->chunk = (uint64_t)le32_get(super.chunk) * LVM_SECTOR;
	if (look_up(thin, le64_get(super.root), number, &answer, err) < 0)
		return -1;
	if (!answer.found)
		return error_set(err, ERR_CORRUPT,
			"thin pool: there is no volume %" PRIu64, number);
	thin->root = answer.value;
	return 0;
}

int lvm_build_thin(struct lvm_group *group, struct lvm_volume *lv,
	const struct lvm_node *segment, uint64_t size, struct volume *vol,
	struct error *err)
{
	struct thin *thin = arena_alloc(group->arena, sizeof(*thin), err);
	struct text pool;
	uint64_t number;

	if (!thin || lvm_string(segment, "thin_pool", &pool, err) < 0 ||
		lvm_number(segment, "device_id", &number, err) < 0)
		return -1;
	if (lvm_child(segment, LVM_STRING, "external_origin"))
		return error_set(err, ERR_UNSUPPORTED,
			"a thin volume over another one outside the pool, "
			"which is not read");
	if (open_pool(group, pool, lv, thin, err) < 0 ||
		open_volume(thin, number, err) < 0)
		return -1;
	*vol = (struct volume){
		.size = size,
		.priv = thin,
		.read = thin_read,
		.locate = thin_locate,
	};
	return 0;
}
