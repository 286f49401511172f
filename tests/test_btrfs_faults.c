/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * btrfs images that are broken, cut short or hostile.
 *
 * SHA-256 is not computed, so in open.img every number can be changed; in
 * sound.img a change is found by its checksum.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/btrfs.h"
#include "fsdrivers/drivers.h"
#include "src/base/crc32c.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define SUPER 65536
#define BLOCK 4096
#define BLOCKS_MAX 4096

static struct image image;

static void make_images(void)
{
	image_run("mkdir -p tree/dir/below && echo text >tree/dir/below/file "
		  "&& seq 30000 >tree/lines && ln -s dir/below tree/link && "
		  "truncate -s 1M tree/hole && echo x >>tree/hole && cd tree "
		  "&& mkdir many && cd many && seq 200 | xargs touch");
	image_run("for kind in 'open --csum sha256 -m single' "
		  "'sound -m single' 'dup -m dup'; do set -- $kind; "
		  "truncate -s 128M $1.img; "
		  "name=$1; shift; mkfs.btrfs -q -n 4096 $* --rootdir tree "
		  "$name.img; done");
}

struct start {
	uint8_t skipped[80];
	le64 generation;
	le64 owner;
	le32 items;
	uint8_t level;
	le64 first; /* id of the first key */
};

/* Where the newest, leftmost node of a tree of that level lies. */
static uint64_t find_node(unsigned int tree, unsigned int level)
{
	struct start node, best = { 0 };
	uint64_t at, found = 0;

	for (at = 1 << 20; at < 48 << 20; at += BLOCK) {
		ck_assert_int_eq(volume_read(&image.below, at, &node,
					 sizeof(node), &image.err),
			0);
		if (le64_get(node.owner) != tree || node.level != level ||
			memcmp(node.skipped + 64, "\0\0\0\0", 4) == 0)
			continue;
		if (found &&
			(le64_get(node.generation) <
					le64_get(best.generation) ||
				(le64_get(node.generation) ==
						le64_get(best.generation) &&
					le64_get(node.first) >=
						le64_get(best.first))))
			continue;
		best = node;
		found = at;
	}
	ck_assert_msg(found > 0, "no node of tree %u", tree);
	return found;
}

/* What the offset of a patch counts from. */
enum anchor {
	IN_SUPER,
	IN_CHUNK_TREE, /* its only node */
	IN_ROOT_TREE,  /* a leaf */
	IN_FILES,      /* the topmost node of tree 5 */
	IN_FILES_LEAF,
};

static uint64_t place_of(enum anchor anchor)
{
	switch (anchor) {
	case IN_CHUNK_TREE:
		return find_node(3, 0);
	case IN_ROOT_TREE:
		return find_node(1, 0);
	case IN_FILES:
		return find_node(5, 1);
	case IN_FILES_LEAF:
		return find_node(5, 0);
	default:
		return SUPER;
	}
}

#define ONES "\xff\xff\xff\xff\xff\xff\xff\xff"

