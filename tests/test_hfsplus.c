/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HFS+ and HFSX as Linux writes them, also in a wrapper as Macs have it; which
 * names are the same; then what is broken, cut short or hostile.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "fsdrivers/hfsplus.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define HEADER 1024

static struct image image;

/* The tree, its one name with marks as the disk has it */
static void make_images(void)
{
	image_tree("--few");
	image_run("cd tree && mv gr\xc3\xbc\xc3\x9f"
		  "e-\xe6\x97\xa5\xe6\x9c\xac.txt gru\xcc\x88\xc3\x9f"
		  "e-\xe6\x97\xa5\xe6\x9c\xac.txt && "
		  "head -c 122880 lines >odd && cp odd even && "
		  "touch -d @1700000002 odd even");
	image_stored("hfsplus.img");
	image_stored("hfsx.img");
}

static const struct {
	const char *name, *type, *label;
} stored[] = {
	{ "hfsplus.img", "hfsplus", "Mac Volume" },
	{ "hfsx.img", "hfsx", "rootfs" },
};

static void open_image(const char *name)
{
	image_must_mount(&image, name, &hfsplus_driver);
}

static void compare(const char *name)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/tree", image_directory());
	open_image(name);
	ck_assert_ptr_null(image.fs.notice);
	image_compare(&image, host, NULL, true);
	image_close(&image);
}

START_TEST(reads_what_linux_wrote)
{
	open_image(stored[_i].name);
	ck_assert_str_eq(image.fs.type, stored[_i].type);
	ck_assert_str_eq(image.fs.label, stored[_i].label);
	ck_assert_str_eq(image.fs.uuid, "0123456789abcdef");
	image_close(&image);
	compare(stored[_i].name);
	image_is_taken_for(stored[_i].name, fs_drivers, stored[_i].type);
}
END_TEST

START_TEST(reads_a_partition)
{
	image_compare_in_disk("hfsplus.img", &hfsplus_driver, "tree");
}
END_TEST

/* Blocks of 4 KiB from sector 16 on; the volume begins in number 30. */
static void make_wrapped(void)
{
	image_run("rm -f made.img && dd if=hfsplus.img of=made.img bs=8K "
		  "seek=16 conv=sparse");
	image_write("made.img", HEADER, "BD", 2);
	image_write("made.img", HEADER + 20, "\0\0\x10\0\0\0\0\0\0\x10", 10);
	image_write("made.img", HEADER + 124, "H+\0\x1e\x0c\0", 6);
}

START_TEST(reads_what_is_in_a_wrapper)
{
	make_wrapped();
	compare("made.img");
}
END_TEST

START_TEST(says_where_a_wrapped_volume_is_not)
{
	make_wrapped();
	image_write("made.img", HEADER + 126, "\xff\xff", 2);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_mount(&image, &hfsplus_driver), -1);
	ck_assert_str_eq(image.err.text, "no known file system");
	image_close(&image);
}
END_TEST

/* More extents than a file's record has: the others are in their tree. */
START_TEST(finds_extents_in_their_tree)
{
	struct fs_node node;
	int extents;

	open_image(stored[_i].name);
	image_find(&image, "/odd", &node);
	extents = image_count_extents(&image, &node);
	ck_assert_int_gt(extents, 8);
	image_close(&image);
}
END_TEST

/* As it is spelled, and whether it is the file small.txt or grüße. */
static const struct {
	const char *path;
	bool folded, binary;
} spelled[] = {
	{ "/small.txt", true, true },
	{ "/SMALL.txt", true, false },
	{ "/Boot/GRUB/grub.cfg", true, false },
	{ "/gru\xcc\x88\xc3\x9f"
	  "e-\xe6\x97\xa5\xe6\x9c\xac.txt",
		true, true },
	{ "/gr\xc3\xbc\xc3\x9f"
	  "e-\xe6\x97\xa5\xe6\x9c\xac.txt",
		true, true },
	{ "/GR\xc3\x9c\xc3\x9f"
	  "E-\xe6\x97\xa5\xe6\x9c\xac.txt",
		true, false },
	{ "/small\xe2\x80\x8c.txt", true, false },
	{ "/small.tx", false, false },
	{ "/small.txtt", false, false },
	{ "/small\xff.txt", false, false },
	{ "/\xe2\x90\x80\xe2\x90\x80\xe2\x90\x80\xe2\x90\x80HFS+ Private "
	  "Data/iNode99",
		false, false },
};

