/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Images of the ext family that are broken, cut short or hostile.  debugfs
 * breaks them where it can, for it corrects the checksums.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"

static struct image image;

/*
 * plain.img has no checksums, so that what lies behind them can be broken;
 * summed.img has them; old.img has blocks of pointers.
 */
static void setup_images(void)
{
	char path[128];
	FILE *frag;
	int i;

	image_run("mkdir -p tree/dir");
	image_file("tree/file", NULL, 300000);
	image_file("tree/ptrs", NULL, 1024);
	image_file("tree/dir/below", "x", 1);
	image_run("ln -s dir/below tree/link");
	snprintf(path, sizeof(path), "%s/tree/frag", image_directory());
	frag = fopen(path, "w");
	ck_assert_ptr_nonnull(frag);
	for (i = 0; i < 40; i++) {
		fseek(frag, i * 2048, SEEK_SET);
		fputs("data", frag);
	}
	ck_assert_int_eq(fclose(frag), 0);
	image_run("for o in 'plain -t ext4 -O ^metadata_csum' "
		  "'summed -t ext4 -O metadata_csum' 'old -t ext2' "
		  "'uninit -t ext4 -O ^metadata_csum,uninit_bg'; do "
		  "set -- $o; n=$1.img; shift; rm -f $n; truncate -s 16M $n; "
		  "mke2fs -q -b 1024 -I 256 -d tree $* $n; done");
}

static uint64_t found; /* by the visitors below: an inode, or an offset */

/*
 * What debugfs did, what was then asked for, and the whole answer; a star
 * stands for the number of the inode, dots for what depends on the layout.
 */
static const struct fault {
	const char *image;
	const char *command;
	const char *path;
	enum error_code code;
	const char *text;
} faults[] = {
	{ "plain", "ssv log_block_size 20", "/file", ERR_CORRUPT,
		"ext4: superblock: the sizes in it contradict each other" },
	{ "plain", "ssv blocks_per_group 4", "/file", ERR_CORRUPT,
		"ext4: superblock: the sizes in it contradict each other" },
	{ "plain", "ssv inodes_per_group 0", "/file", ERR_CORRUPT,
		"ext4: superblock: the sizes in it contradict each other" },
	{ "plain", "ssv desc_size 24", "/file", ERR_CORRUPT,
		"ext4: superblock: impossible size of a group descriptor" },
	{ "plain", "ssv rev_level 9", "/file", ERR_UNSUPPORTED,
		"ext4: superblock: unknown revision of the format" },
	{ "plain", "ssv blocks_count 0xfffffffffffffff", "/file", ERR_CORRUPT,
		"ext4: superblock: the sizes in it contradict each other" },
	{ "plain", "ssv feature_incompat 0x402c2", "/file", ERR_UNSUPPORTED,
		"ext4: unknown feature 0x40000" },
	{ "plain", "ssv feature_incompat 0x2c3", "/file", ERR_UNSUPPORTED,
		"ext4: feature compression" },
	{ "plain", "ssv feature_incompat 0x12c2", "/file", ERR_UNSUPPORTED,
		"ext4: feature dirdata" },
	{ "plain", "ssv feature_incompat 0x2ca", "/file", ERR_UNSUPPORTED,
		"ext4: feature journal_dev: it is the journal of another" },
	{ "plain", "sif / mode 0100644", "/file", ERR_CORRUPT,
		"ext4: the root is not a directory" },
	{ "plain", "set_bg 0 inode_table 0xffffff", "/file", ERR_CORRUPT,
		"ext4: root directory: inode 2: descriptor of group 0: the "
		"inode table lies outside the file system (block 0xffffff)" },
	{ "uninit", "set_bg 0 checksum 1", "/file", ERR_CORRUPT,
		"ext4: root directory: inode 2: descriptor of group 0: wrong "
		"checksum" },
	{ "summed", "set_bg 0 checksum 1", "/file", ERR_CORRUPT,
		"ext4: root directory: inode 2: descriptor of group 0: wrong "
		"checksum" },
	{ "plain", "sif /file mode 0", "/file", ERR_CORRUPT,
		"/file: inode *: not in use (mode 00)" },
	{ "plain", "sif /file mode 010644", "/file", ERR_NOT_FOUND,
		"is not a regular file" },
	{ "plain", "sif /file size 0xfffffffffffffff0", "/file", ERR_CORRUPT,
		"/file: inode *: a size of 18446744073709551600 bytes" },
	{ "plain", "sif /file flags 0x80200", "/file", ERR_UNSUPPORTED,
		"is compressed (inode *)" },
	{ "plain", "sif /file flags 0x80800", "/file", ERR_UNSUPPORTED,
		"is encrypted (inode *)" },
	{ "plain", "sif /link flags 0x80800", "/link", ERR_UNSUPPORTED,
		"/link: symbolic link: is encrypted (inode *)" },
	{ "plain", "sif /link size 0", "/link", ERR_NOT_FOUND,
		"/link: an empty symbolic link" },
	{ "plain", "sif /dir size 300000000", "/dir/below", ERR_LIMIT,
		"/dir/below: a directory of more than 264000000 bytes" },
	{ "plain", "sif /file block[0] 0", "/file", ERR_CORRUPT,
		"inode *: extent tree: wrong magic number" },
	{ "plain", "sif /file block[0] 0x5f30a", "/file", ERR_CORRUPT,
		"inode *: extent tree: 5 of 4 extents do not fit" },
	{ "plain", "sif /file block[1] 0x90004", "/file", ERR_CORRUPT,
		"inode *: an extent tree of height 9" },
	{ "plain", "sif /file block[4] 0", "/file", ERR_CORRUPT,
		"inode *: the extent of block 0 is empty or overlaps "
		"another" },
	{ "plain", "sif /file block[5] 0xffffffff", "/file", ERR_CORRUPT,
		"inode *: block 0 of the file lies outside the file system "
		"(block 0xffffffff)" },
	{ "plain", "sif /file block[5] 16300", "/file", ERR_CORRUPT,
		"inode *: block 0 of the file lies outside the file system "
		"(block 0x3fac)" },
	{ "plain", "sif /frag block[1] 0x20004", "/frag", ERR_CORRUPT,
		"...: at height 0, not 1, of the extent tree" },
	{ "plain", "sif /frag block[4] 0xfffffff0", "/frag", ERR_CORRUPT,
		"inode *: extent block 0xfffffff0: lies outside the file "
		"system" },
	{ "plain", "sif /frag block[4] 1", "/frag", ERR_CORRUPT,
		"inode *: extent block 0x1: wrong magic number" },
	{ "summed", "sif /frag generation 99", "/frag", ERR_CORRUPT,
		"...: wrong checksum" },
	{ "old", "sif /file block[0] 99999999", "/file", ERR_CORRUPT,
		"inode *: block 0 of the file lies outside the file system "
		"(block 0x5f5e0ff)" },
	{ "old", "sif /file block[IND] 99999999", "/file", ERR_CORRUPT,
		"inode *: indirect block 0x5f5e0ff: lies outside the file "
		"system" },
};

