/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_freebsd.c - FreeBSD's loader.conf, with another that it reads
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_config how = {
		.format = &freebsd_format,
		.path = "/boot/loader.conf",
		.second = "/boot/loader.conf.local",
	};

	fuzz_config(&how, data, size);
	return 0;
}
