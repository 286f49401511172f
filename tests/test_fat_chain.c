/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chains of clusters: broken ones in an image, and any number of arbitrary ones
 * in memory, where each is followed by simpler means too.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/fat.h"
#include "tests/support/count.h"
#include "tests/support/fatimage.h"

static struct image image;

/* What the table says of a cluster of /file, and what is said of that. */
static const struct broken_chain {
	unsigned int index; /* of the cluster in the file, */
	uint32_t value[3];  /* by kind */
	const char *text[3];
} broken_chains[] = {
	{ 2, { 0, 0, 0 },
		{ "cluster 4 is marked as free", "cluster 4 is marked as free",
			"cluster 5 is marked as free" } },
	{ 2, { 1, 1, 1 },
		{ "cluster 4 leads to 1, which does not exist",
			"cluster 4 leads to 1, which does not exist",
			"cluster 5 leads to 1, which does not exist" } },
	{ 2, { 0xff7, 0xfff7, 0xffffff7 },
		{ "cluster 4 leads to one marked as bad",
			"cluster 4 leads to one marked as bad",
			"cluster 5 leads to one marked as bad" } },
	{ 2, { 0xff6, 0xfff6, 0xffffff6 },
		{ "cluster 4 leads to 4086, which does not exist",
			"cluster 4 leads to 65526, which does not exist",
			"cluster 5 leads to 268435446, which does not exist" } },
	{ 2, { 0xff8, 0xfff8, 0xffffff8 },
		{ "its chain has 3 clusters, too few for 20000 bytes",
			"its chain has 3 clusters, too few for 20000 bytes",
			"its chain has 3 clusters, too few for 20000 bytes" } },
	{ 2, { 4, 4, 5 },
		{ "the chain of clusters comes back to cluster 4",
			"the chain of clusters comes back to cluster 4",
			"the chain of clusters comes back to cluster 5" } },
	{ 5, { 3, 3, 4 },
		{ "the chain of clusters comes back to cluster 3",
			"the chain of clusters comes back to cluster 3",
			"the chain of clusters comes back to cluster 4" } },
	{ 9, { 2, 2, 3 },
		{ "the chain of clusters comes back to cluster 2",
			"the chain of clusters comes back to cluster 2",
			"the chain of clusters comes back to cluster 3" } },
	{ 9, { 0, 0, 0 },
		{ "cluster 11 is marked as free",
			"cluster 11 is marked as free",
			"cluster 12 is marked as free" } },
};

START_TEST(says_what_is_wrong_with_a_chain)
{
	const struct broken_chain *how = &broken_chains[_i / 3];
	struct fs_node node;
	int kind = _i % 3, way;

	fatimage_take(kind);
	fatimage_set_entry(
		kind, (kind == FAT32 ? 3 : 2) + how->index, how->value[kind]);
	fatimage_open(&image);
	image_find(&image, "/file", &node);
	for (way = 0; way < 3; way++) {
		error_clear(&image.err);
		ck_assert_int_eq(way == 0 ? image_read_all(&image, &node, 65536)
				: way == 1 ? image_read_all(&image, &node, 700)
					   : image_map(&image, &node),
			-1);
		ck_assert_int_eq(image.err.code, ERR_CORRUPT);
		ck_assert_str_eq(image.err.text, how->text[kind]);
	}
	image_close(&image);
}
END_TEST

/* What was asked for may be read although the chain is broken behind it. */
START_TEST(reads_what_lies_before_a_fault)
{
	struct fs_node node;
	char buf[4096];
	size_t got;

	fatimage_take(_i);
	fatimage_set_entry(_i, (_i == FAT32 ? 12 : 4), 0);
	fatimage_open(&image);
	image_find(&image, "/file", &node);
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 0, buf, 4096, &got, &image.err), 0);
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 19999, buf, 1, &got, &image.err), -1);
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 100, buf, 3996, &got, &image.err), 0);
	image_close(&image);
}
END_TEST

