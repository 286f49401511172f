/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zfs_zap.c - objects that give numbers for names (ZFS Attribute Processor)
 *
 * A small one, of one block, is a row of names with one number each (micro).
 * Others have a table of pointers, by a hash of the name, to blocks which are
 * hash tables themselves (leaves), with names and numbers in chains of chunks.
 */
#include <inttypes.h>
#include <string.h>

#include "fsdrivers/zfs.h"
#include "src/base/checked.h"

#define KIND(n) ((UINT64_C(1) << 63) + (n))
#define KIND_LEAF KIND(0)
#define KIND_FAT KIND(1)
#define KIND_MICRO KIND(3)
#define FAT_MAGIC UINT64_C(0x2F52AB2AB)
#define LEAF_MAGIC UINT32_C(0x2AB1EAF)
#define FAT_HASH64 2 /* flags: 48 bits of the hash count, not 28 */

#define MICRO_NAME 50
#define CHUNK_SIZE 24
#define CHUNK_BYTES 21
#define CHUNK_NONE 0xffff
#define CHUNK_ENTRY 252
#define CHUNK_ARRAY 251

/* A table for a million names has at most some 2^20 pointers. */
#define TABLE_LOG_MAX 24
#define CHUNKS_MAX (1U << 24) /* in its leaves: a name has three and more */

struct micro_header {
	le64 kind;
	le64 salt;
	le64 normalization;
	uint8_t unused[40];
};

struct micro_entry {
	le64 value;
	le32 differ;
	uint8_t unused[2];
	char name[MICRO_NAME];
};

struct fat_header {
	le64 kind;
	le64 magic;
	le64 table_block; /* 0: the table is in the second half of this one */
	le64 table_blocks;
	le64 table_log;
	le64 next_table;
	le64 copied;
	le64 free_block;
	le64 leaves;
	le64 entries;
	le64 salt;
	le64 normalization;
	le64 flags;
};

struct leaf_header {
	le64 kind;
	le64 unused;
	le64 prefix;
	le32 magic;
	le16 free_chunks;
	le16 entries;
	le16 prefix_len; /* bits of the hash that all names here share */
	le16 free_list;
	uint8_t flags;
	uint8_t unused2[11];
};

struct chunk_entry {
	uint8_t type;
	uint8_t width; /* of a number, bytes */
	le16 next;     /* of those with the same hash */
	le16 name_chunk;
	le16 name_len; /* with its NUL */
	le16 value_chunk;
	le16 value_count;
	le32 differ;
	le64 hash;
};

struct chunk_array {
	uint8_t type;
	uint8_t bytes[CHUNK_BYTES];
	le16 next;
};

_Static_assert(sizeof(struct micro_header) == 64, "as the format has it");
_Static_assert(sizeof(struct micro_entry) == 64, "as the format has it");
_Static_assert(sizeof(struct leaf_header) == 48, "as the format has it");
_Static_assert(sizeof(struct chunk_entry) == CHUNK_SIZE, "a chunk");
_Static_assert(sizeof(struct chunk_array) == CHUNK_SIZE, "a chunk");

static int corrupt(struct error *err, const char *what)
{
	return error_set(err, ERR_CORRUPT, "names: %s", what);
}

/* Where the leaves are. */
struct fat {
	const struct zfs_object *zap;
	uint64_t table; /* in the object, bytes */
	unsigned int log;
	uint64_t salt;
	bool hash64;
};

static int parse_fat(struct fat *fat, const struct zfs_object *zap,
	struct bytes block, struct error *err)
{
	const struct fat_header *header = bytes_at(block, 0, sizeof(*header));
	uint64_t log;

	if (!header || le64_get(header->magic) != FAT_MAGIC)
		return corrupt(err, "a header without its magic number");
	fat->zap = zap;
	fat->salt = le64_get(header->salt);
	fat->hash64 = le64_get(header->flags) & FAT_HASH64;
	log = le64_get(header->table_log);
	fat->table = zap->block_size / 2;
	if (le64_get(header->table_blocks) > 0 &&
		!mul_u64(le64_get(header->table_block), zap->block_size,
			&fat->table))
		return corrupt(err, "a table beyond the object's end");
	if (log > TABLE_LOG_MAX)
		return error_set(err, ERR_LIMIT,
			"names: a table of more than 2^%d pointers",
			TABLE_LOG_MAX);
	fat->log = (unsigned int)log;
	return 0;
}

