/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * output.h - the extracted files, and the line that the toolstack reads
 *
 * The parent makes and names the files; the child only holds descriptors.
 * Files have no name until everything succeeded (O_TMPFILE and linkat), or,
 * where the host's file system cannot do that, a hidden temporary one.
 * Promises P8 to P11.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "src/base/error.h"

enum output_format { OUTPUT_SXP, OUTPUT_SIMPLE, OUTPUT_SIMPLE0 };

/* libxl drops a longer item without an error (clients.md). */
#define OUTPUT_ITEM_MAX 8191
/* What a PV guest sees of its command line. */
#define OUTPUT_PV_ARGS_MAX 1023

/* One file to be filled by the child. */
struct output_file {
	int fd;              /* for the child to write to; -1: none */
	char temp[PATH_MAX]; /* hidden name, or "" with O_TMPFILE */
	char path[PATH_MAX]; /* final name, absolute, links not resolved */
	bool named;          /* path exists now */
};

struct output_files {
	char directory[PATH_MAX]; /* as it is printed */
	int dirfd;
	struct output_file kernel;
	struct output_file ramdisk;
};

/* What is printed.  Empty ramdisk or args are left out. */
struct result {
	const char *kernel;
	const char *ramdisk; /* NULL or "": none */
	const char *args;    /* NULL or "": none */
};

/*
 * Open (make, with its parents, mode 0700) the directory and create both
 * files in it, 0600, nameless where the host can.  A directory that others
 * may write to without the sticky bit is refused (promise P8).
 */
int output_files_create(
	struct output_files *files, const char *directory, struct error *err);

/* Give a file its final, unpredictable name: boot_kernel.XXXXXXXX. */
int output_file_name(struct output_files *files, struct output_file *file,
	const char *stem, struct error *err);

/* Remove everything that has a name, and close.  Safe to call at any time. */
void output_files_discard(struct output_files *files);
/* Close the descriptors and keep what has its final name. */
void output_files_keep(struct output_files *files);

/*
 * Turn the arguments of a guest into what may be printed: a tab becomes a
 * blank, any other control byte is refused (promise P10).  In place.
 */
int output_clean_args(char *args, struct error *err);

/*
 * Format the result into a malloc'ed buffer of *len bytes (no NUL counted):
 * byte for byte as pygrub does.  Refuses what a client would read as
 * something else, by reading it back as each client does.
 */
char *output_format_result(enum output_format format,
	const struct result *result, size_t *len, struct error *err);

/*
 * Open where the result goes: NULL or "-" is stdout, a file that exists or a
 * FIFO is opened for writing, neither created nor truncated yet.  A FIFO that
 * nobody reads gives a descriptor of -1 and *again true: wait a little and try
 * once more.
 */
int output_open(const char *path, bool *again, struct error *err);

/* Write everything, at the start of a regular file, cutting what is left. */
int output_deliver(int fd, const char *buf, size_t len, struct error *err);

#endif
