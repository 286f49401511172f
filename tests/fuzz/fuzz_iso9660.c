/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_iso9660.c - ISO 9660, Rock Ridge, Joliet
 *
 * The input begins with the first descriptor: in front of it are 32 KiB that
 * the driver never looks at.
 */
#include <stdlib.h>
#include <string.h>

#include "fsdrivers/drivers.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_fs.h"

#define SYSTEM_AREA 32768

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *image = calloc(1, SYSTEM_AREA + size);

	MUST(image);
	if (size > 0)
		memcpy(image + SYSTEM_AREA, data, size);
	fuzz_fs(&iso9660_driver, image, SYSTEM_AREA + size);
	free(image);
	return 0;
}
