/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * result.h - the one line that the toolstack reads
 *
 * Byte for byte what pygrub prints, in its three formats, but for what promise
 * P10 forbids.  Paths are the program's own; the arguments are the guest's and
 * hostile: XSA-198 was arguments that read like a second kernel, which libxl
 * then mapped and deleted.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

enum output_format { OUTPUT_SXP, OUTPUT_SIMPLE, OUTPUT_SIMPLE0 };

/*
 * Bytes of keyword, blank and value together: libxl drops a longer item
 * without an error (libxl_bootloader.c, clients.md 1).
 */
#define OUTPUT_ITEM_MAX 8191

/* What a PV guest sees of its command line; libxenguest cuts the rest. */
#define OUTPUT_PV_ARGS_MAX 1023

/* What is printed.  An empty ramdisk or empty args are left out. */
struct result {
	const char *kernel;
	const char *ramdisk; /* NULL or "": none */
	const char *args;    /* NULL or "": none */
};

/*
 * Turn the arguments of a guest into what may be printed: a tab becomes a
 * blank, any other control byte is refused (promise P10).  In place.
 */
int result_clean_args(char *args, struct error *err);

/*
 * Would a PV guest see only the beginning of these arguments?  Then true, and
 * a sentence for the administrator in text.
 */
bool result_args_warning(const char *args, char *text, size_t size);

/*
 * Format the result into a malloc'ed buffer of *len bytes, no NUL counted.
 * Refused is what a client would read as something else: found out by reading
 * it back as each client does (readback.h).
 */
char *result_format(enum output_format format, const struct result *result,
	size_t *len, struct error *err);

#endif
