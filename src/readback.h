/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * readback.h - the result as each client reads it
 *
 * What a toolstack takes out of the bytes it gets decides which files it maps
 * and deletes, as root.  So the bytes are read once more before they are
 * written: as libxl does (simple0), as xenopsd does (simple), as xend and
 * eliloader do (sxp).  Promise P10.
 */
#ifndef READBACK_H
#define READBACK_H

#include "src/base/error.h"
#include "src/base/text.h"
#include "src/result.h"

/* What one client made of a result; slices of the buffer it read. */
struct reading {
	struct text kernel;
	struct text ramdisk;
	struct text args;
	unsigned int kernels; /* how often it came: the last one counts */
	unsigned int ramdisks;
	unsigned int argses;
	bool broken; /* the client gives up here, with an error */
};

/* libxl: items that end with NUL, blanks before a value skipped. */
void readback_libxl(struct text output, struct reading *reading);

/* xenopsd: lines, a keyword up to the first blank, the value as it is. */
void readback_xenopsd(struct text output, struct reading *reading);

/*
 * xend: nested lists of atoms and quoted strings.  Values are as they stand
 * between the quotes, undecoded: readback_xend_is() compares.
 */
void readback_xend(struct text output, struct reading *reading);

/* Is this value, once xend has resolved its escapes, that text? */
bool readback_xend_is(struct text value, const char *text);

/* eliloader: an item ends at the first ")", quotes belong to the value. */
void readback_eliloader(struct text output, struct reading *reading);

/*
 * Does every client of the format find exactly this result in the output?
 * -1 with err filled: which client would find what.
 */
int readback_check(enum output_format format, struct text output,
	const struct result *result, struct error *err);

#endif
