/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Squashfs images that are broken, cut short or hostile, and what is none.
 *
 * In plain.img nothing is compressed, so every number in it can be changed.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/squashfs.h"
#include "src/base/bytes.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

/* Files of six blocks, of which the last is in a fragment. */
#define FILE_SIZE 20490

static struct image image;

static const struct {
	const char *name;
	const char *options;
} made[] = {
	{ "plain.img", "-noI -noD -noF" },
	{ "gzip.img", "-comp gzip" },
	{ "lzma.img", "-comp lzma" },
	{ "lzo.img", "-comp lzo" },
	{ "xz.img", "-comp xz" },
	{ "lz4.img", "-comp lz4" },
	{ "zstd.img", "-comp zstd" },
};

static void make_images(void)
{
	int i;

	image_run("mkdir -p tree/dir/sub tree/many");
	image_file("tree/file", NULL, FILE_SIZE);
	image_file("tree/dir/below", "x", 1);
	image_run("yes line | head -c 30000 > tree/lines && "
		  "ln tree/file tree/dir/again && ln -s dir/below tree/link && "
		  "cd tree/many && seq -f '%%0100.0f' 200 | xargs touch && "
		  "cd .. && find . -exec touch -h -d @1700000002 {} +");
	for (i = 0; i < COUNT(made); i++)
		image_run("mksquashfs tree %s %s -b 4K -tailends -no-xattrs "
			  "-all-root -processors 1",
			made[i].name, made[i].options);
}

/* What the offset of a patch counts from. */
enum anchor {
	SUPER,
	INODES,         /* the header of the first block of them */
	INODE,          /* of a path */
	LISTING,        /* of a directory: its first group */
	FRAGMENT,       /* the table's entry for a path's tail */
	FRAGMENT_INDEX, /* where is said where that is */
};

static uint64_t number_at(uint64_t off, size_t len)
{
	uint64_t number = 0;
	uint8_t raw[8];

	ck_assert_int_eq(
		volume_read(&image.below, off, raw, len, &image.err), 0);
	while (len-- > 0)
		number = number << 8 | raw[len];
	return number;
}

static void open_plain(void)
{
	image_must_mount(&image, "made.img", &squashfs_driver);
}

static uint64_t inode_at(const char *path)
{
	struct fs_node node = { 0 };
	/* a link is not looked up without being followed */
	bool link = strcmp(path, "/link") == 0;

	ck_assert_msg((link ? squashfs_driver.lookup(&image.fs, &image.fs.root,
				      "link", &node, &image.err) == 1
			    : fs_find(&image.fs, path, &node, &image.err) == 0),
		"%s: %s", path, image.err.text);
	return number_at(64, 8) + (node.id >> 16) + 2 + (node.id & 0xffff);
}

static uint64_t listing_at(const char *path)
{
	uint64_t inode = inode_at(path), from = number_at(72, 8) + 2;

	if (number_at(inode, 2) == 1)
		return from + number_at(inode + 16, 4) +
			number_at(inode + 26, 2);
	return from + number_at(inode + 24, 4) + number_at(inode + 34, 2);
}

static uint64_t place_of(enum anchor anchor, const char *path)
{
	uint64_t at = 0;

	open_plain();
	if (anchor == INODES)
		at = number_at(64, 8);
	else if (anchor == INODE)
		at = inode_at(path);
	else if (anchor == LISTING)
		at = listing_at(path);
	else if (anchor == FRAGMENT)
		at = number_at(number_at(80, 8), 8) + 2 +
			16 * number_at(inode_at(path) + 20, 4);
	else if (anchor == FRAGMENT_INDEX)
		at = number_at(80, 8);
	image_close(&image);
	return at;
}

#define ONES "\xff\xff\xff\xff\xff\xff\xff\xff"
#define BEYOND "a metadata block at 0x* would lie beyond the table's end (0x*)"

