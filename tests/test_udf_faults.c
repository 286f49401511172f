/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * UDF volumes that are broken, cut short or hostile.  mkudf.py puts everything
 * in places known here.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "src/base/bytes.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define BLOCK 2048
#define START 400 /* sector of the partition */

static struct image image;

static void make_images(void)
{
	image_run("mkdir -p tree/dir/sub");
	image_file("tree/file", NULL, 40000);
	image_file("tree/dir/below", "x", 1);
	image_run(
		"ln -s dir/below tree/link && "
		"for i in chain 4096 metadata virtual sparable inside; do " TESTIMAGES
		"/mkudf.py $i.img tree $i scatter; done");
}

static void open_made(void)
{
	image_open(&image, "made.img");
	ck_assert_msg(
		image_mount(&image, &udf_driver) == 0, "%s", image.err.text);
}

/* Make the tag at "at" right again. */
static void seal(uint64_t at)
{
	uint8_t block[BLOCK];
	unsigned int crc = 0, bit;
	size_t len, i;

	image_open(&image, "made.img");
	ck_assert_int_eq(
		volume_read(&image.below, at, block, sizeof(block), &image.err),
		0);
	image_close(&image);
	len = block[10] | (size_t)block[11] << 8;
	for (i = 0; i < len; i++) {
		crc ^= (unsigned int)block[16 + i] << 8;
		for (bit = 0; bit < 8; bit++)
			crc = (crc << 1 ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
	}
	block[8] = (uint8_t)crc;
	block[9] = (uint8_t)(crc >> 8);
	for (block[4] = 0, len = 0, i = 0; i < 16; i++)
		len += i == 4 ? 0 : block[i];
	block[4] = (uint8_t)len;
	image_write("made.img", at, block, 16);
}

/* What is broken: a descriptor of both sequences, a file's entry, its data */
enum anchor { SECTOR, SEQUENCE, ENTRY, DATA, BEHIND };

enum { PRIMARY = 0, PARTITION = 1, POINTER = 3, LOGICAL = 6 };

static const struct broken {
	const char *image;
	enum anchor anchor;
	unsigned int sector; /* or descriptor of the sequence */
	const char *of;
	struct {
		unsigned int at;
		unsigned int len;
		const char *bytes;
	} patch;
	bool sealed;
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ "chain", SECTOR, 17, NULL, { 1, 5, "NSR04" }, false, "/",
		"no known file system" },
	{ "chain", SECTOR, 16, NULL, { 1, 5, "BEA02" }, false, "/",
		"no known file system" },
	{ "chain", SEQUENCE, PRIMARY, NULL, { 30, 1, "\xff" }, false, "/",
		"udf: volume descriptor in sector 260: it has a CRC of 0x*, "
		"it should be 0x*" },
	{ "chain", SEQUENCE, PRIMARY, NULL, { 4, 1, "\xff" }, false, "/",
		"udf: volume descriptor in sector 260: its tag has a checksum "
		"of 0xff, it should be 0x*" },
	{ "chain", SEQUENCE, PRIMARY, NULL, { 12, 1, "\xff" }, true, "/",
		"udf: volume descriptor in sector 260: it says that it is "
		"block 511" },
	{ "chain", SEQUENCE, PRIMARY, NULL, { 0, 1, "\7" }, true, "/",
		"udf: no primary volume descriptor in the sequence at sector "
		"266" },
	{ "chain", SEQUENCE, POINTER, NULL, { 0, 1, "\10" }, true, "/",
		"udf: no logical volume descriptor in the sequence at sector "
		"260" },
	{ "chain", SEQUENCE, POINTER, NULL, { 24, 2, "\4\1" }, true, "/",
		"udf: the volume descriptors lie in more than 16 pieces" },
	{ "chain", SEQUENCE, LOGICAL, NULL, { 212, 2, "\0\2" }, true, "/",
		"udf: blocks of 512 bytes in sectors of 2048" },
	{ "chain", SEQUENCE, LOGICAL, NULL, { 268, 1, "\x09" }, true, "/",
		"udf: 9 partition maps, at most 8 are read" },
	{ "chain", SEQUENCE, LOGICAL, NULL, { 268, 1, "\0" }, true, "/",
		"udf: file set: partition 0 of 0" },
	{ "chain", SEQUENCE, LOGICAL, NULL, { 440, 1, "\3" }, true, "/",
		"udf: partition map 1: it is of type 3" },
	{ "chain", SEQUENCE, LOGICAL, NULL, { 441, 1, "\0" }, true, "/",
		"udf: partition map 1: it is cut short" },
	{ "chain", SEQUENCE, LOGICAL, NULL, { 444, 1, "\1" }, true, "/",
		"udf: partition map 1: there is no partition of number 1" },
	{ "chain", SEQUENCE, LOGICAL, NULL, { 252, 4, "\xff\xff\xff\xff" },
		true, "/",
		"udf: file set: block 4294967295 and on: partition 7 has *" },
	{ "chain", SEQUENCE, LOGICAL, NULL, { 252, 1, "\1" }, true, "/",
		"udf: file set: block 1: a descriptor of kind 2*, not 256" },
	{ "metadata", SEQUENCE, LOGICAL, NULL, { 451, 4, "*UDG" }, true, "/",
		"udf: partition map 2: a partition of an unknown type "
		"\"*UDG Metadata Partition\"" },
	{ "metadata", SEQUENCE, LOGICAL, NULL, { 484, 1, "\1" }, true, "/",
		"udf: partition map 2: there is no partition of number 1" },
	{ "metadata", SEQUENCE, LOGICAL, NULL, { 486, 8, "\5\0\0\0\5\0\0" },
		true, "/",
		"udf: partition map 2: metadata: file entry in block 5: "
		"block 5: *" },
	{ "sparable", SEQUENCE, LOGICAL, NULL, { 480, 1, "\3" }, true, "/",
		"udf: partition map 1: 2 sparing tables for packets of 3 "
		"blocks" },
	{ "sparable", SEQUENCE, LOGICAL, NULL, { 482, 1, "\5" }, true, "/",
		"udf: partition map 1: 5 sparing tables for packets of 32 "
		"blocks" },
	{ "chain", ENTRY, 0, "/file", { 4, 1, "\xff" }, false, "/file",
		"/file: file entry in block *: block *: its tag has a "
		"checksum of 0xff, it should be 0x*" },
	{ "chain", ENTRY, 0, "/file", { 60, 1, "\xff" }, false, "/file",
		"/file: file entry in block *: it has a CRC of 0x*" },
	{ "chain", ENTRY, 0, "/file", { 0, 1, "\1" }, true, "/file",
		"/file: file entry in block *: a descriptor of kind 257, not a "
		"file's" },
	{ "chain", ENTRY, 0, "/file", { 20, 1, "\5" }, true, "/file",
		"/file: file entry in block *: entries by strategy 5, only 4 "
		"and 4096 can be read" },
	{ "chain", ENTRY, 0, "/file", { 34, 1, "\4" }, true, "/file",
		"/file: file entry in block *: allocation descriptors of kind "
		"4" },
	{ "chain", ENTRY, 0, "/file", { 34, 1, "\3" }, true, "/file",
		"/file: file entry in block *: a size of 40000 bytes" },
	{ "chain", ENTRY, 0, "/file", { 63, 1, "\xff" }, true, "/file",
		"/file: file entry in block *: a size of * bytes" },
	{ "chain", ENTRY, 0, "/file", { 210, 1, "\x10" }, true, "/file",
		"/file: file entry in block *: 1048588 bytes of attributes "
		"and 32 of allocation" },
	{ "chain", ENTRY, 0, "/file", { 215, 1, "\xff" }, true, "/file",
		"/file: file entry in block *: 12 bytes of attributes and "
		"4278190112 of allocation" },
	{ "chain", ENTRY, 0, "/file", { 235, 1, "\xff" }, true, "/file",
		"block 42781*: partition 7 has *" },
	{ "chain", BEHIND, 0, "/file", { 0, 2, "\3\1" }, true, "/file",
		"block *: a descriptor of kind 259, not 258" },
	{ "chain", BEHIND, 0, "/file", { 20, 4, "\xff\xff\xff\xff" }, true,
		"/file", "block *: 4294967295 bytes of descriptors" },
	{ "chain", ENTRY, 0, "/dir", { 27, 1, "\5" }, true, "/dir/below",
		"/dir/below: not a directory" },
	{ "chain", DATA, 0, "/dir", { 0, 1, "\2" }, true, "/dir/below",
		"/dir/below: at byte 0: a descriptor of kind 258" },
	{ "chain", DATA, 0, "/dir", { 30, 1, "\2" }, false, "/dir/below",
		"/dir/below: at byte 0: it has a CRC of 0x*" },
	{ "chain", DATA, 0, "/dir", { 36, 2, "\xff\xff" }, true, "/dir/below",
		"/dir/below: at byte 0: a name's descriptor of 65573 bytes" },
	{ "inside", ENTRY, 0, "/link", { 228, 1, "\x09" }, true, "/link",
		"/link: a component of type 9 in its target" },
	{ "inside", ENTRY, 0, "/link", { 229, 1, "\xff" }, true, "/link",
		"/link: its target is cut short" },
	/* a file becomes a link */
	{ "chain", ENTRY, 0, "/file", { 27, 1, "\x0c" }, true, "/file",
		"/file: a target of more than 4096 bytes" },
	{ "inside", ENTRY, 0, "/link", { 232, 1, "\x09" }, true, "/link",
		"/link: a broken name in its target" },
	{ "inside", ENTRY, 0, "/link", { 234, 1, "/" }, true, "/link",
		"/link: a broken name in its target" },
};

