/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/uki_image.h"

#include <inttypes.h>
#include <string.h>

static int find_profiles(struct uki_image *image, struct error *err)
{
	const struct pe *pe = &image->pe;
	size_t i;

	for (i = 0; i < pe->count; i++) {
		if (strcmp(pe->sections[i].name, ".profile") != 0)
			continue;
		if (image->profile_count == UKI_PROFILES_MAX)
			return error_set(err, ERR_LIMIT,
				"more than %d profiles", UKI_PROFILES_MAX);
		image->starts[image->profile_count++] = i;
	}
	image->starts[image->profile_count] = pe->count;
	return 0;
}

int uki_image_open(
	struct guest *guest, struct uki_image *image, struct error *err)
{
	int r;

	guest_stage(guest, "%s: %s: %s: %s", image->dev->disk->name,
		image->dev->name, image->fs->type, image->path);
	r = pe_read(guest, image->fs, &image->node, &image->pe, err);
	if (r > 0 && find_profiles(image, err) < 0)
		return -1;
	return r;
}

int uki_image_check(const struct uki_image *image, struct error *err)
{
	if (image->pe.subsystem == PE_EFI_APPLICATION)
		return 0;
	return error_set(err, ERR_UNSUPPORTED,
		"is for subsystem %u, not an EFI application (%d)",
		image->pe.subsystem, PE_EFI_APPLICATION);
}

static const struct pe_section *find_between(
	const struct pe *pe, size_t from, size_t to, const char *name)
{
	for (; from < to; from++)
		if (strcmp(pe->sections[from].name, name) == 0)
			return &pe->sections[from];
	return NULL;
}

const struct pe_section *uki_image_find(
	const struct uki_image *image, size_t profile, const char *name)
{
	const struct pe_section *section = NULL;

	if (profile < image->profile_count)
		section = find_between(&image->pe, image->starts[profile],
			image->starts[profile + 1], name);
	if (!section)
		section = find_between(&image->pe, 0, image->starts[0], name);
	/* a profile can take away what is for all */
	return section && section->length > 0 ? section : NULL;
}

struct boot_file uki_image_part(
	const struct uki_image *image, const struct pe_section *section)
{
	return (struct boot_file){
		.dev = image->dev,
		.path = image->path,
		.offset = section->offset,
		.length = section->length,
	};
}

int uki_image_text(struct guest *guest, const struct uki_image *image,
	size_t profile, const char *name, size_t max, struct text *text,
	struct error *err)
{
	const struct pe_section *section = uki_image_find(image, profile, name);

	*text = text_of("");
	if (!section)
		return 0;
	if (section->length > max)
		return error_set(err, ERR_LIMIT,
			"the section %s has %" PRIu64
			" bytes, more than the limit of %zu",
			name, section->length, max);
	if (guest_read_part(guest, image->fs, &image->node, section->offset,
		    section->length, text, err) < 0)
		return -1;
	text->len = strnlen(text->at, text->len);
	return 0;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct text uki_trim(struct text text)
{
	while (text.len > 0 && is_space(text.at[0]))
		text = text_skip(text, 1);
	while (text.len > 0 && is_space(text.at[text.len - 1]))
		text.len--;
	return text;
}
