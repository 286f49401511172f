/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An image of NILFS2 that is broken, cut short or hostile.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/nilfs2.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define SUPER_AT 1024
#define COPY_AT ((32 << 20) - 4096)
#define ONES "\xff\xff\xff\xff\xff\xff\xff\xff"

static struct image image;

/* Where in the image what lies that a cache has. */
static uint64_t position(const struct blockcache *cache, const void *data)
{
	const struct blockcache_slot *slot = cache->slots;
	const uint8_t *at = data;

	for (; slot < cache->slots + BLOCKCACHE_SLOTS; slot++)
		if (slot->used && at >= slot->data &&
			at < slot->data + cache->size)
			return slot->pos + (uint64_t)(at - slot->data);
	ck_abort_msg("not in the cache");
	return 0;
}

enum what { SUPER, INODE, DATA, DAT };

/* An inode, the first block of its data, or what the DAT says of that. */
static uint64_t place_of(enum what what, const char *path)
{
	struct nilfs2_inode inode;
	struct nilfs2 *nilfs;
	struct fs_node node;
	const void *data;
	uint64_t at;

	image_open(&image, "nilfs2.img");
	ck_assert_int_eq(image_mount(&image, &nilfs2_driver), 0);
	nilfs = image.fs.priv;
	ck_assert_int_eq(fs_find_link(&image.fs, path, &node, &image.err), 0);
	ck_assert_int_eq(
		nilfs2_inode_again(nilfs, &node, &inode, &image.err), 0);
	if (what == INODE)
		data = nilfs2_table_entry(
			nilfs, &nilfs->inodes, node.id, &image.err);
	else if (what == DATA)
		data = nilfs2_file_block(nilfs, &inode.file, 0, &image.err);
	else
		data = nilfs2_table_entry(nilfs, &nilfs->dat,
			le64_get(*(const le64 *)(const void *)(inode.file.map +
				8)),
			&image.err);
	ck_assert_msg(data, "%s", image.err.text);
	at = position(&nilfs->blocks, data);
	image_close(&image);
	return at;
}

/* Change a superblock, and its sum with it if it had been right. */
static void change_super(
	uint64_t super, unsigned int at, const char *bytes, unsigned int len)
{
	uint8_t raw[1024];
	uint32_t crc;
	size_t size;
	unsigned int i;

	image_open(&image, "made.img");
	ck_assert_int_eq(
		volume_read(&image.below, super, raw, sizeof(raw), &image.err),
		0);
	image_close(&image);
	memcpy(raw + at, bytes, len);
	size = (size_t)(raw[8] | raw[9] << 8);
	memset(raw + 16, 0, 4);
	crc = nilfs2_crc(
		le32_get(*(const le32 *)(const void *)(raw + 12)), raw, size);
	for (i = 0; i < 4; i++)
		raw[16 + i] = (uint8_t)(crc >> 8 * i);
	image_write("made.img", super, raw, sizeof(raw));
}

