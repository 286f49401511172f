/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "src/config/uki.h"

#include <string.h>

#include "src/config/osrel.h"
#include "src/config/uki_addon.h"
#include "src/config/uki_image.h"

/* What the stub pads each ramdisk to, as the kernel wants it. */
#define RAMDISK_ALIGN 4

static bool has_kernel(const struct uki_image *image)
{
	size_t i;

	for (i = 0; i < image->pe.count; i++)
		if (strcmp(image->pe.sections[i].name, ".linux") == 0)
			return true;
	return false;
}

/* The first of these keys that has a value; NULL: none has. */
static int first_value(struct guest *guest, struct text osrel,
	const char *const *keys, const char **value, struct error *err)
{
	for (; *keys; keys++) {
		if (osrel_get(osrel, *keys, guest->arena, value, err) < 0)
			return -1;
		if (*value && **value)
			return 0;
	}
	*value = NULL;
	return 0;
}

/* What systemd-boot shows an image as, and sorts it by. */
static int read_osrel(struct guest *guest, struct uki *uki, struct error *err)
{
	static const char *const titles[] = { "PRETTY_NAME", "IMAGE_ID", "NAME",
		"ID", NULL };
	static const char *const versions[] = { "IMAGE_VERSION", "VERSION",
		"VERSION_ID", "BUILD_ID", NULL };
	static const char *const sort_keys[] = { "IMAGE_ID", "ID", NULL };
	struct text osrel;

	if (uki_image_text(guest, uki->priv, 0, ".osrel", UKI_TEXT_MAX, &osrel,
		    err) < 0 ||
		first_value(guest, osrel, titles, &uki->title, err) < 0 ||
		first_value(guest, osrel, versions, &uki->version, err) < 0 ||
		first_value(guest, osrel, sort_keys, &uki->sort_key, err) < 0)
		return -1;
	return 0;
}

/* The version of an image that has none but its kernel's. */
static int read_uname(struct guest *guest, struct uki *uki, struct error *err)
{
	struct text uname;

	if (uki->version)
		return 0;
	if (uki_image_text(guest, uki->priv, 0, ".uname", UKI_TEXT_MAX, &uname,
		    err) < 0)
		return -1;
	uname = uki_trim(uname);
	if (uname.len == 0)
		return 0;
	uki->version = arena_strndup(guest->arena, uname.at, uname.len, err);
	return uki->version ? 0 : -1;
}

static int read_profiles(
	struct guest *guest, struct uki *uki, struct error *err)
{
	static const char *const ids[] = { "ID", NULL };
	static const char *const titles[] = { "TITLE", NULL };
	const struct uki_image *image = uki->priv;
	struct uki_profile *profile;
	struct text text;
	size_t i;

	for (i = 0; i < image->profile_count; i++) {
		profile = &uki->profiles[i];
		if (uki_image_text(guest, image, i, ".profile", UKI_TEXT_MAX,
			    &text, err) < 0 ||
			first_value(guest, text, ids, &profile->id, err) < 0 ||
			first_value(guest, text, titles, &profile->title, err) <
				0)
			return -1;
	}
	/* an image without profiles is the only one of itself */
	uki->profile_count =
		image->profile_count > 0 ? image->profile_count : 1;
	return 0;
}

/* As uki_open(), for a file that is there. */
static int read_image(struct guest *guest, struct uki_image *image,
	struct uki *uki, struct error *err)
{
	int r = uki_image_open(guest, image, err);

	if (r <= 0)
		return r;
	if (!has_kernel(image))
		return 0;
	if (uki_image_check(image, err) < 0)
		return -1;
	*uki = (struct uki){
		.file = whole_file(image->dev, image->path),
		.machine = image->pe.machine,
		.priv = image,
	};
	if (read_profiles(guest, uki, err) < 0 ||
		read_osrel(guest, uki, err) < 0 ||
		read_uname(guest, uki, err) < 0)
		return -1;
	return 1;
}

int uki_open(struct guest *guest, struct device *dev, const char *path,
	struct uki *uki, struct error *err)
{
	struct uki_image *image;
	int r;

	image = arena_alloc(guest->arena, sizeof(*image), err);
	if (!image)
		return -1;
	image->dev = dev;
	image->fs = device_file(guest->devices, dev, path, &image->node, err);
	if (!image->fs)
		return -1;
	image->path = arena_strdup(guest->arena, path, err);
	if (!image->path)
		return -1;
	r = read_image(guest, image, uki, err);
	return r < 0 ? error_in(err, "%s: %s", image->fs->type, path) : r;
}

/* A boot being put together. */
struct assembly {
	struct guest *guest;
	const struct uki_image *image;
	size_t profile;
	struct uki_addons addons;
	struct boot boot;
};