static int find_inode(void *ctx, const char *name, const struct fs_node *node,
	struct error *err)
{
	(void)err;
	if (strcmp(name, (const char *)ctx + 1) != 0)
		return 0;
	found = node->id;
	return 1;
}

/* The text with the number of that inode, as the unbroken image has it. */
static const char *expected(const struct fault *fault)
{
	static char text[512];
	char name[32], path[32];
	const char *star = strchr(fault->text, '*');

	if (!star)
		return fault->text;
	snprintf(name, sizeof(name), "%s.img", fault->image);
	snprintf(path, sizeof(path), "%s", fault->path);
	image_open(&image, name);
	ck_assert_int_eq(image_mount(&image, &ext_driver), 0);
	ck_assert_int_eq(fs_readdir(&image.fs, &image.fs.root, find_inode, path,
				 &image.err),
		1);
	image_close(&image);
	snprintf(text, sizeof(text), "%.*s%u%s", (int)(star - fault->text),
		fault->text, (unsigned int)found, star + 1);
	return text;
}

START_TEST(says_what_is_broken)
{
	const struct fault *fault = &faults[_i];
	const char *text = expected(fault), *said = image.err.text;

	image_run("cp %s.img broken.img && echo '%s' > cmd && "
		  "debugfs -w -f cmd broken.img",
		fault->image, fault->command);
	image_open(&image, "broken.img");
	ck_assert_msg(image_use(&image, &ext_driver, fault->path) < 0,
		"%s: read", fault->command);
	ck_assert_msg(image.err.code == fault->code, "%s", image.err.text);
	if (strncmp(text, "...", 3) == 0) {
		text += 3;
		ck_assert_uint_gt(strlen(said), strlen(text));
		said += strlen(said) - strlen(text);
	}
	ck_assert_str_eq(said, text);
	image_close(&image);
}
END_TEST

static int find_first(
	void *ctx, const struct fs_extent *extent, struct error *err)
{
	(void)ctx, (void)err;
	found = extent->vol;
	return 2;
}