static uint32_t number_at(uint64_t off)
{
	le32 raw;

	ck_assert_int_eq(
		volume_read(&image.below, off, &raw, 4, &image.err), 0);
	return le32_get(raw);
}

/* In a physical partition, an entry that is extended, with 12 attributes */
static uint64_t place_of(enum anchor anchor, const char *path)
{
	struct fs_node node;
	uint64_t at;

	open_made();
	ck_assert_int_eq(fs_find_link(&image.fs, path, &node, &image.err), 0);
	at = (START + node.aux[0]) * BLOCK;
	if (anchor == DATA)
		at = (START + number_at(at + 216 + 4)) * (uint64_t)BLOCK;
	else if (anchor == BEHIND)
		at = (START + number_at(at + 228 + 3 * 8 + 4)) *
			(uint64_t)BLOCK;
	image_close(&image);
	return at;
}

static void patch(uint64_t at, const struct broken *how)
{
	image_write("made.img", at + how->patch.at, how->patch.bytes,
		how->patch.len);
	if (how->sealed)
		seal(at);
}

static void break_it(const struct broken *how)
{
	image_run("cp %s.img made.img", how->image);
	if (how->anchor == SECTOR) {
		patch((uint64_t)how->sector * BLOCK, how);
	} else if (how->anchor == SEQUENCE) {
		patch((260 + how->sector) * (uint64_t)BLOCK, how);
		patch((280 + how->sector) * (uint64_t)BLOCK, how);
	} else {
		patch(place_of(how->anchor, how->of), how);
	}
}