/* Bytes to overwrite, and the answer to who asks for a path then. */
static const struct {
	enum anchor anchor;
	const char *of;
	struct {
		unsigned int at;
		unsigned int len;
		const char *bytes;
	} patch[2];
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ SUPER, NULL, { { 0, 4, "sqsh" } }, "/", "no known file system" },
	{ SUPER, NULL, { { 28, 2, "\3\0" } }, "/",
		"squashfs: version 3.0 of the format, only 4.0 can be read" },
	{ SUPER, NULL, { { 30, 2, "\1\0" } }, "/",
		"squashfs: version 4.1 of the format, only 4.0 can be read" },
	{ SUPER, NULL, { { 20, 2, "\0\0" } }, "/",
		"squashfs: superblock: unknown compression 0" },
	{ SUPER, NULL, { { 20, 2, "\7\0" } }, "/",
		"squashfs: superblock: unknown compression 7" },
	{ SUPER, NULL, { { 20, 2, "\xff\xff" } }, "/",
		"squashfs: superblock: unknown compression 65535" },
	{ SUPER, NULL, { { 12, 4, "\0\0\0\0" } }, "/",
		"squashfs: superblock: blocks of 0 or 2^12 bytes" },
	{ SUPER, NULL, { { 12, 4, "\0\x20\0\0" } }, "/",
		"squashfs: superblock: blocks of 8192 or 2^12 bytes" },
	{ SUPER, NULL, { { 12, 4, "\0\x08\0\0" }, { 22, 2, "\x0b\0" } }, "/",
		"squashfs: superblock: blocks of 2048 or 2^11 bytes" },
	{ SUPER, NULL, { { 12, 4, "\0\0\x20\0" }, { 22, 2, "\x15\0" } }, "/",
		"squashfs: superblock: blocks of 2097152 or 2^21 bytes" },
	{ SUPER, NULL, { { 12, 4, "\0\x18\0\0" } }, "/",
		"squashfs: superblock: blocks of 6144 or 2^12 bytes" },
	{ SUPER, NULL, { { 22, 2, "\xff\xff" } }, "/",
		"squashfs: superblock: blocks of 4096 or 2^65535 bytes" },
	{ SUPER, NULL, { { 22, 2, "\x2c\0" } }, "/", /* 12 + 32 */
		"squashfs: superblock: blocks of 4096 or 2^44 bytes" },
	{ SUPER, NULL, { { 40, 8, ONES } }, "/",
		"squashfs: superblock: 18446744073709551615 bytes of file "
		"system, but the volume ends at *" },
	{ SUPER, NULL, { { 40, 8, "\0\0\0\0\0\0\0\0" } }, "/",
		"squashfs: superblock: inodes at 0x* and directories at 0x* "
		"of 0x0 bytes" },
	{ SUPER, NULL, { { 64, 8, ONES } }, "/",
		"squashfs: superblock: inodes at 0xffffffffffffffff and *" },
	{ SUPER, NULL, { { 64, 8, "\0\0\0\0\0\0\0\0" } }, "/",
		"squashfs: superblock: inodes at 0x0 and directories at *" },
	{ SUPER, NULL, { { 72, 8, ONES } }, "/",
		"squashfs: superblock: inodes at 0x* and directories at "
		"0xffffffffffffffff of 0x* bytes" },
	{ SUPER, NULL, { { 16, 4, ONES } }, "/",
		"squashfs: superblock: a table of 4294967295 fragments at *" },
	{ SUPER, NULL, { { 16, 4, ONES }, { 80, 8, ONES } }, "/",
		"squashfs: superblock: a table of 4294967295 fragments at *" },
	{ SUPER, NULL, { { 80, 8, ONES } }, "/",
		"squashfs: superblock: a table of * fragments at *" },
	{ SUPER, NULL, { { 80, 8, "\x60\0\0\0\0\0\0\0" } }, "/file",
		"fragment *: " BEYOND },
	{ SUPER, NULL, { { 16, 4, "\0\0\0\0" }, { 80, 8, ONES } }, "/file",
		"its tail is in fragment * of 0" },
	{ SUPER, NULL, { { 32, 8, ONES } }, "/",
		"squashfs: root directory: inode 0xffffffffffffffff: " BEYOND },
	{ SUPER, NULL, { { 32, 8, "\xff\xff\0\0\0\0\0\0" } }, "/",
		"squashfs: root directory: inode 0xffff: the metadata block "
		"at 0x* has * bytes, and 65535 are to be skipped" },
	{ SUPER, NULL, { { 32, 8, "\1\0\0\0\0\0\0\0" } }, "/",
		"squashfs: root directory: inode 0x1: unknown kind *" },
	{ SUPER, NULL, { { 32, 8, "\xff\x1f\0\0\0\0\0\0" } }, "/",
		"squashfs: root directory: inode 0x1fff: *" },

	{ INODES, NULL, { { 0, 2, "\0\x80" } }, "/dir/below",
		"*metadata block at 0x*: a size of 0 bytes" },
	{ INODES, NULL, { { 0, 2, "\xff\xff" } }, "/dir/below",
		"*metadata block at 0x*: a size of 32767 bytes" },
	{ INODES, NULL, { { 0, 2, "\1\xa0" } }, "/dir/below",
		"*metadata block at 0x*: a size of 8193 bytes" },
	{ INODES, NULL, { { 0, 2, "\0\x10" } }, "/dir/below",
		"*metadata block at 0x*: 4096 bytes that gzip cannot "
		"decompress into 8192" },

	{ INODE, "/", { { 0, 2, "\2\0" } }, "/",
		"squashfs: the root is not a directory" },
	{ INODE, "/dir/below", { { 0, 2, "\0\0" } }, "/dir/below",
		"/dir/below: inode 0x*: unknown kind 0" },
	{ INODE, "/dir/below", { { 0, 2, "\x0f\0" } }, "/dir",
		"\"below\": inode 0x*: unknown kind 15" },
	{ INODE, "/dir/below", { { 0, 2, "\xff\xff" } }, "/dir/below",
		"/dir/below: inode 0x*: unknown kind 65535" },
	{ INODE, "/dir", { { 0, 2, "\2\0" } }, "/dir/below",
		"/dir/below: not a directory" },
	{ INODE, "/dir", { { 0, 2, "\7\0" } }, "/dir/below",
		"/dir/below: not a directory" },
	{ INODE, "/dir/below", { { 0, 2, "\4\0" } }, "/dir/below",
		"is not a regular file" },
	{ INODE, "/dir", { { 16, 4, ONES } }, "/dir/below",
		"/dir/below: " BEYOND },
	{ INODE, "/dir", { { 26, 2, ONES } }, "/dir/below",
		"/dir/below: the metadata block at 0x* has * bytes, and 65535 "
		"are to be skipped" },
	{ INODE, "/dir", { { 24, 2, "\4\0" } }, "/dir/below",
		"/dir/below: the listing ends inside of an entry" },
	{ INODE, "/dir", { { 24, 2, "\x1a\0" } }, "/dir/below",
		"/dir/below: the listing ends inside of an entry" },
	{ INODE, "/dir", { { 24, 2, "\3\0" } }, "/dir/below",
		"/dir/below: no such file" },
	{ INODE, "/dir", { { 24, 2, "\0\0" } }, "/dir/below",
		"/dir/below: no such file" },
	{ INODE, "/link", { { 20, 4, ONES } }, "/link",
		"/link: a symbolic link makes the path longer than 4096 "
		"bytes" },
	{ INODE, "/link", { { 20, 4, "\0\0\0\0" } }, "/link",
		"/link: an empty symbolic link" },
	{ INODE, "/link", { { 24, 2, "\0\0" } }, "/link",
		"/link: NUL in a symbolic link" },

	/* a file with two names has the long kind of inode */
	{ INODE, "/file", { { 24, 8, ONES } }, "/file",
		"/file: inode 0x*: a size of 18446744073709551615 bytes" },
	{ INODE, "/file", { { 24, 8, "\0\0\0\0\x10\0\0\0" } }, "/file",
		"block at 0x*" },
	{ INODE, "/file", { { 24, 8, "\0\x10\0\0\x10\0\0\0" } }, "/file",
		"a file of more than 16777216 blocks" },
	{ INODE, "/file", { { 24, 8, "\0\0\0\0\0\0\0\x40" } }, "/file",
		"a file of more than 16777216 blocks" },
	{ INODE, "/file", { { 16, 8, ONES } }, "/file",
		"block at 0xffffffffffffffff: its 4096 bytes reach beyond the "
		"file system's end (0x*)" },
	{ INODE, "/file", { { 44, 4, "\xfe\xff\xff\xff" } }, "/file",
		"its tail is in fragment 4294967294 of *" },
	{ INODE, "/file", { { 44, 4, ONES } }, "/file", "block at 0x*" },
	{ INODE, "/file", { { 48, 4, ONES } }, "/file",
		"its tail of 10 bytes is at byte 4294967295 of a fragment" },
	{ INODE, "/file", { { 48, 4, "\xf6\x0f\0\0" } }, "/file",
		"block at 0x*: * bytes, not 4096" },
	{ INODE, "/file", { { 48, 4, "\xf7\x0f\0\0" } }, "/file",
		"its tail of 10 bytes is at byte 4087 of a fragment" },
	{ INODE, "/file", { { 56, 4, "\xff\x0f\0\1" } }, "/file",
		"block at 0x*: 4095 bytes, not 4096" },
	{ INODE, "/file", { { 56, 4, "\0\0\0\1" } }, "/file",
		"block at 0x*: 0 bytes, not 4096" },
	{ INODE, "/file", { { 56, 4, "\xff\x0f\0\0" } }, "/file",
		"block at 0x*: 4095 bytes that gzip cannot decompress into "
		"4096" },
	{ INODE, "/file", { { 56, 4, "\1\x10\0\0" } }, "/file",
		"block at 0x*: a size of 4097 bytes" },
	{ INODE, "/file", { { 56, 4, "\xff\xff\xff\1" } }, "/file",
		"block at 0x*: its 16777215 bytes reach beyond the file "
		"system's end (0x*)" },
	{ INODE, "/file", { { 56, 4, "\0\0\0\2" } }, "/file",
		"block at 0x*: a size of 0 bytes" },

	/* the index of a directory begins behind its inode */
	{ INODE, "/many", { { 40, 4, ONES } }, "/many/x",
		"/many/x: index: an entry for byte 4294967295 of * behind one "
		"for 0" },
	{ INODE, "/many", { { 48, 4, "\xff\0\0\0" } }, "/many/x",
		"/many/x: index: a name of 256 bytes" },
	{ INODE, "/many", { { 48, 4, ONES } }, "/many/x",
		"/many/x: index: a name of 4294967296 bytes" },
	{ INODE, "/many", { { 32, 2, ONES } }, "/many/x", "/many/x: *" },

	{ LISTING, "/dir", { { 0, 4, "\0\1\0\0" } }, "/dir/x",
		"/dir/x: a group of 257 names, at most 256 are allowed" },
	{ LISTING, "/dir", { { 0, 4, ONES } }, "/dir/x",
		"/dir/x: a group of 4294967296 names, at most 256 are "
		"allowed" },
	{ LISTING, "/dir", { { 0, 4, "\xff\0\0\0" } }, "/dir/x",
		"/dir/x: the listing ends inside of an entry" },
	{ LISTING, "/dir", { { 4, 4, ONES } }, "/dir/below",
		"/dir/below: inode 0xffffffff*: " BEYOND },
	{ LISTING, "/dir", { { 12, 2, ONES } }, "/dir/again",
		"/dir/again: inode 0x*ffff: the metadata block at 0x* has * "
		"bytes, and 65535 are to be skipped" },
	{ LISTING, "/dir", { { 18, 2, "\xff\0" } }, "/dir/below",
		"/dir/below: a name of 256 bytes" },
	{ LISTING, "/dir", { { 18, 2, ONES } }, "/dir/below",
		"/dir/below: a name of 65536 bytes" },
	{ LISTING, "/dir", { { 20, 5, "a/ain" } }, "/dir",
		"an entry with a name that is none" },
	{ LISTING, "/dir", { { 20, 5, "aga\0n" } }, "/dir",
		"an entry with a name that is none" },
	{ LISTING, "/dir", { { 18, 3, "\0\0." } }, "/dir",
		"an entry with a name that is none" },
	{ LISTING, "/dir", { { 18, 4, "\1\0.." } }, "/dir",
		"an entry with a name that is none" },

	{ FRAGMENT, "/dir/below", { { 0, 8, ONES } }, "/dir/below",
		"block at 0xffffffffffffffff: its * bytes reach beyond the "
		"file system's end (0x*)" },
	{ FRAGMENT, "/dir/below", { { 8, 4, "\0\0\0\0" } }, "/dir/below",
		"block at 0x*: a size of 0 bytes" },
	{ FRAGMENT, "/dir/below", { { 8, 4, "\0\0\0\1" } }, "/dir/below",
		"block at 0x*: 0 bytes, not *" },
	{ FRAGMENT_INDEX, NULL, { { 0, 8, ONES } }, "/dir/below",
		"fragment *: " BEYOND },
};

