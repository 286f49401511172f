/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names in FAT directories: as mtools writes them, and as entries made by hand,
 * which need not be right; and labels and times.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>

#include "fsdrivers/fat.h"
#include "tests/support/count.h"
#include "tests/support/fatimage.h"

static struct image image;

static void make_tree(void)
{
	image_run("mkdir -p tree/EFI/BOOT");
	image_file("tree/small.txt", "hello, world", 12);
	image_file("tree/UPPER.TXT", "upper", 5);
	image_file("tree/UPPER.low", "half", 4);
	image_file("tree/Mixed.Txt", "mixed", 5);
	image_file("tree/KERNEL", NULL, 512);
	image_file("tree/a+b,c;d=e[f].x.y", "odd", 3);
	image_file("tree/gr\xc3\xbc\xc3\x9f"
		   "e-\xe6\x97\xa5\xe6\x9c\xac.txt",
		"x", 1);
	image_file("tree/n\xc3\xa4me", "code page", 9);
	image_file("tree/\xd0\xaf\xd0\xb4\xd1\x80\xd0\xbe \xce\xa9 "
		   "\xc4\x8c\xc5\xb8.img",
		"x", 1);
	image_file("tree/vmlinuz-6.1.0-18-amd64", NULL, 1001);
	image_file("tree/EFI/BOOT/BOOTX64.EFI", NULL, 65536);
	image_file("tree/EFI/BOOT/grub.cfg", NULL, 4095);
}

static const struct fat_made plain = { "fat16", "16M", "-F 16 -s 4" };

/* What is asked for, and under which name it was stored. */
static const struct {
	const char *path;
	const char *stored;
} same_names[] = {
	{ "/SMALL.TXT", "/small.txt" },
	{ "/upper.txt", "/UPPER.TXT" },
	{ "/UPPER.LOW", "/UPPER.low" },
	{ "/mIXED.tXT", "/Mixed.Txt" },
	{ "/efi/boot/bootx64.efi", "/EFI/BOOT/BOOTX64.EFI" },
	{ "/Efi/Boot/Grub.cfg", "/EFI/BOOT/grub.cfg" },
	{ "/A+B,C;D=E[F].X.Y", "/a+b,c;d=e[f].x.y" },
	{ "/VMLINU~1.0-1", "/vmlinuz-6.1.0-18-amd64" },
	{ "/vmlinu~1.0-1", "/vmlinuz-6.1.0-18-amd64" },
	{ "/\xd1\x8f\xd0\x94\xd1\x80\xd0\x9e \xcf\x89 \xc4\x8d\xc3\xbf.IMG",
		"/\xd0\xaf\xd0\xb4\xd1\x80\xd0\xbe \xce\xa9 \xc4\x8c\xc5\xb8.img" },
	{ "/VMLINUZ-6.1.0-18-AMD64", "/vmlinuz-6.1.0-18-amd64" },
	{ "/N\xc3\x84ME", "/n\xc3\xa4me" },
	{ "/GR\xc3\x9c\xc3\x9f"
	  "E-\xe6\x97\xa5\xe6\x9c\xac.TXT",
		"/gr\xc3\xbc\xc3\x9f"
		"e-\xe6\x97\xa5\xe6\x9c\xac.txt" },
};

START_TEST(finds_names_in_any_case_and_by_their_short_name)
{
	struct fs_node one, two;

	fatimage_make(&plain);
	fatimage_fill("tree");
	fatimage_open(&image);
	image_find(&image, same_names[_i].path, &one);
	image_find(&image, same_names[_i].stored, &two);
	ck_assert_uint_eq(one.id, two.id);
	image_close(&image);
}
END_TEST

static const char *const absent_names[] = { "/small.tx", "/small.txt2",
	"/small", "/EFI/BOOT/none", "/VMLINU~2", "/n\xc3\xb6me", "/\xff\xfe",
	"/n\xc3", "/A b label", "/ ", "/KERNEL." };

