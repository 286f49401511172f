/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_fat.c - FAT12, FAT16, FAT32 and exFAT
 */
#include "fsdrivers/drivers.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_fs(&fat_driver, data, size);
	return 0;
}
