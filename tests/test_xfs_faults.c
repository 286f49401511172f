/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * XFS images that are broken, cut short or hostile.
 *
 * Version 4 has no checksums, so every number in it can be changed; in version
 * 5 the checksum is mended where it is not what is to be found.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/xfs.h"
#include "src/base/crc32c.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define V4 "xfs-v4.img"
#define V5 "xfs-1k.img"

static struct image image;

/* What the offset of a patch counts from. */
enum anchor {
	SUPER,
	INODE,
	FORK,  /* what the inode has behind its fields */
	TREE,  /* the topmost block of a tree of extents that is no inode */
	LEAF,  /* the first of its leaves */
	DATA,  /* where a file, a directory or a link begins */
	TAIL,  /* the last 8 bytes of a directory's block */
	INDEX, /* of a directory: its first block */
};

static uint64_t number_at(uint64_t off, size_t len)
{
	uint64_t number = 0;
	uint8_t raw[8];
	size_t i;

	ck_assert_int_eq(
		volume_read(&image.below, off, raw, len, &image.err), 0);
	for (i = 0; i < len; i++)
		number = number << 8 | raw[i];
	return number;
}

static uint64_t block_pos(uint64_t block)
{
	uint64_t pos = 0;

	ck_assert_int_eq(
		xfs_block_pos(image.fs.priv, block, 1, &pos, &image.err), 0);
	return pos;
}

static uint64_t inode_pos(uint64_t ino)
{
	const struct xfs *xfs = image.fs.priv;
	unsigned int log = xfs->block_log - xfs->inode_log;

	return block_pos(ino >> log) +
		((ino & ((1U << log) - 1)) << xfs->inode_log);
}

static int keep_extent(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	(void)err;
	*(uint64_t *)ctx = extent->vol;
	return 1;
}

static uint64_t data_pos(const struct xfs_inode *inode, uint64_t off)
{
	const struct xfs *xfs = image.fs.priv;
	uint64_t pos = FS_HOLE;

	ck_assert_int_eq(xfs_map(xfs, inode, off, off + xfs->block_size,
				 keep_extent, &pos, &image.err),
		1);
	ck_assert_uint_ne(pos, FS_HOLE);
	return pos;
}

static uint64_t tree_pos(const struct xfs_inode *inode, bool to_the_leaf)
{
	const struct xfs *xfs = image.fs.priv;
	uint64_t head = xfs->v5 ? 72 : 24, at;
	uint64_t room = (inode->data_size - 4) / 16;
	uint64_t root = inode_pos(inode->ino) + (xfs->v5 ? 176 : 100);

	ck_assert_int_eq(inode->format, XFS_BTREE);
	at = block_pos(number_at(root + 4 + room * 8, 8));
	while (to_the_leaf && number_at(at + 4, 2) > 0)
		at = block_pos(number_at(
			at + head + (xfs->block_size - head) / 16 * 8, 8));
	return at;
}

static uint64_t place_of(enum anchor anchor, const char *path)
{
	struct xfs_inode inode;
	struct fs_node node;
	const struct xfs *xfs = image.fs.priv;

	if (anchor == SUPER)
		return 0;
	ck_assert_msg(fs_find_link(&image.fs, path, &node, &image.err) == 0,
		"%s", image.err.text);
	ck_assert_int_eq(xfs_inode_read(xfs, node.id, &inode, &image.err), 0);
	switch (anchor) {
	case INODE:
		return inode_pos(node.id);
	case FORK:
		return inode_pos(node.id) + (xfs->v5 ? 176 : 100);
	case TREE:
	case LEAF:
		return tree_pos(&inode, anchor == LEAF);
	case TAIL:
		return data_pos(&inode, 0) + xfs->dir_size - 8;
	case INDEX:
		return data_pos(&inode, XFS_DIR_INDEX);
	default:
		return data_pos(&inode, 0);
	}
}

