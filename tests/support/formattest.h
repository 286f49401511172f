/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * formattest.h - one format of configuration, tried on text: a guest with one
 * partition, which holds /k (a kernel), /i (a ramdisk) and /empty (a folder)
 */
#ifndef TESTS_FORMATTEST_H
#define TESTS_FORMATTEST_H

#include "src/base/length.h"
#include "src/config/config.h"
#include "tests/support/fakeguest.h"

extern struct fakeguest fake;
extern struct fakefs *files;   /* of hd0,msdos1 */
extern struct config config;   /* as load() left it */
extern struct outcome outcome; /* of run() and peek() */
extern struct error err;

/* A new guest, whose configuration will lie at path; and away with it. */
void formattest_begin(const struct config_format *format, const char *path);
void formattest_end(void);

/* As the functions of struct config_format. */
int load_bytes(const char *text, size_t len);
int load(const char *text);
int run(size_t index);
int peek(size_t index);

/*
 * Load the text cut off behind each of its bytes, from memory without a byte to
 * spare; peek at its entries and run them.  begin, if not NULL, makes a new
 * guest each time.  NULL, or what fails without a reason.
 */
const char *survive_any_length(
	const char *text, size_t len, void (*begin)(void));

/* The same with each byte of the text replaced by each of the odd ones. */
const char *survive_any_byte(
	const char *text, size_t len, struct text odd, void (*begin)(void));

/*
 * Load so many pieces (numbered) between head and tail, which works, and one
 * more: what is said of that, which has to be a limit.  config is as the first
 * left it.
 */
const char *load_beyond(
	const char *head, const char *piece, size_t most, const char *tail);

/* What is said when the text is loaded with 64 bytes of memory. */
const char *load_without_memory(const char *text);

/* The only note, which has to be of that level; else how many there are. */
const char *only_note(enum note_level level);

/* head, and a piece so many times behind it; free() it. */
char *repeat(const char *head, const char *piece, size_t times);

/* The piece so many times, "@" in it being its number, from 1; free() it. */
char *numbered(const char *piece, size_t times);

#endif
