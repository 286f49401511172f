/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rock Ridge as its specification has it, made by hand.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/support/count.h"
#include "tests/support/isoimage.h"
#include "tests/support/runner.h"

/* Bytes of a string literal, which may have NULs in it. */
#define BYTES(text) (text), sizeof(text) - 1

static struct isoimage iso;
static struct image image;

static void add(const char *name, uint32_t size)
{
	isoimage_add(
		&iso, &(struct isoimage_record){ .name = name, .size = size });
}

static void add_name(const char *name)
{
	char body[256] = { 0 };

	memcpy(body + 1, name, strlen(name));
	isoimage_field(&iso, "NM", body, strlen(name) + 1);
}

/* What a link of this path leads to. */
static void leads_to(const char *path, const char *target)
{
	struct fs_node node = { .type = FS_OTHER };
	char buf[FS_PATH_MAX];
	size_t got;

	ck_assert_int_ge(image.fs.driver->lookup(&image.fs, &image.fs.root,
				 path, &node, &image.err),
		0);
	ck_assert_int_eq(node.type, FS_SYMLINK);
	ck_assert_int_eq(fs_read(&image.fs, &node, 0, buf, sizeof(buf), &got,
				 &image.err),
		0);
	ck_assert_uint_eq(got, strlen(target));
	ck_assert_mem_eq(buf, target, got);
	/* and from the middle on */
	ck_assert_int_eq(
		fs_read(&image.fs, &node, got / 2, buf, 1, &got, &image.err),
		0);
	ck_assert(got == 0 || buf[0] == target[strlen(target) / 2]);
	ck_assert_int_eq(image_map(&image, &node), 1);
}

START_TEST(puts_names_together)
{
	char longest[256];

	isoimage_start(&iso, 2048, true);
	add("A", 1);
	isoimage_field(&iso, "NM", BYTES("\1Hello, "));
	isoimage_field(&iso, "NM", BYTES("\1wor"));
	isoimage_field(&iso, "NM", BYTES("\0ld"));
	add("B", 2);
	isoimage_field(&iso, "NM", BYTES("\1begins in the record "));
	isoimage_go_on(&iso, ISOIMAGE_FREE + 100);
	isoimage_field(&iso, "NM", BYTES("\0and ends behind"));
	add("C", 3); /* the first name counts */
	add_name("first");
	add_name("second");
	add("D", 4);
	memset(longest, 'x', 255);
	longest[255] = '\0';
	isoimage_field(&iso, "NM", BYTES("\1xxxxxxxxxx"));
	isoimage_go_on(&iso, ISOIMAGE_FREE + 1000);
	add_name(longest + 10);
	add("E", 5); /* a name that goes on and does not */
	isoimage_field(&iso, "NM", BYTES("\1half"));
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/Hello, world", 1);
	isoimage_has(&image, "/begins in the record and ends behind", 2);
	isoimage_has(&image, "/first", 3);
	isoimage_has_not(&image, "/second");
	isoimage_has(&image, longest, 4);
	isoimage_has(&image, "/half", 5);
	image_close(&image);
}
END_TEST

START_TEST(looks_names_up_as_they_are)
{
	isoimage_start(&iso, 2048, true);
	add("KERNEL.;1", 1);
	add_name("Kernel");
	add("KERNEL1.;1", 2);
	add_name("kernel");
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/Kernel", 1);
	isoimage_has(&image, "/kernel", 2);
	isoimage_has_not(&image, "/KERNEL");
	isoimage_has_not(&image, "/kernel1");
	image_close(&image);
}
END_TEST

/* Also where the name is said to be "." or "..". */
START_TEST(falls_back_on_the_plain_name)
{
	isoimage_start(&iso, 2048, true);
	add("ONE.;1", 1);
	isoimage_mode(&iso, S_IFREG);
	add("TWO.;1", 2);
	isoimage_field(&iso, "NM", BYTES("\2"));
	add("THREE.;1", 3);
	isoimage_field(&iso, "NM", BYTES("\4"));
	add("FOUR.;1", 4);
	isoimage_field(&iso, "NM", BYTES("\0"));
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/one", 1);
	isoimage_has(&image, "/ONE", 1);
	isoimage_has(&image, "/two", 2);
	isoimage_has(&image, "/three", 3);
	isoimage_has(&image, "/four", 4);
	image_close(&image);
}
END_TEST