static enum error_code code_of(const char *text)
{
	if (strstr(text, "no known") || strstr(text, "not a dir"))
		return ERR_NOT_FOUND;
	if (strstr(text, "at most") || strstr(text, "more than 4096"))
		return ERR_LIMIT;
	return strstr(text, "strategy") || strstr(text, "unknown type") ||
			strstr(text, "in sectors of")
		? ERR_UNSUPPORTED
		: ERR_CORRUPT;
}

START_TEST(says_what_is_broken)
{
	const struct broken *how = &broken[_i];
	struct fs_node node;
	int r;

	break_it(how);
	image_open(&image, "made.img");
	if (strcmp(how->path, "/link") == 0) {
		ck_assert_int_eq(image_mount(&image, &udf_driver), 0);
		r = fs_find_link(&image.fs, how->path, &node, &image.err);
	} else {
		r = image_use(&image, &udf_driver, how->path);
	}
	ck_assert_msg(r < 0, "read, in spite of: %s", how->text);
	ck_assert_msg(fnmatch(how->text, image.err.text, 0) == 0,
		"\"%s\", not \"%s\"", image.err.text, how->text);
	ck_assert_int_eq(image.err.code, code_of(how->text));
	image_close(&image);
}
END_TEST

/* The last block with descriptors goes on with the first. */
START_TEST(ends_a_chain_that_returns)
{
	uint64_t first, next;

	image_run("cp chain.img made.img");
	first = place_of(BEHIND, "/file");
	image_open(&image, "made.img");
	next = (START + number_at(first + 24 + 3 * 8 + 4)) * (uint64_t)BLOCK;
	image_close(&image);
	/* pieces without a length would end it, so of one byte each */
	image_write("made.img", next + 24, "\1\0\0\0\0\0\0\0", 8);
	image_write("made.img", next + 32, "\1\0\0\0\0\0\0\0", 8);
	image_write("made.img", next + 40, "\1\0\0\0\0\0\0\0", 8);
	image_open(&image, "made.img");
	uint32_t back = (uint32_t)(first / BLOCK - START);
	image_close(&image);
	image_write("made.img", next + 20, "\x20\0\0\0\1\0\0\0\0\0\0\0", 4);
	image_write("made.img", next + 48, "\0\10\0\xc0", 4);
	image_write("made.img", next + 52,
		&(uint8_t[4]){ (uint8_t)back, (uint8_t)(back >> 8) }, 4);
	image_write("made.img", next + 10, "\x30\0", 2);
	seal(next);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &udf_driver, "/file"), -1);
	ck_assert_msg(fnmatch("the chain of descriptors returns to block *",
			      image.err.text, 0) == 0,
		"%s", image.err.text);
	image_close(&image);
}
END_TEST