/* CRC-64 of ECMA-182, bits reversed, begun with the salt. */
static uint64_t hash_name(const struct fat *fat, const char *name)
{
	uint64_t hash = fat->salt;
	int i;

	for (; *name; name++) {
		hash ^= (uint8_t)*name;
		for (i = 0; i < 8; i++)
			hash = hash >> 1 ^
				(hash & 1 ? UINT64_C(0xC96C5795D7870F42) : 0);
	}
	return hash & ~((UINT64_C(1) << (fat->hash64 ? 16 : 36)) - 1);
}

/* A leaf's block, taken apart. */
struct leaf {
	struct bytes buckets;
	struct bytes chunks;
	unsigned int log; /* of the number of buckets */
	unsigned int prefix_len;
};

static int get_leaf(struct zfs_pool *pool, const struct fat *fat,
	uint64_t number, struct leaf *leaf, struct error *err)
{
	const struct leaf_header *header;
	struct bytes block;
	size_t buckets;
	int found = zfs_object_block(pool, fat->zap, number, &block, err);

	if (found < 0)
		return -1;
	header = found ? bytes_at(block, 0, sizeof(*header)) : NULL;
	if (!header || number == 0 || le64_get(header->kind) != KIND_LEAF ||
		le32_get(header->magic) != LEAF_MAGIC ||
		!is_power_of_two(fat->zap->block_size))
		return corrupt(err, "a leaf that is none");
	buckets = fat->zap->block_size / 32;
	leaf->buckets = bytes_sub(block, sizeof(*header), buckets * 2);
	leaf->chunks = bytes_sub(block, sizeof(*header) + buckets * 2,
		block.len - sizeof(*header) - buckets * 2);
	leaf->log = (unsigned int)__builtin_ctzll(buckets);
	leaf->prefix_len = le16_get(header->prefix_len);
	if (leaf->log + leaf->prefix_len > 64 || leaf->log == 0)
		return corrupt(err, "a leaf below more bits than a hash has");
	return 0;
}

static const void *get_chunk(
	const struct leaf *leaf, unsigned int number, uint8_t type)
{
	const uint8_t *chunk = bytes_at(
		leaf->chunks, (uint64_t)number * CHUNK_SIZE, CHUNK_SIZE);

	return chunk && *chunk == type ? chunk : NULL;
}

/* The first len bytes of a chain; its length bounds the loop. */
static bool get_array(
	const struct leaf *leaf, unsigned int number, uint8_t *out, size_t len)
{
	const struct chunk_array *chunk;
	size_t n;

	for (; len > 0; len -= n, out += n) {
		chunk = get_chunk(leaf, number, CHUNK_ARRAY);
		if (!chunk)
			return false;
		n = len < CHUNK_BYTES ? len : CHUNK_BYTES;
		memcpy(out, chunk->bytes, n);
		number = le16_get(chunk->next);
	}
	return true;
}

static bool get_values(const struct leaf *leaf, const struct chunk_entry *chunk,
	struct zfs_zap_entry *entry)
{
	uint8_t raw[ZFS_LAYOUT_MAX * 8] = { 0 };
	size_t width = chunk->width, kept, i, j;

	entry->count = le16_get(chunk->value_count);
	if (width < 1 || width > 8)
		return false;
	kept = entry->count < ZFS_LAYOUT_MAX ? entry->count : ZFS_LAYOUT_MAX;
	if (!get_array(leaf, le16_get(chunk->value_chunk), raw, kept * width))
		return false;
	/* big-endian, on all machines */
	for (i = 0; i < kept; i++)
		for (entry->value[i] = 0, j = 0; j < width; j++)
			entry->value[i] =
				entry->value[i] << 8 | raw[i * width + j];
	return true;
}