START_TEST(finds_a_name_however_it_is_spelled)
{
	struct fs_node node;
	int i;

	open_image(stored[_i].name);
	for (i = 0; i < COUNT(spelled); i++) {
		bool found = fs_find(&image.fs, spelled[i].path, &node,
				     &image.err) == 0;

		ck_assert_msg(
			found == (_i ? spelled[i].binary : spelled[i].folded),
			"%s: %s", spelled[i].path, image.err.text);
	}
	image_close(&image);
}
END_TEST

static const struct {
	const char *one, *other;
	bool same, same_binary;
} pairs[] = {
	{ "a", "A", true, false },
	{ "\xc3\xa9", "e\xcc\x81", true, true },
	{ "\xc3\x89", "e\xcc\x81", true, false },
	{ "\xe1\xba\xad", "a\xcc\xa3\xcc\x82", true, true },
	{ "\xd0\x99", "\xd0\xb8\xcc\x86", true, false },
	{ "\xce\xa3", "\xcf\x83", true, false },
	{ "\xc3\x86", "\xc3\xa6", true, false },
	{ "\xed\x95\x9c", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", true, true },
	{ "\xea\xb0\x80", "\xe1\x84\x80\xe1\x85\xa1", true, true },
	{ "\xe3\x81\x8c", "\xe3\x81\x8b\xe3\x82\x99", true, true },
	{ "\xf0\x9f\x90\x8c", "\xf0\x9f\x90\x8c", true, true },
	{ "\xf0\x9f\x90\x8c", "\xf0\x9f\x90\x8d", false, false },
	{ "e", "\xc3\xa9", false, false },
	{ "\xef\xbb\xbf"
	  "a",
		"a", true, false },
};

START_TEST(knows_which_names_are_the_same)
{
	struct hfsplus_name one, other;
	int i, binary;

	for (i = 0; i < COUNT(pairs); i++)
		for (binary = 0; binary < 2; binary++) {
			bool same;

			ck_assert(
				hfsplus_name_fold(pairs[i].one, binary, &one));
			ck_assert(hfsplus_name_fold(
				pairs[i].other, binary, &other));
			same = one.len == other.len &&
				memcmp(one.units, other.units, 2 * one.len) ==
					0;
			ck_assert_msg(same ==
					(binary ? pairs[i].same_binary
						: pairs[i].same),
				"%s %s", pairs[i].one, pairs[i].other);
		}
}
END_TEST

START_TEST(says_that_it_was_not_unmounted)
{
	static const struct {
		const char *bytes;
		bool notice;
	} attributes[] = { { "\0\0\1\0", false }, { "\0\0\x21\0", false },
		{ "\0\0\0\0", true }, { "\0\0\x20\0", true },
		{ "\0\0\x09\0", true } };
	int i;

	image_run("cp --sparse=always hfsplus.img made.img");
	for (i = 0; i < COUNT(attributes); i++) {
		image_write("made.img", HEADER + 4, attributes[i].bytes, 4);
		open_image("made.img");
		ck_assert_int_eq(image.fs.notice != NULL, attributes[i].notice);
		image_close(&image);
	}
}
END_TEST

static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkfs.fat made.img", "fat16" },
};

