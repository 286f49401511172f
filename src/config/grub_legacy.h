/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * grub_legacy.h - menu.lst and grub.conf, as GRUB 0.97 and its patched
 * relatives in distributions read them
 *
 * grub_legacy_format (config.h) is what others use; the rest is shared by the
 * files of this module:
 *
 *	grub_legacy.c         lines, the menu and its settings
 *	grub_legacy_entries.c passwords, and the source of an entry
 *	grub_legacy_run.c     the commands of an entry
 *	grub_legacy_device.c  (hd0,0), numbers, file names
 *
 * An entry is kept as its lines, which are run when it is started: what "root"
 * says holds from there on, also for the next entry if this one fails.
 */
#ifndef CONFIG_GRUB_LEGACY_H
#define CONFIG_GRUB_LEGACY_H

#include "src/config/config.h"

/* GRUB 0.97 tries no more (its MAX_FALLBACK_ENTRIES). */
#define LEGACY_FALLBACKS_MAX 8

/* A command of an entry, its tabs made blanks and its CRs gone. */
struct legacy_line {
	unsigned int number; /* of the line it begins in, from 1 */
	const char *text;
};

/* One file; a menu's priv. */
struct legacy_menu {
	struct menu menu;
	struct device *dev; /* where the file is */
	const char *path;
	struct device *first_root; /* the root it was loaded with */
	struct device *root;       /* as entries that were run left it */
	struct legacy_line *lines; /* of all entries */
	size_t line_count;
	size_t line_capacity;
	struct password *password; /* locked entries ask; NULL: not */
	struct legacy_menu *next;  /* in the list of what was loaded */
};

/* Where an entry's lines are in its menu; an entry's priv. */
struct legacy_entry {
	size_t first;
	size_t count;
};

/* All files of a run; a config's priv. */
struct legacy {
	struct legacy_menu *loaded;
	unsigned int count; /* of those; the limit is CONFIG_INCLUDES_MAX */
};

/*
 * The menu of a file that "configfile" named, with root as the device of paths
 * without one.  A file is read once for each root: menus that lead to each
 * other cost nothing.  NULL with err filled.
 */
struct legacy_menu *legacy_load(struct config *config, struct device *dev,
	const char *path, struct device *root, struct error *err);

/* A file while its lines are taken off it. */
struct legacy_reader {
	struct text rest;
	unsigned int line; /* where rest begins */
	char *out;         /* room for what is left of the file, and a NUL */
};

/* Read a text from its first line on; the lines live in the arena. */
int legacy_open(struct legacy_reader *reader, struct text file,
	struct arena *arena, struct error *err);

/* The next line that is neither empty nor a comment; false: there is none. */
bool legacy_next_line(struct legacy_reader *reader, struct legacy_line *line);

/*
 * "password [--md5|--encrypted] TEXT", the latter of Red Hat and SUSE for
 * crypt(3); behind a global one there may be the file that it opens.  NULL with
 * err filled.
 */
struct password *legacy_read_password(
	struct arena *arena, const char *arg, struct error *err);

/* All lines are there: what the entries are, and who may start them. */
int legacy_finish_entries(
	struct legacy_menu *legacy, struct arena *arena, struct error *err);

/* Is the line's first word a command that has its place in entries? */
bool legacy_is_entry_command(const char *text);

/* Does the line begin with this command? */
bool legacy_is_command(const char *text, const char *name);

/* What follows the first word, which may end with "=": "timeout=5". */
const char *legacy_argument(const char *text);

/* What follows a word and blanks. */
const char *legacy_next_word(const char *text);

/* The functions of struct config_format. */
int legacy_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err);
int legacy_peek(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err);
int legacy_run_source(struct config *config, struct menu *menu, size_t index,
	struct text source, struct outcome *outcome, struct error *err);

/*
 * A number as GRUB reads one, decimal or 0x..., up to the first character that
 * is no digit; *at moves there.  False, and nothing moves: there is none, or
 * it is larger than an int.
 */
bool legacy_number(const char **at, int *number);

/* What names of devices and files mean while an entry is run. */
struct legacy_place {
	struct config *config;
	struct device *root; /* of paths without a device */
	/*
	 * How a guest numbers its disks depends on which it is given, so a
	 * disk that is not there stands for the one with the configuration,
	 * with a warning.  Not so where the entry has a fallback.
	 */
	bool any_disk;
};

/*
 * The device at *at, as in "(hd0,0)"; *at moves behind it.  NULL with err
 * filled.
 */
struct device *legacy_device(
	const struct legacy_place *place, const char **at, struct error *err);

/* The file that the word at text names. */
int legacy_file(const struct legacy_place *place, const char *text,
	struct boot_file *file, struct error *err);

#endif
