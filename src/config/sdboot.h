/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sdboot.h - systemd-boot, and what else reads its entries (grub2-bls)
 *
 * There is no menu file: each entry is a file of its own, on the EFI system
 * partition or on the extended boot loader partition of the same disk, either
 * a snippet of text (type 1, bls.h) or a unified kernel image (type 2, uki.h).
 * loader.conf says which of them is the default.
 *
 * sdboot_format (config.h) is what others use; the rest is shared by the files
 * of this module:
 *
 *	sdboot.c         partitions, and the menu
 *	sdboot_entries.c files made into entries
 *	sdboot_ids.c     what their names say
 *	sdboot_order.c   their order and titles
 *	sdboot_conf.c    loader.conf, grubenv, the default
 *	sdboot_run.c     what an entry boots
 */
#ifndef CONFIG_SDBOOT_H
#define CONFIG_SDBOOT_H

#include "src/config/bls.h"
#include "src/config/config.h"
#include "src/config/uki.h"

/*
 * Bytes of a title, version, machine id, sort key and the like; real ones have
 * less than a hundred.  A title shown is made of six of them at most, and of a
 * file's name: less than MENU_TITLE_MAX.
 */
#define SDBOOT_NAME_MAX 512

#define SDBOOT_NOT_COUNTED (-1)

/* A file, or one of the profiles of an image; an entry's priv. */
struct sdboot_entry {
	struct device *dev;
	const char *path; /* of the file */
	const char *id;   /* lower case, no counters; behind @ the profile's */
	const char *full_id; /* the same with the counters */
	const char *file_id; /* id without the profile's */
	const char *bare_id; /* type 1: id without .conf; else NULL */
	const char *title;   /* NULL: none */
	const char *shown;   /* title, made different from all others */
	const char *version; /* these three may be NULL, too */
	const char *machine_id;
	const char *sort_key;
	int tries_left; /* SDBOOT_NOT_COUNTED, or of how many boots */
	int tries_done;
	const char *source;          /* type 1: the text; else NULL */
	const struct bls_entry *bls; /* type 1; else NULL */
	const struct uki *uki;       /* type 2; else NULL */
	size_t profile;
	size_t number; /* in the order in which they were found */
};

/* All entries of a configuration; its priv. */
struct sdboot {
	struct config *config;
	struct sdboot_entry **list;
	size_t count, capacity; /* at most BLS_ENTRIES_MAX of them */
	struct menu menu;
};

/* Which names of a directory are entries. */
enum sdboot_types { SDBOOT_TYPE1 = 1, SDBOOT_TYPE2 = 2 };

/*
 * Add the entries in a directory.  One that cannot be used is left out, and the
 * administrator told; so with a directory that cannot be read.  -1: a limit.
 */
int sdboot_add_directory(struct sdboot *boot, struct device *dev,
	const char *path, enum sdboot_types types, struct error *err);

/* Put them in systemd-boot's order, and make what is shown different. */
int sdboot_sort(struct sdboot *boot, struct error *err);

/* loader.conf, and what of it counts. */
struct sdboot_conf {
	const char *path;
	const char *preferred; /* patterns in lower case; NULL: none */
	const char *chosen;
	unsigned int preferred_line, chosen_line;
	bool has_timeout;
	int timeout;
	enum menu_style style;
	bool fixed; /* "editor no": nobody may edit */
};

/* Read it; lines that make no sense are told and ignored. */
int sdboot_read_conf(struct guest *guest, const char *path, struct text file,
	struct sdboot_conf *conf, struct error *err);

/*
 * Set the menu's default, timeout and style; esp is where grub2-bls keeps its
 * own.  The menu has the entries in the order of boot->list.
 */
int sdboot_choose(struct sdboot *boot, const struct sdboot_conf *conf,
	struct device *esp, struct error *err);

/* Does a pattern of loader.conf match the id?  Both in lower case. */
bool sdboot_matches(const char *pattern, const char *id);

/*
 * The ids and the counters that a file of that name has; the suffix ends it,
 * in whatever case.  profile is NULL or what an image's profile is called.
 */
int sdboot_set_ids(struct arena *arena, const char *name, const char *suffix,
	const char *profile, struct sdboot_entry *entry, struct error *err);

/* A copy with ASCII's capitals made small. */
char *sdboot_lower(struct arena *arena, struct text text, struct error *err);

/* The functions of struct config_format. */
int sdboot_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err);
int sdboot_peek(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err);
int sdboot_run_source(struct config *config, struct menu *menu, size_t index,
	struct text source, struct outcome *outcome, struct error *err);

/* A path as an entry has it, made absolute, with slashes. */
const char *sdboot_path(
	struct arena *arena, const char *path, struct error *err);

#endif