static int add_ramdisk(struct assembly *assembly, const struct uki_image *image,
	size_t profile, const char *name, struct error *err)
{
	const struct pe_section *section = uki_image_find(image, profile, name);
	struct boot *boot = &assembly->boot;

	if (!section)
		return 0;
	if (boot->ramdisk_count == BOOT_RAMDISKS_MAX)
		return error_set(err, ERR_LIMIT,
			"more than %d ramdisks in the image and its addons",
			BOOT_RAMDISKS_MAX);
	boot->ramdisks[boot->ramdisk_count++] = uki_image_part(image, section);
	return 0;
}

/*
 * The kernel uses the first microcode that it finds, but of a file that two
 * ramdisks have the last: an addon's go outside of the image's own.
 */
static int add_ramdisks(struct assembly *assembly, struct error *err)
{
	const struct uki_addons *addons = &assembly->addons;
	const struct uki_image *image = assembly->image;
	size_t i;

	for (i = addons->count; i > 0; i--)
		if (add_ramdisk(assembly, addons->list[i - 1], 0, ".ucode",
			    err) < 0)
			return -1;
	if (add_ramdisk(assembly, image, assembly->profile, ".ucode", err) <
			0 ||
		add_ramdisk(
			assembly, image, assembly->profile, ".initrd", err) < 0)
		return -1;
	for (i = 0; i < addons->count; i++)
		if (add_ramdisk(assembly, addons->list[i], 0, ".initrd", err) <
			0)
			return -1;
	return 0;
}

/* Arguments behind those there are, on one line; the stub does that, too. */
static int add_args(
	struct assembly *assembly, struct text text, struct error *err)
{
	struct arena *arena = assembly->guest->arena;
	const char *before = assembly->boot.args;
	char *args;

	text = uki_trim(text);
	if (text.len == 0)
		return 0;
	args = arena_printf(arena, err, "%s%s%.*s", before, *before ? " " : "",
		(int)text.len, text.at);
	if (!args)
		return -1;
	assembly->boot.args = args;
	for (; *args; args++)
		if (*args == '\n' || *args == '\r')
			*args = ' ';
	return 0;
}

static int add_section_args(struct assembly *assembly,
	const struct uki_image *image, size_t profile, struct error *err)
{
	struct text text;

	if (uki_image_text(assembly->guest, image, profile, ".cmdline",
		    UKI_CMDLINE_MAX, &text, err) < 0)
		return error_in(err, "%s", image->path);
	return add_args(assembly, text, err);
}

static int add_all_args(
	struct assembly *assembly, const char *cmdline, struct error *err)
{
	const struct uki_addons *addons = &assembly->addons;
	struct text given = uki_trim(text_of(cmdline ? cmdline : ""));
	size_t i;
	int r;

	assembly->boot.args = "";
	if (given.len > 0)
		r = add_args(assembly, given, err);
	else
		r = add_section_args(
			assembly, assembly->image, assembly->profile, err);
	for (i = 0; i < addons->count && r == 0; i++)
		r = add_section_args(assembly, addons->list[i], 0, err);
	return r;
}

/* As uki_boot(), without the file system in messages. */
static int assemble(struct assembly *assembly, size_t profiles,
	const char *cmdline, struct error *err)
{
	const struct uki_image *image = assembly->image;
	const struct pe_section *kernel;

	if (assembly->profile >= profiles)
		return error_set(err, ERR_NOT_FOUND,
			"%s: there is no profile %zu, the last is %zu",
			image->path, assembly->profile, profiles - 1);
	kernel = uki_image_find(image, assembly->profile, ".linux");
	if (!kernel)
		return error_set(err, ERR_NOT_FOUND,
			"%s: no kernel in profile %zu", image->path,
			assembly->profile);
	assembly->boot.kernel = uki_image_part(image, kernel);
	assembly->boot.ramdisk_align = RAMDISK_ALIGN;
	if (uki_addons_find(assembly->guest, image, assembly->profile,
		    &assembly->addons, err) < 0 ||
		add_all_args(assembly, cmdline, err) < 0)
		return -1;
	if (add_ramdisks(assembly, err) < 0)
		return error_in(err, "%s", image->path);
	return 0;
}

int uki_boot(struct guest *guest, const struct uki *uki, size_t profile,
	const char *cmdline, struct boot *boot, struct error *err)
{
	struct assembly assembly = {
		.guest = guest,
		.image = uki->priv,
		.profile = profile,
	};

	if (assemble(&assembly, uki->profile_count, cmdline, err) < 0)
		return error_in(err, "%s", assembly.image->fs->type);
	*boot = assembly.boot;
	return 0;
}