/* Where a piece of metadata begins, how long it is, where its checksum is. */
static void mend(enum anchor anchor, uint64_t at, const char *name)
{
	const struct xfs *xfs = image.fs.priv;
	static uint8_t piece[XFS_BLOCK_MAX];
	size_t len = xfs->block_size, crc_at = 12;
	uint32_t crc;
	le32 sum;
	int i;

	if (anchor == SUPER) {
		len = 512;
		crc_at = 224;
	} else if (anchor == INODE || anchor == FORK) {
		at -= anchor == FORK ? 176 : 0;
		len = xfs->inode_size;
		crc_at = 100;
	} else if (anchor == TREE || anchor == LEAF) {
		crc_at = 64;
	}
	image_close(&image);
	image_open(&image, name);
	ck_assert_int_eq(
		volume_read(&image.below, at, piece, len, &image.err), 0);
	memset(piece + crc_at, 0, 4);
	crc = ~crc32c(~0U, piece, len);
	for (i = 0; i < 4; i++, crc >>= 8)
		sum.b[i] = (uint8_t)crc;
	image_write(name, at + crc_at, &sum, sizeof(sum));
}

#define ONES "\xff\xff\xff\xff\xff\xff\xff\xff"
#define ZEROS "\0\0\0\0\0\0\0\0"

/* Is the checksum mended? */
enum { AS_IT_IS, MENDED };

