/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_lvm.c - volume groups of LVM2
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_volumes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_volumes(data, size);
	return 0;
}