static const struct {
	enum anchor anchor;
	unsigned int at;
	unsigned int len;
	const char *bytes;
	const char *text; /* a pattern */
} faults[] = {
	{ IN_SUPER, 0x50, 8, ONES,
		"root directory: node at 0x*: logical address 0x* is in no "
		"chunk" },
	{ IN_SUPER, 0x50, 8, "\0\0\0\0\0\0\0\0",
		"root directory: node at 0x0: logical address 0x0 is in no "
		"chunk" },
	{ IN_SUPER, 0x48, 8, "\1\0\0\0\0\0\0\0",
		"root directory: node at 0x*: has generation * and not 1" },
	{ IN_SUPER, 0x90, 4, "\0\0\0\0",
		"superblock: sectors of 0 and nodes of 4096 bytes" },
	{ IN_SUPER, 0x94, 4, "\0\0\2\0",
		"superblock: sectors of 4096 and nodes of 131072 bytes" },
	{ IN_SUPER, 0x94, 4, "\1\x10\0\0",
		"superblock: sectors of 4096 and nodes of 4097 bytes" },
	{ IN_SUPER, 0xa0, 4, "\1\x8\0\0",
		"superblock: 2049 bytes of chunks in 2048" },
	{ IN_SUPER, 0xbc, 8, "\0\0\0\0\0\0\0\x80",
		"superblock: unknown features 0x8000000000000000" },
	{ IN_SUPER, 0xbc, 4, "\x41\x23\0\0",
		"superblock: unknown features 0x2000" },
	{ IN_SUPER, 0xc4, 2, "\7\0", "superblock: unknown checksum 7" },
	{ IN_SUPER, 0xc6, 1, "\x8", "superblock: trees of 8 and 0 levels" },
	{ IN_SUPER, 0xc6, 1, "\7",
		"root directory: node at 0x*: is of level * "
		"and not 7" },
	{ IN_SUPER, 0xa0, 4, "\0\0\0\0",
		"root directory: node at 0x*: node at 0x*: logical address 0x* "
		"is in no chunk" },
	{ IN_SUPER, 0xa0, 4, "\x20\0\0\0",
		"*superblock: a chunk is cut short" },
	/* the first chunk: length, stripes' length, type, stripes, device */
	{ IN_SUPER, 0x32b + 17, 8, "\0\0\0\0\0\0\0\0",
		"*superblock: chunk at 0x*: 0 bytes in stripes of 65536" },
	{ IN_SUPER, 0x32b + 17 + 16, 8, "\3\0\0\0\0\0\0\0",
		"*superblock: chunk at 0x*: * bytes in stripes of 3" },
	{ IN_SUPER, 0x32b + 17 + 24, 8, "\2\x10\0\0\0\0\0\0",
		"*superblock: chunk at 0x* is of an unknown type (0x1002)" },
	{ IN_SUPER, 0x32b + 17 + 24, 8, "\x1a\0\0\0\0\0\0\0",
		"*superblock: chunk at 0x* is of an unknown type (0x1a)" },
	{ IN_SUPER, 0x32b + 17 + 44, 2, "\0\0",
		"*superblock: chunk at 0x*: 0 stripes" },
	{ IN_SUPER, 0x32b + 17 + 44, 2, "\x41\0",
		"*superblock: chunk at 0x*: cut short" },
	{ IN_SUPER, 0x32b + 17 + 44, 2, "\2\0",
		"*superblock: chunk at 0x*: cut short" },
	{ IN_SUPER, 0x32b + 17 + 48 + 8, 8, ONES,
		"*superblock: chunk at 0x*: a stripe lies beyond any device" },
	{ IN_SUPER, 0x32b + 17 + 48, 1, "\7",
		"*: device 7 of the file system's 1 is not among the guest's "
		"disks" },
	{ IN_CHUNK_TREE, 48, 1, "\1", "*: is a node for 0x*" },
	{ IN_ROOT_TREE, 96, 4, ONES, "*: has 4294967295 items" },
	{ IN_ROOT_TREE, 100, 1, "\1", "*: is of level 1 and not 0" },
	{ IN_FILES, 96, 4, "\0\0\0\0",
		"root directory: inode 256 of subvolume 5: node at 0x* leads "
		"nowhere" },
	/* the first pointer: to itself */
	{ IN_FILES, 101 + 17, 8, ONES, "*is in no chunk" },
	{ IN_FILES, 101 + 25, 8, ONES,
		"*: has generation * and not 18446744073709551615" },
	/* the first item: the inode of the root, its place and size */
	{ IN_FILES_LEAF, 101 + 17, 4, ONES,
		"root directory: *: item 0 lies outside of it" },
	{ IN_FILES_LEAF, 101 + 21, 4, "\7\0\0\0",
		"root directory: *: an item of type 1 has 7 bytes, it needs "
		"160" },
	{ IN_FILES_LEAF, 101, 8, "\1\0\0\0\0\0\0\0",
		"root directory: inode 256 of subvolume 5: is not there" },
};

START_TEST(says_what_is_wrong)
{
	image_run("cp --sparse=always open.img made.img");
	image_open(&image, "open.img");
	image_write("made.img", place_of(faults[_i].anchor) + faults[_i].at,
		faults[_i].bytes, faults[_i].len);
	image_close(&image);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &btrfs_driver, "/"), -1);
	ck_assert_int_eq(strncmp(image.err.text, "btrfs: ", 7), 0);
	ck_assert_msg(fnmatch(faults[_i].text, image.err.text + 7, 0) == 0,
		"%s", image.err.text);
	image_close(&image);
}
END_TEST

