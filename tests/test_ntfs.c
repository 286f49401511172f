/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ntfs-3g wrote is read back and compared.  What is broken is in
 * test_ntfs_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static struct image image;

/* The host's side of what ntfs.sh made. */
static void make_trees(void)
{
	image_tree("--few");
	image_run("for pieces in 20 290; do cp -a tree tree-$pieces; "
		  "mkdir -p tree-$pieces/packed tree-$pieces/wsl && "
		  "(cd tree-$pieces && "
		  "cp holes size-65537 small.txt packed && "
		  "head -c 200001 lines >packed/lines && "
		  "gzip -nc lines | head -c 30000 >packed/noise && "
		  "head -c $((pieces * 4096)) lines >odd && cp odd even && "
		  "ln -s ../small.txt wsl/link && mkfifo wsl/pipe && "
		  "ln -s /boot/vmlinuz wsl/absolute && "
		  "find . -exec touch -h -d @1700000002 {} +); done");
	image_stored("ntfs.img");
	image_stored("ntfs-512.img");
}

static void open_image(const char *name)
{
	image_open(&image, name);
	ck_assert_msg(
		image_mount(&image, &ntfs_driver) == 0, "%s", image.err.text);
}

static const struct {
	const char *name;
	const char *tree;
} stored[] = {
	{ "ntfs.img", "tree-20" },
	/* pieces that need a list of attributes; names in blocks of an index */
	{ "ntfs-512.img", "tree-290" },
};

START_TEST(reads_what_ntfs_3g_wrote)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(),
		stored[_i].tree);
	open_image(stored[_i].name);
	ck_assert_str_eq(image.fs.type, "ntfs");
	ck_assert_ptr_null(image.fs.notice);
	image_compare(&image, host, NULL, true);
	image_close(&image);
}
END_TEST

/* As GRUB does. */
START_TEST(has_a_label_and_a_serial_number)
{
	open_image("ntfs.img");
	ck_assert_str_eq(image.fs.label,
		"Gr\xc3\xb6\xc3\x9f"
		"e");
	ck_assert_str_eq(image.fs.uuid, "FE34567800C0FFEE");
	image_close(&image);
	open_image("ntfs-512.img");
	ck_assert_str_eq(image.fs.label, "");
	image_close(&image);
}
END_TEST

START_TEST(knows_when_a_file_was_changed)
{
	struct fs_node node;

	open_image("ntfs.img");
	image_find(&image, "/small.txt", &node);
	ck_assert_int_eq(node.mtime, 1700000002);
	image_close(&image);
}
END_TEST

/* ntfs-3g makes names in the space of POSIX, where case counts. */
static const struct {
	const char *path;
	bool windows; /* the name is put in the space of Windows */
	bool found;
} cases[] = {
	{ "/small.txt", false, true },
	{ "/SMALL.TXT", false, false },
	{ "/small.txt", true, true },
	{ "/SMALL.TXT", true, true },
	{ "/smal.txt", true, false },
	{ "/$MFT", false, false },
};

/* All names "small.txt" of the image */
static void let_names_be_of_windows(const char *name)
{
	image_run("LC_ALL=C grep -abo "
		  "\"$(printf 's\\\\x00m\\\\x00a\\\\x00l\\\\x00l\\\\x00')\" -P "
		  "%s | cut -d: -f1 | while read -r at; do printf '\\001' | "
		  "dd of=%s bs=1 conv=notrunc seek=$((at - 1)); done",
		name, name);
}

START_TEST(compares_names_as_windows_does)
{
	struct fs_node node;
	int r;

	image_run("cp ntfs.img made.img");
	if (cases[_i].windows)
		let_names_be_of_windows("made.img");
	open_image("made.img");
	r = fs_find(&image.fs, cases[_i].path, &node, &image.err);
	ck_assert_msg((r == 0) == cases[_i].found, "%s", cases[_i].path);
	image_close(&image);
}
END_TEST

START_TEST(reads_at_any_offset)
{
	static const char *const files[] = { "/lines", "/odd", "/packed/lines",
		"/packed/holes", "/packed/noise", "/holes" };
	struct fs_node large, other;

	open_image(stored[_i % 2].name);
	image_find(&image, files[_i / 2], &large);
	image_find(&image, "/boot/grub/grub.cfg", &other);
	image_read_anywhere(&image, &large, &other, 5000, 500);
	image_close(&image);
}
END_TEST

START_TEST(reads_a_partition)
{
	image_run("cp ntfs.img made.img");
	image_compare_in_disk("made.img", &ntfs_driver, "tree-20");
}
END_TEST

/* One is made over the other: the last one is there, whatever is left. */
static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "mkntfs -q -F -Q made.img && mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkntfs -q -F -Q made.img && mkfs.fat -F 32 -s 1 made.img", "fat32" },
	{ "mkfs.fat -F 32 -s 1 made.img && mkntfs -q -F -Q made.img", "ntfs" },
	{ "mke2fs -q -F -t ext4 made.img && mkntfs -q -F -Q made.img", "ntfs" },
	{ "mkntfs -q -F -Q made.img && mkfs.exfat made.img", "exfat" },
	{ "mkudffs made.img && mkntfs -q -F -Q made.img", "ntfs" },
	{ "mkntfs -q -F -Q made.img && mkudffs made.img", "udf" },
};

START_TEST(is_told_apart_from_others)
{
	image_run("rm -f made.img && truncate -s 40M made.img && %s",
		remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

/* But for holes, which it reads wrong, and links, which it does not know. */
START_TEST(reads_what_grub_reads)
{
	if (system("command -v grub-fstest >/dev/null") != 0) {
		fputs("ntfs: not compared with GRUB: no grub-fstest\n", stderr);
		return;
	}
	image_run("cd tree-20 && for f in boot/vmlinuz lines small.txt odd "
		  "packed/lines packed/noise size-*; do "
		  "grub-fstest ../ntfs.img cmp \"(loop0)/$f\" \"$f\" "
		  "|| exit 1; done");
	image_run("LC_ALL=C grub-fstest ntfs.img ls -- -l '(loop0)' >said; "
		  "grep -F 'UUID FE34567800C0FFEE' said");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("ntfs");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_trees, image_cleanup);
	tcase_add_loop_test(tc, reads_what_ntfs_3g_wrote, 0, COUNT(stored));
	tcase_add_test(tc, has_a_label_and_a_serial_number);
	tcase_add_test(tc, knows_when_a_file_was_changed);
	tcase_add_loop_test(
		tc, compares_names_as_windows_does, 0, COUNT(cases));
	tcase_add_loop_test(tc, reads_at_any_offset, 0, 12);
	tcase_add_test(tc, reads_a_partition);
	tcase_add_loop_test(tc, is_told_apart_from_others, 0, COUNT(remade));
	tcase_add_test(tc, reads_what_grub_reads);
	return run_suite("ntfs", &tc, 1);
}
