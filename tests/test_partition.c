/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MBR, logical partitions, slices, and disks that only look as if they had a
 * table.  GPT is in test_gpt.c, broken and hostile tables of every kind in
 * test_partition_hostile.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/partdisk.h"

#define SECTOR 512

static struct partdisk pd;

static void setup(void)
{
	partdisk_init(&pd, 64 << 20);
}

static void teardown(void)
{
	partdisk_free(&pd);
}

static void put_le32(uint64_t off, uint32_t value)
{
	uint8_t raw[4];
	unsigned int i;

	for (i = 0; i < 4; i++)
		raw[i] = (uint8_t)(value >> 8 * i);
	partdisk_put(&pd, off, raw, sizeof(raw));
}

/* What sfdisk and mkfs make, and what is to be found. */
static const struct {
	const char *command;
	const char *found;
} made[] = {
	{ ":", "no table 512\n" },
	{ "mke2fs -qF $DISK", "no table 512\n" },
	{ "mkfs.vfat $DISK", "no table 512\n" },
	{ "echo label: dos | sfdisk $DISK", "no table 512\n" },
	{ "printf '%s\\n' 'label: dos' 'start=2048,size=8192,bootable' "
	  "'size=32768,type=82' | sfdisk $DISK",
		"table 512\n"
		"msdos1 2048+8192 83 active\n"
		"msdos2 10240+32768 82\n" },
	/* the active one comes second: the order is the table's */
	{ "printf '%s\\n' 'label: dos' 'start=2048,size=8192' "
	  "'size=8192,bootable' | sfdisk $DISK",
		"table 512\n"
		"msdos1 2048+8192 83\n"
		"msdos2 10240+8192 83 active\n" },
	{ "printf '%s\\n' 'label: dos' 'start=2048,size=8192' 'type=5' "
	  "'size=8192' 'size=4096,type=82' 'size=2048' | sfdisk $DISK",
		"table 512\n"
		"msdos1 2048+8192 83\n"
		"msdos5 12288+8192 83\n"
		"msdos6 22528+4096 82\n"
		"msdos7 28672+2048 83\n" },
	/* entry 3 only; an extended partition without logical ones */
	{ "printf '%s\\n' 'label: dos' '3: start=2048,size=8192' "
	  "'4: size=8192,type=f' | sfdisk $DISK",
		"table 512\n"
		"msdos3 2048+8192 83\n" },
};

START_TEST(lists_what_tools_make)
{
	partdisk_run(&pd, made[_i].command);
	ck_assert_str_eq(partdisk_scan(&pd), made[_i].found);
}
END_TEST

/* Single sectors: up to four entries, and what may stand before them. */
struct entry {
	uint8_t flag, type;
	uint32_t start, size;
};

