/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which configurations are found where, in which order, and how a search is
 * narrowed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/length.h"
#include "src/config/efi.h"
#include "src/config/places.h"
#include "src/fs/select.h"
#include "tests/support/fakeguest.h"
#include "tests/support/found.h"
#include "tests/support/peimage.h"
#include "tests/support/runner.h"

static struct fakeguest fake;
static struct fakefs *files;
static struct device *dev;
static struct config_search search;
static struct config config;
static struct error err;

static void setup(void)
{
	fakeguest_init(&fake);
	files = fakeguest_add(&fake, "hd0,gpt1", "1234-ABCD", "boot");
	dev = fakeguest_device(&fake, "hd0,gpt1");
	search = (struct config_search){ NULL, NULL };
	fakefs_text(files, "/vmlinuz", "kernel");
}

static void teardown(void)
{
	fakeguest_free(&fake);
}

static const char *found(enum config_stage stage)
{
	return found_on(&fake.guest, dev, &search, stage, &config, &err);
}

START_TEST(names_of_pygrub_come_first)
{
	fakefs_text(files, "/syslinux.cfg", "label a\nkernel /vmlinuz\n");
	fakefs_text(files, "/grub/menu.lst", "title a\nkernel /vmlinuz\n");
	fakefs_text(files, "/extlinux.conf", "label a\nkernel /vmlinuz\n");
	fakefs_text(files, "/boot/grub2/grub.cfg", "true\n");
	fakefs_text(files, "/boot/grub/grub.cfg", "true\n");
	ck_assert_str_eq(found(STAGE_BOOT),
		"/boot/grub/grub.cfg grub, /boot/grub2/grub.cfg grub, "
		"/extlinux.conf syslinux, /grub/menu.lst grub-legacy, "
		"/syslinux.cfg syslinux, ");
	ck_assert_str_eq(found(STAGE_EFI), "");
}
END_TEST

START_TEST(what_firmware_starts_is_found_in_any_case)
{
	fakefs_text(files, "/efi/Zebra/GRUB.CFG", "true\n");
	fakefs_text(files, "/EFI/debian/grub.cfg", "true\n");
	fakefs_text(files, "/EFI/fedora/grub.cfg/x", "true\n");
	fakefs_text(files, "/EFI/grub.cfg", "true\n");
	ck_assert_str_eq(found(STAGE_EFI),
		"/EFI/debian/grub.cfg grub, /efi/Zebra/GRUB.CFG grub, ");
	ck_assert_str_eq(found(STAGE_BOOT), "");
}
END_TEST

