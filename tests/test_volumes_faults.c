/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Broken metadata: bytes of what lvm and mdadm made are changed, and each text
 * that makes no sense is refused for a reason.
 */
#include <stdio.h>
#include <string.h>

#include "src/base/length.h"
#include "src/volume/lvm.h"
#include "src/volume/md.h"
#include "src/volume/raid.h"
#include "tests/support/runner.h"

static struct arena arena;
static struct error err;

static void setup(void)
{
	arena_init(&arena, 32 << 20);
	error_clear(&err);
}

static void teardown(void)
{
	arena_free(&arena);
}

/* A volume of zeros that never fails, to build on. */
static int read_zeros(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *fault)
{
	(void)vol, (void)off, (void)fault;
	memset(buf, 0, len);
	return 0;
}

static struct volume zeros = { .size = 1 << 20, .read = read_zeros };

/* Texts that are none */

static const struct {
	const char *text;
	const char *why;
} bad_texts[] = {
	{ "vg {", "line 1: a section does not end" },
	{ "a\n{\nb = \"c\n", "line 3: a string does not end" },
	{ "a = \"\\", "line 1: a string does not end" },
	{ "a = ", "line 1: a value was expected" },
	{ "a = [1, 2", "line 1: a value was expected" },
	{ "a = [1,, 2]", "line 1: a value was expected" },
	{ "= 1", "line 1: a name was expected" },
	{ "}", "line 1: a name was expected" },
	{ "a b", "line 1: a name was expected" },
	{ "# x\na = 99999999999999999999", "line 2: the number is too large" },
	{ "a { a { a { a { a { a { a { a {",
		"line 1: sections are too deep in each other" },
};

START_TEST(a_text_that_is_none_is_refused)
{
	unsigned int left = 1000;

	ck_assert_ptr_null(
		lvm_parse(text_of(bad_texts[_i].text), &arena, &left, &err));
	ck_assert_int_eq(err.code, ERR_CORRUPT);
	ck_assert_str_eq(err.text, bad_texts[_i].why);
}
END_TEST

START_TEST(values_have_a_limit)
{
	unsigned int left = 3;

	ck_assert_ptr_null(
		lvm_parse(text_of("a=1 b=2 c=3"), &arena, &left, &err));
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "more than 200000 values and sections");
}
END_TEST

START_TEST(a_text_is_read_with_its_comments)
{
	unsigned int left = 100;
	const struct lvm_node *root =
		lvm_parse(text_of("# all\na = 7 # seven\ns { t = \"x # y\"\n"
				  "l = [\"A\", 3]\nf = 1.5\n}\n"),
			&arena, &left, &err);
	const struct lvm_node *section;
	struct text text;
	uint64_t number;

	ck_assert_msg(root != NULL, "%s", err.text);
	ck_assert_int_eq(lvm_number(root, "a", &number, &err), 0);
	ck_assert_uint_eq(number, 7);
	section = lvm_child(root, LVM_SECTION, "s");
	ck_assert_int_eq(lvm_string(section, "t", &text, &err), 0);
	ck_assert(text_is(text, "x # y"));
	ck_assert(lvm_has_word(section, "l", "A"));
	ck_assert(!lvm_has_word(section, "l", "B"));
	ck_assert_int_eq(lvm_number(section, "t", &number, &err), -1);
	ck_assert_str_eq(err.text, "t is missing");
}
END_TEST

/* A physical volume with a text of that size, which is not there */
#define AREA 4096

static uint8_t label_and_area[8192];

static void put(size_t off, uint64_t number, size_t len)
{
	while (len-- > 0) {
		label_and_area[off++] = (uint8_t)number;
		number >>= 8;
	}
}

