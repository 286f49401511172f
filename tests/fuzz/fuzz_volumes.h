/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_volumes.h - what is made of the four quarters of a disk
 *
 * Everything that comes of them is looked at: it is read at either end and
 * somewhere between, the same as where it is said to lie.
 */
#ifndef TESTS_FUZZ_VOLUMES_H
#define TESTS_FUZZ_VOLUMES_H

#include <stddef.h>
#include <stdint.h>

void fuzz_volumes(const uint8_t *data, size_t size);

#endif
