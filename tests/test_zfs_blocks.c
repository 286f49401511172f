/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks, objects and names of ZFS that are broken or hostile.  As in a pool
 * nearly everything has a checksum, these are made in memory, with pointers
 * that say there is none.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/zfs.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"

#define MEMORY (1U << 20)

static struct error err;

/* A pool of one device, which is this memory behind its labels. */
static uint8_t memory[MEMORY];
static struct zfs_pool pool;
static struct zfs_vdev device;
static struct volume volume;
static struct arena arena;
static struct fs fs;

static int read_memory(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *why)
{
	(void)vol;
	if (off < ZFS_DATA_OFF || off - ZFS_DATA_OFF > MEMORY ||
		len > MEMORY - (off - ZFS_DATA_OFF))
		return error_set(why, ERR_IO, "outside of the memory");
	memcpy(buf, memory + (off - ZFS_DATA_OFF), len);
	return 0;
}

static void make_pool(void)
{
	memset(memory, 0, sizeof(memory));
	arena_init(&arena, 64U << 20);
	volume = (struct volume){ .size = UINT64_MAX, .read = read_memory };
	device = (struct zfs_vdev){
		.kind = ZFS_VDEV_DEVICE, .vol = &volume, .ways = 1, .ashift = 9
	};
	fs = (struct fs){ .arena = &arena, .priv = &pool };
	pool = (struct zfs_pool){ .fs = &fs, .tops = &device, .top_count = 1 };
	error_clear(&err);
}

static void free_pool(void)
{
	arena_free(&arena);
}

static le64 le(uint64_t number)
{
	le64 out;
	int i;

	for (i = 0; i < 8; i++)
		out.b[i] = (uint8_t)(number >> (8 * i));
	return out;
}

static void put(size_t off, uint64_t number, size_t len)
{
	le64 raw = le(number);

	memcpy(memory + off, raw.b, len);
}

/* A pointer to size bytes at off, neither compressed nor with a checksum */
static struct zfs_bp pointer(size_t off, size_t size, unsigned int level)
{
	uint64_t sectors = size / 512 - 1;
	struct zfs_bp bp = { { { { 0 } } } };

	bp.word[0] = le(size / 512);
	bp.word[1] = le(off / 512);
	bp.word[6] = le(sectors | sectors << 16 | UINT64_C(2) << 32 |
		UINT64_C(2) << 40 | (uint64_t)level << 56 | UINT64_C(1) << 63);
	bp.word[10] = le(1);
	return bp;
}

static struct zfs_object object_at(size_t off, size_t size)
{
	struct zfs_object object = { .levels = 1,
		.indirect_log = 3,
		.pointers = 1,
		.block_size = (uint32_t)size,
		.blocks = 1 };

	object.bp[0] = pointer(off, size, 0);
	return object;
}

static int count_entry(
	void *ctx, const struct zfs_zap_entry *entry, struct error *why)
{
	(void)entry, (void)why;
	++*(unsigned int *)ctx;
	return 0;
}

static void fails(int result, enum error_code code, const char *text)
{
	ck_assert_int_eq(result, -1);
	ck_assert_msg(strstr(err.text, text) != NULL, "%s", err.text);
	ck_assert_int_eq(err.code, code);
}

/* Indirect blocks: each of the pointers leads back to the block itself. */
START_TEST(pointers_in_a_circle_end_with_the_levels)
{
	struct zfs_object object = object_at(0, 1024);
	struct zfs_bp bp = pointer(0, 1024, 1);
	struct bytes block;
	int i;

	for (i = 0; i < 8; i++)
		memcpy(memory + (size_t)i * sizeof(bp), &bp, sizeof(bp));
	object.levels = ZFS_LEVELS_MAX;
	object.blocks = UINT64_MAX;
	object.bp[0] = bp;
	ck_assert_int_eq(zfs_object_block(&pool, &object, 0, &block, &err), 1);
	ck_assert_uint_eq(block.len, 1024);
	/* no number of a block shifts anything too far */
	ck_assert_int_ge(
		zfs_object_block(&pool, &object, UINT64_MAX - 1, &block, &err),
		0);
}
END_TEST

