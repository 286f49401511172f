/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ReiserFS in which one thing is wrong: what the driver says, and that
 * whatever byte is changed it comes to an end.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/reiserfs.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define SUPER_AT 65536
#define BLOCK 4096
#define ONES "\xff\xff\xff\xff\xff\xff\xff\xff"

static struct image image;

/* What the offset of a patch counts from. */
enum anchor {
	SUPER,
	ROOT,  /* of the tree */
	LEAF,  /* with the stat of a path */
	STAT,  /* of a path */
	HEAD,  /* of the item with it */
	NAMES, /* of a path: its first item with names */
	DATA,  /* of a path: its first item with contents */
};

static void open_plain(const char *name)
{
	image_must_mount(&image, name, &reiserfs_driver);
}

static uint64_t item_of(const char *path, uint64_t off, unsigned int kind)
{
	struct reiserfs_item item;
	struct reiserfs_key key;
	struct fs_node node;

	ck_assert_msg(fs_find_link(&image.fs, path, &node, &image.err) == 0,
		"%s", image.err.text);
	key = reiserfs_key_of(&node, off);
	key.kind = kind;
	ck_assert_int_eq(
		reiserfs_find(image.fs.priv, &key, &item, &image.err), 1);
	ck_assert_uint_eq(item.key.object, key.object);
	return item.at;
}

/* The head of the item that begins there. */
static uint64_t head_of(uint64_t at)
{
	uint64_t leaf = at - at % BLOCK, head;
	uint8_t raw[2] = { 0, 0 };

	for (head = leaf + 24; head < leaf + BLOCK; head += 24) {
		ck_assert_int_eq(volume_read(&image.below, head + 20, raw, 2,
					 &image.err),
			0);
		if ((raw[0] | raw[1] << 8) == (int)(at - leaf))
			break;
	}
	return head;
}

static uint64_t place_of(enum anchor anchor, const char *path)
{
	const struct reiserfs *rs;
	uint64_t at = SUPER_AT;

	open_plain("made.img");
	rs = image.fs.priv;
	if (anchor == ROOT)
		at = reiserfs_block_at(rs, rs->root);
	else if (anchor == NAMES || anchor == DATA)
		at = item_of(path, 1, REISERFS_ANY);
	else if (anchor != SUPER)
		at = item_of(path, 0, REISERFS_STAT);
	if (anchor == HEAD)
		at = head_of(at);
	if (anchor == LEAF)
		at -= at % BLOCK;
	image_close(&image);
	return at;
}

