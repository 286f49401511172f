/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unified images as objcopy makes them of systemd's stub, on a FAT file system
 * as an ESP has it: what is copied out is what was put in.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fsdrivers/drivers.h"
#include "src/config/uki.h"
#include "src/extract.h"
#include "tests/support/fatimage.h"
#include "tests/support/runner.h"

#define STUB "/usr/lib/systemd/boot/efi/linuxx64.efi.stub"
#define BOOT "/usr/lib/systemd/boot/efi/systemd-bootx64.efi"
#define FILE_MAX_BYTES ((uint64_t)1 << 30)

static struct image image;
static struct arena arena;
static struct devices devices;
static struct guest guest;
static struct uki uki;
static struct boot boot;
static struct error err;

static void make_parts(void)
{
	image_file("kernel", NULL, 3000001);
	image_run("seq 700000 >initrd; seq -w 1999 >ucode; seq 9 >initrd2; "
		  "printf 'root=/dev/xvda1\\nro quiet\\n\\0' >cmdline; "
		  "printf rescue >cmdline2; printf 'debug\\n' >cmdline3; "
		  "printf 'ID=debian\\nPRETTY_NAME=\"Debian 12\"\\n' >osrel; "
		  "printf 'ID=main\\n' >main; "
		  "printf 'ID=rescue\\nTITLE=\"To the rescue\"' >rescue");
}

/* add SECTION FILE ADDRESS... for the call of objcopy that follows */
#define ADD                                                                    \
	"args=; add() { args=\"$args --add-section .$1=$2 "                    \
	"--change-section-vma .$1=$3\"; }; "

/*
 * objcopy orders sections by their addresses, and adds none of a name that is
 * there: those of profiles get theirs afterwards.
 */
static void make_tree(void)
{
	make_parts();
	image_run("mkdir -p tree/efi/LINUX/A.EFI.Extra.d tree/Loader/ADDONS && "
		  "cp " STUB " " BOOT " tree");
	image_run(ADD
		"add osrel osrel 0x30000; add cmdline cmdline 0x40000; "
		"add ucode ucode 0x100000; add initrd initrd 0x200000; "
		"add linux kernel 0x1000000; add p1 main 0x2000000; "
		"add p2 rescue 0x2010000; add c2 cmdline2 0x2020000; "
		"add i2 initrd2 0x2030000; objcopy $args " STUB " one && "
		"objcopy --rename-section .p1=.profile "
		"--rename-section .p2=.profile --rename-section .c2=.cmdline "
		"--rename-section .i2=.initrd one tree/efi/LINUX/a.EFI");
	image_run(ADD "add cmdline cmdline3 0x100000; objcopy $args " BOOT
		      " tree/Loader/ADDONS/x.ADDON.efi");
	image_run(ADD "add initrd initrd2 0x100000; objcopy $args " BOOT
		      " tree/efi/LINUX/A.EFI.Extra.d/y.addon.efi");
}

static void setup(void)
{
	static const struct fat_made esp = { "fat32", "64M", "-F 32 -s 1" };

	make_tree();
	fatimage_make(&esp);
	fatimage_fill("tree");
	image_open(&image, "made.img");
	error_clear(&err);
	arena_init(&arena, 64 << 20);
	ck_assert_int_eq(devices_scan(&devices, &image.disk, 1, &arena,
				 fs_drivers, &err),
		0);
	guest = (struct guest){ .arena = &arena, .devices = &devices };
	ck_assert_msg(uki_open(&guest, devices.list[0], "/EFI/Linux/a.efi",
			      &uki, &err) == 1,
		"%s", err.text);
}

static void teardown(void)
{
	devices_close(&devices);
	arena_free(&arena);
	image_close(&image);
	image_run("rm -rf tree made.img one");
}

/* Copy them out and let cmp compare the copy with the tree's files. */
static void check_files(const struct boot_file *list, size_t count,
	unsigned int align, const char *command)
{
	char path[128];
	uint64_t written;
	int out;

	snprintf(path, sizeof(path), "%s/out", image_directory());
	out = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(out, 0);
	ck_assert_msg(extract_files(&devices, list, count, align,
			      FILE_MAX_BYTES, out, &written, &err) == 0,
		"%s", err.text);
	ck_assert_int_eq(lseek(out, 0, SEEK_END), (off_t)written);
	close(out);
	image_run("%s | cmp - out", command);
}

static void check_profile(
	size_t profile, const char *args, const char *ramdisks)
{
	ck_assert_msg(uki_boot(&guest, &uki, profile, NULL, &boot, &err) == 0,
		"%s", err.text);
	ck_assert_uint_eq(guest.note_count, 0);
	ck_assert_str_eq(boot.args, args);
	check_files(&boot.kernel, 1, 0, "cat kernel");
	check_files(boot.ramdisks, boot.ramdisk_count, boot.ramdisk_align,
		ramdisks);
}

/* Files one behind the other, each filled up to a multiple of 4 bytes. */
#define PADDED                                                                 \
	"padded() { for f; do cat $f; n=$(stat -c %s $f); "                    \
	"head -c $(((4 - n % 4) % 4)) /dev/zero; done; }; "

START_TEST(what_objcopy_put_in_comes_out)
{
	ck_assert_str_eq(uki.title, "Debian 12");
	ck_assert_str_eq(uki.sort_key, "debian");
	ck_assert_uint_eq(uki.machine, 0x8664);
	ck_assert_uint_eq(uki.profile_count, 2);
	ck_assert_str_eq(uki.profiles[0].id, "main");
	ck_assert_str_eq(uki.profiles[1].title, "To the rescue");
	check_profile(0, "root=/dev/xvda1 ro quiet debug",
		PADDED "{ padded ucode initrd; cat initrd2; }");
	check_profile(1, "rescue debug",
		PADDED "{ padded ucode initrd2; cat initrd2; }");
}
END_TEST

/* Both are EFI images, and neither has a kernel in it. */
START_TEST(loaders_are_something_else)
{
	ck_assert_int_eq(uki_open(&guest, devices.list[0], "/linuxx64.efi.stub",
				 &uki, &err),
		0);
	ck_assert_int_eq(uki_open(&guest, devices.list[0],
				 "/systemd-bootx64.efi", &uki, &err),
		0);
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("uki_real") };
	int failed;

	image_directory();
	tcase_add_checked_fixture(cases[0], setup, teardown);
	tcase_add_test(cases[0], what_objcopy_put_in_comes_out);
	tcase_add_test(cases[0], loaders_are_something_else);
	tcase_set_timeout(cases[0], 120);
	failed = run_suite("uki_real", cases, 1);
	image_cleanup();
	return failed;
}
