/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/support/ukitest.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/show_boot.h"

#define SECTIONS_MAX 256

struct fakeguest fake;
struct fakefs *files;
struct device *dev;
struct uki uki;
struct boot boot;
struct error err;

void ukitest_begin(void)
{
	fakeguest_init(&fake);
	files = fakeguest_add(&fake, "hd0,msdos1", "", "");
	dev = fakeguest_device(&fake, "hd0,msdos1");
	error_clear(&err);
}

void ukitest_end(void)
{
	fakeguest_free(&fake);
}

uint8_t *ukitest_image(
	const char *const *pairs, unsigned int machine, size_t *len)
{
	struct peimage_section sections[SECTIONS_MAX] = { 0 };
	size_t count;

	for (count = 0; pairs[2 * count]; count++) {
		ck_assert_uint_lt(count, SECTIONS_MAX);
		snprintf(sections[count].name, 9, "%s", pairs[2 * count]);
		sections[count].data = pairs[2 * count + 1];
		sections[count].len = strlen(pairs[2 * count + 1]);
	}
	return peimage_make(sections, count, (uint16_t)machine, len);
}

void put_for(const char *path, unsigned int machine, const char *const *pairs)
{
	size_t len;
	uint8_t *image = ukitest_image(pairs, machine, &len);

	fakefs_put(files, path, image, len);
	free(image);
}

int open_uki(void)
{
	error_clear(&err);
	return uki_open(&fake.guest, dev, "/EFI/Linux/a.efi", &uki, &err);
}

int boot_profile(size_t profile, const char *cmdline)
{
	boot = (struct boot){ 0 };
	error_clear(&err);
	return uki_boot(&fake.guest, &uki, profile, cmdline, &boot, &err);
}

void check_boot(size_t profile, const char *cmdline, const char *want)
{
	char *text = NULL;
	size_t size, i;
	FILE *out = open_memstream(&text, &size);

	ck_assert_msg(boot_profile(profile, cmdline) == 0, "%s", err.text);
	show_boot(out, "", &boot);
	fclose(out);
	ck_assert_str_eq(text, want);
	free(text);
	ck_assert_int_eq(guest_check_file(&fake.guest, &boot.kernel, &err), 0);
	for (i = 0; i < boot.ramdisk_count; i++)
		ck_assert_int_eq(
			guest_check_file(&fake.guest, &boot.ramdisks[i], &err),
			0);
}

void check_args(const char *cmdline, const char *want)
{
	ck_assert_msg(boot_profile(0, cmdline) == 0, "%s", err.text);
	ck_assert_str_eq(boot.args, want);
}

void check_note(enum note_level level, const char *text)
{
	ck_assert_uint_eq(fake.guest.note_count, text ? 1 : 0);
	if (text) {
		ck_assert_str_eq(fake.guest.notes[0].text, text);
		ck_assert_int_eq(fake.guest.notes[0].level, level);
	}
	fake.guest.note_count = 0;
}