/* Bytes to overwrite, and the answer to who asks for a path then. */
static const struct {
	const char *image;
	int mended;
	enum anchor anchor;
	const char *of;
	unsigned int at;
	unsigned int len;
	const char *bytes;
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ V4, 0, SUPER, NULL, 0, 4, "XFSb", "/", "no known file system" },
	{ V4, 0, SUPER, NULL, 100, 2, "\xb4\xa3", "/",
		"xfs: version 0xb4a3 of the format" },
	{ V4, 0, SUPER, NULL, 100, 2, "\x94\xa4", "/",
		"xfs: version 0x94a4 of the format" },
	{ V4, 0, SUPER, NULL, 126, 1, "\1", "/",
		"xfs: superblock: mkfs.xfs did not finish" },
	{ V4, 0, SUPER, NULL, 4, 4, ZEROS, "/",
		"xfs: superblock: blocks of 0 or 2^9 bytes, inodes of 256 or "
		"2^8, directories of 2^3 blocks" },
	{ V4, 0, SUPER, NULL, 120, 1, "\x11", "/",
		"xfs: superblock: blocks of 512 or 2^17 bytes, *" },
	{ V4, 0, SUPER, NULL, 120, 1, "\x08", "/",
		"xfs: superblock: blocks of 512 or 2^8 bytes, *" },
	{ V4, 0, SUPER, NULL, 122, 1, "\x0c", "/",
		"xfs: superblock: *, inodes of 256 or 2^12, *" },
	{ V4, 0, SUPER, NULL, 122, 1, "\x07", "/",
		"xfs: superblock: *, inodes of 256 or 2^7, *" },
	{ V4, 0, SUPER, NULL, 104, 2, ONES, "/",
		"xfs: superblock: *, inodes of 65535 or 2^8, *" },
	{ V4, 0, SUPER, NULL, 192, 1, "\x08", "/",
		"xfs: superblock: *, directories of 2^8 blocks" },
	{ V4, 0, SUPER, NULL, 192, 1, ONES, "/",
		"xfs: superblock: *, directories of 2^255 blocks" },
	{ V4, 0, SUPER, NULL, 124, 1, "\x20", "/",
		"xfs: superblock: blocks of * or 2^9 bytes, *" },
	{ V4, 0, SUPER, NULL, 84, 4, ONES, "/",
		"xfs: superblock: 131072 blocks in 2 groups of 4294967295 or "
		"2^16" },
	{ V4, 0, SUPER, NULL, 88, 4, ZEROS, "/",
		"xfs: superblock: 131072 blocks in 0 groups of 65536 or 2^16" },
	{ V4, 0, SUPER, NULL, 8, 8, ONES, "/",
		"xfs: superblock: 18446744073709551615 blocks in 2 groups of "
		"*" },
	{ V4, 0, SUPER, NULL, 56, 8, ONES, "/",
		"xfs: root directory: inode 18446744073709551615: block "
		"0xffff of group * lies outside the file system" },
	{ V4, 0, SUPER, NULL, 56, 8, ZEROS, "/",
		"xfs: root directory: inode 0: there is none of that number" },
	{ V4, 0, SUPER, NULL, 56, 8, "\0\0\0\0\0\0\0\1", "/",
		"xfs: root directory: inode 1: wrong magic number" },
	{ V5, 0, SUPER, NULL, 12, 4, "abcd", "/",
		"xfs: superblock: wrong checksum" },
	{ V5, 0, SUPER, NULL, 102, 2, ZEROS, "/",
		"xfs: superblock: sectors of 0 bytes" },
	{ V5, 0, SUPER, NULL, 102, 2, ONES, "/",
		"xfs: superblock: sectors of 65535 bytes" },
	{ V5, 1, SUPER, NULL, 218, 2, "\1\x2b", "/", "xfs: feature metadir" },
	{ V5, 1, SUPER, NULL, 218, 2, "\2\x2b", "/", "xfs: feature zoned" },
	{ V5, 1, SUPER, NULL, 218, 2, "\4\x2b", "/", "xfs: feature zone_gaps" },
	{ V5, 1, SUPER, NULL, 216, 2, "\x80\x08", "/",
		"xfs: unknown feature 0x80080000" },
	{ V5, 1, SUPER, NULL, 32, 8, "another", "/",
		"xfs: root directory: inode *: belongs to another file "
		"system" },

	{ V4, 0, INODE, "/", 2, 1, "\x81", "/",
		"xfs: the root is not a directory" },
	{ V4, 0, INODE, "/original", 0, 2, ZEROS, "/original",
		"/original: inode *: wrong magic number" },
	{ V4, 0, INODE, "/original", 4, 1, "\3", "/original",
		"/original: inode *: version 3 in a file system of version 4" },
	{ V4, 0, INODE, "/original", 4, 1, "\0", "/original",
		"/original: inode *: version 0 in a file system of version 4" },
	{ V5, 1, INODE, "/original", 4, 1, "\2", "/original",
		"/original: inode *: version 2 in a file system of version 5" },
	{ V4, 0, INODE, "/original", 56, 8, ONES, "/original",
		"/original: inode *: a size of 18446744073709551615 bytes" },
	{ V4, 0, INODE, "/original", 82, 1, ONES, "/original",
		"/original: inode *: attributes begin at byte 2040 of 156" },
	{ V4, 0, INODE, "/original", 5, 1, "\0", "/original",
		"inode *: unknown form 0 of data" },
	{ V4, 0, INODE, "/original", 5, 1, "\1", "/original",
		"inode *: unknown form 1 of data" },
	{ V4, 0, INODE, "/original", 76, 4, ONES, "/original",
		"inode *: 4294967295 extents do not fit" },
	{ V4, 0, INODE, "/original", 2, 1, "\x61", "/original",
		"is not a regular file" },
	{ V4, 0, INODE, "/short", 2, 1, "\x81", "/short/below",
		"/short/below: not a directory" },
	{ V4, 0, INODE, "/single", 56, 8, "\0\0\0\0\x80\0\0\0", "/single/x",
		"/single/x: inode *: a directory of more than 272000000 bytes" },
	{ V5, 0, INODE, "/original", 40, 1, "\1", "/original",
		"/original: inode *: wrong checksum" },
	{ V5, 1, INODE, "/original", 152, 8, "\0\0\0\0\0\0\0\7", "/original",
		"/original: inode *: belongs to inode 7" },
	{ V5, 1, INODE, "/original", 160, 8, "another", "/original",
		"/original: inode *: belongs to another file system" },
	{ V5, 1, INODE, "/original", 91, 1, "\1", "/original",
		"lies on the realtime device (inode *)" },
	{ V5, 1, INODE, "/pieces", 24, 8, ONES, "/pieces", "" },

	{ V4, 0, FORK, "/original", 8, 8, "\0\0\0\0\0\0\0\0", "/original",
		"inode *: the extent of block 0 is empty, overlaps another or "
		"is behind the end of any file" },
	{ V4, 0, FORK, "/original", 0, 8, "\x7f\xff\xff\xff\xff\xff\xfe\0",
		"/original",
		"inode *: the extent of block 18014398509481983 is "
		"empty, *" },
	{ V4, 0, FORK, "/original", 8, 4, ONES, "/original",
		"inode *: block 0 of the file: block 0x* of group * lies "
		"outside the file system" },
	{ V4, 0, FORK, "/pieces", 0, 2, ZEROS, "/pieces",
		"inode *: a tree of height 0 with *" },
	{ V4, 0, FORK, "/pieces", 0, 2, "\0\x11", "/pieces",
		"inode *: a tree of height 17 with *" },
	{ V4, 0, FORK, "/pieces", 2, 2, ZEROS, "/pieces",
		"inode *: a tree of height * with 0 of 9 children" },
	{ V4, 0, FORK, "/pieces", 2, 2, "\0\x0a", "/pieces",
		"inode *: a tree of height * with 10 of 9 children" },
	{ V4, 0, FORK, "/pieces", 0, 2, "\0\x09", "/pieces",
		"inode *: tree block 0x*: at height *, not 8, of the tree" },
	{ V4, 0, FORK, "/pieces", 76, 8, ONES, "/pieces",
		"inode *: tree block 0xffffffffffffffff: block * lies outside "
		"the file system" },
	{ V4, 0, FORK, "/pieces", 76, 8, ZEROS, "/pieces",
		"inode *: tree block 0x0: wrong magic number" },
	{ V4, 0, INODE, "/pieces", 82, 1, "\2", "/pieces",
		"inode *: no room for the root of a tree" },

	{ V4, 0, TREE, "/pieces", 0, 4, "BMA3", "/pieces",
		"inode *: tree block 0x*: wrong magic number" },
	{ V5, 0, TREE, "/pieces", 100, 1, "\1", "/pieces",
		"inode *: tree block 0x*: wrong checksum" },
	{ V5, 1, TREE, "/pieces", 56, 8, ZEROS, "/pieces",
		"inode *: tree block 0x*: belongs to inode 0" },
	{ V4, 0, LEAF, "/pieces", 6, 2, ZEROS, "/pieces",
		"inode *: tree block 0x*: 0 extents, of which 1 to 30 would "
		"fit" },
	{ V4, 0, LEAF, "/pieces", 6, 2, "\0\x1f", "/pieces",
		"inode *: tree block 0x*: 31 extents, of which 1 to 30 would "
		"fit" },
	{ V4, 0, LEAF, "/pieces", 16, 8, "\0\0\0\0\0\0\0\1", "/pieces",
		"inode *: tree block 0x1: wrong magic number" },
	{ V4, 0, LEAF, "/pieces", 24, 8, ONES, "/pieces",
		"inode *: block 18014398509481983 of the file: block 0x* of "
		"group * lies outside the file system" },

	{ V4, 0, FORK, "/short", 0, 1, ONES, "/short/x",
		"/short/x: inode *: entry * of 255 is broken" },
	{ V4, 0, FORK, "/short", 6, 1, "\0", "/short/x",
		"/short/x: inode *: entry 0 of 2 is broken" },
	{ V4, 0, FORK, "/short", 6, 1, ONES, "/short/x",
		"/short/x: inode *: entry 0 of 2 is broken" },
	{ V4, 0, FORK, "/short", 9, 1, "/", "/short",
		"a name with NUL or slash" },
	{ V4, 0, FORK, "/short", 9, 1, "\0", "/short",
		"a name with NUL or slash" },
	{ V4, 0, FORK, "/short", 14, 4, ONES, "/short",
		"below: inode 4294967295: block 0xffff of group 32767 lies "
		"outside the file system" },

	{ V4, 0, DATA, "/single", 0, 4, "XDB3", "/single/x",
		"/single/x: inode *: directory block at 0x0: wrong magic "
		"number" },
	{ V4, 0, DATA, "/single", 24, 1, "\0", "/single/x",
		"/single/x: inode *: directory block at 0x0: the entry at "
		"0x10 is broken" },
	{ V4, 0, DATA, "/single", 30, 2, "\0\x11", "/single/x",
		"/single/x: inode *: directory block at 0x0: the entry at "
		"0x10 is broken" },
	{ V4, 0, DATA, "/single", 16, 4, "\xff\xff\0\0", "/single/x",
		"/single/x: inode *: directory block at 0x0: room of 0 bytes "
		"at 0x10" },
	{ V4, 0, DATA, "/single", 16, 4, "\xff\xff\0\x07", "/single/x",
		"/single/x: *: room of 7 bytes at 0x10" },
	{ V4, 0, DATA, "/single", 16, 4, "\xff\xff\x10\0", "/single/x",
		"/single/x: *: room of 4096 bytes at 0x10" },
	{ V4, 0, TAIL, "/single", 0, 4, ONES, "/single/x",
		"/single/x: *: an index of 4294967295 names" },
	{ V5, 0, DATA, "/single", 70, 1, "\1", "/single/x",
		"/single/x: *: directory block at 0x0: wrong checksum" },

	{ V4, 0, INODE, "/short-link", 56, 8, "\0\0\0\0\0\0\0\xff",
		"/short-link",
		"/short-link: symbolic link: inode *: a link "
		"of 255 bytes in *" },
	{ V4, 0, INODE, "/short-link", 56, 8, "\0\0\0\0\0\0\4\1", "/short-link",
		"/short-link: symbolic link: a symbolic link of "
		"more than 1024 bytes (inode *)" },
	{ V4, 0, INODE, "/short-link", 56, 8, ZEROS, "/short-link",
		"/short-link: an empty symbolic link" },
	{ V5, 0, DATA, "/long-link", 0, 4, "XSLm", "/long-link",
		"/long-link: symbolic link: inode *: piece at 0x*: wrong "
		"magic number" },
	{ V5, 0, DATA, "/long-link", 60, 1, "x", "/long-link",
		"/long-link: *: piece at 0x*: wrong checksum" },
	{ V5, 1, DATA, "/long-link", 4, 4, "\0\0\0\1", "/long-link",
		"/long-link: *: piece at 0x*: 906 bytes from 1 on, not 906 "
		"from 0" },
	{ V5, 1, DATA, "/long-link", 8, 4, ONES, "/long-link",
		"/long-link: *: 4294967295 bytes from 0 on, not 906 from 0" },
	{ V5, 1, FORK, "/long-link", 0, 8, "\0\0\0\0\0\0\2\0", "/long-link",
		"/long-link: *: a link with a hole" },
};