/* Bytes to overwrite, and the answer to who asks for a path then. */
static const struct {
	enum anchor anchor;
	const char *of;
	unsigned int at;
	unsigned int len;
	const char *bytes;
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ SUPER, NULL, 52, 4, "ReIs", "/", "*" },
	{ SUPER, NULL, 52, 8, "ReIsEr4F", "/", "no known file system" },
	{ SUPER, NULL, 44, 2, "\0\0", "/",
		"reiserfs: superblock: blocks of 0 bytes" },
	{ SUPER, NULL, 44, 2, "\0\1", "/",
		"reiserfs: superblock: blocks of 256 bytes" },
	{ SUPER, NULL, 44, 2, "\0\x18", "/",
		"reiserfs: superblock: blocks of 6144 bytes" },
	{ SUPER, NULL, 8, 4, ONES, "/",
		"reiserfs: superblock: reiserfsck --rebuild-tree was not "
		"finished" },
	{ SUPER, NULL, 8, 4, "\0\0\0\0", "/",
		"reiserfs: root directory: object 1 2: block 0: lies outside "
		"the file system" },
	{ SUPER, NULL, 8, 4, "\xfe\xff\xff\xff", "/",
		"reiserfs: root directory: object 1 2: block 4294967294: lies "
		"outside the file system" },
	{ SUPER, NULL, 0, 4, "\0\0\0\0", "/",
		"reiserfs: root directory: object 1 2: block *: lies outside "
		"the file system" },
	{ SUPER, NULL, 8, 4, "\x10\0\0\0", "/",
		"reiserfs: root directory: object 1 2: block 16: no node of "
		"the tree (level *" },
	{ ROOT, NULL, 0, 2, "\0\0", "/",
		"reiserfs: root directory: object 1 2: block *: no node of "
		"the tree (level 0, * items)" },
	{ ROOT, NULL, 0, 2, "\6\0", "/",
		"reiserfs: root directory: object 1 2: block *: no node of "
		"the tree (level 6, * items)" },
	{ ROOT, NULL, 0, 2, "\1\0", "/", "reiserfs: root directory: *" },
	{ ROOT, NULL, 0, 2, "\5\0", "/",
		"reiserfs: root directory: object 1 2: block *: no node of "
		"the tree (level 1, * items)" },
	{ ROOT, NULL, 2, 2, "\xff\xff", "/",
		"reiserfs: root directory: object 1 2: block *: no node of "
		"the tree (level 2, 65535 items)" },
	{ LEAF, "/", 2, 2, "\0\0", "/",
		"reiserfs: root directory: object 1 2: does not exist" },
	{ LEAF, "/", 2, 2, "\xff\xff", "/",
		"reiserfs: root directory: object 1 2: block *: no node of "
		"the tree (level 1, 65535 items)" },
	{ HEAD, "/lines", 18, 2, "\4\0", "/lines",
		"/lines: object *: too short" },
	{ HEAD, "/lines", 18, 2, ONES, "/lines",
		"/lines: object *: block *: item * leaves it" },
	{ HEAD, "/lines", 20, 2, ONES, "/lines",
		"/lines: object *: block *: item * leaves it" },
	{ HEAD, "/lines", 8, 1, "\1", "/lines",
		"/lines: object *: does not exist" },
	{ STAT, "/", 0, 2, "\xa4\x81", "/",
		"reiserfs: the root is not a directory" },
	{ STAT, "/lines", 0, 2, "\xa4\x01", "/lines", "is not a regular file" },
	{ STAT, "/lines", 8, 8, ONES, "/lines",
		"/lines: object *: a size of 18446744073709551615 bytes" },
	{ STAT, "/link", 8, 8, "\0\0\0\0\0\0\0\0", "/link",
		"/link: an empty symbolic link" },
	{ NAMES, "/dir", 12, 2, ONES, "/dir/below",
		"/dir/below: an entry with a name that is none" },
	{ NAMES, "/dir", 32 + 12, 2, ONES, "/dir/below/file",
		"/dir/below/file: an entry with a name that is none" },
	{ NAMES, "/dir", 32 + 12, 2, "\0\0", "/dir", "*" },
	{ NAMES, "/dir", 32 + 4, 4, ONES, "/dir",
		"\"*\": object 4294967295 *: does not exist" },
	{ NAMES, "/dir", 32 + 8, 4, ONES, "/dir",
		"\"*\": object * 4294967295: does not exist" },
	{ DATA, "/lines", 0, 4, ONES, "/lines",
		"object *: the block for byte 0 lies outside the file system "
		"(block 0xffffffff)" },
};

static enum error_code code_of(const char *text)
{
	if (strstr(text, "no known") || strstr(text, "regular") ||
		strstr(text, "an empty"))
		return ERR_NOT_FOUND;
	return ERR_CORRUPT;
}

START_TEST(says_what_is_broken)
{
	uint64_t at;
	int r;

	image_run("cp reiserfs-36.img made.img");
	at = place_of(broken[_i].anchor, broken[_i].of);
	image_write("made.img", at + broken[_i].at, broken[_i].bytes,
		broken[_i].len);
	image_open(&image, "made.img");
	r = image_use(&image, &reiserfs_driver, broken[_i].path);
	if (strcmp(broken[_i].text, "*") != 0) {
		ck_assert_msg(r < 0, "read, in spite of: %s", broken[_i].text);
		ck_assert_msg(fnmatch(broken[_i].text, image.err.text, 0) == 0,
			"\"%s\", not \"%s\"", image.err.text, broken[_i].text);
		ck_assert_int_eq(image.err.code, code_of(broken[_i].text));
	}
	image_close(&image);
}
END_TEST