START_TEST(is_told_apart_from_others)
{
	image_run("cp hfsplus.img made.img && truncate -s 40M made.img && %s",
		remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

/* What the offset of a patch counts from. */
enum anchor {
	VOLUME,  /* the header */
	EXTENTS, /* the first node of that tree */
	CATALOG,
	ROOT,  /* node of the catalogue */
	RECORD /* of a path's file */
};

static const struct {
	enum anchor anchor;
	const char *of;
	unsigned int at, len;
	const char *bytes;
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ VOLUME, NULL, 0, 2, "H-", "/", "no known file system" },
	{ VOLUME, NULL, 40, 4, "\0\0\0\0", "/",
		"hfsplus: volume header: 12288 blocks of 0 bytes" },
	{ VOLUME, NULL, 40, 4, "\0\0\4\1", "/",
		"hfsplus: volume header: 12288 blocks of 1025 bytes" },
	{ VOLUME, NULL, 192, 8, "\xff\xff\xff\xff\xff\xff\xff\xff", "/",
		"hfsplus: file 3: 18446744073709551615 bytes in 128 blocks" },
	{ VOLUME, NULL, 192, 8, "\0\0\0\0\0\0\0\0", "/",
		"hfsplus: extents: has 0 bytes" },
	{ VOLUME, NULL, 208, 4, "\xff\xff\xff\xff", "/",
		"hfsplus: extents: file 3: block 0 of the file lies outside "
		"the volume (block 0xffffffff)" },
	{ VOLUME, NULL, 212, 4, "\0\0\0\0", "/",
		"hfsplus: extents: file 3: block 0 of the file lies nowhere" },
	{ EXTENTS, NULL, 8, 1, "\0", "/", "hfsplus: extents: a tree of *" },
	{ CATALOG, NULL, 32, 2, "\0\0", "/",
		"hfsplus: catalogue: a tree of height * nodes of 0 bytes, *" },
	{ CATALOG, NULL, 32, 2, "\xff\xff", "/",
		"hfsplus: catalogue: a tree of height * nodes of 65535 *" },
	{ CATALOG, NULL, 32, 2, "\x01\x00", "/",
		"hfsplus: catalogue: a tree of height * nodes of 256 bytes*" },
	{ CATALOG, NULL, 36, 4, "\xff\xff\xff\xff", "/",
		"hfsplus: catalogue: a tree of * with 4294967295 nodes of *" },
	{ CATALOG, NULL, 14, 2, "\xff\xff", "/",
		"hfsplus: catalogue: a tree of height 65535 *" },
	{ CATALOG, NULL, 14, 2, "\0\0", "/",
		"hfsplus: there is no root folder" },
	{ CATALOG, NULL, 14, 2, "\0\5", "/",
		"hfsplus: catalogue: node * is none of height 5" },
	{ CATALOG, NULL, 16, 4, "\0\0\0\0", "/",
		"hfsplus: catalogue: node 0 is none of height *" },
	{ CATALOG, NULL, 16, 4, "\0\1\0\0", "/",
		"hfsplus: catalogue: a tree of * its root at 65536" },
	{ ROOT, NULL, 10, 2, "\xff\xff", "/",
		"hfsplus: catalogue: node * is none of height *" },
	{ ROOT, NULL, 10, 2, "\0\0", "/",
		"hfsplus: catalogue: node * is empty" },
	{ ROOT, NULL, 4094, 2, "\xff\xff", "/",
		"hfsplus: catalogue: node *: record 0 is broken" },
	{ ROOT, NULL, 14, 2, "\xff\xff", "/",
		"hfsplus: catalogue: node *: record 0 is broken" },
	{ RECORD, "/lines", 41, 1, "\x20", "/lines", "is compressed (file *)" },
	{ RECORD, "/size-512", 48, 8, "hlnkhfs+", "/size-512",
		"/size-512: a link to iNode*, which is not there" },
	{ RECORD, "/size-511", 88, 8, "\0\0\0\0\0\1\0\0", "/size-511",
		"file *: 65536 bytes in * blocks" },
	{ RECORD, "/size-511", 104, 4, "\xff\xff\xff\xff", "/size-511",
		"file *: block 0 of the file lies outside the volume *" },
	{ RECORD, "/size-511", 108, 4, "\0\0\0\0", "/size-511",
		"file *: block 0 of the file lies nowhere" },
	{ RECORD, "/link", 88, 8, "\0\0\0\0\0\0\0\0", "/link",
		"/link: an empty symbolic link" },
};

static uint64_t number_at(uint64_t off, unsigned int width)
{
	uint64_t number = 0;
	uint8_t raw[8];
	unsigned int i;

	ck_assert_int_eq(
		volume_read(&image.vol, off, raw, width, &image.err), 0);
	for (i = 0; i < width; i++)
		number = number << 8 | raw[i];
	return number;
}

/* The catalogue's node, which is in its first extent; offset of a record */
static uint64_t record_at(uint64_t catalog, const char *path)
{
	struct fs_node node;
	uint64_t leaf, at;

	ck_assert_int_eq(fs_find_link(&image.fs, path, &node, &image.err), 0);
	leaf = catalog + (node.aux[0] >> 16) * 4096;
	at = leaf +
		number_at(leaf + 4096 - 2 * ((node.aux[0] & 0xffff) + 1), 2);
	return at + 2 + number_at(at, 2);
}

static uint64_t place_of(enum anchor anchor, const char *path)
{
	uint64_t at = HEADER, catalog;

	open_image("made.img");
	catalog = number_at(HEADER + 288, 4) * 1024;
	if (anchor == EXTENTS)
		at = number_at(HEADER + 208, 4) * 1024;
	else if (anchor == CATALOG)
		at = catalog;
	else if (anchor == ROOT)
		at = catalog + number_at(catalog + 16, 4) * 4096;
	else if (anchor == RECORD)
		at = record_at(catalog, path);
	image_close(&image);
	return at;
}

START_TEST(says_what_is_broken)
{
	image_run("cp --sparse=always hfsplus.img made.img");
	image_write("made.img",
		place_of(broken[_i].anchor, broken[_i].of) + broken[_i].at,
		broken[_i].bytes, broken[_i].len);
	image_open(&image, "made.img");
	ck_assert_msg(image_use(&image, &hfsplus_driver, broken[_i].path) == -1,
		"%s", broken[_i].text);
	ck_assert_msg(fnmatch(broken[_i].text, image.err.text, 0) == 0,
		"%s\nnot: %s", image.err.text, broken[_i].text);
	image_close(&image);
}
END_TEST

static void write_be32(uint64_t at, uint64_t value)
{
	uint8_t raw[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
		(uint8_t)(value >> 8), (uint8_t)value };

	image_write("made.img", at, raw, sizeof(raw));
}

/* The first leaf, which has names of the root only, is its own neighbour. */
static uint64_t make_circle(void)
{
	uint64_t catalog, number;

	image_run("cp --sparse=always hfsplus.img made.img");
	catalog = place_of(CATALOG, NULL);
	open_image("made.img");
	number = number_at(catalog + 24, 4);
	image_close(&image);
	write_be32(catalog + number * 4096, number);
	return catalog;
}

static void lead_back(enum error_code code, const char *text)
{
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &hfsplus_driver, "/zzz"), -1);
	ck_assert_msg(
		strstr(image.err.text, text) != NULL, "%s", image.err.text);
	ck_assert_int_eq(image.err.code, code);
	image_close(&image);
}