START_TEST(takes_a_chain_longer_than_its_file)
{
	struct fs_node node;

	fatimage_take(_i);
	fatimage_patch(fatimage_entry_of("/file") + 28, "\x89\x13\0\0", 4);
	fatimage_open(&image);
	image_find(&image, "/file", &node);
	ck_assert_uint_eq(node.size, 5001);
	ck_assert_int_eq(image_read_all(&image, &node, 999), 0);
	ck_assert_int_eq(image_map(&image, &node), 0);
	image_close(&image);
}
END_TEST

/* A table of at most so many clusters, made by chance, and no more than it. */
#define CLUSTERS 300
#define CLUSTER_SIZE 512
#define DATA_AT 4096

static uint32_t table[CLUSTERS + 2]; /* 0: the chain ends */
static uint8_t raw_table[DATA_AT];

static int read_table(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	uint8_t *to = buf;
	size_t i;

	(void)vol, (void)err;
	if (off < DATA_AT)
		memcpy(buf, raw_table + off, len);
	/* each cluster is full of the low byte of its number */
	for (i = 0; off >= DATA_AT && i < len; i++)
		to[i] = (uint8_t)((off + i - DATA_AT) / CLUSTER_SIZE + 2);
	return 0;
}

static void put_entry(unsigned int bits, uint32_t i, uint32_t value)
{
	uint8_t *at = raw_table + i * bits / 8;

	if (value == 0)
		value = 0xfffffff;
	if (bits == 12 && i % 2) {
		at[0] = (uint8_t)((at[0] & 15) | value << 4);
		at[1] = (uint8_t)(value >> 4);
		return;
	}
	at[0] = (uint8_t)value;
	at[1] = (uint8_t)(value >> 8 & (bits == 12 ? 15 : 255));
	if (bits == 32) {
		at[2] = (uint8_t)(value >> 16);
		at[3] = 0xf0 |
			(uint8_t)(value >> 24); /* four bits mean nothing */
	}
}

static unsigned int seed;

static uint32_t chance(uint32_t below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % below;
}

/* Mostly the next cluster, sometimes any, sometimes the end. */
static void make_table(unsigned int bits, uint32_t clusters)
{
	uint32_t i, ends = chance(40) + 2, jumps = chance(20) + 1;

	memset(raw_table, 0, sizeof(raw_table));
	for (i = 2; i < clusters + 2; i++) {
		table[i] = i + 1;
		if (chance(jumps) == 0 || i == clusters + 1)
			table[i] = chance(clusters) + 2;
		if (chance(ends) == 0)
			table[i] = 0;
		put_entry(bits, i, table[i]);
	}
}

/* Clusters of the chain from first on, or 0 if it does not end. */
static uint32_t length_of(uint32_t first, uint32_t clusters)
{
	uint32_t n = 0;

	for (; first != 0 && n <= clusters; n++)
		first = table[first];
	return first == 0 ? n : 0;
}

static uint32_t expected; /* cluster, as the chain has it */

static int check_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	uint64_t at = extent->vol, end = extent->vol + extent->len;

	(void)ctx, (void)err;
	for (; at < end; at += CLUSTER_SIZE, expected = table[expected])
		ck_assert_uint_eq((at - DATA_AT) / CLUSTER_SIZE + 2, expected);
	return 0;
}

static void check_read(
	struct fs *fs, const struct fs_node *node, struct error *err)
{
	static uint8_t buf[CLUSTERS * CLUSTER_SIZE];
	uint32_t cluster = (uint32_t)node->aux[0];
	size_t got, i;

	ck_assert_int_eq(fs_read(fs, node, 0, buf, sizeof(buf), &got, err), 0);
	ck_assert_uint_eq(got, node->size);
	for (i = 0; i < got; i += CLUSTER_SIZE, cluster = table[cluster])
		ck_assert_uint_eq(buf[i], cluster & 0xff);
}

