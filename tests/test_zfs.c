/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pools that OpenZFS made are read back and compared: every compression and
 * checksum, mirrors, raidz and several vdevs with devices missing, old versions
 * and new features.  What is broken is in test_zfs_faults.c.
 *
 * A stored image has the devices of a pool one behind the other.
 */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define DEVICE (UINT64_C(64) << 20) /* bytes of each */
#define DEVICES_MAX 5

static struct image image;
static struct disk_range ranges[DEVICES_MAX];
static struct volume volumes[DEVICES_MAX];
static struct volume *listed[DEVICES_MAX];
static struct volume_set around = { listed, 0, 0 };

static const char *host_of(const char *tree)
{
	static char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	return host;
}

/* The first device that is there is asked; the others are around it. */
static void open_devices(
	const char *name, unsigned int count, unsigned int missing)
{
	unsigned int i;

	image_open(&image, name);
	around.count = 0;
	for (i = 0; i < count; i++) {
		ranges[i] = (struct disk_range){ &image.disk, i * DEVICE };
		volume_of_disk(&volumes[i], &ranges[i], DEVICE);
		if (missing >> i & 1)
			continue;
		if (around.count == 0) {
			image.below = volumes[i];
			image.vol.size = DEVICE;
			listed[around.count++] = &image.vol;
		} else {
			listed[around.count++] = &volumes[i];
		}
	}
	image.around = &around;
}

static void mount(void)
{
	ck_assert_msg(
		image_mount(&image, &zfs_driver) == 0, "%s", image.err.text);
}

/* Everything below a path that leads to a file system. */
static void compare(const char *path, const char *tree)
{
	struct fs_node node;

	image_find(&image, path, &node);
	image.fs.root = node;
	image_compare(&image, host_of(tree), NULL, true);
}

static void make_trees(void)
{
	image_tree("--few");
	image_run("mkdir part && cd tree && cp -a --parents small.txt empty "
		  "size-61 size-513 size-65537 holes odd-hole link link-127 "
		  "longlink dangling dir/below boot/grub/grub.cfg 1 ../part");
	/* a target so long that it went where more attributes are */
	image_run("cp -a part spilled && cd spilled && "
		  "ln -s $(printf './%%.0s' $(seq 150))small.txt spilled");
}

static const char *const datasets[] = { "lz4", "zstd", "gzip", "lzjb", "zle",
	"off", "large", "fold", "edonr" };

START_TEST(each_compression_checksum_and_kind_of_dataset)
{
	char path[64];

	image_open(&image, "zfs-all.img");
	mount();
	snprintf(path, sizeof(path), "/ROOT/%s@", datasets[_i]);
	compare(path, _i == 0 ? "spilled" : "part");
	image_close(&image);
}
END_TEST

static const struct {
	const char *name;
	unsigned int count;
	unsigned int missing; /* a bit each */
} pools[] = {
	{ "zfs-mirror.img", 2, 0 }, { "zfs-mirror.img", 2, 1 },
	{ "zfs-mirror.img", 2, 2 }, { "zfs-raidz1.img", 3, 0 },
	{ "zfs-raidz1.img", 3, 1 }, { "zfs-raidz1.img", 3, 2 },
	{ "zfs-raidz1.img", 3, 4 }, { "zfs-raidz2.img", 4, 0 },
	{ "zfs-raidz2.img", 4, 3 }, { "zfs-raidz2.img", 4, 5 },
	{ "zfs-raidz2.img", 4, 9 }, { "zfs-raidz2.img", 4, 6 },
	{ "zfs-raidz2.img", 4, 10 }, { "zfs-raidz2.img", 4, 12 },
	{ "zfs-raidz3.img", 5, 0 }, { "zfs-raidz3.img", 5, 7 },
	{ "zfs-raidz3.img", 5, 11 }, { "zfs-raidz3.img", 5, 19 },
	{ "zfs-raidz3.img", 5, 13 }, { "zfs-raidz3.img", 5, 21 },
	{ "zfs-raidz3.img", 5, 25 }, { "zfs-raidz3.img", 5, 14 },
	{ "zfs-raidz3.img", 5, 22 }, { "zfs-raidz3.img", 5, 26 },
	{ "zfs-raidz3.img", 5, 28 }, { "zfs-span.img", 5, 0 },
	{ "zfs-span.img", 5, 16 + 4 }, /* without cache and log */
};

START_TEST(several_devices_are_one_pool_even_if_some_are_missing)
{
	open_devices(pools[_i].name, pools[_i].count, pools[_i].missing);
	mount();
	compare("/@", "part");
	image_close(&image);
}
END_TEST

/* OpenZFS made no gang when it should have; gang.py makes one of a root block.
 */
START_TEST(a_block_may_be_in_pieces)
{
	image_open(&image, "gang.img");
	mount();
	compare("/@", "part");
	image_close(&image);
}
END_TEST

