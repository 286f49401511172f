/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of NILFS2 no image has room for: logs and leaves up to their limits, in
 * blocks that are made when they are read.
 */
#include <check.h>
#include <string.h>

#include "fsdrivers/nilfs2.h"
#include "tests/support/runner.h"

#define BLOCK 4096
#define PER_NODE 255

static struct arena arena;
static struct volume volume;
static struct nilfs2 nilfs;
static struct error err;

static void put(uint8_t *at, uint64_t number, unsigned int len)
{
	for (; len > 0; len--, number >>= 8)
		*at++ = (uint8_t)number;
}

static void setup(int (*read)(struct volume *vol, uint64_t off, void *buf,
	size_t len, struct error *why))
{
	arena_init(&arena, 64U << 20);
	error_clear(&err);
	volume = (struct volume){ .size = UINT64_MAX, .read = read };
	nilfs = (struct nilfs2){
		.vol = &volume,
		.block_size = BLOCK,
		.dat_blocks = { .vol = &volume,
			.arena = &arena,
			.size = BLOCK },
		.blocks = { .vol = &volume, .arena = &arena, .size = BLOCK },
	};
}

static void teardown(void)
{
	arena_free(&arena);
}

/* Blocks below an entry of a node of that level, when each leaf is for one. */
static uint64_t span_of(unsigned int level)
{
	uint64_t span = 1;

	while (level-- > 2)
		span *= PER_NODE;
	return span;
}

/* Block "level << 40 | number" is that node; leaves are empty. */
static int read_node(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *why)
{
	uint64_t number = off / BLOCK & ((UINT64_C(1) << 40) - 1), child, i;
	unsigned int level = (unsigned int)(off / BLOCK >> 40);
	uint8_t *node = buf;

	(void)vol, (void)why;
	memset(node, 0, len);
	node[1] = (uint8_t)level;
	if (level == 1)
		return 0;
	put(node + 2, PER_NODE, 2);
	for (i = 0; i < PER_NODE; i++) {
		child = number * PER_NODE + i;
		put(node + 16 + 8 * i, child * span_of(level), 8);
		put(node + 16 + 8 * (PER_NODE + i),
			(uint64_t)(level - 1) << 40 | child, 8);
	}
	return 0;
}

static int visit(void *ctx, const struct fs_extent *extent, struct error *why)
{
	(void)ctx, (void)extent, (void)why;
	return 0;
}

/* A tree of five levels, of which a range needs so many leaves. */
static int map_leaves(uint64_t leaves)
{
	struct nilfs2_file file = { .physical = true,
		.map = { 1, 5, 1 } }; /* a root of one pointer */
	struct filemap map;

	put(file.map + 8 + 8 * 3, UINT64_C(4) << 40, 8);
	filemap_start(&map, 0, (leaves - 1) * BLOCK + 1, visit, NULL);
	return nilfs2_file_map(&nilfs, &file, &map, &err);
}

START_TEST(counts_leaves)
{
	setup(read_node);
	ck_assert_msg(map_leaves(1 << 20) == 0, "%s", err.text);
	ck_assert_int_eq(map_leaves((1 << 20) + 1), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "more than 1048576 leaves of a tree");
}
END_TEST

static uint64_t logs;

/* Each of so many blocks is a log without anything in it. */
static int read_log(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *why)
{
	uint8_t log[BLOCK] = { 0 };

	(void)vol, (void)why;
	put(log + 8, 0x1eaffa11, 4);
	put(log + 40, 1, 4);
	put(log + 48, 64, 4);
	put(log + 4, nilfs2_crc(0, log + 8, 56), 4);
	if (off / BLOCK >= logs)
		memset(log, 0, sizeof(log));
	memcpy(buf, log + off % BLOCK, len);
	return 0;
}

START_TEST(counts_logs)
{
	const struct nilfs2_super super = { .segments = 1,
		.segment_blocks = 1 << 20,
		.inode_size = 128,
		.checkpoint_size = 192 };

	setup(read_log);
	logs = 99999;
	ck_assert_int_eq(nilfs2_log_open(&nilfs, &super, &err), -1);
	ck_assert_str_eq(err.text, "log: no log at block 0x0");
	logs++;
	ck_assert_int_eq(nilfs2_log_open(&nilfs, &super, &err), -1);
	ck_assert_str_eq(err.text, "log: more than 100000 logs");
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("made");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, counts_leaves);
	tcase_add_test(tcase, counts_logs);
	return run_suite("nilfs2_made", &tcase, 1);
}
