/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_netbsd.c - NetBSD's boot.cfg
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_config how = {
		.format = &netbsd_format,
		.path = "/boot.cfg",
		.second = "/netbsd/kernel",
	};

	fuzz_config(&how, data, size);
	return 0;
}