START_TEST(a_gang_header_has_a_checksum)
{
	image_run("cp gang.img wrong.img && printf x | dd of=wrong.img bs=1 "
		  "seek=$(cat room) conv=notrunc");
	image_open(&image, "wrong.img");
	ck_assert_int_eq(image_mount(&image, &zfs_driver), -1);
	ck_assert_msg(fnmatch("*gang header: wrong checksum at 0x* of vdev 0",
			      image.err.text, 0) == 0,
		"%s", image.err.text);
	image_close(&image);
	image_run("rm wrong.img");
}
END_TEST

static const struct {
	const char *name;
	unsigned int count;
	unsigned int missing;
	const char *text; /* as fnmatch() has it */
} lacking[] = {
	{ "zfs-raidz1.img", 3, 6,
		"*more than 1 devices of a raidz are missing" },
	{ "zfs-raidz2.img", 4, 7, "*devices of a raidz * missing" },
	{ "zfs-raidz3.img", 5, 15, "*devices of a raidz * missing" },
	{ "zfs-span.img", 5, 3, "*no device of vdev ? of the pool is there" },
};

START_TEST(what_too_few_devices_have_is_told)
{
	struct fs_node node;

	open_devices(lacking[_i].name, lacking[_i].count, lacking[_i].missing);
	if (image_mount(&image, &zfs_driver) == 0 &&
		fs_find(&image.fs, "/@/size-65537", &node, &image.err) == 0)
		ck_assert_int_eq(image_read_all(&image, &node, 65536), -1);
	ck_assert_msg(fnmatch(lacking[_i].text, image.err.text, 0) == 0, "%s",
		image.err.text);
	image_close(&image);
}
END_TEST

/* Each sector of one device is turned over, but for its labels. */
START_TEST(a_device_that_lies_is_found_out_by_checksums)
{
	image_run("cp zfs-raidz1.img lying.img && python3 -c '\n"
		  "f = open(\"lying.img\", \"r+b\")\n"
		  "f.seek(64 + 4 << 20)\n"
		  "d = f.read(50 << 20)\n"
		  "f.seek(64 + 4 << 20)\n"
		  "f.write(bytes(x ^ 255 for x in d))'");
	open_devices("lying.img", 3, 0);
	mount();
	compare("/@", "part");
	image_close(&image);
	image_run("rm lying.img");
}
END_TEST

START_TEST(old_pools_have_files_with_fixed_attributes)
{
	image_open(&image, "zfs-v28.img");
	mount();
	compare("/@", "tree");
	image_close(&image);
}
END_TEST

START_TEST(a_path_without_a_dataset_is_one_of_the_boot_file_system)
{
	struct fs_node with, without;

	image_open(&image, "zfs-all.img");
	mount();
	image_find(&image, "/small.txt", &without);
	image_find(&image, "/ROOT/lz4@/small.txt", &with);
	ck_assert_uint_eq(with.id, without.id);
	/* GRUB takes a slash before the "@", too */
	image_find(&image, "/ROOT/lz4/@/small.txt", &with);
	ck_assert_uint_eq(with.id, without.id);
	image_find(&image, "/boot/grub/grub.cfg", &without);
	/* a name in any case, where the dataset has it so */
	image_find(&image, "/ROOT/fold@/SMALL.txt", &with);
	ck_assert_int_eq(
		fs_find(&image.fs, "/SMALL.txt", &with, &image.err), -1);
	ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	image_close(&image);
}
END_TEST

START_TEST(a_snapshot_has_what_was_removed_since)
{
	struct fs_node node;

	image_open(&image, "zfs-all.img");
	mount();
	image_find(&image, "/ROOT/lz4@before/only-in-snapshot", &node);
	ck_assert_uint_eq(node.size, strlen("snapped\n"));
	ck_assert_int_eq(
		fs_find(&image.fs, "/only-in-snapshot", &node, &image.err), -1);
	ck_assert_int_eq(fs_find(&image.fs, "/ROOT/lz4@later/small.txt", &node,
				 &image.err),
		-1);
	ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	image_close(&image);
}
END_TEST

static int collect(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	char *names = ctx;

	(void)node, (void)err;
	strcat(strcat(names, name), " ");
	return 0;
}

START_TEST(datasets_are_listed_as_directories)
{
	char names[4096] = "";
	struct fs_node node;

	image_open(&image, "zfs-all.img");
	mount();
	image_find(&image, "/ROOT", &node);
	ck_assert_int_eq(
		fs_readdir(&image.fs, &node, collect, names, &image.err), 0);
	ck_assert_ptr_nonnull(strstr(names, "@ "));
	ck_assert_ptr_nonnull(strstr(names, " lz4 "));
	ck_assert_ptr_nonnull(strstr(names, " lz4@ "));
	/* neither a volume nor what is encrypted has files */
	ck_assert_ptr_nonnull(strstr(names, " secret "));
	ck_assert_ptr_null(strstr(names, "secret@"));
	ck_assert_ptr_null(strstr(names, "volume@"));
	image_find(&image, "/ROOT/lz4", &node);
	names[0] = '\0';
	ck_assert_int_eq(
		fs_readdir(&image.fs, &node, collect, names, &image.err), 0);
	ck_assert_str_eq(names, "@ @before ");
	image_close(&image);
}
END_TEST

