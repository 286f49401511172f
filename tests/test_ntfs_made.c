/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NTFS made here by the byte, as no tool makes it: records that say more than
 * is read, or something else when they are read again.
 */
#include <check.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define CLUSTER 512
#define MFT_AT (8 * CLUSTER)
#define MFT_CLUSTERS 2048 /* of its first piece */
#define BLOCKS_AT (MFT_AT + MFT_CLUSTERS * CLUSTER)
#define BLOCK 65536 /* bytes of an index, the most */
#define BLOCKS 16   /* that lie in a row */
#define DISK_SIZE (BLOCKS_AT + BLOCKS * BLOCK)

enum { LIST = 0x20, DATA = 0x80, ROOT = 0x90, INDEX = 0xa0, BITMAP = 0xb0 };

static struct image image;
static uint8_t disk[DISK_SIZE];

static void put(uint8_t *to, uint64_t number, size_t len)
{
	for (; len > 0; len--, number >>= 8)
		*to++ = (uint8_t)number;
}

/* A record being made, and how much of it there is. */
struct record {
	uint8_t *at;
	size_t size, used;
	uint16_t flags;
};

static void make_disk(int8_t record)
{
	memset(disk, 0, sizeof(disk));
	memcpy(disk + 3, "NTFS    ", 8);
	put(disk + 11, CLUSTER, 2);
	disk[13] = 1;
	put(disk + 40, DISK_SIZE / CLUSTER, 8);
	put(disk + 48, MFT_AT / CLUSTER, 8);
	put(disk + 56, MFT_AT / CLUSTER, 8);
	disk[64] = (uint8_t)record;
}

static struct record begin(uint64_t number, size_t size, uint64_t base)
{
	struct record record = { disk + MFT_AT + number * size, size, 0, 0 };
	size_t fixups = size / 512 + 1;

	memcpy(record.at, "FILE", 4);
	put(record.at + 4, 48, 2);
	put(record.at + 6, fixups, 2);
	record.used = (48 + 2 * fixups + 7) / 8 * 8;
	put(record.at + 20, record.used, 2);
	put(record.at + 22, number == 5 ? 3 : 1, 2);
	put(record.at + 32, base, 8);
	return record;
}

/* Put what ends each 512 bytes where it is kept. */
static void end(struct record *record)
{
	size_t i;

	put(record->at + record->used, 0xffffffff, 4);
	for (i = 1; i <= record->size / 512; i++) {
		memcpy(record->at + 48 + 2 * i, record->at + i * 512 - 2, 2);
		memset(record->at + i * 512 - 2, 0, 2);
	}
}

/* An attribute with that many bytes behind its header; where these are. */
static uint8_t *add(struct record *record, uint32_t type, const char *name,
	size_t head, size_t len)
{
	uint8_t *attr = record->at + record->used;
	size_t named = (2 * strlen(name) + 7) / 8 * 8, i;

	len = (len + 7) / 8 * 8;
	ck_assert_uint_le(record->used + head + named + len, record->size);
	put(attr, type, 4);
	put(attr + 4, head + named + len, 4);
	attr[9] = (uint8_t)strlen(name);
	put(attr + 10, head, 2);
	for (i = 0; name[i]; i++)
		attr[head + 2 * i] = (uint8_t)name[i];
	record->used += head + named + len;
	return attr + head + named;
}

static uint8_t *add_inside(
	struct record *record, uint32_t type, const char *name, size_t len)
{
	uint8_t *attr = record->at + record->used;
	uint8_t *value = add(record, type, name, 24, len);

	put(attr + 16, len, 4);
	put(attr + 20, (uint64_t)(value - attr), 2);
	return value;
}

static uint8_t *add_outside(struct record *record, uint32_t type,
	const char *name, uint64_t first, uint64_t size, size_t len)
{
	uint8_t *attr = record->at + record->used;
	uint8_t *runs = add(record, type, name, 64, len);

	attr[8] = 1;
	put(attr + 16, first, 8);
	put(attr + 32, (uint64_t)(runs - attr), 2);
	put(attr + 48, size, 8);
	put(attr + 56, size, 8);
	return runs;
}

/* An entry of a list of attributes, of 32 bytes: where this one is. */
static void put_entry(
	uint8_t *entry, uint32_t type, const char *name, uint64_t record)
{
	size_t i;

	put(entry, type, 4);
	put(entry + 4, 40, 2);
	entry[6] = (uint8_t)strlen(name);
	entry[7] = 26;
	put(entry + 16, record, 8);
	for (i = 0; name[i]; i++)
		entry[26 + 2 * i] = (uint8_t)name[i];
}

