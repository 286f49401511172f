/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uki_image.h - the sections of a unified image or of an addon to one, by name
 */
#ifndef CONFIG_UKI_IMAGE_H
#define CONFIG_UKI_IMAGE_H

#include "src/config/pe.h"
#include "src/config/uki.h"

struct uki_image {
	struct device *dev;
	struct fs *fs;
	struct fs_node node;
	const char *path;
	struct pe pe;
	/*
	 * The sections of profile i begin with its .profile, at starts[i], and
	 * end before starts[i + 1]; those before starts[0] are for all of them.
	 */
	size_t starts[UKI_PROFILES_MAX + 1];
	size_t profile_count; /* of .profile sections */
};

/* Read the headers; *image keeps the path.  As pe_read(). */
int uki_image_open(
	struct guest *guest, struct uki_image *image, struct error *err);

/* Would firmware start it?  ERR_UNSUPPORTED: it is no EFI application. */
int uki_image_check(const struct uki_image *image, struct error *err);

/*
 * The section of that name that a profile sees: its own, else the one for all;
 * of two the first.  NULL if there is none, or nothing in it.
 */
const struct pe_section *uki_image_find(
	const struct uki_image *image, size_t profile, const char *name);

/* Those bytes of the image. */
struct boot_file uki_image_part(
	const struct uki_image *image, const struct pe_section *section);

/*
 * The text of a section, to its end or the first NUL; empty if there is no
 * such section.  max: its limit, bytes.
 */
int uki_image_text(struct guest *guest, const struct uki_image *image,
	size_t profile, const char *name, size_t max, struct text *text,
	struct error *err);

/* The text without blanks and line breaks at either end. */
struct text uki_trim(struct text text);

#endif
