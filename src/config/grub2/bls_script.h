/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * bls_script.h - the GRUB script that an entry of the BLS becomes
 *
 * GRUB does not start such an entry itself: it writes the body of a menuentry
 * from it, and that is what the editor shows and the interpreter runs.
 */
#ifndef CONFIG_GRUB2_BLS_SCRIPT_H
#define CONFIG_GRUB2_BLS_SCRIPT_H

#include "src/config/bls.h"
#include "src/config/grub2/eval.h"

/* Bytes of the body; Linux takes a command line of 4 KiB at most. */
#define BLS_SCRIPT_MAX 65536

/*
 * The body, with the variables of now in its options, as upstream's GRUB or
 * that of Fedora writes it; in scratch memory.  -1: ERR_LIMIT.
 */
int bls_script(struct eval *eval, const struct bls_entry *entry, bool upstream,
	struct text *body, struct error *err);

/* Its users, with their variables, in the arena; NULL: it is for everybody. */
int bls_users(struct eval *eval, const struct bls_entry *entry, bool upstream,
	const char **users, struct error *err);

/* $blsuki_save_default: are entries to begin with "savedefault"? */
bool bls_saves_default(const struct eval *eval);

#endif
