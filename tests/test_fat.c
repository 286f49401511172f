/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What mkfs.fat and mtools make of one tree of files, in every width of the
 * table, size of sectors and size of clusters, is read back and compared.  What
 * is broken is in test_fat_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fsdrivers/drivers.h"
#include "tests/support/image.h"

static struct image image;

/* mtools takes names for UTF-8 and times for UTC only if it is told. */
#define MTOOLS "export LC_ALL=C.UTF-8 TZ=UTC MTOOLSRC=/dev/null; "

static void make_tree(void)
{
	image_run("mkdir -p tree/EFI/BOOT tree/many tree/empty_dir "
		  "tree/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f");
	image_file("tree/small.txt", "hello, world", 12);
	image_file("tree/empty", "", 0);
	image_file("tree/UPPER.TXT", "upper", 5);
	image_file("tree/UPPER.low", "half", 4);
	image_file("tree/lower.LOW", "half", 4);
	image_file("tree/Mixed.Txt", "mixed", 5);
	image_file("tree/N.X", "short", 5);
	image_file("tree/KERNEL", NULL, 512);
	image_file("tree/a+b,c;d=e[f].x.y", "odd", 3);
	image_file("tree/gr\xc3\xbc\xc3\x9f"
		   "e-\xe6\x97\xa5\xe6\x9c\xac.txt",
		"x", 1);
	image_file("tree/n\xc3\xa4me", "code page", 9);
	image_file("tree/vmlinuz-6.1.0-18-amd64", NULL, 700001);
	image_file("tree/EFI/BOOT/BOOTX64.EFI", NULL, 65536);
	image_file("tree/EFI/BOOT/grub.cfg", NULL, 4095);
	image_file("tree/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/deep", "deep", 4);
	image_run("cd tree/many && seq -f 'a name in a large directory %%g' "
		  "400 | xargs -d '\\n' touch && cd .. && "
		  "touch $(printf 'n%%0254d' 7) && "
		  "find . -exec touch -d @1700000002 {} +");
	image_run("touch -d 1980-01-01T00:00:00Z tree/empty && "
		  "touch -d 2107-12-31T23:59:58Z tree/small.txt && "
		  "touch -d 2100-03-01T00:00:00Z tree/UPPER.TXT && "
		  "touch -d 2024-02-29T12:34:56Z tree/UPPER.low && "
		  "touch -d 2024-12-31T12:34:56Z tree/N.X && "
		  "touch -d 2099-12-31T00:00:00Z tree/KERNEL");
}

static const struct made {
	const char *type; /* as the driver has to say */
	const char *size; /* the file is sparse */
	const char *options;
} made[] = {
	{ "fat12", "8M", "-F 12 -s 4" },
	{ "fat12", "4080K", "-F 12 -s 2 -f 1" },
	{ "fat12", "100M", "-F 12 -s 128" },
	{ "fat12", "16M", "-F 12 -S 1024 -s 8 -R 7" },
	{ "fat12", "16M", "-F 12 -S 4096 -s 2" },
	{ "fat12", "1G", "-F 12 -S 4096 -s 128" },
	{ "fat16", "16M", "-F 16 -s 1" },
	{ "fat16", "16M", "-F 16 -s 4 -f 4 -r 4096" },
	{ "fat16", "1G", "-F 16 -s 64" },
	{ "fat16", "40M", "-F 16 -S 1024 -s 1" },
	{ "fat16", "64M", "-F 16 -S 2048 -s 1 -R 3" },
	{ "fat16", "80M", "-F 16 -S 4096 -s 1" },
	{ "fat16", "3G", "-F 16 -S 4096 -s 128" },
	{ "fat32", "40M", "-F 32 -s 1" },
	{ "fat32", "300M", "-F 32 -s 8 -f 1" },
	{ "fat32", "5G", "-F 32 -s 128" },
	{ "fat32", "600M", "-F 32 -S 4096 -s 1 -R 2 -b 0" },
	{ "fat32", "40G", "-F 32 -S 4096 -s 128" },
};

static void make(const struct made *how)
{
	image_run("rm -f made.img && truncate -s %s made.img && "
		  "mkfs.fat %s -n 'A b label' -i 00c0ffee made.img",
		how->size, how->options);
}

/* Everything in a tree of the directory, into the image's root. */
static void fill(const char *tree)
{
	image_run(MTOOLS "cd %s && mcopy -s -m -Q -i ../made.img * ::/", tree);
}

static void open_made(void)
{
	image_open(&image, "made.img");
	ck_assert_msg(
		image_mount(&image, &fat_driver) == 0, "%s", image.err.text);
}

static void compare_made(const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_made();
	image_compare(&image, host, NULL, true);
	image_close(&image);
}

START_TEST(reads_all_that_mkfs_and_mtools_make)
{
	make(&made[_i]);
	fill("tree");
	open_made();
	ck_assert_str_eq(image.fs.type, made[_i].type);
	ck_assert_str_eq(image.fs.label, "A b label");
	ck_assert_str_eq(image.fs.uuid, "00C0-FFEE");
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
	compare_made("tree");
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("fat");
	TCase *tc = tcase_create("fat");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_tree, image_cleanup);
	tcase_add_loop_test(
		tc, reads_all_that_mkfs_and_mtools_make, 0, COUNT(made));
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