/* One of two is broken, and the other is read. */
static const struct {
	const char *image;
	unsigned int sector;
} halves[] = {
	{ "chain", 256 },          /* an anchor */
	{ "chain", 260 },          /* the first sequence */
	{ "chain", 266 },          /* its second part */
	{ "sparable", 310 },       /* a sparing table */
	{ "metadata", START },     /* the file with metadata */
	{ "metadata", START + 1 }, /* its mirror */
};

START_TEST(does_with_what_is_left)
{
	struct fs_node node;

	image_run("cp %s.img made.img", halves[_i].image);
	image_write("made.img", (uint64_t)halves[_i].sector * BLOCK,
		"\xff\xff\xff\xff\xff", 5);
	open_made();
	image_find(&image, "/file", &node);
	ck_assert_int_eq(image_read_all(&image, &node, 65536), 0);
	image_close(&image);
}
END_TEST

/* Let no CRC be looked at: it is said to be of more than there is. */
static void unseal(uint64_t at)
{
	uint8_t tag[16];

	image_open(&image, "made.img");
	ck_assert_int_eq(
		volume_read(&image.below, at, tag, sizeof(tag), &image.err), 0);
	image_close(&image);
	tag[4] = (uint8_t)(tag[4] - tag[10] - tag[11] + 2 * 0xff);
	tag[10] = tag[11] = 0xff;
	image_write("made.img", at, tag, sizeof(tag));
}

/* A file gets shorter after it was found (promise P14). */
START_TEST(a_file_is_what_it_was)
{
	struct fs_node node, other;
	uint64_t at;
	uint8_t byte;
	size_t got;

	image_run("cp chain.img made.img");
	at = place_of(ENTRY, "/file");
	unseal(at);
	open_made();
	image_find(&image, "/file", &node);
	image_find(&image, "/dir/below", &other);
	image.patched = true;
	image.patch = (struct image_patch){ at + 57, 1 };
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 30000, &byte, 1, &got, &image.err),
		-1);
	ck_assert_msg(fnmatch("inode * changed while it was read",
			      image.err.text, 0) == 0,
		"%s", image.err.text);
	image_find(&image, "/dir/below", &other);
	image.patched = false;
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 30000, &byte, 1, &got, &image.err),
		0);
	image_close(&image);
}
END_TEST

