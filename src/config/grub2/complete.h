/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * complete.h - what a half of a command line may go on as (the key Tab)
 */
#ifndef CONFIG_GRUB2_COMPLETE_H
#define CONFIG_GRUB2_COMPLETE_H

#include "src/config/grub2/shell.h"

/* Names that are looked at: a directory has no end that a key should wait for
 */
#define COMPLETE_NAMES_MAX 16384

/*
 * Called first with what is to be put at the end of the line ("" if that is not
 * certain), then with each candidate, bytes of the guest's; 0, or -1.
 */
typedef int complete_say(void *ctx, const char *text, struct error *err);

/*
 * The word at the end of the line: a command, a variable behind "$", a device
 * behind "(", or a path.  Candidates are said if there are several, in order,
 * at most max; if there are more, a last one is "...".
 * 0, or -1: a limit was passed, or say() failed.
 */
int grub2_complete(struct grub2_shell *shell, const char *line, size_t max,
	complete_say *say, void *ctx, struct error *err);

#endif
