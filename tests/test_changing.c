/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk that changes while it is read (promise P14): from some moment on no
 * two reads of it give the same bytes.  Whatever a driver makes of that, it
 * ends, has a reason if it fails, and takes nothing twice and trusts it once:
 * the sanitizers see what goes wrong then.
 */
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "src/base/length.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static const struct {
	const struct fs_driver *driver;
	const char *stored; /* of testimages/stored, or NULL */
	const char *command;
} images[] = {
	{ &squashfs_driver, NULL, "mksquashfs tree changing.img" },
	{ &ext_driver, NULL, "mke2fs -q -t ext4 -d tree changing.img 24M" },
	{ &ext_driver, NULL, "mke2fs -q -t ext2 -d tree changing.img 24M" },
	{ &erofs_driver, NULL, "mkfs.erofs -d0 -zlz4 changing.img tree" },
	{ &iso9660_driver, NULL,
		"xorriso -as mkisofs -quiet -R -o changing.img tree" },
	{ &ufs_driver, NULL, "makefs -t ffs changing.img tree" },
	{ &fat_driver, NULL,
		"mkfs.fat -C changing.img 16384 && "
		"mcopy -s -i changing.img tree/boot tree/dir tree/lines ::" },
	{ &exfat_driver, NULL,
		"truncate -s 8M changing.img && mkfs.exfat changing.img" },
	{ &xfs_driver, "xfs-4k.img", NULL },
	{ &xfs_driver, "xfs-dirty.img", NULL },
	{ &f2fs_driver, "f2fs-lz4.img", NULL },
	{ &nilfs2_driver, "nilfs2.img", NULL },
	{ &jfs_driver, "jfs.img", NULL },
	{ &reiserfs_driver, "reiserfs-36-1k.img", NULL },
	{ &reiserfs_driver, "reiserfs-crash.img", NULL },
	{ &udf_driver, "udf-102.img", NULL },
	{ &hfsplus_driver, "hfsplus.img", NULL },
	{ &ntfs_driver, "ntfs.img", NULL },
	{ &btrfs_driver, "btrfs.img", NULL },
	{ &minix_driver, "minix3-60.img", NULL },
	{ &zfs_driver, "zfs-v28.img", NULL },
};

/* Fewer of ZFS, where each mount looks through rings of 128 blocks. */
#define ROUNDS 60
#define ROUNDS_OF_ZFS 12
#define NAMES 8

static struct image image;
static unsigned int steady; /* reads that are still answered truly */
static unsigned int seed;
static char names[NAMES][FS_NAME_MAX + 2]; /* paths */
static size_t name_count;

static unsigned int noise(void)
{
	seed = seed * 1103515245 + 12345;
	return seed >> 8;
}

/* Up to four bytes, anywhere or in the fields of a header. */
static int changing_read(struct volume *vol, uint64_t off, void *buf,
	size_t len, struct error *err)
{
	static const uint8_t values[] = { 0, 1, 0x7f, 0x80, 0xff };
	unsigned int i;
	size_t at;

	(void)vol;
	if (volume_read(&image.below, off, buf, len, err) < 0)
		return -1;
	image.reads++;
	if (steady > 0) {
		steady--;
		return 0;
	}
	for (i = 0; i <= noise() % 4 && len > 0; i++) {
		at = noise() % (noise() % 2 || len < 128 ? len : 128);
		((uint8_t *)buf)[at] = noise() % 2
			? (uint8_t)noise()
			: values[noise() % LENGTH(values)];
	}
	return 0;
}

static int keep_name(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	(void)ctx, (void)node, (void)err;
	if (name_count < NAMES && strlen(name) <= FS_NAME_MAX &&
		strcmp(name, "many") != 0) {
		names[name_count][0] = '/';
		strcpy(names[name_count++] + 1, name);
	}
	return 0;
}

/* How many reads a look at everything takes while the disk holds still. */
static unsigned int count_reads(const struct fs_driver *driver)
{
	size_t i;

	steady = UINT32_MAX;
	strcpy(names[0], "/");
	strcpy(names[1], "/boot/vmlinuz");
	name_count = 2;
	ck_assert_msg(image_mount(&image, driver) == 0, "%s", image.err.text);
	ck_assert_int_eq(fs_readdir(&image.fs, &image.fs.root, keep_name, NULL,
				 &image.err),
		0);
	fs_close(&image.fs);
	arena_free(&image.arena);
	image.mounted = false;
	image.reads = 0;
	for (i = 0; i < name_count; i++) {
		image_use(&image, driver, names[i]);
		fs_close(&image.fs);
		arena_free(&image.arena);
	}
	image.mounted = false;
	ck_assert_uint_gt(image.reads, 0);
	return image.reads;
}

START_TEST(ends_with_a_reason_or_with_bytes)
{
	const struct fs_driver *driver = images[_i].driver;
	const char *paths[NAMES];
	unsigned int i, reads, rounds;

	if (images[_i].stored) {
		image_stored(images[_i].stored);
		image_open(&image, images[_i].stored);
	} else {
		image_run("rm -f changing.img && %s", images[_i].command);
		image_open(&image, "changing.img");
	}
	image.vol.read = changing_read;
	reads = count_reads(driver);
	rounds = driver == &zfs_driver ? ROUNDS_OF_ZFS : ROUNDS;
	for (i = 0; i < NAMES; i++)
		paths[i] = names[i];
	for (i = 0; i < rounds; i++) {
		seed = i + 1;
		/* a mount costs the most reads, and is where most is decided */
		steady = i % 2 ? i * reads / rounds : i * 20 / rounds;
		image_survive(&image, driver, paths, name_count);
	}
	image_close(&image);
}
END_TEST

static void make_tree(void)
{
	image_tree("--few");
}

int main(void)
{
	TCase *tc = tcase_create("changing");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_tree, image_cleanup);
	tcase_add_loop_test(
		tc, ends_with_a_reason_or_with_bytes, 0, LENGTH(images));
	return run_suite("changing", &tc, 1);
}
