/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.h - the boot configuration of a file system: where it may be, who
 * reads it, and what its default boots
 *
 * A format is the functions that read it; at which paths it is found, and in
 * which order, is policy: places.c.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include "src/config/efi.h"
#include "src/config/entry.h"
#include "src/config/guest.h"

/* Bytes of GRUB's environment block: a file, or one sector outside all files */
#define CONFIG_BLOCK_HEADER "# GRUB Environment Block\n"
#define CONFIG_BLOCK_SIZE 1024
#define CONFIG_BLOCK_SECTOR 512
#define CONFIG_BLOCKS_MAX 8

/*
 * A block of a file that the guest's loader would have written.  Nothing here
 * writes; both texts have the size of the block and a NUL behind them.
 */
struct config_block {
	struct boot_file file; /* all of it */
	const char *before;
	const char *after;
};

static inline bool config_is_block_size(size_t size)
{
	return size == CONFIG_BLOCK_SIZE || size == CONFIG_BLOCK_SECTOR;
}

/* What starting an entry would have left on the disk. */
struct config_saved {
	const struct config_block *blocks;
	size_t count;
	const char *one_shot; /* the entry that is used up by it, or NULL */
};

/*
 * How GRUB 2 reads a file that was written for another loader: it makes a
 * script of it, so it goes by rules of its own where these are given.
 */
struct config_translation {
	/* Where paths begin that name no device: absolute ones, others. */
	struct boot_file root, cwd; /* path: the directory, "" the topmost */
	const char *medium; /* of syslinux' relatives: "-iso-", or another */

	/* What load() found, as the file puts it; NULL: it does not say. */
	const char *chosen, *fallback, *timeout;
	bool hidden;  /* the menu is not shown while the timeout runs */
	bool at_once; /* the default is started, there is no menu */
};

struct config {
	const struct config_format *format;
	struct guest *guest;
	struct device *dev; /* where the file is; its root is the format's */
	const char *path;   /* of the file, absolute */
	/* Which of the file system's roots it is below (fs.h); NULL: none */
	const char *start;
	struct config_translation
		*translation; /* NULL: its own loader reads it */
	struct menu *menu;    /* what the guest's loader would show first */
	void *priv;           /* the format's own */
	struct config *next;  /* of those that config_open() has opened */
};

struct config_format {
	const char *name; /* for people: "GRUB 2" */
	const char *id;   /* for --loader: "grub" */

	/*
	 * Understand the file and set config->menu, also when it has no
	 * entries.  Messages begin with "line N" where there is a line.  Where
	 * the configuration is a directory or an image, file is empty, the
	 * format reads config->path itself, and messages begin with the file
	 * system and the path; ERR_NOT_FOUND: the image is of another kind.
	 */
	int (*load)(struct config *config, struct text file, struct error *err);

	/*
	 * Do what the guest's loader does when this entry is started, as far
	 * as a kernel and its files.  Files must exist (guest_check_file).
	 * What an entry changes (variables) stays for the next that is run.
	 */
	int (*run)(struct config *config, struct menu *menu, size_t index,
		struct outcome *outcome, struct error *err);

	/*
	 * As run(), but leaves no trace, for lists; NULL: run() leaves none.
	 */
	int (*peek)(struct config *config, struct menu *menu, size_t index,
		struct outcome *outcome, struct error *err);

	/*
	 * As run(), but with this text in place of the entry's source.
	 * Messages begin with "line N" of it where there is a line.  NULL: no
	 * entry has a source that means something by itself.
	 */
	int (*run_source)(struct config *config, struct menu *menu,
		size_t index, struct text source, struct outcome *outcome,
		struct error *err);

	/* What load() and run() would have written; NULL: never anything. */
	int (*saved)(struct config *config, struct config_saved *saved,
		struct error *err);
};

/* Who would look there (places.c). */
enum config_stage {
	STAGE_BOOT,    /* a PC's boot sector, and what it starts */
	STAGE_EFI,     /* UEFI firmware */
	STAGE_ENTRIES, /* nobody: entries whose loader has no file of its own */
	STAGE_CHAIN,   /* grub-xen: another loader, made to be the kernel */
};
#define CONFIG_STAGES 4

/* A search for configurations, which the administrator may narrow. */
struct config_search {
	const char *path;   /* only this file of the guest; NULL: any */
	const char *loader; /* only formats of this id; NULL: any */
};

/* Where a search is on one file system; starts with zeros and a stage. */
struct config_place {
	enum config_stage stage;
	size_t root;  /* of the file system's (fs.h), and 1; 0: the top */
	size_t row;   /* of the table, to be looked at next */
	size_t index; /* of the paths that this row means */
	const char *paths[EFI_PATHS_MAX]; /* if it is a pattern */
	size_t path_count;
};

/* The text of config's file, understood.  Messages name file system and path.
 */
int config_read(struct config *config, struct text file, struct error *err);

/*
 * Load the next configuration of dev's file system at or behind *place: 1, 0
 * when there is none left in this stage, -1 if there is one that cannot be
 * used.  After 1 and -1 the search can go on.  Messages begin with the file
 * system and the path.
 */
int config_load_next(struct guest *guest, struct device *dev,
	const struct config_search *search, struct config_place *place,
	struct config *config, struct error *err);

/*
 * Load the text of a bare configuration file (--isconfig), in the format that
 * its words speak for.
 */
int config_load_text(struct guest *guest, struct device *dev, const char *path,
	struct text file, struct config *config, struct error *err);

/*
 * The configuration that another leads to: wanted says format, guest, dev,
 * path and translation, which stay where they are.  It lives as long as the
 * guest and owns its menus.
 * Each is loaded once, so that those that lead to each other cost nothing, and
 * there are CONFIG_INCLUDES_MAX of them.  NULL with err filled; messages begin
 * with the file system and the path.
 */
struct config *config_open(const struct config *wanted, struct error *err);

/*
 * Start an entry, or look at what it would do, in the format that the menu is
 * of: it need not be config's (menu->owner), and then messages begin with the
 * path of the owner's file.
 */
int config_run(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err);
int config_peek(struct config *config, struct menu *menu, size_t index,
	struct outcome *outcome, struct error *err);

/*
 * The lines of an entry that may be edited and run by config_run_source();
 * NULL with err filled where there are none (ERR_UNSUPPORTED).
 */
const char *config_source(const struct config *config, const struct menu *menu,
	size_t index, struct error *err);

/*
 * Start an entry as if its source were this text, which need not live longer.
 * Messages say nothing of where the entry is: only of the text.
 */
int config_run_source(struct config *config, struct menu *menu, size_t index,
	const char *source, struct outcome *outcome, struct error *err);

extern const struct config_format grub2_format;
extern const struct config_format grub_legacy_format;
extern const struct config_format extlinux_format;
extern const struct config_format lilo_format;
extern const struct config_format elilo_format;
extern const struct config_format netbsd_format;
extern const struct config_format freebsd_format;
extern const struct config_format pvboot_format;
extern const struct config_format uki_format;
extern const struct config_format sdboot_format;

#endif
