/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Linux wrote on what mkudffs made, what genisoimage makes, and what
 * mkudf.py makes in forms that neither can, is read back and compared.  What is
 * broken is in test_udf_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

static struct image image;

static void make_trees(void)
{
	image_tree("--few");
	/* there is no way to write two slashes behind each other */
	image_run("cd tree && for i in link-*; do "
		  "ln -sfn \"$(readlink $i | tr -s /)\" $i; done");
	/* what was done on the stored ones */
	image_run("cp -a tree stored && cd stored && "
		  "head -c 81920 lines >odd && cp odd even && "
		  "rm longlink many/file01* && touch -d @1700000002 odd even");
}

static void open_image(const char *name)
{
	image_open(&image, name);
	ck_assert_msg(
		image_mount(&image, &udf_driver) == 0, "%s", image.err.text);
}

static void compare(const char *name, const char *tree, bool times)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_image(name);
	image_compare(&image, host, "lost+found", times);
	image_close(&image);
}

static const struct {
	const char *name;
	const char *label;
	const char *uuid;
} stored[] = {
	{ "udf-hd.img",
		"Gr\xc3\xb6\xc3\x9f"
		"e",
		"0123456789abcdef" },
	{ "udf-102.img", "plain", "4a4b4c4d357a7a2d" },
	{ "udf-cdrw.img", "spared", NULL },
	{ "udf-4k.img", "\xe6\x97\xa5\xe6\x9c\xac", NULL },
};

START_TEST(reads_what_linux_wrote)
{
	image_stored(stored[_i].name);
	open_image(stored[_i].name);
	ck_assert_str_eq(image.fs.type, "udf");
	ck_assert_str_eq(image.fs.label, stored[_i].label);
	if (stored[_i].uuid)
		ck_assert_str_eq(image.fs.uuid, stored[_i].uuid);
	ck_assert_ptr_null(image.fs.notice);
	image_close(&image);
	compare(stored[_i].name, "stored", false);
}
END_TEST

static const char *const forms[] = {
	"",
	"long scatter chain",
	"extended scatter",
	"plain inside chain 2^9",
	"4096 2^12",
	"sparable",
	"sparable inside scatter 2^9",
	"metadata",
	"metadata inside 2^9",
	"metadata extended scatter chain 2^10",
	"virtual",
	"virtual inside chain scatter",
	"virtual1.50 plain 4096",
	"2^13",
};

static void make(const char *form)
{
	image_run(TESTIMAGES "/mkudf.py made.img tree %s", form);
}

START_TEST(reads_every_form)
{
	make(forms[_i]);
	open_image("made.img");
	ck_assert_str_eq(image.fs.label,
		"gr\xc3\xbc\xc3\x9ft "
		"\xe6\x97\xa5");
	ck_assert_str_eq(image.fs.uuid, "00c0ffee12345678");
	image_close(&image);
	compare("made.img", "tree", true);
}
END_TEST

/* Of 2048 bytes are its blocks; without Rock Ridge it knows no links. */
START_TEST(reads_what_genisoimage_makes)
{
	image_run("rm -rf bare && cp -a tree bare && find bare -type l -delete "
		  "&& genisoimage -quiet -udf -D -V label -o made.img bare");
	compare("made.img", "bare", true);
}
END_TEST

/* The rule of udf.c. */
static const struct {
	const char *command;
	const char *type;
} discs[] = {
	{ "genisoimage -quiet -udf -o made.img tree/boot", "udf" },
	{ "genisoimage -quiet -udf -J -o made.img tree/boot", "udf" },
	{ "genisoimage -quiet -udf -R -o made.img tree/boot", "iso9660" },
	{ "genisoimage -quiet -R -o made.img tree/boot", "iso9660" },
	{ TESTIMAGES "/mkudf.py made.img tree", "udf" },
	{ "truncate -s 20M made.img && mkudffs made.img && "
	  "mke2fs -q -F -t ext4 made.img",
		"ext4" },
	{ "truncate -s 20M made.img && mke2fs -q -F -t ext4 made.img && "
	  "mkudffs made.img",
		"udf" },
	{ "truncate -s 40M made.img && mkudffs made.img && "
	  "mkfs.fat -F 32 -s 1 made.img",
		"fat32" },
	{ "truncate -s 40M made.img && mkfs.fat -F 32 -s 1 made.img && "
	  "mkudffs made.img",
		"udf" },
};

