/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * repair_afl.c - checksums put right (repair.h), for AFL++
 *
 * A library that it loads for AFL_CUSTOM_MUTATOR_LIBRARY: AFL++ changes an
 * input by itself and gives it to this before the target gets it.
 */
#include <stdlib.h>

#include "tests/fuzz/repair.h"

#define INPUT_MAX (1U << 20) /* as AFL++ has it */

void *afl_custom_init(void *afl, unsigned int seed);
size_t afl_custom_post_process(
	void *data, uint8_t *input, size_t size, uint8_t **out);
void afl_custom_deinit(void *data);

/* What it is called with each time: room for one input */
void *afl_custom_init(void *afl, unsigned int seed)
{
	(void)afl, (void)seed;
	return malloc(INPUT_MAX);
}

size_t afl_custom_post_process(
	void *data, uint8_t *input, size_t size, uint8_t **out)
{
	if (size > INPUT_MAX)
		size = INPUT_MAX;
	memcpy(data, input, size);
	repair_sparse(data, size);
	*out = data;
	return size;
}

void afl_custom_deinit(void *data)
{
	free(data);
}
