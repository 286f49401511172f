/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GPT: sound, damaged in every place that can be got round, and numbers that
 * are refused although their checksums are right.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/partdisk.h"

/* Offsets in a header, UEFI 2.10, 5.3.2 */
enum {
	HEADER_CRC = 16,
	HEADER_LAST_USABLE = 48,
	HEADER_ARRAY = 72,
	HEADER_ENTRIES = 80,
	HEADER_ENTRY_SIZE = 84,
	HEADER_ARRAY_CRC = 88,
	HEADER_SIZE = 92,
};

#define SIZE (64 << 20)
#define LAST (SIZE / 512 - 1)

#define BIOS "21686148-6449-6e6f-744e-656564454649"
#define ESP "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define LINUX "0fc63daf-8483-4772-8e79-3d69d8477de4"
#define ID(n) #n "1111111-2222-3333-4444-55555555555" #n

/* sfdisk, as sgdisk syncs all disks of the host and then sleeps */
/* clang-format off */
#define SFDISK(lines) "printf '%s\\n' 'label: gpt' " lines " | sfdisk $DISK"
#define ONE "'start=2048,size=8192,type=" BIOS ",uuid=" ID(1) "' "
#define THREE SFDISK( \
	ONE \
	"'size=16384,type=" ESP ",uuid=" ID(2) ",name=EFI' " \
	"'4: start=65536,size=65503,type=" LINUX ",uuid=" ID(4) "," \
	"attrs=LegacyBIOSBootable,name=root'")
#define ROWS \
	"gpt1 2048+8192 " BIOS " " ID(1) "\n" \
	"gpt2 10240+16384 " ESP " " ID(2) " EFI\n" \
	"gpt4 65536+65503 " LINUX " " ID(4) " root active\n"
/* clang-format on */

#define WIPE(sector)                                                           \
	"; dd if=/dev/zero of=$DISK bs=512 count=1 conv=notrunc seek=" #sector
#define SPOIL(byte) "; printf x | dd of=$DISK bs=1 conv=notrunc seek=" #byte

static struct partdisk pd;

static void setup(void)
{
	partdisk_init(&pd, SIZE);
}

static void teardown(void)
{
	partdisk_free(&pd);
}

static const struct {
	const char *command;
	const char *found;
} made[] = {
	{ "echo label: gpt | sfdisk $DISK", "table 512\n" },
	{ THREE, "table 512\n" ROWS },
	{ THREE "; sgdisk -j 100 $DISK", "table 512\n" ROWS },
	/* hybrid: entries in the MBR beside the protective one */
	{ THREE "; sgdisk -h 2:4 $DISK", "table 512\n" ROWS },
	/* grown, and written to a larger disk: the backup is not at the end */
	{ THREE "; truncate -s 65M $DISK", "table 512\n" ROWS },
	/* one thing broken */
	{ THREE WIPE(1),
		"table 512; primary GPT header is damaged, the backup was "
		"used\n" ROWS },
	{ THREE SPOIL(1100),
		"table 512; primary GPT entries are damaged, the backup was "
		"used\n" ROWS },
	{ THREE WIPE(131071),
		"table 512; backup GPT header is damaged or missing\n" ROWS },
	{ THREE WIPE(0), "table 512; the GPT has no protective MBR\n" ROWS },
	/* cut short: partition 4 is gone, or half of it */
	{ THREE "; truncate -s 16M $DISK",
		"table 512; the disk is shorter than its GPT says\n" ROWS },
	{ THREE "; truncate -s 40M $DISK",
		"table 512; the disk is shorter than its GPT says\n" ROWS },
	/* two things broken: the partition type of number 1, and more */
	{ THREE WIPE(131071) SPOIL(560),
		"table 512; GPT has wrong checksums and no sound backup\n" ROWS },
	{ THREE WIPE(1) "; truncate -s 40M $DISK",
		"table 512; the protective MBR announces a GPT, but none is "
		"sound\n" },
	{ THREE WIPE(0) SPOIL(560),
		"table 512; primary GPT header is damaged, the backup was "
		"used\n" ROWS },
	{ THREE WIPE(0) SPOIL(560) WIPE(131071), "no table 512\n" },
	/* an MBR table made later: GRUB and Linux look at that one */
	{ THREE WIPE(0) "; "
			"printf '\\0\\0\\0\\0\\203\\0\\0\\0\\0\\20\\0\\0\\0"
			"\\20\\0\\0' | dd of=$DISK bs=1 seek=446 conv=notrunc; "
			"printf '\\125\\252' | dd of=$DISK bs=1 seek=510 "
			"conv=notrunc",
		"table 512\nmsdos1 4096+4096 83\n" },
};

