/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bls.h - one entry of the Boot Loader Specification (UAPI.1, type 1)
 *
 * Text of loader/entries/<id>.conf in, entry out.  A line is a key, blanks, and
 * a value.  Two programs read these files, and not alike:
 *
 *	                     GRUB (Fedora, RHEL)   systemd-boot
 *	a key without value  ends the entry        is skipped
 *	a key given twice    the first counts      the last counts
 *	options given twice  the first counts      are joined by a blank
 *	quotes around value  belong to it          do not
 *	a CR without LF      is a character        ends a line
 *	it may start         linux                 linux, efi, uki, uki-url
 *	keys of its own      grub_arg, grub_users  the rest of UAPI.1
 *
 * Values are left as they are: that GRUB's are pieces of a script is the
 * business of grub2/bls_script.h.  Which files there are and their order is
 * that of grub2/cmd_blscfg.c and bls_order.h, or of sdboot.h.
 */
#ifndef CONFIG_BLS_H
#define CONFIG_BLS_H

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/base/text.h"
#include "src/config/entry.h"

/*
 * Entries in one menu: a kernel each, and a distribution keeps a few.  Files
 * that read files have their own limit (CONFIG_INCLUDES_MAX), which is too low
 * for these and need not count them: an entry reads no other file.
 */
#define BLS_ENTRIES_MAX 1024

/* Each initrd line names a file, and a boot takes no more files than these. */
#define BLS_INITRDS_MAX BOOT_RAMDISKS_MAX
#define BLS_ARGS_MAX 64 /* grub_arg lines; real entries have one */

enum bls_dialect { BLS_GRUB, BLS_SYSTEMD };

/* The key that says what the entry starts. */
enum bls_kind { BLS_LINUX, BLS_EFI, BLS_UKI, BLS_UKI_URL };

/* Strings are NULL where nothing is said. */
struct bls_entry {
	const char *title;
	enum bls_kind kind;
	const char *kernel; /* what is started; never NULL */
	unsigned int line;  /* where that stands */
	const char *options;
	const char *initrds[BLS_INITRDS_MAX];
	unsigned int initrd_lines[BLS_INITRDS_MAX];
	size_t initrd_count;

	/* GRUB's */
	const char *users;              /* grub_users */
	const char *hotkey;             /* grub_hotkey */
	const char *args[BLS_ARGS_MAX]; /* grub_arg */
	size_t arg_count;

	/* systemd-boot's */
	const char *version;
	const char *machine_id;
	const char *sort_key;
	const char *architecture;
	const char *profile;    /* of a unified image */
	const char *devicetree; /* or an overlay for one */
	const char *extra;      /* the last of them */
};

/*
 * The strings live in the arena, the entry does not point into the text.
 * ERR_SYNTAX: it starts nothing, or two different things, so there is no such
 * entry.  Messages begin with "line N" where there is a line.
 */
int bls_parse(struct text file, enum bls_dialect dialect,
	struct bls_entry *entry, struct arena *arena, struct error *err);

/* The lines of such a file, and of loader.conf, one after the other. */
struct bls_reader {
	struct text rest;
	enum bls_dialect dialect;
	unsigned int line; /* of the last that was read; from 1 */
};

struct bls_reader bls_open(struct text file, enum bls_dialect dialect);

/* The next line that is no comment; false: there is none. */
bool bls_next(struct bls_reader *reader, struct text *key, struct text *value);

#endif
