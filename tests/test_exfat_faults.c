/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exFAT file systems that are broken, cut short or hostile, and what is none.
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

static struct image image;

/* Sectors and clusters of 512 bytes; in scatter.img the table is in use. */
static void make_images(void)
{
	image_run("mkdir -p tree/dir/sub");
	image_file("tree/file", NULL, 20000);
	image_file("tree/dir/below", "x", 1);
	image_file("tree/gr\xc3\xbc\xc3\x9f", "x", 1);
	image_run("for i in plain scatter; do rm -f $i.img && "
		  "truncate -s 4M $i.img && mkfs.exfat -c 512 -b 64K "
		  "-L seed $i.img && " TESTIMAGES
		  "/exfat_fill.py $i.img tree $i; done");
}

enum anchor { BOOT, BACKUP, ENTRY, TABLE, UPCASE };

static uint32_t number_at(uint64_t off)
{
	le32 raw;

	ck_assert_int_eq(
		volume_read(&image.below, off, &raw, 4, &image.err), 0);
	return le32_get(raw);
}

static uint64_t heap_at(void)
{
	return (uint64_t)number_at(88) * 512;
}

static void open_made(void)
{
	image_must_mount(&image, "made.img", &exfat_driver);
}

static uint64_t place_of(enum anchor anchor, const char *path)
{
	struct fs_node node;
	uint64_t at = anchor == BACKUP ? 12 * 512 : 0;

	open_made();
	if (anchor == ENTRY || anchor == TABLE) {
		image_find(&image, path, &node);
		at = node.id;
		if (anchor == TABLE)
			at = number_at(80) * 512 +
				(node.aux[0] & 0xffffffff) * 4;
	} else if (anchor == UPCASE) {
		at = heap_at() + (uint64_t)(number_at(96) - 2) * 512;
		while ((number_at(at) & 0xff) != 0x82)
			at += 32;
	}
	image_close(&image);
	return at;
}

