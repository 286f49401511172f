/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * keys.h - the bytes of a keyboard, turned into keys
 *
 * Terminals send one key in several forms, and terminfo often knows another
 * than the one that arrives (libxl says vt100 whatever is attached).  So the
 * forms in use are all known here: arrows as ESC [ A and ESC O A, the keypad,
 * the function keys of vt220, linux, xterm, screen and tmux.  Pure: bytes go
 * in one by one, and the caller says when a pause has been long enough.
 */
#ifndef MENU_KEYS_H
#define MENU_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Milliseconds after which an ESC is the key and not the start of a sequence:
 * at 2400 baud three bytes take 13, a person needs more than 50.
 */
#define KEYS_ESCAPE_DELAY 40

/*
 * A key is the code point it types, a control byte (K_CTRL), one of these, or
 * K_META with any of them.
 */
enum {
	K_NONE = 0,         /* not a whole key yet */
	K_FIRST = 0x110000, /* above Unicode */
	K_OTHER = K_FIRST,  /* a key, but one that means nothing here */
	K_UP,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_HOME,
	K_END,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_INSERT,
	K_DELETE,
	K_BACKSPACE,
	K_ENTER,
	K_ESCAPE,
	K_F1, /* K_F1 + n - 1 is Fn, up to 12 */
	K_F12 = K_F1 + 11,
	K_META = 0x400000,
};

#define K_CTRL(letter) ((uint32_t)(letter)&0x1f)

/* Where the decoder stands; zeroed it stands between two keys. */
struct keys {
	enum {
		KEYS_GROUND,
		KEYS_ESC,      /* ESC */
		KEYS_SS3,      /* ESC O */
		KEYS_CSI,      /* ESC [ and parameters */
		KEYS_CSI_REST, /* parameters after the first */
		KEYS_LINUX,    /* ESC [ [, the linux console's F1 to F5 */
		KEYS_UTF8,     /* in the middle of a character */
	} state;
	unsigned int number; /* the first parameter */
	char text[4];        /* the bytes of a character */
	size_t len, need;
};

/*
 * Take one byte; the key it completes, or K_NONE.  NUL, XON and XOFF are no
 * keys: a break or flow control on a serial line must not stop a countdown.
 */
uint32_t keys_push(struct keys *keys, unsigned char byte);

/* Is a key half received?  Then keys_pause() after KEYS_ESCAPE_DELAY. */
bool keys_waiting(const struct keys *keys);

/* Nothing followed: the key that the bytes so far are, or K_NONE. */
uint32_t keys_pause(struct keys *keys);

#endif
