/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_lilo.c - LILO's configuration, with an fstab
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_config how = {
		.format = &lilo_format,
		.path = "/etc/lilo.conf",
		.second = "/etc/fstab",
	};

	fuzz_config(&how, data, size);
	return 0;
}