START_TEST(an_indirect_block_that_is_too_short_is_refused)
{
	struct zfs_object object = object_at(0, 512);
	struct bytes block;

	object.levels = 2;
	object.indirect_log = 10;
	object.blocks = 1000;
	fails(zfs_object_block(&pool, &object, 900, &block, &err), ERR_CORRUPT,
		"block 900: an indirect block of 512 bytes");
}
END_TEST

/* The header's checksum is of where it is: made as ZFS does. */
static void seal(size_t off, uint64_t birth)
{
	struct zfs_sum sum;
	int i;

	put(off + 472, UINT64_C(0x0210da7ab10c7a11), 8);
	put(off + 480, 0, 8);
	put(off + 488, off, 8);
	put(off + 496, birth, 8);
	put(off + 504, 0, 8);
	zfs_sha256((struct bytes){ memory + off, 512 }, &sum);
	for (i = 0; i < 4; i++)
		put(off + 480 + 8 * (size_t)i, sum.word[i], 8);
}

START_TEST(gangs_of_gangs_end)
{
	struct zfs_bp gang = pointer(0, 512, 0), part;
	struct bytes block;

	gang.word[1] = le(UINT64_C(1) << 63);
	memcpy(memory, &gang, sizeof(gang));
	seal(0, 1);
	fails(zfs_block(&pool, &gang, &block, &err), ERR_LIMIT,
		"gang blocks more than 8 deep");
	/* and of two parts where one was said */
	part = pointer(4096, 512, 0);
	memcpy(memory, &part, sizeof(part));
	memcpy(memory + 128, &part, sizeof(part));
	seal(0, 1);
	fails(zfs_block(&pool, &gang, &block, &err), ERR_CORRUPT,
		"has more than 512 bytes");
	memset(memory, 0, 256);
	seal(0, 1);
	fails(zfs_block(&pool, &gang, &block, &err), ERR_CORRUPT,
		"has 0 bytes of 512");
	memcpy(memory, &part, sizeof(part));
	memcpy(memory + 4096, "part", 4);
	seal(0, 1);
	ck_assert_int_eq(zfs_block(&pool, &gang, &block, &err), 0);
	ck_assert_mem_eq(block.data, "part", 4);
}
END_TEST

static const struct {
	unsigned int word;
	uint64_t value;
	enum error_code code;
	const char *text;
} pointers[] = {
	{ 0, UINT64_C(1) << 32, ERR_NOT_FOUND, "no device of vdev 1 of" },
	{ 1, UINT64_C(0x0fffffffffffffff), ERR_CORRUPT,
		"a block pointer without a place" },
	{ 1, UINT64_C(0x0003ffffffffffff), ERR_IO, "outside of the memory" },
	{ 6, UINT64_C(0x800002020000ffff), ERR_LIMIT,
		"a block of more than 16777216 bytes" },
	{ 6, UINT64_C(0x8000020200030001), ERR_CORRUPT,
		"a block of 1024 bytes is stored as 2048" },
	{ 6, UINT64_C(0x8000020200000001), ERR_CORRUPT,
		"a block of 1024 bytes is stored as 512" },
	{ 6, UINT64_C(0xa000020200000000), ERR_UNSUPPORTED,
		"an encrypted block" },
	{ 6, UINT64_C(0x0000020200000000), ERR_UNSUPPORTED,
		"a block of a big-endian machine" },
	{ 6, UINT64_C(0x8000021100000000), ERR_UNSUPPORTED,
		"unknown compression 17" },
	{ 6, UINT64_C(0x8000020f00000000), ERR_CORRUPT, "lz4 cannot" },
	{ 6, UINT64_C(0x8000021000000000), ERR_CORRUPT, "zstd cannot" },
	{ 6, UINT64_C(0x8000020500000000), ERR_CORRUPT, "gzip cannot" },
	{ 6, UINT64_C(0x8000080200000000), ERR_CORRUPT,
		"wrong checksum at 0x0 of vdev 0" },
	{ 6, UINT64_C(0x8000028200000001) | UINT64_C(0xff) << 25, ERR_CORRUPT,
		"is stored as 128" },
	{ 6, UINT64_C(0x8000008200000000) | UINT64_C(1) << 25 | 200,
		ERR_CORRUPT, "is stored as 2" },
	{ 6, UINT64_C(0x8000008200000000) | UINT64_C(127) << 25 | 127,
		ERR_UNSUPPORTED, "a block of kind 0 in its pointer" },
	{ 6, UINT64_C(0x8000028200000000), ERR_UNSUPPORTED,
		"a block of kind 2 in its pointer (redacted?)" },
};

