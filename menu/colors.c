/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/colors.h"

#define NAMED 16
#define BRIGHT 8
#define BLACK 0
#define LIGHT_GRAY 7
#define DARK_GRAY 8

/* A PC has blue in the lowest bit and red in the third, terminals reverse. */
static short terminal_color(uint8_t color)
{
	return (short)((color & 2) | (color & 1) << 2 | (color & 4) >> 2);
}

/* Of two of which one is not named, what goes with the other. */
static bool complete(uint8_t *fg, uint8_t *bg)
{
	if (*fg >= NAMED && *bg >= NAMED)
		return false;
	if (*fg >= NAMED)
		*fg = *bg == LIGHT_GRAY ? BLACK : LIGHT_GRAY;
	else if (*bg >= NAMED)
		*bg = *fg == BLACK ? LIGHT_GRAY : BLACK;
	return true;
}

bool colors_map(uint8_t fg, uint8_t bg, int available, struct color_look *look)
{
	bool all = available >= NAMED;

	if (available < BRIGHT || !complete(&fg, &bg))
		return false;
	/* bold black is black on many terminals, and seen on none of them */
	if (!all && fg == DARK_GRAY)
		fg = LIGHT_GRAY;
	look->fg = terminal_color(fg);
	look->bg = terminal_color(bg);
	look->bold = !all && fg >= BRIGHT;
	if (all && fg >= BRIGHT)
		look->fg += BRIGHT;
	if (all && bg >= BRIGHT)
		look->bg += BRIGHT;
	return look->fg != look->bg;
}
