/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What xorriso and genisoimage make of trees of files, with Rock Ridge, with
 * Joliet and with plain names only, is read back and compared.  What these
 * tools do not make is in test_iso9660_forms.c, what is broken in
 * test_iso9660_faults.c.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/image.h"
#include "tests/support/runner.h"

#define MKISOFS "xorriso -as mkisofs -quiet "

static struct image image;

/* Names that plain ISO 9660 of level 1 can have, in the case it shows them. */
static void make_plain_tree(void)
{
	image_run("mkdir -p plain/boot/grub plain/empty plain/many "
		  "plain/1/2/3/4/5/6");
	image_file("plain/kernel", NULL, 700001);
	image_file("plain/small.txt", "hello, world", 12);
	image_file("plain/nothing", "", 0);
	image_file("plain/sector.2k", NULL, 2048);
	image_file("plain/boot/grub/grub.cfg", NULL, 4095);
	image_file("plain/1/2/3/4/5/6/deep", "deep", 4);
	image_run("cd plain/many && seq -f 'f%%05g.txt' 300 | xargs touch");
}

/* The same and longer names, of up to 60 letters of any script. */
static void make_joliet_tree(void)
{
	image_run("cp -a plain joliet && mkdir joliet/Upper");
	image_file("joliet/Upper/A long name with blanks.and.dots.txt", "x", 1);
	image_file("joliet/gr\xc3\xbc\xc3\x9f"
		   "e-\xe6\x97\xa5\xe6\x9c\xac.txt",
		"x", 1);
	image_file("joliet/vmlinuz-6.1.0-18-amd64", NULL, 5000);
	image_run("cd joliet/many && seq -f '%%g is a name in a large "
		  "directory' 300 | xargs -d '\\n' touch");
}

/*
 * The same, and what only Rock Ridge has.  Linux 6.1 cuts names of more than
 * 253 bytes, and times after 2038.
 */
static void make_rock_tree(void)
{
	image_run(
		"cp -a joliet rock && cd rock && "
		"touch small.TXT 'a;1' b. c:\\\\d '*?' $(printf 'n%%0252d' 7) "
		"$(printf '\\\\377\\\\200') && mkfifo fifo && "
		"mkdir -p 1/2/3/4/5/6/7/8/9/10 a/b/c/d/e/f/g/h/i/j && "
		"echo x > 1/2/3/4/5/6/7/8/9/10/deeper && "
		"mkdir -p \"$(printf 'd%%0252d' 7)\"");
	image_run("cd rock && ln -s small.txt link && ln -s / root && "
		  "ln -s . here && ln -s .. above && "
		  "ln -s /boot/grub/grub.cfg absolute && "
		  "ln -s ../../1/./2/../2/3 relative && "
		  "ln -s ... dots && ln -s absent 1/2/3/4/5/6/7/8/dangling && "
		  "ln nothing hard-link");
	/* what genisoimage writes of the first two, it breaks, and over the
	 * third it takes for ever */
	image_run(
		"mkdir links && cd links && echo x > file && "
		"ln -s \"$(printf 'n%%0252d' 7)\" longest-name && "
		"ln -s \"$(printf 'long/%%0150d/' 1 2 3 4 5)end\" long && "
		"ln -s \"$(printf 'a/%%.0s' $(seq 450))b\" parts && touch -d @1700000002 file");
}

static void make_trees(void)
{
	make_plain_tree();
	make_joliet_tree();
	make_rock_tree();
	image_run("find plain joliet rock -exec touch -hd @1700000002 {} +; "
		  "for t in plain joliet rock; do cd $t; "
		  "touch -d 1980-01-01T00:00:00Z nothing && "
		  "touch -d 2037-12-31T23:59:59Z small.txt && "
		  "touch -d 2024-02-29T12:34:56Z kernel; cd ..; done");
}

/* Fields 14 bytes further on, where GRUB does not look for them. */
#define BEHIND_XA "genisoimage -quiet -XA -R -o made.img"