static const struct broken {
	enum anchor anchor;
	const char *of;
	struct {
		unsigned int at;
		unsigned int len;
		const char *bytes;
	} patch;
	bool seal; /* the checksum is made right again */
	const char *path;
	const char *text; /* as fnmatch() has it */
} broken[] = {
	{ BOOT, NULL, { 3, 1, "F" }, false, "/", "no known file system" },
	{ BOOT, NULL, { 105, 1, "\2" }, false, "/",
		"exfat: boot sector: revision 2.00 of the format, only 1 can "
		"be read" },
	{ BOOT, NULL, { 108, 1, "\x08" }, false, "/",
		"exfat: boot sector: sectors of 2^8 bytes and clusters of 2^0 "
		"of them" },
	{ BOOT, NULL, { 108, 1, "\x0d" }, false, "/",
		"exfat: boot sector: sectors of 2^13 bytes and *" },
	{ BOOT, NULL, { 109, 1, "\x11" }, false, "/",
		"exfat: boot sector: sectors of 2^9 bytes and clusters of "
		"2^17 of them" },
	{ BOOT, NULL, { 109, 1, "\xff" }, false, "/",
		"exfat: boot sector: sectors of 2^9 bytes and clusters of "
		"2^255 of them" },
	{ BOOT, NULL, { 110, 1, "\0" }, false, "/",
		"exfat: boot sector: 0 allocation tables" },
	{ BOOT, NULL, { 110, 1, "\3" }, false, "/",
		"exfat: boot sector: 3 allocation tables" },
	{ BOOT, NULL, { 106, 1, "\1" }, false, "/",
		"exfat: boot sector: the second allocation table of one is in "
		"use" },
	{ BOOT, NULL, { 92, 4, "\xff\xff\xff\xff" }, false, "/",
		"exfat: boot sector: 4294967295 clusters, and * sectors of "
		"allocation table" },
	{ BOOT, NULL, { 84, 4, "\1\0\0\0" }, false, "/",
		"exfat: boot sector: * clusters, and 1 sectors of allocation "
		"table" },
	{ BOOT, NULL, { 130, 1, "x" }, false, "/",
		"exfat: boot sector: a checksum of 0x*, it should be 0x*" },
	{ ENTRY, "/file", { 8, 1, "x" }, false, "/file",
		"/file: the entries at 0x* have a wrong checksum" },
	{ ENTRY, "/file", { 8, 1, "x" }, false, "/",
		"\"file\": the entries at 0x* have a wrong checksum" },
	{ ENTRY, "/file", { 1, 1, "\3" }, false, "/file",
		"/file: no such file" },
	{ ENTRY, "/file", { 32, 1, "\xc5" }, false, "/file",
		"/file: no such file" },
	{ ENTRY, "/file", { 35, 1, "\x10" }, true, "/file",
		"/file: no such file" },
	{ ENTRY, "/file", { 52, 4, "\0\0\0\0" }, true, "/file",
		"begins at cluster 0, which does not exist" },
	{ ENTRY, "/file", { 52, 4, "\xff\xff\xff\xff" }, true, "/file",
		"begins at cluster 4294967295, which does not exist" },
	{ ENTRY, "/file", { 40, 8, "\xff\xff\xff\xff\xff\xff\xff\xff" }, true,
		"/file",
		"/file: the entries at 0x*: 18446744073709551615 bytes "
		"written of 20000" },
	{ ENTRY, "/file", { 56, 8, "\xff\xff\xff\xff\xff\xff\xff\xff" }, true,
		"/file",
		"/file: the entries at 0x*: 18446744073709551615 bytes are "
		"more than there are clusters for" },
	{ ENTRY, "/file", { 33, 1, "\3" }, true, "/file", "*differs*" },
	{ ENTRY, "/dir", { 52, 4, "\0\0\0\0" }, true, "/dir/below",
		"/dir/below: begins at cluster 0, which does not exist" },
	{ ENTRY, "/dir", { 4, 1, "\0" }, true, "/dir/below",
		"/dir/below: not a directory" },
	{ TABLE, "/file", { 0, 4, "\0\0\0\0" }, false, "/file",
		"cluster * is marked as free" },
	{ TABLE, "/file", { 0, 4, "\1\0\0\0" }, false, "/file",
		"cluster * leads to 1, which does not exist" },
	{ TABLE, "/file", { 0, 4, "\xf7\xff\xff\xff" }, false, "/file",
		"cluster * leads to one marked as bad" },
	{ TABLE, "/file", { 0, 4, "\xff\xff\xff\x0f" }, false, "/file",
		"cluster * leads to 268435455, which does not exist" },
	{ TABLE, "/file", { 0, 4, "\xff\xff\xff\xff" }, false, "/file",
		"its chain has 1 clusters, too few for 20000 bytes" },
};

/* Make the checksum of the three entries at "at" right. */
static void seal(uint64_t at)
{
	uint8_t set[96], sum[2];
	uint16_t checksum = 0;
	size_t i;

	image_open(&image, "made.img");
	ck_assert_int_eq(
		volume_read(&image.below, at, set, sizeof(set), &image.err), 0);
	image_close(&image);
	for (i = 0; i < sizeof(set); i++)
		if (i != 2 && i != 3)
			checksum = (uint16_t)((checksum << 15 | checksum >> 1) +
				set[i]);
	sum[0] = (uint8_t)checksum;
	sum[1] = (uint8_t)(checksum >> 8);
	image_write("made.img", at + 2, sum, 2);
}

/* What is wrong with the main boot region must not be mended by the other. */
static void break_it(const struct broken *how)
{
	uint64_t at;

	image_run("cp scatter.img made.img");
	at = place_of(how->anchor, how->of);
	image_write("made.img", at + how->patch.at, how->patch.bytes,
		how->patch.len);
	if (how->anchor == BOOT && how->patch.at != 106)
		image_write("made.img", 12 * 512 + 3, "none", 4);
	if (how->seal)
		seal(at);
}

static enum error_code code_of(const char *text)
{
	if (strstr(text, "no such") || strstr(text, "no known") ||
		strstr(text, "not a dir"))
		return ERR_NOT_FOUND;
	return strstr(text, "revision") ? ERR_UNSUPPORTED : ERR_CORRUPT;
}