static enum error_code code_of(const char *text)
{
	if (strstr(text, "no such") || strstr(text, "no known") ||
		strstr(text, ": not a dir") || strstr(text, "regular") ||
		strstr(text, "an empty"))
		return ERR_NOT_FOUND;
	if (strstr(text, "version") || strstr(text, "unknown compression"))
		return ERR_UNSUPPORTED;
	return strstr(text, "path longer") || strstr(text, "a file of more")
		? ERR_LIMIT
		: ERR_CORRUPT;
}

START_TEST(says_what_is_broken)
{
	uint64_t at;
	int i, r;

	image_run("cp plain.img made.img");
	at = place_of(broken[_i].anchor, broken[_i].of);
	for (i = 0; i < 2 && broken[_i].patch[i].len > 0; i++)
		image_write("made.img", at + broken[_i].patch[i].at,
			broken[_i].patch[i].bytes, broken[_i].patch[i].len);
	image_open(&image, "made.img");
	r = image_use(&image, &squashfs_driver, broken[_i].path);
	ck_assert_msg(r < 0, "read, in spite of: %s", broken[_i].text);
	ck_assert_msg(fnmatch(broken[_i].text, image.err.text, 0) == 0,
		"\"%s\", not \"%s\"", image.err.text, broken[_i].text);
	ck_assert_int_eq(image.err.code, code_of(broken[_i].text));
	image_close(&image);
}
END_TEST