struct item {
	le64 id;
	uint8_t type;
	le64 offset;
	le32 at; /* from the end of the node's head, 101 bytes */
	le32 len;
};

/*
 * Change bytes of each item of that type and at least that length in made.img,
 * in all leaves of a tree, old ones too.
 */
static void change_items(unsigned int tree, unsigned int type, uint32_t len,
	unsigned int off, const char *bytes, size_t count)
{
	uint8_t block[BLOCK];
	const struct start *head = (const void *)block;
	const struct item *item;
	uint64_t at;
	uint32_t i;

	image_open(&image, "open.img");
	for (at = 1 << 20; at < 48 << 20; at += BLOCK) {
		EXPECT(volume_read(
			       &image.below, at, block, BLOCK, &image.err) == 0,
			"%s", image.err.text);
		if (le64_get(head->owner) != tree || head->level != 0)
			continue;
		for (i = 0; i < le32_get(head->items) && i < 100; i++) {
			item = (const void *)(block + 101 + i * sizeof(*item));
			if (item->type == type && le32_get(item->len) >= len)
				image_write("made.img",
					at + 101 + le32_get(item->at) + off,
					bytes, count);
		}
	}
	image_close(&image);
}

#define DISK_EXTENT 53 /* bytes; a shorter one lies in the tree */

static const struct {
	unsigned int tree, type, len;
	unsigned int at;
	const char *bytes;
	unsigned int count;
	const char *text;
} limits[] = {
	/* 128 KiB and one byte, which zlib packed */
	{ 5, BTRFS_EXTENT_DATA, DISK_EXTENT, 8, "\1\0\2\0\0\0\0\0\1", 9,
		"*: 131073 bytes compressed to * are more than 131072" },
	{ 3, BTRFS_CHUNK_ITEM, 0, 44, "\x41", 1,
		"*: chunk at 0x*: more than 64 stripes" },
};

START_TEST(what_is_over_a_limit_is_refused)
{
	image_run("cp --sparse=always open.img made.img");
	change_items(limits[_i].tree, limits[_i].type, limits[_i].len,
		limits[_i].at, limits[_i].bytes, limits[_i].count);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &btrfs_driver, "/lines"), -1);
	ck_assert_int_eq(image.err.code, ERR_LIMIT);
	ck_assert_msg(fnmatch(limits[_i].text, image.err.text, 0) == 0, "%s",
		image.err.text);
	image_close(&image);
}
END_TEST

/* The others are asked if the first is damaged, and only then. */
START_TEST(another_superblock_is_read_where_the_first_is_damaged)
{
	image_run("cp --sparse=always sound.img made.img");
	image_write("made.img", SUPER + 0x100, "\xff", 1);
	image_open(&image, "made.img");
	ck_assert_msg(image_use(&image, &btrfs_driver, "/lines") == 0, "%s",
		image.err.text);
	image_close(&image);
	image_write("made.img", (64 << 20) + 0x100, "\xff", 1);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_mount(&image, &btrfs_driver), -1);
	ck_assert_str_eq(image.err.text,
		"btrfs: superblock: damaged, and so are its copies");
	image_close(&image);
}
END_TEST

START_TEST(a_damaged_node_is_found_by_its_checksum)
{
	image_run("cp --sparse=always sound.img made.img");
	image_open(&image, "made.img");
	image_write("made.img", find_node(5, 1) + 300, "\xff", 1);
	ck_assert_int_eq(image_use(&image, &btrfs_driver, "/"), -1);
	ck_assert_msg(
		fnmatch("*: the checksum is wrong", image.err.text, 0) == 0,
		"%s", image.err.text);
	image_close(&image);
	image_run("cp --sparse=always dup.img made.img");
	image_open(&image, "made.img");
	image_write("made.img", find_node(5, 1) + 300, "\xff", 1);
	ck_assert_msg(image_use(&image, &btrfs_driver, "/lines") == 0, "%s",
		image.err.text);
	image_close(&image);
}
END_TEST

