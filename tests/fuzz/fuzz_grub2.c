/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_grub2.c - GRUB 2's script
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_config how = {
		.format = &grub2_format,
		.path = "/boot/grub/grub.cfg",
		.second = "/boot/grub/grubenv",
	};

	fuzz_config(&how, data, size);
	return 0;
}
