/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mkfs.btrfs makes of a tree, and images that the kernel has written, are
 * read back and compared.  What is broken is in test_btrfs_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define BTRFS TESTIMAGES "/btrfs.sh"
#define DEVICES_MAX 4
#define DEVICE_SIZE (UINT64_C(128) << 20)

static struct image image;

static void open_image(const char *name)
{
	image_must_mount(&image, name, &btrfs_driver);
}

static void compare(const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	image_compare(&image, host, NULL, true);
}

/* Options of mkfs.btrfs; checksums of all kinds, and the features of old. */
static const char *const made[] = {
	"",
	"-n 4096",
	"-n 64K -m single",
	"-M -n 4096",
	"-O ^no-holes,^skinny-metadata -R ^free-space-tree",
	"--csum xxhash",
	"--csum sha256",
	"--csum blake2",
};

static void make(const char *options)
{
	image_run("rm -f made.img && truncate -s 192M made.img && "
		  "mkfs.btrfs -q -L 'a label' -U "
		  "0123abcd-0001-4002-8003-000000000004 %s --rootdir tree "
		  "made.img",
		options);
}

START_TEST(reads_all_that_mkfs_makes)
{
	make(made[_i]);
	open_image("made.img");
	ck_assert_str_eq(image.fs.type, "btrfs");
	ck_assert_str_eq(image.fs.label, "a label");
	ck_assert_str_eq(image.fs.uuid, "0123abcd-0001-4002-8003-000000000004");
	ck_assert_ptr_null(image.fs.notice);
	ck_assert_ptr_null(image.fs.usual_start);
	ck_assert_ptr_null(image.fs.roots[0]);
	compare("tree");
	image_close(&image);
}
END_TEST

START_TEST(reads_a_partition)
{
	make("");
	image_compare_in_disk("made.img", &btrfs_driver, "tree");
}
END_TEST

/*
 * Extents of each compression, shared and overwritten in parts, in the tree,
 * preallocated; names with the same hash; subvolumes and snapshots.
 */
START_TEST(reads_what_the_kernel_writes)
{
	open_image("btrfs.img");
	compare("filled");
	image_close(&image);
}
END_TEST

/* The same image, and no kernel of ours to be asked: where it is mounted. */
START_TEST(reads_as_the_kernel_does)
{
	char path[128];

	if (!image_loop_mount("btrfs.img", "ro,noatime -t btrfs")) {
		fprintf(stderr, "btrfs: not compared with the kernel\n");
		return;
	}
	snprintf(path, sizeof(path), "%s/mnt", image_directory());
	open_image("btrfs.img");
	image_compare(&image, path, NULL, true);
	image_close(&image);
	image_run("unmount mnt");
}
END_TEST

/* How many extents a file has; -1: it has no map. */
static int extents_of(const char *path)
{
	struct fs_node node;

	image_find(&image, path, &node);
	return image_count_extents(&image, &node);
}

static const struct {
	const char *path;
	int extents;
} maps[] = {
	{ "/none/empty", 0 },
	{ "/none/short", -1 }, /* in the tree */
	{ "/none/lines", 1 },
	{ "/none/sparse", 3 },
	{ "/prealloc", 2 },
	{ "/zlib/lines", -1 },
	{ "/lzo/lines", -1 },
	{ "/zstd/lines", -1 },
	{ "/zstd/size-4095", -1 },
};

START_TEST(maps_files_that_lie_as_they_are)
{
	open_image("btrfs.img");
	ck_assert_msg(extents_of(maps[_i].path) == maps[_i].extents, "%s: %d",
		maps[_i].path, extents_of(maps[_i].path));
	image_close(&image);
}
END_TEST

static const char *const packed[] = {
	"/zlib/mixed",
	"/lzo/mixed",
	"/zstd/mixed",
	"/none/mixed",
};

/* Back and forth, and between two files: always the same bytes. */
START_TEST(reads_at_any_offset)
{
	struct fs_node node, other;

	open_image("btrfs.img");
	image_find(&image, packed[_i], &node);
	image_find(&image, "/zstd/lines", &other);
	image_read_anywhere(&image, &node, &other, 9000, 300);
	image_close(&image);
}
END_TEST

/* No extent is decompressed for each page of it, no node read twice. */
START_TEST(reads_in_sequence_in_linear_time)
{
	struct fs_node node;
	uint64_t off;
	size_t got;
	char byte;

	open_image("btrfs.img");
	image_find(&image, "/zlib/lines", &node);
	image.reads = 0;
	for (off = 0; off < node.size; off += 512)
		ck_assert_int_eq(fs_read(&image.fs, &node, off, &byte, 1, &got,
					 &image.err),
			0);
	ck_assert_uint_le(image.reads, 12);
	image_close(&image);
}
END_TEST

START_TEST(stays_small)
{
	struct fs_node node;

	make("");
	open_image("made.img");
	ck_assert_uint_le(image.arena.used, 128 << 10);
	compare("tree");
	ck_assert_uint_le(image.arena.used, 512 << 10);
	image_close(&image);
	open_image("btrfs.img");
	image_find(&image, "/zstd/lines", &node);
	ck_assert_int_eq(image_read_all(&image, &node, 65536), 0);
	ck_assert_uint_le(image.arena.used, 512 << 10);
	image_close(&image);
}
END_TEST

/* Devices: those of a stored image lie one behind the other. */

struct piece {
	struct volume vol;
	struct image *image;
	uint64_t start;
};

