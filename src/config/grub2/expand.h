/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * expand.h - from the words of a command to its arguments
 *
 * Variables are replaced, unquoted values split at blanks, quotes and
 * backslashes taken away, and * and ? in unquoted paths replaced by the files
 * they match.  An unquoted word that comes to nothing vanishes, a quoted one
 * stays as an empty argument.
 */
#ifndef CONFIG_GRUB2_EXPAND_H
#define CONFIG_GRUB2_EXPAND_H

#include "src/config/grub2/ast.h"
#include "src/config/grub2/eval.h"

/* Arguments of one command; a directory of kernels has a handful. */
#define EXPAND_ARGS_MAX 65536

/* Wildcards in one word. */
#define EXPAND_WILDCARDS_MAX 32

/*
 * Expand words into args, in eval's scratch memory.  -1 only where a limit was
 * passed.
 */
int expand_words(struct eval *eval, const struct word *words, struct args *args,
	struct error *err);

/*
 * Bytes of an escape as in "\x20" at text: 4, or 0 if there is none.  Fedora's
 * GRUB hands it on unchanged to the kernel, upstream's does not know it.
 */
size_t expand_hex_escape(const struct eval *eval, struct text text);

/*
 * The files that the argument matches, as further arguments: how many, or -1.
 * wild are the offsets in pattern where a wildcard stands.  See glob.c.
 */
int glob_expand(struct eval *eval, const char *pattern, const size_t *wild,
	size_t wild_count, struct args *args, struct error *err);

#endif