/* A size of 0 is a hole: the block before the next one's place is all zeros. */
START_TEST(takes_a_block_without_size_for_a_hole)
{
	struct fs_node node;
	uint8_t byte = 1;
	uint64_t at;
	size_t got;

	image_run("cp plain.img made.img");
	at = place_of(INODE, "/file");
	image_write("made.img", at + 56, "\0\0\0\0", 4);
	open_plain();
	ck_assert_int_eq(fs_find(&image.fs, "/file", &node, &image.err), 0);
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 4095, &byte, 1, &got, &image.err), 0);
	ck_assert_uint_eq(byte, 0);
	ck_assert_int_eq(image_map(&image, &node), 0);
	image_close(&image);
}
END_TEST

/* /dir/again is /dir: a path may go round, the walk has its limit. */
START_TEST(walks_in_a_directory_that_contains_itself)
{
	struct fs_node node;
	char path[1024] = "/dir";
	uint8_t off[2];
	uint64_t at;
	int i;

	image_run("cp plain.img made.img");
	open_plain();
	ck_assert_int_eq(fs_find(&image.fs, "/dir", &node, &image.err), 0);
	image_close(&image);
	off[0] = (uint8_t)node.id;
	off[1] = (uint8_t)(node.id >> 8);
	at = place_of(LISTING, "/dir");
	open_plain();
	ck_assert_uint_eq(number_at(at + 4, 4), node.id >> 16);
	image_close(&image);
	image_write("made.img", at + 12, off, 2);
	open_plain();
	ck_assert_int_eq(fs_find(&image.fs, "/dir/again/again/again/below",
				 &node, &image.err),
		0);
	for (i = 0; i < 128; i++)
		strcat(path, "/again");
	ck_assert_int_eq(fs_find(&image.fs, path, &node, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_LIMIT);
	image_close(&image);
}
END_TEST

START_TEST(checks_again_what_it_reads_again)
{
	struct fs_node node;

	image_open(&image, "plain.img");
	image.patched = true; /* the first byte is 0 */
	image.steady = 1;
	ck_assert_int_eq(image_use(&image, &squashfs_driver, "/file"), -1);
	ck_assert_str_eq(image.err.text,
		"squashfs: superblock: changed while it was read");
	image_close(&image);

	image_open(&image, "plain.img");
	ck_assert_int_eq(image_mount(&image, &squashfs_driver), 0);
	ck_assert_int_eq(fs_find(&image.fs, "/file", &node, &image.err), 0);
	node.size--;
	ck_assert_int_eq(image_read_all(&image, &node, 4096), -1);
	ck_assert_int_eq(image.err.code, ERR_CORRUPT);
	ck_assert_ptr_nonnull(
		strstr(image.err.text, "changed while it was read"));
	image_close(&image);
}
END_TEST

START_TEST(says_where_a_disk_that_was_cut_off_ends)
{
	image_open(&image, "plain.img");
	image.vol.size = 95;
	ck_assert_int_eq(image_use(&image, &squashfs_driver, "/file"), -1);
	ck_assert_str_eq(image.err.text, "no known file system");
	image.vol.size = 9999;
	ck_assert_int_eq(image_use(&image, &squashfs_driver, "/file"), -1);
	ck_assert_msg(fnmatch("squashfs: superblock: * bytes of file system, "
			      "but the volume ends at 9999",
			      image.err.text, 0) == 0,
		"%s", image.err.text);
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/", "/file", "/lines", "/link",
	"/dir/below", "/many/x" };

/* The superblock says that it ends where the volume does. */
static int shrunk_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	uint64_t size = vol->size;
	size_t i;

	if (volume_read(&image.below, off, buf, len, err) < 0)
		return -1;
	for (i = 0; off == 0 && len >= 48 && i < 8; i++, size >>= 8)
		((uint8_t *)buf)[40 + i] = (uint8_t)size;
	return 0;
}

START_TEST(survives_any_length)
{
	uint64_t size;

	image_open(&image, made[_i].name);
	image.vol.read = shrunk_read;
	for (size = image.vol.size; size > 0; size -= size < 100 ? 1 : 37) {
		image.vol.size = size;
		image_survive(&image, &squashfs_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	image_open(&image, made[_i].name);
	image_survive_changes(&image, &squashfs_driver, paths, COUNT(paths), 0,
		96, image.vol.size);
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("squashfs_faults");

	tcase_set_timeout(tc, 300);
	tcase_add_unchecked_fixture(tc, make_images, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_test(tc, takes_a_block_without_size_for_a_hole);
	tcase_add_test(tc, walks_in_a_directory_that_contains_itself);
	tcase_add_test(tc, checks_again_what_it_reads_again);
	tcase_add_test(tc, says_where_a_disk_that_was_cut_off_ends);
	tcase_add_loop_test(tc, survives_any_length, 0, COUNT(made));
	tcase_add_loop_test(tc, survives_a_changed_byte, 0, COUNT(made));
	return run_suite("squashfs_faults", &tc, 1);
}
