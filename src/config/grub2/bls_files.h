/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bls_files.h - the files of a directory that become entries, in order
 *
 * The order in which a directory gives its names is the file system's own and
 * nobody's choice, so all are collected and sorted before the first is read.
 */
#ifndef CONFIG_GRUB2_BLS_FILES_H
#define CONFIG_GRUB2_BLS_FILES_H

#include "src/config/grub2/eval.h"

/*
 * Entries in one directory: a kernel each, and a distribution keeps a few.
 * Files that read files have their own limit (CONFIG_INCLUDES_MAX), which is
 * too low for these and need not count them: an entry reads no other file.
 */
#define BLS_ENTRIES_MAX 1024

/* The options of upstream's blscfg and uki. */
struct bls_options {
	const char *path; /* a directory, or a file; NULL: the usual */
	bool fall_back;   /* to the usual one, if nothing is there */
	bool show_default, show_others;
	const char *entry; /* the name of one more; NULL: none */
};

struct bls_files {
	struct eval *eval;
	bool (*is_entry)(const char *name);
	/* Above 0 if a is the newer one, 0 if only one of them counts. */
	int (*compare)(const char *a, const char *b);
	struct boot_file dir;
	const char
		*names[BLS_ENTRIES_MAX]; /* in scratch memory, newest first */
	size_t count;
};

int bls_options_read(struct eval *eval, const struct args *args,
	struct bls_options *options);

/* The names in that directory: 1, 0 with eval->why filled, or -1. */
int bls_files_collect(
	struct bls_files *files, const char *name, struct error *err);

/* The same where the options say; no name at all counts as 0, too. */
int bls_files_find(struct bls_files *files, const struct bls_options *options,
	const char *usual, struct error *err);

/*
 * The path of a name, in the arena; NULL with err filled, or with err clear if
 * to GRUB it is the same as the one before it, which is noted.
 */
const char *bls_files_path(
	const struct bls_files *files, size_t index, struct error *err);

#endif
