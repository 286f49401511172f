/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * secret.h - passwords as boot configurations keep them, and whether what was
 * typed is one
 *
 * The guest writes the secret and pays with our time: what takes long to check
 * has a limit.
 */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include "src/base/error.h"

/* Bytes of a name or a password that can be typed. */
#define SECRET_TYPED_MAX 255

/*
 * Rounds of a hash: about a second.  GRUB's own tool takes 10,000 and crypt(3)
 * 5,000; the child has 10 s in all, whatever the guest says (promise P3).
 */
#define SECRET_ROUNDS_MAX 1000000

/* Bytes of a salt or a hash; GRUB's own tool writes 64 of each. */
#define SECRET_BYTES_MAX 512

enum secret_kind {
	SECRET_PLAIN,
	SECRET_CRYPT,    /* crypt(3): MD5, SHA-256 or SHA-512 */
	SECRET_SYSLINUX, /* any of these, or SHA-1, as its beginning says */
	SECRET_PBKDF2,   /* GRUB 2: grub.pbkdf2.sha512.ROUNDS.SALT.HASH */
};

/*
 * Is it what was typed?  1 or 0, compared in a time that does not tell how much
 * of it was right; -1: it cannot be checked, with ERR_LIMIT, ERR_UNSUPPORTED or
 * ERR_SYNTAX.
 */
int secret_matches(enum secret_kind kind, const char *secret, const char *typed,
	struct error *err);

#endif
