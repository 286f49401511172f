/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bls.h - one entry of the Boot Loader Specification, as GRUB reads it
 *
 * Text of loader/entries/<id>.conf in, entry out.  This is the dialect of the
 * GRUB of Fedora and RHEL: a line is a key, blanks, and a value; the first line
 * without a value ends the entry, and of a key that is given twice the first
 * counts.  Values are left as they are: that they are pieces of a script is
 * the business of grub2/bls_script.h, which files there are and their order
 * that of grub2/cmd_blscfg.c and bls_order.h.
 */
#ifndef CONFIG_BLS_H
#define CONFIG_BLS_H

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/base/text.h"
#include "src/config/entry.h"

/* Each initrd line names a file, and a boot takes no more files than these. */
#define BLS_INITRDS_MAX BOOT_RAMDISKS_MAX
#define BLS_ARGS_MAX 64 /* grub_arg lines; real entries have one */

struct bls_entry {
	const char *title;   /* NULL: none */
	const char *kernel;  /* never NULL */
	const char *options; /* NULL: none */
	const char *users;   /* grub_users, NULL: none */
	const char *initrds[BLS_INITRDS_MAX];
	size_t initrd_count;
	const char *args[BLS_ARGS_MAX]; /* grub_arg */
	size_t arg_count;
};

/*
 * The strings live in the arena, the entry does not point into the text.
 * ERR_SYNTAX: there is no linux line, so GRUB shows no such entry.  ERR_LIMIT
 * begins with "line N".
 */
int bls_parse(struct text file, struct bls_entry *entry, struct arena *arena,
	struct error *err);

#endif
