/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * F2FS images that are broken, cut short or hostile, and what is none.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/f2fs.h"
#include "src/base/bytes.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

/* Of a checkpoint */
#define CP_FLAGS 132
#define CP_BLOCKS 136
#define CP_SUM_AT 164

static struct image image;
static uint64_t image_nat; /* where the table of nodes is, bytes */

static void make_images(void)
{
	image_run("mkdir -p tree/dir/sub tree/many");
	image_file("tree/file", NULL, 20490);
	image_file("tree/dir/below", "x", 1);
	image_run("ln -s dir/below tree/link && cd tree/many && "
		  "seq -f '%%0100.0f' 50 | xargs touch && cd ../.. && "
		  "truncate -s 100M plain.img && mkfs.f2fs -q plain.img && "
		  "sload.f2fs -f tree plain.img >/dev/null");
}

static uint32_t number_at(uint64_t off)
{
	le32 raw;

	ck_assert_int_eq(
		volume_read(&image.below, off, &raw, 4, &image.err), 0);
	return le32_get(raw);
}

/* Where the block of a path's inode is, bytes. */
static uint64_t place_of(const char *path)
{
	const struct f2fs *f2fs;
	struct fs_node node;
	uint64_t at = 0;
	unsigned int i;

	image_open(&image, "made.img");
	ck_assert_int_eq(image_mount(&image, &f2fs_driver), 0);
	image_find(&image, path, &node);
	f2fs = image.fs.priv;
	image_nat = f2fs->nat * F2FS_BLOCK;
	/* what fits is in the journal */
	for (i = 0; i < f2fs->journal_count; i++)
		if (f2fs->journal[i].nid == node.id)
			at = (uint64_t)f2fs->journal[i].block * F2FS_BLOCK;
	if (at == 0) {
		at = f2fs->nat * F2FS_BLOCK + node.id * 9 + 5;
		if (number_at(at) == 0)
			at += UINT64_C(512) * F2FS_BLOCK;
		at = (uint64_t)number_at(at) * F2FS_BLOCK;
	}
	image_close(&image);
	return at;
}

#define ONES "\xff\xff\xff\xff\xff\xff\xff\xff"

/* Of what (NULL: from the start), which bytes, and the answer then. */
static const struct {
	const char *of;
	unsigned int at;
	unsigned int len;
	const char *bytes;
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ NULL, 1024, 4, "none", "/", "no known file system" },
	{ "/file", 0, 2, "\xff\x11", "/file", "is not a regular file" },
	{ "/file", 2, 1, "\4", "/file", "it is encrypted" },
	{ "/dir", 2, 1, "\4", "/dir/below",
		"/dir/below: its names are encrypted" },
	{ "/file", 16, 8, ONES, "/file",
		"/file: inode *: a size of 18446744073709551615 bytes" },
	{ "/file", 16, 8, "\0\0\0\0\0\0\0\1", "/file",
		"/file: inode *: a size of * bytes" },
	{ "/dir/below", 16, 8, "\0\0\0\1\0\0\0\0", "/dir/below",
		"inode *: 16777216 bytes where * have room" },
	{ "/file", 360, 4, "\1\0\0\0", "/file",
		"its block 0x1 is none of data" },
	{ "/file", 360, 4, "\xfe\xff\xff\xff", "/file",
		"its block 0xfffffffe is none of data" },
	{ "/file", 360, 4, "\xfd\xff\xff\xff", "/file", "* lie beyond *" },
	{ "/file", 3, 1, "\x20", "/file", "*more fields*" },
	{ "/file", 4072, 4, ONES, "/file",
		"/file: node *: its block 0x* is that of node 4294967295" },
	{ "/file", 4076, 4, ONES, "/file",
		"/file: node * is one of inode 4294967295" },
};

START_TEST(says_what_is_broken)
{
	uint64_t at = 0;
	int r;

	image_run("cp --sparse=always plain.img made.img");
	if (broken[_i].of)
		at = place_of(broken[_i].of);
	image_write("made.img", at + broken[_i].at, broken[_i].bytes,
		broken[_i].len);
	image_open(&image, "made.img");
	r = image_use(&image, &f2fs_driver, broken[_i].path);
	ck_assert_msg(r < 0, "read, in spite of: %s", broken[_i].text);
	ck_assert_msg(fnmatch(broken[_i].text, image.err.text, 0) == 0,
		"\"%s\", not \"%s\"", image.err.text, broken[_i].text);
	image_close(&image);
}
END_TEST