/* 1 and the name, or 0: it is longer than anybody asks for. */
static int get_name(const struct leaf *leaf, const struct chunk_entry *chunk,
	char name[FS_NAME_MAX + 1], struct error *err)
{
	size_t len = le16_get(chunk->name_len);

	if (len > FS_NAME_MAX + 1)
		return 0;
	if (len == 0 ||
		!get_array(leaf, le16_get(chunk->name_chunk), (uint8_t *)name,
			len))
		return corrupt(err, "a name that is not there");
	name[len - 1] = '\0';
	return 1;
}

static int visit_chunk(const struct leaf *leaf, unsigned int number,
	zfs_zap_visit *visit, void *ctx, struct error *err)
{
	const struct chunk_entry *chunk = get_chunk(leaf, number, CHUNK_ENTRY);
	struct zfs_zap_entry entry;
	char name[FS_NAME_MAX + 1];
	int named = chunk ? get_name(leaf, chunk, name, err) : 0;

	if (named <= 0)
		return named;
	if (!get_values(leaf, chunk, &entry))
		return corrupt(err, "a value that is not there");
	entry.name = name;
	return visit(ctx, &entry, err);
}

/* The block may be gone after a visit, which reads others: it is asked again */
static int visit_leaf(struct zfs_pool *pool, const struct fat *fat,
	uint64_t number, zfs_zap_visit *visit, void *ctx, struct error *err)
{
	unsigned int i, count = fat->zap->block_size / CHUNK_SIZE;
	bool there = false;
	struct leaf leaf;
	int r;

	for (i = 0; i < count; i++) {
		if (!there && get_leaf(pool, fat, number, &leaf, err) < 0)
			return -1;
		there = !get_chunk(&leaf, i, CHUNK_ENTRY);
		if (there)
			continue;
		r = visit_chunk(&leaf, i, visit, ctx, err);
		if (r != 0)
			return r;
	}
	return 0;
}

/* Neighbours in the table often lead to the same leaf. */
static int visit_fat(struct zfs_pool *pool, const struct fat *fat,
	zfs_zap_visit *visit, void *ctx, struct error *err)
{
	uint64_t i, last = 0, leaf, chunks = 0;
	le64 raw;
	int r;

	for (i = 0; i < UINT64_C(1) << fat->log; i++) {
		if (zfs_object_read(pool, fat->zap,
			    fat->table + i * sizeof(raw), &raw, sizeof(raw),
			    err) < 0)
			return -1;
		leaf = le64_get(raw);
		if (leaf == last && i > 0)
			continue;
		chunks += fat->zap->block_size / CHUNK_SIZE;
		if (chunks > CHUNKS_MAX)
			return error_set(err, ERR_LIMIT,
				"names: more than %u chunks", CHUNKS_MAX);
		last = leaf;
		r = visit_leaf(pool, fat, leaf, visit, ctx, err);
		if (r != 0)
			return r;
	}
	return 0;
}

static int find_fat(struct zfs_pool *pool, const struct fat *fat,
	const char *name, struct zfs_zap_entry *entry, struct error *err)
{
	uint64_t hash = hash_name(fat, name);
	uint64_t at = fat->log ? hash >> (64 - fat->log) : 0;
	const struct chunk_entry *chunk;
	char found[FS_NAME_MAX + 1];
	struct leaf leaf;
	unsigned int next, turns = 0;
	const le16 *bucket;
	le64 raw;
	int named;

	if (zfs_object_read(pool, fat->zap, fat->table + at * sizeof(raw), &raw,
		    sizeof(raw), err) < 0 ||
		get_leaf(pool, fat, le64_get(raw), &leaf, err) < 0)
		return -1;
	/* never shifted by 64: there are two buckets at least */
	at = hash >> (64 - leaf.log - leaf.prefix_len) &
		((UINT64_C(1) << leaf.log) - 1);
	bucket = bytes_at(leaf.buckets, at * sizeof(*bucket), sizeof(*bucket));
	for (next = le16_get(*bucket); next != CHUNK_NONE;
		next = le16_get(chunk->next)) {
		chunk = get_chunk(&leaf, next, CHUNK_ENTRY);
		if (!chunk || turns++ > leaf.chunks.len / CHUNK_SIZE)
			return corrupt(err, "a chain that leads nowhere");
		named = get_name(&leaf, chunk, found, err);
		if (named < 0)
			return -1;
		if (!named || strcmp(found, name) != 0)
			continue;
		return get_values(&leaf, chunk, entry)
			? 1
			: corrupt(err, "a value that is not there");
	}
	return 0;
}

