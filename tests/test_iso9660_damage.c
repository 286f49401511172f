/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ISO 9660 volumes of which the end is missing, or any byte is another one.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/support/count.h"
#include "tests/support/isoimage.h"
#include "tests/support/runner.h"

static struct isoimage iso;
static struct image image;

/* Where the disk ends, and what cannot be read then. */
static const struct {
	uint64_t size;
	const char *text;
} cuts[] = {
	{ 0, "no known file system" },
	{ 0x8000 + 2047, "no known file system" },
	{ 0x8000 + 2048,
		"iso9660: volume descriptor 2: 847 bytes at 0x8800 lie beyond "
		"the volume's end (0x8800)" },
	{ 0xa000 + 100,
		"iso9660: root directory: 255 bytes at 0xa000 lie beyond the "
		"volume's end (0xa064)" },
	{ ISOIMAGE_DATA + 20000 - 1,
		"20000 bytes at 0x40000 lie beyond the volume's end "
		"(0x44e1f)" },
};

START_TEST(says_where_a_disk_that_was_cut_off_ends)
{
	isoimage_start(&iso, 2048, false);
	isoimage_add(&iso,
		&(struct isoimage_record){
			.name = "FILE", .at = ISOIMAGE_DATA, .size = 20000 });
	image_file("made.img", iso.data, sizeof(iso.data));
	image_open(&image, "made.img");
	image.vol.size = cuts[_i].size;
	ck_assert_int_eq(image_use(&image, &iso9660_driver, "/file"), -1);
	ck_assert_str_eq(image.err.text, cuts[_i].text);
	image_close(&image);
}
END_TEST

/* The tools' own: Rock Ridge and Joliet, packed files, relocated directories,
 * Joliet. */
static const char *const whole[] = { "xorriso.img", "packed.img",
	"genisoimage.img", "joliet.img" };

static void make_whole(void)
{
	isoimage_setup();
	image_run("mkdir -p tree/many tree/1/2/3/4/5/6/7/8/9/10 && "
		  "ln -s dir/below tree/link && mkdir tree/dir && "
		  "ln -s $(printf 'a/%%.0s' $(seq 200))b tree/long-link && "
		  "echo x > tree/1/2/3/4/5/6/7/8/9/10/deep && "
		  "echo y > tree/dir/below && "
		  "touch \"tree/$(printf 'n%%0254d' 7)\" && "
		  "(cd tree/many && seq -f 'file%%04g' 60 | xargs touch)");
	image_run("yes 'what can be packed' | head -c 80000 >tree/file");
	image_run("xorriso -as mkisofs -quiet -J -o xorriso.img tree && "
		  "xorriso -outdev packed.img -padding 0 -map tree / "
		  "-set_filter_r --zisofs / -- -commit && "
		  "rm tree/long-link && "
		  "genisoimage -quiet -R -o genisoimage.img tree && "
		  "rm -r tree/link tree/1/2/3/4/5/6/7/8 && "
		  "genisoimage -quiet -J -o joliet.img tree");
}

static const char *const paths[] = { "/", "/file", "/link", "/long-link",
	"/many/file0059", "/1/2/3/4/5/6/7/8/9/10/deep", "/absent" };

START_TEST(survives_any_length)
{
	uint64_t size;

	image_open(&image, whole[_i]);
	for (size = 0x8000; size < image.disk.size;
		size += size < 0xa000 ? 7 : 509) {
		image.vol.size = size;
		image_survive(&image, &iso9660_driver, paths, COUNT(paths));
	}
	image_close(&image);
}
END_TEST

START_TEST(survives_a_changed_byte)
{
	image_open(&image, whole[_i]);
	image_survive_changes(&image, &iso9660_driver, paths, COUNT(paths),
		0x8000, 190, image.disk.size);
	image_close(&image);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("iso9660_damage");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, make_whole, image_cleanup);
	tcase_add_loop_test(
		tc, says_where_a_disk_that_was_cut_off_ends, 0, COUNT(cuts));
	tcase_add_loop_test(tc, survives_any_length, 0, COUNT(whole));
	tcase_add_loop_test(tc, survives_a_changed_byte, 0, COUNT(whole));
	return run_suite("iso9660_damage", &tc, 1);
}