START_TEST(is_told_apart_from_others)
{
	image_run("rm -f made.img && %s", discs[_i].command);
	image_is_taken_for("made.img", fs_drivers, discs[_i].type);
}
END_TEST

START_TEST(reads_at_any_offset)
{
	struct fs_node large, other;

	make(forms[_i]);
	open_image("made.img");
	image_find(&image, "/lines", &large);
	image_find(&image, "/boot/grub/grub.cfg", &other);
	image_read_anywhere(&image, &large, &other, 5000, 500);
	image_close(&image);
}
END_TEST

START_TEST(tells_names_apart_by_case)
{
	struct fs_node node;

	make("");
	open_image("made.img");
	image_find(&image, "/boot/vmlinuz", &node);
	ck_assert_int_eq(
		fs_find(&image.fs, "/Boot/vmlinuz", &node, &image.err), -1);
	ck_assert_int_eq(fs_find(&image.fs, "/deleted", &node, &image.err), -1);
	image_close(&image);
}
END_TEST

START_TEST(warns_of_a_volume_that_was_not_unmounted)
{
	image_stored("udf-hd.img");
	image_run("mkudffs -n udf-hd.img | sed -n 's/^start=\\([0-9]*\\), "
		  "blocks=[0-9]*, type=LVID.*/\\1/p' >at && [ -s at ] && "
		  "printf '\\0' | dd of=udf-hd.img bs=1 conv=notrunc "
		  "seek=$(($(cat at) * 512 + 28))");
	open_image("udf-hd.img");
	ck_assert_str_eq(image.fs.notice,
		"it was not unmounted: files changed just before may be "
		"incomplete");
	image_close(&image);
}
END_TEST

START_TEST(reads_a_partition)
{
	make("");
	image_compare_in_disk("made.img", &udf_driver, "tree");
}
END_TEST

/* GRUB knows neither links, nor holes in files, nor metadata without a mirror
 * of them: what it does know is compared. */
START_TEST(reads_what_grub_reads)
{
	if (system("command -v grub-fstest >/dev/null") != 0) {
		fputs("udf: not compared with GRUB: no grub-fstest\n", stderr);
		return;
	}
	make(forms[_i]);
	image_run("cd tree && for f in boot/vmlinuz lines small.txt "
		  "dir/below/file size-*; do grub-fstest ../made.img cmp "
		  "\"(loop0)/$f\" \"$f\" || exit 1; done");
	image_run("LC_ALL=C grub-fstest made.img ls -- -l '(loop0)' >said; "
		  "cat said >&2; grep -F 'UUID 00c0ffee12345678' said");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("udf");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_trees, image_cleanup);
	tcase_add_loop_test(tc, reads_what_linux_wrote, 0, COUNT(stored));
	tcase_add_loop_test(tc, reads_every_form, 0, COUNT(forms));
	tcase_add_test(tc, reads_what_genisoimage_makes);
	tcase_add_loop_test(tc, is_told_apart_from_others, 0, COUNT(discs));
	tcase_add_loop_test(tc, reads_at_any_offset, 0, COUNT(forms));
	tcase_add_test(tc, tells_names_apart_by_case);
	tcase_add_test(tc, warns_of_a_volume_that_was_not_unmounted);
	tcase_add_test(tc, reads_a_partition);
	tcase_add_loop_test(tc, reads_what_grub_reads, 0, 2);
	return run_suite("udf", &tc, 1);
}
