/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_ext.c - ext2, ext3 and ext4
 */
#include "fsdrivers/drivers.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_fs(&ext_driver, data, size);
	return 0;
}