START_TEST(a_block_pointer_with_nonsense_is_refused)
{
	struct zfs_bp bp = pointer(0, 512, 0);
	struct bytes block;

	put(0, UINT64_C(0xff01000000), 8); /* big-endian: 1 byte, of nonsense */
	bp.word[pointers[_i].word] = le(pointers[_i].value);
	fails(zfs_block(&pool, &bp, &block, &err), pointers[_i].code,
		pointers[_i].text);
}
END_TEST

/* A fat ZAP of 1 KiB blocks: a header with its table in it, and one leaf. */
static struct zfs_object make_zap(void)
{
	struct zfs_object zap = object_at(0, 1024);
	size_t leaf = 1024, chunks = leaf + 48 + 64, i;

	zap.levels = 2;
	zap.blocks = 2;
	zap.bp[0] = pointer(8192, 1024, 1);
	for (i = 0; i < 2; i++) {
		struct zfs_bp bp = pointer(1024 * i, 1024, 0);

		memcpy(memory + 8192 + i * sizeof(bp), &bp, sizeof(bp));
	}
	put(0, UINT64_C(1) << 63 | 1, 8);
	put(8, UINT64_C(0x2F52AB2AB), 8);
	put(32, 6, 8); /* 64 pointers */
	put(80, 7, 8); /* salt */
	for (i = 0; i < 64; i++)
		put(512 + 8 * i, 1, 8);
	put(leaf, UINT64_C(1) << 63, 8);
	put(leaf + 24, 0x2AB1EAF, 4);
	memset(memory + leaf + 48, 0xff, 64);
	for (i = 0; i < 32; i++) /* every hash leads to the same chain */
		put(leaf + 48 + 2 * i, 0, 2);
	memcpy(memory + chunks, "\374\10\377\377\1\0\5\0\2\0\1\0", 12);
	memcpy(memory + chunks + 24, "\373name", 6);
	memcpy(memory + chunks + 48, "\373\0\0\0\0\0\0\0\52", 9);
	return zap;
}

START_TEST(a_name_is_found_in_a_sound_zap)
{
	struct zfs_object zap = make_zap();
	struct zfs_zap_entry entry;
	unsigned int names = 0;

	ck_assert_int_eq(zfs_zap_find(&pool, &zap, "name", &entry, &err), 1);
	ck_assert_uint_eq(entry.count, 1);
	ck_assert_uint_eq(entry.value[0], 42);
	ck_assert_int_eq(zfs_zap_find(&pool, &zap, "none", &entry, &err), 0);
	ck_assert_int_eq(
		zfs_zap_each(&pool, &zap, count_entry, &names, &err), 0);
	ck_assert_uint_eq(names, 1);
}
END_TEST

#define CHUNKS (1024 + 48 + 64)

