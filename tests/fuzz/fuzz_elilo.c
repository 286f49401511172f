/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_elilo.c - ELILO's configuration
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct fuzz_config how = {
		.format = &elilo_format,
		.path = "/EFI/debian/elilo.conf",
		.second = "/EFI/debian/e",
	};

	fuzz_config(&how, data, size);
	return 0;
}