static enum error_code code_of(const char *text)
{
	if (strstr(text, "no known") || strstr(text, ": not a dir") ||
		strstr(text, "regular") || strstr(text, "an empty"))
		return ERR_NOT_FOUND;
	if (strstr(text, "feature") || strstr(text, "of the format") ||
		strstr(text, "realtime"))
		return ERR_UNSUPPORTED;
	return strstr(text, "more than") ? ERR_LIMIT : ERR_CORRUPT;
}

static void open_made(void)
{
	image_must_mount(&image, "made.img", &xfs_driver);
}

static uint64_t change(const char *from, enum anchor anchor, const char *of,
	unsigned int off, const void *bytes, size_t len, bool mended)
{
	uint64_t at;

	image_run("cp --sparse=always %s made.img", from);
	open_made();
	at = place_of(anchor, of);
	image_write("made.img", at + off, bytes, len);
	if (mended)
		mend(anchor, at, "made.img");
	image_close(&image);
	return at;
}

START_TEST(says_what_is_broken)
{
	int r;

	change(broken[_i].image, broken[_i].anchor, broken[_i].of,
		broken[_i].at, broken[_i].bytes, broken[_i].len,
		broken[_i].mended == MENDED);
	image_open(&image, "made.img");
	r = image_use(&image, &xfs_driver, broken[_i].path);
	if (!*broken[_i].text) {
		ck_assert_msg(r == 0, "%s", image.err.text);
		image_close(&image);
		return;
	}
	ck_assert_msg(r < 0, "read, in spite of: %s", broken[_i].text);
	ck_assert_msg(fnmatch(broken[_i].text, image.err.text, 0) == 0,
		"\"%s\", not \"%s\"", image.err.text, broken[_i].text);
	ck_assert_int_eq(image.err.code, code_of(broken[_i].text));
	image_close(&image);
}
END_TEST