START_TEST(lists_what_tools_make_and_faults_leave)
{
	partdisk_run(&pd, made[_i].command);
	ck_assert_str_eq(partdisk_scan(&pd), made[_i].found);
}
END_TEST

static uint32_t crc32(const uint8_t *data, size_t len)
{
	uint32_t crc = UINT32_MAX;
	int bit;

	for (; len > 0; len--) {
		crc ^= *data++;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void put_le(uint64_t off, uint64_t value, unsigned int len)
{
	uint8_t raw[8];
	unsigned int i;

	for (i = 0; i < len; i++)
		raw[i] = (uint8_t)(value >> 8 * i);
	partdisk_put(&pd, off, raw, len);
}

static uint64_t get_le(uint64_t off, unsigned int len)
{
	uint64_t value = 0;
	uint8_t raw[8];

	partdisk_get(&pd, off, raw, len);
	while (len-- > 0)
		value = value << 8 | raw[len];
	return value;
}

/* Make both checksums of the header at off right again. */
static void fix_checksums(uint64_t off, uint64_t sector_size)
{
	uint64_t size = get_le(off + HEADER_ENTRIES, 4) *
		get_le(off + HEADER_ENTRY_SIZE, 4);
	uint64_t array = get_le(off + HEADER_ARRAY, 8) * sector_size;
	uint8_t header[HEADER_SIZE], *entries;

	if (size <= 8 << 20 && array < SIZE && size <= SIZE - array) {
		entries = malloc(size + 1);
		ck_assert_ptr_nonnull(entries);
		partdisk_get(&pd, array, entries, size);
		put_le(off + HEADER_ARRAY_CRC, crc32(entries, size), 4);
		free(entries);
	}
	put_le(off + HEADER_CRC, 0, 4);
	partdisk_get(&pd, off, header, sizeof(header));
	put_le(off + HEADER_CRC, crc32(header, sizeof(header)), 4);
}

#define NO_PRIMARY "primary GPT header is damaged, the backup was used"
#define NONE "the protective MBR announces a GPT, but none is sound"

/*
 * One number of the header, with right checksums.  "one" is found if it stands
 * in the primary alone, "both" if also in the backup.
 */
static const struct {
	unsigned int at, len;
	uint64_t value;
	const char *one, *both;
} numbers[] = {
	{ HEADER_ENTRIES, 4, 4, "table 512\n" ROWS, "table 512\n" ROWS },
	{ HEADER_ENTRIES, 4, 1024, "table 512\n" ROWS, "table 512\n" ROWS },
	{ HEADER_ENTRIES, 4, 1025,
		"table 512; primary GPT entries are damaged, the backup was "
		"used\n" ROWS,
		"error: GPT: 1025 entries, more than 1024\n" },
	{ HEADER_ENTRIES, 4, UINT32_MAX,
		"table 512; primary GPT entries are damaged, the backup was "
		"used\n" ROWS,
		"error: GPT: 4294967295 entries, more than 1024\n" },
	{ HEADER_ENTRIES, 4, 0, "table 512\n", "table 512\n" },
	{ HEADER_ENTRY_SIZE, 4, 0,
		"table 512; primary GPT entries are damaged, the backup was "
		"used\n" ROWS,
		"table 512; " NONE "\n" },
	{ HEADER_ENTRY_SIZE, 4, 127,
		"table 512; primary GPT entries are damaged, the backup was "
		"used\n" ROWS,
		"table 512; " NONE "\n" },
	{ HEADER_ENTRY_SIZE, 4, 8192,
		"table 512; primary GPT entries are damaged, the backup was "
		"used\n" ROWS,
		"table 512; " NONE "\n" },
	{ HEADER_ARRAY, 8, LAST + 1,
		"table 512; primary GPT entries are damaged, the backup was "
		"used\n" ROWS,
		"table 512; " NONE "\n" },
	{ HEADER_ARRAY, 8, UINT64_MAX / 512 + 3,
		"table 512; primary GPT entries are damaged, the backup was "
		"used\n" ROWS,
		"table 512; " NONE "\n" },
};

START_TEST(follows_only_numbers_within_limits)
{
	partdisk_run(&pd, THREE);
	put_le(512 + numbers[_i].at, numbers[_i].value, numbers[_i].len);
	fix_checksums(512, 512);
	ck_assert_str_eq(partdisk_scan(&pd), numbers[_i].one);
	put_le(LAST * 512 + numbers[_i].at, numbers[_i].value, numbers[_i].len);
	fix_checksums(LAST * 512, 512);
	ck_assert_str_eq(partdisk_scan(&pd), numbers[_i].both);
}
END_TEST

START_TEST(never_hands_a_bad_last_header_to_libfdisk)
{
	/* libfdisk looks there if the primary's entries are damaged */
	partdisk_run(&pd, THREE SPOIL(1100));
	put_le(LAST * 512 + HEADER_ENTRY_SIZE, 1, 4);
	fix_checksums(LAST * 512, 512);
	put_le(512 + 32, 4711, 8);
	put_le(512 + HEADER_CRC, 0, 4);
	{
		uint8_t header[HEADER_SIZE];

		partdisk_get(&pd, 512, header, sizeof(header));
		put_le(512 + HEADER_CRC, crc32(header, sizeof(header)), 4);
	}
	partdisk_scan(&pd);
	ck_assert_ptr_nonnull(
		strstr(pd.text, "GPT has wrong checksums and no sound backup"));
}
END_TEST

/* Entries of 256 bytes, which libfdisk reads as well */
START_TEST(steps_by_the_size_of_an_entry)
{
	uint8_t entry[128];

	partdisk_run(&pd, THREE);
	partdisk_get(&pd, 1024 + 128, entry, sizeof(entry));
	partdisk_put(&pd, 1024 + 256, entry, sizeof(entry));
	put_le(512 + HEADER_ENTRY_SIZE, 256, 4);
	put_le(512 + HEADER_ENTRIES, 2, 4);
	fix_checksums(512, 512);
	ck_assert_str_eq(partdisk_scan(&pd),
		"table 512\n"
		"gpt1 2048+8192 " BIOS " " ID(1) "\n"
						 "gpt2 10240+16384 " ESP
						 " " ID(2) " EFI\n");
}
END_TEST

/* First and last sector of partition 1, and what becomes of it */
static const struct {
	uint64_t first, last;
	const char *found;
} places[] = {
	{ 2048, 2048, "table 512\ngpt1 2048+1 " BIOS " " ID(1) "\n" },
	{ 4711, 4710, "table 512; partition 1 ends before it begins\n" },
	{ 0, UINT64_MAX, "table 512; partition 1 ends before it begins\n" },
	{ 1ull << 40, (1ull << 40) + 1,
		"table 512\ngpt1 1099511627776+2 " BIOS " " ID(1) "\n" },
	{ 1ull << 60, (1ull << 60) + 1,
		"table 512; partition 1 lies beyond what 64 bits can count\n" },
	{ 2048, UINT64_MAX / 512,
		"table 512; partition 1 lies beyond what 64 bits can count\n" },
};

START_TEST(checks_where_a_partition_lies)
{
	partdisk_run(&pd, SFDISK(ONE));
	put_le(1024 + 32, places[_i].first, 8);
	put_le(1024 + 40, places[_i].last, 8);
	fix_checksums(512, 512);
	ck_assert_str_eq(partdisk_scan(&pd), places[_i].found);
	/* and so with libfdisk, which is asked if the primary is broken */
	partdisk_put(&pd, 512, "X", 1);
	put_le((LAST - 32) * 512 + 32, places[_i].first, 8);
	put_le((LAST - 32) * 512 + 40, places[_i].last, 8);
	fix_checksums(LAST * 512, 512);
	partdisk_scan(&pd);
	if (strstr(places[_i].found, "gpt1"))
		ck_assert_str_eq(strstr(pd.text, "gpt1"),
			strstr(places[_i].found, "gpt1"));
	else
		ck_assert_ptr_null(strstr(pd.text, "gpt1"));
}
END_TEST

/* Names in UTF-16, and what they are in UTF-8: by both readers */
static const struct {
	uint16_t units[37];
	const char *name;
} names[] = {
	{ { 'a', 0x7f, 0x80, 0x7ff, 0x800, 0xffff },
		"a\177\302\200\337\277\340\240\200\357\277\277" },
	{ { 0xd83d, 0xdc27, '!' }, "\360\237\220\247!" },
	{ { 0xdbff, 0xdfff }, "\364\217\277\277" },
	{ { 0xd83d }, "?" },
	{ { 'a', 0xdc27, 'b' }, "a?b" },
	{ { 0xd83d, 0xd83d, 0xdc27 }, "?\360\237\220\247" },
	{ { 0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800,
		  0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800,
		  0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800,
		  0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800, 0x800,
		  0xd800 },
		"\340\240\200\340\240\200\340\240\200\340\240\200\340\240\200"
		"\340\240\200\340\240\200\340\240\200\340\240\200\340\240\200"
		"\340\240\200\340\240\200\340\240\200\340\240\200\340\240\200"
		"\340\240\200\340\240\200\340\240\200\340\240\200\340\240\200"
		"\340\240\200\340\240\200\340\240\200\340\240\200\340\240\200"
		"\340\240\200\340\240\200\340\240\200\340\240\200\340\240\200"
		"\340\240\200\340\240\200\340\240\200\340\240\200\340\240\200"
		"?" },
};

START_TEST(turns_names_into_utf8)
{
	char found[512];
	unsigned int i;

	partdisk_run(&pd, SFDISK(ONE));
	for (i = 0; i < 36; i++) {
		put_le(1024 + 56 + 2 * i, names[_i].units[i], 2);
		put_le((LAST - 32) * 512 + 56 + 2 * i, names[_i].units[i], 2);
	}
	fix_checksums(512, 512);
	fix_checksums(LAST * 512, 512);
	snprintf(found, sizeof(found),
		"table 512\ngpt1 2048+8192 " BIOS " " ID(1) " %s\n",
		names[_i].name);
	ck_assert_str_eq(partdisk_scan(&pd), found);
	partdisk_put(&pd, 512, "X", 1);
	snprintf(found, sizeof(found),
		"table 512; " NO_PRIMARY "\ngpt1 2048+8192 " BIOS
		" " ID(1) " %s\n",
		names[_i].name);
	ck_assert_str_eq(partdisk_scan(&pd), found);
}
END_TEST

#define LAST_4096 (SIZE / 4096 - 1)

START_TEST(finds_sectors_of_4096_bytes)
{
	static const uint8_t guid[16] = "0123456789abcdef";
	static const char row[] = "gpt1 2048+16384 " LINUX
				  " 33323130-3534-3736-3839-616263646566\n";
	static const char zero[4096];
	char found[256];

	partdisk_run(&pd,
		"printf 'g\\nn\\n\\n\\n+8M\\nw\\n' | "
		"fdisk -b 4096 $DISK");
	partdisk_put(&pd, 2 * 4096 + 16, guid, sizeof(guid));
	partdisk_put(&pd, (LAST_4096 - 4) * 4096 + 16, guid, sizeof(guid));
	fix_checksums(4096, 4096);
	fix_checksums(LAST_4096 * 4096, 4096);
	snprintf(found, sizeof(found), "table 4096\n%s", row);
	ck_assert_str_eq(partdisk_scan(&pd), found);
	/* the backup alone tells, too */
	partdisk_put(&pd, 4096, "X", 1);
	snprintf(found, sizeof(found), "table 4096; " NO_PRIMARY "\n%s", row);
	ck_assert_str_eq(partdisk_scan(&pd), found);
	partdisk_put(&pd, 4096, "E", 1);
	/* as does the primary of a disk that was cut short */
	partdisk_resize(&pd, SIZE / 2);
	snprintf(found, sizeof(found),
		"table 4096; the disk is shorter than its GPT says\n%s", row);
	ck_assert_str_eq(partdisk_scan(&pd), found);
	partdisk_put(&pd, 0, zero, sizeof(zero));
	ck_assert_str_eq(partdisk_scan(&pd), found);
}
END_TEST

START_TEST(lists_128_partitions)
{
	char *row;
	unsigned int i;

	partdisk_resize(&pd, 130 << 20);
	partdisk_run(&pd,
		"{ echo label: gpt; for i in $(seq 128); do "
		"echo size=256K; done; } | sfdisk $DISK");
	row = strchr(partdisk_scan(&pd), '\n') + 1;
	for (i = 0; i < 128; i++) {
		char want[64];

		snprintf(want, sizeof(want), "gpt%u %u+512 ", i + 1,
			2048 * (i + 1));
		ck_assert_int_eq(strncmp(row, want, strlen(want)), 0);
		row = strchr(row, '\n') + 1;
	}
	ck_assert_str_eq(row, "");
}
END_TEST

/* The same by our reader, and by libfdisk where the primary is gone. */
static const char *const readers[] = { "true", "true" WIPE(1) };

START_TEST(keeps_the_bits_of_entries_and_the_disks_guid)
{
	struct partition_table table;
	struct arena arena;
	struct disk disk;

	partdisk_run(&pd,
		"printf '%s\\n' 'label: gpt' "
		"'label-id: 00000000-ABCD-0000-0000-000000000001' "
		"'size=1M,attrs=\"RequiredPartition GUID:48,53,56,63\"' "
		"'size=1M' | sfdisk $DISK");
	partdisk_run(&pd, readers[_i]);
	arena_init(&arena, 1 << 24);
	ck_assert_int_eq(disk_open(&disk, pd.read_fd, "disk", 0, &pd.err), 0);
	ck_assert_int_eq(partition_scan(&disk, &table, &arena, &pd.err), 0);
	ck_assert_str_eq(table.guid, "00000000-abcd-0000-0000-000000000001");
	ck_assert_uint_eq(table.count, 2);
	ck_assert_uint_eq(table.list[0].attributes, 0x8121000000000001);
	ck_assert_uint_eq(table.list[1].attributes, 0);
	ck_assert_uint_eq(table.damage[0] != 0, _i == 1);
	disk_close(&disk);
	arena_free(&arena);
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("gpt");
	TCase *tc = tcase_create("gpt");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, lists_what_tools_make_and_faults_leave, 0,
		sizeof(made) / sizeof(made[0]));
	tcase_add_loop_test(tc, follows_only_numbers_within_limits, 0,
		sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_test(tc, never_hands_a_bad_last_header_to_libfdisk);
	tcase_add_test(tc, steps_by_the_size_of_an_entry);
	tcase_add_loop_test(tc, checks_where_a_partition_lies, 0,
		sizeof(places) / sizeof(places[0]));
	tcase_add_loop_test(
		tc, turns_names_into_utf8, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_test(tc, finds_sectors_of_4096_bytes);
	tcase_add_test(tc, lists_128_partitions);
	tcase_add_loop_test(tc, keeps_the_bits_of_entries_and_the_disks_guid, 0,
		sizeof(readers) / sizeof(readers[0]));
	suite_add_tcase(s, tc);
	return s;
}

int main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