/*
 * A name that the first 4096 bytes of a directory hold in part is read twice,
 * and is longer the second time (promise P14).
 */
START_TEST(a_name_is_as_long_as_it_was)
{
	/* behind the directory above and what is deleted, 144 bytes each */
	const uint64_t crossing = 44 + 52 + 27 * 144;
	struct fs_node node;
	uint64_t at;

	image_run("mkdir -p wide/dir && (cd wide/dir && "
		  "seq -f '%%0100.0f' 40 | xargs touch) && " TESTIMAGES
		  "/mkudf.py made.img wide");
	at = place_of(DATA, "/dir") + crossing;
	unseal(at);
	open_made();
	image_find(&image, "/dir", &node);
	ck_assert_msg(image_list(&image, &node) == 0, "%s", image.err.text);
	image_find(&image, "/dir", &node);
	image.patched = true;
	image.patch = (struct image_patch){ at + 19, 250 };
	image.steady = 1;
	ck_assert_int_eq(image_list(&image, &node), -1);
	ck_assert_str_eq(
		image.err.text, "at byte 3984: changed while it was read");
	image_close(&image);
}
END_TEST

/* Partitions that the volume descriptors name: as many as are read, or more. */
START_TEST(counts_partitions)
{
	const uint64_t first = (260 + PARTITION) * (uint64_t)BLOCK;
	const uint64_t pointer = (260 + POINTER) * (uint64_t)BLOCK;
	const uint8_t end = _i ? 19 : 18;
	uint8_t block[BLOCK], sector;

	image_run("cp chain.img made.img");
	image_open(&image, "made.img");
	ck_assert_int_eq(volume_read(&image.below, first, block, sizeof(block),
				 &image.err),
		0);
	image_close(&image);
	/* behind the last, number 7, up to all of 16 sectors */
	for (sector = 11; sector < end; sector++) {
		block[12] = sector;
		block[22] = sector;
		image_write("made.img", (256 + sector) * (uint64_t)BLOCK, block,
			sizeof(block));
		seal((256 + sector) * (uint64_t)BLOCK);
	}
	image_write("made.img", pointer + 20, "\0\x80", 2);
	seal(pointer);
	/* nor does the other sequence help */
	image_write("made.img", UINT64_C(280) * BLOCK, "\xff", 1);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_mount(&image, &udf_driver), _i ? -1 : 0);
	if (_i) {
		ck_assert_int_eq(image.err.code, ERR_LIMIT);
		ck_assert_str_eq(image.err.text, "udf: more than 8 partitions");
	}
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/", "/file", "/link", "/dir/below",
	"/absent" };
static const char *const images[] = { "chain.img", "4096.img", "metadata.img",
	"virtual.img", "sparable.img", "inside.img" };

START_TEST(survives_any_length)
{
	uint64_t size;

	image_open(&image, images[_i]);
	for (size = 0; size < (8 << 20); size += size < 36864 ? 4095 : 61439) {
		image.vol.size = size;
		image_survive(&image, &udf_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	image_open(&image, images[_i]);
	image_survive_changes(&image, &udf_driver, paths, COUNT(paths),
		266 * BLOCK, 512, 8 << 20);
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("udf_faults");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_images, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_test(tc, ends_a_chain_that_returns);
	tcase_add_test(tc, a_file_is_what_it_was);
	tcase_add_test(tc, a_name_is_as_long_as_it_was);
	tcase_add_loop_test(tc, counts_partitions, 0, 2);
	tcase_add_loop_test(tc, does_with_what_is_left, 0, COUNT(halves));
	tcase_add_loop_test(tc, survives_any_length, 0, COUNT(images));
	tcase_add_loop_test(tc, survives_a_changed_byte, 0, COUNT(images));
	return run_suite("udf_faults", &tc, 1);
}