static void seal(size_t crc_at, size_t off, size_t len)
{
	uint32_t crc = 0xf597a6cf;
	size_t i;
	int bit;

	for (i = off; i < off + len; i++) {
		crc ^= label_and_area[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	put(crc_at, crc, 4);
}

static void make_label(uint64_t text_size)
{
	memset(label_and_area, 0, sizeof(label_and_area));
	memcpy(label_and_area, "LABELONE", 8);
	put(20, 32, 4); /* where the header of the volume is */
	memcpy(label_and_area + 24, "LVM2 001", 8);
	/* an identifier, a size, no data areas, one of metadata */
	put(32 + 40 + 16, AREA, 8);
	seal(16, 20, LVM_SECTOR - 20);
	memcpy(label_and_area + AREA + 4, " LVM2 x[5A%r0N*>", 16);
	put(AREA + 20, 1, 4);
	put(AREA + 24, AREA, 8);
	put(AREA + 32, UINT32_MAX, 8);
	put(AREA + 40, LVM_SECTOR, 8);
	put(AREA + 48, text_size, 8);
	seal(AREA, AREA + 4, LVM_SECTOR - 4);
}

static int read_label(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *fault)
{
	(void)vol, (void)fault;
	memset(buf, 0, len);
	if (off < sizeof(label_and_area))
		memcpy(buf, label_and_area + off,
			len < sizeof(label_and_area) - off
				? len
				: sizeof(label_and_area) - off);
	return 0;
}

static const struct {
	uint64_t size;
	size_t before; /* bytes of descriptions read so far */
	const char *why;
} long_texts[] = {
	{ LVM_TEXT_MAX, 0, "the text's checksum is wrong" },
	{ LVM_TEXT_MAX + 1, 0, "4194305 bytes of text are more than 4194304" },
	{ UINT64_MAX, 0,
		"18446744073709551615 bytes of text are more than 4194304" },
	{ 1000, LVM_TEXTS_MAX - 1000, "the text's checksum is wrong" },
	{ 1000, LVM_TEXTS_MAX - 999,
		"all descriptions together have more than 16777216 bytes" },
};

START_TEST(texts_have_a_length)
{
	struct lvm_groups groups = { .bytes = long_texts[_i].before };
	struct assembler assembly = { .arena = &arena, .groups = &groups };
	struct volume vol = { .size = UINT32_MAX, .read = read_label };
	struct lvm_pv pv;
	struct text text;
	char why[128];

	make_label(long_texts[_i].size);
	ck_assert_int_eq(lvm_read_label(&assembly, &vol, &pv, &text, &err), 2);
	snprintf(why, sizeof(why), "LVM: metadata: %s", long_texts[_i].why);
	ck_assert_str_eq(err.text, why);
}
END_TEST

/* Volumes that make no sense: of a group with pv0, extents of 64 KiB */

#define LV(name, segment) #name " { status = [\"VISIBLE\"] " segment " } "
#define SEGMENT(count, rest)                                                   \
	"segment1 { start_extent = 0 extent_count = " #count " " rest " }"

static const struct {
	const char *volumes;
	const char *why;
} bad_volumes[] = {
	{ LV(v, SEGMENT(1, "type = \"striped\" stripes = [\"v\", 0]")),
		"segment1: the volume is a part of itself" },
	{ LV(v, SEGMENT(1, "type = \"striped\" stripes = [\"w\", 0]")) LV(w,
		  SEGMENT(1,
			  "type = \"striped\" "
			  "stripes = [\"v\", 0]")),
		"segment1: segment1: the volume is a part of itself" },
	{ LV(v, SEGMENT(1, "type = \"striped\" stripes = [\"x\", 0]")),
		"segment1: there is no volume \"x\"" },
	{ LV(v, SEGMENT(1, "type = \"striped\" stripes = [\"pv0\"]")),
		"segment1: stripes has a member without an extent" },
	{ LV(v, SEGMENT(1, "type = \"striped\"")),
		"segment1: stripes is missing" },
	{ LV(v, SEGMENT(1, "type = \"striped\" stripes = []")),
		"segment1: stripes has 0 members" },
	{ LV(v,
		  SEGMENT(1,
			  "type = \"striped\" stripe_size = 0 "
			  "stripes = [\"pv0\", 0, \"pv0\", 1]")),
		"segment1: stripes of 0 sectors" },
	{ LV(v,
		  SEGMENT(1,
			  "type = \"striped\" "
			  "stripes = [\"pv0\", 1844674407370955]")),
		"segment1: extent 1844674407370955 is too far away" },
	{ LV(v,
		  SEGMENT(999999999999999999,
			  "type = \"striped\" "
			  "stripes = [\"pv0\", 0]")),
		"segment1: the segments do not follow each other" },
	{ LV(v,
		  "segment1 { start_extent = 1 extent_count = 1 "
		  "type = \"striped\" stripes = [\"pv0\", 0] }"),
		"segment1: the segments do not follow each other" },
	{ LV(v, ""), "a volume of no bytes" },
	{ LV(v, SEGMENT(1, "type = \"cache\"")),
		"a volume of the type \"cache\", which is not read" },
	{ LV(v,
		  SEGMENT(1,
			  "type = \"raid5\" stripe_size = 8 "
			  "raids = [\"m\", \"pv0\"]")),
		"segment1: 1 members" },
	{ LV(v, SEGMENT(1, "type = \"raid5\" delta_disks = 1")),
		"the volume is being changed into another kind (reshape)" },
	{ LV(v,
		  SEGMENT(1,
			  "type = \"raid10\" stripe_size = 8 data_copies = 3 "
			  "raids = [\"m\", \"pv0\", \"m\", \"pv0\"]")),
		"segment1: 3 copies on 2 members" },
	{ LV(v, SEGMENT(1, "type = \"thin\" thin_pool = \"p\" device_id = 1")),
		"segment1: its thin pool is missing" },
	{ LV(v, SEGMENT(1, "type = \"thin\" thin_pool = \"p\" device_id = 1"))
			LV(p,
				SEGMENT(1,
					"type = \"thin-pool\" "
					"metadata = \"v\" pool = \"v\"")),
		"segment1: thin pool: the volume is a part of itself" },
	{ LV(v, SEGMENT(1, "type = \"thin\" thin_pool = \"p\" device_id = 1"))
			LV(p,
				SEGMENT(1,
					"type = \"thin-pool\" "
					"metadata = \"m\" pool = \"m\"")) LV(m,
				SEGMENT(1,
					"type = \"striped\" "
					"stripes = [\"pv0\", 0]")),
		"segment1: thin pool: the superblock is damaged" },
};

static struct lvm_group group_of(const char *volumes)
{
	static struct lvm_part part = { .name = { "pv0", 3 } };
	static const struct lvm_pv pv = { .vol = &zeros };
	struct lvm_group group = { .arena = &arena, .extent = 64 << 10 };
	const struct lvm_node *list;
	unsigned int left = 1000;
	char text[2048];

	snprintf(text, sizeof(text), "logical_volumes { %s }", volumes);
	group.node = lvm_parse(
		text_of(arena_strdup(&arena, text, &err)), &arena, &left, &err);
	ck_assert_msg(group.node != NULL, "%s: %s", volumes, err.text);
	part.pv = &pv;
	group.parts = &part;
	group.part_count = 1;
	group.volumes = arena_array(&arena, 9, sizeof(*group.volumes), &err);
	list = lvm_child(group.node, LVM_SECTION, "logical_volumes");
	for (list = list->first; list; list = list->next)
		group.volumes[group.volume_count++] =
			(struct lvm_volume){ .name = list->name, .node = list };
	return group;
}

static int compare_volumes(const void *one, const void *other)
{
	const struct lvm_volume *a = one, *b = other;

	return a->name.at[0] - b->name.at[0];
}

static struct lvm_volume *build(struct lvm_group *group, const char *name)
{
	struct lvm_volume above = { 0 };

	return lvm_build_named(group, text_of(name), &above, &err);
}

START_TEST(a_volume_that_makes_no_sense_says_why)
{
	struct lvm_group group = group_of(bad_volumes[_i].volumes);

	qsort(group.volumes, group.volume_count, sizeof(*group.volumes),
		compare_volumes);
	ck_assert_ptr_null(build(&group, "v"));
	ck_assert_str_eq(err.text, bad_volumes[_i].why);
	/* and the second time the same */
	error_clear(&err);
	ck_assert_ptr_null(build(&group, "v"));
	ck_assert_str_eq(err.text, bad_volumes[_i].why);
}
END_TEST

START_TEST(a_sound_volume_is_built)
{
	struct lvm_group group = group_of(
		LV(v, SEGMENT(2, "type = \"striped\" stripes = [\"pv0\", 3]")));
	struct lvm_volume *lv = build(&group, "v");

	ck_assert_msg(lv != NULL, "%s", err.text);
	ck_assert_uint_eq(lv->vol.size, 128 << 10);
}
END_TEST

#define ON(name, below)                                                        \
	LV(name, SEGMENT(1, "type = \"striped\" stripes = [\"" below "\", 0]"))

/* Who reads the last of a long chain goes down all of it. */
START_TEST(volumes_have_few_volumes_in_each_other)
{
	struct lvm_group group = group_of(ON(a, "pv0") ON(b, "a") ON(c, "b") ON(
		d, "c") ON(e, "d") ON(f, "e") ON(g, "f") ON(h, "g") ON(i, "h"));
	size_t i;

	for (i = 0; i < 8; i++)
		ck_assert_msg(
			lvm_build(&group, &group.volumes[i], 0, &err) == 0,
			"%zu: %s", i, err.text);
	ck_assert_int_eq(lvm_build(&group, &group.volumes[8], 0, &err), -1);
	ck_assert_int_eq(err.code, ERR_LIMIT);
	ck_assert_str_eq(err.text, "more than 8 volumes in each other");
}
END_TEST

/* Arrays whose superblocks contradict themselves */

static const struct {
	struct md_member member;
	const char *why;
} bad_arrays[] = {
	{ { .level = 1, .disks = 0 }, "an array of 0 members" },
	{ { .level = 1, .disks = 70000 }, "an array of 70000 members" },
	{ { .level = 0, .disks = 1 }, "chunks of 0 bytes" },
	{ { .level = 5, .disks = 3, .chunk = 700 }, "chunks of 700 bytes" },
	{ { .level = 5, .disks = 3, .chunk = 512 },
		"of the 3 members of the array 1 is here" },
	{ { .level = 5, .disks = 1, .chunk = 512 },
		"RAID5 of 1 members with the layout 0" },
	{ { .level = 5, .disks = 2, .chunk = 512, .layout = 9 },
		"RAID5 of 2 members with the layout 9" },
	{ { .level = 6, .disks = 3, .chunk = 512, .layout = 77 },
		"RAID6 of 3 members with the layout 77" },
	{ { .level = 10, .disks = 2, .chunk = 512, .layout = 0x1ff },
		"RAID10 with the layout 0x1ff" },
	{ { .level = 10, .disks = 2, .chunk = 512, .layout = 0x100102 },
		"RAID10 with the layout 0x100102" },
	{ { .level = 77, .disks = 1, .chunk = 512 }, "an array of level 77" },
	{ { .level = 1, .disks = 1, .reshaping = true },
		"the array is being changed into another one (reshape); the "
		"guest has to finish that" },
	{ { .level = 5, .disks = 2, .chunk = 512, .used = INT64_MAX }, NULL },
};

START_TEST(an_array_that_makes_no_sense_says_why)
{
	struct assembler assembly = { .arena = &arena };
	struct md_member member = bad_arrays[_i].member;

	member.vol = &zeros;
	assembly.members = &member;
	assembly.member_count = 1;
	ck_assert_int_eq(md_make(&assembly, true, &err), 0);
	ck_assert_uint_eq(assembly.made_count, 1);
	if (!bad_arrays[_i].why) {
		ck_assert_ptr_null(assembly.made[0]->why);
		return;
	}
	ck_assert_ptr_nonnull(assembly.made[0]->why);
	ck_assert_str_eq(assembly.made[0]->why->text, bad_arrays[_i].why);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("faults");

	tcase_set_timeout(tc, 60); /* a checksum of 4 MiB */
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, a_text_that_is_none_is_refused, 0, (int)LENGTH(bad_texts));
	tcase_add_test(tc, values_have_a_limit);
	tcase_add_test(tc, a_text_is_read_with_its_comments);
	tcase_add_loop_test(
		tc, texts_have_a_length, 0, (int)LENGTH(long_texts));
	tcase_add_loop_test(tc, a_volume_that_makes_no_sense_says_why, 0,
		(int)LENGTH(bad_volumes));
	tcase_add_test(tc, a_sound_volume_is_built);
	tcase_add_test(tc, volumes_have_few_volumes_in_each_other);
	tcase_add_loop_test(tc, an_array_that_makes_no_sense_says_why, 0,
		(int)LENGTH(bad_arrays));
	return run_suite("volumes_faults", &tc, 1);
}