/* In both superblocks, or checkpoints. */
static const struct {
	uint64_t at[2];
	const char *byte;
	const char *text;
} twice[] = {
	{ { 1024 + 16, 4096 + 1024 + 16 }, "\x0e",
		"f2fs: superblock: blocks of 2^14 bytes, only 2^12 can be "
		"read" },
	{ { 1024 + 20, 4096 + 1024 + 20 }, "\x0a",
		"f2fs: superblock: segments of 2^10 blocks" },
	{ { 512 * 4096 + 100, 1024 * 4096 + 100 }, "\xaa",
		"f2fs: checkpoint: block 512: a wrong checksum" },
	{ { 512 * 4096 + 165, 1024 * 4096 + 165 }, "\xff",
		"f2fs: checkpoint: its checksum would be at byte *" },
};

START_TEST(says_what_is_broken_twice)
{
	image_run("cp --sparse=always plain.img made.img");
	image_write("made.img", twice[_i].at[0], twice[_i].byte, 1);
	image_write("made.img", twice[_i].at[1], twice[_i].byte, 1);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &f2fs_driver, "/file"), -1);
	ck_assert_msg(fnmatch(twice[_i].text, image.err.text, 0) == 0,
		"\"%s\", not \"%s\"", image.err.text, twice[_i].text);
	image_close(&image);
}
END_TEST

static void put_u32(uint8_t *at, uint32_t value)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* A checkpoint of so many blocks, which was made when all was unmounted. */
START_TEST(a_checkpoint_has_room_for_summaries)
{
	uint8_t cp[F2FS_BLOCK];
	uint64_t at = UINT64_C(512) * F2FS_BLOCK;
	uint32_t crc;

	image_run("cp --sparse=always plain.img made.img");
	image_open(&image, "made.img");
	ck_assert_int_eq(
		volume_read(&image.below, at, cp, sizeof(cp), &image.err), 0);
	image_close(&image);
	put_u32(cp + CP_FLAGS, 1);
	put_u32(cp + CP_BLOCKS, (uint32_t)_i);
	put_u32(cp + CP_SUM_AT, F2FS_BLOCK - 4);
	crc = f2fs_crc(F2FS_MAGIC, cp, F2FS_BLOCK - 4);
	put_u32(cp + F2FS_BLOCK - 4, crc);
	image_write("made.img", at, cp, sizeof(cp));
	image_write("made.img", at + (uint64_t)(_i - 1) * F2FS_BLOCK, cp,
		sizeof(cp));
	image_write("made.img", 2 * at + 100, "\xaa", 1);
	image_open(&image, "made.img");
	if (_i == 8) {
		ck_assert_msg(image_use(&image, &f2fs_driver, "/") == 0, "%s",
			image.err.text);
	} else {
		ck_assert_int_eq(image_use(&image, &f2fs_driver, "/"), -1);
		ck_assert_str_eq(image.err.text,
			"f2fs: checkpoint: it has no summaries");
	}
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/", "/file", "/link", "/dir/below",
	"/many/x" };