START_TEST(says_what_is_broken)
{
	const struct broken *how = &broken[_i];
	int r;

	break_it(how);
	image_open(&image, "made.img");
	r = image_use(&image, &exfat_driver, how->path);
	/* in one piece, a file reads what it does, but it ends */
	if (strcmp(how->text, "*differs*") == 0) {
		ck_assert_int_eq(r, 0);
		image_close(&image);
		return;
	}
	ck_assert_msg(r < 0, "read, in spite of: %s", how->text);
	ck_assert_msg(fnmatch(how->text, image.err.text, 0) == 0,
		"\"%s\", not \"%s\"", image.err.text, how->text);
	ck_assert_int_eq(image.err.code, code_of(how->text));
	image_close(&image);
}
END_TEST

START_TEST(refuses_a_piece_that_does_not_all_exist)
{
	uint64_t at;

	image_run("cp plain.img made.img");
	at = place_of(ENTRY, "/file");
	image_open(&image, "made.img");
	image.err.code = ERR_NONE;
	uint32_t last = number_at(92) + 1;
	image_close(&image);
	image_write("made.img", at + 52,
		&(uint8_t[4]){ (uint8_t)last, (uint8_t)(last >> 8) }, 4);
	seal(at);
	image_open(&image, "made.img");
	ck_assert_int_eq(image_use(&image, &exfat_driver, "/file"), -1);
	ck_assert_msg(fnmatch("40 clusters from * on, of which not all exist",
			      image.err.text, 0) == 0,
		"%s", image.err.text);
	image_close(&image);
}
END_TEST

static const struct {
	unsigned int at;
	const char *byte;
} first_region[] = {
	{ 108, "\xff" },                               /* the sectors' size */
	{ 109, "\xff" }, { 92, "\xff" }, { 600, "x" }, /* the second sector */
	{ 5632, "x" },                                 /* the checksum */
};

START_TEST(takes_the_other_boot_region)
{
	struct fs_node node;

	image_run("cp plain.img made.img");
	image_write("made.img", first_region[_i].at, first_region[_i].byte, 1);
	open_made();
	image_find(&image, "/file", &node);
	ck_assert_int_eq(image_read_all(&image, &node, 65536), 0);
	image_close(&image);
}
END_TEST

/* Then the case of Latin letters is that of FAT. */
START_TEST(does_without_a_broken_table_of_cases)
{
	static const uint8_t offsets[] = { 4, 20, 24 };
	struct fs_node node;
	uint64_t at;

	image_run("cp plain.img made.img");
	at = place_of(UPCASE, NULL);
	image_write("made.img", at + offsets[_i], "\xff\xff\xff", 3);
	open_made();
	image_find(&image, "/GR\xc3\x9c\xc3\x9f", &node);
	image_close(&image);
}
END_TEST

static const char *const paths[] = { "/", "/file", "/FILE", "/dir/below",
	"/gr\xc3\xbc\xc3\x9f", "/absent" };
static const char *const images[] = { "plain.img", "scatter.img" };

START_TEST(survives_any_length)
{
	image_open(&image, images[_i]);
	image_survive_lengths(
		&image, &exfat_driver, paths, COUNT(paths), 1 << 19, 7, 509);
	image_close(&image);
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	image_open(&image, images[_i]);
	image_survive_changes(
		&image, &exfat_driver, paths, COUNT(paths), 0, 120, 1 << 19);
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("exfat_faults");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_images, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(broken));
	tcase_add_test(tc, refuses_a_piece_that_does_not_all_exist);
	tcase_add_loop_test(
		tc, takes_the_other_boot_region, 0, COUNT(first_region));
	tcase_add_loop_test(tc, does_without_a_broken_table_of_cases, 0, 3);
	tcase_add_loop_test(tc, survives_any_length, 0, COUNT(images));
	tcase_add_loop_test(tc, survives_a_changed_byte, 0, COUNT(images));
	return run_suite("exfat_faults", &tc, 1);
}