START_TEST(ends_where_leaves_lead_back)
{
	make_circle();
	lead_back(ERR_CORRUPT, ": leaves lead back to node ");
}
END_TEST

#define BLOCKS (UINT64_C(1) << 20) /* of 1 KiB in the volume */

/* A catalogue of so many nodes has all of the volume over and over. */
static void make_nodes(uint32_t nodes)
{
	uint64_t catalog = make_circle(), i;

	image_run("truncate -s 1G made.img");
	write_be32(catalog + 36, nodes);
	write_be32(HEADER + 44, BLOCKS);
	write_be32(HEADER + 272, (uint64_t)nodes * 4096 >> 32);
	write_be32(HEADER + 276, (uint64_t)nodes * 4096);
	write_be32(HEADER + 284, 8 * BLOCKS);
	write_be32(HEADER + 288, catalog / 1024);
	write_be32(HEADER + 292, BLOCKS - catalog / 1024);
	for (i = 1; i < 8; i++) {
		write_be32(HEADER + 288 + i * 8, 0);
		write_be32(HEADER + 292 + i * 8, BLOCKS);
	}
}

START_TEST(counts_leaves)
{
	make_nodes(FS_DIR_MAX);
	lead_back(ERR_CORRUPT, ": leaves lead back to node ");
	make_nodes(FS_DIR_MAX + 1);
	lead_back(ERR_LIMIT, ": a directory of more than 1000000 leaves");
}
END_TEST

static const char *const paths[] = { "/size-511", "/link", "/dir/hardlink" };

START_TEST(survives_any_change)
{
	image_open(&image, "hfsplus.img");
	image_survive_changes(&image, &hfsplus_driver, paths, COUNT(paths),
		HEADER, 512, 700 << 10);
	image_close(&image);
}
END_TEST

START_TEST(survives_being_cut_short)
{
	uint64_t size;

	image_open(&image, stored[_i].name);
	for (size = 0; size < 1 << 20; size += 9973) {
		image.vol.size = size;
		image_survive(&image, &hfsplus_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("sound"), tcase_create("faults") };
	size_t i;

	for (i = 0; i < 2; i++) {
		tcase_set_timeout(cases[i], 180);
		tcase_add_unchecked_fixture(
			cases[i], make_images, image_cleanup);
	}
	tcase_add_loop_test(cases[0], reads_what_linux_wrote, 0, COUNT(stored));
	tcase_add_test(cases[0], reads_a_partition);
	tcase_add_test(cases[0], reads_what_is_in_a_wrapper);
	tcase_add_test(cases[0], says_where_a_wrapped_volume_is_not);
	tcase_add_loop_test(
		cases[0], finds_extents_in_their_tree, 0, COUNT(stored));
	tcase_add_loop_test(
		cases[0], finds_a_name_however_it_is_spelled, 0, COUNT(stored));
	tcase_add_test(cases[0], knows_which_names_are_the_same);
	tcase_add_test(cases[0], says_that_it_was_not_unmounted);
	tcase_add_loop_test(
		cases[0], is_told_apart_from_others, 0, COUNT(remade));
	tcase_add_loop_test(cases[1], says_what_is_broken, 0, COUNT(broken));
	tcase_add_test(cases[1], ends_where_leaves_lead_back);
	tcase_add_test(cases[1], counts_leaves);
	tcase_add_test(cases[1], survives_any_change);
	tcase_add_loop_test(
		cases[1], survives_being_cut_short, 0, COUNT(stored));
	return run_suite("hfsplus", cases, 2);
}
