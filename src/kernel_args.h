/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel_args.h - what the host makes of a guest's kernel arguments
 *
 * Words are told apart as Linux does it, so that none hides from it: a blank is
 * also the byte 0xa0, quotes stand around a whole word or within one, and in
 * names "-" and "_" are the same.
 *
 * A pattern is a name, which means it with any value and without, or
 * name=value; a "*" at its end stands for anything.
 */
#ifndef KERNEL_ARGS_H
#define KERNEL_ARGS_H

#include "src/base/arena.h"
#include "src/base/error.h"
#include "src/options.h"

/*
 * The whole command line: of the guest's words (NULL: it has no say) those that
 * are left by --remove-args, behind a blank the administrator's --args in more,
 * behind that --add-args.  NULL: no memory, or a word that --forbid-args names,
 * whoever it came from.
 */
const char *kernel_args(struct arena *arena, const struct options *options,
	const char *guests, const char *more, struct error *err);

#endif