/* Where the first block of a file lies in the volume. */
static uint64_t first_block(const char *name, const char *path)
{
	struct fs_node node;

	image_open(&image, name);
	ck_assert_int_eq(image_mount(&image, &ext_driver), 0);
	ck_assert_int_eq(fs_find(&image.fs, path, &node, &image.err), 0);
	ck_assert_int_eq(
		fs_map(&image.fs, &node, find_first, NULL, &image.err), 2);
	image_close(&image);
	return found;
}

static void write_at(const char *name, uint64_t off, const void *data, size_t n)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", image_directory(), name);
	fd = open(path, O_WRONLY);
	ck_assert_int_eq(pwrite(fd, data, n, (off_t)off), (ssize_t)n);
	close(fd);
}

/* Every pointer of three levels leads back to the block they stand in. */
START_TEST(ends_a_loop_of_indirect_blocks)
{
	struct fs_node node;
	uint32_t block, pointers[256];
	uint64_t off;
	size_t i;

	image_run("cp old.img loop.img");
	off = first_block("loop.img", "/ptrs");
	block = (uint32_t)(off / 1024);
	for (i = 0; i < 256; i++)
		pointers[i] = block;
	write_at("loop.img", off, pointers, sizeof(pointers));
	image_run("printf 'sif /file block[TIND] %u\nsif /file size "
		  "17000000000\n' > cmd && debugfs -w -f cmd loop.img",
		block);
	image_open(&image, "loop.img");
	ck_assert_int_eq(image_mount(&image, &ext_driver), 0);
	ck_assert_int_eq(fs_find(&image.fs, "/file", &node, &image.err), 0);
	ck_assert_int_eq(image_map(&image, &node), -1);
	ck_assert_int_eq(image.err.code, ERR_LIMIT);
	ck_assert_ptr_nonnull(strstr(image.err.text,
		": more than 1024 MiB of them, or than the disk has"));
	image_close(&image);
}
END_TEST

/* An index whose child is itself, at the height where that could go on. */
START_TEST(ends_a_loop_in_an_extent_tree)
{
	uint8_t node[36] = { 0x0a, 0xf3, 2, 0, 84, 0, 1, 0 };
	uint64_t off;
	uint32_t block;

	image_run("cp plain.img loop.img");
	off = first_block("loop.img", "/ptrs");
	block = (uint32_t)(off / 1024);
	memcpy(node + 16, &block, sizeof(block));
	node[24] = 8; /* of the second entry: from block 8 on */
	memcpy(node + 28, &block, sizeof(block));
	write_at("loop.img", off, node, sizeof(node));
	image_run("printf 'sif /frag block[1] 0x20004\nsif /frag block[4] "
		  "%u\n' > cmd && debugfs -w -f cmd loop.img",
		block);
	image_open(&image, "loop.img");
	ck_assert_int_eq(image_use(&image, &ext_driver, "/frag"), -1);
	ck_assert_int_eq(image.err.code, ERR_CORRUPT);
	ck_assert_ptr_nonnull(strstr(
		image.err.text, ": at height 1, not 0, of the extent tree"));
	image_close(&image);
}
END_TEST

/* Bytes of the one block of /dir, and what is said then. */
static const struct {
	const char *image;
	size_t off;
	uint8_t value;
	const char *text;
} entries[] = {
	{ "plain", 4, 7, "the entry at 0x0 is broken" },
	{ "plain", 4, 0, "the entry at 0x0 is broken" },
	{ "plain", 17, 0xff, "the entry at 0xc is broken" },
	{ "plain", 30, 0, "the entry at 0x18 has no name" },
	{ "plain", 30, 255, "a name with NUL or slash" },
	{ "plain", 32, '/', "a name with NUL or slash" },
	{ "plain", 33, '\0', "a name with NUL or slash" },
	{ "plain", 26, 1, ": does not exist" },
	{ "summed", 32, 'B', "wrong checksum" },
};

/* Offset of the block of a directory with the only name "below". */
static uint64_t directory_block(const struct fs_node *node)
{
	uint8_t block[1024];
	uint64_t off;

	for (off = 0; off < image.disk.size; off += sizeof(block)) {
		ck_assert_int_eq(volume_read(&image.vol, off, block,
					 sizeof(block), &image.err),
			0);
		if (block[0] == node->id && block[4] == 12 && block[8] == '.' &&
			memcmp(block + 32, "below", 5) == 0)
			return off;
	}
	ck_abort_msg("no block of /dir");
	return 0;
}

