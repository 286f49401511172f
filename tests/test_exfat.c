/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mkfs.exfat makes, filled by exfat_fill.py and, where FUSE may be used,
 * by exfat-fuse, is read back and compared.  What is broken is in
 * test_exfat_faults.c.
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

static void make_tree(void)
{
	image_tree("--no-links --few");
	image_file("tree/Mixed.Txt", "mixed", 5);
	image_file("tree/\xf0\x9f\x90\xa7.txt", "penguin", 7);
	image_file("tree/vmlinuz", NULL, 700001);
	image_run("cd tree && touch $(printf 'm%%0254d' 7) && "
		  "head -c 1000 /dev/zero >>lines && "
		  "head -c 1000 /dev/zero >>vmlinuz && "
		  "find . -exec touch -d @1700000001 {} + && "
		  "touch -d 1980-01-01T00:00:00Z empty && "
		  "touch -d 2107-12-31T20:59:58Z small.txt && "
		  "touch -d 2024-02-29T12:34:56Z Mixed.Txt");
}

static const struct made {
	const char *size;
	const char *options; /* of mkfs.exfat */
	const char *how;     /* of exfat_fill.py */
} made[] = {
	{ "16M", "-c 4K", "" },
	{ "16M", "-c 512", "" },
	{ "32M", "-c 512", "scatter" },
	{ "32M", "-c 4K", "scatter unwritten" },
	{ "32M", "-c 4K", "scatter second" },
	{ "256M", "-c 128K", "unwritten 2^12" },
	{ "64M", "-c 32K --pack-bitmap", "2^10" },
	{ "64M", "-c 32K", "scatter 2^11 second" },
	{ "2G", "-c 32M", "" },
};

static void make(const struct made *how)
{
	image_run(
		"rm -f made.img && truncate -s %s made.img && "
		"mkfs.exfat %s -L 'A b l\xc3\xa4"
		"bel' made.img && "
		"printf '\\356\\377\\300\\000' | dd of=made.img bs=1 seek=100 "
		"conv=notrunc && " TESTIMAGES "/exfat_fill.py made.img tree %s",
		how->size, how->options, how->how);
}

static void open_made(void)
{
	image_must_mount(&image, "made.img", &exfat_driver);
}

static void compare_made(const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_made();
	image_compare(&image, host, NULL, true);
	image_close(&image);
}

START_TEST(reads_all_that_is_made)
{
	make(&made[_i]);
	open_made();
	ck_assert_str_eq(image.fs.type, "exfat");
	ck_assert_str_eq(image.fs.label,
		"A b l\xc3\xa4"
		"bel");
	ck_assert_str_eq(image.fs.uuid, "00C0-FFEE");
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
	compare_made("tree");
}
END_TEST

/* A loop device, FUSE and its driver are needed. */
static bool mounted(const char *options)
{
	char all[128];

	snprintf(all, sizeof(all), "%s -t exfat-fuse", options);
	if (system("command -v mount.exfat-fuse >/dev/null") == 0 &&
		image_loop_mount("made.img", all))
		return true;
	fputs("exfat: not compared with exfat-fuse, which cannot mount\n",
		stderr);
	return false;
}

static const char *const clusters[] = { "512", "4K", "128K" };

/* It writes the tree, deletes, and adds by turns to two files. */
START_TEST(reads_what_another_implementation_wrote)
{
	image_run("rm -f made.img && truncate -s 64M made.img && "
		  "mkfs.exfat -c %s made.img",
		clusters[_i]);
	if (!mounted("rw"))
		return;
	image_run("cp -a tree/. mnt && cd mnt && "
		  "touch -d @1700000001 small.txt && for i in $(seq 300); do "
		  "head -c 5000 ../tree/lines >f$i; done && rm f*[02468] && "
		  "head -c 900000 ../tree/lines >large && "
		  "truncate -s 2M large && for i in $(seq 301 400); do "
		  "head -c 3000 ../tree/lines >g$i && cat g$i >>large; done; "
		  "cd .. && rm -rf copy && unmount mnt");
	ck_assert(mounted("ro"));
	image_run("cp -a mnt copy; unmount mnt");
	compare_made("copy");
}
END_TEST

START_TEST(its_driver_reads_what_the_test_wrote)
{
	make(&made[_i]);
	if (mounted("ro"))
		image_run("diff -r tree mnt; r=$?; unmount mnt; [ $r = 0 ]");
}
END_TEST

