/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ukitest.h - a guest with a unified image at /EFI/Linux/a.efi, and what it
 * boots as text (show_boot.h)
 *
 * Sections begin at multiples of 512 bytes behind the headers, which fill the
 * first 512 (of up to four sections) or 1024 bytes.
 */
#ifndef TESTS_UKITEST_H
#define TESTS_UKITEST_H

#include "src/base/length.h"
#include "src/config/uki.h"
#include "tests/support/fakeguest.h"
#include "tests/support/peimage.h"

extern struct fakeguest fake;
extern struct fakefs *files; /* of dev, hd0,msdos1 */
extern struct device *dev;
extern struct uki uki;   /* as open_uki() left it */
extern struct boot boot; /* of boot_profile() */
extern struct error err;

/* A new guest; and away with it. */
void ukitest_begin(void);
void ukitest_end(void);

/*
 * An image of the sections in pairs of strings, name and contents, which end
 * with NULL; free() it.
 */
uint8_t *ukitest_image(
	const char *const *pairs, unsigned int machine, size_t *len);

/* The same as a file of the guest. */
void put_for(const char *path, unsigned int machine, const char *const *pairs);

/* (path, name, contents, ...): for x64 */
#define put(path, ...)                                                         \
	put_for(path, PEIMAGE_X64, (const char *const[]){ __VA_ARGS__, NULL })

/* As uki_open() and uki_boot(). */
int open_uki(void);
int boot_profile(size_t profile, const char *cmdline);

/* It boots this, and each file of it is there. */
void check_boot(size_t profile, const char *cmdline, const char *want);

/* The arguments of the first profile. */
void check_args(const char *cmdline, const char *want);

/* There is one note since the last time, this one; NULL: there is none. */
void check_note(enum note_level level, const char *text);

#endif
