/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_squashfs.c - squashfs, and the decompressors on what is damaged
 */
#include "fsdrivers/drivers.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_fs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_fs(&squashfs_driver, data, size);
	return 0;
}