static const struct {
	const char *path;
	bool found;
} cases[] = {
	{ "/SMALL.TXT", true },
	{ "/BOOT/Grub/grub.CFG", true },
	{ "/GR\xc3\x9c\xc3\x9f"
	  "E-\xe6\x97\xa5\xe6\x9c\xac.TXT",
		true },
	{ "/gruesse", false },
	{ "/small.tx", false },
	{ "/small.txtx", false },
	{ "/\xff", false },
};

START_TEST(compares_names_without_case)
{
	struct fs_node node;
	int i;

	make(&made[0]);
	open_made();
	for (i = 0; i < COUNT(cases); i++) {
		int r = fs_find(&image.fs, cases[i].path, &node, &image.err);

		ck_assert_msg((r == 0) == cases[i].found, "%s", cases[i].path);
	}
	image_close(&image);
}
END_TEST

START_TEST(maps_a_file_in_one_piece_without_the_table)
{
	struct fs_node node;
	int extents;

	make(&made[1]);
	open_made();
	image_find(&image, "/lines", &node);
	image.reads = 0;
	extents = image_count_extents(&image, &node);
	ck_assert_int_eq(extents, 1);
	ck_assert_uint_eq(image.reads, 0);
	image_close(&image);
}
END_TEST

START_TEST(reads_at_any_offset)
{
	struct fs_node large, other;

	make(&made[_i]);
	open_made();
	image_find(&image, "/lines", &large);
	image_find(&image, "/boot/grub/grub.cfg", &other);
	image_read_anywhere(&image, &large, &other, 5000, 500);
	image_close(&image);
}
END_TEST

START_TEST(warns_of_a_file_system_that_was_not_unmounted)
{
	make(&made[0]);
	image_write("made.img", 106, "\x02", 1);
	open_made();
	ck_assert_str_eq(image.fs.notice,
		"it was not unmounted: files changed just before may be "
		"incomplete");
	image_close(&image);
}
END_TEST

START_TEST(reads_a_partition)
{
	make(&made[0]);
	image_compare_in_disk("made.img", &exfat_driver, "tree");
}
END_TEST

/* One is made over the other: the last one is there, whatever is left. */
static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "mkfs.exfat made.img && mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkfs.exfat made.img && mkfs.fat -F 32 -s 1 made.img", "fat32" },
	{ "mkfs.fat -F 32 -s 1 made.img && mkfs.exfat made.img", "exfat" },
	{ "mke2fs -q -F -t ext4 made.img && mkfs.exfat made.img", "exfat" },
};

START_TEST(is_told_apart_from_others)
{
	image_run("rm -f made.img && truncate -s 40M made.img && %s",
		remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

/* GRUB, which knows not what was never written, reads each file and compares it
 * with the host's. */
START_TEST(reads_what_grub_reads)
{
	if (system("command -v grub-fstest >/dev/null") != 0) {
		fputs("exfat: not compared with GRUB: no grub-fstest\n",
			stderr);
		return;
	}
	make(&made[_i]);
	image_run("cd tree && find . -type f -size +0 ! -path './many/*' "
		  "! -name 'a+*' | while read -r f; do "
		  "grub-fstest ../made.img cmp \"(loop0)/$f\" \"$f\" "
		  "|| exit 1; done");
	image_run("LC_ALL=C grub-fstest made.img ls -- -l '(loop0)' >said; "
		  "grep -F 'type exfat - Label' said && "
		  "{ grep -F 'UUID 00C0-FFEE' said || grep -F 'Last' said; }");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("exfat");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_tree, image_cleanup);
	tcase_add_loop_test(tc, reads_all_that_is_made, 0, COUNT(made));
	tcase_add_loop_test(tc, reads_what_another_implementation_wrote, 0,
		COUNT(clusters));
	tcase_add_loop_test(tc, its_driver_reads_what_the_test_wrote, 0, 3);
	tcase_add_test(tc, compares_names_without_case);
	tcase_add_test(tc, maps_a_file_in_one_piece_without_the_table);
	tcase_add_loop_test(tc, reads_at_any_offset, 2, 4);
	tcase_add_test(tc, warns_of_a_file_system_that_was_not_unmounted);
	tcase_add_test(tc, reads_a_partition);
	tcase_add_loop_test(tc, is_told_apart_from_others, 0, COUNT(remade));
	tcase_add_loop_test(tc, reads_what_grub_reads, 0, 3);
	return run_suite("exfat", &tc, 1);
}