/* Bytes to overwrite, and the answer to who asks for a path then. */
static const struct {
	enum what what;
	const char *of;
	unsigned int at;
	unsigned int len;
	const char *bytes;
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ SUPER, NULL, 0, 4, "\3\0\0\0", "/",
		"nilfs2: superblock: revision 3 of the format" },
	{ SUPER, NULL, 6, 2, "xx", "/", "no known file system" },
	{ SUPER, NULL, 20, 4, "\7\0\0\0", "/",
		"nilfs2: superblock: blocks of 2^17 bytes" },
	{ SUPER, NULL, 20, 4, "\xff\xff\xff\xff", "/",
		"nilfs2: superblock: blocks of 2^4294967305 bytes" },
	{ SUPER, NULL, 24, 8, ONES, "/",
		"nilfs2: superblock: 18446744073709551615 segments of *" },
	{ SUPER, NULL, 24, 8, "\1\0\0\0\0\0\0\0", "/",
		"nilfs2: superblock: 1 segments of *" },
	{ SUPER, NULL, 40, 8, ONES, "/", "nilfs2: superblock: * segments *" },
	{ SUPER, NULL, 48, 4, "\0\0\0\0", "/",
		"nilfs2: superblock: * segments of 0 blocks*" },
	{ SUPER, NULL, 64, 8, ONES, "/",
		"nilfs2: superblock: *the last log at block "
		"0xffffffffffffffff" },
	{ SUPER, NULL, 64, 8, "\2\0\0\0\0\0\0\0", "/",
		"nilfs2: log: no log at block 0x2" },
	{ SUPER, NULL, 72, 8, ONES, "/", "nilfs2: log: no log at block 0x*" },
	{ SUPER, NULL, 12, 4, "seed", "/", "nilfs2: log: no log at block *" },
	{ SUPER, NULL, 144, 2, "\0\0", "/",
		"nilfs2: superblock: inodes of 0, *" },
	{ SUPER, NULL, 144, 2, "\x80\x08", "/",
		"nilfs2: superblock: inodes of 2176, *" },
	{ SUPER, NULL, 146, 2, "\x10\0", "/",
		"nilfs2: superblock: inodes of 128, entries of 16, *" },
	{ SUPER, NULL, 148, 2, "\xff\xff", "/",
		"nilfs2: superblock: * checkpoints of 65535 bytes" },
	{ SUPER, NULL, 148, 2, "\0\1", "/", "nilfs2: checkpoint *: *" },
	{ SUPER, NULL, 272, 1, "\2", "/",
		"nilfs2: superblock: unknown features 0x2" },
	{ INODE, "/", 48, 2, "\0\0", "/",
		"nilfs2: root directory: inode 2: not in use (mode 00)" },
	{ INODE, "/", 48, 2, "\xff\x81", "/",
		"nilfs2: the root is not a directory" },
	{ INODE, "/dir", 8, 8, "\5\0\0\0\0\0\0\0", "/dir/below",
		"/dir/below: the directory at 0x0: is cut short" },
	{ INODE, "/dir", 8, 8, "\0\0\0\0\1\0\0\0", "/dir/below",
		"/dir/below: a directory of more than 272000000 bytes" },
	{ INODE, "/lines", 8, 8, ONES, "/lines",
		"/lines: inode *: a size of 18446744073709551615 bytes" },
	{ INODE, "/lines", 57, 1, "\0", "/lines",
		"inode *: a tree with * pointers at level 0" },
	{ INODE, "/lines", 57, 1, "\xff", "/lines",
		"inode *: a tree with * pointers at level 255" },
	{ INODE, "/lines", 57, 1, "\1", "/lines", "" },
	{ INODE, "/lines", 58, 2, "\4\0", "/lines",
		"inode *: a tree with 4 pointers at level *" },
	{ INODE, "/lines", 57, 1, "\5", "/lines",
		"inode *: a tree with * pointers at level *, where there "
		"should be level 4" },
	{ INODE, "/lines", 56 + 32, 8, ONES, "/lines",
		"inode *: DAT: entry 0xffffffffffffffff: no block 0x*" },
	{ INODE, "/lines", 56 + 32, 8, "\0\0\0\0\0\0\0\0", "/lines",
		"inode *: a tree has lost a part of it" },
	{ INODE, "/small.txt", 56 + 8, 8, "\0\0\0\0\0\0\0\1", "/small.txt",
		"inode *: DAT: entry 0x100000000000000: no block 0x*" },
	{ DAT, "/small.txt", 0, 8, "\0\0\0\0\0\0\0\0", "/small.txt",
		"inode *: DAT: entry 0x* is not in use" },
	{ DAT, "/small.txt", 0, 8, ONES, "/small.txt",
		"inode *: block 0xffffffffffffffff lies outside the file "
		"system" },
	{ DAT, "/small.txt", 0, 8, "\0\x20\0\0\0\0\0\0", "/small.txt",
		"inode *: block 0x2000 lies outside the file system" },
	{ DATA, "/dir", 8, 2, "\0\0", "/dir/below",
		"/dir/below: the directory at 0x0: an entry of 0 bytes" },
	{ DATA, "/dir", 8, 2, "\x14\0", "/dir/below",
		"/dir/below: the directory at 0x0: an entry of 20 bytes" },
	{ DATA, "/dir", 8, 2, "\xff\xff", "/dir/below",
		"/dir/below: the directory at 0x0: an entry of 65536 bytes" },
	{ DATA, "/dir", 10, 1, "\xff", "/dir/below",
		"/dir/below: the directory at 0x0: a name of 255 bytes in an "
		"entry of 16" },
	{ DATA, "/dir", 12, 1, "/", "/dir",
		"a name that is empty or has a slash or a NUL" },
	{ INODE, "/link", 8, 8, "\0\0\0\0\0\0\0\0", "/link",
		"/link: an empty symbolic link" },
	{ INODE, "/link", 8, 8, "\xff\0\0\0\0\0\0\0", "/link",
		"/link: NUL in a symbolic link" },
};