static struct piece pieces[DEVICES_MAX];
static struct volume *volumes[DEVICES_MAX];
static struct volume_set around;

static int piece_read(struct volume *vol, uint64_t off, void *buf, size_t len,
	struct error *err)
{
	struct piece *piece = vol->priv;

	return volume_read(
		&piece->image->below, piece->start + off, buf, len, err);
}

static int piece_locate(struct volume *vol, uint64_t off, uint64_t len,
	struct volume_run *run, struct error *err)
{
	struct piece *piece = vol->priv;

	return !volume_locate(
		&piece->image->below, piece->start + off, len, run, err);
}

/* Open an image of several devices, of which those in "there" can be seen. */
static int mount_devices(const char *name, unsigned int there)
{
	size_t i, own = SIZE_MAX;

	image_open(&image, name);
	around = (struct volume_set){ volumes, 0, DEVICES_MAX };
	for (i = 0; i < image.disk.size / DEVICE_SIZE; i++) {
		pieces[i] = (struct piece){
			.vol = { DEVICE_SIZE, &pieces[i], piece_read,
				piece_locate },
			.image = &image,
			.start = i * DEVICE_SIZE,
		};
		if (!(there & 1U << i))
			continue;
		if (own == SIZE_MAX)
			own = i;
		volumes[around.count++] = &pieces[i].vol;
	}
	image.vol = pieces[own].vol;
	image.around = &around;
	return image_mount(&image, &btrfs_driver);
}

static const struct {
	const char *name;
	unsigned int devices;
	unsigned int may_miss;
} arrays[] = {
	{ "btrfs-raid0.img", 3, 0 },
	{ "btrfs-raid1.img", 2, 1 },
	{ "btrfs-raid10.img", 4, 1 },
	{ "btrfs-raid5.img", 3, 1 },
	{ "btrfs-raid6.img", 4, 1 },
};

START_TEST(reads_several_devices)
{

	ck_assert_msg(
		mount_devices(arrays[_i].name, ~0U) == 0, "%s", image.err.text);
	compare("small");
	ck_assert_int_ge(extents_of("/lines"), 1);
	image_close(&image);
}
END_TEST

/* Each of them in turn is gone; one that is there is the first. */
START_TEST(reads_what_redundancy_makes_up_for)
{
	unsigned int i;

	for (i = 0; i < arrays[_i].devices; i++) {
		if (mount_devices(arrays[_i].name, ~(1U << i)) == 0 &&
			arrays[_i].may_miss)
			compare("small");
		ck_assert_msg(image.mounted || !arrays[_i].may_miss, "%s",
			image.err.text);
		image_close(&image);
	}
}
END_TEST

START_TEST(names_the_device_that_is_missing)
{
	struct fs_node node;
	size_t got;
	char byte;

	ck_assert_msg(
		mount_devices("btrfs-raid0.img", 3) == 0, "%s", image.err.text);
	image_find(&image, "/lines", &node);
	ck_assert_int_eq(extents_of("/lines"), -1);
	ck_assert_int_eq(image_read_all(&image, &node, 65536), -1);
	ck_assert_int_eq(image.err.code, ERR_IO);
	ck_assert_str_eq(image.err.text,
		"extent at 0: device 3 of the file system's 3 is not among "
		"the guest's disks");
	/* what is on the others can be read */
	image_find(&image, "/dir/short", &node);
	ck_assert_int_eq(
		fs_read(&image.fs, &node, 0, &byte, 1, &got, &image.err), 0);
	image_close(&image);
}
END_TEST

/* A copy of which nothing is left but zeros; metadata and what is packed. */
START_TEST(another_copy_is_read_where_one_is_damaged)
{
	/* between the copies of the superblock, which are read first */
	image_run("cp btrfs-raid1.img damaged.img && for at in 1 65; do "
		  "dd if=/dev/zero of=damaged.img bs=1M seek=$at count=60 "
		  "conv=notrunc; done");
	ck_assert_msg(
		mount_devices("damaged.img", ~0U) == 0, "%s", image.err.text);
	ck_assert_int_eq(image_list(&image, &image.fs.root), 0);
	image_close(&image);
}
END_TEST

static void make_all(void)
{
	int i;

	image_tree("");
	image_run("mkdir filled small && " BTRFS " fill filled && " BTRFS
		  " small small");
	image_stored("btrfs.img");
	for (i = 0; i < COUNT(arrays); i++)
		image_stored(arrays[i].name);
}

int main(void)
{
	TCase *tc = tcase_create("btrfs");

	tcase_add_unchecked_fixture(tc, make_all, image_cleanup);
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, reads_all_that_mkfs_makes, 0, COUNT(made));
	tcase_add_test(tc, reads_a_partition);
	tcase_add_test(tc, reads_what_the_kernel_writes);
	tcase_add_test(tc, reads_as_the_kernel_does);
	tcase_add_loop_test(
		tc, maps_files_that_lie_as_they_are, 0, COUNT(maps));
	tcase_add_loop_test(tc, reads_at_any_offset, 0, COUNT(packed));
	tcase_add_test(tc, reads_in_sequence_in_linear_time);
	tcase_add_test(tc, stays_small);
	tcase_add_loop_test(tc, reads_several_devices, 0, COUNT(arrays));
	tcase_add_loop_test(
		tc, reads_what_redundancy_makes_up_for, 0, COUNT(arrays));
	tcase_add_test(tc, names_the_device_that_is_missing);
	tcase_add_test(tc, another_copy_is_read_where_one_is_damaged);
	return run_suite("btrfs", &tc, 1);
}
