/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu/keys.h"

#include "src/base/length.h"
#include "src/base/utf8.h"

#define NUL 0x00
#define BACKSPACE 0x08
#define LF 0x0a
#define CR 0x0d
#define XON 0x11
#define XOFF 0x13
#define ESC 0x1b
#define DEL 0x7f

/* Above any parameter that means something. */
#define NUMBER_MAX 9999

struct meaning {
	unsigned int code;
	uint32_t key;
};

/* The last byte of ESC [ ... X, xterm's and everybody's after it. */
static const struct meaning csi_finals[] = {
	{ 'A', K_UP },
	{ 'B', K_DOWN },
	{ 'C', K_RIGHT },
	{ 'D', K_LEFT },
	{ 'F', K_END },
	{ 'H', K_HOME },
	{ 'P', K_F1 },
	{ 'Q', K_F1 + 1 },
	{ 'R', K_F1 + 2 },
	{ 'S', K_F1 + 3 },
};

/* N in ESC [ N ~: the vt220's editing keys, and what rxvt adds (7, 8). */
static const struct meaning csi_numbers[] = {
	{ 1, K_HOME },
	{ 2, K_INSERT },
	{ 3, K_DELETE },
	{ 4, K_END },
	{ 5, K_PAGE_UP },
	{ 6, K_PAGE_DOWN },
	{ 7, K_HOME },
	{ 8, K_END },
	{ 11, K_F1 },
	{ 12, K_F1 + 1 },
	{ 13, K_F1 + 2 },
	{ 14, K_F1 + 3 },
	{ 15, K_F1 + 4 },
	{ 17, K_F1 + 5 },
	{ 18, K_F1 + 6 },
	{ 19, K_F1 + 7 },
	{ 20, K_F1 + 8 },
	{ 21, K_F1 + 9 },
	{ 23, K_F1 + 10 },
	{ 24, K_F12 },
};

/* The last byte of ESC O X: arrows and keypad in application mode. */
static const struct meaning ss3_finals[] = {
	{ 'A', K_UP },
	{ 'B', K_DOWN },
	{ 'C', K_RIGHT },
	{ 'D', K_LEFT },
	{ 'F', K_END },
	{ 'H', K_HOME },
	{ 'M', K_ENTER },
	{ 'P', K_F1 },
	{ 'Q', K_F1 + 1 },
	{ 'R', K_F1 + 2 },
	{ 'S', K_F1 + 3 },
	{ 'j', '*' },
	{ 'k', '+' },
	{ 'l', ',' },
	{ 'm', '-' },
	{ 'n', '.' },
	{ 'o', '/' },
	{ 'p', '0' },
	{ 'q', '1' },
	{ 'r', '2' },
	{ 's', '3' },
	{ 't', '4' },
	{ 'u', '5' },
	{ 'v', '6' },
	{ 'w', '7' },
	{ 'x', '8' },
	{ 'y', '9' },
};

static uint32_t look_up(
	const struct meaning *table, size_t count, unsigned int code)
{
	for (size_t i = 0; i < count; i++) {
		if (table[i].code == code)
			return table[i].key;
	}
	return K_OTHER;
}

/* Start a character of several bytes; 0xf8 and above start none. */
static uint32_t start_utf8(struct keys *keys, unsigned char byte)
{
	if (byte < 0xc2 || byte > 0xf4)
		return K_OTHER;
	keys->state = KEYS_UTF8;
	keys->text[0] = (char)byte;
	keys->len = 1;
	keys->need = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
	return K_NONE;
}

static uint32_t from_ground(struct keys *keys, unsigned char byte)
{
	switch (byte) {
	case NUL:
	case XON:
	case XOFF:
		return K_NONE;
	case BACKSPACE:
	case DEL:
		return K_BACKSPACE;
	case CR:
	case LF:
		return K_ENTER;
	case ESC:
		keys->state = KEYS_ESC;
		return K_NONE;
	default:
		return byte < 0x80 ? byte : start_utf8(keys, byte);
	}
}

static uint32_t from_utf8(struct keys *keys, unsigned char byte)
{
	uint32_t point;

	if ((byte & 0xc0) != 0x80) {
		keys->state = KEYS_GROUND;
		return from_ground(keys, byte);
	}
	keys->text[keys->len++] = (char)byte;
	if (keys->len < keys->need)
		return K_NONE;
	keys->state = KEYS_GROUND;
	return utf8_decode(keys->text, keys->len, &point) ? point : K_OTHER;
}

static uint32_t from_escape(struct keys *keys, unsigned char byte)
{
	uint32_t key;

	switch (byte) {
	case ESC: /* the first was the key; this one may start a sequence */
		return K_ESCAPE;
	case 'O':
		keys->state = KEYS_SS3;
		return K_NONE;
	case '[':
		keys->state = KEYS_CSI;
		keys->number = 0;
		return K_NONE;
	default:
		keys->state = KEYS_GROUND;
		key = from_ground(keys, byte);
		return key == K_NONE ? K_NONE : K_META | key;
	}
}

static uint32_t from_csi(struct keys *keys, unsigned char byte)
{
	bool first = keys->state == KEYS_CSI;

	if (first && byte >= '0' && byte <= '9') {
		keys->number = keys->number * 10 + byte - '0';
		if (keys->number > NUMBER_MAX)
			keys->number = NUMBER_MAX;
		return K_NONE;
	}
	if (first && byte == '[' && keys->number == 0) {
		keys->state = KEYS_LINUX;
		return K_NONE;
	}
	if (byte < 0x40) {
		keys->state = KEYS_CSI_REST;
		return K_NONE;
	}
	keys->state = KEYS_GROUND;
	if (byte == '~')
		return look_up(csi_numbers, LENGTH(csi_numbers), keys->number);
	return look_up(csi_finals, LENGTH(csi_finals), byte);
}

static uint32_t from_ss3(struct keys *keys, unsigned char byte)
{
	/* xterm puts a modifier between: ESC O 5 A */
	if (byte >= '0' && byte <= '9')
		return K_NONE;
	keys->state = KEYS_GROUND;
	return look_up(ss3_finals, LENGTH(ss3_finals), byte);
}

static uint32_t from_linux(struct keys *keys, unsigned char byte)
{
	keys->state = KEYS_GROUND;
	return byte >= 'A' && byte <= 'E' ? K_F1 + byte - 'A' : K_OTHER;
}

uint32_t keys_push(struct keys *keys, unsigned char byte)
{
	bool sequence = keys->state == KEYS_SS3 || keys->state == KEYS_CSI ||
		keys->state == KEYS_CSI_REST || keys->state == KEYS_LINUX;

	/* No sequence contains such a byte: it was broken off. */
	if (sequence && (byte < 0x20 || byte >= DEL))
		keys->state = KEYS_GROUND;
	switch (keys->state) {
	case KEYS_ESC:
		return from_escape(keys, byte);
	case KEYS_SS3:
		return from_ss3(keys, byte);
	case KEYS_CSI:
	case KEYS_CSI_REST:
		return from_csi(keys, byte);
	case KEYS_LINUX:
		return from_linux(keys, byte);
	case KEYS_UTF8:
		return from_utf8(keys, byte);
	default:
		return from_ground(keys, byte);
	}
}

bool keys_waiting(const struct keys *keys)
{
	return keys->state != KEYS_GROUND;
}

uint32_t keys_pause(struct keys *keys)
{
	bool escape = keys->state == KEYS_ESC;
	bool waiting = keys_waiting(keys);

	keys->state = KEYS_GROUND;
	if (escape)
		return K_ESCAPE;
	return waiting ? K_OTHER : K_NONE;
}