static const struct made {
	const char *tree;
	const char *command; /* behind it comes the tree's name */
} made[] = {
	{ "rock", MKISOFS "-o made.img" },
	{ "links", MKISOFS "-o made.img" },
	{ "rock", MKISOFS "-J -joliet-long -o made.img" },
	{ "rock", MKISOFS "-iso-level 3 -D -o made.img" },
	{ "rock", MKISOFS "-U -o made.img" },
	{ "rock", MKISOFS "-rr_reloc_dir rr_moved -o made.img" },
	{ "rock", MKISOFS "-hide-rr-moved -o made.img" },
	{ "rock",
		"xorriso -compliance deep_paths_off -as mkisofs -quiet "
		"-o made.img" },
	{ "rock", MKISOFS "-partition_offset 16 -o made.img" },
	{ "rock", "genisoimage -quiet -R -o made.img" },
	{ "rock", "genisoimage -quiet -D -R -J -joliet-long -o made.img" },
	{ "rock", BEHIND_XA },
	{ "joliet", MKISOFS "--norock -J -joliet-long -o made.img" },
	{ "joliet", "genisoimage -quiet -J -joliet-long -o made.img" },
	{ "joliet",
		"genisoimage -quiet -jcharset utf-8 -J -joliet-long "
		"-input-charset utf-8 -o made.img" },
	{ "plain", MKISOFS "--norock -o made.img" },
	{ "plain", MKISOFS "--norock -iso-level 1 -o made.img" },
	{ "plain", MKISOFS "--norock -iso-level 4 -o made.img" },
	{ "plain", MKISOFS "--norock -N -d -o made.img" },
	{ "plain", "genisoimage -quiet -iso-level 1 -o made.img" },
	{ "plain", "genisoimage -quiet -iso-level 3 -N -d -o made.img" },
	{ "plain", "genisoimage -quiet -XA -o made.img" },
};

static void make(const struct made *how)
{
	image_run("rm -f made.img && export LC_ALL=C.UTF-8 && "
		  "%s -V 'A b label' %s",
		how->command, how->tree);
}

static void open_made(void)
{
	image_must_mount(&image, "made.img", &iso9660_driver);
}

static void compare_made(const char *tree)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/%s", image_directory(), tree);
	open_made();
	image_compare(&image, host, "rr_moved", true);
	image_close(&image);
}

START_TEST(reads_all_that_the_tools_make)
{
	make(&made[_i]);
	compare_made(made[_i].tree);
}
END_TEST

/* Made by genisoimage, whose own link is not all that it has. */
START_TEST(finds_what_stands_beside_a_link_that_is_broken)
{
	struct fs_node node;

	image_run("rm links/parts && genisoimage -quiet -R -o made.img links");
	open_made();
	ck_assert_int_eq(fs_find(&image.fs, "/file", &node, &image.err), 0);
	ck_assert_int_eq(node.type, FS_FILE);
	ck_assert_int_eq(image_list(&image, &image.fs.root), 0);
	ck_assert_int_eq(fs_find(&image.fs, "/long", &node, &image.err), -1);
	ck_assert_str_eq(strstr(image.err.text, ": a part"),
		": a part of a symbolic link has no room");
	ck_assert_int_eq(image.err.code, ERR_CORRUPT);
	image_close(&image);
}
END_TEST

/* The disk as a whole, and the partition that begins 32 KiB later. */
START_TEST(reads_a_volume_that_is_two)
{
	char host[128];
	int i;

	snprintf(host, sizeof(host), "%s/rock", image_directory());
	make(&(struct made){ "rock",
		MKISOFS "-partition_offset 16 "
			"-o made.img" });
	for (i = 0; i < 2; i++) {
		image_open(&image, "made.img");
		image.range.start = i ? 32768 : 0;
		image.vol.size = image.below.size -= image.range.start;
		ck_assert_int_eq(image_mount(&image, &iso9660_driver), 0);
		image_compare(&image, host, NULL, true);
		image_close(&image);
	}
}
END_TEST

/* Attributes for Linux stand between the fields, in areas of some KiB. */
START_TEST(reads_past_attributes)
{
	char host[128];

	snprintf(host, sizeof(host), "%s/attributes", image_directory());
	image_run("rm -rf attributes made.img && mkdir attributes && "
		  "cd attributes && echo x > before && echo y > with && "
		  "echo z > zzz && ln -s $(printf 'long/%%0100d/' 1 2 3)end "
		  "link && touch -hd @1700000002 * && cd .. && "
		  "xorriso -xattr on -outdev made.img -map attributes / "
		  "-setfattr user.x \"$(head -c 9000 /dev/zero | tr '\\0' x)\" "
		  "/with /link -- -commit");
	open_made();
	image_compare(&image, host, NULL, true);
	image_close(&image);
}
END_TEST