static enum error_code code_of(const char *text)
{
	if (strstr(text, "no known") || strstr(text, "an empty"))
		return ERR_NOT_FOUND;
	if (strstr(text, "more than"))
		return ERR_LIMIT;
	return strstr(text, "revision") || strstr(text, "features")
		? ERR_UNSUPPORTED
		: ERR_CORRUPT;
}

START_TEST(says_what_is_broken)
{
	int r;

	image_run("cp nilfs2.img made.img");
	if (broken[_i].what == SUPER) {
		change_super(SUPER_AT, broken[_i].at, broken[_i].bytes,
			broken[_i].len);
		change_super(COPY_AT, broken[_i].at, broken[_i].bytes,
			broken[_i].len);
	} else {
		image_write("made.img",
			place_of(broken[_i].what, broken[_i].of) +
				broken[_i].at,
			broken[_i].bytes, broken[_i].len);
	}
	image_open(&image, "made.img");
	r = image_use(&image, &nilfs2_driver, broken[_i].path);
	if (*broken[_i].text == '\0') {
		/* a tree cut off is one of wrong blocks, but of some */
		ck_assert_msg(r == 0, "%s", image.err.text);
	} else {
		ck_assert_msg(r < 0, "read, in spite of: %s", broken[_i].text);
		ck_assert_msg(fnmatch(broken[_i].text, image.err.text, 0) == 0,
			"\"%s\", not \"%s\"", image.err.text, broken[_i].text);
		ck_assert_int_eq(image.err.code, code_of(broken[_i].text));
	}
	image_close(&image);
}
END_TEST

START_TEST(two_damaged_superblocks_are_none)
{
	image_run("cp nilfs2.img made.img");
	image_write("made.img", SUPER_AT + 100, "?", 1);
	image_write("made.img", COPY_AT + 100, "?", 1);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &nilfs2_driver, "/"), -1);
	ck_assert_str_eq(image.err.text, "no known file system");
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/boot/vmlinuz", "/holes", "/longlink",
	"/dir/below", "/small.txt" };

START_TEST(survives_being_cut_short)
{
	static const uint64_t sizes[] = { 0, 1, 1024, 2047, 2048, 6144, 8192,
		65536, 1 << 20, 3 << 20, 5 << 20, 20 << 20 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		image_open(&image, "nilfs2.img");
		image.vol.size = sizes[i];
		image_survive(&image, &nilfs2_driver, paths,
			sizeof(paths) / sizeof(paths[0]));
		image_close(&image);
	}
}
END_TEST

START_TEST(survives_any_changed_byte)
{
	static const char *const few[] = { "/size-4097", "/dir/below" };

	image_open(&image, "nilfs2.img");
	image_survive_changes(&image, &nilfs2_driver, few,
		sizeof(few) / sizeof(few[0]), SUPER_AT, 280, 32 << 20);
	image_close(&image);
}
END_TEST

static void setup(void)
{
	image_directory();
	image_stored("nilfs2.img");
}

int main(void)
{
	TCase *tc = tcase_create("nilfs2_faults");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, setup, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_test(tc, two_damaged_superblocks_are_none);
	tcase_add_test(tc, survives_being_cut_short);
	tcase_add_test(tc, survives_any_changed_byte);
	return run_suite("nilfs2_faults", &tc, 1);
}