static const struct {
	size_t at;
	uint64_t value;
	size_t len;
	enum error_code code;
	const char *text;
} zaps[] = {
	{ 0, 5, 8, ERR_CORRUPT, "an object that has none" },
	{ 8, 5, 8, ERR_CORRUPT, "a header without its magic number" },
	{ 32, 63, 8, ERR_LIMIT, "a table of more than 2^24 pointers" },
	{ 32, UINT64_MAX, 8, ERR_LIMIT, "a table of more than 2^24 pointers" },
	{ 24, 1, 8, ERR_CORRUPT, "a leaf that is none" },
	{ 16, UINT64_MAX, 8, ERR_CORRUPT, "a table beyond the object's end" },
	{ 1024, 1, 8, ERR_CORRUPT, "a leaf that is none" },
	{ 1024 + 24, 1, 4, ERR_CORRUPT, "a leaf that is none" },
	{ 1024 + 32, 60, 2, ERR_CORRUPT, "a leaf below more bits than a hash" },
	{ CHUNKS + 4, 7, 2, ERR_CORRUPT, "a name that is not there" },
	{ CHUNKS + 6, 0, 2, ERR_CORRUPT, "a name that is not there" },
	{ CHUNKS + 6, 100, 2, ERR_CORRUPT, "a name that is not there" },
	{ CHUNKS + 8, 999, 2, ERR_CORRUPT, "a value that is not there" },
	{ CHUNKS + 1, 0, 1, ERR_CORRUPT, "a value that is not there" },
	{ CHUNKS + 1, 9, 1, ERR_CORRUPT, "a value that is not there" },
	{ CHUNKS + 10, 999, 2, ERR_CORRUPT, "a value that is not there" },
};

START_TEST(a_zap_with_nonsense_is_refused)
{
	struct zfs_object zap = make_zap();
	struct zfs_zap_entry entry;
	unsigned int names = 0;

	/* the table is elsewhere, if there is one */
	if (zaps[_i].at == 16)
		put(24, 1, 8);
	put(zaps[_i].at, zaps[_i].value, zaps[_i].len);
	fails(zfs_zap_find(&pool, &zap, "name", &entry, &err), zaps[_i].code,
		zaps[_i].text);
	fails(zfs_zap_each(&pool, &zap, count_entry, &names, &err),
		zaps[_i].code, zaps[_i].text);
}
END_TEST

START_TEST(a_chain_of_names_that_is_a_circle_ends)
{
	struct zfs_object zap = make_zap();
	struct zfs_zap_entry entry;

	put(CHUNKS + 2, 0, 2);
	fails(zfs_zap_find(&pool, &zap, "none", &entry, &err), ERR_CORRUPT,
		"a chain that leads nowhere");
}
END_TEST

/* A table with a hole in it does not lead to the header. */
START_TEST(a_zap_whose_table_is_a_hole_ends_at_once)
{
	struct zfs_object zap = make_zap();
	unsigned int names = 0;

	put(24, 1, 8);
	put(16, 1000, 8);
	put(32, 24, 8);
	fails(zfs_zap_each(&pool, &zap, count_entry, &names, &err), ERR_CORRUPT,
		"a leaf that is none");
}
END_TEST

START_TEST(any_change_of_a_zap_is_survived)
{
	struct zfs_object zap;
	struct zfs_zap_entry entry;
	unsigned int names, at, i;
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };

	for (at = 0; at < 2048; at++)
		for (i = 0; i < sizeof(values); i++) {
			zap = make_zap();
			memory[at] = values[i];
			pool = (struct zfs_pool){
				.fs = &fs, .tops = &device, .top_count = 1
			};
			arena_free(&arena);
			arena_init(&arena, 64U << 20);
			names = 0;
			zfs_zap_find(&pool, &zap, "name", &entry, &err);
			zfs_zap_each(&pool, &zap, count_entry, &names, &err);
			ck_assert_uint_lt(names, 5000);
		}
}
END_TEST

#define INDIRECT (UINT64_C(16) << 10) /* bytes: 128 pointers */
#define ONES_AND_TWOS 10240           /* blocks of a table */
#define MIXED 11264
#define SAME 12288

/* Pointers [from, to) of an indirect block, all to one block. */
static void fill(size_t at, unsigned int from, unsigned int to, size_t off,
	unsigned int level)
{
	struct zfs_bp bp = pointer(off, level ? INDIRECT : 1024, level);

	for (; from < to; from++)
		memcpy(memory + at + from * sizeof(bp), &bp, sizeof(bp));
}

