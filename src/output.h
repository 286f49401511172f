/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - the extracted files, and where the result goes
 *
 * The parent makes and names the files; the child only holds descriptors.
 * Files have no name until everything succeeded (O_TMPFILE and linkat), or,
 * where the host cannot do that, a hidden temporary one.  Promises P8, P9, P11.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

/* One file to be filled by the child. */
struct output_file {
	int fd;              /* for the child to write to; -1: none */
	char temp[32];       /* hidden name, or "" with O_TMPFILE */
	char path[PATH_MAX]; /* final name, absolute, links not resolved */
	bool named;          /* path exists now */
};

struct output_files {
	char directory[PATH_MAX]; /* as it is printed */
	int dirfd;                /* -1: not open */
	struct output_file kernel;
	struct output_file ramdisk;
};

/* Nothing made yet: output_files_discard() may be called. */
void output_files_init(struct output_files *files);

/*
 * Open (make, with its parents, mode 0700) the directory and create both
 * files in it, 0600, nameless where the host can.  The directory is made
 * absolute and its "." and ".." are resolved as text.  One that others may
 * write to without the sticky bit is refused (promise P8).  On failure nothing
 * of it remains, but for directories that were made.
 */
int output_files_create(
	struct output_files *files, const char *directory, struct error *err);

/*
 * Give a file its final, unpredictable name: STEM.XXXXXXXX in the directory,
 * mode 0600 whatever the umask.  A name that is taken is never replaced.
 */
int output_file_name(struct output_files *files, struct output_file *file,
	const char *stem, struct error *err);

/*
 * Remove everything that has a name, and close.  Safe to call at any time
 * after output_files_init(), twice too.
 */
void output_files_discard(struct output_files *files);

/* Close the descriptors, keep what has its final name, remove the rest. */
void output_files_keep(struct output_files *files);

/*
 * Open where the result goes: NULL is stdout, a file that exists or a FIFO is
 * opened for writing, neither created nor truncated yet.  A descriptor, or -1;
 * a FIFO that nobody reads yet gives -1 with *again true and err filled: wait
 * a little and try once more.
 */
int output_open(const char *path, bool *again, struct error *err);

/*
 * Write everything, as the end of what was written so far.  A regular file
 * other than stdout holds nothing else afterwards, and is empty if that failed.
 * A terminal gets a newline behind a line that has none.  Closes fd, unless it
 * is stdout, because that is where some file systems tell that they are full.
 */
int output_deliver(int fd, const char *buf, size_t len, struct error *err);

#endif