static int visit_micro(struct zfs_pool *pool, const struct zfs_object *zap,
	zfs_zap_visit *visit, void *ctx, struct error *err)
{
	uint64_t off = sizeof(struct micro_header);
	char name[MICRO_NAME + 1] = "";
	struct micro_entry raw;
	struct zfs_zap_entry entry = { .name = name, .count = 1 };
	int r;

	for (; off + sizeof(raw) <= zap->block_size; off += sizeof(raw)) {
		if (zfs_object_read(pool, zap, off, &raw, sizeof(raw), err) < 0)
			return -1;
		if (!raw.name[0])
			continue;
		memcpy(name, raw.name, sizeof(raw.name));
		entry.value[0] = le64_get(raw.value);
		r = visit(ctx, &entry, err);
		if (r != 0)
			return r;
	}
	return 0;
}

/* 1: it is a fat one, 0: a micro one. */
static int begin(struct zfs_pool *pool, const struct zfs_object *zap,
	struct fat *fat, struct error *err)
{
	struct bytes block;
	const le64 *kind;
	int found = zfs_object_block(pool, zap, 0, &block, err);

	if (found < 0)
		return -1;
	kind = found ? bytes_at(block, 0, sizeof(*kind)) : NULL;
	if (kind && le64_get(*kind) == KIND_MICRO)
		return 0;
	if (!kind || le64_get(*kind) != KIND_FAT)
		return corrupt(err, "an object that has none");
	return parse_fat(fat, zap, block, err) < 0 ? -1 : 1;
}

int zfs_zap_each(struct zfs_pool *pool, const struct zfs_object *zap,
	zfs_zap_visit *visit, void *ctx, struct error *err)
{
	struct fat fat;
	int is_fat = begin(pool, zap, &fat, err);

	if (is_fat < 0)
		return -1;
	return is_fat ? visit_fat(pool, &fat, visit, ctx, err)
		      : visit_micro(pool, zap, visit, ctx, err);
}

struct wanted {
	const char *name;
	struct zfs_zap_entry *entry;
};

static int compare(
	void *ctx, const struct zfs_zap_entry *entry, struct error *err)
{
	struct wanted *wanted = ctx;

	(void)err;
	if (strcmp(entry->name, wanted->name) != 0)
		return 0;
	*wanted->entry = *entry;
	return 1;
}

int zfs_zap_find(struct zfs_pool *pool, const struct zfs_object *zap,
	const char *name, struct zfs_zap_entry *entry, struct error *err)
{
	struct wanted wanted = { name, entry };
	struct fat fat;
	int is_fat = begin(pool, zap, &fat, err);

	if (is_fat < 0)
		return -1;
	return is_fat ? find_fat(pool, &fat, name, entry, err)
		      : visit_micro(pool, zap, compare, &wanted, err);
}

int zfs_zap_number(struct zfs_pool *pool, const struct zfs_objset *set,
	uint64_t object, const char *name, uint64_t *number, struct error *err)
{
	struct zfs_zap_entry entry;
	struct zfs_dnode dnode;
	int found;

	if (zfs_dnode_read(pool, set, object, &dnode, err) < 0)
		return -1;
	found = zfs_zap_find(pool, &dnode.data, name, &entry, err);
	if (found < 0)
		return error_in(err, "object %" PRIu64, object);
	if (found && entry.count < 1)
		return error_set(err, ERR_CORRUPT,
			"object %" PRIu64 ": no number for \"%s\"", object,
			name);
	if (found)
		*number = entry.value[0];
	return found;
}