START_TEST(more_vendors_than_the_limit_are_an_error_that_names_it)
{
	char path[64];
	int i;

	search.loader = "grub";
	for (i = 0; i < EFI_PATHS_MAX; i++) {
		snprintf(path, sizeof(path), "/EFI/v%02d", i);
		fakefs_dir(files, path);
	}
	fakefs_text(files, "/EFI/v31/grub.cfg", "true\n");
	ck_assert_str_eq(found(STAGE_EFI), "/EFI/v31/grub.cfg grub, ");
	fakefs_dir(files, "/EFI/one-more");
	ck_assert_str_eq(
		found(STAGE_EFI), "(/EFI/: more than 32 names to look at), ");
	ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

START_TEST(notes_beyond_the_limit_are_counted)
{
	int i;

	for (i = 0; i <= GUEST_NOTES_MAX; i++)
		guest_note(&fake.guest, NOTE_DETAIL, "note %d", i);
	ck_assert_uint_eq(fake.guest.note_count, GUEST_NOTES_MAX + 1);
	ck_assert_str_eq(fake.guest.notes[GUEST_NOTES_MAX - 1].text, "note 31");
}
END_TEST

START_TEST(one_that_cannot_be_used_hides_none)
{
	fakefs_text(files, "/boot/grub/grub.cfg", "true\n");
	fakefs_break(files, "/boot/grub/grub.cfg");
	fakefs_text(files, "/boot/grub2/grub.cfg", "while true; do :; done\n");
	fakefs_text(files, "/grub2/grub.cfg", "true\n");
	ck_assert_str_eq(found(STAGE_BOOT),
		"(fakefs: /boot/grub/grub.cfg: the test broke this file), "
		"(fakefs: /boot/grub2/grub.cfg: line 1: the script runs more "
		"than 1000000 commands), "
		"/grub2/grub.cfg grub, ");
}
END_TEST

/* What firmware would start by itself, made of these sections. */
static void put_image(const char *path, const char *section, size_t cut)
{
	struct peimage_section sections[] = {
		{ ".osrel", "PRETTY_NAME=Test\n", 17 },
		{ ".linux", "kernel", 6 },
	};
	uint8_t *image;
	size_t len;

	strcpy(sections[1].name, section);
	image = peimage_make(sections, 2, PEIMAGE_X64, &len);
	fakefs_put(files, path, image, len - cut);
	free(image);
}

START_TEST(an_image_that_firmware_starts_is_one_if_it_holds_a_kernel)
{
	struct outcome outcome;

	fakefs_text(files, "/EFI/debian/grub.cfg", "true\n");
	put_image("/EFI/BOOT/BOOTX64.EFI", ".text", 0);
	ck_assert_str_eq(found(STAGE_EFI), "/EFI/debian/grub.cfg grub, ");
	search.path = "/EFI/BOOT/BOOTX64.EFI";
	ck_assert_str_eq(found(STAGE_BOOT),
		"(fakefs: /EFI/BOOT/BOOTX64.EFI: is no unified kernel "
		"image), ");
	search.path = NULL;
	put_image("/EFI/BOOT/BOOTX64.EFI", ".linux", 0);
	ck_assert_str_eq(found(STAGE_EFI),
		"/EFI/BOOT/BOOTX64.EFI uki, /EFI/debian/grub.cfg grub, ");
	search.path = "/EFI/BOOT/BOOTX64.EFI";
	ck_assert_str_eq(found(STAGE_BOOT), "/EFI/BOOT/BOOTX64.EFI uki, ");
	ck_assert_str_eq(config.menu->entries[0].title, "Test");
	ck_assert_int_eq(
		config_run(&config, config.menu, 0, &outcome, &err), 0);
	ck_assert_uint_eq(outcome.boot.kernel.length, 6);
}
END_TEST

START_TEST(an_image_that_is_damaged_is_told_of)
{
	put_image("/EFI/BOOT/BOOTX64.EFI", ".linux", 520);
	ck_assert_ptr_nonnull(
		strstr(found(STAGE_EFI), "(fakefs: /EFI/BOOT/BOOTX64.EFI: "));
	ck_assert_ptr_null(strstr(found(STAGE_EFI), "uki"));
}
END_TEST

START_TEST(a_loader_that_is_named_is_the_only_one)
{
	fakefs_text(files, "/boot/grub/grub.cfg", "true\n");
	fakefs_text(files, "/grub/menu.lst", "title a\nkernel /vmlinuz\n");
	fakefs_text(files, "/extlinux.conf", "label a\nkernel /vmlinuz\n");
	search.loader = "grub-legacy";
	ck_assert_str_eq(found(STAGE_BOOT), "/grub/menu.lst grub-legacy, ");
	search.loader = "grub";
	ck_assert_str_eq(found(STAGE_BOOT), "/boot/grub/grub.cfg grub, ");
}
END_TEST

START_TEST(a_loader_that_nobody_knows_is_told_of_those_there_are)
{
	ck_assert_int_eq(places_check_loader("grub-legacy", &err), 0);
	ck_assert_int_eq(places_check_loader("grub2", &err), -1);
	ck_assert_int_eq(err.code, ERR_NOT_FOUND);
	ck_assert_ptr_eq(
		strstr(err.text,
			"no loader is called \"grub2\"; known are grub, "
			"syslinux, grub-legacy, "),
		err.text);
}
END_TEST

static const struct {
	const char *path;
	const char *text;
	const char *format;
} named[] = {
	{ "/boot/grub/grub.cfg", "label a\n", "grub" },
	{ "/old/menu.lst", "true\n", "grub-legacy" },
	{ "/x/Grub.cfg", "title a\n", "grub" },
	{ "/x/isolinux.cfg", "true\n", "syslinux" },
	{ "/x/what", "set a=1\n", "grub" },
	{ "/x/what", "# hello\n\ntitle a\nkernel /vmlinuz\n", "grub-legacy" },
	{ "/x/what", "LABEL a\nkernel /vmlinuz\n", "syslinux" },
	{ "/x/what", "menu title x\nlabel a\n kernel /vmlinuz\n", "syslinux" },
	{ "/x/what", "boot=/dev/sda\nimage=/vmlinuz\n", "lilo" },
	{ "/x/what", "menu=Boot:boot netbsd\n", "netbsd" },
};

/* By its place, else by its name, else by its words. */
START_TEST(a_file_that_is_named_is_understood)
{
	char expected[128];

	fakefs_text(files, "/grub2/grub.cfg", "true\n");
	fakefs_text(files, named[_i].path, named[_i].text);
	search.path = named[_i].path;
	snprintf(expected, sizeof(expected), "%s %s, ", named[_i].path,
		named[_i].format);
	ck_assert_str_eq(found(STAGE_BOOT), expected);
	ck_assert_str_eq(found(STAGE_EFI), "");
	ck_assert_str_eq(found(STAGE_ENTRIES), "");
}
END_TEST

START_TEST(a_loader_decides_how_a_named_file_is_read)
{
	fakefs_text(files, "/boot/grub/grub.cfg", "title a\nkernel /vmlinuz\n");
	search.path = "/boot/grub/grub.cfg";
	search.loader = "grub-legacy";
	ck_assert_str_eq(
		found(STAGE_BOOT), "/boot/grub/grub.cfg grub-legacy, ");
	ck_assert_uint_eq(config.menu->count, 1);
}
END_TEST

START_TEST(a_named_file_that_is_not_there_is_not_found)
{
	fakefs_text(files, "/boot/grub/grub.cfg", "true\n");
	search.path = "/boot/grub/grub.conf";
	ck_assert_str_eq(found(STAGE_BOOT), "");
}
END_TEST

START_TEST(every_row_of_the_table_can_be_asked_for)
{
	const struct place *row;
	size_t i;

	for (i = 0; (row = places_row(i)) != NULL; i++) {
		ck_assert_int_eq(row->path[0], '/');
		ck_assert_ptr_eq(places_format(row->format->id), row->format);
		ck_assert(row->stage < CONFIG_STAGES);
	}
	ck_assert_uint_ge(i, 21);
}
END_TEST

/* Partitions */

static const char *selected(const char *name)
{
	static char text[256];
	size_t i;

	text[0] = '\0';
	if (devices_select(&fake.devices, name, &err) < 0)
		return err.text;
	for (i = 0; i < fake.devices.order_count; i++) {
		strcat(text, fake.devices.order[i]->grub);
		strcat(text, " ");
	}
	return text;
}

static const struct {
	const char *name;
	const char *selected;
} partitions[] = {
	{ "1", "hd0,gpt1 hd1,gpt1 " },
	{ "2", "hd0,gpt2 " },
	{ "1234-abcd", "hd0,gpt1 " },
	{ "boot", "hd0,gpt1 " },
	{ "Boot",
		"no partition is called \"Boot\"; there are whole disk, "
		"partition 1, partition 2, whole disk, partition 1" },
	{ "11111111-2222-3333-4444-55555555AAAA", "hd0,gpt2 " },
	{ "EFI system", "hd0,gpt2 " },
	{ "",
		"no partition is called \"\"; there are whole disk, "
		"partition 1, partition 2, whole disk, partition 1" },
	{ "0", "hd0 hd1 " },
	{ "01",
		"no partition is called \"01\"; there are whole disk, "
		"partition 1, partition 2, whole disk, partition 1" },
};

START_TEST(partitions_are_known_by_number_uuid_and_label)
{
	struct partition *part;

	fakeguest_add(&fake, "hd0,gpt2", "", "");
	fakeguest_add(&fake, "hd1,gpt1", "", "");
	part = &fake.partitions[0][1];
	strcpy(part->guid, "11111111-2222-3333-4444-55555555aaaa");
	strcpy(part->name, "EFI system");
	ck_assert_str_eq(
		selected(partitions[_i].name), partitions[_i].selected);
}
END_TEST

START_TEST(slices_belong_to_the_partition_that_they_are_in)
{
	fakeguest_free(&fake);
	fakeguest_init(&fake);
	fakeguest_add(&fake, "hd0,msdos1", "", "");
	fakeguest_add(&fake, "hd0,msdos2", "", "");
	fakeguest_add(&fake, "hd0,msdos2,bsd1", "", "");
	fakeguest_add(&fake, "hd0,msdos2,bsd2", "", "");
	ck_assert_str_eq(
		selected("2"), "hd0,msdos2 hd0,msdos2,bsd1 hd0,msdos2,bsd2 ");
	ck_assert_str_eq(selected("1"),
		"no partition is called \"1\"; there are partition 2, "
		"partition 2 slice 1, partition 2 slice 2");
}
END_TEST

int main(void)
{
	TCase *cases[] = { tcase_create("places"), tcase_create("select") };
	TCase *tc = cases[0];

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, names_of_pygrub_come_first);
	tcase_add_test(tc, what_firmware_starts_is_found_in_any_case);
	tcase_add_test(
		tc, more_vendors_than_the_limit_are_an_error_that_names_it);
	tcase_add_test(tc, notes_beyond_the_limit_are_counted);
	tcase_add_test(tc, one_that_cannot_be_used_hides_none);
	tcase_add_test(
		tc, an_image_that_firmware_starts_is_one_if_it_holds_a_kernel);
	tcase_add_test(tc, an_image_that_is_damaged_is_told_of);
	tcase_add_test(tc, a_loader_that_is_named_is_the_only_one);
	tcase_add_test(
		tc, a_loader_that_nobody_knows_is_told_of_those_there_are);
	tcase_add_loop_test(
		tc, a_file_that_is_named_is_understood, 0, LENGTH(named));
	tcase_add_test(tc, a_loader_decides_how_a_named_file_is_read);
	tcase_add_test(tc, a_named_file_that_is_not_there_is_not_found);
	tcase_add_test(tc, every_row_of_the_table_can_be_asked_for);
	tc = cases[1];
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, partitions_are_known_by_number_uuid_and_label,
		0, LENGTH(partitions));
	tcase_add_test(tc, slices_belong_to_the_partition_that_they_are_in);
	return run_suite("config", cases, 2);
}