static const struct {
	struct entry entry[4];
	const char *at3;  /* bytes at 3, where a boot sector names itself */
	const char *at54; /* the same for FAT12 and FAT16 */
	const char *found;
} sectors[] = {
	/* a type of 0 is no type, but a place is a place: so says Linux */
	{ { { 0, 0, 2048, 100 } }, "", "", "table 512\nmsdos1 2048+100 00\n" },
	/* isohybrid: the first partition is the disk */
	{ { { 0x80, 0x17, 0, 1000 }, { 0, 0xef, 100, 50 } }, "", "",
		"table 512\nmsdos1 0+1000 17 active\nmsdos2 100+50 ef\n" },
	/* begins beyond the end: kept, the disk may have been cut */
	{ { { 0, 0x83, 4000000000, 1000 } }, "", "",
		"table 512\nmsdos1 4000000000+1000 83\n" },
	{ { { 0, 0x83, 0xffffffff, 0xffffffff } }, "", "",
		"table 512\nmsdos1 4294967295+4294967295 83\n" },
	/* without a size there is no partition */
	{ { { 0, 0x83, 2048, 0 } }, "", "", "no table 512\n" },
	{ { { 0, 0x83, 2048, 0 }, { 0, 0x83, 4096, 8 } }, "", "",
		"table 512\nmsdos2 4096+8 83\n" },
	/* one flag that is none: no table, as for GRUB and Linux */
	{ { { 0, 0x83, 2048, 100 }, { 0x20, 0x83, 4096, 8 } }, "", "",
		"no table 512\n" },
	{ { { 0x81, 0x83, 2048, 100 } }, "", "", "no table 512\n" },
	/* file systems with something where a table would be */
	{ { { 0, 0x6f, 0x72206e65, 0x72657473 } }, "NTFS    ", "",
		"no table 512\n" },
	{ { { 0, 0x6f, 0x72206e65, 0x72657473 } }, "EXFAT   ", "",
		"no table 512\n" },
	{ { { 0, 0x6f, 0x72206e65, 0x72657473 } }, "mkfs.fat", "FAT16   ",
		"no table 512\n" },
	{ { { 0, 0x06, 2048, 4096 } }, "mkfs.fat", "FAT16   ",
		"table 512\nmsdos1 2048+4096 06\n" },
	/* the limits of that: the disk has 131072 sectors */
	{ { { 0, 0x06, 131071, 1 } }, "mkfs.fat", "FAT16   ",
		"table 512\nmsdos1 131071+1 06\n" },
	{ { { 0, 0x06, 131071, 2 } }, "mkfs.fat", "FAT16   ",
		"no table 512\n" },
	/* a protective entry alone, and one with others: no GPT anywhere */
	{ { { 0, 0xee, 1, 131071 } }, "", "",
		"table 512; the protective MBR announces a GPT, but none is "
		"sound\n" },
	{ { { 0, 0x83, 2048, 8 }, { 0, 0xee, 1, 131071 } }, "", "",
		"table 512; the protective MBR announces a GPT, but none is "
		"sound\n"
		"msdos1 2048+8 83\n" },
};

START_TEST(judges_a_boot_sector)
{
	unsigned int i;

	partdisk_put(&pd, 3, sectors[_i].at3, strlen(sectors[_i].at3));
	partdisk_put(&pd, 54, sectors[_i].at54, strlen(sectors[_i].at54));
	for (i = 0; i < 4; i++) {
		const struct entry *entry = &sectors[_i].entry[i];

		partdisk_put_entry(&pd, 0, i + 1, entry->flag, entry->type,
			entry->start, entry->size);
	}
	ck_assert_str_eq(partdisk_scan(&pd), sectors[_i].found);
}
END_TEST

START_TEST(ignores_a_table_without_magic)
{
	partdisk_put_entry(&pd, 0, 1, 0, 0x83, 2048, 100);
	partdisk_put(&pd, 510, "\0\0", 2);
	ck_assert_str_eq(partdisk_scan(&pd), "no table 512\n");
}
END_TEST

START_TEST(takes_the_whole_of_a_hybrid_iso_first)
{
	partdisk_put_entry(&pd, 0, 1, 0x80, 0x83, 64, 1000);
	ck_assert_str_eq(
		partdisk_scan(&pd), "table 512\nmsdos1 64+1000 83 active\n");
	partdisk_put(&pd, 0x8001, "CD001", 5);
	ck_assert_str_eq(partdisk_scan(&pd),
		"table 512 whole first\nmsdos1 64+1000 83 active\n");
	/* an ISO that is not hybrid has nothing to be first of */
	partdisk_put(&pd, 510, "\0\0", 2);
	ck_assert_str_eq(partdisk_scan(&pd), "no table 512\n");
}
END_TEST

START_TEST(finds_an_iso_on_the_last_byte)
{
	partdisk_resize(&pd, 0x8006);
	partdisk_put_entry(&pd, 0, 1, 0x80, 0x83, 4, 8);
	partdisk_put(&pd, 0x8001, "CD001", 5);
	ck_assert_str_eq(partdisk_scan(&pd),
		"table 512 whole first\nmsdos1 4+8 83 active\n");
	partdisk_resize(&pd, 0x8005);
	ck_assert_str_eq(
		partdisk_scan(&pd), "table 512\nmsdos1 4+8 83 active\n");
}
END_TEST

