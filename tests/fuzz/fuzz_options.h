/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_options.h - what holds of options, whoever gave them
 */
#ifndef TESTS_FUZZ_OPTIONS_H
#define TESTS_FUZZ_OPTIONS_H

#include "src/options.h"
#include "tests/fuzz/fuzz.h"

static inline void fuzz_check_options(const struct options *options)
{
	MUST(options->add_args && options->remove_args && options->forbid_args);
	MUST(options->output_directory);
	MUST(!options->has_uid || options->uid != 0);
	MUST(options->kernel_max > 0 && options->kernel_max <= INT64_MAX);
	MUST(options->ramdisk_max > 0 && options->ramdisk_max <= INT64_MAX);
	MUST(options->memory_max >= OPTIONS_MEMORY_MIN &&
		options->memory_max <= OPTIONS_MEMORY_MAX);
	MUST(options->cpu_limit > 0 &&
		options->cpu_limit <= OPTIONS_TIME_LIMIT_MAX);
	MUST(options->time_limit_ms > 0 &&
		options->time_limit_ms <=
			OPTIONS_TIME_LIMIT_MAX * INT64_C(1000));
	MUST(options->timeout >= OPTIONS_TIMEOUT_GUEST);
}

#endif
