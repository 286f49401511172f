/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * colors.h - the guest's colours as a terminal has them
 *
 * Pure.  Guests name the 16 colours of a PC's text mode; terminals have eight,
 * or sixteen, and number them otherwise.
 */
#ifndef MENU_COLORS_H
#define MENU_COLORS_H

#include <stdbool.h>
#include <stdint.h>

struct color_look {
	short fg, bg; /* as the terminal numbers them: red is 1, blue is 4 */
	bool bold;    /* the bright one, where there are eight */
};

/*
 * Text and ground, numbered as in menu.h, on a terminal of so many colours.
 * False: the guest names none, or what could not be read.
 */
bool colors_map(uint8_t fg, uint8_t bg, int available, struct color_look *look);

#endif