static uint8_t piece[FAT_PIECE_MAX];

static const struct {
	unsigned int bits;
	uint32_t end;
} widths[] = { { 12, 0xff8 }, { 16, 0xfff8 }, { 32, 0xffffff8 } };

/* Every chain ends, is too short, or is a loop, and that is found out. */
START_TEST(follows_any_chain)
{
	struct volume vol = { .size = DATA_AT + CLUSTERS * CLUSTER_SIZE,
		.read = read_table };
	struct error err;
	int i, r, met[3] = { 0 };

	for (i = 0, seed = 1; i < 30000; i++) {
		struct fat fat = { .vol = &vol,
			.piece = piece,
			.bits = widths[_i].bits,
			.mask = 0x0fffffff,
			.end = widths[_i].end,
			.clusters = chance(CLUSTERS) + 1,
			.cluster_size = CLUSTER_SIZE,
			.data = DATA_AT };
		struct fs fs = { &fat_driver, &vol, .priv = &fat };
		struct fs_node node = { .type = FS_FILE, .id = 1 };
		uint32_t size = chance(fat.clusters) + 1, length;

		make_table(fat.bits, fat.clusters);
		node.aux[0] = expected = chance(fat.clusters) + 2;
		node.size = size * CLUSTER_SIZE - chance(CLUSTER_SIZE);
		node.aux[1] = node.size;
		length = length_of(expected, fat.clusters);
		r = fs_map(&fs, &node, check_extent, NULL, &err);
		if (length >= size) {
			ck_assert_int_eq(r, 0);
			check_read(&fs, &node, &err);
			met[0]++;
			continue;
		}
		ck_assert_int_eq(r, -1);
		ck_assert_ptr_nonnull(strstr(err.text,
			length ? "too few for" : "comes back to cluster"));
		met[length ? 1 : 2]++;
	}
	for (i = 0; i < 3; i++)
		ck_assert_int_gt(met[i], 1000);
}
END_TEST

/* In sequence up to the last cluster there is, and on to the next. */
START_TEST(does_not_run_over_the_last_cluster)
{
	struct volume vol = { .size = DATA_AT + CLUSTERS * CLUSTER_SIZE,
		.read = read_table };
	struct fat fat = { .vol = &vol,
		.piece = piece,
		.bits = widths[_i].bits,
		.mask = 0x0fffffff,
		.end = widths[_i].end,
		.clusters = 20,
		.cluster_size = CLUSTER_SIZE,
		.data = DATA_AT };
	struct fat_chain chain = { .first = 2 };
	struct fat_run run;
	struct error err;
	uint32_t i;

	for (i = 2; i < 200; i++)
		put_entry(fat.bits, i, i + 1);
	ck_assert_int_eq(fat_chain_next(&fat, &chain, 20, &run, &err), 1);
	ck_assert_uint_eq(run.count, 20);
	ck_assert_int_eq(fat_chain_next(&fat, &chain, 1, &run, &err), -1);
	ck_assert_str_eq(
		err.text, "cluster 21 leads to 22, which does not exist");
	chain = (struct fat_chain){ .first = 2 };
	ck_assert_int_eq(fat_chain_next(&fat, &chain, 21, &run, &err), -1);
	ck_assert_str_eq(
		err.text, "cluster 21 leads to 22, which does not exist");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fat_chain");
	TCase *tc = tcase_create("fat_chain");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, fatimage_make_three, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_wrong_with_a_chain, 0,
		3 * COUNT(broken_chains));
	tcase_add_loop_test(tc, reads_what_lies_before_a_fault, 0, 3);
	tcase_add_loop_test(tc, takes_a_chain_longer_than_its_file, 0, 3);
	tcase_add_loop_test(tc, follows_any_chain, 0, 3);
	tcase_add_loop_test(tc, does_not_run_over_the_last_cluster, 0, 3);
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