START_TEST(refuses_a_broken_directory)
{
	struct fs_node node;
	char name[32];
	int r;

	snprintf(name, sizeof(name), "%s.img", entries[_i].image);
	image_open(&image, name);
	ck_assert_int_eq(image_mount(&image, &ext_driver), 0);
	ck_assert_int_eq(fs_find(&image.fs, "/dir", &node, &image.err), 0);
	image.patch.off = directory_block(&node) + entries[_i].off;
	image.patch.value = entries[_i].value;
	image.patched = true;
	r = image_list(&image, &node);
	ck_assert_int_eq(r, -1);
	ck_assert_int_eq(image.err.code, ERR_CORRUPT);
	ck_assert_msg(strstr(image.err.text, entries[_i].text) != NULL, "%s",
		image.err.text);
	image_close(&image);
}
END_TEST

/* As the kernel does, whatever the byte that changed means. */
START_TEST(refuses_a_superblock_with_a_wrong_checksum)
{
	image_open(&image, "summed.img");
	image.patch = (struct image_patch){ 1024 + 0x88, 'x' }; /* last mount */
	image.patched = true;
	ck_assert_int_eq(image_use(&image, &ext_driver, "/file"), -1);
	ck_assert_int_eq(image.err.code, ERR_CORRUPT);
	ck_assert_str_eq(image.err.text, "ext4: superblock: wrong checksum");
	image_close(&image);
}
END_TEST

START_TEST(refuses_an_inode_with_a_wrong_checksum)
{
	uint64_t off;
	uint8_t byte;

	image_open(&image, "summed.img");
	ck_assert_int_eq(image_mount(&image, &ext_driver), 0);
	/* the table of group 0, 32 KiB at most behind: find the root's mode */
	for (off = 2048; off < (1 << 20); off += 128) {
		uint16_t mode, links;

		ck_assert_int_eq(
			volume_read(&image.vol, off, &mode, 2, &image.err), 0);
		ck_assert_int_eq(volume_read(&image.vol, off + 26, &links, 2,
					 &image.err),
			0);
		if (mode == 040755 && links == 4)
			break;
	}
	ck_assert_int_eq(
		volume_read(&image.vol, off + 8, &byte, 1, &image.err), 0);
	fs_close(&image.fs);
	arena_free(&image.arena);
	/* of the access time, which is another one in each run */
	image.patch = (struct image_patch){ off + 8, (uint8_t)~byte };
	image.patched = true;
	ck_assert_int_eq(image_mount(&image, &ext_driver), -1);
	ck_assert_str_eq(image.err.text,
		"ext4: root directory: inode 2: wrong checksum");
	image_close(&image);
}
END_TEST

START_TEST(says_where_a_disk_that_was_cut_off_ends)
{
	image_open(&image, "plain.img");
	image.vol.size = 2100;
	ck_assert_int_eq(image_use(&image, &ext_driver, "/file"), -1);
	ck_assert_str_eq(image.err.text,
		"ext4: root directory: inode 2: descriptor of group 0: "
		"64 bytes at 0x800 lie beyond the volume's end (0x834)");
	image_close(&image);
}
END_TEST

START_TEST(knows_no_file_system_where_there_is_none)
{
	image_open(&image, "plain.img");
	image.patch = (struct image_patch){ 1024 + 56, 0 };
	image.patched = true;
	ck_assert_int_eq(image_use(&image, &ext_driver, "/file"), -1);
	ck_assert_int_eq(image.err.code, ERR_NOT_FOUND);
	image_close(&image);
}
END_TEST

static const char *const images[] = { "plain.img", "summed.img", "old.img" };

static const char *const paths[] = { "/file", "/frag", "/link", "/dir/below",
	"/absent" };

START_TEST(survives_any_length)
{
	image_open(&image, images[_i]);
	image_survive_lengths(
		&image, &ext_driver, paths, COUNT(paths), 2 << 20, 61, 3001);
	image_close(&image);
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	image_open(&image, images[_i]);
	image_survive_changes(
		&image, &ext_driver, paths, COUNT(paths), 1024, 1000, 1 << 20);
	image_close(&image);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ext_faults");
	TCase *tc = tcase_create("ext_faults");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, setup_images, image_cleanup);
	tcase_add_loop_test(tc, says_what_is_broken, 0, COUNT(faults));
	tcase_add_test(tc, ends_a_loop_of_indirect_blocks);
	tcase_add_test(tc, ends_a_loop_in_an_extent_tree);
	tcase_add_loop_test(tc, refuses_a_broken_directory, 0, COUNT(entries));
	tcase_add_test(tc, refuses_a_superblock_with_a_wrong_checksum);
	tcase_add_test(tc, refuses_an_inode_with_a_wrong_checksum);
	tcase_add_test(tc, says_where_a_disk_that_was_cut_off_ends);
	tcase_add_test(tc, knows_no_file_system_where_there_is_none);
	tcase_add_loop_test(tc, survives_any_length, 0, COUNT(images));
	tcase_add_loop_test(tc, survives_a_changed_byte, 0, COUNT(images));
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
