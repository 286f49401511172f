/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * count.h - rows of a table, as Check's loops count them
 */
#ifndef TESTS_COUNT_H
#define TESTS_COUNT_H

#include "src/base/length.h"

#define COUNT(table) ((int)LENGTH(table))

#endif