/* The MFT lies in one piece behind the first, and then in single clusters. */
static uint8_t *put_first_run(uint8_t *runs)
{
	put(runs, 0x12, 1);
	put(runs + 1, MFT_CLUSTERS, 2);
	put(runs + 3, MFT_AT / CLUSTER, 1);
	return runs + 4;
}

static int mount_made(void)
{
	image_file("made.img", disk, sizeof(disk));
	image_open(&image, "made.img");
	return image_mount(&image, &ntfs_driver);
}

static void make_mft(void)
{
	struct record record;

	record = begin(0, 1024, 0);
	put_first_run(add_outside(
		&record, DATA, "", 0, (uint64_t)MFT_CLUSTERS * CLUSTER, 8));
	end(&record);
}

/* The root directory, which has its index in another record. */
static uint8_t *make_root(void)
{
	struct record record = begin(5, 1024, 0);
	uint8_t *list, *root, *runs;

	list = add_inside(&record, LIST, "", 3 * 40);
	put_entry(list, ROOT, "$I30", 5);
	put_entry(list + 40, INDEX, "$I30", 6);
	put_entry(list + 80, BITMAP, "$I30", 5);
	root = add_inside(&record, ROOT, "$I30", 48);
	put(root + 8, 512, 4);
	put(root + 16, 16, 4);
	put(root + 20, 32, 4);
	put(root + 32 + 12, 2, 2); /* the last entry */
	*add_inside(&record, BITMAP, "$I30", 8) = 4;
	end(&record);

	record = begin(6, 1024, 5);
	runs = add_outside(&record, INDEX, "$I30", 0, 3 * 512, 8);
	put(runs, 0x11, 1);
	put(runs + 1, 3, 1);
	put(runs + 2, 1, 1);
	end(&record);
	/* its third block: no names */
	memcpy(disk + 3 * 512, "INDX", 4);
	put(disk + 3 * 512 + 4, 40, 2);
	put(disk + 3 * 512 + 6, 2, 2);
	put(disk + 3 * 512 + 24, 32, 4);
	put(disk + 3 * 512 + 28, 48, 4);
	put(disk + 3 * 512 + 24 + 32 + 12, 2, 2);
	return record.at;
}

/*
 * An index that lay in clusters is in its record when that is read again, and
 * has no bytes there (promise P14).
 */
START_TEST(an_index_is_as_long_as_it_was)
{
	uint8_t *record;

	make_disk(-10);
	make_mft();
	record = make_root();
	ck_assert_msg(mount_made() == 0, "%s", image.err.text);
	ck_assert_int_eq(image_list(&image, &image.fs.root), 0);
	image.patched = true;
	/* its first attribute's "outside" */
	image.patch = (struct image_patch){
		(uint64_t)(record - disk) + record[20] + 8,
		0,
	};
	/* blocks 0 and 1 are not in use; of block 2 it was looked at once */
	image.steady = 3;
	ck_assert_int_eq(image_list(&image, &image.fs.root), -1);
	ck_assert_str_eq(
		image.err.text, "index block 2: it changed while it was read");
	image_close(&image);
}
END_TEST

/* Blocks that are not in use cost no reading, but there are no more of them. */
START_TEST(counts_blocks_of_an_index)
{
	uint8_t *record, *attr;

	make_disk(-10);
	make_mft();
	record = make_root();
	attr = record + record[20];
	put(attr + 48, (262144 + (uint64_t)_i) * 512, 8);
	put(attr + 56, (262144 + (uint64_t)_i) * 512, 8);
	ck_assert_msg(mount_made() == 0, "%s", image.err.text);
	ck_assert_int_eq(image_list(&image, &image.fs.root), -_i);
	if (_i) {
		ck_assert_str_eq(
			image.err.text, "an index of more than 262144 blocks");
		ck_assert_int_eq(image.err.code, ERR_LIMIT);
	}
	image_close(&image);
}
END_TEST

#define NAMES 4000U /* in a block: entries that overlap */

static void put_names(uint8_t *block)
{
	const unsigned int first = 320;
	unsigned int i;

	memcpy(block, "INDX", 4);
	put(block + 4, 40, 2);
	put(block + 6, BLOCK / 512 + 1, 2);
	put(block + 24, first - 24, 4);
	put(block + 28, first - 24 + (NAMES + 8) * 16, 4);
	for (i = 0; i < NAMES; i++)
		put(block + first + i * 16 + 8, 16, 2);
	put(block + first + NAMES * 16 + 12, 2, 2); /* the last */
}

