/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * utf8.h - is this UTF-8, and how is it shown without harm (promise P12)
 *
 * Guest text is bytes.  Before any of it reaches a terminal, a log or stderr,
 * every byte that is not part of a printable character becomes an escape: C0,
 * DEL, C1, broken UTF-8, and the characters that turn the reading direction.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decode the first character of len bytes: its length in bytes and its code
 * point, or 0 if the bytes are no valid UTF-8 (overlong, surrogate, cut off).
 */
size_t utf8_decode(const char *text, size_t len, uint32_t *point);

bool utf8_valid(const char *text, size_t len);

/* Encode a code point below 0x110000: how many bytes of out were written. */
size_t utf8_encode(uint32_t point, char out[4]);

/*
 * UTF-16 of len units to UTF-8, terminated: its length in bytes, or SIZE_MAX if
 * half a surrogate pair stands alone or size is too small.
 */
size_t utf8_of_utf16(const uint16_t *units, size_t len, char *out, size_t size);

/* May this code point reach a terminal as it is? */
bool utf8_printable(uint32_t point);

/*
 * Copy text to out for showing, escapes as \xHH per byte; always terminated,
 * cut at a whole character if size is too small.
 */
void utf8_show(const char *text, char *out, size_t size);

/* The same for text of many lines: newlines and tabs stay.  Its length. */
size_t utf8_show_lines(const char *text, size_t len, char *out, size_t size);

/* Bytes of text without a character that may go on behind its end. */
size_t utf8_whole(const char *text, size_t len);

#endif
