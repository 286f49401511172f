/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_uki.c - a unified image, which is its own addon, and a sound image that
 * gets it as one: every profile boots, and what is booted can be read
 */
#include <string.h>

#include "src/config/uki.h"
#include "tests/fuzz/fuzz.h"
#include "tests/support/fakeguest.h"
#include "tests/support/peimage.h"

#define TRIED "/EFI/Linux/tried.efi"
#define SOUND "/EFI/Linux/sound+3.efi"

static void put_sound(struct fakefs *files)
{
	static const struct peimage_section sections[] = {
		{ ".linux", "a kernel", 8 },
		{ ".initrd", "a ramdisk", 9 },
		{ ".uname", "6.1.0", 5 },
		{ ".cmdline", "quiet", 5 },
	};
	size_t len;
	uint8_t *image = peimage_make(sections, 4, PEIMAGE_X64, &len);

	fakefs_put(files, SOUND, image, len);
	free(image);
}

/* The first and the last byte of a part, and that it is one. */
static void check_part(struct guest *guest, const struct boot_file *file)
{
	struct fs *fs = &file->dev->fs;
	struct error err = { 0 };
	struct fs_node node;
	size_t got;
	char byte;

	MUST(file->path && file->length > 0 && !file->bytes);
	MUST(guest_check_file(guest, file, &err) == 0);
	MUST(fs_find(fs, file->path, &node, &err) == 0);
	MUST(fs_read(fs, &node, file->offset, &byte, 1, &got, &err) == 0);
	MUST(got == 1);
	MUST(fs_read(fs, &node, file->offset + file->length - 1, &byte, 1, &got,
		     &err) == 0);
	MUST(got == 1);
}

static void check_boot(struct guest *guest, const struct boot *boot)
{
	size_t i;

	MUST(boot->args && !strpbrk(boot->args, "\n\r"));
	check_part(guest, &boot->kernel);
	MUST(boot->ramdisk_count <= BOOT_RAMDISKS_MAX);
	for (i = 0; i < boot->ramdisk_count; i++)
		check_part(guest, &boot->ramdisks[i]);
}

static void boot_all(struct guest *guest, const struct uki *uki)
{
	struct error err = { 0 };
	struct boot boot;
	size_t i;

	MUST(uki->profile_count > 0 && uki->profile_count <= UKI_PROFILES_MAX);
	for (i = 0; i <= uki->profile_count; i++) {
		if (uki_boot(guest, uki, i, i % 2 ? "given" : NULL, &boot,
			    &err) < 0) {
			MUST_SAY(&err);
			continue;
		}
		MUST(i < uki->profile_count);
		check_boot(guest, &boot);
	}
}

/* 1 if it was a unified image. */
static int try(struct guest *guest, struct device *dev, const char *path)
{
	struct error err = { 0 };
	struct uki uki;
	int r = uki_open(guest, dev, path, &uki, &err);

	if (r < 0)
		MUST_SAY(&err);
	if (r > 0)
		boot_all(guest, &uki);
	return r > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fakeguest fake;
	struct fakefs *files;
	struct device *dev;

	fakeguest_init(&fake);
	files = fakeguest_add(&fake, "hd0,msdos1", "", "");
	dev = fakeguest_device(&fake, "hd0,msdos1");
	put_sound(files);
	fakefs_put(files, TRIED, data, size);
	fakefs_put(files, "/loader/addons/x.addon.efi", data, size);
	fakefs_put(files, TRIED ".extra.d/y.addon.efi", data, size);
	fakefs_put(
		files, "/EFI/Linux/sound.efi.extra.d/z.addon.efi", data, size);
	try(&fake.guest, dev, TRIED);
	MUST(try(&fake.guest, dev, SOUND));
	fakeguest_free(&fake);
	return 0;
}