/* A superblock's number changed, and its checksum with it. */
static void change_super(unsigned int at, uint8_t value)
{
	uint8_t super[BLOCK];
	uint32_t sum;
	int i;

	image_open(&image, "made.img");
	ck_assert_int_eq(volume_read(&image.below, SUPER, super, sizeof(super),
				 &image.err),
		0);
	super[at] = value;
	sum = ~crc32c(~0U, super + 32, sizeof(super) - 32);
	for (i = 0; i < 4; i++)
		super[i] = (uint8_t)(sum >> (8 * i));
	image_write("made.img", SUPER, super, sizeof(super));
	image_close(&image);
}

START_TEST(a_log_is_told_of)
{
	image_run("cp --sparse=always sound.img made.img");
	change_super(0x61, 1);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_mount(&image, &btrfs_driver), 0);
	ck_assert_str_eq(image.fs.notice,
		"it was not unmounted and its log is not replayed: what was "
		"synced last may be missing");
	image_close(&image);
}
END_TEST

/* Not by FAT's driver, and not where the volume ends before the magic. */
START_TEST(is_told_apart_from_others)
{
	uint64_t size;

	image_is_taken_for("sound.img", fs_drivers, "btrfs");
	image_run("cp --sparse=always sound.img made.img && "
		  "mkfs.fat made.img && mcopy -i made.img tree/lines ::");
	image_write("made.img", SUPER + 0x40, "_BHRfS_M", 8);
	image_is_taken_for("made.img", fs_drivers, "fat16");
	image_open(&image, "sound.img");
	for (size = 0; size < SUPER + 4096; size += 1111) {
		image.vol.size = size;
		ck_assert_int_eq(image_mount(&image, &btrfs_driver), -1);
		ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	}
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/lines", "/dir/below/file", "/link/file",
	"/hole", "/many" };

START_TEST(survives_being_cut_short)
{
	uint64_t size;

	image_open(&image, "open.img");
	for (size = SUPER; size < 48 << 20; size += 350001) {
		image.vol.size = size;
		image_survive(&image, &btrfs_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

/* Blocks that hold something, but for what files contain. */
static size_t find_blocks(uint64_t blocks[BLOCKS_MAX])
{
	static const uint8_t zeros[BLOCK];
	uint8_t block[BLOCK];
	size_t count = 0;
	uint64_t at;

	for (at = SUPER; at < 48 << 20 && count < BLOCKS_MAX; at += BLOCK) {
		ck_assert_int_eq(
			volume_read(&image.below, at, block, BLOCK, &image.err),
			0);
		if (memcmp(block, zeros, BLOCK) != 0)
			blocks[count++] = at;
	}
	return count;
}

START_TEST(survives_any_change)
{
	static uint64_t blocks[BLOCKS_MAX];
	unsigned int seed = 11, i;
	size_t count;

	image_open(&image, "open.img");
	count = find_blocks(blocks);
	ck_assert_uint_gt(count, 10);
	for (i = 0; i < 3000; i++) {
		seed = seed * 1103515245 + 12345;
		image.patch.off = blocks[(seed >> 8) % count];
		seed = seed * 1103515245 + 12345;
		image.patch.off += (seed >> 8) % (i % 2 ? 700 : BLOCK);
		image.patch.value = i % 3 ? (uint8_t)(seed >> 20) : 0xff;
		image.patched = true;
		image_survive(&image, &btrfs_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("btrfs_faults");

	tcase_set_timeout(tc, 300);
	tcase_add_unchecked_fixture(tc, make_images, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_wrong, 0, COUNT(faults));
	tcase_add_loop_test(
		tc, what_is_over_a_limit_is_refused, 0, COUNT(limits));
	tcase_add_test(
		tc, another_superblock_is_read_where_the_first_is_damaged);
	tcase_add_test(tc, a_damaged_node_is_found_by_its_checksum);
	tcase_add_test(tc, a_log_is_told_of);
	tcase_add_test(tc, is_told_apart_from_others);
	tcase_add_test(tc, survives_being_cut_short);
	tcase_add_test(tc, survives_any_change);
	return run_suite("btrfs_faults", &tc, 1);
}