START_TEST(survives_any_length)
{
	uint64_t size;

	image_open(&image, "plain.img");
	for (size = image.vol.size; size > 50000; size -= 50003) {
		image.vol.size = size;
		image_survive(&image, &f2fs_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	image_open(&image, "plain.img");
	image_survive_changes(&image, &f2fs_driver, paths, COUNT(paths), 1024,
		120, 8192); /* behind is little but zeros */
	image_close(&image);
}
END_TEST

/* An inode, its names, and what is said of it in the table. */
START_TEST(survives_a_changed_inode)
{
	static const char *const of[] = { "/file", "/dir", "/many", "/link" };
	uint64_t at;
	int i;

	image_run("cp --sparse=always plain.img made.img");
	at = place_of(of[_i]);
	image_open(&image, "made.img");
	image.patched = true;
	for (i = 0; i < 2000; i++) {
		image.patch.off = at +
			(i < 500 ? (uint64_t)i : (uint64_t)i * 2657 % 4096);
		image.patch.value = (uint8_t)(i * 37 + 1);
		/* to read terabytes of holes only takes time */
		if (image.patch.off - at >= 18 && image.patch.off - at < 22)
			continue;
		image_survive(&image, &f2fs_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

#define INDIRECT 300U /* numbers of nodes that are free, */
#define DIRECT 301U
#define UNUSED 25000U /* and blocks, of which nothing is said */
#define ADDRS 1018

static le32 le(uint32_t value)
{
	return (le32){ { (uint8_t)value, (uint8_t)(value >> 8),
		(uint8_t)(value >> 16), (uint8_t)(value >> 24) } };
}

static void write_u32(uint64_t at, uint32_t value)
{
	le32 raw = le(value);

	image_write("made.img", at, &raw, sizeof(raw));
}

/* A node that is in both copies of the table. */
static void write_node(uint32_t nid, uint32_t ino, const le32 *words)
{
	uint64_t entry = image_nat + nid * 9, at = UNUSED + nid;

	write_u32(entry + 5, (uint32_t)at);
	write_u32(entry + UINT64_C(512) * F2FS_BLOCK + 5, (uint32_t)at);
	image_write("made.img", at * F2FS_BLOCK, words, ADDRS * sizeof(le32));
	write_u32(at * F2FS_BLOCK + 4072, nid);
	write_u32(at * F2FS_BLOCK + 4076, ino);
}

/* What has so many blocks, which are holes of the two kinds in turn. */
static void make_holes(const char *path, uint64_t blocks)
{
	uint64_t size = blocks * F2FS_BLOCK;
	le32 words[ADDRS];
	uint32_t ino;
	uint64_t at;
	unsigned int i;

	image_run("cp --sparse=always plain.img made.img");
	at = place_of(path);
	image_open(&image, "made.img");
	ino = number_at(at + 4072);
	image_close(&image);
	for (i = 0; i < ADDRS; i++)
		words[i] = le(i % 2 ? F2FS_NEW : F2FS_HOLE);
	write_node(DIRECT, ino, words);
	image_write("made.img", at + 3, "", 1); /* nothing inline */
	write_u32(at + 16, (uint32_t)size);
	write_u32(at + 20, (uint32_t)(size >> 32));
	image_write("made.img", at + 360, words, 923 * sizeof(le32));
	for (i = 0; i < ADDRS; i++)
		words[i] = le(DIRECT);
	write_node(INDIRECT, ino, words);
	for (i = 0; i < 4; i++)
		write_u32(at + 4052 + i * 4ULL, i < 2 ? DIRECT : INDIRECT);
}

static const struct {
	const char *path;
	uint64_t most; /* blocks */
	const char *text;
} holes[] = {
	{ "/file", 1 << 20, "a file of more than 1048576 extents" },
	{ "/dir", FS_DIR_MAX, "a directory of more than 1000000 blocks" },
};

START_TEST(counts_holes)
{
	struct fs_node node;
	unsigned int more;
	int r;

	for (more = 0; more < 2; more++) {
		make_holes(holes[_i].path, holes[_i].most + more);
		image_must_mount(&image, "made.img", &f2fs_driver);
		image_find(&image, holes[_i].path, &node);
		r = node.type == FS_DIR ? image_list(&image, &node)
					: image_map(&image, &node);
		ck_assert_msg(r == (more ? -1 : 0), "%s", image.err.text);
		if (more) {
			ck_assert_int_eq(image.err.code, ERR_LIMIT);
			ck_assert_str_eq(image.err.text, holes[_i].text);
		}
		image_close(&image);
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("f2fs_faults");

	tcase_set_timeout(tc, 300);
	tcase_add_unchecked_fixture(tc, make_images, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_loop_test(tc, says_what_is_broken_twice, 0, COUNT(twice));
	tcase_add_loop_test(tc, a_checkpoint_has_room_for_summaries, 5, 9);
	tcase_add_test(tc, survives_any_length);
	tcase_add_test(tc, survives_a_changed_byte);
	tcase_add_loop_test(tc, survives_a_changed_inode, 0, 4);
	tcase_add_loop_test(tc, counts_holes, 0, COUNT(holes));
	return run_suite("f2fs_faults", &tc, 1);
}