/* A tree whose every way leads to one leaf: items have to be between keys. */
START_TEST(notices_a_leaf_that_is_there_twice)
{
	uint8_t count[2], child[8];
	uint64_t root;
	unsigned int i, keys;

	image_run("cp reiserfs-36.img made.img");
	root = place_of(ROOT, NULL);
	open_plain("made.img");
	ck_assert_int_eq(
		volume_read(&image.below, root + 2, count, 2, &image.err), 0);
	keys = count[0] | (unsigned int)count[1] << 8;
	ck_assert_int_eq(volume_read(&image.below, root + 24 + 16 * keys, child,
				 8, &image.err),
		0);
	image_close(&image);
	for (i = 1; i <= keys; i++)
		image_write(
			"made.img", root + 24 + 16 * keys + 8 * i, child, 8);
	image_open(&image, "made.img");
	ck_assert_int_eq(
		image_use(&image, &reiserfs_driver, "/many/file3000"), -1);
	ck_assert_int_eq(image.err.code, ERR_CORRUPT);
	ck_assert_uint_le(image.bytes, 4 << 20);
	image_close(&image);
}
END_TEST

static const struct {
	unsigned int at;
	unsigned int len;
	const char *bytes;
} journals[] = {
	{ 12, 4, ONES },           /* begins nowhere */
	{ 20, 4, "\0\0\0\0" },     /* has no blocks */
	{ 20, 4, ONES },           /* has too many */
	{ 20, 4, "\0\xff\0\0" },   /* reaches beyond the volume */
	{ 16, 6, "\1\0\0\0\0\0" }, /* is elsewhere... */
};

/* What can be read without it is read, and it is said that something lacks. */
START_TEST(says_that_the_journal_cannot_be_read)
{
	image_run("cp reiserfs-young.img made.img");
	image_write("made.img", SUPER_AT + journals[_i].at, journals[_i].bytes,
		journals[_i].len);
	/* ...and the state, which says whether it is needed: not unmounted */
	image_write("made.img", SUPER_AT + 50, "\2\0", 2);
	image_open(&image, "made.img");
	ck_assert_msg(image_use(&image, &reiserfs_driver, "/") == 0, "%s",
		image.err.text);
	ck_assert_ptr_nonnull(image.fs.notice);
	ck_assert_ptr_nonnull(strstr(image.fs.notice, "journal"));
	image_close(&image);
}
END_TEST

START_TEST(needs_no_journal_elsewhere_if_it_was_unmounted)
{
	image_run("cp reiserfs-36.img made.img");
	image_write("made.img", SUPER_AT + 16, "\1\0\0\0", 4);
	open_plain("made.img");
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/boot/vmlinuz", "/holes", "/longlink",
	"/many", "/dir/below/up", "/small.txt" };

START_TEST(survives_being_cut_short)
{
	static const uint64_t sizes[] = { 0, 1, 511, 8192, 8300, 65536, 65652,
		69632, 1 << 20, 33 << 20, 34 << 20, 36 << 20 };
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		image_open(&image, "reiserfs-36.img");
		image.vol.size = sizes[i];
		image_survive(&image, &reiserfs_driver, paths,
			sizeof(paths) / sizeof(paths[0]));
		image_close(&image);
	}
}
END_TEST

/* The journal is read then, and what is in it is all that there is. */
START_TEST(survives_any_changed_byte)
{
	static const char *const young[] = { "/boot/vmlinuz",
		"/boot/grub/grub.cfg", "/tiny" };

	image_open(&image, "reiserfs-young.img");
	image_survive_changes(&image, &reiserfs_driver, young,
		sizeof(young) / sizeof(young[0]), SUPER_AT, 116,
		image.vol.size);
	image_close(&image);
}
END_TEST

static void setup(void)
{
	image_directory();
	image_stored("reiserfs-36.img");
	image_stored("reiserfs-young.img");
}

int main(void)
{
	Suite *suite = suite_create("reiserfs_faults");
	TCase *tc = tcase_create("reiserfs_faults");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 240);
	tcase_add_unchecked_fixture(tc, setup, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_test(tc, notices_a_leaf_that_is_there_twice);
	tcase_add_loop_test(
		tc, says_that_the_journal_cannot_be_read, 0, COUNT(journals));
	tcase_add_test(tc, needs_no_journal_elsewhere_if_it_was_unmounted);
	tcase_add_test(tc, survives_being_cut_short);
	tcase_add_test(tc, survives_any_changed_byte);
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
