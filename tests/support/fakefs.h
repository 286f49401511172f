/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakefs.h - a file system that never was on a disk, for tests
 *
 * A tree of files in the memory of the test, made one by one or copied from a
 * directory of the host.  It answers as a driver does, so that everything
 * above the drivers can be tested without an image.  A test that asks for the
 * impossible is aborted.
 */
#ifndef TESTS_FAKEFS_H
#define TESTS_FAKEFS_H

#include "src/fs/fs.h"

struct fakefs_node {
	size_t parent; /* index; the root is its own */
	char *name;
	enum fs_type type;
	int64_t mtime; /* seconds since 1970 */
	char *data;    /* of a file, or a link's target */
	size_t len;
	bool broken; /* reading it fails, as on a bad disk */
};

struct fakefs {
	struct volume vol;         /* hand it to fs_open() with fakefs_driver */
	struct fakefs_node *nodes; /* nodes[0] is the root */
	size_t count;
	char *blocks; /* what is read from the volume itself, from its start */
	size_t blocks_len;
	const char *uuid;  /* borrowed; "" if none */
	const char *label; /* borrowed; "" if none */
	struct fs *fs;     /* opened on it last; NULL: none */
};

extern const struct fs_driver fakefs_driver;

/* A NULL-terminated table with only that driver, as fs_open() wants it. */
extern const struct fs_driver *const fakefs_drivers[];

void fakefs_init(struct fakefs *files, const char *uuid, const char *label);
void fakefs_free(struct fakefs *files);

/*
 * Make a file, link or directory, with the directories above it; a file that
 * is there already gets the new contents.  fakefs_text() copies a string.
 */
void fakefs_put(
	struct fakefs *files, const char *path, const void *data, size_t len);
void fakefs_text(struct fakefs *files, const char *path, const char *text);
void fakefs_link(struct fakefs *files, const char *path, const char *target);
void fakefs_dir(struct fakefs *files, const char *path);

/*
 * A file that is an image of another such file system, which outlives it: what
 * opens the file as a volume finds that on it.
 */
void fakefs_image(
	struct fakefs *files, const char *path, const struct fakefs *inner);

/* Put bytes on the volume, which otherwise has none that can be read. */
void fakefs_blocks(
	struct fakefs *files, size_t off, const void *data, size_t len);

/* A FIFO, a device: anything that is not for reading. */
void fakefs_other(struct fakefs *files, const char *path);

/* From now on reading this file fails with ERR_IO. */
void fakefs_break(struct fakefs *files, const char *path);

/* When the file was last changed, seconds since 1970; 0 unless told. */
void fakefs_touch(struct fakefs *files, const char *path, int64_t mtime);

/*
 * Copy a directory of the host, links as links.  In its top level the names
 * in the NULL-terminated list skip are left out.  A directory NAME.pe becomes
 * the file NAME (peimage.h).  -1: it cannot be read.
 */
int fakefs_load(struct fakefs *files, const char *host_directory,
	const char *const *skip);

#endif
