/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_md.c - arrays of MD
 */
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_volumes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_volumes(data, size);
	return 0;
}