/* An index whose blocks are the same ones again and again */
static void make_names(unsigned int blocks)
{
	struct record record = begin(5, 1024, 0);
	uint8_t *root, *runs;
	unsigned int i;

	root = add_inside(&record, ROOT, "$I30", 48);
	put(root + 8, BLOCK, 4);
	put(root + 16, 16, 4);
	put(root + 20, 32, 4);
	put(root + 32 + 12, 2, 2);
	runs = add_outside(&record, INDEX, "$I30", 0, (uint64_t)blocks * BLOCK,
		5 + 32 * 4);
	put(runs, 0x22, 1);
	put(runs + 1, BLOCKS * BLOCK / CLUSTER, 2);
	put(runs + 3, BLOCKS_AT / CLUSTER, 2);
	runs += 5;
	for (i = BLOCKS; i < blocks; i += BLOCKS, runs += 4) {
		put(runs, 0x12, 1);
		put(runs + 1, BLOCKS * BLOCK / CLUSTER, 2);
	}
	memset(add_inside(&record, BITMAP, "$I30", 64), 0xff, 64);
	end(&record);
	for (i = 0; i < BLOCKS; i++)
		put_names(disk + BLOCKS_AT + (size_t)i * BLOCK);
}

START_TEST(counts_names_of_an_index)
{
	make_disk(-10);
	make_mft();
	make_names(2 * FS_DIR_MAX / NAMES + (unsigned int)_i);
	ck_assert_msg(mount_made() == 0, "%s", image.err.text);
	ck_assert_msg(image_list(&image, &image.fs.root) == -_i, "%s",
		image.err.text);
	if (_i) {
		ck_assert_str_eq(
			image.err.text, "an index of more than 2000000 names");
		ck_assert_int_eq(image.err.code, ERR_LIMIT);
	}
	image_close(&image);
}
END_TEST

#define LARGE 65536 /* bytes of a record */

/* Fill the rest of a record with runs of a cluster each, at most so many. */
static unsigned int add_runs(
	struct record *record, uint64_t first, unsigned int most)
{
	size_t room = record->size - record->used - 64 - 16;
	unsigned int count = (unsigned int)(room / 3), i;
	uint8_t *runs;

	if (count > most)
		count = most;
	runs = add_outside(record, DATA, "", first, UINT32_MAX, 3 * count + 8);
	if (first == 0) {
		runs = put_first_run(runs);
		count -= 2; /* it takes the room of another, and is one */
	}
	for (i = 0; i < count; i++, runs += 3)
		put(runs, 0x0111, 3); /* one cluster, no further on */
	return first == 0 ? count + 1 : count;
}

/* The MFT in as many pieces as are read, or one more. */
START_TEST(counts_pieces_of_the_mft)
{
	unsigned int left = 65536 + (unsigned int)_i, count, i;
	uint64_t first = 0;
	struct record record;
	uint8_t *list;

	make_disk(-16);
	for (i = 0; left > 0; i++) {
		ck_assert_uint_lt(i, 4);
		record = begin(i, LARGE, 0);
		if (i == 0) {
			list = add_inside(&record, LIST, "", 4 * 40);
			put_entry(list, DATA, "", 0);
			put_entry(list + 40, DATA, "", 1);
			put_entry(list + 80, DATA, "", 2);
			put_entry(list + 120, DATA, "", 3);
		}
		count = add_runs(&record, first, left);
		first += first == 0 ? MFT_CLUSTERS + count - 1 : count;
		left -= count;
		end(&record);
	}
	ck_assert_uint_eq(i, 4);
	ck_assert_int_eq(mount_made(), -1);
	ck_assert_int_eq(image.err.code, _i ? ERR_LIMIT : ERR_CORRUPT);
	ck_assert_str_eq(image.err.text,
		_i ? "ntfs: MFT: more than 65536 pieces"
		   : "ntfs: root directory: record 5: it does not begin with "
		     "FILE");
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("ntfs_made");

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, NULL, image_cleanup);
	tcase_add_test(tc, an_index_is_as_long_as_it_was);
	tcase_add_loop_test(tc, counts_blocks_of_an_index, 0, 2);
	tcase_add_loop_test(tc, counts_names_of_an_index, 0, 2);
	tcase_add_loop_test(tc, counts_pieces_of_the_mft, 0, 2);
	return run_suite("ntfs_made", &tc, 1);
}
