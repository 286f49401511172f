/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pe.h - the sections of an EFI image: PE/COFF as UEFI firmware reads it
 *
 * Headers and table only, checked: what a section holds is read by whoever
 * wants it.  Where sections would lie in memory is nobody's business here: the
 * kernel and the rest are taken from the file.
 */
#ifndef CONFIG_PE_H
#define CONFIG_PE_H

#include "src/config/guest.h"

/*
 * Sections of one image.  A unified image has some twenty, but one for each
 * device tree it brings, and there are images with more than a hundred.
 */
#define PE_SECTIONS_MAX 1024

#define PE_EFI_APPLICATION 10 /* Subsystem */

struct pe_section {
	char name[9];    /* at most 8 bytes and a NUL: ".linux" */
	uint64_t offset; /* in the file, bytes */
	uint64_t length; /* bytes that the file has of it; 0: none */
};

struct pe {
	uint16_t machine;   /* COFF: 0x8664 is x64, 0xaa64 aa64 */
	uint16_t subsystem; /* PE_EFI_APPLICATION if firmware starts it */
	struct pe_section *sections; /* in the arena, in the table's order */
	size_t count;
};

/*
 * Read headers and table of a file: 1, 0 if it is no PE image at all, -1 if it
 * is one that firmware would not load: cut off, sections outside the file or
 * over each other.
 */
int pe_read(struct guest *guest, struct fs *fs, const struct fs_node *node,
	struct pe *pe, struct error *err);

#endif