START_TEST(an_encrypted_dataset_and_a_volume_are_refused_by_what_they_are)
{
	struct fs_node node;

	image_open(&image, "zfs-all.img");
	mount();
	ck_assert_int_eq(
		fs_find(&image.fs, "/ROOT/secret@/file", &node, &image.err),
		-1);
	ck_assert_int_eq(image.err.code, ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(
		strstr(image.err.text, "the dataset is encrypted"));
	ck_assert_int_eq(
		fs_find(&image.fs, "/ROOT/volume@/file", &node, &image.err),
		-1);
	ck_assert_int_eq(image.err.code, ERR_UNSUPPORTED);
	ck_assert_ptr_nonnull(strstr(image.err.text, "no file system"));
	image_close(&image);
}
END_TEST

START_TEST(a_pool_with_a_feature_that_is_not_known_is_refused_by_its_name)
{
	image_open(&image, "zfs-removed.img");
	ck_assert_int_eq(image_mount(&image, &zfs_driver), -1);
	ck_assert_int_eq(image.err.code, ERR_UNSUPPORTED);
	ck_assert_str_eq(image.err.text,
		"zfs: pool removed: the pool's feature "
		"com.delphix:device_removal is not known");
	image_close(&image);
}
END_TEST

START_TEST(the_pool_is_called_as_grub_calls_it)
{
	image_open(&image, "zfs-all.img");
	mount();
	ck_assert_str_eq(image.fs.label, "all");
	ck_assert_str_eq(image.fs.type, "zfs");
	ck_assert_uint_eq(strlen(image.fs.uuid), 16);
	image_run("grub-probe -d zfs-all.img -t fs_uuid 2>/dev/null || :");
	image_close(&image);
	image_is_taken_for("zfs-all.img", fs_drivers, "zfs");
}
END_TEST

/* Whoever looks for a kernel in a disk of 512 GiB shall not wait. */
START_TEST(little_is_read_to_find_a_file)
{
	struct fs_node node;

	image_open(&image, "zfs-all.img");
	mount();
	image_find(&image, "/boot/grub/grub.cfg", &node);
	ck_assert_uint_lt(image.bytes, 600000);
	ck_assert_uint_lt(image.reads, 60);
	image_close(&image);
}
END_TEST

static const char *const stored[] = { "zfs-all", "zfs-mirror", "zfs-raidz1",
	"zfs-raidz2", "zfs-raidz3", "zfs-span", "zfs-gang", "zfs-v28",
	"zfs-removed" };

static void prepare(void)
{
	char name[64];
	int i;

	for (i = 0; i < COUNT(stored); i++) {
		snprintf(name, sizeof(name), "%s.img", stored[i]);
		image_stored(name);
	}
	image_run("%s/fuzz/gang.py zfs-gang.img gang.img >room", TESTS);
	make_trees();
}

int main(void)
{
	TCase *sound = tcase_create("sound");

	tcase_add_unchecked_fixture(sound, prepare, image_cleanup);
	tcase_set_timeout(sound, 200);
	tcase_add_loop_test(sound,
		each_compression_checksum_and_kind_of_dataset, 0,
		COUNT(datasets));
	tcase_add_loop_test(sound,
		several_devices_are_one_pool_even_if_some_are_missing, 0,
		COUNT(pools));
	tcase_add_test(sound, a_block_may_be_in_pieces);
	tcase_add_test(sound, a_gang_header_has_a_checksum);
	tcase_add_loop_test(
		sound, what_too_few_devices_have_is_told, 0, COUNT(lacking));
	tcase_add_test(sound, a_device_that_lies_is_found_out_by_checksums);
	tcase_add_test(sound, old_pools_have_files_with_fixed_attributes);
	tcase_add_test(
		sound, a_path_without_a_dataset_is_one_of_the_boot_file_system);
	tcase_add_test(sound, a_snapshot_has_what_was_removed_since);
	tcase_add_test(sound, datasets_are_listed_as_directories);
	tcase_add_test(sound,
		an_encrypted_dataset_and_a_volume_are_refused_by_what_they_are);
	tcase_add_test(sound,
		a_pool_with_a_feature_that_is_not_known_is_refused_by_its_name);
	tcase_add_test(sound, the_pool_is_called_as_grub_calls_it);
	tcase_add_test(sound, little_is_read_to_find_a_file);
	return run_suite("zfs", &sound, 1);
}