/* The same with a table of 2^19 pointers: so many lead to another leaf. */
static struct zfs_object make_large_zap(unsigned int turns)
{
	const size_t top = 16 * INDIRECT, first = 17 * INDIRECT,
		     before = 18 * INDIRECT, middle = 19 * INDIRECT,
		     behind = 20 * INDIRECT;
	struct zfs_object zap = make_zap();
	unsigned int block = 8 + turns / 128, i;

	zap.levels = 3;
	zap.indirect_log = 7;
	zap.blocks = 8 + 4096;
	zap.bp[0] = pointer(top, INDIRECT, 2);
	put(16, 8, 8); /* the table is in blocks from this one on */
	put(24, 4096, 8);
	put(32, 19, 8);
	for (i = 0; i < 128; i++) {
		put(ONES_AND_TWOS + 8ULL * i, 1 + i % 2, 8);
		put(MIXED + 8ULL * i, 1 + (i < turns % 128 ? i : turns - 1) % 2,
			8);
		put(SAME + 8ULL * i, 1 + (turns - 1) % 2, 8);
	}
	fill(top, 0, 1, first, 1);
	fill(top, 1, block / 128, before, 1);
	fill(top, block / 128, block / 128 + 1, middle, 1);
	fill(top, block / 128 + 1, 128, behind, 1);
	fill(first, 0, 1, 0, 0);
	fill(first, 1, 8, 1024, 0);
	fill(first, 8, 128, ONES_AND_TWOS, 0);
	fill(before, 0, 128, ONES_AND_TWOS, 0);
	fill(middle, 0, block % 128, ONES_AND_TWOS, 0);
	fill(middle, block % 128, block % 128 + 1, MIXED, 0);
	fill(middle, block % 128 + 1, 128, SAME, 0);
	fill(behind, 0, 128, SAME, 0);
	return zap;
}

START_TEST(counts_chunks)
{
	const unsigned int most = (1 << 24) / (1024 / 24); /* leaves */
	struct zfs_object zap = make_large_zap(most);
	unsigned int names = 0;

	ck_assert_int_eq(
		zfs_zap_each(&pool, &zap, count_entry, &names, &err), 0);
	ck_assert_uint_eq(names, most);
	free_pool();
	make_pool();
	zap = make_large_zap(most + 1);
	fails(zfs_zap_each(&pool, &zap, count_entry, &names, &err), ERR_LIMIT,
		"names: more than 16777216 chunks");
}
END_TEST

static struct zfs_objset make_set(void)
{
	struct zfs_objset set = { .dnodes = object_at(0, 16384) };

	memory[512] = 20; /* type */
	memory[513] = 17; /* indirect blocks of 128 KiB */
	memory[514] = 1;  /* levels */
	memory[515] = 1;  /* pointers */
	memory[520] = 1;  /* sectors */
	return set;
}

static const struct {
	size_t at;
	uint64_t value;
	size_t len;
	const char *text;
} dnodes[] = {
	{ 512, 0, 1, "object 1: is not in use" },
	{ 513, 8, 1,
		"object 1: 1 levels, 1 pointers, indirect blocks of 2^8 " },
	{ 513, 64, 1, "indirect blocks of 2^64 bytes" },
	{ 514, 0, 1, "object 1: 0 levels" },
	{ 514, 17, 1, "object 1: 17 levels" },
	{ 515, 0, 1, "0 pointers" },
	{ 515, 4, 1, "4 pointers" },
	{ 520, 0, 2, "others of 0" },
	{ 522, 400, 2, "400 bytes of attributes in a dnode of 512" },
	{ 524, 31, 1, "a dnode of 16384 bytes, which its block does not have" },
	{ 524, 255, 1, "a dnode of 131072 bytes" },
	{ 528, UINT64_MAX, 8, "1 levels" },
};

START_TEST(a_dnode_with_nonsense_is_refused)
{
	struct zfs_objset set = make_set();
	struct zfs_dnode dnode;

	ck_assert_int_eq(zfs_dnode_read(&pool, &set, 1, &dnode, &err), 0);
	put(dnodes[_i].at, dnodes[_i].value, dnodes[_i].len);
	fails(zfs_dnode_read(&pool, &set, UINT64_MAX, &dnode, &err),
		ERR_CORRUPT, "object 18446744073709551615: is not there");
	memset(pool.kept, 0, sizeof(pool.kept));
	fails(zfs_dnode_read(&pool, &set, 1, &dnode, &err), ERR_CORRUPT,
		dnodes[_i].text);
}
END_TEST