/* Bodies of SL: flags, then parts of flags, length, text. */
static const struct {
	const char *first;
	size_t first_len;
	const char *second; /* of a second field, or NULL */
	size_t second_len;
	const char *target;
} links[] = {
	{ BYTES("\0\0\1a"), NULL, 0, "a" },
	{ BYTES("\0\0\1a\0\2bc"), NULL, 0, "a/bc" },
	{ BYTES("\0\1\1a\0\2bc"), NULL, 0, "abc" },
	{ BYTES("\0\x08\0\0\1a"), NULL, 0, "/a" },
	{ BYTES("\0\x08\0"), NULL, 0, "/" },
	{ BYTES("\0\x10\0\0\1a"), NULL, 0, "/a" },
	{ BYTES("\0\2\0"), NULL, 0, "." },
	{ BYTES("\0\4\0"), NULL, 0, ".." },
	{ BYTES("\0\4\0\4\0\0\1a\2\0"), NULL, 0, "../../a/." },
	{ BYTES("\1\0\1a"), BYTES("\0\0\1b"), "a/b" },
	{ BYTES("\1\1\1a"), BYTES("\0\0\1b"), "ab" },
	{ BYTES("\1\x08\0"), BYTES("\0\0\1b"), "/b" },
	{ BYTES("\1"), BYTES("\0\0\1b"), "b" },
	{ BYTES("\0\0\0\0\1a"), NULL, 0, "/a" },
	{ BYTES("\0\0\1a\0\0"), NULL, 0, "a/" },
	{ BYTES("\0\0\3a/b"), NULL, 0, "a/b" },
};

START_TEST(puts_the_targets_of_links_together)
{
	isoimage_start(&iso, 2048, true);
	add("L", 0);
	isoimage_mode(&iso, S_IFLNK | 0777);
	isoimage_field(&iso, "SL", links[_i].first, links[_i].first_len);
	if (links[_i].second)
		isoimage_field(
			&iso, "SL", links[_i].second, links[_i].second_len);
	isoimage_mount(&iso, &image);
	leads_to("l", links[_i].target);
	image_close(&image);
}
END_TEST

/* In parts of 14 bytes with the slash, in fields of ten, in three areas. */
static void add_long_link(unsigned int len)
{
	char body[1 + 10 * 15], target[FS_PATH_MAX + 16];
	uint32_t at = ISOIMAGE_FREE;
	unsigned int done, n, i;

	for (i = 0; i < sizeof(target); i++)
		target[i] = i % 14 == 13 ? '/' : (char)('a' + i % 11);
	add("L", 0);
	isoimage_mode(&iso, S_IFLNK | 0777);
	isoimage_go_on(&iso, at);
	for (done = 0; done < len;) {
		size_t used = 1;

		body[0] = 1;
		for (i = 0; i < 10 && done < len; i++) {
			n = len - done < 13 ? len - done : 13;
			body[used++] = 0;
			body[used++] = (char)n;
			memcpy(body + used, target + done, n);
			used += n;
			done += n + 1;
		}
		isoimage_field(&iso, "SL", body, used);
		if (done % 1400 == 0)
			isoimage_go_on(&iso, at += 0x2000);
	}
	isoimage_mount(&iso, &image);
	if (len < FS_PATH_MAX) {
		target[len] = '\0';
		leads_to("l", target);
	}
}

START_TEST(follows_a_link_as_long_as_a_path)
{
	isoimage_start(&iso, 2048, true);
	add_long_link(FS_PATH_MAX - 1);
	image_close(&image);
}
END_TEST

