/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * peimage.h - PE files for tests, made of named sections
 *
 * What objcopy and ukify would make, without the program in it: DOS stub, PE
 * and COFF headers, an optional header of 64 bits, the table, and each section
 * at a multiple of 512 bytes.  The place of a section depends on nothing but
 * the number of sections and the lengths of those before it.
 */
#ifndef TESTS_PEIMAGE_H
#define TESTS_PEIMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "src/base/bytes.h"

/* Where the headers are, for tests that bend them. */
#define PEIMAGE_COFF 0x40 /* "PE\0\0"; the COFF header is 4 bytes on */
#define PEIMAGE_OPTIONAL (PEIMAGE_COFF + 24)
#define PEIMAGE_OPTIONAL_SIZE 240
#define PEIMAGE_TABLE (PEIMAGE_OPTIONAL + PEIMAGE_OPTIONAL_SIZE)
#define PEIMAGE_ALIGN 512 /* FileAlignment */

#define PEIMAGE_X64 0x8664
#define PEIMAGE_AA64 0xaa64
#define PEIMAGE_EFI_APPLICATION 10

struct peimage_section {
	char name[9]; /* at most 8 bytes, as in the table */
	const void *data;
	size_t len;
};

/* An image of these sections, in this order; free() it.  *len: its length. */
uint8_t *peimage_make(const struct peimage_section *sections, size_t count,
	uint16_t machine, size_t *len);

/*
 * An image as a folder of the host describes it in the file "sections", one
 * line each, # begins a comment:
 *
 *	.linux <vmlinuz               all of the file vmlinuz in the folder
 *	.cmdline root=/dev/xvda1\n    this text; \n \t \0 \\ as in C, none
 *	                              begins with <
 *	machine=aa64                  instead of x64; a number will do, too
 *
 * A folder that cannot be taken aborts the program.
 */
uint8_t *peimage_load(const char *folder, size_t *len);

#endif
