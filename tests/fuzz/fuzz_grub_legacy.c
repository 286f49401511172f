/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_grub_legacy.c - GRUB legacy's menu
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_config how = {
		.format = &grub_legacy_format,
		.path = "/boot/grub/menu.lst",
		.second = "/boot/grub/default",
	};

	fuzz_config(&how, data, size);
	return 0;
}