/* The names are all there: only to find one takes longer. */
START_TEST(finds_names_though_their_index_is_damaged)
{
	static const struct {
		const char *image;
		unsigned int at;
		const char *bytes;
	} damage[] = {
		{ V4, 8, "\0\0" },       /* no block of an index */
		{ V4, 12, "\xff\xff" },  /* more entries than fit */
		{ V4, 14, "\xff\xff" },  /* height */
		{ V4, 20, "\0\0" },      /* the child is a block of names */
		{ V4, 20, "\xff\xff" },  /* or outside */
		{ V5, 100, "\xff\xff" }, /* wrong checksum */
	};
	const char *name = "/right/000000000000000000000000000000000000000000"
			   "00000000000000000000000000000000000000000000000000"
			   "0000000000000000000000001000";
	struct fs_node node;

	change(damage[_i].image, INDEX, "/right", damage[_i].at,
		damage[_i].bytes, 2, false);
	open_made();
	image_find(&image, name, &node);
	ck_assert_int_eq(
		fs_find(&image.fs, "/right/nowhere", &node, &image.err), -1);
	ck_assert_str_eq(image.err.text, "/right/nowhere: no such file");
	image_close(&image);
}
END_TEST

/* The first leaf's neighbour is that leaf: extents would not rise. */
START_TEST(does_not_walk_in_circles)
{
	uint64_t at;
	uint8_t block[8] = { 0 };
	const struct xfs *xfs;

	change(V4, LEAF, "/pieces", 0, "", 0, false);
	open_made();
	xfs = image.fs.priv;
	at = place_of(LEAF, "/pieces");
	/* of the first group, so the number is the distance */
	ck_assert_uint_lt(at >> xfs->block_log, xfs->group_blocks);
	for (int i = 0; i < 4; i++)
		block[7 - i] = (uint8_t)(at >> xfs->block_log >> 8 * i);
	image_write("made.img", at + 16, block, sizeof(block));
	image_close(&image);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &xfs_driver, "/pieces"), -1);
	ck_assert_msg(fnmatch("inode *: the extent of block 0 is empty, "
			      "overlaps another or is behind *",
			      image.err.text, 0) == 0,
		"%s", image.err.text);
	image_close(&image);
}
END_TEST

