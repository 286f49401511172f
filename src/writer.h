/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * writer.h - writing to somebody who may be slow to read
 *
 * The waiting hears signals and counts towards the time that is left.
 */
#ifndef WRITER_H
#define WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/error.h"

/* Wait until fd takes something.  ERR_LIMIT: time is up. */
int writer_wait(int fd, int64_t *left_ms, struct error *err);

/* Write everything. */
int writer_put(int fd, const char *buf, size_t len, int64_t *left_ms,
	struct error *err);

#endif
