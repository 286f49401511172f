/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * color.h - the colours of a menu, as GRUB and GRUB legacy name them
 */
#ifndef CONFIG_COLOR_H
#define CONFIG_COLOR_H

#include "src/base/text.h"
#include "src/config/entry.h"

/*
 * "light-gray/black", foreground first; false, and *color is as it was, if one
 * of the two names no colour.
 */
bool color_read(struct text pair, struct entry_color *color);

#endif