/* One is made over the other: the last one is there, whatever is left. */
static const struct {
	const char *commands;
	const char *type;
} remade[] = {
	{ "mke2fs -q -F -t ext4 made.img", "ext4" },
	{ "mkfs.fat -F 32 made.img", "fat32" },
	{ "mke2fs -q -F -t ext4 made.img && dd if=iso.img of=made.img "
	  "conv=notrunc",
		"iso9660" },
	{ "mkfs.fat -F 32 made.img && dd if=iso.img of=made.img conv=notrunc",
		"iso9660" },
	{ "mkfs.fat -F 16 made.img && dd if=iso.img of=made.img conv=notrunc",
		"iso9660" },
};

START_TEST(is_told_apart_from_others)
{
	make(&made[0]);
	image_run("mv made.img iso.img && cp iso.img made.img && "
		  "truncate -s 40M made.img && %s && rm iso.img",
		remade[_i].commands);
	image_is_taken_for("made.img", fs_drivers, remade[_i].type);
}
END_TEST

/*
 * The files of a tree that grub-fstest can be asked for, in a shell's loop.
 * GRUB takes the size of a relocated directory from the record that leads
 * there, which is 0, and finds nothing in it.
 */
#define EACH_FILE                                                              \
	"find . -type f -size +0 ! -path './many/*' "                          \
	"! -path './1/2/3/4/5/6/7/8/*' ! -name '*[\\\\;*?]*' ! -name '*.' | "  \
	"LC_ALL=C grep -v '[^ -~]' | while read -r f; do "

/* GRUB reads each file and compares it with the host's. */
START_TEST(reads_what_grub_reads)
{
	if (system("command -v grub-fstest >/dev/null") != 0) {
		fputs("iso9660: not compared with GRUB: no grub-fstest\n",
			stderr);
		return;
	}
	make(&made[_i]);
	compare_made(made[_i].tree);
	if (strcmp(made[_i].command, BEHIND_XA) == 0)
		return;
	image_run("(cd %s && " EACH_FILE
		  "grub-fstest ../made.img cmp \"(loop0)/$f\" \"$f\" "
		  "|| exit 1; done)",
		made[_i].tree);
	open_made();
	image_run("LC_ALL=C grub-fstest made.img ls -- -l '(loop0)' >said && "
		  "grep -F 'type %s - Label `%s'\\'' - ' said && "
		  "grep -F ', UUID %s - ' said",
		image.fs.type, image.fs.label, image.fs.uuid);
	image_close(&image);
}
END_TEST

/* The kernel shows the directory that genisoimage keeps deep ones in. */
START_TEST(reads_what_the_kernel_reads)
{
	int i;

	for (i = 0; i < COUNT(made); i++) {
		make(&made[i]);
		if (!image_loop_mount("made.img", "ro,utf8")) {
			fputs("iso9660: not compared with the kernel: cannot "
			      "mount\n",
				stderr);
			return;
		}
		image_run("rm -rf kernel && mkdir kernel && "
			  "cp -a mnt/. kernel; unmount mnt; "
			  "rm -rf kernel/rr_moved");
		compare_made("kernel");
	}
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("iso9660");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_trees, image_cleanup);
	tcase_add_loop_test(tc, reads_all_that_the_tools_make, 0, COUNT(made));
	tcase_add_test(tc, finds_what_stands_beside_a_link_that_is_broken);
	tcase_add_test(tc, reads_a_volume_that_is_two);
	tcase_add_test(tc, reads_past_attributes);
	tcase_add_loop_test(tc, is_told_apart_from_others, 0, COUNT(remade));
	tcase_add_loop_test(tc, reads_what_grub_reads, 0, COUNT(made));
	tcase_add_test(tc, reads_what_the_kernel_reads);
	return run_suite("iso9660", &tc, 1);
}