/* A dnode with one block, a small ZAP of one name and its number */
static void make_table(
	unsigned int number, size_t off, const char *name, uint64_t value)
{
	struct zfs_bp bp = pointer(off, 512, 0);
	size_t dnode = number * (size_t)512;

	memcpy(memory + dnode, memory + 512, 16);
	memcpy(memory + dnode + 64, &bp, sizeof(bp));
	put(off, UINT64_C(1) << 63 | 3, 8);
	put(off + 64, value, 8);
	strcpy((char *)memory + off + 64 + 14, name);
}

/* Attributes of files have numbers, which a table in the pool gives them. */
START_TEST(an_attribute_of_too_high_a_number_is_refused)
{
	struct zfs_objset set = make_set();

	make_table(1, 32768, "REGISTRY", 2);
	put(32768 + 128, 3, 8); /* the second name of the table */
	strcpy((char *)memory + 32768 + 128 + 14, "LAYOUTS");
	make_table(2, 33280, "ZPL_SIZE", (unsigned int)_i);
	if (_i < ZFS_REGISTRY_MAX) {
		ck_assert_int_eq(zfs_attr_open(&pool, &set, 1, &err), 0);
		ck_assert_uint_eq(set.attr_number[ZFS_SIZE], (unsigned int)_i);
		return;
	}
	fails(zfs_attr_open(&pool, &set, 1, &err), ERR_LIMIT,
		"an attribute of number 256, the highest read is 255");
}
END_TEST

START_TEST(counts_datasets)
{
	static struct zfs_objset open[4096], *sets[4096];
	struct zfs_objset mos = make_set();
	size_t number;

	for (number = 0; number < 4096; number++) {
		open[number].id = 1000 + number;
		sets[number] = &open[number];
	}
	pool.mos = &mos;
	pool.sets = sets;
	pool.set_count = 4095;
	fails(zfs_dataset_open(&pool, 1, &number, &err), ERR_CORRUPT,
		"dataset 1: object 1: no dataset and no directory of any");
	pool.set_count++;
	fails(zfs_dataset_open(&pool, 1, &number, &err), ERR_LIMIT,
		"more than 4096 datasets are asked for");
	ck_assert_int_eq(zfs_dataset_open(&pool, 5095, &number, &err), 0);
	ck_assert_uint_eq(number, 4095);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("blocks");

	tcase_add_checked_fixture(tcase, make_pool, free_pool);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, pointers_in_a_circle_end_with_the_levels);
	tcase_add_test(tcase, an_indirect_block_that_is_too_short_is_refused);
	tcase_add_test(tcase, gangs_of_gangs_end);
	tcase_add_loop_test(tcase, a_block_pointer_with_nonsense_is_refused, 0,
		COUNT(pointers));
	tcase_add_test(tcase, a_name_is_found_in_a_sound_zap);
	tcase_add_loop_test(
		tcase, a_zap_with_nonsense_is_refused, 0, COUNT(zaps));
	tcase_add_test(tcase, a_chain_of_names_that_is_a_circle_ends);
	tcase_add_test(tcase, a_zap_whose_table_is_a_hole_ends_at_once);
	tcase_add_test(tcase, counts_chunks);
	tcase_add_test(tcase, counts_datasets);
	tcase_add_test(tcase, any_change_of_a_zap_is_survived);
	tcase_add_loop_test(
		tcase, a_dnode_with_nonsense_is_refused, 0, COUNT(dnodes));
	tcase_add_loop_test(tcase, an_attribute_of_too_high_a_number_is_refused,
		ZFS_REGISTRY_MAX - 1, ZFS_REGISTRY_MAX + 1);
	return run_suite("zfs_blocks", &tcase, 1);
}
