/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_sdboot.c - loader.conf, and each further file as an entry of type 1 and
 * of type 2, and as the environment block of a GRUB
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_place places[] = {
		{ "hd0,msdos1", "/loader/entries/", "+1.conf" },
		{ "hd0,msdos2", "/loader/entries/", ".conf" },
		{ "hd0,msdos2", "/EFI/Linux/", ".efi" },
		{ "hd0,msdos1", "/EFI/", "/grubenv" },
		{ 0 },
	};
	static const struct fuzz_config how = {
		.format = &sdboot_format,
		.path = "/loader/loader.conf",
		.places = places,
	};

	fuzz_config(&how, data, size);
	return 0;
}