START_TEST(says_that_a_name_is_not_there)
{
	struct fs_node node;
	char text[64];

	fatimage_make(&plain);
	fatimage_fill("tree");
	fatimage_open(&image);
	ck_assert_int_eq(
		fs_find(&image.fs, absent_names[_i], &node, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	snprintf(text, sizeof(text), "%s: no such file", absent_names[_i]);
	ck_assert_str_eq(image.err.text, text);
	image_close(&image);
}
END_TEST

/* An entry made by hand: a part of a long name if it has a number. */
struct row {
	uint8_t number;
	const char16_t *part; /* at most 13 units */
	const char *name;     /* eleven bytes; of a part: for the checksum */
	uint8_t attributes;   /* of a short name */
	uint8_t lower_case;
};

#define ROWS_MAX 32
#define SHORT "SHORT   TXT"

/* Entries, and what is listed then, with a bar behind each name. */
static const struct {
	struct row rows[8];
	const char *listed;
} listings[] = {
	{ { { 0, NULL, SHORT, 0, 0 } }, "SHORT.TXT|" },
	{ { { 0, NULL, SHORT, 0, 0x08 } }, "short.TXT|" },
	{ { { 0, NULL, SHORT, 0, 0x10 } }, "SHORT.txt|" },
	{ { { 0, NULL, SHORT, 0, 0x18 } }, "short.txt|" },
	{ { { 0, NULL, SHORT, 0, 0xe7 } }, "SHORT.TXT|" },
	{ { { 0, NULL, "A B     T X", 0, 0 } }, "A B.T X|" },
	{ { { 0, NULL, "NODOT      ", 0, 0 } }, "NODOT|" },
	{ { { 0, NULL, "EIGHTLONTHR", 0, 0 } }, "EIGHTLON.THR|" },
	{ { { 0, NULL, "\x05     \xe5 A  ", 0, 0 } },
		"\xcf\x83     \xcf\x83.A|" },
	{ { { 0, NULL, "\x80\x9a\xe1     \xff  ", 0, 0 } },
		"\xc3\x87\xc3\x9c\xc3\x9f.\xc2\xa0|" },
	{ { { 0, NULL, "\x80\x9a\xe1        ", 0, 8 } },
		"\xc3\xa7\xc3\xbc\xc3\x9f|" },
	/* what is not listed */
	{ { { 0, NULL, "LABEL      ", 0x08, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0, NULL, ".          ", 0x10, 0 },
		  { 0, NULL, "..         ", 0x10, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0, NULL, "\xe5HORT   TXT", 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0, NULL, SHORT, 0, 0 }, { 0, NULL, "\0HORT   TXT", 0, 0 },
		  { 0, NULL, "BEHIND     ", 0, 0 } },
		"SHORT.TXT|" },
	/* sound long names */
	{ { { 0x41, u"Long.name", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"Long.name|" },
	{ { { 0x41, u"thirteen_long", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"thirteen_long|" },
	{ { { 0x42, u"4", SHORT, 0, 0 },
		  { 0x01, u"thirteen_long", SHORT, 0, 0 },
		  { 0, NULL, SHORT, 0, 0 }, { 0, NULL, "B          ", 0, 0 } },
		"thirteen_long4|B|" },
	{ { { 0x41, u"\xd83d\xde00!", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"\xf0\x9f\x98\x80!|" },
	{ { { 0x41, u"\u65e5\u00e4", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"\xe6\x97\xa5\xc3\xa4|" },
	{ { { 0x41, u"new", SHORT, 0, 0 }, { 0x41, u"newer", SHORT, 0, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"newer|" },
	{ { { 0x41, u"label", SHORT, 0, 0 }, { 0, NULL, SHORT, 0x10, 0 } },
		"label|" },
	/* long names that are broken: the short name stands for them */
	{ { { 0x41, u"Long.name", "OTHER   TXT", 0, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x01, u"Long.name", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x42, u"4", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x01, u"thirteen_long", SHORT, 0, 0 },
		  { 0x42, u"4", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x42, u"4", SHORT, 0, 0 }, { 0x02, u"4", SHORT, 0, 0 },
		  { 0x01, u"thirteen_long", SHORT, 0, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x43, u"4", SHORT, 0, 0 },
		  { 0x01, u"thirteen_long", SHORT, 0, 0 },
		  { 0x02, u"thirteen_more", SHORT, 0, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x43, u"4", SHORT, 0, 0 },
		  { 0x01, u"thirteen_long", SHORT, 0, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x42, u"4", SHORT, 0, 0 },
		  { 0x01, u"thirteen_long", "OTHER   TXT", 0, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x41, u"one", SHORT, 0, 0 }, { 0x01, u"more", SHORT, 0, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x40, u"none", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x55, u"of 21", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x7f, u"of 63", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x41, u"gone", SHORT, 0, 0 }, { 0, NULL, "\xe5HORT   TXT", 0, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x41, u"gone", SHORT, 0, 0 }, { 0, NULL, SHORT, 0x08, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x41, u"once", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 },
		  { 0, NULL, SHORT, 0, 0 } },
		"once|SHORT.TXT|" },
	{ { { 0, NULL, SHORT, 0, 0 }, { 0x41, u"orphan", SHORT, 0, 0 } },
		"SHORT.TXT|" },
	/* long names that cannot be shown */
	{ { { 0x41, u"", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x41, u"a/b", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x41, u".", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x41, u"..", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x41, u"\xd83d!", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x41, u"!\xd83d", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
	{ { { 0x41, u"\xde00\xd83d", SHORT, 0, 0 }, { 0, NULL, SHORT, 0, 0 } },
		"SHORT.TXT|" },
};

/* Of that image: four reserved sectors, two tables of 32 sectors. */
#define ROOT_AT (68 * 512)

static uint8_t sum_of(const char *name)
{
	uint8_t sum = 0;
	int i;

	for (i = 0; i < 11; i++)
		sum = (uint8_t)((sum << 7 | sum >> 1) + (uint8_t)name[i]);
	return sum;
}

static void put_part(uint8_t raw[32], const struct row *row)
{
	static const uint8_t places[] = { 1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24,
		28, 30 };
	bool ended = false;
	uint16_t unit;
	size_t i;

	raw[0] = row->number;
	raw[11] = FAT_LONG;
	raw[13] = sum_of(row->name);
	for (i = 0; i < sizeof(places); i++) {
		unit = ended ? 0xffff : row->part[i];
		ended = ended || unit == 0;
		raw[places[i]] = (uint8_t)unit;
		raw[places[i] + 1] = (uint8_t)(unit >> 8);
	}
}

static void put_row(uint8_t raw[32], const struct row *row)
{
	memset(raw, 0, 32);
	if (!row->name)
		return;
	if (row->number) {
		put_part(raw, row);
		return;
	}
	memcpy(raw, row->name, 11);
	raw[11] = row->attributes;
	raw[12] = row->lower_case;
}

/* Make the image, with these for all of its root directory. */
static void write_root(const struct row *rows, size_t count)
{
	uint8_t root[(ROWS_MAX + 1) * 32] = { 0 };
	size_t i;

	ck_assert_uint_le(count, ROWS_MAX);
	for (i = 0; i < count; i++)
		put_row(root + i * 32, &rows[i]);
	fatimage_make(&plain);
	fatimage_patch(ROOT_AT, root, sizeof(root));
}

static int add_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	char *listed = ctx;

	(void)node, (void)err;
	strcat(strcat(listed, name), "|");
	return 0;
}

static const char *list_root(void)
{
	static char listed[8192];

	listed[0] = '\0';
	ck_assert_msg(fs_readdir(&image.fs, &image.fs.root, add_name, listed,
			      &image.err) == 0,
		"%s", image.err.text);
	return listed;
}

START_TEST(lists_entries)
{
	write_root(listings[_i].rows, COUNT(listings[_i].rows));
	fatimage_open(&image);
	ck_assert_str_eq(list_root(), listings[_i].listed);
	image_close(&image);
}
END_TEST

/* What is listed can be looked up under that name, or a lie was told. */
START_TEST(finds_what_it_lists)
{
	struct fs_node node;
	char name[64];

	write_root(listings[_i].rows, COUNT(listings[_i].rows));
	fatimage_open(&image);
	snprintf(name, sizeof(name), "%.*s",
		(int)strcspn(listings[_i].listed, "|"), listings[_i].listed);
	image_find(&image, name, &node);
	image_close(&image);
}
END_TEST

START_TEST(finds_a_broken_long_name_by_its_short_one)
{
	static const struct row rows[] = {
		{ 0x41, u"kernel", "OTHER   TXT", 0, 0 },
		{ 0, NULL, SHORT, 0, 0 },
		{ 0x41, u"ramdisk", SHORT, 0, 0 },
		{ 0, NULL, SHORT, 0x10, 0 },
	};
	struct fs_node node;

	write_root(rows, COUNT(rows));
	fatimage_open(&image);
	ck_assert_int_eq(fs_find(&image.fs, "kernel", &node, &image.err), -1);
	ck_assert_str_eq(image.err.text, "kernel: no such file");
	image_find(&image, "short.txt", &node);
	ck_assert_int_eq(node.type, FS_FILE);
	image_find(&image, "RAMDISK", &node);
	ck_assert_int_eq(node.type, FS_DIR);
	image_close(&image);
}
END_TEST

/* Short names that are none: the whole directory is then in doubt. */
static const char *const no_names[] = { "           ", "        TXT",
	"A/B        ", "A\tB        ", "A\177B        ", "SHORT   T\0X",
	"\x01HORT   TXT" };

START_TEST(refuses_to_list_what_is_no_name)
{
	struct row rows[] = { { 0, NULL, SHORT, 0, 0 },
		{ 0, NULL, no_names[_i], 0, 0 },
		{ 0, NULL, "BEHIND     ", 0, 0 } };
	char listed[256] = "";
	struct fs_node node;

	write_root(rows, COUNT(rows));
	fatimage_open(&image);
	ck_assert_int_eq(fs_readdir(&image.fs, &image.fs.root, add_name, listed,
				 &image.err),
		-1);
	ck_assert_int_eq(image.err.code, ERR_CORRUPT);
	ck_assert_str_eq(image.err.text,
		"the entry at 0x8820 has no name that can be one");
	/* those around it can be found all the same */
	image_find(&image, "/behind", &node);
	image_close(&image);
}
END_TEST

/* A long name of so many times this character; is it listed? */
static const struct {
	char16_t unit;
	size_t count;
	bool listed;
} lengths[] = {
	{ u'n', 255, true },
	{ u'n', 256, false },
	{ u'n', 260, false },
	{ u'\u00e4', 127, true }, /* 254 bytes */
	{ u'\u00e4', 128, false },
	{ u'\u65e5', 85, true }, /* 255 bytes */
	{ u'\u65e5', 86, false },
};

START_TEST(lists_long_names_up_to_the_limit)
{
	char16_t units[ROWS_MAX * 13 + 1] = { 0 };
	struct row rows[ROWS_MAX] = { 0 };
	size_t parts = (lengths[_i].count + 12) / 13, i;
	const char *listed;

	for (i = 0; i < lengths[_i].count; i++)
		units[i] = lengths[_i].unit;
	for (i = 0; i < parts; i++)
		rows[i] = (struct row){ .number = (uint8_t)(parts - i),
			.part = units + (parts - i - 1) * 13,
			.name = SHORT };
	rows[0].number |= 0x40;
	rows[parts].name = SHORT;
	write_root(rows, parts + 1);
	fatimage_open(&image);
	listed = list_root();
	if (lengths[_i].listed)
		ck_assert_uint_gt(strlen(listed), 250);
	else
		ck_assert_str_eq(listed, "SHORT.TXT|");
	image_close(&image);
}
END_TEST

/* Date and time as they are stored, and the seconds since 1970. */
static const struct {
	uint16_t date;
	uint16_t time;
	int64_t seconds;
} times[] = {
	{ 0, 0, 0 }, { 0, 0x6000, 0 }, /* no date */
	{ 0x0001, 0, 0 },              /* month 0 */
	{ 0x01a1, 0, 0 },              /* month 13 */
	{ 0x0020, 0, 0 },              /* day 0 */
	{ 0x0021, 0, 315532800 },      /* 1980-01-01 */
	{ 0x0021, 1, 315532802 }, { 0x0021, 0xbf7d, 315619198 },
	{ 0x005c, 0, 320544000 }, /* 1980-02-28, -29, 03-01 */
	{ 0x005d, 0, 320630400 }, { 0x0061, 0, 320716800 },
	{ 0xf05c, 0, 4107456000 }, /* 2100-02-28, 03-01, without a 29th */
	{ 0xf061, 0, 4107542400 }, { 0xf221, 0, 4133980800 }, /* 2101-01-01 */
	{ 0xff9f, 0, 4354732800 },                            /* 2107-12-31 */
};

START_TEST(knows_times)
{
	static const struct row row = { 0, NULL, SHORT, 0, 0 };
	uint8_t raw[4] = { (uint8_t)times[_i].time,
		(uint8_t)(times[_i].time >> 8), (uint8_t)times[_i].date,
		(uint8_t)(times[_i].date >> 8) };
	struct fs_node node;

	write_root(&row, 1);
	fatimage_patch(ROOT_AT + 22, raw, sizeof(raw));
	fatimage_open(&image);
	image_find(&image, "short.txt", &node);
	ck_assert_int_eq(node.mtime, times[_i].seconds);
	image_close(&image);
}
END_TEST

/* How the image is made and labelled; what the driver has to say. */
static const struct {
	const char *command;
	const char *label;
} labels[] = {
	{ "mkfs.fat -F 16 made.img", "" },
	{ "mkfs.fat -F 16 -n 'NO NAME' made.img", "" },
	{ "mkfs.fat -F 12 -s 16 -n ELEVENCHARS made.img", "ELEVENCHARS" },
	{ "mkfs.fat -F 16 -n BEFORE made.img && mlabel -i made.img ::AFTER && "
	  "printf 'BOOTSECTOR ' | dd of=made.img bs=1 seek=43 conv=notrunc",
		"AFTER" },
	{ "mkfs.fat -F 16 made.img && printf 'BOOT SECTOR' | "
	  "dd of=made.img bs=1 seek=43 conv=notrunc",
		"BOOT SECTOR" },
	{ "truncate -s 40M made.img && mkfs.fat -F 32 -s 1 made.img && "
	  "printf 'BOOT 32    ' | dd of=made.img bs=1 seek=71 conv=notrunc",
		"BOOT 32" },
	{ "mkfs.fat -F 16 made.img && printf '\\051\\0\\0\\0\\0no sig' | "
	  "dd of=made.img bs=1 seek=43 conv=notrunc && printf '\\050' | "
	  "dd of=made.img bs=1 seek=38 conv=notrunc",
		"" },
	{ "mkfs.fat -F 16 made.img && printf '\\005OO' | "
	  "dd of=made.img bs=1 seek=43 conv=notrunc",
		"\xcf\x83OONAME" },
	{ "mkfs.fat -F 16 made.img && printf '\\201L\\232\\344' | "
	  "dd of=made.img bs=1 seek=43 conv=notrunc",
		"\xc3\xbcL\xc3\x9c\xce\xa3"
		"AME" },
};

START_TEST(tells_the_label)
{
	image_run("rm -f made.img && truncate -s 16M made.img && { " MTOOLS
		  "%s; }",
		labels[_i].command);
	fatimage_open(&image);
	ck_assert_str_eq(image.fs.label, labels[_i].label);
	image_close(&image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fat_names");
	TCase *tc = tcase_create("fat_names");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_tree, image_cleanup);
	tcase_add_loop_test(tc, finds_names_in_any_case_and_by_their_short_name,
		0, COUNT(same_names));
	tcase_add_loop_test(
		tc, says_that_a_name_is_not_there, 0, COUNT(absent_names));
	tcase_add_loop_test(tc, lists_entries, 0, COUNT(listings));
	tcase_add_loop_test(tc, finds_what_it_lists, 0, COUNT(listings));
	tcase_add_test(tc, finds_a_broken_long_name_by_its_short_one);
	tcase_add_loop_test(
		tc, refuses_to_list_what_is_no_name, 0, COUNT(no_names));
	tcase_add_loop_test(
		tc, lists_long_names_up_to_the_limit, 0, COUNT(lengths));
	tcase_add_loop_test(tc, knows_times, 0, COUNT(times));
	tcase_add_loop_test(tc, tells_the_label, 0, COUNT(labels));
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
