/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz.h - what the fuzz targets share
 *
 * Each fuzz_<target>.c takes one input and asserts what must hold whatever is
 * in it.  Built by clang with -DFUZZERS=ON it is a libFuzzer program; else it
 * is linked with replay.c, which runs the files that it is given: the corpus
 * of that target, and whatever a fuzzer once found.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "src/base/error.h"
#include "src/disk/disk.h"

/* One input.  Always 0; leaves nothing behind for the next. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As assert(), but in every build. */
#define MUST(condition)                                                        \
	((condition) ? (void)0                                                 \
		     : fuzz_broken(__FILE__, __LINE__, #condition, NULL))

/* A failure has to say what it was. */
#define MUST_SAY(err)                                                          \
	((err)->code != ERR_NONE && (err)->text[0]                             \
			? (void)0                                              \
			: fuzz_broken(                                         \
				  __FILE__, __LINE__, "no error told", NULL))

/* The same with the error that should not have been. */
#define MUST_WORK(result, err)                                                 \
	((result) >= 0 ? (void)0                                               \
		       : fuzz_broken(                                          \
				 __FILE__, __LINE__, #result, (err)->text))

static inline _Noreturn void fuzz_broken(
	const char *file, int line, const char *what, const char *why)
{
	fprintf(stderr, "%s:%d: %s%s%s\n", file, line, what, why ? ": " : "",
		why ? why : "");
	abort();
}

/*
 * A disk in memory that holds the input, which is more than nothing.  The
 * descriptor is the same for every input; disk_close() when done.
 */
void fuzz_disk(struct disk *disk, const uint8_t *data, size_t size);

/*
 * The same of an input in which only what is not zero has a place, as sparse.py
 * writes it; false if it is none.
 */
bool fuzz_sparse_disk(struct disk *disk, const uint8_t *data, size_t size);

/* The start of an empty file in memory, for output; the same each time. */
int fuzz_output(void);

#endif