START_TEST(refuses_a_link_that_is_longer)
{
	struct fs_node node;

	isoimage_start(&iso, 2048, true);
	add("F", 7);
	add_long_link(FS_PATH_MAX);
	isoimage_has(&image, "/f", 7);
	ck_assert_int_eq(fs_find(&image.fs, "/l", &node, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_LIMIT);
	ck_assert_ptr_nonnull(strstr(
		image.err.text, "a symbolic link to more than 4095 bytes"));
	image_close(&image);
}
END_TEST

/* A 7 of TF stands for the last of the times below. */
static const struct {
	const char *body;
	size_t len;
	int64_t mtime;
} times[] = {
	{ BYTES("\2\x64\1\1\0\0\0\0"), 946684800 },
	{ BYTES("\3\x46\1\1\0\0\0\0\x64\1\1\0\0\0\0"), 946684800 },
	{ BYTES("\2\x64\1\1\1\0\0\4"), 946684800 },
	{ BYTES("\x82"
		"2000010100000000\0"),
		946684800 },
	{ BYTES("\x82"
		"2000010101000000\4"),
		946684800 },
	{ BYTES("\x83"
		"1970010100000000\0"
		"2000010100000000\0"),
		946684800 },
	{ BYTES("\x82"
		"0000000000000000\0"),
		0 },
	{ BYTES("\x82"
		"20000x0100000000\0"),
		0 },
	{ BYTES("\1\x64\1\1\0\0\0\0"), 1700000002 }, /* the record's */
	{ BYTES("\0"), 1700000002 },
};

START_TEST(knows_the_times_of_files)
{
	struct fs_node node;

	isoimage_start(&iso, 2048, true);
	add("F", 1);
	isoimage_field(&iso, "TF", times[_i].body, times[_i].len);
	isoimage_mount(&iso, &image);
	image_find(&image, "/f", &node);
	ck_assert_int_eq(node.mtime, times[_i].mtime);
	image_close(&image);
}
END_TEST

static const struct {
	uint32_t mode;
	enum fs_type type;
} modes[] = {
	{ S_IFREG | 0644, FS_FILE },
	{ S_IFDIR | 0755, FS_DIR },
	{ S_IFLNK | 0777, FS_SYMLINK },
	{ S_IFIFO | 0644, FS_OTHER },
	{ S_IFSOCK | 0644, FS_OTHER },
	{ S_IFBLK | 0644, FS_OTHER },
	{ S_IFCHR | 0644, FS_OTHER },
	{ 0644, FS_FILE }, /* then as the record says */
	{ 0xffffffff, FS_OTHER },
};

static int note_type(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	(void)err;
	ck_assert_str_eq(name, "f");
	*(enum fs_type *)ctx = node->type;
	return 0;
}

START_TEST(knows_the_types_of_files)
{
	enum fs_type type;

	isoimage_start(&iso, 2048, true);
	add("F", 1);
	isoimage_mode(&iso, modes[_i].mode);
	isoimage_mount(&iso, &image);
	ck_assert_int_eq(fs_readdir(&image.fs, &image.fs.root, note_type, &type,
				 &image.err),
		0);
	ck_assert_int_eq(type, modes[_i].type);
	image_close(&image);
}
END_TEST

#define MOVED 0x14000
#define BELOW 0x15000
#define FILES 0x17000 /* where records of files are, and no directory's */

/* /deep is kept in /rr_moved/8, where it does not show. */
static void make_relocated(uint32_t child)
{
	isoimage_start(&iso, 2048, true);
	add("DEEP", 0);
	isoimage_mode(&iso, S_IFDIR | 0755);
	isoimage_number(&iso, "CL", child / 2048);
	isoimage_add(&iso,
		&(struct isoimage_record){ .name = "RR_MOVED",
			.at = MOVED,
			.size = 2048,
			.flags = 2 });
	isoimage_mode(&iso, S_IFDIR | 0755);
	isoimage_directory(&iso, MOVED, 2048, ISOIMAGE_ROOT);
	isoimage_add(&iso,
		&(struct isoimage_record){
			.name = "8", .at = BELOW, .size = 4096, .flags = 2 });
	isoimage_mode(&iso, S_IFDIR | 0755);
	isoimage_field(&iso, "RE", NULL, 0);
	isoimage_directory(&iso, BELOW, 4096, MOVED);
	isoimage_number(&iso, "PL", ISOIMAGE_ROOT / 2048);
	isoimage_next_sector(&iso);
	add("FILE", 5);
	isoimage_mode(&iso, S_IFREG | 0644);
	iso.next = FILES;
	add("FILE", 6);
}

START_TEST(follows_directories_to_where_they_are_kept)
{
	struct fs_node node;

	make_relocated(BELOW);
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/deep/file", 5);
	isoimage_has(&image, "/deep/../deep/file", 5);
	isoimage_has_not(&image, "/rr_moved/8");
	isoimage_has_not(&image, "/rr_moved/8/file");
	image_find(&image, "/deep", &node);
	ck_assert_int_eq(node.type, FS_DIR);
	ck_assert_uint_eq(node.size, 4096);
	image_close(&image);
}
END_TEST

/* Where a directory should be is the data of a file, or nothing at all. */
START_TEST(says_where_no_directory_is)
{
	static const struct {
		uint32_t child;
		const char *text;
	} none[] = {
		{ ISOIMAGE_FREE, "no relocated directory at 0x10000" },
		{ ISOIMAGE_SIZE * 2,
			"relocated directory: 255 bytes at 0x100000 lie beyond "
			"the volume's end (0x80000)" },
		{ MOVED + 2048, "no relocated directory at 0x14800" },
		{ FILES, "no relocated directory at 0x17000" },
	};
	struct fs_node node;
	char text[256];
	int i;

	for (i = 0; i < COUNT(none); i++) {
		make_relocated(none[i].child);
		isoimage_mount(&iso, &image);
		ck_assert_int_eq(image_list(&image, &image.fs.root), 0);
		ck_assert_int_eq(
			fs_find(&image.fs, "/deep", &node, &image.err), -1);
		snprintf(text, sizeof(text),
			"/deep: directory record at 0xa05e: %s", none[i].text);
		ck_assert_str_eq(image.err.text, text);
		ck_assert_int_eq(image.err.code, ERR_CORRUPT);
		image_close(&image);
	}
}
END_TEST

/* /deep is the root again: a path may go round, the walk has its limit. */
START_TEST(walks_in_a_directory_that_contains_itself)
{
	struct fs_node node;
	char path[1024] = "";
	int i;

	make_relocated(ISOIMAGE_ROOT);
	isoimage_mount(&iso, &image);
	image_find(&image, "/deep/deep/deep/rr_moved", &node);
	for (i = 0; i < 129; i++)
		strcat(path, "/deep");
	ck_assert_int_eq(fs_find(&image.fs, path, &node, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_LIMIT);
	image_close(&image);
}
END_TEST

/* So many bytes in front of the fields of each record. */
static void make_skipped(size_t in_root, uint8_t elsewhere)
{
	char sp[4] = { (char)0xbe, (char)0xef, (char)elsewhere };
	uint8_t *self = iso.data + ISOIMAGE_ROOT;
	size_t at;

	isoimage_start(&iso, 2048, false);
	/* the root's own fields: an SP, and what makes it Rock Ridge */
	memmove(self + 34 + in_root + 11, self + 34, 34);
	memset(self + 34, 0x55, in_root);
	memcpy(self + 34 + in_root, "SP\7\1", 4);
	memcpy(self + 34 + in_root + 4, sp, 3);
	memcpy(self + 34 + in_root + 7, "RR\4\1", 4);
	self[0] = (uint8_t)(34 + in_root + 11);
	iso.next += in_root + 11;
	at = isoimage_add(&iso, &(struct isoimage_record){ .name = "F" });
	memset(iso.data + iso.next, 0x55, elsewhere);
	iso.end += elsewhere;
	add_name("Name");
	ck_assert_uint_eq(iso.data[at], (34 + elsewhere + 9 + 1) & ~1);
}

static const struct {
	uint8_t in_root;
	uint8_t elsewhere;
} skips[] = { { 0, 0 }, { 14, 14 }, { 0, 14 }, { 14, 0 }, { 0, 100 } };

START_TEST(skips_what_stands_in_front_of_the_fields)
{
	make_skipped(skips[_i].in_root, skips[_i].elsewhere);
	isoimage_mount(&iso, &image);
	isoimage_has(&image, "/Name", 0);
	isoimage_has_not(&image, "/f");
	image_close(&image);
}
END_TEST

/* Fields of the root's own record: are there names of Rock Ridge or not? */
static const struct {
	const char *names[2];
	const char *bodies[2];
	size_t lens[2];
	bool rock;
} marks[] = {
	{ { "SP", "ER" }, { "\xbe\xef\0", "\x0a\0\0\1RRIP_1991A" }, { 3, 14 },
		true },
	{ { "SP", "ER" }, { "\xbe\xef\0", "\x0a\0\0\1IEEE_P1282" }, { 3, 14 },
		true },
	{ { "SP", "ER" }, { "\xbe\xef\0", "\x09\0\0\1IEEE_1282" }, { 3, 13 },
		true },
	/* as GRUB and Linux have it */
	{ { "SP", "ER" }, { "\xbe\xef\0", "\x0a\0\0\1SOMETHING." }, { 3, 14 },
		true },
	{ { "SP", "RR" }, { "\xbe\xef\0", "\x89" }, { 3, 1 }, true },
	{ { "SP", "NM" }, { "\xbe\xef\0", "\2" }, { 3, 1 }, true },
	{ { "SP", "PX" },
		{ "\xbe\xef\0",
			"\xed\x41\0\0\0\0\x41\xed\1\0\0\0\0\0\0\1\0\0\0\0\0\0\0"
			"\0\0\0\0\0\0\0\0" },
		{ 3, 32 }, true },
	{ { "SP", "XY" }, { "\xbe\xef\0", "" }, { 3, 0 }, false },
	{ { "SP", "RR" }, { "\xbe\xee\0", "\x89" }, { 3, 1 }, false },
	{ { "SP", "RR" }, { "\xbe\xef", "\x89" }, { 2, 1 }, false },
	{ { "RR", "NM" }, { "\x89", "\2" }, { 1, 1 }, false },
	{ { "SP", "ST" }, { "\xbe\xef\0", "" }, { 3, 0 }, false },
};

START_TEST(knows_whether_there_is_rock_ridge)
{
	int i;

	isoimage_start(&iso, 2048, false);
	/* the record of the root itself is made again, with these fields */
	iso.next = ISOIMAGE_ROOT;
	isoimage_add(&iso,
		&(struct isoimage_record){ .name = "",
			.name_len = 1,
			.at = ISOIMAGE_ROOT,
			.size = ISOIMAGE_ROOT_SIZE,
			.flags = 2 });
	for (i = 0; i < 2; i++)
		isoimage_field(&iso, marks[_i].names[i], marks[_i].bodies[i],
			marks[_i].lens[i]);
	add("F", 0);
	add_name("Name");
	isoimage_mount(&iso, &image);
	isoimage_has(&image, marks[_i].rock ? "/Name" : "/f", 0);
	isoimage_has_not(&image, marks[_i].rock ? "/f" : "/Name");
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("iso9660_rock");

	tcase_add_unchecked_fixture(tc, isoimage_setup, image_cleanup);
	tcase_add_test(tc, puts_names_together);
	tcase_add_test(tc, looks_names_up_as_they_are);
	tcase_add_test(tc, falls_back_on_the_plain_name);
	tcase_add_loop_test(
		tc, puts_the_targets_of_links_together, 0, COUNT(links));
	tcase_add_test(tc, follows_a_link_as_long_as_a_path);
	tcase_add_test(tc, refuses_a_link_that_is_longer);
	tcase_add_loop_test(tc, knows_the_times_of_files, 0, COUNT(times));
	tcase_add_loop_test(tc, knows_the_types_of_files, 0, COUNT(modes));
	tcase_add_test(tc, follows_directories_to_where_they_are_kept);
	tcase_add_test(tc, says_where_no_directory_is);
	tcase_add_test(tc, walks_in_a_directory_that_contains_itself);
	tcase_add_loop_test(
		tc, skips_what_stands_in_front_of_the_fields, 0, COUNT(skips));
	tcase_add_loop_test(
		tc, knows_whether_there_is_rock_ridge, 0, COUNT(marks));
	return run_suite("iso9660_rock", &tc, 1);
}
