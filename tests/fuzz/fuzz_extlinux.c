/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_extlinux.c - syslinux's configuration
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_config how = {
		.format = &extlinux_format,
		.path = "/boot/extlinux/extlinux.conf",
		.second = "/boot/extlinux/e",
	};

	fuzz_config(&how, data, size);
	return 0;
}
