/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * uki.h - unified kernel images: a kernel, its ramdisk and its command line in
 * the sections of one PE file (UAPI.5)
 *
 * What firmware and the stub in the image would do with it: take the sections
 * of the chosen profile, then those of the addons that lie beside it.  Nothing
 * is copied here: a boot names ranges of the files.
 */
#ifndef CONFIG_UKI_H
#define CONFIG_UKI_H

#include <stdbool.h>

#include "src/config/entry.h"
#include "src/config/guest.h"

#define UKI_PROFILES_MAX 64 /* real images have one to four */
#define UKI_ADDONS_MAX 64   /* in one folder; nobody has more than a few */

/* Bytes of .cmdline; a kernel takes a few thousand. */
#define UKI_CMDLINE_MAX 65536

/* Bytes of each of .osrel, .profile and .uname; real ones have hundreds. */
#define UKI_TEXT_MAX 65536

/* One way to start the image; strings are NULL where it does not say. */
struct uki_profile {
	const char *id;    /* of .profile; NULL: an image without profiles */
	const char *title; /* of .profile */
};

/* The strings of .osrel are those of the first profile. */
struct uki {
	struct boot_file file; /* all of it */
	uint16_t machine;      /* of the PE header: 0x8664 is x64 */
	const char *title;     /* PRETTY_NAME, else IMAGE_ID, NAME, ID */
	const char *version;   /* IMAGE_VERSION, VERSION, VERSION_ID, BUILD_ID,
				  else what .uname says */
	const char *sort_key;  /* IMAGE_ID, else ID */
	struct uki_profile profiles[UKI_PROFILES_MAX];
	size_t profile_count; /* at least 1 */
	void *priv;           /* the sections */
};

/*
 * Read the headers and the short sections: 1 and *uki, which lives in the
 * arena, 0 if the file is something else (a kernel, another loader), -1 if it
 * is a unified image that is damaged.  Messages begin with the file system and
 * the path.
 */
int uki_open(struct guest *guest, struct device *dev, const char *path,
	struct uki *uki, struct error *err);

/*
 * What the image boots with that profile.  cmdline, if neither NULL nor blank,
 * takes the place of the image's own (an entry's options).  Addons are
 * /loader/addons/<name>.addon.efi and then <path>.extra.d/<name>.addon.efi,
 * where the path is without a boot counter; one that cannot be used is noted
 * and left out, as by the stub.
 */
int uki_boot(struct guest *guest, const struct uki *uki, size_t profile,
	const char *cmdline, struct boot *boot, struct error *err);

#endif