START_TEST(warns_of_a_repair_that_did_not_finish)
{
	change(V5, SUPER, NULL, 218, "\0\x3b", 2, true);
	open_made();
	ck_assert_str_eq(image.fs.notice,
		"xfs_repair was begun and did not finish: files may be missing "
		"or wrong");
	image_close(&image);
}
END_TEST

START_TEST(checks_again_what_it_reads_again)
{
	struct fs_node node;

	image_open(&image, V4);
	image.patched = true; /* the first byte is 0 */
	image.steady = 1;
	ck_assert_int_eq(image_use(&image, &xfs_driver, "/original"), -1);
	ck_assert_str_eq(
		image.err.text, "xfs: superblock: changed while it was read");
	image_close(&image);

	image_open(&image, V4);
	ck_assert_int_eq(image_mount(&image, &xfs_driver), 0);
	image_find(&image, "/original", &node);
	node.size--;
	ck_assert_int_eq(image_read_all(&image, &node, 4096), -1);
	ck_assert_int_eq(image.err.code, ERR_CORRUPT);
	ck_assert_ptr_nonnull(
		strstr(image.err.text, "changed while it was read"));
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/", "/original", "/attributes",
	"/long-link", "/short/below", "/single/name-20", "/right/x" };

START_TEST(survives_any_length)
{
	uint64_t size;

	image_open(&image, _i ? V5 : V4);
	for (size = image.vol.size; size > 0; size = size * 4 / 5) {
		image.vol.size = size;
		image_survive(&image, &xfs_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	image_open(&image, _i ? V5 : V4);
	image_survive_changes(
		&image, &xfs_driver, paths, COUNT(paths), 0, 264, 1 << 20);
	image_close(&image);
}
END_TEST

static void make_images(void)
{
	image_stored(V4);
	image_stored(V5);
}

int main(void)
{
	TCase *tc = tcase_create("xfs_faults");

	tcase_set_timeout(tc, 300);
	tcase_add_unchecked_fixture(tc, make_images, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_loop_test(
		tc, finds_names_though_their_index_is_damaged, 0, 6);
	tcase_add_test(tc, does_not_walk_in_circles);
	tcase_add_test(tc, warns_of_a_repair_that_did_not_finish);
	tcase_add_test(tc, checks_again_what_it_reads_again);
	tcase_add_loop_test(tc, survives_any_length, 0, 2);
	tcase_add_loop_test(tc, survives_a_changed_byte, 0, 2);
	return run_suite("xfs_faults", &tc, 1);
}
