/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "src/fs/filemap.h"
#include "tests/support/count.h"
#include "tests/support/runner.h"

static struct fs_extent seen[5];
static int count, stop_at;

static int keep(void *ctx, const struct fs_extent *extent, struct error *err)
{
	(void)ctx, (void)err;
	ck_assert_int_lt(count, COUNT(seen));
	seen[count++] = *extent;
	return count == stop_at ? 7 : 0;
}

/* Pieces that a driver adds, and what comes of them for a range */
static const struct {
	uint64_t from, to;
	struct fs_extent added[4]; /* up to one of len 0 */
	struct fs_extent seen[6];  /* up to one of len 0 */
} maps[] = {
	{ 0, 10, { { 0, 0, 0 } }, { { 0, FS_HOLE, 10 } } },
	{ 0, 10, { { 0, 50, 10 } }, { { 0, 50, 10 } } },
	/* neighbours are one, in the file and on the disk; holes, too */
	{ 0, 10, { { 0, 50, 5 }, { 5, 55, 5 } }, { { 0, 50, 10 } } },
	{ 0, 10, { { 0, 50, 5 }, { 5, 56, 5 } },
		{ { 0, 50, 5 }, { 5, 56, 5 } } },
	{ 0, 10, { { 0, FS_HOLE, 2 }, { 4, FS_HOLE, 2 } },
		{ { 0, FS_HOLE, 10 } } },
	/* gaps are holes */
	{ 0, 10, { { 2, 50, 2 }, { 6, 54, 2 } },
		{ { 0, FS_HOLE, 2 }, { 2, 50, 2 }, { 4, FS_HOLE, 2 },
			{ 6, 54, 2 }, { 8, FS_HOLE, 2 } } },
	/* what is outside is cut off */
	{ 4, 8, { { 0, 50, 20 } }, { { 4, 54, 4 } } },
	{ 4, 8, { { 0, 50, 4 }, { 8, 90, 4 } }, { { 4, FS_HOLE, 4 } } },
	{ 4, 8, { { 0, 50, 5 }, { 7, 90, 5 } },
		{ { 4, 54, 1 }, { 5, FS_HOLE, 2 }, { 7, 90, 1 } } },
	{ 4, 8, { { 5, 50, UINT64_MAX } },
		{ { 4, FS_HOLE, 1 }, { 5, 50, 3 } } },
};

START_TEST(pieces_become_extents_without_a_gap)
{
	const struct fs_extent *piece = maps[_i].added;
	struct filemap map;
	struct error err;
	uint64_t next = maps[_i].from;
	int i;

	count = stop_at = 0;
	filemap_start(&map, maps[_i].from, maps[_i].to, keep, NULL);
	for (; piece->len > 0; piece++)
		ck_assert_int_eq(filemap_add(&map, piece->file, piece->vol,
					 piece->len, &err),
			0);
	ck_assert_int_eq(filemap_end(&map, &err), 0);
	for (i = 0; i < count; i++) {
		ck_assert_uint_eq(seen[i].file, next);
		ck_assert_uint_eq(seen[i].file, maps[_i].seen[i].file);
		ck_assert_uint_eq(seen[i].vol, maps[_i].seen[i].vol);
		ck_assert_uint_eq(seen[i].len, maps[_i].seen[i].len);
		next += seen[i].len;
	}
	ck_assert_uint_eq(maps[_i].seen[i].len, 0);
	ck_assert_uint_eq(next, maps[_i].to);
}
END_TEST

START_TEST(whoever_looks_may_stop)
{
	struct filemap map;
	struct error err;

	count = 0;
	stop_at = 1;
	filemap_start(&map, 0, 100, keep, NULL);
	ck_assert_int_eq(filemap_add(&map, 0, 50, 10, &err), 0);
	ck_assert(!map.stopped);
	ck_assert_int_eq(filemap_add(&map, 20, 90, 10, &err), 7);
	ck_assert(map.stopped);
	ck_assert_int_eq(count, 1);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("filemap");

	tcase_add_loop_test(
		tc, pieces_become_extents_without_a_gap, 0, COUNT(maps));
	tcase_add_test(tc, whoever_looks_may_stop);
	return run_suite("filemap", &tc, 1);
}
