/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_driver.c - a file system driver, that of the name DRIVER
 */
#include "fsdrivers/drivers.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_fs(&DRIVER, data, size);
	return 0;
}