/* Where the second sector of partition 2, at sector 2048, begins */
#define LABEL (2049 * SECTOR)

static void put_solaris(unsigned int slices)
{
	uint8_t count[2] = { (uint8_t)slices, (uint8_t)(slices >> 8) };

	partdisk_put(&pd, LABEL + 508, "\xbe\xda", 2);
	partdisk_put(&pd, LABEL + 30, count, 2);
}

static void put_slice(
	unsigned int slice, uint8_t tag, uint32_t start, uint32_t size)
{
	uint64_t at = LABEL + 72 + 12 * slice;

	partdisk_put(&pd, at, (uint8_t[]){ tag, 0 }, 2);
	put_le32(at + 4, start);
	put_le32(at + 8, size);
}

START_TEST(lists_solaris_slices_behind_their_partition)
{
	static const uint8_t types[] = { 0x82, 0xbf };
	char found[256];

	partdisk_put_entry(&pd, 0, 1, 0, 0x83, 100, 8);
	partdisk_put_entry(&pd, 0, 2, 0x80, types[_i], 2048, 8192);
	partdisk_put_entry(&pd, 0, 3, 0, 0x83, 20000, 8);
	put_solaris(16);
	put_slice(0, 2, 100, 4000);
	put_slice(1, 3, 4100, 1000);
	put_slice(2, 5, 0, 8192); /* all of it */
	put_slice(15, 8, 5100, 10);
	snprintf(found, sizeof(found),
		"table 512\n"
		"msdos1 100+8 83\n"
		"msdos2 2048+8192 %02x active\n"
		"solaris1 in 2 2148+4000 active\n"
		"solaris2 in 2 6148+1000 active\n"
		"solaris16 in 2 7148+10 active\n"
		"msdos3 20000+8 83\n",
		types[_i]);
	ck_assert_str_eq(partdisk_scan(&pd), found);
	/* another type, or without magic: a partition as any other */
	partdisk_put_entry(&pd, 0, 2, 0, 0x83, 2048, 8192);
	ck_assert_ptr_null(strstr(partdisk_scan(&pd), "solaris"));
	partdisk_put_entry(&pd, 0, 2, 0, types[_i], 2048, 8192);
	partdisk_put(&pd, LABEL + 508, "\0\0", 2);
	ck_assert_ptr_null(strstr(partdisk_scan(&pd), "solaris"));
}
END_TEST

static void put_bsd(uint8_t slices)
{
	put_le32(LABEL, 0x82564557);
	put_le32(LABEL + 132, 0x82564557);
	partdisk_put(&pd, LABEL + 138, &slices, 1);
}

static void put_bsd_slice(
	unsigned int slice, uint8_t type, uint32_t offset, uint32_t size)
{
	uint64_t at = LABEL + 148 + 16 * slice;

	put_le32(at, size);
	put_le32(at + 4, offset);
	partdisk_put(&pd, at + 12, &type, 1);
}

/* A slice a of 4000 sectors that begins 16 sectors into the partition. */
static const struct {
	uint8_t type;
	uint32_t raw; /* where slice c begins */
	uint32_t a;   /* offset of slice a in the label */
	const char *slices;
} bsd[] = {
	{ 0xa5, 0, 16, "bsd1 in 2 2064+4000\n" },
	{ 0xa5, 2048, 2064, "bsd1 in 2 2064+4000\n" },
	{ 0xa6, 2048, 2064, "bsd1 in 2 2064+4000\n" },
	{ 0xa6, 0, 2064, "bsd1 in 2 2064+4000\n" },
	{ 0xa9, 2048, 2064, "bsd1 in 2 2064+4000\n" },
	/* the partition's first sector, its last one, one beyond, one before */
	{ 0xa9, 2048, 2048, "bsd1 in 2 2048+4000\n" },
	{ 0xa9, 2048, 10239, "bsd1 in 2 10239+4000\n" },
	{ 0xa9, 2048, 10240, "" },
	{ 0xa9, 2048, 2047, "" },
	{ 0xa5, 2048, 2047, "" },
	{ 0xa5, 0, 8192, "" },
	/* no BSD by its type */
	{ 0x83, 0, 16, "" },
};

