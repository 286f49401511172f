/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_config.h - a boot configuration is loaded and its entries are run
 *
 * The input is the configuration, and behind each line "#:x" begins another
 * file, called /x, for what one file can do with others.
 */
#ifndef TESTS_FUZZ_CONFIG_H
#define TESTS_FUZZ_CONFIG_H

#include "src/config/config.h"

/* Where every file /x stands, too: before, its letter, and behind. */
struct fuzz_place {
	const char *device;
	const char *before;
	const char *behind;
};

struct fuzz_config {
	const struct config_format *format;
	const char *path;   /* of the configuration */
	const char *second; /* where the file /e stands, too; NULL: nowhere */
	const struct fuzz_place *places; /* up to one without a device; NULL */
};

/* The guest that an input describes, and its configuration. */
struct fakeguest;
struct text fuzz_guest(struct fakeguest *fake, const struct fuzz_config *how,
	const uint8_t *data, size_t size);

void fuzz_config(
	const struct fuzz_config *how, const uint8_t *data, size_t size);

#endif