START_TEST(lists_bsd_slices_where_each_bsd_puts_them)
{
	char found[256];

	partdisk_put_entry(&pd, 0, 2, 0, bsd[_i].type, 2048, 8192);
	put_bsd(8);
	put_bsd_slice(0, 7, bsd[_i].a, 4000);
	put_bsd_slice(1, 0, bsd[_i].a, 4000); /* unused */
	put_bsd_slice(2, 0, bsd[_i].raw, 8192);
	snprintf(found, sizeof(found), "table 512\nmsdos2 2048+8192 %02x\n%s",
		bsd[_i].type, bsd[_i].slices);
	ck_assert_str_eq(partdisk_scan(&pd), found);
}
END_TEST

START_TEST(lists_bsd_slices_of_every_partition)
{
	uint8_t label[SECTOR];

	put_bsd(1);
	put_bsd_slice(0, 7, 16, 4000);
	partdisk_get(&pd, LABEL, label, sizeof(label));
	partdisk_put(&pd, 20001 * SECTOR, label, sizeof(label));
	partdisk_put_entry(&pd, 0, 2, 0x80, 0xa5, 2048, 8192);
	partdisk_put_entry(&pd, 0, 3, 0, 0xa5, 20000, 8192);
	ck_assert_str_eq(partdisk_scan(&pd),
		"table 512\n"
		"msdos2 2048+8192 a5 active\n"
		"bsd1 in 2 2064+4000 active\n"
		"msdos3 20000+8192 a5\n"
		"bsd1 in 3 20016+4000\n");
}
END_TEST

START_TEST(reads_no_more_slices_than_the_sector_holds)
{
	partdisk_put_entry(&pd, 0, 2, 0, 0xa5, 2048, 8192);
	put_bsd(22);
	put_bsd_slice(21, 7, 16, 4000);
	ck_assert_str_eq(partdisk_scan(&pd),
		"table 512\n"
		"msdos2 2048+8192 a5\n"
		"bsd22 in 2 2064+4000\n");
	put_bsd(23);
	ck_assert_str_eq(partdisk_scan(&pd),
		"table 512; BSD label claims 23 slices, 22 were read\n"
		"msdos2 2048+8192 a5\n"
		"bsd22 in 2 2064+4000\n");
}
END_TEST

START_TEST(lists_a_disk_that_bsd_has_alone)
{
	uint8_t label[SECTOR];

	put_bsd(1);
	put_bsd_slice(0, 7, 16, 4000);
	partdisk_get(&pd, LABEL, label, sizeof(label));
	partdisk_put(&pd, SECTOR, label, sizeof(label));
	ck_assert_str_eq(partdisk_scan(&pd), "table 512\nbsd1 16+4000\n");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("partition");
	TCase *tc = tcase_create("partition");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
		tc, lists_what_tools_make, 0, sizeof(made) / sizeof(made[0]));
	tcase_add_loop_test(tc, judges_a_boot_sector, 0,
		sizeof(sectors) / sizeof(sectors[0]));
	tcase_add_test(tc, ignores_a_table_without_magic);
	tcase_add_test(tc, takes_the_whole_of_a_hybrid_iso_first);
	tcase_add_test(tc, finds_an_iso_on_the_last_byte);
	tcase_add_loop_test(
		tc, lists_solaris_slices_behind_their_partition, 0, 2);
	tcase_add_loop_test(tc, lists_bsd_slices_where_each_bsd_puts_them, 0,
		sizeof(bsd) / sizeof(bsd[0]));
	tcase_add_test(tc, lists_bsd_slices_of_every_partition);
	tcase_add_test(tc, reads_no_more_slices_than_the_sector_holds);
	tcase_add_test(tc, lists_a_disk_that_bsd_has_alone);
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
